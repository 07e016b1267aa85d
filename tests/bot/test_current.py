"""What is known is loaded once, and from then on from what the first start left."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot import current
from knowledge.analysis import Analyzer
from knowledge.errors import StorageError
from knowledge.keeping import take_down
from knowledge.lexicon import Lexicon
from knowledge.model import Answer
from tests.bot.conftest import LAND, SPEAKER, WHEN

ASKED = (
    WHEN,
    LAND,
    SPEAKER,
    "ai phat bieu",
    "bn ho dan hien dat z ad",
    "cau dai bao nhieu",
    "chao ad",
    "mua ko",
)


def answers(path: Path) -> list[Answer]:
    known = current.load(path)
    return [known.answerer.answer(question) for question in ASKED]


def test_the_next_start_reads_no_word_list_and_analyses_nothing(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = answers(database)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("worked out anew")

    monkeypatch.setattr(Lexicon, "load", refuse)
    with monkeypatch.context() as patch:
        patch.setattr(Analyzer, "__init__", refuse)
        with pytest.raises(AssertionError):
            current.load(database)
    assert answers(database) == first


def test_a_start_whose_rows_are_damaged_answers_the_same_and_mends_them(database: Path) -> None:
    first = answers(database)
    whole = take_down(database, current.LEXICON).before
    assert {name.split()[0] for name in whole} == {"word", "columns", "readings"}
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE worked_out SET content = replace(content, 'hien', 'hiem')")
    assert take_down(database, current.LEXICON).before == {}
    assert answers(database) == first
    assert take_down(database, current.LEXICON).before == whole


def test_what_a_gone_article_left_is_cleared_away(database: Path) -> None:
    current.load(database)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE documents SET active = 0")
    current.load(database)
    assert {name for name in take_down(database, current.LEXICON).before if "cau" in name} == set()


def test_a_store_is_made_ready_in_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new.sqlite3"
    parent = os.getpid()
    analyse = Analyzer.analyse

    def watched(self: Analyzer, *arguments: object, **how: object) -> object:
        assert os.getpid() != parent
        return analyse(self, *arguments, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(Analyzer, "analyse", watched)
    current.prepare(path)
    assert {name.split()[0] for name in take_down(path, current.LEXICON).before} == {
        "word",
        "columns",
        "readings",
    }


def test_what_hinders_that_process_is_told_by_this_one(tmp_path: Path) -> None:
    path = tmp_path / "broken.sqlite3"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(StorageError):
        current.prepare(path)
