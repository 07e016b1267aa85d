"""The deliveries on their way: one row per chat, from the start of a sending to its end.

Owns every change of a row in `deliveries` while it is sent. Refuses to know how messages are sent
(`courier`), what a fault means (`delivery`), who the recipients are, and what is decided afterwards
(`outcomes`).

Theory: one row per chat, written in the transaction that begins the sending. A row is claimed (queued ->
sending) and the claim is on disk before the request leaves; so after a crash exactly the rows that were
in flight say "sending", and `recover` makes them uncertain. Claims and outcomes that come together share
one commit.
"""

# ruff: noqa: S608 - only constant column lists and question marks are put into SQL, values never
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.announcement import (
    DELIVERY_COLUMNS,
    OUT_THERE,
    UNDER_WAY,
    Announcement,
    Delivery,
    Target,
    marks,
    stored,
)
from bot.commits import Commits, Statement
from bot.content import Action, digest
from bot.delivery import Outcome, State, Verdict, interrupted
from knowledge.backup import is_restored
from knowledge.database import Database, from_stored, to_stored


class Outbox:
    """Reads and changes deliveries through one open database."""

    def __init__(self, database: Database, commits: Commits | None = None) -> None:
        """Use the tables of `announcement.SCHEMA` in *database*, of which this process is the only writer.

        *commits* is given where other rooms write through it as well.
        """
        self._database = database
        self._commits = commits or Commits(database)

    async def start(self, announcement: Announcement, targets: Sequence[Target], now: datetime) -> bool:
        """Begin: one row per target and the new stage, or nothing. False when it was not scheduled.

        A round of editing or withdrawing takes no *targets*: it goes where the announcement arrived and
        has not been taken away since.
        """
        async with self._database.transaction():
            begun = await self._database.execute(
                "UPDATE announcements SET stage = 'sending', started_at = ?"
                " WHERE id = ? AND stage = 'scheduled'",
                (to_stored(now), announcement.id),
            )
            if begun and announcement.of is not None:
                await self._database.execute(
                    "INSERT INTO deliveries (announcement, recipient, chat, thread, state, messages)"
                    " SELECT ?, recipient, chat, thread, 'queued', messages FROM deliveries"
                    f" WHERE announcement = ? AND {OUT_THERE} ORDER BY id",
                    (announcement.id, announcement.of),
                )
                await self._database.execute(  # it may be there, but nobody knows as which message
                    "INSERT INTO deliveries (announcement, recipient, chat, thread, state, reason)"
                    " SELECT ?, recipient, chat, thread, 'failed', 'no_trace' FROM deliveries"
                    " WHERE announcement = ? AND state = 'uncertain' ORDER BY id",
                    (announcement.id, announcement.of),
                )
                if announcement.action is Action.EDIT:  # whoever gets it from now on reads the new words
                    await self._database.execute(
                        "UPDATE announcements SET content = ?, digest = ? WHERE id = ?",
                        (announcement.content.to_json(), digest(announcement.content), announcement.of),
                    )
            elif begun:
                await self._database.execute_many(
                    "INSERT OR IGNORE INTO deliveries (announcement, recipient, chat, thread, state)"
                    " VALUES (?, ?, ?, ?, 'queued')",
                    [(announcement.id, *target) for target in targets],
                )
        return bool(begun)

    async def stop(self, id_: int, now: datetime) -> bool:
        """End a sending for good: what is still queued is never sent, also when others are sent again."""
        async with self._database.transaction():
            stopped = await self._database.execute(
                f"UPDATE announcements SET stage = 'stopped', due = NULL, note = '', finished_at = ?"
                f" WHERE id = ? AND stage IN ({marks(UNDER_WAY)})",
                (to_stored(now), id_, *UNDER_WAY),
            )
            if stopped:
                await self._database.execute(
                    "UPDATE deliveries SET settled = 1 WHERE announcement = ? AND state = 'queued'", (id_,)
                )
        return bool(stopped)

    async def queued(self, announcement: int, now: datetime, limit: int) -> list[Delivery]:
        """Return rows that may be sent now: first those that were told to wait, then the others in order."""
        select = (
            f"SELECT {DELIVERY_COLUMNS} FROM deliveries WHERE announcement = ? AND state = 'queued'"
            " AND settled = 0 AND "
        )
        repeats = await self._database.fetch_all(
            f"{select} retry_at > 0 AND retry_at <= ? ORDER BY retry_at, id LIMIT ?",
            (announcement, to_stored(now), limit),
        )
        rows = await self._database.fetch_all(
            f"{select} retry_at = 0 ORDER BY id LIMIT ?", (announcement, limit - len(repeats))
        )
        rows = [*repeats, *rows]
        return [Delivery.from_row(row) for row in rows]

    async def next_time(self, now: datetime) -> datetime | None:
        """Return when, after *now*, the next schedule or repeated attempt falls due; None when none does."""
        row = await self._database.fetch_one(
            "SELECT min(t) FROM (SELECT min(due) AS t FROM announcements"
            " WHERE stage = 'scheduled' AND due > ?1"
            " UNION ALL SELECT (SELECT min(retry_at) FROM deliveries d WHERE d.announcement = a.id"
            " AND d.state = 'queued' AND d.settled = 0 AND d.retry_at > ?1)"
            " FROM announcements a WHERE a.stage = 'sending')",
            (to_stored(now),),
        )
        return None if row is None or row[0] is None else from_stored(row[0])

    async def claim(self, delivery: Delivery, now: datetime) -> bool:
        """Take a row for sending; when this returns True the claim is on disk. False: not to be sent now."""
        touched = await self._commits.run(
            [
                (
                    "UPDATE deliveries SET state = 'sending', attempts = attempts + 1, at = ?"
                    " WHERE id = ? AND state = 'queued' AND settled = 0 AND EXISTS"
                    " (SELECT 1 FROM announcements a WHERE a.id = announcement AND a.stage = 'sending')",
                    (to_stored(now), delivery.id),
                )
            ]
        )
        return touched > 0

    async def release(self, delivery: Delivery) -> None:
        """Give a claimed row back that certainly was not sent."""
        await self._commits.run(
            [
                (
                    "UPDATE deliveries SET state = 'queued', attempts = attempts - 1"
                    " WHERE id = ? AND state = 'sending'",
                    (delivery.id,),
                )
            ]
        )

    async def record(
        self,
        delivery: Delivery,
        verdict: Verdict,
        outcome: Outcome,
        now: datetime,
        also: Sequence[Statement] = (),
    ) -> None:
        """Keep how a claimed row ended, and what else belongs to that (*also*), in one transaction."""
        messages = " ".join(map(str, outcome.message_ids or delivery.messages))
        statements: list[Statement] = [
            (
                "UPDATE deliveries SET state = ?, reason = ?, detail = ?, retry_at = ?, messages = ?, at = ?"
                " WHERE id = ? AND state = 'sending'",
                (
                    *(verdict.state, verdict.reason, verdict.detail, stored(verdict.retry_at) or 0),
                    *(messages, to_stored(now), delivery.id),
                ),
            )
        ]
        if verdict.state is State.MOVED:
            statements.append(
                (
                    "INSERT OR IGNORE INTO deliveries (announcement, recipient, chat, thread, state,"
                    " attempts, messages) VALUES (?, ?, ?, ?, 'queued', ?, ?)",
                    (
                        *(delivery.announcement, delivery.recipient, outcome.new_chat, delivery.thread),
                        *(delivery.attempts, messages),
                    ),
                )
            )
        if verdict.stops_all:
            statements.append(
                (
                    "UPDATE announcements SET stage = 'paused', note = ? WHERE id = ? AND stage = 'sending'",
                    (verdict.detail, delivery.announcement),
                )
            )
        await self._commits.run([*statements, *also])

    async def recover(self) -> int:
        """After a start: rows that were in flight become doubtful, or queued where repeating is harmless.

        Returns how many became doubtful. Those of announcements reported as ended are reported again.
        """
        doubt, again = interrupted(repeatable=False), interrupted(repeatable=True)
        rounds = "announcement IN (SELECT id FROM announcements WHERE action <> 'send')"
        async with self._database.transaction():
            await self._database.execute(
                f"UPDATE deliveries SET state = ? WHERE state = 'sending' AND {rounds}", (again.state,)
            )
            return await self._database.execute(
                "UPDATE deliveries SET state = ?, reason = ? WHERE state = 'sending'",
                (doubt.state, doubt.reason),
            )

    async def hold_restored(self, note: str) -> int | None:
        """In a database that was just restored, pause all that is planned or running, with *note*.

        It may have gone out since the snapshot was made. Returns how many; None when nothing was restored.
        """
        async with self._database.transaction():
            if not is_restored((await self._database.fetch_one("PRAGMA user_version"))[0]):
                return None
            count = await self._database.execute(
                "UPDATE announcements SET stage = 'paused', note = ? WHERE stage IN ('scheduled', 'sending')",
                (note,),
            )
            await self._database.execute("PRAGMA user_version = 0")
        return count

    async def finish(self, id_: int, now: datetime) -> bool:
        """End a sending that has nothing left to do."""
        async with self._database.transaction():
            return (
                await self._database.execute(
                    "UPDATE announcements SET stage = 'done', finished_at = ?"
                    " WHERE id = ? AND stage = 'sending'"
                    " AND NOT EXISTS (SELECT 1 FROM deliveries WHERE announcement = ? AND state = 'queued'"
                    " AND settled = 0)"
                    " AND NOT EXISTS (SELECT 1 FROM deliveries WHERE announcement = ? AND state = 'sending')",
                    (to_stored(now), id_, id_, id_),
                )
                > 0
            )

    async def shift_waits(self, seconds: float) -> None:
        """Move the times of repeated attempts along after the clock of the machine was set anew."""
        async with self._database.transaction():
            await self._database.execute(
                "UPDATE deliveries SET retry_at = max(0, retry_at + ?)"
                " WHERE state = 'queued' AND retry_at > 0",
                (int(seconds * 1_000_000),),
            )
