"""Rounds: a sent announcement is edited or withdrawn in all the places where it still is.

Owns the dialog `change` and the question before each round. Refuses to send: a round is an announcement of
its own, with the same guarantees, and the sender finds it.
"""

from __future__ import annotations

import asyncio

from bot import content
from bot import texts_announcements as t
from bot.announcement import UNDER_WAY, Announcement, Stage
from bot.announcement_cards import keyboard, name_of, number
from bot.broadcast import Broadcast
from bot.content import Action, Kind
from bot.delivery import State
from bot.dialogs import Dialog
from bot.handlers.announcements import Announcements, show, too_long
from bot.handlers.desk import Desk, Flow, Turn
from bot.replies import esc
from knowledge.records import dataclass, field

KIND = "change"


@dataclass(frozen=True, slots=True)
class Rounds:
    """The desk for what is done once more everywhere."""

    desk: Desk
    cast: Broadcast
    writing: Announcements
    # Officers press side by side; what one finds not under way must still be so when it begins.
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def register(self) -> None:
        """Register the flow."""
        self.desk.flows[KIND] = Flow(self._take, self._ignore, left=t.LEFT)

    async def change(self, turn: Turn, announcement: Announcement) -> str:
        """Ask for the new words of *announcement*; return a sentence when it cannot be edited now."""
        if announcement.content.kind is Kind.COPY:
            return t.CHANGE_IMPOSSIBLE
        problem = await self._unready(announcement, Action.EDIT)
        if problem:
            return problem
        await self.desk.shelve(turn)
        await self.desk.dialogs.open(turn.person, KIND, "words", id=announcement.id)
        await turn.say(esc(t.ASK_CHANGE.format(number=announcement.number)))
        return ""

    async def withdraw(self, turn: Turn, announcement: Announcement) -> str:
        """Ask whether *announcement* is to be withdrawn; return a sentence when it cannot be now."""
        problem = await self._unready(announcement, Action.WITHDRAW)
        if problem:
            return problem
        round_ = await self.cast.register.draft(
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

    async def begin(self, turn: Turn, round_: Announcement) -> str:
        """Let a round that was asked about begin; return a sentence when it cannot."""
        if round_.of is None or round_.author != turn.person:
            return t.STALE
        async with self._turn:
            problem = await self._unready(await self.cast.register.get(round_.of), round_.action)
            if problem:
                return problem
            now = self.cast.now()
            if not await self.cast.register.move(round_.id, Stage.SCHEDULED, out_of=(Stage.DRAFT,), due=now):
                return t.STALE
        await show(turn, esc(t.STARTED.format(title=name_of(round_))), None)
        self.cast.sender.wake()
        return ""

    async def end(self, turn: Turn, round_: Announcement) -> str:
        """Leave the announcement as it is."""
        if round_.action is Action.SEND or round_.author != turn.person:
            return t.STALE
        if not await self.cast.register.move(round_.id, Stage.CANCELLED, out_of=(Stage.DRAFT,)):
            return t.STALE
        await turn.turn_into(esc(t.LEFT_AS_IT_IS.format(number=round_.number)))
        return ""

    async def _take(self, turn: Turn, dialog: Dialog) -> None:
        original = await self.cast.register.get(int(dialog.data["id"]))
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
        round_ = await self.cast.register.draft(
            said,
            author=turn.person,
            origin=turn.message.message_id,
            now=self.cast.now(),
            action=Action.EDIT,
            of=original,
        )
        if await self.writing.is_taken(turn, round_):
            await self._ask(turn, round_, t.SURE_CHANGE, t.YES_CHANGE)

    async def _ask(self, turn: Turn, round_: Announcement, question: str, yes: str) -> None:
        text = question.format(
            number=round_.number, count=number(await self.cast.outcomes.remaining(round_.of or 0))
        )
        rows = [[(yes, "do"), (t.DROP, "no")]]
        sent = await turn.bot.send_message(
            turn.person, esc(text), parse_mode="HTML", reply_markup=keyboard(round_.id, rows)
        )
        await self.cast.register.show_at(round_.id, sent.message_id)

    async def _unready(self, announcement: Announcement, action: Action) -> str:
        """Say why *announcement* cannot be edited or withdrawn now; "" when it can.

        Of two edits under way the older words could arrive last. A withdrawal need not wait for an edit.
        """
        if announcement.stage in UNDER_WAY:
            return t.UNDER_WAY.format(number=announcement.number)
        for round_ in await self.cast.register.rounds(announcement.id):
            is_running = round_.stage in (Stage.SCHEDULED, *UNDER_WAY)
            if is_running and (action is Action.EDIT or round_.action is Action.WITHDRAW):
                return t.ROUND_UNDER_WAY.format(title=name_of(round_))
        if await self.cast.outcomes.remaining(announcement.id):
            return ""
        counts = await self.cast.outcomes.counts(announcement.id)
        return t.NOTHING_LEFT if counts[State.SENT] else t.NOTHING_SENT

    async def _ignore(self, turn: Turn, dialog: Dialog, verb: str, argument: str) -> None:
        """Dialogs of this kind have no buttons of their own."""
