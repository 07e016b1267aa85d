"""Updates a second, the wait for an answer, and memory, of `bot run` beside bare echo bots.

The bots poll one server on the loopback, take turns in every round, and get the same updates. Ours has to
answer every question as the answerer does in process, in the order of its chat, or the measurement fails.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from bot import broadcast, content, current, replies
from bot.announcement import Stage
from bot.content import Content
from bot.environment import SEEDS
from bot.recipients import Consent, Kind, Recipients
from bot.register import Register
from knowledge.database import open_database
from knowledge.model import Conversation
from knowledge.seeds import ensure_database
from tests.bench import bots, loads
from tests.bench.api import ELSEWHERE, Api, Served
from tests.bench.bots import Running
from tests.bench.table import Options, Row, ratios

NETWORK_S = 0.04
OURS, PTB, AIOGRAM = "ours", "PTB echo", "aiogram echo"
TURNS = 4  # questions that each person asks in a burst


class WrongAnswerError(Exception):
    """A bot under load answered something else than it does in peace, or in another order."""


@contextmanager
def seeded() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.sqlite3"
        ensure_database(path, SEEDS, datetime.now(UTC))
        yield path


def ways_of(database: Path) -> list[list[str]]:
    """Return each fact's ways of asking; of a large event the answerer holds none."""
    with closing(sqlite3.connect(database)) as opened:
        rows = opened.execute(
            "SELECT fact_id, text FROM fact_questions ORDER BY fact_id, position"
        ).fetchall()
    return [[text for _, text in each] for _, each in groupby(rows, key=itemgetter(0))]


class Crowd:
    """People who ask; each burst is another set of questions, the same for every bot."""

    def __init__(self, database: Path) -> None:
        self.known = current.load(database)
        self.ways = ways_of(database)

    def burst(self, count: int, seed: int) -> list[tuple[int, str]]:
        return loads.by_chat(loads.questions(self.ways, count, seed=seed), max(1, count // TURNS))

    def check(
        self, burst: Sequence[tuple[int, str]], served: Served, before: dict[int, Conversation]
    ) -> None:
        """Raise WrongAnswerError unless each chat got the right answers in their order.

        *before* is what each chat spoke of last; it is brought up to date.
        """
        answerer, starters = self.known.answerer, self.known.answerer.starters(3)
        expected: dict[int, list[str]] = defaultdict(list)
        for chat, words in burst:
            found = answerer.answer(words, before.get(chat, Conversation()))
            before[chat] = found.conversation
            expected[chat].append(replies.render(found, titles=self.known.titles, starters=starters).html)
        got: dict[int, list[str]] = defaultdict(list)
        for _, chat, text in served.sent:
            got[chat].append(text)
        wrong = [chat for chat in expected if got[chat] != expected[chat]]
        if wrong:
            raise WrongAnswerError(f"{len(wrong)} of {len(expected)} chats, first {wrong[0]}")


def updates(options: Options) -> list[Row]:
    """Bursts without network time and with 40 ms on every call."""
    rows: list[Row] = []
    with seeded() as database, Api() as api, bots.side_by_side(api, database, options.aiogram) as beside:
        crowd = Crowd(database)
        conversations: dict[int, Conversation] = {}
        for delay_s, count, least in (
            (0.0, options.size(3000, 600), {PTB: 1.5, AIOGRAM: 1.1}),
            (NETWORK_S, options.size(1500, 300), {PTB: 20.0, AIOGRAM: 0.9}),
        ):
            rates: dict[str, list[float]] = {name: [] for name in beside}
            costs: dict[str, list[float]] = {name: [] for name in beside}
            for at in range(-1, options.rounds):  # the first is to warm up
                burst = crowd.burst(count, 1000 + at)
                for name, bot in beside.items():
                    # One after another, the sequential bot needs 40 ms for each: it gets a part of the load.
                    share = burst[: max(100, count // 15)] if delay_s and name == PTB else burst
                    began = bot.cpu_s()
                    served = api.run(bot.token, share, delay_s=delay_s)
                    rates[name].append(served.per_s)
                    costs[name].append((bot.cpu_s() - began) / len(share) * 1e6)
                    if name == OURS:
                        crowd.check(share, served, conversations)
            for each in (*rates.values(), *costs.values()):
                del each[0]
            ms = f"{1000 * delay_s:.0f} ms"
            for peer in beside:
                if peer != OURS:
                    what = f"updates/s, {ms} of network a call: ours / {peer}"
                    note = f"{median(rates[OURS])}/s, {median(rates[peer])}/s"
                    rows.append(Row(what, ratios(rates[OURS], rates[peer]), at_least=least[peer], note=note))
            if not delay_s:
                note = f"{median(costs[OURS])} us, {median(costs[PTB])} us"
                rows.append(
                    Row("CPU of an update: ours / PTB echo", ratios(costs[OURS], costs[PTB]), note=note)
                )
    return rows


def latency(options: Options) -> list[Row]:
    """Ask at a steady rate, with many facts and an announcement on its way."""
    per_s, seconds = 100.0, options.size(10, 3)
    count, facts = round(per_s * seconds), options.size(20_000, 1000)
    p99: dict[str, list[float]] = {OURS: [], PTB: []}
    announced = []
    with seeded() as database, Api() as api:
        asyncio.run(loads.fill(database, facts))
        asyncio.run(announce(database, recipients=30 * (seconds + 2) * 2 * (options.rounds + 1)))
        crowd = Crowd(database)
        commands = {OURS: bots.ours(api, database), PTB: bots.echo_ptb(api, "2:ptb")}
        with (
            bots.running(api, "1:ours", commands[OURS]) as ours,
            bots.running(api, "2:ptb", commands[PTB]) as ptb,
        ):
            for at in range(-1, options.rounds):
                burst = loads.by_chat(loads.questions(crowd.ways, count, seed=2000 + at), count)
                for name, bot in ((OURS, ours), (PTB, ptb)):
                    served = api.run(bot.token, burst, per_s=per_s)
                    if at >= 0:
                        p99[name].append(1000 * statistics.quantiles(served.waits(), n=100)[98])
                        if name == OURS:
                            announced.append(served.elsewhere / seconds)
    note = (
        f"{median(p99[OURS], 1)} ms, {median(p99[PTB], 1)} ms; {median(announced, 1)} announcements/s beside"
    )
    what = f"p99 at {per_s:g} questions/s, {facts:,} facts, an announcement: ours / PTB echo"
    return [Row(what, ratios(p99[OURS], p99[PTB]), at_most=3.0, note=note)]


async def announce(database: Path, recipients: int) -> None:
    """Plan an announcement to *recipients* that begins as soon as the bot runs."""
    now = datetime.now(UTC)
    async with open_database(database, broadcast.SCHEMAS) as opened:
        people, register = Recipients(opened), Register(opened)
        async with opened.transaction():
            for chat in range(ELSEWHERE, ELSEWHERE + recipients):
                await people.add(chat, Kind.MEMBER, "", now, consent=Consent.YES)
        draft = await register.draft(
            Content(content.Kind.TEXT, "Họp lúc 8 giờ."), author=7, origin=1, now=now
        )
        await register.move(draft.id, Stage.SCHEDULED, out_of=(Stage.DRAFT,), due=now)


def memory(options: Options) -> list[Row]:
    """Let fresh bots answer 10,000 questions and look at what they hold then."""
    count = options.size(10_000, 1000)
    held: dict[str, list[float]] = {OURS: [], PTB: []}
    for at in range(options.rounds):
        with seeded() as database, Api() as api:
            crowd = Crowd(database)
            commands = {
                OURS: ("1:ours", bots.ours(api, database)),
                PTB: ("2:ptb", bots.echo_ptb(api, "2:ptb")),
            }
            for name, (token, command) in commands.items():
                with bots.running(api, token, command) as bot:
                    held[name].append(after(api, bot, crowd.burst(count, 3000 + at)))
    note = f"{median(held[OURS], 1)} MB, {median(held[PTB], 1)} MB"
    what = f"memory after {count:,} questions: ours / PTB echo"
    return [Row(what, ratios(held[OURS], held[PTB]), at_most=1.15, note=note)]


def after(api: Api, bot: Running, burst: list[tuple[int, str]]) -> float:
    """Return the megabytes that *bot* holds after *burst*, which comes in portions."""
    for at in range(0, len(burst), 1000):
        api.run(bot.token, burst[at : at + 1000])
    return bot.memory_mb()


def median(values: Sequence[float], digits: int = 0) -> str:
    return f"{statistics.median(values):,.{digits}f}"


MEASURES = {"updates": updates, "latency": latency, "memory": memory}
