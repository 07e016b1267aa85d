"""Whatever changes in a stored value is found."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from knowledge.database import checksum, open_database
from knowledge.errors import StorageError
from knowledge.keeping import put_up
from knowledge.model import Document, Fact
from knowledge.records import replace
from knowledge.schema import KNOWLEDGE
from knowledge.shelf import Shelf
from knowledge.store import Store
from knowledge.verify import verify
from tests.conftest import SEEDS

COLUMNS = {
    "documents": "id name title publisher printed_date text text_checksum active loaded_at checksum",
    "sentences": "id document_id paragraph start end text checksum",
    "mentions": "sentence_id position kind start end text detail",
    "facts": "id document_id key topic answer quote source author created_at changed_at deleted_at checksum",
    "fact_questions": "fact_id position text",
    "history": "id change at author action fact_id document before after undoes previous checksum",
    "migrations": "schema number name checksum",
    "terms": "id text facts",
    "postings": "term_id ids",
    "fact_words": "fact_id lines",
    "worked_out": "name program of content checksum",
}


@pytest.fixture
async def full(path: Path, article: Document, now: datetime) -> Path:
    """A store in which every column of every table is filled somewhere."""
    async with open_database(path, [KNOWLEDGE]) as database:
        store = Store(database)
        dated = replace(article, publisher="BAT", printed_date="12/4")
        bridge = Fact(0, ("Dài?", "Bao xa?"), "120 mét", "Cầu dài 120 mét.", "bài", key="dai", topic="Cầu")
        await store.put_document(dated, [bridge], author="seeds", at=now)
        await store.add_fact(Fact(0, ("Ai?",), "Ông Phước"), author="7", at=now)
        await store.change_fact(2, author="7", at=now, answer="Ông Trần Hữu Phước")
        await store.undo_last("7", at=now)
        await store.delete_fact(2, author="7", at=now)
    shelf = Shelf()
    shelf.put("readings bài", "của bài".encode(), "đã đọc".encode())
    put_up(path, SEEDS / "lexicon", shelf)
    assert verify(path) == []
    return path


@pytest.fixture
def damaged(full: Path, tmp_path: Path) -> Callable[[str, object], list[str]]:
    """Run one statement on a copy of the full store, rules off, and verify the copy."""
    copy = tmp_path / "copy.sqlite3"

    def run(sql: str, *parameters: object) -> list[str]:
        shutil.copy(full, copy)
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            connection.execute("PRAGMA synchronous = OFF")
            assert connection.execute(sql, parameters).rowcount == 1
        return verify(copy)

    return run


def flips(value: object) -> Iterator[object]:
    """The value with one bit turned, at its beginning, middle and end."""
    if isinstance(value, str) and value:
        data = value.encode()
        for place in {0, len(data) // 2, len(data) - 1}:
            for bit in (0, 5, 7):
                yield data[:place] + bytes([data[place] ^ (1 << bit)]) + data[place + 1 :]
    elif isinstance(value, bytes):
        for place in (0, len(value) - 1):
            yield bytearray([*value[:place], value[place] ^ 4, *value[place + 1 :]])
    elif isinstance(value, int):
        yield from (value ^ (1 << bit) for bit in (0, 20))
    elif value is None:
        yield 0


@pytest.mark.parametrize(
    ("table", "column"), [(table, column) for table, names in COLUMNS.items() for column in names.split()]
)
def test_a_flipped_bit_is_found_in_every_column(
    full: Path, damaged: Callable[..., list[str]], table: str, column: str
) -> None:
    with closing(sqlite3.connect(full)) as connection:
        values = dict.fromkeys(value for (value,) in connection.execute(f"SELECT {column} FROM {table}"))
    tried = 0
    for value in sorted(values, key=lambda v: len(str(v)))[-2:]:
        for flipped in flips(value):
            new = "CAST(? AS TEXT)" if isinstance(flipped, bytes) else "?"
            key = "(schema, number)" if table == "migrations" else "rowid"
            if table in ("mentions", "fact_questions"):
                key = f"({COLUMNS[table].split()[0]}, position)"
            keys = key.strip("()") if key != "rowid" else "rowid"
            try:
                found = damaged(
                    f"UPDATE {table} SET {column} = {new} WHERE {key} ="
                    f" (SELECT {keys} FROM {table} WHERE {column} IS ? LIMIT 1)",
                    flipped,
                    value,
                )
            except sqlite3.IntegrityError:
                continue  # another row has this value already
            assert found, f"{value!r} -> {flipped!r}"
            tried += 1
    assert tried


def test_every_column_is_tried(full: Path) -> None:
    with closing(sqlite3.connect(full)) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        columns = {
            table: " ".join(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))
            for table in tables
            if table != "sqlite_sequence"
        }
    assert columns == COLUMNS


@pytest.mark.parametrize(
    ("sql", "where"),
    [
        ("DELETE FROM sentences WHERE id = 2", "structure"),
        ("DELETE FROM fact_questions WHERE fact_id = 1 AND position = 1", "fact #1"),
        ("DELETE FROM history WHERE id = 2", "history 3: a row before it"),
        ("DELETE FROM migrations WHERE number = 1", "migrations: the record"),
        ("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'facts'", "facts: the last number"),
        ("UPDATE facts SET answer = x'ff' WHERE id = 1", "fact #1"),
        ("UPDATE facts SET answer = CAST(x'61ff62' AS TEXT) WHERE id = 1", "fact #1"),
        ("UPDATE fact_questions SET text = position WHERE fact_id = 2", "fact #2"),
        ("DELETE FROM terms WHERE text = 'dai'", "terms: "),
        ("DELETE FROM postings WHERE term_id = 2", "terms: "),
    ],
)
def test_what_was_taken_out_or_forged_is_named(
    damaged: Callable[..., list[str]], sql: str, where: str
) -> None:
    assert any(damage.startswith(where) for damage in damaged(sql))


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("CREATE TRIGGER later AFTER INSERT ON history BEGIN DELETE FROM facts; END", "trigger later"),
        ("CREATE VIEW shown AS SELECT 1", "view shown"),
    ],
)
def test_what_would_act_by_itself_is_named(full: Path, tmp_path: Path, sql: str, what: str) -> None:
    """Put into a snapshot, it would wait there for the first change after the restoring."""
    copy = Path(shutil.copy(full, tmp_path / "copy.sqlite3"))
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute(sql)
    assert verify(copy) == [f"structure: the {what} is not of this program"]


def test_a_quote_is_held_to_the_article_even_with_a_right_checksum(
    full: Path, damaged: Callable[..., list[str]]
) -> None:
    with closing(sqlite3.connect(full)) as connection:
        row = list(connection.execute("SELECT * FROM facts WHERE id = 1").fetchone())
        questions = connection.execute(
            "SELECT position, text FROM fact_questions WHERE fact_id = 1"
        ).fetchall()
    row[5] = "Cầu dài 121 mét."
    right = checksum(row[:-1], [list(question) for question in questions])
    found = damaged("UPDATE facts SET quote = ?, checksum = ? WHERE id = 1", row[5], right)
    assert found == ["fact #1: its quote does not stand in article 1"]


def test_torn_and_foreign_files_are_found(full: Path, tmp_path: Path) -> None:
    data = full.read_bytes()
    torn = tmp_path / "torn.sqlite3"
    for cut in (len(data) // 2, len(data) - 4096, 4096):
        torn.write_bytes(data[:cut])
        assert verify(torn)
    for page in range(1, len(data) // 4096):
        torn.write_bytes(data[: page * 4096] + bytes(4096) + data[(page + 1) * 4096 :])
        assert verify(torn), f"page {page} of zeros"
    with closing(sqlite3.connect(tmp_path / "foreign.sqlite3")) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StorageError, match="not a database of this program"):
        verify(tmp_path / "foreign.sqlite3")


def test_a_byte_changed_anywhere_in_the_text_of_the_file_is_found(full: Path, tmp_path: Path) -> None:
    """As a bad disk does it: below SQLite, in the file itself."""
    data = full.read_bytes()
    copy = tmp_path / "copy.sqlite3"
    wanted = ["Cầu dài".encode(), "Phước".encode(), b"12/4", b"seeds", b"Bao xa", "Sáng".encode()]
    tried = 0
    for needle in wanted:
        at = data.find(needle)
        while at >= 0:
            copy.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
            assert verify(copy), (needle, at)
            tried += 1
            at = data.find(needle, at + 1)
    assert tried > 20
