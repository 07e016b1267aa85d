"""A backup is real: sound when written, and the way back is whole."""

from __future__ import annotations

import fcntl
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from knowledge.backup import REPLACED, backup, lock_path, restore
from knowledge.database import Migration, Schema, open_database
from knowledge.errors import BusyError, CorruptError, StoppedError, StorageError
from knowledge.held import load
from knowledge.model import Document, Fact
from knowledge.schema import KNOWLEDGE
from knowledge.stop import Stop
from knowledge.store import Store
from knowledge.verify import verify


@pytest.fixture
async def full(path: Path, article: Document, now: datetime) -> Path:
    async with open_database(path, [KNOWLEDGE]) as database:
        await Store(database).put_document(article, [], author="seeds", at=now)
        await Store(database).add_fact(Fact(0, ("Ai?",), "cũ"), author="7", at=now)
    return path


def answers(path: Path) -> list[str]:
    return [fact.answer for fact in load(path)[1]]


async def change(path: Path, answer: str, at: datetime) -> None:
    async with open_database(path, [KNOWLEDGE]) as database:
        await Store(database).change_fact(1, author="7", at=at, answer=answer)


def damage(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE facts SET answer = 'hỏng'")


def test_a_backup_holds_everything_and_is_for_our_eyes_only(
    full: Path, tmp_path: Path, now: datetime
) -> None:
    snapshot = backup(full, tmp_path / "backups", at=now)
    assert snapshot.name == "bot-20240412T010203Z.sqlite3"
    assert snapshot.stat().st_mode & 0o777 == 0o600
    assert load(snapshot) == load(full)
    assert verify(snapshot) == []
    assert list(snapshot.parent.iterdir()) == [snapshot]


def test_nothing_is_left_of_a_backup_called_off(full: Path, tmp_path: Path, now: datetime) -> None:
    stop = Stop()
    stop.say()
    with pytest.raises(StoppedError):
        backup(full, tmp_path / "backups", at=now, stop=stop)
    with pytest.raises(StoppedError):
        restore(backup(full, tmp_path / "sound", at=now), tmp_path / "new" / "bot.sqlite3", stop=stop)
    assert list((tmp_path / "backups").iterdir()) == []
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["bot.sqlite3.lock"]


def test_backups_of_one_second_do_not_replace_each_other(full: Path, tmp_path: Path, now: datetime) -> None:
    names = [backup(full, tmp_path, at=now).name for _ in range(3)]
    assert names == [f"bot-20240412T010203Z{number}.sqlite3" for number in ("", "-2", "-3")]


async def test_a_backup_is_taken_while_somebody_writes(full: Path, tmp_path: Path, now: datetime) -> None:
    """Each snapshot is a state that there was: facts come in pairs, and no snapshot holds half of one."""
    stop = threading.Event()
    snapshots: list[Path] = []

    def take() -> None:
        while not stop.is_set() and len(snapshots) < 50:
            snapshots.append(backup(full, tmp_path / "backups", at=now))

    async with open_database(full, [KNOWLEDGE]) as database:
        store = Store(database)
        thread = threading.Thread(target=take)
        thread.start()
        try:
            while len(snapshots) < 5:
                async with database.transaction():
                    for number in range(2):
                        count = (await store.counts()).facts
                        fact = Fact(0, (f"{count} {number}?",), "đôi")
                        await store.add_fact(fact, author="7", at=now)
        finally:
            stop.set()
            thread.join()
    sizes = [len(answers(snapshot)) for snapshot in snapshots]
    assert sizes == sorted(sizes)
    assert all(size % 2 == 1 for size in sizes)
    assert sizes[-1] > 1


def test_a_damaged_database_gives_no_backup(full: Path, tmp_path: Path, now: datetime) -> None:
    damage(full)
    with pytest.raises(CorruptError, match="fact #1"):
        backup(full, tmp_path / "backups", at=now)
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said(full: Path, now: datetime) -> None:
    with pytest.raises(StorageError, match=str(full)):
        backup(full, full, at=now)


async def test_restore_puts_the_snapshot_back_and_keeps_what_was_there(
    full: Path, tmp_path: Path, now: datetime
) -> None:
    snapshot = backup(full, tmp_path / "backups", at=now)
    await change(full, "mới", now + timedelta(days=1))
    kept = restore(snapshot, full)
    assert answers(full) == ["cũ"]
    assert kept == full.with_name(full.name + REPLACED)
    assert answers(kept) == ["mới"]
    assert verify(full) == verify(kept) == []
    await change(full, "tiếp", datetime.now(UTC))
    assert answers(full) == ["tiếp"]
    assert answers(snapshot) == ["cũ"]


async def test_restore_after_a_crash_keeps_the_journal_of_what_was_there(
    full: Path, tmp_path: Path, now: datetime
) -> None:
    """A killed bot leaves its last changes in the journal; they belong to what is kept, not to what comes."""
    snapshot = backup(full, tmp_path / "backups", at=now)
    crashed = tmp_path / "crashed.sqlite3"
    with closing(sqlite3.connect(full, isolation_level=None)) as connection:
        connection.execute("UPDATE facts SET answer = 'trong nhật ký'")
        for ending in ("", "-wal"):
            crashed.with_name(crashed.name + ending).write_bytes(
                full.with_name(full.name + ending).read_bytes()
            )
    kept = restore(snapshot, crashed)
    assert kept is not None
    assert answers(crashed) == ["cũ"]
    assert answers(kept) == ["trong nhật ký"]
    assert verify(crashed) == []


async def test_restore_while_somebody_still_reads_the_old_one(
    full: Path, tmp_path: Path, now: datetime
) -> None:
    """The reader keeps what it began with, and the old journal is not played into the new database."""
    snapshot = backup(full, tmp_path / "backups", at=now)
    with closing(sqlite3.connect(full, isolation_level=None)) as reader:
        await change(full, "mới", now)
        reader.execute("BEGIN")
        assert reader.execute("SELECT answer FROM facts").fetchone() == ("mới",)
        await change(full, "mới hơn", now)
        kept = restore(snapshot, full)
        assert answers(full) == ["cũ"]
        assert verify(full) == []
        assert reader.execute("SELECT answer FROM facts").fetchone() == ("mới",)
    assert answers(full) == ["cũ"]
    assert kept is not None
    assert answers(kept) == ["mới hơn"]


def test_restore_where_nothing_was(full: Path, tmp_path: Path, now: datetime) -> None:
    snapshot = backup(full, tmp_path / "backups", at=now)
    target = tmp_path / "new" / "bot.sqlite3"
    assert restore(snapshot, target) is None
    assert load(target) == load(full)


def test_restore_mends_a_database_that_cannot_even_be_opened(
    full: Path, tmp_path: Path, now: datetime
) -> None:
    snapshot = backup(full, tmp_path / "backups", at=now)
    with closing(sqlite3.connect(full, isolation_level=None)) as connection:
        connection.execute("UPDATE facts SET answer = 'trong nhật ký'")
        journal = full.with_name(f"{full.name}-wal").read_bytes()
    full.write_bytes(b"x" * 5000)
    full.with_name(f"{full.name}-wal").write_bytes(journal)
    kept = restore(snapshot, full)
    assert answers(full) == ["cũ"]
    assert kept is not None
    assert kept.read_bytes() == b"x" * 5000
    assert verify(full) == []


def test_a_bad_snapshot_is_refused_before_anything_is_touched(
    full: Path, tmp_path: Path, now: datetime
) -> None:
    snapshot = backup(full, tmp_path / "backups", at=now)
    damage(snapshot)
    text = tmp_path / "text"
    text.write_text("not a database" * 99)
    before = full.read_bytes()
    for bad, error in (
        (snapshot, CorruptError),
        (text, CorruptError),
        (tmp_path / "none", StorageError),
        (full, StorageError),
    ):
        with pytest.raises(error):
            restore(bad, full)
        assert full.read_bytes() == before
    assert not list(tmp_path.glob(f"*{REPLACED}"))
    assert not list(tmp_path.glob("*.partial*"))


async def test_a_snapshot_of_a_newer_version_is_refused(full: Path, tmp_path: Path) -> None:
    newer = Schema(KNOWLEDGE.name, (*KNOWLEDGE.migrations, Migration("x", ("CREATE TABLE x (y)",))))
    async with open_database(tmp_path / "newer.sqlite3", [newer]):
        pass
    with pytest.raises(StorageError, match="newer version"):
        restore(tmp_path / "newer.sqlite3", full)
    assert answers(full) == ["cũ"]


def test_restore_is_refused_while_a_bot_runs(full: Path, tmp_path: Path, now: datetime) -> None:
    snapshot = backup(full, tmp_path / "backups", at=now)
    with lock_path(full).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711\n")
        lock.flush()
        with pytest.raises(BusyError, match=r"process 4711.*stop it first"):
            restore(snapshot, full)
    restore(snapshot, full)
