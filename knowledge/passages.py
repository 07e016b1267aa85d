"""Rank the sentences of the articles that could answer a question, and find what in them answers.

Owns reading an article that nobody has curated: coverage of what is asked, the mention of the wanted kind
nearest to it, and how sure that makes us. Refuses to decide whether to answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from knowledge.analysis import SAME, Analysis, Unit
from knowledge.index import LEAD, Index, Profile, SentenceEntry
from knowledge.matcher import CONCEPT_MATCH, NEAR_MATCH, Candidate, offered_by, similarity
from knowledge.model import Mention, MentionKind
from knowledge.syllables import fold_key

MAX_SENTENCES = 14
EVENT_WEIGHT = 0.5  # "hội nghị" hardly tells one sentence of its article from another
EVENT_FLOOR = 0.55
THEME_FLOOR = 0.45  # a word of the headline
ASIDE = 0.75  # a clause about another time or a plan, when the event itself is asked about
HEAD = 0.75  # how near the words before a list stand to each of its items
# Objections that rule a sentence out, and how far each sets it back, so that another may come first: far
# where a sentence of the same kind may be the right one. The others only lower the confidence.
HARD = {"office": 0.6, "figure": 0.6, "invented": 0.7}
HARD |= dict.fromkeys(("stranger", "reason", "kind", "opposite"), 0.85)
_CAPITALS = re.compile(r"(?<=[\w,:(“\"] )[A-ZĐÀ-Ỹ]\w+(?: [A-ZĐÀ-Ỹ]\w+)*")
# What a sentence must at least hold when no mention of the kind asked for was found in it.
_TRACES = {
    "person": _CAPITALS,
    "place": _CAPITALS,
    "date": re.compile(r"\d|(?i:tháng|năm|ngày|thế kỷ|sáng|chiều|tối)"),
    "year": re.compile(r"\d{4}"),
    "count": re.compile(r"\d|(?i:\b(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|nhiều|vài)\b)"),
    "hour": re.compile(r"(?i)\d\s*(?:giờ|h|:)"),
    "age": re.compile(r"(?i)tuổi|sinh năm"),
    "phone": re.compile(r"\d{3}"),
    "money": re.compile(r"(?i)\d\s*(?:đồng|triệu|tỷ|nghìn|ngàn|usd|đô|bảng|euro)|\$"),
    "percent": re.compile(r"(?i)%|phần trăm"),
}
_CAUSE = re.compile(
    r"(?i)\b(?:vì|do|bởi|nhờ|nhằm|để|nên|nguyên nhân|lý do|góp phần|thành tích|khiến|dẫn đến)\b"
)
_AT = re.compile(r"(?i)(?:tại|ở|về|đến|tới|từ)\s+$")
_OF_THE_EVENT = frozenset(["date", "hour", "place", "part_of_day", "year"])
_ANY_NOUN = frozenset(
    ["nguoi", "cai", "con", "vi", "anh", "chi", "em", "ai", "ban", "la", "the", "vay", "mot"]
)
_SUPERLATIVE = "nhất"
_DAY_WORDS = frozenset(["ngay", "hom", "bua"])
_MONEY_CONCEPTS = frozenset(["c:money", "c:cost", "c:prize_money", "c:salary"])
_MONEY_WORDS = frozenset(["tiền", "tien", "giá"])
MAX_MARGIN = 0.2  # a lead beyond this adds no trust
_BIAS = 1.47
_LOGIT = {"score": 4.06, "margin": 10.2, "missed": -0.8, "before": 1.22, "span": 0.75, "type": -4.48}
_LOGIT_OBJECTION = -0.9
_TIME_NOUNS = frozenset(
    ["phút", "giờ", "tiếng", "ngày", "tuần", "tháng", "năm", "buổi", "đêm", "tuổi", "giây"]
)

_WANTED: dict[str, frozenset[MentionKind]] = {
    "person": frozenset([MentionKind.PERSON]),
    "date": frozenset([MentionKind.DATE, MentionKind.PERIOD, MentionKind.YEAR, MentionKind.HOUR]),
    "hour": frozenset([MentionKind.HOUR]),
    "year": frozenset([MentionKind.YEAR, MentionKind.PERIOD, MentionKind.DATE]),
    "period": frozenset([MentionKind.PERIOD, MentionKind.DATE]),
    "place": frozenset([MentionKind.PLACE]),
    "count": frozenset([MentionKind.COUNT]),
    "percent": frozenset([MentionKind.PERCENT]),
    "money": frozenset([MentionKind.MONEY]),
    "phone": frozenset([MentionKind.PHONE]),
    "organisation": frozenset([MentionKind.ORGANISATION]),
    "age": frozenset([MentionKind.COUNT]),
    "duration": frozenset([MentionKind.COUNT, MentionKind.PERIOD, MentionKind.DATE, MentionKind.HOUR]),
}


def wanted_kinds(types: Iterable[str]) -> frozenset[MentionKind]:
    """Return the kinds of mention that can answer questions of *types*; empty when anything can."""
    asked = set(types)
    if asked & {"money", "percent", "duration", "age", "phone"}:  # "bao nhiêu tiền" is no mere "bao nhiêu"
        asked.discard("count")
    return frozenset().union(*(_WANTED.get(t, frozenset()) for t in asked))


def _wanted(question: Analysis) -> frozenset[MentionKind]:
    kinds = wanted_kinds(question.types)
    if "date" in question.types and {t.fold for t in question.tokens} & _DAY_WORDS:
        kinds -= {MentionKind.YEAR, MentionKind.PERIOD, MentionKind.HOUR}
    of_money = {t.text for t in question.tokens} & _MONEY_WORDS or any(
        not _MONEY_CONCEPTS.isdisjoint(u.ids) for u in question.units
    )
    if "count" in question.types and of_money:
        kinds = frozenset([MentionKind.MONEY])
    return kinds


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """One thing that the question names: how telling it is, and how well each sentence offers it."""

    unit: Unit
    weight: float
    offered: dict[int, float]  # by sentence
    floor: float  # how much of it every sentence of the article offers at the least


@dataclass(frozen=True, slots=True, eq=False)
class _Query:
    """A question with what ranking needs to know of it, worked out once."""

    question: Analysis
    rows: tuple[_Row, ...]
    mass: float
    wanted: frozenset[MentionKind]
    qualifiers: frozenset[str]
    syllables: list[tuple[str, float]]
    syllable_mass: float
    pairs: list[tuple[tuple[str, str], float]]
    pair_mass: float
    named: frozenset[str]  # ids of what the question names, but for light words
    noun: str  # what a "bao nhiêu" counts

    @classmethod
    def of(cls, question: Analysis, index: Index) -> _Query:
        """Weigh what *question* names and look it up."""
        rows = tuple(_row(unit, index) for unit in dict.fromkeys(question.units))
        syllables, pairs = _syllable_weights(question, index)
        return cls(
            question,
            rows,
            sum(row.weight for row in rows) or 1.0,
            _wanted(question),
            index.qualifiers(question),
            syllables,
            sum(weight for _, weight in syllables) or 1.0,
            pairs,
            sum(weight for _, weight in pairs) or 1.0,
            frozenset(i for u in question.units if not u.light for i in u.ids if i[0] != "~"),
            _counted_noun(question),
        )


def _row(unit: Unit, index: Index) -> _Row:
    offered = offered_by(unit, index.sentence_postings, lambda n: index.sentences[n].profile)
    if index.is_event(unit):
        return _Row(unit, index.weight(unit) * EVENT_WEIGHT, offered, EVENT_FLOOR)
    theme = any(similarity(unit, title) >= NEAR_MATCH for title in index.titles.values())
    return _Row(unit, index.weight(unit), offered, THEME_FLOOR if theme else 0.0)


def rank_sentences(question: Analysis, index: Index, *, limit: int = 5) -> list[Candidate]:
    """Rank the sentences that could answer *question*, best first. Ties keep article order."""
    query = _Query.of(question, index)
    gathered: dict[int, float] = {}
    for row in query.rows:
        for n, value in row.offered.items():
            gathered[n] = gathered.get(n, 0.0) + row.weight * value
    if query.rows:
        for n in index.leads:  # what every sentence is about leads to the first ones
            gathered[n] = gathered.get(n, 0.0) + 0.1
    best = sorted(gathered, key=lambda n: (-gathered[n], n))[:MAX_SENTENCES]
    ranked = [_score_sentence(query, n, index) for n in best]
    ranked.sort(key=lambda c: -c.score)
    return ranked[:limit]


def _score_sentence(query: _Query, n: int, index: Index) -> Candidate:
    entry = index.sentences[n]
    previous = n - 1 if entry.follows_in_paragraph else -1
    following = n + 1 if n + 1 < len(index.sentences) and index.sentences[n + 1].follows_in_paragraph else -1
    covered = missing = before = after = 0.0
    missed = []
    for row in query.rows:
        here = row.offered.get(n, 0.0)
        if here < row.floor:
            here = row.floor
        covered += row.weight * here
        near = row.offered.get(previous, 0.0)
        if near > here:
            before += row.weight * (near - here)
        if here < 0.5:
            if not row.floor and row.weight > 0.3:
                missed.append(row.unit)
                missing = max(missing, row.weight * (1 - max(here, 0.6 * near)))
            said = row.offered.get(following, 0.0)
            if said > here:
                after += row.weight * (said - here)
    covered, before, after = covered / query.mass, before / query.mass, after / query.mass
    fits = 1.0 if not query.wanted or query.wanted & entry.kinds else 0.72
    syllables, neighbours = _overlap(query, entry.profile)
    score = (
        0.463 * covered
        + 0.322 * syllables
        + 0.215 * neighbours
        + (0.264 if not entry.leans_on_previous else 0.52) * before
        + 0.041 * after
        + 0.03 * (entry.position < LEAD)
    )
    score *= fits * entry.brevity
    parts = {
        "covered": covered,
        "before": before,
        "after": after,
        "syllables": syllables,
        "neighbours": neighbours,
        "type": fits,
        "missing": missing,
    }
    span, near = best_span(query, entry, index)
    if span is not None:
        score = 0.46 * score + 0.54 * near
        parts["near"] = near
        other = entry.other_than_event(span.start, span.end)
    else:
        other = frozenset(name for name, _ in entry.qualified)
        if query.wanted:
            score *= 0.63
    parts["numbers"] = numbers = _number_fit(query.question, entry.profile)
    parts["other"] = ASIDE if other - query.qualifiers and query.wanted else 1.0
    if query.qualifiers and not query.qualifiers & {name for name, _ in entry.qualified}:
        parts["other"] *= 0.85
    score *= numbers**0.4 * parts["other"]
    if entry.is_title:
        score *= 0.89
    objection = _objection(query, entry, span, index)
    score *= HARD.get(objection, 1.0)
    return Candidate(min(1.0, score), entry, parts, tuple(missed), span, objection)


def _objection(query: _Query, entry: SentenceEntry, span: Mention | None, index: Index) -> str:
    """Name what speaks against this sentence as an answer, "" when nothing does.

    These are the near misses that words alone do not tell: another office, another time, no year, no
    cause, a made-up case, the opposite direction, a name that the question itself gives.
    """
    question, types = query.question, query.question.types
    ids = entry.profile.ids
    if any(u.kind == "stranger" for u in question.units):
        return "stranger"
    if span is None and "person" in types and "yes_no" not in types and index.names_people(entry.document):
        return "kind"
    if span is None and any(t in _TRACES and not _TRACES[t].search(entry.sentence.text) for t in types):
        return "kind"
    if types & _OF_THE_EVENT and entry.position >= LEAD and not query.named & ids.keys():
        return "kind"
    if _asks_for_which(question, entry.profile):
        return "kind"
    if "year" in types and not re.search(r"\d{4}", span.text if span else entry.sentence.text):
        return "kind"
    if "reason" in types and not _CAUSE.search(entry.sentence.text):
        return "reason"
    if span is not None and span.kind is MentionKind.PERSON:
        if f"p:{span.text}" in question.people and "office" not in types:
            return "kind"
        offices = [u for u in question.units if u.kind == "office"]
        start, end = _region(span, entry.sentence.text)
        if offices and not any(
            unit_match(asked, held) and start <= at <= end
            for asked in offices
            for held, at, _ in entry.placed
        ):
            return "office"
        beside = f" {' '.join(fold_key(w) for w in entry.sentence.text[start:end].lower().split())} "
        if offices and any(f" {' '.join(level)} " not in beside for level in question.levels):
            return "office"
        if offices and _of_another(query, entry, (start, end)):
            return "office"
    elif any(o not in ids for o in question.offices) and types & {"person", "office"}:
        return "office"
    if span is not None and span.kind is MentionKind.COUNT and query.noun:
        named = query.noun in {fold_key(w) for w in span.detail.split()}
        if not named and not any(
            unit_match(u, held) and span.start <= at <= span.end
            for u in question.units
            for held, at, _ in entry.placed
        ):
            return "noun"
    if _SUPERLATIVE in {t.text for t in question.tokens} and "nhat" not in entry.profile.folds:
        return "comparison"
    if span is not None and "invented" in entry.other_than_event(span.start, span.end) - query.qualifiers:
        return "invented" if index.is_rare_qualifier("invented", entry.document) else ""
    for one, other in index.lexicon.opposites:
        for asked, told in ((f"c:{one}", f"c:{other}"), (f"c:{other}", f"c:{one}")):
            if told in ids and asked not in ids and any(asked in u.ids for u in question.units):
                return "opposite"
    return "figure" if _number_fit(question, entry.profile) < 0.35 else ""


def confidence(question: Analysis, ranked: list[Candidate], index: Index) -> float:
    """Return how likely it is that the best of *ranked* answers *question* (0-1).

    A logistic model of the best candidate's parts, fitted on tests/golden/articles and on public
    Vietnamese reading questions, half of them without an answer. A hard objection makes it 0.
    """
    if not ranked or ranked[0].objection in HARD:
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
    return 1.0 / (1.0 + math.exp(-value))


def _overlap(query: _Query, profile: Profile) -> tuple[float, float]:
    """Return the weighted shares of the question's syllables, and of its neighbouring pairs, in the text."""
    got = sum(weight for folded, weight in query.syllables if folded in profile.folds)
    pair_got = sum(weight for pair, weight in query.pairs if pair in profile.pairs)
    return got / query.syllable_mass, pair_got / query.pair_mass


def _syllable_weights(
    question: Analysis, index: Index
) -> tuple[list[tuple[str, float]], list[tuple[tuple[str, str], float]]]:
    """Weigh the question's syllables, and its neighbouring pairs outside the question words, by rarity."""
    asking = {i for _, start, end in question.cues for i in range(start, end)}
    folds = [t.fold for t in question.tokens]
    rare = [index.rarity(f"s:{folded}") for folded in folds]
    syllables = [(folded, rare[i] ** 2 * (0.3 if i in asking else 1.0)) for i, folded in enumerate(folds)]
    pairs = [
        ((folds[i], folds[i + 1]), rare[i] + rare[i + 1])
        for i in range(len(folds) - 1)
        if i not in asking and i + 1 not in asking
    ]
    return syllables, pairs


def _asks_for_which(question: Analysis, profile: Profile) -> bool:
    """Tell whether a "X nào" asks for an X that the text has none of ("bệnh viện nào")."""
    for name, start, _ in question.cues:
        if name == "thing" and question.tokens[start].fold == "nao":
            noun = next((u for u in question.units if u.end == start), None)
            return noun is not None and not noun.light and similarity(noun, profile) < NEAR_MATCH
    return False


def _counted_noun(question: Analysis) -> str:
    """Return the folded syllable right after "bao nhiêu" or "mấy", "" when it is not a noun of its own."""
    for name, _, end in question.cues:
        if name == "count" and end < len(question.tokens):
            folded = question.tokens[end].fold
            return "" if folded in _ANY_NOUN or question.tokens[end].text in _ANY_NOUN else folded
    return ""


def _of_another(query: _Query, entry: SentenceEntry, region: tuple[int, int]) -> bool:
    """Tell whether the office beside a name is not of the organisation that the question names with it."""
    for office, body in pairwise(query.question.units):
        if office.kind != "office" or body.start != office.end or body.kind not in ("concept", "word"):
            continue
        if body.light or any(row.floor for row in query.rows if row.unit == body):
            continue
        if not any(_same_body(body, u) and region[0] <= at < region[1] for u, at, _ in entry.placed):
            return True
    return False


def _same_body(asked: Unit, held: Unit) -> bool:
    """Tell whether two organisations are one: "công đoàn tỉnh" is "LĐLĐ tỉnh", not any "công đoàn"."""
    shared = asked.ids & held.ids
    concepts = {i for i in asked.ids if i[0] == "c"}
    return any(i[0] in "sw" for i in shared) or bool(concepts and concepts <= shared)


def _number_fit(question: Analysis, profile: Profile) -> float:
    """Return a factor below 1 when the question's figures are not the sentence's.

    Worst is another figure for the same noun ("khóa IV" when asked about "khóa V").
    """
    factor = 1.0
    tokens = profile.analysis.tokens
    for unit in question.units:
        if unit.kind != "number" or any(i in profile.ids for i in unit.ids if i[0] == "n"):
            continue
        factor *= 0.8 if unit.light else 0.6
        noun = question.tokens[unit.start - 1].fold if unit.start else ""
        if any(a.fold == noun and b.number for a, b in pairwise(tokens)):
            factor *= 0.5
    return factor


def best_span(query: _Query, entry: SentenceEntry, index: Index) -> tuple[Mention | None, float]:
    """Return the mention of a wanted kind that stands nearest to what is asked, and how near (0-1)."""
    question = query.question
    best: tuple[float, Mention | None] = (0.0, None)
    counted = question.units[question.counted] if 0 <= question.counted < len(question.units) else None
    places: dict[Unit, list[tuple[int, int, float]]] = {}
    rivals = [m for m in entry.sentence.mentions if m.kind in query.wanted and _serves(m, question.types)]
    if not rivals:
        return None, 0.0
    floor = 0.0
    found = []
    for row in query.rows:
        spots = {id(spot): spot for i in row.unit.ids for spot in entry.spots.get(i, ())}
        if spots:
            places[row.unit] = [(s, e, unit_match(row.unit, offered)) for offered, s, e in spots.values()]
            found.append((row.weight, places[row.unit]))
        else:
            floor += row.floor * row.weight
    head = rivals[0].start if len(rivals) > 1 else 0  # what stands before a list holds for all of it
    for mention in rivals:
        start, end = _region(mention, entry.sentence.text)
        near = floor
        for weight, where in found:
            near += weight * max(
                value
                * (HEAD if e <= head and s < start else _closeness(entry.sentence.text, start, end, s, e))
                for s, e, value in where
            )
        near /= query.mass
        if mention.kind is MentionKind.PLACE and not _AT.search(entry.sentence.text, 0, mention.start):
            near *= 0.85
        near *= _agrees(question, counted, mention, (start, end), places)
        if near > best[0]:
            best = (near, mention)
    return best[1], best[0]


def _serves(mention: Mention, types: frozenset[str]) -> bool:
    """Tell whether a figure is an age, or a stretch of time, when that is asked for."""
    if mention.kind is not MentionKind.COUNT or not types & {"age", "duration"}:
        return True
    noun = mention.detail.split(" ")[0]
    return noun == "tuổi" if "age" in types else noun in _TIME_NOUNS or "count" in types


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
    offices = mention.detail.rpartition("; ")[2] if mention.kind is MentionKind.PERSON else ""
    for office in filter(None, offices.split(", ")):
        after = text.find(office, end, end + len(office) + 60)
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
        asked = {t.fold for t in question.tokens}
        if any(fold_key(w) not in asked for w in mention.detail.split()[len(counted.folds) :]):
            factor *= 0.9  # "88 đại biểu nữ" when asked for "đại biểu"
    elif mention.kind in (MentionKind.PERCENT, MentionKind.MONEY) and "count" in question.types:
        factor *= 0.8 if not question.types & {"percent", "money"} else 1.0
    return factor
