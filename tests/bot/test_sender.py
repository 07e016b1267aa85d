"""The sender on real SQLite against the loopback server: nobody left out, nobody told twice."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from pathlib import Path

import pytest

from bot.announcement import Stage
from bot.content import Action
from bot.delivery import State
from knowledge.errors import StorageError
from tests.announcing import AUTHOR, desk, now
from tests.botapi import BotApi

CHATS = (-3, -2, -1, 1, 2, 3)


@pytest.fixture(autouse=True)
def known_chats(api: BotApi) -> None:
    for chat in CHATS:
        api.chat(chat)


def texts(api: BotApi) -> dict[int, list[str]]:
    return {chat: [sent.text for sent in api.seen_by(chat)] for chat in CHATS}


async def test_every_recipient_gets_the_announcement_once_with_its_number(api: BotApi, path: Path) -> None:
    async with desk(path, api.url) as working:
        await working.invite(*CHATS)
        announcement = await working.announce("Họp lúc 8 giờ.")
        assert await working.ended(announcement) == {State.SENT: 6}
    assert texts(api) == {chat: ["📢 Thông báo số 1\n\nHọp lúc 8 giờ."] for chat in CHATS}
    assert api.sent[0].entities == [{"type": "bold", "offset": 0, "length": 17}]


async def test_only_who_said_yes_and_can_be_reached_gets_it(api: BotApi, path: Path) -> None:
    async with desk(path, api.url) as working:
        await working.invite(1, 2, 3)
        await working.recipients.lost(2, "blocked")
        await working.recipients.forget(3)
        assert await working.ended(await working.announce()) == {State.SENT: 1}
    assert [sent.chat for sent in api.sent] == [1]


# --- faults ------------------------------------------------------------------------------------------

FAULTS = {
    "blocked": ((403, "Forbidden: bot was blocked by the user"), State.BLOCKED, "blocked", True),
    "deactivated": ((403, "Forbidden: user is deactivated"), State.BLOCKED, "deactivated", True),
    "kicked": ((403, "Forbidden: bot was kicked from the supergroup chat"), State.BLOCKED, "kicked", True),
    "left": ((403, "Forbidden: bot is not a member of the channel chat"), State.BLOCKED, "left", True),
    "unknown chat": ((400, "Bad Request: chat not found"), State.FAILED, "not_found", True),
    "muted": (
        (400, "Bad Request: not enough rights to send text messages to the chat"),
        State.FAILED,
        "no_rights",
        False,
    ),
    "topic closed": ((400, "Bad Request: TOPIC_CLOSED"), State.FAILED, "topic_closed", False),
    "odd": ((400, "Bad Request: something new"), State.FAILED, "refused", False),
}


@pytest.mark.parametrize(("refusal", "state", "reason", "is_gone"), FAULTS.values(), ids=FAULTS)
async def test_a_refusal_ends_one_chat_and_no_other(
    api: BotApi, path: Path, refusal: tuple[int, str], state: State, reason: str, is_gone: bool
) -> None:
    api.refusing[2] = refusal
    async with desk(path, api.url) as working:
        await working.invite(1, 2, 3)
        announcement = await working.announce()
        assert await working.ended(announcement) == {State.SENT: 2, state: 1}
        trouble = await working.outcomes.troubled(announcement.id)
        assert [(each.chat, each.reason) for each in trouble] == [(2, reason)]
        there = await working.recipients.find(2)
        assert there is not None
        assert (there.gone == reason) == is_gone
        again = await working.announce("Lần sau")
        assert sum((await working.ended(again)).values()) == (2 if is_gone else 3)


async def test_a_group_that_became_a_supergroup_gets_it_there_and_keeps_its_place(
    api: BotApi, path: Path
) -> None:
    api.migrate(-1, -1001)
    async with desk(path, api.url) as working:
        await working.invite(-1, 1)
        await working.recipients.put_into("huyện A", [1])
        announcement = await working.announce()
        assert await working.ended(announcement) == {State.SENT: 2, State.MOVED: 1}
        assert await working.recipients.find(-1) is None
        assert await working.recipients.chosen(["huyện A"]) == [(1, -1001, 0)]
        await working.ended(await working.announce("Lần hai"))
    assert len(api.seen_by(-1001)) == 2


@pytest.mark.parametrize("act", ["500", "502", "503", "reset", "half", "garbage", "lost"])
async def test_a_send_without_a_clear_answer_is_left_to_the_admin(api: BotApi, path: Path, act: str) -> None:
    """Telegram may have taken it: it is named, never repeated on our own account."""
    api.fail(act, "sendMessage", chat=2)
    async with desk(path, api.url) as working:
        await working.invite(1, 2, 3)
        announcement = await working.announce()
        assert await working.ended(announcement) == {State.SENT: 2, State.UNCERTAIN: 1}
        assert [each.chat for each in await working.outcomes.troubled(announcement.id)] == [2]
        tried = [call for call in api.calls if call.method == "sendMessage" and call.chat == 2]
        assert len(tried) == 1
        assert await working.outcomes.again(announcement.id, State.UNCERTAIN) == 1
        working.sender.wake()
        assert await working.ended(announcement) == {State.SENT: 3}


async def test_a_doubtful_one_can_be_left_as_it_is(api: BotApi, path: Path) -> None:
    api.fail("lost", "sendMessage", chat=2)
    async with desk(path, api.url) as working:
        await working.invite(1, 2)
        announcement = await working.announce()
        await working.ended(announcement)
        assert await working.outcomes.leave(announcement.id) == 1
        assert await working.outcomes.troubled(announcement.id) == []
        assert await working.outcomes.again(announcement.id, State.UNCERTAIN) == 0


async def test_a_flood_wait_delays_its_own_chat_only(api: BotApi, path: Path) -> None:
    api.fail(429, "sendMessage", chat=-1, retry_after=1)
    async with desk(path, api.url) as working:
        await working.invite(*CHATS)
        began = time.monotonic()
        announcement = await working.announce()
        await api.until(lambda: len(api.sent) == 5)
        assert time.monotonic() - began < 0.7
        assert await working.ended(announcement) == {State.SENT: 6}
    assert api.sent[-1].chat == -1
    assert time.monotonic() - began >= 1.0


async def test_when_telegram_floods_everybody_the_lane_waits(api: BotApi, path: Path) -> None:
    """Asking on for each chat in turn would only lengthen the wait."""
    api.overall_per_s = 20
    chats = range(1, 51)
    for chat in chats:
        api.chat(chat)
    async with desk(path, api.url) as working:
        await working.invite(*chats)
        announcement = await working.announce()
        assert await working.ended(announcement) == {State.SENT: 50}
    assert sum("Too Many" in call.error for call in api.calls) <= 20


async def test_nothing_is_tried_for_ever(api: BotApi, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery.FIRST_WAIT_S", 0.01)
    api.fail(429, "sendMessage", chat=2, times=1000)
    async with desk(path, api.url) as working:
        await working.invite(1, 2)
        announcement = await working.announce()
        assert await working.ended(announcement) == {State.SENT: 1, State.FAILED: 1}
        assert (await working.outcomes.troubled(announcement.id))[0].reason == "flood"


async def test_an_outage_leaves_only_what_was_in_flight_in_doubt(api: BotApi, path: Path) -> None:
    """Before Telegram answers again nothing more is sent."""
    chats = range(1, 61)
    for chat in chats:
        api.chat(chat)
    async with desk(path, api.url, lane_size=4) as working:
        await working.invite(*chats)
        announcement = await working.announce()
        await api.until(lambda: len(api.sent) >= 10)
        api.fail(502, times=40)
        await asyncio.sleep(0.1)
        api.failures.clear()
        counts = await working.ended(announcement)
        assert counts[State.UNCERTAIN] <= 4
        assert counts[State.SENT] == 60 - counts[State.UNCERTAIN]


async def test_a_server_that_is_not_there_puts_nothing_in_doubt(path: Path) -> None:
    async with BotApi() as api:
        port, url = api.port, api.url
    async with desk(path, url) as working:
        await working.invite(1, 2, 3)
        announcement = await working.announce()
        await asyncio.sleep(0.1)
        async with BotApi(port=port) as api:
            for chat in (1, 2, 3):
                api.chat(chat)
            assert await working.ended(announcement) == {State.SENT: 3}


async def test_content_that_telegram_refuses_pauses_instead_of_failing_everywhere(
    api: BotApi, path: Path
) -> None:
    api.refusing[1] = (400, "Bad Request: message to copy not found")
    async with desk(path, api.url, lane_size=1) as working:
        await working.invite(1, 2, 3)
        announcement = await working.announce()
        counts = await working.ended(announcement)
        assert counts == {State.QUEUED: 3}
        stopped = await working.register.get(announcement.id)
        assert (stopped.stage, "copy not found" in stopped.note) == (Stage.PAUSED, True)


# --- stopping and going on ---------------------------------------------------------------------------


async def test_a_pause_holds_and_a_resume_completes(api: BotApi, path: Path) -> None:
    chats = range(1, 41)
    for chat in chats:
        api.chat(chat)
    async with desk(path, api.url, per_s=200) as working:
        await working.invite(*chats)
        announcement = await working.announce()
        await api.until(lambda: len(api.sent) >= 5)
        assert await working.register.move(announcement.id, Stage.PAUSED, out_of=(Stage.SENDING,))
        working.sender.wake()
        await asyncio.sleep(0.05)
        held = len(api.sent)
        await asyncio.sleep(0.1)
        assert len(api.sent) == held < 40
        await working.register.move(announcement.id, Stage.SENDING, out_of=(Stage.PAUSED,))
        working.sender.wake()
        assert await working.ended(announcement) == {State.SENT: 40}


async def test_a_stop_waits_for_what_is_in_flight_and_a_start_goes_on(api: BotApi, path: Path) -> None:
    chats = range(1, 41)
    for chat in chats:
        api.chat(chat)
    async with desk(path, api.url, per_s=200) as working:
        await working.invite(*chats)
        announcement = await working.announce()
        await api.until(lambda: len(api.sent) >= 5)
    assert len(api.sent) < 40
    async with desk(path, api.url) as working:
        assert await working.ended(announcement) == {State.SENT: 40}
    assert sorted(sent.chat for sent in api.sent) == list(chats)


async def test_what_is_planned_is_sent_when_its_time_has_come(api: BotApi, path: Path) -> None:
    async with desk(path, api.url) as working:
        await working.invite(1)
        draft = await working.register.draft(
            (await working.announce("trước")).content, author=AUTHOR, origin=99, now=now()
        )
        due = now() + timedelta(seconds=0.3)
        await working.register.move(draft.id, Stage.SCHEDULED, out_of=(Stage.DRAFT,), due=due)
        working.sender.wake()
        await asyncio.sleep(0.15)
        assert len(api.sent) == 1
        assert await working.ended(draft) == {State.SENT: 1}
        assert now() >= due


async def test_the_clock_set_back_a_day_does_not_hold_up_a_repeated_attempt(api: BotApi, path: Path) -> None:
    shift = timedelta()
    async with desk(path, api.url, now=lambda: now() + shift) as working:
        await working.invite(1, 2)
        api.fail(429, "sendMessage", chat=2, retry_after=1)
        announcement = await working.announce()
        await api.until(lambda: len(api.sent) == 1)
        await asyncio.sleep(0.05)
        shift = timedelta(days=-1)
        working.sender.wake()
        assert await working.ended(announcement, within_s=5) == {State.SENT: 2}


# --- afterwards --------------------------------------------------------------------------------------


async def test_a_sent_one_is_edited_and_withdrawn_everywhere(api: BotApi, path: Path) -> None:
    async with desk(path, api.url) as working:
        await working.invite(1, 2, 3)
        announcement = await working.announce("Họp lúc 8 giờ.")
        await working.ended(announcement)
        for origin, action in ((50, Action.EDIT), (51, Action.WITHDRAW)):
            changed = type(announcement.content)(announcement.content.kind, "Họp lúc 9 giờ.")
            api.fail("lost", chat=2)  # done, but the answer is lost: done again, no doubt
            round_ = await working.register.draft(
                changed, author=AUTHOR, origin=origin, now=now(), action=action, of=announcement
            )
            await working.register.move(round_.id, Stage.SCHEDULED, out_of=(Stage.DRAFT,), due=now())
            working.sender.wake()
            assert await working.ended(round_) == {State.SENT: 3}
            assert {sent.text for sent in api.sent} == {"📢 Thông báo số 1\n\nHọp lúc 9 giờ."}
        assert all(sent.deleted for sent in api.sent)


async def test_a_withdrawal_names_where_it_came_too_late(api: BotApi, path: Path) -> None:
    later = [0.0]
    api.clock = lambda: time.monotonic() + later[0]
    async with desk(path, api.url) as working:
        await working.invite(1)
        announcement = await working.announce()
        await working.ended(announcement)
        later[0] = 49 * 3600
        round_ = await working.register.draft(
            announcement.content, author=AUTHOR, origin=50, now=now(), action=Action.WITHDRAW, of=announcement
        )
        await working.register.move(round_.id, Stage.SCHEDULED, out_of=(Stage.DRAFT,), due=now())
        working.sender.wake()
        assert await working.ended(round_) == {State.FAILED: 1}
        assert (await working.outcomes.troubled(round_.id))[0].reason == "too_old"


# --- storage -----------------------------------------------------------------------------------------


async def test_a_full_disk_holds_the_announcement_up_and_loses_nothing(
    api: BotApi, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sender.FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr("bot.sender.MAX_PAUSE_S", 0.1)
    chats = range(1, 301)
    for chat in chats:
        api.chat(chat)
    async with desk(path, api.url, per_s=400) as working:
        await working.invite(*chats)
        announcement = await working.announce("x" * 3000)
        await api.until(lambda: len(api.sent) >= 20)
        database = working.database

        async def refuse(work: object) -> None:
            raise StorageError("the disk is full")

        monkeypatch.setattr(database, "run_whole", refuse)
        await asyncio.sleep(0.3)
        held = len(api.sent)
        await asyncio.sleep(0.2)
        assert len(api.sent) == held
        monkeypatch.undo()
        working.sender.wake()
        assert await working.ended(announcement) == {State.SENT: 300}
    assert sorted(sent.chat for sent in api.sent) == list(chats)
