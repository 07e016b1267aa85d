"""Who may teach the bot and speak through it: numeric ids in a table, and first-hand messages only.

Owns the one gate `is_admin`, the tables `admins` and `admin_changes`, and the rules for joining and
leaving. Refuses to know names, which change hands, and what an admin then does.

Dangers: an id alone proves nothing. Telegram shows the admin's id on what the admin forwards, edits or
posts through another bot, so a stranger's `/them` would run when an admin forwards it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from telegram import Message, Update

from knowledge.database import Database, Migration, Schema, from_stored, to_stored
from knowledge.records import dataclass

SCHEMA = Schema(
    "authority",
    (
        Migration(
            "admins and who made them",
            (
                """CREATE TABLE admins (
                    person INTEGER PRIMARY KEY, added_by INTEGER NOT NULL,
                    added_at INTEGER NOT NULL) STRICT""",
                """CREATE TABLE admin_changes (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, person INTEGER NOT NULL, action TEXT NOT NULL,
                    by INTEGER NOT NULL, at INTEGER NOT NULL) STRICT""",
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class AdminChange:
    """Who was made an admin or stopped being one (`action`: "add", "remove"), by whom and when."""

    person: int
    action: str
    by: int
    at: datetime


MOST = 40  # admins in the table: all of them must fit into one message, with a button to remove each


class StaysError(Exception):
    """An owner, whom only the settings can remove, or the last admin."""


class NoMoreError(Exception):
    """Who changes it is no admin any more, or no more admins can be taken."""


class Authority:
    """The admins: owners from the settings, and those whom an admin has added."""

    def __init__(self, database: Database, owners: Collection[int], now: Callable[[], datetime]) -> None:
        """Use the tables of `SCHEMA` in *database*, of which this process is the only writer."""
        self._database = database
        self._owners = tuple(dict.fromkeys(owners))
        self._now = now
        self._added: dict[int, None] | None = None  # read once, then kept in step with the table

    @property
    def owners(self) -> tuple[int, ...]:
        """Return the ids from the settings; they cannot be removed by chat."""
        return self._owners

    async def admins(self) -> tuple[int, ...]:
        """Return the ids of all admins, owners first, then in the order of joining."""
        return (*self._owners, *(p for p in await self._table() if p not in self._owners))

    async def is_admin(self, update: Update) -> bool:
        """Tell whether *update* comes first hand from an admin: a fresh message or a pressed button."""
        query = update.callback_query
        if query is not None:
            return not query.from_user.is_bot and await self.knows(query.from_user.id)
        message = update.message
        if message is None or not is_first_hand(message) or message.from_user is None:
            return False
        return await self.knows(message.from_user.id)

    async def knows(self, person: int) -> bool:
        """Tell whether *person* is an admin; says nothing about where a message came from."""
        return person in self._owners or person in await self._table()

    async def add(self, person: int, *, by: int) -> bool:
        """Make *person* an admin; False when that was so already. Raises NoMoreError."""
        # Two admins may press at the same moment, one of them to remove the other: what holds is asked where
        # no other writes.
        async with self._database.transaction():
            if not await self.knows(by) or len(await self._table()) >= MOST:
                raise NoMoreError
            if await self.knows(person):
                return False
            at = to_stored(self._now())
            await self._database.execute("INSERT INTO admins VALUES (?, ?, ?)", (person, by, at))
            await self._note(person, "add", by, at)
        (await self._table())[person] = None  # before anybody else's turn: nothing is waited for
        return True

    async def remove(self, person: int, *, by: int) -> bool:
        """Take the office from *person*; False when there was none. Raises StaysError and NoMoreError."""
        async with self._database.transaction():
            if not await self.knows(by):
                raise NoMoreError
            if not await self.knows(person):
                return False
            if person in self._owners or len(await self.admins()) == 1:
                raise StaysError
            await self._database.execute("DELETE FROM admins WHERE person = ?", (person,))
            await self._note(person, "remove", by, to_stored(self._now()))
        (await self._table()).pop(person)
        return True

    async def changes(self, limit: int) -> list[AdminChange]:
        """Return up to *limit* changes, the newest first."""
        rows = await self._database.fetch_all(
            "SELECT person, action, by, at FROM admin_changes ORDER BY id DESC LIMIT ?", (limit,)
        )
        return [AdminChange(person, action, by, from_stored(at)) for person, action, by, at in rows]

    async def _note(self, person: int, action: str, by: int, at: int) -> None:
        await self._database.execute(
            "INSERT INTO admin_changes (person, action, by, at) VALUES (?, ?, ?, ?)", (person, action, by, at)
        )

    async def _table(self) -> dict[int, None]:
        if self._added is None:
            rows = await self._database.fetch_all("SELECT person FROM admins ORDER BY added_at, person")
            if self._added is None:
                self._added = {person: None for (person,) in rows}
        return self._added


# What a Bot API server of one's own, of 2023 or before, says of a forwarded message.
_FORWARDED_BEFORE = frozenset(("forward_from", "forward_from_chat", "forward_sender_name", "forward_date"))


def is_first_hand(message: Message) -> bool:
    """Tell whether a person has just typed *message* here: not forwarded, edited, or sent through others."""
    return (
        message.from_user is not None
        and not message.from_user.is_bot
        and message.sender_chat is None
        and message.sender_business_bot is None
        and message.business_connection_id is None
        and message.forward_origin is None
        and message.via_bot is None
        and message.edit_date is None
        and not _FORWARDED_BEFORE & message.api_kwargs.keys()
        and not message.is_automatic_forward
        and not message.is_from_offline
    )


def is_anonymous_admin(message: Message) -> bool:
    """Tell whether a group's administrator wrote *message* under the group's name."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id
