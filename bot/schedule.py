"""When an announcement is to be sent: "18:30 25/11" as a moment, quiet hours, and moments as words.

Owns the reading of times in the local zone and what is wrong with one. Pure: the present is an argument.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta, tzinfo

from bot import texts_announcements as texts

QUIET_FROM, QUIET_UNTIL = 22, 6  # o'clock
LATE = timedelta(minutes=30)  # a start so much after its time was not meant for this hour
FARTHEST = timedelta(days=366)
_HALF_A_YEAR = timedelta(days=183)
_CLOCK = re.compile(r"(\d{1,2})\s*(?:giờ|[:.hg])\s*(?:(\d{1,2})(?![\d/.-]))?", re.IGNORECASE)
_DAY = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})(?:\s*[/.-]\s*(\d{4}))?")


class ScheduleError(ValueError):
    """The time cannot be used; the message is the sentence for the person."""


def read(words: str, now: datetime, zone: tzinfo) -> datetime:
    """Return the moment that *words* name in *zone*; raises ScheduleError saying why not.

    A date without a year is the next such day, unless it has just gone by: then it is past, not next year.
    """
    words = unicodedata.normalize("NFC", words).strip()
    clock = _CLOCK.match(words)
    if clock is None:
        raise ScheduleError(texts.TIME_UNREADABLE)
    hour, minute = int(clock[1]), int(clock[2] or 0)
    if hour > 23 or minute > 59:
        raise ScheduleError(texts.TIME_IMPOSSIBLE.format(time=clock[0].strip()))
    here = now.astimezone(zone)
    day = _day(words[clock.end() :].strip(" ,"), here.date(), time(hour, minute))
    moment = datetime.combine(day, time(hour, minute), zone)
    if moment.astimezone(now.tzinfo).astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise ScheduleError(texts.TIME_IMPOSSIBLE.format(time=clock[0].strip()))  # skipped by summer time
    if moment <= now:
        raise ScheduleError(texts.TIME_PAST.format(time=shown(moment, now, zone), now=clock_of(now, zone)))
    if moment - now > FARTHEST:
        raise ScheduleError(texts.TIME_TOO_FAR)
    return moment.astimezone(now.tzinfo)


def is_quiet(moment: datetime, zone: tzinfo) -> bool:
    """Tell whether *moment* lies in the hours when people sleep."""
    hour = moment.astimezone(zone).hour
    return hour >= QUIET_FROM or hour < QUIET_UNTIL


def morning_after(moment: datetime, zone: tzinfo) -> datetime:
    """Return the end of the quiet hours in which, or before which, *moment* lies."""
    here = moment.astimezone(zone)
    day = here.date() + timedelta(days=here.hour >= QUIET_UNTIL)
    return datetime.combine(day, time(QUIET_UNTIL), zone).astimezone(moment.tzinfo)


def hold_back(due: datetime | None, now: datetime, zone: tzinfo) -> datetime | None:
    """Return until when an announcement has to wait that missed its time and would come at night.

    After a power cut nobody wants the whole district woken at three. None: it may begin.
    """
    if due is None or now - due < LATE or is_quiet(due, zone) or not is_quiet(now, zone):
        return None
    return morning_after(now, zone)


def shown(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """Return *moment* in words: the time and the day, the year only when it is another one."""
    here = moment.astimezone(zone)
    year = f"/{here.year}" if here.year != now.astimezone(zone).year else ""
    return texts.MOMENT.format(time=clock_of(moment, zone), day=f"{here.day}/{here.month}{year}")


def clock_of(moment: datetime, zone: tzinfo) -> str:
    """Return the time of day."""
    return f"{moment.astimezone(zone):%H:%M}"


def _day(words: str, today: date, clock: time) -> date:
    plain = words.casefold()
    for word in texts.DAY_WORDS:
        words = words.removeprefix(word).lstrip()
    if plain in ("", *texts.TODAY):
        return today
    if plain in texts.TOMORROW:
        return today + timedelta(days=1)
    found = _DAY.fullmatch(words)
    if found is None:
        raise ScheduleError(texts.TIME_UNREADABLE)
    day, month, year = int(found[1]), int(found[2]), int(found[3] or today.year)
    try:
        named = date(year, month, day)
        if found[3] is None and today - named > _HALF_A_YEAR:
            named = date(year + 1, month, day)
    except ValueError as error:
        raise ScheduleError(texts.DAY_IMPOSSIBLE.format(day=found[0])) from error
    return named
