"""An event with more facts than are held in memory: a few of them are fetched for each question.

Owns the meeting of `shortlist` and `answerer`: the facts that share the question's rarest words are ranked
as if they were all there are, but with the weights of the whole collection. Refuses to know thresholds and
tables.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

from knowledge.answerer import Answerer, Topic
from knowledge.index import FactEntry, Index
from knowledge.model import Answer, Conversation, Fact
from knowledge.shortlist import Shortlist, terms_asked
from knowledge.units import Unit

REMEMBERED = 4096  # analysed facts and counted terms that are kept
SAMPLE = 300  # facts that example questions and headings are taken from


class LargeAnswerer(Answerer):
    """Answers as an Answerer that held every fact would, as far as the shortlist reaches."""

    def __init__(self, plain: Answerer, shortlist: Shortlist, documents: Collection[str] | None) -> None:
        """Add the facts of *documents* ("" for those of none; None for all) to *plain*, which holds none."""
        self.__dict__.update(plain.__dict__)
        self._plain = plain
        self._shortlist = shortlist
        self._documents = documents
        self._entry = lru_cache(maxsize=REMEMBERED)(self._index.entry)
        self._counted: dict[str, int] = {}
        self._sample = lru_cache(maxsize=1)(self._sampled)
        self._drafts: tuple[Fact, ...] = ()
        self._gone: frozenset[int] = frozenset()

    def with_drafts(self, drafts: Iterable[Fact], gone: Collection[int]) -> LargeAnswerer:
        """Return one that counts anew and holds *drafts* too, as if those numbered *gone* were no more."""
        answerer = LargeAnswerer(self._plain, self._shortlist, self._documents)
        answerer._entry = self._entry
        answerer._drafts = tuple(drafts)
        answerer._gone = frozenset(gone)
        return answerer

    def stored(self, id_: int) -> Fact | None:
        """Return the stored fact with that number, None when it is not of this event."""
        facts, _ = self._shortlist.near((), self._documents, (id_,))
        return next((fact for fact in facts if fact.id == id_), None)

    def neighbours(self, text: str) -> list[Fact]:
        """Return the few stored facts that share the rarest words of *text*."""
        return self._shortlist.near(self._terms(text), self._documents)[0]

    def answer(self, text: str, conversation: Conversation = Conversation()) -> Answer:  # noqa: B008 - frozen
        """Answer one message; see `Answerer.answer`."""
        return self._near(text, conversation).answer(text, conversation)

    def is_taught(self, text: str) -> bool:
        """Tell whether *text* is a way of asking, word for word."""
        return self._near(text, Conversation()).is_taught(text)

    def why(self, text: str, conversation: Conversation = Conversation()) -> str:  # noqa: B008 - frozen
        """Explain an answer; see `Answerer.why`."""
        return self._near(text, conversation).why(text, conversation)

    def knows(self, unit: Unit) -> bool:
        """Tell whether the event speaks of *unit* at all."""
        return super().knows(unit) or any(self._count(_terms(i)) for i in unit.ids)

    def knows_together(self, first: Unit, second: Unit) -> bool:
        """Tell whether the two stand side by side anywhere in the event's texts."""
        pair = f"{first.folds[-1]} {second.folds[0]}"
        return super().knows_together(first, second) or bool(self._count({pair}))

    def starters(self, count: int) -> tuple[str, ...]:
        """Return example questions, from the first facts only."""
        return self._sample().starters(count)

    def topics(self) -> tuple[Topic, ...]:
        """Return headings with their questions, from the first facts only."""
        return self._sample().topics()

    def _sampled(self) -> Answerer:
        return self._over(self._shortlist.first(SAMPLE, self._documents), len(self._index.sentences))

    def _near(self, text: str, conversation: Conversation) -> Answerer:
        terms = self._terms(text) | (self._terms(conversation.question) if conversation.question else set())
        facts, total = self._shortlist.near(terms, self._documents, conversation.facts)
        facts = [*(fact for fact in facts if fact.id not in self._gone), *self._drafts]
        return self._over(facts, total + len(self._index.sentences), terms)

    def _terms(self, text: str) -> set[str]:
        return terms_asked(self._index.normalizer.normalize(text))

    def _over(self, facts: list[Fact], total: int, asked: Collection[str] = ()) -> Answerer:
        return self._plain.over(_Part(self._index, [self._entry(f) for f in facts], total, self._seen, asked))

    def _seen(self, terms: Collection[str]) -> dict[str, int]:
        missing = [term for term in terms if term not in self._counted]
        if missing:
            if len(self._counted) > 20 * REMEMBERED:
                self._counted.clear()
            found = self._shortlist.counts(missing)
            self._counted.update((term, found.get(term, 0)) for term in missing)
        return {term: self._counted[term] for term in terms}

    def _count(self, terms: Collection[str]) -> int:
        return sum(self._seen(terms).values())


class _Part(Index):
    """A few facts of many, weighed as in the whole."""

    def __init__(
        self,
        whole: Index,
        entries: Iterable[FactEntry],
        total: int,
        count: Callable[[Collection[str]], dict[str, int]],
        asked: Collection[str],
    ) -> None:
        """Look like *whole* with *entries*, of *total* facts and sentences; *count* tells who has a term."""
        self.__dict__.update(whole.__dict__)
        self._of = total
        self._count = count
        self._asked = asked
        self._hold(tuple(entries))

    def _weigh(self) -> None:
        super()._weigh()
        ids = {i for entry in self.facts for i in entry.known}
        terms = {i: i[2:] for i in ids if i[:2] in ("s:", "w:") and i.count(" ") < 2}
        terms |= {f"s:{term}": term for term in self._asked if " " not in term}
        counts = self._count(set(terms.values()))
        for i, term in terms.items():
            if counts[term]:
                self._seen[i] = max(self._seen.get(i, 0), counts[term])
        self._weigh_as_part_of(self._of + 1)


def _terms(unit_id: str) -> set[str]:
    return {unit_id[2:]} if unit_id[:2] in ("s:", "w:") else set()
