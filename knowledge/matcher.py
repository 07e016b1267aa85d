"""Rank the facts that could answer a question, with the reasons for each score.

Owns similarity: how well what is asked is covered, by what, and what speaks against it. Refuses to
decide whether to answer; that is `answerer`'s part. Scores are 0-1, best first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, repeat
from typing import Generic, NamedTuple, TypeVar

from knowledge.index import FactEntry, Index, Profile, SentenceEntry, Way
from knowledge.kinds import EXACT, OF_THE_EVENT, Kind, is_of_event, names_other, role_fit, type_fit
from knowledge.model import Mention
from knowledge.postings import Postings, Spellings
from knowledge.records import dataclass, field
from knowledge.units import CONFLICT, SAME, Analysis, Unit, agreement

_SOMEBODY = frozenset(
    f"c:{c}" for c in ("women", "youth", "farmer", "student", "children", "veteran", "elderly")
)
ODD = 0.4  # of what a question says of the event may stand nowhere in the article
TOLD = 0.75  # what else a question says of the event that it names, when the article says it too
_OF_ANYONE = frozenset(["age", "hometown", "phone"])  # what an article is silent on for one, it is for all
_UNCONFIRMED = 0.9  # "ông A trao bằng khen đúng không" is not confirmed by what else A did
_NEGATED = 0.75  # "bao nhiêu chưa đạt" for "bao nhiêu đạt"
_SILENCE = 0.85  # a statement of silence must be asked for more fully than a plain fact
_OTHER_COUNT = 0.8
_CLAUSE = 3  # who, does what, to whom
_PASSIVE = frozenset(["được", "bị", "do"])
_OTHER_EVENT = 0.75  # "hội nghị phụ nữ" where the article knows no women
_OTHER_TIME = 0.6  # last year's, or next year's
_NOTHING: frozenset[str] = frozenset()
_ORDINAL = frozenset(["thứ", "lần"])
_LIMITS = frozenset(["nhất", "riêng"])  # what is said of all is not said of the best, or of one kind alone
_NO_LIMIT_AFTER = frozenset(["nói", "tên"])  # "nói riêng", "tên riêng"
_PARTS = ("asked", "strict", "offered", "type", "role", "conflict", "raw")
_ALL = 0.35 + 1e-9  # of the score for naming all of a way of asking, and what rounding may add
_NOUGHTS = repeat(0.0)
_CIRCUMSTANCE = 0.93  # a bare "ký quy chế" asks rather who than when
MAX_CANDIDATES = 40
CONCEPT_MATCH = 0.94  # another word of the same meaning
NEAR_MATCH = 0.55  # a word of a loosely related group
_OTHER_ALIAS, _IN_ANSWER = 0.85, 0.75  # said by another way of asking, or only by the answer
_PART_MATCH = 0.5  # some syllables of a compound


Entry = TypeVar("Entry", FactEntry, SentenceEntry)


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Entry]):
    """A fact (or sentence) with its score and the parts that made it (shown by `why`)."""

    score: float
    entry: Entry
    parts: dict[str, float] = field(default_factory=dict)
    missed: tuple[Unit, ...] = ()
    span: Mention | None = None
    objection: str = ""


def similarity(unit: Unit, profile: Profile) -> float:
    """Return how well *profile* offers what *unit* names (0-1)."""
    ids = profile.ids
    return max((_likeness(unit, i, ids[i]) for i in unit.ids if i in ids), default=0.0)


def _likeness(unit: Unit, i: str, spellings: Spellings) -> float:
    """Return how well a text offers *unit* that has its id *i*, spelled so."""
    if i[0] in "sw":
        value = max(_accents(unit, keys) for keys in spellings)
        if value < SAME and unit.kind == "concept" and len(unit.folds) == 1:
            return CONFLICT  # "lương" is a word that is known: it was not meant to be "lượng"
        return value
    if i[0] == "c":
        return CONCEPT_MATCH
    return NEAR_MATCH if i[0] == "~" else SAME


def _accents(unit: Unit, offered: tuple[str, ...]) -> float:
    if len(offered) != len(unit.keys):
        return SAME
    return min(agreement(typed, wanted) for typed, wanted in zip(unit.keys, offered, strict=True))


def rank_facts(question: Analysis, index: Index, *, limit: int = 5) -> list[Candidate[FactEntry]]:
    """Rank the facts that could answer *question*, best first. Ties keep the order of the facts."""
    rows = [_row(unit, index) for unit in dict.fromkeys(question.units)]
    described, is_other = _description(question, index)
    claims = _Claims.of(question, index)
    ranked: list[tuple[float, int, Candidate[FactEntry]]] = []
    for score, at, fact, parts in _facts_by_score(question, rows, described, index):
        if len(ranked) >= limit and (-score, at) > ranked[limit - 1][:2]:
            break  # objections only take away: nobody further down can come up here
        entry = index.facts[fact]
        garbled = any(
            row.in_fact.get(fact, 0.0) < CONFLICT + 0.01 and not row.unit.ids.isdisjoint(entry.known)
            for row in rows
            if row.is_word
        )
        if claims.is_plain:
            factor, objection = (0.6 * claims.factor, "accents") if garbled else (claims.factor, "")
        else:
            known = entry.known
            if fact in index.of_event:
                known = known.union(*(u.ids for u in described))
            factor, objection = _conflict(question, claims, entry, known, garbled=garbled)
        if is_other and fact in index.of_event:
            factor *= _OTHER_EVENT
        if claims.times and not claims.times <= index.times_of(fact):
            factor, objection = factor * _OTHER_TIME, objection or "time"
        missed = tuple([row.unit for row in rows if row.weight > 0.3 and row.in_fact.get(fact, 0.0) < 0.45])
        if missed and "yes_no" in question.types:
            factor *= _UNCONFIRMED
        shown = dict(zip(_PARTS, (*parts, factor, score), strict=True))
        candidate = Candidate(score * factor, entry, shown, missed, objection=objection)
        ranked.append((-candidate.score, at, candidate))
        ranked.sort()  # no two stand at one place, so candidates are not compared
    return [candidate for *_, candidate in ranked[:limit]]


_Scored = tuple[float, int, int, tuple[float, ...]]  # score, place for ties, fact, parts of the score


class _Row(NamedTuple):
    """A thing that a question names: its weight, and how well each way of asking and each fact offers it."""

    unit: Unit
    is_word: bool  # a telling plain word
    weight: float
    here: dict[int, float]
    in_fact: dict[int, float]  # also said by another way of asking, or by the answer


def _facts_by_score(
    question: Analysis, rows: Sequence[_Row], described: Sequence[Unit], index: Index
) -> list[_Scored]:
    """Return the facts with the scores of their best ways of asking, best first, objections apart."""
    if rows:
        strict: dict[int, float] = {}
        for row in rows:
            weight, offered = row.weight, strict.get
            for n, value in row.here.items():
                strict[n] = offered(n, 0.0) + weight * value
        mass = sum([row.weight for row in rows]) or 1.0
        first = _promising(question, strict, mass, index)
        told = [row for row in rows if row.unit in described]
        return _in_order(_best_ways(question, first, strict, rows, told, mass, index))
    # Where no word tells, all depends on what is asked for; every way is looked at, and seldom anew.
    asked = question.types, question.asked_role, question.negated, question.which
    found = index.wordless.get(asked)
    if found is None:
        found = _in_order(_best_ways(question, index.distinct, {}, rows, (), 1.0, index))
        index.wordless[asked] = found
    return found


def _in_order(best: dict[int, tuple[float, tuple[float, ...]]]) -> list[_Scored]:
    """Return what *best* holds with its place in it, the best score first."""
    scored = [(score, at, fact, parts) for at, (fact, (score, parts)) in enumerate(best.items())]
    return sorted(scored, key=lambda row: -row[0])


def _promising(question: Analysis, strict: dict[int, float], mass: float, index: Index) -> list[int]:
    """Return the few ways of asking that are worth a full score, by what they and the question share."""
    telling = question.types - {"yes_no"}
    share, shares = 1 / mass, index.alias_shares
    if telling:
        fits = [0.7 if telling.isdisjoint(types) else 1.0 for types in index.distinct_types]
        typed = index.alias_typed
        promise = [value * (share + shares[n]) * fits[typed[n]] for n, value in strict.items()]
    else:
        promise = [value * (share + shares[n]) for n, value in strict.items()]
    # Numbers alone are sorted much faster than pairs, and tell from where on a pair is worth it.
    least = sorted(promise)[-MAX_CANDIDATES] if len(promise) > MAX_CANDIDATES else 0.0
    order = sorted([(-value, n) for n, value in zip(strict, promise, strict=True) if value >= least])
    return [n for _, n in order[:MAX_CANDIDATES]]


def _best_ways(
    question: Analysis,
    first: Sequence[int],
    strict: dict[int, float],
    rows: Sequence[_Row],
    told: Sequence[_Row],
    mass: float,
    index: Index,
) -> dict[int, tuple[float, tuple[float, ...]]]:
    """Return, by fact, the score of its best way of asking among *first*, and the parts that made it.

    *told* is what the question says of the event itself. The inner loop of every answer: what does not
    depend on the way of asking is worked out outside.
    """
    counted = question.counted_unit
    asked_ids = {i for row in rows for i in row.unit.ids}
    named: dict[frozenset[str], float] = {}  # how well the question names what ways of asking have in common
    fits = _fits(question, index)
    best: dict[int, tuple[float, tuple[float, ...]]] = {}
    ways = [*map(index.way, first)]
    facts = [way.fact for way in ways]
    naming = [0.0] * len(ways)
    for row in rows:  # all ways in one go: it is the look-ups that cost, and these run outside of Python
        weight, here, in_fact = row.weight, row.here, row.in_fact
        offered = zip(naming, map(here.get, first, _NOUGHTS), map(in_fact.get, facts, _NOUGHTS), strict=False)
        naming = [so_far + weight * (one if one > other else other) for so_far, one, other in offered]
    for n, way, asked in zip(first, ways, naming, strict=True):
        fact, asks, _, units, way_mass = way
        fit = fits.get(id(asks))
        if fit is None:
            fit = fits[id(asks)] = _Fit.of(question, asks)
        kind, role, is_other, is_negated, is_silence, is_of_event = fit
        if told and is_of_event and fact in index.of_event:
            asked += sum(
                [
                    row.weight * max(0.0, TOLD - max(row.here.get(n, 0.0), row.in_fact.get(fact, 0.0)))
                    for row in told
                ]
            )
        asked, same = (asked / mass, strict[n] / mass) if rows else (0.7, 0.7)
        if is_other or (counted is not None and _counts_other(counted, way)):
            kind *= _OTHER_COUNT
        before = best.get(fact)
        if before is not None and (0.45 * asked + 0.2 * same + _ALL) * kind * role < before[0]:
            continue  # not even with every word of it named would it be the best
        covered = _covered(units, way_mass, asked_ids, named)
        score = (0.45 * asked + 0.2 * same + 0.35 * covered) * kind * role
        if is_negated:
            score *= _NEGATED
        if is_silence:
            score *= _SILENCE + (1 - _SILENCE) * covered
        if before is None or score > before[0]:
            best[fact] = score, (asked, same, covered, kind, role)
    return best


class _Fit(NamedTuple):
    """How a kind of way of asking suits a question, whatever words either has."""

    kind: float
    role: float
    is_other: bool  # asks for another thing to be named
    is_negated: bool  # and the question is not
    is_silence: bool
    is_of_event: bool  # both ask for when, where or the like

    @classmethod
    def of(cls, question: Analysis, kind: Kind) -> _Fit:
        """Compare what *question* asks for with *kind*."""
        bare = not question.types and len(question.units) > 1
        return cls(
            type_fit(question.types, kind) * (_CIRCUMSTANCE if bare and is_of_event(kind) else 1.0),
            role_fit(question.asked_role, kind),
            names_other(question, kind),
            kind.negated and not question.negated and "yes_no" not in question.types,
            kind.is_silence,
            not (question.types & kind.types).isdisjoint(OF_THE_EVENT),
        )


def _fits(question: Analysis, index: Index) -> dict[int, _Fit]:
    """Return what was found of how each kind, by its identity, suits such a question; more is added to it."""
    bare = not question.types and len(question.units) > 1
    asked = question.types, question.asked_role, question.negated, question.which, bare
    found = index.fits.get(asked)
    if found is None:
        found = index.fits[asked] = {}
    return found


def _description(question: Analysis, index: Index) -> tuple[list[Unit], bool]:
    """Return what a question that names the event says of it besides ("lễ khen thưởng công nhân").

    But for a word of little weight it must all stand in the article: "hội nghị phụ nữ" is another event, and
    whether it is one is told too.
    """
    if not question.types & OF_THE_EVENT or not any(index.is_event(u) for u in question.units):
        return [], False
    said = [u for u in dict.fromkeys(question.units) if not u.light and not index.is_event(u)]
    odd = [u for u in said if not index.tells(u)]
    if any(u.kind != "word" for u in odd):
        return [], any(u.kind == "concept" and _is_somebody(u) for u in odd)
    if index.qualifiers(question):
        return [], False  # another one: "hội nghị lần sau"
    odd_mass = sum(map(index.weight, odd))
    fits = odd_mass <= ODD * sum(map(index.weight, said))
    return ([u for u in said if u not in odd] if fits else []), False


def _is_somebody(unit: Unit) -> bool:
    return not _SOMEBODY.isdisjoint(unit.ids)


def _row(unit: Unit, index: Index) -> _Row:
    """Weigh *unit* and look it up; remembered, as words come again and again."""
    key = (unit.ids, unit.folds, unit.keys, unit.kind, unit.light)
    found = index.offers.get(key)
    if found is None:
        here = offered_by(unit, index.alias_postings)
        in_fact: dict[int, float] = {}
        for n, value in here.items():
            fact = index.aliases[n][0]
            in_fact[fact] = max(in_fact.get(fact, 0.0), _OTHER_ALIAS * value)
        for fact, value in offered_by(unit, index.support_postings).items():
            in_fact[fact] = max(in_fact.get(fact, 0.0), _IN_ANSWER * value)
        found = index.offers[key] = index.weight(unit), here, in_fact
    return _Row(unit, unit.kind == "word" and not unit.light, *found)


def offered_by(unit: Unit, postings: Postings) -> dict[int, float]:
    """Return how well each text that has something of *unit* offers it."""
    found: dict[int, float] = {}
    for i in unit.ids:
        for spellings, texts in postings.get(i):
            value = _likeness(unit, i, spellings)
            for n in texts:
                if value > found.get(n, 0.0):
                    found[n] = value
    if not found and unit.kind == "concept" and len(unit.folds) > 1:
        for folded in set(unit.folds):
            for _, texts in postings.get(f"s:{folded}"):
                for n in texts:
                    found[n] = found.get(n, 0.0) + _PART_MATCH / len(unit.folds)
    return found


def _covered(
    units: Sequence[tuple[frozenset[str], float]],
    mass: float,
    asked_ids: set[str],
    named: dict[frozenset[str], float],
) -> float:
    """Return the weighted share of a way of asking that the question names; *named* keeps what is found."""
    if not mass:
        return 0.6 if asked_ids else 0.95
    got = 0.0
    for ids, weight in units:
        fit = named.get(ids)
        if fit is None:
            fit = named[ids] = 0.0 if ids.isdisjoint(asked_ids) else _closest(ids & asked_ids)
        if fit:
            got += weight * fit
    return got / mass


def _closest(shared: frozenset[str]) -> float:
    """Return how well a unit is named by one that shares the ids *shared* with it."""
    signs = {i[0] for i in shared}
    if signs - {"c", "~"}:
        return SAME
    return CONCEPT_MATCH if "c" in signs else NEAR_MATCH if signs else 0.0


def _counts_other(asked: Unit, way: Way) -> bool:
    """Tell whether what is asked to be counted is not what *way* counts, or speaks of at all."""
    told = way.counted
    if told is None:  # "mô hình có tất cả bao nhiêu"
        return "count" in way.kind.types and all(asked.ids.isdisjoint(ids) for ids, _ in way.units)
    anyone = asked.folds == ("nguoi",) and told.kind != "office"
    return not asked.ids & told.ids and not anyone


class _Claims(NamedTuple):
    """What a question takes for granted, worked out once for all facts."""

    is_plain: bool  # nothing is claimed that `_conflict` could find missing: every claim belongs here
    factor: float  # for words that nothing loaded speaks of
    people: frozenset[str]
    offices: frozenset[str]
    levels: frozenset[tuple[str, ...]]
    numbers: frozenset[str]
    dates: frozenset[str]  # days and months, as ids
    ordinals: frozenset[tuple[str, ...]]  # "thứ 281", "lần 3", as folded pairs: not the 281 nor the 3
    is_either: bool  # names offices or figures of which only one need be right
    is_stranger: bool
    is_elsewhere: bool  # names a region that nothing loaded speaks of
    which: frozenset[str]  # ids of what is to be named
    times: frozenset[str]  # "next" or "previous": another time than the event's
    limits: frozenset[str]  # words that narrow a thing down ("nhất", "riêng"), as ids

    @classmethod
    def of(cls, question: Analysis, index: Index) -> _Claims:
        """Read the claims of *question*."""
        tokens, units = question.tokens, question.units
        said, kinds = {t.text for t in tokens}, {u.kind for u in units}
        patience = 0.3 if len(units) < 7 else 0.15
        factor = 1.0
        for unit in units:
            if not unit.light and unit.kind in ("word", "concept") and not index.knows(unit):
                factor *= 1 - patience
        people = question.people if "person" in kinds else _NOTHING
        offices = question.offices if "office" in kinds else _NOTHING
        numbers = question.numbers if "number" in kinds else _NOTHING
        ordinals = frozenset(
            [(a.fold, b.fold) for a, b in pairwise(tokens) if b.number and a.text in _ORDINAL]
            if not said.isdisjoint(_ORDINAL)
            else ()
        )
        limits = frozenset(
            [
                f"s:{t.fold}"
                for before, t in pairwise((None, *tokens))
                if t is not None
                and t.text in _LIMITS
                and (before is None or before.text not in _NO_LIMIT_AFTER)
            ]
            if not said.isdisjoint(_LIMITS)
            else ()
        )
        is_stranger, levels, which = "stranger" in kinds, question.levels, _named_kind(question)
        is_elsewhere = any(not index.knows(u) for u in units for i in u.ids if i[0] == "g")
        is_elsewhere = is_elsewhere or _names_unheard(question, index)
        dates = question.dates if "number" in kinds else _NOTHING
        claimed = people or offices or levels or numbers or dates or ordinals or limits or which
        asks_plainly = not question.negated and "yes_no" not in question.types
        return cls(
            asks_plainly and not (claimed or is_stranger or is_elsewhere),
            factor,
            people,
            offices,
            levels,
            numbers,
            dates,
            ordinals,
            "hay" in said and any(t.text == "hay" for t in tokens[1:-1]),
            is_stranger,
            is_elsewhere,
            which,
            index.other_times(question),
            limits,
        )


def _names_unheard(question: Analysis, index: Index) -> bool:
    """Tell whether a name in capitals stands in no text ("thị xã Điện Bàn"), where not all is in capitals."""
    tokens = question.tokens
    capitals = sum([t.capital for t in tokens])
    if capitals < 2 or capitals * 2 > len(tokens):
        return False
    plain = {u.start for u in question.units if u.kind in ("word", "concept") and u.end == u.start + 1}
    return any(
        a.capital
        and b.capital
        and not a.after
        and {i, i + 1} <= plain
        and not index.vocabulary.has_pair(a.fold, b.fold)
        for i, (a, b) in enumerate(pairwise(tokens))
    )


def _named_kind(question: Analysis) -> frozenset[str]:
    """Return the ids of the kind of thing that is to be named: "công ty nào", "huyện nào"."""
    if question.types & {"person", "office", "purpose"}:  # "để làm gì" names nothing
        return frozenset()
    told = "place" in question.types or any(i.startswith("c:") for i in question.which)
    return question.which if told else frozenset()


def _conflict(
    question: Analysis, claims: _Claims, entry: FactEntry, known: frozenset[str], *, garbled: bool
) -> tuple[float, str]:
    """Return a factor below 1 for what the question names and is not *known*, and the gravest such thing."""
    profiles = (*entry.aliases, entry.support)
    of_anyone = entry.is_silence and bool(question.types & entry.types & _OF_ANYONE)
    found: list[tuple[float, str]] = []
    if claims.is_stranger:
        found.append((0.3, "stranger"))
    if claims.is_elsewhere:
        found.append((0.35, "region"))
    if any(not any(_has_run(p, level) for p in profiles) for level in claims.levels):
        found.append((0.45, "region"))
    if garbled:
        found.append((0.6, "accents"))
    if not claims.limits <= known:
        found.append((0.65, "superlative"))
    if claims.people and not of_anyone and not claims.people & known:
        found.append((0.35, "person"))
    if claims.is_either and claims.offices & known:
        pass
    elif claims.offices and not of_anyone and not claims.offices <= known:
        found.append((0.55, "office"))
    if claims.which and not of_anyone and claims.which.isdisjoint(known):
        found.append((0.75, ""))
    unknown = [i for i in claims.dates - known if any(k[:2] == i[:2] for k in known)]
    unknown += [n for n in claims.numbers if n not in ("1", "2") and f"n:{n}" not in known]
    if unknown and not (claims.is_either and len(unknown) < len(claims.numbers) + len(claims.dates)):
        found.append((0.6, "figure"))
    elif (not claims.is_either and _recounts(question, profiles)) or any(
        not any(_has_run(p, run) for p in profiles) for run in claims.ordinals
    ):
        found.append((0.5, "figure"))
    if claims.numbers and question.types & EXACT and not claims.is_either:
        told = {i[2:] for i in entry.answered.ids if i.startswith("n:")}
        if told and told <= claims.numbers:
            found.append((0.6, ""))  # "trong 281 mô hình có bao nhiêu …" is not answered by 281
    if "yes_no" in question.types and _turns_round(question, entry.support):
        found.append((0.6, "reversed"))
    if any(_is_share_as_count(n, question, known) for n in claims.numbers):
        found.append((0.6, "figure"))
    if question.negated and not any(a.analysis.negated for a in profiles):
        found.append((0.7, "negation"))
    factor = 1.0
    for value, _ in found:
        factor *= value
    return factor * claims.factor, min(found, default=(1.0, ""))[1]


def _turns_round(question: Analysis, support: Profile) -> bool:
    """Tell whether "A does B to C" is asked where C does B to A."""
    heavy = [u for u in question.units if not u.light and u.kind in ("concept", "person")]
    if len(heavy) != _CLAUSE or any(t.text in _PASSIVE for t in question.tokens):
        return False
    order = support.analysis.units
    at = [
        [
            n
            for n, other in enumerate(order)
            if u.ids & other.ids and any(i[0] in "cp" for i in u.ids & other.ids)
        ]
        for u in heavy
    ]
    if not all(at):
        return False
    first, deed, last = at
    forward = any(a < b < c for a in first for b in deed for c in last)
    return not forward and any(c < b < a for a in first for b in deed for c in last)


def _is_share_as_count(number: str, question: Analysis, known: frozenset[str]) -> bool:
    """Tell whether "75 doanh nghiệp" is asked where 75 % are told."""
    if number.endswith("%") or f"n:{number}%" not in known or "percent" in question.types:
        return False
    unit = next((u for u in question.units if f"n:{number}" in u.ids), None)
    after = [u for u in question.units if unit is not None and u.start == unit.end]
    return bool(after) and not after[0].light and f"n:{number}%" not in (unit.ids if unit else ())


def _has_run(profile: Profile, folds: tuple[str, ...]) -> bool:
    return folds[0] in profile.folds if len(folds) == 1 else tuple(folds) in profile.pairs


def _recounts(question: Analysis, profiles: Iterable[Profile]) -> bool:
    """Tell whether the question gives another figure for a thing than the fact ("5 tập thể" for 3)."""
    for number, noun in pairwise(question.units):
        if number.kind != "number" or number.end != noun.start:
            continue
        given = {
            i
            for p in profiles
            for a, b in pairwise(p.analysis.units)
            if a.kind == "number" and a.end == b.start and b.ids & noun.ids
            for i in a.ids
            if i[0] == "n"
        }
        if given and not given & number.ids:
            return True
    return False
