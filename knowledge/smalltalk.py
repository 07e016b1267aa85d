"""Greetings, thanks and questions about the bot itself.

Owns telling them from questions about an event. Refuses to know how they are answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from knowledge.lexicon import Lexicon
from knowledge.normalize import Normalizer, Token

MIN_LIKENESS = 0.74  # share of words in common; below it golden questions were taken for small talk
_YOU = frozenset(
    ["ban", "bot", "may", "ad", "admin", "mi", "chatbot", "tro"]
)  # folded words for the bot itself
MAX_WORDS = 14  # nobody greets at greater length


class _Phrase(NamedTuple):
    words: dict[str, int]
    topic: str
    mass: float
    is_for_bot: bool
    bare: dict[str, int] | None  # of a phrase of light words only: those that are not mere politeness


class Smalltalk:
    """Finds the topic of a message that is only small talk."""

    def __init__(self, lexicon: Lexicon, normalizer: Normalizer) -> None:
        """Take the known phrases of each topic, normalised."""
        known = lexicon.once("smalltalk", lambda: _normalised(lexicon, normalizer))
        self._light = frozenset(known["light"])
        self._polite = frozenset(known["polite"])
        self._spoken: list[tuple[str, dict[str, int]]] = known["phrases"]
        self._by_word: dict[str, list[int]] = known["by_word"]
        self._phrases: dict[int, _Phrase] = {}  # those met so far

    def topic(self, tokens: Sequence[Token]) -> tuple[str, float] | None:
        """Return the topic and its likeness (0-1), or None when the message is not small talk."""
        if len(tokens) > MAX_WORDS:
            return None
        pieces = _pieces(tokens)
        if len(pieces) > 1:  # "Tạm biệt bot, hẹn gặp lại."
            found = [self._of_piece(piece) for piece in pieces]
            told = [f for f in found if f is not None]
            if len(told) == len(pieces):
                return told[-1]
        return self._of_piece(tokens)

    def _of_piece(self, tokens: Sequence[Token]) -> tuple[str, float] | None:
        words = Counter(t.fold for t in tokens)
        mass = self._mass(words)
        foreign = sum(self._weight(w) * n for w, n in words.items() if w not in self._by_word)
        if foreign > (1 - MIN_LIKENESS) * 2 * mass:
            return None
        near = set().union(*(self._by_word.get(w, ()) for w in words if w not in self._light))
        near = near or set().union(*(self._by_word.get(w, ()) for w in words))
        best = max(((self._likeness(words, mass, self._phrase(n)), -n) for n in near), default=(0.0, 0))
        return (self._phrase(-best[1]).topic, best[0]) if best[0] >= MIN_LIKENESS else None

    def _phrase(self, n: int) -> _Phrase:
        found = self._phrases.get(n)
        if found is None:
            topic, words = self._spoken[n]
            bare = {w: count for w, count in words.items() if w not in self._polite}
            is_light = all(w in self._light for w in words)
            mass, is_for_bot = self._mass(words), not _YOU.isdisjoint(words)
            found = self._phrases[n] = _Phrase(words, topic, mass, is_for_bot, bare if is_light else None)
        return found

    def _likeness(self, words: Counter[str], mass: float, phrase: _Phrase) -> float:
        """Return how much *words* of *mass* and *phrase* have in common, 0 when it is surely too little."""
        if phrase.is_for_bot and _YOU.isdisjoint(words):
            return 0.0  # "bạn bao nhiêu tuổi" is for the bot, "chị ấy bao nhiêu tuổi" is not
        if phrase.bare is not None:
            bare = {w: n for w, n in words.items() if w not in self._polite}
            return float(bare == phrase.bare or words == phrase.words)
        total = mass + phrase.mass
        if 2 * min(mass, phrase.mass) < (MIN_LIKENESS - 0.01) * total:
            return 0.0
        common = sum(self._weight(w) * min(n, phrase.words[w]) for w, n in words.items() if w in phrase.words)
        return 2 * common / total if total else 0.0

    def _mass(self, words: dict[str, int]) -> float:
        return sum(self._weight(w) * n for w, n in words.items())

    def _weight(self, word: str) -> float:
        return 0.3 if word in self._light else 1.0


def is_for_bot(tokens: Sequence[Token]) -> bool:
    """Tell whether a message speaks to the bot by a "bạn", "em" or its name."""
    return any(t.fold in _YOU or t.fold == "em" for t in tokens)


def _normalised(lexicon: Lexicon, normalizer: Normalizer) -> dict[str, Any]:
    """Return the folded words that say little, those of politeness, and each phrase's with its topic."""

    def folds(phrase: str) -> list[str]:
        return [token.fold for token in normalizer.normalize(phrase)]

    def of_words(phrases: Iterable[str]) -> list[str]:
        return sorted({f for phrase in phrases if len(phrase.split()) == 1 for f in folds(phrase)})

    asking = (phrase for phrases in lexicon.question_types.values() for phrase in phrases)
    light = (*lexicon.stopwords, *lexicon.fillers, *lexicon.honorifics, *asking, "bot", "bạn", "mình")
    spoken = [
        (topic, dict(Counter(folds(phrase))))
        for topic, phrases in lexicon.smalltalk.items()
        for phrase in phrases
    ]
    by_word: dict[str, list[int]] = {}
    for n, (_, words) in enumerate(spoken):
        for word in words:
            by_word.setdefault(word, []).append(n)
    return {
        "light": of_words(light),
        "polite": of_words(lexicon.fillers),
        "phrases": spoken,
        "by_word": by_word,
    }


def _pieces(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    cuts = [i + 1 for i, token in enumerate(tokens) if token.after]
    edges = [0, *cuts, len(tokens)]
    return [tokens[a:b] for a, b in pairwise(edges) if a < b]
