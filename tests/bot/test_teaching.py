"""What a change would do is said before it is made, and a made change answers at once."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot import current, terms
from bot.current import Current
from bot.teaching import Teaching, found, merged
from knowledge.database import open_database
from knowledge.errors import NotFoundError
from knowledge.model import Fact
from knowledge.records import replace
from knowledge.schema import KNOWLEDGE
from knowledge.store import Store
from tests.bot.conftest import LAND, SPEAKER, WHEN

NOW = datetime(2024, 11, 25, tzinfo=UTC)
PARKING = Fact(0, ("Gửi xe ở đâu?",), "Cổng sau.")


@pytest.fixture
async def teaching(database: Path):  # type: ignore[no-untyped-def]
    async with open_database(database, [KNOWLEDGE]) as opened:
        yield Teaching(Store(opened), Current(current.load(database)), database, lambda: NOW)


async def test_a_new_fact_that_bothers_nobody_is_harmless(teaching: Teaching) -> None:
    effects = await teaching.try_out(PARKING, ["gui xe o dau", "cầu cao mấy mét"])
    assert effects.is_harmless
    assert effects.gained == ("gui xe o dau",)
    assert effects.shown.parts[0].text == PARKING.answer
    assert found(teaching.current.known, "gửi xe ở đâu") == set()


async def test_questions_that_a_fact_takes_from_others_are_named(teaching: Teaching) -> None:
    effects = await teaching.try_out(Fact(0, (WHEN, LAND), "Chưa rõ."), [])
    assert effects.twin is not None
    assert effects.twin.questions[0] == WHEN
    without = await teaching.try_without(effects.twin)
    assert without.lost == ()


async def test_another_fact_that_loses_its_question_is_named(teaching: Teaching) -> None:
    fact = await teaching.store.fact(2)
    stolen = replace(fact, questions=(*fact.questions, LAND, LAND.lower().rstrip("?")))
    effects = await teaching.try_out(replace(stolen, id=1), [])
    assert not effects.is_harmless


async def test_a_change_answers_when_it_returns_and_a_failed_one_changes_nothing(teaching: Teaching) -> None:
    async def add(store: Store, at: datetime) -> Fact:
        return await store.add_fact(PARKING, author="tg:1", at=at)

    async def fail(store: Store, at: datetime) -> None:
        await store.delete_fact(1, author="tg:1", at=at)
        raise NotFoundError("no")

    saved = await teaching.change(add)
    assert found(teaching.current.known, "gửi xe ở đâu") == {saved.id}
    with pytest.raises(NotFoundError):
        await teaching.change(fail)
    assert found(teaching.current.known, WHEN) == {1}
    assert (await teaching.store.fact(1)).questions[0] == WHEN


async def test_changes_at_the_same_time_all_answer(teaching: Teaching) -> None:
    async def add(n: int) -> None:
        fact = Fact(0, (f"Quầy số {n} bán gì?",), f"Món thứ {n}.")
        await teaching.change(lambda store, at: store.add_fact(fact, author="tg:1", at=at))

    await asyncio.gather(*(add(n) for n in range(5)))
    assert len(teaching.current.known.facts) == 9
    assert (await teaching.store.counts()).facts == 9


async def test_regrown_answers_are_those_of_a_new_index(teaching: Teaching, database: Path) -> None:
    await teaching.change(lambda store, at: store.add_fact(PARKING, author="tg:1", at=at))
    await teaching.change(lambda store, at: store.change_fact(3, author="tg:1", at=at, answer="Có 46 hộ."))
    await teaching.change(lambda store, at: store.delete_fact(2, author="tg:1", at=at))
    fresh = current.load(database)
    for question in (WHEN, LAND, SPEAKER, "gui xe o dau", "kinh phí", "giá vàng", "cầu dài bao nhiêu"):
        assert teaching.current.known.answerer.answer(question) == fresh.answerer.answer(question)


def test_merging_keeps_every_way_of_asking_and_drops_a_quote_that_no_longer_fits() -> None:
    old = Fact(7, ("a?", "b?"), "cũ", quote="q", source="s", document="d", key="k")
    assert merged(Fact(0, ("c?", "a?"), "mới"), old) == Fact(
        7, ("c?", "a?", "b?"), "mới", document="d", key="k"
    )


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("30/11", date(2024, 11, 30)),
        ("1/2", date(2025, 2, 1)),
        ("25-11", date(2024, 11, 25)),
        ("1.12.2026", date(2026, 12, 1)),
        ("29/2/2024", date(2024, 2, 29)),
        ("29/2/2023", None),
        ("31/4", None),
        ("mai", None),
        ("30/11/24", None),
    ],
)
def test_a_day_is_read_as_it_is_typed(typed: str, day: date | None) -> None:
    assert terms.parse(typed, NOW.date()) == day


@pytest.mark.parametrize("source", ["", "Văn phòng", "bài: Văn phòng; số 5"])
def test_a_last_day_travels_in_the_source_and_comes_off_again(source: str) -> None:
    day = date(2025, 11, 30)
    held = terms.with_until(source, day)
    assert terms.until(held) == day
    assert terms.until(terms.with_until(held, date(2026, 1, 2))) == date(2026, 1, 2)
    assert terms.with_until(held, None) == source
    assert terms.until(source) is None
