"""Kill the sender again and again and look at what every chat saw.

The server lives in this process, so its ledger survives; the sender is a process of its own that gets
SIGKILL, and another one goes on with the database that it left.
"""

# ruff: noqa: ASYNC110, ASYNC240 - a process can only be watched, and the files are in memory
from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import shutil
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.announcement import Stage
from bot.delivery import State
from tests.announcing import desk, serve_alone
from tests.botapi import BotApi

PROCESSES = multiprocessing.get_context("forkserver")  # imports once: a restart takes 20 ms instead of 1 s
PROCESSES.set_forkserver_preload(["tests.announcing"])


@dataclass(frozen=True)
class Toll:
    """What the kills did."""

    kills: int
    doubtful: int  # listed to the admin over all restarts
    doubtful_most: int  # after one kill
    arrived: int  # of the doubtful ones, in truth
    lost: int  # chats without the message that nobody would have named
    twice: int  # chats that got it twice without an admin's word
    missing: int  # chats without it after the admin let the doubtful ones be sent again


def start(database: Path, api: BotApi, **options: Any) -> Any:
    process = PROCESSES.Process(target=serve_alone, args=(database, api.url), kwargs=options, daemon=True)
    process.start()
    return process


async def ended(process: Any) -> int:
    while process.is_alive():
        await asyncio.sleep(0.002)
    process.join()
    return int(process.exitcode)


def kill(process: Any) -> None:
    if process.is_alive():
        os.kill(process.pid, signal.SIGKILL)


async def kill_at_random(folder: Path, *, recipients: int, kills: int, lane: int, seed: int) -> Toll:
    """Kill *kills* times: mostly at a random length of the ledger, sometimes right after a start."""
    chance = random.Random(seed)
    database = folder / "bot.sqlite3"
    async with BotApi() as api:
        await fill(database, api, recipients)
        marks = sorted(chance.sample(range(1, recipients * 49 // 50), kills))
        doubts = []
        killed = 0
        for mark in marks:
            process = start(database, api, lane=lane)
            if chance.random() < 0.15:
                await asyncio.sleep(chance.random() * 0.1)
            else:
                while process.is_alive() and len(api.sent) < mark:
                    await asyncio.sleep(0)
                await asyncio.sleep(chance.random() * 0.003)
            killed += process.is_alive()
            kill(process)
            await ended(process)
            doubts.append(await in_doubt(database, api) - sum(doubts))
        return await settle(database, api, recipients, killed, doubts)


async def kill_at_step(
    folder: Path, *, recipients: int, step: int, base: Path, api: BotApi, lane: int
) -> Toll | None:
    """Kill at one step of the work on a copy of *base*; None when the work has no such step."""
    database = folder / f"{step}.sqlite3"
    shutil.copy(base, database)
    api.sent.clear()
    process = start(database, api, lane=lane, die_at=step)
    if await ended(process) == 0:
        return None
    doubt = await in_doubt(database, api)
    toll = await settle(database, api, recipients, 1, [doubt])
    for path in folder.glob(f"{step}.sqlite3*"):
        path.unlink()
    return toll


async def fill(database: Path, api: BotApi, recipients: int) -> None:
    """Write a database with one announcement that is due, for *recipients* chats."""
    for chat in range(1, recipients + 1):
        api.chat(chat)
    async with desk(database, api.url, idle=True) as working:
        await working.invite(*range(1, recipients + 1))
        await working.announce()


async def in_doubt(database: Path, api: BotApi) -> int:
    """Count the rows that kills left in flight, those of earlier ones included."""
    async with desk(database, api.url, idle=True) as working:
        counts = await working.outcomes.counts(1)
        return counts[State.SENDING] + counts[State.UNCERTAIN]


async def settle(database: Path, api: BotApi, recipients: int, killed: int, doubts: list[int]) -> Toll:
    """Let the work be finished, compare the rows with the ledger, and send the doubtful ones again."""
    assert await ended(start(database, api, lane=4)) == 0
    got = Counter(sent.chat for sent in api.sent)
    async with desk(database, api.url, idle=True) as working:
        assert (await working.register.get(1)).stage is Stage.DONE
        named = {each.chat for each in await working.outcomes.troubled(1) if each.state is State.UNCERTAIN}
        assert len(named) == sum(doubts)
        await working.outcomes.again(1, State.UNCERTAIN)
    everybody = range(1, recipients + 1)
    lost = [chat for chat in everybody if not got[chat] and chat not in named]
    twice = [chat for chat in everybody if got[chat] > 1]
    if named:
        assert await ended(start(database, api, lane=4)) == 0
    final = Counter(sent.chat for sent in api.sent)
    return Toll(
        kills=killed,
        doubtful=len(named),
        doubtful_most=max(doubts, default=0),
        arrived=sum(1 for chat in named if got[chat]),
        lost=len(lost),
        twice=len(twice),
        missing=sum(1 for chat in everybody if not final[chat]),
    )


async def kill_at_every_step(
    folder: Path, *, recipients: int, every: int, lane: int = 4, tell: Callable[[str], None] = lambda _: None
) -> tuple[int, list[str]]:
    """Kill at each *every*-th SQL statement or API call until the work comes through.

    Returns how many moments were tried, and one line for each that left anybody out or told anybody twice.
    """
    base, faults, tried = folder / "base.sqlite3", [], 0
    async with BotApi() as api:
        await fill(base, api, recipients)
        for step in range(1, 100_000, every):
            toll = await kill_at_step(folder, recipients=recipients, step=step, base=base, api=api, lane=lane)
            if toll is None:
                return tried, faults
            tried += 1
            if toll.lost or toll.twice or toll.missing or toll.doubtful_most > lane:
                faults.append(f"step {step}: {toll}")
            if tried % 50 == 0:
                tell(f"{tried} moments, {len(faults)} faults")
    raise AssertionError("does not come to an end")
