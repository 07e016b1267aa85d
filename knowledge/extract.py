"""The part of a sentence that answers, short fact first.

Owns cutting a sentence down to what was asked. Refuses to decide whether it answers at all.
"""

from __future__ import annotations

import re

from knowledge.index import SentenceEntry
from knowledge.matcher import Candidate
from knowledge.model import Mention, MentionKind

MAX_CHARS = 360
_BY_LINE = re.compile(r"^\s*\([^()]{2,30}\)\s*[-–—]\s*")


def extract(candidate: Candidate) -> tuple[str, str]:
    """Return the mention that answers ("" if none stands out), and the whole answer.

    The whole answer is that mention and at most MAX_CHARS of its sentence around it.
    """
    entry = candidate.entry
    assert isinstance(entry, SentenceEntry)  # noqa: S101 - narrows the union
    span = candidate.span
    clause = _around(entry.sentence.text, span)
    if span is None:
        return "", clause
    short = span.text
    if span.kind is MentionKind.PERSON and span.detail:
        short = f"{span.text} - {span.detail.replace('; ', ', ')}"
    short = f"{short[0].upper()}{short[1:]}."
    return short, short if clause.startswith(short) and len(clause) < len(short) + 3 else f"{short} {clause}"


def _around(text: str, span: Mention | None) -> str:
    body = _BY_LINE.sub("", text).strip()
    if len(body) <= MAX_CHARS:
        return body
    at = max(0, text.find(span.text) if span else 0)
    start = max(0, at - MAX_CHARS // 2)
    piece = text[start : start + MAX_CHARS]
    piece = piece if start == 0 else "…" + piece.partition(" ")[2]
    return piece if start + MAX_CHARS >= len(text) else piece.rpartition(" ")[0] + "…"
