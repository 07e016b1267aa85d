"""The real bot on the loopback server: real Application, real SQLite, a small invented article."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import current, environment, wiring
from bot.current import Current
from bot.settings import Settings
from bot.wiring import Edge
from knowledge.database import open_database
from knowledge.seeds import create_database
from tests.botapi import BotApi, Sent

ARTICLE = """\
Khánh thành cầu Sông Lành

(BAT) - Sáng 12/4, UBND huyện Tân Hương tổ chức lễ khánh thành cầu Sông Lành. Cầu dài 120 mét.

Ông Trần Hữu Phước - Chủ tịch UBND huyện phát biểu. Có 45 hộ dân hiến đất làm đường.
"""
COMPANION = """\
title = "Khánh thành cầu Sông Lành"
publisher = "BAT"
date = "12/4"

[[fact]]
key = "ngay"
topic = "Thời gian"
questions = ["Lễ khánh thành cầu diễn ra ngày nào?", "Khi nào khánh thành cầu?"]
answer = "Lễ khánh thành diễn ra sáng 12/4."
quote = "Sáng 12/4, UBND huyện Tân Hương tổ chức lễ khánh thành cầu Sông Lành."

[[fact]]
key = "phat-bieu"
topic = "Con người"
questions = ["Ai phát biểu tại lễ khánh thành?", "Người phát biểu là ai?"]
answer = "Ông Trần Hữu Phước - Chủ tịch UBND huyện phát biểu."
quote = "Ông Trần Hữu Phước - Chủ tịch UBND huyện phát biểu."

[[fact]]
key = "hien-dat"
topic = "Con số"
questions = ["Bao nhiêu hộ dân hiến đất làm đường?"]
answer = "Có 45 hộ dân hiến đất làm đường."
quote = "Có 45 hộ dân hiến đất làm đường."

[[fact]]
key = "kinh-phi"
topic = "Con số"
questions = ["Kinh phí xây cầu là bao nhiêu?"]
answer = "Bài viết không nêu kinh phí xây cầu."
"""
WHEN, SPEAKER, LAND = (
    "Lễ khánh thành cầu diễn ra ngày nào?",
    "Ai phát biểu tại lễ khánh thành?",
    "Bao nhiêu hộ dân hiến đất làm đường?",
)
AT_12_4, PHUOC, HOUSEHOLDS = (
    "Lễ khánh thành diễn ra sáng 12/4.",
    "Ông Trần Hữu Phước - Chủ tịch UBND huyện phát biểu.",
    "Có 45 hộ dân hiến đất làm đường.",
)


class Clock:
    """A monotonic clock that a test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Running:
    """A bot that serves; `stop()` ends it as SIGTERM does and gives back what `serve` raised."""

    def __init__(self, edge: Edge, known: Current, clock: Clock, database: Any) -> None:
        self.edge, self.known, self.clock, self.database = edge, known, clock, database
        self.stopping = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def stop(self) -> None:
        self.stopping.set()
        if self.task is not None:
            await self.task


Serve = Callable[..., AbstractAsyncContextManager[Running]]


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the environment nor a .env of whoever runs the tests may decide them."""
    for name in environment.NAMES:
        monkeypatch.delenv(environment.PREFIX + name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the article above, built once; tests work on copies."""
    folder = tmp_path_factory.mktemp("bridge")
    (folder / "cau-song-lanh.txt").write_text(ARTICLE, encoding="utf-8")
    (folder / "cau-song-lanh.facts.toml").write_text(COMPANION, encoding="utf-8")
    path = folder / "bot.sqlite3"
    create_database(path, [folder], environment.SEEDS, datetime(2024, 4, 12, tzinfo=UTC))
    return path


@pytest.fixture
def database(bridge: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(bridge, tmp_path / "bot.sqlite3"))


@pytest.fixture(scope="session")
def known(bridge: Path) -> current.Known:
    return current.load(bridge)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as server:
        yield server


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def serve(api: BotApi, database: Path, known: current.Known) -> Serve:
    """Return a context manager that runs the bot against *api*; it may be used again: a restart."""

    @asynccontextmanager
    async def serving(now: Callable[[], datetime] = _now, **more: Any) -> AsyncIterator[Running]:
        # A restart within one process would meet the snapshot that the bot before it is still making.
        base = {"token": api.token, "api_url": api.url, "database": database, "backup_hours": 0}
        options: dict[str, Any] = {**base, **more}
        configured = Settings(**options)
        holder, clock = Current(known), Clock()
        async with open_database(database, wiring.SCHEMAS) as opened:
            edge = wiring.build(
                configured, options["token"], holder, opened, clock=clock, now=now, retry_s=0.02
            )
            running = Running(edge, holder, clock, opened)
            running.task = asyncio.create_task(
                wiring.serve(edge, configured, running.stopping, first_pause_s=0.02)
            )
            try:
                yield running
            finally:
                running.stopping.set()
                async with asyncio.timeout(10):
                    await asyncio.gather(running.task, return_exceptions=True)

    return serving


@pytest.fixture
async def bot(serve: Serve, api: BotApi) -> AsyncIterator[Running]:
    async with serve() as running:
        await api.until(lambda: api.polls)
        yield running


# --- the admins' side ----------------------------------------------------------------------------------

ADMIN, MEMBER = 1, 7


@pytest.fixture
async def office(serve: Serve, api: BotApi) -> AsyncIterator[Running]:
    """A bot whose owner is ADMIN."""
    async with serve(admins=(ADMIN,)) as running:
        await api.until(lambda: api.polls)
        yield running


async def pressed(api: BotApi, sent: Sent, label: str, chat: int = ADMIN) -> Sent:
    """Press a button and return the next message to that chat."""
    before = len(api.seen_by(chat))
    api.press(sent, label)
    await api.until(lambda: len(api.seen_by(chat)) > before)
    return api.seen_by(chat)[before]


async def facts_of(running: Running) -> list[tuple[Any, ...]]:
    """Return the rows of all facts, tombstones included."""
    return [tuple(row) for row in await running.database.fetch_all("SELECT * FROM facts ORDER BY id")]
