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
    yield from _facts(connection, texts)
    yield from _history(connection)


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


def _grouped(connection: sqlite3.Connection, query: str) -> dict[Any, list[list[Any]]]:
    groups: dict[Any, list[list[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        groups[row[0]].append(list(row))
    return groups


def _text_checksum(text: object) -> str:
    return hashlib.sha256(str(text).encode("utf-8", "surrogateescape")).hexdigest()
