"""An article's text becomes a Document: paragraphs, sentences, and what each sentence names.

Owns how a newspaper text is cut. Refuses to know files, storage and curated facts.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from itertools import pairwise

from knowledge.lexicon import Lexicon
from knowledge.mentions import MentionFinder
from knowledge.model import Document, Sentence

MAX_HEADING_CHARS = 200
MAX_NAMING_CHARS = 3000  # of a sentence; what such a monster names further on is not looked for
_BY_LINE = re.compile(r"^\s*\(([^()\d]{2,30})\)\s*[-–—]")
# A full stop ends a sentence before a space and a capital, an opening quote or a figure, but not after
# initials ("T.C.") or a title's short form ("TP. Tam Kỳ", "ThS. Lê").
_SHORT = (
    "TP",
    "Tp",
    "TX",
    "Tx",
    "TS",
    "Ts",
    "ThS",
    "Ths",
    "PGS",
    "GS",
    "BS",
    "Bs",
    "KS",
    "Ks",
    "LS",
    "Q",
    "P",
    "H",
    "X",
    "Mr",
    "Ms",
)
_END = re.compile(
    r"(?<=[.!?…])"
    + "".join(rf"(?<!\b{short}\.)" for short in _SHORT)
    + r"(?<!\.[A-ZĐ]\.)[\"”’)]*\s+(?=[\"“‘(]?[A-ZĐÀ-Ỹ0-9])"
)


def parse(
    name: str, text: str, lexicon: Lexicon, *, title: str = "", publisher: str = "", printed_date: str = ""
) -> Document:
    """Cut *text* into a Document called *name*.

    Without a *title* the first line serves when it is a heading (short, no full stop, others follow),
    else the name; without a *publisher* the by-line's mark "(QNO) -"; without a *printed_date* the
    first date the article prints. A sentence never spans two lines.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff"))
    finder = MentionFinder(lexicon)
    sentences = []
    paragraph = -1
    for line in re.finditer(r"[^\n]+", text):
        if not line[0].strip():
            continue
        paragraph += 1
        for start, end in _cut(line[0]):
            body = line[0][start:end]
            sentences.append(
                Sentence(
                    paragraph,
                    line.start() + start,
                    line.start() + end,
                    body,
                    finder.find(body[:MAX_NAMING_CHARS]),
                )
            )
    heading = sentences[0].text if sentences else ""
    is_heading = len(sentences) > 1 and len(heading) <= MAX_HEADING_CHARS and heading[-1] not in ".!:;,"
    is_heading = is_heading and sentences[1].paragraph > 0
    by_line = next((m for s in sentences[:3] if (m := _BY_LINE.match(s.text))), None)
    dates = (m.text for s in sentences for m in s.mentions if m.kind == "date")
    return Document(
        name=name,
        title=title or (heading if is_heading else name.replace("-", " ").replace("_", " ")),
        publisher=publisher or (by_line[1].strip() if by_line else ""),
        printed_date=printed_date or next(dates, ""),
        text=text,
        checksum=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        sentences=tuple(sentences),
    )


def _cut(line: str) -> list[tuple[int, int]]:
    cuts = [0, *(m.end() for m in _END.finditer(line)), len(line)]
    spans = []
    for start, end in pairwise(cuts):
        body = line[start:end]
        left = start + len(body) - len(body.lstrip())
        right = end - (len(body) - len(body.rstrip()))
        if left < right:
            spans.append((left, right))
    return spans
