"""How long an admin waits for "which answers would change" and for the changed answer.

Facts are the seed's, their words shuffled within each question, so that they are many and alike: the worst
that a real collection could be. Times are wall clock on this machine.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bot import current
from bot.current import Current
from bot.environment import SEEDS
from bot.teaching import Teaching
from knowledge.database import open_database
from knowledge.model import Fact
from knowledge.schema import KNOWLEDGE
from knowledge.seeds import build
from knowledge.store import Store
from tests.bench.table import Options, Row

NOW = datetime(2024, 11, 25, tzinfo=UTC)
DRAFT = Fact(0, ("Gửi xe ở đâu?", "Bãi đỗ xe của hội nghị ở chỗ nào?"), "Bãi xe ở cổng sau.")


async def measure(facts: int, rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each step, by name."""
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.sqlite3"
        async with open_database(path, [KNOWLEDGE]) as database:
            await build(database, [SEEDS], current.lexicon(), at=NOW)
            store = Store(database)
            asked = [question for fact in await store.facts() for question in fact.questions]
            async with database.transaction():
                for n in range(facts - len(await store.facts())):
                    questions = tuple(
                        " ".join(chance.sample(q.split(), len(q.split()))) for q in chance.sample(asked, 3)
                    )
                    await store.add_fact(Fact(0, questions, f"Câu trả lời số {n}."), author="bench", at=NOW)
            began = time.perf_counter()
            holder = Current(current.load(path))
            current.settle_memory()
            steps: dict[str, list[float]] = {"load all": [time.perf_counter() - began]}
            teaching = Teaching(store, holder, path, lambda: NOW)
            for n in range(rounds):
                began = time.perf_counter()
                effects = await teaching.try_out(DRAFT, chance.sample(asked, 60))
                steps.setdefault("try out", []).append(time.perf_counter() - began)
                steps.setdefault("questions replayed", []).append(effects.tried)
                fact = Fact(0, (f"{DRAFT.questions[0]} {n}",), DRAFT.answer)
                began = time.perf_counter()
                await teaching.change(lambda store, at, fact=fact: store.add_fact(fact, author="b", at=at))
                steps.setdefault("commit until answered", []).append(time.perf_counter() - began)
    return steps


def rows(options: Options) -> list[Row]:
    facts = options.size(2000, 200)
    steps = asyncio.run(measure(facts, options.rounds))
    tried = round(steps.pop("questions replayed")[0])
    notes = {"try out": f"{tried} questions replayed"}
    return [
        Row(f"{facts:,} facts: {step}", seconds, "s", note=notes.get(step, ""))
        for step, seconds in steps.items()
    ]


MEASURES = {"teaching": rows}
