"""Rank the sentences of the articles that could answer a question.

Owns reading an article that nobody has curated: how well a sentence covers what is asked, alone and with
its neighbours. Refuses to decide whether to answer.

A score has two halves. The *fit* is made by hand: what is named, with synonyms, and the kind of thing asked
for, less what speaks against the sentence. What the words alone tell is weighed beside it.
"""

from __future__ import annotations

import re

from knowledge.elsewhere import tells_change
from knowledge.index import LEAD, Index, SentenceEntry
from knowledge.inquiry import Query
from knowledge.matcher import Candidate
from knowledge.model import MentionKind
from knowledge.objections import HARD, number_fit, objection_to
from knowledge.records import replace
from knowledge.spans import best_span
from knowledge.units import Analysis

MAX_SENTENCES = 8
CAUSE_REACH = 3  # sentences after what happened in which its cause is told
_CAUSES = re.compile(
    r"(?:Nguyên nhân|Lý do|Sở dĩ)\b|(?:Sự cố|Sự việc|Vụ việc|Tai nạn)\b[^.;]{0,60}?\s(?:khi|do|vì|bởi)\s"
)
CHANGE_REACH = 2  # sentences after what was before in which the change is told
UNCHANGED = 0.85  # of a figure without a change, where another sentence tells one
_FROM_NOW = re.compile(r"^(?:Từ (?:nay|ngày|tháng|năm|đầu)|Nay|Hiện|Bây giờ)\b|\btừ nay\b")
DOUBTED = 0.85  # another noun is counted, or the most of several is asked for and nothing is compared
# Fitted by `python -m tests.fit_ranking` on public reading questions, as typed and without marks, and on the
# golden articles.
WEIGHTS = {"fit": 0.536, "said": 0.264, "opening": 0.075, "figure": 0.065, "early": 0.060}
EARLY = 8  # sentences after which "early" is half
IN_TITLE, CIRCUMSTANCE_IN_TITLE = 0.89, 0.75  # when and where are told in full below the headline
_CIRCUMSTANCES = frozenset(["date", "hour", "place"])
TELLS_WHAT_FOR = 1.15
_FOR = re.compile(r"(?i)\b(?:để|nhằm|phục vụ|giúp)\s")
CALLED = 0.6  # how well an article's number to call fits a question about no other thing
_EVERY = re.compile(r"(?i)\b(?:mỗi|hằng|hàng)\s+(?:ngày|tuần|tháng|quý|năm)\b")  # "bao lâu một lần"
ASIDE = 0.75  # a clause about another time or a plan, when the event itself is asked about


def rank_sentences(question: Analysis, index: Index, *, limit: int = 5) -> list[Candidate[SentenceEntry]]:
    """Rank the sentences that could answer *question*, best first. Ties keep article order."""
    query = Query.of(question, index)
    gathered: dict[int, float] = {}
    for row in query.rows:
        for n, value in row.offered.items():
            gathered[n] = gathered.get(n, 0.0) + row.weight * value
    if query.rows:
        for n in index.leads:  # what every sentence is about leads to the first ones
            gathered[n] = gathered.get(n, 0.0) + 0.1
    if "phone" in question.types and not question.people:
        for n, entry in enumerate(index.sentences):
            if MentionKind.PHONE in entry.kinds:  # the number, whatever it is said to be for
                gathered[n] = gathered.get(n, 0.0) + query.mass
    best = sorted(gathered, key=lambda n: (-gathered[n], n))[:MAX_SENTENCES]
    ranked = [_score_sentence(query, n, index) for n in best]
    if "reason" in question.types:
        ranked = [_with_cause(candidate, index) for candidate in ranked]
    if query.is_of_now:
        ranked = _of_now(query, ranked, index)
    ranked.sort(key=lambda c: -c.score)
    return ranked[:limit]


def _of_now(
    query: Query, ranked: list[Candidate[SentenceEntry]], index: Index
) -> list[Candidate[SentenceEntry]]:
    """Put what holds now before what held until then.

    A sentence about what was before gives way to the next one that says since when it is otherwise; where one
    tells a change, a figure without any is not the new one.
    """
    ranked = [_with_change(query, candidate, index) for candidate in ranked]
    told = [c for c in ranked if c.span is not None and not c.objection and tells_change(c.entry, c.span)]
    return [
        replace(c, score=c.score * UNCHANGED)
        if any(c is not t and c.span is not None and c.span.kind is t.span.kind for t in told if t.span)
        and c not in told
        else c
        for c in ranked
    ]


def _with_change(query: Query, candidate: Candidate[SentenceEntry], index: Index) -> Candidate[SentenceEntry]:
    entry = candidate.entry
    if candidate.objection != "elsewhere":
        return candidate
    at = index.at(entry) + 1
    for other in index.sentences[at : at + CHANGE_REACH]:
        if other.document.name != entry.document.name or not _FROM_NOW.search(other.sentence.text):
            continue
        span, _ = best_span(query, other, index)
        if span is None and not _EVERY.search(other.sentence.text):
            continue
        parts = candidate.parts | {"fit": candidate.parts["fit"] / HARD["elsewhere"]}
        parts["told_at"] = index.at(entry)
        return replace(candidate, score=_total(parts), entry=other, parts=parts, span=span, objection="")
    return candidate


def _with_cause(candidate: Candidate[SentenceEntry], index: Index) -> Candidate[SentenceEntry]:
    """Return the sentence that opens with the cause of what *candidate* tells, when it follows soon."""
    entry = candidate.entry
    if candidate.objection != "reason":
        return candidate
    at = next(n for n in index.leads if index.sentences[n].document.name == entry.document.name)
    following = index.sentences[at + entry.position + 1 : at + entry.position + 1 + CAUSE_REACH]
    for other in following:
        if other.document.name == entry.document.name and _CAUSES.match(other.sentence.text):
            parts = candidate.parts | {"fit": candidate.parts["fit"] / HARD["reason"]}
            parts["told_at"] = index.at(entry)
            return replace(candidate, score=_total(parts), entry=other, parts=parts, span=None, objection="")
    return candidate


def _score_sentence(query: Query, n: int, index: Index) -> Candidate[SentenceEntry]:
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
    said, syllables, opening, neighbours = _overlap(query, entry)
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
    if "purpose" in query.question.types and _FOR.search(entry.sentence.text):
        score = min(1.0, score * TELLS_WHAT_FOR)
    span, near = best_span(query, entry, index)
    if span is not None:
        score = 0.46 * score + 0.54 * near
        parts["near"] = near
        other = entry.other_than_event(span.start, span.end)
        if span.kind is MentionKind.PHONE and _is_of_all(query):
            score = max(score, CALLED)
    else:
        other = frozenset(name for name, _ in entry.qualified)
        often = "duration" in query.question.types and _EVERY.search(entry.sentence.text)
        if query.wanted and not often:
            score *= 0.63
    parts["numbers"] = numbers = number_fit(query.question, entry, index)
    parts["other"] = ASIDE if other - query.qualifiers and query.wanted else 1.0
    if query.qualifiers and not query.qualifiers & {name for name, _ in entry.qualified}:
        parts["other"] *= 0.85
    agrees = numbers**0.4
    score *= agrees * parts["other"]
    if entry.is_title:
        score *= IN_TITLE if query.question.types.isdisjoint(_CIRCUMSTANCES) else CIRCUMSTANCE_IN_TITLE
    objection = objection_to(query, entry, span, numbers, index)
    setback = HARD.get(objection, DOUBTED if objection else 1.0)
    parts["fit"] = (score * parts["other"]) ** 0.5 * setback
    parts["said"] = said * agrees * parts["other"]
    parts["opening"] = opening
    parts["early"] = 1.0 / (1.0 + entry.position / EARLY)
    parts["figure"] = 0.0 if query.wants_figure and entry.figures <= query.folds else 1.0
    return Candidate(_total(parts), entry, parts, tuple(missed), span, objection)


def _is_of_all(query: Query) -> bool:
    """Tell whether a number to call is asked for by no more than what the whole article is about."""
    heavy = [row for row in query.rows if not row.unit.light]
    return bool(heavy) and all(row.floor for row in heavy)


def _total(parts: dict[str, float]) -> float:
    return min(1.0, sum(weight * parts[name] for name, weight in WEIGHTS.items()))


def _overlap(query: Query, entry: SentenceEntry) -> tuple[float, float, float, float]:
    """Return the shares of what the question says, by rarity, that the sentence says as well.

    Of all its syllables; of those, the question words counting less; of these at the sentence's opening; and
    of its neighbouring pairs.
    """
    folds, first, pairs = entry.profile.folds, entry.opening, entry.profile.pairs
    said = got = opening = pair_got = 0.0
    for folded, rare, weight in query.syllables:
        if folded in folds:
            said += rare
            got += weight
            if folded in first:
                opening += weight
    for pair, weight in query.pairs:
        if pair in pairs:
            pair_got += weight
    mass = query.syllable_mass
    return said / query.rarity_mass, got / mass, opening / mass, pair_got / query.pair_mass
