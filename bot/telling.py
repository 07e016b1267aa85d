"""Keeps the promise of “Báo cho mình”: tells each waiting person once, then erases the link.

Owns when a question asked in vain counts as answered, and the message. Refuses to know how the answer came
to be: written for the question, taught in passing, or loaded with an article.

The link is marked before the message leaves and erased when Telegram has taken it. Whoever was being told
when the process or the network failed is told again, with a word that the message may have arrived before.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import date

from telegram import Bot
from telegram.error import RetryAfter, TelegramError

from bot import sending, texts
from bot.asked import Asked, Status
from bot.current import Current
from bot.inbox import is_passing
from bot.journal import UNSURE
from bot.replies import render
from knowledge.model import AnswerKind

log = logging.getLogger(__name__)

CHECKED = 300  # groups looked through after a change, most asked first
PAUSE_S = 0.04  # between two messages, well below Telegram's limit


async def settle_answered(asked: Asked, current: Current) -> int:
    """Close the open groups whose question is answered by now, except those marked as answered wrongly."""
    groups = [group for group in await asked.open_groups(CHECKED) if not group.wrong]
    answerer = current.known.answerer
    closed = 0
    for group in groups:
        found = await asyncio.to_thread(answerer.answer, group.texts[0])
        if found.kind is AnswerKind.ANSWER and found.confidence >= UNSURE:
            fact = next((f for part in found.parts for f in part.facts), 0)
            await asked.settle(group.id, Status.ANSWERED, fact)
            closed += 1
    return closed


async def tell(bot: Bot, asked: Asked, current: Current, today: Callable[[], date]) -> None:
    """Tell everybody whose question has an answer."""
    for wait in await asked.due():
        known = current.known
        found = known.answerer.answer(wait.text)
        if found.kind is not AnswerKind.ANSWER:
            continue
        head = texts.TOLD.format(question=wait.text)
        if wait.is_doubtful:
            head = f"{texts.TOLD_AGAIN}\n{head}"
        answer = render(found, titles=known.titles, heading=head, notes=known.notes(found, today()))
        await asked.mark(wait, telling=True)
        try:
            await sending.send(bot, wait.person, answer.html)
        except TelegramError as error:
            log.info("somebody could not be told: %s", type(error).__name__)
            if isinstance(error, RetryAfter):  # this chat's own limit: the others need not wait for it
                await asked.mark(wait, telling=wait.is_doubtful)
                continue
            if is_passing(error):
                return
        await asked.told(wait)
        await asyncio.sleep(PAUSE_S)
