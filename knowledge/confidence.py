"""How likely the best sentence is to answer.

Owns one calibrated figure. Refuses to rank, and to decide which figure is enough.
"""

from __future__ import annotations

import math

from knowledge.analysis import Analysis
from knowledge.index import Index
from knowledge.matcher import Candidate
from knowledge.objections import HARD

MAX_MARGIN = 0.2  # a lead beyond this adds no trust
OBJECTED = 0.45  # of the trust is left by a hard objection: too little to answer, enough to compare
_BIAS = 1.47
_LOGIT = {"score": 4.06, "margin": 10.2, "missed": -0.8, "before": 1.22, "span": 0.75, "type": -4.48}
_LOGIT_OBJECTION = -0.9


def confidence(question: Analysis, ranked: list[Candidate], index: Index) -> float:
    """Return how likely it is that the best of *ranked* answers *question* (0-1).

    A logistic model of the best candidate's parts, fitted on tests/golden/articles and on public
    Vietnamese reading questions, half of them without an answer. A hard objection keeps it below 0.5.
    """
    if not ranked:
        return 0.0
    best = ranked[0]
    weights = [index.weight(u) for u in question.units]
    missed = sum(index.weight(u) for u in best.missed) / (sum(weights) or 1.0)
    value = (
        _BIAS
        + _LOGIT["score"] * best.score
        + _LOGIT["margin"] * min(MAX_MARGIN, best.score - (ranked[1].score if len(ranked) > 1 else 0.0))
        + _LOGIT["missed"] * missed
        + _LOGIT["before"] * best.parts["before"]
        + _LOGIT["span"] * (best.span is not None)
        + _LOGIT["type"] * best.parts["type"]
        + _LOGIT_OBJECTION * bool(best.objection)
    )
    return (OBJECTED if best.objection in HARD else 1.0) / (1.0 + math.exp(-value))
