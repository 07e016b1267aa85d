"""Trouble reaches the owner once, and the bot goes on as far as it can."""

import asyncio
import contextlib
import sqlite3

import pytest

from bot import texts_alarms, wiring
from bot.alarms import AGAIN_S, Alarm, Alarms
from bot.chores import TROUBLE_LOOK_S
from knowledge.errors import StorageError
from tests.bot.conftest import ADMIN, PHUOC, SPEAKER, Clock, Running
from tests.botapi import BotApi

VAIN = "cầu có đèn chiếu sáng không"


def test_the_pace_of_looking_is_that_of_a_person() -> None:
    assert TROUBLE_LOOK_S <= 5


async def test_a_trouble_is_told_once_then_again_after_an_hour(api: BotApi, office: Running) -> None:
    clock = Clock()
    alarms = Alarms((ADMIN, 99), clock)
    ringing = asyncio.create_task(alarms.run(office.edge.application.bot))
    api.chat(ADMIN), api.chat(99)
    api.blocked.add(99)
    api.fail(502, "sendMessage")
    for _ in range(5):
        alarms.ring(Alarm.DISK)
    await api.until(lambda: api.seen_by(ADMIN))
    assert alarms.active == (Alarm.DISK,)
    alarms.end(Alarm.DISK)
    assert alarms.active == ()
    alarms.ring(Alarm.DISK)
    await asyncio.sleep(0)
    clock.now += AGAIN_S
    alarms.ring(Alarm.DISK)
    await api.until(lambda: len(api.seen_by(ADMIN)) == 2)
    assert {sent.text for sent in api.seen_by(ADMIN)} == {texts_alarms.ALARMS["disk"]}
    ringing.cancel()


async def test_what_is_put_aside_is_told_with_its_number(api: BotApi, office: Running) -> None:
    api.chat(ADMIN)
    api.push_raw({"update_id": 1, "message": [1]}, 1)
    (sent,) = await api.until(lambda: api.seen_by(ADMIN))
    assert sent.text == texts_alarms.ALARMS["quarantine"].format(count=1)
    assert (await api.answer_to(7, SPEAKER)).text.startswith(PHUOC)


async def test_every_alarm_has_its_sentence() -> None:
    assert set(texts_alarms.ALARMS) == set(Alarm)


async def test_a_full_disk_answers_on_tells_the_owner_once_and_mends_itself(
    api: BotApi, office: Running
) -> None:
    api.chat(ADMIN)
    look = wiring._minder(office.database, office.edge.alarms)
    pages = (await office.database.fetch_one("PRAGMA page_count"))[0]
    await office.database.fetch_all(f"PRAGMA max_page_count = {pages}")
    for person in range(1000, 1150):
        api.private(person, f"{VAIN} {person}")
    await api.until(lambda: len(api.sent) >= 150)
    await api.drained()
    assert {sent.chat for sent in api.sent if sent.chat != ADMIN} == set(range(1000, 1150))
    assert not [sent for sent in api.sent if "trục trặc" in sent.text]
    for _ in range(3):
        with contextlib.suppress(StorageError):
            await look()
    await api.until(lambda: api.seen_by(ADMIN))
    await office.database.fetch_all("PRAGMA max_page_count = 1000000")
    await office.database.probe()
    await look()
    assert office.edge.alarms.active == ()
    assert [sent.text for sent in api.seen_by(ADMIN)] == [texts_alarms.ALARMS["disk"]]


async def test_a_database_held_by_another_program_delays_no_answer_for_long(
    api: BotApi, office: Running
) -> None:
    await office.database.fetch_all("PRAGMA busy_timeout = 50")
    holder = sqlite3.connect(office.database.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    for person in range(1000, 1030):
        api.private(person, SPEAKER)
    await api.until(lambda: len([s for s in api.sent if s.text.startswith(PHUOC)]) == 30)
    await api.until(lambda: Alarm.HELD in office.edge.alarms.active)
    holder.execute("ROLLBACK")
    holder.close()
    await office.database.probe()
    assert office.database.trouble is None


async def test_a_database_that_breaks_underneath_still_answers_from_memory(
    api: BotApi, office: Running
) -> None:
    await api.answer_to(7, SPEAKER)
    await office.database.fetch_all("PRAGMA wal_checkpoint(TRUNCATE)")
    size = office.database.path.stat().st_size
    with office.database.path.open("r+b") as file:
        file.seek(1024)
        file.write(b"\xa5" * (size - 1024))
    for person in range(1000, 1010):
        assert (await api.answer_to(person, f"{SPEAKER}")).text.startswith(PHUOC)


async def test_an_owner_whose_chat_has_to_wait_costs_the_others_neither_peace_nor_news(
    api: BotApi, office: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.alarms.LOOK_S", 0.02)
    clock, other = Clock(), 2
    alarms = Alarms((ADMIN, other), clock)
    ringing = asyncio.create_task(alarms.run(office.edge.application.bot))
    api.chat(ADMIN), api.chat(other)
    api.fail(429, "sendMessage", chat=other, times=2, retry_after=300)
    alarms.ring(Alarm.BACKUP)
    await api.until(lambda: api.seen_by(other))
    assert len(api.seen_by(ADMIN)) == 1
    ringing.cancel()
