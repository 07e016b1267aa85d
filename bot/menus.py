"""What Telegram shows about the bot: its command menus by scope, its description.

Owns setting them only when they differ. Refuses to know what the commands do.
"""

from __future__ import annotations

from collections.abc import Iterable

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)

from bot import texts

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
