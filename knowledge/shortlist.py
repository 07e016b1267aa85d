"""Which few facts of a large collection could answer a question: those that share its rarest terms.

Owns the look-up in the postings that `concordance` keeps, the rarest terms first, and a rough order of what
is found. Refuses to score: the few facts found are ranked as in a small collection.

Vietnamese syllables are few and common, their pairs are rare: reading the rarest within a budget keeps the
cost of a question nearly flat as the collection grows. The budget grows when what is found says too little of
the question.
"""

# ruff: noqa: S608 - only constant column lists and question marks are put into SQL, values never
from __future__ import annotations

import copy
import math
import sqlite3
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import compress, pairwise
from operator import eq
from pathlib import Path
from typing import TypeVar

from knowledge.concordance import KEPT, numbers
from knowledge.database import read_only_connection
from knowledge.model import Fact
from knowledge.normalize import Token, words_of
from knowledge.records import dataclass
from knowledge.schema import EVERY, FACT_COLUMNS, read_entries
from knowledge.syllables import fold_key

BUDGETS = (2500, 20_000)  # postings that are read for one question: at first, and when they say too little
FEWEST = 4  # terms that are read even if they are over the budget: a fact is told by what they share
SAID = 0.8  # of what is asked, weighed, that the best fact must say
POOL = 24  # facts that are compared by all their words
CHOSEN = 8  # facts that are ranked in the end …
NEAR = 0.6  # … when they say at least so much of what the best of them says
CACHE_KB = 32 * 1024  # of pages kept in memory: those of the postings are asked for again and again
REMEMBERED = 50_000  # terms whose place is remembered


def terms_in(folds: Sequence[str]) -> set[str]:
    """Return the terms of folded syllables that follow each other."""
    terms = set(folds)
    terms.update([f"{a} {b}" for a, b in pairwise(folds)])
    return terms


def terms_asked(tokens: Sequence[Token]) -> set[str]:
    """Return the terms of a question, those of every reading of its short forms included."""
    terms = terms_in([token.fold for token in tokens])
    for token in tokens:
        for reading in token.readings:
            terms |= terms_in([fold_key(word) for word in words_of(reading)])
    return terms


@dataclass(frozen=True, slots=True)
class Pool:
    """Facts that share the rarest terms of a question: by number, those that share most first.

    `lines` are their folded words (see `concordance.lines_of`), in the same order.
    """

    ids: tuple[int, ...]
    lines: tuple[str, ...]


class _Door:
    """One connection for reading, shared by threads; closed with the last who looks up."""

    def __init__(self, path: Path) -> None:
        self.connection = read_only_connection(path)
        self.connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
        self.lock = threading.Lock()

    def __del__(self) -> None:
        if hasattr(self, "connection"):
            self.connection.close()


class Shortlist:
    """Looks up facts in the committed store; every call sees one consistent state. Safe between threads."""

    def __init__(self, path: Path) -> None:
        """Open *path* for reading."""
        self._door = _Door(path)
        self._places: dict[str, tuple[int, int]] = {}  # by term: its number and how many facts have it
        self._names: dict[int, str] = {}

    def anew(self) -> Shortlist:
        """Return one that counts anew, since facts have changed; it shares the connection."""
        other = copy.copy(self)
        other._places, other._names = {}, {}
        return other

    def pool(self, terms: Collection[str]) -> Pool:
        """Return the facts that share most of the rarest *terms*, as far as the first budget reaches."""
        with self._door.lock, self._connection:
            self._connection.execute("BEGIN")
            return self._pool(self._rarest(terms), BUDGETS[0], 1)

    def near(
        self, terms: Collection[str], documents: Collection[str] | None, always: Collection[int] = ()
    ) -> tuple[list[Fact], int]:
        """Return up to CHOSEN facts that share the rarest *terms*, by id, and how many facts there are.

        Only those of *documents* count ("" for those of none; None for all). Those numbered *always* come
        along.
        """
        with self._door.lock, self._connection:
            self._connection.execute("BEGIN")
            total = self._total()
            best = self._best(terms, total)
            facts = self._facts({*best, *always})
        order = {id_: n for n, id_ in enumerate([*always, *best])}
        visible = [f for f in facts if documents is None or f.document in documents]
        chosen = sorted(visible, key=lambda f: order[f.id])[: CHOSEN + len(always)]
        return sorted(chosen, key=lambda f: f.id), total

    def counts(self, terms: Collection[str]) -> dict[str, int]:
        """Return how many facts have each of *terms*; those that none has are left out."""
        with self._door.lock:
            return {term: place[1] for term, place in self._placed(terms).items() if place[1]}

    def is_whole(self) -> bool:
        """Tell whether every fact can be found: since `concordance.fill`, each change has kept it so."""
        with self._door.lock:
            return (
                self._connection.execute("SELECT 1 FROM terms WHERE text = ?", (EVERY,)).fetchone()
                is not None
            )

    def first(self, count: int, documents: Collection[str] | None) -> list[Fact]:
        """Return the first facts."""
        with self._door.lock, self._connection:
            self._connection.execute("BEGIN")
            rows = self._connection.execute(
                "SELECT id FROM facts WHERE deleted_at IS NULL ORDER BY id LIMIT ?", (4 * count,)
            )
            facts = self._facts({id_ for (id_,) in rows})
        return [f for f in facts if documents is None or f.document in documents][:count]

    def facts(self, ids: Collection[int], documents: Collection[str] | None) -> list[Fact]:
        """Return the live facts with those numbers, as far as they are of *documents*, by id."""
        with self._door.lock, self._connection:
            self._connection.execute("BEGIN")
            found = self._facts(ids)
        return [f for f in found if documents is None or f.document in documents]

    @property
    def _connection(self) -> sqlite3.Connection:
        return self._door.connection

    def _total(self) -> int:
        return self._placed((EVERY,)).get(EVERY, (0, 0))[1]

    def _placed(self, terms: Collection[str]) -> dict[str, tuple[int, int]]:
        """Return the number of each term and how many facts have it; (0, 0) for one that none has."""
        places = self._places
        try:
            return {term: places[term] for term in terms}
        except KeyError:
            missing = [term for term in terms if term not in places]
        if len(places) > REMEMBERED:
            places.clear()
            missing = list(terms)
        places.update(dict.fromkeys(missing, (0, 0)))
        for some in _cut(missing, 500):
            marks = ", ".join("?" * len(some))
            for text, id_, facts in self._connection.execute(
                f"SELECT text, id, facts FROM terms WHERE text IN ({marks})", some
            ):
                places[text] = id_, facts
        return {term: places[term] for term in terms}

    def _rarest(self, terms: Collection[str]) -> list[tuple[int, int]]:
        """Return how many facts have each term, and its number, the rarest first."""
        return sorted((facts, id_) for id_, facts in self._placed(terms).values() if facts)

    def _pool(self, rarest: list[tuple[int, int]], budget: int, enough: int) -> Pool:
        chosen: list[int] = []
        for facts, id_ in rarest:
            budget -= min(facts, KEPT)
            if budget < 0 and len(chosen) >= FEWEST:
                break
            chosen.append(id_)
        held: list[bytes] = []
        for some in _cut(chosen, 500):
            marks = ", ".join("?" * len(some))
            held += [
                ids
                for (ids,) in self._connection.execute(
                    f"SELECT ids FROM postings WHERE term_id IN ({marks})", some
                )
            ]
        ids = _foremost(sorted(numbers(b"".join(held))), enough)
        marks = ", ".join("?" * len(ids))
        lines = dict(
            self._connection.execute(f"SELECT fact_id, lines FROM fact_words WHERE fact_id IN ({marks})", ids)
        )
        known = tuple(id_ for id_ in ids if id_ in lines)
        return Pool(known, tuple(lines[id_] for id_ in known))

    def _best(self, terms: Collection[str], total: int) -> list[int]:
        """Return the facts that say most of *terms*, the best first."""
        rarest = self._rarest(terms)
        weights = {
            term: math.log((total + 1) / facts) for term, (_, facts) in self._placed(terms).items() if facts
        }
        asked = {term: weight for term, weight in weights.items() if " " not in term}
        pairs = {term: weight for term, weight in weights.items() if " " in term}
        ranked: list[tuple[float, int]] = []
        for budget in BUDGETS:
            pool = self._pool(rarest, budget, CHOSEN)
            ranked = sorted(
                ((_worth(lines, asked, pairs), id_) for id_, lines in zip(pool.ids, pool.lines, strict=True)),
                key=lambda row: (-row[0], row[1]),
            )
            if ranked and ranked[0][0] >= SAID:
                break
        return [id_ for worth, id_ in ranked if worth >= NEAR * ranked[0][0]][: 4 * CHOSEN]

    def _facts(self, ids: Collection[int]) -> list[Fact]:
        chosen = tuple(ids)
        marks = ", ".join("?" * len(chosen))
        if not self._names:
            self._names = dict(self._connection.execute("SELECT id, name FROM documents").fetchall())
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
            self._names,
        )
        return [entry.fact for entry in entries]


def _foremost(found: list[int], enough: int) -> list[int]:
    """Return the facts that stand in *found* as often as any or once less; up to POOL, if not *enough*.

    *found* is in order, so what stands there twice stands side by side.
    """
    again = Counter(compress(found, map(eq, found, found[1:])))
    top = max(again.values(), default=0)
    near: list[int] = []
    for least in (top - 1, top // 2, 1):
        near = [id_ for id_, times in again.items() if times >= least]
        if len(near) >= enough and least > 0:
            break
    near.sort(key=lambda id_: (-again[id_], id_))
    if len(near) < enough or top < 2:  # those that one term names alone
        near += [id_ for id_ in dict.fromkeys(found) if id_ not in again]
    return near[:POOL]


def _worth(lines: str, asked: dict[str, float], pairs: dict[str, float]) -> float:
    """Return how much of what is *asked* a fact says, 0-1: by all its words, and by one way of asking."""
    mass = sum(asked.values()) or 1.0
    pair_mass = sum(pairs.values()) or 1.0
    texts = [(line, line.split()) for line in lines.split("\n")]
    every = {word for _, words in texts for word in words}
    whole = sum(weight for term, weight in asked.items() if term in every) / mass
    best = 0.0
    for line, words in texts[:-1]:
        said = set(words)
        shared = [weight for term, weight in asked.items() if term in said]
        padded = f" {line} "
        beside = sum(weight for pair, weight in pairs.items() if f" {pair} " in padded) / pair_mass
        best = max(best, 0.5 * sum(shared) / mass + 0.25 * beside + 0.25 * len(shared) / (len(said) or 1))
    return 0.5 * whole + 0.5 * best


T = TypeVar("T")


def _cut(values: Collection[T], size: int) -> Iterator[tuple[T, ...]]:
    """Yield *values* in tuples of at most *size*."""
    every = tuple(values)
    return (every[at : at + size] for at in range(0, len(every), size))
