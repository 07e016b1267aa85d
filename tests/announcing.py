"""An outbox that sends: in the loop of a test, or as a process of its own that can be killed."""

# ruff: noqa: ASYNC110 - what the sender has done shows in the database only
from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import recipients
from bot.announcement import Announcement, Stage
from bot.broadcast import SCHEMAS
from bot.content import Call, Content, Kind
from bot.courier import Courier
from bot.delivery import Outcome, State
from bot.outbox import Outbox
from bot.outcomes import Outcomes
from bot.pace import Pace
from bot.recipients import Consent, Recipients
from bot.register import Register
from bot.sender import Sender
from knowledge.database import Database, open_database
from tests.botapi import TOKEN
from tests.knowledge.crashat import count_down
from tests.orphans import end_with_parent

NO_LIMIT = 100_000.0
AUTHOR = 7


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Desk:
    register: Register
    outbox: Outbox
    outcomes: Outcomes
    database: Database
    recipients: Recipients
    sender: Sender
    pace: Pace
    stop: asyncio.Event

    async def invite(self, *chats: int) -> None:
        """Let *chats* be recipients."""
        async with self.database.transaction():
            for chat in chats:
                kind = recipients.Kind.MEMBER if chat > 0 else recipients.Kind.GROUP
                await self.recipients.add(chat, kind, f"Nhóm {-chat}", now(), consent=Consent.YES)

    async def announce(self, text: str = "Họp lúc 8 giờ.", *, content: Content | None = None) -> Announcement:
        """Schedule an announcement for now."""
        self._origin = getattr(self, "_origin", 0) + 1
        draft = await self.register.draft(
            content or Content(Kind.TEXT, text), author=AUTHOR, origin=self._origin, now=now()
        )
        await self.register.move(draft.id, Stage.SCHEDULED, out_of=(Stage.DRAFT,), due=now())
        self.sender.wake()
        return await self.register.get(draft.id)

    async def ended(self, announcement: Announcement, *, within_s: float = 20.0) -> dict[State, int]:
        """Wait for the end of *announcement*; return the non-zero counts."""
        deadline = time.monotonic() + within_s
        while (await self.register.get(announcement.id)).stage not in (
            Stage.DONE,
            Stage.STOPPED,
            Stage.PAUSED,
        ):
            assert time.monotonic() < deadline, await self.outcomes.counts(announcement.id)
            await asyncio.sleep(0.005)
        return {state: n for state, n in (await self.outcomes.counts(announcement.id)).items() if n}


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
    idle: bool = False,
    **more: Any,
) -> AsyncIterator[Desk]:
    """Open the database at *path* and send what is due, until the block ends; *idle* only opens it."""
    async with open_database(path, SCHEMAS) as database:
        register, box, people = Register(database), Outbox(database), Recipients(database)
        pace = Pace(clock, per_s=per_s, chat_gap_s=chat_gap_s)
        carrier = courier or Courier(TOKEN, url, lane_size=lane_size)
        sender = Sender(register, box, people, carrier, pace, clock=clock, **{"now": now, **more})
        stop = asyncio.Event()
        running = None if idle else asyncio.create_task(sender.run(stop))
        try:
            yield Desk(register, box, Outcomes(database), database, people, sender, pace, stop)
        finally:
            stop.set()
            if running is not None:
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


def serve_alone(
    database: Path,
    url: str,
    *,
    lane: int = 4,
    per_s: float = NO_LIMIT,
    die_at: int = 0,
    poll_s: float = 0.005,
) -> None:
    """Send what is queued in *database* until nothing is left to do; die at a step when told to."""
    end_with_parent()
    step = count_down(die_at) if die_at else lambda: None

    async def main() -> None:
        courier = _Counted(TOKEN, url, lane_size=lane, step=step)
        async with desk(database, url, per_s=per_s, courier=courier) as working:
            while await working.register.at(Stage.SCHEDULED, Stage.SENDING):
                await asyncio.sleep(poll_s)

    asyncio.run(main())
