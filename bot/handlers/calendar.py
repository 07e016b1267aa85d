"""/lich and what can be done about an announcement under way or past: pause, go on, stop, send again.

Owns every button that speaks of an announcement (`n:VERB:ID`); those of a draft and of a round it hands to
their desks. Refuses to send: it changes a row and wakes the sender.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest
from telegram.ext import ApplicationHandlerStop, CallbackQueryHandler, CommandHandler

from bot import schedule, sending
from bot import texts_announcements as t
from bot.announcement import UNDER_WAY, Announcement, Stage
from bot.announcement_cards import PREFIX, decisions, ended, keyboard, name_of, number, planned, title_of
from bot.broadcast import Broadcast
from bot.cards import who
from bot.content import Action
from bot.deeds import What
from bot.delivery import State
from bot.handlers.announcements import show
from bot.handlers.desk import Desk, Turn, author_of
from bot.handlers.drafts import Drafts
from bot.handlers.questions import FRESH, Context, Handlers
from bot.handlers.rounds import Rounds
from bot.panels import file_of, standing
from bot.replies import esc
from knowledge.records import dataclass

LISTED, SHOWN_DEEDS = 10, 10
_DATA = re.compile(rf"{PREFIX}:([a-z]{{1,10}}):([0-9]{{1,12}})(?::([a-z]{{1,10}}|[0-9]{{0,12}}))?")
_OF_DRAFTS = ("send", "quiet", "morning", "time", "edit", "drop", "lists", "list", "chosen", "undo")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The desk for announcements that are planned, running or past."""

    desk: Desk
    cast: Broadcast
    drafts: Drafts
    rounds: Rounds

    def handlers(self) -> Handlers:
        """Register the flows of drafts and rounds, and return the handlers."""
        self.drafts.register()
        self.rounds.register()
        return [
            CommandHandler("lich", self.desk.gate(self._list), FRESH),
            CallbackQueryHandler(self._pressed, pattern=rf"^{PREFIX}:"),
        ]

    async def _list(self, turn: Turn) -> None:
        now, lines, buttons = self.cast.now(), [], []
        for each in await self.cast.register.latest(LISTED, now):
            when = each.due if each.stage is Stage.SCHEDULED else each.started_at
            if each.of is not None:
                since = schedule.shown(when or each.created_at, now, self.cast.zone)
                stage = t.ROUND_STAGES[each.stage]
                lines.append(t.ROUND_LINE.format(title=name_of(each), stage=stage, when=since))
                buttons.append((t.ROUND_BUTTONS[each.action].format(number=each.number), f"show:{each.id}"))
                continue
            stage = t.STAGES[each.stage]
            if await self.cast.register.is_withdrawn(each.id):
                stage = t.WITHDRAWN
            elif each.stage is Stage.DRAFT:
                stage = t.TAKEN
            lines.append(
                t.CALENDAR_LINE.format(
                    number=each.number,
                    title=title_of(each),
                    stage=stage,
                    when=schedule.shown(when or each.created_at, now, self.cast.zone),
                )
            )
            buttons.append((str(each.number), f"show:{each.id}"))
        if not lines:
            await turn.say(esc(t.NO_ANNOUNCEMENTS))
            return
        rows = [buttons[start : start + 5] for start in range(0, len(buttons), 5)]
        text = t.CALENDAR.format(lines="\n".join(lines))
        await turn.bot.send_message(turn.person, esc(text), parse_mode="HTML", reply_markup=keyboard(0, rows))

    # --- buttons -------------------------------------------------------------------------------------

    async def _pressed(self, update: Update, context: Context) -> None:
        query = update.callback_query
        if query is None:
            return
        found = _DATA.fullmatch(query.data or "")
        message = query.message
        if (
            found is None
            or not isinstance(message, Message)
            or message.chat.type != ChatType.PRIVATE
            or message.chat.id != query.from_user.id
            or not await self.desk.authority.is_admin(update)
        ):
            await sending.acknowledge(query, t.STALE, alert=True)
            raise ApplicationHandlerStop
        verb, argument = found[1], found[3] or ""
        id_ = int(argument) if verb == "show" and argument.isdecimal() else int(found[2])
        try:
            announcement = await self.cast.register.get(id_)
        except LookupError:
            problem = t.STALE
        else:
            turn = Turn(context.bot, query.from_user.id, message, query=query, update_id=update.update_id)
            problem = await self._do(turn, announcement, verb, argument)
        await sending.acknowledge(query, problem, alert=bool(problem))
        raise ApplicationHandlerStop

    async def _do(self, turn: Turn, announcement: Announcement, verb: str, argument: str) -> str:
        if verb in _OF_DRAFTS:
            return await self.drafts.press(turn, announcement, verb, argument)
        if verb in ("again", "leave"):
            one = int(argument) if argument.isdecimal() else None
            return await (self._again if verb == "again" else self._leave)(turn, announcement, one)
        verbs: dict[str, Callable[[Turn, Announcement], Awaitable[str]]] = {
            "show": self._show,
            "pause": self._pause,
            "resume": self._resume,
            "stop": self._stop,
            "retry": self._retry,
            "change": self.rounds.change,
            "withdraw": self.rounds.withdraw,
            "do": self.rounds.begin,
            "no": self.rounds.end,
        }
        return await verbs[verb](turn, announcement) if verb in verbs else t.STALE

    async def _show(self, turn: Turn, announcement: Announcement) -> str:
        whole = ""
        if announcement.stage in UNDER_WAY:
            text, rows = await standing(announcement, self.cast)
        elif announcement.started_at is None:
            text, rows = planned(announcement, self.cast.now(), self.cast)
        else:
            counts = await self.cast.outcomes.counts(announcement.id)
            troubled = await self.cast.outcomes.troubled(announcement.id)
            places = await self.cast.recipients.among({each.recipient for each in troubled})
            remaining = await self.cast.outcomes.remaining(announcement.id)
            is_withdrawn = await self.cast.register.is_withdrawn(announcement.id)
            text, rows, whole = ended(
                announcement, counts, troubled, places, remaining, is_withdrawn=is_withdrawn
            )
        text += await self._history(turn, announcement)
        await turn.bot.send_message(
            turn.person, text, parse_mode="HTML", reply_markup=keyboard(announcement.id, rows)
        )
        if whole:
            await turn.bot.send_document(turn.person, file_of(announcement, whole))
        return ""

    async def _history(self, turn: Turn, announcement: Announcement) -> str:
        lines = [
            t.DEED_LINE.format(
                who=who(author_of(deed.person), turn.author),
                deed=t.DEEDS[deed.what],
                when=schedule.shown(deed.at, self.cast.now(), self.cast.zone),
            )
            for deed in await self.cast.deeds.of(announcement.id)
        ]
        return "\n\n" + esc("\n".join([t.HISTORY, *lines[-SHOWN_DEEDS:]])) if lines else ""

    async def _pause(self, turn: Turn, announcement: Announcement) -> str:
        change = self.cast.register.move(announcement.id, Stage.PAUSED, out_of=(Stage.SENDING,))
        return await self._turn(turn, announcement, change, What.PAUSE)

    async def _resume(self, turn: Turn, announcement: Announcement) -> str:
        to, due = Stage.SENDING, None
        if announcement.started_at is None:  # held before it began: after a restore
            now = self.cast.now()
            to, due = Stage.SCHEDULED, max(announcement.due or now, now)
        change = self.cast.register.move(announcement.id, to, out_of=(Stage.PAUSED,), due=due)
        return await self._turn(turn, announcement, change, What.RESUME)

    async def _stop(self, turn: Turn, announcement: Announcement) -> str:
        change = self.cast.outbox.stop(announcement.id, self.cast.now())
        return await self._turn(turn, announcement, change, What.STOP)

    async def _turn(
        self, turn: Turn, announcement: Announcement, change: Coroutine[Any, Any, bool], what: What
    ) -> str:
        if not await self.cast.deeds.done(
            change, what, announcement=announcement.id, person=turn.person, now=self.cast.now()
        ):
            return t.STALE
        self.cast.sender.wake()
        changed = await self.cast.register.get(announcement.id)
        text, rows = await standing(changed, self.cast)
        await show(turn, text, keyboard(announcement.id, rows))
        return ""

    async def _again(self, turn: Turn, announcement: Announcement, one: int | None) -> str:
        return await self._queue(turn, announcement, State.UNCERTAIN, one)

    async def _retry(self, turn: Turn, announcement: Announcement) -> str:
        failed = await self._queue(turn, announcement, State.FAILED)
        blocked = await self._queue(turn, announcement, State.BLOCKED)
        return failed and blocked

    async def _queue(
        self, turn: Turn, announcement: Announcement, state: State, one: int | None = None
    ) -> str:
        if announcement.of is not None and announcement.action is Action.EDIT:
            rounds = await self.cast.register.rounds(announcement.of)
            if any(each.id > announcement.id and each.action is Action.EDIT for each in rounds):
                return t.SUPERSEDED
        is_withdrawn = await self.cast.register.is_withdrawn(announcement.id)
        count = 0 if is_withdrawn else await self.cast.outcomes.again(announcement.id, state, one)
        if not count:
            return t.STALE
        await self._offer_rest(turn, announcement)
        await turn.say(esc(t.AGAIN_QUEUED.format(count=number(count))))
        self.cast.sender.wake()
        return ""

    async def _offer_rest(self, turn: Turn, announcement: Announcement) -> None:
        """Leave under the report only the buttons of what is not decided yet."""
        troubled = await self.cast.outcomes.troubled(announcement.id)
        places = await self.cast.recipients.among({each.recipient for each in troubled})
        buttons = keyboard(announcement.id, decisions(troubled, places))
        with contextlib.suppress(BadRequest):  # it shows them already, or is too old to be edited
            await turn.message.edit_reply_markup(buttons)

    async def _leave(self, turn: Turn, announcement: Announcement, one: int | None) -> str:
        count = await self.cast.outcomes.leave(announcement.id, one)
        if not count:
            return t.STALE
        await self._offer_rest(turn, announcement)
        await turn.say(esc(t.LEFT_ALONE.format(count=number(count))))
        return ""
