"""How long a command takes from nothing to its first answer, beside the import of Telegram's library alone.

Every process is a fresh one; the store has been started from before.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

from tests.bench import bots
from tests.bench.api import Api
from tests.bench.bots import ROOT
from tests.bench.serving import seeded
from tests.bench.table import Options, Row, ratios

QUESTIONS = ("ai trao bk z ad", "hooij nghij dieenx ra ngayf nafo", "Có bao nhiêu đại biểu dự hội nghị?")
TIMES = 3  # each process is started so often in a round; the quickest counts


def measure(options: Options) -> list[Row]:
    """Let `bot ask` and the import take turns, then `bot run` and the bare echo bot."""
    library = [sys.executable, "-c", "import telegram.ext"]
    asked: list[float] = []
    imported: list[float] = []
    first: list[float] = []
    ready: dict[str, list[float]] = {"ours": [], "PTB echo": []}
    with seeded() as database, Api() as api:
        ask = ["env", f"BOT_DATABASE={database}", sys.executable, "-m", "bot", "ask"]
        for at in range(options.rounds):
            if not at:
                first.append(seconds([*ask, QUESTIONS[0]]))
            pairs = [
                (seconds([*ask, QUESTIONS[(at + n) % len(QUESTIONS)]]), seconds(library))
                for n in range(TIMES)
            ]
            asked.append(min(ours for ours, _ in pairs))
            imported.append(min(theirs for _, theirs in pairs))
            commands = {
                "ours": (f"1{at}:ours", bots.ours(api, database)),
                "PTB echo": (f"2{at}:ptb", bots.echo_ptb(api, f"2{at}:ptb")),
            }
            for name, (token, command) in commands.items():
                began = time.perf_counter()
                with bots.running(api, token, command):
                    ready[name].append(time.perf_counter() - began)
    return [
        Row(
            "`bot ask` as a whole process / import telegram.ext",
            ratios(asked, imported),
            at_most=0.4,
            note=f"{_ms(asked)}, {_ms(imported)}; the first on a new store {_ms(first)}",
        ),
        Row(
            "`bot run` until it polls: ours / PTB echo",
            ratios(ready["ours"], ready["PTB echo"]),
            note=f"{_ms(ready['ours'])}, {_ms(ready['PTB echo'])}",
        ),
    ]


def seconds(command: Sequence[str]) -> float:
    """Return how long *command* takes from nothing to its end."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=clean, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def _ms(values: Sequence[float]) -> str:
    return f"{statistics.median(values) * 1000:,.0f} ms"


MEASURES = {"start": measure}
