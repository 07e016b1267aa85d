"""What a question asks for, and how far a way of asking for something else serves it.

Owns the table of what is near to what. Refuses to know words and facts.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from knowledge.units import Analysis

# Types that demand a certain kind of thing; the rest (thing, yes_no, manner, …) leave it open.
SPECIFIC = frozenset(
    ["person", "date", "part_of_day", "hour", "year", "period", "weekday", "place", "count", "percent"]
) | {
    "money",
    "phone",
    "office",
    "rank",
    "organisation",
    "age",
    "hometown",
    "reason",
    "duration",
    "difference",
}
# How far an answer to one type also serves another (both ways); anything else serves badly.
_NEAR = {
    frozenset(pair): value
    for pair, value in {
        ("person", "organisation"): 0.8,
        ("person", "office"): 0.75,
        ("organisation", "office"): 0.7,
        ("office", "rank"): 0.7,
        ("reason", "purpose"): 0.8,
        ("source", "organisation"): 0.9,
        ("list_names", "person"): 0.9,
        ("list_names", "organisation"): 0.85,
        ("list_names", "place"): 0.6,
        ("list_names", "count"): 0.5,
        ("count", "percent"): 0.6,
        ("count", "duration"): 0.7,
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
_TELLING = SPECIFIC | {"purpose", "source", "ordinal", "list_names", "number_id"}
EXACT = frozenset(
    [
        "date",
        "period",
        "hour",
        "year",
        "weekday",
        "money",
        "phone",
        "percent",
        "age",
        "hometown",
        "rank",
        "duration",
        "count",
        "reason",
        "number_id",
    ]
)
OF_THE_EVENT = frozenset(["date", "hour", "place", "part_of_day", "year", "weekday", "purpose", "duration"])
_NO_THING = OF_THE_EVENT - {"purpose"} | {"period"}
_FIRMS = frozenset(["c:firm", "c:school", "c:hospital"])  # bodies that are not asked for as "đơn vị nào"
_UNMEASURED = 0.55  # such a thing is asked for, and the fact neither is asked for one nor holds one
_OPEN = frozenset(["thing", "activity", "manner"])  # asks for something, but not for a person, a date …
_LOOSE = _OPEN | {"yes_no", "choice", "definition"}
_WHO = frozenset(["person", "office", "rank"])
_CLASH = 0.3
_ROLES = {
    frozenset(("agent", "patient")): 0.65,
    frozenset(("owner", "patient")): 0.65,
    frozenset(("owner", "agent")): 0.85,
    frozenset(("owner", "")): 0.95,
    frozenset(("patient", "")): 0.9,
}
_HALF_ASKED = 0.8  # one of two things asked for at once
_COVERED = 0.6


class Kind(NamedTuple):
    """What is asked for by one way of asking for a fact.

    `others` are the telling types of the fact's other ways, where this one has none of its own.
    """

    types: frozenset[str]
    others: frozenset[str]
    is_silence: bool  # the fact tells that the article is silent
    role: str
    negated: bool
    which: frozenset[str]  # ids of what it asks to be named


def kind_of(asks: Analysis, types: frozenset[str], *, is_silence: bool) -> Kind:
    """Return the kind of a way of asking for a fact that is asked for *types* altogether."""
    others = frozenset() if asks.types & _TELLING else types & _TELLING
    return Kind(asks.types, others, is_silence, asks.asked_role, asks.negated, asks.which)


@lru_cache(maxsize=1024)
def role_fit(asked: str, kind: Kind) -> float:
    """Return how well a way of asking serves a question for who acts, receives or owns, 0-1."""
    if asked in ("agent", "owner") and "list_names" in kind.types and not kind.role:
        return 0.9  # who gives is not who is on the list
    return _ROLES.get(frozenset((asked, kind.role)), 1.0)


@lru_cache(maxsize=16_384)
def type_fit(types: frozenset[str], kind: Kind) -> float:
    """Return how well a way of asking serves a question of *types*, 0-1."""
    asked, offered = types & _TELLING, kind.types & _TELLING
    if not asked and not offered and types & kind.types - {"yes_no"}:
        return 1.0
    if not offered:
        offered = kind.others
        exact = 0.92 if len(asked) < 2 else _HALF_ASKED
    else:
        exact = 1.0
    if not asked:
        if offered and offered <= {"purpose", "reason"} and types & _OPEN:
            return 0.95
        if types & {"activity", "result"} and offered & _WHO:
            return 0.7  # what somebody does, or comes of it, is not who it is
        if offered and offered <= _NO_THING and types & _OPEN:
            return 0.7  # "vai trò được phát huy ở việc nào" asks not where
        if "definition" in kind.types - types or (offered and types & _OPEN):
            return 0.8
        if offered:
            if kind.is_silence and "person" not in offered:
                return 0.7 if offered & EXACT and types - {"thing", "yes_no"} else 0.8
            return 0.88
        if types & kind.types or not types or not kind.types:
            return 1.0
        return 0.93 if types | kind.types <= _LOOSE else 0.86
    if not offered:
        if "definition" in types & kind.types:
            return 0.85
        return 0.72 if asked - EXACT else _UNMEASURED
    fits = [max(exact if a == o else _NEAR.get(frozenset((a, o)), _CLASH) for o in offered) for a in asked]
    return max(fits) * (_HALF_ASKED if min(fits) < _COVERED <= max(fits) else 1.0)


def names_other(question: Analysis, kind: Kind) -> bool:
    """Tell whether both ask which, but of different things: "sự kiện gì", "báo nào"."""
    if question.types & kind.types & SPECIFIC:
        return (
            question.which & _FIRMS != kind.which & _FIRMS
        )  # "cơ quan nào", "đơn vị nào": the kind of thing is the same
    return bool(question.which) and bool(kind.which) and question.which.isdisjoint(kind.which)


def is_of_event(kind: Kind) -> bool:
    """Tell whether a way of asking is only for when, where and the like."""
    telling = kind.types & _TELLING
    return bool(telling) and telling <= OF_THE_EVENT
