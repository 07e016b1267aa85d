"""How much one person, and one group, may ask in a short time: token buckets in memory.

Owns the sizes and the counting. Refuses to know messages. Nothing is stored; at most `MOST` are remembered.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from enum import Enum

from knowledge.normalize import MAX_CHARS

# A person may catch up on a bad hour at once, then one message a second: Telegram itself delivers a chat no
# more of ours ("avoid sending more than one message per second"). A group gets 20 a minute from any bot.
PERSON_SIZE, PERSON_PER_S = 60, 1.0
GROUP_SIZE, GROUP_PER_S = 40, 20 / 60
SHARE_SIZE, SHARE_PER_S = (
    GROUP_SIZE / 4,
    GROUP_PER_S / 4,
)  # of one person in one group: the others have the rest
CHARS_A_TOKEN = 150
MOST = 10_000


def price_of(text: str) -> float:
    """Return the tokens that a message of *text* takes: the work of an answer grows with its length."""
    return 1.0 + min(len(text), MAX_CHARS) // CHARS_A_TOKEN


class Verdict(Enum):
    """What becomes of a message."""

    TAKE = "take"
    TELL = "tell"  # too much, and that has not been said yet
    DROP = "drop"


class Buckets:
    """One bucket per key, each of *size* tokens, refilled with *per_s* a second of the monotonic *clock*."""

    def __init__(self, clock: Callable[[], float], size: float, per_s: float) -> None:
        """Every bucket begins full."""
        self._clock = clock
        self._size = float(size)
        self._per_s = per_s
        self._buckets: OrderedDict[Hashable, tuple[float, float, bool]] = OrderedDict()  # tokens, since, told

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._buckets)

    def take(self, key: Hashable, price: float = 1.0) -> Verdict:
        """Take *price* tokens for *key*, on credit if one is there.

        After a refusal was told, nothing more is until half is there again.
        """
        now = self._clock()
        tokens, since, told = self._buckets.pop(key, (self._size, now, False))
        tokens = min(self._size, tokens + (now - since) * self._per_s)
        told = told and tokens < self._size / 2
        verdict = Verdict.TAKE if tokens >= 1.0 else Verdict.DROP if told else Verdict.TELL
        self._buckets[key] = (
            tokens - price * (verdict is Verdict.TAKE),
            now,
            told or verdict is Verdict.TELL,
        )
        if len(self._buckets) > MOST:
            self._buckets.popitem(last=False)
        return verdict
