"""A message becomes an Answer: from facts, from the article's own sentences, or honestly none.

Owns the way through a message, what is remembered of it, and what else could be asked. Refuses to know how
answers are worded or shown; it has no clock and does no I/O, so the terminal, the tests and Telegram share
it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import chain, islice
from typing import NamedTuple

from knowledge.analysis import Analyzer
from knowledge.contrast import without_contrast
from knowledge.cuts import Cuts
from knowledge.index import FactEntry, Index, SentenceEntry
from knowledge.leaning import Leaning, Talk, asks_only_who
from knowledge.lexicon import Lexicon
from knowledge.matcher import Candidate, rank_facts
from knowledge.memo import Recent
from knowledge.model import Answer, AnswerKind, Conversation, Document, Fact, Part, Reason
from knowledge.normalize import MAX_CHARS, Token
from knowledge.premises import People
from knowledge.records import replace
from knowledge.segments import MAX_PARTS, gist, setting, split_sentences, without_declined
from knowledge.shelf import Shelf
from knowledge.smalltalk import Smalltalk, is_for_bot
from knowledge.units import Unit
from knowledge.verdict import Verdicts, from_fact

SURE_AS_TAUGHT = 1.0  # the question is, word for word, one that a fact names
MAX_RELATED = 3
JUST_READ = 64  # texts: one that leans on another is answered a second time, with that one
RECALLED = 2048  # whole answers: most people ask what others have asked in the same words (1 kB each)


class Topic(NamedTuple):
    """A heading with the questions that stand under it, for /chude."""

    title: str
    questions: tuple[str, ...]


class Answerer:
    """Answers from one immutable index; build a new one after a change.

    Answers are remembered. One that leans on nothing said before is the same in every conversation;
    any other is remembered with the conversation it was given in.
    """

    def __init__(self, index: Index) -> None:
        """Wrap a finished *index*; use `build` to make both."""
        self._smalltalk = Smalltalk(index.lexicon, index.normalizer)
        self._people = People(index)
        self._declined = sorted((tuple(d.split()) for d in index.lexicon.declined), key=len, reverse=True)
        self._look_into(index)

    def _look_into(self, index: Index) -> None:
        self._index = index
        self._told = tuple(e.fact for e in index.facts if not e.is_silence)
        self._places = {fact.id: n for n, fact in reversed([*enumerate(self._told)])}
        verdicts = Verdicts(index, self._people)
        self._cuts = Cuts(index, Leaning(index, self._people, verdicts), verdicts)
        self._settled = lru_cache(maxsize=JUST_READ)(self._settle)
        self._alone: Recent[str, tuple[bool, Answer]] = Recent(RECALLED)  # with whether it might lean
        self._within: Recent[tuple[str, Conversation], Answer] = Recent(RECALLED)
        self._examples = cache(self._find_examples)

    def with_facts(self, facts: Iterable[Fact]) -> Answerer:
        """Return what `build` would with *facts* in the place of ours, analysing only what is new."""
        return self.over(self._index.with_facts(facts))

    def over(self, index: Index) -> Answerer:
        """Return an answerer that looks into *index*, which has the same articles and word lists."""
        answerer = copy.copy(self)
        answerer._look_into(index)
        return answerer

    @classmethod
    def build(
        cls,
        documents: Sequence[Document],
        facts: Sequence[Fact],
        lexicon: Lexicon,
        shelf: Shelf = Shelf(),  # noqa: B008 - empty
    ) -> Answerer:
        """Index *documents* and *facts*: about 0.4 ms for each text that *shelf* does not have."""
        return cls(Index(documents, facts, lexicon, shelf))

    def put_up(self, shelf: Shelf) -> None:
        """Put on *shelf* what the next start need not work out again."""
        self._index.put_up(shelf)

    @property
    def lexicon(self) -> Lexicon:
        """Return the word lists that the index was built with."""
        return self._index.lexicon

    def read(self, text: str) -> tuple[Analyzer, tuple[Token, ...]]:
        """Return the tokens of a typed *text*, mended, and the analyzer that reads them."""
        return self._index.analyzer, self._settled(text)

    def units(self, text: str) -> tuple[Unit, ...]:
        """Return what a typed *text* names, slips as they are: mending would bend names to this event's."""
        return self._index.analyzer.analyse(self._tokens(text)).units

    def _settle(self, text: str) -> tuple[Token, ...]:
        return self._index.vocabulary.settle(self._tokens(text))[0]

    def _tokens(self, text: str) -> tuple[Token, ...]:
        asked = without_declined(self._index.normalizer.normalize(text), self._declined)
        return gist(without_contrast(asked, self._index.analyzer), self._index.analyzer)

    def knows(self, unit: Unit) -> bool:
        """Tell whether the event speaks of *unit* at all."""
        return self._index.knows(unit)

    def is_taught(self, text: str) -> bool:
        """Tell whether a fact names *text* itself as a way of asking."""
        return self._index.taught(text) is not None

    def knows_together(self, first: Unit, second: Unit) -> bool:
        """Tell whether the two stand side by side anywhere in the event's texts."""
        return self._index.vocabulary.has_pair(first.folds[-1], second.folds[0])

    # ------------------------------------------------------------ the way through

    def answer(self, text: str, conversation: Conversation = Conversation()) -> Answer:  # noqa: B008 - frozen
        """Answer one message; *conversation* is what the previous answer of the chat returned."""
        if len(text) > MAX_CHARS:
            return Answer((Part(AnswerKind.NO_ANSWER, reason=Reason.TOO_LONG),), conversation=conversation)
        leans, found = self._alone.recall(text) or (True, None)
        if leans and conversation.question:
            found = self._within.recall((text, conversation)) or self._answer_within(text, conversation)
        elif found is None:
            found = self._answer_alone(text)
        # A pleasantry asks nothing, so the talk goes on from where it was.
        return found if found.conversation.question else replace(found, conversation=conversation)

    def _answer_alone(self, text: str) -> Answer:
        """Answer as if nothing had been said before; keep whether something might have changed that."""
        talk = Talk(Conversation())
        found = self._answer_anew(text, talk)
        self._alone[text] = talk.leans, found
        return found

    def _answer_within(self, text: str, conversation: Conversation) -> Answer:
        """Answer in a talk: at once the answer of every talk, where it turns out to lean on nothing."""
        talk = Talk(conversation)
        found = self._answer_anew(text, talk)
        if talk.leans:
            self._within[text, conversation] = found
        elif talk.repeats:
            found = self._answer_alone(text)
        else:
            self._alone[text] = False, found
        return found

    def _answer_anew(self, text: str, talk: Talk) -> Answer:
        _, tokens = self.read(text)
        if not tokens:
            return Answer((Part(AnswerKind.NO_ANSWER, reason=Reason.UNREADABLE),))
        taught = self._index.taught(text)
        parts = [from_fact(taught, SURE_AS_TAUGHT)] if taught else self._parts(tokens, talk)
        answered = [p for p in parts if p.kind is not AnswerKind.SMALLTALK]
        if not answered:
            return Answer(tuple(parts[:1]), self.starters(MAX_RELATED))
        facts = tuple(dict.fromkeys(f for p in answered for f in p.facts))
        question = " ".join(t.text for t in tokens)
        following = Conversation(
            question, facts, (), answered[-1].citations[0].document if answered[-1].citations else ""
        )
        return Answer(tuple(answered), self._related(facts, tokens), following)

    def _parts(self, tokens: tuple[Token, ...], talk: Talk) -> list[Part]:
        smalltalk = self._smalltalk.topic(tokens)
        if smalltalk:
            whole = self._index.analyzer.analyse(tokens)
            best = rank_facts(whole, self._index, limit=1)
            nameless = asks_only_who(whole) and not is_for_bot(tokens)
            talk.leans |= nameless  # after a question, "tên gì vậy" asks of whom that spoke
            if not (nameless and talk.before.question) and (not best or best[0].score < smalltalk[1]):
                return [Part(AnswerKind.SMALLTALK, topic=smalltalk[0], confidence=smalltalk[1])]
        parts: list[Part] = []
        sentences = split_sentences(tokens, self._index.analyzer)[:MAX_PARTS]
        if told := setting(tokens, sentences[0]):
            talk.before, talk.in_story = Conversation(" ".join(t.text for t in told)), True
        for sentence in sentences:
            for question, part in self._cuts.best(sentence, talk):
                if not any(part.facts and part.facts == p.facts for p in parts):
                    parts.append(part)
                talk.before = replace(talk.before, question=" ".join(t.text for t in question.tokens))
                talk.in_story = False
        return parts[:MAX_PARTS]

    # ------------------------------------------------------------ what else to ask

    def _related(self, facts: tuple[int, ...], tokens: Sequence[Token]) -> tuple[str, ...]:
        told = self._told
        here = min((self._places[id_] for id_ in facts if id_ in self._places), default=None)
        if here is None:
            return self.starters(MAX_RELATED)
        topic, turn = told[here].topic, (*told[here:], *told[:here])
        alike = (fact for fact in turn if fact.topic == topic)
        rest = (fact for fact in turn if fact.topic != topic)
        others = (fact.questions[0] for fact in chain(alike, rest) if fact.id not in facts)
        return tuple(islice(others, MAX_RELATED))

    def starters(self, count: int) -> tuple[str, ...]:
        """Return up to *count* example questions from different topics."""
        return self._examples()[:count]

    def _find_examples(self) -> tuple[str, ...]:
        seen: dict[str, str] = {}
        for entry in self._shown():
            if not entry.is_silence:
                seen.setdefault(entry.fact.topic or entry.fact.questions[0], entry.fact.questions[0])
        return tuple(seen.values())

    def topics(self) -> tuple[Topic, ...]:
        """Return the headings with their questions, in the order of the facts."""
        found: dict[str, list[str]] = {}
        for entry in self._shown():
            if not entry.is_silence:
                found.setdefault(entry.fact.topic or entry.fact.source, []).append(entry.fact.questions[0])
        return tuple(Topic(title, tuple(questions)) for title, questions in found.items())

    def _shown(self) -> Sequence[FactEntry]:
        """Return the facts that examples and headings are taken from."""
        return self._index.facts

    def why(self, text: str, conversation: Conversation = Conversation()) -> str:  # noqa: B008 - frozen
        """Explain for an admin how *text* was understood and what decided."""
        from knowledge.passages import rank_sentences

        tokens, mended = self._index.vocabulary.settle(self._tokens(text))
        question = self._index.analyzer.analyse(tokens)
        lines = [
            f"tokens: {' '.join(t.text for t in tokens)} (mended {mended})",
            "units: "
            + ", ".join(f"{'|'.join(sorted(u.ids))}={self._index.weight(u):.2f}" for u in question.units),
            f"types: {', '.join(sorted(question.types)) or '-'}; role {question.asked_role or '-'}; "
            f"negated {question.negated}",
        ]
        for told in rank_facts(question, self._index, limit=3):
            fact = told.entry.fact
            lines.append(f"fact #{fact.id} {fact.key} {told.score:.2f} {_shown(told)}")
        for read in rank_sentences(question, self._index, limit=3):
            place = f"{read.entry.document.name}:{read.entry.position}"
            lines.append(f"sentence {place} {read.score:.2f} {_shown(read)}")
        answer = self.answer(text, conversation)
        lines.append(
            f"outcome: {answer.kind} {answer.confidence:.2f} {[p.reason.value for p in answer.parts]}"
        )
        return "\n".join(lines)


def _shown(candidate: Candidate[FactEntry] | Candidate[SentenceEntry]) -> str:
    parts = " ".join(f"{name}={value:.2f}" for name, value in candidate.parts.items())
    missed = " ".join("/".join(u.folds) for u in candidate.missed)
    return f"[{parts}]" + (f" missed: {missed}" if missed else "")
