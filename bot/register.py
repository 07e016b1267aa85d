"""Announcements themselves: drafted, planned, brought from stage to stage, found again.

Owns the rows of `announcements` and their numbers. Refuses to know who gets them (`outbox`) and how that
went (`outcomes`).

An edit or a withdrawal everywhere is an announcement of its own, with `of` naming the one it works on.
"""

# ruff: noqa: S608 - only constant column lists and question marks are put into SQL, values never
from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from bot.announcement import COLUMNS, Announcement, Stage, marks, stored
from bot.content import Action, Content, digest
from knowledge.database import Database, to_stored

TWIN_WITHIN = timedelta(days=1)
TAKEN_SHOWN = timedelta(days=7)
LATE, LATE_TOLD = "late", "late, told"  # notes on one that missed its time and waits for the morning


class Register:
    """Reads and changes announcements through one open database."""

    def __init__(self, database: Database) -> None:
        """Use the tables of `announcement.SCHEMA` in *database*, of which this process is the only writer."""
        self._database = database

    async def draft(
        self,
        content: Content,
        *,
        author: int,
        origin: int,
        now: datetime,
        action: Action = Action.SEND,
        of: Announcement | None = None,
    ) -> Announcement:
        """Keep a draft and return it with its number; the same *origin* again gives the same draft.

        *origin* is the id of the author's message (or a negative number of another source): an update
        that is handled twice after a crash must not make two.
        """
        async with self._database.transaction():
            known = "SELECT id FROM announcements WHERE author = ? AND origin = ? AND action = ?"
            row = await self._database.fetch_one(known, (author, origin, action))
            if row is None:
                last = await self._database.fetch_one(  # a number that nobody has seen is given again
                    "SELECT coalesce(max(number), 0) FROM announcements WHERE stage <> 'cancelled'"
                )
                id_ = await self._database.next_id("announcements")
                await self._database.execute(
                    "INSERT INTO announcements (id, number, action, of, author, origin, content, digest,"
                    " lists, stage, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '[]', 'draft', ?)",
                    (
                        *(id_, of.number if of else last[0] + 1, action, of.id if of else None),
                        *(author, origin, content.to_json(), digest(content), to_stored(now)),
                    ),
                )
            else:
                id_ = row[0]
        return await self.get(id_)

    async def get(self, id_: int) -> Announcement:
        """Return an announcement; raises LookupError when there is none with that id."""
        row = await self._database.fetch_one(f"SELECT {COLUMNS} FROM announcements WHERE id = ?", (id_,))
        if row is None:
            raise LookupError(id_)
        return Announcement.from_row(row)

    async def newest_of(self, author: int, since: datetime) -> Announcement | None:
        """Return the latest announcement that *author* began after *since* and has not cancelled."""
        rows = await self._select(
            "author = ? AND action = 'send' AND stage <> 'cancelled' AND created_at > ?"
            " ORDER BY id DESC LIMIT 1",
            *(author, to_stored(since)),
        )
        return rows[0] if rows else None

    async def at(self, *stages: Stage) -> list[Announcement]:
        """Return all in these stages, oldest first."""
        return await self._select(f"stage IN ({marks(stages)}) ORDER BY id", *stages)

    async def due(self, now: datetime) -> list[Announcement]:
        """Return the scheduled ones whose time has come, earliest first."""
        return await self._select("stage = 'scheduled' AND due <= ? ORDER BY due, id", to_stored(now))

    async def latest(self, limit: int, now: datetime) -> list[Announcement]:
        """Return all that are planned or under way, and the *limit* latest past ones, newest first.

        Rounds of editing and withdrawing are listed while they run. What another than its author took back
        within the last week is among them, as a draft.
        """
        return await self._select(
            "stage IN ('scheduled', 'sending', 'paused') OR action = 'send' AND (id IN (SELECT id"
            " FROM announcements WHERE action = 'send' AND stage IN ('done', 'stopped')"
            " ORDER BY id DESC LIMIT ?) OR stage = 'draft' AND id IN (SELECT announcement"
            " FROM announcement_deeds WHERE what = 'undo' AND person <> author AND at > ?)) ORDER BY id DESC",
            *(limit, to_stored(now - TAKEN_SHOWN)),
        )

    async def unreported(self) -> list[Announcement]:
        """Return those that came to an end, nothing in flight, and whose author has not been told."""
        return await self._select(
            "stage IN ('done', 'stopped') AND reported = 0 AND NOT EXISTS (SELECT 1 FROM deliveries d"
            " WHERE d.announcement = announcements.id AND d.state = 'sending') ORDER BY id"
        )

    async def is_withdrawn(self, id_: int) -> bool:
        """Tell whether a withdrawal of that announcement has begun."""
        row = await self._database.fetch_one(
            "SELECT 1 FROM announcements WHERE of = ? AND action = 'withdraw'"
            " AND stage IN ('sending', 'paused', 'done', 'stopped')",
            (id_,),
        )
        return row is not None

    async def rounds(self, id_: int) -> list[Announcement]:
        """Return the rounds of editing or withdrawing that announcement which were begun, oldest first."""
        return await self._select("of = ? AND stage NOT IN ('draft', 'cancelled') ORDER BY id", id_)

    async def twin(self, announcement: Announcement, now: datetime) -> Announcement | None:
        """Return the latest other one that says the same: planned, under way, or sent within the last day."""
        rows = await self._select(
            "action = 'send' AND id <> ? AND digest = ? AND (stage IN ('scheduled', 'sending', 'paused')"
            " OR stage IN ('done', 'stopped') AND finished_at > ?) ORDER BY id DESC LIMIT 1",
            *(announcement.id, digest(announcement.content), to_stored(now - TWIN_WITHIN)),
        )
        return rows[0] if rows else None

    async def move(
        self,
        id_: int,
        to: Stage,
        *,
        out_of: Collection[Stage],
        due: datetime | None = None,
        note: str = "",
        finished_at: datetime | None = None,
    ) -> bool:
        """Bring an announcement from one of the stages *out_of* to another; False when it is not there."""
        async with self._database.transaction():
            return (
                await self._database.execute(
                    "UPDATE announcements SET stage = ?, due = ?, note = ?, finished_at = ?"
                    f" WHERE id = ? AND stage IN ({marks(out_of)})",
                    (to, stored(due), note, stored(finished_at), id_, *out_of),
                )
                > 0
            )

    async def rewrite(self, id_: int, content: Content) -> bool:
        """Replace what a draft says."""
        async with self._database.transaction():
            return (
                await self._database.execute(
                    "UPDATE announcements SET content = ?, digest = ? WHERE id = ? AND stage = 'draft'",
                    (content.to_json(), digest(content), id_),
                )
                > 0
            )

    async def plan(self, id_: int, due: datetime | None) -> bool:
        """Keep when a draft is to be sent; None: as soon as it is confirmed."""
        async with self._database.transaction():
            count = await self._database.execute(
                "UPDATE announcements SET due = ? WHERE id = ? AND stage = 'draft'", (stored(due), id_)
            )
        return count > 0

    async def address(self, id_: int, lists: Collection[str]) -> bool:
        """Replace the lists that a draft goes to."""
        async with self._database.transaction():
            return (
                await self._database.execute(
                    "UPDATE announcements SET lists = ? WHERE id = ? AND stage = 'draft'",
                    (json.dumps(list(lists), ensure_ascii=False), id_),
                )
                > 0
            )

    async def show_at(self, id_: int, panel: int) -> None:
        """Keep which message in the author's chat shows how it stands."""
        async with self._database.transaction():
            await self._database.execute("UPDATE announcements SET panel = ? WHERE id = ?", (panel, id_))

    async def told_late(self, id_: int) -> None:
        """Keep that the author has been told of being held back until the morning."""
        async with self._database.transaction():
            await self._database.execute(
                "UPDATE announcements SET note = ? WHERE id = ? AND note = ?", (LATE_TOLD, id_, LATE)
            )

    async def reported(self, id_: int, *, told: bool = True) -> None:
        """Keep that the author has been told of the end, or has to be told again."""
        async with self._database.transaction():
            await self._database.execute("UPDATE announcements SET reported = ? WHERE id = ?", (told, id_))

    async def purge(self, now: datetime) -> None:
        """Delete drafts that nobody sent within a day, within a week when they were taken back."""
        async with self._database.transaction():
            await self._database.execute(
                "DELETE FROM announcements WHERE stage = 'draft' AND created_at < ? AND NOT EXISTS (SELECT 1"
                " FROM announcement_deeds WHERE announcement = announcements.id AND at > ?)",
                (to_stored(now - TWIN_WITHIN), to_stored(now - TAKEN_SHOWN)),
            )

    async def _select(self, condition: str, *values: Any) -> list[Announcement]:
        rows = await self._database.fetch_all(
            f"SELECT {COLUMNS} FROM announcements WHERE {condition}", values
        )
        return [Announcement.from_row(row) for row in rows]
