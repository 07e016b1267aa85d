"""Where each word and notion stands: unit id to the texts that have it, and how they spell it.

Owns the look-up from ids to numbers of texts. Refuses to know what the numbers count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache

Spellings = frozenset[tuple[str, ...]]  # accent keys, a tuple for each way in which a unit stands somewhere
Spelled = tuple[tuple[Spellings, tuple[int, ...]], ...]  # the texts, by how they spell it


@lru_cache(maxsize=20_000)
def shared(spellings: Spellings) -> Spellings:
    """Return the one object for equal *spellings*: most words are spelled in one way in a thousand texts."""
    return spellings


class Postings:
    """Texts by unit id; written down as lines and read back, each id when it is first asked for."""

    def __init__(self, rows: dict[str, Spelled | bytes]) -> None:
        """Take *rows*, as `of` makes them or still as they were written."""
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
        row = self._rows.get(unit_id, ())
        if isinstance(row, bytes):
            read = json.loads(row)
            row = self._rows[unit_id] = tuple((shared(frozenset(map(tuple, s))), tuple(ns)) for s, ns in read)
        return row

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def lines(self) -> Iterator[bytes]:
        """Yield the postings as lines: the ids, then a line for each."""
        yield json.dumps([*self], ensure_ascii=False).encode()
        for i in self:
            rows = [[sorted(spellings), texts] for spellings, texts in self.get(i)]
            yield json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_lines(cls, lines: Iterator[bytes]) -> Postings:
        """Take from *lines* as many as `lines` wrote."""
        ids: list[str] = json.loads(next(lines))
        return cls(dict(zip(ids, lines, strict=False)))
