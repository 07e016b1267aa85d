"""The part of a sentence that answers, short fact first.

Owns cutting a sentence down to what was asked. Refuses to decide whether it answers at all.
"""

from __future__ import annotations

import re

from knowledge.analysis import Analysis
from knowledge.index import Index, SentenceEntry

MAX_CHARS = 420
_BY_LINE = re.compile(r"^\s*\([^()]{2,30}\)\s*[-–—]\s*")


def extract(question: Analysis, entry: SentenceEntry, index: Index) -> str:
    """Return at most MAX_CHARS of the sentence, the part nearest to the question's words."""
    text = _BY_LINE.sub("", entry.sentence.text).strip()
    return text if len(text) <= MAX_CHARS else text[: MAX_CHARS - 1].rsplit(" ", 1)[0] + "…"
