"""What each chat spoke of last, for some minutes and in memory only.

Owns forgetting: by time and by number. Refuses to store anything and to know what a question means.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from knowledge.model import Conversation

LAPSE_S = 600.0
LIMIT = 10_000
_NEW = Conversation()
Key = tuple[int, int]  # the chat, and in groups the person; else 0


class Conversations:
    """Conversations by chat (and person, in groups); the least recently used go first."""

    def __init__(self, clock: Callable[[], float], *, lapse_s: float = LAPSE_S, limit: int = LIMIT) -> None:
        """Take a monotonic *clock* in seconds."""
        self._clock = clock
        self._lapse_s = lapse_s
        self._limit = limit
        self._kept: OrderedDict[Key, tuple[float, Conversation]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many chats are remembered, lapsed ones included until they are pushed out."""
        return len(self._kept)

    def get(self, key: Key) -> Conversation:
        """Return what *key* spoke of last; a new conversation when that has lapsed."""
        at, conversation = self._kept.get(key, (0.0, _NEW))
        if conversation is not _NEW and self._clock() - at >= self._lapse_s:
            del self._kept[key]
            return _NEW
        return conversation

    def put(self, key: Key, conversation: Conversation) -> None:
        """Remember *conversation* for *key* from now on."""
        self._kept[key] = (self._clock(), conversation)
        self._kept.move_to_end(key)
        if len(self._kept) > self._limit:
            self._kept.popitem(last=False)

    def forget(self, is_theirs: Callable[[Key], bool]) -> None:
        """Drop what those keys spoke of for which *is_theirs* says so."""
        for key in [key for key in self._kept if is_theirs(key)]:
            del self._kept[key]
