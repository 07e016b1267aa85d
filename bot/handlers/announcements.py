"""Writing an announcement: /thongbao and /hengio, the preview, and the buttons until it is on its way.

Owns the way from words to a scheduled announcement. Never sends to many chats: that is the sender's work.
Each press is judged by the row in the outbox, not by what the button promised: a draft that has moved on
answers nothing.
"""

from __future__ import annotations

import contextlib
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest, Forbidden, NetworkError
from telegram.ext import ApplicationHandlerStop, CommandHandler, MessageHandler, filters

from bot import content, schedule
from bot import texts_announcements as t
from bot.announcement import UNDER_WAY, Announcement, Stage
from bot.announcement_cards import Rows, keyboard, number
from bot.broadcast import Broadcast
from bot.cards import who
from bot.content import Action, Content
from bot.deeds import What
from bot.delivery import Happened
from bot.dialogs import Dialog
from bot.handlers.desk import Desk, Flow, Turn, author_of
from bot.handlers.questions import FRESH, Context, Handlers
from bot.replies import esc
from bot.schedule import ScheduleError

KIND = "announcement"
TAKE_BACK_S = 30
RECALLED_WITHIN = timedelta(hours=1)  # an older draft is not what /huy means
SURE_ABOVE = 1000  # recipients; more than that and the officer types the number
_ALBUMS = 50  # remembered at a time
_COMMAND = re.compile(r"/\w+(?:@\w+)?\s*", re.ASCII)


@dataclass(slots=True)
class Announcements:
    """The writing desk. Dialogs of `KIND` carry the id of a draft and what is asked for."""

    desk: Desk
    cast: Broadcast
    _albums: OrderedDict[str, list[Message]] = field(default_factory=OrderedDict)

    def handlers(self) -> Handlers:
        """Register the flow and return the handlers of the commands."""
        self.desk.flows[KIND] = Flow(self._take, self._press, left=t.LEFT)
        self.desk.recalls.append(self._recall)
        self.desk.captions["thongbao"] = self._write
        self.desk.captions["hengio"] = self._plan
        private = FRESH & filters.ChatType.PRIVATE
        return [
            CommandHandler("thongbao", self.desk.gate(self._write), FRESH),
            CommandHandler("hengio", self.desk.gate(self._plan), FRESH),
            MessageHandler(private & _IN_ALBUM, self._note_album),
        ]

    # --- from words to a draft -----------------------------------------------------------------------

    async def _write(self, turn: Turn) -> None:
        await self.desk.shelve(turn)
        prefix = _COMMAND.match(_words(turn.message))
        said = await self._content(turn, prefix.end() if prefix else 0)
        if said is None and turn.message.reply_to_message is None and not turn.message.effective_attachment:
            await self.desk.dialogs.open(turn.person, KIND, "content", id=0)
            await turn.say(esc(t.ASK_CONTENT))
        elif said is not None:
            await self._draft(turn, said)

    async def _plan(self, turn: Turn) -> None:
        await self.desk.shelve(turn)
        words = _words(turn.message)
        command = _COMMAND.match(words)
        start = command.end() if command else 0
        bar = words.find("|", start)
        when = words[start:] if bar < 0 else words[start:bar]
        replied = turn.message.reply_to_message is not None or turn.message.text is None
        if not when.strip() or (bar < 0 and not replied):
            await turn.say(esc(t.HENGIO_FORM))
            return
        try:
            due = schedule.read(when, self.cast.now(), self.cast.zone)
        except ScheduleError as error:
            await turn.say(esc(str(error)))
            return
        said = await self._content(turn, bar + 1 if bar >= 0 else len(words))
        if said is None:
            if turn.message.reply_to_message is None:
                await turn.say(esc(t.HENGIO_FORM))
            return
        await self._draft(turn, said, due)

    async def _content(self, turn: Turn, prefix: int) -> Content | None:
        """Return what is to be announced; None when it is missing, or when the reason has been said."""
        message = turn.message
        if message.text is None:  # a picture or a file with the command in its caption
            if message.media_group_id is not None:
                await turn.say(esc(t.ALBUM_FIRST))
                return None
            return content.captioned(message, prefix)
        if message.text[prefix:].strip():
            return content.typed(message, prefix)
        original = message.reply_to_message
        return await self._carried(turn, original) if original is not None else None

    async def _carried(self, turn: Turn, original: Message) -> Content | None:
        if original.media_group_id is None:
            return content.carried([original])
        parts = self._albums.get(original.media_group_id, [])
        if original.message_id not in [part.message_id for part in parts]:
            await turn.say(esc(t.ALBUM_UNKNOWN))
            return None
        return content.carried(sorted(parts, key=lambda part: part.message_id))

    async def _note_album(self, update: Update, context: Context) -> None:
        """Remember the parts of an officer's album: a reply to one of them names only that one."""
        message = update.message
        if message is None or message.media_group_id is None or message.from_user is None:
            return
        if not await self.desk.authority.is_admin(update):
            return
        is_first = message.media_group_id not in self._albums
        parts = self._albums.setdefault(message.media_group_id, [])
        if message.message_id not in [part.message_id for part in parts]:
            parts.append(message)
        while len(self._albums) > _ALBUMS:
            self._albums.popitem(last=False)
        if is_first:
            await Turn(context.bot, message.from_user.id, message).say(esc(t.ALBUM_KEPT))
        raise ApplicationHandlerStop

    async def _draft(self, turn: Turn, said: Content, due: datetime | None = None) -> bool:
        """Show what was *said* as a draft; False when it cannot be one, and that has been said."""
        draft = await self.cast.outbox.draft(
            said, author=turn.person, origin=turn.message.message_id, now=self.cast.now()
        )
        if draft.stage is not Stage.DRAFT:
            return True  # this message was handled before a crash, and went further
        over = content.excess(said, draft.number)
        if over:
            await self.cast.outbox.move(draft.id, Stage.CANCELLED, out_of=(Stage.DRAFT,))
            await turn.say(esc(too_long(said, over)))
            return False
        if due is not None:
            await self.cast.outbox.plan(draft.id, due)
        return await self.preview(turn, await self.cast.outbox.get(draft.id))

    async def is_taken(self, turn: Turn, draft: Announcement) -> bool:
        """Show *draft* exactly as every chat will see it; what Telegram refuses is said and cancelled."""
        shown = await self.cast.courier.carry(
            content.call(Action.SEND, draft.content, draft.number, turn.person), turn.bot
        )
        if shown.happened is Happened.REFUSED:
            await self.cast.outbox.move(draft.id, Stage.CANCELLED, out_of=(Stage.DRAFT,))
            await turn.say(esc(t.REFUSED.format(detail=shown.detail)))
        elif shown.happened is not Happened.DONE:
            raise NetworkError(f"the preview: {shown.happened}")  # the inbox tries again
        return shown.happened is Happened.DONE

    async def preview(self, turn: Turn, draft: Announcement) -> bool:
        """Show *draft*, then the buttons; False when Telegram refuses it."""
        if not await self.is_taken(turn, draft):
            return False
        text, rows = await self._control(draft)
        sent = await turn.bot.send_message(
            turn.person, text, parse_mode="HTML", reply_markup=keyboard(draft.id, rows)
        )
        await self.cast.outbox.show_at(draft.id, sent.message_id)
        return True

    async def _control(self, draft: Announcement) -> tuple[str, Rows]:
        now = self.cast.now()
        sizes = await self.cast.recipients.sizes()
        count = len(await self.cast.recipients.chosen(draft.lists))
        names = {name: t.LIST_NAMES.get(name, name) for name in sizes}
        if draft.lists:
            chosen = ", ".join(
                t.COUNT_CHOSEN.format(name=names.get(name, name), count=number(sizes.get(name, 0)))
                for name in draft.lists
            )
            counted = t.COUNTS_CHOSEN.format(total=number(count), chosen=esc(chosen))
        else:
            each = " · ".join(f"{names[name]} {number(size)}" for name, size in sizes.items())
            counted = t.COUNTS.format(total=number(count), lists=esc(each))
        lines = [t.PREVIEW if draft.content.has_words else f"{t.PREVIEW} {t.PREVIEW_NO_NUMBER}"]
        lines.append(counted if count else t.NOBODY)
        waiting = await self.cast.recipients.waiting()
        lines += [t.WAITING.format(count=number(waiting))] if waiting else []
        twin = await self.cast.outbox.twin(draft, now)
        if twin is not None:
            when = schedule.shown(twin.started_at or twin.due or twin.created_at, now, self.cast.zone)
            lines.append(t.TWIN.format(number=twin.number, stage=t.STAGES[twin.stage], when=when))
        send = t.SEND
        if draft.due is not None:
            send = t.SEND_AT.format(when=schedule.shown(draft.due, now, self.cast.zone))
        first = [(send, "send"), (t.TIME, "time")] if count else []
        rest = [(t.CHOOSE, "lists"), (t.EDIT, "edit"), (t.DROP, "drop")]
        return "\n".join(lines), [first, rest] if first else [rest]

    # --- the buttons of a draft ----------------------------------------------------------------------

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
            await self.cast.outbox.plan(draft.id, schedule.morning_after(moment, self.cast.zone))
            await self._submit(turn, await self.cast.outbox.get(draft.id))
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
        if await self.cast.outbox.move(draft.id, Stage.SCHEDULED, out_of=(Stage.DRAFT,), due=due):
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
        if turn.query is not None:
            await show(turn, esc(text), buttons)
        else:
            sent = await turn.bot.send_message(
                turn.person, esc(text), parse_mode="HTML", reply_markup=buttons
            )
            await self.cast.outbox.show_at(draft.id, sent.message_id)

    async def _take_back(self, turn: Turn, draft: Announcement) -> str:
        """Make a draft of what is planned; every admin may, the draft stays with its author."""
        if draft.action is not Action.SEND:
            return t.STALE
        if not await self.cast.deeds.done(
            self.cast.outbox.move(draft.id, Stage.DRAFT, out_of=(Stage.SCHEDULED,)),
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
        await self.preview(author, await self.cast.outbox.get(draft.id))
        return ""

    async def _recall(self, turn: Turn) -> str:
        """Let /huy undo the officer's latest announcement while that can be done."""
        now = self.cast.now()
        latest = await self.cast.outbox.newest_of(turn.person, now - RECALLED_WITHIN)
        if latest is None:
            return ""
        is_leaving = latest.due is not None and latest.due - now <= timedelta(seconds=TAKE_BACK_S)
        stages = (Stage.DRAFT, Stage.SCHEDULED) if is_leaving else (Stage.DRAFT,)
        if await self.cast.outbox.move(latest.id, Stage.CANCELLED, out_of=stages):
            self.cast.sender.wake()
            return t.CANCELLED.format(number=latest.number)
        return t.UNDER_WAY.format(number=latest.number) if latest.stage in UNDER_WAY else ""

    async def _drop(self, turn: Turn, draft: Announcement) -> None:
        await self.cast.outbox.move(draft.id, Stage.CANCELLED, out_of=(Stage.DRAFT,))
        await turn.turn_into(esc(t.CANCELLED.format(number=draft.number)))

    async def _choose(self, turn: Turn, draft: Announcement, verb: str, argument: str) -> None:
        names = list(await self.cast.recipients.sizes())
        if verb == "list" and argument == "all":
            await self.cast.outbox.address(draft.id, [])
            draft = await self.cast.outbox.get(draft.id)
        elif verb == "list" and argument.isdecimal() and int(argument) < len(names):
            toggled = names[int(argument)]
            lists = [name for name in draft.lists if name != toggled]
            lists += [toggled] if toggled not in draft.lists else []
            await self.cast.outbox.address(draft.id, lists)
            draft = await self.cast.outbox.get(draft.id)
        elif verb == "chosen":
            dialog = await self.desk.dialogs.of(turn.person)
            if dialog is not None and dialog.kind == KIND and dialog.step == "lists":
                await self.desk.dialogs.close(dialog)
            text, rows = await self._control(draft)
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
            if not await self._draft(turn, content.carried([turn.message])):
                await self.desk.dialogs.open(turn.person, KIND, "content", id=0)  # another try
            return
        draft = await self.cast.outbox.get(int(dialog.data["id"]))
        if draft.stage is not Stage.DRAFT:
            await self.desk.dialogs.close(dialog)
            await turn.say(esc(t.STALE))
            return
        steps = {"time": self._timed, "edit": self._edited, "lists": self._listed, "count": self._counted}
        problem = await steps[dialog.step](turn, dialog, draft)
        if problem:
            await turn.say(esc(problem))

    async def _timed(self, turn: Turn, dialog: Dialog, draft: Announcement) -> str:
        try:
            due = schedule.read(turn.words, self.cast.now(), self.cast.zone)
        except ScheduleError as error:
            return str(error)
        await self.desk.dialogs.close(dialog)
        await self.cast.outbox.plan(draft.id, due)
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
        await self.cast.outbox.rewrite(draft.id, said)
        await self.preview(turn, await self.cast.outbox.get(draft.id))
        return ""

    async def _listed(self, turn: Turn, dialog: Dialog, draft: Announcement) -> str:
        sizes = await self.cast.recipients.sizes()
        known = {t.LIST_NAMES.get(name, name).casefold(): name for name in sizes}
        wanted = [part.strip().casefold() for part in turn.words.split(",") if part.strip()]
        unknown = next((name for name in wanted if name not in known), None)
        if wanted == [t.EVERYBODY]:
            unknown, wanted = None, []
        elif unknown is not None or not wanted:
            names = ", ".join(f"“{t.LIST_NAMES.get(name, name)}”" for name in sizes)
            return t.UNKNOWN_LIST.format(name=unknown or "", names=names)
        await self.desk.dialogs.close(dialog)
        await self.cast.outbox.address(draft.id, list(dict.fromkeys(known[name] for name in wanted)))
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
        draft = await self.cast.outbox.get(draft.id)
        text, rows = await self._control(draft)
        sent = await turn.bot.send_message(
            turn.person, text, parse_mode="HTML", reply_markup=keyboard(draft.id, rows)
        )
        await self.cast.outbox.show_at(draft.id, sent.message_id)


def too_long(said: Content, over: int) -> str:
    """Return the sentence for content that is *over* units longer than Telegram takes."""
    return t.TOO_LONG.format(over=number(over), limit=number(content.limit(said)))


async def show(turn: Turn, html: str, buttons: InlineKeyboardMarkup | None) -> None:
    """Put *html* and *buttons* in the place of the message whose button was pressed."""
    with contextlib.suppress(BadRequest):  # it shows this already
        await turn.message.edit_text(html, parse_mode="HTML", reply_markup=buttons)


class _InAlbum(filters.MessageFilter):
    def filter(self, message: Message) -> bool:
        return message.media_group_id is not None


_IN_ALBUM = _InAlbum()


def _words(message: Message) -> str:
    return message.text or message.caption or ""
