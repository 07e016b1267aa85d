"""Half-finished conversations with admins, kept in SQLite so that a restart does not lose a word.

Owns the table `dialogs`: at most one row a person, with a number that buttons carry. Refuses to know what
a dialog is about: its kind, step and data belong to the flow that opened it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from knowledge.database import Database, Migration, Schema, to_stored
from knowledge.records import dataclass, replace

LAPSE = timedelta(hours=24)  # after that a plain message is a question again, not the next step

SCHEMA = Schema(
    "dialogs",
    (
        Migration(
            "one open dialog a person",
            (
                """CREATE TABLE dialogs (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, person INTEGER NOT NULL UNIQUE, kind TEXT NOT NULL,
                    step TEXT NOT NULL, data TEXT NOT NULL, changed_at INTEGER NOT NULL) STRICT""",
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Dialog:
    """Where a person stands: `step` of `kind`, with what has been given so far as JSON values."""

    id: int
    person: int
    kind: str
    step: str
    data: dict[str, Any]


class Dialogs:
    """The open dialogs; numbers are never given twice, so a button of a closed one finds nothing."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        """Use the table of `SCHEMA` in *database*, of which this process is the only writer."""
        self._database = database
        self._now = now
        self._people: set[int] | None = None  # who may have one: spares everybody else a query

    async def of(self, person: int) -> Dialog | None:
        """Return the open dialog of *person*; one that has lapsed is gone."""
        if self._people is None:
            rows = await self._database.fetch_all("SELECT person FROM dialogs")
            self._people = {row[0] for row in rows} | (self._people or set())
        if person not in self._people:
            return None
        row = await self._database.fetch_one(
            "SELECT id, person, kind, step, data FROM dialogs WHERE person = ? AND changed_at > ?",
            (person, to_stored(self._now() - LAPSE)),
        )
        if row is None:
            return None
        id_, owner, kind, step, data = row
        return Dialog(id_, owner, kind, step, json.loads(data))

    async def open(self, person: int, kind: str, step: str, **data: Any) -> Dialog:
        """Begin a dialog in the place of the one that *person* may have open."""
        async with self._database.transaction():
            await self._database.execute("DELETE FROM dialogs WHERE person = ?", (person,))
            id_ = await self._database.next_id("dialogs")
            row = (id_, person, kind, step, _json(data), to_stored(self._now()))
            await self._database.execute("INSERT INTO dialogs VALUES (?, ?, ?, ?, ?, ?)", row)
        if self._people is not None:
            self._people.add(person)
        return Dialog(id_, person, kind, step, data)

    async def advance(self, dialog: Dialog, step: str, **data: Any) -> Dialog:
        """Go to *step* and put *data* over what the dialog holds."""
        moved = replace(dialog, step=step, data={**dialog.data, **data})
        async with self._database.transaction():
            await self._database.execute(
                "UPDATE dialogs SET step = ?, data = ?, changed_at = ? WHERE id = ?",
                (step, _json(moved.data), to_stored(self._now()), dialog.id),
            )
        return moved

    async def close(self, dialog: Dialog) -> bool:
        """End *dialog*; False when it had been ended before. May be part of a larger transaction."""
        async with self._database.transaction():
            return await self._database.execute("DELETE FROM dialogs WHERE id = ?", (dialog.id,)) > 0

    async def purge(self) -> None:
        """Delete what has lapsed."""
        async with self._database.transaction():
            limit = to_stored(self._now() - LAPSE)
            await self._database.execute("DELETE FROM dialogs WHERE changed_at <= ?", (limit,))

    async def held(self, person: int) -> int:
        """Return how many dialogs of *person* are kept."""
        row = await self._database.fetch_one("SELECT count(*) FROM dialogs WHERE person = ?", (person,))
        return int(row[0])

    async def erase(self, person: int) -> None:
        """Delete what *person* has begun."""
        async with self._database.transaction():
            await self._database.execute("DELETE FROM dialogs WHERE person = ?", (person,))


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)
