"""One queue in front of the disk: shared commits, and faults that stay where they belong."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot import asked, inbox
from bot.asked import Asked, Kind
from bot.commits import Commits
from bot.inbox import Seen
from knowledge.database import Database, open_database

NOW = datetime(2024, 5, 6, tzinfo=UTC)
SEEN = "INSERT INTO seen (update_id, mark, at) VALUES (?, 0, 0)"


@pytest.fixture
async def tables(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path / "bot.sqlite3", [inbox.SCHEMA, asked.SCHEMA]) as database:
        yield database


async def test_questions_in_vain_and_records_that_come_together_share_one_commit(tables: Database) -> None:
    commits = Commits(tables)
    kept, seen = Asked(tables, lambda: date(2024, 5, 6), commits), Seen(tables, lambda: NOW, commits)
    before = tables.transactions
    groups, _ = await asyncio.gather(
        asyncio.gather(*(kept.keep(f"Cầu số {n} màu gì?", Kind.UNANSWERED) for n in range(20))),
        asyncio.gather(*(seen.record(n, 0) for n in range(20))),
    )
    assert tables.transactions - before <= 2
    assert len(set(groups)) == 20
    assert await kept.open_count() == 20
    assert await seen.among(dict.fromkeys(range(20), 0)) == set(range(20))


async def test_alike_questions_of_one_commit_are_one_group(tables: Database) -> None:
    kept = Asked(tables, lambda: date(2024, 5, 6))
    asking = ("Cầu có đèn chiếu sáng không?", "cau co den chieu sang khong", "không cầu có đèn chiếu sáng")
    first, *others = await asyncio.gather(*(kept.keep(each, Kind.UNANSWERED) for each in asking))
    assert others == [first, first]
    (group,) = await kept.open_groups(5)
    assert group.count == 3


async def test_a_fault_of_one_costs_the_others_nothing(tables: Database) -> None:
    commits = Commits(tables)
    first, twice, other = await asyncio.gather(
        commits.run([(SEEN, (1,))]),
        commits.run([(SEEN, (2,)), (SEEN, (2,))]),
        commits.run([(SEEN, (3,))]),
        return_exceptions=True,
    )
    assert (first, other) == (1, 1)
    assert isinstance(twice, sqlite3.IntegrityError)
    assert await tables.fetch_all("SELECT update_id FROM seen") == [(1,), (3,)]
