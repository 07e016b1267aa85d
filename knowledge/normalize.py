"""What a person typed becomes standard Vietnamese tokens.

Owns the undoing of typing: look-alike letters, Telex and VNI keys, teencode, dialect, abbreviations,
numbers in words. Refuses to know any article: a slip that only a vocabulary can mend ("qản") and a short
form with several readings ("tt") are left to `index`, which knows the words in use.

Normalizing is idempotent on its own output and never raises. Cost is bounded by MAX_CHARS.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from knowledge.lexicon import Lexicon
from knowledge.records import dataclass, replace
from knowledge.syllables import decode_keys, fold, fold_key, is_syllable, key, syllables_of

MAX_CHARS = 1000  # of a question; longer ones are refused before any work (matching costs grow with length)
MAX_TOKENS = 220
MAX_WORDS = 90  # of a message that are read at all; who writes more has told a long story
_BEFORE, _AFTER = 12, 6  # words around one that may ask
MANY = 6  # questions of the word lists that end in it make a word one that may ask
MAX_ODD = 60  # words of a message that are neither syllables nor listed, and yet are made out: the last ones
MAX_WORD_CHARS = 40  # of a word without spaces, the rest is dropped: the caches of words stay small
CAREFUL = 3  # so many words with marks, and one without is meant so
REMEMBERED = 4096  # typed words, undone
MAX_FRAMED = 4  # a picture before or after more words than this does not stand for a word

# Letters of other alphabets that look Latin, as seen in pasted and "decorated" text.
_LOOK_ALIKES = str.maketrans(
    "аеорсухкмтвніѕјԁɡοαερτυκνιΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕКМНОРСТХІЅЈðÐɩ",
    "aeopcyxkmtbnisjdgoaeptukviABEZHIKMNOPTYXABEKMHOPCTXISJđĐi",
)
_TAG = re.compile(r"(?is)<(script|style)\b[^<>]{0,200}>.*?</\1\s*>|</?[a-z][^<>]{0,200}>")
_NOISE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|(?i:https?://|www\.)[^\s)\]]+")  # terminal colours, links
_LONE_PERCENT = re.compile(r"(?<![\d\s])\s*%|(?<=[^\d\s])\s+%|^\s*%")
# Nothing to look for either: no tags, percent signs or colours, and no letter that looks like another.
_ORDINARY = re.compile(r"[\n !-$&-9;=?-\]_a-{}À-ÏÑ-ÖØ-ïñ-öø-ſƠơƯưẠ-ỹ]*")
# Nothing to clean: letters that Vietnamese is written with, figures, and the signs of ordinary keyboards.
_PLAIN = re.compile(r"[\n !-\]_a-{}À-ÖØ-öø-ſƠơƯưẠ-ỹ]*")
_TOKEN = re.compile(
    r"(?:19|20)\d\d(?=[-/](?:19|20)\d\d(?!\d))|\d+(?:[.,/:-]\d+)*\s?%|\d+(?:[./:-]\d+)+|\d+(?:,\d+)?|[^\W\d_](?:[./][^\W\d_])+\b\.?|[^\W_]+",
    re.UNICODE,
)
_STOP_MARKS = "?!.,;:+&\n"
_NO_MARKS = ("", " ")
_ENDS = frozenset("?!.;\n")  # of a sentence
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_] ){4,}[^\W\d_](?![^\W_])")
_REPEAT = re.compile(r"([^\W\d])\1{2,}")
_DOUBLE_END = re.compile(r"([^\W\d])\1+$")

_DIGITS = dict(
    zip(("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"), range(10), strict=True)
)
_DIGITS |= {"mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5, "bẩy": 7}
_TENS = {"mười": 10, "mươi": 10, "chục": 10}
_SCALES = {"trăm": 100, "nghìn": 1000, "ngàn": 1000, "triệu": 1_000_000}
_NUMERALS = {**_DIGITS, **_TENS, **_SCALES, "linh": 0, "lẻ": 0}
_NEVER_FIRST = frozenset(["mốt", "lăm", "nhăm", "mươi", "linh", "lẻ"])  # "làm chức" is not "lăm chục"
_AFTER_TENS = frozenset(["mốt", "lăm", "nhăm"])  # "bảy lăm" is 75: the tens are left out in speech
_HOW_MANY = "mấy"
_NUMERALS_BY_FOLD: dict[str, str] = {}
for _word in _NUMERALS:
    _NUMERALS_BY_FOLD.setdefault(fold(_word), _word)
_NUMERAL_FOLDS = frozenset([*_NUMERALS_BY_FOLD, fold(_HOW_MANY)])


@dataclass(frozen=True, slots=True)
class Token:
    """One syllable, number or unknown word.

    `text` is lower-case NFC standard spelling. `marked` tells that its marks were typed (or decoded), so
    that they may speak against a candidate. `number` is the canonical value ("281", "75%", "6/11") of a
    figure, else "". `capital` tells that it began with a capital in a message not all in capitals.
    `after` is the punctuation that follows. `readings` holds every phrase that the token may stand for,
    the one standing here first, when there are several. `typed` is the word as it was typed.
    """

    text: str
    key: str
    fold: str
    marked: bool
    typed: str
    number: str = ""
    after: str = ""
    readings: tuple[str, ...] = ()
    capital: bool = False


def clean(text: str) -> str:
    """Return *text* as NFC without markup, control and picture characters and foreign scripts."""
    text = unicodedata.normalize("NFKC", text[: MAX_CHARS * 2].replace("đ", "đ"))
    if _ORDINARY.fullmatch(text) and "www." not in text.lower():
        return text.strip()
    text = _NOISE.sub(" ", _TAG.sub(" ", text))  # tags first: a link within one would swallow what it links
    text = _LONE_PERCENT.sub(" phần trăm ", text.translate(_LOOK_ALIKES))
    if _PLAIN.fullmatch(text):
        return text.strip()
    out = []
    for char in text:
        category = unicodedata.category(char)
        if char in "\n\r\t":
            out.append("\n" if char != "\t" else " ")
        elif category in ("Cf", "Mn", "Me"):
            continue
        elif (
            category[0] == "C" or category == "Lo" or (category in ("So", "Sk", "Sm") and char not in "+=<>%")
        ):
            out.append(" ")
        else:
            out.append(char)
    return unicodedata.normalize("NFC", "".join(out)).strip()


_NONE: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Normalizer:
    """Turns typed text into tokens with the word lists of one lexicon."""

    def __init__(self, lexicon: Lexicon, defined: Mapping[str, tuple[str, ...]] = _NONE) -> None:
        """Prepare the look-up tables; abbreviations are also found without their đ.

        *defined* are those that the texts spell out themselves: their reading goes first.
        """
        self._words = lexicon.teencode
        self._letters = lexicon.teencode_letters
        self._signs = {sign: words[0] for sign, words in lexicon.signs.items()}
        self._short: dict[str, tuple[str, ...]] = {}
        short_forms = [*defined.items(), *lexicon.abbreviations.items()]
        for short, readings in short_forms + [(fold(s), r) for s, r in short_forms]:
            self._short[short] = tuple(dict.fromkeys(self._short.get(short, ()) + readings))
        self._dialect = {tuple(k.split()): v for k, v in lexicon.dialect.items()}
        # The same without marks, for those who type none: then one syllable is dialect only by its context.
        self._bare_dialect = {
            tuple(map(fold, words)): readings
            for words, readings in self._dialect.items()
            if not "".join(words).isascii()
        }
        self._dialect_widths: dict[str, int] = {}  # by first word, how long what begins with it is at most
        for words in (*self._dialect, *self._bare_dialect):
            self._dialect_widths[words[0]] = max(len(words), self._dialect_widths.get(words[0], 0))
        self._compounds = frozenset(lexicon.once("compounds", lambda: _compounds(lexicon)))
        self._asking = frozenset(lexicon.once("asking", lambda: _asking(lexicon)))
        self._read = lru_cache(maxsize=REMEMBERED)(self._undo)

    def normalize(self, text: str, *, standard: bool = False) -> tuple[Token, ...]:
        """Return the tokens of *text* in order; at most MAX_TOKENS.

        *standard* text (a fact, a newspaper) has short forms in capitals, but no chat spelling.
        """
        tokens: list[Token] = []
        original = clean(text if standard else self._read_signs(text[: MAX_CHARS * 2]))
        if not standard:
            original = _SPACED.sub(lambda run: " ".join(syllables_of(run[0].replace(" ", ""))), original)
        cleaned = original.lower()
        if len(original) != len(cleaned):  # a few letters grow when lowered; capitals are only a hint
            original = cleaned
        shouting = original != cleaned and (
            sum(map(str.isupper, original)) * 2 > sum(map(str.isalpha, original))
        )
        matches = list(_TOKEN.finditer(cleaned))[:MAX_TOKENS]
        if not standard:
            matches = self._worth_reading(matches, cleaned)
        left = self._left_odd(matches) if len(matches) > MAX_ODD and not standard else frozenset()
        for i, m in enumerate(matches):
            gap = cleaned[m.end() : matches[i + 1].start() if i + 1 < len(matches) else len(cleaned)]
            after = "" if gap in _NO_MARKS else "".join([c for c in gap if c in _STOP_MARKS])
            word = m[0][:MAX_WORD_CHARS]
            as_typed = original[m.start() : m.start() + len(word)]
            before = tokens[-1].fold if tokens else ""
            if i in left:
                new = [_token(word, word)]
            elif before in _COUNTED_IN_ROMAN and (value := _roman(word, as_typed, before)):
                new = [_figure(value, word)]
            elif len(word) == 1 and as_typed.isupper() and not shouting and before:
                new = [_token(word, word)]  # "nhóm máu B", not the "bạn" of chat
            else:
                new = [*self._undo_short(word, as_typed)] if standard else [*self._read(word)]
            if as_typed[0].isupper() and not shouting and len(new) == 1:
                new[0] = replace(new[0], capital=True)
            if after:
                new[-1] = replace(new[-1], after=after)
            tokens.extend(new)
        return tuple(_join_numbers(tokens if standard else self._undo_dialect(tokens)))

    def _worth_reading(self, words: list[re.Match[str]], text: str) -> list[re.Match[str]]:
        """Return at most MAX_WORDS of *words*, in order: what may ask, then the end, then the beginning.

        Every word costs something before anybody knows whether it asks. What may ask is a sentence with a
        question mark, and what stands around a word that ends many questions ("nào", "gì").
        """
        if len(words) <= MAX_WORDS:
            return words
        asking: dict[int, None] = {}
        marked = False
        for i in range(len(words) - 1, -1, -1):
            gap = text[words[i].end() : words[i + 1].start() if i + 1 < len(words) else len(text)]
            if not _ENDS.isdisjoint(gap):
                marked = "?" in gap
            if marked:
                asking[i] = None
            elif words[i][0] in self._asking:
                asking |= dict.fromkeys(range(min(i + _AFTER, len(words) - 1), max(i - _BEFORE, 0) - 1, -1))
        kept = set([*asking][: MAX_WORDS * 2 // 3])
        for i in (*range(len(words) - 1, len(words) - MAX_WORDS // 3, -1), *range(len(words))):
            if len(kept) == MAX_WORDS:
                break
            kept.add(i)
        return [words[i] for i in sorted(kept)]

    def _left_odd(self, matches: list[re.Match[str]]) -> frozenset[int]:
        """Return the places of odd words that are left as they are, all but the last MAX_ODD of them.

        Making one out costs twenty times what an ordinary word does, and people ask at the end.
        """
        odd = [
            i
            for i, m in enumerate(matches)
            if not is_syllable(m[0]) and m[0] not in self._words and m[0] not in self._short
        ]
        return frozenset(odd[:-MAX_ODD])

    def _read_signs(self, text: str) -> str:
        """Put words where pictures stand for them ("ai ✍️ quy chế"), and leave out those that decorate."""
        for sign, word in self._signs.items():
            if sign not in text:
                continue
            before, _, rest = text.partition(sign)
            says_so = text.count(sign) > 1 or fold(word.split()[0]) in fold(text.lower()).split()
            framing = len(text.split()) > MAX_FRAMED and not (before.strip() and rest.strip("\ufe0f ?!."))
            text = text.replace(sign, " " if says_so or framing else f" {word} ")
        return text

    def _undo_short(self, word: str, as_typed: str) -> list[Token]:
        """Expand only what a newspaper shortens: "LĐLĐ", never "an" or "ban"."""
        readings = self._short.get(word.replace(".", ""))
        if readings and sum(c.isupper() for c in as_typed) > 1:
            return _phrase(readings, word)
        if word[0].isdigit():
            return self._undo(word)
        bare = word.replace(".", "")
        return [_token(bare.replace("/", "") if bare != word else word, word)]

    def _undo(self, word: str) -> list[Token]:
        if word[0].isdigit() and not any(c.isalpha() for c in word):
            return [_figure(canonical_number(word), word)]
        if "/" in word and word in self._short:
            return _phrase(self._short[word], word)
        if "." in word or "/" in word:
            word = word.replace(".", "").replace("/", "")
        typed = word
        word = _REPEAT.sub(r"\1", word)
        abbreviated = self._short.get(word, ())
        if not abbreviated and not is_syllable(word):
            abbreviated = self._short.get(fold(word), ()) or self._short.get(word.replace("dd", "đ"), ())
        if readings := self._words.get(word, ()) + abbreviated:
            if word in self._words or not is_syllable(word):
                return _phrase(readings, typed, marked=word not in self._words)
            return [_token(word, typed, readings=(word, *readings))]
        if is_syllable(word):
            return [_token(word, typed)]
        split = re.match(r"(\d+)([^\W\d_]+)$", word)
        if split and not any(c.isdigit() for c in split[2]):
            return [*self._undo(split[1]), *self._undo(split[2])]
        if decoded := decode_keys(word):
            return [_token(decoded, typed, marked=True)]
        if (short := _DOUBLE_END.sub(r"\1", word)) != word and (short in self._words or is_syllable(short)):
            return self._undo(short)
        if spelled := tuple(self._respell(word)):
            return [_token(spelled[0], typed, readings=spelled if len(spelled) > 1 else ())]
        return [_token(word, typed)]

    def _respell(self, word: str) -> list[str]:
        """Return the legal syllables that teencode letters could stand for, fewest changes first."""
        found = []
        for typed, meant in self._letters:
            if typed in word:
                once = word.replace(typed, meant, 1)
                if is_syllable(once):
                    found.append(once)
        return found

    def _is_cut(self, tokens: list[Token], at: int) -> bool:
        """Tell whether a word would be cut in two before *at*: the "mô" of "làm mô hình" is no "đâu"."""
        if at >= len(tokens) or tokens[at - 1].after:
            return False
        return f"{tokens[at - 1].fold} {tokens[at].fold}" in self._compounds

    def _undo_dialect(self, tokens: list[Token]) -> list[Token]:
        widths = self._dialect_widths
        if widths.keys().isdisjoint([t.text for t in tokens]):
            return tokens
        out: list[Token] = []
        careful = sum(t.marked and not t.number for t in tokens) >= CAREFUL
        i = 0
        while i < len(tokens):
            longest = widths.get(tokens[i].text, 0)
            longest = 0 if longest and _is_named(tokens, i) else longest
            for width in range(min(longest, len(tokens) - i), 0, -1):
                if self._is_cut(tokens, i + width) or any(t.after.strip() for t in tokens[i : i + width - 1]):
                    continue  # "ngày mấy, ông nào" has no "mấy ông"
                words = tuple(t.text for t in tokens[i : i + width])
                readings = self._dialect.get(words)
                if readings and width == 1 and words[0].isascii():  # "mau" may also be "máu" without marks
                    readings = (*readings, words[0])
                elif readings is None and careful and width == 1:
                    pass  # among words with marks "trong" is no "trỏng"
                elif readings is None and (bare := self._bare_dialect.get(words)):
                    # At the end it is mostly a particle; "hạng ba" ends in a numeral.
                    # In a message with marks, a word without any is meant ("bao nhiêu xe" is no "xế").
                    marked = any(t.marked and not t.number for t in tokens)
                    typed_first = width == 1 and (i < len(tokens) - 2 or marked or words[0] in _SINGLE)
                    readings = (words[0], *bare) if typed_first else (*bare, " ".join(words))
                if readings:
                    new = _phrase(readings, " ".join(t.typed for t in tokens[i : i + width]))
                    new[-1] = replace(new[-1], after=tokens[i + width - 1].after)
                    out.extend(new)
                    i += width
                    break
            else:
                out.append(tokens[i])
                i += 1
        return out


def _is_named(tokens: list[Token], i: int) -> bool:
    """Tell whether a word with marks is part of a name: the "Đặng" of "bà Đặng Ngọc Lan" is no dialect."""
    beside = [t for t in tokens[max(0, i - 1) : i + 2] if t is not tokens[i]]
    if tokens[i].text == "chi" and any(t.capital for t in tokens[i + 1 : i + 2]):
        return True  # "chi Lua" is "chị Lụa"
    return i > 0 and tokens[i].capital and tokens[i].marked and any(t.capital for t in beside)


def _asking(lexicon: Lexicon) -> list[str]:
    """Return the words that end many questions, with and without their marks."""
    ends = Counter(phrase.split()[-1] for phrases in lexicon.question_types.values() for phrase in phrases)
    asking = [word for word, count in ends.items() if count >= MANY]
    return sorted({*asking, *map(fold, asking)})


def _compounds(lexicon: Lexicon) -> list[str]:
    """Return, folded, the words of two syllables that begin with one that dialect uses for another."""
    ends = {phrase.split()[-1] for phrase in lexicon.dialect}
    words = (word.split() for group in lexicon.synonyms for word in group.words)
    return sorted({f"{fold_key(w[0])} {fold_key(w[1])}" for w in words if len(w) == 2 and w[0] in ends})


_ROMAN = re.compile(r"x{0,3}(?:ix|iv|v?i{0,3})$")
_IN_ROMAN = frozenset(["khoa", "thu", "ki", "nhiem"])  # … typed small, too: "lan xi nghiep" tells no eleventh
_COUNTED_IN_ROMAN = frozenset(["khoa", "lan", "thu", "ki", "hoi", "quy", "hang", "cap", "nhiem"])


def _roman(word: str, as_typed: str, before: str) -> str:
    """Return the value of a Roman numeral after a word that takes one ("khóa V" -> "5"), else ""."""
    if (
        before not in _COUNTED_IN_ROMAN
        or not _ROMAN.match(word)
        or (as_typed == word and (len(word) == 1 or (is_syllable(word) and before not in _IN_ROMAN)))
    ):
        return ""
    values = [{"i": 1, "v": 5, "x": 10}[c] for c in word]
    return str(sum(-a if a < b else a for a, b in pairwise([*values, 0])))


def canonical_number(text: str) -> str:
    """Return one spelling for a figure: "24.600" -> "24600", "06/11" -> "6/11", "75 %" -> "75%"."""
    text = text.replace(" ", "")
    percent = text.endswith("%")
    body = text.rstrip("%")
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", body):
        body = body.replace(".", "")
    if re.fullmatch(r"\d{1,2}([-/.]\d{1,2}){1,2}([-/.]\d{4})?", body) and not percent:
        body = "/".join(str(int(p)) for p in re.split(r"[-/.]", body))
    elif body.isdecimal() and len(body) < 9 and not (len(body) > 1 and body[0] == "0" and len(body) > 3):
        body = str(int(body))
    return body + "%" * percent


# Numerals that hardly mean anything else; "một", "không", "năm", "tư" do.
_SINGLE = {"hai": "2", "ba": "3", "bốn": "4", "sáu": "6", "bảy": "7", "tám": "8", "chín": "9", "mười": "10"}
_SPELLED = {number: word for word, number in _SINGLE.items()}


def _figure(number: str, typed: str) -> Token:
    """Return the token of a figure; a small one folds like its numeral, so that "2 bên" is "hai bên"."""
    word = _SPELLED.get(number, number)
    return Token(word, key(word), fold_key(word), True, typed, number)


def _token(word: str, typed: str, *, marked: bool = False, readings: tuple[str, ...] = ()) -> Token:
    folded = fold_key(word)
    return Token(word, key(word), folded, marked or fold(word) != word, typed, readings=readings)


def _phrase(readings: tuple[str, ...], typed: str, *, marked: bool = True) -> list[Token]:
    """Return the tokens of the first reading; all readings ride on its first token if there are more.

    Chat spelling leaves the marks open ("nhiu" is nhiêu or nhiều): they are not *marked*.
    """
    tokens = [replace(_token(w, typed), marked=marked and w != typed) for w in words_of(readings[0])] or [
        _token(typed, typed)
    ]
    if len(readings) > 1:
        tokens[0] = replace(tokens[0], readings=readings)
    return tokens


def words_of(phrase: str) -> list[str]:
    """Return the syllables of a standard phrase, lower-case."""
    return re.findall(r"[^\W_]+", phrase.lower())


def _numeral(token: Token) -> str | None:
    if token.text in _NUMERALS:
        return token.text
    return _NUMERALS_BY_FOLD.get(token.fold) if not token.marked else None


def _join_numbers(tokens: list[Token]) -> list[Token]:
    """Turn runs of numerals that can only be a number ("hai trăm tám mươi mốt") into one figure."""
    out: list[Token] = []
    i = 0
    while i < len(tokens):
        if tokens[i].fold not in _NUMERAL_FOLDS and not tokens[i].number:
            out.append(tokens[i])
            i += 1
            continue
        if end := _end_of_open_number(tokens, i):
            typed = " ".join(t.typed for t in tokens[i:end])
            out.append(replace(_token(_HOW_MANY, typed), after=tokens[end - 1].after))
            i = end
            continue
        j = i
        while j < len(tokens) and (j == i or not tokens[j - 1].after) and _numeral(tokens[j]) is not None:
            j += 1
        words = [w for t in tokens[i:j] if (w := _numeral(t))]
        scaled = (
            len(words) > 1
            and words[0] not in _NEVER_FIRST
            and (any(w in _SCALES or w in _TENS for w in words[1:]) or tokens[i + 1].text in _AFTER_TENS)
        )
        if scaled and (value := _value(words)) is not None:
            end = j
            number = str(value)
            if [t.fold for t in tokens[j : j + 2]] == ["phan", "tram"]:
                number, end = number + "%", j + 2
            typed = " ".join(t.typed for t in tokens[i:end])
            out.append(replace(_figure(number, typed), after=tokens[end - 1].after))
            i = end
        elif tokens[i].number and [t.fold for t in tokens[i + 1 : i + 3]] == ["phan", "tram"]:
            number = tokens[i].number + "%"
            out.append(replace(_figure(number, tokens[i].typed), after=tokens[i + 2].after))
            i += 3
        elif tokens[i].text in _SINGLE:
            out.append(replace(tokens[i], number=_SINGLE[tokens[i].text]))
            i += 1
        else:
            out.append(tokens[i])
            i += 1
    return out


_OF_MONEY = frozenset(["nghin", "ngan", "trieu", "ti"])
_NO_NOUN = frozenset(
    [
        "dong",
        "vay",
        "roi",
        "lan",
        "moi",
        "the",
        "a",
        "ha",
        "nhi",
        "ad",
        "cho",
        "tu",
        "de",
        "khi",
        "hang",
        "ta",
        "nhe",
    ]
) | frozenset(
    ["voi", "ban", "ma", "so", "la", "o", "1", "mot", "do", "nao", "trong", "thoi", "di", "bot", "lam", "de"]
)


def _end_of_open_number(tokens: list[Token], start: int) -> int:
    """Return where a number that is asked for in part ends ("hai trăm mấy mươi", "mấy chục"), or 0."""
    end, asked, scaled = start, False, False
    while end < len(tokens) and (end == start or not tokens[end - 1].after):
        token = tokens[end]
        numeral = _numeral(token)
        if token.text == _HOW_MANY or (not token.marked and token.fold == fold(_HOW_MANY)):
            if asked:
                return 0
            asked = True
        elif numeral is None:
            break
        scaled = scaled or numeral in _TENS or (numeral in _SCALES and not _is_percent(tokens, end))
        end += 1
    if end - start == 2 and tokens[end - 1].fold in _OF_MONEY and tokens[start].fold == fold(_HOW_MANY):
        # "thưởng mấy triệu": of what, is not said, so it is money
        follows = next((t.fold for t in tokens[end : end + 1] if not tokens[end - 1].after), "")
        if not follows or follows in _NO_NOUN:
            return 0
    return end if asked and scaled else 0


def _is_percent(tokens: list[Token], at: int) -> bool:
    return at > 0 and tokens[at - 1].fold == "phan"


def _value(words: list[str]) -> int | None:
    total = part = 0
    digit: int | None = None
    for word in words:
        if word in _DIGITS:
            if digit is not None and (word not in _AFTER_TENS or not digit):
                return None
            part += 10 * (digit or 0)
            digit = _DIGITS[word]
        elif word in _TENS:
            part += 10 if digit is None else digit * 10
            digit = None
        elif word in _SCALES:
            scale = _SCALES[word]
            if scale == 100:
                part += 100 * (1 if digit is None else digit)
            else:
                total += (part + (digit or 0)) * scale
                part = 0
            digit = None
    return total + part + (digit or 0)
