"""The figures that announcements promise, measured against the loopback server.

`python -m tests.drill_announcements kills|moments|pace|faults|cost|answers` prints what was asked and what
was measured, and ends with exit code 1 when a promise is broken. The options choose the size.
"""

# ruff: noqa: T201 - its output is what it is for
from __future__ import annotations

import argparse
import asyncio
import itertools
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.delivery import State
from bot.pace import CHAT_GAP_S, GROUP_LIMIT, OVERALL_PER_S, Pace
from bot.recipients import Consent, Kind
from tests import answering, faults, kills, lanes
from tests.announcing import desk, now
from tests.botapi import BotApi
from tests.drills.line import Line

LIMITS = {"per_second": 1, "overall_per_s": 30, "group_per_min": 20}  # as Telegram documents them


def say(what: str, measured: object, asked: str, good: bool) -> Line:
    print(f"{'ok  ' if good else 'FAIL'} {what}: {measured} (asked: {asked})", flush=True)
    return Line(what, str(measured), asked, good)


def memory() -> str | None:
    """A kill does not need a disk: the kernel keeps what was written."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


async def drill_kills(options: argparse.Namespace) -> list[Line]:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        toll = await kills.kill_at_random(
            Path(folder),
            recipients=options.recipients,
            kills=options.kills,
            lane=options.lane,
            seed=options.seed,
        )
    print(
        f"{options.recipients} recipients, {toll.kills} kills, {options.lane} in flight, seed {options.seed},"
    )
    print(f"{time.monotonic() - began:.0f} s; of the doubtful ones {toll.arrived} had arrived")
    return [
        say("lost", toll.lost, "0", not toll.lost),
        say("sent twice without an admin's word", toll.twice, "0", not toll.twice),
        say(
            "doubtful, most after one kill",
            f"{toll.doubtful_most}, all {toll.doubtful} listed",
            f"<= {options.lane} in flight",
            toll.doubtful_most <= options.lane,
        ),
        say("without it after the doubtful ones were sent again", toll.missing, "0", not toll.missing),
    ]


async def drill_moments(options: argparse.Namespace) -> list[Line]:
    began, lines = time.monotonic(), []
    for lane in (1, options.lane):
        with tempfile.TemporaryDirectory(dir=memory()) as folder:
            tried, faults = await kills.kill_at_every_step(
                Path(folder), recipients=12, every=options.every, lane=lane, tell=print
            )
        print(*faults, sep="\n", end="\n" if faults else "")
        what = f"12 recipients, {lane} in flight: {tried} moments (every {options.every}.)"
        lines.append(say(what, f"{len(faults)} unclean", "0", not faults and tried > 0))
    print(f"{time.monotonic() - began:.0f} s")
    return lines


async def drill_pace(options: argparse.Namespace) -> list[Line]:
    """Privates, groups, and one forum with many topics; one chat is told to wait."""
    people, groups, topics, slow = range(1, options.recipients), range(-40, 0), range(2, 8), 5
    async with BotApi(**LIMITS) as api:
        for chat in (*people, *groups, -100):
            api.chat(chat)
        with tempfile.TemporaryDirectory(dir=memory()) as folder:
            async with desk(
                Path(folder) / "bot.sqlite3",
                api.url,
                per_s=OVERALL_PER_S,
                chat_gap_s=CHAT_GAP_S,
                lane_size=12,
            ) as working:
                for topic in topics:
                    await working.recipients.add(
                        -100, Kind.TOPIC, f"T{topic}", now(), thread=topic, consent=Consent.YES
                    )
                await working.invite(*groups, *people)
                api.fail(429, "sendMessage", chat=slow, retry_after=4)
                announcement = await working.announce()
                counts = await working.ended(announcement, within_s=600)
        at = sorted(sent.at for sent in api.sent if sent.chat != slow)
        rate = (len(at) - 1) / (at[-1] - at[0])
        refused = sum("Too Many" in call.error for call in api.calls) - 1  # one was scripted
        worst = max(sum(t <= u < t + 1 for u in at[i : i + 40]) for i, t in enumerate(at))
        gaps = [b - a for a, b in itertools.pairwise(at)]
        print(f"{len(api.sent)} messages; most in one second {worst}, longest pause {max(gaps):.2f} s")
        refused_at = next(call.at for call in api.calls if call.chat == slow and call.error)
        held = next(sent.at for sent in api.sent if sent.chat == slow) - refused_at
        lines = [
            say("rate", f"{rate:.1f}/s = {rate / 30:.0%} of 30/s", ">= 90 %", rate >= 27),
            say("refused by 429 in steady state", refused, "0", refused == 0),
            say("one chat's retry_after of 4 s: its own wait", f"{held:.1f} s", "4-5 s", 4 <= held < 5),
            say("the longest pause of all others", f"{max(gaps):.2f} s", "< 0.3 s", max(gaps) < 0.3),
            say("states", {str(s): n for s, n in counts.items()}, "all sent", set(counts) == {State.SENT}),
        ]
    return lines + await _group_limit()


async def _group_limit() -> list[Line]:
    """In virtual time: 20 a minute to one group, one a second."""
    clock, times = [0.0], []
    pace = Pace(lambda: clock[0], per_s=1000)
    while clock[0] < 300:
        wait_s = pace.wait_for(-1)
        if wait_s:
            clock[0] += wait_s + 1e-6
            continue
        times.append(clock[0])
        clock[0] += 0.002
        await pace.turn(-1)
    most = max(sum(t <= u < t + 60 for u in times) for t in times)
    rate = len(times) / 300 * 60
    return [
        say("one group, most in a minute (5 minutes of virtual time)", most, "<= 20", most <= GROUP_LIMIT),
        say("one group, a minute", f"{rate:.1f} = {rate / 20:.0%}", ">= 90 %", rate >= 18),
    ]


async def drill_cost(options: argparse.Namespace) -> list[Line]:
    """CPU of the sending process, with the outbox and without, in turns."""
    bare, kept = [], []
    async with BotApi() as api:
        for chat in range(1, options.recipients + 1):
            api.chat(chat)
        for _ in range(options.rounds):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "bot.sqlite3"
                await kills.fill(path, api, options.recipients)
                kept.append(await lanes.cpu_of(lanes.with_outbox, path, api.url, options.recipients))
            bare.append(await lanes.cpu_of(lanes.without_outbox, path, api.url, options.recipients))
            api.sent.clear()
            api.calls.clear()
    with_ms, without_ms = (1000 * statistics.median(each) / options.recipients for each in (kept, bare))
    cost = with_ms - without_ms
    print(f"{options.recipients} messages, {options.rounds} rounds, on disk, synchronous=FULL, median:")
    what = f"with the outbox {with_ms:.2f} ms a message, without {without_ms:.2f}"
    return [say(what, f"{cost:.2f} ms", "<= 0.5 ms", cost <= 0.5)]


async def drill_answers(options: argparse.Namespace) -> list[Line]:
    """Questions at a steady rate, with and without an announcement going out."""
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        speeds = await answering.measure(
            Path(folder), stretches=options.rounds, stretch_s=20.0, per_s=options.questions
        )
    print(
        f"{options.questions:g} questions/s, {speeds.announced_per_s:.1f} announcements/s beside them:",
        *(
            f"  {len(quiet)} answers without, {len(busy)} with; median {1000 * statistics.median(quiet):.1f}"
            f" and {1000 * statistics.median(busy):.1f} ms, p99 {1000 * answering.p99(quiet):.1f}"
            f" and {1000 * answering.p99(busy):.1f} ms"
            for quiet, busy in speeds.rounds
        ),
        f"median of the ratios of the medians: {speeds.ratio(statistics.median):.2f}",
        sep="\n",
    )
    ratio = speeds.ratio(answering.p99)
    return [say("p99 with / without, median of the rounds", f"{ratio:.2f} x", "<= 1.2 x", ratio <= 1.2)]


async def drill_faults(options: argparse.Namespace) -> list[Line]:
    """Each fault hits one chat of three; then the state and the word in the report are looked at."""
    lines = []
    for name, fault in faults.FAULTS.items():
        with tempfile.TemporaryDirectory(dir=memory()) as folder:
            state, word, others, calls = await faults.play(Path(folder) / "bot.sqlite3", fault)
        fine = (state, word) == (fault.state, fault.word) and others == 2 and calls <= fault.most_calls
        lines.append(
            say(
                name,
                f"{state} ({word}), {calls} requests",
                f"{fault.state} ({fault.word}), others sent",
                fine,
            )
        )
    return lines


DRILLS: dict[str, Callable[[argparse.Namespace], Awaitable[list[Line]]]] = {
    "kills": drill_kills,
    "moments": drill_moments,
    "pace": drill_pace,
    "cost": drill_cost,
    "faults": drill_faults,
    "answers": drill_answers,
}


RECIPIENTS = {"kills": 10_000, "pace": 800, "cost": 2000}


def parser() -> argparse.ArgumentParser:
    reading = argparse.ArgumentParser(description="Measure what announcements promise.")
    reading.add_argument("drill", choices=DRILLS)
    reading.add_argument("--recipients", type=int, default=0)
    reading.add_argument("--kills", type=int, default=200)
    reading.add_argument("--lane", type=int, default=4, help="sends in flight")
    reading.add_argument("--every", type=int, default=1, help="moments: every n-th")
    reading.add_argument("--rounds", type=int, default=5)
    reading.add_argument("--questions", type=float, default=10.0, help="answers: a second")
    reading.add_argument("--seed", type=int, default=int(time.time()))
    return reading


async def drill(*arguments: str) -> list[Line]:
    """Run the drill of these command-line *arguments*."""
    options = parser().parse_args(arguments)
    options.recipients = options.recipients or RECIPIENTS.get(options.drill, 12)
    return await DRILLS[options.drill](options)


def main() -> int:
    for name in ("aiohttp.server", "bot.sender"):  # faults that we play ourselves
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return 0 if all(line.good for line in asyncio.run(drill(*sys.argv[1:]))) else 1


if __name__ == "__main__":
    sys.exit(main())
