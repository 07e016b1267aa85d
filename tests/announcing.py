"""An outbox that sends: in the loop of a test, or as a process of its own that can be killed.

`python -m tests.announcing DATABASE URL` sends what is queued there and ends when nothing is left to do.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import outbox, recipients
from bot.content import Call, Content, Kind
from bot.courier import Courier
from bot.delivery import Outcome, State
from bot.outbox import Announcement, Outbox, Stage
from bot.pace import Pace
from bot.recipients import Consent, Recipients
from bot.sender import Sender
from knowledge.database import open_database
from tests.botapi import TOKEN
from tests.knowledge.crashat import count_down

SCHEMAS = (outbox.SCHEMA, recipients.SCHEMA)
NO_LIMIT = 100_000.0
AUTHOR = 7


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Desk:
    outbox: Outbox
    recipients: Recipients
    sender: Sender
    pace: Pace
    stop: asyncio.Event

    async def invite(self, *chats: int) -> None:
        """Let *chats* be recipients."""
        async with self.outbox.database.transaction():
            for chat in chats:
                kind = recipients.Kind.MEMBER if chat > 0 else recipients.Kind.GROUP
                await self.recipients.add(chat, kind, f"Nhóm {-chat}", now(), consent=Consent.YES)

    async def announce(self, text: str = "Họp lúc 8 giờ.", *, content: Content | None = None) -> Announcement:
        """Schedule an announcement for now."""
        self._origin = getattr(self, "_origin", 0) + 1
        draft = await self.outbox.draft(
            content or Content(Kind.TEXT, text), author=AUTHOR, origin=self._origin, now=now()
        )
        await self.outbox.move(draft.id, Stage.SCHEDULED, out_of=(Stage.DRAFT,), due=now())
        self.sender.wake()
        return await self.outbox.get(draft.id)

    async def ended(self, announcement: Announcement, *, within_s: float = 20.0) -> dict[State, int]:
        """Wait for the end of *announcement*; return the non-zero counts."""
        deadline = time.monotonic() + within_s
        while (await self.outbox.get(announcement.id)).stage not in (Stage.DONE, Stage.STOPPED, Stage.PAUSED):
            assert time.monotonic() < deadline, await self.outbox.counts(announcement.id)
            await asyncio.sleep(0.005)
        return {state: n for state, n in (await self.outbox.counts(announcement.id)).items() if n}


@asynccontextmanager
async def desk(
    path: Path,
    url: str,
    *,
    per_s: float = NO_LIMIT,
    chat_gap_s: float = 0.0,
    lane_size: int = 4,
    clock: Callable[[], float] = time.monotonic,
    courier: Courier | None = None,
    **more: Any,
) -> AsyncIterator[Desk]:
    """Open the database at *path* and send what is due, until the block ends."""
    async with open_database(path, SCHEMAS) as database:
        box, people = Outbox(database), Recipients(database)
        pace = Pace(clock, per_s=per_s, chat_gap_s=chat_gap_s)
        carrier = courier or Courier(TOKEN, url, lane_size=lane_size)
        sender = Sender(box, people, carrier, pace, clock=clock, **{"now": now, **more})
        stop = asyncio.Event()
        running = asyncio.create_task(sender.run(stop))
        try:
            yield Desk(box, people, sender, pace, stop)
        finally:
            stop.set()
            await running


class _Counted(Courier):
    """Counts each call twice: before it leaves and after its answer."""

    def __init__(self, *arguments: Any, step: Callable[[], None], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._step = step

    async def carry(self, call: Call) -> Outcome:
        self._step()
        outcome = await super().carry(call)
        self._step()
        return outcome


async def _main(options: argparse.Namespace) -> None:
    step = count_down(options.die_at) if options.die_at else lambda: None
    courier = _Counted(TOKEN, options.url, lane_size=options.lane, step=step)
    async with desk(options.database, options.url, per_s=options.per_s, courier=courier) as working:
        signal_ready = asyncio.get_running_loop()
        signal_ready.add_signal_handler(signal.SIGTERM, working.stop.set)
        while not working.stop.is_set():
            busy = await working.outbox.at(Stage.SCHEDULED, Stage.SENDING)
            if not busy:
                break
            await asyncio.sleep(0.005)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("database", type=Path)
    parser.add_argument("url")
    parser.add_argument("--lane", type=int, default=4)
    parser.add_argument("--per-s", type=float, default=NO_LIMIT)
    parser.add_argument("--die-at", type=int, default=0)
    asyncio.run(_main(parser.parse_args()))
    sys.stdout.flush()
    os._exit(0)
