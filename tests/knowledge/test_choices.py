"""Who offers two answers gets the fact that says one of them."""

from __future__ import annotations

import pytest

from knowledge.choices import settle_choice
from knowledge.index import Index
from knowledge.lexicon import Lexicon
from knowledge.model import Fact
from tests.conftest import SEEDS

INDEX = Index(
    [],
    [
        Fact(1, ("Lễ khánh thành diễn ra khi nào?",), "Lễ khánh thành diễn ra buổi sáng."),
        Fact(2, ("Cầu dài bao nhiêu mét?",), "Cầu dài 120 mét."),
        Fact(3, ("Ai trao quà cho các hộ dân?",), "Phó Chủ tịch UBND xã trao quà cho các hộ dân."),
        Fact(4, ("Quỹ được chi thế nào?",), "Quỹ được chi hằng năm."),
    ],
    Lexicon.load(SEEDS / "lexicon"),
)


def chosen(question: str) -> int | None:
    candidate = settle_choice(INDEX.read(question), INDEX)
    return candidate.entry.fact.id if candidate else None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        pytest.param("Quỹ chi theo tháng hay theo năm?", 4, id="words between"),
        pytest.param("Chủ tịch hay Phó Chủ tịch trao quà cho các hộ dân?", 3, id="offices"),
        pytest.param("Cầu có dài không hay ngắn", None, id="neither is said"),
        pytest.param("Cầu dài 120 mét hay không?", None, id="asks whether"),
        pytest.param("Cầu dài bao nhiêu mét?", None, id="offers nothing"),
    ],
)
def test_the_fact_that_says_one_of_two(question: str, fact: int | None) -> None:
    assert chosen(question) == fact
