"""One answer in process, beside one look through all ways of asking by likeness alone.

Every question is new to the answerer: what was asked before is remembered and costs nothing.
"""

from __future__ import annotations

import statistics
import time

from rapidfuzz import fuzz, process

from bot import current
from tests.bench import loads
from tests.bench.serving import seeded
from tests.bench.table import Options, Row, ratios


def measure(options: Options) -> list[Row]:
    """Ask both in turns, question by question."""
    count = options.size(1500, 400)
    middle: dict[str, list[float]] = {"ours": [], "extractOne": []}
    slowest: dict[str, list[float]] = {"ours": [], "extractOne": []}
    with seeded() as database:
        for at in range(options.rounds):
            known = current.load(database)
            ways = [fact.questions for fact in known.facts]
            choices = [way for each in ways for way in each]
            for words in loads.questions(ways, 100, seed=5000):  # to warm up
                known.answerer.answer(words)
            spent: dict[str, list[float]] = {"ours": [], "extractOne": []}
            for words in dict.fromkeys(loads.questions(ways, count, seed=5001 + at)):
                began = time.perf_counter()
                known.answerer.answer(words)
                between = time.perf_counter()
                process.extractOne(words, choices, scorer=fuzz.token_set_ratio)
                spent["ours"].append(1000 * (between - began))
                spent["extractOne"].append(1000 * (time.perf_counter() - between))
            for name, each in spent.items():
                middle[name].append(statistics.median(each))
                slowest[name].append(statistics.quantiles(each, n=100)[98])
    return [
        Row(
            f"one new answer in process, {name}: ours / extractOne",
            ratios(found["ours"], found["extractOne"]),
            at_most=limit,
            note=", ".join(f"{statistics.median(each):.2f} ms" for each in found.values()),
        )
        for name, found, limit in (("p50", middle, 3.0), ("p99", slowest, 5.0))
    ]


MEASURES = {"answer": measure}
