"""Facts are ranked by what is asked, and near misses fall behind."""

from __future__ import annotations

import pytest

from knowledge.index import FactEntry, Index
from knowledge.lexicon import Lexicon
from knowledge.matcher import Candidate, _Claims, rank_facts, similarity
from knowledge.model import Document, Fact
from tests.reading import read

FACTS = (
    Fact(1, ("Ai trao bằng khen?",), "Ông Trần Hữu Phước trao bằng khen."),
    Fact(2, ("Bằng khen trao cho ai?",), "Bằng khen trao cho 3 tập thể."),
    Fact(3, ("Cầu dài bao nhiêu mét?",), "Cầu dài 120 mét."),
    Fact(4, ("Có bao nhiêu hộ dân hiến đất?",), "Có 45 hộ dân hiến đất."),
    Fact(5, ("Hộ dân nào hiến nhiều đất nhất?",), "Bài viết không nêu tên hộ dân nào."),
    Fact(7, ("Ai xây cầu?",), "Công nhân xây dựng cầu cho người dân."),
    Fact(8, ("Bao nhiêu phần trăm hộ dân hiến đất?",), "Hơn 75% hộ dân hiến đất."),
    Fact(6, ("Lễ khánh thành tổ chức ngày nào?",), "Lễ khánh thành diễn ra sáng 12/4."),
)


@pytest.fixture(scope="module")
def index(article: Document, lexicon: Lexicon) -> Index:
    return Index([article], FACTS, lexicon)


def ranked(text: str, index: Index) -> list[Candidate[FactEntry]]:
    return rank_facts(read(text, index), index)


def first(text: str, index: Index) -> int:
    entry = ranked(text, index)[0].entry
    assert isinstance(entry, FactEntry)
    return entry.fact.id


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("ai trao bằng khen vậy", 1),
        ("ai tặng bk z", 1),
        ("trao bằng khen cho ai", 2),
        ("ai được bằng khen", 2),
        ("cau dai bao nhieu", 3),
        ("bao nhiêu hộ hiến đất", 4),
        ("khánh thành hôm nào", 6),
        ("buổi lễ khánh thành cầu Sông Lành của UBND huyện là ngày nào", 6),
    ],
)
def test_the_right_fact_comes_first(text: str, fact: int, index: Index) -> None:
    assert first(text, index) == fact


@pytest.mark.parametrize(
    ("text", "objection"),
    [
        ("ông Nguyễn Văn Tèo trao bằng khen phải không", "stranger"),
        ("cầu dài 500 mét phải không", "figure"),
        ("hộ dân nào ở Quảng Ngãi hiến đất", "region"),
        ("ai tráo bằng khen", "accents"),
        ("vì sao không trao bằng khen", "negation"),
        ("người dân xây dựng cầu cho công nhân phải không", "reversed"),
        ("có 75 hộ dân hiến đất phải không", "figure"),
    ],
)
def test_what_speaks_against_a_fact_is_named_and_costs(text: str, objection: str, index: Index) -> None:
    best = max(ranked(text, index), key=lambda c: c.parts["raw"])
    assert best.objection == objection
    assert best.score < best.parts["raw"]


def test_scores_are_shares_in_falling_order(index: Index) -> None:
    scores = [c.score for c in ranked("ai trao bằng khen cho hộ dân", index)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= s <= 1 for s in scores)


@pytest.mark.parametrize(
    "text", ["ai trao bằng khen", "bao nhieu ho dan", "cầu dài 500 mét ở Quảng Ngãi", "lễ", "ai", ""]
)
def test_the_best_few_are_the_beginning_of_the_whole_ranking(text: str, index: Index) -> None:
    """Ranking stops early once nobody further down can come up; that must not change who is first."""
    question = read(text, index)
    whole = rank_facts(question, index, limit=len(FACTS))
    assert [rank_facts(question, index, limit=n) for n in range(1, 6)] == [whole[:n] for n in range(1, 6)]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "ai trao bằng khen",
            "bao nhieu ho dan",
            "hộ dân nào hiến đất",
            "công ty nào xây cầu",
            "xã nào có cầu",
        ),
        *(
            "cầu dài 500 mét ở Quảng Ngãi",
            "ông Tèo trao bằng khen",
            "lễ khánh thành lần sau",
            "ai không hiến đất",
        ),
        *(
            "phó giám đốc trao bằng khen",
            "cầu dài nhất",
            "lần thứ 3 trao bằng khen",
            "ai tráo bằng khen",
            "ai",
        ),
    ],
)
def test_what_claims_nothing_is_ranked_as_if_each_claim_were_looked_at(
    text: str, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = ranked(text, index)
    monkeypatch.setattr(_Claims, "is_plain", False)
    assert ranked(text, index) == short


def test_a_known_word_is_not_another_with_other_marks(lexicon: Lexicon) -> None:
    index = Index([], [Fact(1, ("Số lượng khách là bao nhiêu?",), "120 khách.")], lexicon)
    profile = index.aliases[0][1]
    (wage,) = index.analyzer.analyse(index.normalizer.normalize("lương")).units
    (bare,) = index.analyzer.analyse(index.normalizer.normalize("luong")).units
    assert similarity(wage, profile) < 0.5 < similarity(bare, profile)


def test_what_counts_one_thing_does_not_tell_how_many_of_another(lexicon: Lexicon) -> None:
    facts = [
        Fact(1, ("Số mô hình có tất cả bao nhiêu?", "Trường học có mô hình không?"), "Có 9 mô hình."),
        Fact(2, ("Bao nhiêu trường học có mô hình?",), "Bài viết không nêu số trường học có mô hình."),
    ]
    index = Index([], facts, lexicon)
    assert first("bao nhiêu trường học có mô hình vậy", index) == 2


def test_a_name_in_capitals_that_no_text_has_speaks_against_every_fact(lexicon: Lexicon) -> None:
    index = Index([], [Fact(1, ("Có bao nhiêu mô hình?",), "Có 9 mô hình ở Vĩnh Trường.")], lexicon)
    heard, unheard, shouted = (
        rank_facts(read(text, index), index)[0]
        for text in (
            "thôn Vĩnh Trường có mấy mô hình",
            "thôn Vĩnh Lợi có mấy mô hình",
            "Có Mấy Mô Hình Vĩnh Lợi",
        )
    )
    assert not heard.objection
    assert unheard.objection == "region"
    assert not shouted.objection
