"""Every write to an article or a fact, each with its row of history in the same transaction.

Owns the rows: writing them with their checksums, reading them back, and the JSON in which history keeps
what was before and after. Refuses to know why something is written; `store` decides that.
"""

# ruff: noqa: S608 - only constant column lists and conditions are put into SQL, values never
from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from knowledge.concordance import replace_terms
from knowledge.database import Database, checksum, from_stored, to_stored
from knowledge.errors import DuplicateError
from knowledge.model import Document, Fact, Mention, MentionKind, Sentence
from knowledge.records import asdict, dataclass, fields, replace
from knowledge.schema import (
    DOCUMENT_COLUMNS,
    FACT_COLUMNS,
    HISTORY_COLUMNS,
    LIVE,
    MENTION_COLUMNS,
    SENTENCE_COLUMNS,
    Entry,
    StoredDocument,
    fact_checksum,
    read_documents,
    read_entries,
    sentence_checksum,
)


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does what and when; `undoes` names the row of history that is taken back."""

    author: str
    at: datetime
    action: str
    undoes: int | None = None


class Ledger:
    """Reads and writes whole articles and facts; writing needs `async with database.transaction()`."""

    def __init__(self, database: Database) -> None:
        """Work on an open *database*."""
        self.database = database
        self._transaction = 0
        self._change = 0

    async def entries(self, where: str = "1", parameters: Sequence[Any] = ()) -> list[Entry]:
        """Return the facts, tombstones included, for which the SQL condition *where* holds, by id."""
        facts = await self.database.fetch_all(
            f"SELECT {FACT_COLUMNS} FROM facts WHERE {where} ORDER BY id", parameters
        )
        questions = await self.database.fetch_all(
            "SELECT fact_id, text FROM fact_questions"
            f" WHERE fact_id IN (SELECT id FROM facts WHERE {where}) ORDER BY fact_id, position",
            parameters,
        )
        names = dict(await self.database.fetch_all("SELECT id, name FROM documents"))
        return read_entries(facts, questions, names)

    async def documents(self, where: str = "1", parameters: Sequence[Any] = ()) -> list[StoredDocument]:
        """Return the articles for which the SQL condition *where* holds, in the order of loading."""
        chosen = f"(SELECT id FROM documents WHERE {where})"
        documents = await self.database.fetch_all(
            f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE {where} ORDER BY id", parameters
        )
        sentences = await self.database.fetch_all(
            f"SELECT {SENTENCE_COLUMNS} FROM sentences WHERE document_id IN {chosen} ORDER BY id", parameters
        )
        mentions = await self.database.fetch_all(
            f"SELECT {MENTION_COLUMNS} FROM mentions WHERE sentence_id IN"
            f" (SELECT id FROM sentences WHERE document_id IN {chosen}) ORDER BY sentence_id, position",
            parameters,
        )
        return read_documents(documents, sentences, mentions)

    async def write_facts(self, pairs: Sequence[tuple[Entry | None, Entry | None]], deed: Deed) -> None:
        """For each pair (before, after) put the one in the other's place; None stands for no fact at all.

        No fact may be in two pairs. One trip to the database's thread per table, however many pairs.
        """
        ids = dict(await self.database.fetch_all("SELECT name, id FROM documents"))
        facts, questions, changes = [], [], []
        for before, after in pairs:
            if after is not None:
                asked = list(enumerate(after.fact.questions))
                row = _fact_row(after, ids)
                facts.append((*row, fact_checksum(row, asked)))
                questions += [(after.fact.id, position, text) for position, text in asked]
            if (entry := after or before) is not None:
                texts = _json(fact_snapshot, before), _json(fact_snapshot, after)
                changes.append((entry.fact.id, entry.fact.document or None, *texts))
        gone = [(before.fact.id,) for before, _ in pairs if before is not None]
        await self.database.execute_many("DELETE FROM facts WHERE id = ?", gone)
        await self._insert("facts", f"{FACT_COLUMNS}, checksum", facts)
        await self._insert("fact_questions", "fact_id, position, text", questions)
        old, new = zip(*pairs, strict=True) if pairs else ((), ())
        await replace_terms(self.database, _live(old), _live(new))
        await self._record(deed, changes)

    async def write_document(
        self, before: StoredDocument | None, after: StoredDocument | None, deed: Deed
    ) -> None:
        """Put *after* with its sentences in the place of *before*; None stands for no article at all."""
        if (stored := after or before) is None:
            return
        name = stored.document.name
        if before is None:
            id_ = await self.database.next_id("documents")
        else:
            (id_,) = await self.database.fetch_one("SELECT id FROM documents WHERE name = ?", (name,))
            await self.database.execute("DELETE FROM sentences WHERE document_id = ?", (id_,))
        if after is None:
            await self.database.execute("DELETE FROM documents WHERE id = ?", (id_,))
        else:
            await self._put_document(id_, after, is_new=before is None)
        texts = _json(document_snapshot, before), _json(document_snapshot, after)
        await self._record(deed, [(None, name, *texts)])

    async def add(self, facts: Sequence[Fact], deed: Deed) -> list[Fact]:
        """Write new facts and return them with their numbers."""
        first = await self.database.next_id("facts")
        added = [
            replace(fact, id=id_, author=deed.author, changed_at=deed.at)
            for id_, fact in enumerate(facts, start=first)
        ]
        await self.write_facts([(None, Entry(fact, deed.at)) for fact in added], deed)
        return added

    async def change(self, pairs: Sequence[tuple[Entry, Fact]], deed: Deed) -> list[Fact]:
        """Give each entry the words of the fact beside it and return the facts; a tombstone lives again."""
        changed = [
            replace(fact, id=before.fact.id, author=deed.author, changed_at=deed.at) for before, fact in pairs
        ]
        entries = [
            (before, Entry(fact, before.created_at)) for (before, _), fact in zip(pairs, changed, strict=True)
        ]
        await self.write_facts(entries, deed)
        return changed

    async def delete(self, entries: Sequence[Entry], deed: Deed) -> None:
        """Turn facts into their tombstones."""
        await self.write_facts(
            [
                (
                    entry,
                    Entry(
                        replace(entry.fact, author=deed.author, changed_at=deed.at), entry.created_at, deed.at
                    ),
                )
                for entry in entries
            ],
            deed,
        )

    async def lost_quotes(self, name: str) -> list[Entry]:
        """Return the live facts whose quote does not stand in the article called *name*."""
        return await self.entries(
            f"{LIVE} AND quote <> '' AND EXISTS (SELECT 1 FROM documents d"
            " WHERE d.id = document_id AND d.name = ? AND instr(d.text, quote) = 0)",
            (name,),
        )

    async def refuse_twin(self, fact: Fact) -> None:
        """Raise DuplicateError when another live fact says the very same in the very same words."""
        twins = await self.entries(
            f"{LIVE} AND id <> ? AND id IN"
            " (SELECT fact_id FROM fact_questions WHERE position = 0 AND text = ?)",
            (fact.id, fact.questions[0]),
        )
        for twin in twins:
            if twin.fact.document == fact.document and same_words(replace(twin.fact, topic=fact.topic), fact):
                raise DuplicateError(f"the same fact is there already as #{twin.fact.id}", twin.fact.id)

    async def _put_document(self, id_: int, stored: StoredDocument, *, is_new: bool) -> None:
        document = stored.document
        row = (
            *(id_, document.name, document.title, document.publisher, document.printed_date),
            *(document.text, document.checksum, int(stored.active), to_stored(stored.loaded_at)),
        )
        values = (*row, checksum(*row))
        columns = f"{DOCUMENT_COLUMNS}, checksum"
        if is_new:
            await self._insert("documents", columns, [values])
        else:
            marks = ", ".join("?" * len(values))
            await self.database.execute(
                f"UPDATE documents SET ({columns}) = ({marks}) WHERE id = ?", (*values, id_)
            )
        next_id = await self.database.next_id("sentences")
        sentences, mentions = [], []
        for sentence_id, sentence in enumerate(document.sentences, start=next_id):
            place = (sentence_id, id_, sentence.paragraph, sentence.start, sentence.end, sentence.text)
            named = [
                (sentence_id, position, str(m.kind), m.start, m.end, m.text, m.detail)
                for position, m in enumerate(sentence.mentions)
            ]
            sentences.append((*place, sentence_checksum(place, named)))
            mentions += named
        await self._insert("sentences", f"{SENTENCE_COLUMNS}, checksum", sentences)
        await self._insert("mentions", MENTION_COLUMNS, mentions)

    async def _record(self, deed: Deed, changes: Sequence[tuple[Any, ...]]) -> None:
        """Write a row of history for each (fact id, article, JSON before, JSON after)."""
        first = await self.database.next_id("history")
        if self._transaction != self.database.transactions:  # the first rows of this transaction
            self._transaction, self._change = self.database.transactions, first
        last = await self.database.fetch_one("SELECT checksum FROM history ORDER BY id DESC LIMIT 1")
        previous = last[0] if last else ""
        rows = []
        for id_, change in enumerate(changes, start=first):
            who = (id_, self._change, to_stored(deed.at), deed.author, deed.action)
            row = (*who, *change, deed.undoes, previous)
            previous = checksum(*row)
            rows.append((*row, previous))
        await self._insert("history", f"{HISTORY_COLUMNS}, checksum", rows)

    async def _insert(self, table: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            await self.database.execute_many(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def _live(entries: Iterable[Entry | None]) -> list[Fact]:
    return [entry.fact for entry in entries if entry is not None and entry.deleted_at is None]


def _fact_row(entry: Entry, document_ids: dict[str, int]) -> tuple[Any, ...]:
    fact = entry.fact
    return (
        fact.id,
        document_ids[fact.document] if fact.document else None,
        *(fact.key, fact.topic, fact.answer, fact.quote, fact.source, fact.author),
        to_stored(entry.created_at),
        to_stored(fact.changed_at or entry.created_at),
        None if entry.deleted_at is None else to_stored(entry.deleted_at),
    )


def fact_snapshot(entry: Entry) -> dict[str, Any]:
    """Return a fact as history keeps it: enough to put it back exactly."""
    fact = {each.name: getattr(entry.fact, each.name) for each in fields(Fact)}
    fact["changed_at"] = to_stored(entry.fact.changed_at or entry.created_at)
    fact["created_at"] = to_stored(entry.created_at)
    fact["deleted_at"] = None if entry.deleted_at is None else to_stored(entry.deleted_at)
    return fact


def fact_of(snapshot: dict[str, Any]) -> Entry:
    """Return the fact that a snapshot was taken of."""
    values = dict(snapshot)
    created_at, deleted_at = values.pop("created_at"), values.pop("deleted_at")
    values["changed_at"] = from_stored(values["changed_at"])
    values["questions"] = tuple(values["questions"])
    gone = None if deleted_at is None else from_stored(deleted_at)
    return Entry(Fact(**values), from_stored(created_at), gone)


def document_snapshot(stored: StoredDocument) -> dict[str, Any]:
    """Return an article as history keeps it, sentences included: a later version may cut differently."""
    loaded_at = to_stored(stored.loaded_at)
    return {"document": asdict(stored.document), "active": stored.active, "loaded_at": loaded_at}


def document_of(snapshot: dict[str, Any]) -> StoredDocument:
    """Return the article that a snapshot was taken of."""
    values = dict(snapshot["document"])
    sentences = []
    for sentence in values.pop("sentences"):
        mentions = [Mention(**m | {"kind": MentionKind(m["kind"])}) for m in sentence["mentions"]]
        sentences.append(Sentence(**sentence | {"mentions": tuple(mentions)}))
    document = Document(**values, sentences=tuple(sentences))
    return StoredDocument(document, snapshot["active"], from_stored(snapshot["loaded_at"]))


def _json(snapshot: Any, value: Any) -> str | None:
    return None if value is None else json.dumps(snapshot(value), ensure_ascii=False, sort_keys=True)


def same_words(one: Fact, other: Fact) -> bool:
    """Tell whether two facts say the same in the same words, whoever wrote them and whenever."""
    names = ("questions", "answer", "quote", "source", "topic")
    return all(getattr(one, name) == getattr(other, name) for name in names)
