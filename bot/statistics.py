"""How much is asked and how it ends: counters by day, and nothing about anybody.

Owns the table `counters` and the figures made of it. Refuses to know questions and people. Counts wait a
second in memory, so that a busy hour costs one write a second; a crash may lose that second's counts.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

from knowledge.database import Database, Migration, Schema
from knowledge.errors import StorageError
from knowledge.records import dataclass

log = logging.getLogger(__name__)

KEEP_DAYS = 90
FLUSH_S = 1.0
TOPIC = "topic:"

SCHEMA = Schema(
    "statistics",
    (
        Migration(
            "counters by day",
            (
                """CREATE TABLE counters (
                    day TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL,
                    PRIMARY KEY (day, name)) STRICT, WITHOUT ROWID""",
                "CREATE TABLE digests (week TEXT PRIMARY KEY) STRICT",
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Period:
    """The figures of some days. `days` holds (day, questions asked), every day, oldest first."""

    days: tuple[tuple[date, int], ...]
    totals: Counter[str]
    topics: tuple[tuple[str, int], ...]

    @property
    def asked(self) -> int:
        """Return the number of questions; pleasantries are none."""
        return sum(count for _, count in self.days)

    @property
    def answered_share(self) -> float:
        """Return the share (0-1) of questions that got an answer or a choice."""
        return (self.totals["answer"] + self.totals["clarify"]) / self.asked if self.asked else 0.0


class Counters:
    """Counts by name and day."""

    def __init__(self, database: Database, today: Callable[[], date]) -> None:
        """Use the tables of `SCHEMA` in *database*; *today* is the present day where the bot lives."""
        self._database = database
        self._today = today
        self._waiting: Counter[tuple[str, str]] = Counter()
        self._flushing: asyncio.Task[None] | None = None

    def count(self, *names: str) -> None:
        """Add one to each of *names* for today."""
        day = self._today().isoformat()
        self._waiting.update((day, name) for name in names)
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush_soon())

    async def flush(self) -> None:
        """Write what waits in memory."""
        waiting, self._waiting = self._waiting, Counter()
        if not waiting:
            return
        try:
            async with self._database.transaction():
                await self._database.execute_many(
                    "INSERT INTO counters VALUES (?, ?, ?)"
                    " ON CONFLICT (day, name) DO UPDATE SET count = count + excluded.count",
                    [(day, name, count) for (day, name), count in waiting.items()],
                )
        except StorageError as error:
            self._waiting.update(waiting)
            log.error("counts could not be written: %s", type(error).__name__)

    async def close(self) -> None:
        """Write what waits and stop waiting."""
        if self._flushing is not None:
            self._flushing.cancel()
        await self.flush()

    async def period(self, days: int) -> Period:
        """Return the figures of the last *days* days, today included."""
        await self.flush()
        last = self._today()
        first = last - timedelta(days=days - 1)
        rows = await self._database.fetch_all(
            "SELECT day, name, count FROM counters WHERE day >= ?", (first.isoformat(),)
        )
        asked = {day: count for day, name, count in rows if name == "asked"}
        totals: Counter[str] = Counter()
        for _, name, count in rows:
            totals[name] += count
        named = [(name.removeprefix(TOPIC), n) for name, n in totals.items() if name.startswith(TOPIC)]
        every = [first + timedelta(days=n) for n in range(days)]
        return Period(
            tuple((day, asked.get(day.isoformat(), 0)) for day in every),
            totals,
            tuple(sorted(named, key=lambda topic: (-topic[1], topic[0]))),
        )

    async def is_new(self) -> bool:
        """Tell whether no digest has ever been taken in hand."""
        return await self._database.fetch_one("SELECT 1 FROM digests") is None

    async def claim_digest(self, week: str) -> bool:
        """Take the digest of *week* ("2024-W15") in hand; False when it was taken before."""
        async with self._database.transaction():
            return await self._database.execute("INSERT OR IGNORE INTO digests VALUES (?)", (week,)) > 0

    async def purge(self) -> None:
        """Delete counts of more than 90 days ago."""
        limit = (self._today() - timedelta(days=KEEP_DAYS)).isoformat()
        async with self._database.transaction():
            await self._database.execute("DELETE FROM counters WHERE day < ?", (limit,))

    async def _flush_soon(self) -> None:
        await asyncio.sleep(FLUSH_S)
        await self.flush()
