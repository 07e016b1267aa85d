"""How an answer, a start, memory and a new fact fare as the collection grows.

Owns an invented collection of offices, three ways of asking each, and questions typed in a hurry: marks left
out, a slip, a word dropped, a polite opening. All of it follows from one seed.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rapidfuzz import fuzz, process

from bot import current
from bot.current import Current, Known
from bot.environment import SEEDS
from bot.teaching import Teaching, found
from knowledge.database import open_database, read_only
from knowledge.held import load_held
from knowledge.index import Index
from knowledge.large import PartOfMany
from knowledge.matcher import rank_facts
from knowledge.model import Fact
from knowledge.schema import KNOWLEDGE
from knowledge.seeds import build
from knowledge.shortlist import Shortlist
from knowledge.store import Store
from knowledge.syllables import fold
from tests.bench.api import Api
from tests.bench.bots import ours, running
from tests.bench.loads import by_chat
from tests.bench.table import Options, Row, ratios
from tests.reading import read

NOW = datetime(2024, 11, 25, tzinfo=UTC)
CHUNK = 20_000
ASKED = 200  # questions for each size
SLICE = 4000  # facts that are indexed at once for the exhaustive ranking
SCANNED = 100_000  # facts of the largest collection that is also scanned
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


def sampled(size: int, count: int) -> list[tuple[str, str]]:
    """Return *count* hurried questions about facts of a collection of *size*, with their answers."""
    chance = random.Random(3)
    chosen = set(chance.sample(range(size), min(size, count)))
    made = [fact for n, fact in enumerate(facts(size)) if n in chosen]
    return [(noisy(chance.choice(fact.questions), chance), fact.answer) for fact in made]


def exhaustive(path: Path, asked: Sequence[str]) -> list[str]:
    """Return the answer of the fact that ranks first for each question when every fact is ranked.

    The facts are indexed a slice at a time, each weighed as in the whole collection.
    """
    documents = load_held(path, 0).documents
    whole = Index(documents, (), current.lexicon())
    look = Shortlist(path)
    with read_only(path) as connection:
        (last,) = connection.execute("SELECT max(id) FROM facts").fetchone()
    total = look.counts({""})[""] + len(whole.sentences)
    best = [(0.0, "")] * len(asked)
    for start in range(1, last + 1, SLICE):
        entries = [whole.entry(fact) for fact in look.facts(range(start, start + SLICE), None)]
        part = PartOfMany(whole, entries, total, look.counts, ())
        for n, question in enumerate(asked):
            for first in rank_facts(read(question, part), part, limit=1):
                if first.score > best[n][0]:
                    best[n] = first.score, first.entry.fact.answer
    return [answer for _, answer in best]


def _answered(known: Known, asked: Sequence[tuple[str, str]]) -> tuple[list[float], int]:
    """Return the seconds of each answer, and how many had the right words."""
    seconds, right = [], 0
    for question, answer in asked:
        began = time.perf_counter()
        said = known.answerer.answer(question)
        seconds.append(time.perf_counter() - began)
        right += any(part.text == answer for part in said.parts)
    return seconds, right


def _scanned(size: int, asked: Sequence[tuple[str, str]]) -> tuple[list[float], int]:
    """Do the same by comparing each question with every way of asking."""
    made = list(facts(size))
    choices = [question for fact in made for question in fact.questions]
    seconds, right = [], 0
    for question, answer in asked:
        began = time.perf_counter()
        best = process.extractOne(question, choices, scorer=fuzz.token_set_ratio)
        seconds.append(time.perf_counter() - began)
        right += made[best[2] // 3].answer == answer
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
            assert found(teaching.current.known, fact.questions[0]) == {saved.id}
            seconds.append(time.perf_counter() - began)
            await teaching.change(lambda store, at, id_=saved.id: store.delete_fact(id_, author="b", at=at))
    return seconds


def _sizes(options: Options) -> tuple[int, ...]:
    if options.quick:
        return (1000, 10_000)
    return (1000, 10_000, 100_000, 1_000_000) if options.stores else (1000, 10_000, 100_000)


def growth(options: Options) -> list[Row]:
    """Grow the collection and measure each size."""
    rows: list[Row] = []
    first = 0.0
    for size in _sizes(options):
        with stored(options, size) as path:
            known = current.load(path)
            current.settle_memory()
            asked = sampled(size, ASKED)
            known.answerer.answer("xin chào")
            seconds, right = _answered(known, asked)
            middle = statistics.median(seconds)
            first = first or middle
            share = right / len(asked)
            last = sorted(seconds)[int(0.99 * len(seconds))]
            rows.append(
                Row(
                    f"{size:,} facts: p50 / that at 1,000",
                    [middle / first],
                    at_most=4,
                    note=f"p50 {middle * 1e3:.2f} ms, p99 {last * 1e3:.1f} ms; right {share:.2f}",
                )
            )
            if size <= SCANNED:
                scan, hits = _scanned(size, asked[: ASKED // 2])
                again, ours = _answered(current.load(path), asked[: ASKED // 2])
                rows.append(
                    Row(
                        f"{size:,} facts: extractOne / p50",
                        [statistics.median(scan) / statistics.median(again)],
                        at_least=1000 if size == SCANNED else None,
                        note=f"{statistics.median(scan) * 1e3:.1f} ms; right {hits / len(scan):.2f},"
                        f" ours {ours / len(again):.2f} of {len(scan)}",
                    )
                )
            rows.append(
                Row(
                    f"{size:,} facts: a fact taught answers after",
                    [value * 1e3 for value in asyncio.run(_teach(path, known, options.rounds))],
                    "ms",
                    at_most=50 if size == SCANNED else None,
                )
            )
    return rows


def ranking(options: Options) -> list[Row]:
    """Compare the answers with those of the exhaustive ranking, in the largest collection scanned."""
    size = max(n for n in _sizes(options) if n <= SCANNED)
    asked = sampled(size, ASKED)
    with stored(options, size) as path:
        _, right = _answered(current.load(path), asked)
        best = exhaustive(path, [question for question, _ in asked])
    hits = sum(said == answer for said, (_, answer) in zip(best, asked, strict=True))
    return [
        Row(
            f"{size:,} facts: top-1 of the exhaustive ranking - ours",
            [(hits - right) / len(asked)],
            "",
            at_most=0.01,
            note=f"{hits / len(asked):.3f}, {right / len(asked):.3f} of {len(asked)}",
        )
    ]


def starts(options: Options) -> list[Row]:
    """Start the bot on the seed store and on each large one, in turns, until it polls."""
    sizes = (0, *(size for size in _sizes(options) if size > 4000))
    seconds: dict[int, list[float]] = {size: [] for size in sizes}
    held = 0.0
    with Api() as api, ExitStack() as stack:
        paths = {size: stack.enter_context(stored(options, size)) for size in sizes}
        for path in paths.values():
            current.load(path)  # the first start keeps what it works out for the next
        for n in range(options.rounds):
            for size, path in paths.items():
                token = f"{n + 1}:{size}"
                began = time.perf_counter()
                with running(api, token, ours(api, path)) as bot:
                    seconds[size].append(time.perf_counter() - began)
                    if n == 0 and size == max(sizes):
                        questions = [question for question, _ in sampled(size, ASKED)]
                        api.run(token, by_chat(questions, 20))
                        held = bot.memory_mb()
    rows = [
        Row(
            f"{size:,} facts: start of bot run / that of the seed store",
            ratios(seconds[size], seconds[0]),
            at_most=3 if size > SCANNED else 1.5,
            note=f"{statistics.median(seconds[size]):.2f} s, {statistics.median(seconds[0]):.2f} s",
        )
        for size in sizes[1:]
    ]
    size = max(sizes)
    limit = 1 if size >= SCANNED else None
    note = f"{held:.0f} MB after {ASKED} questions"
    return [
        *rows,
        Row(
            f"{size:,} facts: memory of bot run a fact", [held * 1024 / size], "kB", at_most=limit, note=note
        ),
    ]


@contextmanager
def stored(options: Options, size: int) -> Iterator[Path]:
    """Build a store of the seed article and *size* facts; in `options.stores` it is kept for the next run."""
    with tempfile.TemporaryDirectory() as folder:
        path = (options.stores or Path(folder)) / f"{size}.sqlite3"
        if not path.exists():
            partial = path.with_suffix(".partial")
            partial.unlink(missing_ok=True)
            asyncio.run(fill(partial, size))
            partial.rename(path)
        yield path


MEASURES = {"store": growth, "ranking": ranking, "starts": starts}
