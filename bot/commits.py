"""Statements of several tasks that come together share one commit.

Owns the queue in front of the database. Refuses to know what is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from knowledge.database import Database

Statement = tuple[str, Sequence[Any]]


class Commits:
    """Writes to one database."""

    def __init__(self, database: Database) -> None:
        """Write to *database*."""
        self._database = database
        self._waiting: list[tuple[Sequence[Statement], asyncio.Future[int]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def run(self, statements: Sequence[Statement]) -> int:
        """Run *statements* in one transaction; once it is on disk return how many rows the first touched."""
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append((statements, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return await done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                together = [statement for statements, _ in batch for statement in statements]
                counts = await self._database.run_whole(together)
                starts = accumulate((len(statements) for statements, _ in batch), initial=0)
                touched = [counts[start] for start, _ in zip(starts, batch, strict=False)]
            except Exception as error:
                for _, done in batch:
                    if not done.done():
                        done.set_exception(error)
            else:
                for (_, done), count in zip(batch, touched, strict=True):
                    if not done.done():
                        done.set_result(count)
