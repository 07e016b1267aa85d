"""The bots under load, a process each: ours as an operator starts it, and the bare ones beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.api import Api

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Running:
    """A bot that polls."""

    token: str
    process: subprocess.Popen[bytes]

    def memory_mb(self) -> float:
        """Return what it holds in memory now (resident set)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def cpu_s(self) -> float:
        """Return the CPU seconds that it has used so far."""
        fields = (
            Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
        )
        return (int(fields[11]) + int(fields[12])) * TICK_S


def ours(api: Api, database: Path) -> list[str]:
    return [sys.executable, "-m", "bot", "run", "--db", str(database)]


@contextmanager
def running(api: Api, token: str, command: list[str]) -> Iterator[Running]:
    """Start a bot, wait until it polls, and stop it at the end."""
    settings = {"BOT_TOKEN": token, "BOT_API_URL": api.url, "BOT_LOG_LEVEL": "WARNING"}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    with tempfile.TemporaryFile() as log:  # the bare ones complain at length when they are stopped
        process = subprocess.Popen(command, cwd=ROOT, env={**clean, **settings}, stderr=log)
        try:
            api.until_polled(token)
            yield Running(token, process)
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def side_by_side(api: Api, database: Path, aiogram: Path | None) -> Iterator[dict[str, Running]]:
    """Run ours on *database*, PTB's and aiogram's echo at once; those without work hang in their polls."""
    commands = {"ours": ours(api, database), "PTB echo": echo_ptb(api, "2:ptb")}
    if aiogram is not None:
        commands["aiogram echo"] = [str(aiogram), str(HERE / "echo_aiogram.py"), api.url, "3:aiogram"]
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(running(api, f"{n}:{name.split()[0].lower()}", command))
            for n, (name, command) in enumerate(commands.items(), start=1)
        }


def echo_ptb(api: Api, token: str) -> list[str]:
    return [sys.executable, str(HERE / "echo_ptb.py"), api.url, token]
