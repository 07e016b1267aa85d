"""Own limits, kept before Telegram refuses; on the wire: `python -m tests.drill_announcements pace`."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import pytest

from bot.pace import CHAT_GAP_S, GROUP_LIMIT, LEAST_PER_S, OVERALL_PER_S, Pace


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


async def under_way(
    pace: Pace, clock: Clock, answers_per_s: int, monkeypatch: pytest.MonkeyPatch
) -> Counter[int]:
    """Return how many announcements left in each of ten seconds while answers left at a steady rate."""
    really = asyncio.sleep

    async def sleep(seconds: float) -> None:
        until = clock.now + seconds
        while clock.now < until:
            clock.now += 1 / answers_per_s
            pace.note(100)
        await really(0)

    monkeypatch.setattr("bot.pace.asyncio.sleep", sleep)
    left: Counter[int] = Counter()
    while clock.now < 10:
        await pace.turn(1)
        await pace.depart()
        left[int(clock.now)] += 1
    return left


async def test_announcements_keep_a_share_however_many_answers_leave(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = await under_way(Pace(clock), clock, 100, monkeypatch)
    assert all(2 <= left[second] <= LEAST_PER_S for second in range(10))
    assert sum(left[second] for second in range(10)) >= 10 * LEAST_PER_S - 2


async def test_answers_that_leave_room_are_counted_to_the_last_place(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = await under_way(Pace(clock), clock, 10, monkeypatch)
    assert all(left[second] + 10 <= OVERALL_PER_S + 1 for second in range(10))


async def test_after_a_rush_announcements_are_soon_at_their_full_rate(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    pace = Pace(clock)
    await under_way(pace, clock, 200, monkeypatch)
    clock.now += 1.0
    began = clock.now

    async def sleep(seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr("bot.pace.asyncio.sleep", sleep)
    for chat in range(1, 28):
        await pace.turn(chat)
        await pace.depart()
    assert clock.now - began < 1.1


async def test_a_hold_keeps_the_share_back_as_well(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    pace = Pace(clock)
    pace.hold(5.0)
    left = await under_way(pace, clock, 100, monkeypatch)
    assert sum(left[second] for second in range(5)) == 0
    assert left[6] >= 2


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
