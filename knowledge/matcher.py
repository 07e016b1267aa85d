"""Rank the facts and sentences that could answer a question, with the reasons for each score.

Owns similarity: how well what is asked is covered, by what, and what speaks against it. Refuses to
decide whether to answer; that is `answerer`'s part. Scores are 0-1, best first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from knowledge.analysis import SAME, Analysis, Unit, agreement
from knowledge.index import FactEntry, Index, Profile, SentenceEntry
from knowledge.model import Mention, MentionKind

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
MAX_SENTENCES = 12
CONCEPT_MATCH = 0.94  # another word of the same meaning
NEAR_MATCH = 0.55  # a word of a loosely related group
_OTHER_ALIAS, _IN_ANSWER = 0.85, 0.75  # said by another way of asking, or only by the answer
_PART_MATCH = 0.5  # some syllables of a compound


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fact (or sentence) with its score and the parts that made it (shown by `why`)."""

    score: float
    entry: FactEntry | SentenceEntry
    parts: dict[str, float] = field(default_factory=dict)
    missed: tuple[Unit, ...] = ()
    span: Mention | None = None


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
    return best


def _accents(unit: Unit, offered: tuple[str, ...]) -> float:
    if len(offered) != len(unit.keys):
        return SAME
    return min(agreement(typed, wanted) for typed, wanted in zip(unit.keys, offered, strict=True))


def rank_facts(question: Analysis, index: Index, *, limit: int = 5) -> list[Candidate]:
    """Rank the facts that could answer *question*, best first. Ties keep the order of the facts."""
    weights = {unit: index.weight(unit) for unit in question.units}
    mass = sum(weights.values()) or 1.0
    here: dict[Unit, dict[int, float]] = {}
    strict: dict[int, float] = {}
    elsewhere: dict[Unit, dict[int, float]] = {}  # by fact: said by another alias, or by the answer
    for unit, weight in weights.items():
        offered = _offered(unit, index.alias_postings, lambda n: index.aliases[n][1])
        in_fact: dict[int, float] = {}
        for n, value in offered.items():
            strict[n] = strict.get(n, 0.0) + weight * value
            fact = index.aliases[n][0]
            in_fact[fact] = max(in_fact.get(fact, 0.0), _OTHER_ALIAS * value)
        for fact, value in _offered(unit, index.support_postings, lambda n: index.facts[n].support).items():
            in_fact[fact] = max(in_fact.get(fact, 0.0), _IN_ANSWER * value)
        here[unit], elsewhere[unit] = offered, in_fact
    if not question.units:
        strict = dict.fromkeys(range(len(index.aliases)), 0.0)
    first = sorted(strict, key=lambda n: (-strict[n] * (1 / mass + 1 / (index.alias_masses[n] + 0.5)), n))[
        : MAX_CANDIDATES if question.units else None
    ]
    asked_ids = {i for u in question.units for i in u.ids}
    found: dict[int, Candidate] = {}
    for n in first:
        fact, alias = index.aliases[n]
        entry = index.facts[fact]
        parts = {
            "asked": sum(
                w * max(here[u].get(n, 0.0), elsewhere[u].get(fact, 0.0)) for u, w in weights.items()
            )
            / mass,
            "strict": strict[n] / mass,
            "offered": _covered(n, asked_ids, index),
            "type": _type_fit(question, alias.analysis, entry),
            "role": 0.65 if {question.asked_role, alias.analysis.asked_role} == {"agent", "patient"} else 1.0,
        }
        if not question.units:
            parts["asked"] = parts["strict"] = 0.5
        score = (0.45 * parts["asked"] + 0.2 * parts["strict"] + 0.35 * parts["offered"]) * parts["type"]
        score *= parts["role"]
        if fact not in found or score > found[fact].score:
            missed = tuple(u for u, w in weights.items() if elsewhere[u].get(fact, 0.0) < 0.45 and w > 0.3)
            found[fact] = Candidate(score, entry, parts, missed)
    ranked = []
    for candidate in found.values():
        assert isinstance(candidate.entry, FactEntry)  # noqa: S101 - narrows the union
        conflict = _conflict(question, candidate.entry)
        ranked.append(
            replace(
                candidate, score=candidate.score * conflict, parts={**candidate.parts, "conflict": conflict}
            )
        )
    ranked.sort(key=lambda c: -c.score)
    return ranked[:limit]


def _offered(
    unit: Unit, postings: dict[str, tuple[int, ...]], profile: Callable[[int], Profile]
) -> dict[int, float]:
    """Return how well each text that has something of *unit* offers it."""
    found: dict[int, float] = {}
    for i in unit.ids:
        for n in postings.get(i, ()):
            if n not in found:
                found[n] = similarity(unit, profile(n))
    if not found and unit.kind == "concept" and len(unit.folds) > 1:
        for folded in set(unit.folds):
            for n in postings.get(f"s:{folded}", ()):
                found[n] = found.get(n, 0.0) + _PART_MATCH / len(unit.folds)
    return found


def _covered(alias: int, asked_ids: set[str], index: Index) -> float:
    """Return the weighted share of the alias's units that the question names."""
    mass = index.alias_masses[alias]
    if not mass:
        return 0.6
    got = 0.0
    for ids, weight in index.alias_units[alias]:
        shared = ids & asked_ids
        if shared:
            signs = {i[0] for i in shared}
            got += weight * (SAME if signs - {"c", "~"} else CONCEPT_MATCH if "c" in signs else NEAR_MATCH)
    return got / mass


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
    offered = {u: _offered(u, index.sentence_postings, lambda n: index.sentences[n].profile) for u in weights}
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
