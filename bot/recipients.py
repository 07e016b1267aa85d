"""Who gets announcements: groups, forum topics, channels and members, and the lists they are in.

Owns the tables `recipients`, `lists` and `list_members`, and what arriving, leaving, agreeing and moving
mean. Refuses to know what is announced and how it is sent.

A chat's consent and its reachability are two things: a group that throws the bot out and takes it back
gets announcements again, a group for which an admin said no does not. Of a member nothing is kept but
the number of the chat.
"""

# ruff: noqa: S608 - only constants and question marks are put into SQL, values never
from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from knowledge.database import Database, Migration, Schema, to_stored
from knowledge.records import dataclass

SCHEMA = Schema(
    "recipients",
    (
        Migration(
            "recipients and lists",
            (
                """CREATE TABLE recipients (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, chat INTEGER NOT NULL, thread INTEGER NOT NULL,
                    kind TEXT NOT NULL, title TEXT NOT NULL, consent TEXT NOT NULL,
                    gone TEXT NOT NULL DEFAULT '', at INTEGER NOT NULL, UNIQUE (chat, thread)) STRICT""",
                """CREATE TABLE lists (
                    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE) STRICT""",
                """CREATE TABLE list_members (
                    list INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
                    recipient INTEGER NOT NULL REFERENCES recipients (id) ON DELETE CASCADE,
                    PRIMARY KEY (list, recipient)) STRICT, WITHOUT ROWID""",
            ),
        ),
    ),
)
MAX_LIST_NAME = 40


class Kind(StrEnum):
    """What a recipient is."""

    GROUP = "group"
    TOPIC = "topic"
    CHANNEL = "channel"
    MEMBER = "member"


class Consent(StrEnum):
    """Whether it is to get announcements."""

    ASKED = "asked"  # the bot was added; no admin has decided yet
    YES = "yes"
    NO = "no"


# Every recipient is in exactly one of these by its kind; admins make further lists.
BUILT_IN: dict[str, tuple[Kind, ...]] = {
    "groups": (Kind.GROUP, Kind.TOPIC),
    "channels": (Kind.CHANNEL,),
    "members": (Kind.MEMBER,),
}
_REACHABLE = "consent = 'yes' AND gone = ''"
_COLUMNS = "id, chat, thread, kind, title, consent, gone"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One place that can get announcements; `gone` says why it cannot be reached, "" when it can."""

    id: int
    chat: int
    thread: int
    kind: Kind
    title: str
    consent: Consent
    gone: str


def _recipient(row: Sequence[Any]) -> Recipient:
    id_, chat, thread, kind, title, consent, gone = row
    return Recipient(id_, chat, thread, Kind(kind), title, Consent(consent), gone)


def _plain(title: str) -> str:
    line = "".join(char for char in title if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf"))
    return " ".join(line.split())


class Recipients:
    """Reads and changes recipients and lists through one open database."""

    def __init__(self, database: Database) -> None:
        """Use the tables of `SCHEMA` in *database*."""
        self._database = database

    async def add(
        self, chat: int, kind: Kind, title: str, now: datetime, *, thread: int = 0, consent: Consent
    ) -> tuple[Recipient, bool]:
        """Keep that the bot can write there; return the recipient and whether it is new.

        The *title* is a stranger's: it is kept on one line, without characters that turn the direction.

        One that was gone is back with the consent it had.
        """
        title = _plain(title)
        async with self._database.transaction():
            known = await self.find(chat, thread)
            if known is None:
                await self._database.execute(
                    "INSERT INTO recipients (chat, thread, kind, title, consent, at)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (chat, thread, kind, title, consent, to_stored(now)),
                )
            else:
                await self._database.execute(
                    "UPDATE recipients SET kind = ?, title = ?, gone = '' WHERE id = ?",
                    (kind, title, known.id),
                )
                await self._database.execute(  # its topics are back as well, unless they are no more
                    "UPDATE recipients SET gone = '' WHERE chat = ? AND gone <> 'topic_gone'", (chat,)
                )
            found = await self.find(chat, thread)
        assert found is not None  # noqa: S101 - written above
        return found, known is None

    async def find(self, chat: int, thread: int = 0) -> Recipient | None:
        """Return the recipient at that place."""
        return await self._one("chat = ? AND thread = ?", chat, thread)

    async def get(self, id_: int) -> Recipient | None:
        """Return the recipient with that number."""
        return await self._one("id = ?", id_)

    async def everybody(self, *, members: bool = False) -> list[Recipient]:
        """Return groups, topics and channels by number; *members* as well when asked for."""
        rows = await self._database.fetch_all(
            f"SELECT {_COLUMNS} FROM recipients WHERE ? OR kind <> 'member' ORDER BY id",
            (members,),
        )
        return [_recipient(row) for row in rows]

    async def among(self, ids: Collection[int]) -> dict[int, Recipient]:
        """Return the recipients with these numbers that still exist."""
        found = {}
        wanted = list(ids)
        for start in range(0, len(wanted), 500):  # SQLite takes a limited number of parameters
            part = wanted[start : start + 500]
            rows = await self._database.fetch_all(
                f"SELECT {_COLUMNS} FROM recipients WHERE id IN ({','.join('?' * len(part))})",
                part,
            )
            found.update({row[0]: _recipient(row) for row in rows})
        return found

    async def decide(self, id_: int, consent: Consent) -> bool:
        """Keep an admin's word on a recipient."""
        async with self._database.transaction():
            return (
                await self._database.execute("UPDATE recipients SET consent = ? WHERE id = ?", (consent, id_))
                > 0
            )

    async def lost(self, chat: int, reason: str, *, thread: int | None = None) -> None:
        """Mark *chat* (or one topic of it) as out of reach until it returns."""
        async with self._database.transaction():
            for statement, values in leaving(chat, reason, thread=thread):
                await self._database.execute(statement, values)

    async def move(self, old: int, new: int) -> None:
        """Let the supergroup *new* take the place of the group *old*."""
        async with self._database.transaction():
            for statement, values in moving(old, new):
                await self._database.execute(statement, values)

    async def rename(self, chat: int, title: str, *, thread: int = 0) -> None:
        """Keep a new title."""
        async with self._database.transaction():
            await self._database.execute(
                "UPDATE recipients SET title = ? WHERE chat = ? AND thread = ?", (_plain(title), chat, thread)
            )

    async def forget(self, chat: int) -> int:
        """Erase *chat* from recipients and lists; return how many rows that were."""
        async with self._database.transaction():
            return await self._database.execute("DELETE FROM recipients WHERE chat = ?", (chat,))

    # --- lists ---------------------------------------------------------------------------------------

    async def sizes(self) -> dict[str, int]:
        """Return how many can be reached per list: the built-in ones first, then by name."""
        rows = await self._database.fetch_all(
            f"SELECT kind, count(*) FROM recipients WHERE {_REACHABLE} GROUP BY kind"
        )
        by_kind = {Kind(kind): count for kind, count in rows}
        sizes = {name: sum(by_kind.get(kind, 0) for kind in kinds) for name, kinds in BUILT_IN.items()}
        rows = await self._database.fetch_all(
            "SELECT name, (SELECT count(*) FROM list_members m JOIN recipients ON recipients.id = m.recipient"
            f" WHERE m.list = lists.id AND {_REACHABLE}) FROM lists ORDER BY name"
        )
        return {**sizes, **dict(rows)}

    async def waiting(self) -> int:
        """Return how many chats wait for an admin's word."""
        row = await self._database.fetch_one(
            "SELECT count(*) FROM recipients WHERE consent = 'asked' AND gone = ''"
        )
        return int(row[0])

    async def chosen(self, lists: Collection[str]) -> list[tuple[int, int, int]]:
        """Return (number, chat, thread) of all that can be reached in *lists*, once each; [] means all."""
        kinds = [kind for name in lists for kind in BUILT_IN.get(name, ())]
        names = [name for name in lists if name not in BUILT_IN]
        rows = await self._database.fetch_all(
            f"SELECT id, chat, thread FROM recipients WHERE {_REACHABLE} AND (? OR"
            f" kind IN ({','.join('?' * len(kinds))}) OR id IN (SELECT m.recipient FROM list_members m"
            f" JOIN lists l ON l.id = m.list WHERE l.name IN ({','.join('?' * len(names))}))) ORDER BY id",
            (not lists, *kinds, *names),
        )
        return [(row[0], row[1], row[2]) for row in rows]

    async def put_into(self, name: str, ids: Collection[int]) -> int:
        """Put recipients into the list *name*, made when missing; return how many are in it now."""
        async with self._database.transaction():
            await self._database.execute("INSERT OR IGNORE INTO lists (name) VALUES (?)", (name,))
            await self._database.execute_many(
                "INSERT OR IGNORE INTO list_members SELECT lists.id, recipients.id FROM lists, recipients"
                " WHERE lists.name = ? AND recipients.id = ?",
                [(name, id_) for id_ in ids],
            )
            return await self._members(name)

    async def take_out(self, name: str, ids: Collection[int]) -> int:
        """Take recipients out of the list *name*, which ends when it is empty; return how many are left."""
        async with self._database.transaction():
            await self._database.execute_many(
                "DELETE FROM list_members"
                " WHERE recipient = ? AND list = (SELECT id FROM lists WHERE name = ?)",
                [(id_, name) for id_ in ids],
            )
            left = await self._members(name)
            if not left:
                await self._database.execute("DELETE FROM lists WHERE name = ?", (name,))
            return left

    async def _members(self, name: str) -> int:
        row = await self._database.fetch_one(
            "SELECT count(*) FROM list_members m JOIN lists l ON l.id = m.list WHERE l.name = ?", (name,)
        )
        return int(row[0])

    async def _one(self, condition: str, *values: Any) -> Recipient | None:
        row = await self._database.fetch_one(
            f"SELECT {_COLUMNS} FROM recipients WHERE {condition}",
            values,
        )
        return None if row is None else _recipient(row)


def leaving(chat: int, reason: str, *, thread: int | None = None) -> list[tuple[str, Sequence[Any]]]:
    """Return the statements that mark *chat* as out of reach; the sender runs them with its own."""
    return [
        (
            "UPDATE recipients SET gone = ?1 WHERE chat = ?2 AND (?3 IS NULL OR thread = ?3)",
            (reason, chat, thread),
        )
    ]


def moving(old: int, new: int) -> list[tuple[str, Sequence[Any]]]:
    """Return the statements that put *new* in the place of *old*, lists and consent kept.

    The supergroup may have made itself known already: then its fresh row gives way to the old one.
    """
    return [
        (
            "DELETE FROM recipients WHERE chat = ?2 AND thread = 0"
            " AND EXISTS (SELECT 1 FROM recipients WHERE chat = ?1)",
            (old, new),
        ),
        ("UPDATE recipients SET chat = ?2, gone = '' WHERE chat = ?1", (old, new)),
    ]
