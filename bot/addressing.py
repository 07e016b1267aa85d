"""Is a message meant for the bot, and which words of it are the question?

Owns the rule of silence in groups: a command, a mention or a reply to the bot, nothing else. Refuses to
know what the words mean.
"""

from __future__ import annotations

from telegram import Bot, Message, MessageEntity
from telegram.constants import ChatType

from bot import texts, texts_admin

_MENTIONS: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]


def question_in(message: Message, bot: Bot) -> str | None:
    """Return the words that *message* puts to the bot; None when it is not addressed.

    In a group the bot's name is left out, and a bare mention under somebody's message asks that message.
    An empty string is a message to the bot without words: a sticker, a photo, only a mention.
    """
    words = message.text or message.caption or ""
    if message.chat.type == ChatType.PRIVATE:
        return words
    named = [
        text
        for entity, text in {
            **message.parse_entities(_MENTIONS),
            **message.parse_caption_entities(_MENTIONS),
        }.items()
        if text.lower() == f"@{bot.username}".lower() or (entity.user and entity.user.id == bot.id)
    ]
    if named:
        for name in named:
            words = words.replace(name, " ")
        return " ".join(words.split()) or quoted_in(message, bot)
    return words if is_reply_to(message, bot) else None


def is_ours(text: str, bot: Bot) -> bool:
    """Tell whether *text* begins with one of the bot's own commands, or with any that names the bot."""
    name, _, whose = (
        text.split(maxsplit=1)[0].lower().partition("@") if text.startswith("/") else ("", "", "")
    )
    if whose:
        return whose == bot.username.lower()
    return name[1:] in texts.COMMANDS or name[1:] in texts_admin.ADMIN_COMMANDS


def is_reply_to(message: Message, bot: Bot) -> bool:
    """Tell whether *message* answers one of the bot's own."""
    original = message.reply_to_message
    return original is not None and original.from_user is not None and original.from_user.id == bot.id


def quoted_in(message: Message, bot: Bot) -> str:
    """Return the words of the message that *message* replies to, unless the bot wrote it; else ""."""
    original = message.reply_to_message
    if original is None or is_reply_to(message, bot):
        return ""
    return original.text or original.caption or ""


def who(message: Message) -> tuple[int, int]:
    """Return the key of the conversation: the chat, and in groups the person."""
    is_private = message.chat.type == ChatType.PRIVATE
    return message.chat.id, 0 if is_private or message.from_user is None else message.from_user.id
