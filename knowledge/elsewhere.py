"""What a sentence tells of something else than was asked about, though it has the words and a fitting figure.

Owns names that the question has and the sentence lacks, the role that a "… là ai" asks for, figures that only
compare, and figures of another clause. Refuses to score, and to know other near misses.
"""

from __future__ import annotations

import re
from itertools import pairwise

from knowledge.index import Index, SentenceEntry
from knowledge.inquiry import Query
from knowledge.model import Mention, MentionKind
from knowledge.spans import FIGURES, unit_match

_PRESENT = 0.5  # a unit that is offered less is not there
# "cao hơn thị trường 300 đồng", "đông hơn lần trước 40 người": by how much, and not how much.
_DIFFERENCE = re.compile(
    r"(?i)\b(?:cao|thấp|nhiều|ít|đông|lớn|nhỏ|rẻ|đắt|nhanh|chậm|dài|ngắn)\s+hơn\b[^,;.]*$"
)
_TIMES = frozenset(["next", "previous"])
_DATED = frozenset([MentionKind.DATE, MentionKind.YEAR, MentionKind.PERIOD, MentionKind.ORDINAL])
_PRICES = frozenset(["c:wage", "c:ticket", "c:price", "~:fee"])
_COMPARING = frozenset(["hon", "tang", "giam", "chenh", "them", "kem", "lech"])


def names_another(query: Query, entry: SentenceEntry, index: Index) -> bool:
    """Tell whether the question names something that the article knows and this sentence does not speak of.

    A name of the headline is what the whole article is about; one that stands before in the paragraph may
    still be spoken of.
    """
    for name in query.names:
        if name in entry.spelled or name in index.spelled_title(entry.document):
            continue
        if not any(name in said for said in index.spelled_before(entry)):
            return True
    return False


def lacks_role(query: Query, n: int, previous: int) -> bool:
    """Tell whether a "huấn luyện viên … là ai" asks for a role of which sentence *n* says nothing."""
    question = query.question
    cue = next(((start, end) for name, start, end in question.cues if name == "person"), None)
    if cue is None or cue[1] < len(question.tokens) or question.offices or len(question.units) < 2:
        return False
    first = question.units[0]
    row = next((row for row in query.rows if row.unit == first), None)
    if row is None or first.light or row.floor or first.kind in ("person", "number") or first.start >= cue[0]:
        return False
    return max(row.offered.get(n, 0.0), row.offered.get(previous, 0.0)) < _PRESENT


def lacks_price(query: Query, n: int) -> bool:
    """Tell whether a price, a wage, a fare or a fee is asked for, and sentence *n* speaks of none."""
    if MentionKind.MONEY not in query.wanted:
        return False
    for row in query.rows:
        if not row.unit.ids.isdisjoint(_PRICES) and not row.floor and row.offered.get(n, 0.0) < _PRESENT:
            return True
    return False


def of_another_time(query: Query, entry: SentenceEntry) -> bool:
    """Tell whether another year or edition is asked about, and the sentence gives none and no date."""
    asked = query.qualifiers & _TIMES
    if not asked or not entry.kinds.isdisjoint(_DATED):
        return False
    return asked.isdisjoint(name for name, _ in entry.qualified)


def only_compares(query: Query, entry: SentenceEntry, span: Mention) -> bool:
    """Tell whether the figure says by how much one thing exceeds another, which was not asked."""
    if span.kind not in FIGURES or not query.folds.isdisjoint(_COMPARING):
        return False
    return bool(_DIFFERENCE.search(entry.sentence.text, 0, span.start))


def of_another_clause(query: Query, entry: SentenceEntry, span: Mention) -> bool:
    """Tell whether all that is asked about stands beyond a semicolon after the figure."""
    text = entry.sentence.text
    if span.kind not in FIGURES or ";" not in text:
        return False
    marks = [-1, *(m.start() for m in re.finditer(";", text)), len(text)]
    right = next(b for a, b in pairwise(marks) if a < span.start <= b)
    spots = [
        at
        for row in query.rows
        if not row.unit.light and not row.floor
        for held, at, _ in entry.placed
        if unit_match(row.unit, held) >= _PRESENT
    ]
    return bool(spots) and all(at > right for at in spots)
