import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TimedOut

import bot.request  # noqa: F401 - flood waits as timedelta
from bot import texts
from bot.inbox import (
    BUSY,
    CONCURRENCY,
    KEEP_SEEN,
    MOST_STUCK,
    SCHEMA,
    STUCK_S,
    Inbox,
    Raw,
    Seen,
    is_passing,
    kind_of,
    lane_of,
)
from bot.request import POOL_SIZE
from knowledge.database import Database, open_database
from tests.bot.conftest import PHUOC, SPEAKER, Clock, Running, Serve
from tests.botapi import BotApi

NOW = datetime(2024, 4, 12, tzinfo=UTC)


async def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await database.fetch_all(query)]


def update(update_id: int, chat: int = 7) -> Raw:
    return {"update_id": update_id, "message": {"chat": {"id": chat}}}


# --- through the whole bot ---------------------------------------------------------------------------

BROKEN: list[Any] = [
    {"update_id": 1, "message": {"message_id": "x", "date": "never", "chat": 7}},
    {"update_id": 2, "message": [1, 2]},
    {"update_id": 3, "callback_query": {"id": "1"}},
    {"update_id": 4, "message": {"message_id": 1, "date": 10**30, "chat": {"id": 7, "type": "private"}}},
    {"update_id": 5, "poll": 7},
]


async def test_an_update_that_cannot_be_read_is_quarantined_and_the_rest_answered(
    api: BotApi, bot: Running
) -> None:
    for broken in BROKEN:
        api.push_raw(broken, broken["update_id"])
    api.push_raw("no update at all", 6)
    assert (await api.answer_to(7, "ai phát biểu?")).text.startswith(PHUOC)
    await api.drained()
    kept = await rows(bot.database, "SELECT update_id, kind FROM quarantine ORDER BY update_id")
    assert kept == [(b["update_id"], kind_of(b)) for b in BROKEN]


async def test_a_crashing_handler_is_quarantined_without_words_and_the_person_told(
    api: BotApi, bot: Running, known: Any
) -> None:
    class Crashing:
        def starters(self, _: int) -> tuple[str, ...]:
            return ()

        def answer(self, text: str, *_: Any) -> Any:
            raise KeyError(text)

    bot.known.swap(type(known)(Crashing()))
    assert (await api.answer_to(7, "câu bí mật")).text == texts.FAILED
    bot.known.swap(known)
    assert (await api.answer_to(7, "ai phát biểu?")).text.startswith(PHUOC)
    await api.drained()
    assert await rows(bot.database, "SELECT kind, error FROM quarantine") == [("message", "KeyError")]


async def test_an_update_is_confirmed_only_after_it_was_answered(
    api: BotApi, bot: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.polling.DRAIN_S", 0.05)
    api.fail("hang", "sendMessage")
    api.private(7, "ai phát biểu?")
    await api.until(lambda: [call for call in api.calls if call.method == "sendMessage"])
    await asyncio.sleep(0.05)
    assert len(api.updates) == 1
    # Somebody else is answered meanwhile, and still nothing is confirmed past the first.
    assert (await api.answer_to(8, "ai phát biểu?")).text.startswith(PHUOC)
    assert min(api.updates.values(), key=lambda u: u["update_id"])["message"]["chat"]["id"] == 7


async def test_what_was_held_at_a_stop_is_answered_by_the_next_run(
    api: BotApi, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.polling.DRAIN_S", 0.05)
    async with serve() as first:
        api.fail("hang", "sendMessage")
        api.private(7, "ai phát biểu?")
        await api.until(lambda: [call for call in api.calls if call.method == "sendMessage"])
        await first.stop()
    assert api.seen_by(7) == []
    async with serve():
        await api.until(lambda: api.seen_by(7))


async def test_a_stop_confirms_what_is_done(api: BotApi, bot: Running) -> None:
    await api.answer_to(7, "ai phát biểu?")
    await bot.stop()
    assert api.updates == {}


async def test_an_update_delivered_again_is_not_answered_again(api: BotApi, serve: Serve) -> None:
    async with serve():
        update_id = api.private(7, "ai phát biểu?")
        again = api.updates[update_id]
        await api.drained()
    api.push_raw(again, update_id)
    async with serve():
        await api.drained()
    assert len(api.seen_by(7)) == 1


async def test_numbers_that_restart_lower_are_served(api: BotApi, bot: Running) -> None:
    await api.answer_to(7, "ai phát biểu?")
    await api.drained()
    before = len(api.seen_by(7))
    api.push(update_id=5, message=api.message(7, "ai phát biểu?"))
    await api.until(lambda: len(api.seen_by(7)) > before)


async def test_one_chats_questions_are_answered_in_their_order(api: BotApi, bot: Running) -> None:
    api.fail(502, "sendMessage")
    for text in ("ai phát biểu?", "/lenhla", "/riengtu"):
        api.private(7, text)
    await api.until(lambda: len(api.seen_by(7)) == 3)
    first, second, third = (sent.text for sent in api.seen_by(7))
    assert first.startswith(PHUOC)
    assert second == texts.UNKNOWN_COMMAND
    assert third.startswith("Về sự riêng tư")


async def test_a_full_disk_stops_no_answer_and_repeats_none(api: BotApi, bot: Running) -> None:
    pages = (await bot.database.fetch_one("PRAGMA page_count"))[0]
    await bot.database.fetch_all(f"PRAGMA max_page_count = {pages}")
    for person in range(1000, 1200):
        api.private(person, "ai phát biểu?")
    await api.until(lambda: len(api.sent) >= 200)
    await api.drained()
    assert len(api.sent) == 200


# --- the inbox and its tables alone ------------------------------------------------------------------


@pytest.fixture
async def tables(tmp_path: Path) -> Any:
    async with open_database(tmp_path / "inbox.sqlite3", [SCHEMA]) as opened:
        yield opened


def inbox_of(tables: Database, process: Any, **more: Any) -> Inbox:
    return Inbox(process, Seen(tables, lambda: NOW), more.pop("clock", Clock()), retry_s=0.01, **more)


async def test_rows_that_arrive_together_are_kept_by_one_commit(tables: Database) -> None:
    seen = Seen(tables, lambda: NOW)
    before = tables.transactions
    await asyncio.gather(*(seen.record(number, 7) for number in range(50)))
    assert tables.transactions - before <= 2
    assert await seen.among(dict.fromkeys(range(100), 7)) == set(range(50))


async def test_another_update_of_a_known_number_is_not_taken_for_it(tables: Database) -> None:
    handled: list[Raw] = []

    async def process(raw: Raw) -> None:
        handled.append(raw)

    first, other = update(1, chat=7), update(1, chat=8)
    for raw in (first, first, other):
        await asyncio.gather(*await inbox_of(tables, process).take([raw]))
    assert handled == [first, other]


async def test_old_numbers_are_purged(tables: Database) -> None:
    times = [NOW, NOW + timedelta(hours=1), NOW + KEEP_SEEN + timedelta(minutes=1)]
    seen = Seen(tables, lambda: times[0])
    await seen.record(1, 0)
    times.pop(0)
    await seen.record(2, 0)
    times.pop(0)
    await seen.purge()
    assert await seen.among({1: 0, 2: 0}) == {2}


async def test_the_offset_never_passes_what_is_held(tables: Database) -> None:
    gate = asyncio.Event()

    async def process(raw: Raw) -> None:
        if raw["update_id"] == 11:
            await gate.wait()

    inbox = inbox_of(tables, process)
    assert inbox.next_offset() is None
    tasks = await inbox.take([update(10, 1), update(11, 2), update(12, 3)])
    await asyncio.wait([tasks[0], tasks[2]])
    assert inbox.next_offset() == 11
    assert await inbox.take([update(11, 2), update(12, 3)]) == [tasks[1]]
    gate.set()
    await inbox.settle(1)
    assert inbox.next_offset() == 13
    inbox.confirmed(13)
    assert inbox.next_offset() is None


async def test_an_attempt_that_takes_too_long_is_quarantined(tables: Database) -> None:
    async def process(_: Raw) -> None:
        await asyncio.sleep(60)

    inbox = inbox_of(tables, process, limit_s=0.02)
    await asyncio.gather(*await inbox.take([update(1)]))
    assert await rows(tables, "SELECT update_id, error FROM quarantine") == [(1, "TimeoutError")]


async def test_a_passing_fault_is_tried_until_patience_ends(tables: Database) -> None:
    clock, trials = Clock(), []

    async def process(raw: Raw) -> None:
        trials.append(raw["update_id"])
        clock.now += 250
        raise TimedOut

    inbox = inbox_of(tables, process, clock=clock)
    await asyncio.gather(*await inbox.take([update(1)]))
    assert len(trials) == 3
    assert await rows(tables, "SELECT error FROM quarantine") == [("TimedOut",)]


async def test_while_telegram_is_out_of_reach_no_patience_is_lost(tables: Database) -> None:
    """An hour without network: what was held at its beginning is answered at its end."""
    clock, trials = Clock(), []

    async def process(raw: Raw) -> None:
        trials.append(raw["update_id"])
        clock.now += 250
        if len(trials) < 7:
            raise TimedOut
        inbox.is_cut_off = False

    inbox = inbox_of(tables, process, clock=clock)
    inbox.is_cut_off = True
    await asyncio.gather(*await inbox.take([update(1)]))
    assert len(trials) == 7
    assert (inbox.done, inbox.quarantined) == (1, 0)
    assert await rows(tables, "SELECT * FROM quarantine") == []


async def test_more_is_fetched_as_soon_as_there_is_room_for_it(tables: Database) -> None:
    """The answers that are still to be given keep the bot busy while the next poll is under way."""
    gates = [asyncio.Event() for _ in range(10)]

    async def process(raw: Raw) -> None:
        await gates[raw["update_id"]].wait()

    inbox = inbox_of(tables, process)
    tasks = await inbox.take([update(number, number + 1) for number in range(10)])
    waiting = asyncio.create_task(inbox.make_room(6, 30))
    for gate in gates[:3]:
        gate.set()
    await asyncio.gather(*tasks[:3])
    assert not waiting.done()
    gates[3].set()
    await waiting
    assert inbox.holds == 6
    for gate in gates:
        gate.set()
    await asyncio.gather(*tasks)


async def test_no_more_updates_are_handled_at_once_than_calls_can_be_made(tables: Database) -> None:
    running, most = 0, 0

    async def process(_: Raw) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1

    inbox = inbox_of(tables, process)
    await asyncio.gather(*await inbox.take([update(number, number) for number in range(60)]))
    assert most == CONCURRENCY == POOL_SIZE


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (NetworkError("x"), True),
        (TimedOut(), True),
        (InvalidToken(), True),
        (RetryAfter(timedelta(seconds=3)), True),
        (BadRequest("x"), False),
        (KeyError("x"), False),
        (TimeoutError(), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_faults_that_pass_are_tried_again(error: Exception, passes: bool) -> None:
    assert is_passing(error) == passes


@pytest.mark.parametrize(
    ("raw", "lane"),
    [
        (update(1, -5), -5),
        ({"update_id": 1, "callback_query": {"from": {"id": 7}, "message": {"chat": {"id": -5}}}}, -5),
        ({"update_id": 1, "inline_query": {"from": {"id": 7}}}, 7),
        ({"update_id": 1, "poll": {}}, 1),
        ({"update_id": 1, "message": {"chat": {"id": "x"}, "from": None}}, 1),
        ({"update_id": 1}, 1),
    ],
    ids=["chat", "button", "inline", "no_owner", "broken", "empty"],
)
def test_order_is_kept_by_chat_else_person_else_not_at_all(raw: Raw, lane: int) -> None:
    assert lane_of(raw) == lane


@pytest.mark.parametrize("wait_s", [4, 3600], ids=["for a while", "for an hour"])
async def test_a_chat_that_telegram_refuses_for_long_keeps_nobody_else_waiting(
    api: BotApi, bot: Running, wait_s: int
) -> None:
    """A poll brings 100 updates from the first that is held: behind a full hundred nobody is heard.

    One that is to wait an hour is given up at once: the others' patience would not last so long either.
    """
    api.fail(429, "sendMessage", chat=7, times=1000, retry_after=wait_s)
    for _ in range(20):
        api.private(7, SPEAKER)
    await api.until(lambda: any(call.error and call.chat == 7 for call in api.calls))
    for person in range(1000, 1100):
        api.private(person, SPEAKER)
    await api.until(lambda: len({sent.chat for sent in api.sent}) == 80)
    api.private(8, SPEAKER)
    polls = api.polls
    await api.until(lambda: api.polls > polls + 2)
    if wait_s < STUCK_S:
        assert not api.seen_by(8)  # not given up at once
        bot.clock.now += STUCK_S + 1
    await api.until(lambda: api.seen_by(8))
    await api.drained()
    kept = await rows(bot.database, "SELECT DISTINCT kind, error FROM quarantine")
    assert kept == [("message", "RetryAfter")]


async def test_when_telegram_refuses_many_chats_nothing_is_given_up(tables: Database) -> None:
    clock, refusing = Clock(), True

    async def process(_: Raw) -> None:
        if refusing:
            raise TimedOut

    inbox = inbox_of(tables, process, clock=clock)
    held = await inbox.take([update(number, number) for number in range(1, MOST_STUCK + 2)])
    await asyncio.sleep(0.05)
    clock.now += STUCK_S + 1
    inbox.relieve()
    await asyncio.sleep(0.05)
    assert inbox.holds == MOST_STUCK + 1
    refusing = False
    await asyncio.gather(*held)
    assert inbox.quarantined == 0


async def test_many_chats_that_flooded_at_once_keep_nobody_else_unheard(api: BotApi, bot: Running) -> None:
    """Somebody with a dozen groups can make Telegram limit all of them: no trouble of Telegram's own."""
    chats = range(2001, 2004 + MOST_STUCK)

    def flood() -> None:
        for _ in range(BUSY):
            for chat in chats:
                api.private(chat, SPEAKER)

    flood()
    await api.drained()
    for chat in chats:
        api.fail(429, "sendMessage", chat=chat, times=1000, retry_after=30)
    flood()
    api.private(8, SPEAKER)
    await api.until(lambda: api.seen_by(8))


async def test_an_update_with_a_number_below_zero_is_left_out(tables: Database) -> None:
    """As an offset it would mean to Telegram: forget all but the last few."""

    async def process(_: Raw) -> None:
        """Do nothing."""

    inbox = inbox_of(tables, process)
    await inbox.take([update(-5), update(3)])
    await inbox.settle(1)
    assert (inbox.taken, inbox.next_offset()) == (1, 4)
