"""How likely the best sentence is to answer.

Owns one calibrated figure, and what it is read from: what the sentence has of the question, and what is
missing from it and from everything loaded. Refuses to rank, and to decide which figure is enough.
"""

from __future__ import annotations

import math

from knowledge.index import Index
from knowledge.matcher import Candidate
from knowledge.objections import HARD
from knowledge.units import Analysis

MAX_MARGIN = 0.2  # a lead beyond this adds no trust
# Fitted by `python -m tests.fit_confidence` on public Vietnamese reading questions, with and without an
# answer, and on tests/golden/articles.
BIAS = 1.02
WEIGHTS = {
    "score": 3.21,
    "margin": 10.02,
    "before": 0.73,
    "missed": -0.74,
    "unheard": -3.71,
    "type": -3.56,
    "span": 0.69,
    "kind": -0.75,
    "ruled_out": -0.76,
}


def confidence(question: Analysis, ranked: list[Candidate], index: Index) -> float:
    """Return how likely it is that the best of *ranked* answers *question* (0-1), 0 when there is none.

    A logistic model of `evidence`. What an objection rules out keeps its figure, to be compared by.
    """
    if not ranked:
        return 0.0
    found = evidence(question, ranked, index)
    return 1.0 / (1.0 + math.exp(-BIAS - sum(weight * found[name] for name, weight in WEIGHTS.items())))


def is_enough(ranked: list[Candidate], sure: float, threshold: float) -> bool:
    """Tell whether the best of *ranked* may answer: it reaches *threshold* and no objection rules it out."""
    return bool(ranked) and sure >= threshold and ranked[0].objection not in HARD


def evidence(question: Analysis, ranked: list[Candidate], index: Index) -> dict[str, float]:
    """Return what speaks for and against the best of *ranked* (not empty), each 0-1.

    `unheard` is the share of the question, by rarity, in capitalised syllables that nothing loaded has.
    """
    best = ranked[0]
    weights = [index.weight(u) for u in question.units]
    asking = {i for _, start, end in question.cues for i in range(start, end)}
    rare = [index.rarity(f"s:{t.fold}") ** 2 for t in question.tokens]
    mass = sum(weight * (0.3 if i in asking else 1.0) for i, weight in enumerate(rare)) or 1.0
    unheard = sum(
        rare[i]
        for i, token in enumerate(question.tokens)
        if i and i not in asking and token.capital and not index.sentence_postings.get(f"s:{token.fold}")
    )
    return {
        "score": best.score,
        "margin": min(MAX_MARGIN, best.score - (ranked[1].score if len(ranked) > 1 else 0.0)),
        "before": best.parts["before"],
        "missed": sum(index.weight(u) for u in best.missed) / (sum(weights) or 1.0),
        "unheard": unheard / mass,
        "type": best.parts["type"],
        "span": float(best.span is not None),
        "kind": float(best.objection == "kind"),
        "ruled_out": float(best.objection in HARD and best.objection != "kind"),
    }
