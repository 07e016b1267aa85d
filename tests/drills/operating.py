"""Clocks that jump, chats that are told to wait, a day with much to do, and the files that run it all."""

from __future__ import annotations

import asyncio
import gc
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot import current, schedule
from bot.announcement import Announcement, Stage
from bot.content import Content, Kind
from bot.limits import Buckets
from knowledge.database import open_database
from knowledge.interchange import read
from knowledge.schema import KNOWLEDGE
from knowledge.store import Store
from tests.announcing import AUTHOR, Desk, desk
from tests.botapi import BotApi
from tests.drills.abuse import asked_by, bench
from tests.drills.line import Line
from tests.drills.process import ANSWER, QUESTION, VAIN, Bot, folder_with_database

ROOT = Path(__file__).parents[2]
DAY, YEARS = 86_400, 13 * 366 * 86_400
ZONES = ("Asia/Ho_Chi_Minh", "UTC", "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu")


async def clocks(small: bool) -> list[Line]:
    """The machine's clock is set anew between planning and sending; one chat is told to wait meanwhile."""
    jumps = (3600, -3600, DAY, -DAY) if small else (3600, -3600, DAY, -DAY, 300, -300, YEARS, -YEARS)
    chats = range(1, 6)
    shift = timedelta()

    def wall() -> datetime:
        return datetime.now(UTC) + shift

    async def plan(working: Desk, origin: int, seconds: float) -> Announcement:
        draft = await working.register.draft(
            Content(Kind.TEXT, "Họp."), author=AUTHOR, origin=origin, now=wall()
        )
        due = wall() + timedelta(seconds=seconds)
        await working.register.move(draft.id, Stage.SCHEDULED, out_of=(Stage.DRAFT,), due=due)
        working.sender.wake()
        return draft

    early, year = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        async with BotApi() as api:
            for chat in chats:
                api.chat(chat)
            async with desk(Path(folder) / "bot.sqlite3", api.url, now=wall) as working:
                await working.invite(*chats)
                for number, jump in enumerate(jumps):
                    before = number * 2 * len(chats)
                    if jump < 0:  # in the middle of a sending
                        api.fail(429, "sendMessage", chat=1, retry_after=1)
                    planned = await plan(working, 2 * number, max(jump, 0) / 2)
                    if jump < 0:
                        await api.until(lambda before=before: len(api.sent) > before)
                    else:
                        await asyncio.sleep(0.1)
                        early += len(api.sent) - before
                    shift += timedelta(seconds=jump)
                    year = max(year, wall().year)
                    working.sender.wake()
                    await working.ended(planned, within_s=60)
                    await working.ended(await plan(working, 2 * number + 1, 0.0), within_s=60)
        wrong = sum(len(api.seen_by(chat)) != 2 * len(jumps) for chat in chats)
    now, odd = datetime(2026, 11, 23, 5, tzinfo=UTC), 0
    for zone in map(ZoneInfo, ZONES):
        at = schedule.read("18:30 25/11", now, zone).astimezone(zone)
        odd += (at.hour, at.minute, at.day, at.month) != (18, 30, 25, 11)
    return [
        Line(
            f"R10 {len(jumps)} jumps of the clock, up to {max(jumps) // DAY} days, {len(ZONES)} time zones",
            f"chats without each announcement once {wrong}, too early {early}, wrong local times {odd}, "
            f"as far as {year}",
            "0, 0, 0",
            not (wrong or early or odd),
        )
    ]


def p99(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


async def limits(small: bool) -> list[Line]:
    """Five groups are told to wait half a minute while a hundred people ask, in turns with a quiet round."""
    rounds, people = (1, 20) if small else (6, 100)
    ratios, disordered = [], 0
    with folder_with_database() as path:
        async with BotApi() as api:
            bot = Bot(path, api)
            await api.until(lambda: api.polls, within_s=60)

            async def ask(first: int) -> list[float]:
                asked = {}
                for person in range(first, first + people):
                    asked[person] = api.clock()
                    api.private(person, QUESTION)
                    api.private(person, VAIN)
                    await asyncio.sleep(0.02)
                wanted = len(api.sent) + people * 10
                await api.until(
                    lambda: len(api.sent) >= wanted or all(len(api.seen_by(p)) >= 2 for p in asked),
                    within_s=120,
                )
                nonlocal disordered
                disordered += sum(not api.seen_by(p)[0].text.startswith(ANSWER) for p in asked)
                return [api.seen_by(p)[0].at - at for p, at in asked.items()]

            await ask(10_000)
            for turn in range(rounds):
                quiet = await ask(20_000 + 1000 * turn)
                for group in range(-5 * turn - 5, -5 * turn):
                    api.fail(429, "sendMessage", chat=group, retry_after=30, times=1)
                    api.group(group, 9, f"/hoi {QUESTION}")
                await asyncio.sleep(0.2)
                held = await ask(50_000 + 1000 * turn)
                ratios.append(p99(held) / p99(quiet))
            await bot.kill()
    ratio = statistics.median(ratios)
    return [
        Line(
            f"R12 5 groups told to wait 30 s beside {people} askers, {rounds} rounds",
            f"p99 {ratio:.2f} x that of a quiet round, out of order {disordered}",
            "<= 1.1 x, 0 out of order",
            (small or ratio <= 1.1) and not disordered,
        )
    ]


async def flood(small: bool) -> list[Line]:
    """One person and one group send without end while others ask, in turns with a quiet round."""
    rounds, people, sent = (1, 20, 50) if small else (6, 100, 400)
    ratios, dropped = [], 0
    with folder_with_database() as path:
        async with BotApi() as api:
            bot = Bot(path, api)
            await api.until(lambda: api.polls, within_s=60)

            async def ask(first: int, floods: int) -> list[float]:
                asked = {}
                for person in range(first, first + people):
                    for n in range(floods // people):
                        api.private(first - 1, f"{QUESTION} {n}")
                        api.group(-first, first - 2 - n, f"/hoi {QUESTION} {n}")
                    asked[person] = api.clock()
                    api.private(person, QUESTION)
                    await asyncio.sleep(0.05)
                await api.until(lambda: all(api.seen_by(p) for p in asked), within_s=120)
                return [api.seen_by(p)[0].at - at for p, at in asked.items()]

            await ask(10_000, 0)
            for turn in range(rounds):
                first = 20_000 + 2000 * turn
                quiet = await ask(first, 0)
                held = await ask(first + 1000, sent)
                dropped += sent - len(api.seen_by(first + 999))
                ratios.append(p99(held) / p99(quiet))
            await bot.kill()
    buckets = Buckets(time.monotonic, 10, 1.0)
    for key in range(20_000):
        buckets.take(key)
    ratio = statistics.median(ratios)
    return [
        Line(
            f"S6 one person and one group send {sent} messages each beside {people} askers, {rounds} rounds",
            f"p99 of these {ratio:.2f} x, {dropped} of that person's unanswered, {len(buckets):,} remembered",
            "<= 1.2 x, <= 10,000 remembered",
            (small or ratio <= 1.2) and len(buckets) <= 10_000,
        )
    ]


async def load(small: bool) -> list[Line]:
    """A hundred questions a second on ten thousand facts: how long one waits, how long the loop stands."""
    facts, per_s, seconds = (200, 50, 2) if small else (10_000, 100, 30)
    rows = "".join(f"Quầy số {n} bán gì?,Quầy số {n} bán món {n}.\n" for n in range(facts))
    file = read("a.csv", f"questions,answer\n{rows}".encode(), capped=False)
    chance = random.Random(4)
    with folder_with_database() as path:
        async with open_database(path, [KNOWLEDGE]) as database:
            await Store(database).import_facts(file, author="drill", at=datetime.now(UTC))
        async with bench(path) as at:
            longest, waits = 0.0, []

            async def watch() -> None:
                nonlocal longest
                while True:  # by the thread's own clock: what other programs take is not the loop's
                    before = time.thread_time()
                    await asyncio.sleep(0.001)
                    longest = max(longest, time.thread_time() - before)

            async def ask(number: int) -> None:
                person, began = 10**6 + number % 500, time.monotonic()
                text = QUESTION if number % 3 else f"quay so {chance.randrange(facts)} ban gi {number}"
                await at.take([asked_by(person, number + 1, text)])
                waits.append(time.monotonic() - began)

            for number in range(50):
                await ask(10**6 + number)
            waits.clear()
            current.settle_memory()  # as a start does
            watching = asyncio.create_task(watch())
            began, asked, spent = time.monotonic(), [], time.process_time()
            for number in range(per_s * seconds):
                await asyncio.sleep(max(0.0, began + number / per_s - time.monotonic()))
                asked.append(asyncio.create_task(ask(number)))
            await asyncio.gather(*asked)
            watching.cancel()
            gc.unfreeze()
            cpu_ms = 1000 * (time.process_time() - spent) / len(asked)
    return [
        Line(
            f"R14 {per_s} questions/s for {seconds} s on {facts:,} facts, without the network",
            f"p99 {1000 * p99(waits):.0f} ms, the loop worked {1000 * longest:.0f} ms on end at most, "
            f"{cpu_ms:.1f} ms of CPU a question",
            "p99 <= 100 ms, <= 20 ms",
            small or (p99(waits) <= 0.1 and longest <= 0.02),
        )
    ]


async def unit_files(small: bool) -> list[Line]:
    """What an operator copies: the systemd unit by systemd's own word, the container file by its lines."""
    unit = (ROOT / "docs" / "operating" / "hoi-dap@.service").read_text(encoding="utf-8")
    container = (ROOT / "docs" / "operating" / "Containerfile").read_text(encoding="utf-8")
    settings = dict(re.findall(r"^(\w+)=(.*)$", unit, re.MULTILINE))
    hardened = {
        "Type": "notify",
        "WatchdogSec": "90",
        "ProtectSystem": "strict",
        "NoNewPrivileges": "true",
        "CapabilityBoundingSet": "",
        "Restart": "always",
        "RestartPreventExitStatus": "2 3 4",
    }
    missing = [name for name, value in hardened.items() if settings.get(name) != value]
    missing += ["User"] * (settings.get("User") in (None, "", "root"))
    said = "systemd-analyze is not there"
    if analyze := shutil.which("systemd-analyze"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "hoi-dap@.service"
            here = unit.replace("/srv/hoi-dap/.venv/bin/python", sys.executable)
            path.write_text(
                re.sub(r"(?m)^WorkingDirectory=.*$", "WorkingDirectory=/", here), encoding="utf-8"
            )
            process = await asyncio.create_subprocess_exec(
                analyze,
                "verify",
                str(path),
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
            _, words = await process.communicate()
        said = "systemd agrees" if process.returncode == 0 and not words.strip() else words.decode()[:80]
        missing += ["verify"] * (said != "systemd agrees")
    copied = re.findall(r"^COPY (?!--from)(\S+)", container, re.MULTILINE)
    missing += [name for name in copied if not (ROOT / name).exists()]
    wanted = ("--require-hashes", "USER 10001:10001", 'ENTRYPOINT ["', "STOPSIGNAL SIGTERM", "VOLUME /data")
    missing += [line for line in wanted if line not in container]
    return [
        Line(
            "the systemd unit and the container file",
            f"{said}; wanting: {', '.join(missing) or 'nothing'}",
            "systemd agrees; nothing",
            not missing,
        )
    ]
