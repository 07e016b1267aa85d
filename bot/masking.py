"""Takes out of a question what could name a person, before the question is kept.

Owns the patterns of phones, identity and card numbers, e-mails, @names and links. Refuses to know where
the text goes. It rather masks too much: a masked sum of money is still a question.
"""

from __future__ import annotations

import re
import unicodedata

from bot import texts

_NUMBER = f"[{texts.MASK_NUMBER}]"
_PATTERNS = (
    (re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+"), f"[{texts.MASK_EMAIL}]"),
    (re.compile(r"(?i)\b(?:https?://|www\.|t\.me/)\S+"), f"[{texts.MASK_LINK}]"),
    (re.compile(r"(?<!\w)@\w{3,}"), f"[{texts.MASK_NAME}]"),
    # Phones: 0… or +84…, eight digits or more, with any of the usual marks between.
    (re.compile(r"(?<![\w/])(?:\+|00)?\(?(?:84|0)\)?(?:[ .\-()]*\d){7,12}(?![\w/])"), _NUMBER),
    # Cards and accounts: twelve digits or more, in groups with one space or dash.
    (re.compile(r"(?<![\w/.,])\d(?:[ -]?\d){11,22}(?![\w/])"), _NUMBER),
    # Identity papers and all other long numbers.
    (re.compile(r"(?<!\d)[A-Za-z]?\d{8,}(?!\d)"), _NUMBER),
)


def mask(text: str) -> str:
    """Return *text* on one line with everything that could name a person replaced by its kind."""
    masked = unicodedata.normalize("NFKC", " ".join(text.split()))
    for pattern, instead in _PATTERNS:
        masked = pattern.sub(instead, masked)
    return masked
