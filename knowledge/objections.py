"""What speaks against a sentence as an answer though its words fit.

Owns the near misses: another office, another figure, no cause, a made-up case, the opposite direction.
Refuses to score; a hard objection rules a sentence out, the others only lower the confidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from knowledge.clauses import clause_of
from knowledge.elsewhere import elsewhere
from knowledge.index import LEAD, Index, Profile, SentenceEntry
from knowledge.inquiry import Query, asks_deadline, thing_named
from knowledge.matcher import NEAR_MATCH, similarity
from knowledge.model import Mention, MentionKind
from knowledge.rivals import contrasts, speaks_of_rival
from knowledge.spans import FIGURES, RANGE, asks_range, region_of, unit_match
from knowledge.syllables import fold_key, is_syllable
from knowledge.units import Analysis, Unit

# Objections that rule a sentence out, and how far each sets it back, so that another may come first: far
# where a sentence of the same kind may be the right one. The others only lower the confidence.
HARD = {"office": 0.6, "figure": 0.6, "invented": 0.7}
HARD |= {"person": 0.6, "place": 0.6, "name": 0.6, "role": 0.85, "elsewhere": 0.6, "denied": 0.85}
HARD |= dict.fromkeys(("stranger", "reason", "kind", "opposite"), 0.85)
_DIALLED = re.compile(r"\d[\d .-]{4,}\d|(?i:gọi|số|tổng đài|nóng)\s+\d{3,4}\b")
_NUMBER_ASKED = frozenset(["phone", "count", "number_id"])
_CAPITALS = re.compile(r"(?<=[\w,:(“\"] )[A-ZĐÀ-Ỹ]\w+(?: [A-ZĐÀ-Ỹ]\w+)*")
_FOREIGN = re.compile(r"\b[A-Z][a-z]{2,}\b")
# What a sentence must at least hold when no mention of the kind asked for was found in it.
_TRACES = {
    "person": _CAPITALS,
    "place": _CAPITALS,
    "organisation": _CAPITALS,
    "date": re.compile(r"(?i)\b(?:tháng|năm|ngày|thế kỷ|sáng|chiều|tối|thứ|tuần|hôm|tết)\b|\d/\d"),
    "year": re.compile(r"\d{4}"),
    "count": re.compile(r"\d|(?i:\b(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|nhiều|vài)\b)"),
    "hour": re.compile(r"(?i)\d\s*(?:giờ|h\b|:\d)"),
    "age": re.compile(r"(?i)tuổi|sinh năm"),
    "number_id": re.compile(r"\d{6}|\d[\d .-]{6,}\d"),
    "phone": re.compile(r"\d{3}"),
    "duration": re.compile(r"(?i)\b(?:giờ|phút|giây|ngày|tuần|tháng|năm|buổi|đêm)\b"),
    "ordinal": re.compile(r"(?i)\bthứ\b|\b(?:lần|khóa|kỳ)\s+[\dIVXL]"),
    "hometown": re.compile(
        r"(?i)\b(?:quê|trú|ngụ|nguyên quán|sinh ra|người (?:gốc|xứ))\b|\bở\s+(?-i:[A-ZĐÀ-Ỹ])"
    ),
    "score": re.compile(r"\d\s?-\s?\d"),
    "weekday": re.compile(r"(?i)\bthứ (?:hai|ba|tư|năm|sáu|bảy)\b|chủ nhật"),
    "money": re.compile(r"(?i)\d\s*(?:đồng|triệu|tỷ|nghìn|ngàn|usd|đô|bảng|euro)|\$"),
    "percent": re.compile(r"(?i)%|phần trăm"),
}
# "do" with a body after it names who did it ("do Ngân hàng … tài trợ"), and no cause.
_CAUSE = re.compile(
    r"\b(?:(?<!thay )[Vv]ì|[Bb]ởi|[Nn]hờ|[Nn]hằm|[Đđ]ể|[Nn]ên|[Nn]guyên nhân|[Ll]ý do|góp phần|khiến"
    r"|buộc|dẫn đến"
    r"|\bbị(?=\s+(?:cây|nước|điện|xe|lũ|sét|cháy|ngã|đuối)\b)"
    r"|(?:có|lập|vì)\s+thành tích)\b|\b[Dd]o\b(?!\s+(?:[A-ZĐÀ-Ỹ]|(?:ông|bà|anh|chị|cô|em|các|công ty|ban|sở"
    r"|công đoàn|huyện|tỉnh|xã|ngân hàng)\b))"
)
_WHEN = re.compile(
    r"(?<!trước )(?<!sau )(?<!trong )(?<!từ )(?<!đến )(?<!mỗi )\bkhi(?!\s+(?:đang|đó|ấy|về)\b)\b"
)
_TURN = re.compile(r";|\s(?:nhưng|tuy nhiên)\s")
_WORD = re.compile(r"\w+")
_OF_THE_EVENT = frozenset(["date", "hour", "place", "part_of_day", "year"])
_ANYBODY = ("người", "lượt", "em", "cháu", "trường hợp", "ca")
_SUPERLATIVE = "nhất"
_CHIEFS = frozenset(["c:head", "c:leaders"])
_YEAR_ID = re.compile(r"n:(?:19|20)\d\d$")
_REMAINDER = re.compile(r"(?i)\b(?:phần|số)?\s*còn lại\b")
OPENING = 2  # where a question says of how many it asks the names: not "ai trao 150 suất quà"
REACH = 4  # tokens after an office in which its body is named
_NARROWER = ("khu", "nganh", "co so", "cong ty", "cong ti", "huyen", "xa", "phuong", "truong")
_HEADS = re.compile(
    r" truong (?=(?:ban|phong|khoa|doan|tieu) )"
)  # a head ("trưởng"), not a school ("trường")
BODY = 8  # units at most that spell out a body
_BRANCHES = frozenset(["so", "phong", "khoa", "cuc", "vu", "ban", "trung", "benh", "truong"])
_AREAS = frozenset(["tinh", "huyen", "xa", "phuong", "thanh", "tp", "quan", "cua", "ten", "viet"])
_PLACE_NOUNS = frozenset(["phuong", "xa", "huyen", "quan", "thon"])
_COSTS = frozenset(["c:cost"])
_SPENDING = frozenset(
    [("het", "bao"), ("ton", "bao"), ("mat", "bao"), ("het", "may"), ("ton", "may"), ("mat", "may")]
)
_GIVEN = frozenset(
    ["c:donate", "c:sponsor", "c:grant", "c:hand_over", "c:reward", "c:lend", "c:raise_money", "c:request"]
)
# "tuyến 19" is not the "tuyến" of a sentence without that number.
_LABELS = frozenset(
    ["tuyen", "so", "xe", "khoi", "chuyen", "xuong", "tram", "cong", "khu", "toa", "block", "duong"]
)
_TERMS = frozenset(["khoa", "thu", "lan", "ki"])
_FIRMS = frozenset(["c:firm", "c:school", "c:hospital"])
_VENUES = frozenset(
    [("nha", "hang"), ("khach", "san"), ("sieu", "thi"), ("hoi", "truong"), ("benh", "vien"), ("cong", "ty")]
)
_NUMBERED_NOUNS = frozenset(["nam", "thang", "ngay", "gio", "tuoi", "lan"])


def objection_to(
    query: Query, entry: SentenceEntry, span: Mention | None, numbers: float, index: Index
) -> str:
    """Name what speaks against this sentence as an answer, "" when nothing does.

    *numbers* is its `number_fit`.

    These are the near misses that words alone do not tell: another office, another time, no year, no
    cause, a made-up case, the opposite direction, a name that the question itself gives.
    """
    question, types = query.question, query.question.types
    ids = entry.profile.ids
    if any(u.kind == "stranger" for u in question.units):
        return "stranger"
    if question.people and not question.people & ids.keys() and not _speaks_on(question, entry, index):
        return "person"
    if _is_deed_of_others(question, entry):
        return "person"
    if of_other := elsewhere(query, entry, span, index):
        return of_other
    if span is None and "person" in types and "yes_no" not in types and _names_nobody(query, entry, index):
        return "kind"
    if _asks_for_where(question, entry.profile):
        return "place"
    if types & {"person", "list_names"} and not question.offices and _of_several(question, entry):
        return "kind"
    if span is not None and span.kind in FIGURES and _is_remainder(query, entry, span):
        return "kind"
    if (
        span is None
        and ("organisation" in types or thing_named(question, index))
        and not _has_noun(question, entry)
    ):
        return "kind"
    if (
        span is None
        and "phone" in types
        and types <= _NUMBER_ASKED
        and not _DIALLED.search(entry.sentence.text)
    ):
        return "kind"
    if span is None and any(t in _TRACES and not _TRACES[t].search(entry.sentence.text) for t in types):
        return "kind"
    told = query.named & ids.keys() or question.editions & entry.profile.analysis.editions
    due = any(row.offered.get(index.at(entry)) for row in query.rows if asks_deadline(row.unit))
    if types & _OF_THE_EVENT and entry.position >= LEAD and not (told or due):
        return "kind"
    if span is not None and span.kind is MentionKind.MONEY and _is_given_not_spent(question, entry, span):
        return "kind"
    if _is_of_another_edition(question, entry, index):
        return "figure"
    if _asks_for_which_firm(question, entry.profile):
        return "kind"
    if "year" in types and not re.search(r"\d{4}", span.text if span else entry.sentence.text):
        return "kind"
    if "reason" in types and (_is_untold(query, index) or not _tells_cause(query, entry)):
        return "reason"
    if span is not None and span.kind is MentionKind.PERSON:
        offices = [u for u in question.units if u.kind == "office"]
        start, end = region_of(span, entry.sentence.text)
        if offices and not _stands_within(offices, entry, start, end):
            return "office"
        text = entry.sentence.text
        # Without the name: a "Trương" is no school.
        beside = _folded(index.in_full(f"{text[start : span.start]} , {text[span.end : end]}"))
        if offices and any(f" {' '.join(level)} " not in beside for level in question.levels):
            return "office"
        own = _folded(entry.document.title)
        # Of the body the article is about, where none is printed.
        bare = _ends_in_office(question, text[start:end]) or _ends_in_office(question, span.detail)
        if offices and (
            (not bare and _of_another(query, entry, (start, end)))
            or _is_narrower(question, own if bare else beside)
        ):
            return "office"
        if offices and not bare and (_is_wider(question, beside) or _of_other_branch(question, beside)):
            return "office"
    elif any(o not in ids for o in question.offices) and types & {"person", "office"}:
        return "office"
    if span is not None and span.kind is MentionKind.COUNT and query.noun:
        named = query.noun in {fold_key(w) for w in span.detail.split()}
        if not named and not _stands_within(question.units, entry, span.start, span.end):
            return "kind" if _counts_nothing_such(query, entry, span) else "noun"
    if (
        span is not None
        and span.kind is MentionKind.DATE
        and asks_range(question)
        and not RANGE.search(span.text)
    ):
        return "range"
    if "nhat" in query.folds and "nhat" not in entry.profile.folds and _compares(question):
        return "comparison"
    invented = "invented" not in query.qualifiers and any(
        name == "invented" and span is not None and at < span.start for name, at in entry.qualified
    )
    if span is not None and invented and "invented" in entry.other_than_event(span.start, span.end):
        return "invented" if index.is_rare_qualifier("invented", entry.document) else ""
    if span is not None and any(
        c.is_of_rival(entry.sentence.text, span.start, span.end) for c in contrasts(question, entry, index)
    ):
        return "opposite"
    by_sense = span is None or span.kind is MentionKind.COUNT or bool(question.people)
    if by_sense and speaks_of_rival(question, entry, index):
        return "opposite"
    return "figure" if numbers < 0.35 else ""


def _is_untold(query: Query, index: Index) -> bool:
    """Tell whether what is to be explained ends in a word that nothing loaded has: it may not have been."""
    last = next((u for u in reversed(query.question.units) if not u.light), None)
    return last is not None and last.kind == "concept" and not index.knows(last)


def _tells_cause(query: Query, entry: SentenceEntry) -> bool:
    """Tell whether the sentence gives a cause of what is asked, and not only one of something else.

    What is asked may not be told by itself beyond a "nhưng" or a semicolon from every cause, nor be what
    something was done for ("để giành chức vô địch").
    """
    text = entry.sentence.text
    spots = [
        at
        for row in query.rows
        if not row.unit.light
        for held, at, _ in entry.spots_of(row.unit)
        if unit_match(row.unit, held) > NEAR_MATCH
    ]
    for m in _CAUSE.finditer(text):
        marks = [0, *(b.end() for b in _TURN.finditer(text)), len(text)]
        left, right = next((a, b) for a, b in pairwise(marks) if a <= m.start() < b)
        beside = [at for at in spots if left <= at < right]
        if spots and len(beside) * 2 < len(spots):
            continue
        if m[0].lower() == "để" and beside and sum(at > m.end() for at in beside) * 2 > len(beside):
            continue
        return True
    return _tells_what_befell(query, text, spots)


def _tells_what_befell(query: Query, text: str, spots: list[int]) -> bool:
    """Tell whether all that is asked about stands before a "khi": "phải hoãn khi gió giật mạnh"."""
    befell = _WHEN.search(text)
    heavy = sum(not row.unit.light for row in query.rows)
    return befell is not None and len(spots) >= heavy > 1 and max(spots) < befell.start()


def _stands_within(units: Iterable[Unit], entry: SentenceEntry, start: int, end: int) -> bool:
    """Tell whether any of *units* begins between two offsets of the sentence."""
    return any(start <= at <= end for unit in units for i in unit.ids for _, at, _ in entry.spots.get(i, ()))


def _counts_nothing_such(query: Query, entry: SentenceEntry, span: Mention) -> bool:
    """Tell whether the sentence has none of the "điểm" asked for, and *span* is of other things."""
    question = query.question
    counted = question.units[question.counted] if 0 <= question.counted < len(question.units) else None
    if counted is None or counted.light or span.detail.startswith(_ANYBODY):
        return False
    return similarity(counted, entry.profile) < NEAR_MATCH


def _has_noun(question: Analysis, entry: SentenceEntry) -> bool:
    """Tell whether the sentence has the noun of the "ngành nào" that is asked for."""
    nouns = {question.tokens[start].fold for name, start, _ in question.cues if name == "organisation"}
    return not nouns.isdisjoint(entry.profile.folds)


def _compares(question: Analysis) -> bool:
    """Tell whether the most of several is asked for; "sếp lớn nhất" is an office."""
    heads = any(not u.ids.isdisjoint(_CHIEFS) for u in question.units)
    return not heads and _SUPERLATIVE in {t.text for t in question.tokens}


def _folded(text: str) -> str:
    return f" {' '.join(fold_key(w) for w in _WORD.findall(text.lower()))} "


def _names_nobody(query: Query, entry: SentenceEntry, index: Index) -> bool:
    """Tell whether the article names people, and this sentence not even a foreigner ("Hadrian")."""
    if not index.names_people(entry.document):
        return False
    names = {name.lower() for name in _FOREIGN.findall(entry.sentence.text)}
    return all(is_syllable(name) or name in query.folds for name in names)


def _asks_for_which_firm(question: Analysis, profile: Profile) -> bool:
    """Tell whether a "bệnh viện nào" asks for a kind of body or venue that the text has none of.

    Of other things ("yếu tố nào", "quốc gia nào") the text need not say what they are.
    """
    for name, start, end in question.cues:
        if name != "organisation" and not (name == "thing" and question.tokens[start].fold == "nao"):
            continue
        noun = next((u for u in question.units if start <= u.start and u.end <= end), None)
        noun = noun or next((u for u in question.units if u.end == start), None)
        if noun is not None and noun.ids & _FIRMS and similarity(noun, profile) < NEAR_MATCH:
            return True
        venue = tuple(t.fold for t in question.tokens[max(0, start - 2) : start])
        if venue in _VENUES and venue not in profile.pairs:
            return True
    return False


def _asks_for_where(question: Analysis, profile: Profile) -> bool:
    """Tell whether a "phường nào" asks for a kind of place that the text has none of."""
    for name, _, end in question.cues:
        if name == "place" and question.tokens[end - 1].fold == "nao":
            noun = question.tokens[end - 2].fold if end > 1 else ""
            if noun in _PLACE_NOUNS and noun not in profile.folds:
                return True
    return False


def _is_given_not_spent(question: Analysis, entry: SentenceEntry, span: Mention) -> bool:
    """Tell whether it is asked what something cost, and the sum is one that was lent, given or sought."""
    folds = [t.fold for t in question.tokens]
    spent = any(u.ids & _COSTS for u in question.units) or any(p in _SPENDING for p in pairwise(folds))
    if not spent or any(u.ids & _GIVEN for u in question.units):
        return False
    left, right = clause_of(entry.sentence.text, span.start, span.end)
    beside = [u.ids for u, at, _ in entry.placed if left <= at < right]
    return any(ids & _GIVEN for ids in beside) and not any(ids & _COSTS for ids in beside)


def _is_of_another_edition(question: Analysis, entry: SentenceEntry, index: Index) -> bool:
    """Tell whether the "đợt hai" asked about is told of, but neither here nor before in the paragraph."""
    asked = question.editions
    if not asked or any(asked & p.analysis.editions for p in (entry.profile, *index.paragraph_before(entry))):
        return False
    return any(
        e.document.name == entry.document.name and asked & e.profile.analysis.editions
        for e in index.sentences
    )


def _is_deed_of_others(question: Analysis, entry: SentenceEntry) -> bool:
    """Tell whether somebody is said to do something to another, and the sentence only names the other."""
    people = [u for u in question.units if u.kind == "person"]
    if len(people) < 2 or people[0].start > 0:
        return False
    return entry.profile.ids.keys().isdisjoint(people[0].ids) and not entry.leans_on_previous


def _speaks_on(question: Analysis, entry: SentenceEntry, index: Index) -> bool:
    """Tell whether a sentence may go on about a person named just before it ("Anh …", "Người này …")."""
    if any(m.kind is MentionKind.PERSON for m in entry.sentence.mentions):
        return False  # of somebody else
    return any(question.people & p.ids.keys() for p in index.paragraph_before(entry))


def _of_several(question: Analysis, entry: SentenceEntry) -> bool:
    """Tell whether several people are asked for ("12 ủy viên nữ là ai") and at most one is named."""
    asked = [
        u.number
        for u, noun in list(pairwise(question.tokens))[:OPENING]
        if u.number.isdecimal() and int(u.number) > 1 and noun.fold not in _NUMBERED_NOUNS
    ]
    if not asked:
        return False
    people = [m.start for m in entry.sentence.mentions if m.kind is MentionKind.PERSON]
    count = next((m for m in entry.sentence.mentions if _is_count_of(m, asked[0])), None)
    if count is None:
        return len(people) < 2
    behind = sum(at > count.start for at in people)  # "anh A cùng 12 công nhân" names none of the twelve
    return behind < 2 and len(people) - behind < int(asked[0])


def _is_count_of(mention: Mention, number: str) -> bool:
    return mention.kind is MentionKind.COUNT and number in mention.text.split()


def _is_remainder(query: Query, entry: SentenceEntry, span: Mention) -> bool:
    """Tell whether what is asked about got "phần còn lại", of which the figure before it is not."""
    rest = _REMAINDER.search(entry.sentence.text, span.end)
    if rest is None or rest.start() - span.end < 2:  # "8 phòng còn lại" are eight
        return False
    heavy = [u for u in query.question.units if not u.light]
    spots = [at for u in heavy for held, at, _ in entry.placed if unit_match(u, held) > NEAR_MATCH]
    return bool(spots) and sum(at > rest.start() for at in spots) >= len(spots) / 2


def _of_another(query: Query, entry: SentenceEntry, region: tuple[int, int]) -> bool:
    """Tell whether the office beside a name is not of the organisation that the question names with it."""
    for office, body in pairwise(query.question.units):
        if office.kind != "office" or body.start != office.end or body.kind not in ("concept", "word"):
            continue
        if body.light or any(row.floor for row in query.rows if row.unit == body):
            continue
        if _ends_in_office(query.question, entry.sentence.text[region[0] : region[1]]):
            continue
        if not any(_same_body(body, u) and region[0] <= at < region[1] for u, at, _ in entry.placed):
            return True
    return False


def _of_other_branch(question: Analysis, printed: str) -> bool:
    """Tell whether the body spelled out after the office ("Giám đốc Sở Y tế") is not the printed."""
    for at, office in enumerate(question.units):
        if office.kind != "office":
            continue
        body: list[Unit] = []
        for unit in question.units[at + 1 : at + 1 + BODY]:
            verb = bool(body) and unit.kind == "concept" and len(unit.folds) > 1
            if unit.start != (body[-1].end if body else office.end) or unit.folds[0] in _AREAS or verb:
                break
            body.append(unit)
        if body and body[0].folds[0] in _BRANCHES:
            spelled = [f for u in body if not u.light for f in u.folds][1:]
            missed = sum(f" {f} " not in printed for f in spelled)
            if missed > 1:
                return True
    return False


def _is_narrower(question: Analysis, beside: str) -> bool:
    """Tell whether "công đoàn tỉnh" is asked for and the office is of a zone's, a branch's or a firm's."""
    folds = [t.fold for t in question.tokens]
    beside = _HEADS.sub(" ", beside)
    return "tinh" in folds and any(
        f" {mark} " in beside and mark.split()[0] not in folds for mark in _NARROWER
    )


def _is_wider(question: Analysis, beside: str) -> bool:
    """Tell whether the office asked for is of a zone's or a branch's body, and the one printed is not."""
    for office in question.units:
        if office.kind == "office":
            folds = [t.fold for t in question.tokens[office.end : office.end + REACH]]
            if folds[1:3] == ["tac", "xa"]:
                continue  # "giám đốc hợp tác xã" is of no commune
            if any(mark in folds and f" {mark} " not in beside for mark in _NARROWER):
                return True
    return False


def _ends_in_office(question: Analysis, printed: str) -> bool:
    """Tell whether an office asked for is printed without saying of what ("được bầu giữ chức Chủ tịch")."""
    return any(printed.lower().endswith(o.removeprefix("o:")) for o in question.offices)


def _same_body(asked: Unit, held: Unit) -> bool:
    """Tell whether two organisations are one: "công đoàn tỉnh" is "LĐLĐ tỉnh", not any "công đoàn"."""
    shared = asked.ids & held.ids
    concepts = {i for i in asked.ids if i[0] == "c"}
    return any(i[0] in "sw" for i in shared) or bool(concepts and concepts <= shared)


def number_fit(question: Analysis, entry: SentenceEntry, index: Index) -> float:
    """Return a factor below 1 when the question's figures are not the sentence's.

    Worst is another figure for the same noun ("khóa IV" when asked about "khóa V").
    """
    factor = 1.0
    profile = entry.profile
    tokens = profile.analysis.tokens
    earlier = index.paragraph_before(entry) if question.numbers else []
    for unit in question.units:
        if unit.kind != "number" or any(i in profile.ids for i in unit.ids if i[0] in "ndm"):
            continue
        if any(i in p.ids for p in earlier for i in unit.ids if _YEAR_ID.match(i)):
            factor *= 0.9  # "Năm 2023, … Doanh thu đạt …": the sentence before has said of which year
            continue
        noun = question.tokens[unit.start - 1].fold if unit.start else ""
        rival = any(a.fold == noun and b.number for a, b in pairwise(tokens))
        if not rival and noun in _TERMS:
            opening = [pair for lead in index.opening(entry) for pair in pairwise(lead.analysis.tokens)]
            ordinals = {(a.fold, f"n:{b.number}") for a, b in opening if a.fold in _TERMS and b.number}
            if any(i in unit.ids for _, i in ordinals):
                continue  # "khóa V" of an article about the fifth congress
            rival = any(folded == noun for folded, _ in ordinals)
        if not rival and noun in _LABELS:
            rival = any(a.fold == noun for a in tokens)
        factor *= (0.8 if unit.light else 0.6) * (0.5 if rival else 1.0)
    return factor
