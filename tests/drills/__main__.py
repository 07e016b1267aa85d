"""Run the drills and print the table: python -m tests.drills [--small] [--only NAME …]."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import time

from tests.drills import abuse, doors, officers, operating, survival
from tests.drills.line import Drill, Line

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
    "load": operating.load,
    "units": operating.unit_files,
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


async def drill(names: list[str], small: bool) -> list[Line]:
    lines: list[Line] = []
    for name in names:
        began = time.monotonic()
        try:
            done = await DRILLS[name](small)
        except Exception as error:  # one broken drill must not hide the others' figures
            logging.getLogger(__name__).exception("%s", name)
            done = [Line(name, f"ended by {type(error).__name__}: {error!s:.60}", "a figure", False)]
        lines += done
        for line in done:
            print(f"{name}: {line.reached} ({time.monotonic() - began:.0f} s)", file=sys.stderr, flush=True)
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="the sizes of the test suite")
    parser.add_argument("--only", nargs="+", choices=DRILLS, default=list(DRILLS), metavar="NAME")
    options = parser.parse_args()
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # faults that we play ourselves
    began = time.monotonic()
    lines = asyncio.run(drill(options.only, options.small))
    print(table(lines))
    short = sum(not line.good for line in lines)
    print(f"{len(lines)} lines, {short} not reached, {time.monotonic() - began:.0f} s")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
