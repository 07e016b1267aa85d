"""Greetings, thanks and questions about the bot itself.

Owns telling them from questions about an event. Refuses to know how they are answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from knowledge.lexicon import Lexicon
from knowledge.normalize import Normalizer, Token

MIN_LIKENESS = 0.74  # share of words in common; below it golden questions were taken for small talk
MAX_WORDS = 14  # nobody greets at greater length


class Smalltalk:
    """Finds the topic of a message that is only small talk."""

    def __init__(self, lexicon: Lexicon, normalizer: Normalizer) -> None:
        """Normalise the known phrases of each topic."""
        self._light = {
            w
            for w in (
                "bot",
                "ad",
                "admin",
                "ban",
                "nhe",
                "nha",
                "a",
                "oi",
                "em",
                "minh",
                "va",
                "vay",
                "the",
                "da",
                "nghe",
                "nhi",
                "moi",
                "nguoi",
                "anh",
                "chi",
                "la",
            )
        }
        self._phrases = [
            (Counter(t.fold for t in normalizer.normalize(phrase)), topic)
            for topic, phrases in lexicon.smalltalk.items()
            for phrase in phrases
        ]

    def topic(self, tokens: Sequence[Token]) -> tuple[str, float] | None:
        """Return the topic and its likeness (0-1), or None when the message is not small talk."""
        if len(tokens) > MAX_WORDS:
            return None
        words = Counter(t.fold for t in tokens)
        best = max(
            ((self._likeness(words, phrase), topic) for phrase, topic in self._phrases), default=(0.0, "")
        )
        return (best[1], best[0]) if best[0] >= MIN_LIKENESS else None

    def _likeness(self, words: Counter[str], phrase: Counter[str]) -> float:
        common = sum(self._weight(w) * n for w, n in (words & phrase).items())
        total = sum(self._weight(w) * n for w, n in words.items()) + sum(
            self._weight(w) * n for w, n in phrase.items()
        )
        return 2 * common / total if total else 0.0

    def _weight(self, word: str) -> float:
        return 0.15 if word in self._light else 1.0
