"""Promises that the test suite holds by itself: its figures as lines of the same table."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from tests.drills.line import Line

ROOT = Path(__file__).parents[2]
MOST_PACKAGES = 17
TESTS = {
    "R4 opened by this version: databases of every released one": ("tests/test_released.py",),
    "R6 each fault of the network, unreadable updates, a bot that hangs": (
        "tests/bot/test_polling.py",
        "tests/bot/test_inbox.py",
        "tests/bot/test_pulse.py",
    ),
    "R11 snapshots by the clock, each restored on trial, an old one told": (
        "tests/bot/test_backups.py",
        "tests/bot/test_restored.py",
        "tests/knowledge/test_backup.py",
    ),
    "S1 forged commands in every form, S2 buttons of others": ("tests/bot/test_admin_authority.py",),
    "S2 buttons never offered, links": (
        "tests/bot/test_questions.py",
        "tests/bot/test_admin_learning.py",
        "tests/bot/test_guide.py",
    ),
    "S7 neither tokens nor people nor words in the log": ("tests/bot/test_logs.py",),
    "P5 in groups only when addressed": ("tests/bot/test_questions.py", "tests/bot/test_limits.py"),
}


async def suite(small: bool) -> list[Line]:
    """Run the tests of each promise; those of the suite's size are run by the suite itself."""
    return [] if small else [await _tests(promise, files) for promise, files in TESTS.items()]


async def _tests(promise: str, files: tuple[str, ...]) -> Line:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    said = out.decode().strip().splitlines()[-1:] or ["nothing"]
    return Line(promise, re.sub(r" in .*", "", said[0]), "all tests pass", process.returncode == 0)


async def packages(small: bool) -> list[Line]:
    """What an installation brings along, and that each file of it is held to its hash."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z])", lock)
    bare = [entry for entry in entries if "==" in entry and "--hash=sha256:" not in entry]
    windows = [entry for entry in entries if re.search(r"==\S+ ; .*sys_platform == 'win32'", entry)]
    count = sum("==" in entry for entry in entries) - len(windows)
    checked = "--require-hashes" in (ROOT / ".ci" / "setup.sh").read_text(encoding="utf-8")
    return [
        Line(
            "S10 packages that a running bot brings along",
            f"{count}, {len(bare)} without a hash, installed {'by hash' if checked else 'UNCHECKED'}",
            f"<= {MOST_PACKAGES}, 0, by hash",
            count <= MOST_PACKAGES and not bare and checked,
        )
    ]
