"""Times as officers write them, in their own zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.schedule import ScheduleError, hold_back, is_quiet, morning_after, read, shown

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=HANOI).astimezone(UTC)


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("18:30 25/11", (2026, 11, 25, 18, 30)),
        ("18h30 25/11", (2026, 11, 25, 18, 30)),
        ("18h 25-11-2026", (2026, 11, 25, 18, 0)),
        ("18 giờ 30, 25/11", (2026, 11, 25, 18, 30)),
        ("18:30 ngày 25/11", (2026, 11, 25, 18, 30)),
        ("7.05 2/1", (2027, 1, 2, 7, 5)),
        ("19:00", (2026, 11, 23, 19, 0)),
        ("19:00 hôm nay", (2026, 11, 23, 19, 0)),
        ("8g mai", (2026, 11, 24, 8, 0)),
        ("8:00 1/11/2027", (2027, 11, 1, 8, 0)),
    ],
)
def test_a_time_is_read_in_the_local_zone(words: str, moment: tuple[int, ...]) -> None:
    assert read(words, NOW, HANOI) == datetime(*moment, tzinfo=HANOI)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "chưa đọc ra"),
        ("tối nay", "chưa đọc ra"),
        ("18:30 thứ ba", "chưa đọc ra"),
        ("24:00 25/11", "Không có giờ 24:00"),
        ("18:61 25/11", "Không có giờ 18:61"),
        ("18:30 31/2", "Không có ngày 31/2"),
        ("18:30 29/2/2027", "Không có ngày 29/2/2027"),
        ("18:30 0/11", "Không có ngày 0/11"),
        ("11:59", "(lúc 11:59 ngày 23/11) đã qua, bây giờ là 12:00."),
        ("18:30 22/11", "đã qua"),
        ("18:30 25/11/2025", "(lúc 18:30 ngày 25/11/2025) đã qua"),
        ("18:30 25/12/2027", "một năm"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_a_word_why(words: str, said: str) -> None:
    with pytest.raises(ScheduleError, match=r".*") as caught:
        read(words, NOW, HANOI)
    assert said in str(caught.value)


def test_an_hour_that_summer_time_skips_is_refused() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    with pytest.raises(ScheduleError, match="Không có giờ 2:30"):
        read("2:30 28/3/2027", NOW, berlin)


@pytest.mark.parametrize(("hour", "quiet"), [(21, False), (22, True), (0, True), (5, True), (6, False)])
def test_people_sleep_from_ten_to_six(hour: int, quiet: bool) -> None:
    moment = datetime(2026, 11, 23, hour, 0, tzinfo=HANOI).astimezone(UTC)
    assert is_quiet(moment, HANOI) == quiet
    morning = morning_after(moment, HANOI).astimezone(HANOI)
    assert (morning.hour, morning.day) == (6, 24 if hour >= 6 else 23)


@pytest.mark.parametrize(
    ("due", "now", "until"),
    [
        ((18, 30), (18, 31), None),
        ((18, 30), (21, 0), None),  # late, but people are awake
        ((21, 50), (22, 5), None),  # a little late
        ((18, 30), (23, 0), 6),
        ((23, 0), (23, 59), None),  # the officer wanted the night
    ],
)
def test_what_missed_its_hour_does_not_come_in_the_night(
    due: tuple[int, int], now: tuple[int, int], until: int | None
) -> None:
    planned, present = (datetime(2026, 11, 23, *t, tzinfo=HANOI).astimezone(UTC) for t in (due, now))
    held = hold_back(planned, present, HANOI)
    assert (held and held.astimezone(HANOI).hour) == until


def test_a_moment_is_shown_with_its_year_only_when_it_is_another() -> None:
    assert shown(NOW, NOW, HANOI) == "lúc 12:00 ngày 23/11"
    assert shown(NOW + timedelta(days=60), NOW, HANOI) == "lúc 12:00 ngày 22/1/2027"
