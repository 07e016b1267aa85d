"""Write the database of this version as SQL: python -m tests.released. Run once per release, never again.

The dump holds every table with rows in the ones that matter; `tests/test_released.py` opens each dump with
the code of today.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from bot import environment, wiring
from bot.announcement import Stage
from bot.asked import Asked, Kind
from bot.authority import Authority
from bot.content import Content
from bot.content import Kind as Sort
from bot.recipients import Consent, Recipients
from bot.recipients import Kind as Place
from bot.register import Register
from knowledge.database import open_database
from knowledge.model import Fact
from knowledge.seeds import create_database
from knowledge.store import Store
from tests.conftest import ARTICLE

HERE = Path(__file__).resolve().parent
NOW = datetime(2024, 4, 12, tzinfo=UTC)


async def fill(path: Path) -> None:
    async with open_database(path, wiring.SCHEMAS) as database:
        await Store(database).add_fact(Fact(0, ("Gửi xe ở đâu?",), "Cổng sau."), author="tg:1", at=NOW)
        asked = Asked(database, NOW.date)
        await asked.keep("Cầu có đèn không?", Kind.UNANSWERED)
        await Authority(database, (1,), lambda: NOW).add(7, by=1)
        await Recipients(database).add(50, Place.MEMBER, "", NOW, consent=Consent.YES)
        register = Register(database)
        draft = await register.draft(Content(Sort.TEXT, "Họp lúc 8 giờ."), author=1, origin=1, now=NOW)
        await register.move(draft.id, Stage.SCHEDULED, out_of=(Stage.DRAFT,), due=NOW)


def main() -> None:
    project = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        path, article = Path(folder) / "bot.sqlite3", Path(folder) / "cau.txt"
        article.write_text(ARTICLE, encoding="utf-8")
        create_database(path, [article], environment.SEEDS, NOW)
        asyncio.run(fill(path))
        connection = sqlite3.connect(path)
        lines = "\n".join(connection.iterdump())
        connection.close()
    (HERE / f"{project['project']['version']}.sql").write_text(lines + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
