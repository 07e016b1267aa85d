"""What members asked in vain: masked, without the person, alike ones together.

Owns the tables `asked_groups`, `asked` and `waiting`. A row of `waiting` is the only link between a person
and a question that is ever stored: only who asks to be told gets one, and being told erases it. Refuses to
know how questions are answered. Days, not times: a time could be matched with other traces.
"""

# ruff: noqa: S608 - only constant conditions are put into SQL, values never
from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from bot.alike import Alike, form_of
from bot.commits import Commits
from bot.masking import mask
from bot.replies import cut, key
from knowledge.database import Database, Migration, Schema
from knowledge.records import dataclass

KEEP_DAYS = 90
MAX_UNITS = 300  # of a kept question, in UTF-16 units
MOST_KEPT = 10_000
MOST_WAITS = 20  # questions that one person waits for: /dulieu must be able to show them all

SCHEMA = Schema(
    "asked",
    (
        Migration(
            "unanswered questions and who waits",
            (
                """CREATE TABLE asked_groups (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, status TEXT NOT NULL,
                    fact INTEGER NOT NULL) STRICT""",
                """CREATE TABLE asked (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    group_id INTEGER NOT NULL REFERENCES asked_groups (id) ON DELETE CASCADE,
                    key TEXT NOT NULL UNIQUE, text TEXT NOT NULL, form TEXT NOT NULL, kind TEXT NOT NULL,
                    count INTEGER NOT NULL, wrong INTEGER NOT NULL, last_on TEXT NOT NULL) STRICT""",
                "CREATE INDEX asked_by_group ON asked (group_id)",
                """CREATE TABLE waiting (
                    asked INTEGER NOT NULL REFERENCES asked (id) ON DELETE CASCADE, person INTEGER NOT NULL,
                    PRIMARY KEY (asked, person)) STRICT, WITHOUT ROWID""",
            ),
        ),
        Migration(
            "who is being told at this moment",
            ("ALTER TABLE waiting ADD COLUMN telling INTEGER NOT NULL DEFAULT 0 CHECK (telling IN (0, 1))",),
        ),
    ),
)


class TooManyError(Exception):
    """Somebody wants to be told of more than `MOST_WAITS` questions."""


class Kind(StrEnum):
    """Why a question is kept."""

    UNANSWERED = "unanswered"
    UNSURE = "unsure"  # answered with low confidence
    WRONG = "wrong"  # answered, and a member said that it was wrong


class Status(StrEnum):
    """What became of a group."""

    OPEN = "open"
    ANSWERED = "answered"
    SKIPPED = "skipped"
    OFF_TOPIC = "off_topic"


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are alike. `texts` begins with the one asked most; `count` is of all of them."""

    id: int
    status: Status
    texts: tuple[str, ...]
    count: int
    wrong: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Somebody who wants to be told, and their question as it was kept.

    `is_doubtful` when the message was under way once and nobody knows whether it has arrived.
    """

    asked: int
    person: int
    text: str
    is_doubtful: bool


class Asked:
    """The kept questions. *today* gives the present day where the bot lives."""

    def __init__(self, database: Database, today: Callable[[], date], commits: Commits | None = None) -> None:
        """Use the tables of `SCHEMA` in *database*; *commits* is given where others write through it too."""
        self._database = database
        self._today = today
        self._commits = commits or Commits(database)
        self._alike = Alike()

    async def keep(self, question: str, kind: Kind) -> int:
        """Keep *question* and return its group; one that had an answer is open again."""
        text, day, question_key = shown(question), self._today().isoformat(), key_of(question)
        form = form_of(text)
        wrong = int(kind is Kind.WRONG)

        def write(writer: sqlite3.Connection) -> int:
            group = _group_of(writer, question_key, form, self._alike)
            (id_,) = writer.execute(
                "INSERT INTO asked (group_id, key, text, form, kind, count, wrong, last_on)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET count = count + ?,"
                " wrong = wrong + ?, last_on = excluded.last_on, kind = excluded.kind RETURNING id",
                (group, question_key, text, form, str(kind), 1, wrong, day, 1 - wrong, wrong),
            ).fetchone()
            self._alike.note(id_, form)
            writer.execute(
                "UPDATE asked_groups SET status = ? WHERE id = ? AND status = ?",
                (str(Status.OPEN), group, str(Status.ANSWERED)),
            )
            return group

        return await self._commits.do(write)

    async def wait(self, question_key: str, person: int) -> bool:
        """Note that *person* wants to be told; False when the question is not kept (any more).

        Raises TooManyError when that person waits for as much as one may.
        """
        async with self._database.transaction():
            row = await self._database.fetch_one("SELECT id FROM asked WHERE key = ?", (question_key,))
            if row is None:
                return False
            waits = await self._database.fetch_all("SELECT asked FROM waiting WHERE person = ?", (person,))
            if len(waits) >= MOST_WAITS and row not in waits:
                raise TooManyError
            await self._database.execute(
                "INSERT OR IGNORE INTO waiting (asked, person) VALUES (?, ?)", (row[0], person)
            )
        return True

    async def group(self, id_: int) -> Group | None:
        """Return the group with that number."""
        return next(iter(await self._groups("g.id = ?", id_, limit=1)), None)

    async def open_groups(self, limit: int) -> list[Group]:
        """Return the groups that wait for an admin, most asked first."""
        return await self._groups("g.status = ?", str(Status.OPEN), limit=limit)

    async def open_count(self) -> int:
        """Return how many groups wait for an admin."""
        return int(
            (
                await self._database.fetch_one(
                    "SELECT count(*) FROM asked_groups WHERE status = ?", (str(Status.OPEN),)
                )
            )[0]
        )

    async def settle(self, id_: int, status: Status, fact: int = 0) -> None:
        """Note what became of a group; may be part of a larger transaction."""
        async with self._database.transaction():
            await self._database.execute(
                "UPDATE asked_groups SET status = ?, fact = ? WHERE id = ?", (str(status), fact, id_)
            )

    async def due(self) -> list[Wait]:
        """Return who can be told now: their group has an answer. The doubtful come last."""
        rows = await self._database.fetch_all(
            "SELECT w.asked, w.person, a.text, w.telling FROM waiting w JOIN asked a ON a.id = w.asked"
            " JOIN asked_groups g ON g.id = a.group_id WHERE g.status = ?"
            " ORDER BY w.telling, w.asked, w.person",
            (str(Status.ANSWERED),),
        )
        return [Wait(asked, person, text, bool(telling)) for asked, person, text, telling in rows]

    async def mark(self, wait: Wait, *, telling: bool) -> None:
        """Note that the message is under way, or that Telegram has surely not taken it."""
        async with self._database.transaction():
            await self._database.execute(
                "UPDATE waiting SET telling = ? WHERE asked = ? AND person = ?",
                (int(telling), wait.asked, wait.person),
            )

    async def told(self, wait: Wait) -> None:
        """Erase the link between a person and a question."""
        async with self._database.transaction():
            await self._database.execute(
                "DELETE FROM waiting WHERE asked = ? AND person = ?", (wait.asked, wait.person)
            )

    async def purge(self) -> None:
        """Delete what nobody has asked for 90 days, and of more than `MOST_KEPT` what was asked least.

        Without a limit a few hostile members could fill the disk, and the officers' lists grow slow.
        """
        limit = (self._today() - timedelta(days=KEEP_DAYS)).isoformat()
        async with self._database.transaction():
            await self._database.execute("DELETE FROM asked WHERE last_on < ?", (limit,))
            await self._database.execute(
                "DELETE FROM asked WHERE id IN (SELECT id FROM asked a"
                " WHERE NOT EXISTS (SELECT 1 FROM waiting w WHERE w.asked = a.id)"
                " ORDER BY count + wrong DESC, last_on DESC, id DESC LIMIT -1 OFFSET ?)",
                (MOST_KEPT,),
            )
            await self._database.execute(
                "DELETE FROM asked_groups WHERE id NOT IN (SELECT group_id FROM asked)"
            )

    async def held(self, person: int) -> list[str]:
        """Return the questions about which *person* waits to be told."""
        rows = await self._database.fetch_all(
            "SELECT a.text FROM waiting w JOIN asked a ON a.id = w.asked WHERE w.person = ? ORDER BY a.id",
            (person,),
        )
        return [text for (text,) in rows]

    async def erase(self, person: int) -> None:
        """Erase every link of *person*."""
        async with self._database.transaction():
            await self._database.execute("DELETE FROM waiting WHERE person = ?", (person,))

    async def _groups(self, where: str, *parameters: object, limit: int) -> list[Group]:
        rows = await self._database.fetch_all(
            "SELECT g.id, g.status, sum(a.count), sum(a.wrong),"
            " (SELECT count(*) FROM waiting w JOIN asked b ON b.id = w.asked WHERE b.group_id = g.id)"
            f" FROM asked_groups g JOIN asked a ON a.group_id = g.id WHERE {where}"
            " GROUP BY g.id ORDER BY sum(a.count) + sum(a.wrong) DESC, g.id LIMIT ?",
            (*parameters, limit),
        )
        groups = []
        for id_, status, count, wrong, waiting in rows:
            texts = await self._database.fetch_all(
                "SELECT text FROM asked WHERE group_id = ? ORDER BY count + wrong DESC, id LIMIT 20", (id_,)
            )
            groups.append(Group(id_, Status(status), tuple(t for (t,) in texts), count, wrong, waiting))
        return groups


@lru_cache(maxsize=64)
def shown(question: str) -> str:
    """Return *question* as it may be kept: masked, on one line, shortened."""
    return cut(mask(question), MAX_UNITS)


@lru_cache(maxsize=512)
def key_of(question: str) -> str:
    """Return what stands for *question* on a button, 16 hex digits, the same before and after masking."""
    return key(shown(question)).removeprefix("q:")


def _group_of(writer: sqlite3.Connection, question_key: str, form: str, alike: Alike) -> int:
    """Return the group of the same question, of one that is alike, or a new one."""
    same = writer.execute("SELECT group_id FROM asked WHERE key = ?", (question_key,)).fetchone()
    if same is not None:
        return int(same[0])
    group = alike.group_of(writer, form)
    if group is not None:
        return group
    return int(writer.execute("INSERT INTO asked_groups (status, fact) VALUES ('open', 0)").lastrowid or 0)
