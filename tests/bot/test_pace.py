"""Own limits, kept before Telegram refuses; on the wire: `python -m tests.drill_announcements pace`."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.pace import CHAT_GAP_S, GROUP_LIMIT, Pace


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_sends_leave_evenly_and_never_above_the_rate() -> None:
    pace = Pace(time.monotonic, per_s=200)
    times = []
    for chat in range(1, 61):
        await pace.turn(chat)
        times.append(time.monotonic())
    for at, first in enumerate(times):  # a stall may bring two close together, never a burst
        assert all(n - at <= 200 * (times[n] - first) + 2 for n in range(at, len(times)))


async def test_an_answer_goes_first_and_takes_the_place_of_an_announcement() -> None:
    pace = Pace(time.monotonic, per_s=50)
    await pace.turn(1)
    began = time.monotonic()
    for person in range(100, 105):
        pace.note(person)  # never waits
    await pace.turn(2)
    assert time.monotonic() - began >= 5 / 50


async def test_a_chat_rests_a_second_after_telegram_has_answered(clock: Clock) -> None:
    pace = Pace(clock, per_s=1000)
    assert pace.wait_for(7) == 0
    await pace.turn(7)
    clock.now += 0.5
    pace.arrived(7)
    assert pace.wait_for(7) == pytest.approx(CHAT_GAP_S)
    assert pace.wait_for(8) == 0


async def test_a_flood_wait_rests_one_chat_and_is_never_shortened(clock: Clock) -> None:
    pace = Pace(clock, per_s=1000)
    pace.pause(7, 30)
    pace.arrived(7)
    assert pace.wait_for(7) == 30
    assert pace.wait_for(8) == 0
    clock.now += 31
    assert pace.wait_for(7) == 0


async def test_a_group_takes_twenty_a_minute_and_answers_count(clock: Clock) -> None:
    pace = Pace(clock, per_s=1000)
    for _ in range(GROUP_LIMIT // 2):
        await pace.turn(-5)
        pace.note(-5)
        clock.now += 2.0
    assert pace.wait_for(-5) == pytest.approx(60.5 - 20.0)
    assert pace.wait_for(5) == 0
    clock.now += 60
    assert pace.wait_for(-5) == 0


async def test_a_stall_lets_no_burst_out() -> None:
    """However long claims were held up, no second sees more than the rate allows."""
    pace = Pace(time.monotonic, per_s=20)
    left: list[float] = []

    async def late() -> None:
        await pace.depart()
        left.append(time.monotonic())

    began = time.monotonic()
    await asyncio.gather(*(late() for _ in range(25)))
    assert sum(at - began < 0.99 for at in left) == 21


def test_chats_are_forgotten_when_their_limits_have_run_out(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.pace._REMEMBERED", 100)
    pace = Pace(clock)
    for chat in range(1000):
        clock.now += 0.1
        pace.note(chat + 1)
    assert len(pace._chats) == 100
