"""How an admin names a fact: which ones hold the words, and in which order they are offered."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.naming import LISTED, Found, listing, matching, number_in
from knowledge.model import Fact

FACTS = (
    Fact(1, ("Bài viết có nêu nhà tài trợ không?",), "Không. Xem báo."),
    Fact(2, ("Ai chụp ảnh?",), "Một nhà báo của tỉnh."),
    Fact(3, ("Nhà nào được báo trước?",), "Ba nhà."),
    Fact(4, ("Có nhà báo nào dự không?",), "Có."),
    Fact(5, ("Mấy giờ bắt đầu?",), "8 giờ."),
)


async def batches() -> AsyncIterator[tuple[Fact, ...]]:
    yield FACTS[:2]
    yield FACTS[2:]


async def test_words_side_by_side_come_first_and_questions_before_answers() -> None:
    assert [fact.id for fact in (await matching(batches(), "NHA bao")).first] == [4, 3, 2, 1]
    assert [fact.id for fact in (await matching(batches(), "8")).first] == [5]
    assert await matching(batches(), "hà") == Found(0, ())  # no word is found in the middle of another


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("#12", 12), (" # 12 ", 12), ("12a", None), ("", None), ("١٢", None), ("1" * 16, None)],
)
def test_a_number_is_read(text: str, number: int | None) -> None:
    assert number_in(text) == number


def test_a_long_list_says_how_many_more() -> None:
    found = Found(LISTED + 3, tuple(Fact(n, (f"Câu {n}?",), "x") for n in range(1, LISTED + 1)))
    text, buttons = listing(found, "câu", "view")
    assert text.splitlines()[0] == f"Tìm thấy {LISTED + 3} câu có “câu”:"
    assert text.splitlines()[-1].startswith("… và 3 câu nữa")
    assert [label for row in buttons for label, _ in row] == [f"#{n}" for n in range(1, LISTED + 1)]
    assert buttons[0][0] == ("#1", "view:1")
