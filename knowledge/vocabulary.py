"""The words in use: mends slips that only a vocabulary can mend, and picks readings by their neighbours.

Owns the syllables and neighbouring pairs of the loaded articles, facts and word lists. Refuses to know
what they mean.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from math import sqrt
from typing import Any
from weakref import WeakKeyDictionary

from knowledge.lexicon import Lexicon
from knowledge.normalize import Token, words_of
from knowledge.pairs import Pairs
from knowledge.records import replace
from knowledge.syllables import decode_keys, fold, fold_key, is_one_slip, is_syllable, key, split_tone
from knowledge.units import SLIP, agreement

# Sounds that central and southern speech, and hurried fingers, confuse: applied to folded syllables.
_SPELLINGS = (("ngh", "ng"), ("gh", "g"), ("k", "c"), ("y", "i"))
_BY_EAR = (("tr", "ch"), ("x", "s"), ("gi", "d"), ("r", "d"), ("v", "d"), ("l", "n"), ("qu", "w"))
_BY_EAR_END = (("ng", "n"), ("nh", "n"), ("ch", "t"), ("c", "t"), ("o", "u"), ("y", "i"))


def spoken(folded: str) -> str:
    """Return one spelling for syllables that are spoken the same: "nghị" and "ngị"."""
    for a, b in _SPELLINGS:
        if folded.startswith(a):
            return b + folded[len(a) :]
    return folded


def sound(folded: str) -> str:
    """Return a rough key that syllables confused by ear share: "trao", "chao" and "tau"."""
    for a, b in _BY_EAR:
        if folded.startswith(a):
            folded = b + folded[len(a) :]
            break
    for a, b in _BY_EAR_END:
        if folded.endswith(a) and len(folded) > len(a):
            return folded[: -len(a)] + b
    return folded


MAX_INITIALS = 6
MAX_MENDED = 16  # letters of a word that may be a slip
MAX_LOOKED_AT = 16  # words of a message that may be slips, the last ones: people ask at the end
MAX_GROWN = 6  # words that mending adds to a message at most: initials, words typed as one
_VOWELS = frozenset("aeiouy")
READING_COST = 0.35  # a rarer reading of a short form must be supported by a neighbour
_LOOSE, _FIRM = 0.6, 0.4  # a pair seen at all; what a pair that hardly goes without each other adds
_FIRM_BOND, _FIRM_SUPPORT = 0.8, 1.4  # with one neighbour, with both
CAREFUL = 3  # so many words with marks, and none without that should have some, are typed with care
CARELESS = 2  # so many words known beside their neighbours, but with other marks, are no intention
_REACH, _ECHO = 4, 0.4  # short forms go together at some distance too: "tt … cn", "tập thể … cá nhân"
_INNER = 0.3  # the pairs within a reading speak for it less than those with its neighbours


# How good a way of reading is so far, the one that it goes on from, and the tokens that it adds.
_Path = tuple[float, "_Path | None", Sequence[Token]]


class Vocabulary:
    """Known syllables (folded), how they are accented, and which stand next to each other."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """Read standard Vietnamese *texts*."""
        self._keys: dict[str, dict[str, int]] = {}  # by fold, how often each spelling stands there
        self._pairs: dict[str, int] = {}  # "trao bang": how often the two stand side by side
        self._typed_pairs = Pairs()  # the same as they are spelled
        self._far_pairs = Pairs()  # folded, at some distance
        self._bonds: dict[str, float] = {}  # worked out so far
        self._deletes: dict[str, frozenset[str]] = {}  # what a slip may have been, made when first needed
        self._by_sound: dict[str, frozenset[str]] = {}
        self._printed_texts: tuple[str, ...] = ()
        self._read(texts)

    def extended(self, texts: Iterable[str]) -> Vocabulary:
        """Return what this vocabulary becomes when it reads *texts* as well."""
        longer = Vocabulary()
        longer._keys = self._keys.copy()
        longer._pairs = self._pairs.copy()
        longer._typed_pairs, longer._far_pairs = self._typed_pairs, self._far_pairs
        if not self._by_sound:
            self._learn_slips(self._keys)
        longer._deletes, longer._by_sound = self._deletes, self._by_sound
        longer._learn_slips(longer._read(texts))
        return longer

    def written(self) -> dict[str, Any]:
        """Return the vocabulary in plain values; see `from_written`."""
        return {
            "keys": self._keys,
            "pairs": [",".join(self._pairs), [*self._pairs.values()]],
            "spelled": self._typed_pairs.written(),
            "beside": self._far_pairs.written(),
        }

    @classmethod
    def from_written(cls, plain: dict[str, Any]) -> Vocabulary:
        """Return the vocabulary that was written so."""
        words = cls()
        words._keys = plain["keys"]
        pairs, counts = plain["pairs"]
        words._pairs = dict(zip(pairs.split(","), counts, strict=False))  # of no pairs comes an empty one
        words._typed_pairs, words._far_pairs = Pairs(plain["spelled"]), Pairs(plain["beside"])
        return words

    def about(self, texts: Iterable[str]) -> Vocabulary:
        """Return a vocabulary for questions about *texts*, whose very words are read as they stand there."""
        words = copy.copy(self)
        words.__dict__.pop("_printed", None)
        words._printed_texts = tuple(texts)
        return words

    @cached_property
    def _printed(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return the words of the texts and their neighbouring pairs, as spelled in small letters."""
        printed = [words_of(text) for text in self._printed_texts]
        return (
            frozenset(word for words in printed for word in words),
            frozenset(f"{a} {b}" for words in printed for a, b in pairwise(words)),
        )

    def _read(self, texts: Iterable[str]) -> list[str]:
        """Take *texts* in and return the folds that are new.

        What is shared with a shorter vocabulary is replaced and never changed.
        """
        read: dict[str, dict[str, int]] = {}
        spelled: list[tuple[str, str]] = []
        beside: list[tuple[str, str]] = []
        for text in texts:
            words = words_of(text)
            folds = [fold_key(w) for w in words]
            for word, folded in zip(words, folds, strict=True):
                forms = read.setdefault(folded, {})
                forms[word] = forms.get(word, 0) + 1
            for a, b in pairwise(folds):
                pair = f"{a} {b}"
                self._pairs[pair] = self._pairs.get(pair, 0) + 1
            spelled += pairwise(words)
            beside += ((a, b) for n in range(2, _REACH + 1) for a, b in zip(folds, folds[n:]))  # noqa: B905
        self._typed_pairs = self._typed_pairs.extended(spelled)
        self._far_pairs = self._far_pairs.extended(beside)
        new = [folded for folded in read if folded not in self._keys]
        for folded, forms in read.items():
            known = self._keys.get(folded, {})
            self._keys[folded] = known | {word: known.get(word, 0) + n for word, n in forms.items()}
        return new

    def _learn_slips(self, folds: Iterable[str]) -> None:
        """Let *folds* be found by `_near`; other threads see the tables before or after, nothing between."""
        deletes, by_sound = self._deletes.copy(), self._by_sound.copy()
        for folded in folds:
            if len(folded) < 2 or folded[0].isdigit():
                continue
            for form in _shorter(folded):
                deletes[form] = deletes.get(form, frozenset()) | {folded}
            heard = sound(folded)
            by_sound[heard] = by_sound.get(heard, frozenset()) | {folded}
        self._deletes, self._by_sound = deletes, by_sound

    @cached_property
    def _by_initials(self) -> dict[tuple[str, str], list[tuple[str, str, float]]]:
        """The pairs, with how firmly they belong together, by how their two syllables begin."""
        found: dict[tuple[str, str], list[tuple[str, str, float]]] = {}
        for pair in self._pairs:
            first, second = pair.split()
            bonded = (first, second, self._bond(first, second))
            found.setdefault((first[0], second[0]), []).append(bonded)
        return found

    def has_pair(self, first: str, second: str) -> bool:
        """Tell whether two folded syllables stand next to each other somewhere."""
        return f"{first} {second}" in self._pairs

    def __contains__(self, folded: str) -> bool:
        return folded in self._keys

    def settle(self, tokens: Sequence[Token]) -> tuple[tuple[Token, ...], int]:
        """Choose readings and mend slips; return the tokens and how many were mended.

        In a message with slips, or with several words that are known with other marks, marks that fit no
        known word are a slip too and say nothing; in one typed with care they are meant, and so is a word
        without marks: an "anh" in it is no "ảnh".
        """
        chosen = self._choose(self._as_printed(tokens))
        mended = 0
        out: list[Token] = []
        # As they are used elsewhere there is nothing to mend.
        odd = [i for i, token in enumerate(chosen) if token.text not in self._keys.get(token.fold, ())]
        looked_at = frozenset(odd[-MAX_LOOKED_AT:])
        for i, token in enumerate(chosen):
            if i not in looked_at:
                out.append(token)
                continue
            before = out[-1].fold if out else ""
            after = chosen[i + 1].fold if i + 1 < len(chosen) else ""
            new = self._mend(token, before, after, may_grow=len(out) < i + MAX_GROWN)
            mended += new is not None
            out.extend(new or (token,))
        slipped = self._slipped(out)
        if mended or len(slipped) >= CARELESS or any(self._is_slip(t) for t in out):
            out = [
                replace(t, marked=False) if t.marked and (i in slipped or self._is_strange(t)) else t
                for i, t in enumerate(out)
            ]
        elif sum(t.marked for t in out) >= CAREFUL:
            out = [t if t.marked or t.number else replace(t, marked=True) for t in out]
        return tuple(out), mended

    def _as_printed(self, tokens: Sequence[Token]) -> Sequence[Token]:
        """Read as typed what chat spelling or dialect was seen in, where the texts print that very word.

        A "who" that is printed is no "ai"; of a legal syllable a neighbour must be printed with it: a "hồi
        giáo" is no "lúc giáo".
        """
        words, pairs = self._printed
        if not words:
            return tokens
        undone = [
            i
            for i, t in enumerate(tokens)
            if t.typed != t.text and not (t.number or t.readings or " " in t.typed)
        ]
        if not undone:
            return tokens
        typed = [decode_keys(t.typed) or t.typed if t.typed != t.text else t.text for t in tokens]
        out = list(tokens)
        for i in undone:
            token = tokens[i]
            if any(tokens[n].typed == token.typed for n in (i - 1, i + 1) if 0 <= n < len(tokens)):
                continue  # a short form that was spelled out
            for word in dict.fromkeys((token.typed, typed[i])):
                before = f"{typed[i - 1]} {word}" if i else ""
                after = f"{word} {typed[i + 1]}" if i + 1 < len(tokens) else ""
                if before in pairs or after in pairs or (word in words and not is_syllable(word)):
                    out[i] = replace(
                        token, text=word, key=key(word), fold=fold_key(word), marked=fold(word) != word
                    )
                    break
        return out

    def _is_slip(self, token: Token) -> bool:
        """Tell whether a known word was typed without its marks."""
        known = self._keys.get(token.fold)
        return known is not None and not token.marked and token.text not in known

    def _is_strange(self, token: Token) -> bool:
        """Tell whether a known syllable carries marks that it has nowhere in use."""
        known = self._keys.get(token.fold)
        return known is not None and token.text not in known and not token.number

    def _slipped(self, tokens: Sequence[Token]) -> set[int]:
        """Return the places of words that are known beside a neighbour, but with other marks ("chủ tích")."""
        found: set[int] = set()
        spelled = self._typed_pairs
        for i, (a, b) in enumerate(pairwise(tokens)):
            if not (a.marked or b.marked) or self._bond(a.fold, b.fold) < _FIRM_BOND:
                continue
            if (a.text, b.text) in spelled:
                continue
            twins = a is b  # said twice: spelled so once, it is so twice
            if a.marked and (twins or not any((a.text, other) in spelled for other in self._keys[b.fold])):
                found.add(i)
            if b.marked and (twins or not any((one, b.text) in spelled for one in self._keys[a.fold])):
                found.add(i + 1)
        return found

    def _support(self, folded: str, before: str, after: str) -> float:
        return self._bond(before, folded) + self._bond(folded, after)

    def _count(self, folded: str) -> int:
        return sum(self._keys[folded].values())

    def _bond(self, first: str, second: str) -> float:
        """Return how firmly two syllables belong together, 0-1: "giai đoạn" more than "gì đoạn"."""
        pair = f"{first} {second}"
        seen = self._pairs.get(pair, 0)
        if not seen:
            return 0.0
        bond = self._bonds.get(pair)
        if bond is None:
            alone = sqrt(self._count(first) * self._count(second))
            bond = self._bonds[pair] = _LOOSE + _FIRM * min(1.0, 2 * seen / alone)
        return bond

    def _choose(self, tokens: Sequence[Token]) -> list[Token]:
        """Take the readings that go best with each other and with the words between them."""
        i = next((n for n, token in enumerate(tokens) if token.readings), len(tokens))
        if i == len(tokens):
            return list(tokens)
        value, last = 0.0, ""
        for token in tokens[:i]:  # so far there is but one way
            value += self._bond(last, token.fold)
            last = token.fold
        # By the last syllable, read or typed.
        paths: dict[tuple[str, str], _Path] = {(last, ""): (value, None, tokens[:i])}
        while i < len(tokens):
            token = tokens[i]
            if not token.readings:
                grown: dict[tuple[str, str], _Path] = {}
                for (last, read), path in paths.items():
                    value = path[0] + self._bond(last, token.fold)
                    _keep_best(grown, (token.fold, read), (value, path, (token,)))
                paths = grown
                i += 1
                continue
            width = min(len(words_of(token.readings[0])), len(tokens) - i)
            grown = {}
            for n, reading in enumerate(token.readings):
                words = words_of(reading)
                folds = [fold_key(w) for w in words]
                worth = self._worth(folds) - READING_COST * n
                new = _spell_out(token, words, tokens[i + width - 1].after)
                for (last, read), path in paths.items():
                    bond = self._bond(last, folds[0]) + _ECHO * ((read, folds[0]) in self._far_pairs)
                    _keep_best(grown, (folds[-1], folds[-1]), (path[0] + worth + bond, path, new))
            paths = grown
            i += width
        chosen: list[Sequence[Token]] = []
        best: _Path | None = max(paths.values(), key=lambda found: found[0])
        while best is not None:
            _, best, added = best
            chosen.append(added)
        return [token for added in reversed(chosen) for token in added]

    def _worth(self, folds: list[str]) -> float:
        known = sum(f in self._keys for f in folds) / len(folds)
        inner = sum(self._bond(a, b) for a, b in pairwise(folds)) / max(1, len(folds) - 1)
        return known + _INNER * inner

    def _mend(self, token: Token, before: str, after: str, *, may_grow: bool) -> tuple[Token, ...] | None:
        folded = token.fold
        if token.number or len(folded) < 2 or not folded.isalpha() or len(folded) > MAX_MENDED:
            return None
        legal = is_syllable(token.text)
        known = folded in self._keys and (legal or not token.marked or self._is_spelled_like(token))
        here = self._support(folded, before, after)
        if known and (here or len(folded) < 3 or token.capital or token.text in self._keys[folded]):
            return None
        best: tuple[tuple[bool, float, int, int], str] | None = None
        near = sorted(self._near(folded))
        alike, read = self._by_sound.get(sound(folded), frozenset()), spoken(folded)
        for candidate in near:
            support = self._support(candidate, before, after)
            if not support and (known or legal or len(folded) < 4):
                continue
            by_ear = candidate in alike
            if known and not by_ear and support < _FIRM_SUPPORT:
                continue
            if legal and token.marked and len(folded) < 4 and not by_ear:
                firm = support >= _FIRM_SUPPORT and candidate[0] == folded[0]
                if not firm and not self._cut_off(token, candidate):
                    continue  # a short word typed with its marks is meant: "mì" is not "ký"
            if legal and token.marked and not by_ear and not self._shares_tone(token, candidate):
                continue  # a letter and the tone as well: "nuôi" is not "buổi"
            rank = (
                spoken(candidate) == read and candidate != folded,
                support,
                by_ear + (candidate[0] == folded[0]),
                self._count(candidate),
            )
            if best is None or rank > best[0]:
                best = (rank, candidate)
        if best is not None:
            return (self._spelled(token, best[1]),)
        if may_grow and not legal and not known:
            return self._split(token) or self._expand(token)
        return None

    def _is_spelled_like(self, token: Token) -> bool:
        """Tell whether the marks of *token* are those of a known word, at most some forgotten ("hêt")."""
        return any(agreement(token.key, key(word)) >= SLIP for word in self._keys[token.fold])

    def _shares_tone(self, token: Token, candidate: str) -> bool:
        tone = split_tone(token.text)[1]
        return any(split_tone(word)[1] == tone for word in self._keys[candidate])

    def _cut_off(self, token: Token, candidate: str) -> bool:
        """Tell whether *token* is *candidate* without its last letter: "nà" of "nào"."""
        whole = self._spelled(token, candidate).text
        return candidate[:-1] == token.fold and split_tone(whole)[1] == split_tone(token.text)[1]

    def _near(self, folded: str) -> set[str]:
        if not self._by_sound:
            self._learn_slips(self._keys)
        found = set(self._by_sound.get(sound(folded), ()))
        if len(folded) <= MAX_MENDED:
            for form in _shorter(folded):
                found |= {c for c in self._deletes.get(form, ()) if is_one_slip(c, folded)}
        found.discard(folded)
        return found

    def _spelled(self, token: Token, folded: str) -> Token:
        spelled = self._keys[folded]
        word = max(spelled, key=spelled.__getitem__)  # of two as common the first
        return replace(token, text=word, key=key(word), fold=folded, marked=False)

    def _expand(self, token: Token) -> tuple[Token, ...] | None:
        """Read initials that the texts themselves suggest: "gplx" where "giấy phép lái xe" is in use."""
        letters = fold(token.text)
        if not 3 <= len(letters) <= MAX_INITIALS or not letters.isalpha() or _VOWELS & set(letters):
            return None
        # The best way to each last syllable: a way through all of them would be no better for the rest.
        ways: dict[str, tuple[float, tuple[str, ...]]] = {}
        for n, (first, second) in enumerate(pairwise(letters)):
            grown: dict[str, tuple[float, tuple[str, ...]]] = {}
            for a, b, bond in self._by_initials.get((first, second), ()):
                so_far = ways.get(a) if n else (0.0, (a,))
                if so_far is not None:
                    value = so_far[0] + bond
                    if b not in grown or value > grown[b][0]:
                        grown[b] = value, (*so_far[1], b)
            ways = grown
        if not ways:
            return None
        _, best = max(ways.values(), key=lambda way: way[0])
        words = [self._spelled(token, folded) for folded in best]
        return (*(replace(w, after="") for w in words[:-1]), words[-1])

    def _split(self, token: Token) -> tuple[Token, ...] | None:
        """Part two words typed as one ("bangkhen")."""
        folded = token.fold
        for at in range(2, len(folded) - 1):
            if self.has_pair(folded[:at], folded[at:]):
                first = replace(self._spelled(token, folded[:at]), after="")
                return first, self._spelled(token, folded[at:])
        return None


def _keep_best(paths: dict[tuple[str, str], _Path], end: tuple[str, str], path: _Path) -> None:
    if end not in paths or path[0] > paths[end][0]:
        paths[end] = path


def _spell_out(token: Token, words: list[str], after: str) -> list[Token]:
    return [
        replace(
            token,
            text=w,
            key=key(w),
            fold=fold_key(w),
            readings=(),
            after="" if k < len(words) - 1 else after,
            marked=fold(w) != w if w == token.typed else token.marked,
        )
        for k, w in enumerate(words)
    ]


_OF_LEXICONS: WeakKeyDictionary[Lexicon, Vocabulary] = WeakKeyDictionary()


def lexicon_vocabulary(lexicon: Lexicon) -> Vocabulary:
    """Return the words of the word lists themselves, read once for each *lexicon*."""
    if lexicon not in _OF_LEXICONS:
        _OF_LEXICONS[lexicon] = Vocabulary(
            [
                *(w for g in lexicon.synonyms for w in g.words),
                *(p for phrases in lexicon.question_types.values() for p in phrases),
                *lexicon.fillers,
                *lexicon.offices,
                *lexicon.ranks,
                *sorted(lexicon.stopwords),
                *lexicon.regions,
                *(p for phrases in lexicon.smalltalk.values() for p in phrases),
            ]
        )
    return _OF_LEXICONS[lexicon]


def _shorter(folded: str) -> set[str]:
    """Return *folded* and its forms with one letter left out (for look-up by one edit)."""
    return {folded, *(folded[:i] + folded[i + 1 :] for i in range(len(folded)))}
