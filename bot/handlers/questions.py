"""A member asks: in private, in a group when the bot is addressed, by /hoi, by a button.

Owns the way from a message to one answer. Refuses to know how answers are found and how they look.
"""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Callable
from datetime import date
from typing import Any

from telegram import Bot, CallbackQuery, Message, Update
from telegram.constants import ChatType
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot import sending, texts
from bot.addressing import question_in, quoted_in, who
from bot.conversations import Conversations
from bot.current import Current, Known
from bot.journal import Journal
from bot.replies import esc, key, render
from bot.sending import Place
from knowledge.model import Conversation

Context = ContextTypes.DEFAULT_TYPE
Handlers = list[BaseHandler[Any, Any, Any]]

# Fresh messages of people: no edits, no channel posts, nothing a bot wrote or was sent through one.
FRESH = filters.UpdateType.MESSAGE & ~filters.VIA_BOT
# … and not about the chat itself. Texts are what comes all the time: they need not be held against 40 kinds.
SPOKEN = FRESH & (filters.TEXT | ~filters.StatusUpdate.ALL)
EXAMPLES = 3
_STARTERS_IN_REFUSAL = 3


class Questions:
    """Takes questions and answers them from what is known now."""

    def __init__(
        self, current: Current, conversations: Conversations, journal: Journal, today: Callable[[], date]
    ) -> None:
        """Note how each question ended in *journal*; *today* is the present day where the bot lives."""
        self._current = current
        self._conversations = conversations
        self._journal = journal
        self._today = today
        self._albums: deque[str] = deque(maxlen=256)  # the pictures of one album get one remark

    def handlers(self) -> Handlers:
        """Return the handlers of questions; plain messages come last, after every command."""
        return [
            CommandHandler("hoi", self._ask, FRESH),
            CallbackQueryHandler(self._pressed, pattern=r"^q:[0-9a-f]{16}$"),
            CallbackQueryHandler(self._unknown_button),
            MessageHandler(FRESH & filters.COMMAND, self._unknown_command),
            MessageHandler(SPOKEN, self._plain),
        ]

    async def respond(self, bot: Bot, place: Place, person: int, question: str) -> None:
        """Answer *question* at *place*; *person* (0 in private) tells the talks of a group apart."""
        known, talk = self._current.known, (place.chat, person)
        found = known.answerer.answer(question, self._conversations.get(talk))
        starters = known.answerer.starters(_STARTERS_IN_REFUSAL)
        notes = known.notes(found, self._today())
        shown = render(found, titles=known.titles, starters=starters, notes=notes)
        buttons = self._journal.buttons(question, found, is_private=place.is_private)
        await sending.reply_with(bot, place, shown, buttons)
        self._conversations.put(talk, found.conversation)
        await self._journal.note(question, found, known)

    async def _answer(self, context: Context, message: Message, question: str) -> None:
        await self.respond(context.bot, Place.of(message), who(message)[1], question)

    async def _ask(self, update: Update, context: Context) -> None:
        message = update.message
        if message is None:
            return
        question = (message.text or "").partition(" ")[2].strip() or quoted_in(message, context.bot)
        if question:
            await self._answer(context, message, question)
            return
        example = next(iter(self._current.known.answerer.starters(1)), "")
        text = texts.EMPTY_QUESTION.format(example=example) if example else texts.EMPTY_QUESTION_PLAIN
        await sending.reply(context.bot, message, esc(text))

    async def _plain(self, update: Update, context: Context) -> None:
        message = update.message
        if message is None or (message.from_user is not None and message.from_user.is_bot):
            return
        question = question_in(message, context.bot)
        if question is None:
            return
        if question.strip():
            await self._answer(context, message, question)
            return
        if message.media_group_id is not None:
            if message.media_group_id in self._albums:
                return
            self._albums.append(message.media_group_id)
        is_only_a_name = message.text is not None
        text = texts.UNREADABLE if is_only_a_name else texts.ONLY_TEXT
        await sending.reply(context.bot, message, esc(text))

    async def _unknown_command(self, update: Update, context: Context) -> None:
        """Take "/hỏi" for /hoi; for anything else say where the commands are listed."""
        message = update.message
        if message is None or message.text is None:
            return
        word, _, rest = message.text.partition(" ")
        is_ours = word.lower().endswith(f"@{context.bot.username}".lower())
        if message.chat.type != ChatType.PRIVATE and not is_ours:
            return
        if _without_marks(word.partition("@")[0]) == "/hoi" and rest.strip():
            await self._answer(context, message, rest.strip())
            return
        await sending.reply(context.bot, message, esc(texts.UNKNOWN_COMMAND))

    async def _unknown_button(self, update: Update, context: Context) -> None:
        if update.callback_query is not None:
            await sending.acknowledge(update.callback_query, texts.STALE_BUTTON, alert=True)

    async def _pressed(self, update: Update, context: Context) -> None:
        query = update.callback_query
        if query is None:
            return
        known = self._current.known
        question = find_question(known, query)
        if question is None or query.message is None:
            await sending.acknowledge(query, texts.STALE_BUTTON, alert=True)
            return
        await sending.acknowledge(query)
        chat = query.message.chat
        is_private = chat.type == ChatType.PRIVATE
        place = (chat.id, 0 if is_private else query.from_user.id)
        # A button is a whole question, but of the event that the message before it was about.
        event = Conversation(document=self._conversations.get(place).document)
        found = known.answerer.answer(question, event)
        shown = render(
            found,
            titles=known.titles,
            starters=known.answerer.starters(EXAMPLES),
            heading=question,
            notes=known.notes(found, self._today()),
        )
        markup = sending.keyboard(
            shown.buttons, self._journal.buttons(question, found, is_private=is_private)
        )
        if isinstance(query.message, Message):
            await sending.reply(context.bot, query.message, shown.html, markup)
        else:
            await sending.send(context.bot, chat.id, shown.html, markup)
        self._conversations.put(place, found.conversation)
        await self._journal.note(question, found, known)


def find_question(known: Known, query: CallbackQuery) -> str | None:
    """Return the question that a pressed button stands for, also when another run had offered it.

    The label on the message itself is the question. A shortened label, or a message that Telegram no
    longer shows, leaves what the bot knows by heart. Data that was never offered finds nothing.
    """
    data = query.data or ""
    if isinstance(query.message, Message) and query.message.reply_markup is not None:
        for row in query.message.reply_markup.inline_keyboard:
            for button in row:
                if button.callback_data == data and key(button.text) == data:
                    return button.text
    return look_up(known, data)


def look_up(known: Known, data: str) -> str | None:
    """Return the listed question whose key is *data*."""
    listed = (question for topic in known.answerer.topics() for question in topic.questions)
    return next((question for question in listed if key(question) == data), None)


def _without_marks(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.lower()).replace("đ", "d")
    return "".join(char for char in decomposed if not unicodedata.combining(char))
