"""What a question asks for: kinds of answer, what is counted, who acts on whom.

Owns the reading of question words in their places. Refuses to know facts and the word lists.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from knowledge.normalize import Token
from knowledge.records import replace
from knowledge.units import Analysis, Unit

_AGENT_MARKS = frozenset(["do", "boi", "duoc", "nho"])
_PATIENT_MARKS = frozenset(["cho", "tang", "voi", "den"])
_RECIPIENT = frozenset(
    [
        ("nguoi", "duoc"),
        ("nguoi", "nhan"),
        ("tuong", "duoc"),
        ("vi", "duoc"),
        ("the", "duoc"),
        ("nhan", "duoc"),
    ]
)  # "người được ông A trao … là ai"
# Concepts that a fragment asks for by naming them, and the type of question that this is.
_KINDS = {
    "date": "date",
    "time": "date",
    "hour": "hour",
    "place": "place",
    "venue": "place",
    "phone": "phone",
    "age": "age",
    "hometown": "hometown",
    "office": "office",
    "rank": "rank",
    "period": "period",
    "cost": "money",
    "money": "money",
    "purpose": "purpose",
    "cause": "reason",
}
_GRANTED = frozenset(["money", "hour", "phone", "age", "hometown", "place"])  # "có ghi giờ không" asks for it
_PRICES = frozenset(["c:price", "c:wage", "c:ticket"])
_GOING = frozenset(["ve", "tham", "cung"])  # "xe về quê", "đồng hương cùng quê": no hometown is asked for
_WHO_AND_WHERE = frozenset(["person", "organisation", "place", "reason"])
_ASKING = frozenset(["ai", "nao", "gi", "dau", "sao"])
_EACH = frozenset(["moi", "mot", "hang", "tung"])
_SPANS = frozenset(["ngay", "thang", "nam", "tuan"])
_EXCEPT = (("ngoai",), ("tru",), ("khong", "ke"), ("khong", "tinh"), ("bo", "qua"), ("chua", "ke"))
_ENDS_ASIDE = frozenset(["ra", "thi"])
_UNAWARE = frozenset(["hay", "biet", "ro", "nho", "hieu", "nghe", "thay", "doc", "xem", "kip", "theo", "coi"])
_CHECKING = frozenset(["à", "hả", "ư", "hở"])
_SOMEBODY = frozenset(["nguoi", "vi", "ong", "ba", "anh", "chi", "nhung", "cac"])
_YEAR = 4  # digits
_COMING = frozenset(["tham", "du", "gop", "den", "toi", "cu", "tranh"])  # "mấy nước tham gia"
_NEAR_BY = 3
_OF = frozenset(["cua", "voi", "trong", "tu"])
_SENT = (["cu"], ["giao"], ["phan"], ["moi"])
DEEDS = frozenset(
    f"c:{c}" for c in ("hand_over", "sign", "organise", "chair", "speak", "reward", "commend", "receive")
)
_PEOPLE = frozenset(["c:delegates", "c:leaders"])
_NEGATIONS = frozenset(["không", "chưa", "chẳng", "đừng"])


def _excepted(
    tokens: tuple[Token, ...], units: list[Unit], types: list[tuple[str, int, int, int]]
) -> tuple[frozenset[str], int]:
    """Return the ids of what anything but is asked for ("ngoài ông A ra còn ai"), and the token after it.

    0 when there is no such thing, or nothing else is named.
    """
    folds = tuple(t.fold for t in tokens)
    opening = next((len(w) for w in _EXCEPT if folds[: len(w)] == w), 0)
    if not opening:
        return frozenset(), 0
    still = next((i for i, folded in enumerate(folds) if folded == "con"), 0)
    end = next((i + 1 for i, t in enumerate(tokens) if i >= opening and "," in t.after), 0)
    end = min(end or still, still) if still > opening else _end_of_excepted(tokens, opening, units, types)
    if not end or all(u.light for u in units if u.start >= end):
        return frozenset(), 0
    return frozenset(i for u in units if opening <= u.start < end for i in u.ids), end


def _end_of_excepted(
    tokens: tuple[Token, ...], opening: int, units: list[Unit], types: list[tuple[str, int, int, int]]
) -> int:
    """Return where somebody who is left aside without a "còn" ends ("không tính ông A thì ai"), or 0."""
    asking = min(
        (start for name, start, _, _ in types if name in _WHO_AND_WHERE or name == "thing"), default=0
    )
    marks = [i for i in range(opening, asking) if tokens[i].fold in _ENDS_ASIDE]
    marked = bool(marks)
    if marks:
        asking = next((i for i in range(marks[0], asking) if tokens[i].fold not in _ENDS_ASIDE), asking)
    aside = [u for u in units if opening <= u.start < asking]
    somebody = any(u.kind in ("person", "office") for u in aside)
    is_plain = all(u.light or u.kind in ("person", "office", "concept") for u in aside)
    deeds = any(not DEEDS.isdisjoint(u.ids) for u in aside)
    return asking if (somebody or marked) and aside and is_plain and not deeds else 0


def _with_people(
    tokens: tuple[Token, ...], units: list[Unit], types: list[tuple[str, int, int, int]]
) -> list[tuple[str, int, int, int]]:
    """Read "chủ tịch nào", "đại tá nào" as asking for a person, as "ông nào" does."""
    holders = {
        u.end
        for u in units
        if u.kind == "office" or _PEOPLE & u.ids or any(i.startswith("r:") for i in u.ids)
    }
    return [
        ("person", *t[1:]) if t[0] == "thing" and t[1] in holders and tokens[t[1]].fold == "nao" else t
        for t in types
    ]


def _is_doer(folds: list[str], units: list[Unit]) -> bool:
    """Tell whether a question is about one who does something: "người lên trao quà tên gì"."""
    sent = folds[1:2] == ["duoc"] and folds[2:3] in _SENT  # "người được cử trao quà"
    if folds[0] not in _SOMEBODY or (folds[1:2] in (["duoc"], ["nhan"], ["bi"]) and not sent):
        return False
    return any(1 <= u.start <= _NEAR_BY and not DEEDS.isdisjoint(u.ids) for u in units)


def _given(unit: Unit) -> Unit:
    """Read what is received from somebody as given by them."""
    if "c:receive" not in unit.ids:
        return unit
    return replace(unit, ids=unit.ids - {"c:receive"} | {"c:hand_over"})


def _named_kinds(unit: Unit) -> set[str]:
    """Return the kinds of answer that *unit* names where no question word does."""
    named = {i[2:] for i in unit.ids if i.startswith("c:")}
    return {_KINDS[name] for name in named & _KINDS.keys()}


def _which(
    tokens: tuple[Token, ...], units: list[Unit], types: list[tuple[str, int, int, int]]
) -> frozenset[str]:
    """Return the ids of what "… nào", "… gì" asks to be named."""
    cues = [(start, end) for _, start, end, _ in types if tokens[end - 1].fold in ("nao", "gi")]
    named = (
        u.ids
        for u in units
        for start, end in cues
        if not u.light and (start <= u.start < end or (u.end == start and end == start + 1))
    )
    return frozenset().union(*named)


def _without_plural(
    tokens: tuple[Token, ...], types: list[tuple[str, int, int, int]]
) -> list[tuple[str, int, int, int]]:
    """Leave out a "mấy" that only makes a plural: "mấy ông bàn chuyện gì", "ai trao cho mấy tập thể"."""
    types = [t for t in types if t[0] != "count" or not _is_plural(tokens, t[1], types)]
    at = next((i for i, t in enumerate(tokens) if t.text not in ("có", "à", "dạ")), 0)
    others = {name for name, _, _, _ in types} - {"count", "yes_no"}
    if (
        not others
        or others & {"money", "percent", "duration", "date", "hour", "age", "year"}
        or sum(name == "count" for name, _, _, _ in types) != 1
        or tokens[at].text != "mấy"
        or any("," in t.after for t in tokens)
    ):
        return types
    return [t for t in types if t[0] != "count"]


def _as_rate(tokens: tuple[Token, ...], cue: tuple[str, int, int, int]) -> tuple[str, int, int, int]:
    """Read the "mỗi ngày bao nhiêu" of "bán mỗi ngày bao nhiêu chiếc" as how many, not as which day."""
    name, start, end, at = cue
    each = start and tokens[start - 1].fold in _EACH and tokens[start].fold in _SPANS
    if name in ("date", "year", "period") and each and tokens[end - 1].fold in ("nhieu", "may"):
        return "count", start + 1, end, at
    return cue


def _without_topic(
    tokens: tuple[Token, ...], types: list[tuple[str, int, int, int]]
) -> list[tuple[str, int, int, int]]:
    """Leave out the "kinh phí" of "kinh phí lấy từ quỹ nào": it names what is spoken of."""
    asking = [
        t
        for t in types
        if t[0] in _WHO_AND_WHERE and _ASKING.intersection(x.fold for x in tokens[t[1] : t[2]])
    ]
    if not asking:
        return types
    return [
        t
        for t in types
        if t[0] != "money" or _ASKING.union(["bao", "may"]).intersection(x.fold for x in tokens[t[1] : t[2]])
    ]


def _with_countries(tokens: tuple[Token, ...], units: list[Unit], ends: Iterable[int]) -> list[Unit]:
    """Read the "nước" of "bao nhiêu nước tham gia" as countries, and not as water."""
    found = {
        end for end in ends if [t.fold for t in tokens[end : end + 1]] == ["nuoc"] and _comes(tokens, end + 1)
    }
    return [replace(u, ids=u.ids | {"c:country"}) if u.start in found else u for u in units]


def _comes(tokens: tuple[Token, ...], at: int) -> bool:
    return any(t.fold in _COMING for t in tokens[at : at + 1])


def _is_plural(tokens: tuple[Token, ...], at: int, types: list[tuple[str, int, int, int]]) -> bool:
    """Tell whether the "mấy" at *at* counts nothing: "mấy ông nào", "ai trao cho mấy tập thể"."""
    if tokens[at].text not in ("mấy", "may"):
        return False
    if {"nào", "gì", "đó", "này", "kia", "ấy"} & {t.text for t in tokens[at + 2 : at + 4]}:
        return True
    if at and any(name == "definition" and end == len(tokens) for name, _, end, _ in types):
        return True  # "phần thưởng cho mấy tập thể là gì"
    if at and tokens[at - 1].fold in _OF and any(name != "count" for name, _, _, _ in types):
        return True  # "của mấy tấm ảnh"
    who = next((start for name, start, _, _ in types if name == "person"), at)
    between = tokens[who:at]
    return (
        bool(between)
        and between[-1].text == "cho"
        and not any("," in t.after or t.fold in ("va", "roi", "voi") for t in between)
    )


def _ends_a_span(tokens: tuple[Token, ...], at: int) -> bool:
    """Tell whether the "mấy" at *at* asks for the year in which something ends: "2018 tới mấy"."""
    year = next((t for t in tokens[max(0, at - 2) : max(0, at - 1)]), None)
    return year is not None and len(year.number) == _YEAR and tokens[at - 1].fold in ("toi", "den")


def assemble(
    tokens: tuple[Token, ...], units: list[Unit], types: list[tuple[str, int, int, int]]
) -> Analysis:
    """Return the question of *tokens* that names *units*.

    *types* are the question phrases found: type, first token, token after the last, position in *units*.
    """
    types = [_as_rate(tokens, cue) for cue in _with_people(tokens, units, types)]
    types = _without_plural(tokens, types)
    types = _without_topic(tokens, types)
    types = [t for t in types if t[0] != "hometown" or not t[1] or tokens[t[1] - 1].fold not in _GOING]
    dated = {t[1:3] for t in types if t[0] == "date"}
    types = [t for t in types if t[0] != "score" or t[1:3] not in dated]  # "thang may" asks for the month
    types = [("period", *t[1:]) if t[0] == "count" and _ends_a_span(tokens, t[1]) else t for t in types]
    names = {name for name, _, _, _ in types}
    if (
        units
        and "c:name" in units[0].ids
        and units[0].start == 0
        and names
        and names <= {"definition", "thing"}
    ):
        names = {"list_names"}  # "tên 3 tập thể là gì"
    if tokens and not names and tokens[-1].text in _CHECKING and sum(not u.light for u in units) > 2:
        names = {"yes_no"}  # "ủy ban ký quy chế với công an à"
    if not names and len(units) < 3:  # a fragment like "thời điểm tổ chức"
        names = set().union(*map(_named_kinds, units))
        units = [] if names and len(units) == 1 else units
    if not names and units and units[0].start == 0 and not _PRICES.isdisjoint(units[0].ids):
        names = {"money"}  # "giá một ký trà"
    texts = [t.text for t in tokens]
    folds = [t.fold for t in tokens]
    if (
        "yes_no" not in names
        and "co" in folds
        and folds[-1:] == ["khong"]
        and folds.index("co") < len(folds) - 1
    ):
        names.add("yes_no")
    if names == {"yes_no"} and len(claimed := [u for u in units if not u.light or _named_kinds(u)]) > 1:
        names |= {
            k for k in _named_kinds(claimed[-1]) if k in _GRANTED
        }  # "được bằng khen có được tiền không"
    units = _with_countries(tokens, units, [end for name, _, end, _ in types if name == "count"])
    counted = -1
    for unit in units:  # "số mô hình" asks how many
        leading = texts[max(0, unit.start - 2) : unit.start]
        named = unit.kind == "concept" and any(i[0] == "c" for i in unit.ids - DEEDS)
        if named and leading[-1:] in (["số"], ["so"]) and leading[0] not in ("con", "trong"):
            names.add("count")
            counted = units.index(unit)
    for name, _, _, at in types:
        if name in ("count", "percent", "money") and at < len(units) and counted < 0 and name == "count":
            counted = at
    role = ""
    who, end = next(
        ((start, end) for name, start, end, _ in types if name in ("person", "organisation")), (None, 0)
    )
    if who is not None:
        before = folds[who - 1] if who else ""
        acting = any(u.end <= who for u in units if u.kind == "concept")
        from_hand = before == "tay" and folds[who - 2] == "tu" if who > 1 else False  # "nhận từ tay ai"
        if _is_doer(folds, units) and folds[1:2] == ["duoc"]:
            role = "agent"
        elif before == "tu" or from_hand:
            role = "agent"
            units = [_given(u) if u.end <= who else u for u in units]
        elif before in _AGENT_MARKS:
            role = "agent"
        elif before == "cua" and any(u.start == end and not DEEDS.isdisjoint(u.ids) for u in units):
            role = "agent"  # "bằng khen của ai trao"
        elif before == "cua":
            role = "owner"
        elif (
            before in _PATIENT_MARKS
            or folds[end : end + 1] in (["duoc"], ["nhan"])
            or folds[end : end + 3] in (["la", "nguoi", "duoc"], ["la", "nguoi", "nhan"])
            or before == "tay"
            or (
                acting
                and "ai" in folds[who:end]
                and before != "la"
                and not any(u.start >= end for u in units)
            )
            or (folds[end - 1] == "ai" and _RECIPIENT.intersection(pairwise(folds[:who])))
        ):
            role = "patient"
        elif any(u.start > who and not u.light for u in units) or _is_doer(folds, units):
            role = "agent"
    aside, excepted = _excepted(tokens, units, types)
    negated = (
        any(
            i >= excepted and t in _NEGATIONS and i < len(tokens) - 1 and folds[i + 1] not in _UNAWARE
            for i, t in enumerate(texts)
        )
        and "yes_no" not in names
    )
    if not names and any(
        t in ("hay", "hoặc") and 0 < i < len(texts) - 1 and folds[i - 1] != "lam" for i, t in enumerate(texts)
    ):
        names.add("choice")
    named = len(units) > 1 and "c:name" in units[0].ids
    if named and (not names or (names <= {"thing", "definition"} and tokens[1].number)):
        names.add("list_names")  # "tên 5 cá nhân"
    offices = [u for u in units if u.kind == "office"]
    if len(offices) > 1 and "hay" in folds and any(u.kind == "person" for u in units):
        names.add("office")  # "ông A là giám đốc hay phó giám đốc"
        units = [
            u if u.kind != "office" else replace(u, kind="concept", ids=frozenset(["c:office"]))
            for u in units
        ]
    if len(offices) == 1 and names == {"thing"} and any(u.kind == "person" for u in units):
        held = offices[0]
        if any(name == "thing" and 0 <= start - held.end <= 1 for name, start, _, _ in types):
            names = {"office"}  # "ông A làm chủ tịch cái gì"
            units = [
                u if u is not held else replace(u, kind="concept", ids=frozenset(["c:office"])) for u in units
            ]
    if sum(u.kind == "person" for u in units) == 1 and "hay" in folds:
        ranks = [u for u in units if u.kind != "person" and any(i[0] == "r" for i in u.ids)]
        if ranks:
            names.add("rank")  # "ông A là thiếu tướng hay đại tá"
            units = [u for u in units if u not in ranks]
    if excepted:
        of = units[counted] if 0 <= counted < len(units) else None
        units = [u for u in units if u.start >= excepted]
        counted = next((n for n, u in enumerate(units) if u is of), -1)
    cues = tuple((name, start, end) for name, start, end, _ in types)
    return Analysis(
        tokens,
        tuple(units),
        frozenset(names),
        counted,
        role,
        negated,
        cues,
        _which(tokens, units, types),
        aside,
    )
