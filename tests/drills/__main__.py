"""Run the drills and print the table: python -m tests.drills [--small] [--only NAME …].

At full size, on two quiet cores, all of them take about an hour, and each by itself less than twenty
minutes. Those that tell no times run beside the longest of them, which takes one core.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
import time

from tests.drills import abuse, doors, officers, operating, proven, survival
from tests.drills.line import Drill, Line
from tests.drills.process import side_by_side

DRILLS: dict[str, Drill] = {
    "kills": survival.kills,
    "stops": survival.stops,
    "network": survival.network,
    "endings": survival.endings,
    "moments": survival.storage_moments,
    "announcements": survival.announcements,
    "hindered": survival.hindered,
    "webhooks": doors.webhooks,
    "markup": doors.markup,
    "files": doors.files,
    "privacy": doors.privacy,
    "askers": doors.two_askers,
    "flipped": doors.flipped,
    "costs": abuse.costs,
    "fuzz": abuse.fuzz,
    "months": abuse.months,
    "clocks": operating.clocks,
    "limits": operating.limits,
    "flood": operating.flood,
    "load": operating.load,
    "units": operating.unit_files,
    "packages": proven.packages,
    "suite": proven.suite,
    "walk": officers.walk,
    "files-by-chat": officers.files_by_chat,
    "faults": officers.faults,
    "pace": officers.pace,
    "cost": officers.cost,
    "beside": officers.beside,
}


def table(lines: list[Line]) -> str:
    rows = [("", "promise", "figure reached", "figure asked")]
    rows += [("ok" if line.good else "NOT", line.promise, line.reached, line.asked) for line in lines]
    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    return "\n".join(
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows
    )


LONGEST = "walk"
BESIDE = ("moments", "markup", "askers", "flipped", "months", "units")


async def drill(names: list[str], small: bool) -> list[Line]:
    """Run the drills called *names* and return their lines, in the order of `DRILLS`."""
    lines: dict[str, list[Line]] = {}
    if LONGEST in names and not small:
        beside = [name for name in names if name in BESIDE]
        walking = asyncio.create_task(side_by_side(in_turn, ([LONGEST],)))
        lines |= await in_turns(beside, small)
        for done in await walking:
            lines |= done
    lines |= await in_turns([name for name in names if name not in lines], small)
    return [line for name in names for line in lines[name]]


def in_turn(names: list[str]) -> dict[str, list[Line]]:
    """Run drills at full size in a process of their own."""
    return asyncio.run(in_turns(names, small=False))


async def in_turns(names: list[str], small: bool) -> dict[str, list[Line]]:
    """Run drills one after another; return their lines by name."""
    lines: dict[str, list[Line]] = {}
    for name in names:
        began = time.monotonic()
        try:
            done = await DRILLS[name](small)
        except Exception as error:  # one broken drill must not hide the others' figures
            logging.getLogger(__name__).exception("%s", name)
            done = [Line(name, f"ended by {type(error).__name__}: {error!s:.60}", "a figure", False)]
        lines[name] = done
        for line in done:
            print(f"{name}: {line.reached} ({time.monotonic() - began:.0f} s)", file=sys.stderr, flush=True)
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="the sizes of the test suite")
    parser.add_argument("--only", nargs="+", choices=DRILLS, default=list(DRILLS), metavar="NAME")
    options = parser.parse_args()
    chosen = [name for name in DRILLS if name in options.only]
    for number in (signal.SIGTERM, signal.SIGINT):  # nothing stays behind then
        signal.signal(number, signal.default_int_handler)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # faults that we play ourselves
    began = time.monotonic()
    lines = asyncio.run(drill(chosen, options.small))
    print(table(lines))
    short = sum(not line.good for line in lines)
    print(f"{len(lines)} lines, {short} not reached, {time.monotonic() - began:.0f} s")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
