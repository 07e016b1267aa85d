"""Writes of several tasks that come together share one commit.

Owns the queue in front of the database. Refuses to know what is written.

A synced commit costs more than all else that an answer needs from the disk, so everything that is written
for an update or a delivery goes through one queue.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from knowledge.database import Database
from knowledge.errors import StorageError

Statement = tuple[str, Sequence[Any]]
T = TypeVar("T")
Work = Callable[[sqlite3.Connection], Any]


class Commits:
    """Writes to one database."""

    def __init__(self, database: Database) -> None:
        """Write to *database*."""
        self._database = database
        self._waiting: list[tuple[Work, asyncio.Future[Any]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def run(self, statements: Sequence[Statement]) -> int:
        """Run *statements* in one transaction; once it is on disk return how many rows the first touched."""

        def work(writer: sqlite3.Connection) -> int:
            touched = [writer.execute(*each).rowcount for each in statements]
            return touched[0]

        return await self.do(work)

    async def do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what *work* returns, once what it wrote is on disk.

        It runs in the database's thread, and again when its transaction has failed through others: it must
        change nothing but the database. Not for use inside `transaction()`.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return await done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            works = [work for work, _ in batch]
            try:
                results = await self._database.run_whole(partial(_all, works))
            except StorageError as error:  # the file: it would be the same for each
                for _, done in batch:
                    _fail(done, error)
            except Exception as error:
                if len(batch) == 1:
                    _fail(batch[0][1], error)
                else:
                    await self._write_singly(batch)
            else:
                for (_, done), result in zip(batch, results, strict=True):
                    if not done.done():
                        done.set_result(result)

    async def _write_singly(self, batch: Sequence[tuple[Work, asyncio.Future[Any]]]) -> None:
        """One of *batch* is at fault: the others do not pay for it."""
        for work, done in batch:
            try:
                result = await self._database.run_whole(work)
            except Exception as error:
                _fail(done, error)
            else:
                if not done.done():
                    done.set_result(result)


def _all(works: Sequence[Work], writer: sqlite3.Connection) -> list[Any]:
    return [work(writer) for work in works]


def _fail(done: asyncio.Future[Any], error: Exception) -> None:
    if not done.done():
        done.set_exception(error)
