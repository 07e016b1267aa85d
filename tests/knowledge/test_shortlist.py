"""Postings follow the facts, and a large event answers as one that is held in memory."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from knowledge.answerer import Answerer
from knowledge.article import parse
from knowledge.concordance import fill, has_postings, numbers, terms_of
from knowledge.database import Database
from knowledge.held import load, load_held
from knowledge.index import FactEntry
from knowledge.large import LargeAnswerer
from knowledge.lexicon import Lexicon
from knowledge.library import Library
from knowledge.model import Document, Fact
from knowledge.normalize import Normalizer
from knowledge.schema import EVERY, OF
from knowledge.shortlist import Shortlist, terms_asked
from knowledge.store import Store
from knowledge.verify import verify

STALLS = tuple(
    Fact(0, (f"Quầy số {n} bán {what}?", f"Ai bán {what} ở quầy {n}?"), f"Quầy {n}: ông {name}.")
    for n, (what, name) in enumerate(
        (what, name)
        for what in ("cam sành", "bánh tráng", "nước mắm", "mật ong", "gạo nếp", "trà xanh", "cà phê")
        for name in ("Bảy Lúa", "Tư Hòa", "Năm Sen")
    )
)


async def rows(database: Database) -> set[tuple[str, int, tuple[int, ...]]]:
    found = await database.fetch_all("SELECT text, facts, ids FROM terms LEFT JOIN postings ON id = term_id")
    return {(text, facts, tuple(sorted(numbers(ids or b"")))) for text, facts, ids in found}


@pytest.fixture
async def stalls(store: Store, article: Document, now: datetime) -> Store:
    await store.put_document(article, (), author="seeds", at=now)
    for fact in STALLS:
        await store.add_fact(fact, author="7", at=now)
    return store


async def test_postings_after_any_change_are_those_written_anew(stalls: Store, now: datetime) -> None:
    await stalls.change_fact(3, author="7", at=now, answer="Quầy đóng cửa.")
    await stalls.delete_fact(5, author="7", at=now)
    await stalls.undo_last("7", at=now)
    await stalls.delete_fact(6, author="7", at=now)
    grown = await rows(stalls.database)
    await fill(stalls.database)
    assert await rows(stalls.database) == grown
    live = {fact.id: fact for fact in await stalls.facts()}
    listed = {(text, id_) for text, _, ids in grown for id_ in ids}
    assert listed == {(t, id_) for id_, fact in live.items() for t in terms_of(fact) if has_postings(t)}
    counts = {text: facts for text, facts, _ in grown}
    assert counts[EVERY] == counts[OF] == len(live)


async def test_the_rarest_terms_find_the_fact(stalls: Store, path: Path, lexicon: Lexicon) -> None:
    shortlist = Shortlist(path)
    tokens = Normalizer(lexicon).normalize("ai ban mat ong o quay 10")
    facts, total = shortlist.near(terms_asked(tokens), None)
    assert 11 in [fact.id for fact in facts]
    assert total == len(STALLS)
    assert shortlist.is_whole()
    assert shortlist.counts({EVERY, "mat ong", "khong dau co"}) == {EVERY: len(STALLS), "mat ong": 3}
    assert shortlist.near(terms_asked(tokens), ("bài nào",)) == ([], len(STALLS))


async def test_a_large_event_answers_as_a_held_one(stalls: Store, path: Path, lexicon: Lexicon) -> None:
    held = Library.build(*load(path), lexicon)
    kept = load_held(path, 20)
    assert not kept.facts
    large = Library.build(kept.documents, kept.facts, lexicon, kept.large, Shortlist(path))
    for fact in STALLS:
        for question in fact.questions:
            asked = [question, f"cho minh hoi {question.lower()}"]
            for text in asked:
                assert large.answer(text).parts[0].text == held.answer(text).parts[0].text
    assert large.answer("cầu dài bao nhiêu mét").parts == held.answer("cầu dài bao nhiêu mét").parts


async def test_beside_other_events_a_large_one_is_indexed_once_for_a_question(
    stalls: Store, path: Path, lexicon: Lexicon, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = parse("hoi-sach", "Hội sách mùa thu\n\nHội sách mở cửa ngày 20/9 tại nhà văn hóa huyện.", lexicon)
    await stalls.put_document(other, (), author="seeds", at=now)
    kept = load_held(path, 20)
    library = Library.build(kept.documents, kept.facts, lexicon, kept.large, Shortlist(path))
    indexed: list[int] = []
    over = LargeAnswerer._over

    def counted(self: LargeAnswerer, entries: list[FactEntry], *rest: Any) -> Answerer:
        indexed.append(len(entries))
        return over(self, entries, *rest)

    monkeypatch.setattr(LargeAnswerer, "_over", counted)
    text = "mật ong của ông Tư Hòa thì tìm ở quầy số mấy ạ"
    library.answer(text)
    assert len(indexed) == 1


async def test_of_a_fact_that_is_ranked_the_way_of_asking_that_is_nearest_is_read(
    stalls: Store, path: Path, lexicon: Lexicon, now: datetime
) -> None:
    ways = ("Lớp bơi cho con đoàn viên học ở hồ nào?", "Dạy bơi miễn phí cho trẻ em tại đâu?")
    taught = await stalls.add_fact(Fact(0, ways, "Hồ Thanh Niên."), author="7", at=now)
    kept = load_held(path, 20)
    library = Library.build(kept.documents, kept.facts, lexicon, kept.large, Shortlist(path))
    for text in ("con đoàn viên thì lớp bơi học hồ nào", "day boi mien phi tre em thi tai dau"):
        assert library.answer(text).parts[0].facts == (taught.id,)


async def test_what_is_taught_to_a_large_event_answers_at_once(
    stalls: Store, path: Path, lexicon: Lexicon, now: datetime
) -> None:
    kept = load_held(path, 20)
    library = Library.build(kept.documents, kept.facts, lexicon, kept.large, Shortlist(path))
    draft = Fact(0, ("Gửi xe ở đâu?",), "Cổng sau.")
    tried = library.regrown(kept.documents, [draft])
    assert tried.answer("gui xe o dau").parts[0].text == "Cổng sau."
    assert library.answer("gui xe o dau").parts[0].facts == ()
    saved = await stalls.add_fact(draft, author="7", at=now)
    again = library.regrown(kept.documents, [])
    assert again.answer("gui xe o dau").parts[0].facts == (saved.id,)
    without = library.regrown(kept.documents, [], (saved.id,))
    assert without.answer("gui xe o dau").parts[0].facts == ()
    assert library.stored(saved.id) == saved


async def test_a_common_term_keeps_but_some_of_its_facts_and_all_are_found(
    store: Store, path: Path, lexicon: Lexicon, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("concordance", "verify", "shortlist"):
        monkeypatch.setattr(f"knowledge.{room}.KEPT", 4)
    for fact in STALLS:
        await store.add_fact(fact, author="7", at=now)
    held = {text: len(ids) for text, _, ids in await rows(store.database)}
    assert held["quay"] == 4
    assert held["mat ong"] == 3
    await store.delete_fact(2, author="7", at=now)
    assert verify(path) == []
    kept = load_held(path, 20)
    large = Library.build(kept.documents, kept.facts, lexicon, kept.large, Shortlist(path))
    for fact in await store.facts():
        assert large.answer(f"ad oi {fact.questions[0].lower()}").parts[0].facts == (fact.id,)
    examples = large.starters(3)
    assert examples == tuple(fact.questions[0] for fact in (STALLS[0], STALLS[2], STALLS[3]))
    assert [topic.questions[:1] for topic in large.topics()] == [examples[:1]]
