"""Facts as files, there and back without loss."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import interchange
from knowledge.database import open_database
from knowledge.errors import FactFileError, InputError
from knowledge.intake import clean_fact
from knowledge.interchange import compare, read, write
from knowledge.model import Document, Fact
from knowledge.records import replace
from knowledge.schema import KNOWLEDGE
from knowledge.store import Store

NAMES = ["facts.jsonl", "facts.csv"]
AWKWARD = (
    "=1+1", "+84", "-5", "@ten", "'", "''", "'=x", "'a", '"', '"a,b";c', "a,b", "a;b", "\\", "\\n", "{}",
    "# a", "á̂", "Đ đ", "🎉", "a\u2028b", "\ufeff", "\u200b", "a\tb",
)  # fmt: skip
MULTILINE = ("a\nb", "a\n\n=b", "a\r\nb", '"\n"')

one_line = st.sampled_from(AWKWARD) | st.text(max_size=12)
any_text = one_line | st.sampled_from(MULTILINE)


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    fact = Fact(
        id=0,
        questions=tuple(draw(st.lists(one_line, min_size=1, max_size=3))),
        answer=draw(any_text),
        quote=draw(st.just("") | any_text),
        source=draw(one_line),
    )
    try:
        fact = clean_fact(fact)
    except InputError:
        fact = clean_fact(replace(fact, questions=("a",), answer="a", quote="", source=""))
    return fact if fact.source else replace(fact, quote="")


@pytest.mark.parametrize("name", NAMES)
@given(st.lists(facts(), max_size=4))
def test_every_fact_reads_back_as_it_was_written(name: str, written: list[Fact]) -> None:
    file = read(name, write(name, written))
    assert file.refused == ()
    assert [fact for _, fact in file.facts] == written


@pytest.mark.parametrize("name", NAMES)
@given(st.lists(facts(), max_size=5, unique_by=lambda f: (f.questions, f.answer, f.quote, f.source)))
@settings(max_examples=15)
def test_export_and_import_are_the_identity(name: str, written: list[Fact]) -> None:
    """Into the same store nothing changes; an empty store gives the same bytes again."""
    now = datetime.fromisoformat("2024-04-12T00:00:00+00:00")

    async def run(folder: Path) -> None:
        async with (
            open_database(folder / "one", [KNOWLEDGE]) as one,
            open_database(folder / "two", [KNOWLEDGE]) as two,
        ):
            async with one.transaction():
                for fact in written:
                    await Store(one).add_fact(fact, author="7", at=now)
            before = await Store(one).facts()
            data = write(name, before)
            difference = await Store(one).import_facts(read(name, data), author="8", at=now)
            assert (difference.new, difference.changed, difference.refused) == ((), (), ())
            assert await Store(one).facts() == before
            await Store(two).import_facts(read(name, data), author="8", at=now)
            assert write(name, await Store(two).facts()) == data

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    for name in NAMES:
        for body in (data, b"questions,answer\n" + data):
            with suppress(FactFileError):
                read(name, body)


def test_jsonl_carries_exactly_the_fields_that_are_not_empty() -> None:
    lines = write("a.jsonl", [Fact(1, ("Ai?", "Là ai?"), "Ông Phước"), Fact(2, ("Đâu?",), "B", "q", "s")])
    assert lines.decode().splitlines() == [
        '{"questions": ["Ai?", "Là ai?"], "answer": "Ông Phước"}',
        '{"questions": ["Đâu?"], "answer": "B", "quote": "q", "source": "s"}',
    ]


def test_csv_opens_right_in_a_spreadsheet_and_runs_nothing() -> None:
    data = write("a.csv", [Fact(1, ("=cmd|' /C calc'!A0", "@b"), "+84 235", "-1", "'=1")])
    assert data.startswith(b"\xef\xbb\xbf")
    header, row = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert header == ["questions", "answer", "quote", "source"]
    assert row == ["'=cmd|' /C calc'!A0\n'@b", "'+84 235", "'-1", "''=1"]


def test_csv_runs_nothing_where_columns_are_parted_by_semicolons() -> None:
    """There a cell of ours, opened as it is, begins anew at each ";" and line's end."""
    answer = "Xong;=cmd|' /C calc'!A0;-2+3;'=1;''=1\n=1+1\n+84;@x\n- một mục; -5 độ"
    fact = Fact(1, ("Ai?", "=1"), answer)
    data = write("a.csv", [fact])
    cells = re.split("[;\r\n]", data.decode("utf-8-sig"))
    assert [
        cell for cell in cells if cell.startswith(("=", "+", "@", "-")) and not cell.startswith("- ")
    ] == []
    ((_, read_back),) = read("a.csv", data).facts
    assert (read_back.questions, read_back.answer) == (fact.questions, answer)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_as_spreadsheets_of_other_regions_save_it(delimiter: str, encoding: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(
        [["Answer", "questions"], ["Có, 5; 6\t7", "Ai?\r\nLà ai?"], ["", ""]]
    )
    file = read("a.CSV", out.getvalue().encode(encoding))
    assert file == interchange.FactFile(((2, Fact(0, ("Ai?", "Là ai?"), "Có, 5; 6\t7")),))


GOOD = b'{"questions": ["a"], "answer": "b"}\n'


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"1" * 5000, "not JSON"),
        (b'["a"]', "not a JSON object"),
        (b'{"answer": "b"}', "questions: a list"),
        (b'{"questions": "a", "answer": "b"}', "questions: a list"),
        (b'{"questions": [1], "answer": "b"}', "questions: a list"),
        (b'{"questions": [], "answer": "b"}', "at least one"),
        (b'{"questions": ["a"]}', "answer: it is empty"),
        (b'{"questions": ["a"], "answer": null}', "answer: a text"),
        (b'{"questions": ["a"], "answer": "b", "id": 3}', "\u201cid\u201d is no field"),
        (b'{"questions": ["a"], "answer": "b", "answer": "c"}', "twice"),
        (b'{"questions": ["a"], "answer": "\\ud800"}', "U\\+D800"),
        (b'{"questions": ["a"], "answer": "\\u0000"}', "U\\+0000"),
        (b'{"questions": ["a\\nb"], "answer": "c"}', "one line"),
        (b'{"questions": ["a"], "answer": "' + b"b" * 3001 + b'"}', "3001 characters"),
    ],
)
def test_a_bad_line_is_refused_by_its_number_and_the_others_are_read(line: bytes, reason: str) -> None:
    file = read("a.jsonl", GOOD + b"\n" + line + b"\n" + GOOD)
    assert [number for number, _ in file.facts] == [1, 4]
    (refusal,) = file.refused
    assert refusal.line == 3
    with pytest.raises(InputError, match=reason):
        raise InputError(refusal.reason)


def test_csv_lines_are_counted_where_they_begin() -> None:
    file = read("a.csv", b'questions,answer\n"a\nb",c\n,d\n"e\nf\ng",h\ni,j,k\n')
    assert [number for number, _ in file.facts] == [2, 5]
    assert [refusal.line for refusal in file.refused] == [4, 8]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", GOOD, "a.txt: facts come as .jsonl or .csv"),
        ("a.jsonl", GOOD * 60_000, "larger than 2 MiB"),
        ("a.jsonl", GOOD * 5001, "more than 5000 facts"),
        ("a.jsonl", GOOD + "Đà".encode("cp1258"), "a.jsonl: line 2: not UTF-8"),
        ("a.jsonl", GOOD + b"\0", "line 2: holds a NUL"),
        ("a.jsonl", GOOD.decode().encode("utf-16-le"), "line 1: holds a NUL"),
        ("a.jsonl", b"\xff\xfe" + GOOD.decode().encode("utf-16-le")[:-1], "line 1: not UTF-8"),
        ("a.csv", b"cau hoi,tra loi\na,b\n", "line 1: the header"),
        ("a.csv", b"questions,answer,answer\na,b,c\n", "line 1: the header"),
        ("a.csv", b"questions,answer,id\na,b,c\n", "line 1: the header"),
        ("a.csv", b'questions,answer\na,b\n"c', "line 3: not proper CSV"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_as_a_whole(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(FactFileError, match=reason):
        read(name, data)


def lines(*items: dict[str, object]) -> interchange.FactFile:
    return read("a.jsonl", "\n".join(json.dumps(item) for item in items).encode())


def item(question: str, answer: str, **more: str) -> dict[str, object]:
    return {"questions": [question], "answer": answer, **more}


STORED = [
    Fact(1, ("Ai?",), "A"),
    Fact(2, ("Ở đâu?", "Chỗ nào?"), "B"),
    Fact(3, ("Đôi?",), "C"),
    Fact(4, ("Đôi?",), "D"),
]


def test_a_difference_tells_new_changed_and_same_and_leaves_the_rest_alone() -> None:
    difference = compare(lines(item("Ai?", "A"), item("ở đâu?", "B2"), item("Mấy?", "5")), STORED, {})
    assert difference.same == ((1, 1),)
    assert difference.changed == ((2, Fact(2, ("ở đâu?",), "B2")),)
    assert difference.new == ((3, Fact(0, ("Mấy?",), "5")),)
    assert difference.refused == ()


def test_what_could_mean_two_things_is_refused() -> None:
    difference = compare(
        lines(
            item("Đôi?", "E"), item("Ai?", "A"), item("Ai?", "A"), item("Ở đâu?", "1"), item("Ở đâu?", "2")
        ),
        STORED,
        {},
    )
    assert [(refusal.line, refusal.reason[:22]) for refusal in difference.refused] == [
        (1, "facts #3, #4 all begin"),
        (3, "the same as line 2; re"),
        (5, "line 4 already changes"),
    ]


def test_a_quote_finds_its_article_and_is_held_to_it() -> None:
    texts = {"cau": "Cầu dài 120 mét. Có 45 hộ.", "duong": "Có 45 hộ."}
    difference = compare(
        lines(
            item("a", "x", quote="Cầu dài"),
            item("b", "x", quote="Có 45 hộ."),
            item("c", "x", quote="Có 45 hộ.", source="duong"),
            item("d", "x", quote="Có 45 hộ.", source="duong: trang 2"),
            item("e", "x", quote="Cầu ngắn", source="cau"),
            item("f", "x", quote="Không có"),
            item("g", "x", quote="Không có", source="Báo khác"),
        ),
        [],
        texts,
    )
    assert [(line, fact.document, fact.source) for line, fact in difference.new] == [
        (1, "cau", ""),
        (3, "duong", ""),
        (4, "duong", "trang 2"),
        (7, "", "Báo khác"),
    ]
    assert [refusal.line for refusal in difference.refused] == [2, 5, 6]


async def test_facts_of_an_article_survive_the_way_out_and_in(
    store: Store, tmp_path: Path, article: Document, now: datetime
) -> None:
    """Where the article is loaded they belong to it again; where it is not, the bytes stay the same."""
    length = Fact(0, ("Dài?",), "120 mét", quote="Cầu dài 120 mét.", key="dai", topic="Cầu")
    land = Fact(0, ("Đất?",), "45 hộ", quote="Có 45 hộ dân", key="dat", source="phần cuối")
    await store.put_document(article, [length, land], author="seeds", at=now)
    before = await store.facts()
    for name in NAMES:
        data = write(name, before)
        difference = await store.import_facts(read(name, data), author="8", at=now)
        assert [len(part) for part in (difference.new, difference.changed, difference.same)] == [0, 0, 2]
        assert await store.facts() == before
        async with open_database(tmp_path / f"{name}.sqlite3", [KNOWLEDGE]) as other:
            await Store(other).import_facts(read(name, data), author="8", at=now)
            assert write(name, await Store(other).facts()) == data
            await Store(other).put_document(article, [], author="seeds", at=now)
            difference = await Store(other).import_facts(read(name, data), author="8", at=now)
            assert (difference.new, difference.changed) == ((), ())
            for fact in await Store(other).facts():
                await Store(other).delete_fact(fact.id, author="8", at=now)
            await Store(other).import_facts(read(name, data), author="8", at=now)
            found = await Store(other).facts()
            assert [(fact.document, fact.quote, fact.source) for fact in found] == [
                (article.name, length.quote, ""),
                (article.name, land.quote, "phần cuối"),
            ]


async def test_an_import_with_a_refused_line_takes_nothing(store: Store, now: datetime) -> None:
    file = lines(item("a", "b"), item("c", ""))
    dry = await store.import_facts(file, author="8", at=now, dry_run=True)
    assert (len(dry.new), len(dry.refused)) == (1, 1)
    with pytest.raises(FactFileError, match="line 2: answer"):
        await store.import_facts(file, author="8", at=now)
    assert await store.facts() == []
    assert await store.history(9) == []


async def test_a_changed_companion_fact_keeps_its_place_and_becomes_the_importers(
    store: Store, article: Document, now: datetime
) -> None:
    length = Fact(0, ("Dài?",), "120 mét", quote="Cầu dài 120 mét.", key="dai", topic="Cầu")
    await store.put_document(article, [length], author="seeds", at=now)
    await store.import_facts(lines(item("Dài?", "120 m")), author="8", at=now)
    (fact,) = await store.facts()
    assert (fact.answer, fact.quote, fact.document) == ("120 m", "", article.name)
    assert (fact.key, fact.topic, fact.author) == ("dai", "Cầu", "8")
    loaded = await store.put_document(article, [length], author="seeds", at=now)
    assert (loaded.kept, await store.facts()) == (1, [fact])
    await store.undo_last("8", at=now)
    assert (await store.facts())[0].answer == "120 mét"
