"""How fast members are answered while an announcement goes out, and while none does.

The bot is `python -m bot run`, a process of its own. Announcements are planned beforehand, one for every
other stretch of time, so that quiet and busy stretches take turns on the same machine.
"""

from __future__ import annotations

import asyncio
import csv
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot import environment
from bot.announcement import Stage
from bot.content import Content, Kind
from bot.pace import OVERALL_PER_S
from knowledge.seeds import ensure_database
from tests.announcing import AUTHOR, desk, now
from tests.botapi import TOKEN, BotApi

ROOT = Path(__file__).resolve().parent.parent
FIRST_MEMBER, FIRST_RECIPIENT = 10_000, 1_000_000
SETTLING_S = 10.0  # the start and the first questions, before the first stretch
WARMING = 50


@dataclass(frozen=True)
class Speeds:
    """Seconds from question to answer, by round; how many a second the announcements went.

    A round is a quiet stretch and the busy one that follows it, so whatever else the machine does meanwhile
    weighs on both. Rounds are compared each for itself, then the median of their ratios is taken.
    """

    rounds: list[tuple[list[float], list[float]]]
    announced_per_s: float

    def ratio(self, measure: Callable[[list[float]], float]) -> float:
        return statistics.median(measure(busy) / measure(quiet) for quiet, busy in self.rounds)


def p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def questions() -> list[str]:
    with (ROOT / "tests" / "golden" / "questions.tsv").open(encoding="utf-8") as table:
        return [row["question"] for row in csv.DictReader(table, delimiter="\t") if not row["after"]][:200]


async def measure(folder: Path, *, stretches: int, stretch_s: float, per_s: float) -> Speeds:
    """Ask *per_s* questions a second in *stretches* pairs of a quiet and a busy stretch."""
    database = folder / "bot.sqlite3"
    asked = questions()
    recipients = int((OVERALL_PER_S - per_s) * stretch_s)
    async with BotApi(overall_per_s=30) as api:
        await asyncio.to_thread(ensure_database, database, environment.SEEDS, now())
        began = now() + timedelta(seconds=SETTLING_S)
        await plan(database, api, recipients, began, stretches, stretch_s)
        settings = {"BOT_TOKEN": TOKEN, "BOT_API_URL": api.url, "BOT_LOG_LEVEL": "WARNING"}
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run", "--db", str(database)),
            cwd=ROOT,
            env={**os.environ, **settings},
        )
        try:
            await api.until(lambda: api.polls, within_s=60)
            for at, words in enumerate(asked[:WARMING], start=1):
                api.private(FIRST_MEMBER - at, words)
            await asyncio.sleep(max(0.0, (began - now()).total_seconds()))
            start = time.monotonic()
            pushed: list[float] = []
            while (past := time.monotonic() - start) < 2 * stretches * stretch_s:
                if past * per_s < len(pushed):
                    await asyncio.sleep(0.001)
                    continue
                pushed.append(time.monotonic())
                api.private(FIRST_MEMBER + len(pushed), asked[len(pushed) % len(asked)])
            await api.until(
                lambda: sum(FIRST_MEMBER < s.chat < FIRST_RECIPIENT for s in api.sent) >= len(pushed),
                within_s=60,
            )
        finally:
            bot.terminate()
            await bot.wait()
    announced = sorted(sent.at for sent in api.sent if sent.chat >= FIRST_RECIPIENT)
    answered = {
        sent.chat: sent.at for sent in reversed(api.sent) if FIRST_MEMBER < sent.chat < FIRST_RECIPIENT
    }
    rounds: list[tuple[list[float], list[float]]] = [([], []) for _ in range(stretches)]
    for at, asked_at in enumerate(pushed, start=1):
        near = sum(abs(sent - asked_at) < 0.5 for sent in announced)
        quiet, busy = rounds[min(int((asked_at - start) / (2 * stretch_s)), stretches - 1)]
        (busy if near >= 5 else quiet).append(answered[FIRST_MEMBER + at] - asked_at)
    return Speeds(rounds, len(announced) / (stretches * stretch_s))


async def plan(
    database: Path, api: BotApi, recipients: int, began: datetime, stretches: int, stretch_s: float
) -> None:
    chats = range(FIRST_RECIPIENT, FIRST_RECIPIENT + recipients)
    for chat in (AUTHOR, *chats):
        api.chat(chat)
    async with desk(database, api.url, idle=True) as working:
        await working.invite(*chats)
        for at in range(stretches):
            words = Content(Kind.TEXT, f"Họp lần {at}, lúc 8 giờ.")
            draft = await working.register.draft(words, author=AUTHOR, origin=at, now=now())
            due = began + timedelta(seconds=(2 * at + 1) * stretch_s)
            await working.register.move(draft.id, Stage.SCHEDULED, out_of=(Stage.DRAFT,), due=due)
