"""Every released database opens with the code of today, whole, and answers as before."""

# ruff: noqa: ASYNC240 - a small file

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot import current, wiring
from bot.announcement import Stage
from bot.register import Register
from knowledge.database import APPLICATION_ID, open_database
from knowledge.held import load
from knowledge.verify import verify

RELEASED = sorted((Path(__file__).resolve().parent / "released").glob("*.sql"))


@pytest.mark.parametrize("dump", RELEASED, ids=lambda path: path.stem)
async def test_it_is_brought_up_to_date_and_keeps_everything(dump: Path, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(dump.read_text(encoding="utf-8"))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    async with open_database(path, wiring.SCHEMAS) as database:
        assert [each.stage for each in await Register(database).at(*Stage)] == [Stage.SCHEDULED]
        for table in ("asked", "admins", "recipients"):
            assert (await database.fetch_one(f"SELECT count(*) FROM {table}"))[0] == 1
    assert verify(path) == []
    documents, facts = load(path)
    assert len(documents) == 1
    assert [fact.answer for fact in facts] == ["Cổng sau."]
    assert current.load(path).answerer.answer("gửi xe ở đâu").parts[0].text.startswith("Cổng sau.")


def test_there_is_one_to_try() -> None:
    assert RELEASED
