"""The poll loop: asks Telegram for updates and hands them to the inbox, through bad weather too.

Owns offsets on the wire, back-off and the reasons to give up. Refuses to know what is in an update.
"""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from telegram import Bot
from telegram.error import Conflict, EndPointNotFound, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.warnings import PTBUserWarning

from bot.inbox import LOOK_S, MAX_LOOK_S, SETTLE_S, Inbox, wait_of

log = logging.getLogger(__name__)

LIMIT = 100  # updates that one poll brings at most
WORTH = 40  # new ones that make a poll worth it: fewer cost more polls, more leave answers waiting for work
POLL_S = 10  # how long Telegram may hold an empty poll open: a poll that hangs is noticed that soon
ANSWER_S = 5.0  # on top of that, for the answer itself
MAX_PAUSE_S = 2.0  # the network is back: so much later at most, and one handshake, the bot is too
FIRST_PAUSE_S = 0.5  # doubled with every fault in a row
MAX_FLOOD_PAUSE_S = 60.0  # nobody is heard meanwhile
MAX_CONFLICTS = 7  # in a row, some 16 s: a copy that is just being replaced ends sooner
MAX_CONFLICT_PAUSE_S = 4.0
DRAIN_S = 7.0  # how long a stop waits for answers in flight; the whole stop stays below 10 s
CONFIRM_S = 1.5

T = TypeVar("T")


class TokenRejectedError(Exception):
    """Telegram does not know the token (any more)."""


class TokenRevokedError(TokenRejectedError):
    """Telegram did know the token, and does no more."""


class AnotherCopyError(Exception):
    """Somebody else polls with the same token."""


async def poll(bot: Bot, inbox: Inbox, stop: asyncio.Event, allowed: list[str], weather: Weather) -> None:
    """Serve until *stop*; then finish what is held and confirm it.

    Raises TokenRejectedError and AnotherCopyError when going on makes no sense.
    """
    pause_s = LOOK_S
    try:
        while not stop.is_set():
            offset = inbox.next_offset()
            is_waiting = inbox.holds > 0
            try:
                updates = await until(stop, fetch(bot, offset, 0 if is_waiting else POLL_S, allowed))
            except TelegramError as error:
                inbox.is_cut_off = True
                await weather.wait_out(error, stop)
                continue
            if updates is None:
                break
            weather.clear()
            inbox.is_cut_off = False
            inbox.confirmed(offset)
            taken = inbox.taken
            await inbox.take(updates)
            brought_new = inbox.taken > taken
            is_full = len(updates) >= LIMIT
            if is_full and brought_new:
                await inbox.make_room(LIMIT - WORTH, SETTLE_S)  # more are waiting: fetch them meanwhile
                continue
            if is_full:  # what is held keeps the rest from us
                inbox.relieve()
            await inbox.rest(SETTLE_S)
            pause_s = LOOK_S if brought_new else min(2 * pause_s, MAX_LOOK_S)
            await inbox.settle(pause_s)
    finally:
        await inbox.settle(DRAIN_S)
        await inbox.abandon()
    await _confirm(bot, inbox)


async def fetch(bot: Bot, offset: int | None, timeout_s: int, allowed: list[str]) -> list[Any]:
    """Poll once and return the raw updates, parsed as JSON only."""
    # The wrapper that it recommends instead parses all updates together: one bad one would hide the rest.
    warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates'", category=PTBUserWarning)
    asked = {"timeout": timeout_s, "limit": LIMIT, "allowed_updates": allowed}
    if offset is not None:
        asked["offset"] = offset
    result = await bot.do_api_request("getUpdates", api_kwargs=asked, read_timeout=timeout_s + ANSWER_S)
    if not isinstance(result, list):
        raise NetworkError("the server's answer holds no list of updates")
    return result


async def until(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Return the result of *work*, or None as soon as *stop* is set; *work* is then cancelled."""
    task = asyncio.create_task(work)
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for each in (task, stopping):
            each.cancel()
        await asyncio.gather(task, stopping, return_exceptions=True)


class Weather:
    """Counts what goes wrong in a row, says it once, and knows how long to wait."""

    def __init__(self, first_pause_s: float = FIRST_PAUSE_S, beat: Callable[[], None] = lambda: None) -> None:
        """Begin in fine weather; the first fault waits *first_pause_s*. Each success calls *beat*."""
        self._first_pause_s = first_pause_s
        self._beat = beat
        self._faults = 0
        self._conflicts = 0

    def clear(self) -> None:
        """Note that a request went well."""
        if self._faults:
            log.info("Telegram answers again")
        self._faults = self._conflicts = 0
        self._beat()

    async def wait_out(self, error: TelegramError, stop: asyncio.Event) -> None:
        """Wait as long as *error* asks for, or raise when waiting is no cure."""
        if isinstance(error, InvalidToken | EndPointNotFound):
            raise TokenRejectedError from error
        if isinstance(error, Conflict):
            self._conflicts += 1
            if self._conflicts >= MAX_CONFLICTS:
                raise AnotherCopyError from error
            log.warning("another copy answers with this token (%d of %d)", self._conflicts, MAX_CONFLICTS)
        elif not self._faults:
            log.warning("Telegram cannot be reached (%s); trying again", type(error).__name__)
        longest_s = MAX_CONFLICT_PAUSE_S if self._conflicts else MAX_PAUSE_S
        pause_s = min(self._first_pause_s * 2.0 ** min(self._faults, 16), longest_s)
        self._faults += 1
        pause_s = min(wait_of(error), MAX_FLOOD_PAUSE_S) if isinstance(error, RetryAfter) else pause_s
        await _sleep(stop, pause_s)


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


async def _confirm(bot: Bot, inbox: Inbox) -> None:
    """Tell Telegram what is done, so that the next start need not look at it again."""
    offset = inbox.next_offset()
    if offset is None:
        return
    confirming: Awaitable[Any] = bot.do_api_request(
        "getUpdates", api_kwargs={"offset": offset, "timeout": 0, "limit": 1}, read_timeout=CONFIRM_S
    )
    try:
        async with asyncio.timeout(CONFIRM_S):
            await confirming
    except (TelegramError, TimeoutError) as error:
        log.info("the last updates stay unconfirmed (%s); they are known by number", type(error).__name__)
