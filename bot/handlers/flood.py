"""The first handler of all: whoever sends far too much is told so once, and then let wait.

Owns whom the limits hold: members who address the bot. Refuses to count; admins and the small talk of groups
are not its business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telegram import Bot, Update
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop, TypeHandler

from bot import sending, texts
from bot.addressing import is_ours, question_in, quoted_in
from bot.authority import Authority
from bot.handlers.questions import Context
from bot.limits import (
    GROUP_PER_S,
    GROUP_SIZE,
    PERSON_PER_S,
    PERSON_SIZE,
    SHARE_PER_S,
    SHARE_SIZE,
    Buckets,
    Verdict,
    price_of,
)
from bot.replies import esc

GROUP = -10  # before the officers' desk and its forerunners: of one group only one handler is run


class Flood:
    """Judges each update, before anybody answers it."""

    def __init__(self, authority: Authority, clock: Callable[[], float]) -> None:
        """Take a monotonic *clock* in seconds; admins of *authority* are not limited."""
        self._authority = authority
        self._people = Buckets(clock, PERSON_SIZE, PERSON_PER_S)
        self._shares = Buckets(clock, SHARE_SIZE, SHARE_PER_S)
        self._groups = Buckets(clock, GROUP_SIZE, GROUP_PER_S)

    def handler(self) -> TypeHandler[Any, Any, Any]:
        """Return the handler; it ends the way of an update that is too much."""
        return TypeHandler(Update, self._judge)

    async def lets_pass(self, bot: Bot, person: int, words: str) -> bool:
        """Tell whether *person*, no admin, may ask *words* in private now; who may not is told so once."""
        verdict = self._people.take(person, price_of(words))
        if verdict is Verdict.TELL:
            await sending.reply(bot, sending.Place(person), esc(texts.TOO_MUCH))
        return verdict is Verdict.TAKE

    async def _judge(self, update: Update, context: Context) -> None:
        person, chat, message = update.effective_user, update.effective_chat, update.message
        if person is None or not (message or update.callback_query or update.inline_query):
            return
        is_group = chat is not None and chat.type != ChatType.PRIVATE
        is_meant = message is None or question_in(message, context.bot) is not None
        if is_group and message is not None and not is_meant and not is_ours(message.text or "", context.bot):
            return
        if await self._authority.knows(person.id):
            return
        words = (message.text or message.caption or "") if message else ""
        words = words or (update.inline_query.query if update.inline_query else "")
        if message is not None and message.reply_to_message is not None:  # what it asks may stand there
            words = max(words, quoted_in(message, context.bot), key=len)
        # Telegram gives all who write as a group or channel one and the same number.
        sender = message.sender_chat.id if message and message.sender_chat else person.id
        verdict = self._people.take(sender, price_of(words))
        if verdict is Verdict.TAKE and is_group and chat is not None:
            verdict = self._shares.take((chat.id, sender))
            if verdict is Verdict.TAKE:
                verdict = self._groups.take(chat.id)
        if verdict is Verdict.TAKE:
            return
        if verdict is Verdict.TELL and message is not None:
            await sending.reply(context.bot, message, esc(texts.TOO_MUCH))
        elif update.callback_query is not None:
            await sending.acknowledge(update.callback_query, texts.TOO_MUCH, alert=verdict is Verdict.TELL)
        raise ApplicationHandlerStop
