"""What a question takes for granted and the article prints otherwise."""

from __future__ import annotations

import pytest

from knowledge.article import parse
from knowledge.granted import Granted, part_named
from knowledge.index import Index
from knowledge.lexicon import Lexicon
from knowledge.model import Fact
from knowledge.normalize import Normalizer
from tests.conftest import SEEDS

TEXT = """Lễ trao học bổng

Sáng 3/5, Hội Khuyến học huyện tổ chức lễ trao học bổng.

Dịp này, hội tặng 12 học sinh và 4 tập thể có thành tích tốt.
"""
LEXICON = Lexicon.load(SEEDS / "lexicon")
FACTS = (
    Fact(1, ("Lễ trao học bổng diễn ra buổi nào?", "Sáng hay chiều?"), "Lễ diễn ra vào buổi sáng, ngày 3/5."),
    Fact(2, ("Ai trao học bổng cho học sinh?",), "Hội Khuyến học huyện trao học bổng."),
    Fact(3, ("Bao nhiêu tập thể được tặng quà?",), "Có 4 tập thể được tặng quà."),
    Fact(4, ("Tập thể được tặng quà vì sao?",), "Tập thể được tặng quà vì có thành tích tốt."),
)
INDEX = Index([parse("hoc-bong", TEXT, LEXICON)], FACTS, LEXICON)
GRANTED = Granted(INDEX, 0.6)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("tối 3/5 ai hát", "toi"),
        ("buổi tối có gì", "toi"),
        ("sang 3/5 hop", "sang"),
        ("chiều hôm đó làm gì", "chieu"),
        ("lúc sáng tạo ra mô hình", ""),
        ("toi hom do ban", ""),
        ("sáng kiến của ai", ""),
    ],
)
def test_a_part_of_the_day_is_named_beside_a_day_or_after_its_word(text: str, part: str) -> None:
    said = part_named(Normalizer(LEXICON).normalize(text))
    assert (said[0] if said else "") == part


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("Tối 3/5 ai trao học bổng cho học sinh?", 1),
        ("Sáng 3/5 ai trao học bổng cho học sinh?", None),
        ("Sáng hay tối 3/5 trao học bổng?", None),
        ("Tối 3/5 tàu cá cập bến nào?", None),
    ],
)
def test_another_part_of_the_day_is_put_right(question: str, fact: int | None) -> None:
    right = GRANTED.true_part(INDEX.read(question))
    assert (right.entry.fact.id if right else None) == fact


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("9 tập thể được tặng quà vì sao?", 3),
        ("năm tập thể kia được tặng quà vì sao?", 3),
        ("bốn tập thể được tặng quà vì sao?", None),
        ("16 tập thể được tặng quà vì sao?", None),
        ("Trong năm tập thể được tặng quà vì sao?", None),
        ("9 hay 4 tập thể được tặng quà?", None),
        ("nghe nói 9 tập thể, ai trao học bổng vì sao?", None),
        ("9 tập thể được tặng quà ngày nào?", None),
    ],
)
def test_another_count_is_put_right(question: str, fact: int | None) -> None:
    right = GRANTED.true_count(INDEX.read(question))
    assert (right.entry.fact.id if right else None) == fact


def test_another_day_is_put_right() -> None:
    held = Fact(5, ("Lễ trao học bổng vào ngày nào?",), "Lễ trao học bổng vào ngày 3/5.")
    index = Index([parse("hoc-bong", TEXT, LEXICON)], (*FACTS, held), LEXICON)
    right = Granted(index, 0.6).true_day(index.read("Lễ trao học bổng vào ngày 9/8 phải không?"))
    assert right is not None
    assert right.entry.fact.id == 5
