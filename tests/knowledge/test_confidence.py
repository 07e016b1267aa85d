"""Confidence: an objection leaves too little to answer, yet the likelier stays ahead of the less likely."""

from __future__ import annotations

import pytest

from knowledge.answerer import SENTENCE_THRESHOLD
from knowledge.confidence import confidence
from knowledge.index import Index
from knowledge.lexicon import Lexicon
from knowledge.model import Document
from knowledge.objections import HARD
from knowledge.passages import rank_sentences


@pytest.fixture(scope="module")
def index(article: Document, lexicon: Lexicon) -> Index:
    return Index([article], (), lexicon)


def ask(index: Index, text: str) -> tuple[float, str]:
    question = index.read(text)
    ranked = rank_sentences(question, index)
    return confidence(question, ranked, index), ranked[0].objection if ranked else ""


def test_what_the_article_says_is_enough_to_answer(index: Index) -> None:
    sure, objection = ask(index, "Cầu Sông Lành dài bao nhiêu mét?")
    assert sure >= SENTENCE_THRESHOLD
    assert objection not in HARD


def test_an_objection_is_too_little_to_answer_but_keeps_the_order(index: Index) -> None:
    near, objection = ask(index, "Vì sao có 45 hộ dân hiến đất làm đường?")
    far, other = ask(index, "Vì sao giá vé xem phim ở rạp tăng?")
    assert objection in HARD
    assert not other or other in HARD
    assert 0 <= far < near < SENTENCE_THRESHOLD


def test_nothing_found_is_no_confidence(index: Index) -> None:
    assert confidence(index.read("zzz"), [], index) == 0.0
