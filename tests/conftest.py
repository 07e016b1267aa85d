"""What tests of both packages share: the word lists, a moment, and a small store on disk."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from knowledge.article import parse
from knowledge.database import open_database
from knowledge.lexicon import Lexicon
from knowledge.model import Document
from knowledge.schema import KNOWLEDGE
from knowledge.store import Store

# A developer's own settings are no business of the tests, nor of the processes that they start.
for name in [name for name in os.environ if name.upper().startswith("BOT_")]:
    del os.environ[name]

# Nothing is timed in the tests: a busy machine is no fault.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
ARTICLE = """\
Khánh thành cầu Sông Lành

(BAT) - Sáng 12/4, UBND huyện Tân Hương tổ chức lễ khánh thành cầu Sông Lành. Cầu dài 120 mét.

Ông Trần Hữu Phước - Chủ tịch UBND huyện phát biểu. Có 45 hộ dân hiến đất làm đường.
"""


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return Lexicon.load(SEEDS / "lexicon")


@pytest.fixture
def now() -> datetime:
    return datetime(2024, 4, 12, 1, 2, 3, 456789, UTC)


@pytest.fixture(scope="session")
def article(lexicon: Lexicon) -> Document:
    return parse("cau-song-lanh", ARTICLE, lexicon)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.sqlite3"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    """An empty store on disk."""
    async with open_database(path, [KNOWLEDGE]) as database:
        yield Store(database)
