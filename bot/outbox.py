"""Announcements and their deliveries: what is to be sent where, and how far that has come.

Owns every change of a row in `announcements` and `deliveries`. Refuses to know how
messages are sent (`courier`), what a fault means (`delivery`) and who the recipients are.

Theory: one row per chat, written in the transaction that begins the sending. A row is claimed (queued ->
sending) and the claim is on disk before the request leaves; so after a crash exactly the rows that were
in flight say "sending", and `recover` makes them uncertain. Claims and outcomes that come together share
one commit.

An edit or a withdrawal everywhere is an announcement of its own, with `of` naming the one it works on.
"""

# ruff: noqa: S608 - only constant column lists and question marks are put into SQL, values never
from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.announcement import COLUMNS, DELIVERY_COLUMNS, UNDER_WAY, Announcement, Delivery, Stage, Target
from bot.commits import Commits, Statement
from bot.content import Action, Content, digest
from bot.delivery import LASTING, Outcome, State, Verdict, interrupted
from knowledge.backup import is_restored
from knowledge.database import Database, from_stored, to_stored

TWIN_WITHIN = timedelta(days=1)
TAKEN_SHOWN = timedelta(days=7)
# A delivery whose message can still be there: no round has deleted it or found it deleted.
_OUT_THERE = (
    "state = 'sent' AND messages <> '' AND NOT EXISTS (SELECT 1 FROM announcements r JOIN deliveries d"
    " ON d.announcement = r.id AND d.chat = deliveries.chat AND d.thread = deliveries.thread"
    " WHERE r.of = deliveries.announcement"
    " AND (r.action = 'withdraw' AND d.state = 'sent' OR d.reason = 'message_gone'))"
)
RECENT = 100  # deliveries that tell the pace: at full speed the last four seconds
KEEP = timedelta(days=90)  # who got what; after that only the counts of states stay


class Outbox:
    """Reads and changes announcements and deliveries through one open database."""

    def __init__(self, database: Database, commits: Commits | None = None) -> None:
        """Use the tables of `SCHEMA` in *database*, of which this process is the only writer.

        *commits* is given where other rooms write through it as well.
        """
        self.database = database
        self._commits = commits or Commits(database)

    # --- announcements -------------------------------------------------------------------------------

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
        async with self.database.transaction():
            known = "SELECT id FROM announcements WHERE author = ? AND origin = ? AND action = ?"
            row = await self.database.fetch_one(known, (author, origin, action))
            if row is None:
                last = await self.database.fetch_one(  # a number that nobody has seen is given again
                    "SELECT coalesce(max(number), 0) FROM announcements WHERE stage <> 'cancelled'"
                )
                id_ = await self.database.next_id("announcements")
                await self.database.execute(
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
        row = await self.database.fetch_one(f"SELECT {COLUMNS} FROM announcements WHERE id = ?", (id_,))
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
        return await self._select(f"stage IN ({_marks(stages)}) ORDER BY id", *stages)

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
        row = await self.database.fetch_one(
            "SELECT 1 FROM announcements WHERE of = ? AND action = 'withdraw'"
            " AND stage IN ('sending', 'paused', 'done', 'stopped')",
            (id_,),
        )
        return row is not None

    async def remaining(self, id_: int) -> int:
        """Return in how many places a message of that announcement is still to be seen."""
        row = await self.database.fetch_one(
            f"SELECT count(*) FROM deliveries WHERE announcement = ? AND {_OUT_THERE}", (id_,)
        )
        return int(row[0])

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
        async with self.database.transaction():
            return (
                await self.database.execute(
                    "UPDATE announcements SET stage = ?, due = ?, note = ?, finished_at = ?"
                    f" WHERE id = ? AND stage IN ({_marks(out_of)})",
                    (to, _time(due), note, _time(finished_at), id_, *out_of),
                )
                > 0
            )

    async def stop(self, id_: int, now: datetime) -> bool:
        """End a sending for good: what is still queued is never sent, also when others are sent again."""
        async with self.database.transaction():
            stopped = await self.move(id_, Stage.STOPPED, out_of=UNDER_WAY, finished_at=now)
            if stopped:
                await self.database.execute(
                    "UPDATE deliveries SET settled = 1 WHERE announcement = ? AND state = 'queued'", (id_,)
                )
        return stopped

    async def rewrite(self, id_: int, content: Content) -> bool:
        """Replace what a draft says."""
        async with self.database.transaction():
            return (
                await self.database.execute(
                    "UPDATE announcements SET content = ?, digest = ? WHERE id = ? AND stage = 'draft'",
                    (content.to_json(), digest(content), id_),
                )
                > 0
            )

    async def plan(self, id_: int, due: datetime) -> bool:
        """Keep when a draft is to be sent."""
        async with self.database.transaction():
            count = await self.database.execute(
                "UPDATE announcements SET due = ? WHERE id = ? AND stage = 'draft'", (to_stored(due), id_)
            )
        return count > 0

    async def address(self, id_: int, lists: Collection[str]) -> bool:
        """Replace the lists that a draft goes to."""
        async with self.database.transaction():
            return (
                await self.database.execute(
                    "UPDATE announcements SET lists = ? WHERE id = ? AND stage = 'draft'",
                    (json.dumps(list(lists), ensure_ascii=False), id_),
                )
                > 0
            )

    async def show_at(self, id_: int, panel: int) -> None:
        """Keep which message in the author's chat shows how it stands."""
        async with self.database.transaction():
            await self.database.execute("UPDATE announcements SET panel = ? WHERE id = ?", (panel, id_))

    async def reported(self, id_: int, *, told: bool = True) -> None:
        """Keep that the author has been told of the end, or has to be told again."""
        async with self.database.transaction():
            await self.database.execute("UPDATE announcements SET reported = ? WHERE id = ?", (told, id_))

    # --- sending -------------------------------------------------------------------------------------

    async def start(self, announcement: Announcement, targets: Sequence[Target], now: datetime) -> bool:
        """Begin: one row per target and the new stage, or nothing. False when it was not scheduled.

        A round of editing or withdrawing takes no *targets*: it goes where the announcement arrived and
        has not been taken away since.
        """
        async with self.database.transaction():
            begun = await self.database.execute(
                "UPDATE announcements SET stage = 'sending', started_at = ?"
                " WHERE id = ? AND stage = 'scheduled'",
                (to_stored(now), announcement.id),
            )
            if begun and announcement.of is not None:
                await self.database.execute(
                    "INSERT INTO deliveries (announcement, recipient, chat, thread, state, messages)"
                    " SELECT ?, recipient, chat, thread, 'queued', messages FROM deliveries"
                    f" WHERE announcement = ? AND {_OUT_THERE} ORDER BY id",
                    (announcement.id, announcement.of),
                )
                await self.database.execute(  # it may be there, but nobody knows as which message
                    "INSERT INTO deliveries (announcement, recipient, chat, thread, state, reason)"
                    " SELECT ?, recipient, chat, thread, 'failed', 'no_trace' FROM deliveries"
                    " WHERE announcement = ? AND state = 'uncertain' ORDER BY id",
                    (announcement.id, announcement.of),
                )
                if announcement.action is Action.EDIT:  # whoever gets it from now on reads the new words
                    await self.database.execute(
                        "UPDATE announcements SET content = ?, digest = ? WHERE id = ?",
                        (announcement.content.to_json(), digest(announcement.content), announcement.of),
                    )
            elif begun:
                await self.database.execute_many(
                    "INSERT OR IGNORE INTO deliveries (announcement, recipient, chat, thread, state)"
                    " VALUES (?, ?, ?, ?, 'queued')",
                    [(announcement.id, *target) for target in targets],
                )
        return bool(begun)

    async def due(self, now: datetime) -> list[Announcement]:
        """Return the scheduled ones whose time has come, earliest first."""
        return await self._select("stage = 'scheduled' AND due <= ? ORDER BY due, id", to_stored(now))

    async def queued(self, announcement: int, now: datetime, limit: int) -> list[Delivery]:
        """Return rows that may be sent now: first those that were told to wait, then the others in order."""
        select = (
            f"SELECT {DELIVERY_COLUMNS} FROM deliveries WHERE announcement = ? AND state = 'queued'"
            " AND settled = 0 AND "
        )
        repeats = await self.database.fetch_all(
            f"{select} retry_at > 0 AND retry_at <= ? ORDER BY retry_at, id LIMIT ?",
            (announcement, to_stored(now), limit),
        )
        rows = await self.database.fetch_all(
            f"{select} retry_at = 0 ORDER BY id LIMIT ?", (announcement, limit - len(repeats))
        )
        rows = [*repeats, *rows]
        return [Delivery.from_row(row) for row in rows]

    async def next_time(self, now: datetime) -> datetime | None:
        """Return when, after *now*, the next schedule or repeated attempt falls due; None when none does."""
        row = await self.database.fetch_one(
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
                    *(verdict.state, verdict.reason, verdict.detail, _time(verdict.retry_at) or 0),
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
        async with self.database.transaction():
            await self.database.execute(
                f"UPDATE deliveries SET state = ? WHERE state = 'sending' AND {rounds}", (again.state,)
            )
            return await self.database.execute(
                "UPDATE deliveries SET state = ?, reason = ? WHERE state = 'sending'",
                (doubt.state, doubt.reason),
            )

    async def hold_restored(self, note: str) -> int | None:
        """In a database that was just restored, pause all that is planned or running, with *note*.

        It may have gone out since the snapshot was made. Returns how many; None when nothing was restored.
        """
        async with self.database.transaction():
            if not is_restored((await self.database.fetch_one("PRAGMA user_version"))[0]):
                return None
            count = await self.database.execute(
                "UPDATE announcements SET stage = 'paused', note = ? WHERE stage IN ('scheduled', 'sending')",
                (note,),
            )
            await self.database.execute("PRAGMA user_version = 0")
        return count

    async def finish(self, id_: int, now: datetime) -> bool:
        """End a sending that has nothing left to do."""
        async with self.database.transaction():
            return (
                await self.database.execute(
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
        async with self.database.transaction():
            await self.database.execute(
                "UPDATE deliveries SET retry_at = max(0, retry_at + ?)"
                " WHERE state = 'queued' AND retry_at > 0",
                (int(seconds * 1_000_000),),
            )

    # --- how it went ---------------------------------------------------------------------------------

    async def counts(self, id_: int) -> dict[State, int]:
        """Return how many deliveries are in each state."""
        rows = await self.database.fetch_all(
            "SELECT state, count(*) FROM deliveries WHERE announcement = ? GROUP BY state", (id_,)
        )
        found = {State(state): count for state, count in rows}
        return {state: found.get(state, 0) for state in State}

    async def latest_ends(self, id_: int, limit: int = RECENT) -> list[datetime]:
        """Return when the latest deliveries came to an end, the newest first."""
        rows = await self.database.fetch_all(
            "SELECT at FROM deliveries WHERE announcement = ? AND at IS NOT NULL"
            " AND state IN ('sent', 'failed', 'blocked', 'uncertain') ORDER BY at DESC LIMIT ?",
            (id_, limit),
        )
        return [from_stored(at) for (at,) in rows]

    async def troubled(self, id_: int) -> list[Delivery]:
        """Return the deliveries that failed, were blocked, or are in doubt and not settled yet."""
        rows = await self.database.fetch_all(
            f"SELECT {DELIVERY_COLUMNS} FROM deliveries WHERE announcement = ? AND settled = 0"
            " AND state IN ('uncertain', 'failed', 'blocked') ORDER BY state = 'uncertain' DESC, state, id",
            (id_,),
        )
        return [Delivery.from_row(row) for row in rows]

    async def again(self, id_: int, state: State, delivery: int | None = None) -> int:
        """Queue the unsettled rows in *state*, or one *delivery*, once more; return how many."""
        async with self.database.transaction():
            count = await self.database.execute(
                "UPDATE deliveries SET state = 'queued', attempts = 0, retry_at = 0, reason = ''"
                f" WHERE announcement = ? AND state = ? AND settled = 0 AND reason NOT IN ({_marks(LASTING)})"
                " AND id = coalesce(?, id)",
                (id_, state, *LASTING, delivery),
            )
            if count:
                await self.database.execute(
                    "UPDATE announcements SET stage = 'sending', reported = 0, finished_at = NULL"
                    " WHERE id = ? AND stage IN ('done', 'stopped')",
                    (id_,),
                )
        return count

    async def leave(self, id_: int, delivery: int | None = None) -> int:
        """Settle the doubtful rows, or one *delivery*, as they are: the admin does not want them repeated."""
        async with self.database.transaction():
            return await self.database.execute(
                "UPDATE deliveries SET settled = 1"
                " WHERE announcement = ? AND state = 'uncertain' AND settled = 0 AND id = coalesce(?, id)",
                (id_, delivery),
            )

    async def spare(self, chat: int, thread: int | None = None) -> None:
        """Send *chat*, or one topic of it, nothing more: it no longer wants to be told.

        What waits for it goes away, what failed or is in doubt stays as it is and cannot be sent again.
        """
        where = "WHERE chat = ?1 AND thread = coalesce(?2, thread) AND state"
        async with self.database.transaction():
            await self.database.execute(f"DELETE FROM deliveries {where} = 'queued'", (chat, thread))
            await self.database.execute(
                f"UPDATE deliveries SET settled = 1 {where} IN ('uncertain', 'failed', 'blocked')",
                (chat, thread),
            )

    async def forget(self, chat: int) -> int:
        """Erase which announcements *chat* was sent; return how many rows that were."""
        async with self.database.transaction():
            return await self.database.execute("DELETE FROM deliveries WHERE chat = ?", (chat,))

    async def held(self, chat: int) -> int:
        """Return how many deliveries to *chat* are on record."""
        row = await self.database.fetch_one("SELECT count(*) FROM deliveries WHERE chat = ?", (chat,))
        return int(row[0])

    async def purge(self, now: datetime) -> None:
        """Delete drafts nobody sent within a day, a week when taken back, and who got what after 90 days."""
        async with self.database.transaction():
            await self.database.execute(
                "DELETE FROM announcements WHERE stage = 'draft' AND created_at < ? AND NOT EXISTS (SELECT 1"
                " FROM announcement_deeds WHERE announcement = announcements.id AND at > ?)",
                (to_stored(now - TWIN_WITHIN), to_stored(now - TAKEN_SHOWN)),
            )
            await self.database.execute(
                "DELETE FROM deliveries WHERE announcement IN"
                " (SELECT id FROM announcements WHERE finished_at < ? AND stage IN ('done', 'stopped'))",
                (to_stored(now - KEEP),),
            )

    async def _select(self, condition: str, *values: Any) -> list[Announcement]:
        rows = await self.database.fetch_all(f"SELECT {COLUMNS} FROM announcements WHERE {condition}", values)
        return [Announcement.from_row(row) for row in rows]


def _marks(values: Collection[object]) -> str:
    return ",".join("?" * len(values))


def _time(time: datetime | None) -> int | None:
    return None if time is None else to_stored(time)
