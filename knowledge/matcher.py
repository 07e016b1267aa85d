"""Rank the facts and sentences that could answer a question, with the reasons for each score.

Owns similarity: how well what is asked is covered, by what, and what speaks against it. Refuses to
decide whether to answer; that is `answerer`'s part. Scores are 0-1, best first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from knowledge.analysis import CONFLICT, SAME, Analysis, Unit, agreement
from knowledge.index import FactEntry, Index, Profile, SentenceEntry
from knowledge.model import MentionKind

# Types that demand a certain kind of thing; the rest (thing, yes_no, manner, …) leave it open.
SPECIFIC = frozenset(
    ["person", "date", "part_of_day", "hour", "year", "period", "weekday", "place", "count", "percent"]
    + ["money", "phone", "office", "organisation", "age", "hometown", "reason", "duration", "difference"]
)
# How far an answer to one type also serves another (both ways); anything else serves badly.
_NEAR = {
    frozenset(pair): value
    for pair, value in {
        ("person", "organisation"): 0.8,
        ("person", "office"): 0.75,
        ("organisation", "office"): 0.7,
        ("count", "percent"): 0.6,
        ("count", "duration"): 0.85,
        ("count", "money"): 0.45,
        ("year", "period"): 0.6,
        ("year", "duration"): 0.6,
        ("period", "duration"): 0.6,
        ("date", "year"): 0.5,
        ("date", "period"): 0.55,
        ("date", "weekday"): 0.4,
        ("date", "part_of_day"): 0.45,
        ("date", "hour"): 0.45,
        ("place", "organisation"): 0.6,
    }.items()
}
_CLASH = 0.3
MAX_CANDIDATES = 40
CONCEPT_MATCH = 0.94  # another word of the same meaning
NEAR_MATCH = 0.55  # a word of a loosely related group
_PART_MATCH = 0.5  # some syllables of a compound


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fact (or sentence) with its score and the parts that made it (shown by `why`)."""

    score: float
    entry: FactEntry | SentenceEntry
    parts: dict[str, float] = field(default_factory=dict)
    missed: tuple[Unit, ...] = ()


def similarity(unit: Unit, profile: Profile) -> float:
    """Return how well *profile* offers what *unit* names (0-1)."""
    best = 0.0
    for i in unit.ids:
        offered = profile.ids.get(i)
        if offered is None:
            continue
        if i[0] in "sw":
            value = max(_accents(unit, keys) for keys in offered)
        elif i[0] == "c":
            value = CONCEPT_MATCH
        elif i[0] == "~":
            value = NEAR_MATCH
        else:
            value = SAME
        best = max(best, value)
    if best == 0.0 and unit.kind == "concept" and len(unit.folds) > 1:
        best = _PART_MATCH * sum(f in profile.folds for f in unit.folds) / len(unit.folds)
    return best


def _accents(unit: Unit, offered: tuple[str, ...]) -> float:
    if len(offered) != len(unit.keys):
        return SAME
    return min(agreement(typed, wanted) for typed, wanted in zip(unit.keys, offered, strict=True))


def rank_facts(question: Analysis, index: Index, *, limit: int = 5) -> list[Candidate]:
    """Rank the facts that could answer *question*, best first. Ties keep the order of the facts."""
    weights = {unit: index.weight(unit) for unit in question.units}
    gathered: dict[int, float] = {}
    for unit, weight in weights.items():
        for n in set().union(*(index.fact_postings.get(i, ()) for i in unit.ids)):
            gathered[n] = gathered.get(n, 0.0) + weight
    best = sorted(gathered, key=lambda n: (-gathered[n], n))[:MAX_CANDIDATES]
    if not question.units:
        best = list(range(len(index.facts)))
    ranked = [_score_fact(question, weights, index.facts[n], index) for n in best]
    ranked.sort(key=lambda c: -c.score)
    return ranked[:limit]


def _score_fact(question: Analysis, weights: dict[Unit, float], entry: FactEntry, index: Index) -> Candidate:
    mass = sum(weights.values()) or 1.0
    elsewhere = {
        u: max(
            0.75 * similarity(u, entry.support),
            0.85 * max((similarity(u, alias) for alias in entry.aliases), default=0.0),
        )
        for u in weights
    }
    best: tuple[float, dict[str, float]] = (-1.0, {})
    for alias in entry.aliases:
        here = {u: similarity(u, alias) for u in weights}
        asked = sum(w * max(here[u], elsewhere[u]) for u, w in weights.items()) / mass if weights else 0.5
        strict = sum(w * here[u] for u, w in weights.items()) / mass if weights else 0.5
        offered = _covered(alias, question, index)
        kind = _type_fit(question, alias.analysis, entry)
        role = 0.65 if {question.asked_role, alias.analysis.asked_role} == {"agent", "patient"} else 1.0
        score = (0.45 * asked + 0.2 * strict + 0.35 * offered) * kind * role
        if score > best[0]:
            best = (
                score,
                {"asked": asked, "strict": strict, "offered": offered, "type": kind, "role": role},
            )
    score, parts = best
    conflict = _conflict(question, entry)
    parts["conflict"] = conflict
    missed = tuple(u for u, w in weights.items() if elsewhere[u] < CONFLICT + 0.05 and w > 0.3)
    return Candidate(score * conflict, entry, parts, missed)


def _covered(alias: Profile, question: Analysis, index: Index) -> float:
    """Return the weighted share of the alias's units that the question names."""
    asked_ids = {i for u in question.units for i in u.ids}
    mass = got = 0.0
    for unit in alias.analysis.units:
        weight = index.weight(unit)
        mass += weight
        shared = unit.ids & asked_ids
        if shared:
            got += weight * max(
                NEAR_MATCH if i[0] == "~" else CONCEPT_MATCH if i[0] == "c" else SAME for i in shared
            )
    return got / mass if mass else 0.6


def _type_fit(question: Analysis, alias: Analysis, entry: FactEntry) -> float:
    asked, offered = question.types & SPECIFIC, alias.types & SPECIFIC
    if not offered:
        offered = frozenset().union(*(a.analysis.types for a in entry.aliases)) & SPECIFIC
        exact = 0.92
    else:
        exact = 1.0
    if asked & offered:
        return exact
    if not asked and not offered:
        return 1.0 if question.types & alias.types or not question.types or not alias.types else 0.93
    if not asked:
        return 0.88
    if not offered:
        return 0.72
    return max(_NEAR.get(frozenset((a, o)), _CLASH) for a in asked for o in offered)


def _conflict(question: Analysis, entry: FactEntry) -> float:
    """Return a factor below 1 for each thing the question names that the fact does not know."""
    factor = 1.0
    profiles = (*entry.aliases, entry.support)

    def known(unit_id: str) -> bool:
        return any(unit_id in p.ids for p in profiles)

    if any(u.kind == "stranger" for u in question.units):
        factor *= 0.3
    if question.people and not any(known(p) for p in question.people):
        factor *= 0.35
    if question.offices and not all(known(o) for o in question.offices):
        factor *= 0.55
    if any(not known(f"n:{n}") for n in question.numbers):
        factor *= 0.6
    return factor


# ---------------------------------------------------------------- sentences

_WANTED: dict[str, frozenset[MentionKind]] = {
    "person": frozenset([MentionKind.PERSON]),
    "date": frozenset([MentionKind.DATE, MentionKind.PERIOD, MentionKind.YEAR]),
    "hour": frozenset([MentionKind.HOUR]),
    "year": frozenset([MentionKind.YEAR, MentionKind.PERIOD, MentionKind.DATE]),
    "period": frozenset([MentionKind.PERIOD, MentionKind.DATE]),
    "place": frozenset([MentionKind.PLACE, MentionKind.ORGANISATION]),
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
    gathered: dict[int, float] = {}
    for unit, weight in weights.items():
        for n in set().union(*(index.sentence_postings.get(i, ()) for i in unit.ids)):
            gathered[n] = gathered.get(n, 0.0) + weight
    best = sorted(gathered, key=lambda n: (-gathered[n], n))[:MAX_CANDIDATES]
    ranked = [_score_sentence(question, weights, n, index) for n in best]
    ranked.sort(key=lambda c: -c.score)
    return ranked[:limit]


def _score_sentence(question: Analysis, weights: dict[Unit, float], n: int, index: Index) -> Candidate:
    entry = index.sentences[n]
    mass = sum(weights.values()) or 1.0
    here = {u: similarity(u, entry.profile) for u in weights}
    around = [
        s.profile
        for k in (n - 1, n + 1)
        if 0 <= k < len(index.sentences)
        and (s := index.sentences[k]).document is entry.document
        and s.sentence.paragraph == entry.sentence.paragraph
    ]
    title = index.titles[entry.document.name]
    covered = sum(w * here[u] for u, w in weights.items()) / mass
    context = (
        sum(
            w
            * max(
                0.0, max([0.55 * similarity(u, p) for p in around] + [0.5 * similarity(u, title)]) - here[u]
            )
            for u, w in weights.items()
        )
        / mass
    )
    pairs = _adjacent(question, entry.profile, here, weights) / mass
    wanted = wanted_kinds(question.types)
    fits = 1.0 if not wanted or wanted & entry.kinds else 0.62
    size = len(entry.profile.analysis.tokens)
    length = 1.0 - 0.06 * max(0.0, min(2.0, (size - 18) / 30))
    score = (0.80 * covered + 0.55 * context + 0.2 * pairs) * fits * length
    if entry.is_title:
        score *= 0.85
    missed = tuple(u for u, w in weights.items() if here[u] < 0.5 and w > 0.3)
    parts = {"covered": covered, "context": context, "pairs": pairs, "type": fits, "length": length}
    return Candidate(min(1.0, score), entry, parts, missed)


def _adjacent(
    question: Analysis, profile: Profile, here: dict[Unit, float], weights: dict[Unit, float]
) -> float:
    """Return the weight of neighbouring question units that are also neighbours in the text."""
    found = 0.0
    tokens = profile.analysis.tokens
    next_to = {(a.fold, b.fold) for a, b in zip(tokens, tokens[1:], strict=False)}
    for a, b in zip(question.units, question.units[1:], strict=False):
        if a.end == b.start and here[a] and here[b] and (a.folds[-1], b.folds[0]) in next_to:
            found += min(weights[a], weights[b]) * 2
    return found
