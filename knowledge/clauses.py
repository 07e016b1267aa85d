"""How a sentence falls into clauses, and which of several like things a stretch of it speaks of.

Owns the marks between clauses and the words that tell rivals apart ("giải nhất … giải nhì …"). Refuses to
know questions' scores and kinds of mention.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ASIDE = re.compile(r"\([^()]*\)")
_MARK = re.compile(r"[;:()]|,(?!\d)|\s[-–]\s|\s(?:còn|nhưng|trong khi)\s")
# ", mỗi người …", ", trị giá …" go on about what stands before.
_BREAK = re.compile(r"[;:()]|,(?!\s*(?:mỗi|(?:tổng\s+)?trị giá)\b)|\s[-–]\s")
_DENIED = re.compile(r"(?i)\bchưa\s+(?!đầy\b|kể\b|tính\b|tới\b|đến\b|từng\b)")
_JOINED = re.compile(r"(?i)\s(?:và|mà|vì|nên|khi|nếu|để|do)\s")
_AND = re.compile(r"\s(?:và|cùng|với)\s")
IN_CLAUSE = 120  # code points after which what stands in the same clause is half as near …
ACROSS = 60  # … and beyond a mark
BREAK = 30  # code points that a mark counts as


def without_asides(text: str, *stretches: tuple[int, int]) -> str:
    """Return *text* with each aside in brackets blanked, but for those that hold one of *stretches*."""

    def blank(m: re.Match[str]) -> str:
        held = any(m.start() <= start and end <= m.end() for start, end in stretches)
        return m[0] if held else " " * len(m[0])

    return _ASIDE.sub(blank, text)


def clause_of(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the stretch between marks around an offset range; a comma within a figure is none."""
    left, right = 0, len(text)
    for m in _MARK.finditer(text):
        if m.end() <= start:
            left = m.end()
        elif m.start() >= end:
            right = m.start()
            break
    return left, right


def closeness(text: str, start: int, end: int, spot: int, spot_end: int) -> float:
    """Return how near (0-1) the stretch *spot* stands to the range, a mark between them counting as far."""
    if start <= spot < end:
        return 1.0
    gap = text[spot_end:start] if spot < start else text[end:spot]
    gap = re.sub(r"\s{2,}", " ", gap)
    breaks = len(_BREAK.findall(gap))
    return 1.0 / (1.0 + (len(gap) + BREAK * breaks) / (ACROSS if breaks else IN_CLAUSE))


def governing(text: str, start: int, end: int, spots: Sequence[tuple[int, int]]) -> int:
    """Return which of *spots* the range belongs to, -1 for none: in its clause, else the last one before.

    Of several in the clause the nearest is meant.
    """
    left, right = clause_of(text, start, end)
    inside = [i for i, (s, e) in enumerate(spots) if left <= s and e <= right]
    if inside:

        def gap(i: int) -> int:
            ahead = spots[i][0] - end
            joined = ahead > 0 and _AND.search(text, end, spots[i][0])  # "… 4 triệu và năm giải ba" goes on
            return max(ahead + (BREAK if joined else 0), start - spots[i][1])

        return min(inside, key=gap)
    before = [i for i, (_, e) in enumerate(spots) if e <= start]
    return max(before, key=lambda i: spots[i][1], default=-1)


def denials(text: str) -> tuple[tuple[int, int], ...]:
    """Return the stretches of *text* that say that something has not come about ("chưa được duyệt")."""
    found = []
    for m in _DENIED.finditer(text):
        left, right = clause_of(text, m.start(), m.end())
        left = max([left, *(j.end() for j in _JOINED.finditer(text, left, m.start()))])
        right = min([right, *(j.start() for j in _JOINED.finditer(text, m.end(), right))])
        found.append((left, right))
    return tuple(found)
