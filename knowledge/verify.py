"""Is everything still as it was written? Checksums of all rows, quotes and sentences against the articles.

Owns the search for damage. Refuses to mend it: that is what backups are for. One flipped bit goes unnoticed
by SQLite's own check in 115 of 120 cases, which is why every row carries a checksum.
"""

# ruff: noqa: S608 - only constant column lists and table names are put into SQL
from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from knowledge.concordance import KEPT, WIDTH, has_postings, lines_of, numbers, terms_of
from knowledge.database import checksum, read_only
from knowledge.errors import CorruptError
from knowledge.keeping import COLUMNS, is_whole
from knowledge.model import Fact
from knowledge.schema import (
    DOCUMENT_COLUMNS,
    EVERY,
    FACT_COLUMNS,
    HISTORY_COLUMNS,
    KNOWLEDGE,
    MENTION_COLUMNS,
    SENTENCE_COLUMNS,
    fact_checksum,
    sentence_checksum,
)
from knowledge.stop import Stop


def verify(path: Path, stop: Stop | None = None) -> list[str]:
    """Return what is damaged in the database at *path*, one line each; an empty list is a clean bill.

    Works beside a running writer. Raises StorageError when the file is missing or not ours, StoppedError soon
    after *stop* was said.
    """
    try:
        with read_only(path, stop) as connection:
            connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
            connection.execute("BEGIN")  # one snapshot for all the checks
            return list(_damages(connection))
    except CorruptError as error:
        return [str(error)]


def _damages(connection: sqlite3.Connection) -> Iterator[str]:
    for (message,) in connection.execute("PRAGMA integrity_check"):
        if message != "ok":
            yield f"structure: {message}"
    # The schema has tables and indexes alone. A trigger would act with the next change, long after this.
    for kind, name in connection.execute(
        "SELECT type, name FROM sqlite_master WHERE type NOT IN ('table', 'index')"
    ):
        yield f"structure: the {kind} {name} is not of this program"
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
    mentions = _Beside(
        connection.execute(f"SELECT {MENTION_COLUMNS} FROM mentions ORDER BY sentence_id, position")
    )
    for *row, stored in connection.execute(f"SELECT {SENTENCE_COLUMNS}, checksum FROM sentences ORDER BY id"):
        id_, document, _, start, end, text = row
        named = mentions.of(id_)
        if stored != sentence_checksum(row, named):
            yield f"sentence {id_}: its row has changed"
        elif texts.get(document, "")[start:end] != text:
            yield f"sentence {id_}: does not stand in article {document} at {start}"


def _facts(connection: sqlite3.Connection, texts: dict[int, str]) -> Iterator[str]:
    questions = _Beside(
        connection.execute("SELECT fact_id, position, text FROM fact_questions ORDER BY fact_id, position")
    )
    for *row, stored in connection.execute(f"SELECT {FACT_COLUMNS}, checksum FROM facts ORDER BY id"):
        id_, document, quote, deleted_at = row[0], row[1], row[5], row[10]
        if stored != fact_checksum(row, [question[1:] for question in questions.of(id_)]):
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
    """Compare the postings with what the facts say; a store that is older than they are has none yet."""
    if not connection.execute("SELECT 1 FROM terms UNION ALL SELECT 1 FROM fact_words LIMIT 1").fetchone():
        return
    names = dict(connection.execute("SELECT id, name FROM documents").fetchall())
    questions = _Beside(
        connection.execute("SELECT fact_id, text FROM fact_questions ORDER BY fact_id, position")
    )
    expected: dict[str, tuple[int, int]] = {EVERY: (0, 0)}
    wrong = 0
    for id_, document, answer, lines in connection.execute(
        "SELECT id, document_id, answer, lines FROM facts LEFT JOIN fact_words ON fact_id = id"
        " WHERE deleted_at IS NULL ORDER BY id"
    ):
        asked = tuple(str(question[1]) for question in questions.of(id_))
        fact = Fact(id_, asked, str(answer), document=names.get(document, ""))
        wrong += lines != lines_of(fact)
        for term in terms_of(fact):
            count, total = expected.get(term, (0, 0))
            expected[term] = count + 1, total + id_
    for text, facts, ids in connection.execute(
        "SELECT text, facts, ids FROM terms LEFT JOIN postings ON term_id = terms.id"
    ):
        wrong += not _are_those(text, facts, ids, expected.pop(text, (-1, 0)))
    (lost,) = connection.execute(
        "SELECT (SELECT count(*) FROM postings WHERE term_id NOT IN (SELECT id FROM terms))"
        " + (SELECT count(*) FROM fact_words WHERE fact_id NOT IN"
        " (SELECT id FROM facts WHERE deleted_at IS NULL))"
    ).fetchone()
    if wrong or expected or lost:
        yield f"terms: {wrong + len(expected) + lost} entries are not those of the facts"


def _are_those(term: str, facts: object, ids: object, expected: tuple[int, int]) -> bool:
    """Tell whether the postings of *term* are right: *expected* are the number and the sum of its facts."""
    if facts != expected[0]:
        return False
    if not has_postings(term):
        return ids is None
    if not isinstance(ids, bytes) or len(ids) % WIDTH:
        return False
    held = numbers(ids)
    if len(held) < expected[0]:
        return expected[0] > KEPT // 2  # the postings of a common term are cut short
    return (len(held), sum(held)) == expected


Row = Sequence[Any]


class _Beside:
    """Rows that belong to others, read side by side with these: both in the order of the same number."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._groups = groupby(rows, key=itemgetter(0))
        self._next = next(self._groups, None)

    def of(self, id_: object) -> list[list[Any]]:
        """Return the rows that begin with *id_*; those of smaller numbers are passed over."""
        while self._next is not None and _is_before(self._next[0], id_):
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != id_:
            return []
        rows = [list(row) for row in self._next[1]]
        self._next = next(self._groups, None)
        return rows


def _is_before(one: object, other: object) -> bool:
    return isinstance(one, int) and isinstance(other, int) and one < other


def _text_checksum(text: object) -> str:
    return hashlib.sha256(str(text).encode("utf-8", "surrogateescape")).hexdigest()
