"""Short forms that an article spells out itself: "Hội Chữ thập đỏ (CTĐ)".

Owns finding them by their initials. Refuses to know the word lists, and where short forms are read.
"""

from __future__ import annotations

import re

from knowledge.syllables import fold

_SHORT = r"[A-ZĐ]{2,8}"
_AFTER = re.compile(rf"\(({_SHORT})\)")
_BEFORE = re.compile(rf"(?<!\w)({_SHORT})\s+\(([^()]{{3,80}})\)")
_BESIDE = re.compile(rf"((?:[^\W\d_]+ ){{3,8}})({_SHORT})(?!\w)")
_WORD = re.compile(r"[^\W\d_]+")


def spelled_out(text: str) -> dict[str, tuple[str, ...]]:
    """Return the short forms of *text*, lower-case, each with the words it stands for."""
    found: dict[str, tuple[str, ...]] = {}
    for m in _AFTER.finditer(text):
        line = text.rfind("\n", 0, m.start()) + 1
        words = _WORD.findall(text, line, m.start())[-len(m[1]) :]
        if _fits(m[1], words):
            found.setdefault(m[1].lower(), (" ".join(words).lower(),))
    for m in _BESIDE.finditer(text):
        words = m[1].split()
        if len(m[2]) > 2 and _fits(m[2], words[-len(m[2]) :]):
            found.setdefault(m[2].lower(), (" ".join(words[-len(m[2]) :]).lower(),))
    for m in _BEFORE.finditer(text):
        words = _WORD.findall(m[2])
        if _fits(m[1], words):
            found.setdefault(m[1].lower(), (" ".join(words).lower(),))
    return found


def _fits(short: str, words: list[str]) -> bool:
    return fold(short.lower()) == "".join(fold(w.lower())[0] for w in words)
