"""The short way of what comes all the time: a member's plain words in private.

Owns which updates may take it: a fresh text that a person has typed, and nothing beside it. Refuses to do
anything of its own: what is done for such an update is what its handlers on the long way do, and a test
holds each to the other. Whatever is not surely plain goes the long way, through python-telegram-bot, whose
objects and choice of a handler take as long as all else that an answer needs which is known already.
"""

from __future__ import annotations

from typing import Any

from telegram import Bot
from telegram.constants import ChatType

from bot.authority import Authority
from bot.handlers.errors import tell
from bot.handlers.flood import Flood
from bot.handlers.questions import Questions
from bot.sending import Place

# A link in the text and how it is formatted change nothing. A field or an entity not listed here might.
_OF_PLAIN_WORDS = frozenset(
    ["message_id", "from", "chat", "date", "text", "entities", "link_preview_options", "effect_id"]
)
_FORMATS = ("url", "email", "phone_number", "bold", "italic", "hashtag", "text_link", "custom_emoji")


class Shortcut:
    """Answers plain words."""

    def __init__(self, bot: Bot, authority: Authority, flood: Flood, questions: Questions) -> None:
        """Answer by *bot*; admins of *authority* take the long way, where their dialogs are."""
        self._bot = bot
        self._authority = authority
        self._flood = flood
        self._questions = questions

    async def take(self, raw: dict[str, Any]) -> bool:
        """Answer *raw*, an update of the right shape, if it is plain; False when nothing was done."""
        words = plain_words(raw)
        if not words:
            return False
        person: int = raw["message"]["from"]["id"]
        if await self._authority.knows(person):
            return False
        try:
            if await self._flood.lets_pass(self._bot, person, words):
                await self._questions.respond(self._bot, Place(person), 0, words)
        except Exception as error:
            await tell(self._bot, person, error)
            raise
        return True


def plain_words(raw: dict[str, Any]) -> str:
    """Return what a person has typed in private in *raw*; "" when that is not all, or a command."""
    message = raw.get("message")
    if message is None or len(raw) != 2 or not _OF_PLAIN_WORDS.issuperset(message):
        return ""
    chat, sender, words = message["chat"], message.get("from"), message.get("text", "")
    is_private = chat["type"] == ChatType.PRIVATE and sender is not None and sender["id"] == chat["id"]
    if not is_private or sender.get("is_bot") is not False or words.startswith("/") or not words.strip():
        return ""
    return "" if "entities" in message and not _are_formats(message["entities"]) else words


def _are_formats(marks: object) -> bool:
    """Tell whether *marks* are entities without a command among them."""
    return isinstance(marks, list) and all(
        isinstance(mark, dict) and mark.get("type") in _FORMATS for mark in marks
    )
