"""Changing what the bot knows while it serves: try first, commit, index anew, swap.

Owns the order of that and what a change would do to other answers. Refuses to know who may do it and how
it is shown. One change at a time; a commit is never undone by a failing index, only answered later.

The replay takes the questions that facts themselves name (each must find its fact: they are the bot's
golden questions) and what members asked in vain, those closest to the change first, within `WEIGH_S`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from bot import current
from bot.current import Current, Known
from knowledge.intake import MAX_QUESTIONS
from knowledge.model import Answer, AnswerKind, Fact
from knowledge.records import dataclass, replace
from knowledge.store import Store
from knowledge.syllables import fold

# At 2,000 facts the index takes half of it, the replay the rest: python -m tests.bench --only teaching
WEIGH_S = 0.75
FEWEST = 8  # questions that are replayed however long the index took
TWIN = 0.85  # a question that a fact answers with this confidence is taken for the same question
MAX_REPLAYED = 60

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Effects:
    """What a change would do, tried on `tried` questions.

    `lost` are questions of other facts that would no longer find them, `gained` questions asked in vain
    that would be answered, `missed` questions of the fact itself that something else would answer. `twin`
    is a fact that already answers its first question, `shown` what a member would get for it.
    """

    lost: tuple[str, ...]
    gained: tuple[str, ...]
    missed: tuple[str, ...]
    twin: Fact | None
    shown: Answer
    known: Known
    tried: int

    @property
    def is_harmless(self) -> bool:
        """Tell whether nothing speaks against the change."""
        return not (self.lost or self.missed or self.twin)


class Teaching:
    """Runs changes of the store and keeps `current` in step."""

    def __init__(self, store: Store, holder: Current, path: Path, now: Callable[[], datetime]) -> None:
        """Write through *store*, read back from *path*, swap in *holder*; *now* gives aware times."""
        self.store = store
        self.current = holder
        self.changed = asyncio.Event()  # set after each swap, for whoever follows the knowledge
        self._path = path
        self._now = now
        self._lock = asyncio.Lock()

    async def change(self, deed: Callable[[Store, datetime], Awaitable[T]]) -> T:
        """Run *deed* as one transaction; when this returns, questions are answered from its result."""
        async with self._lock:
            async with self.store.database.transaction():
                result = await deed(self.store, self._now())
            known = await asyncio.to_thread(current.reload, self._path, self.current.known)
            self.current.swap(known)
        self.changed.set()
        return result

    async def try_out(self, draft: Fact, asked: Sequence[str], *, instead: Iterable[int] = ()) -> Effects:
        """Say what storing *draft* would do; the facts numbered *instead* and its older self go for it."""
        known = self.current.known
        gone = {draft.id, *instead}
        facts = [
            draft if fact.id == draft.id else fact for fact in known.facts if fact.id not in gone - {draft.id}
        ]
        if draft.id == 0:
            facts.append(draft)
        return await asyncio.to_thread(_weigh, known, facts, draft, list(asked), gone)

    async def try_without(self, fact: Fact) -> Effects:
        """Say what deleting *fact* would do."""
        known = self.current.known
        facts = [each for each in known.facts if each.id != fact.id]
        return await asyncio.to_thread(_weigh, known, facts, fact, [], {fact.id})


def _weigh(before: Known, facts: Sequence[Fact], draft: Fact, asked: list[str], own: set[int]) -> Effects:
    until = perf_counter() + WEIGH_S
    after = current.with_facts(before, facts, own)
    shown = after.answerer.answer(draft.questions[0])
    stored = before.answerer.neighbours(" ".join(draft.questions))
    others = _nearest(draft, [fact for fact in (*facts, *stored) if fact.id not in own])
    lost, gained = [], []
    tried = 0
    for other, question in zip_longest(others[:MAX_REPLAYED], asked[:MAX_REPLAYED]):
        if tried >= FEWEST and perf_counter() > until:
            break
        if other is not None:
            tried += 1
            asks = other.questions[0]
            if other.id not in found(after, asks) and other.id in found(before, asks):
                lost.append(asks)
        if question is not None:
            tried += 1
            if _answers(after, question) and not _answers(before, question):
                gained.append(question)
    missed = [q for q in draft.questions[:10] if draft in facts and draft.id not in found(after, q)]
    return Effects(tuple(lost), tuple(gained), tuple(missed), _twin(before, draft, own), shown, after, tried)


def found(known: Known, question: str) -> set[int]:
    """Return the numbers of the facts that answer *question*."""
    return {fact for part in known.answerer.answer(question).parts for fact in part.facts}


def _answers(known: Known, question: str) -> bool:
    return known.answerer.answer(question).kind is AnswerKind.ANSWER


def _twin(known: Known, draft: Fact, own: set[int]) -> Fact | None:
    parts = known.answerer.answer(draft.questions[0]).parts
    if len(parts) != 1 or parts[0].confidence < TWIN:
        return None
    return next((known.fact(id_) for id_ in parts[0].facts if id_ not in own), None)


def is_silence(known: Known, fact: Fact) -> bool:
    """Tell whether *fact* only says that the article is silent."""
    parts = known.answerer.answer(fact.questions[0]).parts
    return any(fact.id in part.facts and part.kind is AnswerKind.NO_ANSWER for part in parts)


def merged(draft: Fact, twin: Fact) -> Fact:
    """Return *twin* with the words of *draft* in the place of its own, and all ways of asking."""
    questions = tuple(dict.fromkeys((*draft.questions, *twin.questions)))[:MAX_QUESTIONS]
    return replace(twin, questions=questions, answer=draft.answer, quote="", source=draft.source)


def _nearest(draft: Fact, facts: Iterable[Fact]) -> list[Fact]:
    """Order *facts* by the words they share with *draft*; those that share none are left out."""
    words = _words(draft)
    shared = [(len(words & _words(fact)), fact) for fact in facts]
    return [fact for count, fact in sorted(shared, key=lambda pair: (-pair[0], pair[1].id)) if count]


def _words(fact: Fact) -> set[str]:
    return set(fold(" ".join(fact.questions).lower()).split())
