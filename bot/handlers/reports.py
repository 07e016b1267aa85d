"""/thongke and the weekly digest, /visao: what members ask, and why the bot answered as it did.

Owns the wording of figures and reasons. Refuses to know how they are counted (`statistics`), drawn (`chart`)
and found (`knowledge`).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

from telegram import Bot, InputFile
from telegram.error import Forbidden, TelegramError
from telegram.ext import CommandHandler

from bot import cards, sending
from bot import texts_admin as t
from bot.asked import Asked
from bot.authority import Authority
from bot.handlers.desk import Desk, Turn
from bot.handlers.questions import FRESH, Handlers
from bot.replies import cut, esc
from bot.statistics import Counters, Period
from bot.teaching import Teaching
from knowledge.model import Part
from knowledge.records import dataclass

DAYS, MAX_DAYS = 7, 90
DIGEST_HOUR = 8  # on Mondays, local time; later when the bot was not running then
_LISTED = 5


@dataclass(frozen=True, slots=True)
class Reports:
    """Figures and explanations for admins; *now* gives the local time of where the bot lives."""

    authority: Authority
    counters: Counters
    asked: Asked
    teaching: Teaching
    now: Callable[[], datetime]

    def handlers(self, desk: Desk) -> Handlers:
        """Return the handlers of the commands."""
        return [
            CommandHandler("thongke", desk.gate(self._figures), FRESH),
            CommandHandler("visao", desk.gate(self._why), FRESH),
        ]

    async def _figures(self, turn: Turn) -> None:
        typed = turn.words
        if typed and not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= MAX_DAYS):
            await turn.say(esc(t.STATISTICS_EXAMPLE.format(limit=MAX_DAYS)))
            return
        await self._send(turn.bot, turn.person, await self.counters.period(int(typed or DAYS)), "")

    async def digest(self, bot: Bot) -> bool:
        """Send the digest of the past week to every admin, once a week; return whether it was sent now.

        A bot that is new in the middle of a week sends its first one on the next Monday.
        """
        now = self.now()
        year, week, weekday = now.isocalendar()
        if weekday == 1 and now.hour < DIGEST_HOUR:
            return False
        if weekday != 1 and await self.counters.is_new():
            await self.counters.claim_digest(f"{year}-W{week:02}")
        period = await self.counters.period(DAYS)
        if not period.asked or not await self.counters.claim_digest(f"{year}-W{week:02}"):
            return False
        for person in await self.authority.admins():
            # One who has never written to the bot, or whose chat has to wait, costs nobody else the digest.
            with contextlib.suppress(TelegramError):
                await self._send(bot, person, period, t.DIGEST)
        return True

    async def _send(self, bot: Bot, person: int, period: Period, heading: str) -> None:
        """Send figures as text, then as a picture."""
        first, last = (f"{day.day:02}/{day.month:02}" for day in (period.days[0][0], period.days[-1][0]))
        span = t.STATISTICS_SPAN.format(first=first, last=last)
        text = "\n".join(filter(None, (heading, span, *await self._lines(period))))
        await sending.send(bot, person, esc(cut(text, 3800)))
        picture = await asyncio.to_thread(_draw, period, span)
        with contextlib.suppress(Forbidden):
            await bot.send_photo(person, InputFile(picture, filename="thong-ke.png"), caption=span)

    async def _lines(self, period: Period) -> list[str]:
        lines = [
            t.STATISTICS_ASKED.format(count=period.asked),
            t.STATISTICS_ANSWERED.format(share=f"{period.answered_share:.0%}"),
            t.STATISTICS_WRONG.format(count=period.totals["wrong"]),
            t.STATISTICS_OPEN.format(count=await self.asked.open_count()),
        ]
        if period.topics:
            topics = " · ".join(f"{cut(topic, 60)} {count}" for topic, count in period.topics[:_LISTED])
            lines.append(t.STATISTICS_TOPICS.format(topics=topics))
        groups = await self.asked.open_groups(_LISTED)
        if groups:
            lines.append(t.STATISTICS_VAIN)
            lines += [t.STATISTICS_GROUP.format(text=cut(g.texts[0], 120), count=g.count) for g in groups]
            lines.append(t.STATISTICS_NEXT)
        return lines

    async def _why(self, turn: Turn) -> None:
        question = " ".join(turn.words.split())
        if not question:
            await turn.say(esc(t.WHY_EXAMPLE))
            return
        known = self.teaching.current.known
        found = known.answerer.answer(question)
        details = known.answerer.why(question)
        lines = [t.WHY.format(question=cut(question, 300))]
        lines += [f"• {_explained(part)}" for part in found.parts]
        seen = cards.seen(known, found, self.now().date())
        head = f"{esc(chr(10).join(lines))}\n\n<b>{t.SEEN_AS}</b>\n{seen}"
        room = max(200, 3500 - len(head))
        quote = f"<blockquote expandable>{esc(cut(details, room))}</blockquote>"
        await turn.say(f"{head}\n\n{esc(t.WHY_DETAILS)}\n{quote}")


def _explained(part: Part) -> str:
    facts = ", ".join(f"#{fact}" for fact in part.facts)
    reason = t.WHY_REASONS.get(part.reason.value) or t.WHY_KINDS.get(part.kind.value, "")
    origin = t.WHY_FACTS.format(ids=facts) if facts else t.WHY_SENTENCE if part.citations else ""
    return "; ".join(filter(None, (reason, origin, t.WHY_SURE.format(share=f"{part.confidence:.0%}"))))


def _draw(period: Period, title: str) -> bytes:
    from bot import chart  # Pillow is 4 MB that most days of a bot never need

    return chart.draw(period, title)
