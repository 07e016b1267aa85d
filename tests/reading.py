"""A typed question as an index reads it, for tests and commands that look below the answerer."""

from __future__ import annotations

from knowledge.index import Index
from knowledge.units import Analysis


def read(text: str, index: Index) -> Analysis:
    """Return *text* with its slips mended, analysed."""
    tokens, _ = index.vocabulary.settle(index.normalizer.normalize(text))
    return index.analyzer.analyse(tokens)
