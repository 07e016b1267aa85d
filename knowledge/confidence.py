"""How likely the best sentence is to answer.

Owns one calibrated figure, and what it is read from: what the sentence has of the question, and what is
missing from it and from everything loaded. Refuses to rank, and to decide which figure is enough.
"""

from __future__ import annotations

import math
from collections import Counter

from knowledge.index import Index, SentenceEntry
from knowledge.inquiry import wanted_kinds
from knowledge.matcher import Candidate
from knowledge.objections import HARD
from knowledge.units import Analysis

SHARPNESS = 18.8  # log-odds between two sentences for a whole point of score, by `tests.fit_ranking`
MEAN_LENGTH = 24  # syllables of a sentence
RIVALS = 5  # candidates that the best one is compared with, itself included
# Fitted by `python -m tests.fit_confidence` on public Vietnamese reading questions, with and without an
# answer, and on tests/golden/articles.
BIAS = -7.28
WEIGHTS = {
    "score": 0.36,
    "dense": 1.67,
    "share": 1.84,
    "fit": 6.58,
    "missed": -0.30,
    "unheard": -5.49,
    "says": 0.59,
    "asks": 0.73,
    "how": -0.90,
    "causeless": -1.96,
}


def confidence(question: Analysis, ranked: list[Candidate[SentenceEntry]], index: Index) -> float:
    """Return how likely it is that the best of *ranked* answers *question* (0-1), 0 when there is none.

    A logistic model of `evidence`. What an objection rules out keeps its figure, to be compared by.
    """
    if not ranked:
        return 0.0
    found = evidence(question, ranked, index)
    return 1.0 / (1.0 + math.exp(-BIAS - sum(weight * found[name] for name, weight in WEIGHTS.items())))


def is_enough(ranked: list[Candidate[SentenceEntry]], sure: float, threshold: float) -> bool:
    """Tell whether the best of *ranked* may answer: it reaches *threshold* and no objection rules it out."""
    return bool(ranked) and sure >= threshold and ranked[0].objection not in HARD


def evidence(question: Analysis, ranked: list[Candidate[SentenceEntry]], index: Index) -> dict[str, float]:
    """Return what speaks for and against the best of *ranked* (not empty).

    `share` is how likely it is the best of the first few (0-1), `dense` how much of the question it says in
    how few words (0-2.2), `unheard` the share of the question, by rarity, in capitalised syllables that
    nothing loaded has, `says` the logarithm of how much the question says, `asks` whether it asks for a
    certain kind of thing, `how` whether it asks how, and `causeless` whether it asks for a cause that the
    sentence does not tell.
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
        # What is asked may be told by the sentence before the one that answers.
        "dense": _density(
            question, index.sentences[int(best.parts.get("told_at", index.at(best.entry)))], index
        ),
        "share": 1.0 / sum(math.exp(SHARPNESS * (c.score - best.score)) for c in ranked[:RIVALS]),
        "fit": best.parts["fit"],
        "missed": sum(index.weight(u) for u in best.missed) / (sum(weights) or 1.0),
        "unheard": unheard / mass,
        "says": math.log(0.1 + mass),
        "asks": float(bool(wanted_kinds(question.types))),
        "how": float("manner" in question.types),
        "causeless": float(best.objection == "reason"),
    }


def _density(question: Analysis, entry: SentenceEntry, index: Index) -> float:
    """Return the BM25 score of the sentence as a share of what the question could reach by single words."""
    said = Counter(t.fold for t in entry.profile.analysis.tokens)
    length = 1.2 * (0.25 + 0.75 * said.total() / MEAN_LENGTH)
    got = mass = 0.0
    for folded in {t.fold: 0 for t in question.tokens}:
        rare = index.rarity(f"s:{folded}")
        times = said[folded]
        mass += rare
        got += rare * times * 2.2 / (times + length)
    return got / (mass or 1.0)
