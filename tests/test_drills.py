"""The drills at the size of the suite: `make drill` runs them at full length."""

import asyncio

import pytest

from tests.drills.__main__ import DRILLS, table
from tests.drills.line import Line

IN_THE_SUITE = ("endings", "files", "flipped", "markup", "webhooks")  # the others take a quiet machine


@pytest.mark.parametrize("name", IN_THE_SUITE)
def test_what_is_promised_holds(name: str) -> None:
    lines = asyncio.run(DRILLS[name](True))
    assert lines
    assert [line for line in lines if not line.good] == []


def test_the_table_says_what_was_not_reached() -> None:
    shown = table([Line("a", "1", "2", good=False), Line("b", "1", "1", good=True)])
    assert [row.split() for row in shown.splitlines()[1:]] == [["NOT", "a", "1", "2"], ["ok", "b", "1", "1"]]
