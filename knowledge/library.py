"""All loaded events: which one a question is about, or that it fits several.

Owns the choice between events. Each event keeps an index of its own, so that an article is read the same
whether it stands alone or beside others. Refuses to know how one event answers: that is `answerer`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from knowledge.answerer import Answerer, Topic
from knowledge.lexicon import Lexicon
from knowledge.model import Answer, AnswerKind, Conversation, Document, Fact, Part, Reason
from knowledge.records import replace
from knowledge.segments import split_clauses, split_sentences
from knowledge.shelf import Shelf
from knowledge.units import Unit

if TYPE_CHECKING:
    from knowledge.large import LargeAnswerer
    from knowledge.shortlist import Shortlist

MAX_CHOICES = 4
MAY_FIT = 0.65  # a silence less sure than this may be an answer that was not found
MAX_LABEL_CHARS = 48  # of an event's name on a button; Telegram shows about 60 on a phone
_SEPARATOR = ": "
_ANY_NUMBER = (("so",),)  # "số điện thoại", "số người"


class Library:
    """Answers about every loaded event; immutable, like the indexes it holds."""

    def __init__(self, events: Sequence[tuple[Document | None, Answerer]]) -> None:
        """Hold the events in the order of loading; a None document is what admins taught apart from any."""
        self._events = tuple(events)
        self._labels = _labels([d.title if d else "" for d, _ in events])

    @classmethod
    def build(
        cls,
        documents: Sequence[Document],
        facts: Sequence[Fact],
        lexicon: Lexicon,
        large: Collection[str] = (),
        shortlist: Shortlist | None = None,
        shelf: Shelf = Shelf(),  # noqa: B008 - empty
    ) -> Library:
        """Index each document with its facts; facts of no document belong to the only event, if one.

        The facts of the documents named *large* ("" for those of none) are looked up in *shortlist*. What
        *shelf* has from an earlier start is not worked out again.
        """
        events: list[tuple[Document | None, Answerer]] = []
        for document, own in _by_event(documents, facts, general="" in large):
            answerer = Answerer.build([document] if document else [], own, lexicon, shelf)
            name = document.name if document else ""
            if shortlist is not None and (name in large or (large and len(documents) < 2)):
                from knowledge.large import LargeAnswerer  # few stores have such an event

                answerer = LargeAnswerer(answerer, shortlist, None if len(documents) < 2 else (name,))
            events.append((document, answerer))
        return cls(events)

    def put_up(self, shelf: Shelf) -> None:
        """Put on *shelf* what the next start need not work out again."""
        for _, answerer in self._events:
            answerer.put_up(shelf)

    def regrown(
        self, documents: Sequence[Document], facts: Sequence[Fact], gone: Collection[int] = ()
    ) -> Library:
        """Return what `build` would, without analysing again what has not changed.

        A large event holds *facts* beside its stored ones, of which those numbered *gone* are left out.
        """
        from knowledge.large import LargeAnswerer

        before = {d.name if d else "": (d, answerer) for d, answerer in self._events}
        lexicon = self._events[0][1].lexicon
        events: list[tuple[Document | None, Answerer]] = []
        general = any(d is None and isinstance(a, LargeAnswerer) for d, a in self._events)
        for document, own in _by_event(documents, facts, general=general):
            known, answerer = before.get(document.name if document else "", (None, None))
            if isinstance(answerer, LargeAnswerer) and known == document:
                events.append((document, answerer.with_drafts(own, gone)))
            elif answerer is not None and known == document:
                events.append((document, answerer.with_facts(own)))
            else:
                events.append((document, Answerer.build([document] if document else [], own, lexicon)))
        return Library(events)

    def answer(self, text: str, conversation: Conversation = Conversation()) -> Answer:  # noqa: B008 - frozen
        """Answer one message; *conversation* is what the previous answer of the chat returned."""
        if len(self._events) == 1:
            return self._events[0][1].answer(text, conversation)
        chosen = [n for n, label in enumerate(self._labels) if label and text.startswith(label + _SEPARATOR)]
        if chosen:  # a choice offered before; one label may be the beginning of another
            n = max(chosen, key=lambda n: len(self._labels[n]))
            return self._ask(n, text.removeprefix(self._labels[n] + _SEPARATOR), conversation)
        taught = [n for n, (_, answerer) in enumerate(self._events) if answerer.is_taught(text)]
        if taught and self._events[taught[-1]][0] is None:  # what admins taught apart from any event is last
            return self._ask(taught[-1], text, conversation)
        spoken = [answerer.units(text) for _, answerer in self._events]
        known = [
            _share_known(units, answerer) for units, (_, answerer) in zip(spoken, self._events, strict=True)
        ]
        if max(known) < 1.0 and (parted := self._in_parts(text, conversation)):
            return parted
        near = [n for n, share in enumerate(known) if share >= max(known) - 0.01]
        if len(near) > 1 and conversation.document:
            before = [n for n in near if self._name(n) == conversation.document]
            near = before or near
        answers = {n: self._ask(n, text, conversation) for n in near}
        found = [n for n in near if answers[n].kind in (AnswerKind.ANSWER, AnswerKind.CLARIFY)]
        if found and not conversation.document and not any(map(_names_something, spoken, self._events)):
            found = [n for n in near if n in found or _may_fit(answers[n])]
        choices = self._choices(text, found)
        if len(choices) > 1:
            sure = max(answers[n].confidence for n in found)
            part = Part(AnswerKind.CLARIFY, confidence=sure, choices=choices)
            return Answer((part,), conversation=conversation)
        return answers[max(found, key=lambda n: answers[n].confidence) if found else near[0]]

    def _in_parts(self, text: str, conversation: Conversation) -> Answer | None:
        """Answer a message whose parts are about different events, None when it has no such parts."""
        analyzer, tokens = self._events[0][1].read(text)
        for sentence in split_sentences(tokens, analyzer):
            for questions in split_clauses(sentence, analyzer):
                texts = [" ".join(t.typed for t in q.tokens) for q in questions]
                shares = [[_share_known(a.units(t), a) for _, a in self._events] for t in texts]
                best = [max(range(len(row)), key=row.__getitem__) for row in shares]
                if len(set(best)) < 2 or any(max(row) < 1.0 for row in shares):
                    continue
                answers = [
                    self._events[n][1].answer(t, Conversation()) for n, t in zip(best, texts, strict=True)
                ]
                parts = tuple(p for a in answers for p in a.parts)
                return replace(answers[-1], parts=parts)
        return None

    def _choices(self, text: str, events: list[int]) -> tuple[str, ...]:
        return tuple(f"{self._labels[n]}{_SEPARATOR}{text.strip()}" for n in events if self._labels[n])[
            :MAX_CHOICES
        ]

    def _name(self, n: int) -> str:
        document = self._events[n][0]
        return document.name if document else ""

    def _ask(self, n: int, text: str, conversation: Conversation) -> Answer:
        """Let one event answer; a follow-up stays with it even after a silence, and leans on no other."""
        before = conversation if self._name(n) == conversation.document else Conversation()
        answer = self._events[n][1].answer(text, before)
        return replace(answer, conversation=replace(answer.conversation, document=self._name(n)))

    def stored(self, id_: int) -> Fact | None:
        """Return a fact of a large event by its number, None when there is none."""
        return next((fact for answerer in self._large() if (fact := answerer.stored(id_))), None)

    def neighbours(self, text: str) -> list[Fact]:
        """Return the few facts of large events that share the rarest words of *text*."""
        return [fact for answerer in self._large() for fact in answerer.neighbours(text)]

    def _large(self) -> Iterator[LargeAnswerer]:
        from knowledge.large import LargeAnswerer

        return (answerer for _, answerer in self._events if isinstance(answerer, LargeAnswerer))

    def starters(self, count: int) -> tuple[str, ...]:
        """Return up to *count* example questions, the events taking turns."""
        rows = [answerer.starters(count) for _, answerer in self._events]
        turns = (row[i] for i in range(count) for row in rows if i < len(row))
        return tuple(dict.fromkeys(turns))[:count]

    def topics(self) -> tuple[Topic, ...]:
        """Return the headings of every event with their questions."""
        return tuple(topic for _, answerer in self._events for topic in answerer.topics())

    def why(self, text: str, conversation: Conversation = Conversation()) -> str:  # noqa: B008 - frozen
        """Explain for an admin how each event understood *text* and what decided."""
        if len(self._events) == 1:
            return self._events[0][1].why(text, conversation)
        lines = []
        for n, (_, answerer) in enumerate(self._events):
            share = _share_known(answerer.units(text), answerer)
            lines.append(
                f"event {self._name(n) or '-'}: knows {share:.2f} of the words\n{answerer.why(text)}"
            )
        return "\n".join(lines)


def _by_event(
    documents: Sequence[Document], facts: Sequence[Fact], *, general: bool = False
) -> list[tuple[Document | None, list[Fact]]]:
    """Return each document with its facts; what belongs to none stands last, or with the only document."""
    if len(documents) < 2:
        return [(documents[0] if documents else None, list(facts))]
    rows: list[tuple[Document | None, list[Fact]]] = [
        (d, [f for f in facts if f.document == d.name]) for d in documents
    ]
    names = {d.name for d in documents}
    rest = [f for f in facts if f.document not in names]
    return [*rows, (None, rest)] if rest or general else rows


def _share_known(units: Sequence[Unit], answerer: Answerer) -> float:
    """Return the share of what the question names that the event speaks of at all (0-1).

    Neighbouring syllables count as a name of their own: "An Thịnh" is known only where both stand together.
    """
    common = answerer.lexicon.common_concepts
    telling = [u for u in units if not u.light and u.kind != "foreign" and not _is_common(u, common)]
    known = [answerer.knows(u) for u in telling]
    for a, b in pairwise(telling):
        if a.kind == b.kind == "word" and a.end == b.start:
            known.append(answerer.knows_together(a, b))
    return sum(known) / len(known) if known else 1.0


def _names_something(units: Sequence[Unit], event: tuple[Document | None, Answerer]) -> bool:
    """Tell whether a question names anything that not every event has."""
    common = event[1].lexicon.common_concepts
    return any(not u.light and u.kind != "foreign" and not _is_common(u, common) for u in units)


def _may_fit(answer: Answer) -> bool:
    """Tell whether an event without a sure answer may yet be the one that is meant."""
    return all(p.reason is Reason.SILENT and not p.facts and p.confidence < MAY_FIT for p in answer.parts)


def _is_common(unit: Unit, common: frozenset[str]) -> bool:
    """Tell whether *unit* names what any event has, and so none of them."""
    named = {i[2:] for i in unit.ids if i[0] == "c"}
    return unit.folds in _ANY_NUMBER or (bool(named) and named <= common)


def _labels(titles: Sequence[str]) -> list[str]:
    """Shorten the events' titles, "" for none, and number those that look alike then."""
    labels: list[str] = []
    for title in titles:
        short = title[:MAX_LABEL_CHARS]
        label = title if short == title else (short.rpartition(" ")[0] or short) + "…"
        twins = sum(label == other or other.startswith(f"{label} (") for other in labels) if label else 0
        labels.append(f"{label} ({twins + 1})" if twins else label)
    return labels
