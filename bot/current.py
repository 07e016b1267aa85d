"""The answerer in force: how it is loaded from a database, and the one place where it is swapped.

Owns the reference that all handlers share. Refuses to know when facts change and who changes them.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot import terms, texts
from bot.apart import apart
from bot.environment import SEEDS
from knowledge import keeping
from knowledge.database import open_database, pending
from knowledge.held import Held, load_held
from knowledge.lexicon import Lexicon
from knowledge.library import Library
from knowledge.model import Answer, Document, Fact
from knowledge.records import dataclass, field
from knowledge.schema import KNOWLEDGE

if TYPE_CHECKING:
    from knowledge.shortlist import Shortlist

LEXICON = SEEDS / "lexicon"
MAX_HELD = 4000  # facts of one event in memory; of more, a few are looked up for each question


@dataclass(frozen=True, slots=True)
class Known:
    """What the bot knows at one moment: the answerer, what it was built from, the titles of its articles.

    By number of a fact that is held, `ends` names the last day of those that hold for a time only, and
    `topics` the headings.
    """

    answerer: Library
    titles: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    facts: tuple[Fact, ...] = ()
    ends: dict[int, date] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    large: frozenset[str] = frozenset()  # articles whose facts are not held but looked up

    def fact(self, id_: int) -> Fact | None:
        """Return the fact with that number, None when nothing is known of it."""
        return next((fact for fact in self.facts if fact.id == id_), None) or self._looked_up(id_)

    def _looked_up(self, id_: int) -> Fact | None:
        return self.answerer.stored(id_) if self.large else None

    def topic(self, id_: int) -> str:
        """Return the heading of the fact with that number, "" without any."""
        stored = None if id_ in self.topics else self._looked_up(id_)
        return stored.topic if stored else self.topics.get(id_, "")

    def notes(self, found: Answer, today: date) -> dict[int, str]:
        """Return what must be said beside the facts of *found*, by number: that its last day is over."""
        notes = {}
        for id_ in (id_ for part in found.parts for id_ in part.facts):
            day = self.ends.get(id_)
            if day is None and (stored := self._looked_up(id_)):
                day = terms.until(stored.source)
            if day is not None and day < today:
                notes[id_] = texts.EXPIRED.format(day=terms.written(day))
        return notes


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
    return Lexicon.load(LEXICON)


def load(path: Path) -> Known:
    """Read the database at *path* and index it (synchronous, call it in a thread).

    What has not changed since the last start is not analysed again; the rest is kept there for the next.
    """
    held = load_held(path, MAX_HELD)
    shortlist = _shortlist(path) if held.large else None
    shelf = keeping.take_down(path, LEXICON)
    kept = shelf.get("word lists", b"")
    words = Lexicon.load(LEXICON) if kept is None else Lexicon.from_written(json.loads(kept))
    answerer = Library.build(held.documents, held.facts, words, held.large, shortlist, shelf)
    answerer.put_up(shelf)
    if kept is None:
        written = json.dumps(words.written(), ensure_ascii=False, separators=(",", ":"))
        shelf.put("word lists", b"", written.encode())
    keeping.put_up(path, LEXICON, shelf)
    return _known(answerer, held)


def reload(path: Path, before: Known) -> Known:
    """Read the database again after a change; what has not changed since *before* is not analysed again."""
    held = load_held(path, MAX_HELD)
    if held.large != before.large:
        return load(path)
    return _known(before.answerer.regrown(held.documents, held.facts), held)


def with_facts(before: Known, facts: Sequence[Fact], gone: Collection[int]) -> Known:
    """Return what would be known with *facts* in the place of those held, and those numbered *gone* away."""
    held = Held(list(before.documents), list(facts), before.large)
    return _known(before.answerer.regrown(before.documents, facts, gone), held)


def _known(answerer: Library, held: Held) -> Known:
    ends = {fact.id: day for fact in held.facts if (day := terms.until(fact.source)) is not None}
    titles = tuple(document.title for document in held.documents)
    topics = {fact.id: fact.topic for fact in held.facts if fact.topic}
    return Known(answerer, titles, tuple(held.documents), tuple(held.facts), ends, topics, held.large)


def _shortlist(path: Path) -> Shortlist:
    from knowledge.concordance import fill  # few stores have so many facts
    from knowledge.shortlist import Shortlist

    shortlist = Shortlist(path)
    if not shortlist.is_whole():
        print(f"{path}: a first look at its many facts takes a while", file=sys.stderr)  # noqa: T201

        import asyncio  # only who has to mend pays for it

        async def write() -> None:
            async with open_database(path, [KNOWLEDGE]) as database:
                await fill(database)

        asyncio.run(write())
    return shortlist


def settle_memory() -> None:
    """Take what is loaded out of the garbage collector's rounds, which else cost 0.2 s at 2,000 facts.

    Call it once after the first load: indexes have no cycles, so what a swap leaves is freed all the same.
    """
    gc.collect()
    gc.freeze()


def prepare(path: Path) -> None:
    """Do what `ensure` does, and have ready what `load` would else work out, in a process of its own.

    Call it before threads are started.
    """

    def work() -> bytes:
        ensure(path)
        load(path)
        return b""

    if not path.exists() or pending(path, [KNOWLEDGE]) or not keeping.take_down(path, LEXICON).before:
        apart(work)
    ensure(path)


def ensure(path: Path) -> None:
    """Make sure that *path* is a store of this version; a missing one is built from the seeds."""
    if not path.exists() or pending(path, [KNOWLEDGE]):
        from knowledge.seeds import ensure_database  # only the first start pays for the builder

        ensure_database(path, SEEDS, datetime.now(UTC))
