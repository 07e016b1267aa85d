"""Writing an announcement: /thongbao and /hengio, what is taken from which message, and the preview.

Owns the way from words, a reply or an album to a draft that is shown. Refuses to know what becomes of a
draft (`drafts`).
"""

from __future__ import annotations

import contextlib
import re
from collections import OrderedDict
from datetime import datetime

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest, NetworkError
from telegram.ext import ApplicationHandlerStop, CommandHandler, MessageHandler, filters

from bot import content, schedule
from bot import texts_announcements as t
from bot.announcement import Announcement, Stage
from bot.announcement_cards import Rows, keyboard, number
from bot.broadcast import Broadcast
from bot.content import Action, Content
from bot.delivery import Happened
from bot.handlers.desk import Desk, Turn
from bot.handlers.questions import FRESH, Context, Handlers
from bot.replies import esc
from bot.schedule import ScheduleError
from knowledge.records import dataclass, field

KIND = "announcement"
_ALBUMS = 50  # remembered at a time
_COMMAND = re.compile(r"/\w+(?:@\w+)?\s*", re.ASCII)


@dataclass(slots=True)
class Announcements:
    """The writing desk. Dialogs of `KIND` carry the id of a draft, or 0, and their step what is asked for."""

    desk: Desk
    cast: Broadcast
    _albums: OrderedDict[str, list[Message]] = field(default_factory=OrderedDict)

    def handlers(self) -> Handlers:
        """Return the handlers of the commands."""
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
            await self.draft(turn, said)

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
        await self.draft(turn, said, due)

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

    async def draft(self, turn: Turn, said: Content, due: datetime | None = None) -> bool:
        """Show what was *said* as a draft; False when it cannot be one, and that has been said."""
        draft = await self.cast.register.draft(
            said, author=turn.person, origin=turn.message.message_id, now=self.cast.now()
        )
        if draft.stage is not Stage.DRAFT:
            return True  # this message was handled before a crash, and went further
        over = content.excess(said, draft.number)
        if over:
            await self.cast.register.move(draft.id, Stage.CANCELLED, out_of=(Stage.DRAFT,))
            await turn.say(esc(too_long(said, over)))
            return False
        if due is not None:
            await self.cast.register.plan(draft.id, due)
        return await self.preview(turn, await self.cast.register.get(draft.id))

    async def is_taken(self, turn: Turn, draft: Announcement) -> bool:
        """Show *draft* exactly as every chat will see it; what Telegram refuses is said and cancelled."""
        shown = await self.cast.courier.carry(
            content.call(Action.SEND, draft.content, draft.number, turn.person), turn.bot
        )
        if shown.happened is Happened.REFUSED:
            await self.cast.register.move(draft.id, Stage.CANCELLED, out_of=(Stage.DRAFT,))
            await turn.say(esc(t.REFUSED.format(detail=shown.detail)))
        elif shown.happened is not Happened.DONE:
            raise NetworkError(f"the preview: {shown.happened}")  # the inbox tries again
        return shown.happened is Happened.DONE

    async def preview(self, turn: Turn, draft: Announcement) -> bool:
        """Show *draft*, then the buttons; False when Telegram refuses it."""
        if not await self.is_taken(turn, draft):
            return False
        text, rows = await self.control(draft)
        sent = await turn.bot.send_message(
            turn.person, text, parse_mode="HTML", reply_markup=keyboard(draft.id, rows)
        )
        await self.cast.register.show_at(draft.id, sent.message_id)
        return True

    async def control(self, draft: Announcement) -> tuple[str, Rows]:
        """Return what stands below the preview of *draft*: HTML and buttons."""
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
        twin = await self.cast.register.twin(draft, now)
        if twin is not None:
            when = schedule.shown(twin.started_at or twin.due or twin.created_at, now, self.cast.zone)
            lines.append(t.TWIN.format(number=twin.number, stage=t.STAGES[twin.stage], when=when))
        send = t.SEND
        if draft.due is not None:
            send = t.SEND_AT.format(when=schedule.shown(draft.due, now, self.cast.zone))
        first = [(send, "send"), (t.TIME, "time")] if count else []
        rest = [(t.CHOOSE, "lists"), (t.EDIT, "edit"), (t.DROP, "drop")]
        return "\n".join(lines), [first, rest] if first else [rest]


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
