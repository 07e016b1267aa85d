"""After a restore nothing goes out by itself: it may have gone out since the snapshot."""

from pathlib import Path

import pytest

from bot import texts_alarms
from bot import texts_announcements as t
from bot.announcement import Stage
from knowledge.backup import backup, restore
from tests.bot.conftest import ADMIN, Running, Serve, pressed
from tests.botapi import BotApi

SUBSCRIBER = 50


async def planned(api: BotApi, database: Path, serve: Serve, now: object) -> Path:
    """Return a snapshot made while an announcement waits for its time, which then went out."""
    async with serve(admins=(ADMIN,)) as running:
        await api.answer_to(SUBSCRIBER, "/dangky")
        await api.answer_to(ADMIN, "/thongbao Họp lúc 8 giờ.")
        register = running.edge.office.cast.register
        (draft,) = await register.at(Stage.DRAFT)
        await register.move(draft.id, Stage.SCHEDULED, out_of=(Stage.DRAFT,), due=running.edge.office.now())
        snapshot = backup(database, database.parent / "kept", at=now)  # type: ignore[arg-type]
        running.edge.office.cast.sender.wake()
        await api.until(lambda: [s for s in api.seen_by(SUBSCRIBER) if "Họp lúc" in s.text])
        await api.until(lambda: [s for s in api.seen_by(ADMIN) if s.text.startswith("✅")])
    return snapshot


def announced(api: BotApi) -> int:
    return len([sent for sent in api.seen_by(SUBSCRIBER) if "Họp lúc" in sent.text])


async def test_what_was_planned_is_held_until_an_admin_lets_it_go(
    api: BotApi, database: Path, serve: Serve, now: object
) -> None:
    snapshot = await planned(api, database, serve, now)
    restore(snapshot, database)
    async with serve(admins=(ADMIN,)) as running:
        told = texts_alarms.ALARMS["restored"].format(count=1)
        await api.until(lambda: [s for s in api.seen_by(ADMIN) if s.text == told])
        (held,) = await running.edge.office.cast.register.at(Stage.PAUSED)
        listed = await api.answer_to(ADMIN, "/lich")
        card = await pressed(api, listed, str(held.number))
        assert t.RESTORED_NOTE in card.text
        assert announced(api) == 1
        api.press(card, t.RESUME)
        await api.until(lambda: announced(api) == 2)
    async with serve(admins=(ADMIN,)) as running:  # the mark is gone: only the first start holds
        assert await running.edge.office.cast.register.at(Stage.PAUSED) == []


async def test_what_was_held_can_be_ended_for_good(
    api: BotApi, database: Path, serve: Serve, now: object
) -> None:
    restore(await planned(api, database, serve, now), database)
    async with serve(admins=(ADMIN,)) as running:
        told = texts_alarms.ALARMS["restored"].format(count=1)
        await api.until(lambda: [s for s in api.seen_by(ADMIN) if s.text == told])
        card = await pressed(api, await api.answer_to(ADMIN, "/lich"), "1")
        api.press(card, t.STOP)
        await api.drained()
        assert await running.edge.office.cast.register.at(Stage.STOPPED)
    assert announced(api) == 1


@pytest.mark.parametrize("times", [1, 2])
async def test_a_database_that_was_not_restored_holds_nothing(api: BotApi, serve: Serve, times: int) -> None:
    for _ in range(times):
        async with serve(admins=(ADMIN,)) as running:
            await api.until(lambda: api.polls)
            assert await _holds(running) is None


async def _holds(running: Running) -> int | None:
    return await running.edge.office.cast.outbox.hold_restored("x")
