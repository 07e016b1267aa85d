"""The messages that keep up with a sending, and the report at its end.

Owns when they are edited and sent. Refuses to know how they look (`announcement_cards`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from telegram import Bot, InputFile
from telegram.error import BadRequest, Forbidden, TelegramError

from bot import chores
from bot import texts_announcements as t
from bot.announcement import UNDER_WAY, Announcement, Stage
from bot.announcement_cards import Rows, held_back, keyboard, progress, report
from bot.authority import Authority
from bot.broadcast import Broadcast
from bot.register import LATE

log = logging.getLogger(__name__)

EDIT_EVERY_S = 3.0  # Telegram takes 20 edits a minute in one chat
LOOK_EVERY_S = 60.0


class Panels:
    """Keeps the progress messages up to date and sends the reports."""

    def __init__(self, bot: Bot, cast: Broadcast, known: Authority) -> None:
        """Write through *bot*; one update goes on where the last one ended, also after a restart.

        Who is none of the officers *known* any more is shown nothing more.
        """
        self._bot = bot
        self._cast = cast
        self._known = known
        self._shown: dict[int, str] = {}
        self._told: dict[int, set[int]] = {}  # who has read what others are still to be told, by announcement

    async def run(self) -> None:
        """Keep up with the sender until cancelled."""
        changed = self._cast.sender.changed
        while True:
            changed.clear()
            await chores.run(self.update)
            await asyncio.sleep(EDIT_EVERY_S)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):  # an edit that failed is made up for
                    await changed.wait()

    async def update(self) -> None:
        """Edit what has changed; report what has ended. Called again and again."""
        register = self._cast.register
        late = [each for each in await register.at(Stage.SCHEDULED) if each.note == LATE]
        running, ended = await register.at(*UNDER_WAY), await register.unreported()
        # Each for itself: an officer whose chat has to wait keeps nothing from the others.
        await chores.run(
            *(partial(self._tell_late, announcement) for announcement in late),
            *(partial(self._show, announcement) for announcement in running),
            *(partial(self._report, announcement) for announcement in ended),
        )

    async def _show(self, announcement: Announcement) -> None:
        if not announcement.panel or not await self._known.knows(announcement.author):
            return
        text, rows = await standing(announcement, self._cast)
        if self._shown.get(announcement.id) == text:
            return
        with contextlib.suppress(BadRequest, Forbidden):  # it shows this already, or the officer removed it
            await self._bot.edit_message_text(
                text,
                announcement.author,
                announcement.panel,
                parse_mode="HTML",
                reply_markup=keyboard(announcement.id, rows),
            )
        self._shown[announcement.id] = text

    async def _tell_late(self, announcement: Announcement) -> None:
        text, rows = held_back(announcement, self._cast.now(), self._cast)

        async def send(person: int) -> None:
            await self._bot.send_message(
                person, text, parse_mode="HTML", reply_markup=keyboard(announcement.id, rows)
            )

        await self._let_read(announcement, send)
        await self._cast.register.told_late(announcement.id)

    async def _report(self, announcement: Announcement) -> None:
        await self._show(announcement)
        outcomes = self._cast.outcomes
        troubled = await outcomes.troubled(announcement.id)
        places = await self._cast.recipients.among({each.recipient for each in troubled})
        text, rows, whole = report(announcement, await outcomes.counts(announcement.id), troubled, places)

        async def send(person: int) -> None:
            await self._bot.send_message(
                person, text, parse_mode="HTML", reply_markup=keyboard(announcement.id, rows)
            )
            if whole:
                await self._bot.send_document(person, file_of(announcement, whole))

        await self._let_read(announcement, send)
        await self._cast.register.reported(announcement.id)
        self._shown.pop(announcement.id, None)

    async def _let_read(self, announcement: Announcement, send: Callable[[int], Awaitable[None]]) -> None:
        """Send to each reader once, whoever else has to wait; raises what keeps somebody from it for now."""
        told, failure = self._told.setdefault(announcement.id, set()), None
        for person in await self._readers(announcement):
            try:
                if person not in told:
                    await send(person)
            except (Forbidden, BadRequest) as error:  # the officer has shut the bot out; /lich still tells
                log.warning("announcement %d could not be told of: %s", announcement.number, error.message)
            except TelegramError as error:
                failure = error
                continue
            told.add(person)
        if failure is not None:
            raise failure
        del self._told[announcement.id]

    async def _readers(self, announcement: Announcement) -> tuple[int, ...]:
        """Return its officer; the owners when that is none any more: somebody must know of the doubtful."""
        if await self._known.knows(announcement.author):
            return (announcement.author,)
        return self._known.owners or await self._known.admins()


def file_of(announcement: Announcement, whole: str) -> InputFile:
    """Return the file with all the lines of a report or a card."""
    name = t.REPORT_FILE.format(number=announcement.number)
    return InputFile(whole.encode("utf-8-sig"), filename=name)


async def standing(announcement: Announcement, cast: Broadcast) -> tuple[str, Rows]:
    """Return how far *announcement* is at this moment: HTML and buttons."""
    counts = await cast.outcomes.counts(announcement.id)
    return progress(announcement, counts, await cast.outcomes.latest_ends(announcement.id))
