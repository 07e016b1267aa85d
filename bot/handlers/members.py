"""What a member may do beside asking: mark an answer wrong, ask to be told, see and erase their own data.

Owns the two buttons under answers and /dulieu, /xoadulieu. Refuses to know where data lies: each room that
keeps something about a person is a `Holding`.
"""

from __future__ import annotations

import contextlib
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot import sending, texts
from bot.asked import MOST_WAITS, TooManyError
from bot.authority import Authority, is_first_hand
from bot.current import Current
from bot.handlers.questions import FRESH, Context, Handlers
from bot.journal import TELL, WRONG, Journal
from bot.replies import esc, pages
from knowledge.records import dataclass

_PRESSES = 10_000


@dataclass(frozen=True, slots=True)
class Holding:
    """Something kept about a person: `held` describes it in lines, `erase` deletes it at once."""

    held: Callable[[int], Awaitable[list[str]]]
    erase: Callable[[int], Awaitable[None]]


def handlers(
    current: Current,
    journal: Journal,
    authority: Authority,
    holdings: Sequence[Holding],
    swept: Callable[[], Awaitable[None]],
) -> Handlers:
    """Return the handlers; *swept* removes what deleted rows leave in the database's journal."""
    pressed_before: OrderedDict[int, None] = OrderedDict()  # hashes of (chat, message, person, data)

    def is_first(*press: object) -> bool:
        mark = hash(press)
        if mark in pressed_before:
            return False
        pressed_before[mark] = None
        if len(pressed_before) > _PRESSES:
            pressed_before.popitem(last=False)
        return True

    async def wrong(update: Update, context: Context) -> None:
        query = update.callback_query
        if query is None or not isinstance(query.message, Message):
            return
        found = re.fullmatch(r"wrong:([0-9a-f]{16}):(\d{1,15})", query.data or "")
        if found is None or not _is_offered(query.message, query.data or ""):
            await sending.acknowledge(query, texts.STALE_BUTTON, alert=True)
            return
        if is_first(query.message.chat.id, query.message.message_id, query.from_user.id, query.data):
            await journal.mark_wrong(found[1], int(found[2]), current.known)
        await sending.acknowledge(query, texts.WRONG_NOTED, alert=True)
        if query.message.chat.type == ChatType.PRIVATE:
            await _without_button(query.message, query.data or "")

    async def tell(update: Update, context: Context) -> None:
        query = update.callback_query
        if query is None or not isinstance(query.message, Message):
            return
        is_theirs = query.message.chat.id == query.from_user.id and _is_offered(
            query.message, query.data or ""
        )
        question_key = (query.data or "").removeprefix(TELL)
        try:
            is_noted = is_theirs and await journal.asked.wait(question_key, query.from_user.id)
        except TooManyError:
            await sending.acknowledge(query, texts.TELL_TOO_MANY.format(most=MOST_WAITS), alert=True)
            return
        if not is_noted:
            await sending.acknowledge(query, texts.STALE_BUTTON, alert=True)
            return
        await sending.acknowledge(query, texts.TELL_NOTED, alert=True)
        await _without_button(query.message, query.data or "")

    async def data(update: Update, context: Context) -> None:
        message = update.message
        if message is None or message.from_user is None:
            return
        if message.chat.type != ChatType.PRIVATE:
            await sending.reply(context.bot, message, esc(texts.DATA_PRIVATELY))
            return
        person = message.from_user.id
        lines = [line for holding in holdings for line in await holding.held(person)]
        lines += [texts.DATA_ADMIN] if await authority.knows(person) else []
        text = texts.DATA_HELD.format(lines="\n".join(lines)) if lines else texts.DATA_NONE
        for page in pages(text.split("\n")):
            await sending.reply(context.bot, message, esc(page))

    async def erase(update: Update, context: Context) -> None:
        message = update.message
        if message is None or message.from_user is None or not is_first_hand(message):
            return
        person = message.from_user.id
        for holding in holdings:
            await holding.erase(person)
        await swept()
        text = texts.DATA_ERASED_ADMIN if await authority.knows(person) else texts.DATA_ERASED
        await sending.reply(context.bot, message, esc(text))

    return [
        CallbackQueryHandler(wrong, pattern=rf"^{WRONG}"),
        CallbackQueryHandler(tell, pattern=rf"^{TELL}"),
        CommandHandler("dulieu", data, FRESH),
        CommandHandler("xoadulieu", erase, FRESH),
    ]


def _is_offered(message: Message, data: str) -> bool:
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return any(button.callback_data == data for row in rows for button in row)


async def _without_button(message: Message, data: str) -> None:
    """Take the pressed button away; the others stay."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    kept = [row for row in rows if all(button.callback_data != data for button in row)]
    with contextlib.suppress(BadRequest):
        await message.edit_reply_markup(InlineKeyboardMarkup(kept) if kept else None)
