"""A bot of its own process against the loopback server: started in a fraction of a second, killed at will."""

# ruff: noqa: ASYNC110 - a process can only be watched
from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from bot import environment
from bot.inbox import CONCURRENCY
from knowledge.seeds import create_database
from tests.botapi import BotApi
from tests.conftest import ARTICLE
from tests.orphans import end_with_parent

PROCESSES = multiprocessing.get_context("forkserver")  # imports once: a restart takes 0.3 s instead of 1.5
PROCESSES.set_forkserver_preload(["bot.wiring", "tests.conftest"])
T = TypeVar("T")
QUESTION, ANSWER = "ai phát biểu tại lễ khánh thành?", "Ông Trần Hữu Phước"
VAIN = "cầu có đèn chiếu sáng không"
SECRET = "s" * 43
COMPANION = """\
title = "Khánh thành cầu Sông Lành"
[[fact]]
key = "phat-bieu"
questions = ["Ai phát biểu tại lễ khánh thành?"]
answer = "Ông Trần Hữu Phước - Chủ tịch UBND huyện phát biểu."
quote = "Ông Trần Hữu Phước - Chủ tịch UBND huyện phát biểu."
"""


@contextmanager
def folder_with_database() -> Iterator[Path]:
    """Yield a fresh database of a small invented article; in memory, as a kill needs no disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        articles = folder / "articles"
        articles.mkdir()
        (articles / "cau.txt").write_text(ARTICLE, encoding="utf-8")
        (articles / "cau.facts.toml").write_text(COMPANION, encoding="utf-8")
        path = folder / "data" / "bot.sqlite3"
        path.parent.mkdir()
        # It runs a loop of its own, and we may be in one.
        work = (create_database, path, [articles], environment.SEEDS, datetime(2024, 4, 12, tzinfo=UTC))
        with ThreadPoolExecutor(1) as thread:
            thread.submit(*work).result()
        shutil.rmtree(articles)
        yield path


def _serve(path: str, settings: dict[str, str], log: str) -> None:
    end_with_parent()
    os.environ.update(settings)
    with Path(log).open("a", encoding="utf-8") as out:
        os.dup2(out.fileno(), 2)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", buffering=1)
        from bot.__main__ import main

        sys.exit(main(["run", "--db", path]))


class Bot:
    """One running bot."""

    def __init__(self, path: Path, api: BotApi, **settings: str) -> None:
        self.log = path.parent / "log.txt"
        more = {
            "BOT_TOKEN": api.token,
            "BOT_API_URL": api.url,
            "BOT_ADMINS": "1",
            "BOT_BACKUP_HOURS": "0",
            **settings,
        }
        self.process: Any = PROCESSES.Process(
            target=_serve, args=(str(path), more, str(self.log)), daemon=True
        )
        self.process.start()

    def signal(self, number: int) -> None:
        if self.process.is_alive():
            os.kill(self.process.pid, number)

    async def ended(self) -> int:
        while self.process.is_alive():
            await asyncio.sleep(0.002)
        self.process.join()
        return int(self.process.exitcode)

    async def kill(self) -> None:
        self.signal(signal.SIGKILL)
        await self.ended()


async def side_by_side(work: Callable[..., T], *inputs: tuple[Any, ...]) -> list[T]:
    """Return what *work* returns for each of *inputs*, each in a process of its own; raise what it raises."""
    started = []
    for given in inputs:
        ours, theirs = PROCESSES.Pipe(duplex=False)
        process = PROCESSES.Process(target=_work, args=(work, given, theirs), daemon=True)
        process.start()
        theirs.close()
        started.append((process, ours))
    results: list[T] = []
    try:
        for process, ours in started:
            while not ours.poll():
                await asyncio.sleep(0.1)
            try:
                result = ours.recv()
            except EOFError:
                raise RuntimeError(f"a process of {work.__name__} ended with {process.exitcode}") from None
            if isinstance(result, Exception):
                raise result
            results.append(result)
    finally:
        for process, ours in started:
            process.kill()
            process.join()
            ours.close()
    return results


def _work(work: Callable[..., Any], given: tuple[Any, ...], pipe: Any) -> None:
    end_with_parent()
    try:
        pipe.send(work(*given))
    except Exception as error:
        pipe.send(RuntimeError(f"{type(error).__name__}: {error}"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def by_webhook(port: int) -> dict[str, str]:
    return {
        "BOT_WEBHOOK_URL": "https://bot.example.org/cua",
        "BOT_WEBHOOK_SECRET": SECRET,
        "BOT_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
    }


async def deliver(api: BotApi, port: int) -> None:
    """Do as Telegram does with a webhook: post each update until it gets a 200, some side by side."""
    posting: set[int] = set()
    slots = asyncio.Semaphore(CONCURRENCY)

    async def post(session: aiohttp.ClientSession, update_id: int) -> None:
        async with slots:
            try:
                async with session.post(
                    f"http://127.0.0.1:{port}/cua",
                    json=api.updates[update_id],
                    headers={"X-Telegram-Bot-Api-Secret-Token": SECRET},
                    timeout=aiohttp.ClientTimeout(total=10),
                ) as response:
                    if response.status == 200:
                        api.updates.pop(update_id, None)
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(0.1)
            finally:
                posting.discard(update_id)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
        tasks: set[asyncio.Task[None]] = set()
        try:
            while True:
                for update_id in [i for i in api.updates if i not in posting]:
                    posting.add(update_id)
                    task = asyncio.create_task(post(session, update_id))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
                await asyncio.sleep(0.02)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
