"""Which question asked in vain a new one is like: the same words in any order, with the same figures.

Owns that comparison and the latest questions in memory, which spare reading a thousand rows for each new
one. Refuses to trust its memory: what it finds must still stand in the table.

For use in the database's thread, inside the transaction that writes to `asked`. When that is undone, the
memory names rows that never came to be; the next look at one of them notices and reads anew.
"""

from __future__ import annotations

import re
import sqlite3
from collections import OrderedDict, defaultdict

from rapidfuzz import fuzz, process

from knowledge.syllables import fold

ALIKE = 88.0  # likeness of the sorted words, 0-100: "o dau to chuc" and "to chuc o dau vay" are one
LOOK_BACK = 1000  # a new question is compared with that many earlier ones (0.1 ms)

Figures = tuple[str, ...]


def form_of(text: str) -> str:
    """Return the words of *text* as they are compared: folded, in lower case, without signs."""
    return " ".join(re.findall(r"[^\W_]+", fold(text.lower()))) or text


class Alike:
    """The latest questions of the table `asked`."""

    def __init__(self) -> None:
        """Read nothing yet."""
        self._latest: OrderedDict[int, Figures] = OrderedDict()  # by row of the table, the latest last
        self._sorted: defaultdict[Figures, dict[int, str]] = defaultdict(dict)
        self._is_read = False

    def group_of(self, writer: sqlite3.Connection, form: str) -> int | None:
        """Return the group of the question that is most like *form*, None when none is like it."""
        wanted, figures = _sorted(form), _figures(form)
        while True:
            fresh = not self._is_read
            if fresh:
                self._read(writer)
            found = process.extractOne(
                wanted, self._sorted.get(figures, {}), scorer=fuzz.ratio, score_cutoff=ALIKE
            )
            if found is None:
                return None
            row = writer.execute("SELECT group_id, form FROM asked WHERE id = ?", (found[2],)).fetchone()
            if row is not None and (fresh or _sorted(row[1]) == found[0]):
                return int(row[0])
            self._is_read = False

    def note(self, id_: int, form: str) -> None:
        """Remember that the question in row *id_* has just been asked."""
        self._forget(id_)
        self._latest[id_] = figures = _figures(form)
        self._sorted[figures][id_] = _sorted(form)
        if len(self._latest) > LOOK_BACK:
            self._forget(next(iter(self._latest)))

    def _forget(self, id_: int) -> None:
        figures = self._latest.pop(id_, None)
        if figures is not None:
            del self._sorted[figures][id_]
            if not self._sorted[figures]:
                del self._sorted[figures]

    def _read(self, writer: sqlite3.Connection) -> None:
        self._latest.clear()
        self._sorted.clear()
        rows = writer.execute(
            "SELECT id, form FROM asked ORDER BY last_on DESC, id DESC LIMIT ?", (LOOK_BACK,)
        )
        for id_, form in reversed(rows.fetchall()):
            self.note(id_, form)
        self._is_read = True


def _sorted(form: str) -> str:
    return " ".join(sorted(form.split()))


def _figures(form: str) -> Figures:
    return tuple(sorted(re.findall(r"\d+", form)))
