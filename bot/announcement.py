"""What is written down about an announcement and about each of its deliveries: tables, stages, records.

Owns the rows and how they are read. Refuses to know how one stage follows another: that is `outbox`'s.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.content import Action, Content
from bot.delivery import State
from knowledge.database import Migration, Schema, from_stored, to_stored
from knowledge.records import dataclass

SCHEMA = Schema(
    "outbox",
    (
        Migration(
            "announcements and deliveries",
            (
                """CREATE TABLE announcements (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, number INTEGER NOT NULL, action TEXT NOT NULL,
                    of INTEGER REFERENCES announcements (id), author INTEGER NOT NULL,
                    origin INTEGER NOT NULL, content TEXT NOT NULL, digest TEXT NOT NULL,
                    lists TEXT NOT NULL, stage TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
                    due INTEGER, panel INTEGER NOT NULL DEFAULT 0, reported INTEGER NOT NULL DEFAULT 0,
                    created_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER,
                    UNIQUE (author, origin, action)) STRICT""",
                "CREATE INDEX announcements_stage ON announcements (stage)",
                """CREATE TABLE deliveries (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    announcement INTEGER NOT NULL REFERENCES announcements (id),
                    recipient INTEGER NOT NULL, chat INTEGER NOT NULL, thread INTEGER NOT NULL,
                    state TEXT NOT NULL CHECK (state IN
                        ('queued', 'sending', 'sent', 'failed', 'blocked', 'moved', 'uncertain')),
                    attempts INTEGER NOT NULL DEFAULT 0, retry_at INTEGER NOT NULL DEFAULT 0,
                    messages TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
                    detail TEXT NOT NULL DEFAULT '', settled INTEGER NOT NULL DEFAULT 0, at INTEGER,
                    UNIQUE (announcement, chat, thread)) STRICT""",
                "CREATE INDEX deliveries_queue ON deliveries (announcement, state, retry_at, id)",
                "CREATE INDEX deliveries_recipient ON deliveries (recipient)",
            ),
        ),
    ),
)


class Stage(StrEnum):
    """Where an announcement stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"  # also the seconds in which it can be taken back
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


UNDER_WAY = (Stage.SENDING, Stage.PAUSED)

Target = tuple[int, int, int]  # recipient, chat, thread

COLUMNS = (
    "id, number, action, of, author, content, lists, stage, note, due, panel, created_at, started_at,"
    " finished_at"
)


# A delivery whose message can still be there: no round has deleted it or found it deleted.
OUT_THERE = (
    "state = 'sent' AND messages <> '' AND NOT EXISTS (SELECT 1 FROM announcements r JOIN deliveries d"
    " ON d.announcement = r.id AND d.chat = deliveries.chat AND d.thread = deliveries.thread"
    " WHERE r.of = deliveries.announcement"
    " AND (r.action = 'withdraw' AND d.state = 'sent' OR d.reason = 'message_gone'))"
)
DELIVERY_COLUMNS = "id, announcement, recipient, chat, thread, state, attempts, messages, reason, detail"


@dataclass(frozen=True, slots=True)
class Announcement:
    """One announcement, or one round of editing or withdrawing it. No `lists` means everybody."""

    id: int
    number: int
    action: Action
    of: int | None
    author: int
    content: Content
    lists: tuple[str, ...]
    stage: Stage
    note: str
    due: datetime | None
    panel: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Announcement:
        """Read a row of `COLUMNS`."""
        id_, number, action, of, author, content, lists, stage, note, due, panel, *times = row
        created, started, finished = times
        return cls(
            id=id_,
            number=number,
            action=Action(action),
            of=of,
            author=author,
            content=Content.from_json(content),
            lists=tuple(json.loads(lists)),
            stage=Stage(stage),
            note=note,
            due=_moment(due),
            panel=panel,
            created_at=from_stored(created),
            started_at=_moment(started),
            finished_at=_moment(finished),
        )

    @property
    def repeatable(self) -> bool:
        """Tell whether doing it twice in a chat is as good as once."""
        return self.action is not Action.SEND


@dataclass(frozen=True, slots=True)
class Delivery:
    """One chat's part of an announcement."""

    id: int
    announcement: int
    recipient: int
    chat: int
    thread: int
    state: State
    attempts: int
    messages: tuple[int, ...]
    reason: str
    detail: str

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Delivery:
        """Read a row of `DELIVERY_COLUMNS`."""
        id_, announcement, recipient, chat, thread, state, attempts, messages, reason, detail = row
        messages = tuple(int(part) for part in messages.split())
        return cls(
            id_, announcement, recipient, chat, thread, State(state), attempts, messages, reason, detail
        )


def marks(values: Collection[object]) -> str:
    """Return a question mark for each of *values*, for SQL."""
    return ",".join("?" * len(values))


def stored(time: datetime | None) -> int | None:
    """Return *time* as it is stored."""
    return None if time is None else to_stored(time)


def _moment(stored: int | None) -> datetime | None:
    return None if stored is None else from_stored(stored)
