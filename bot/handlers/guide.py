"""The way around: /start, /help, /chude with its topics as buttons, /riengtu.

Owns what a newcomer sees. Refuses to answer questions itself: a link or a button that asks one is handed
to the same code as a typed question.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import date

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot import sending, texts
from bot.current import Current, Known
from bot.handlers.questions import EXAMPLES, FRESH, Context, Handlers, look_up
from bot.replies import about, cut, esc, key, render

_MAX_TOPICS = 40
_MAX_QUESTIONS = 30
_TOPIC = "t:"


def handlers(current: Current, operator: str, today: Callable[[], date]) -> Handlers:
    """Return the handlers of the guide; *operator* is who answers for the data, "" when not given."""

    async def start(update: Update, context: Context) -> None:
        message = update.message
        if message is None:
            return
        known = current.known
        linked = look_up(known, f"q:{context.args[0]}") if context.args else None
        if linked is not None:
            found = known.answerer.answer(linked)
            shown = render(found, titles=known.titles, heading=linked, notes=known.notes(found, today()))
            await sending.reply_with(context.bot, message, shown)
            return
        examples = known.answerer.starters(EXAMPLES)
        text = texts.WELCOME.format(about=about(known.titles))
        text += f"\n\n{texts.TRY_ONE}" if examples else ""
        await sending.reply(context.bot, message, esc(text), sending.keyboard(examples))

    async def help_(update: Update, context: Context) -> None:
        if update.message is not None:
            await sending.reply(context.bot, update.message, esc(help_text(context.bot)))

    async def privacy(update: Update, context: Context) -> None:
        if update.message is not None:
            who = texts.OPERATOR.format(operator=operator) if operator else texts.OPERATOR_UNKNOWN
            await sending.reply(context.bot, update.message, esc(texts.PRIVACY.format(operator=who)))

    async def topics(update: Update, context: Context) -> None:
        if update.message is not None:
            text, markup = _topics(current.known)
            await sending.reply(context.bot, update.message, esc(text), markup)

    async def topic_pressed(update: Update, context: Context) -> None:
        query = update.callback_query
        if query is None:
            return
        shown = _topics(current.known) if query.data == _TOPIC else _topic(current.known, query.data or "")
        if shown is None or not isinstance(query.message, Message):
            await sending.acknowledge(query, texts.STALE_BUTTON, alert=True)
            return
        await sending.acknowledge(query)
        with contextlib.suppress(BadRequest):  # pressed twice: it already shows this
            await query.message.edit_text(shown[0], reply_markup=shown[1])

    return [
        CommandHandler("start", start, FRESH),
        CommandHandler("help", help_, FRESH),
        CommandHandler("riengtu", privacy, FRESH),
        CommandHandler("chude", topics, FRESH),
        CallbackQueryHandler(topic_pressed, pattern=r"^t:(?:[0-9a-f]{16})?$"),
    ]


def help_text(bot: Bot) -> str:
    """Return the help with the members' commands and the bot's name."""
    commands = "\n".join(f"/{name}: {purpose}" for name, purpose in texts.COMMANDS.items())
    return texts.HELP.format(username=bot.username, commands=commands)


def _topics(known: Known) -> tuple[str, InlineKeyboardMarkup | None]:
    titles = [topic.title for topic in known.answerer.topics() if topic.title]
    if not titles:
        return texts.TOPICS_EMPTY, sending.keyboard(known.answerer.starters(EXAMPLES))
    rows = [[InlineKeyboardButton(cut(t, 60), callback_data=_topic_key(t))] for t in titles[:_MAX_TOPICS]]
    return texts.TOPICS, InlineKeyboardMarkup(rows)


def _topic(known: Known, data: str) -> tuple[str, InlineKeyboardMarkup | None] | None:
    topic = next((t for t in known.answerer.topics() if t.title and _topic_key(t.title) == data), None)
    if topic is None:
        return None
    questions = sending.keyboard(topic.questions[:_MAX_QUESTIONS])
    rows = list(questions.inline_keyboard) if questions else []
    back = (InlineKeyboardButton(texts.BACK, callback_data=_TOPIC),)
    return texts.TOPIC.format(title=topic.title), InlineKeyboardMarkup([*rows, back])


def _topic_key(title: str) -> str:
    return _TOPIC + key(title).removeprefix("q:")
