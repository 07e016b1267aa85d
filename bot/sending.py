"""One message to one chat, as an answer to an update.

Owns keyboards, reply targets and what a refusal of Telegram means for a single answer. Refuses to know
why something is sent. Faults that pass (network, flood limits) are raised: the inbox tries again.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from telegram import (
    Bot,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.replies import Reply, cut, key
from bot.request import tell

log = logging.getLogger(__name__)

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_NO_PREVIEW = NO_PREVIEW.to_json()
_JSON = json.JSONEncoder(ensure_ascii=False)
_MAX_LABEL = 120  # UTF-16 units; clients wrap or shorten anything longer on their own


class Place(NamedTuple):
    """Where an answer goes: the chat, its topic, and in groups the message that it answers."""

    chat: int
    replies_to: int | None = None
    thread: int | None = None

    @classmethod
    def of(cls, message: Message) -> Place:
        """Return where *message* is answered."""
        return cls(
            message.chat.id,
            message.message_id if message.chat.type != ChatType.PRIVATE else None,
            message.message_thread_id if message.is_topic_message else None,
        )

    @property
    def is_private(self) -> bool:
        """Tell whether one person alone reads there."""
        return self.replies_to is None


def keyboard(questions: Sequence[str], more: Sequence[tuple[str, str]] = ()) -> InlineKeyboardMarkup | None:
    """Return one button a line for *questions*, each of which asks its label; None without any.

    *more* are (label, callback data) of further buttons, below.
    """
    buttons = [*((question, key(question)) for question in questions), *more]
    rows = [[InlineKeyboardButton(cut(label, _MAX_LABEL), callback_data=data)] for label, data in buttons]
    return InlineKeyboardMarkup(rows) if rows else None


async def reply(
    bot: Bot, message: Message | Place, html: str, markup: InlineKeyboardMarkup | str | None = None
) -> None:
    """Answer *message* with *html* in its chat and topic; in groups as a reply to it."""
    place = Place.of(message) if isinstance(message, Message) else message
    original = place.replies_to
    target = ReplyParameters(original, allow_sending_without_reply=True) if original is not None else None
    await send(bot, place.chat, html, markup, target=target, thread=place.thread)


async def reply_with(
    bot: Bot, message: Message | Place, answer: Reply, more: Sequence[tuple[str, str]] = ()
) -> None:
    """Answer *message* with a rendered *answer*, its buttons and *more* below them."""
    # The keyboard as JSON at once: as objects it is the dearest part of an answer that is known already.
    rows = [*map(_row_of, answer.buttons), *(_row(*each) for each in more)]
    markup = f'{{"inline_keyboard":[{",".join(rows)}]}}' if rows else None
    await reply(bot, message, answer.html, markup)


@lru_cache(maxsize=512)  # most are suggested again and again
def _row_of(question: str) -> str:
    return _row(question, key(question))


def _row(label: str, data: str) -> str:
    """Return a row of a keyboard in JSON, with one button."""
    label = cut(label, _MAX_LABEL)
    return f'[{{"text":{_JSON.encode(label)},"callback_data":{_JSON.encode(data)}}}]'


async def send(
    bot: Bot,
    chat: int,
    html: str,
    markup: InlineKeyboardMarkup | str | None = None,
    *,
    target: ReplyParameters | None = None,
    thread: int | None = None,
) -> None:
    """Send one message; a chat that shut the bot out is let be, a moved one is followed.

    *markup* may be JSON already. What Telegram returns is not read: a Message that nobody looks at.
    """
    words = {
        "text": html,
        "parse_mode": ParseMode.HTML.value,
        "link_preview_options": _NO_PREVIEW,
        **({"reply_markup": markup} if markup is not None else {}),
    }
    where = {
        **({"reply_parameters": target} if target is not None else {}),
        **({"message_thread_id": thread} if thread is not None else {}),
    }
    try:
        await tell(bot, "sendMessage", {"chat_id": chat, **words, **where})
    except Forbidden:
        log.info("an answer was not sent: the chat has shut the bot out")
    except ChatMigrated as error:
        await tell(bot, "sendMessage", {"chat_id": error.new_chat_id, **words})


async def acknowledge(query: CallbackQuery, text: str = "", *, alert: bool = False) -> None:
    """End the waiting sign on a pressed button; a press that is too old to be answered is no fault."""
    with contextlib.suppress(BadRequest):
        await query.answer(text or None, show_alert=alert)
