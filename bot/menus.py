"""What Telegram shows about the bot: its command menus by scope, its description.

Owns setting them only when they differ. Refuses to know what the commands do.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import BadRequest, Forbidden

from bot import texts, texts_admin

LANGUAGES = ("", "vi")  # everybody, and by name those whose Telegram speaks Vietnamese


def _menus() -> Iterable[tuple[BotCommandScope, tuple[str, ...]]]:
    everything = tuple(texts.COMMANDS)
    yield BotCommandScopeDefault(), everything
    yield BotCommandScopeAllPrivateChats(), everything
    yield BotCommandScopeAllGroupChats(), texts.GROUP_COMMANDS


async def publish(bot: Bot) -> None:
    """Bring menus and descriptions up to date; costs only look-ups when nothing changed."""
    for language in LANGUAGES:
        for scope, names in _menus():
            wanted = tuple(BotCommand(name, texts.COMMANDS[name]) for name in names)
            if await bot.get_my_commands(scope, language) != wanted:
                await bot.set_my_commands(wanted, scope, language)
        if (await bot.get_my_description(language)).description != texts.DESCRIPTION:
            await bot.set_my_description(texts.DESCRIPTION, language)
        if (await bot.get_my_short_description(language)).short_description != texts.SHORT_DESCRIPTION:
            await bot.set_my_short_description(texts.SHORT_DESCRIPTION, language)


async def publish_for(bot: Bot, admins: Iterable[int]) -> None:
    """Show each of *admins* the admin commands too, in their own chat with the bot only."""
    wanted = tuple(BotCommand(*entry) for entry in {**texts.COMMANDS, **texts_admin.ADMIN_COMMANDS}.items())
    for person in admins:
        for language in LANGUAGES:
            with contextlib.suppress(BadRequest, Forbidden):  # they have never written to the bot
                scope = BotCommandScopeChat(person)
                if await bot.get_my_commands(scope, language) != wanted:
                    await bot.set_my_commands(wanted, scope, language)


async def withdraw(bot: Bot, person: int) -> None:
    """Take the admin commands out of the menu of *person*."""
    for language in LANGUAGES:
        with contextlib.suppress(BadRequest, Forbidden):
            await bot.delete_my_commands(BotCommandScopeChat(person), language)
