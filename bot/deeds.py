"""Who took back, paused, resumed or ended an announcement, and when.

Owns the table `announcement_deeds`. Any admin may do these things to any announcement, so each is written
down together with the change itself. Refuses to know what the change is.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from enum import StrEnum

from knowledge.database import Database, Migration, Schema, from_stored, to_stored
from knowledge.records import dataclass

SCHEMA = Schema(
    "deeds",
    (
        Migration(
            "who did what to an announcement",
            (
                """CREATE TABLE announcement_deeds (
                    id INTEGER PRIMARY KEY, announcement INTEGER NOT NULL
                        REFERENCES announcements (id) ON DELETE CASCADE,
                    person INTEGER NOT NULL, what TEXT NOT NULL, at INTEGER NOT NULL) STRICT""",
                "CREATE INDEX announcement_deeds_announcement ON announcement_deeds (announcement)",
            ),
        ),
    ),
)


class What(StrEnum):
    """What was done."""

    UNDO = "undo"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that the admin with the id `person` did."""

    person: int
    what: What
    at: datetime


class Deeds:
    """Reads and writes deeds through one open database."""

    def __init__(self, database: Database) -> None:
        """Use the table of `SCHEMA` in *database*."""
        self._database = database

    async def done(
        self, change: Awaitable[bool], what: What, *, announcement: int, person: int, now: datetime
    ) -> bool:
        """Make *change* and, when it was made, note who did it, in one transaction; return whether it was."""
        async with self._database.transaction():
            is_done = await change
            if is_done:
                await self._database.execute(
                    "INSERT INTO announcement_deeds (announcement, person, what, at) VALUES (?, ?, ?, ?)",
                    (announcement, person, what, to_stored(now)),
                )
        return is_done

    async def of(self, announcement: int) -> list[Deed]:
        """Return what was done to an announcement, the earliest first."""
        rows = await self._database.fetch_all(
            "SELECT person, what, at FROM announcement_deeds WHERE announcement = ? ORDER BY id",
            (announcement,),
        )
        return [Deed(person, What(what), from_stored(at)) for person, what, at in rows]
