"""Articles and companions on disk become a store, or are refused by file and line."""

from __future__ import annotations

import asyncio
import multiprocessing
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from knowledge.database import Migration, Schema, open_database, pending
from knowledge.errors import SeedError, StorageError
from knowledge.held import load
from knowledge.lexicon import Lexicon
from knowledge.loading import Loaded
from knowledge.schema import KNOWLEDGE
from knowledge.seeds import build, create_database, ensure_database, find_articles, read_seed
from knowledge.store import Store
from knowledge.verify import verify
from tests.conftest import ARTICLE, SEEDS

COMPANION = '''\
title = "Khánh thành cầu"   # [[fact]]
date = "12/4"

[[fact]]
key = "dai"
topic = "Cây cầu"
questions = ["Cầu dài bao nhiêu?", "Chiều dài"]
answer = """120 mét,
không kể đường dẫn."""
quote = "Cầu dài 120 mét."

[[fact]]
key = "kinh-phi"
questions = ["Kinh phí?"]
answer = "Bài viết không nêu kinh phí."

[[fact]]
key = "ubnd"
questions = ["UBND là gì?"]
answer = "Uỷ ban nhân dân."
source = "Cách viết tắt thông dụng"
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "cau.txt").write_text(ARTICLE, encoding="utf-8")
    (folder / "cau.facts.toml").write_text(COMPANION, encoding="utf-8")
    return folder


def built(path: Path, articles: Path, lexicon: Lexicon, at: datetime) -> list[Loaded]:
    async def run() -> list[Loaded]:
        async with open_database(path, [KNOWLEDGE]) as database:
            return await build(database, [articles], lexicon, at=at)

    return asyncio.run(run())


def test_a_companion_gives_headings_and_facts(folder: Path, lexicon: Lexicon) -> None:
    seed = read_seed(folder / "cau.txt", lexicon)
    document = seed.document
    assert (document.name, document.title, document.printed_date) == ("cau", "Khánh thành cầu", "12/4")
    assert [fact.key for fact in seed.facts] == ["dai", "kinh-phi", "ubnd"]
    first = seed.facts[0]
    assert first.questions == ("Cầu dài bao nhiêu?", "Chiều dài")
    assert first.answer == "120 mét,\nkhông kể đường dẫn."
    assert (first.quote, first.topic, first.document) == ("Cầu dài 120 mét.", "Cây cầu", "cau")


def test_an_article_needs_no_companion(folder: Path, lexicon: Lexicon) -> None:
    (folder / "cau.facts.toml").unlink()
    seed = read_seed(folder / "cau.txt", lexicon)
    assert seed.facts == ()
    assert seed.document.text == ARTICLE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_articles_are_read_in_every_unicode_encoding(folder: Path, lexicon: Lexicon, encoding: str) -> None:
    (folder / "cau.txt").write_bytes(ARTICLE.replace("\n", "\r\n").encode(encoding))
    assert read_seed(folder / "cau.txt", lexicon).document.text == ARTICLE


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (ARTICLE.encode("utf-8")[:60] + "Đà".encode("cp1258"), "cau.txt, line 3: not UTF-8"),
        (ARTICLE.encode("utf-16-le"), "cau.txt, line 1: "),
        (b"\xff\xfe\x00", "cau.txt, line 1: not UTF-8"),
        (b"a\n\0", "cau.txt, line 2: holds a NUL"),
        (b" \n", "cau.txt: the article is empty"),
        (b"a" * (2 * 1024**2 + 1), "larger than 2 MiB"),
    ],
)
def test_an_unreadable_article_is_refused_by_line(
    folder: Path, lexicon: Lexicon, data: bytes, reason: str
) -> None:
    (folder / "cau.txt").write_bytes(data)
    with pytest.raises(SeedError, match=reason):
        read_seed(folder / "cau.txt", lexicon)


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('quote = "Cầu dài 120 mét."', 'quote = "Cầu dài 12 mét."', 10, "“dai”: the quote does not stand"),
        ('topic = "Cây cầu"', 'quotes = "Cây cầu"', 6, "“quotes” is not known in a fact"),
        ('date = "12/4"', 'year = "2024"', 2, "“year” is not known"),
        ('date = "12/4"', "date = 2024-04-12", 2, "date: a text is needed"),
        ('key = "kinh-phi"', 'key = "dai"', 13, "the key “dai” is taken"),
        ('key = "kinh-phi"', "", 12, "a fact needs a key"),
        ('questions = ["Kinh phí?"]', 'questions = "Kinh phí?"', 14, "questions: a list"),
        ('questions = ["Kinh phí?"]', "questions = []", 12, "at least one"),
        ("Bài viết không nêu kinh phí.", "Năm tỷ đồng.", 15, "“kinh-phi” needs a quote"),
        ('answer = "Bài viết không nêu kinh phí."', "answer = 5", 12, "answer: a text"),
        ('date = "12/4"', "date = 12/4", 2, "not TOML"),
        ("[[fact]]\nkey", "[fact]\nkey", 0, "fact"),
    ],
)
def test_a_faulty_companion_is_refused_by_line(
    folder: Path, lexicon: Lexicon, old: str, new: str, line: int, reason: str
) -> None:
    companion = folder / "cau.facts.toml"
    text = (
        COMPANION.replace(old, new) if line else COMPANION[: COMPANION.index("\n[[fact]]")] + "\nfact = 1\n"
    )
    assert text != COMPANION
    companion.write_text(text, encoding="utf-8")
    with pytest.raises(SeedError, match=reason) as raised:
        read_seed(folder / "cau.txt", lexicon)
    assert str(companion) in str(raised.value)
    assert f"line {line or 4}" in str(raised.value)


def test_paths_name_files_and_folders_or_are_refused(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (folder / "an.txt").write_text("a", encoding="utf-8")
    assert find_articles([folder, folder / "cau.txt"]) == [folder / "an.txt", folder / "cau.txt"]
    (other / "le.facts.toml").write_text("", encoding="utf-8")
    for path, reason in (
        (other, "no article le.txt beside it"),
        (tmp_path, "no article \\(.txt\\) in this folder"),
        (tmp_path / "none.txt", "no such file"),
        (tmp_path / "none", "an article is a .txt file"),
        (folder / "cau.facts.toml", "an article is a .txt file"),
    ):
        with pytest.raises(SeedError, match=reason):
            find_articles([path])
    (other / "cau.txt").write_text("b", encoding="utf-8")
    with pytest.raises(SeedError, match="same name"):
        find_articles([folder, other / "cau.txt"])


def test_building_again_changes_nothing_and_an_edit_only_its_own(
    folder: Path, path: Path, lexicon: Lexicon, now: datetime
) -> None:
    (first,) = built(path, folder, lexicon, now)
    assert (first.outcome, first.added) == ("new", 3)
    before = load(path)
    (again,) = built(path, folder, lexicon, now + timedelta(days=1))
    assert (again.outcome, again.same) == ("same", 3)
    assert load(path) == before
    (folder / "cau.txt").write_text(ARTICLE.replace("120", "125"), encoding="utf-8")
    (folder / "cau.facts.toml").write_text(COMPANION.replace("120", "125"), encoding="utf-8")
    (edited,) = built(path, folder, lexicon, now + timedelta(days=2))
    assert (edited.outcome, edited.changed, edited.same) == ("changed", 1, 2)
    facts = load(path)[1]
    assert [fact.id for fact in facts] == [1, 2, 3]
    assert facts[1:] == before[1][1:]
    assert facts[0].quote == "Cầu dài 125 mét."
    assert verify(path) == []


def test_all_articles_of_a_build_are_one_change(
    folder: Path, path: Path, lexicon: Lexicon, now: datetime
) -> None:
    (folder / "xe.txt").write_text("Xe buýt mới\n\nSáng 1/2, xe chạy.", encoding="utf-8")
    built(path, folder, lexicon, now)

    async def undo() -> None:
        async with open_database(path, [KNOWLEDGE]) as database:
            await Store(database).undo_last("seeds", at=now)

    asyncio.run(undo())
    assert load(path) == ([], [])


def test_one_faulty_article_leaves_the_whole_store_as_it_was(
    folder: Path, path: Path, lexicon: Lexicon, now: datetime
) -> None:
    built(path, folder, lexicon, now)
    before = load(path)
    (folder / "cau.txt").write_text(ARTICLE + "\nThêm một câu.", encoding="utf-8")
    (folder / "xe.txt").write_bytes(b"\xff")
    with pytest.raises(SeedError, match=r"xe\.txt"):
        built(path, folder, lexicon, now)
    assert load(path) == before


def test_a_missing_database_is_built_whole_or_not_at_all(tmp_path: Path, folder: Path, now: datetime) -> None:
    path = tmp_path / "deep" / "data" / "bot.sqlite3"
    (folder / "bad.txt").write_bytes(b"\xff")
    with pytest.raises(SeedError):
        create_database(path, [folder], SEEDS, now)
    assert list(path.parent.iterdir()) == []
    (folder / "bad.txt").unlink()
    created = create_database(path, [folder], SEEDS, now)
    assert created is not None
    assert [loaded.name for loaded in created] == ["cau"]
    assert [file.name for file in path.parent.iterdir()] == ["bot.sqlite3"]
    assert ensure_database(path, SEEDS, now) is False
    assert verify(path) == []


def test_a_journal_left_by_a_deleted_database_does_not_spoil_the_new_one(
    path: Path, folder: Path, now: datetime
) -> None:
    create_database(path, [folder], SEEDS, now)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE facts SET answer = 'spoiled'")
    connection.commit()
    journal = path.with_name(f"{path.name}-wal").read_bytes()
    connection.close()
    path.unlink()
    path.with_name(f"{path.name}-wal").write_bytes(journal)
    create_database(path, [folder], SEEDS, now)
    assert verify(path) == []
    assert load(path)[1][1].answer == "Bài viết không nêu kinh phí."


def _create(path: Path, folder: Path, now: datetime) -> bool:
    return create_database(path, [folder], SEEDS, now) is not None


def test_of_processes_that_start_together_one_builds(tmp_path: Path, folder: Path, now: datetime) -> None:
    path = tmp_path / "data" / "bot.sqlite3"
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        outcomes = pool.starmap(_create, [(path, folder, now)] * 4, chunksize=1)
    assert sorted(outcomes) == [False, False, False, True]
    assert verify(path) == []


def test_an_older_database_is_brought_up_to_date_with_its_facts(
    path: Path, folder: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_database(path, [folder], SEEDS, now)
    before = load(path)
    grown = KNOWLEDGE._replace(migrations=(*KNOWLEDGE.migrations, Migration("x", ("CREATE TABLE x (y)",))))
    monkeypatch.setattr("knowledge.seeds.KNOWLEDGE", grown)
    assert ensure_database(path, SEEDS, now) is False
    assert pending(path, [grown]) == 0
    assert load(path) == before


def test_a_place_where_nothing_can_be_made_is_said(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be made"):
        ensure_database(tmp_path / "file" / "bot.sqlite3", SEEDS, now)


def test_the_seeds_of_this_house_build(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "bot.sqlite3"
    assert ensure_database(path, SEEDS, now) is True
    documents, facts = load(path)
    assert documents
    assert all(fact.quote in documents[0].text for fact in facts if fact.document == documents[0].name)
    assert verify(path) == []


async def test_other_rooms_keep_their_tables_in_the_same_file(path: Path, now: datetime) -> None:
    letters = Schema("letters", (Migration("letters", ("CREATE TABLE letters (x)",)),))
    async with open_database(path, [KNOWLEDGE, letters]) as database:
        await Store(database).counts()
    assert pending(path, [KNOWLEDGE]) == 0
    assert verify(path) == []
