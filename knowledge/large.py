"""An event with more facts than are held in memory: a few of them are fetched for each question.

Owns the meeting of `shortlist` and `answerer`: the facts that share the question's rarest words are ranked
as if they were all there are, but with the weights of the whole collection. Refuses to know thresholds and
tables.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache

from knowledge.answerer import MAX_RELATED, RECALLED, SURE_AS_TAUGHT, Answerer
from knowledge.echo import Ear, Echo, Spoken
from knowledge.index import FactEntry, Index
from knowledge.model import Answer, Conversation, Fact
from knowledge.normalize import MAX_CHARS, words_of
from knowledge.shortlist import Pool, Shortlist, terms_asked, terms_in
from knowledge.syllables import fold_key
from knowledge.units import Unit
from knowledge.verdict import from_fact

REMEMBERED = 1024  # analysed facts that are kept (20 kB each)
JUST_INDEXED = 4  # questions asked first whether they are taught, then for their answer
SAMPLE = 300  # facts that example questions and headings are taken from


class LargeAnswerer(Answerer):
    """Answers as an Answerer that held every fact would, as far as the shortlist reaches.

    Most questions only say again what a fact names; those are answered by it without ranking.
    """

    def __init__(self, plain: Answerer, shortlist: Shortlist, documents: Collection[str] | None) -> None:
        """Add the facts of *documents* ("" for those of none; None for all) to *plain*, which holds none."""
        self.__dict__.update(plain.__dict__)
        self._plain = plain
        self._shortlist = shortlist
        self._documents = documents
        self._ear = Ear(self.lexicon)
        self._drafts: tuple[Fact, ...] = ()
        self._gone: frozenset[int] = frozenset()
        self._entry = lru_cache(maxsize=REMEMBERED)(self._index.entry)
        self._remember()

    def _remember(self) -> None:
        self._sample = cache(self._sampled)
        self._examples = cache(self._find_examples)
        self._echoed = lru_cache(maxsize=RECALLED)(self._echo)
        self._ranked = lru_cache(maxsize=RECALLED)(self._rank)
        self.stored = lru_cache(maxsize=REMEMBERED)(self._stored)
        self._near = lru_cache(maxsize=JUST_INDEXED)(self._index_near)

    def with_drafts(self, drafts: Iterable[Fact], gone: Collection[int]) -> LargeAnswerer:
        """Return one that counts anew and holds *drafts* too, as if those numbered *gone* were no more."""
        answerer = copy.copy(self)
        answerer._shortlist = self._shortlist.anew()
        answerer._drafts = tuple(drafts)
        answerer._gone = frozenset(gone)
        answerer._remember()
        return answerer

    def _stored(self, id_: int) -> Fact | None:
        return next(iter(self._shortlist.facts((id_,), self._documents)), None)

    def neighbours(self, text: str) -> list[Fact]:
        """Return the few stored facts that share the rarest words of *text*."""
        return self._shortlist.near(self._terms(text), self._documents)[0]

    def answer(self, text: str, conversation: Conversation = Conversation()) -> Answer:  # noqa: B008 - frozen
        """Answer one message; see `Answerer.answer`."""
        if len(text) > MAX_CHARS:
            return super().answer(text, conversation)
        return self._echoed(text) or self._ranked(text, conversation)

    def _rank(self, text: str, conversation: Conversation) -> Answer:
        return self._near(text, conversation).answer(text, conversation)

    def _echo(self, text: str) -> Answer | None:
        """Answer a question that only says again what one stored fact names; None for any other."""
        if self._drafts or self._gone:
            return None  # what is tried out is weighed
        for spoken, terms in self._spoken(text):
            pool = self._shortlist.pool(terms)
            echo = self._ear.hear(spoken, pool.lines, self._is_known)
            if echo is not None and (found := self._say(echo, pool)):
                return found
        return None

    def _spoken(self, text: str) -> Iterator[tuple[Spoken, set[str]]]:
        """Read *text* as it stands there, then with what hurried typing does undone; each with its terms."""
        spoken = Spoken.as_typed(text)
        yield spoken, terms_in(spoken.folds)
        tokens = self._index.normalizer.normalize(text)
        yield Spoken.of(tokens), terms_asked(tokens)

    def _say(self, echo: Echo, pool: Pool) -> Answer | None:
        """Answer by the fact that an *echo* is of, None when typed marks speak against it."""
        id_ = pool.ids[echo.text]
        near = self._shortlist.facts({id_, *pool.ids[: MAX_RELATED + 1]}, self._documents)
        fact = next((fact for fact in near if fact.id == id_), None)
        if fact is None or not echo.agrees(fact.questions[echo.line]):
            return None
        part = from_fact(self._entry(fact), SURE_AS_TAUGHT)
        related = tuple(other.questions[0] for other in near if other.id != id_)[:MAX_RELATED]
        asked = " ".join(words_of(fact.questions[echo.line]))
        cited = part.citations[0].document if part.citations else ""
        return Answer((part,), related, Conversation(asked, part.facts, (), cited))

    def _is_known(self, folded: str) -> bool:
        return folded in self._index.vocabulary or bool(self._count({folded}))

    def is_taught(self, text: str) -> bool:
        """Tell whether *text* is a way of asking, word for word."""
        return self._near(text, Conversation()).is_taught(text)

    def why(self, text: str, conversation: Conversation = Conversation()) -> str:  # noqa: B008 - frozen
        """Explain an answer; see `Answerer.why`."""
        ranked = self._near(text, conversation).why(text, conversation)
        echo = self._echoed(text)
        return f"says again what fact #{echo.parts[0].facts[0]} names\n{ranked}" if echo else ranked

    def knows(self, unit: Unit) -> bool:
        """Tell whether the event speaks of *unit* at all."""
        return super().knows(unit) or any(self._count(_terms(i)) for i in unit.ids)

    def knows_together(self, first: Unit, second: Unit) -> bool:
        """Tell whether the two stand side by side anywhere in the event's texts."""
        pair = f"{first.folds[-1]} {second.folds[0]}"
        return super().knows_together(first, second) or bool(self._count({pair}))

    def _shown(self) -> Sequence[FactEntry]:
        return self._sample()

    def _sampled(self) -> Sequence[FactEntry]:
        return [self._index.entry(fact) for fact in self._shortlist.first(SAMPLE, self._documents)]

    def _index_near(self, text: str, conversation: Conversation) -> Answerer:
        terms = self._terms(text) | (self._terms(conversation.question) if conversation.question else set())
        facts, total = self._shortlist.near(terms, self._documents, conversation.facts)
        # Analysing texts is most of the work: of what was found, the one way of asking that is nearest.
        entries = [
            self._entry(fact)
            if fact.id in conversation.facts
            else self._entry(fact, (_nearest(fact, terms),))
            for fact in facts
            if fact.id not in self._gone
        ]
        entries += map(self._entry, self._drafts)
        return self._over(entries, total + len(self._index.sentences), terms)

    def _terms(self, text: str) -> set[str]:
        return terms_asked(self._index.normalizer.normalize(text))

    def _over(self, entries: Sequence[FactEntry], total: int, asked: Collection[str]) -> Answerer:
        return self._plain.over(PartOfMany(self._index, entries, total, self._shortlist.counts, asked))

    def _count(self, terms: Collection[str]) -> int:
        return sum(self._shortlist.counts(terms).values())


class PartOfMany(Index):
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
        # What the articles alone give is worked out in the whole, once, and not for each part.
        _ = whole._words, whole.sentence_postings, whole._in_sentences
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
            if term in counts:
                self._seen[i] = max(self._seen.get(i, 0), counts[term])
        self._weigh_as_part_of(self._of + 1)


def _terms(unit_id: str) -> set[str]:
    return {unit_id[2:]} if unit_id[:2] in ("s:", "w:") else set()


def _nearest(fact: Fact, asked: Collection[str]) -> str:
    """Return the way of asking that says most of the terms *asked*, of those the shortest."""

    def order(way: str) -> tuple[int, int]:
        said = terms_in([fold_key(word) for word in words_of(way)])
        return -len(said.intersection(asked)), len(said)

    return min(fact.questions, key=order)
