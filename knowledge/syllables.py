"""Vietnamese syllables: which exist, how they fold, and which key strokes type them.

Owns the letter tables, the table of legal syllables, what one slip is, and the undoing of raw Telex and VNI
keys. Refuses to know words, abbreviations and meaning: those are data in seeds/lexicon.

A syllable's *key* is its letters without tone followed by the tone's number ("hoà" and "hòa" are both
"hoa2"); its *fold* has neither tone nor shape ("hoa"). A lone "y" after a consonant counts as "i" in
both (kỹ = kĩ, quy = qui).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LEVEL = 0  # ngang, no tone mark
_TONES = {"\u0300": 1, "\u0301": 2, "\u0309": 3, "\u0303": 4, "\u0323": 5}  # huyền sắc hỏi ngã nặng
HOI, NGA = 3, 4

_VOWELS = "aăâeêioôơuưy"
_ONSETS = [
    *("", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh"),
    *("p", "ph", "qu", "r", "s", "t", "th", "tr", "v", "x"),
]
_RIMES = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu
iêc iêm iên iêng iêp iêt iêu y yêm yên yêng yêt yêu
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet
oc oi om on ong oong ooc op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uc ui um un ung up ut uân uâng uât uây uê uênh uêch uơ uy uya uyu uych uynh uyên uyêt uyt uyn uyp
yt ynh ych yn
uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
""".split()  # noqa: SIM905 - a table is read more easily than 150 quoted strings
_STOPS = ("c", "ch", "p", "t")  # these endings carry only sắc and nặng

_PLAIN_TONE: dict[str, tuple[str, int]] = {}  # letter -> (letter without tone, tone)
_FOLD: dict[int, str] = {ord("đ"): "d", ord("Đ"): "D"}
for _vowel in _VOWELS:
    for _mark, _tone in (("", LEVEL), *_TONES.items()):
        _letter = unicodedata.normalize("NFC", _vowel + _mark)
        _PLAIN_TONE[_letter] = (_vowel, _tone)
        _base = unicodedata.normalize("NFD", _vowel)[0]
        _FOLD[ord(_letter)] = _base
        _FOLD[ord(_letter.upper())] = _base.upper()

_WORD_Y = re.compile(r"^([bcdđghklmnprstvx]+|q[uU])y$")


def fold(text: str) -> str:
    """Drop every tone and shape mark from NFC *text*: "Đảng bộ" -> "Dang bo"."""
    return text.translate(_FOLD)


def split_tone(word: str) -> tuple[str, int]:
    """Return lower-case NFC *word* without its tone, and the tone (0-5); the last tone wins."""
    tone = LEVEL
    letters = []
    for letter in word:
        plain, mark = _PLAIN_TONE.get(letter, (letter, LEVEL))
        letters.append(plain)
        tone = mark or tone
    return "".join(letters), tone


@lru_cache(maxsize=20_000)
def key(word: str) -> str:
    """Return the comparison key of lower-case NFC *word*; see the module docstring."""
    plain, tone = split_tone(word)
    return f"{_WORD_Y.sub(_i_for_y, plain)}{tone}" if tone else _WORD_Y.sub(_i_for_y, plain)


@lru_cache(maxsize=20_000)
def fold_key(word: str) -> str:
    """Return the fold of lower-case NFC *word*, with the lone "y" as "i"."""
    return _WORD_Y.sub(_i_for_y, fold(word))


def _i_for_y(match: re.Match[str]) -> str:
    return match[1] + "i"


def _legal_syllables() -> tuple[frozenset[str], frozenset[str]]:
    front = [rime for rime in _RIMES if rime[0] in "eêiy"]
    back = [rime for rime in _RIMES if rime[0] not in "eêiy"]
    rimes = dict.fromkeys(_ONSETS, _RIMES)
    rimes |= dict.fromkeys(("k", "gh", "ngh"), front) | dict.fromkeys(("c", "ng"), back)
    rimes["g"] = [*back, *(rime for rime in front if rime[0] == "i")]  # "gì", and "gi" before "i" is "g"
    rimes["qu"] = [rime for rime in _RIMES if rime[0] != "u"]
    shaped = {onset + rime for onset, fitting in rimes.items() for rime in fitting}
    return frozenset(shaped), frozenset(fold(" ".join(shaped)).split(" "))


_SHAPED, _FOLDED = _legal_syllables()


def is_one_slip(typed: str, meant: str) -> bool:
    """Tell whether at most one letter is wrong, left out or put in, or two neighbours have changed places."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    if start is None:
        return True
    rest, other = typed[start:], meant[start:]
    if len(rest) != len(other):
        return rest[1:] == other or rest == other[1:]
    return rest[1:] == other[1:] or (rest[1::-1] == other[:2] and rest[2:] == other[2:])


def is_syllable(word: str) -> bool:
    """Tell whether lower-case *word* is a legal syllable as typed, or one typed without any mark."""
    plain, tone = split_tone(word)
    if plain in _SHAPED:
        return tone in (2, 5) or not plain.endswith(_STOPS) or tone == LEVEL
    return tone == LEVEL and plain in _FOLDED


def _is_full_syllable(plain: str, tone: int) -> bool:
    return plain in _SHAPED and (tone in (2, 5) or not plain.endswith(_STOPS))


_TELEX_TONE = {"f": 1, "s": 2, "r": 3, "x": 4, "j": 5}
_VNI_TONE = {"2": 1, "1": 2, "3": 3, "4": 4, "5": 5}
_W = {"a": "ă", "o": "ơ", "u": "ư"}
_DOUBLE = {"a": "â", "e": "ê", "o": "ô"}
_VNI_SHAPE = {"6": _DOUBLE, "7": {"o": "ơ", "u": "ư"}, "8": {"a": "ă"}}


def decode_keys(word: str) -> str | None:
    """Undo raw Telex or VNI keys in one lower-case ASCII word: "dduwowcj", "d9u7o7c5" -> "được".

    The tone and shape keys may stand anywhere after the letter they belong to. None when the word
    holds no such keys or the result is not a legal syllable.
    """
    if not word.isascii() or len(word) > 12:
        return None
    if any(c.isdigit() for c in word):
        return _decode(word, vni=True) if word[0].isalpha() else None
    return _decode(word, vni=False)


@lru_cache(maxsize=20_000)
def _decode(word: str, *, vni: bool) -> str | None:
    letters: list[str] = []
    tone, keys = LEVEL, 0
    for char in word:
        seen_vowel = any(c in _VOWELS for c in letters)
        tones = _VNI_TONE if vni else _TELEX_TONE
        if char in tones and seen_vowel:
            if tone:
                return None
            tone, keys = tones[char], keys + 1
        elif (shaped := _shape(letters, char, vni=vni)) is not None:
            letters, keys = shaped, keys + 1
        else:
            letters.append(char)
    if not keys:
        return None
    plain = "".join(letters)
    for wrong, right in (("", ""), *_LATE_HORN):
        candidate = plain.replace(wrong, right) if wrong else plain
        if _is_full_syllable(candidate, tone):
            return place_tone(candidate, tone)
    return None


def _shape(letters: list[str], char: str, *, vni: bool) -> list[str] | None:
    """Apply *char* as a shape key to the letters so far; None when it is an ordinary letter."""
    if char == ("9" if vni else "d"):
        return ["đ", *letters[1:]] if letters[:1] == ["d"] else None
    if vni:
        table = _VNI_SHAPE.get(char)
    else:
        if char == "o" and letters[-1:] in (["a"], ["e"]):
            return None  # the end of "oao", "oeo", where no hat fits
        table = _W if char == "w" else {char: _DOUBLE[char]} if char in _DOUBLE else None
    if table is None:
        return None
    for i in range(len(letters) - 1, -1, -1):
        if letters[i] in table:
            out = [*letters[:i], table[letters[i]], *letters[i + 1 :]]
            if out[i] == "ơ" and i and out[i - 1] == "u" and letters[0] != "q":
                out[i - 1] = "ư"
            if out[i] == "ư" and letters[i + 1 : i + 2] == ["o"]:
                out[i + 1] = "ơ"
            return out
    return None if vni or char != "w" else [*letters, "ư"]


# A horn or breve key typed after the whole syllable lands on its last vowel: where it belongs instead.
_LATE_HORN = (("uoư", "ươu"), ("uơ", "ươ"), ("ưo", "ươ"), ("ươ", "uơ"), ("uă", "ưa"), ("uư", "ưu"))
MAX_LETTERS = 7  # of the longest syllable: "nghiêng"
_MARKS = {tone: mark for mark, tone in _TONES.items()}


def place_tone(plain: str, tone: int) -> str:
    """Put *tone* (0-5) on toneless NFC *plain* at its customary place: ("hoa", 1) -> "hòa"."""
    if tone == LEVEL:
        return plain
    start = 2 if plain.startswith(("qu", "gi")) and any(c in _VOWELS for c in plain[2:]) else 0
    places = [i for i in range(start, len(plain)) if plain[i] in _VOWELS]
    if not places:
        return plain
    shaped = [i for i in places if plain[i] in "ăâêôơư"]
    at = (
        shaped[-1] if shaped else places[0] if places[-1] == len(plain) - 1 or len(places) == 1 else places[1]
    )
    if not shaped and len(places) == 3:
        at = places[1]
    return unicodedata.normalize("NFC", plain[: at + 1] + _MARKS[tone] + plain[at + 1 :])


def syllables_of(letters: str) -> list[str]:
    """Part *letters* into as few legal syllables as can be, long ones first; all in one when none fit.

    >>> syllables_of("giámđốc")
    ['giám', 'đốc']
    """
    best: list[list[str] | None] = [[], *[None] * len(letters)]
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - MAX_LETTERS), end):
            before = best[start]
            if before is None or not is_syllable(letters[start:end].lower()):
                continue
            found = best[end]
            if found is None or len(before) + 1 < len(found):
                best[end] = [*before, letters[start:end]]
    return best[-1] or [letters]
