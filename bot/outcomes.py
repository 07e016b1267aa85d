"""How the deliveries of an announcement ended, and what an admin decides about those that ended badly.

Owns counts, the list of what failed or is in doubt, and which rows may be tried again. Refuses to send:
what is to be tried again is put back into the queue, and the sender finds it there.
"""

# ruff: noqa: S608 - only constant column lists and question marks are put into SQL, values never
from __future__ import annotations

from datetime import datetime, timedelta

from bot.announcement import DELIVERY_COLUMNS, OUT_THERE, Delivery, marks
from bot.delivery import LASTING, State
from knowledge.database import Database, from_stored, to_stored

RECENT = 100  # deliveries that tell the pace: at full speed the last four seconds
KEEP = timedelta(days=90)  # who got what; after that only the announcement itself stays


class Outcomes:
    """Reads and changes ended deliveries through one open database."""

    def __init__(self, database: Database) -> None:
        """Use the tables of `announcement.SCHEMA` in *database*."""
        self._database = database

    async def counts(self, id_: int) -> dict[State, int]:
        """Return how many deliveries are in each state."""
        rows = await self._database.fetch_all(
            "SELECT state, count(*) FROM deliveries WHERE announcement = ? GROUP BY state", (id_,)
        )
        found = {State(state): count for state, count in rows}
        return {state: found.get(state, 0) for state in State}

    async def latest_ends(self, id_: int, limit: int = RECENT) -> list[datetime]:
        """Return when the latest deliveries came to an end, the newest first."""
        rows = await self._database.fetch_all(
            "SELECT at FROM deliveries WHERE announcement = ? AND at IS NOT NULL"
            " AND state IN ('sent', 'failed', 'blocked', 'uncertain') ORDER BY at DESC LIMIT ?",
            (id_, limit),
        )
        return [from_stored(at) for (at,) in rows]

    async def troubled(self, id_: int) -> list[Delivery]:
        """Return the deliveries that failed, were blocked, or are in doubt and not settled yet."""
        rows = await self._database.fetch_all(
            f"SELECT {DELIVERY_COLUMNS} FROM deliveries WHERE announcement = ? AND settled = 0"
            " AND state IN ('uncertain', 'failed', 'blocked') ORDER BY state = 'uncertain' DESC, state, id",
            (id_,),
        )
        return [Delivery.from_row(row) for row in rows]

    async def remaining(self, id_: int) -> int:
        """Return in how many places a message of that announcement is still to be seen."""
        row = await self._database.fetch_one(
            f"SELECT count(*) FROM deliveries WHERE announcement = ? AND {OUT_THERE}", (id_,)
        )
        return int(row[0])

    async def again(self, id_: int, state: State, delivery: int | None = None) -> int:
        """Queue the unsettled rows in *state*, or one *delivery*, once more; return how many."""
        async with self._database.transaction():
            count = await self._database.execute(
                "UPDATE deliveries SET state = 'queued', attempts = 0, retry_at = 0, reason = ''"
                f" WHERE announcement = ? AND state = ? AND settled = 0 AND reason NOT IN ({marks(LASTING)})"
                " AND id = coalesce(?, id)",
                (id_, state, *LASTING, delivery),
            )
            if count:
                await self._database.execute(
                    "UPDATE announcements SET stage = 'sending', reported = 0, finished_at = NULL"
                    " WHERE id = ? AND stage IN ('done', 'stopped')",
                    (id_,),
                )
        return count

    async def leave(self, id_: int, delivery: int | None = None) -> int:
        """Settle the doubtful rows, or one *delivery*, as they are: the admin does not want them repeated."""
        async with self._database.transaction():
            return await self._database.execute(
                "UPDATE deliveries SET settled = 1"
                " WHERE announcement = ? AND state = 'uncertain' AND settled = 0 AND id = coalesce(?, id)",
                (id_, delivery),
            )

    async def spare(self, chat: int, thread: int | None = None) -> None:
        """Send *chat*, or one topic of it, nothing more: it no longer wants to be told.

        What waits for it goes away, what failed or is in doubt stays as it is and cannot be sent again.
        """
        where = "WHERE chat = ?1 AND thread = coalesce(?2, thread) AND state"
        async with self._database.transaction():
            await self._database.execute(f"DELETE FROM deliveries {where} = 'queued'", (chat, thread))
            await self._database.execute(
                f"UPDATE deliveries SET settled = 1 {where} IN ('uncertain', 'failed', 'blocked')",
                (chat, thread),
            )

    async def forget(self, chat: int) -> int:
        """Erase which announcements *chat* was sent; return how many rows that were."""
        async with self._database.transaction():
            return await self._database.execute("DELETE FROM deliveries WHERE chat = ?", (chat,))

    async def held(self, chat: int) -> int:
        """Return how many deliveries to *chat* are on record."""
        row = await self._database.fetch_one("SELECT count(*) FROM deliveries WHERE chat = ?", (chat,))
        return int(row[0])

    async def purge(self, now: datetime) -> None:
        """Delete who got what after 90 days."""
        async with self._database.transaction():
            await self._database.execute(
                "DELETE FROM deliveries WHERE announcement IN"
                " (SELECT id FROM announcements WHERE finished_at < ? AND stage IN ('done', 'stopped'))",
                (to_stored(now - KEEP),),
            )
