"""Words that exclude each other, and which of them a stretch of a sentence speaks of.

Owns the contrasts of seeds/lexicon/qualifiers.toml as a question and a sentence have them: first and second
prize, more and fewer, asked for and granted. Refuses to score, and to decide what follows.
"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.clauses import governing, without_asides
from knowledge.index import Index, SentenceEntry
from knowledge.records import dataclass
from knowledge.units import Analysis, Unit

_MEASURING = frozenset(["so", "luong", "tong", "muc", "ty", "le"])  # "số …": of any thing


SOMEBODY = 3  # votes of a person who is named


@dataclass(frozen=True, slots=True)
class Contrast:
    """What a question asks of one row of rivals, and where a sentence has any of the row."""

    asked: frozenset[str]
    spots: tuple[tuple[int, int], ...]
    held: tuple[frozenset[str], ...]  # beside each spot, which rivals stand there

    def is_of_rival(self, text: str, start: int, end: int) -> bool:
        """Tell whether the range is of another one of the row than the question asks for."""
        if not any(held & self.asked for held in self.held):
            return True
        at = governing(without_asides(text, (start, end), *self.spots), start, end, self.spots)
        return at >= 0 and not self.held[at] & self.asked


def contrasts(question: Analysis, entry: SentenceEntry, index: Index) -> Iterator[Contrast]:
    """Yield the rows of which *question* asks for one and the sentence has any."""
    for ids in index.contrasts:
        asked = question.ids & ids
        if len(asked) != 1:
            continue
        found = [(start, end, unit.ids & ids) for unit, start, end in entry.placed if unit.ids & ids]
        if found:
            yield Contrast(
                asked, tuple((start, end) for start, end, _ in found), tuple(held for *_, held in found)
            )


def speaks_of_rival(question: Analysis, entry: SentenceEntry, index: Index) -> bool:
    """Tell whether what *question* is about stands mostly in clauses about a rival ("Y về nhất" of Z's)."""
    text = entry.sentence.text
    for contrast in contrasts(question, entry, index):
        votes = 0
        for unit in question.units:
            if unit.light or unit.ids & contrast.asked or _MEASURING.issuperset(unit.folds):
                continue
            spots = [(start, end) for held, start, end in entry.placed if _is_same(unit, held)]
            if spots:
                heft = SOMEBODY if unit.kind == "person" else 1
                votes += heft if all(contrast.is_of_rival(text, *spot) for spot in spots) else -heft
        if votes > 0:
            return True
    return False


def _is_same(unit: Unit, held: Unit) -> bool:
    return any(i[0] in "cswpn" for i in unit.ids & held.ids)
