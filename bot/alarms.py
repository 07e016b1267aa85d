"""What the owner is told when the bot cannot help itself: one message per kind of trouble.

Owns which troubles are on and who has been told. Refuses to know how they are noticed and mended. Nothing
here needs the database: a full disk is one of the troubles.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from enum import StrEnum

from telegram import Bot
from telegram.error import TelegramError

from bot import texts_alarms
from bot.inbox import is_passing

log = logging.getLogger(__name__)

AGAIN_S = 3600.0  # the same trouble is told again after that, not sooner
LOOK_S = 2.0


class Alarm(StrEnum):
    """The troubles that an owner can do something about."""

    DISK = "disk"  # the database cannot be written: full, read-only, gone
    HELD = "held"  # another program holds the database
    DAMAGE = "damage"
    QUARANTINE = "quarantine"
    BACKUP = "backup"
    RESTORED = "restored"


class Alarms:
    """Raised by whoever notices; `run` tells the owners. *clock* counts seconds."""

    def __init__(self, owners: Sequence[int], clock: Callable[[], float]) -> None:
        """Take the numeric ids of the owners."""
        self._owners = owners
        self._clock = clock
        self._active: dict[Alarm, float] = {}
        self._told: dict[Alarm, float] = {}
        self._waiting: dict[Alarm, int] = {}
        self._left: dict[Alarm, Sequence[int]] = {}  # the owners who are still to be told; missing: all
        self._news = asyncio.Event()

    @property
    def active(self) -> tuple[Alarm, ...]:
        """Return what is wrong now."""
        return tuple(sorted(self._active))

    def ring(self, alarm: Alarm, count: int = 1) -> None:
        """Note a trouble; an event that was seen *count* times (quarantine) adds to its number."""
        if alarm not in self._active:
            self._active[alarm] = self._clock()
            log.error("alarm: %s", alarm)
        last = self._told.get(alarm)
        is_due = last is None or self._clock() - last >= AGAIN_S
        if is_due:
            self._left.pop(alarm, None)
        if alarm in self._waiting:
            self._waiting[alarm] += count
        elif is_due:
            self._waiting[alarm] = count
            self._news.set()

    def end(self, alarm: Alarm) -> None:
        """Note that a trouble is over."""
        if self._active.pop(alarm, None) is not None:
            log.warning("alarm over: %s", alarm)

    async def run(self, bot: Bot) -> None:
        """Tell the owners, until cancelled; what the network swallows is told when it is back."""
        while True:
            await self._news.wait()
            self._news.clear()
            for alarm in list(self._waiting):
                count, owners = self._waiting.pop(alarm), self._left.pop(alarm, self._owners)
                self._told[alarm] = self._clock()
                left = await self._tell(bot, texts_alarms.ALARMS[alarm].format(count=count), owners)
                if left:
                    self._waiting[alarm], self._left[alarm] = count, left
            if self._waiting:
                await asyncio.sleep(LOOK_S)
                self._news.set()

    async def _tell(self, bot: Bot, text: str, owners: Sequence[int]) -> list[int]:
        """Return those for whom it has to be tried again; an owner who shut the bot out is let be."""
        left = []
        for person in owners:
            try:
                await bot.send_message(person, text)
            except TelegramError as error:
                if is_passing(error):
                    left.append(person)
                else:
                    log.warning("an owner could not be told: %s", type(error).__name__)
        return left
