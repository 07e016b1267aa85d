"""Who means harm by volume and by shape: mutated updates, months of traffic, the worst messages."""

from __future__ import annotations

import asyncio
import copy
import gc
import json
import logging
import random
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from telegram.request import BaseRequest, RequestData

from bot import current, wiring
from bot.current import Current
from bot.limits import price_of
from bot.settings import Settings
from bot.wiring import Edge
from knowledge.database import open_database
from tests.botapi import BotApi
from tests.botapi.world import BOT
from tests.drills.line import Line
from tests.drills.process import ANSWER, QUESTION, VAIN, folder_with_database

MINUTES = 16.0  # for each of the two long runs: what fits is done
OURS = ("/bot/", "/knowledge/")


class Nobody(BaseRequest):
    """A Bot API that takes everything at once: the bot alone is measured."""

    def __init__(self) -> None:
        self.answers = 0

    @property
    def read_timeout(self) -> float | None:
        return 5.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        name = url.rpartition("/")[2]
        result: Any = True
        if name == "getMe":
            result = BOT
        elif name == "sendMessage" and request_data is not None:
            text = str(request_data.parameters["text"])
            self.answers += text.startswith(ANSWER)
            chat = request_data.parameters["chat_id"]
            result = {"message_id": 1, "date": 1, "chat": {"id": chat, "type": "private"}, "text": text[:10]}
        return 200, json.dumps({"ok": True, "result": result}).encode()


@dataclass
class Bench:
    """The whole bot without a network. `faults` are exceptions that came up in our own code."""

    edge: Edge
    nobody: Nobody
    faults: list[str] = field(default_factory=list)
    unreadable: int = 0

    async def take(self, raws: list[Any]) -> None:
        held = await self.edge.inbox.take(raws)
        if held:
            await asyncio.wait(held)


@asynccontextmanager
async def bench(path: Path) -> AsyncIterator[Bench]:
    logging.disable(logging.CRITICAL)
    async with open_database(path, wiring.SCHEMAS) as database:
        configured = Settings(token="1:a", database=path, admins=(1,), backup_hours=0)  # type: ignore[arg-type]
        edge = wiring.build(configured, "1:a", Current(current.load(path)), database)
        nobody = Nobody()
        edge.application.bot._request = (nobody, nobody)
        await edge.application.initialize()
        bench = Bench(edge, nobody)
        inner = edge.inbox._process

        async def process(raw: Any) -> None:
            try:
                await inner(raw)
            except Exception as error:
                places, trace = [], error.__traceback__
                while trace is not None:
                    places.append(trace.tb_frame.f_code.co_filename)
                    trace = trace.tb_next
                beyond = [p for p in places if any(part in p for part in OURS) and "/wiring.py" not in p]
                if [p for p in beyond if not p.endswith(("/inbox.py", "/abuse.py", "/shape.py"))]:
                    bench.faults.append(f"{type(error).__name__} at {beyond[-1]}")
                else:
                    bench.unreadable += 1
                raise

        edge.inbox._process = process
        try:
            yield bench
        finally:
            await edge.application.shutdown()
            await edge.office.counters.close()
            logging.disable(logging.NOTSET)


def rss_mb() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20


def samples() -> list[dict[str, Any]]:
    """One update of every kind that the bot asks Telegram for, and some that it does not."""
    api = BotApi()
    private, group = api.message(7, QUESTION), api.message(-5, f"/hoi {QUESTION}", person=7)
    button = {"inline_keyboard": [[{"text": "a", "callback_data": "q:0123456789abcdef"}]]}
    press = {"id": "1", "from": api.person(7), "chat_instance": "1", "data": "q:0123456789abcdef"}
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    quoted = api.message(-5, VAIN, person=7, reply_to_message=api.message(-5, "x", person=8))
    member = {"user": BOT, "status": "member"}
    return [
        {"message": private},
        {"message": group},
        {"message": quoted},
        {"message": api.message(7, "", photo=photo, caption=QUESTION)},
        {"message": api.message(1, "/them a | b")},
        {"message": api.message(1, "/thongbao a")},
        {"message": api.message(7, "/dangky")},
        {"message": api.message(7, "/xoadulieu")},
        {"message": api.message(7, "", contact={"phone_number": "1", "first_name": "a", "user_id": 3})},
        {"message": api.message(-5, "", new_chat_title="a")},
        {"edited_message": api.message(7, QUESTION, edit_date=1)},
        {"channel_post": api.message(-9, QUESTION)},
        {"callback_query": {**press, "message": {**private, "from": BOT, "reply_markup": button}}},
        {"callback_query": {**press, "data": "a:1:save:", "inline_message_id": "x"}},
        {"inline_query": {"id": "1", "from": api.person(7), "query": QUESTION, "offset": ""}},
        {
            "my_chat_member": {
                "chat": {"id": -5, "type": "supergroup", "title": "a"},
                "from": api.person(7),
                "date": 1,
                "old_chat_member": member,
                "new_chat_member": {**member, "status": "left"},
            }
        },
    ]


JUNK: tuple[Any, ...] = (
    None, True, -1, 0, 2**31, 2**63, 2**70, 1.5, "", "\x00", "\ud800", "a" * 5000, "\u202e\u200b" * 300,
    "à" * 200,
    "/" * 50, "/them a | b", "<b>&lt;", "'; DROP TABLE facts; --", "=cmd()", [], [[]], {}, {"id": 1},
    "true", "１２",
)  # fmt: skip


def mutate(update: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return a copy with one to four of its values, at any depth, replaced, removed or doubled."""
    update = copy.deepcopy(update)
    for _ in range(chance.randrange(1, 5)):
        node: Any = update
        while True:
            if isinstance(node, dict) and node:
                key: Any = chance.choice(list(node))
            elif isinstance(node, list) and node:
                key = chance.randrange(len(node))
            else:
                break
            if isinstance(node[key], dict | list) and node[key] and chance.random() < 0.85:
                node = node[key]
                continue
            act = chance.random()
            if act < 0.15:
                del node[key]
            elif act < 0.25 and isinstance(node, dict):
                node[chance.choice(("chat", "from", "text", "entities", "date", "data"))] = node[key]
            elif act < 0.35 and isinstance(node[key], str):
                at = chance.randrange(len(node[key]) + 1)
                node[key] = (
                    node[key][:at] + chr(chance.randrange(0x3000)) * chance.randrange(1, 9) + node[key][at:]
                )
            else:
                node[key] = copy.deepcopy(chance.choice(JUNK))
            break
    return update


async def fuzz(small: bool) -> list[Line]:
    """Mutated updates of all kinds, a good question now and then, through the real inbox and handlers."""
    wanted, every = (1_000, 100) if small else (1_000_000, 100)
    chance, bases = random.Random(7), samples()
    good = done = 0
    began = time.monotonic()
    with folder_with_database() as path:
        async with bench(path) as at:
            warm = rss_mb()
            while done < wanted and time.monotonic() - began < MINUTES * 60:
                raws: list[Any] = []
                for number in range(done, done + every - 1):
                    raw = mutate(chance.choice(bases), chance)
                    raw["update_id"] = number + 1
                    raws.append(raw)
                person = 10**9 + done
                message = {
                    "message_id": 1,
                    "date": 1,
                    "chat": {"id": person, "type": "private", "first_name": "a"},
                    "from": {"id": person, "is_bot": False, "first_name": "a"},
                    "text": QUESTION,
                }
                raws.append({"update_id": done + every, "message": message})
                before = at.nobody.answers
                await at.take(raws)
                good += at.nobody.answers > before
                done += every
                if done == min(wanted // 4, 60_000):
                    warm = rss_mb()
            grown = rss_mb() - warm
            faults, unreadable = at.faults, at.unreadable
    for fault in sorted(set(faults)):
        print(f"fault: {fault}")  # noqa: T201 - the drill's output
    return [
        Line(
            f"S5 {done:,} mutated updates, {unreadable:,} of them set aside unread",
            f"our faults {len(faults)}, good questions answered {good}/{done // every}, {grown:+.1f} MB",
            "1,000,000: 0 faults, all good ones answered, memory flat"
            if not small
            else "0 faults, all answered",
            not faults and good == done // every and (small or (done >= wanted and grown < 10)),
        )
    ]


async def months(small: bool) -> list[Line]:
    """Distinct chats without end: what is remembered of each must go."""
    wanted, chats, warm_up = (1_000, 500, 500) if small else (500_000, 100_000, 60_000)
    questions = (QUESTION, "ai phat bieu", VAIN, "chào bạn", "/help", "cầu dài bao nhiêu")
    began, done, warm = time.monotonic(), 0, 0.0
    with folder_with_database() as path:
        async with bench(path) as at:
            while done < wanted and time.monotonic() - began < MINUTES * 60:
                raws = []
                for number in range(done, done + 100):
                    person = 10**6 + number % chats
                    message = {
                        "message_id": number,
                        "date": 1,
                        "chat": {"id": person, "type": "private", "first_name": "a"},
                        "from": {"id": person, "is_bot": False, "first_name": "a"},
                        "text": questions[number % len(questions)],
                    }
                    raws.append({"update_id": number + 1, "message": message})
                await at.take(raws)
                done += 100
                if done == warm_up:
                    warm = rss_mb()
            # Too few to have filled what is remembered: then there is no slope to tell.
            slope = (rss_mb() - warm) / (done - warm_up) * 100_000 if done > warm_up else float("nan")
            tasks, faults = len(asyncio.all_tasks()), len(at.faults)
    per_s = done / (time.monotonic() - began)
    return [
        Line(
            f"R13 {done:,} updates from {min(chats, done):,} chats at {per_s:.0f}/s",
            f"{slope:+.2f} MB per 100,000 updates, {tasks} tasks at the end, faults {faults}",
            "<= 1 MB per 100,000" if not small else "no faults",
            not faults and (small or (done >= wanted and slope <= 1.0)),
        )
    ]


async def costs(small: bool) -> list[Line]:
    """The worst messages against normal ones, the answer alone, in turns."""
    normal = [
        QUESTION,
        "ai phat bieu",
        VAIN,
        "bao nhieu ho hien dat",
        "cầu dài bao nhiêu mét",
        "khi nao khanh thanh",
    ]
    worst = {
        "4,096 letters": "a" * 4096,
        "one word repeated": "cầu " * 1024,
        "zalgo": ("a" + "\u0301\u0323\u0302" * 9) * 140,
        "no spaces, Telex": "hooijnghijdieenxra" * 200,
        "questions in a row": "ai? ở đâu? khi nào? " * 200,
        "names": "Trần Hữu Phước " * 270,
        "numbers": "1 2 3 4 5 6 7 8 9 " * 220,
        "right-to-left, zero width": "\u202e\u200b\u2066" * 1365,
        "300 characters": ("ai phát biểu tại lễ khánh thành cầu " * 9)[:300],
        "syllables": " ".join(
            f"{c}{v}{e}" for c in "bcdghklmnt" for v in "aeiou" for e in ("n", "ng", "c", "p")
        )[:480],
    }
    with folder_with_database() as path:
        answer = current.load(path).answerer.answer
        rounds = 5 if small else 40

        def cost(text: str) -> float:
            began = time.process_time()
            answer(text)
            return time.process_time() - began

        for text in (*normal, *worst.values()):
            cost(text)
        times: dict[str, list[float]] = {name: [] for name in worst}
        usual: list[float] = []
        for turn in range(rounds):
            # A spelling of its own each time: a cache of whole questions must not flatter either.
            usual += [cost(f"{text} nhé {turn}") for text in normal]
            for name, text in worst.items():
                times[name].append(cost(f"{turn} {text}"[: len(text)]))
    median = statistics.median(usual)
    tops = {name: statistics.median(spent) / median for name, spent in times.items()}
    name = max(tops, key=lambda each: tops[each] / price_of(worst[each]))
    top = tops[name] / price_of(worst[name])
    return [
        Line(
            f"S6 worst of {len(worst)} messages ({name}) against a normal one ({median * 1000:.2f} ms)",
            f"{top:.1f} x for each token it takes from its sender ({max(tops.values()):.1f} x by itself)",
            "<= 5 x",
            top <= 5,
        )
    ]
