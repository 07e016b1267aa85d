"""Killed, stopped, cut off, revoked, doubled: no question may be lost and no zombie may stay."""

# ruff: noqa: ASYNC110 - a process can only be watched
from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import signal
import sys
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bot.inbox import CONCURRENCY
from tests.botapi import BotApi
from tests.drills.line import Line
from tests.drills.process import ANSWER, QUESTION, Bot, by_webhook, deliver, folder_with_database, free_port

QUEUED = 300
IN_FLIGHT = CONCURRENCY


@asynccontextmanager
async def way(name: str, api: BotApi) -> AsyncIterator[dict[str, str]]:
    """Yield the settings of "polling" or "webhook", with somebody who delivers."""
    if name == "polling":
        yield {}
        return
    port = free_port()
    delivering = asyncio.create_task(deliver(api, port))
    try:
        yield by_webhook(port)
    finally:
        delivering.cancel()
        await asyncio.gather(delivering, return_exceptions=True)


def answers(api: BotApi) -> Counter[int]:
    return Counter(sent.chat for sent in api.sent if sent.text.startswith(ANSWER))


def twice_by_kill(ledger: Sequence[int], ends: Sequence[int]) -> Counter[int]:
    """Count the answers given again by the kill that is to blame.

    *ledger* holds the chat of every answer in order, *ends* its length at each kill. To blame is the kill
    after the answer before: who delivers may bring an update again only several kills later.
    """
    answered: dict[int, int] = {}
    blamed: Counter[int] = Counter()
    for at, chat in enumerate(ledger):
        if chat in answered:
            blamed[bisect_right(ends, answered[chat])] += 1
        if chat:
            answered[chat] = at
    return blamed


async def kills(small: bool) -> list[Line]:
    """Kill the bot again and again under 300 queued questions, each from a chat of its own."""
    lines = []
    for name in ("polling", "webhook"):
        wanted = 2 if small else 100
        chance = random.Random(1)
        people = itertools.count(1000)
        asked: list[int] = []
        ends: list[int] = []  # how long the ledger was at each kill
        killed = 0
        with folder_with_database() as path:
            async with BotApi() as api, way(name, api) as settings:
                while killed < wanted:
                    while len(api.updates) < QUEUED:
                        asked.append(next(people))
                        api.private(asked[-1], QUESTION)
                    bot = Bot(path, api, **settings)
                    mark = len(api.sent) + chance.randrange(1, QUEUED - 20)
                    deadline = time.monotonic() + 30
                    while len(api.sent) < mark and time.monotonic() < deadline:
                        await asyncio.sleep(0)
                    await asyncio.sleep(chance.random() * 0.003)
                    killed += bot.process.is_alive()
                    await bot.kill()
                    await asyncio.sleep(0.01)  # what it had sent already is taken in
                    ends.append(len(api.sent))
                bot = Bot(path, api, **settings)
                await api.until(lambda: not api.updates, within_s=120)
                bot.signal(signal.SIGTERM)
                await bot.ended()
                ledger = [sent.chat if sent.text.startswith(ANSWER) else 0 for sent in api.sent]
        lost = set(asked) - set(ledger)
        worst = max(twice_by_kill(ledger, ends).values(), default=0)
        lines.append(
            Line(
                f"R1 {name}: {killed} x kill -9 under {QUEUED} queued, {len(asked)} questions",
                f"lost {len(lost)}, most answered twice by one kill {worst}",
                f"lost 0, twice <= {IN_FLIGHT} a kill",
                not lost and worst <= IN_FLIGHT,
            )
        )
    return lines


async def stops(small: bool) -> list[Line]:
    """SIGTERM and SIGINT with answers in flight, by both ways."""
    signals = [signal.SIGTERM] if small else [signal.SIGTERM, signal.SIGINT]
    codes, slowest, lost, twice, rounds = set(), 0.0, 0, 0, 0
    for name, number in itertools.product(("polling", "webhook"), signals):
        with folder_with_database() as path:
            async with BotApi() as api, way(name, api) as settings:
                api.fail(429, "sendMessage", retry_after=1, times=5)
                for person in range(1000, 1060):
                    api.private(person, QUESTION)
                bot = Bot(path, api, **settings)
                await api.until(lambda api=api: len(answers(api)) > 10, within_s=60)
                began = time.monotonic()
                bot.signal(number)
                codes.add(await bot.ended())
                slowest = max(slowest, time.monotonic() - began)
                bot = Bot(path, api, **settings)
                await api.until(lambda api=api: not api.updates, within_s=60)
                await bot.kill()
                got = answers(api)
                lost += sum(not got[person] for person in range(1000, 1060))
                twice += sum(got.values()) - len(got)
                rounds += 1
    return [
        Line(
            f"R5 stop by signal, both ways, answers in flight, {rounds} rounds",
            f"{slowest:.1f} s at most, exit codes {sorted(codes)}, lost {lost}, twice {twice}",
            "<= 10 s, exit code 0, lost 0, twice 0",
            (small or slowest <= 10) and codes == {0} and not lost and not twice,
        )
    ]


async def network(small: bool) -> list[Line]:
    """Nobody there; connections that hang; questions from before, meanwhile and after."""
    away_s = 3.0 if small else 90.0
    lines = []
    with folder_with_database() as path:
        port = free_port()
        async with BotApi(port=port) as api:
            bot = Bot(path, api)
            await api.answer_to(7, QUESTION)
            for person in range(1000, 1050):
                api.private(person, QUESTION)
        for person in range(1050, 1100):  # Telegram keeps them
            api.private(person, QUESTION)
        await asyncio.sleep(away_s)
        async with api:
            began = time.monotonic()
            await api.until(lambda: len(answers(api)) > 1, within_s=60)
            first_s = time.monotonic() - began
            await api.until(lambda: not api.updates, within_s=60)
            lost = sum(not answers(api)[person] for person in range(1000, 1100))
            lines.append(
                Line(
                    f"R6 {away_s:.0f} s without Telegram, 100 questions before and meanwhile",
                    f"first answer {first_s:.1f} s after its return, lost {lost}",
                    "<= 5 s, lost 0",
                    (small or first_s <= 5) and not lost,
                )
            )
            if not small:
                api.fail("hang", "getUpdates", times=1)
                api.private(8, "/help")
                began = time.monotonic()
                await api.until(lambda: [c for c in api.calls if c.error == "hang"], within_s=60)
                api.private(2000, QUESTION)
                hung = time.monotonic()
                await api.until(lambda: answers(api)[2000], within_s=60)
                waited_s = time.monotonic() - hung
                lines.append(
                    Line(
                        "R6 a poll that hangs for ever",
                        f"answered {waited_s:.1f} s after it began to hang",
                        "given up after 15 s, then <= 5 s",
                        waited_s <= 20,
                    )
                )
            await bot.kill()
    return lines


async def endings(small: bool) -> list[Line]:
    """A revoked token, another poller, a second copy: a clear stop with its own exit code."""
    lines = []
    with folder_with_database() as path:
        async with BotApi() as api:
            bot = Bot(path, api)
            await api.answer_to(7, QUESTION)
            began = time.monotonic()
            second = Bot(path, api)
            code = await second.ended()
            took_s = time.monotonic() - began
            said = bot.log.read_text(encoding="utf-8")
            named = f"process {bot.process.pid}" in said
            lines.append(
                Line(
                    "R7 a second copy on the same database",
                    f"exit code {code} after {took_s:.1f} s, names the first: {'yes' if named else 'no'}",
                    "refused at once, naming the first",
                    code == 3 and named and (small or took_s < 5),
                )
            )
            api.token = "123456:another"
            code, took_s = await _ends_polling(bot, api)
            lines.append(
                Line(
                    "R6 a token revoked while serving",
                    f"exit code {code} after {took_s:.1f} s",
                    "4, <= 15 s",
                    code == 4,
                )
            )
        if not small:
            async with BotApi() as api:
                bot = Bot(path, api)
                await api.answer_to(7, QUESTION)
                api.fail(409, "getUpdates", times=10_000)
                code, took_s = await _ends_polling(bot, api)
                lines.append(
                    Line(
                        "R7 another poller (409)",
                        f"exit code {code} after {took_s:.1f} s",
                        "3, <= 60 s",
                        code == 3,
                    )
                )
    return lines


async def _ends_polling(bot: Bot, api: BotApi) -> tuple[int, float]:
    """Answer the poll that is held; return the exit code of *bot* and after how many seconds it ended."""
    began = time.monotonic()
    if api._poll is not None:
        api._poll.set()
    code = await bot.ended()
    return code, time.monotonic() - began


async def storage_moments(small: bool) -> list[Line]:
    """Every step of building, importing, migrating, restoring, killed there."""
    if small:
        return []  # the suite has it already
    done = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.knowledge.crashat", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await done.communicate()
    rows = [line.split() for line in out.decode().splitlines()]
    moments = sum(int(row[1]) for row in rows)
    kinds = ", ".join(row[0] for row in rows)
    return [
        Line(
            f"R4 killed at every step of {kinds}",
            f"{moments} moments, {'0 half done' if done.returncode == 0 else 'FAILED'}",
            "0 half done",
            done.returncode == 0 and len(rows) == 5,
        )
    ]


async def announcements(small: bool) -> list[Line]:
    """The sender killed at random, and at every step."""
    from tests import kills as toll_of

    with folder_with_database() as path:
        folder = Path(path.parent)
        recipients, times, lane = (300, 4, 4) if small else (10_000, 200, 4)
        (folder / "a").mkdir()
        toll = await toll_of.kill_at_random(
            folder / "a", recipients=recipients, kills=times, lane=lane, seed=1
        )
        lines = [
            Line(
                f"R2 {recipients} recipients, {toll.kills} x kill -9, {lane} in flight",
                f"lost {toll.lost}, twice {toll.twice}, in doubt {toll.doubtful_most} a kill, all named",
                f"lost 0, twice 0, <= {lane} in doubt a kill",
                not toll.lost and not toll.twice and toll.doubtful_most <= lane,
            )
        ]
        if not small:
            (folder / "b").mkdir()
            tried, faults = await toll_of.kill_at_every_step(folder / "b", recipients=12, every=1, lane=4)
            lines.append(
                Line(
                    "R3 killed at every step of a sending",
                    f"{tried} moments, {len(faults)} unclean",
                    "0",
                    not faults,
                )
            )
    return lines


HINDRANCES = {
    "disk full": ("PRAGMA max_page_count = {pages}", "PRAGMA max_page_count = 1000000"),
    "database read-only": ("PRAGMA query_only = 1", "PRAGMA query_only = 0"),
}


async def hindered(small: bool) -> list[Line]:
    """A database that cannot be written under questions, then can again."""
    return [await _hindered(name, *pragmas, small=small) for name, pragmas in HINDRANCES.items()]


async def _hindered(name: str, hinder: str, free: str, *, small: bool) -> Line:
    from bot import current, wiring
    from bot.current import Current
    from bot.settings import Settings
    from knowledge.database import open_database

    people = range(1000, 1040 if small else 1400)
    with folder_with_database() as path:
        async with BotApi() as api, open_database(path, wiring.SCHEMAS) as database:
            api.chat(1)
            configured = Settings(
                token=api.token, api_url=api.url, database=path, admins=(1,), backup_hours=0
            )  # type: ignore[arg-type]
            edge = wiring.build(configured, api.token, Current(current.load(path)), database)
            stop = asyncio.Event()
            serving = asyncio.create_task(wiring.serve(edge, configured, stop))
            pages = (await database.fetch_one("PRAGMA page_count"))[0]
            await database.fetch_all(hinder.format(pages=pages))
            for person in people:
                api.private(person, f"cầu số {person} có đèn chiếu sáng không")
            await api.until(lambda: not api.updates, within_s=120)
            await api.until(lambda: api.seen_by(1), within_s=30)
            answered = {sent.chat for sent in api.sent} - {1}
            notices = len(api.seen_by(1))
            await database.fetch_all(free)
            await api.until(lambda: not edge.alarms.active, within_s=30)
            stop.set()
            with contextlib.suppress(Exception):
                await serving
    return Line(
        f"R8 {name} under {len(people)} questions",
        f"answered {len(answered)}, notices to the owner {notices}, over by itself",
        f"answered {len(people)}, 1 notice",
        answered == set(people) and notices == 1,
    )
