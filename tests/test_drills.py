"""The drills at the size of the suite: `make drill` runs them at full length."""

import asyncio

import pytest

from tests.drills.__main__ import DRILLS, table
from tests.drills.line import Line
from tests.drills.survival import twice_by_kill

IN_THE_SUITE = (
    "clocks",
    "endings",
    "files",
    "files-by-chat",
    "flipped",
    "markup",
    "units",
    "webhooks",
)  # the others take a quiet machine


@pytest.mark.parametrize("name", IN_THE_SUITE)
def test_what_is_promised_holds(name: str) -> None:
    lines = asyncio.run(DRILLS[name](True))
    assert lines
    assert [line for line in lines if not line.good] == []


def test_the_table_says_what_was_not_reached() -> None:
    shown = table([Line("a", "1", "2", good=False), Line("b", "1", "1", good=True)])
    assert [row.split() for row in shown.splitlines()[1:]] == [["NOT", "a", "1", "2"], ["ok", "b", "1", "1"]]


def test_an_answer_given_again_is_laid_to_the_kill_that_made_it_so() -> None:
    """Chat 7 was answered before the first kill; that it is again after the third is no fault of those."""
    assert twice_by_kill([7, 8, 9, 8, 7, 7], ends=[2, 3, 3]) == {0: 2, 3: 1}
