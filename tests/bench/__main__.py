"""Print one table: every goal of speed and memory, what was reached, and what it was measured against.

Ends with exit code 1 when a goal is missed. `--only` names groups of rows, `--list` lists them.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import answering, serving, start, store, teaching
from tests.bench.table import Measure, Options, Row, markdown

AIOGRAM = Path(".venv-bench/bin/python")
MEASURES: dict[str, Measure] = {
    **serving.MEASURES,
    **answering.MEASURES,
    **store.MEASURES,
    **start.MEASURES,
    **teaching.MEASURES,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES), metavar="GROUP")
    parser.add_argument("--list", action="store_true", help="list the groups of rows")
    parser.add_argument("--rounds", type=int, default=0, help="5, or 1 of quick sizes")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, one round: does it run?")
    parser.add_argument("--stores", type=Path, metavar="FOLDER", help="keep stores there; adds 1M facts")
    chosen = parser.parse_args()
    if chosen.list:
        print(*MEASURES, sep="\n")
        return 0
    rounds = chosen.rounds or (1 if chosen.quick else 5)
    options = Options(rounds, chosen.quick, AIOGRAM if AIOGRAM.exists() else None, chosen.stores)
    rows: list[Row] = []
    for name in chosen.only:
        began = time.monotonic()
        print(f"{name} …", end="", file=sys.stderr, flush=True)
        rows += MEASURES[name](options)
        print(f" {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f},"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, rounds: {rounds}"
        f"{', quick sizes' if chosen.quick else ''}\n"
    )
    print(markdown(rows))
    return 0 if all(row.is_met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
