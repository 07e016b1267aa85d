"""How an answer, a start and a new fact fare as the collection grows.

Owns an invented collection of offices, three ways of asking each, and questions typed in a hurry: marks left
out, a slip, a word dropped, a polite opening. All of it follows from one seed.
"""

from __future__ import annotations

import asyncio
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from rapidfuzz import fuzz, process

from bot import current
from bot.current import Current, Known
from bot.environment import SEEDS
from bot.teaching import Teaching, found
from knowledge.database import open_database
from knowledge.model import Fact
from knowledge.schema import KNOWLEDGE
from knowledge.seeds import build
from knowledge.store import Store
from knowledge.syllables import fold
from tests.bench.table import Options, Row

NOW = datetime(2024, 11, 25, tzinfo=UTC)
CHUNK = 2000
_SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô")
_GIVEN = (
    "An",
    "Bình",
    "Chi",
    "Dũng",
    "Giang",
    "Hà",
    "Hải",
    "Hạnh",
    "Hòa",
    "Hùng",
    "Khánh",
    "Lan",
    "Liên",
    "Long",
    "Mai",
    "Minh",
    "Nam",
    "Nga",
    "Phúc",
    "Quang",
)
_PLACES = (
    "Bến",
    "Cầu",
    "Đông",
    "Tây",
    "Nam",
    "Bắc",
    "Hòa",
    "Phú",
    "Tân",
    "An",
    "Long",
    "Bình",
    "Thạnh",
    "Mỹ",
    "Vĩnh",
    "Lộc",
    "Điện",
    "Duy",
    "Tam",
    "Thăng",
)
_THINGS = (
    ("hạn nộp hồ sơ trợ cấp", "Hạn nộp là ngày {n}."),
    ("lịch khám sức khỏe định kỳ", "Lịch khám bắt đầu ngày {n}."),
    ("mức hỗ trợ mua bảo hiểm", "Mức hỗ trợ là {n} nghìn đồng."),
    ("số điện thoại phòng công đoàn", "Số máy lẻ là {n}."),
    ("giờ mở cửa nhà văn hóa", "Nhà văn hóa mở cửa lúc {n} giờ."),
    ("quà tết cho đoàn viên", "Mỗi người nhận {n} phần quà."),
)


def facts(count: int, seed: int = 7) -> Iterator[Fact]:
    """Yield *count* invented facts, three ways of asking each."""
    chance = random.Random(seed)
    for n in range(count):
        thing, answer = chance.choice(_THINGS)
        person = f"{chance.choice(_SURNAMES)} {chance.choice(_GIVEN)} {chance.choice(_GIVEN)}"
        place = " ".join(chance.sample(_PLACES, 3))
        yield Fact(
            0,
            (
                f"{thing.capitalize()} ở xí nghiệp {place} của ông {person} là gì?",
                f"Xí nghiệp {place} ông {person} có {thing} thế nào?",
                f"Cho biết {thing} của {person}, xí nghiệp {place}?",
            ),
            f"{answer.format(n=n)} (xí nghiệp {place})",
        )


def noisy(question: str, chance: random.Random) -> str:
    """Type *question* in a hurry."""
    words = question.rstrip("?").lower().split()
    if chance.random() < 0.5:
        words = [fold(word) for word in words]
    if chance.random() < 0.4:
        del words[chance.randrange(len(words))]
    if chance.random() < 0.4:
        at = chance.randrange(len(words))
        if len(words[at]) > 3:
            words[at] = words[at][:1] + words[at][2:]
    opening = chance.choice(["", "", "cho mình hỏi ", "ad ơi "])
    return opening + " ".join(words)


async def fill(path: Path, count: int) -> None:
    """Build a store of the seed article and *count* facts."""
    async with open_database(path, [KNOWLEDGE]) as database:
        await build(database, [SEEDS], current.lexicon(), at=NOW)
        ledger = Store(database)._ledger
        rest = facts(count)
        from knowledge.ledger import Deed

        while some := [fact for _, fact in zip(range(CHUNK), rest, strict=False)]:
            async with database.transaction():
                await ledger.add(some, Deed("bench", NOW, "add"))


def _asked(known: Known, asked: list[tuple[str, str]]) -> tuple[list[float], int]:
    """Return the seconds of each answer, and how many had the right words."""
    seconds, right = [], 0
    for question, answer in asked:
        began = time.perf_counter()
        said = known.answerer.answer(question)
        seconds.append(time.perf_counter() - began)
        right += any(part.text == answer for part in said.parts)
    return seconds, right


async def _teach(path: Path, known: Known, rounds: int) -> list[float]:
    async with open_database(path, [KNOWLEDGE]) as database:
        teaching = Teaching(Store(database), Current(known), path, lambda: NOW)
        seconds = []
        for n in range(rounds):
            fact = Fact(0, (f"Bãi xe số {n} của hội nghị ở đâu?",), f"Ở cổng {n}.")
            began = time.perf_counter()
            saved = await teaching.change(
                lambda store, at, fact=fact: store.add_fact(fact, author="b", at=at)
            )
            seconds.append(time.perf_counter() - began)
            assert found(teaching.current.known, fact.questions[0]) == {saved.id}
    return seconds


def measure(options: Options) -> list[Row]:
    """Grow the collection and measure each size."""
    rows: list[Row] = []
    first: dict[str, float] = {}
    sizes = (0, 1000, 10_000) if options.quick else (0, 1000, 10_000, 100_000)
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bench.sqlite3"
            asyncio.run(fill(path, size))
            began = time.perf_counter()
            known = current.load(path)
            start = time.perf_counter() - began
            chance = random.Random(3)
            made = list(facts(size))
            asked = [
                (noisy(chance.choice(fact.questions), chance), fact.answer)
                for fact in (chance.sample(made, min(size, 100)) if made else [])
            ]
            first.setdefault("start", start)
            rows.append(Row(f"{size:,} facts: load / seed store", [start / first["start"]], at_most=1.5))
            if not asked:
                continue
            seconds, right = _asked(known, asked)
            middle = statistics.median(seconds)
            first.setdefault("p50", middle)
            rows.append(
                Row(
                    f"{size:,} facts: p50 / that at 1,000",
                    [middle / first["p50"]],
                    at_most=4,
                    note=f"{middle * 1e3:.2f} ms, right {right} of {len(asked)}",
                )
            )
            choices = [question for fact in made for question in fact.questions]
            scan, hits = [], 0
            for question, answer in asked[:: 1 if size < 50_000 else 5]:
                began = time.perf_counter()
                best = process.extractOne(question, choices, scorer=fuzz.token_set_ratio)
                scan.append(time.perf_counter() - began)
                hits += made[best[2] // 3].answer == answer
            rows.append(
                Row(
                    f"{size:,} facts: extractOne / p50",
                    [statistics.median(scan) / middle],
                    at_least=1000 if size == 100_000 else None,
                    note=f"{statistics.median(scan) * 1e3:.1f} ms, right {hits} of {len(scan)}",
                )
            )
            if size:
                taught = asyncio.run(_teach(path, known, options.rounds))
                rows.append(
                    Row(
                        f"{size:,} facts: a fact taught answers after",
                        [value * 1e3 for value in taught],
                        "ms",
                        at_most=50 if size == 100_000 else None,
                    )
                )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows.append(Row("peak memory, the collection as Python objects included", [peak], "MB"))
    return rows


MEASURES = {"store": measure}
