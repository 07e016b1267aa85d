"""A draft of an announcement: its buttons, what is typed about it, and the way until it is planned.

Owns the steps between the preview and the sending: when, to whom, other words, the number typed, taking it
back. Never sends to many chats: that is the sender's work. Each press is judged by the row in the register,
not by what the button promised: a draft that has moved on answers nothing.
"""

from __future__ import annotations

import re
from datetime import timedelta

from telegram.error import BadRequest, Forbidden

from bot import content, schedule
from bot import texts_announcements as t
from bot.announcement import UNDER_WAY, Announcement, Stage
from bot.announcement_cards import Rows, keyboard, number
from bot.broadcast import Broadcast
from bot.cards import who
from bot.content import Action
from bot.deeds import What
from bot.dialogs import Dialog
from bot.handlers.announcements import KIND, Announcements, show, too_long
from bot.handlers.desk import Desk, Flow, Turn, author_of
from bot.handlers.recipients import list_named
from bot.replies import esc
from bot.schedule import ScheduleError
from knowledge.records import dataclass

TAKE_BACK_S = 30
RECALLED_WITHIN = timedelta(hours=1)  # an older draft is not what /huy means
SURE_ABOVE = 1000  # recipients; more than that and the officer types the number


@dataclass(frozen=True, slots=True)
class Drafts:
    """The desk for what is written and not yet on its way."""

    desk: Desk
    cast: Broadcast
    writing: Announcements

    def register(self) -> None:
        """Register the flow of what is typed, and what /huy takes back."""
        self.desk.flows[KIND] = Flow(self._take, self._press, left=t.LEFT)
        self.desk.recalls.append(self._recall)

    # --- buttons -------------------------------------------------------------------------------------

    async def press(self, turn: Turn, draft: Announcement, verb: str, argument: str) -> str:
        """Do what a button of a draft says; return a sentence when it cannot be done."""
        if verb == "undo":
            return await self._take_back(turn, draft)
        if draft.author != turn.person:
            return t.STALE
        if draft.stage is not Stage.DRAFT:
            return t.STALE
        if verb in ("send", "quiet"):
            await self._submit(turn, draft, sure=verb == "quiet")
        elif verb == "morning":
            moment = draft.due or self.cast.now()
            await self.cast.register.plan(draft.id, schedule.morning_after(moment, self.cast.zone))
            await self._submit(turn, await self.cast.register.get(draft.id))
        elif verb == "drop":
            await self._drop(turn, draft)
        elif verb in ("lists", "list", "chosen"):
            await self._choose(turn, draft, verb, argument)
        else:
            words = t.ASK_CAPTION if draft.content.kind is content.Kind.MEDIA else t.ASK_WORDS
            asks = {"time": t.ASK_TIME, "edit": words}
            if verb not in asks:
                return t.STALE
            await self.desk.shelve(turn)
            await self.desk.dialogs.open(turn.person, KIND, verb, id=draft.id)
            await turn.say(esc(asks[verb]))
        return ""

    async def _submit(self, turn: Turn, draft: Announcement, *, sure: bool = False, counted: int = 0) -> None:
        now = self.cast.now()
        if draft.due is not None and draft.due <= now:
            past = schedule.shown(draft.due, now, self.cast.zone)
            clock = schedule.clock_of(now, self.cast.zone)
            await turn.say(esc(t.TIME_PAST.format(time=past, now=clock)))
            return
        count = len(await self.cast.recipients.chosen(draft.lists))
        if not count:
            await turn.say(esc(t.NOBODY))
            return
        due = draft.due or now + timedelta(seconds=TAKE_BACK_S)
        if not sure and schedule.is_quiet(due, self.cast.zone):
            when = schedule.shown(due, now, self.cast.zone)
            await show(
                turn,
                esc(t.QUIET.format(when=when[0].upper() + when[1:])),
                keyboard(
                    draft.id, [[(t.QUIET_YES, "quiet"), (t.QUIET_MORNING, "morning")], [(t.DROP, "drop")]]
                ),
            )
            return
        if count > SURE_ABOVE and counted != count:
            await self.desk.shelve(turn)
            await self.desk.dialogs.open(turn.person, KIND, "count", id=draft.id, count=count)
            await turn.say(esc(t.ASK_COUNT.format(shown=number(count))))
            return
        if await self.cast.register.move(draft.id, Stage.SCHEDULED, out_of=(Stage.DRAFT,), due=due):
            if draft.due is None:
                text = t.LEAVING.format(number=draft.number, count=number(count), seconds=TAKE_BACK_S)
            else:
                when = schedule.shown(due, now, self.cast.zone)
                text = t.PLANNED.format(number=draft.number, when=when, count=number(count))
            await self._panel(turn, draft, text)
            self.cast.sender.wake()

    async def _panel(self, turn: Turn, draft: Announcement, text: str) -> None:
        """Let the message with the buttons show from now on how it goes."""
        buttons = keyboard(draft.id, [[(t.TAKE_BACK, "undo")]])
        await self._settle(turn, draft)
        if turn.query is not None:  # perhaps of an older message about the same draft
            await show(turn, esc(text), buttons)
            await self.cast.register.show_at(draft.id, turn.message.message_id)
        else:
            sent = await turn.bot.send_message(
                turn.person, esc(text), parse_mode="HTML", reply_markup=buttons
            )
            await self.cast.register.show_at(draft.id, sent.message_id)

    async def _settle(self, turn: Turn, draft: Announcement) -> None:
        """Wait no longer for anything typed about *draft*."""
        dialog = await self.desk.dialogs.of(turn.person)
        if dialog is not None and dialog.kind == KIND and dialog.data.get("id") == draft.id:
            await self.desk.dialogs.close(dialog)

    async def _take_back(self, turn: Turn, draft: Announcement) -> str:
        """Make a draft of what is planned; every admin may, the draft stays with its author."""
        if draft.action is not Action.SEND:
            return t.STALE
        if not await self.cast.deeds.done(
            self.cast.register.move(draft.id, Stage.DRAFT, out_of=(Stage.SCHEDULED,)),
            What.UNDO,
            announcement=draft.id,
            person=turn.person,
            now=self.cast.now(),
        ):
            return t.TOO_LATE
        self.cast.sender.wake()
        author = turn
        if draft.author == turn.person:
            await turn.turn_into(esc(t.TAKEN_BACK.format(number=draft.number)))
        else:
            by, of = (who(author_of(person), "") for person in (turn.person, draft.author))
            await turn.turn_into(esc(t.TAKEN_BACK_FROM.format(number=draft.number, author=of)))
            author = Turn(turn.bot, draft.author, turn.message)
            try:
                await turn.bot.send_message(draft.author, t.TAKEN_BACK_BY.format(number=draft.number, who=by))
            except (Forbidden, BadRequest):  # the author has shut the bot out
                return ""
        await self.writing.preview(author, await self.cast.register.get(draft.id))
        return ""

    async def _recall(self, turn: Turn) -> str:
        """Let /huy undo the officer's latest announcement while that can be done."""
        now = self.cast.now()
        latest = await self.cast.register.newest_of(turn.person, now - RECALLED_WITHIN)
        if latest is None:
            return ""
        is_leaving = latest.due is not None and latest.due - now <= timedelta(seconds=TAKE_BACK_S)
        stages = (Stage.DRAFT, Stage.SCHEDULED) if is_leaving else (Stage.DRAFT,)
        if await self.cast.register.move(latest.id, Stage.CANCELLED, out_of=stages):
            self.cast.sender.wake()
            return t.CANCELLED.format(number=latest.number)
        return t.UNDER_WAY.format(number=latest.number) if latest.stage in UNDER_WAY else ""

    async def _drop(self, turn: Turn, draft: Announcement) -> None:
        await self.cast.register.move(draft.id, Stage.CANCELLED, out_of=(Stage.DRAFT,))
        await self._settle(turn, draft)
        await turn.turn_into(esc(t.CANCELLED.format(number=draft.number)))

    async def _choose(self, turn: Turn, draft: Announcement, verb: str, argument: str) -> None:
        names = list(await self.cast.recipients.sizes())
        if verb == "list" and argument == "all":
            await self.cast.register.address(draft.id, [])
            draft = await self.cast.register.get(draft.id)
        elif verb == "list" and argument.isdecimal() and int(argument) < len(names):
            toggled = names[int(argument)]
            lists = [name for name in draft.lists if name != toggled]
            lists += [toggled] if toggled not in draft.lists else []
            await self.cast.register.address(draft.id, lists)
            draft = await self.cast.register.get(draft.id)
        elif verb == "chosen":
            await self._settle(turn, draft)
            text, rows = await self.writing.control(draft)
            await show(turn, text, keyboard(draft.id, rows))
            return
        else:
            await self.desk.shelve(turn)
            await self.desk.dialogs.open(turn.person, KIND, "lists", id=draft.id)
        await show(turn, esc(t.ASK_LISTS), keyboard(draft.id, await self._list_rows(draft)))

    async def _list_rows(self, draft: Announcement) -> Rows:
        total = len(await self.cast.recipients.chosen([]))
        rows = [[(f"{'☐' if draft.lists else '☑'} {t.EVERYBODY} ({number(total)})", "list:all")]]
        for at, (name, size) in enumerate((await self.cast.recipients.sizes()).items()):
            mark = "☑" if name in draft.lists else "☐"
            rows.append([(f"{mark} {t.LIST_NAMES.get(name, name)} ({number(size)})", f"list:{at}")])
        return [*rows, [(t.DONE_CHOOSING, "chosen")]]

    # --- what is typed -------------------------------------------------------------------------------

    async def _press(self, turn: Turn, dialog: Dialog, verb: str, argument: str) -> None:
        """Dialogs of this kind have no buttons of their own."""

    async def _take(self, turn: Turn, dialog: Dialog) -> None:
        if dialog.step == "content":
            await self.desk.dialogs.close(dialog)
            if not await self.writing.draft(turn, content.carried([turn.message])):
                await self.desk.dialogs.open(turn.person, KIND, "content", id=0)  # another try
            return
        draft = await self.cast.register.get(int(dialog.data["id"]))
        if draft.stage is not Stage.DRAFT:
            await self.desk.dialogs.close(dialog)
            await turn.say(esc(t.STALE))
            return
        steps = {"time": self._timed, "edit": self._edited, "lists": self._listed, "count": self._counted}
        problem = await steps[dialog.step](turn, dialog, draft)
        if problem:
            await turn.say(esc(problem))

    async def _timed(self, turn: Turn, dialog: Dialog, draft: Announcement) -> str:
        due = None
        try:
            if turn.words.strip(" .!").casefold() not in t.NOW:
                due = schedule.read(turn.words, self.cast.now(), self.cast.zone)
        except ScheduleError as error:
            return str(error)
        await self.desk.dialogs.close(dialog)
        await self.cast.register.plan(draft.id, due)
        await self._again(turn, draft)
        return ""

    async def _edited(self, turn: Turn, dialog: Dialog, draft: Announcement) -> str:
        said = content.carried([turn.message])
        if draft.content.kind is content.Kind.MEDIA and said.kind is content.Kind.TEXT:
            said = draft.content.reworded(said)
        over = content.excess(said, draft.number)
        if over:
            return too_long(said, over)
        await self.desk.dialogs.close(dialog)
        await self.cast.register.rewrite(draft.id, said)
        await self.writing.preview(turn, await self.cast.register.get(draft.id))
        return ""

    async def _listed(self, turn: Turn, dialog: Dialog, draft: Announcement) -> str:
        sizes = await self.cast.recipients.sizes()
        wanted = [" ".join(part.split()) for part in turn.words.split(",") if part.strip()]
        known = [list_named(part, sizes) for part in wanted]
        unknown = next((part for part, name in zip(wanted, known, strict=True) if name is None), None)
        if len(wanted) == 1 and list_named(wanted[0], [t.EVERYBODY]):
            unknown, known = None, []
        elif unknown is not None or not wanted:
            names = ", ".join(f"“{t.LIST_NAMES.get(name, name)}”" for name in sizes)
            return t.UNKNOWN_LIST.format(name=unknown or "", names=names)
        await self.desk.dialogs.close(dialog)
        await self.cast.register.address(draft.id, list(dict.fromkeys(name for name in known if name)))
        await self._again(turn, draft)
        return ""

    async def _counted(self, turn: Turn, dialog: Dialog, draft: Announcement) -> str:
        count = int(dialog.data["count"])
        if re.sub(r"[\s.,]", "", turn.words) != str(count):
            return t.WRONG_COUNT.format(shown=number(count))
        await self.desk.dialogs.close(dialog)
        await self._submit(turn, draft, sure=True, counted=count)
        return ""

    async def _again(self, turn: Turn, draft: Announcement) -> None:
        """Show the buttons anew, below what was typed."""
        draft = await self.cast.register.get(draft.id)
        text, rows = await self.writing.control(draft)
        sent = await turn.bot.send_message(
            turn.person, text, parse_mode="HTML", reply_markup=keyboard(draft.id, rows)
        )
        await self.cast.register.show_at(draft.id, sent.message_id)
