"""Who offers answers gets the fact that says one of them."""

from __future__ import annotations

import pytest

from knowledge.choices import is_of_roles, refuse_choice, say_what_is_claimed, settle_choice, without_role
from knowledge.index import Index
from knowledge.lexicon import Lexicon
from knowledge.matcher import rank_facts
from knowledge.model import Fact
from tests.conftest import SEEDS

INDEX = Index(
    [],
    [
        Fact(1, ("Lễ khánh thành diễn ra khi nào?",), "Lễ khánh thành diễn ra buổi sáng."),
        Fact(2, ("Cầu dài bao nhiêu mét?",), "Cầu dài 120 mét."),
        Fact(3, ("Ai trao quà cho các hộ dân?",), "Phó Chủ tịch UBND xã trao quà cho các hộ dân."),
        Fact(5, ("Lễ khánh thành vào ngày nào?",), "Lễ khánh thành diễn ra ngày 3/5."),
        Fact(4, ("Quỹ được chi thế nào?",), "Quỹ được chi hằng năm."),
    ],
    Lexicon.load(SEEDS / "lexicon"),
)


def chosen(question: str) -> int | None:
    candidate = settle_choice(INDEX.read(question), INDEX)
    return candidate.entry.fact.id if candidate else None


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        pytest.param("Quỹ chi theo tháng hay theo năm?", 4, id="words between"),
        pytest.param("Chủ tịch hay Phó Chủ tịch trao quà cho các hộ dân?", 3, id="offices"),
        pytest.param(
            "Quà do Giám đốc công ty hay Phó Chủ tịch UBND xã trao cho các hộ dân?",
            3,
            id="offices with a body",
        ),
        pytest.param(
            "Phó Chủ tịch UBND hay Phó Chủ tịch công đoàn trao quà cho các hộ dân?",
            3,
            id="one office in two bodies",
        ),
        pytest.param("dài 210 mét hay 120 mét", 2, id="figures"),
        pytest.param("hơn 120 hay hơn 210", 2, id="nothing but figures"),
        pytest.param("ngày 3 hay ngày 4 khánh thành", 5, id="days"),
        pytest.param("tháng 6 hay tháng 5 khánh thành vậy", 5, id="months"),
        pytest.param("3/5 hay 3/6 mới đúng", 5, id="whole dates"),
        pytest.param("ngày 7 hay ngày 8 khánh thành", None, id="neither day"),
        pytest.param("Cầu có dài không hay ngắn", None, id="neither is said"),
        pytest.param("Cầu dài 120 mét hay không?", None, id="asks whether"),
        pytest.param("Cầu dài bao nhiêu mét?", None, id="offers nothing"),
    ],
)
def test_the_fact_that_says_one_of_two(question: str, fact: int | None) -> None:
    assert chosen(question) == fact


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("Chủ tịch công đoàn hay Giám đốc công an trao quà cho các hộ dân?", 3),
        ("Phó Chủ tịch UBND hay Phó Chủ tịch công đoàn trao quà cho các hộ dân?", None),
        ("Ai trao quà cho các hộ dân?", None),
        ("Sáng hay chiều khánh thành?", None),
    ],
)
def test_a_choice_between_two_who_did_not_do_it_is_refused_by_the_fact_that_tells_who_did(
    question: str, fact: int | None
) -> None:
    refused = refuse_choice(INDEX.read(question), INDEX)
    assert (refused.entry.fact.id if refused else None) == fact


def test_a_claim_is_met_by_the_fact_that_says_it_and_not_by_one_that_is_only_asked_alike() -> None:
    facts = [
        Fact(1, ("Quà của xã trao cho hộ dân ngày nào?",), "Buổi lễ diễn ra ngày 2/9."),
        Fact(2, ("Các hộ dân được gì?",), "Xã trao quà cho các hộ dân."),
    ]
    index = Index([], facts, Lexicon.load(SEEDS / "lexicon"))
    claim = index.read("Có phải xã trao quà cho hộ dân không?")
    ranked = rank_facts(claim, index)
    assert ranked[0].entry.fact.id == 1
    assert say_what_is_claimed(claim, ranked, index)[0].entry.fact.id == 2


def test_whether_somebody_gives_or_gets_is_asked_as_whether_it_is_done() -> None:
    asked = INDEX.read("hộ dân trao quà hay được trao quà")
    assert is_of_roles(asked)
    assert not is_of_roles(INDEX.read("hộ dân được trao quà hay tiền"))
    whether = without_role(asked)
    assert whether.types == {"yes_no"}
    assert [u.folds for u in whether.units] == [("ho",), ("dan",), ("trao",), ("qua",)]
