"""What becomes of an error in a handler: it reaches the inbox, and the person gets one kind sentence.

Owns the bridge out of python-telegram-bot, which would otherwise only log. Refuses to judge: the inbox
decides between trying again and quarantine.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Bot, Update
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop, ContextTypes

from bot import sending, texts
from bot.inbox import is_passing
from bot.replies import esc

Failures = dict[int, Exception]


def handler(failures: Failures) -> Callable[[object, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]:
    """Return an error handler that puts each error into *failures* under its update's id.

    No further handler sees the update: it would answer what another one has half done.
    """

    async def failed(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        error = context.error
        if not isinstance(update, Update) or error is None:
            return
        failures[update.update_id] = error
        chat = update.effective_chat
        if chat is not None and chat.type == ChatType.PRIVATE:
            await tell(context.bot, chat.id, error)
        raise ApplicationHandlerStop

    return failed


async def tell(bot: Bot, chat: int, error: Exception) -> None:
    """Say in a private *chat* that *error* has kept its message from being answered, unless it may pass."""
    if is_passing(error):
        return
    try:
        await sending.send(bot, chat, esc(texts.FAILED))
    except TelegramError as second:
        # The first error is the one that counts; it goes into quarantine under its own name.
        error.add_note(f"nor could the person be told: {type(second).__name__}")
