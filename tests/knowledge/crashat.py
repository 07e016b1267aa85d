"""Kill a process at its n-th step, for n = 1, 2, …, until it comes through: no bad moment may exist.

A step is an SQL statement about to run or a file about to be opened, renamed or removed. Each try is a
forked child that works on a fresh copy of the same database; `python -m tests.knowledge.crashat` runs all
and prints one line per kind of work: how many moments there were, and how many ended as before and as after.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from knowledge import interchange
from knowledge.backup import backup, restore
from knowledge.database import Migration, Schema, open_database
from knowledge.held import load
from knowledge.lexicon import Lexicon
from knowledge.model import Fact
from knowledge.schema import KNOWLEDGE
from knowledge.seeds import build, create_database, ensure_database
from knowledge.store import Store
from knowledge.verify import verify
from tests.conftest import ARTICLE, SEEDS
from tests.orphans import end_with_parent

NOW = datetime(2024, 4, 12, tzinfo=UTC)
COMPANION = '[[fact]]\nkey = "dai"\nquestions = ["Dài?"]\nanswer = "120 mét."\nquote = "120 mét"\n'
REPEAT_EVERY = 5  # steps; repeating the work doubles the time of a try
FILE_STEPS = {"open", "os.rename", "os.remove", "os.link", "shutil.copyfile"}


def count_down(steps: int) -> Callable[[], None]:
    """Let this process die at its *steps*-th step; return what counts a step of another kind."""
    left = steps
    connect = sqlite3.connect

    def step(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.set_trace_callback(step)
        return connection

    sqlite3.connect = traced  # type: ignore[assignment]
    sys.addaudithook(lambda event, _: step() if event in FILE_STEPS else None)
    return step


def crash_everywhere(
    folder: Path, work: Callable[[Path], object], state: Callable[[Path], object], base: Path | None
) -> tuple[int, Counter[str]]:
    """Kill *work* on a copy of *base* at every step; demand that *state* is the old or the new one."""
    whole = folder / "whole" / "bot.sqlite3"
    prepare(whole, base)
    before = state(whole)
    work(whole)
    after = state(whole)
    assert before != after
    outcomes: Counter[str] = Counter()
    for steps in range(1, 10_000):
        path = folder / str(steps) / "bot.sqlite3"
        prepare(path, base)
        child = os.fork()
        if child == 0:
            end_with_parent()
            count_down(steps)
            try:
                work(path)
            except BaseException:
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        found = state(path)
        assert found in (before, after), f"step {steps}: neither old nor new"
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0, f"step {steps}: the work failed"
            assert found == after
            return steps - 1, outcomes
        outcomes["before" if found == before else "after"] += 1
        if steps % REPEAT_EVERY == 0:
            work(path)  # after the crash it can be done again
            assert state(path) == after, f"step {steps}: cannot be repeated"
            assert verify(path) == []
        shutil.rmtree(path.parent)
    raise AssertionError("does not come to an end")


def prepare(path: Path, base: Path | None) -> None:
    path.parent.mkdir()
    for ending in ("", "-wal"):
        if base is not None and (part := base.with_name(base.name + ending)).exists():
            shutil.copy(part, path.with_name(path.name + ending))


def contents(path: Path) -> object:
    """What is stored, without the times and numbers of a repeated try; None when there is no database."""
    if not path.exists():
        return None
    assert verify(path) == []
    documents, facts = load(path)
    return documents, [(fact.key, fact.questions, fact.answer, fact.author) for fact in facts]


def main() -> None:
    end_with_parent()
    lexicon = Lexicon.load(SEEDS / "lexicon")
    memory = Path("/dev/shm")  # a kill does not need a disk, and a disk's sync takes most of the time
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        articles, edited = folder / "articles", folder / "edited"
        for place, length in ((articles, "120"), (edited, "130")):
            place.mkdir()
            (place / "cau.txt").write_text(ARTICLE.replace("120", length), encoding="utf-8")
            (place / "cau.facts.toml").write_text(COMPANION.replace("120", length), encoding="utf-8")
        base, other = folder / "base.sqlite3", folder / "other.sqlite3"
        create_database(base, [articles], SEEDS, NOW)
        create_database(other, [edited], SEEDS, NOW)
        snapshot = backup(other, folder, at=NOW)
        file = interchange.read(
            "a.jsonl",
            b'{"questions": ["A?"], "answer": "a"}\n{"questions": ["D\xc3\xa0i?"], "answer": "b"}\n',
        )
        grown = Schema("words", (Migration("1", ("CREATE TABLE a (x)", "CREATE TABLE b (x)")),))

        def rebuild(path: Path) -> None:
            async def run() -> None:
                async with open_database(path, [KNOWLEDGE]) as database:
                    await build(database, [edited], lexicon, at=NOW)

            asyncio.run(run())

        def take(path: Path) -> None:
            async def run() -> None:
                async with open_database(path, [KNOWLEDGE]) as database:
                    await Store(database).import_facts(file, author="import", at=NOW)

            asyncio.run(run())

        def grow(path: Path) -> None:
            async def run() -> None:
                async with open_database(path, [KNOWLEDGE, grown]):
                    pass

            asyncio.run(run())

        def tables(path: Path) -> object:
            connection = sqlite3.connect(path)
            names = connection.execute("SELECT name FROM sqlite_master WHERE name IN ('a', 'b')").fetchall()
            records = connection.execute("SELECT number FROM migrations WHERE schema = 'words'").fetchall()
            connection.close()
            return names, records

        kinds: dict[str, tuple[Callable[[Path], object], Callable[[Path], object], Path | None]] = {
            "create": (
                lambda path: ensure_database(path, articles_with_lexicon(folder), NOW),
                contents,
                None,
            ),
            "build": (rebuild, contents, base),
            "import": (take, contents, base),
            "migrate": (grow, tables, base),
            "restore": (lambda path: restore(snapshot, path), contents, killed(base)),
        }
        for kind, (work, state, start) in kinds.items():
            (folder / kind).mkdir()
            steps, outcomes = crash_everywhere(folder / kind, work, state, start)
            print(f"{kind} {steps} {outcomes['before']} {outcomes['after']}", flush=True)  # noqa: T201


def killed(base: Path) -> Path:
    """A copy of *base* as a killed process leaves it: the last change only in the journal."""
    copy = base.with_name("killed.sqlite3")
    shutil.copy(base, copy)

    async def change() -> None:
        async with open_database(copy, [KNOWLEDGE]) as database:
            await Store(database).add_fact(Fact(0, ("Ai?",), "Ông Phước"), author="7", at=NOW)
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        asyncio.run(change())
    os.waitpid(child, 0)
    return copy


def articles_with_lexicon(folder: Path) -> Path:
    """A small folder of seeds: building all of ours at every step would take minutes."""
    seeds = folder / "seeds"
    if not seeds.exists():
        shutil.copytree(folder / "articles", seeds)
        shutil.copytree(SEEDS / "lexicon", seeds / "lexicon")
    return seeds


if __name__ == "__main__":
    main()
