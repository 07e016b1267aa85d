"""The reader for questions: one look at the committed store, without asyncio.

Owns which articles and facts are held in memory. Refuses to write, and to know how facts change (`store`).
"""

# ruff: noqa: S608 - only constant column lists and conditions are put into SQL, values never
from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from knowledge.database import read_only
from knowledge.model import Document, Fact
from knowledge.schema import (
    DOCUMENT_COLUMNS,
    EVERY,
    FACT_COLUMNS,
    LIVE,
    MENTION_COLUMNS,
    OF,
    SENTENCE_COLUMNS,
    read_documents,
    read_entries,
)

BATCH = 2000  # facts that `each` reads at once


def load(path: Path, but_of: Collection[str] = ()) -> tuple[list[Document], list[Fact]]:
    """Read the active articles and the live facts that are theirs or nobody's, each by id.

    Facts of the articles named *but_of* ("" for those of none) are left out.

    Raises StorageError when *path* is missing or not ours, CorruptError when it is damaged.
    """
    with read_only(path) as connection:
        connection.execute("BEGIN")  # one snapshot for all the queries
        return _read(connection, but_of)


def _read(connection: sqlite3.Connection, but_of: Collection[str]) -> tuple[list[Document], list[Fact]]:
    documents = connection.execute(f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE active ORDER BY id")
    stored = read_documents(
        documents.fetchall(),
        connection.execute(f"SELECT {SENTENCE_COLUMNS} FROM sentences ORDER BY id"),
        connection.execute(f"SELECT {MENTION_COLUMNS} FROM mentions ORDER BY sentence_id, position"),
    )
    left_out = tuple(name for name in but_of if name)
    chosen = f"document_id IN (SELECT id FROM documents WHERE active AND name NOT IN ({_marks(left_out)}))"
    if "" not in but_of:
        chosen = f"(document_id IS NULL OR {chosen})"
    entries = read_entries(
        connection.execute(
            f"SELECT {FACT_COLUMNS} FROM facts WHERE {LIVE} AND {chosen} ORDER BY id", left_out
        ),
        connection.execute(
            "SELECT fact_id, text FROM fact_questions"
            + (f" WHERE fact_id IN (SELECT id FROM facts WHERE {LIVE} AND {chosen})" if but_of else "")
            + " ORDER BY fact_id, position",
            left_out if but_of else (),
        ),
        dict(connection.execute("SELECT id, name FROM documents").fetchall()),
    )
    return [each.document for each in stored], [entry.fact for entry in entries]


class Held(NamedTuple):
    """What is held in memory: the active articles, and the facts but for those of the events named *large*.

    "" names the facts of no article.
    """

    documents: list[Document]
    facts: list[Fact]
    large: frozenset[str] = frozenset()


def load_held(path: Path, at_most: int) -> Held:
    """Read what `load` does, but for the facts of events that have more than *at_most* of them."""
    with read_only(path) as connection:
        connection.execute("BEGIN")  # one snapshot for all the queries
        active = {name for (name,) in connection.execute("SELECT name FROM documents WHERE active")}
        sizes = {n: size for n, size in _sizes(connection).items() if not n or n in active}
        if len(active) < 2:
            sizes = dict.fromkeys(sizes, sum(sizes.values()))
        large = frozenset(name for name, count in sizes.items() if count > at_most)
        return Held(*_read(connection, large), large)


def contents(path: Path) -> tuple[int, int]:
    """Return how many active articles and how many facts of theirs or nobody's there are."""
    with read_only(path) as connection:
        active = {name for (name,) in connection.execute("SELECT name FROM documents WHERE active")}
        sizes = _sizes(connection)
    return len(active), sum(size for name, size in sizes.items() if not name or name in active)


def each(path: Path) -> Iterator[Fact]:
    """Yield all live facts by id, also those of articles at rest, from one snapshot; few are in memory."""
    with read_only(path) as connection:
        connection.execute("BEGIN")
        names = dict(connection.execute("SELECT id, name FROM documents").fetchall())
        last = 0
        while rows := connection.execute(
            f"SELECT {FACT_COLUMNS} FROM facts WHERE id > ? AND {LIVE} ORDER BY id LIMIT ?", (last, BATCH)
        ).fetchall():
            questions = connection.execute(
                "SELECT fact_id, text FROM fact_questions WHERE fact_id > ? AND fact_id <= ?"
                " ORDER BY fact_id, position",
                (last, rows[-1][0]),
            )
            last = rows[-1][0]
            yield from (entry.fact for entry in read_entries(rows, questions, names))


def _sizes(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many live facts each article has, "" for those of none."""
    if connection.execute("SELECT 1 FROM terms WHERE text = ?", (EVERY,)).fetchone():
        return dict(
            connection.execute(
                "SELECT substr(text, 2), facts FROM terms WHERE text >= ? AND text < ?",
                (OF, chr(ord(OF) + 1)),
            ).fetchall()
        )
    return dict(  # a store that is older than its postings
        connection.execute(
            "SELECT coalesce(name, ''), facts FROM (SELECT document_id, count(*) AS facts FROM facts"
            " WHERE deleted_at IS NULL GROUP BY document_id) LEFT JOIN documents ON id = document_id"
        ).fetchall()
    )


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))
