"""/noinhan: the officers' view of who gets announcements, their lists, and the answer about a new chat.

Owns the reading of a list's line, the search by name and the buttons of a chat. Refuses to know how chats
come and go (`doors`); but Telegram never tells a bot of groups and topics that were there before it, so an
officer names such a place by writing the command in it.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterable

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile, Message, Update
from telegram.error import BadRequest, Forbidden
from telegram.ext import (
    ApplicationHandlerStop,
    CallbackQueryHandler,
    CommandHandler,
    filters,
)

from bot import sending
from bot import texts_announcements as t
from bot.announcement_cards import number, place_name
from bot.broadcast import Broadcast
from bot.handlers.desk import Desk, Turn
from bot.handlers.questions import FRESH, Context, Handlers
from bot.recipients import BUILT_IN, MAX_LIST_NAME, Consent, Kind, Recipient
from bot.replies import cut, esc, pages
from knowledge.records import dataclass
from knowledge.syllables import fold

MOST_SHOWN = 60  # places; more than that come as a file
_DATA = re.compile(r"r:(yes|no):(\d{1,12})")


@dataclass(frozen=True, slots=True)
class Places:
    """The desk for recipients."""

    desk: Desk
    cast: Broadcast

    def handlers(self) -> Handlers:
        """Return the handlers of the command and of the buttons under a new chat."""
        return [
            CommandHandler("noinhan", self._here, FRESH & filters.ChatType.GROUPS),
            CommandHandler("noinhan", self.desk.gate(self._list), FRESH),
            CallbackQueryHandler(self._decide, pattern=r"^r:"),
        ]

    async def _here(self, update: Update, context: Context) -> None:
        """Ask the officer who wrote in a group or topic about that place, in private."""
        message = update.message
        if message is None or message.from_user is None:
            return
        name, person = " ".join(context.args or ()), message.from_user.id
        is_a_name = message.is_topic_message and "|" not in name  # else it is a list or a search
        if (name and not is_a_name) or not await self.desk.authority.is_admin(update):
            await self.desk.gate(self._list)(update, context)
            return
        place = await self._place_of(message, name)
        said = t.ASKED_PRIVATELY
        try:
            question = t.ASK_HERE.format(place=_place_line(place))
            await context.bot.send_message(
                person, esc(question), parse_mode="HTML", reply_markup=choice(place)
            )
        except (Forbidden, BadRequest):  # the officer has never written to the bot
            said = t.START_PRIVATELY
        await sending.reply(context.bot, message, esc(said))
        raise ApplicationHandlerStop

    async def _place_of(self, message: Message, name: str) -> Recipient:
        """Return the place of *message*; a topic is called *name*, or what it was called when it was made."""
        thread = (message.message_thread_id or 0) if message.is_topic_message else 0
        people, group = self.cast.recipients, message.chat.title or str(message.chat.id)
        title, first = group, message.reply_to_message
        if thread:
            made = first.forum_topic_created if first is not None else None
            name = name or (made.name if made is not None else "")
            title = t.TOPIC_OF.format(topic=name or t.TOPIC_UNNAMED.format(thread=thread), group=group)
        known = await people.find(message.chat.id, thread)
        if known is None:
            kind = Kind.TOPIC if thread else Kind.GROUP
            known, _ = await people.add(
                message.chat.id, kind, title, self.cast.now(), thread=thread, consent=Consent.ASKED
            )
        elif name or not thread:
            await people.rename(message.chat.id, title, thread=thread)
        return await people.get(known.id) or known

    async def _decide(self, update: Update, context: Context) -> None:
        query = update.callback_query
        if query is None:
            return
        found = _DATA.fullmatch(query.data or "")
        is_private = query.message is not None and query.message.chat.id == query.from_user.id
        may = found is not None and is_private and await self.desk.authority.is_admin(update)
        place = await self.cast.recipients.get(int(found[2])) if found is not None and may else None
        if found is None or place is None or place.kind is Kind.MEMBER:
            await sending.acknowledge(query, t.STALE, alert=True)
            raise ApplicationHandlerStop
        receives = found[1] == "yes"
        await self.cast.recipients.decide(place.id, Consent.YES if receives else Consent.NO)
        if not receives:
            await self.cast.outcomes.spare(place.chat, place.thread)
        await sending.acknowledge(query)
        said = t.NOW_RECEIVES if receives else t.NOW_RECEIVES_NOT
        if receives and place.gone:
            said = t.RECEIVES_LATER
        why = t.REASONS.get(place.gone, place.gone)
        with contextlib.suppress(BadRequest):
            await query.edit_message_text(
                said.format(kind=t.PLACES[place.kind], title=cut(place.title, 200), why=why)
            )
        raise ApplicationHandlerStop

    # --- lists ---------------------------------------------------------------------------------------

    async def _list(self, turn: Turn) -> None:
        name, bar, numbers = turn.words.partition("|")
        if bar:
            await turn.say(esc(await self._edit_list(" ".join(name.split()), numbers)))
            return
        if re.fullmatch(r"[0-9]{1,9}", turn.words):
            place = await self._numbered(int(turn.words))
            if place is None:
                await turn.say(esc(t.LIST_UNREADABLE))
            else:
                await sending.send(turn.bot, turn.person, esc(_place_line(place)), choice(place))
            return
        if turn.words:
            await self._find(turn)
            return
        sizes = await self.cast.recipients.sizes()
        lists = "\n".join(f"• {t.LIST_NAMES.get(name, name)}: {number(size)}" for name, size in sizes.items())
        total = len(await self.cast.recipients.chosen([]))
        places = await self.cast.recipients.everybody()
        head = t.RECIPIENTS.format(total=number(total), lists=lists)
        asked = [place for place in places if place.consent is Consent.ASKED and not place.gone]
        rows = [
            [(t.ADD_RECIPIENT.format(number=place.id, title=place.title), f"yes:{place.id}")]
            for place in asked[:20]
        ]
        if len(asked) > len(rows):
            head += "\n" + t.MORE_WAIT.format(count=number(len(asked)), shown=len(rows))
        await self._show(
            turn,
            [head, ""],
            places,
            ["", t.LISTS_HINT.format(bot=turn.bot.username)],
            _buttons(rows) if rows else None,
        )

    async def _find(self, turn: Turn) -> None:
        """Show the places of the list that is named, or else those whose title holds the words."""
        name = list_named(turn.words, await self.cast.recipients.sizes())
        places = await self.cast.recipients.everybody()
        if name is not None:
            chosen = await self.cast.recipients.chosen([name])
            ids = {id_ for id_, _, _ in chosen}
            places = [place for place in places if place.id in ids]
            head = t.LIST_NOW.format(name=t.LIST_NAMES.get(name, name), count=number(len(chosen)))
        else:
            wanted = _plain(turn.words).split()
            places = [place for place in places if all(word in _plain(place.title) for word in wanted)]
            if not places:
                await turn.say(esc(t.NOT_FOUND.format(words=cut(turn.words, 60))))
                return
            head = t.FOUND.format(count=number(len(places)), words=cut(turn.words, 60))
        await self._show(turn, [head], places)

    async def _show(
        self,
        turn: Turn,
        head: list[str],
        places: list[Recipient],
        foot: list[str] | None = None,
        buttons: InlineKeyboardMarkup | None = None,
    ) -> None:
        """Show a line for each of *places*; when there are too many to read, all of them in a file."""
        lines = [_place_line(place) for place in places]
        is_long = len(lines) > MOST_SHOWN
        shown = [t.IN_FILE.format(count=number(len(lines)))] if is_long else lines
        messages = pages([*head, *(shown or ([t.NO_PLACES] if foot else [])), *(foot or [])])
        for page in messages:
            await sending.send(turn.bot, turn.person, esc(page), buttons if page is messages[-1] else None)
        if is_long:
            whole = "\n".join([*head, *lines]).encode("utf-8-sig")
            await turn.bot.send_document(turn.person, InputFile(whole, filename=t.PLACES_FILE))

    async def _numbered(self, id_: int) -> Recipient | None:
        """Return the group, topic or channel with that number."""
        place = await self.cast.recipients.get(id_)
        return None if place is None or place.kind is Kind.MEMBER else place

    async def _edit_list(self, name: str, numbers: str) -> str:
        parts = re.split(r"[\s,;]+", numbers.strip())
        if not name or not all(re.fullmatch(r"-?\d{1,9}", part) for part in parts):
            return t.LIST_UNREADABLE
        if len(name) > MAX_LIST_NAME:
            return t.LIST_NAME_LONG.format(over=len(name) - MAX_LIST_NAME)
        known = list_named(name, await self.cast.recipients.sizes())
        if known in BUILT_IN or name.casefold() in BUILT_IN:
            return t.LIST_RESERVED.format(name=name)
        name = known or name
        ids = [int(part) for part in parts]
        places = await self.cast.recipients.among({abs(id_) for id_ in ids})
        unknown = [str(abs(id_)) for id_ in ids if abs(id_) not in places]
        if unknown:
            return t.LIST_UNKNOWN_NUMBERS.format(numbers=", ".join(unknown))
        count = await self.cast.recipients.put_into(name, [id_ for id_ in ids if id_ > 0])
        if any(id_ < 0 for id_ in ids):
            count = await self.cast.recipients.take_out(name, [-id_ for id_ in ids if id_ < 0])
        return (t.LIST_NOW if count else t.LIST_ENDED).format(name=name, count=number(count))


def list_named(words: str, lists: Iterable[str]) -> str | None:
    """Return which of *lists* is called so, as it is typed or else, when only one is, without accents."""
    shown = {name: t.LIST_NAMES.get(name, name) for name in lists}
    for plain in (_spaced, lambda text: _plain(_spaced(text))):
        found = [name for name, title in shown.items() if plain(title) == plain(words)]
        if len(found) == 1:
            return found[0]
    return None


def _spaced(words: str) -> str:
    return " ".join(unicodedata.normalize("NFC", words).casefold().split())


def _plain(words: str) -> str:
    return fold(unicodedata.normalize("NFC", words)).casefold()


def choice(place: Recipient) -> InlineKeyboardMarkup:
    """Return the two buttons that decide whether *place* gets announcements."""
    return _buttons([[(t.RECEIVES, f"yes:{place.id}"), (t.RECEIVES_NOT, f"no:{place.id}")]])


def _place_line(place: Recipient) -> str:
    mark = ""
    if place.gone:
        mark = t.MARK_GONE.format(why=t.REASONS.get(place.gone, place.gone))
    elif place.consent is not Consent.YES:
        mark = t.MARK_ASKED if place.consent is Consent.ASKED else t.MARK_NO
    return t.RECIPIENT_LINE.format(
        number=place.id, kind=t.PLACES[place.kind], title=cut(place_name(place), 60), mark=mark
    )


def _buttons(rows: list[list[tuple[str, str]]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(cut(label, 60), callback_data=f"r:{data}") for label, data in row]
            for row in rows
        ]
    )
