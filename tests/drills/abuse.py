"""Who means harm by volume and by shape: mutated updates, months of traffic, the worst messages."""

from __future__ import annotations

import asyncio
import copy
import csv
import gc
import json
import logging
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from telegram.request import BaseRequest, RequestData

from bot import current, wiring
from bot.current import Current
from bot.environment import SEEDS
from bot.settings import Settings
from bot.wiring import Edge
from knowledge.database import open_database
from knowledge.normalize import MAX_CHARS
from knowledge.seeds import create_database
from tests.botapi import BotApi
from tests.botapi.world import BOT
from tests.drills.line import Line
from tests.drills.process import ANSWER, QUESTION, VAIN, folder_with_database, side_by_side

MINUTES = 40.0  # for each of the two long runs: what fits is done
EVERY = 100  # mutated updates to one good question
OURS = ("/bot/", "/knowledge/")
GOLDEN = Path(__file__).parents[1] / "golden" / "questions.tsv"


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


def asked_by(person: int, number: int, text: str) -> dict[str, Any]:
    """Return the update *number*: *person* writes *text* in private."""
    who = {"id": person, "first_name": "a"}
    chat, sender = {**who, "type": "private"}, {**who, "is_bot": False}
    message = {"message_id": number, "date": 1, "chat": chat, "from": sender, "text": text}
    return {"update_id": number, "message": message}


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


@dataclass(frozen=True)
class Tally:
    """What became of the mutated updates of one bot."""

    done: int
    asked: int  # good questions in between
    good: int  # of those answered
    unreadable: int
    faults: tuple[str, ...]
    grown_mb: float  # in the second half


def fuzz_one(seed: int, wanted: int) -> Tally:
    """Send *wanted* mutated updates to a bot of this process, every hundredth a good question."""
    return asyncio.run(_fuzz_one(seed, wanted))


async def _fuzz_one(seed: int, wanted: int) -> Tally:
    chance, bases = random.Random(seed), samples()
    good = done = 0
    began, warm = time.monotonic(), float("nan")
    with folder_with_database() as path:
        async with bench(path) as at:
            while done < wanted and time.monotonic() - began < MINUTES * 60:
                raws: list[Any] = []
                for number in range(done, done + EVERY - 1):
                    raw = mutate(chance.choice(bases), chance)
                    raw["update_id"] = number + 1
                    raws.append(raw)
                person = 10**9 + done // EVERY % 1000
                raws.append(asked_by(person, done + EVERY, QUESTION))
                before = at.nobody.answers
                await at.take(raws)
                good += at.nobody.answers > before
                done += EVERY
                if done == wanted // 2 // EVERY * EVERY:  # what is remembered for a while is full by then
                    warm = rss_mb()
            return Tally(done, done // EVERY, good, at.unreadable, tuple(at.faults), rss_mb() - warm)


async def fuzz(small: bool) -> list[Line]:
    """Mutated updates of all kinds, good questions between, through the inbox and handlers of two bots."""
    wanted, bots = (1_000, 1) if small else (1_000_000, 2)
    began = time.monotonic()
    tallies = await side_by_side(fuzz_one, *((seed, wanted // bots) for seed in range(7, 7 + bots)))
    per_s = sum(each.done for each in tallies) / (time.monotonic() - began)
    done, asked, good = (sum(getattr(each, name) for each in tallies) for name in ("done", "asked", "good"))
    faults = [fault for each in tallies for fault in each.faults]
    grown = max(each.grown_mb for each in tallies)
    for fault in sorted(set(faults)):
        print(f"fault: {fault}", file=sys.stderr)  # noqa: T201 - what to mend
    return [
        Line(
            f"S5 {done:,} mutated updates, {sum(each.unreadable for each in tallies):,} set aside unread",
            f"our faults {len(faults)}, good questions answered {good}/{asked}, "
            f"{grown:+.1f} MB in the second half, {per_s:.0f}/s",
            f"{wanted:,}: 0 faults, all good ones answered, < 10 MB",
            not faults and good == asked and (small or (done >= wanted and grown < 10)),
        )
    ]


async def months(small: bool) -> list[Line]:
    """Distinct chats without end: what is remembered of each must go."""
    wanted, chats = (1_000, 400) if small else (500_000, 100_000)
    warm_up = 2 * chats  # by then everybody has come back: what is remembered of chats is full
    questions = (QUESTION, "ai phat bieu", VAIN, "chào bạn", "/help", "cầu dài bao nhiêu")
    began, done, warm = time.monotonic(), 0, 0.0
    with folder_with_database() as path:
        async with bench(path) as at:
            while done < wanted and time.monotonic() - began < MINUTES * 60:
                numbers = range(done, done + 100)
                raws = [asked_by(10**6 + n % chats, n + 1, questions[n % len(questions)]) for n in numbers]
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


def _fill(*words: str) -> Callable[[random.Random], str]:
    """Return what writes *words* in turn until a message is full, its beginning never the same."""

    def write(chance: random.Random) -> str:
        text = f"{chance.randrange(10**6)} "
        while len(text) < MAX_CHARS:
            text += " ".join(words) + " "
        return text[:MAX_CHARS]

    return write


def _draw(make: Callable[[random.Random], str]) -> Callable[[random.Random], str]:
    """Return what fills a message with words that *make* makes up anew."""
    return lambda chance: " ".join(make(chance) for _ in range(MAX_CHARS))[:MAX_CHARS]


def _syllable(chance: random.Random) -> str:
    return chance.choice("bcdghklmnt") + chance.choice("aeiou") + chance.choice(("n", "ng", "c", "p", "nh"))


WORST: dict[str, Callable[[random.Random], str]] = {
    "one letter": lambda chance: f"{chance.random()}" + "a" * (MAX_CHARS - 20),
    "one word": _fill("cầu"),
    "zalgo": lambda chance: f"{chance.random()}"[:20] + ("a" + "\u0301\u0323\u0302" * 9) * (MAX_CHARS // 29),
    "no spaces, Telex": _fill("hooijnghijdieenxra" * 9),
    "Telex": _fill("hooij nghij dieenx ra owr ddaau"),
    "questions": _fill("ai? ở đâu? khi nào?"),
    "questions without marks": _fill("ai ở đâu khi nào mấy bao nhiêu"),
    "clauses": _fill("ai phát biểu, ở đâu và khi nào, còn bao nhiêu hộ,"),
    "turns of a story": _fill("nhưng mà ai thì biết hỏi ai rồi vì để nên"),
    "a story": _fill(
        "chào ad, em là công nhân, hôm trước em có nghe người ta kể là có hội nghị",
        "mà em bận đi làm nên không tới được, em muốn hỏi ai trao bằng khen vậy ạ,",
    ),
    "names": _fill("Trần Hữu Phước ông Hồ Quang Bửu"),
    "numbers": _draw(lambda chance: str(chance.randrange(100))),
    "short forms": _fill("tt cn nn ubnd lđlđ ld ct pct cb bk"),
    "chat": _fill("k bik j z ad oi ns ntn dc hok"),
    "initials": _draw(lambda chance: "".join(chance.choices("bcdghklmnpqrstvx", k=4))),
    "typed as one": _draw(lambda chance: _syllable(chance) + _syllable(chance)),
    "syllables": _draw(_syllable),
    "slips": _draw(lambda chance: "".join(chance.sample(_syllable(chance), 3))),
    "letters of nowhere": _draw(lambda chance: "".join(chance.choices("qwrtzxjf0123456789", k=5))),
    "right-to-left, zero width": lambda chance: f"{chance.random()}"[:20] + "\u202e\u200b\u2066" * 320,
    "one character too many": lambda _: "cầu " * (MAX_CHARS // 4) + "a",
}


async def costs(small: bool) -> list[Line]:
    """The dearest messages against usual questions of the golden table, the answer alone, none heard before.

    Each is asked once in every round, by an answerer that remembers nothing of the rounds before.
    """
    with GOLDEN.open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    chance, rounds = random.Random(2), 3 if small else 9
    told = list(dict.fromkeys(row["question"] for row in rows if row["style"] == "long"))
    asked = list(dict.fromkeys(row["question"] for row in rows if row["style"] != "long"))
    chance.shuffle(asked)
    usual, before = asked[:200], asked[200:500]
    worst = {f"{name} {n}": make(chance) for name, make in WORST.items() for n in range(2)}
    worst |= {f"golden: {text[:30]}…": text for text in told}
    spent: dict[str, list[float]] = {text: [] for text in (*usual, *worst.values())}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.sqlite3"
        await asyncio.to_thread(create_database, path, [SEEDS], SEEDS, datetime.now(UTC))
        for _ in range(rounds):
            answer = current.load(path).answerer.answer
            # An article is read, and what else is worked out once, where it is first looked into.
            for text in (*before, *(make(chance) for make in WORST.values())):
                answer(text)
            gc.collect()
            gc.disable()
            for text in chance.sample([*spent], len(spent)):
                began = time.thread_time()
                answer(text)
                spent[text].append(time.thread_time() - began)
            gc.enable()
    times = {text: statistics.median(each) for text, each in spent.items()}
    median = statistics.median(times[text] for text in usual)
    ranked = sorted(worst, key=lambda name: times[worst[name]], reverse=True)
    dearest = times[worst[ranked[0]]] / median
    for name in ranked[:10]:
        print(f"  {times[worst[name]] / median:.1f} x {name}", file=sys.stderr)  # noqa: T201 - what to mend next
    return [
        Line(
            f"S6 dearest of {len(worst)} messages against a usual question ({median * 1000:.2f} ms)",
            f"{dearest:.1f} x ({ranked[0]})",
            "<= 5 x",
            small or dearest <= 5,
        )
    ]
