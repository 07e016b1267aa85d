"""One row of the table: what is measured, the goal, and one value a round.

A value is a ratio of two things measured in the same round wherever that is possible: this machine is never
quiet, and what disturbs one of them disturbs the other.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """How much is measured. *rounds* is at least 5 unless `--rounds` says otherwise."""

    rounds: int = 5
    quick: bool = False  # smaller sizes: to see that it runs, not to believe the figures
    aiogram: Path | None = None  # the interpreter that has aiogram
    stores: Path | None = None  # where large stores are kept between runs

    def size(self, whole: int, quick: int) -> int:
        return quick if self.quick else whole


@dataclass(frozen=True)
class Row:
    """What was measured: the goal is met when the median lies between the limits given.

    A row without limits is shown for the reader. *note* tells the absolute figures behind a ratio.
    """

    what: str
    values: Sequence[float]
    unit: str = "×"
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def is_met(self) -> bool:
        middle = statistics.median(self.values)
        return (self.at_least is None or middle >= self.at_least) and (
            self.at_most is None or middle <= self.at_most
        )

    @property
    def goal(self) -> str:
        limits = (("≥", self.at_least), ("≤", self.at_most))
        return ", ".join(f"{sign} {limit:g} {self.unit}" for sign, limit in limits if limit is not None)

    def cells(self) -> list[str]:
        """Return what | goal | reached | min / median / max | note."""
        low, middle, high = min(self.values), statistics.median(self.values), max(self.values)
        reached = ("yes" if self.is_met else "NO") if self.goal else ""
        spread = " / ".join(shown(v) for v in (low, middle, high)) + f" {self.unit}"
        return [self.what, self.goal, reached, spread, self.note]


Measure = Callable[[Options], list[Row]]
"""Measures one group; its name in `MEASURES` is what `--only` takes."""

HEAD = ["what", "goal", "reached", "min / median / max", "in this run"]


def shown(value: float) -> str:
    """Return *value* with three figures that mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 0.01 else f"{value:.4f}"


def markdown(rows: Sequence[Row]) -> str:
    """Lay *rows* out as a table of Markdown, which reads well on a terminal too."""
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(HEAD) - 1)]
    lines = [
        "| " + " | ".join([*(c.ljust(w) for c, w in zip(line, widths, strict=False)), line[-1]]) + " |"
        for line in cells
    ]
    return "\n".join([lines[0], "|" + "---|" * len(HEAD), *lines[1:]])


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Divide round by round."""
    return [a / b for a, b in zip(above, below, strict=True)]
