"""One line of the drills' table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A promise with the figure reached and the figure asked."""

    promise: str
    reached: str
    asked: str
    good: bool


Drill = Callable[[bool], Awaitable[list[Line]]]
