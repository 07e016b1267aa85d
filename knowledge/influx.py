"""A file of facts, however large, compared with the store piece by piece.

Owns which lines must be compared together: those whose first question is the same, and the stored facts that
begin with it. Refuses to know formats and rules of comparison (`interchange`) and who writes (`store`).

Kept for the whole file is a number for each first question, and the lines whose first question comes twice.
"""

# ruff: noqa: S608 - only constant names and question marks are put into SQL, values never
from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from knowledge.interchange import Difference, FactFile, Item, Refusal, compare
from knowledge.model import Fact
from knowledge.records import replace
from knowledge.schema import LIVE, Entry

if TYPE_CHECKING:
    from knowledge.ledger import Ledger

PIECE = 10_000  # lines that are compared and written at once
_READ = 20_000

Source = Callable[[], Iterator[Item]]  # reads the file from its beginning, each time it is called


async def differences(
    ledger: Ledger, source: Source, texts: Mapping[str, str]
) -> AsyncIterator[tuple[Difference, dict[int, Entry]]]:
    """Yield what each piece of *source* would do, and the stored facts that it changes, by number.

    Put together, the pieces say what `compare` says of the whole; new facts come in the order of their lines.
    A piece may be written before the next is asked for.
    """
    once, again = set[int](), set[int]()
    for _, item in source():
        if isinstance(item, Fact):
            (again if (key := _key(item)) in once else once).add(key)
    alike: dict[int, list[tuple[int, Fact]]] = {}
    for line, item in source() if again else ():
        if isinstance(item, Fact) and (key := _key(item)) in again:
            alike.setdefault(key, []).append((line, item))
    stored = await _beginning_alike(ledger, once)
    later: dict[int, Fact] = {}
    lines = source()
    while piece := list(islice(lines, PIECE)):
        rows: list[tuple[int, Fact]] = []
        for line, item in piece:
            if isinstance(item, Fact):
                key = _key(item)
                rows += alike.pop(key, ()) if key in again else ((line, item),)
        ids = sorted({id_ for _, fact in rows for id_ in stored.get(_key(fact), ())})
        entries = {entry.fact.id: entry for entry in await _entries(ledger, ids)}
        refused = tuple(item for _, item in piece if isinstance(item, Refusal))
        file = FactFile(tuple(sorted(rows, key=lambda row: row[0])), refused)
        found = compare(file, [entry.fact for entry in entries.values()], texts)
        later.update(found.new)
        new = tuple((line, later.pop(line)) for line, _ in piece if line in later)
        yield replace(found, new=new), entries


def whole(parts: Iterable[Difference]) -> Difference:
    """Put the differences of all pieces together."""
    parts = list(parts)
    return Difference(
        tuple(row for part in parts for row in part.new),
        tuple(sorted((row for part in parts for row in part.changed), key=lambda row: row[0])),
        tuple(sorted(row for part in parts for row in part.same)),
        tuple(sorted((row for part in parts for row in part.refused), key=lambda row: row.line)),
    )


def _key(fact: Fact) -> int:
    return hash(fact.questions[0].casefold())


async def _beginning_alike(ledger: Ledger, keys: set[int]) -> dict[int, list[int]]:
    """Return the numbers of the stored facts whose first question has one of *keys*, by key."""
    found: dict[int, list[int]] = {}
    last = 0
    while rows := await ledger.database.fetch_all(
        "SELECT fact_id, text FROM fact_questions JOIN facts ON id = fact_id"
        f" WHERE position = 0 AND fact_id > ? AND {LIVE} ORDER BY fact_id LIMIT {_READ}",
        (last,),
    ):
        last = rows[-1][0]
        for id_, text in rows:
            if (key := hash(text.casefold())) in keys:
                found.setdefault(key, []).append(id_)
    return found


async def _entries(ledger: Ledger, ids: list[int]) -> list[Entry]:
    found: list[Entry] = []
    for at in range(0, len(ids), _READ):
        some = ids[at : at + _READ]
        found += await ledger.entries(f"id IN ({', '.join('?' * len(some))}) AND {LIVE}", some)
    return found
