"""Takes out of a question what could name a person, before the question is kept.

Owns the patterns of phones, identity and card numbers, number plates, e-mails, @names and links. Refuses to
know where the text goes. It rather masks too much: a masked sum of money is still a question.
"""

from __future__ import annotations

import re
import unicodedata

from bot import texts

LONGEST = 1000  # characters that are looked at
_NUMBER = f"[{texts.MASK_NUMBER}]"
# Marks that nobody sees, between digits as well: zero width, soft hyphens, directions.
_UNSEEN = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_EMAIL, _LINK, _NAME = f"[{texts.MASK_EMAIL}]", f"[{texts.MASK_LINK}]", f"[{texts.MASK_NAME}]"
_AT = (
    (re.compile(r"[^\s@<>()]{1,64}@[^\s@<>()]{2,}"), _EMAIL),
    (
        re.compile(
            rf"(?i)(?<![\w.+-])[\w.+-]{{1,64}} ?"
            rf"(?:@|[(\[] ?(?:at|{texts.MASK_AT}) ?[)\]]|\b(?:{texts.MASK_AT})\b) ?"
            rf"\w[\w-]*(?: ?(?:\.|\b(?:{texts.MASK_DOT})\b) ?\w+)+"
        ),
        _EMAIL,
    ),
    (re.compile(r"(?<!\w)@\w{3,}"), _NAME),
)
_LINKS = (
    (re.compile(r"(?i)\b(?:https?://|www\.|tg://)\S+"), _LINK),
    # Of an address without "https" the path is what names somebody.
    (re.compile(r"(?i)(?<![\w.-])(?:[\w-]{1,40}\.){1,4}[a-z]{2,6}/\S+"), _LINK),
)
_NUMBERS = (
    # Phones: 0… or +84…, eight digits or more, with any of the usual marks between.
    re.compile(r"(?<![\d/])(?:\+|00)?\(?(?:84|0)\)?(?:[ .,\-‐-―_·•*()]*\d){7,12}(?![\d/])"),
    re.compile(r"(?<!\d)0\d{2,3}/\d{3}/\d{3,4}(?!\d)"),
    re.compile(r"(?<!\w)[oO0](?:[ .\-]?[\doOIl]){8,10}(?!\w)"),
    # Cards, accounts and papers: twelve digits or more in groups, nine in threes.
    re.compile(r"(?<![\d/.,])\d(?:[ .\-‐-―]?\d){11,22}(?![\d/])"),
    re.compile(r"(?<![\d/.,])\d{3}([ .\-])\d{3}\1\d{3}(?![\d/]|[.,]\d)"),
    # Identity papers, passports, number plates and all other long numbers.
    re.compile(r"(?<!\d)[A-Za-z]{0,2}\d{8,}(?!\d)"),
    re.compile(r"(?<!\w)[A-Za-z] ?\d{7}(?!\d)"),
    re.compile(r"(?<!\w)\d{2} ?-?[A-Za-z]{1,2}\d? ?- ?\d{3}[. ]?\d{2}(?!\d)"),
)
_SPOKEN = re.compile(r"(?i)\b(?:(?:{0})[ ,.\-]+){{7,}}(?:{0})\b".format(texts.MASK_DIGITS.replace(" ", "|")))
_SPOKEN_AT = frozenset(("at", *texts.MASK_AT.replace("|", " ").split())) - {"a"}
_SPOKEN_WORDS = frozenset(texts.MASK_DIGITS.split())


def mask(text: str) -> str:
    """Return *text* on one line with everything that could name a person replaced by its kind.

    Of a text longer than is ever kept the rest is left out, and nothing is cut in the middle of a number.
    """
    line = " ".join(text.split())
    if len(line) > LONGEST:
        line = line[:LONGEST].rpartition(" ")[0].rstrip("0123456789 .,-/()+") or line[:LONGEST]
    masked = unicodedata.normalize("NFKC", _UNSEEN.sub("", line))
    # Nearly all questions have nothing of the kind, and every one comes through here.
    words = re.findall(r"\w+", masked.lower())
    patterns: list[tuple[re.Pattern[str], str]] = []
    if "@" in masked or not _SPOKEN_AT.isdisjoint(words):
        patterns += _AT
    if "/" in masked or "www." in masked.lower():
        patterns += _LINKS
    if any(map(str.isdigit, masked)):
        patterns += [(pattern, _NUMBER) for pattern in _NUMBERS]
    if sum(word in _SPOKEN_WORDS for word in words) >= 8:
        patterns.append((_SPOKEN, _NUMBER))
    for pattern, instead in patterns:
        masked = pattern.sub(instead, masked)
    return masked
