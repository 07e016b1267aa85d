"""Pleasantries are told from questions about an event."""

from __future__ import annotations

import pytest

from knowledge.lexicon import Lexicon
from knowledge.normalize import Normalizer
from knowledge.smalltalk import Smalltalk
from tests.conftest import SEEDS

LEXICON = Lexicon.load(SEEDS / "lexicon")
NORMALIZER = Normalizer(LEXICON)
SMALLTALK = Smalltalk(LEXICON, NORMALIZER)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("chào bạn", "greeting"),
        ("cảm ơn nhé", "thanks"),
        ("cam on ban nhieu", "thanks"),
        ("tạm biệt", "goodbye"),
        ("bạn là ai vậy", "identity"),
        ("bạn làm được gì", "abilities"),
    ],
)
def test_pleasantries_are_recognised(text: str, topic: str) -> None:
    found = SMALLTALK.topic(NORMALIZER.normalize(text))
    assert found is not None
    assert found[0] == topic


@pytest.mark.parametrize("text", ["của ai", "hôm nào", "thế ngày nào vậy", "ai tổ chức", "cầu dài bao nhiêu"])
def test_short_questions_are_none(text: str) -> None:
    assert SMALLTALK.topic(NORMALIZER.normalize(text)) is None
