"""Is everything still as it was written? Checksums of all rows, quotes and sentences against the articles.

Owns the search for damage. Refuses to mend it: that is what backups are for. One flipped bit goes unnoticed
by SQLite's own check in 115 of 120 cases, which is why every row carries a checksum.
"""

# ruff: noqa: S608 - only constant column lists and table names are put into SQL
from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledge.database import checksum, read_only
from knowledge.errors import CorruptError
from knowledge.keeping import COLUMNS, is_whole
from knowledge.model import Fact
from knowledge.schema import (
    DOCUMENT_COLUMNS,
    FACT_COLUMNS,
    HISTORY_COLUMNS,
    KNOWLEDGE,
    MENTION_COLUMNS,
    SENTENCE_COLUMNS,
    fact_checksum,
    sentence_checksum,
)
from knowledge.shortlist import EVERY, terms_of


def verify(path: Path) -> list[str]:
    """Return what is damaged in the database at *path*, one line each; an empty list is a clean bill.

    Works beside a running writer. Raises StorageError when the file is missing or not ours.
    """
    try:
        with read_only(path) as connection:
            connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
            connection.execute("BEGIN")  # one snapshot for all the checks
            return list(_damages(connection))
    except CorruptError as error:
        return [str(error)]


def _damages(connection: sqlite3.Connection) -> Iterator[str]:
    for (message,) in connection.execute("PRAGMA integrity_check"):
        if message != "ok":
            yield f"structure: {message}"
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"structure: a row of {table} ({row}) points to nothing in {parent}"
    yield from _migrations(connection)
    texts = dict[int, str]()
    for *row, stored in connection.execute(f"SELECT {DOCUMENT_COLUMNS}, checksum FROM documents"):
        texts[row[0]] = str(row[5])
        if stored != checksum(*row) or row[6] != _text_checksum(row[5]):
            yield f"article {row[0]}: its row has changed"
    yield from _sentences(connection, texts)
    wrong = list(_facts(connection, texts))
    yield from wrong
    yield from _history(connection)
    yield from _worked_out(connection)
    if not wrong:  # else the terms would only say it again
        yield from _terms(connection)


def _migrations(connection: sqlite3.Connection) -> Iterator[str]:
    steps = set()
    for *row, stored in connection.execute("SELECT schema, number, name, checksum FROM migrations"):
        steps.add((row[0], row[1]))
        if stored != checksum(*row):
            yield f"migrations: the record {row[0]} {row[1]} has changed"
    for number in range(1, len(KNOWLEDGE.migrations) + 1):
        if (KNOWLEDGE.name, number) not in steps:
            yield f"migrations: the record {KNOWLEDGE.name} {number} is missing"
    given = dict(connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    for table in ("documents", "sentences", "facts", "history"):
        (last,) = connection.execute(f"SELECT max(id) FROM {table}").fetchone()
        if last is not None and not (isinstance(given.get(table), int) and given[table] >= last):
            yield f"{table}: the last number given is below {last}, numbers would be given twice"


def _sentences(connection: sqlite3.Connection, texts: dict[int, str]) -> Iterator[str]:
    mentions = _grouped(connection, f"SELECT {MENTION_COLUMNS} FROM mentions ORDER BY sentence_id, position")
    for *row, stored in connection.execute(f"SELECT {SENTENCE_COLUMNS}, checksum FROM sentences"):
        id_, document, _, start, end, text = row
        named = mentions.pop(id_, [])
        if stored != sentence_checksum(row, named):
            yield f"sentence {id_}: its row has changed"
        elif texts.get(document, "")[start:end] != text:
            yield f"sentence {id_}: does not stand in article {document} at {start}"


def _facts(connection: sqlite3.Connection, texts: dict[int, str]) -> Iterator[str]:
    questions = _grouped(
        connection, "SELECT fact_id, position, text FROM fact_questions ORDER BY fact_id, position"
    )
    for *row, stored in connection.execute(f"SELECT {FACT_COLUMNS}, checksum FROM facts"):
        id_, document, quote, deleted_at = row[0], row[1], row[5], row[10]
        if stored != fact_checksum(row, [question[1:] for question in questions.pop(id_, [])]):
            yield f"fact #{id_}: its row or its questions have changed"
        elif document is not None and deleted_at is None and quote not in texts.get(document, ""):
            yield f"fact #{id_}: its quote does not stand in article {document}"


def _history(connection: sqlite3.Connection) -> Iterator[str]:
    last = None
    for *row, stored in connection.execute(f"SELECT {HISTORY_COLUMNS}, checksum FROM history ORDER BY id"):
        if stored != checksum(*row):
            yield f"history {row[0]}: its row has changed"
        elif last is not None and row[-1] != last:
            yield f"history {row[0]}: a row before it has been taken out or changed"
        last = stored


def _worked_out(connection: sqlite3.Connection) -> Iterator[str]:
    for name, *values, stored in connection.execute(f"SELECT {COLUMNS} FROM worked_out"):
        texts = [str(value).encode("utf-8", "surrogateescape") for value in (name, *values)]
        if not is_whole([*texts, stored]):
            yield f"worked out: the row “{name}” has changed; the next start works it out anew"


def _terms(connection: sqlite3.Connection) -> Iterator[str]:
    """Compare the postings with what the facts in them say; facts of an old store may be in none yet."""
    indexed = {
        row[0]
        for row in connection.execute(
            "SELECT fact_id FROM fact_terms JOIN terms ON id = term_id WHERE text = ?", (EVERY,)
        )
    }
    questions = _grouped(connection, "SELECT fact_id, text FROM fact_questions ORDER BY fact_id, position")
    expected: dict[str, tuple[int, int]] = {}
    for id_, answer in connection.execute("SELECT id, answer FROM facts WHERE deleted_at IS NULL"):
        asked = tuple(str(question[1]) for question in questions.pop(id_, []))
        for term in terms_of(Fact(id_, asked, str(answer))) if id_ in indexed else ():
            count, total = expected.get(term, (0, 0))
            expected[term] = count + 1, total + id_
    wrong = 0
    for text, facts, *stored in connection.execute(
        "SELECT text, facts, count(fact_id), sum(fact_id) FROM terms"
        " LEFT JOIN fact_terms ON term_id = terms.id GROUP BY terms.id"
    ):
        wrong += expected.pop(text, (0, 0)) != tuple(stored) or facts != stored[0]
    (lost,) = connection.execute(
        "SELECT count(*) FROM fact_terms WHERE term_id NOT IN (SELECT id FROM terms)"
    ).fetchone()
    if wrong or expected or lost:
        yield f"terms: {wrong + len(expected) + lost} entries are not those of the facts"


def _grouped(connection: sqlite3.Connection, query: str) -> dict[Any, list[list[Any]]]:
    groups: dict[Any, list[list[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        groups[row[0]].append(list(row))
    return groups


def _text_checksum(text: object) -> str:
    return hashlib.sha256(str(text).encode("utf-8", "surrogateescape")).hexdigest()
