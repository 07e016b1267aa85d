"""A question that says less than it means leans on what was said before.

Owns when a question leaves something out (a pronoun, "còn …", an office without its body) and what it
takes over. Refuses to know how a message is cut into questions.
"""

from __future__ import annotations

from functools import lru_cache

from knowledge.index import FactEntry, Index
from knowledge.kinds import SPECIFIC
from knowledge.model import AnswerKind, Conversation, Part
from knowledge.premises import People
from knowledge.records import dataclass, replace
from knowledge.syllables import fold_key
from knowledge.units import Analysis, Unit
from knowledge.verdict import FACT_THRESHOLD, NAMING, SURE, Verdicts, from_fact

LEAN_GAIN = 0.1  # what completing a question from the one before must add
REMEMBERED = 256  # questions and answers that were leant on
MAX_LEANING_UNITS = 3  # a question that says more stands by itself
_RELATIVE = {"c:deputy": "phó ", "c:head": ""}  # ranks that an office named before makes definite
_WHO = frozenset(["person"])
_DEEDS = frozenset(["c:hand_over", "c:sign"])
_LISTED = frozenset(["list_names"])
_OF_SOMEBODY = NAMING | {"office"}
_MEASURED = frozenset(["count", "percent", "money", "duration"])


@dataclass(slots=True)
class Talk:
    """What one message may lean on, and whether that could have mattered to its answer."""

    before: Conversation
    leans: bool = False
    repeats: bool = False  # what was answered before is said again: only a message that leans may do so
    in_story: bool = False  # what is before was told, not asked, in the same message


class Leaning:
    """Resolves questions, completed from others where they need it."""

    def __init__(self, index: Index, people: People, verdicts: Verdicts) -> None:
        """Decide by *verdicts*, over the same *index* and *people*."""
        self._index = index
        self._people = people
        self._verdicts = verdicts
        self._read = lru_cache(maxsize=REMEMBERED)(index.read)
        self._exclusive = {f"c:{c}": n for n, row in enumerate(index.lexicon.exclusive) for c in row}
        self._continuations = [[*map(fold_key, w.split())] for w in index.lexicon.continuations]

    def resolve(self, question: Analysis, talk: Talk) -> tuple[Part, float]:
        """Find the outcome of one question and its score, leaning on the previous one only when it helps."""
        part, score = self._lean(question, talk)
        if talk.before.question:
            silent = part.kind is AnswerKind.NO_ANSWER and not part.facts
            told = self._told_of_them(question, talk.before, of_anybody=silent)
            if told:
                talk.repeats = True
                return told, max(score, FACT_THRESHOLD)
        return part, score

    def _lean(self, question: Analysis, talk: Talk) -> tuple[Part, float]:
        part, score = self._verdicts.of(question)
        needs_a_person = self._has_pronoun(question)
        bare = self.is_bare(question) or _asks_only_who_did(question)
        if not needs_a_person and not bare and not self._may_lean(question, score):
            return part, score
        talk.leans = True
        conversation = talk.before
        if not conversation.question:
            return part, score
        meant = self._person_meant(question, conversation) if needs_a_person else None
        if meant is not None:
            pointed, pointed_score = self._verdicts.of(meant)
            if pointed_score >= FACT_THRESHOLD:
                return pointed, pointed_score
            question = meant
        if bare or self._may_lean(question, score):
            joined = self.complete(question, self._context(talk))
            if joined is not None:
                leaning, leaning_score = self._verdicts.of(joined)
                replaces = bare or (self._hangs_on(question) and not question.types & SPECIFIC)
                heavy = _heavy(question)
                needed = FACT_THRESHOLD if replaces else score + (LEAN_GAIN if heavy > 1 else LEAN_GAIN / 3)
                again = leaning.facts == conversation.facts and part.facts != leaning.facts
                if leaning_score > needed and not (
                    again and not self.is_bare(question) and score >= FACT_THRESHOLD
                ):
                    return leaning, leaning_score
                if asks_only_who(question) and not conversation.facts and part.facts:
                    return leaning, leaning_score  # the name of what was asked for in vain, and no other's
        return part, score

    def _told_of_them(
        self, question: Analysis, conversation: Conversation, *, of_anybody: bool
    ) -> Part | None:
        """Say again what was answered when no more is asked than who that is, or what office they hold.

        Unless *of_anybody*, only of somebody whom no article names: for a pronoun, another might be taken.
        """
        if not question.types or not question.types <= _OF_SOMEBODY or _heavy(question):
            return None
        if not of_anybody and not self._has_pronoun(question):
            return None
        for entry in self._answered(conversation):
            units = self._read(entry.fact.answer).units
            people = [u.kind for u in units if u.kind in ("person", "stranger")]
            held = "office" not in question.types or any(u.kind == "office" for u in units)
            if held and not entry.is_silence and len(people) == 1 and (of_anybody or people == ["stranger"]):
                return from_fact(entry, FACT_THRESHOLD)
        return None

    def _answered(self, conversation: Conversation) -> list[FactEntry]:
        """Return the facts that the previous answer gave."""
        return [e for e in self._index.facts if e.fact.id in conversation.facts]

    def _may_lean(self, question: Analysis, score: float) -> bool:
        """Tell whether *question*, answered with *score* by itself, could mean more than it says."""
        if _heavy(question) > MAX_LEANING_UNITS:
            return False
        return score < SURE or self._hangs_on(question) or self.is_bare(question)

    def is_bare(self, question: Analysis) -> bool:
        """Tell whether *question* leaves out whom or what it is about."""
        return self._people.lacks_body(question) or asks_only_who(question)

    def _has_pronoun(self, question: Analysis) -> bool:
        """Tell whether *question* speaks of a person without a name."""
        said = f" {' '.join(t.text for t in question.tokens)} "
        return not question.people and any(f" {p} " in said for p in self._index.lexicon.pronouns)

    def _hangs_on(self, question: Analysis) -> bool:
        opening = [t.fold for t in question.tokens[:2]]
        return any(opening[: len(words)] == words for words in self._continuations)

    def _context(self, talk: Talk) -> Analysis:
        """Read the question before, with the office that its answer names; or a story without chatter."""
        conversation = talk.before
        before = self._read(conversation.question)
        if talk.in_story:
            told = (u for u in before.units if u.kind != "word" or self._index.knows(u))
            return replace(before, units=tuple(told))
        if before.offices:
            return before
        answered = self._read(" ".join(e.fact.answer for e in self._answered(conversation)))
        offices = tuple(u for u in answered.units if u.kind == "office")
        return _with(before, offices, answered) if len(offices) == 1 else before

    def complete(self, question: Analysis, before: Analysis) -> Analysis | None:
        """Complete *question* from *before*; "cấp phó" after a chief is that chief's deputy."""
        relative = next((u for u in question.units if u.ids & _RELATIVE.keys()), None)
        office = next((u for u in before.units if u.kind == "office"), None)
        if relative and office and not question.offices:
            name = min(i for i in office.ids if i[0] == "o").removeprefix("o:")
            wanted = _RELATIVE[min(relative.ids & _RELATIVE.keys())] + name.removeprefix("phó ")
            read = self._index.read(wanted)
            rest = tuple(u for u in question.units if u is not relative and u.kind != "person")
            question = _with(replace(question, units=rest), read.units[:1], read)
        return _join(question, before, self._exclusive)

    def _person_meant(self, question: Analysis, conversation: Conversation) -> Analysis | None:
        """Put the one person of the previous answer where *question* has a pronoun."""
        people = {
            i
            for e in self._answered(conversation)
            for u in self._read(e.fact.answer).units
            for i in u.ids
            if i.startswith("p:")
        }
        if len(people) != 1:
            return None
        named = self._index.read(people.pop().removeprefix("p:"))
        return _with(question, named.units[:1], named)


def asks_only_who(question: Analysis) -> bool:
    """Tell whether *question* is no more than "tên gì", "là ai": who is meant stands in the one before."""
    return bool(question.types & NAMING) and all(u.light for u in question.units)


def _asks_only_who_did(question: Analysis) -> bool:
    """Tell whether *question* names a deed, and not what it is done with: "ai tặng", of a prize."""
    heavy = [u for u in question.units if not u.light]
    return question.types == _WHO and len(heavy) == 1 and not _DEEDS.isdisjoint(heavy[0].ids)


def _heavy(question: Analysis) -> int:
    return sum(not u.light for u in question.units)


def _join(question: Analysis, before: Analysis, exclusive: dict[str, int]) -> Analysis | None:
    """Complete *question* with what the previous one spoke of; None when nothing can be carried over."""
    kinds = {u.kind for u in question.units if u.kind in ("person", "office", "number")}
    if "person" in kinds:
        kinds.add("office")  # "còn ông Bình": he holds another one
    have = {i for u in question.units for i in u.ids}
    rows = {exclusive[i] for i in have if i in exclusive}
    carried = tuple(
        u
        for u in before.units
        if u.kind not in kinds
        and not (u.kind == "number" and question.types & _MEASURED)  # "bao nhiêu" is asked because of them
        and not u.ids & have
        and u.kind != "foreign"
        and not any(exclusive.get(i) in rows for i in u.ids)
    )
    asks = question.types & SPECIFIC or question.types - {"manner", "thing", "yes_no"}
    if not carried and asks:
        return None
    types = question.types if asks else before.types or question.types
    role = question.asked_role if asks else before.asked_role
    if asks_only_who(question) and "count" in before.types:
        types = _LISTED  # "bao nhiêu tập thể được khen?", "tên gì?"
    return replace(_with(question, carried, before), types=types, asked_role=role)


def _with(question: Analysis, units: tuple[Unit, ...], source: Analysis) -> Analysis:
    """Append *units* of *source* to *question*, with its tokens, so that positions stay true."""
    shift = len(question.tokens)
    moved = tuple(replace(u, start=u.start + shift, end=u.end + shift) for u in units)
    return replace(question, tokens=(*question.tokens, *source.tokens), units=(*question.units, *moved))
