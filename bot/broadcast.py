"""All that announcements need, put together in one value for the handlers and the wiring.

Owns which parts there are and how they are joined. Refuses to do anything itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, tzinfo

from bot import announcement, deeds, recipients, schedule
from bot import texts_announcements as t
from bot.commits import Commits
from bot.courier import Courier
from bot.deeds import Deeds
from bot.outbox import Outbox
from bot.outcomes import Outcomes
from bot.pace import Pace
from bot.recipients import Recipients
from bot.register import Register
from bot.sender import Sender
from knowledge.database import Database
from knowledge.records import dataclass

SCHEMAS = (announcement.SCHEMA, recipients.SCHEMA, deeds.SCHEMA)


@dataclass(frozen=True, slots=True)
class Broadcast:
    """The tables, the lane and the loop of one bot's announcements."""

    register: Register
    outbox: Outbox
    outcomes: Outcomes
    recipients: Recipients
    deeds: Deeds
    courier: Courier
    pace: Pace
    sender: Sender
    zone: tzinfo
    now: Callable[[], datetime]

    async def held(self, person: int) -> list[str]:
        """Say in lines what is kept about *person*."""
        place, count = await self.recipients.find(person), await self.outcomes.held(person)
        lines = [t.DATA_SUBSCRIBED] if place is not None else []
        return lines + ([t.DATA_DELIVERED.format(count=count)] if count else [])

    async def forget(self, person: int) -> None:
        """Erase what is kept about *person*."""
        await self.recipients.forget(person)
        await self.outcomes.forget(person)

    async def purge(self) -> None:
        """Delete what is older than it may be kept."""
        await self.register.purge(self.now())
        await self.outcomes.purge(self.now())


def build(
    database: Database,
    token: str,
    api_url: str,
    zone: tzinfo,
    now: Callable[[], datetime],
    commits: Commits | None = None,
) -> Broadcast:
    """Join the parts; nothing is opened and nothing sent until `sender.run`."""
    clock = time.monotonic  # the network's pace is kept in real time
    register, box, people = Register(database), Outbox(database, commits), Recipients(database)
    courier, pace = Courier(token, api_url), Pace(clock)
    sender = Sender(
        register,
        box,
        people,
        courier,
        pace,
        clock=clock,
        now=now,
        may_begin=lambda announcement, at: schedule.hold_back(announcement.due, at, zone),
    )
    return Broadcast(
        register, box, Outcomes(database), people, Deeds(database), courier, pace, sender, zone, now
    )
