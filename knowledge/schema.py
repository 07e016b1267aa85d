"""The tables of the fact store and the one way in which its rows become records and checksums.

Owns columns, migrations and `from_row`. Refuses to know who reads and who writes.

Times are microseconds since 1970 UTC. Every row carries the SHA-256 of its own values, ids included, and
of what belongs to it alone: a sentence its mentions, a fact its questions. A row of `history` also takes in
the checksum of the row before it, so that none can be taken out unseen.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from knowledge.database import Migration, Schema, checksum, from_stored
from knowledge.model import Document, Fact, Mention, MentionKind, Sentence
from knowledge.records import dataclass

KNOWLEDGE = Schema(
    "knowledge",
    (
        Migration(
            "articles, facts and history",
            (
                """CREATE TABLE documents (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    name TEXT NOT NULL UNIQUE,
                    title TEXT NOT NULL,
                    publisher TEXT NOT NULL,
                    printed_date TEXT NOT NULL,
                    text TEXT NOT NULL,
                    text_checksum TEXT NOT NULL,
                    active INTEGER NOT NULL CHECK (active IN (0, 1)),
                    loaded_at INTEGER NOT NULL,
                    checksum TEXT NOT NULL
                )""",
                """CREATE TABLE sentences (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    document_id INTEGER NOT NULL REFERENCES documents (id),
                    paragraph INTEGER NOT NULL,
                    start INTEGER NOT NULL,
                    end INTEGER NOT NULL,
                    text TEXT NOT NULL,
                    checksum TEXT NOT NULL,
                    UNIQUE (document_id, start)
                )""",
                """CREATE TABLE mentions (
                    sentence_id INTEGER NOT NULL REFERENCES sentences (id) ON DELETE CASCADE,
                    position INTEGER NOT NULL,
                    kind TEXT NOT NULL,
                    start INTEGER NOT NULL,
                    end INTEGER NOT NULL,
                    text TEXT NOT NULL,
                    detail TEXT NOT NULL,
                    PRIMARY KEY (sentence_id, position)
                ) WITHOUT ROWID""",
                """CREATE TABLE facts (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    document_id INTEGER REFERENCES documents (id),
                    key TEXT NOT NULL,
                    topic TEXT NOT NULL,
                    answer TEXT NOT NULL,
                    quote TEXT NOT NULL,
                    source TEXT NOT NULL,
                    author TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    changed_at INTEGER NOT NULL,
                    deleted_at INTEGER,
                    checksum TEXT NOT NULL
                )""",
                "CREATE UNIQUE INDEX facts_by_key ON facts (document_id, key) WHERE key <> ''",
                """CREATE TABLE fact_questions (
                    fact_id INTEGER NOT NULL REFERENCES facts (id) ON DELETE CASCADE,
                    position INTEGER NOT NULL,
                    text TEXT NOT NULL,
                    PRIMARY KEY (fact_id, position)
                ) WITHOUT ROWID""",
                "CREATE INDEX fact_questions_by_text ON fact_questions (text)",
                """CREATE TABLE history (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    change INTEGER NOT NULL,
                    at INTEGER NOT NULL,
                    author TEXT NOT NULL,
                    action TEXT NOT NULL,
                    fact_id INTEGER,
                    document TEXT,
                    before TEXT,
                    after TEXT,
                    undoes INTEGER REFERENCES history (id),
                    previous TEXT NOT NULL,
                    checksum TEXT NOT NULL
                )""",
                "CREATE INDEX history_by_author ON history (author, id)",
                "CREATE UNIQUE INDEX history_by_undone ON history (undoes) WHERE undoes IS NOT NULL",
            ),
        ),
        Migration(
            "terms that facts are found by",
            (
                """CREATE TABLE terms (
                    id INTEGER PRIMARY KEY,
                    text TEXT NOT NULL UNIQUE,
                    facts INTEGER NOT NULL
                )""",
                """CREATE TABLE fact_terms (
                    term_id INTEGER NOT NULL,
                    fact_id INTEGER NOT NULL,
                    PRIMARY KEY (term_id, fact_id)
                ) WITHOUT ROWID""",
                "CREATE INDEX facts_by_document ON facts (document_id) WHERE deleted_at IS NULL",
                "CREATE INDEX facts_by_source ON facts (source) WHERE source <> '' AND deleted_at IS NULL",
                "CREATE INDEX facts_by_topic ON facts (topic) WHERE topic <> '' AND deleted_at IS NULL",
            ),
        ),
        Migration(
            "what was worked out of texts",
            (
                """CREATE TABLE worked_out (
                    name TEXT PRIMARY KEY,
                    program TEXT NOT NULL,
                    of TEXT NOT NULL,
                    content TEXT NOT NULL,
                    checksum INTEGER NOT NULL
                )""",
            ),
        ),
        Migration(
            "postings in one piece for each term",
            (
                "DROP TABLE fact_terms",
                "DELETE FROM terms",
                "CREATE TABLE postings (term_id INTEGER PRIMARY KEY, ids BLOB NOT NULL)",
                "CREATE TABLE fact_words (fact_id INTEGER PRIMARY KEY, lines TEXT NOT NULL)",
                "INSERT INTO terms (text, facts) SELECT '', 0 WHERE NOT EXISTS (SELECT 1 FROM facts)",
            ),
        ),
        Migration(
            "a change is found without reading all of them",
            (
                "CREATE INDEX history_by_change ON history (change)",
                "DROP INDEX history_by_author",
                "CREATE INDEX history_by_author ON history (author, id) WHERE undoes IS NULL",
            ),
        ),
    ),
)

# The columns that checksums cover, in the order they are stored in.
DOCUMENT_COLUMNS = "id, name, title, publisher, printed_date, text, text_checksum, active, loaded_at"
SENTENCE_COLUMNS = "id, document_id, paragraph, start, end, text"
MENTION_COLUMNS = "sentence_id, position, kind, start, end, text, detail"
FACT_COLUMNS = (
    "id, document_id, key, topic, answer, quote, source, author, created_at, changed_at, deleted_at"
)
HISTORY_COLUMNS = "id, change, at, author, action, fact_id, document, before, after, undoes, previous"
LIVE = "deleted_at IS NULL"

EVERY = ""  # in `terms`: the term of every fact; none of an older store until it is filled
OF = "="  # before an article's name: the term of its facts

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact as it lies in its table, tombstones included."""

    fact: Fact
    created_at: datetime
    deleted_at: datetime | None = None

    @classmethod
    def from_row(cls, row: Row, questions: Iterable[str], document: str) -> Entry:
        """Make an entry of a row in the order of FACT_COLUMNS."""
        fact = Fact(
            id=row[0],
            questions=tuple(questions),
            document=document,
            key=row[2],
            topic=row[3],
            answer=row[4],
            quote=row[5],
            source=row[6],
            author=row[7],
            changed_at=from_stored(row[9]),
        )
        return cls(fact, from_stored(row[8]), None if row[10] is None else from_stored(row[10]))


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """An article as it lies in its table; one that is not `active` is at rest and answers nothing."""

    document: Document
    active: bool
    loaded_at: datetime

    @classmethod
    def from_row(cls, row: Row, sentences: Iterable[Sentence]) -> StoredDocument:
        """Make an article of a row in the order of DOCUMENT_COLUMNS."""
        _, name, title, publisher, printed_date, text, text_checksum, active, loaded_at = row
        document = Document(name, title, publisher, printed_date, text, text_checksum, tuple(sentences))
        return cls(document, bool(active), from_stored(loaded_at))


class Change(NamedTuple):
    """One row of the history: who did what to one fact or article, and how it was before and after.

    Rows that were written together share the number `change`. `fact` is 0 for an article. `before` is
    None for something new, `after` None for something gone; `undoes` is the row that this one takes back.
    """

    id: int
    change: int
    at: datetime
    author: str
    action: str
    fact: int
    document: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    undoes: int | None = None

    @classmethod
    def from_row(cls, row: Row) -> Change:
        """Make a change of a row in the order of HISTORY_COLUMNS."""
        before, after = (None if text is None else json.loads(text) for text in row[7:9])
        return cls(
            id=row[0],
            change=row[1],
            at=from_stored(row[2]),
            author=row[3],
            action=row[4],
            fact=row[5] or 0,
            document=row[6] or "",
            before=before,
            after=after,
            undoes=row[9],
        )


def sentence_checksum(row: Row, mentions: Iterable[Row]) -> str:
    """Return the checksum of a sentence's row with the rows of its mentions in order."""
    return checksum(list(row), [list(mention[1:]) for mention in mentions])


def fact_checksum(row: Row, questions: Iterable[Row]) -> str:
    """Return the checksum of a fact's row with the (position, text) of its questions in order."""
    return checksum(list(row), [list(question) for question in questions])


def read_documents(
    documents: Iterable[Row], sentences: Iterable[Row], mentions: Iterable[Row]
) -> list[StoredDocument]:
    """Put articles together from their rows, each kind in the order of its columns and of its ids."""
    by_sentence: dict[int, list[Mention]] = defaultdict(list)
    for sentence_id, _, kind, start, end, text, detail in mentions:
        by_sentence[sentence_id].append(Mention(MentionKind(kind), start, end, text, detail))
    by_document: dict[int, list[Sentence]] = defaultdict(list)
    for id_, document_id, paragraph, start, end, text in sentences:
        named = tuple(by_sentence[id_])
        by_document[document_id].append(Sentence(paragraph, start, end, text, named))
    return [StoredDocument.from_row(row, by_document[row[0]]) for row in documents]


def read_entries(facts: Iterable[Row], questions: Iterable[Row], names: dict[int, str]) -> list[Entry]:
    """Put facts together from their rows, (fact, text) rows of questions and names of documents by id."""
    by_fact: dict[int, list[str]] = defaultdict(list)
    for fact_id, text in questions:
        by_fact[fact_id].append(text)
    return [Entry.from_row(row, by_fact[row[0]], names.get(row[1], "")) for row in facts]
