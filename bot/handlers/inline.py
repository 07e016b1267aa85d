"""Inline mode: `@bot câu hỏi` in any chat offers the answer and related ones to post there.

Owns the list that is offered. Refuses to remember who asked: results are the same for everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from telegram import InlineQueryResultArticle, InputTextMessageContent, Update
from telegram.constants import ParseMode
from telegram.ext import InlineQueryHandler

from bot import sending
from bot.current import Current, Known
from bot.handlers.questions import Context, Handlers
from bot.replies import Reply, cut, key, render
from knowledge.model import AnswerKind

CACHE_S = 30  # an admin's new fact shows after that at the latest
_MAX_RESULTS = 6


def handlers(current: Current, today: Callable[[], date]) -> Handlers:
    """Return the handler of inline queries; *today* is the present day where the bot lives."""

    async def inline(update: Update, context: Context) -> None:
        query = update.inline_query
        if query is not None:
            await query.answer(_results(current.known, query.query.strip(), today()), cache_time=CACHE_S)

    return [InlineQueryHandler(inline)]


def _results(known: Known, question: str, today: date) -> list[InlineQueryResultArticle]:
    """Return the answer to *question* first, then those to what may be asked next."""
    if not question:
        return [_article(known, starter, today) for starter in known.answerer.starters(_MAX_RESULTS)]
    found = known.answerer.answer(question)
    starters = known.answerer.starters(3)
    notes = known.notes(found, today)
    reply = render(found, titles=known.titles, starters=starters, heading=question, notes=notes)
    results = {} if found.kind is AnswerKind.CLARIFY else {key(question): _shown(question, reply)}
    for other in reply.buttons:
        if key(other) not in results:
            results[key(other)] = _article(known, other, today)
    return list(results.values())


def _article(known: Known, question: str, today: date) -> InlineQueryResultArticle:
    found = known.answerer.answer(question)
    return _shown(
        question, render(found, titles=known.titles, heading=question, notes=known.notes(found, today))
    )


def _shown(question: str, reply: Reply) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(
        id=key(question),
        title=cut(question, 100),
        description=cut(reply.text, 200),
        input_message_content=InputTextMessageContent(
            reply.html, parse_mode=ParseMode.HTML, link_preview_options=sending.NO_PREVIEW
        ),
    )
