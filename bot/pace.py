"""When the next announcement may leave: Telegram's limits, kept by ourselves before it refuses.

Owns the figures and the arithmetic of time between messages. Refuses to know what is sent and why.

Announcements wait, answers never do: an answer only takes the place of the next announcement. So both
together stay below Telegram's 30 a second; PTB's own limiter let 59 of them out in one second and held
unrelated answers for 5 s. When more answers leave than there are places, a few announcements a second still
do: what an officer has to say must arrive on the day when everybody asks.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable

# Telegram documents "about 30 a second" to different chats, one a second to the same chat and 20 a minute
# to the same group (Bots FAQ, "My bot is hitting limits"). Announcements and answers share 27.5.
OVERALL_PER_S = 27.5
LEAST_PER_S = 3  # announcements, however many answers leave
_DEBT_S = 1.0  # answers hold announcements up no longer: Telegram counts by the second
CHAT_GAP_S = 1.02
GROUP_LIMIT, GROUP_WINDOW_S = 20, 60.5
_REMEMBERED = 20_000  # chats; each is forgotten when its limits have run out


class Pace:
    """One clock for all sends of a bot. *clock* counts seconds and never jumps."""

    def __init__(
        self, clock: Callable[[], float], *, per_s: float = OVERALL_PER_S, chat_gap_s: float = CHAT_GAP_S
    ) -> None:
        """Take the rate of announcements and answers together; chats rest *chat_gap_s* between two."""
        self._clock = clock
        self._gap_s = 1.0 / per_s
        self._most = int(per_s) + 1  # in any one second, also after a stall
        self._chat_gap_s = chat_gap_s
        self._next = clock()
        self._last = clock()  # when an announcement last took a place
        self._held_until = clock()
        self._announced: deque[float] = deque()
        self._left: deque[float] = deque()
        self._chats: OrderedDict[int, float] = OrderedDict()  # when a chat may be written to again
        self._groups: dict[int, deque[float]] = {}

    def note(self, chat: int) -> None:
        """Take note of an answer that is leaving for *chat* now."""
        now = self._clock()
        self._next = min(max(self._next, now) + self._gap_s, max(self._next, now + _DEBT_S))
        self._left.append(now)
        _forget(self._left, now - 1.0)
        self._take(chat, now)

    def arrived(self, chat: int) -> None:
        """Take note that Telegram has answered: the second of rest counts from here."""
        self._rest(chat, self._clock() + self._chat_gap_s)

    def pause(self, chat: int, seconds: float) -> None:
        """Let *chat*, and no other, rest for *seconds*."""
        self._rest(chat, self._clock() + seconds)

    def hold(self, seconds: float) -> None:
        """Let no announcement leave for *seconds*: Telegram wants the bot as a whole to wait."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    def wait_for(self, chat: int) -> float:
        """Return the seconds until *chat* may be written to; 0 when it may be now."""
        now = self._clock()
        wait_s = self._chats.get(chat, now) - now
        recent = self._groups.get(chat)
        if recent is not None:
            _forget(recent, now - GROUP_WINDOW_S)
            if len(recent) >= GROUP_LIMIT:
                wait_s = max(wait_s, recent[0] + GROUP_WINDOW_S - now)
            elif not recent:
                del self._groups[chat]
        return max(0.0, wait_s)

    async def turn(self, chat: int) -> None:
        """Wait for the next free place among all sends, and take it for *chat*."""
        now = self._clock()
        while now < (free := self._free_at()):  # an answer may take the place meanwhile
            await asyncio.sleep(free - now)
            now = self._clock()
        # A place that nobody took is lost: saved up, they would leave in a burst.
        self._next = max(self._next, now - self._gap_s) + self._gap_s
        self._last = now
        self._take(chat, now)

    async def depart(self) -> None:
        """Let an announcement leave; waits only when a stall has bunched several together."""
        now = self._clock()
        while self._is_full(now):
            await asyncio.sleep(min(self._left[0], self._announced[0]) + 1.0 - now + 0.001)
            now = self._clock()
        self._left.append(now)
        self._announced.append(now)

    def _free_at(self) -> float:
        sure = self._last + max(1.0 / LEAST_PER_S, self._gap_s)
        return max(self._held_until, min(self._next, sure))

    def _is_full(self, now: float) -> bool:
        _forget(self._left, now - 1.0)
        _forget(self._announced, now - 1.0)
        return len(self._left) >= self._most and len(self._announced) >= LEAST_PER_S

    def _take(self, chat: int, now: float) -> None:
        self._rest(chat, now + self._chat_gap_s)
        if chat < 0:
            self._groups.setdefault(chat, deque()).append(now)

    def _rest(self, chat: int, until: float) -> None:
        self._chats[chat] = max(until, self._chats.get(chat, until))
        self._chats.move_to_end(chat)
        now = self._clock()
        while len(self._chats) > _REMEMBERED:
            oldest, rests_until = next(iter(self._chats.items()))
            if rests_until > now:
                self._chats.move_to_end(oldest)
                break
            del self._chats[oldest]


def _forget(times: deque[float], before: float) -> None:
    while times and times[0] <= before:
        times.popleft()
