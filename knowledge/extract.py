"""The part of a sentence that answers, short fact first.

Owns cutting a sentence down to what was asked. Refuses to decide whether it answers at all.
"""

from __future__ import annotations

import re

from knowledge.index import SentenceEntry
from knowledge.matcher import Candidate
from knowledge.model import Mention, MentionKind
from knowledge.spans import SCORE

MAX_CHARS = 360  # of a quoted sentence: about six lines on a phone
# "Liên đoàn Lao động (LĐLĐ) tỉnh cùng Sở Y tế tổ chức": who did it together is named together.
_TOGETHER = re.compile(
    r"(?:\s+\([^()]{2,20}\))?(?:\s+(?:tỉnh|huyện|xã|thành phố|thị xã|phường))?\s*"
    r"(?:,|và|cùng(?:\s+với)?|phối\s+hợp(?:\s+(?:với|cùng))?)\s*"
)
_BY_LINE = re.compile(r"^\s*\([^()]{2,30}\)\s*[-–—]\s*")


def extract(candidate: Candidate[SentenceEntry]) -> tuple[str, str]:
    """Return the mention that answers ("" if none stands out), and the whole answer.

    The whole answer is that mention and at most MAX_CHARS of its sentence around it, plus an ellipsis
    at either end.
    """
    entry = candidate.entry
    span = candidate.span
    clause = _around(entry.sentence.text, span)
    if span is None:
        return "", clause
    short = span.text
    if span.kind is MentionKind.PERSON:
        named = _in_full(span, entry)
        short = f"{named.text} - {named.detail.replace('; ', ', ')}" if named.detail else named.text
    if span.kind is MentionKind.ORGANISATION:
        start, end = _together(span, entry)
        short = entry.sentence.text[start:end]
    if span.kind is MentionKind.COUNT and span.detail not in (span.text.lower(), SCORE):
        last = span.detail.split(" ")[-1]
        short = short if last in span.text.lower() else f"{short} {span.detail}"
    short = f"{short[0].upper()}{short[1:]}."
    return short, short if clause.startswith(short) and len(clause) < len(short) + 3 else f"{short} {clause}"


def _together(body: Mention, entry: SentenceEntry) -> tuple[int, int]:
    """Return the stretch of all bodies that the sentence names in one breath with *body*."""
    text = entry.sentence.text
    bodies = [m for m in entry.sentence.mentions if m.kind is MentionKind.ORGANISATION]
    start, end = body.start, body.end
    for other in bodies:
        if other.start >= end and _TOGETHER.fullmatch(text, end, other.start):
            end = other.end
    for other in reversed(bodies):
        if other.end <= start and _TOGETHER.fullmatch(text, other.end, start):
            start = other.start
    return start, end


def _in_full(person: Mention, entry: SentenceEntry) -> Mention:
    """Return the mention that gives the whole name of "ông Quế", the last one before; else *person*."""
    if " " in person.text:
        return person
    before = [
        m
        for s in entry.document.sentences
        for m in s.mentions
        if m.kind is MentionKind.PERSON
        and m.text.endswith(f" {person.text}")
        and s.start <= entry.sentence.start
    ]
    return before[-1] if before and len({m.text for m in before}) == 1 else person


def _around(text: str, span: Mention | None) -> str:
    """Return *text* without its by-line; of a long one the words around *span*, with "…" where it is cut."""
    by_line = _BY_LINE.match(text)
    first = by_line.end() if by_line else 0
    if len(text) - first <= MAX_CHARS:
        return text[first:].strip()
    start = max(first, span.start - MAX_CHARS // 2) if span else first
    end = min(len(text), start + MAX_CHARS)
    if start > first:  # begin with a whole word, unless the span is near
        start = next((at + 1 for at in range(start, span.start if span else end) if text[at] == " "), start)
    if end < len(text):
        least = min(end, span.end) if span else start + 1
        end = next((at for at in range(end, least, -1) if text[at] == " "), end)
    return ("…" if start > first else "") + text[start:end].strip() + ("…" if end < len(text) else "")
