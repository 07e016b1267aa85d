"""What the bot does by itself while it serves: forget in time, tell who waits, write counts.

Owns when these happen. Refuses to know how. A chore that fails is logged and comes again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot import logs

log = logging.getLogger(__name__)

PURGE_EVERY_S = 3600.0
TELL_EVERY_S = 300.0
DIGEST_EVERY_S = 600.0
BACKUP_LOOK_S = 600.0
TROUBLE_LOOK_S = 5.0


async def every(period_s: float, *jobs: Callable[[], Awaitable[object]]) -> None:
    """Run *jobs* now and then every *period_s* seconds, until cancelled."""
    while True:
        await run(*jobs)
        await asyncio.sleep(period_s)


async def whenever(event: asyncio.Event, period_s: float, *jobs: Callable[[], Awaitable[object]]) -> None:
    """Run *jobs* now, each time that *event* is set, and at least every *period_s* seconds."""
    while True:
        event.clear()
        await run(*jobs)
        try:
            async with asyncio.timeout(period_s):
                await event.wait()
        except TimeoutError:
            continue


async def run(*jobs: Callable[[], Awaitable[object]]) -> None:
    """Run *jobs* once; a fault in one stops neither the others nor the next time."""
    for job in jobs:
        try:
            await job()
        except (
            Exception
        ) as error:  # storage, Telegram, or a fault of ours: the chores themselves must not end
            log.error("a chore failed: %s", logs.describe(error))
