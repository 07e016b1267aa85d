"""What an earlier start worked out, so that the next need not.

Owns the rule that a row is used only for the very same that it was worked out of. Refuses to know what the
rows mean and where they lie (`keeping`).
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """`content` was worked out of `of`."""

    of: bytes
    content: bytes


class Shelf:
    """Rows by name, to be taken down at a start and put up again with what was missing."""

    def __init__(self, before: dict[str, Row] | None = None) -> None:
        """Hold the rows of an earlier start."""
        self.before = before or {}
        self.now: dict[str, Row] = {}  # those asked for and put since

    def get(self, name: str, of: bytes) -> bytes | None:
        """Return what is there under *name* when it was worked out of *of*, else None."""
        row = self.before.get(name)
        if row is None or row.of != of:
            return None
        self.now[name] = row
        return row.content

    def put(self, name: str, of: bytes, content: bytes) -> None:
        """Put *content*, worked out of *of*, under *name*."""
        self.now[name] = Row(of, content)
