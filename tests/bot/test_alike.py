import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from bot import asked
from bot.alike import ALIKE, Alike, form_of
from bot.asked import Asked, Kind
from bot.commits import Commits
from knowledge.database import Database, open_database

TODAY = date(2026, 1, 1)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path / "bot.sqlite3", (asked.SCHEMA,)) as opened:
        yield opened


def words() -> st.SearchStrategy[str]:
    return st.lists(
        st.sampled_from(["cau", "bac", "qua", "song", "nao", "nam", "2018", "2019", "mau", "gi", "den"]),
        min_size=1,
    ).map(" ".join)


@given(st.lists(words(), max_size=8), words())
def test_what_is_found_is_what_comparing_with_every_row_finds(earlier: list[str], new: str) -> None:
    table = sqlite3.connect(":memory:")
    table.execute("CREATE TABLE asked (id INTEGER PRIMARY KEY, group_id INTEGER, form TEXT, last_on TEXT)")
    table.executemany("INSERT INTO asked VALUES (?, ?, ?, '')", [(n, n, t) for n, t in enumerate(earlier, 1)])
    found = Alike().group_of(table, new)
    table.close()

    def figures(form: str) -> list[str]:
        return sorted(word for word in form.split() if word.isdigit())

    scores = [fuzz.token_sort_ratio(new, each) * (figures(new) == figures(each)) for each in earlier]
    best = max(scores, default=0.0)
    assert (found is None) if best < ALIKE else (found is not None and scores[found - 1] == best)


async def test_a_question_kept_together_with_a_fault_is_kept_alone_and_alike_ones_join_it(
    database: Database,
) -> None:
    """The memory names a row that was undone: its number and its group are given to others."""
    commits = Commits(database)
    kept = Asked(database, lambda: TODAY, commits)

    def fail(writer: sqlite3.Connection) -> None:
        raise ValueError

    first, *_ = await asyncio.gather(
        kept.keep("Cầu bắc qua sông nào?", Kind.UNANSWERED), commits.do(fail), return_exceptions=True
    )
    other = await kept.keep("Đèn bật lúc mấy giờ?", Kind.UNANSWERED)
    assert isinstance(first, int)
    assert other != first
    assert await kept.keep("qua song nao cau bac", Kind.UNANSWERED) == first
    assert len(await kept.open_groups(9)) == 2


async def test_what_was_purged_is_forgotten(database: Database) -> None:
    today = [TODAY]
    kept = Asked(database, lambda: today[0])
    first = await kept.keep("Cầu bắc qua sông nào?", Kind.UNANSWERED)
    today[0] += timedelta(days=asked.KEEP_DAYS + 1)
    await kept.purge()
    assert await kept.keep("cau bac qua song nao vay", Kind.UNANSWERED) != first
    assert [group.texts for group in await kept.open_groups(9)] == [("cau bac qua song nao vay",)]


def test_a_text_of_signs_alone_stands_for_itself() -> None:
    assert form_of("???") == "???"
    assert form_of("Đèn, 2 cái!") == "den 2 cai"
