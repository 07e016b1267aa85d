"""Articles and facts: what is kept, who may replace whose words, and how a change is taken back.

Owns the rules of loading, editing, importing and undoing. Refuses to know rows and checksums (`ledger`),
files (`seeds`, `interchange`) and who is allowed to do what.

`Store` is the writer (the reader for questions is `held`); every method that changes something is one
transaction with its history, alone or within a larger one.
"""

# ruff: noqa: S608 - only constant column lists and conditions are put into SQL, values never
from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from knowledge.errors import NotFoundError, RefusedError
from knowledge.influx import Source, differences, whole
from knowledge.intake import bind, clean_fact
from knowledge.interchange import Difference, FactFile, Item, Refusal
from knowledge.ledger import Deed, Ledger
from knowledge.loading import Loaded, load_article
from knowledge.model import Document, Fact
from knowledge.records import dataclass, replace
from knowledge.schema import HISTORY_COLUMNS, LIVE, Change, Entry
from knowledge.syllables import fold
from knowledge.undo import undo_last

if TYPE_CHECKING:
    from knowledge.database import Database

BATCH = 500  # facts that are read at once
NARROWING = 20


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is stored. `revision` grows with every change: equal revisions mean equal contents."""

    documents: int
    sentences: int
    facts: int
    revision: int


class Store:
    """Reads and changes articles and facts through one open database."""

    def __init__(self, database: Database) -> None:
        """Work on an open *database* that has the KNOWLEDGE tables."""
        self.database = database
        self._ledger = Ledger(database)

    async def documents(self, *, resting: bool = False) -> list[Document]:
        """Return the active articles in the order of loading, or those at rest."""
        async with self.database.transaction():
            stored = await self._ledger.documents("active = ?", (int(not resting),))
        return [each.document for each in stored]

    async def facts(self, document: str = "") -> list[Fact]:
        """Return all live facts by id, also those of articles at rest; those of one *document*, if named."""
        mine = " AND document_id = (SELECT id FROM documents WHERE name = ?)" if document else ""
        async with self.database.transaction():
            entries = await self._ledger.entries(LIVE + mine, (document,) if document else ())
        return [entry.fact for entry in entries]

    async def holding(self, words: str) -> AsyncIterator[list[Fact]]:
        """Yield, in batches by id, the live facts that may hold all *words*, whatever their marks.

        Of very many words only the first `NARROWING` are looked at: SQLite takes no condition without end.

        Some that do not hold them come along: those whose words stand in a source or topic alone, for one.
        """
        runs = list(dict.fromkeys(re.findall(r"[^\W_]+", fold(words.lower()))))[:NARROWING]
        likes = [f"%{run.replace('y', '_').replace('i', '_')}%" for run in runs]  # "kỹ" is kept as "ki"
        held = " AND ".join(["lines LIKE ?"] * len(likes)) or "1"
        where = f"(source <> '' OR topic <> '' OR lines IS NULL OR {held})"
        last = 0
        while ids := await self.database.fetch_all(
            f"SELECT id FROM facts LEFT JOIN fact_words ON fact_id = id WHERE id > ? AND {LIVE} AND {where}"
            " ORDER BY id LIMIT ?",
            (last, *likes, BATCH),
        ):
            numbers = [id_ for (id_,) in ids]
            last = numbers[-1]
            entries = await self._ledger.entries(f"id IN ({', '.join('?' * len(numbers))})", numbers)
            yield [entry.fact for entry in entries]

    async def fact(self, id_: int) -> Fact:
        """Return the live fact with that number; raises NotFoundError."""
        async with self.database.transaction():
            return (await self._entry(id_)).fact

    async def counts(self) -> Counts:
        """Return how many active articles, their sentences, live facts and changes there are."""
        row = await self.database.fetch_one(
            "SELECT (SELECT count(*) FROM documents WHERE active),"
            " (SELECT count(*) FROM sentences JOIN documents d ON d.id = document_id WHERE d.active),"
            f" (SELECT count(*) FROM facts WHERE {LIVE}),"
            " (SELECT coalesce(max(id), 0) FROM history)"
        )
        return Counts(*row)

    async def add_fact(self, fact: Fact, *, author: str, at: datetime) -> Fact:
        """Store a new fact and return it with its number.

        Without a `document` it is bound to the article that its source names or its quote stands in.
        Raises InputError naming the field at fault, DuplicateError when the very same is there.
        """
        async with self.database.transaction():
            fact = bind(clean_fact(fact), await self._texts())
            await self._ledger.refuse_twin(fact)
            return (await self._ledger.add([fact], Deed(author, at, "add")))[0]

    async def change_fact(
        self,
        id_: int,
        *,
        author: str,
        at: datetime,
        questions: tuple[str, ...] | None = None,
        answer: str | None = None,
        quote: str | None = None,
        source: str | None = None,
        topic: str | None = None,
    ) -> Fact:
        """Replace what is given in a live fact and return it; nothing new writes nothing.

        Raises NotFoundError, InputError naming the field at fault, DuplicateError when another fact is
        the very same.
        """
        given = {"questions": questions, "answer": answer, "quote": quote, "source": source, "topic": topic}
        async with self.database.transaction():
            before = await self._entry(id_)
            changes = {name: value for name, value in given.items() if value is not None}
            fact = bind(clean_fact(replace(before.fact, **changes)), await self._texts())  # type: ignore[arg-type]
            if fact == before.fact:
                return fact
            await self._ledger.refuse_twin(fact)
            return (await self._ledger.change([(before, fact)], Deed(author, at, "change")))[0]

    async def delete_fact(self, id_: int, *, author: str, at: datetime) -> Fact:
        """Take a live fact out of use and return it; its row stays as a tombstone. Raises NotFoundError."""
        async with self.database.transaction():
            before = await self._entry(id_)
            await self._ledger.delete([before], Deed(author, at, "delete"))
            return before.fact

    async def put_document(
        self, document: Document, facts: Iterable[Fact], *, author: str, at: datetime
    ) -> Loaded:
        """Load an article with the facts its loader gives it; see `loading.load_article`."""
        async with self.database.transaction():
            return await load_article(self._ledger, document, facts, author, at)

    async def rest_document(self, name: str, *, active: bool, author: str, at: datetime) -> None:
        """Put an article to rest, so that it answers nothing, or wake it. Raises NotFoundError."""
        async with self.database.transaction():
            stored = await self._ledger.documents("name = ?", (name,))
            if not stored:
                raise NotFoundError(f"no article is called “{name}”")
            if stored[0].active != active:
                deed = Deed(author, at, "wake" if active else "rest")
                await self._ledger.write_document(stored[0], replace(stored[0], active=active), deed)

    async def import_facts(
        self, file: FactFile, *, author: str, at: datetime, dry_run: bool = False
    ) -> Difference:
        """Take the facts of a file in, all or, when a line is refused, none; return what changed.

        With *dry_run* nothing is written and refused lines are only listed; else they raise RefusedError.
        """
        items: list[Item] = [*file.facts, *((each.line, each) for each in file.refused)]
        items.sort(key=lambda item: item[0])
        parts: list[Difference] = []
        await self.import_from(lambda: iter(items), parts.append, author=author, at=at, dry_run=dry_run)
        return whole(parts)

    async def import_from(
        self,
        source: Source,
        told: Callable[[Difference], None],
        *,
        author: str,
        at: datetime,
        dry_run: bool = False,
    ) -> None:
        """Do the same with a file that is read piece by piece; *told* is called with what each piece does."""
        refused: list[Refusal] = []
        count = 0
        async with self.database.transaction():
            async for part, entries in differences(self._ledger, source, await self._texts()):
                told(part)
                count += len(part.refused)
                refused = sorted((*refused, *part.refused), key=lambda each: each.line)[:1]
                if not dry_run and not refused:
                    changed = [(entries[fact.id], fact) for _, fact in part.changed]
                    await self._ledger.change(changed, Deed(author, at, "change"))
                    await self._ledger.add([fact for _, fact in part.new], Deed(author, at, "add"))
            if refused and not dry_run:
                first = refused[0]
                raise RefusedError(f"line {first.line}: {first.reason} ({count} refused, nothing taken)")

    async def history(self, limit: int, *, fact: int = 0) -> list[Change]:
        """Return the last changes, newest first; of one fact when its number is given."""
        rows = await self.database.fetch_all(
            f"SELECT {HISTORY_COLUMNS} FROM history WHERE ? IN (0, fact_id) ORDER BY id DESC LIMIT ?",
            (fact, limit),
        )
        return [Change.from_row(row) for row in rows]

    async def undo_last(self, author: str, *, at: datetime) -> list[Change]:
        """Take back the last change that *author* made and that still stands; see `undo.undo_last`."""
        async with self.database.transaction():
            return await undo_last(self._ledger, author, at)

    async def _entry(self, id_: int) -> Entry:
        entries = await self._ledger.entries(f"id = ? AND {LIVE}", (id_,))
        if not entries:
            raise NotFoundError(f"there is no fact #{id_}")
        return entries[0]

    async def _texts(self) -> dict[str, str]:
        return dict(await self.database.fetch_all("SELECT name, text FROM documents ORDER BY id"))
