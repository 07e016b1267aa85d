"""One writer, whole transactions, numbered migrations."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from knowledge import database as module
from knowledge.database import (
    Database,
    Migration,
    Schema,
    checksum,
    from_stored,
    open_database,
    pending,
    read_only,
    to_stored,
)
from knowledge.errors import BusyError, CorruptError, StorageError

NUMBERS = Schema("numbers", (Migration("numbers", ("CREATE TABLE numbers (n INTEGER PRIMARY KEY)",)),))
WORDS = Schema("words", (Migration("words", ("CREATE TABLE words (w TEXT)",)),))


async def add(database: Database, *numbers: int) -> None:
    async with database.transaction():
        for number in numbers:
            await database.execute("INSERT INTO numbers VALUES (?)", (number,))
            await asyncio.sleep(0)


async def kept(database: Database) -> list[int]:
    return [n for (n,) in await database.fetch_all("SELECT n FROM numbers ORDER BY n")]


async def test_a_new_database_is_durable_strict_and_ours_alone(path: Path) -> None:
    async with open_database(path, [NUMBERS]) as database:
        values = {
            name: (await database.fetch_one(f"PRAGMA {name}"))[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
        assert values == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "secure_delete": 1,
            "busy_timeout": 5000,
        }
    assert path.stat().st_mode & 0o777 == 0o600  # noqa: ASYNC240


async def test_transactions_of_many_tasks_do_not_mix(path: Path) -> None:
    async with open_database(path, [NUMBERS]) as database:

        async def work(start: int) -> None:
            async with database.transaction():
                await add(database, start, start + 1)
                if start % 20 == 0:
                    raise ValueError

        await asyncio.gather(*(work(n) for n in range(0, 100, 2)), return_exceptions=True)
        assert await kept(database) == [n for n in range(100) if n % 20 not in (0, 1)]


async def test_a_failing_part_takes_back_only_its_own_rows(path: Path) -> None:
    async with open_database(path, [NUMBERS]) as database:
        async with database.transaction():
            await add(database, 1)
            with pytest.raises(sqlite3.IntegrityError):
                await add(database, 2, 1)
            await add(database, 3)
        assert await kept(database) == [1, 3]


async def test_a_failing_whole_takes_back_its_finished_parts(path: Path) -> None:
    async with open_database(path, [NUMBERS]) as database:

        async def work() -> None:
            async with database.transaction():
                await add(database, 1)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await work()
        assert await kept(database) == []


@pytest.mark.parametrize("nested", [False, True])
async def test_a_task_cancelled_at_any_moment_leaves_all_or_nothing(path: Path, nested: bool) -> None:
    async with open_database(path, [NUMBERS]) as database:

        async def work() -> None:
            if nested:
                async with database.transaction():
                    await add(database, 1, 2, 3)
            else:
                await add(database, 1, 2, 3)

        outcomes = set()
        for steps in range(60):
            task = asyncio.create_task(work())
            for _ in range(steps):
                await asyncio.sleep(0 if steps % 2 else 0.0002)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            outcomes.add(tuple(await kept(database)))
            async with database.transaction():  # nothing is left open
                await database.execute("DELETE FROM numbers")
        assert outcomes == {(), (1, 2, 3)}


async def test_readers_never_see_what_is_not_yet_kept(path: Path) -> None:
    async with open_database(path, [NUMBERS]) as database:
        writer = asyncio.create_task(add(database, *range(20)))
        seen = set()
        while not writer.done():
            seen.add(len(await kept(database)))
        await writer
        assert seen <= {0, 20}


async def test_writing_outside_a_transaction_is_refused(path: Path) -> None:
    async with open_database(path, [NUMBERS]) as database:
        with pytest.raises(RuntimeError, match="transaction"):
            await database.execute("INSERT INTO numbers VALUES (1)")
        async with database.transaction():
            task = asyncio.create_task(database.execute("INSERT INTO numbers VALUES (1)"))
            with pytest.raises(RuntimeError, match="transaction"):
                await task


async def test_nothing_is_written_after_a_transaction_that_ended_by_itself(path: Path) -> None:
    """As SQLite ends it on some errors: what follows would be kept on its own."""
    async with open_database(path, [NUMBERS]) as database:

        async def work() -> None:
            async with database.transaction():
                await database.execute("ROLLBACK")
                await database.execute("INSERT INTO numbers VALUES (1)")

        with pytest.raises(RuntimeError, match="transaction"):
            await work()
        assert await kept(database) == []


async def test_a_full_disk_is_said_reading_goes_on_and_nothing_is_half_kept(path: Path) -> None:
    async with open_database(path, [WORDS]) as database:
        async with database.transaction():
            await database.execute("INSERT INTO words VALUES ('one')")
        pages = (await database.fetch_one("PRAGMA page_count"))[0]
        await database.fetch_all(f"PRAGMA max_page_count = {pages}")

        async def write(*words: str) -> None:
            async with database.transaction():
                for word in words:
                    await database.execute("INSERT INTO words VALUES (?)", (word,))

        with pytest.raises(StorageError, match="disk is full"):
            await write("two", "x" * 100_000)
        assert await database.fetch_all("SELECT w FROM words") == [("one",)]
        await database.fetch_all("PRAGMA max_page_count = 1000000")
        await write("x" * 100_000)


async def test_a_held_database_is_busy_not_broken(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_TIMEOUT_MS", 20)
    async with open_database(path, [NUMBERS]) as database:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="try again"):
            await add(database, 1)
        other.close()
        await add(database, 1)
        assert await kept(database) == [1]


async def test_two_writers_that_read_first_wait_for_each_other(path: Path) -> None:
    """A transaction that begins by reading and writes later would fail at once, whatever the timeout."""
    async with open_database(path, [NUMBERS]) as one, open_database(path, [NUMBERS]) as two:

        async def count_up(database: Database) -> None:
            for _ in range(10):
                async with database.transaction():
                    numbers = await kept(database)
                    await database.execute("INSERT INTO numbers VALUES (?)", (len(numbers),))

        await asyncio.gather(count_up(one), count_up(two))
        assert await kept(one) == list(range(20))


async def test_schemas_grow_side_by_side_and_only_once(path: Path) -> None:
    async with open_database(path, [NUMBERS]) as database:
        await add(database, 7)
    grown = Schema("numbers", (*NUMBERS.migrations, Migration("more", ("INSERT INTO numbers VALUES (8)",))))
    assert pending(path, [NUMBERS]) == 0
    assert pending(path, [grown, WORDS]) == 2
    for _ in range(2):
        async with open_database(path, [WORDS, grown]) as database:
            assert await kept(database) == [7, 8]
    assert pending(path, [grown, WORDS]) == 0


async def test_a_failing_migration_leaves_nothing_of_itself(path: Path) -> None:
    bad = Schema("words", (*WORDS.migrations, Migration("bad", ("DROP TABLE words", "NO SQL"))))
    with pytest.raises(StorageError):
        async with open_database(path, [bad]):
            pass
    async with open_database(path, [WORDS]) as database:
        assert await database.fetch_all("SELECT * FROM words") == []


async def test_a_database_newer_than_the_code_is_refused(path: Path) -> None:
    grown = Schema("numbers", (*NUMBERS.migrations, Migration("more", ("CREATE TABLE more (x)",))))
    async with open_database(path, [grown]):
        pass
    with pytest.raises(StorageError, match="newer version"):
        async with open_database(path, [NUMBERS]):
            pass
    with pytest.raises(StorageError, match="newer version"):
        pending(path, [NUMBERS])


async def test_files_that_are_not_ours_are_left_alone(tmp_path: Path) -> None:
    foreign, text = tmp_path / "foreign.sqlite3", tmp_path / "text.sqlite3"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    text.write_text("not a database " * 100)
    before = foreign.read_bytes(), text.read_bytes()
    for file, error in ((foreign, StorageError), (text, CorruptError)):
        with pytest.raises(error):
            async with open_database(file, [NUMBERS]):
                pass
        with pytest.raises(error), read_only(file):
            pass
    assert (foreign.read_bytes(), text.read_bytes()) == before


async def test_a_folder_that_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be opened"):
        async with open_database(tmp_path / "none" / "x.sqlite3", []):
            pass
    with pytest.raises(StorageError, match="cannot be opened"), read_only(tmp_path / "x.sqlite3"):
        pass


async def test_reading_alone_cannot_write(path: Path) -> None:
    async with open_database(path, [NUMBERS]) as database:
        with pytest.raises(StorageError), read_only(path) as connection:
            connection.execute("INSERT INTO numbers VALUES (1)")
        assert await kept(database) == []


def test_times_come_back_to_the_microsecond_in_utc() -> None:
    moment = datetime(2024, 11, 6, 14, 30, 0, 123456, timezone(timedelta(hours=7)))
    assert from_stored(to_stored(moment)) == moment
    assert from_stored(to_stored(moment)).tzinfo is UTC
    with pytest.raises(ValueError, match="aware"):
        to_stored(datetime(2024, 11, 6))  # noqa: DTZ001


def test_a_checksum_tells_types_and_borders_apart() -> None:
    rows = [(1, "2"), ("1", 2), (12,), ("12",), ("1", "2"), (None,), ("",), (b"12",), ("1", ["2"])]
    assert len({checksum(*row) for row in rows}) == len(rows)


def running(*statements: tuple[str, tuple[int, ...]]) -> Callable[[sqlite3.Connection], list[int]]:
    return lambda writer: [writer.execute(*statement).rowcount for statement in statements]


async def test_work_run_whole_is_kept_together_or_not_at_all(path: Path) -> None:
    insert = "INSERT INTO numbers VALUES (?)"
    async with open_database(path, [NUMBERS]) as database:
        assert await database.run_whole(running((insert, (1,)), ("UPDATE numbers SET n = n + 1", ()))) == [
            1,
            1,
        ]
        with pytest.raises(sqlite3.IntegrityError):
            await database.run_whole(running((insert, (7,)), (insert, (2,))))
        assert await kept(database) == [2]
        whole = asyncio.create_task(database.run_whole(running(*((insert, (n,)) for n in range(10, 200)))))
        await asyncio.sleep(0)
        whole.cancel()
        with pytest.raises(asyncio.CancelledError):
            await whole
        await add(database, 3)  # neither the lock nor a transaction is left behind
        assert len(await kept(database)) in (2, 192)
