"""One SQLite file: how it is opened, who may write, and how its tables grow from version to version.

Owns the connection, the lock around transactions, migrations and row checksums. Refuses to know what
the tables mean: each room registers its own `Schema` and writes its own SQL.

One connection writes, others only read. Two coroutines on one connection would share one transaction
(49 of 50 failed without a lock), a deferred BEGIN that writes later fails at once despite a timeout, and
a cancelled task would leave its transaction open; `transaction()` answers all three.

asyncio and aiosqlite are imported late: reading a fact store must not pay for them.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from knowledge.errors import BusyError, CorruptError, StoppedError, StorageError

if TYPE_CHECKING:
    import asyncio

    import aiosqlite

    from knowledge.stop import Stop

T = TypeVar("T")
APPLICATION_ID = 0x48444B31  # "HDK1" in the file's header: tells our files from any other SQLite file
BUSY_TIMEOUT_MS = 5000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # NORMAL may lose the last commits in a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
)
_MIGRATIONS_TABLE = """
CREATE TABLE IF NOT EXISTS migrations (
    schema TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL,
    PRIMARY KEY (schema, number)
) WITHOUT ROWID"""


class Migration(NamedTuple):
    """One step of a schema; its statements and its record are one transaction. Never edit a released one."""

    name: str
    statements: tuple[str, ...]


class Schema(NamedTuple):
    """The tables of one room: its migrations, numbered from 1 in the order given."""

    name: str
    migrations: tuple[Migration, ...]


def checksum(*values: object) -> str:
    """Return the SHA-256 (hex) of a row's values, types included.

    Damaged text that is no longer UTF-8 may be handed in decoded with "surrogateescape".
    """
    import hashlib  # with OpenSSL, for which who only reads must not wait

    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def to_stored(time: datetime) -> int:
    """Return *time* as microseconds since 1970 UTC, exactly; a naive time is a ValueError."""
    if time.tzinfo is None:
        raise ValueError("a stored time must be an aware time")
    return (time - _EPOCH) // timedelta(microseconds=1)


def from_stored(microseconds: int) -> datetime:
    """Return the aware UTC time that `to_stored` made the number from."""
    return _EPOCH + timedelta(microseconds=microseconds)


@contextmanager
def read_only(path: Path, stop: Stop | None = None) -> Iterator[sqlite3.Connection]:
    """Open *path* for reading beside a running writer.

    Raises StorageError when it is missing or not ours, CorruptError when SQLite finds it damaged,
    StoppedError soon after *stop* was said.
    """
    connection = read_only_connection(path)
    with _reported(path):
        try:
            with stop.heard_on(connection) if stop else nullcontext():
                yield connection
        finally:
            connection.close()


@contextmanager
def write_at_once(path: Path) -> Iterator[sqlite3.Connection]:
    """Write to *path* without asyncio, as one transaction, beside whoever else writes.

    Raises StorageError when that cannot be done; then nothing is written.
    """
    with _reported(path):
        connection = sqlite3.connect(_uri(path, "rw"), uri=True, isolation_level=None)
        try:
            connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            _check_owner(path, connection.execute("PRAGMA application_id").fetchone()[0])
            for pragma in _PRAGMAS:
                connection.execute(pragma)
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()  # undoes what was not kept


def read_only_connection(path: Path) -> sqlite3.Connection:
    """Open *path* for reading, from whatever thread; the caller closes. Raises as `read_only` does."""
    with _reported(path):
        connection = sqlite3.connect(
            _uri(path, "ro"), uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            _check_owner(path, connection.execute("PRAGMA application_id").fetchone()[0])
        except BaseException:
            connection.close()
            raise
        return connection


def pending(path: Path, schemas: Sequence[Schema]) -> int:
    """Count the migrations that *path* still lacks; raises StorageError when it is newer than the code."""
    with read_only(path) as connection:
        rows = connection.execute("SELECT schema, number, name FROM migrations").fetchall()
    return len(_missing(path, schemas, rows))


class Database:
    """The one writing connection of a process; made by `open_database`."""

    def __init__(self, path: Path, connection: aiosqlite.Connection, lock: asyncio.Lock) -> None:
        """Wrap an open *connection* whose pragmas and tables are ready."""
        self.path = path
        self.transactions = 0  # outermost transactions begun so far: tells one from the next
        self._connection = connection
        self._lock = lock
        self._owner: asyncio.Task[Any] | None = None
        self._depth = 0
        self.trouble: StorageError | None = None  # what went wrong since the last good `probe`

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Run the block as one transaction: all of it is kept, or nothing.

        Within a transaction of the same task the block becomes a part that can fail on its own: when it
        raises, only its own rows are taken back. Safe when the task is cancelled at any await. Other tasks
        wait for its end: never await one of them inside the block.
        """
        import asyncio

        if self._owner is asyncio.current_task():
            self._depth += 1
            begin, keep, undo = (
                f"SAVEPOINT part{self._depth}",
                f"RELEASE part{self._depth}",
                (f"ROLLBACK TO part{self._depth}", f"RELEASE part{self._depth}"),
            )
            try:
                async with self._block(begin, keep, undo):
                    yield
            finally:
                self._depth -= 1
            return
        async with self._lock:
            self._owner = asyncio.current_task()
            self.transactions += 1
            try:
                async with self._block("BEGIN IMMEDIATE", "COMMIT", ()):
                    yield
            finally:
                self._owner = None

    async def fetch_all(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """Return the rows of a query; outside a transaction it never sees another task's unkept rows."""
        import asyncio

        with self._noted():
            if self._owner is asyncio.current_task():
                return list(await self._connection.execute_fetchall(sql, parameters))
            async with self._lock:
                return list(await self._connection.execute_fetchall(sql, parameters))

    async def fetch_one(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """Return the first row of a query, or None."""
        rows = await self.fetch_all(sql, parameters)
        return rows[0] if rows else None

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run one writing statement inside a transaction; return how many rows it touched."""
        self._demand_transaction()
        with self._noted():
            return (await self._connection.execute(sql, parameters)).rowcount

    async def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one writing statement per row inside a transaction."""
        self._demand_transaction()
        with self._noted():
            await self._connection.executemany(sql, rows)

    async def run_whole(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run *work* as one transaction of its own, kept when it returns, undone when it raises.

        For small and frequent writes: one trip to aiosqlite's thread instead of three or more, which
        halves the CPU of a durable write. *work* runs in that thread and neither begins nor commits. Not
        for use inside `transaction()`.
        """
        connection = self._connection
        results: list[T] = []

        def run() -> None:
            writer = connection._conn
            writer.execute("BEGIN IMMEDIATE")
            try:
                results.append(work(writer))
                writer.execute("COMMIT")
            except BaseException:
                writer.rollback()
                raise

        async with self._lock:
            self.transactions += 1
            with self._noted():
                await _finish(connection._execute(run))  # type: ignore[no-untyped-call]
        return results[0]

    async def probe(self) -> None:
        """Write something that changes nothing; raises StorageError when that cannot be done."""
        async with self.transaction():
            (version,) = await self.fetch_one("PRAGMA user_version")
            await self.execute(f"PRAGMA user_version = {version}")
        self.trouble = None

    async def sweep(self) -> bool:
        """Bring deleted rows out of the journal file, where they would outlive the deletion.

        False when somebody who reads an older state keeps them there; nobody is waited for. Not for use
        inside `transaction()`.
        """
        connection = self._connection
        found: list[int] = []

        def run() -> None:
            writer = connection._conn
            writer.execute("PRAGMA busy_timeout = 0")
            try:
                found.append(writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
            finally:
                writer.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")

        async with self._lock:
            with self._noted():
                await _finish(connection._execute(run))  # type: ignore[no-untyped-call]
        return found == [0]

    async def next_id(self, table: str) -> int:
        """Return the id that the next row of an AUTOINCREMENT *table* gets; ids are never given twice."""
        row = await self.fetch_one("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))
        return (row[0] if row else 0) + 1

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """Report SQLite's errors and remember them, until `probe` finds that it is over."""
        try:
            with _reported(self.path):
                yield
        except StorageError as error:
            self.trouble = error
            raise

    def _demand_transaction(self) -> None:
        import asyncio

        # SQLite ends a transaction by itself on some errors (a full disk); a statement after that
        # would be kept on its own.
        if self._owner is not asyncio.current_task() or not self._connection.in_transaction:
            raise RuntimeError("writes belong inside `async with database.transaction()`")

    @asynccontextmanager
    async def _block(self, begin: str, keep: str, undo: tuple[str, ...]) -> AsyncIterator[None]:
        try:
            with self._noted():
                await self._connection.execute(begin)
            yield
            with self._noted():
                await _finish(self._connection.execute(keep))
        except BaseException:
            with self._noted():
                await _finish(self._take_back(undo))
            raise

    async def _take_back(self, undo: tuple[str, ...]) -> None:
        if not undo:
            await self._connection.rollback()  # does nothing when BEGIN itself had failed
        elif self._connection.in_transaction:
            for statement in undo:
                await self._connection.execute(statement)


@asynccontextmanager
async def open_database(path: Path, schemas: Sequence[Schema]) -> AsyncIterator[Database]:
    """Open *path* for writing, create it when missing, and bring the tables of *schemas* up to date.

    Raises StorageError when the file is not ours, newer than the code or cannot be opened, BusyError when
    another writer holds it for more than 5 s, CorruptError when SQLite finds it damaged.
    """
    import asyncio

    import aiosqlite

    try:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))  # SQLite would let everybody read it
    except OSError as error:
        raise StorageError(f"{path} cannot be opened for writing: {error.strerror}") from error
    with _reported(path):
        connection = await aiosqlite.connect(_uri(path, "rw"), uri=True, isolation_level=None)
    try:
        database = Database(path, connection, asyncio.Lock())
        await _prepare(database, schemas, connection)
        yield database
    finally:
        await _finish(connection.close())


async def _prepare(database: Database, schemas: Sequence[Schema], connection: aiosqlite.Connection) -> None:
    with _reported(database.path):
        await connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    tables = (await database.fetch_one("SELECT count(*) FROM sqlite_master"))[0]
    owner = (await database.fetch_one("PRAGMA application_id"))[0]
    if tables or owner:
        _check_owner(database.path, owner)
    with _reported(database.path):
        for pragma in _PRAGMAS:
            await connection.execute(pragma)
    if not tables:
        async with database.transaction():
            await database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            await database.execute(_MIGRATIONS_TABLE)
    recorded = await database.fetch_all("SELECT schema, number, name FROM migrations")
    for schema, number in _missing(database.path, schemas, recorded):
        async with database.transaction():
            again = "SELECT 1 FROM migrations WHERE schema = ? AND number = ?"
            if await database.fetch_one(again, (schema.name, number)):
                continue  # another process was faster
            step = schema.migrations[number - 1]
            for statement in step.statements:
                await database.execute(statement)
            record = (schema.name, number, step.name)
            await database.execute("INSERT INTO migrations VALUES (?, ?, ?, ?)", (*record, checksum(*record)))


def _missing(path: Path, schemas: Sequence[Schema], rows: Iterable[Any]) -> list[tuple[Schema, int]]:
    recorded = {(schema, number): name for schema, number, name in rows}
    for schema in schemas:
        known = dict(enumerate((step.name for step in schema.migrations), start=1))
        for (name, number), step in recorded.items():
            if name == schema.name and known.get(number) != step:
                raise StorageError(
                    f"{path} was written by a newer version of this program (step {name} {number}); "
                    "update the program or choose another database"
                )
    return [
        (schema, number)
        for schema in schemas
        for number in range(1, len(schema.migrations) + 1)
        if (schema.name, number) not in recorded
    ]


def _check_owner(path: Path, application_id: int) -> None:
    if application_id != APPLICATION_ID:
        raise StorageError(f"{path} is not a database of this program; choose another one")


def _uri(path: Path, mode: str) -> str:
    return f"{path.absolute().as_uri()}?mode={mode}"


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about *path* into ours."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise  # a fault of the code, not of the file
    except sqlite3.DatabaseError as error:
        raise _explained(path, error) from error


def _explained(path: Path, error: sqlite3.DatabaseError) -> StorageError | StoppedError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the kind of error
    if code == sqlite3.SQLITE_INTERRUPT:
        return StoppedError(f"{path} was let go before all was done")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyError(f"{path} is held by another program; try again in a moment")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "decode to UTF-8" in str(error):
        return CorruptError(f"{path} is damaged or not a database ({error}); restore a backup")
    if code == sqlite3.SQLITE_FULL:
        return StorageError(f"{path} cannot grow, the disk is full; free some space")
    if code == sqlite3.SQLITE_CANTOPEN:
        return StorageError(
            f"{path} cannot be opened; check that the folder exists and may be read and written"
        )
    return StorageError(f"{path} cannot be used: {error}")


async def _finish(work: Coroutine[Any, Any, object]) -> None:
    """Await *work* to its end although the task is cancelled meanwhile, then let the cancellation go on."""
    import asyncio

    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled
