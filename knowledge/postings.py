"""Where each word and notion stands: unit id to the texts that have it, and how they spell it.

Owns the look-up from ids to numbers of texts. Refuses to know what the numbers count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Spellings = frozenset[tuple[str, ...]]  # accent keys, a tuple for each way in which a unit stands somewhere
Spelled = tuple[tuple[Spellings, tuple[int, ...]], ...]  # the texts, by how they spell it


class Postings:
    """Texts by unit id; written down in plain values and read back, each id when it is first asked for."""

    def __init__(self, rows: dict[str, Any]) -> None:
        """Take *rows* as `of` or `written` makes them."""
        self._rows = rows

    @classmethod
    def of(cls, texts: Iterable[dict[str, Spellings]]) -> Postings:
        """Return the postings of *texts*, which are numbered from 0."""
        found: dict[str, dict[Spellings, list[int]]] = {}
        for n, ids in enumerate(texts):
            for i, spellings in ids.items():
                found.setdefault(i, {}).setdefault(spellings, []).append(n)
        return cls({i: tuple((s, tuple(ns)) for s, ns in spelled.items()) for i, spelled in found.items()})

    def get(self, unit_id: str) -> Spelled:
        """Return the texts that have *unit_id*; each stands once, in order among those that spell it so."""
        row: Any = self._rows.get(unit_id, ())
        if isinstance(row, list):
            row = self._rows[unit_id] = tuple((frozenset(map(tuple, s)), tuple(ns)) for s, ns in row)
        found: Spelled = row
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def written(self) -> dict[str, list[Any]]:
        """Return the postings in plain values."""
        return {i: [[sorted(spellings), ns] for spellings, ns in self.get(i)] for i in self}
