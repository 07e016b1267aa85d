"""Snapshots of a database: taken while it is in use, proved by reading them back, put back whole.

Owns backup files and the swap at restoring. Refuses to know when backups are due and how many are kept.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from knowledge.database import pending, read_only
from knowledge.errors import BusyError, CorruptError, StorageError
from knowledge.schema import KNOWLEDGE
from knowledge.stop import Stop
from knowledge.verify import verify

REPLACED = ".before-restore"
RESTORED = 1  # in `user_version`, until the program has seen to it


def lock_path(database: Path) -> Path:
    """Return the file that a running bot holds locked for as long as it uses *database*."""
    return database.with_name(f"{database.name}.lock")


def backup(database: Path, folder: Path, *, at: datetime, stop: Stop | None = None) -> Path:
    """Write a verified snapshot of *database* into *folder* and return its path; readable by us alone.

    Works beside a running bot. Keeps no file and raises CorruptError when the snapshot is not sound,
    StoppedError soon after *stop* was said.
    """
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    with _files_reported(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = folder / f"{database.stem}-{stamp}.sqlite3"
        number = 1
        while target.exists():
            number += 1
            target = folder / f"{database.stem}-{stamp}-{number}.sqlite3"
        _snapshot(database, target, stop)
    return target


def restore(snapshot: Path, database: Path, *, stop: Stop | None = None) -> Path | None:
    """Put *snapshot* in the place of *database*; return where the replaced one was kept, if there was one.

    The snapshot is verified before anything is touched, and at every moment *database* is either the old
    one or the new one. Raises CorruptError when the snapshot is not sound, BusyError when a bot runs,
    StoppedError, with nothing touched, when *stop* was said in time.
    """
    if snapshot.resolve() == database.resolve():
        raise StorageError(f"{snapshot} is the database itself; choose a backup")
    pending(snapshot, [KNOWLEDGE])  # refuses a snapshot that is newer than the code
    with _files_reported(database):
        database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _held(database):
            fresh = database.with_name(f"{database.name}.restored")
            _snapshot(snapshot, fresh, stop)
            _mark_restored(fresh)
            kept = _set_aside(database)
            fresh.replace(database)
            _sync(database.parent)
            return kept


def _snapshot(source: Path, target: Path, stop: Stop | None) -> None:
    """Copy *source* as of now to *target*, which appears only once it has proved sound."""
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with read_only(source, stop) as connection:
            connection.execute("VACUUM INTO ?", (str(partial),))
        if damages := verify(partial, stop):
            more = f" and {len(damages) - 1} more" if len(damages) > 1 else ""
            raise CorruptError(f"{source} is damaged ({damages[0]}{more}); restore an older backup")
        _sync(partial)
        partial.replace(target)
        _sync(target.parent)
    finally:
        for ending in ("", "-wal", "-shm"):
            partial.with_name(partial.name + ending).unlink(missing_ok=True)


def is_restored(user_version: int) -> bool:
    """Tell from a database's `user_version` whether it was restored and nobody has looked since."""
    return user_version == RESTORED


def _mark_restored(database: Path) -> None:
    """Leave a mark for who opens it next: what it plans may have been done since it was saved."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA user_version = {RESTORED}")
    _sync(database)


def _set_aside(database: Path) -> Path | None:
    """Keep a copy of *database* with its journal, and leave the original whole and without one."""
    kept = database.with_name(database.name + REPLACED)
    if existed := database.exists():
        for ending in ("", "-wal"):
            part, copy = (path.with_name(path.name + ending) for path in (database, kept))
            copy.unlink(missing_ok=True)
            if part.exists():
                shutil.copy2(part, copy)
                _sync(copy)
        with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database, timeout=0.5)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    # A journal left behind would be played into the database that comes now.
    for ending in ("-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    return kept if existed else None


@contextmanager
def _held(database: Path) -> Iterator[None]:
    with lock_path(database).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read(20).strip()
            process = f" (process {holder})" if holder.isdigit() else ""
            raise BusyError(f"{database} is in use by a running bot{process}; stop it first") from error
        yield


@contextmanager
def _files_reported(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"{error.filename or path}: {error.strerror}") from error


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
