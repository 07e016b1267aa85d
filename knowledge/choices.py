"""Questions that offer two answers: "Chủ tịch hay Phó Chủ tịch trao?", "tặng nhiều hay ít?".

Owns finding the two, and the fact that speaks of what is asked and says one of them. Refuses to know when a
choice is worth more than the question as a whole; that is `answerer`'s part.
"""

from __future__ import annotations

from dataclasses import replace

from knowledge.index import FactEntry, Index
from knowledge.matcher import Candidate, rank_facts, similarity
from knowledge.units import Analysis, Unit

_OR = frozenset(["hay", "hoac"])
_NOT_OR = frozenset(["khong", "chua", "co"])  # "hay không" asks whether, and offers nothing
_REACH = 2  # words that may stand between "hay" and what it offers: "hay là", "hay chỉ là", "hay bên"
_ENOUGH = 0.5  # the rest of a choice is short; what it lacks, the alternative found in the answer makes good
_SAID = 0.9
_AS_GOOD = 0.06


def settle_choice(question: Analysis, index: Index) -> Candidate | None:
    """Return the fact about the rest of *question* that says one of its two answers, or None."""
    pair = _alternatives(question)
    if pair is None:
        return None
    types = question.types - {"choice", "yes_no"}
    if not types and all(u.kind == "office" for u in pair):
        types = frozenset(["person"])
    rest = replace(question, units=tuple(u for u in question.units if u not in pair), types=types, counted=-1)
    if not any(not u.light for u in rest.units):
        return None
    ranked = []
    for candidate in rank_facts(rest, index):
        assert isinstance(candidate.entry, FactEntry)  # noqa: S101 - narrows the union
        said = sum(similarity(u, candidate.entry.answered) >= _SAID for u in pair)
        if said and candidate.score >= _ENOUGH:
            ranked.append((candidate, said))
    near = [c for c, said in ranked if said == 1 and c.score > ranked[0][0].score - _AS_GOOD]
    return next(iter([*near, *(c for c, _ in ranked)]), None)


def _alternatives(question: Analysis) -> tuple[Unit, Unit] | None:
    tokens = question.tokens
    for at, token in enumerate(tokens):
        if token.fold not in _OR or at + 1 >= len(tokens) or tokens[at + 1].fold in _NOT_OR:
            continue
        before = [u for u in question.units if at - _REACH < u.end <= at]
        after = [u for u in question.units if at < u.start <= at + 1 + _REACH]
        if before and after:
            said_again = any(before[-1].ids & u.ids for u in question.units if u.start >= after[0].end)
            if not said_again and not before[-1].ids & after[0].ids:  # "nhận bằng khen hay trao bằng khen"
                return before[-1], after[0]
    return None
