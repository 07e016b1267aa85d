"""The answerer in force: how it is loaded from a database, and the one place where it is swapped.

Owns the reference that all handlers share. Refuses to know when facts change and who changes them.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from bot import terms, texts
from bot.environment import SEEDS
from knowledge import store
from knowledge.database import pending
from knowledge.lexicon import Lexicon
from knowledge.library import Library
from knowledge.model import Document, Fact
from knowledge.schema import KNOWLEDGE


@dataclass(frozen=True, slots=True)
class Known:
    """What the bot knows at one moment: the answerer, what it was built from, the titles of its articles.

    By number of a fact, `ends` names the last day of those that hold for a time only, and `topics` the
    headings.
    """

    answerer: Library
    titles: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    facts: tuple[Fact, ...] = ()
    ends: dict[int, date] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)

    def notes(self, today: date) -> dict[int, str]:
        """Return what must be said beside a fact, by its number: that its last day is over."""
        return {
            id_: texts.EXPIRED.format(day=terms.written(day)) for id_, day in self.ends.items() if day < today
        }


class Current:
    """Holds what is known now. A handler reads `known` once per update and works on that value."""

    def __init__(self, known: Known) -> None:
        """Start with *known*."""
        self.known = known

    def swap(self, known: Known) -> None:
        """Answer from *known* from now on; who is in the middle of an answer keeps the old value."""
        self.known = known


@cache
def lexicon() -> Lexicon:
    """Return the word lists of the seeds, read once (synchronous, some 40 ms)."""
    return Lexicon.load(SEEDS / "lexicon")


def load(path: Path) -> Known:
    """Read the database at *path* and index it (synchronous: some 100 ms, call it in a thread)."""
    documents, facts = store.load(path)
    return _known(Library.build(documents, facts, Lexicon.load(SEEDS / "lexicon")), documents, facts)


def reload(path: Path, before: Known) -> Known:
    """Read the database again after a change; what has not changed since *before* is not analysed again."""
    documents, facts = store.load(path)
    return with_facts(before, documents, facts)


def with_facts(before: Known, documents: Sequence[Document], facts: Sequence[Fact]) -> Known:
    """Return what would be known with *documents* and *facts* in the place of those of *before*."""
    return _known(before.answerer.regrown(documents, facts), documents, facts)


def _known(answerer: Library, documents: Sequence[Document], facts: Sequence[Fact]) -> Known:
    ends = {fact.id: day for fact in facts if (day := terms.until(fact.source)) is not None}
    titles = tuple(document.title for document in documents)
    topics = {fact.id: fact.topic for fact in facts if fact.topic}
    return Known(answerer, titles, tuple(documents), tuple(facts), ends, topics)


def settle_memory() -> None:
    """Take what is loaded out of the garbage collector's rounds, which else cost 0.2 s at 2,000 facts.

    Call it once after the first load: indexes have no cycles, so what a swap leaves is freed all the same.
    """
    gc.collect()
    gc.freeze()


def ensure(path: Path) -> None:
    """Make sure that *path* is a store of this version; a missing one is built from the seeds."""
    if not path.exists() or pending(path, [KNOWLEDGE]):
        from knowledge.seeds import ensure_database  # only the first start pays for the builder

        ensure_database(path, SEEDS, datetime.now(UTC))
