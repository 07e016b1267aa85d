"""A way to call long work off that runs in another thread.

Owns the word that it is wanted no longer, and how SQLite hears it. Refuses to know what the work is.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from knowledge.errors import StoppedError

STEPS_BETWEEN_LOOKS = 10_000  # of SQLite's machine: less than a millisecond, mostly


class Stop:
    """Said once, to all statements under way on the connections it is heard on, and to those that follow."""

    def __init__(self) -> None:
        """Let all work go on for now."""
        self._is_said = False
        self._hearing: set[sqlite3.Connection] = set()
        self._lock = threading.Lock()

    def say(self) -> None:
        """Call the work off; safe from any thread."""
        with self._lock:
            self._is_said = True
            for connection in self._hearing:
                connection.interrupt()  # also a check of a whole table, which is one step and takes seconds

    @contextmanager
    def heard_on(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Let what is asked of *connection* in the block end with SQLITE_INTERRUPT once `say` was called.

        Raises StoppedError when it was called before.
        """
        connection.set_progress_handler(lambda: self._is_said, STEPS_BETWEEN_LOOKS)
        with self._lock:
            if self._is_said:
                raise StoppedError("called off before it began")
            self._hearing.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._hearing.discard(connection)
            connection.set_progress_handler(None, 0)
