"""Facts and articles as admins and seeds change them, and back again."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from knowledge.article import parse
from knowledge.errors import ConflictError, DuplicateError, InputError, NotFoundError
from knowledge.held import contents, each, load
from knowledge.lexicon import Lexicon
from knowledge.model import Document, Fact
from knowledge.records import replace
from knowledge.store import Store
from knowledge.undo import LAST_STANDING
from knowledge.verify import verify
from tests.conftest import ARTICLE

LENGTH = Fact(
    id=0,
    questions=("Cầu dài bao nhiêu?", "Chiều dài cầu"),
    answer="120 mét.",
    quote="Cầu dài 120 mét.",
    key="chieu-dai",
    topic="Cây cầu",
)
LAND = Fact(
    id=0,
    questions=("Bao nhiêu hộ hiến đất?",),
    answer="45 hộ.",
    quote="Có 45 hộ dân hiến đất làm đường.",
    key="hien-dat",
)
PHONE = Fact(id=0, questions=("Số điện thoại công đoàn?",), answer="0235 000 000")


async def put(store: Store, document: Document, *facts: Fact, at: datetime, author: str = "seeds") -> object:
    return await store.put_document(document, facts, author=author, at=at)


async def rows(store: Store) -> list[list[object]]:
    """Everything that is stored, except the history and the numbers of sentences."""
    return [
        [tuple(row) for row in await store.database.fetch_all(query)]
        for query in (
            "SELECT * FROM documents ORDER BY id",
            "SELECT document_id, paragraph, start, end, text FROM sentences ORDER BY document_id, start",
            "SELECT kind, m.start, m.end, m.text, detail FROM mentions m JOIN sentences s"
            " ON s.id = sentence_id ORDER BY document_id, s.start, position",
            "SELECT * FROM facts ORDER BY id",
            "SELECT * FROM fact_questions ORDER BY fact_id, position",
        )
    ]


async def test_what_is_put_in_comes_out_the_same(
    store: Store, path: Path, article: Document, now: datetime
) -> None:
    await put(store, article, LENGTH, at=now)
    phone = await store.add_fact(PHONE, author="7", at=now)
    documents, facts = load(path)
    assert documents == [article] == await store.documents()
    stored = replace(LENGTH, id=1, document="cau-song-lanh", author="seeds", changed_at=now)
    assert facts == [stored, phone] == await store.facts()
    assert phone == replace(PHONE, id=2, author="7", changed_at=now) == await store.fact(2)
    assert any(sentence.mentions for sentence in documents[0].sentences)


async def test_the_same_article_again_writes_nothing(store: Store, article: Document, now: datetime) -> None:
    first = await put(store, article, LENGTH, LAND, at=now)
    before, counts = await rows(store), await store.counts()
    again = await put(store, article, LENGTH, LAND, at=now + timedelta(days=1))
    assert (first.outcome, first.added) == ("new", 2)  # type: ignore[attr-defined]
    assert (again.outcome, again.same) == ("same", 2)  # type: ignore[attr-defined]
    assert await rows(store) == before
    assert await store.counts() == counts


async def test_an_edited_article_takes_its_own_facts_along(
    store: Store, lexicon: Lexicon, article: Document, now: datetime
) -> None:
    await put(store, article, LENGTH, LAND, at=now)
    edited = parse(article.name, ARTICLE.replace("120 mét", "130 mét"), lexicon)
    length = replace(LENGTH, answer="130 mét.", quote="Cầu dài 130 mét.")
    loaded = await put(store, edited, length, at=now)
    assert (loaded.outcome, loaded.changed, loaded.removed) == ("changed", 1, 1)  # type: ignore[attr-defined]
    assert await store.documents() == [edited]
    assert [(fact.id, fact.answer) for fact in await store.facts()] == [(1, "130 mét.")]
    await put(store, edited, length, LAND, at=now)
    assert [fact.id for fact in await store.facts()] == [1, 2], "a fact that returns has its old number"


async def test_what_admins_added_or_changed_outlives_a_new_load(
    store: Store, path: Path, lexicon: Lexicon, article: Document, now: datetime
) -> None:
    await put(store, article, LENGTH, LAND, at=now)
    own = await store.add_fact(
        Fact(id=0, questions=("Ai phát biểu?",), answer="Ông Phước.", quote="Chủ tịch UBND huyện phát biểu"),
        author="7",
        at=now,
    )
    await store.change_fact(1, author="7", at=now, answer="Khoảng 120 mét.")
    await store.delete_fact(2, author="7", at=now)
    edited = parse(article.name, ARTICLE.replace("phát biểu", "cắt băng"), lexicon)
    loaded = await put(store, edited, LENGTH, LAND, at=now)
    facts = {fact.id: fact for fact in await store.facts()}
    assert set(facts) == {1, own.id}
    assert facts[1].answer == "Khoảng 120 mét."
    assert (facts[own.id].answer, facts[own.id].quote) == ("Ông Phước.", "")
    assert facts[own.id].author == "7"
    assert (loaded.kept, loaded.unquoted) == (3, (own.id,))  # type: ignore[attr-defined]
    assert verify(path) == []


async def test_a_quote_binds_a_fact_to_its_article(store: Store, article: Document, now: datetime) -> None:
    await put(store, article, at=now)
    fact = await store.add_fact(replace(LAND, key=""), author="7", at=now)
    assert fact.document == article.name
    named = replace(PHONE, source=f"{article.name}: cổng thông tin")
    fact = await store.add_fact(named, author="7", at=now)
    assert (fact.document, fact.source) == (article.name, "cổng thông tin")


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        (replace(PHONE, answer=" "), "answer: it is empty"),
        (replace(PHONE, questions=()), "at least one"),
        (replace(PHONE, questions=("a\nb",)), "one line"),
        (replace(PHONE, answer="a\0b"), "U\\+0000"),
        (replace(PHONE, answer="a\ud800b"), "U\\+D800"),
        (replace(PHONE, answer="a" * 3001), "3001 characters"),
        (replace(PHONE, questions=("a" * 301,)), "301 characters"),
        (replace(PHONE, quote="không có trong bài"), "no loaded article"),
        (replace(PHONE, document="khac"), "no article is called"),
        (replace(PHONE, document="cau-song-lanh", quote="Cầu dài 12 mét."), "does not stand"),
    ],
)
async def test_a_fact_that_cannot_be_kept_is_refused_with_its_reason(
    store: Store, article: Document, now: datetime, fact: Fact, reason: str
) -> None:
    await put(store, article, at=now)
    before = await rows(store)
    with pytest.raises(InputError, match=reason):
        await store.add_fact(fact, author="7", at=now)
    assert await rows(store) == before


async def test_the_very_same_fact_is_not_kept_twice(store: Store, now: datetime) -> None:
    first = await store.add_fact(PHONE, author="7", at=now)
    with pytest.raises(DuplicateError) as raised:
        await store.add_fact(PHONE, author="8", at=now)
    assert raised.value.fact == first.id
    await store.add_fact(replace(PHONE, answer="khác"), author="8", at=now)
    await store.delete_fact(first.id, author="7", at=now)
    await store.add_fact(PHONE, author="8", at=now)


async def test_numbers_are_never_given_twice(store: Store, now: datetime) -> None:
    first = await store.add_fact(PHONE, author="7", at=now)
    await store.undo_last("7", at=now)
    again = await store.add_fact(PHONE, author="7", at=now)
    await store.delete_fact(again.id, author="7", at=now)
    third = await store.add_fact(PHONE, author="7", at=now)
    assert [first.id, again.id, third.id] == [1, 2, 3]


async def test_a_change_to_the_same_words_writes_nothing(store: Store, now: datetime) -> None:
    fact = await store.add_fact(PHONE, author="7", at=now)
    later = now + timedelta(hours=1)
    assert await store.change_fact(fact.id, author="8", at=later, answer=PHONE.answer) == fact
    assert len(await store.history(10)) == 1


async def test_what_is_not_there_is_said(store: Store, now: datetime) -> None:
    for call in (
        store.fact(9),
        store.change_fact(9, author="7", at=now, answer="x"),
        store.delete_fact(9, author="7", at=now),
        store.rest_document("x", active=False, author="7", at=now),
        store.undo_last("7", at=now),
    ):
        with pytest.raises(NotFoundError):
            await call


async def test_a_naive_time_is_refused_and_leaves_nothing(store: Store, now: datetime) -> None:
    with pytest.raises(ValueError, match="aware"):
        await store.add_fact(PHONE, author="7", at=now.replace(tzinfo=None))
    assert await store.facts() == []


async def test_history_says_who_did_what_and_how_it_was(store: Store, now: datetime) -> None:
    await store.add_fact(PHONE, author="7", at=now)
    await store.change_fact(1, author="8", at=now + timedelta(minutes=5), answer="mới")
    newest, oldest = await store.history(10)
    assert (newest.author, newest.action, newest.fact) == ("8", "change", 1)
    assert newest.at == now + timedelta(minutes=5)
    assert newest.before is not None
    assert newest.after is not None
    assert (newest.before["answer"], newest.after["answer"]) == (PHONE.answer, "mới")
    assert (oldest.author, oldest.action, oldest.before) == ("7", "add", None)
    assert [change.id for change in await store.history(1)] == [newest.id]
    assert await store.history(10, fact=2) == []


async def test_an_article_at_rest_says_nothing_until_woken(
    store: Store, path: Path, article: Document, now: datetime
) -> None:
    await put(store, article, LENGTH, at=now)
    phone = await store.add_fact(PHONE, author="7", at=now)
    await store.rest_document(article.name, active=False, author="7", at=now)
    assert load(path) == ([], [phone])
    assert await store.documents(resting=True) == [article]
    await put(store, article, LENGTH, at=now)
    assert load(path) == ([], [phone]), "loading again does not wake it"
    await store.rest_document(article.name, active=True, author="7", at=now)
    assert load(path)[0] == [article]
    assert verify(path) == []


async def test_undo_takes_back_one_change_after_the_other_to_the_byte(
    store: Store, path: Path, article: Document, now: datetime
) -> None:
    await put(store, article, LENGTH, LAND, at=now)
    states = [await rows(store)]
    for number, change in enumerate(
        (
            lambda at: store.add_fact(PHONE, author="7", at=at),
            lambda at: store.change_fact(1, author="7", at=at, answer="dài", questions=("Dài?",)),
            lambda at: store.delete_fact(1, author="7", at=at),
            lambda at: store.rest_document(article.name, active=False, author="7", at=at),
            lambda at: store.delete_fact(3, author="7", at=at),
        ),
        start=1,
    ):
        await change(now + timedelta(hours=number))
        states.append(await rows(store))
    later = now + timedelta(days=1)
    for state in reversed(states[:-1]):
        await store.undo_last("7", at=later)
        assert await rows(store) == state
    with pytest.raises(NotFoundError):
        await store.undo_last("7", at=later)
    assert verify(path) == []


async def test_what_to_undo_is_found_without_reading_the_whole_history(store: Store) -> None:
    plan = await store.database.fetch_all(f"EXPLAIN QUERY PLAN {LAST_STANDING}", ("7",))
    steps = [step for *_, step in plan]
    assert [step for step in steps if step.startswith("SCAN")] == []
    assert sum(step.startswith("SEARCH") for step in steps) == 3


async def test_undo_of_a_whole_load_takes_article_and_facts_together(
    store: Store, path: Path, lexicon: Lexicon, article: Document, now: datetime
) -> None:
    empty = await rows(store)
    await put(store, article, LENGTH, LAND, at=now)
    first = await rows(store)
    edited = parse(article.name, ARTICLE.replace("120 mét", "130 mét"), lexicon)
    await put(store, edited, LAND, at=now + timedelta(days=1))
    await store.undo_last("seeds", at=now)
    assert await rows(store) == first
    await store.undo_last("seeds", at=now)
    assert await rows(store) == empty
    assert verify(path) == []


async def test_undo_does_not_overwrite_what_somebody_else_did_since(store: Store, now: datetime) -> None:
    await store.add_fact(PHONE, author="7", at=now)
    await store.change_fact(1, author="8", at=now, answer="mới")
    before = await rows(store)
    with pytest.raises(ConflictError, match="#1"):
        await store.undo_last("7", at=now)
    assert await rows(store) == before
    await store.undo_last("8", at=now)
    await store.undo_last("7", at=now)
    assert await store.facts() == []


async def test_undo_does_not_bring_back_a_quote_that_the_article_lost(
    store: Store, path: Path, lexicon: Lexicon, article: Document, now: datetime
) -> None:
    await put(store, article, at=now)
    fact = await store.add_fact(replace(LENGTH, key=""), author="7", at=now)
    await store.delete_fact(fact.id, author="7", at=now)
    await put(store, parse(article.name, ARTICLE.replace("120", "130"), lexicon), at=now)
    with pytest.raises(ConflictError, match="no longer stands"):
        await store.undo_last("7", at=now)
    assert verify(path) == []


async def test_a_random_walk_with_undo_ends_where_it_began(
    store: Store, path: Path, article: Document, now: datetime
) -> None:
    await put(store, article, LENGTH, LAND, at=now)
    start = await rows(store)
    chance = random.Random(20)
    done = 0
    for step in range(200):
        at = now + timedelta(seconds=step)
        live = [fact.id for fact in await store.facts()]
        match chance.choice(("add", "change", "delete", "undo", "rest")):
            case "add":
                await store.add_fact(replace(PHONE, answer=f"{step}"), author="7", at=at)
            case "change" if live:
                await store.change_fact(chance.choice(live), author="7", at=at, answer=f"mới {step}")
            case "delete" if live:
                await store.delete_fact(chance.choice(live), author="7", at=at)
            case "rest":
                active = not await store.documents()
                await store.rest_document(article.name, active=active, author="7", at=at)
            case "undo" if done:
                await store.undo_last("7", at=at)
                done -= 2
            case _:
                done -= 1
        done += 1
    assert done > 0
    for _ in range(done):
        await store.undo_last("7", at=now)
    assert await rows(store) == start
    assert verify(path) == []


async def test_many_admins_at_once_lose_nothing(store: Store, path: Path, now: datetime) -> None:
    await asyncio.gather(
        *(store.add_fact(replace(PHONE, answer=f"{n}"), author=f"{n}", at=now) for n in range(30))
    )
    assert {fact.answer for fact in await store.facts()} == {f"{n}" for n in range(30)}
    assert verify(path) == []


async def test_several_changes_in_one_transaction_are_one_change(
    store: Store, article: Document, now: datetime
) -> None:
    async with store.database.transaction():
        await put(store, article, at=now, author="7")
        await store.add_fact(PHONE, author="7", at=now)
    assert len(await store.undo_last("7", at=now)) == 2
    assert (await store.counts()).facts == (await store.counts()).documents == 0


async def test_facts_are_read_in_batches_and_by_their_words(
    store: Store, path: Path, article: Document, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge = Fact(0, ("Cầu mấy nhịp?",), "Ba nhịp.", "Cầu dài 120 mét.", key="nhip")
    await store.put_document(article, [bridge], author="seeds", at=now)
    for n in range(1, 6):
        await store.add_fact(Fact(0, (f"Kỹ sư ca {n} là ai?",), "Cô Mỹ."), author="7", at=now)
    await store.add_fact(Fact(0, ("Ai gác?",), "Chú Tư.", source="sổ trực của kỹ sư"), author="7", at=now)
    await store.delete_fact(3, author="7", at=now)
    facts = await store.facts()
    monkeypatch.setattr("knowledge.held.BATCH", 4)
    assert list(each(path)) == facts
    assert contents(path) == (1, 6)
    held = {fact.id async for some in store.holding("KY sư 5") for fact in some}
    assert 6 in held
    assert not held & {1, 2, 4}
    assert {fact.id async for some in store.holding("my?") for fact in some} >= {2, 4, 5, 6}
    assert 7 in {fact.id async for some in store.holding("sổ trực") for fact in some}
    assert await store.facts(article.name) == facts[:1]
