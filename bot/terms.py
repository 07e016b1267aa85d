"""Until when a fact holds, as a line of words at the end of its source.

Owns how the date is written there and read back: so it travels with the fact through history, undo and
files without a column of its own. Refuses to know what day it is.
"""

from __future__ import annotations

import re
from datetime import date

from bot import texts

_WRITTEN = re.compile(rf"(?:^|;\s*){re.escape(texts.UNTIL)} (\d{{1,2}}/\d{{1,2}}/\d{{4}})\s*$", re.IGNORECASE)
_TYPED = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?")


def until(source: str) -> date | None:
    """Return the last day named at the end of *source*, None when there is none."""
    found = _WRITTEN.search(source)
    return None if found is None else parse(found[1], date.min)


def with_until(source: str, day: date | None) -> str:
    """Return *source* with the last day *day* in the place of the one it names."""
    plain = _WRITTEN.sub("", source)
    return plain if day is None else "; ".join(filter(None, (plain, f"{texts.UNTIL} {written(day)}")))


def written(day: date) -> str:
    """Write *day* as it is written in Vietnam."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def parse(typed: str, today: date) -> date | None:
    """Read "30/11" or "30/11/2025"; without a year it is the next such day, *today* included."""
    found = _TYPED.fullmatch(typed.strip())
    if found is None:
        return None
    day, month, year = int(found[1]), int(found[2]), int(found[3] or today.year)
    try:
        read = date(year, month, day)
        return read if found[3] or read >= today else date(year + 1, month, day)
    except ValueError:
        return None
