"""A question that only says again what a fact names: the same words but for marks, one slip or lost word.

Owns that comparison, which spares a large collection the ranking of most questions. Refuses to guess: what
could mean anything else (two such facts, a word too many, a telling word lost) is left to the ranking.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from itertools import accumulate

from knowledge.lexicon import Lexicon
from knowledge.normalize import Token, words_of
from knowledge.records import dataclass
from knowledge.syllables import fold, fold_key, is_one_slip, key
from knowledge.units import SLIP, agreement

FEWEST = 5  # syllables of a way of asking of which one may be lost or mistyped
# Syllables that turn a question round when they are lost: negations, limits, ranks, levels, numerals, order.
_TELLING = frozenset(
    [
        "khong",
        "chua",
        "chang",
        "dung",
        "nhat",
        "rieng",
        "pho",
        "cuu",
        "nguyen",
        "huyen",
        "xa",
        "phuong",
        "thi",
        "thanh",
        "tinh",
        "trung",
        "uong",
    ]
)
_TELLING |= {
    "mot",
    "hai",
    "ba",
    "bon",
    "nam",
    "sau",
    "bay",
    "tam",
    "chin",
    "muoi",
    "tram",
    "nghin",
    "trieu",
    "ty",
    "nua",
    "dau",
    "cuoi",
    "truoc",
    "tren",
    "duoi",
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A question as it is compared: folded syllables, each with its accent key, "" without typed marks."""

    folds: list[str]
    keys: list[str]

    @classmethod
    def as_typed(cls, text: str) -> Spoken:
        """Return the words of *text* as they stand there, nothing undone."""
        words = words_of(unicodedata.normalize("NFC", text))
        return cls(
            [fold_key(word) for word in words], [key(word) if fold(word) != word else "" for word in words]
        )

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> Spoken:
        """Return normal *tokens*."""
        return cls([token.fold for token in tokens], [token.key if token.marked else "" for token in tokens])


@dataclass(frozen=True, slots=True)
class Echo:
    """Which line of which text compared is said again; which of its words stands for each key typed."""

    text: int
    line: int
    pairs: tuple[tuple[str, int], ...]
    lost: str = ""  # the folded word that the question leaves out

    def agrees(self, said: str) -> bool:
        """Tell whether no typed mark speaks against the words of *said*, the line as it is written."""
        words = words_of(said)
        return all(not typed or agreement(typed, key(words[at])) >= SLIP for typed, at in self.pairs)


class Ear:
    """Hears echoes, by the word lists."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Take from *lexicon* what may stand around a question, and which words tell too much to be lost."""
        self._around: dict[str, list[list[str]]] = {}
        for filler in lexicon.fillers:
            folds = [fold_key(word) for word in words_of(filler)]
            self._around.setdefault(folds[0], []).append(folds)
        for found in self._around.values():
            found.sort(key=len, reverse=True)
        phrases = (
            *(*lexicon.offices, *lexicon.ranks, *lexicon.academic),
            *(word for row in lexicon.exclusive for word in row),
            *(phrase for found in lexicon.qualifiers.values() for phrase in found),
        )
        self._telling = _TELLING.union(fold_key(word) for phrase in phrases for word in words_of(phrase))

    def hear(self, asked: Spoken, texts: Sequence[str], is_known: Callable[[str], bool]) -> Echo | None:
        """Return the only one of *texts* (see `concordance.lines_of`) that *asked* says again, if one.

        *is_known* tells whether a folded syllable is in use: one that is was not mistyped.
        """
        start, end = self._bare(asked.folds)
        folds, keys = asked.folds[start:end], asked.keys[start:end]
        if not folds:
            return None
        plain = " ".join(folds)
        heard = self._among(folds, keys, texts, lambda line: plain in line, is_known)
        if heard:  # one that says every word goes before those that need a guess
            return self._only(heard)
        own = set(folds)
        for least, most in ((0, 1), (2, 2)):  # strange words: a slip in one, then a space between two

            def is_like(line: str, least: int = least, most: int = most) -> bool:
                return least <= len(own.difference(line.split())) <= most

            heard = self._among(folds, keys, texts, is_like, is_known)
            if heard:
                break
        return self._only(heard)

    def _only(self, heard: list[Echo]) -> Echo | None:
        """Return the best of *heard* when all are of one text and no telling word is lost."""
        if len({echo.text for echo in heard}) != 1:
            return None
        best = min(heard, key=lambda echo: len(echo.lost))
        return None if best.lost.isdigit() or best.lost in self._telling else best

    def _among(
        self,
        folds: list[str],
        keys: list[str],
        texts: Sequence[str],
        is_like: Callable[[str], bool],
        is_known: Callable[[str], bool],
    ) -> list[Echo]:
        """Return the lines of *texts* that are said again, of those that are alike enough to be compared."""
        found = []
        for n, text in enumerate(texts):
            for line, said in enumerate(text.split("\n")[:-1]):
                if not is_like(said):
                    continue
                words = said.split(" ")
                start, end = self._bare(words)
                if not 0 <= end - start - len(folds) <= 1:
                    continue
                places = self._places(folds, words[start:end], is_known)
                if places is not None:
                    meant = words[start:end]
                    # The marks of a mistyped word say nothing.
                    spots = tuple(
                        (typed if fold == meant[at] else "", start + at)
                        for fold, typed, at in zip(folds, keys, places, strict=True)
                    )
                    lost = {*range(len(meant))}.difference(places) if not _is_same(folds, meant) else ()
                    found.append(Echo(n, line, spots, meant[next(iter(lost))] if lost else ""))
        return found

    def _places(
        self, folds: list[str], words: list[str], is_known: Callable[[str], bool]
    ) -> list[int] | None:
        """Return where in *words* each of *folds* stands, None when more than one is lost or mistyped."""
        if folds == words:
            return list(range(len(words)))
        if len(words) < FEWEST:
            return None
        if _is_same(folds, words):
            return _across_spaces(folds, words)
        places: list[int] = []
        at, slips = 0, 0
        lost = len(words) - len(folds)
        for typed in folds:
            if typed != words[at]:
                if lost and typed == words[at + 1]:
                    at, lost = at + 1, 0
                elif slips or not _is_slip(typed, words[at]) or is_known(typed):
                    return None
                else:
                    slips += 1
            places.append(at)
            at += 1
        return places

    def _bare(self, folds: list[str]) -> tuple[int, int]:
        """Return where a text begins and ends without the chatter before and after."""
        start, end = 0, len(folds)
        while start < end and (width := self._filler_at(folds, start)):
            start += width
        while (at := self._closer(folds, start, end)) is not None:  # "… ạ, em cảm ơn" are two
            end = at
        return start, end

    def _closer(self, folds: list[str], start: int, end: int) -> int | None:
        """Return where the chatter begins that *folds* end with, None without any."""
        at = range(max(start, end - 4), end)
        return next((n for n in at if n + self._filler_at(folds[:end], n) == end), None)

    def _filler_at(self, folds: list[str], at: int) -> int:
        return next((len(f) for f in self._around.get(folds[at], ()) if folds[at : at + len(f)] == f), 0)


def _is_slip(typed: str, meant: str) -> bool:
    return len(meant) > 2 and typed.isalpha() and meant.isalpha() and is_one_slip(typed, meant)


def _is_same(folds: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether both have the same letters, wherever the spaces are."""
    return "".join(folds) == "".join(words)


def _across_spaces(folds: Sequence[str], words: Sequence[str]) -> list[int]:
    """Return for each of *folds* the place of the one of *words* that its first letter stands in."""
    owners = [n for n, word in enumerate(words) for _ in word]
    starts = accumulate(map(len, folds[:-1]), initial=0)
    return [owners[at] for at in starts]
