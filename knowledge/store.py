"""Articles and facts: what is kept, who may replace whose words, and how a change is taken back.

Owns the rules of loading, editing, importing and undoing. Refuses to know rows and checksums (`ledger`),
files (`seeds`, `interchange`) and who is allowed to do what.

`load` is the reader for questions: one look at the committed store without asyncio. `Store` is the writer;
every method that changes something is one transaction with its history, alone or within a larger one.
"""

# ruff: noqa: S608 - only constant column lists and conditions are put into SQL, values never
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.database import read_only
from knowledge.errors import ConflictError, DuplicateError, FactFileError, InputError, NotFoundError
from knowledge.intake import bind, clean_fact, clean_name
from knowledge.interchange import Difference, FactFile, compare
from knowledge.ledger import Deed, Ledger, document_of, fact_of
from knowledge.model import Document, Fact
from knowledge.schema import (
    DOCUMENT_COLUMNS,
    FACT_COLUMNS,
    HISTORY_COLUMNS,
    MENTION_COLUMNS,
    SENTENCE_COLUMNS,
    Change,
    Entry,
    StoredDocument,
    read_documents,
    read_entries,
)

if TYPE_CHECKING:
    from knowledge.database import Database

_LIVE = "deleted_at IS NULL"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading an article did: "new", "changed" or "same", and the numbers of its facts.

    `kept` counts facts that somebody else added or changed, which loading leaves alone; `unquoted` are
    the ids of those whose quote the new text no longer holds, so that it was taken from them.
    """

    name: str
    outcome: str
    sentences: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    same: int = 0
    kept: int = 0
    unquoted: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is stored. `revision` grows with every change: equal revisions mean equal contents."""

    documents: int
    sentences: int
    facts: int
    revision: int


def load(path: Path) -> tuple[list[Document], list[Fact]]:
    """Read the active articles and the live facts that are theirs or nobody's, each by id.

    Raises StorageError when *path* is missing or not ours, CorruptError when it is damaged.
    """
    with read_only(path) as connection:
        connection.execute("BEGIN")  # one snapshot for all the queries
        documents = connection.execute(f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE active ORDER BY id")
        stored = read_documents(
            documents.fetchall(),
            connection.execute(f"SELECT {SENTENCE_COLUMNS} FROM sentences ORDER BY id"),
            connection.execute(f"SELECT {MENTION_COLUMNS} FROM mentions ORDER BY sentence_id, position"),
        )
        entries = read_entries(
            connection.execute(
                f"SELECT {FACT_COLUMNS} FROM facts WHERE {_LIVE} AND"
                " (document_id IS NULL OR document_id IN (SELECT id FROM documents WHERE active)) ORDER BY id"
            ),
            connection.execute("SELECT fact_id, text FROM fact_questions ORDER BY fact_id, position"),
            dict(connection.execute("SELECT id, name FROM documents").fetchall()),
        )
    return [each.document for each in stored], [entry.fact for entry in entries]


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

    async def facts(self) -> list[Fact]:
        """Return all live facts by id, also those of articles at rest."""
        async with self.database.transaction():
            return [entry.fact for entry in await self._ledger.entries(_LIVE)]

    async def fact(self, id_: int) -> Fact:
        """Return the live fact with that number; raises NotFoundError."""
        async with self.database.transaction():
            return (await self._entry(id_)).fact

    async def counts(self) -> Counts:
        """Return how many active articles, their sentences, live facts and changes there are."""
        row = await self.database.fetch_one(
            "SELECT (SELECT count(*) FROM documents WHERE active),"
            " (SELECT count(*) FROM sentences JOIN documents d ON d.id = document_id WHERE d.active),"
            f" (SELECT count(*) FROM facts WHERE {_LIVE}),"
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
            await self._refuse_twin(fact)
            return await self._add(fact, Deed(author, at, "add"))

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
            await self._refuse_twin(fact)
            return await self._change(before, fact, Deed(author, at, "change"))

    async def delete_fact(self, id_: int, *, author: str, at: datetime) -> Fact:
        """Take a live fact out of use and return it; its row stays as a tombstone. Raises NotFoundError."""
        async with self.database.transaction():
            before = await self._entry(id_)
            await self._delete(before, Deed(author, at, "delete"))
            return before.fact

    async def put_document(
        self, document: Document, facts: Iterable[Fact], *, author: str, at: datetime
    ) -> Loaded:
        """Load an article with the facts its loader gives it, each with a `key` of its own.

        The same again writes nothing. A fact that *author* loaded before follows the article and its
        facts; one that somebody else added or changed stays as they left it. Quotes must stand in the text.
        """
        clean_name(document.name)
        texts = {document.name: document.text}
        wanted = {}
        for fact in facts:
            fact = bind(clean_fact(replace(fact, document=document.name)), texts)
            if not fact.key or fact.key in wanted:
                raise InputError(f"each fact of an article needs a key of its own (“{fact.key}”)")
            wanted[fact.key] = fact
        async with self.database.transaction():
            outcome = await self._put(document, author, at)
            numbers = await self._follow(document, wanted, author, at)
            unquoted = await self._drop_lost_quotes(document, author, at)
        if outcome == "same" and (numbers["added"] or numbers["changed"] or numbers["removed"]):
            outcome = "changed"
        return Loaded(document.name, outcome, len(document.sentences), **numbers, unquoted=unquoted)

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

        With *dry_run* nothing is written and refused lines are only listed; else they raise FactFileError.
        """
        async with self.database.transaction():
            facts = [entry.fact for entry in await self._ledger.entries(_LIVE)]
            difference = compare(file, facts, await self._texts())
            if dry_run:
                return difference
            if difference.refused:
                first, count = difference.refused[0], len(difference.refused)
                raise FactFileError(f"line {first.line}: {first.reason} ({count} refused, nothing taken)")
            for _, fact in difference.changed:
                await self._change(await self._entry(fact.id), fact, Deed(author, at, "change"))
            for _, fact in difference.new:
                await self._add(fact, Deed(author, at, "add"))
        return difference

    async def history(self, limit: int, *, fact: int = 0) -> list[Change]:
        """Return the last changes, newest first; of one fact when its number is given."""
        rows = await self.database.fetch_all(
            f"SELECT {HISTORY_COLUMNS} FROM history WHERE ? IN (0, fact_id) ORDER BY id DESC LIMIT ?",
            (fact, limit),
        )
        return [Change.from_row(row) for row in rows]

    async def undo_last(self, author: str, *, at: datetime) -> list[Change]:
        """Take back the last change that *author* made and that still stands; again: the one before.

        All that was written in one transaction goes together and every row is as it was, times and
        authors included. Returns what was taken back, newest first. Raises NotFoundError when there is
        nothing left, ConflictError when somebody has changed the same thing since.
        """
        undone = "SELECT undoes FROM history WHERE undoes IS NOT NULL"
        async with self.database.transaction():
            rows = await self.database.fetch_all(
                f"SELECT {HISTORY_COLUMNS} FROM history WHERE change = (SELECT change FROM history"
                f" WHERE author = ? AND undoes IS NULL AND id NOT IN ({undone}) ORDER BY id DESC LIMIT 1)"
                " AND undoes IS NULL ORDER BY id DESC",
                (author,),
            )
            if not rows:
                raise NotFoundError("there is no change left to take back")
            changes = [Change.from_row(row) for row in rows]
            for change in changes:
                deed = Deed(author, at, "undo", undoes=change.id)
                await (self._undo_fact if change.fact else self._undo_document)(change, deed)
            for name in {change.document for change in changes if change.document}:
                if lost := await self._lost_quotes(name):
                    raise ConflictError(
                        f"the quote of #{lost[0].fact.id} no longer stands in the article “{name}”;"
                        " change that fact first"
                    )
        return changes

    async def _undo_fact(self, change: Change, deed: Deed) -> None:
        now = next(iter(await self._ledger.entries("id = ?", (change.fact,))), None)
        after = None if change.after is None else fact_of(change.after)
        if now != after:
            raise ConflictError(f"#{change.fact} has been changed since; look at it again")
        before = None if change.before is None else fact_of(change.before)
        if before is not None and before.deleted_at is None:
            await self._refuse_twin(before.fact)
        await self._ledger.write_fact(now, before, deed)

    async def _undo_document(self, change: Change, deed: Deed) -> None:
        now = next(iter(await self._ledger.documents("name = ?", (change.document,))), None)
        before = None if change.before is None else document_of(change.before)
        after = None if change.after is None else document_of(change.after)
        used = before is None and await self._ledger.entries(
            "document_id = (SELECT id FROM documents WHERE name = ?)", (change.document,)
        )
        if now != after or used:
            raise ConflictError(f"the article “{change.document}” has been changed since; look at it again")
        await self._ledger.write_document(now, before, deed)

    async def _put(self, document: Document, author: str, at: datetime) -> str:
        stored = next(iter(await self._ledger.documents("name = ?", (document.name,))), None)
        if stored is None:
            await self._ledger.write_document(
                None, StoredDocument(document, True, at), Deed(author, at, "load")
            )
            return "new"
        if stored.document == document:
            return "same"
        edited = StoredDocument(document, stored.active, at)
        await self._ledger.write_document(stored, edited, Deed(author, at, "load"))
        return "changed"

    async def _follow(
        self, document: Document, wanted: dict[str, Fact], author: str, at: datetime
    ) -> dict[str, int]:
        """Make the facts that *author* loaded with the article equal to those *wanted*, by key."""
        numbers = dict.fromkeys(("added", "changed", "removed", "same", "kept"), 0)
        entries = await self._ledger.entries(
            "document_id = (SELECT id FROM documents WHERE name = ?)", (document.name,)
        )
        keyed = {entry.fact.key: entry for entry in entries if entry.fact.key}
        for key, fact in wanted.items():
            before = keyed.get(key)
            if before is None:
                await self._add(fact, Deed(author, at, "add"))
                outcome = "added"
            elif before.fact.author != author:
                outcome = "kept"
            elif before.deleted_at is None and _same_words(before.fact, fact):
                outcome = "same"
            else:
                await self._change(before, fact, Deed(author, at, "change"))
                outcome = "changed"
            numbers[outcome] += 1
        for entry in entries:
            if entry.fact.key in wanted or entry.deleted_at is not None:
                continue
            if entry.fact.key and entry.fact.author == author:
                await self._delete(entry, Deed(author, at, "delete"))
                numbers["removed"] += 1
            else:
                numbers["kept"] += 1
        return numbers

    async def _drop_lost_quotes(self, document: Document, author: str, at: datetime) -> tuple[int, ...]:
        """Take from the facts of others the quotes that an edited article no longer holds.

        The facts stay theirs: `author` of the fact is not touched, only the history names the loader.
        """
        lost = await self._lost_quotes(document.name)
        for entry in lost:
            after = replace(entry, fact=replace(entry.fact, quote="", changed_at=at))
            await self._ledger.write_fact(entry, after, Deed(author, at, "unquote"))
        return tuple(entry.fact.id for entry in lost)

    async def _lost_quotes(self, name: str) -> list[Entry]:
        return await self._ledger.entries(
            f"{_LIVE} AND quote <> '' AND EXISTS (SELECT 1 FROM documents d"
            " WHERE d.id = document_id AND d.name = ? AND instr(d.text, quote) = 0)",
            (name,),
        )

    async def _add(self, fact: Fact, deed: Deed) -> Fact:
        id_ = await self._ledger.next_fact_id()
        fact = replace(fact, id=id_, author=deed.author, changed_at=deed.at)
        await self._ledger.write_fact(None, Entry(fact, deed.at), deed)
        return fact

    async def _change(self, before: Entry, fact: Fact, deed: Deed) -> Fact:
        """Give *before* the words of *fact*; a tombstone lives again."""
        fact = replace(fact, id=before.fact.id, author=deed.author, changed_at=deed.at)
        await self._ledger.write_fact(before, Entry(fact, before.created_at), deed)
        return fact

    async def _delete(self, before: Entry, deed: Deed) -> None:
        fact = replace(before.fact, author=deed.author, changed_at=deed.at)
        await self._ledger.write_fact(before, Entry(fact, before.created_at, deed.at), deed)

    async def _entry(self, id_: int) -> Entry:
        entries = await self._ledger.entries(f"id = ? AND {_LIVE}", (id_,))
        if not entries:
            raise NotFoundError(f"there is no fact #{id_}")
        return entries[0]

    async def _texts(self) -> dict[str, str]:
        return dict(await self.database.fetch_all("SELECT name, text FROM documents ORDER BY id"))

    async def _refuse_twin(self, fact: Fact) -> None:
        """Raise DuplicateError when another live fact says the very same in the very same words."""
        twins = await self._ledger.entries(
            f"{_LIVE} AND id <> ? AND id IN"
            " (SELECT fact_id FROM fact_questions WHERE position = 0 AND text = ?)",
            (fact.id, fact.questions[0]),
        )
        for twin in twins:
            if twin.fact.document == fact.document and _same_words(
                replace(twin.fact, topic=fact.topic), fact
            ):
                raise DuplicateError(f"the same fact is there already as #{twin.fact.id}", twin.fact.id)


def _same_words(one: Fact, other: Fact) -> bool:
    names = ("questions", "answer", "quote", "source", "topic")
    return all(getattr(one, name) == getattr(other, name) for name in names)
