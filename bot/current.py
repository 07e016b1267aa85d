"""The answerer in force: how it is loaded from a database, and the one place where it is swapped.

Owns the reference that all handlers share. Refuses to know when facts change and who changes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.environment import SEEDS
from knowledge import store
from knowledge.answerer import Answerer
from knowledge.database import pending
from knowledge.lexicon import Lexicon
from knowledge.schema import KNOWLEDGE


@dataclass(frozen=True, slots=True)
class Known:
    """What the bot knows at one moment: the answerer and the titles of its articles."""

    answerer: Answerer
    titles: tuple[str, ...] = ()


class Current:
    """Holds what is known now. A handler reads `known` once per update and works on that value."""

    def __init__(self, known: Known) -> None:
        """Start with *known*."""
        self.known = known

    def swap(self, known: Known) -> None:
        """Answer from *known* from now on; who is in the middle of an answer keeps the old value."""
        self.known = known


def load(path: Path) -> Known:
    """Read the database at *path* and index it (synchronous: some 100 ms, call it in a thread)."""
    documents, facts = store.load(path)
    answerer = Answerer.build(documents, facts, Lexicon.load(SEEDS / "lexicon"))
    return Known(answerer, tuple(document.title for document in documents))


def ensure(path: Path) -> None:
    """Make sure that *path* is a store of this version; a missing one is built from the seeds."""
    if not path.exists() or pending(path, [KNOWLEDGE]):
        from knowledge.seeds import ensure_database  # only the first start pays for the builder

        ensure_database(path, SEEDS, datetime.now(UTC))
