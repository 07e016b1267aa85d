"""What a question takes for granted of the event and its things: another day, part of the day or count.

Owns the comparison with what the articles print, and finding the fact that puts it right. Refuses to know
people and their offices (`premises`), and to word the correction.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from knowledge.index import FactEntry, Index
from knowledge.matcher import Candidate, rank_facts
from knowledge.normalize import Token
from knowledge.records import replace
from knowledge.units import Analysis, Unit, dates_in

_PARTS = {"sáng": "sang", "trưa": "trua", "chiều": "chieu", "tối": "toi", "đêm": "dem"}
_PLAIN = frozenset(["sang", "trua", "chieu"])  # typed without marks, "toi" and "dem" are mostly other words
_THAT_DAY = frozenset(["nay", "hom", "ngay", "bua"])
_AFTER = frozenset(["buoi", "vao", "luc", "hoi"])
_OTHER_WORDS = frozenset(["tao", "kien", "suot", "the", "tac", "nam", "ngoai"])
_PERIODS = frozenset(
    ["trong", "hang", "moi", "qua", "cac", "nhung", "may", "sau", "suot", "ca", "tu", "dau", "cuoi", "mot"]
)
_HOW_MANY = frozenset(["count"])
_WHEN = frozenset(["date"])
HELD_WHEN = frozenset(["date", "part_of_day", "hour", "weekday"])
_PART_OF_DAY = "part_of_day"
_CHOICE = "hay"
_FIVE, _YEAR = "5", "nam"


class Granted:
    """What the articles of one index print of days, parts of the day and counts."""

    def __init__(self, index: Index, enough: float) -> None:
        """Look into *index*; a fact answers when it scores *enough*, 0-1."""
        self._index = index
        self._enough = enough

    def true_day(self, question: Analysis) -> Candidate[FactEntry] | None:
        """Tell the day of what *question* says to be on a day that no text names, None where none is told."""
        claimed = [u for u in question.units if not dates_in(u)]
        known = (replace(question.units[0], ids=frozenset([i])) for i in question.dates)
        if not any(not u.light for u in claimed) or all(map(self._index.knows, known)):
            return None
        best = self._best(replace(question, units=tuple(claimed), types=_WHEN))
        return best if best and best.entry.answered.analysis.dates else None

    def true_part(self, question: Analysis) -> Candidate[FactEntry] | None:
        """Tell when on its day the event is, if *question* has it at another part that no article prints."""
        said = part_named(question.tokens)
        if said is None or _PART_OF_DAY in question.types or any(t.fold == _CHOICE for t in question.tokens):
            return None
        part, start, end = said
        if not self._parts or part in self._parts:
            return None
        left = tuple(u for u in question.units if not (start <= u.start < end or dates_in(u)))
        if not any(not u.light for u in left) or not self._best(replace(question, units=left, counted=-1)):
            return None
        for entry in self._index.facts:
            if not entry.is_silence and _PART_OF_DAY in entry.types:
                told = part_named(entry.answered.analysis.tokens)
                if told and told[0] in self._parts:
                    return Candidate(self._enough, entry, {"raw": self._enough})
        return None

    def true_count(self, question: Analysis) -> Candidate[FactEntry] | None:
        """Tell how many there are of what *question* counts with a figure that no article has for it."""
        claim = next((c for c in map(_claim, question.units, question.units[1:]) if c), None)
        if claim is None or any(t.fold == _CHOICE for t in question.tokens):
            return None
        if not question.types or question.types & HELD_WHEN:
            return None  # nothing is asked of it: "có 400 người, ngày mấy vậy"
        number, noun, unit = claim
        if _is_aside(question, unit):
            return None
        if number == _FIVE and unit.kind != "number" and not _may_be_five(question, unit):
            return None
        told = self._counted(noun)
        if number in told or not (told or ("yes_no" in question.types and not self._index.knows(unit))):
            return None
        rest = tuple(u for u in question.units if u is not unit)
        best = self._best(replace(question, units=rest, types=_HOW_MANY, counted=rest.index(noun)))
        if best is None:
            return None
        answer = best.entry.answered.analysis
        return best if any(n != number for n in _counts(answer, noun)) else None

    def _best(self, question: Analysis) -> Candidate[FactEntry] | None:
        best = next(iter(rank_facts(question, self._index, limit=1)), None)
        return best if best and best.score >= self._enough and not best.entry.is_silence else None

    @cached_property
    def _parts(self) -> frozenset[str]:
        """Return the parts of the day that the articles print."""
        named = (part_named(e.profile.analysis.tokens) for e in self._index.sentences)
        return frozenset(said[0] for said in named if said)

    def _counted(self, noun: Unit) -> set[str]:
        """Return the figures that stand before *noun* in the articles, also with what it is listed with.

        "3 tập thể và 5 cá nhân" are "8 tập thể, cá nhân".
        """
        found: set[str] = set()
        for entry in self._index.sentences:
            units = entry.profile.analysis.units
            claims = [c for c in map(_claim, units, units[1:]) if c]
            found.update(n for n, thing, _ in claims if thing.ids & noun.ids)
            found.update(
                str(int(n) + int(other))
                for (n, thing, _), (other, beside, figure) in pairwise(claims)
                if noun.ids & (thing.ids | beside.ids) and figure.start - thing.end <= 1
            )
        return found


def part_named(tokens: Sequence[Token]) -> tuple[str, int, int] | None:
    """Return the part of the day that *tokens* name, folded, and where it stands: "sáng 6/11", "buổi tối"."""
    for i, token in enumerate(tokens):
        part = _PARTS.get(token.text) or (token.fold if not token.marked and token.fold in _PLAIN else "")
        if not part:
            continue
        before = tokens[i - 1].fold if i and not tokens[i - 1].after else ""
        after = tokens[i + 1] if i + 1 < len(tokens) and not token.after else None
        of_day = after is not None and ("/" in after.number or after.fold in _THAT_DAY)
        if of_day or (before in _AFTER and (after is None or after.fold not in _OTHER_WORDS)):
            return part, i - (before in _AFTER), i + 1
    return None


def _claim(first: Unit, noun: Unit) -> tuple[str, Unit, Unit] | None:
    """Return the figure that *first* is, and the thing of a known kind that it counts, *noun*."""
    if noun.light or noun.kind != "concept" or first.end != noun.start:
        return None
    if first.kind == "number" and not dates_in(first):
        number = min((i[2:] for i in first.ids if i[0] == "n"), default="")
    else:
        number = _FIVE if first.folds == (_YEAR,) else ""
    return (number, noun, first) if number.isdecimal() else None


def _is_aside(question: Analysis, unit: Unit) -> bool:
    """Tell whether *unit* stands in another clause than the one that asks."""
    edges = [(start, end) for _, start, end in question.cues]
    if not edges:
        return False
    start, end = min(edges, key=lambda cue: min(abs(cue[0] - unit.end), abs(unit.start - cue[1])))
    between = (
        question.tokens[unit.start : start] if unit.start < start else question.tokens[end - 1 : unit.start]
    )
    return any(t.after.strip() for t in between)


def _may_be_five(question: Analysis, unit: Unit) -> bool:
    """Tell whether the "năm" of *unit* is a figure, and no year."""
    token = question.tokens[unit.start]
    before = question.tokens[unit.start - 1].fold if unit.start else ""
    return (token.text == "năm" or not token.marked) and before not in _PERIODS


def _counts(text: Analysis, noun: Unit) -> set[str]:
    pairs = (_claim(a, b) for a, b in pairwise(text.units) if b.ids & noun.ids)
    return {claim[0] for claim in pairs if claim}
