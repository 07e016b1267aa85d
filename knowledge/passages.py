"""Rank the sentences of the articles that could answer a question, and find what in them answers.

Owns reading an article that nobody has curated: coverage of what is asked, the mention of the wanted kind
nearest to it, and how sure that makes us. Refuses to decide whether to answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from knowledge.analysis import SAME, Analysis, Unit
from knowledge.index import Index, Profile, SentenceEntry
from knowledge.matcher import CONCEPT_MATCH, NEAR_MATCH, Candidate, offered_by, similarity
from knowledge.model import Mention, MentionKind

MAX_SENTENCES = 12

_WANTED: dict[str, frozenset[MentionKind]] = {
    "person": frozenset([MentionKind.PERSON]),
    "date": frozenset([MentionKind.DATE, MentionKind.PERIOD, MentionKind.YEAR]),
    "hour": frozenset([MentionKind.HOUR]),
    "year": frozenset([MentionKind.YEAR, MentionKind.PERIOD, MentionKind.DATE]),
    "period": frozenset([MentionKind.PERIOD, MentionKind.DATE]),
    "place": frozenset([MentionKind.PLACE]),
    "count": frozenset([MentionKind.COUNT, MentionKind.PERCENT, MentionKind.MONEY]),
    "percent": frozenset([MentionKind.PERCENT]),
    "money": frozenset([MentionKind.MONEY]),
    "phone": frozenset([MentionKind.PHONE]),
    "organisation": frozenset([MentionKind.ORGANISATION]),
    "age": frozenset([MentionKind.COUNT]),
    "duration": frozenset([MentionKind.COUNT, MentionKind.PERIOD, MentionKind.DATE, MentionKind.HOUR]),
}


def wanted_kinds(types: Iterable[str]) -> frozenset[MentionKind]:
    """Return the kinds of mention that can answer questions of *types*; empty when anything can."""
    return frozenset().union(*(_WANTED.get(t, frozenset()) for t in types))


def rank_sentences(question: Analysis, index: Index, *, limit: int = 5) -> list[Candidate]:
    """Rank the sentences that could answer *question*, best first. Ties keep article order."""
    weights = {unit: index.weight(unit) for unit in question.units}
    offered = {
        u: offered_by(u, index.sentence_postings, lambda n: index.sentences[n].profile) for u in weights
    }
    gathered: dict[int, float] = {}
    for unit, by_sentence in offered.items():
        for n, value in by_sentence.items():
            gathered[n] = gathered.get(n, 0.0) + weights[unit] * value
    best = sorted(gathered, key=lambda n: (-gathered[n], n))[:MAX_SENTENCES]
    wanted = wanted_kinds(question.types)
    ranked = [_score_sentence(question, weights, offered, n, wanted, index) for n in best]
    ranked.sort(key=lambda c: -c.score)
    return ranked[:limit]


def _score_sentence(
    question: Analysis,
    weights: dict[Unit, float],
    offered: dict[Unit, dict[int, float]],
    n: int,
    wanted: frozenset[MentionKind],
    index: Index,
) -> Candidate:
    entry = index.sentences[n]
    mass = sum(weights.values()) or 1.0
    around = [
        k
        for k in (n - 1, n + 1)
        if 0 <= k < len(index.sentences)
        and index.sentences[k].document is entry.document
        and index.sentences[k].sentence.paragraph == entry.sentence.paragraph
    ]
    title = index.titles[entry.document.name]
    covered = context = missing = 0.0
    missed = []
    for unit, weight in weights.items():
        values = offered[unit]
        here = values.get(n, 0.0)
        covered += weight * here
        near = max((0.55 * values.get(k, 0.0) for k in around), default=0.0)
        if here < 0.5:
            near = max(near, 0.5 * similarity(unit, title))
            if weight > 0.3:
                missed.append(unit)
                missing = max(missing, weight * (1 - max(here, near)))
        context += weight * max(0.0, near - here)
    covered, context = covered / mass, context / mass
    pairs = _adjacent(question, entry.profile, weights) / mass
    fits = 1.0 if not wanted or wanted & entry.kinds else 0.62
    length = 1.0 - 0.06 * max(0.0, min(2.0, (len(entry.profile.analysis.tokens) - 18) / 30))
    score = (0.80 * covered + 0.55 * context + 0.2 * pairs) * fits * length
    parts = {"covered": covered, "context": context, "pairs": pairs, "type": fits, "missing": missing}
    span, near = best_span(question, weights, entry, wanted)
    if span is not None:
        score = 0.6 * score + 0.4 * near
        parts["near"] = near
    elif wanted:
        score *= 0.8
    if entry.is_title:
        score *= 0.85
    return Candidate(min(1.0, score), entry, parts, tuple(missed), span)


def best_span(
    question: Analysis, weights: dict[Unit, float], entry: SentenceEntry, wanted: frozenset[MentionKind]
) -> tuple[Mention | None, float]:
    """Return the mention of a wanted kind that stands nearest to what is asked, and how near (0-1)."""
    mass = sum(weights.values()) or 1.0
    best: tuple[float, Mention | None] = (0.0, None)
    counted = question.units[question.counted] if 0 <= question.counted < len(question.units) else None
    places: dict[Unit, list[tuple[int, int, float]]] = {}
    for unit in weights:
        for offered, start, end in entry.placed:
            value = unit_match(unit, offered)
            if value:
                places.setdefault(unit, []).append((start, end, value))
    for mention in entry.sentence.mentions:
        if mention.kind not in wanted:
            continue
        start, end = _region(mention, entry.sentence.text)
        near = 0.0
        for unit, spots in places.items():
            near += weights[unit] * max(
                value * _closeness(entry.sentence.text, start, end, s, e) for s, e, value in spots
            )
        near /= mass
        near *= _agrees(question, counted, mention, (start, end), places)
        if near > best[0]:
            best = (near, mention)
    return best[1], best[0]


def unit_match(unit: Unit, offered: Unit) -> float:
    """Return how well one unit of a text is what *unit* names (0-1)."""
    shared = unit.ids & offered.ids
    if not shared:
        return 0.0
    if any(i[0] in "opnru" for i in shared):
        return SAME
    if any(i[0] in "sw" for i in shared):
        return SAME if len(unit.folds) == len(offered.folds) else CONCEPT_MATCH
    return CONCEPT_MATCH if any(i[0] == "c" for i in shared) else NEAR_MATCH


def _region(mention: Mention, text: str) -> tuple[int, int]:
    """Return the stretch that speaks of *mention*: itself with the office beside it."""
    start, end = mention.start, mention.end
    office = mention.detail.rpartition("; ")[2] if mention.kind is MentionKind.PERSON else ""
    if office:
        after = text.find(office, end, end + len(office) + 40)
        before = text.rfind(office, max(0, start - len(office) - 40), start)
        if after >= 0:
            end = after + len(office)
        elif before >= 0:
            start = before
    return start, end


_BREAK = re.compile(r"[;:,()]|\s[-–]\s")


def _closeness(text: str, start: int, end: int, spot: int, spot_end: int) -> float:
    if start <= spot < end:
        return 1.0
    gap = text[spot_end:start] if spot < start else text[end:spot]
    return 1.0 / (1.0 + (len(gap) + 30 * len(_BREAK.findall(gap))) / 60)


def _agrees(
    question: Analysis,
    counted: Unit | None,
    mention: Mention,
    region: tuple[int, int],
    places: dict[Unit, list[tuple[int, int, float]]],
) -> float:
    """Return a factor below 1 when *mention* is of another noun or another office than asked for."""

    def inside(unit: Unit) -> bool:
        return any(region[0] <= s < region[1] + 2 for s, _, _ in places.get(unit, ()))

    factor = 1.0
    if mention.kind is MentionKind.PERSON:
        offices = [u for u in question.units if u.kind == "office"]
        if offices and not any(inside(u) for u in offices):
            factor *= 0.35
    elif mention.kind is MentionKind.COUNT and counted is not None:
        if not inside(counted) and "nguoi" not in counted.folds:
            factor *= 0.5
    elif mention.kind in (MentionKind.PERCENT, MentionKind.MONEY) and "count" in question.types:
        factor *= 0.8 if not question.types & {"percent", "money"} else 1.0
    return factor


def _adjacent(question: Analysis, profile: Profile, weights: dict[Unit, float]) -> float:
    """Return the weight of neighbouring question units that are also neighbours in the text."""
    found = 0.0
    for a, b in pairwise(question.units):
        if a.end == b.start and (a.folds[-1], b.folds[0]) in profile.pairs:
            found += min(weights[a], weights[b]) * 2
    return found
