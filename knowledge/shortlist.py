"""Which few facts of a large collection could answer a question: postings of syllables and of their pairs.

Owns the tables `terms` and `fact_terms`, which change in the transaction of the fact itself, and the look-up
of the rarest terms first. Refuses to score: the few facts found are ranked as in a small collection.

A term is a folded syllable ("trao") or two that stand side by side ("trao bang"); the term "" stands for
every fact. Vietnamese syllables are few and common, their pairs are rare: reading the rarest within a budget
keeps the cost of a question nearly flat as the collection grows.
"""

# ruff: noqa: S608 - only constant column lists and question marks are put into SQL, values never
from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from heapq import nsmallest
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.database import read_only_connection
from knowledge.model import Fact
from knowledge.normalize import Token, words_of
from knowledge.schema import FACT_COLUMNS, read_entries
from knowledge.syllables import fold_key

if TYPE_CHECKING:
    from knowledge.database import Database

BUDGET = 6000  # facts looked at for one question, those of its rarest terms first
CHOSEN = 8  # facts that are ranked in the end
EVERY = ""  # the term of every fact
BATCH = 2000


def terms_of(fact: Fact) -> set[str]:
    """Return the terms that *fact* is found by: of its ways of asking and of its answer."""
    terms = {EVERY}
    for text in (*fact.questions, fact.answer):
        folds = [fold_key(word) for word in words_of(text)]
        terms.update(folds)
        terms.update(f"{a} {b}" for a, b in pairwise(folds))
    return terms


def terms_asked(tokens: Sequence[Token]) -> set[str]:
    """Return the terms of a question, those of every reading of its short forms included."""
    folds = [token.fold for token in tokens]
    terms = {*folds, *(f"{a} {b}" for a, b in pairwise(folds))}
    for token in tokens:
        for reading in token.readings:
            words = [fold_key(word) for word in words_of(reading)]
            terms.update(words)
            terms.update(f"{a} {b}" for a, b in pairwise(words))
    return terms - {EVERY}


async def replace_terms(database: Database, gone: Iterable[Fact], come: Iterable[Fact]) -> None:
    """Take the facts *gone* out of the postings and *come* in, within the open transaction."""
    indexed = [
        fact
        for fact in gone
        if await database.fetch_one(
            "SELECT 1 FROM fact_terms JOIN terms ON id = term_id WHERE text = ? AND fact_id = ?",
            (EVERY, fact.id),
        )
    ]
    counts: Counter[str] = Counter()
    rows = [(term, fact.id) for fact in indexed for term in terms_of(fact)]
    await database.execute_many(
        "DELETE FROM fact_terms WHERE term_id = (SELECT id FROM terms WHERE text = ?) AND fact_id = ?", rows
    )
    counts.subtract(term for term, _ in rows)
    left = [(term,) for term in counts]
    for some in _batches(come):
        rows = [(term, fact.id) for fact in some for term in sorted(terms_of(fact))]
        counts.update(term for term, _ in rows)
        await _count(database, counts)
        counts.clear()
        await database.execute_many(
            "INSERT INTO fact_terms (fact_id, term_id) SELECT ?2, id FROM terms WHERE text = ?1", rows
        )
    await _count(database, counts)
    await database.execute_many("DELETE FROM terms WHERE text = ? AND facts = 0", left)


async def fill(database: Database) -> None:
    """Write the postings of all facts anew, for a store that is older than they are."""
    async with database.transaction():
        await database.execute("DELETE FROM fact_terms")
        await database.execute("DELETE FROM terms")
        last = 0
        while rows := await database.fetch_all(
            f"SELECT {FACT_COLUMNS} FROM facts WHERE id > ? AND deleted_at IS NULL ORDER BY id LIMIT {BATCH}",
            (last,),
        ):
            questions = await database.fetch_all(
                "SELECT fact_id, text FROM fact_questions WHERE fact_id > ? AND fact_id <= ?"
                " ORDER BY fact_id, position",
                (last, rows[-1][0]),
            )
            last = rows[-1][0]
            await replace_terms(database, (), [entry.fact for entry in read_entries(rows, questions, {})])


async def _count(database: Database, counts: Counter[str]) -> None:
    await database.execute_many(
        "INSERT INTO terms (text, facts) VALUES (?, ?)"
        " ON CONFLICT (text) DO UPDATE SET facts = facts + excluded.facts",
        [(term, count) for term, count in counts.items() if count],
    )


def _batches(facts: Iterable[Fact]) -> Iterable[Sequence[Fact]]:
    rest = iter(facts)
    while some := [fact for _, fact in zip(range(BATCH), rest, strict=False)]:
        yield some


class Shortlist:
    """Looks up facts in the committed store; every call sees one consistent state. Safe between threads."""

    def __init__(self, path: Path) -> None:
        """Open *path* for reading."""
        self._connection = read_only_connection(path)
        self._lock = threading.Lock()

    def __del__(self) -> None:
        """Close the connection with the last who looks up."""
        if hasattr(self, "_connection"):
            self._connection.close()

    def near(
        self, terms: Collection[str], documents: Collection[str] | None, always: Collection[int] = ()
    ) -> tuple[list[Fact], int]:
        """Return up to CHOSEN facts that share the rarest *terms*, by id, and how many facts there are.

        Only those of *documents* count ("" for those of none; None for all). Those numbered *always* come
        along.
        """
        with self._lock, self._connection:
            self._connection.execute("BEGIN")
            total, found = self._counts({EVERY}).get(EVERY, 0), self._gather(terms)
            best = nsmallest(4 * CHOSEN, found, key=lambda id_: (-found[id_], id_))
            facts = self._facts({*best, *always})
        order = {id_: n for n, id_ in enumerate([*always, *best])}
        visible = [f for f in facts if documents is None or f.document in documents]
        chosen = sorted(visible, key=lambda f: order[f.id])[: CHOSEN + len(always)]
        return sorted(chosen, key=lambda f: f.id), total

    def counts(self, terms: Collection[str]) -> dict[str, int]:
        """Return how many facts have each of *terms*; those that none has are left out."""
        with self._lock:
            return self._counts(terms)

    def is_whole(self) -> bool:
        """Tell whether every fact can be found."""
        with self._lock:
            (live,) = self._connection.execute(
                "SELECT count(*) FROM facts WHERE deleted_at IS NULL"
            ).fetchone()
            return bool(live == self._counts({EVERY}).get(EVERY, 0))

    def first(self, count: int, documents: Collection[str] | None) -> list[Fact]:
        """Return the first facts."""
        with self._lock, self._connection:
            self._connection.execute("BEGIN")
            rows = self._connection.execute(
                "SELECT id FROM facts WHERE deleted_at IS NULL ORDER BY id LIMIT ?", (4 * count,)
            )
            facts = self._facts({id_ for (id_,) in rows})
        return [f for f in facts if documents is None or f.document in documents][:count]

    def _counts(self, terms: Collection[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for some in _cut(terms, 500):
            marks = ", ".join("?" * len(some))
            found.update(
                self._connection.execute(f"SELECT text, facts FROM terms WHERE text IN ({marks})", some)
            )
        return found

    def _gather(self, terms: Collection[str]) -> dict[int, float]:
        counts = sorted(self._counts(terms).items(), key=lambda row: (row[1], row[0]))
        total = self._counts({EVERY}).get(EVERY, 0) + 1
        found: dict[int, float] = {}
        left = BUDGET
        for term, count in counts:
            if count > left and found:
                continue
            weight = math.log(total / count)
            for (id_,) in self._connection.execute(
                "SELECT fact_id FROM fact_terms"
                " WHERE term_id = (SELECT id FROM terms WHERE text = ?) LIMIT ?",
                (term, BUDGET),
            ):
                found[id_] = found.get(id_, 0.0) + weight
            left -= count
        return found

    def _facts(self, ids: Collection[int]) -> list[Fact]:
        chosen = tuple(ids)
        marks = ", ".join("?" * len(chosen))
        entries = read_entries(
            self._connection.execute(
                f"SELECT {FACT_COLUMNS} FROM facts WHERE id IN ({marks}) AND deleted_at IS NULL"
                " AND (document_id IS NULL OR document_id IN (SELECT id FROM documents WHERE active))"
                " ORDER BY id",
                chosen,
            ),
            self._connection.execute(
                f"SELECT fact_id, text FROM fact_questions WHERE fact_id IN ({marks})"
                " ORDER BY fact_id, position",
                chosen,
            ),
            dict(self._connection.execute("SELECT id, name FROM documents").fetchall()),
        )
        return [entry.fact for entry in entries]


def _cut(terms: Collection[str], size: int) -> Iterable[tuple[str, ...]]:
    """Yield *terms* in tuples of at most *size*."""
    every = tuple(terms)
    return (every[at : at + size] for at in range(0, len(every), size))
