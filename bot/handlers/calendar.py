"""/lich and what can be done about an announcement: pause, go on, stop, send again, edit and withdraw it.

Owns every button that speaks of an announcement (`n:VERB:ID`); those of a draft it hands to the writing
desk. Refuses to send: it changes a row and wakes the sender.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest
from telegram.ext import ApplicationHandlerStop, CallbackQueryHandler, CommandHandler

from bot import content, schedule, sending
from bot import texts_announcements as t
from bot.announcement import UNDER_WAY, Announcement, Stage
from bot.announcement_cards import PREFIX, decisions, ended, keyboard, name_of, number, planned, title_of
from bot.broadcast import Broadcast
from bot.cards import who
from bot.content import Action, Kind
from bot.deeds import What
from bot.delivery import State
from bot.dialogs import Dialog
from bot.handlers.announcements import Announcements, show, too_long
from bot.handlers.desk import Desk, Flow, Turn, author_of
from bot.handlers.questions import FRESH, Context, Handlers
from bot.panels import file_of, standing
from bot.replies import esc

KIND = "change"
LISTED, SHOWN_DEEDS = 10, 10
_DATA = re.compile(rf"{PREFIX}:([a-z]{{1,10}}):([0-9]{{1,12}})(?::([a-z]{{1,10}}|[0-9]{{0,12}}))?")
_OF_DRAFTS = ("send", "quiet", "morning", "time", "edit", "drop", "lists", "list", "chosen", "undo")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The desk for announcements that are planned, running or past."""

    desk: Desk
    cast: Broadcast
    writing: Announcements

    def handlers(self) -> Handlers:
        """Register the flow and return the handlers."""
        self.desk.flows[KIND] = Flow(self._take, self._ignore, left=t.LEFT)
        return [
            CommandHandler("lich", self.desk.gate(self._list), FRESH),
            CallbackQueryHandler(self._pressed, pattern=rf"^{PREFIX}:"),
        ]

    async def _list(self, turn: Turn) -> None:
        now, lines, buttons = self.cast.now(), [], []
        for each in await self.cast.outbox.latest(LISTED, now):
            when = each.due if each.stage is Stage.SCHEDULED else each.started_at
            if each.of is not None:
                since = schedule.shown(when or each.created_at, now, self.cast.zone)
                stage = t.ROUND_STAGES[each.stage]
                lines.append(t.ROUND_LINE.format(title=name_of(each), stage=stage, when=since))
                buttons.append((t.ROUND_BUTTONS[each.action].format(number=each.number), f"show:{each.id}"))
                continue
            stage = t.STAGES[each.stage]
            if await self.cast.outbox.is_withdrawn(each.id):
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
            announcement = await self.cast.outbox.get(id_)
        except LookupError:
            problem = t.STALE
        else:
            turn = Turn(context.bot, query.from_user.id, message, query=query, update_id=update.update_id)
            problem = await self._do(turn, announcement, verb, argument)
        await sending.acknowledge(query, problem, alert=bool(problem))
        raise ApplicationHandlerStop

    async def _do(self, turn: Turn, announcement: Announcement, verb: str, argument: str) -> str:
        if verb in _OF_DRAFTS:
            return await self.writing.press(turn, announcement, verb, argument)
        if verb in ("again", "leave"):
            one = int(argument) if argument.isdecimal() else None
            return await (self._again if verb == "again" else self._leave)(turn, announcement, one)
        verbs: dict[str, Callable[[Turn, Announcement], Awaitable[str]]] = {
            "show": self._show,
            "pause": self._pause,
            "resume": self._resume,
            "stop": self._stop,
            "retry": self._retry,
            "change": self._change,
            "withdraw": self._withdraw,
            "do": self._begin_round,
            "no": self._end_round,
        }
        return await verbs[verb](turn, announcement) if verb in verbs else t.STALE

    async def _show(self, turn: Turn, announcement: Announcement) -> str:
        whole = ""
        if announcement.stage in UNDER_WAY:
            text, rows = await standing(announcement, self.cast)
        elif announcement.started_at is None:
            text, rows = planned(announcement, self.cast.now(), self.cast)
        else:
            counts = await self.cast.outbox.counts(announcement.id)
            troubled = await self.cast.outbox.troubled(announcement.id)
            places = await self.cast.recipients.among({each.recipient for each in troubled})
            remaining = await self.cast.outbox.remaining(announcement.id)
            is_withdrawn = await self.cast.outbox.is_withdrawn(announcement.id)
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
        change = self.cast.outbox.move(announcement.id, Stage.PAUSED, out_of=(Stage.SENDING,))
        return await self._turn(turn, announcement, change, What.PAUSE)

    async def _resume(self, turn: Turn, announcement: Announcement) -> str:
        to, due = Stage.SENDING, None
        if announcement.started_at is None:  # held before it began: after a restore
            now = self.cast.now()
            to, due = Stage.SCHEDULED, max(announcement.due or now, now)
        change = self.cast.outbox.move(announcement.id, to, out_of=(Stage.PAUSED,), due=due)
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
        changed = await self.cast.outbox.get(announcement.id)
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
        is_withdrawn = await self.cast.outbox.is_withdrawn(announcement.id)
        count = 0 if is_withdrawn else await self.cast.outbox.again(announcement.id, state, one)
        if not count:
            return t.STALE
        await self._offer_rest(turn, announcement)
        await turn.say(esc(t.AGAIN_QUEUED.format(count=number(count))))
        self.cast.sender.wake()
        return ""

    async def _offer_rest(self, turn: Turn, announcement: Announcement) -> None:
        """Leave under the report only the buttons of what is not decided yet."""
        troubled = await self.cast.outbox.troubled(announcement.id)
        places = await self.cast.recipients.among({each.recipient for each in troubled})
        buttons = keyboard(announcement.id, decisions(troubled, places))
        with contextlib.suppress(BadRequest):  # it shows them already, or is too old to be edited
            await turn.message.edit_reply_markup(buttons)

    async def _leave(self, turn: Turn, announcement: Announcement, one: int | None) -> str:
        count = await self.cast.outbox.leave(announcement.id, one)
        if not count:
            return t.STALE
        await self._offer_rest(turn, announcement)
        await turn.say(esc(t.LEFT_ALONE.format(count=number(count))))
        return ""

    # --- everywhere ----------------------------------------------------------------------------------

    async def _change(self, turn: Turn, announcement: Announcement) -> str:
        if announcement.content.kind is Kind.COPY:
            return t.CHANGE_IMPOSSIBLE
        problem = await self._unready(announcement)
        if problem:
            return problem
        await self.desk.shelve(turn)
        await self.desk.dialogs.open(turn.person, KIND, "words", id=announcement.id)
        await turn.say(esc(t.ASK_CHANGE.format(number=announcement.number)))
        return ""

    async def _take(self, turn: Turn, dialog: Dialog) -> None:
        original = await self.cast.outbox.get(int(dialog.data["id"]))
        if not (turn.message.text or "").strip():
            await turn.say(esc(t.NEEDS_WORDS))
            return
        words = content.typed(turn.message, 0)
        said = original.content.reworded(words)
        over = content.excess(said, original.number)
        if over:
            await turn.say(esc(too_long(said, over)))
            return
        await self.desk.dialogs.close(dialog)
        round_ = await self.cast.outbox.draft(
            said,
            author=turn.person,
            origin=turn.message.message_id,
            now=self.cast.now(),
            action=Action.EDIT,
            of=original,
        )
        if await self.writing.is_taken(turn, round_):
            await self._ask(turn, round_, t.SURE_CHANGE, t.YES_CHANGE)

    async def _withdraw(self, turn: Turn, announcement: Announcement) -> str:
        problem = await self._unready(announcement)
        if problem:
            return problem
        round_ = await self.cast.outbox.draft(
            announcement.content,
            author=turn.person,
            origin=-turn.update_id,
            now=self.cast.now(),
            action=Action.WITHDRAW,
            of=announcement,
        )
        if round_.stage is not Stage.DRAFT:
            return t.STALE
        await self._ask(turn, round_, t.SURE_WITHDRAW, t.YES_WITHDRAW)
        return ""

    async def _ask(self, turn: Turn, round_: Announcement, question: str, yes: str) -> None:
        text = question.format(
            number=round_.number, count=number(await self.cast.outbox.remaining(round_.of or 0))
        )
        rows = [[(yes, "do"), (t.DROP, "no")]]
        sent = await turn.bot.send_message(
            turn.person, esc(text), parse_mode="HTML", reply_markup=keyboard(round_.id, rows)
        )
        await self.cast.outbox.show_at(round_.id, sent.message_id)

    async def _begin_round(self, turn: Turn, round_: Announcement) -> str:
        if round_.of is None or round_.author != turn.person:
            return t.STALE
        problem = await self._unready(await self.cast.outbox.get(round_.of))
        if problem:
            return problem
        now = self.cast.now()
        if not await self.cast.outbox.move(round_.id, Stage.SCHEDULED, out_of=(Stage.DRAFT,), due=now):
            return t.STALE
        await show(turn, esc(t.STARTED.format(title=name_of(round_))), None)
        self.cast.sender.wake()
        return ""

    async def _end_round(self, turn: Turn, round_: Announcement) -> str:
        if round_.action is Action.SEND or round_.author != turn.person:
            return t.STALE
        if not await self.cast.outbox.move(round_.id, Stage.CANCELLED, out_of=(Stage.DRAFT,)):
            return t.STALE
        await turn.turn_into(esc(t.LEFT_AS_IT_IS.format(number=round_.number)))
        return ""

    async def _unready(self, announcement: Announcement) -> str:
        """Say why *announcement* cannot be edited or withdrawn now; "" when it can."""
        if announcement.stage in UNDER_WAY:
            return t.UNDER_WAY.format(number=announcement.number)
        if await self.cast.outbox.remaining(announcement.id):
            return ""
        counts = await self.cast.outbox.counts(announcement.id)
        return t.NOTHING_LEFT if counts[State.SENT] else t.NOTHING_SENT

    async def _ignore(self, turn: Turn, dialog: Dialog, verb: str, argument: str) -> None:
        """Dialogs of this kind have no buttons of their own."""
