"""A file compared piece by piece does what it does when it is compared as a whole, and is read as one."""

from __future__ import annotations

import random
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from knowledge.errors import FactFileError, RefusedError
from knowledge.interchange import Difference, Item, Refusal, compare, read, scan, write
from knowledge.model import Document, Fact
from knowledge.store import Store

ASKED = ("Dài?", "dài?", "Rộng?", "Cao?", "Sâu?", "Xa?")
SAID = ("120 mét", "8 mét", "Có.")


def some(chance: random.Random, count: int) -> list[Fact]:
    return [Fact(0, (chance.choice(ASKED),), chance.choice(SAID)) for _ in range(count)]


@pytest.mark.parametrize("piece", [1, 2, 3])
async def test_pieces_do_what_the_whole_does(
    store: Store, article: Document, now: datetime, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr("knowledge.influx.PIECE", piece)
    monkeypatch.setattr("knowledge.influx._READ", piece)
    chance = random.Random(piece)
    kept = {(fact.questions, fact.answer): fact for fact in some(chance, 4)}
    for fact in kept.values():
        await store.add_fact(fact, author="7", at=now)
    for _ in range(12):
        file = read("a.jsonl", write("a.jsonl", some(chance, 9)) + b'{"questions": []}\n')
        stored = await store.facts()
        assert await store.import_facts(file, author="8", at=now, dry_run=True) == compare(file, stored, {})
        assert await store.facts() == stored
        parts: list[Difference] = []
        lines = items(file.facts)
        with pytest.raises(RefusedError, match="line"):
            await store.import_from(partial(iter, lines), parts.append, author="8", at=now)
        assert await store.facts() == stored


def items(facts: tuple[tuple[int, Fact], ...]) -> list[Item]:
    return [*facts, (99, Refusal(99, "cannot be taken"))]


async def test_new_facts_come_in_the_order_of_their_lines(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.influx.PIECE", 2)
    written = [Fact(0, (q,), a) for q, a in zip(("A?", "B?", "C?", "a?", "D?"), "12345", strict=True)]
    await store.import_facts(read("a.csv", write("a.csv", written)), author="8", at=now)
    assert [(fact.questions, fact.answer) for fact in await store.facts()] == [
        (fact.questions, fact.answer) for fact in written
    ]
    again = await store.import_facts(read("a.csv", write("a.csv", written)), author="8", at=now)
    assert (len(again.same), again.new, again.changed, again.refused) == (5, (), (), ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_a_file_is_scanned_as_it_is_read(tmp_path: Path, name: str, encoding: str) -> None:
    path = tmp_path / name
    text = write(name, some(random.Random(1), 5)).decode("utf-8-sig").replace("8 mét", "8\\n mét\r")
    path.write_bytes(text.encode(encoding))
    file = read(name, path.read_bytes())
    facts = tuple((line, found) for line, found in scan(path) if isinstance(found, Fact))
    assert facts == file.facts
    assert tuple(found for _, found in scan(path) if isinstance(found, Refusal)) == file.refused


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a": 1}\n\xff\n', "line 2: not UTF-8"),
        (b'\n{"questions": "\0"}', "line 2: holds a NUL"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_is_no_text_is_named_with_its_line(
    tmp_path: Path, data: bytes | None, reason: str
) -> None:
    path = tmp_path / "a.jsonl"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(FactFileError, match=reason):
        list(scan(path))
