"""Questions that offer their answers: "Chủ tịch hay Phó Chủ tịch trao?", "ông A trao phải không?".

Owns finding what is offered, and the facts that say it. Refuses to know when a choice is worth more than
the question as a whole; that is `verdict`'s part.
"""

from __future__ import annotations

from knowledge.asking import DEEDS
from knowledge.index import FactEntry, Index
from knowledge.matcher import Candidate, offered_by, rank_facts, similarity
from knowledge.records import replace
from knowledge.units import Analysis, Unit, dates_in

Alternative = tuple[Unit, ...]  # an office may have its body with it
_OR = frozenset(["hay", "hoac"])
_NOT_OR = frozenset(["khong", "chua", "co"])  # "hay không" asks whether, and offers nothing
_NAMES = frozenset(["number", "person", "office"])
_REACH = 2  # words that may stand between "hay" and what it offers: "hay là", "hay chỉ là", "hay bên"
_FAR = 4  # … of two offices, names or figures
_WHEN = frozenset(["date"])
_PASSIVE = frozenset(["duoc", "bi"])
_WHO = frozenset(["person"])
_SOMEBODY = frozenset(["person", "office"])
_ENOUGH = 0.5  # the rest of a choice is short; what it lacks, the alternative found in the answer makes good
_SAID = 0.9
_AS_GOOD = 0.06
_SURELY = 0.7  # tells who did it
_TELLING = 0.15  # a word that weighs less says nothing of what is asked: "hơn 75% hay hơn 57%"
_UNSAID = 0.75  # of its score keeps a fact whose answer says nothing of what a question claims


def settle_choice(question: Analysis, index: Index) -> Candidate[FactEntry] | None:
    """Return the fact about the rest of *question* that says one of its two answers, or None."""
    pair = _alternatives(question)
    if pair is None:
        return None
    rest = _rest(question, pair)
    if rest.types == _WHEN or not _tells(rest, index):
        return _only_known(question, pair, index)
    ranked = []
    for candidate in rank_facts(rest, index):
        said = sum(_says_all(alternative, candidate.entry) for alternative in pair)
        if said and candidate.score >= _ENOUGH:
            ranked.append((candidate, said))
    # "Phó Chủ tịch trao Bằng khen của Chủ tịch" names both offices and is the better for it.
    both = rest.types == _WHO
    near = [c for c, said in ranked if (both or said == 1) and c.score > ranked[0][0].score - _AS_GOOD]
    return next(iter([*near, *(c for c, _ in ranked)]), None)


def refuse_choice(question: Analysis, index: Index) -> Candidate[FactEntry] | None:
    """Return the fact about a deed that *question* gives one of two people or offices, and that is neither's.

    None when no fact tells surely who did it, or when it says one of them.
    """
    pair = _alternatives(question)
    if pair is None or not all(a[0].kind in _SOMEBODY for a in pair):
        return None
    rest = _rest(question, pair)
    if rest.types != _WHO or not any(u.ids & DEEDS for u in rest.units):
        return None
    best = next(iter(rank_facts(rest, index, limit=1)), None)
    if best is None or best.score < _SURELY or best.entry.is_silence:
        return None
    told = best.entry.answered.analysis
    if not (told.people if pair[0][0].kind == "person" else told.offices):
        return None
    return None if any(_says_all(a, best.entry) for a in pair) else best


def is_of_roles(question: Analysis) -> bool:
    """Tell whether *question* asks if somebody does or gets done one thing ("trao hay được trao")."""
    folds = [t.fold for t in question.tokens]
    at = next((i for i, folded in enumerate(folds) if folded in _OR), 0)
    before = frozenset(i for u in question.units if u.end <= at for i in u.ids & DEEDS)
    after = [u for u in question.units if u.start > at and u.ids & before]
    passive = any(folds[u.start - 1] in _PASSIVE for u in question.units if u.ids & before)
    return bool(at and after) and passive


def without_role(question: Analysis) -> Analysis:
    """Return *question*, which `is_of_roles`, as asking whether it is done: by whom, a fact tells."""
    at = next(i for i, t in enumerate(question.tokens) if t.fold in _OR)
    units = tuple(u for u in question.units if u.end <= at)
    return replace(question, units=units, types=frozenset(["yes_no"]), counted=-1)


def _rest(question: Analysis, pair: tuple[Alternative, Alternative]) -> Analysis:
    """Return what *question* asks of its two answers."""
    types, role = question.types - {"choice", "yes_no"}, question.asked_role
    acts = any(u.start > pair[1][-1].end and not u.light for u in question.units)
    acts = acts or question.tokens[pair[0][0].start - 1].fold in ("boi", "do")  # "được ký bởi …"
    if not types and all(a[0].kind == "office" for a in pair):
        types = _WHO
        role = "agent" if acts else role  # "giám đốc hay phó giám đốc ký"
    if not types and all(a[0].kind == "person" for a in pair):
        types = _WHO  # "chủ tịch là ông A hay ông B"
    if not types and all(dates_in(a[0]) for a in pair):
        types = _WHEN  # "ngày 6 hay ngày 7"
    units = tuple(u for u in question.units if u not in pair[0] and u not in pair[1])
    return replace(question, units=units, types=types, asked_role=role, counted=-1)


def _tells(rest: Analysis, index: Index) -> bool:
    return any(not u.light and index.knows(u) and index.weight(u) > _TELLING for u in rest.units)


def _says_all(alternative: Alternative, entry: FactEntry) -> bool:
    return all(_is_in(u, entry) for u in alternative)


def _only_known(
    question: Analysis, alternatives: tuple[Alternative, Alternative], index: Index
) -> Candidate[FactEntry] | None:
    """Return the fact that says one of two where nothing else is asked: "6/11 hay 11/6"."""
    pair = tuple(a[0] for a in alternatives)
    known = [u for u in pair if _is_known(u, index)]
    if len(known) != 1:
        return None
    units = tuple(u for u in question.units if u not in pair)
    asked = replace(question, units=(*units, known[0]), types=frozenset(), counted=-1)
    for candidate in rank_facts(asked, index):
        if _says(candidate.entry, known[0]):
            return candidate
    telling = (index.facts[n] for n in sorted(offered_by(known[0], index.support_postings)))
    entry = next((e for e in telling if _says(e, known[0])), None)
    return Candidate(_ENOUGH, entry, {"raw": _ENOUGH}) if entry else None


def _is_known(unit: Unit, index: Index) -> bool:
    dates = dates_in(unit)
    return all(index.knows(replace(unit, ids=frozenset([i]))) for i in dates) if dates else index.knows(unit)


def _says(entry: FactEntry, unit: Unit) -> bool:
    return not entry.is_silence and _is_in(unit, entry)


def _is_in(unit: Unit, entry: FactEntry) -> bool:
    """Tell whether the answer says *unit*; of a date, its day as well as its month."""
    dates = dates_in(unit)
    if dates:
        return dates <= entry.answered.ids.keys()
    return similarity(unit, entry.answered) >= _SAID


def say_what_is_claimed(
    question: Analysis, facts: list[Candidate[FactEntry]], index: Index
) -> list[Candidate[FactEntry]]:
    """Rank *facts* for a question that only asks whether: best those whose answer says what it claims.

    One that knows of it only by a way of asking confirms nothing ("công đoàn khen công an phải không" is
    not answered by the day on which somebody was commended).
    """
    claimed = [u for u in question.units if not u.light]
    mass = sum(map(index.weight, claimed)) or 1.0
    ranked: list[Candidate[FactEntry]] = []
    for candidate in facts:
        entry = candidate.entry
        said = sum(index.weight(u) * similarity(u, entry.answered) for u in claimed) / mass
        share = (1 + said) / 2 if entry.is_silence else said  # a silence need not repeat what it refuses
        ranked.append(replace(candidate, score=candidate.score * (_UNSAID + (1 - _UNSAID) * share)))
    return sorted(ranked, key=lambda c: -c.score)


def _alternatives(question: Analysis) -> tuple[Alternative, Alternative] | None:
    tokens = question.tokens
    for at, token in enumerate(tokens):
        if token.fold not in _OR or at + 1 >= len(tokens) or tokens[at + 1].fold in _NOT_OR:
            continue
        named = _with_bodies(question.units)
        before = [a for a in named if at - _FAR < a[-1].end <= at]
        after = [a for a in named if at < a[0].start <= at + 1 + _FAR]
        alike = [
            (a, b) for a in reversed(before) for b in after if a[0].kind == b[0].kind and a[0].kind in _NAMES
        ]
        if not alike:  # else "Phó Giám đốc Công an hay Giám đốc", "hơn 75% hay hơn 57%"
            before = [a[-1:] for a in before if at - _REACH < a[-1].end]
            after = [(u,) for u in question.units if at < u.start <= at + 1 + _REACH]
        if before and after:
            first, other = next(iter(alike), (before[-1], after[0]))
            if len(first) != len(other):  # "giám đốc hay phó giám đốc công an": of both
                first, other = first[:1], other[:1]
            said_again = any(first[0].ids & u.ids for u in question.units if u.start >= other[-1].end)
            alike_too = all(a.ids & b.ids for a, b in zip(first, other, strict=True))
            if not said_again and not alike_too:  # "nhận bằng khen hay trao bằng khen"
                return first, other
    return None


def _with_bodies(units: tuple[Unit, ...]) -> list[Alternative]:
    """Return what is named, an office together with the body that follows it."""
    named: list[Alternative] = []
    for unit in units:
        before = named[-1] if named else ()
        held = len(before) == 1 and before[0].kind == "office" and unit.start - before[0].end <= 1
        if held and unit.kind == "concept" and not unit.light and not unit.ids & DEEDS:
            named[-1] = (*before, unit)
        else:
            named.append((unit,))
    return named
