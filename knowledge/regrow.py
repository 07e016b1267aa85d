"""A new answerer from the one in force: facts that stay as they were are not analysed again.

Owns that short cut only: the result equals `Answerer.build`. Measured at 2,000 facts with three ways of
asking each: four fifths of a build is the analysis of facts, and one change needs one of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.answerer import Answerer
from knowledge.index import FactEntry, Index
from knowledge.model import Document, Fact


class _Regrown(Index):
    def __init__(self, before: Index, facts: Sequence[Fact]) -> None:
        self._before = {entry.fact.id: entry for entry in before.facts}
        super().__init__(before.documents, facts, before.lexicon)
        self._before = {}

    def _entry(self, fact: Fact) -> FactEntry:
        entry = self._before.get(fact.id)
        return entry if entry is not None and entry.fact == fact else super()._entry(fact)


def regrow(before: Answerer, documents: Sequence[Document], facts: Sequence[Fact]) -> Answerer:
    """Index *documents* and *facts* with the word lists of *before*, reusing what has not changed."""
    index = before._index
    if tuple(documents) != index.documents:  # names and places of the articles decide how facts are read
        return Answerer.build(documents, facts, index.lexicon)
    return Answerer(_Regrown(index, facts))
