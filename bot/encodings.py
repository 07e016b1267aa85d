"""The bytes of a file that an admin sent become text, whatever program wrote them, or are refused in a word.

Owns telling encodings apart: UTF-8 and UTF-16 are taken, Windows-1258 is converted with a remark, TCVN3
(ABC fonts) is refused: its capitals are a matter of the font, so names would come out wrong. Refuses to know
what the text says; a legacy encoding is recognised by how many of its words are Vietnamese syllables.
"""

from __future__ import annotations

import re
import unicodedata

from bot import texts_admin as t
from knowledge.errors import InputError
from knowledge.intake import decode
from knowledge.syllables import is_syllable

# TCVN 5712:1993 VN3, lower-case letters and the few capitals it has, by byte from 0xA1.
_TCVN3 = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬­®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
_TABLE = str.maketrans(_TCVN3)
_LONGEST = 64  # characters of a word that are looked at
_LIKELY = 0.8  # share of the words with marks that must be Vietnamese syllables
_WORD = re.compile(r"[^\W\d_]*[^\W\d_\x00-\x7f][^\W\d_]*|\S*[\x80-\xff]\S*")


class UnreadableError(Exception):
    """The file cannot be taken; the message is a Vietnamese sentence for the admin."""


def read(data: bytes) -> tuple[str, str]:
    """Return the text of *data* and a remark about how it was read, "" when nothing needs saying.

    Raises UnreadableError.
    """
    try:
        text = decode(data)
    except InputError:
        return _legacy(data)
    refuse_tcvn3(text)
    return text, ""


def refuse_tcvn3(text: str) -> None:
    """Raise UnreadableError when *text* was typed for an ABC font: its letters are not what they seem."""
    if _share(text) < _LIKELY and _share(text.translate(_TABLE)) >= _LIKELY:
        raise UnreadableError(t.FILE_TCVN3)


def _legacy(data: bytes) -> tuple[str, str]:
    if data[:1] == b"\0" or data[1:2] == b"\0":
        for encoding in ("utf-16-le", "utf-16-be"):
            text = data.decode(encoding, "replace")
            if not {"\ufffd", "\0"} & set(text) and _share(text) >= _LIKELY:
                return text, ""
    if b"\0" in data:
        raise UnreadableError(t.FILE_NOT_TEXT)
    windows = unicodedata.normalize("NFC", data.decode("cp1258", "replace"))
    abc = data.decode("latin-1").translate(_TABLE)
    shares = {"windows": _share(windows), "abc": _share(abc)}
    if max(shares.values()) < _LIKELY:
        raise UnreadableError(t.FILE_NOT_TEXT)
    if shares["abc"] > shares["windows"]:
        raise UnreadableError(t.FILE_TCVN3)
    return windows, t.FILE_WINDOWS_1258


def _share(text: str) -> float:
    """Return how many of the words with marks are Vietnamese syllables, 0-1; 1 when there are none."""
    # Piece by piece: on one long run without a space the pattern alone would take half a minute.
    found = (word for piece in text[:20_000].split() for word in _WORD.findall(piece[:_LONGEST]))
    words = [word.strip(".,;:!?()“”\"'-–…") for word in found]
    words = [word for word in words if any(char.isalpha() and not char.isascii() for char in word)]
    return sum(is_syllable(word.lower()) for word in words) / len(words) if words else 1.0
