"""What was worked out is used for the very same only, and nothing depends on it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from knowledge import database
from knowledge.analysis import Analyzer
from knowledge.article import parse
from knowledge.database import open_database
from knowledge.index import Index
from knowledge.keeping import PROGRAM, fingerprint, put_up, take_down
from knowledge.lexicon import Lexicon
from knowledge.library import Library
from knowledge.model import Document, Fact
from knowledge.schema import KNOWLEDGE
from knowledge.shelf import Shelf
from tests.conftest import SEEDS
from tests.knowledge.minis import RACE

LEXICON = SEEDS / "lexicon"
FACTS = [
    Fact(1, ("Ai trao cúp?", "Cúp do ai trao?", "Người trao cúp là ai?"), "Ông Phước.", document="race"),
    Fact(2, ("Ai về nhất?", "Đội nào vô địch?"), "Bài viết không nêu tên đội nhất.", document="race"),
    Fact(3, ("Có chỗ gửi xe không?", "Gửi xe máy ở chỗ nào?"), "Có, sau nhà văn hóa."),
]
QUESTIONS = (
    *("ai trao cup z ad", "doi nao vo dich", "guiwr xe owr ddaau", "chao ad", "bao nhieu doi tham gia"),
    *("Giải diễn ra ngày nào?", "ong Phuoc lam chuc gi", "mua ko", "trao cúp rồi gửi xe ở đâu", "ai tro cup"),
)


@pytest.fixture(scope="module")
def seed(lexicon: Lexicon) -> tuple[list[Document], list[Fact]]:
    return [parse("race", RACE, lexicon)], FACTS


@pytest.fixture
async def kept(path: Path, seed: tuple[list[Document], list[Fact]], lexicon: Lexicon) -> Path:
    """A store in which an earlier start has left what it worked out of the seeds."""
    async with open_database(path, [KNOWLEDGE]):
        pass
    load(path, *seed, lexicon)
    return path


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are analysed from now on."""
    texts: list[str] = []
    analyse = Analyzer.analyse

    def watched(self: Analyzer, tokens: object, **how: bool) -> object:
        texts.append(" ".join(token.typed for token in tokens))  # type: ignore[attr-defined]
        return analyse(self, tokens, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(Analyzer, "analyse", watched)
    return texts


def load(path: Path, documents: list[Document], facts: list[Fact], lexicon: Lexicon) -> Library:
    shelf = take_down(path, LEXICON)
    library = Library.build(documents, facts, lexicon, shelf=shelf)
    library.put_up(shelf)
    put_up(path, LEXICON, shelf)
    return library


def rows(path: Path) -> list[tuple[str, str, str, str, int]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM worked_out ORDER BY name").fetchall()


def columns(index: Index) -> list[object]:
    words = index.vocabulary.written()
    return [
        index._seen,
        index.distinct_types,
        index.alias_typed,
        index.alias_masses,
        index.alias_shares,
        index.distinct,
        list(words["keys"].items()),
        *(words["pairs"], words["beside"]),
        *(
            {i: dict(postings.get(i)) for i in postings}
            for postings in (index.alias_postings, index.support_postings, index.sentence_postings)
        ),
        [[p.analysis for p in profiles] for profiles in index._profiles()],
        [[p.ids for p in profiles] for profiles in index._profiles()],
    ]


def test_an_index_from_the_shelf_is_the_index_worked_out_anew(
    seed: tuple[list[Document], list[Fact]], lexicon: Lexicon
) -> None:
    shelf = Shelf()
    fresh = Index(*seed, lexicon)
    fresh.put_up(shelf)
    taken = Index(*seed, lexicon, Shelf(shelf.now))
    assert columns(taken) == columns(fresh)
    more = [*seed[1][1:], Fact(0, ("Gửi xe ở đâu?",), "Ở cổng sau.")]
    assert columns(taken.with_facts(more)) == columns(Index(seed[0], more, lexicon))


def test_the_next_start_analyses_nothing_and_answers_the_same(
    kept: Path, seed: tuple[list[Document], list[Fact]], lexicon: Lexicon, analysed: list[str]
) -> None:
    before = rows(kept)
    Index(*seed, lexicon, take_down(kept, LEXICON))
    assert analysed == []
    library = load(kept, *seed, lexicon)
    assert rows(kept) == before
    anew = Library.build(*seed, lexicon)
    assert [library.answer(q) for q in QUESTIONS] == [anew.answer(q) for q in QUESTIONS]


def test_only_a_new_fact_is_analysed(
    kept: Path, seed: tuple[list[Document], list[Fact]], lexicon: Lexicon, analysed: list[str]
) -> None:
    documents, facts = seed
    fact = Fact(0, ("Bãi đỗ xe của giải nằm ở đâu?",), "Bãi xe ở cổng sau.")
    Index(documents, [*facts, fact], lexicon, take_down(kept, LEXICON))
    assert set(analysed) == {"bãi đỗ xe của giải nằm ở đâu", "bãi xe ở cổng sau"}
    library = load(kept, documents, [*facts, fact], lexicon)
    analysed.clear()
    Index(documents, [*facts, fact], lexicon, take_down(kept, LEXICON))
    assert analysed == []
    assert library.answer("bai do xe o dau").parts[0].text == "Bãi xe ở cổng sau."


def flipped(value: object, at: float) -> object:
    if isinstance(value, int):
        return value ^ 1 << 7
    data = str(value).encode()
    place = int(at * (len(data) - 1))
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@pytest.mark.parametrize("column", ["name", "program", "of", "content", "checksum"])
@pytest.mark.parametrize("at", [0.0, 0.5, 1.0], ids=["begin", "middle", "end"])
def test_a_damaged_row_is_noticed_and_worked_out_anew(
    kept: Path, column: str, at: float, seed: tuple[list[Document], list[Fact]], lexicon: Lexicon
) -> None:
    before = rows(kept)
    with closing(sqlite3.connect(kept)) as connection, connection:
        for name, value in connection.execute(f"SELECT name, {column} FROM worked_out").fetchall():
            new = "?" if column == "checksum" else "CAST(? AS TEXT)"
            connection.execute(
                f"UPDATE worked_out SET {column} = {new} WHERE name = ?",
                (flipped(value, at), name),
            )
    assert take_down(kept, LEXICON).before == {}
    load(kept, *seed, lexicon)
    assert rows(kept) == before


def test_values_of_another_type_are_noticed(kept: Path) -> None:
    with closing(sqlite3.connect(kept)) as connection, connection:
        connection.execute("UPDATE worked_out SET content = CAST(content AS BLOB)")
        connection.execute("UPDATE worked_out SET of = 7 WHERE name LIKE 'readings%'")
    assert [name for name in take_down(kept, LEXICON).before if name.startswith("readings")] == []


def test_what_another_program_or_other_word_lists_worked_out_is_not_used(kept: Path, tmp_path: Path) -> None:
    assert take_down(kept, LEXICON).before
    lists = Path(shutil.copytree(LEXICON, tmp_path / "lists"))
    assert fingerprint(PROGRAM, lists) == fingerprint(PROGRAM, LEXICON)
    with (lists / "titles.toml").open("a") as file:
        file.write("\n")
    fingerprint.cache_clear()
    assert take_down(kept, lists).before == {}


def sources() -> Iterator[Path]:
    yield from sorted(PROGRAM.glob("*.py"))


def test_a_change_of_any_module_is_noticed(tmp_path: Path) -> None:
    copy = Path(
        shutil.copytree(PROGRAM, tmp_path / "knowledge", ignore=shutil.ignore_patterns("__pycache__"))
    )
    seen = {fingerprint(copy, LEXICON)}
    for path in sources():
        (copy / path.name).write_text(path.read_text(encoding="utf-8") + "#\n", encoding="utf-8")
        fingerprint.cache_clear()
        seen.add(fingerprint(copy, LEXICON))
    assert len(seen) == 1 + len(list(sources()))


def test_a_store_that_another_holds_is_left_as_it_is(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 10)
    before = rows(kept)
    shelf = Shelf()
    shelf.put("a", b"b", b"c")
    with closing(sqlite3.connect(kept, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        put_up(kept, LEXICON, shelf)
    assert rows(kept) == before
    put_up(kept, LEXICON, shelf)
    assert [row[0] for row in rows(kept)] == ["a"]


def test_a_store_that_is_gone_is_not_made_anew(kept: Path) -> None:
    shelf = Shelf()
    shelf.put("a", b"b", b"c")
    kept.unlink()
    put_up(kept, LEXICON, shelf)
    assert not kept.exists()


def test_a_damaged_table_counts_as_empty(kept: Path) -> None:
    with closing(sqlite3.connect(kept)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET rootpage = 99999 WHERE name = 'worked_out'")
    assert take_down(kept, LEXICON).before == {}
