"""Confidence: an objection leaves too little to answer, yet the likelier stays ahead of the less likely."""

from __future__ import annotations

import pytest

from knowledge.article import parse
from knowledge.confidence import confidence, evidence, is_enough
from knowledge.index import Index
from knowledge.lexicon import Lexicon
from knowledge.model import Document
from knowledge.objections import HARD
from knowledge.passages import rank_sentences
from knowledge.records import replace
from knowledge.verdict import SENTENCE_THRESHOLD


@pytest.fixture(scope="module")
def index(article: Document, lexicon: Lexicon) -> Index:
    return Index([article], (), lexicon)


def ask(index: Index, text: str) -> tuple[float, bool, str]:
    question = index.read(text)
    ranked = rank_sentences(question, index)
    sure = confidence(question, ranked, index)
    return sure, is_enough(ranked, sure, SENTENCE_THRESHOLD), ranked[0].objection if ranked else ""


def test_what_the_article_says_is_enough_to_answer(index: Index) -> None:
    sure, enough, objection = ask(index, "Cầu Sông Lành dài bao nhiêu mét?")
    assert (enough, objection) == (True, "")
    assert sure >= SENTENCE_THRESHOLD


def test_what_an_objection_rules_out_is_never_enough_but_keeps_the_order(index: Index) -> None:
    near, enough, objection = ask(index, "Vì sao có 45 hộ dân hiến đất làm đường?")
    assert objection in HARD
    assert not enough
    far, enough, _ = ask(index, "Vì sao giá vé xem phim ở rạp tăng?")
    assert not enough
    assert 0 < far < near


def test_names_that_nothing_loaded_has_lower_the_figure(index: Index) -> None:
    known, _, _ = ask(index, "Lễ khánh thành cầu Sông Lành diễn ra khi nào?")
    unheard, _, _ = ask(index, "Lễ khánh thành cầu Vũng Trắm diễn ra khi nào?")
    assert unheard < known / 2


def test_what_is_said_in_few_words_is_surer_than_the_same_in_passing(lexicon: Lexicon) -> None:
    short = "Đập Khe Sậy cao 40 m."
    passing = f"{short[:-1]}, có ba cửa xả ở bờ bắc, một nhà máy nhỏ, đường lên đỉnh và trạm đo mưa."
    found = []
    for said in (short, passing):
        index = Index([parse("dam", f"Hồ chứa nước\n\n{said} Nước tưới cho ruộng.\n", lexicon)], (), lexicon)
        question = index.read("Đập Khe Sậy cao bao nhiêu?")
        ranked = rank_sentences(question, index)
        assert ranked[0].entry.sentence.text == said
        found.append((evidence(question, ranked, index)["dense"], confidence(question, ranked, index)))
    (dense, sure), (loose, unsure) = found
    assert 0 < loose < dense < 2.2
    assert unsure < sure


def test_a_cause_that_the_sentence_does_not_tell_lowers_the_figure(index: Index) -> None:
    question = index.read("Vì sao có 45 hộ dân hiến đất làm đường?")
    ranked = rank_sentences(question, index)
    assert ranked[0].objection == "reason"
    told = [replace(ranked[0], objection=""), *ranked[1:]]
    assert confidence(question, ranked, index) < confidence(question, told, index)


def test_nothing_found_is_no_confidence_and_never_enough(index: Index) -> None:
    assert confidence(index.read("zzz"), [], index) == 0.0
    assert not is_enough([], 1.0, SENTENCE_THRESHOLD)
