"""A question as ranking sees it: what it names, how telling each word is, what kind of thing it wants.

Owns the weights of a question's units, syllables and neighbouring pairs, and which kinds of mention can
answer it. Refuses to know single sentences' scores.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from knowledge.index import Index
from knowledge.matcher import NEAR_MATCH, offered_by, similarity
from knowledge.model import MentionKind
from knowledge.records import dataclass
from knowledge.syllables import fold_key
from knowledge.units import Analysis, Unit

EVENT_WEIGHT = 0.5  # "hội nghị" hardly tells one sentence of its article from another
EVENT_FLOOR = 0.55
THEME_FLOOR = 0.45  # a word of the headline
ENDS = frozenset(["c:begin", "c:end"])
IN_RANGE = 0.8  # how well a stretch of time offers its beginning and end
COMMON = 0.3  # how telling a word is that is no matter of its own
THEME_SENTENCES = 3  # so many speak of it: "buổi hiến máu diễn ra ngày nào" is of the event
_CIRCUMSTANCES = frozenset(["date", "hour", "place", "part_of_day", "weekday"])
_ANY_NOUN = frozenset(
    ["nguoi", "cai", "con", "vi", "anh", "chi", "em", "ai", "ban", "la", "the", "vay", "mot"]
)
_DAY_WORDS = frozenset(["ngay", "hom", "bua"])
_MONEY_CONCEPTS = frozenset(["c:money", "c:cost", "c:prize_money", "c:salary"])
_PAID = frozenset(["c:reward", "c:support", "c:donate", "c:fine", "c:wage", "c:sponsor", "c:discount"])
_LEADING = frozenset(["c:head", "c:leaders", "~:head_chair", "c:deputy"])
_FUNDS = frozenset(["~:fund", "c:fund", "s:qui"])
_PRICED = frozenset(["c:price", "c:ticket", "~:fee", "c:cost"])
_GIVING = frozenset(["c:donate", "c:sponsor", "c:organise"])
_ATTENDING = frozenset(["c:attend", "c:take_part", "c:delegates"])
_AFTER_AMOUNT = frozenset(
    ["so", "trong", "vay", "roi", "the", "o", "cho", "tu", "va", "a", "nhi", "ta", "khi", "sau"]
)
_POINTING = frozenset(
    ["do", "nay", "kia", "ay", "moi", "la", "mang", "co", "dat", "lay", "goi", "duoc", "cu"]
)
_BEFORE = frozenset(
    [
        ("nam", "nay"),
        ("lan", "nay"),
        ("mua", "nay"),
        ("truoc", "kia"),
        ("truoc", "day"),
        ("luc", "dau"),
        ("ban", "dau"),
        ("hien", "nay"),
    ]
)
_THIS_TIME = frozenset([("nam", "nay"), ("lan", "nay"), ("dot", "nay"), ("mua", "nay"), ("ki", "nay")])
_NOW = frozenset([("hien", "nay"), ("hien", "tai"), ("tu", "nay"), ("bay", "gio"), ("gio", "day")])
_AFTER_NEW = frozenset(["la", "bao", "may", "duoc", ""])  # "mức phí mới là …", not "mới mở"
_HOURS = frozenset(["may", "nhieu", "nao", "gi", "ngay", "giac", "luc", "theo", "moi", "mot", "khai", "bat"])
_RATES = frozenset(
    ["thang", "nguoi", "gio", "ngay", "luot", "suat", "ho", "ca", "lan", "nam", "kg", "ki", "can", "tan"]
)  # "bao nhiêu một tháng"
_HEADS = frozenset(["truong", "pho", "chu", "thu"])  # "trưởng nhóm tên gì" asks for a person
_NAMED = frozenset([MentionKind.ORGANISATION, MentionKind.PLACE, MentionKind.TITLE])
_SHARE_CONCEPTS = frozenset(["c:interest", "c:ratio"])
_ANY_BODY = frozenset(["c:unit", "c:agency"])  # "đơn vị nào" may be a firm, a department, a union
MAX_NAME = 4  # syllables of a name that are compared
ASKED_BODY = 0.1  # how telling such a word is where the article never uses it
_COUNTED_MONEY = frozenset(["", "tien", "dong", "trieu", "ty", "kinh", "nghin", "ngan", "so"])
_MONEY_WORDS = frozenset(["tiền", "tien", "giá"])
_PAY = frozenset(["thuong", "luong", "gia", "ve", "phi", "cuoc", "cap"])

_FIGURES = frozenset(["count", "year", "date", "money", "percent", "age", "hour", "duration", "period"])

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
    "ordinal": frozenset([MentionKind.ORDINAL]),
    "score": frozenset([MentionKind.COUNT]),
    "weekday": frozenset([MentionKind.DATE]),
    "duration": frozenset([MentionKind.COUNT, MentionKind.PERIOD, MentionKind.DATE, MentionKind.HOUR]),
}


def wanted_kinds(types: Iterable[str]) -> frozenset[MentionKind]:
    """Return the kinds of mention that can answer questions of *types*; empty when anything can."""
    asked = set(types)
    if asked & {
        "money",
        "percent",
        "duration",
        "age",
        "phone",
        "number_id",
        "score",
    }:  # "bao nhiêu tiền" is no mere "bao nhiêu"
        asked.discard("count")
    return frozenset().union(*(_WANTED.get(t, frozenset()) for t in asked))


def _wanted(question: Analysis, index: Index) -> frozenset[MentionKind]:
    kinds = wanted_kinds(question.types)
    if "date" in question.types and {t.fold for t in question.tokens} & _DAY_WORDS:
        kinds -= {MentionKind.YEAR, MentionKind.PERIOD, MentionKind.HOUR}
    of_money = {t.text for t in question.tokens} & _MONEY_WORDS or any(
        not _MONEY_CONCEPTS.isdisjoint(u.ids) for u in question.units
    )
    if "count" in question.types and not _counted_noun(question) and question.counted < 0:
        of_money = of_money or any(u.ids & _PAID for u in question.units)
    if MentionKind.PERSON in kinds and any(u.ids & _GIVING for u in question.units):
        kinds |= {MentionKind.ORGANISATION}  # "ai tài trợ" is mostly a firm
    if MentionKind.PERSON in kinds and ("duoc", "ai") in pairwise(t.fold for t in question.tokens):
        kinds |= {MentionKind.ORGANISATION}  # "em Lan được ai đỡ đầu"
    if MentionKind.PERSON in kinds and _may_be_a_body(question):
        kinds |= {MentionKind.ORGANISATION}
    if MentionKind.PERSON in kinds and thing_named(question, index):
        kinds = kinds - {MentionKind.PERSON} | _NAMED
    if _counted_noun(question) not in _COUNTED_MONEY | _AFTER_AMOUNT or "number_id" in question.types:
        of_money = False  # "bao nhiêu doanh nghiệp góp tiền", "số tài khoản … bao nhiêu"
    elif _is_open_amount(question) and any(u.ids & _FUNDS or u.ids & _PRICED for u in question.units):
        of_money = True
    else:
        of_money = of_money or (_is_rate(question) and any(t.fold in _PAY for t in question.tokens))
    if "count" in question.types and of_money:
        kinds = frozenset([MentionKind.MONEY])
    elif _is_open_amount(question) and "number_id" not in question.types:
        kinds |= {MentionKind.MONEY, MentionKind.PERCENT}
    if "count" in question.types and any(u.ids & _SHARE_CONCEPTS for u in question.units):
        kinds |= {MentionKind.PERCENT}
    return kinds


def _may_be_a_body(question: Analysis) -> bool:
    """Tell whether an "ai" asks who did something which a body may have been."""
    cue = next(((start, end) for name, start, end in question.cues if name == "person"), None)
    if cue is None or question.offices or question.people or question.tokens[cue[0]].fold != "ai":
        return False
    return cue[0] == 0 and not any(u.ids & _LEADING for u in question.units)


@lru_cache(maxsize=4)
def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(" ".join(map(fold_key, w.split())) for w in words)


def thing_named(question: Analysis, index: Index) -> str:
    """Return the folded noun of a thing whose name is asked for ("khách sạn đó tên gì"), "" for anybody's."""
    if not any(name in ("person", "definition", "thing") for name, _, _ in question.cues):
        return ""
    found = _noun_of_thing(question, index)
    if found and any(t.marked for t in question.tokens):  # typed with marks, "bao" is no "bão"
        asked = f" {' '.join(t.text for t in question.tokens)} "
        alike = (t for t in index.lexicon.named_things if " ".join(map(fold_key, t.split())) == found)
        return found if any(f" {thing} " in asked for thing in alike) else ""
    return found


def _noun_of_thing(question: Analysis, index: Index) -> str:
    things = _folded(index.lexicon.named_things)
    folds = [t.fold for t in question.tokens]
    for name, start, end in question.cues:
        words = folds[:start]
        if folds[:1] == ["ten"] and name in ("definition", "thing"):  # "tên con tàu là gì"
            words = [f for f in words[1:] if f not in _ANY_NOUN]
            found = next(
                (n for n in (" ".join(words[:3]), " ".join(words[:2]), *words[:1]) if n in things), ""
            )
            return "" if question.offices else found
        if name != "person" or folds[start] != "ten" or end < len(folds) - 1:
            continue
        while words and (words[-1] in _POINTING or tuple(words[-2:]) in _BEFORE):
            words = words[:-2] if tuple(words[-2:]) in _BEFORE else words[:-1]
        widths = [w for w in (3, 2, 1) if " ".join(words[-w:]) in things and len(words) >= w]
        if not widths and not question.offices and not question.people:  # "ứng dụng tra giờ xe tên gì"
            return next((t for t in (" ".join(folds[:w]) for w in (3, 2, 1)) if t in things), "")
        if not widths or question.offices or (words[-widths[0] - 1 : -widths[0]] or [""])[0] in _HEADS:
            return ""
        return " ".join(words[-widths[0] :])
    return ""


def _is_rate(question: Analysis) -> bool:
    """Tell whether it is asked "bao nhiêu một tháng", "bao nhiêu mỗi người"."""
    return any(
        [t.fold for t in question.tokens[end : end + 1]] in (["mot"], ["1"], ["moi"])
        and any(t.fold in _RATES for t in question.tokens[end + 1 : end + 2])
        for name, _, end in question.cues
        if name == "count"
    )


def _is_open_amount(question: Analysis) -> bool:
    """Tell whether "bao nhiêu" has no noun ("huyện đối ứng bao nhiêu"), so that any figure will do."""
    ends = [end for name, _, end in question.cues if name == "count"]
    if question.types & {"money", "percent", "duration", "age", "phone"} or len(ends) != 1:
        return False
    after = question.tokens[ends[0] : ends[0] + 1]
    if _is_rate(question):
        return True
    return question.counted < 0 and (not after or after[0].fold in _AFTER_AMOUNT)


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One thing that the question names: how telling it is, and how well each sentence offers it."""

    unit: Unit
    weight: float
    offered: dict[int, float]  # by sentence
    floor: float  # how much of it every sentence of the article offers at the least


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A question with what ranking needs to know of it, worked out once."""

    question: Analysis
    rows: tuple[Row, ...]
    mass: float
    wanted: frozenset[MentionKind]
    qualifiers: frozenset[str]
    folds: frozenset[str]
    syllables: list[tuple[str, float, float]]  # folded; how rare, how telling (question words are less so)
    rarity_mass: float
    syllable_mass: float
    pairs: list[tuple[tuple[str, str], float]]
    pair_mass: float
    named: frozenset[str]  # ids of what the question names, but for light words
    noun: str  # what a "bao nhiêu" counts
    wants_figure: bool  # asks for a number, a date or an hour
    names: tuple[str, ...]  # of things, folded, with a space around each
    is_of_now: bool  # asks what holds now ("giá vé mới", "giờ bao lâu một chuyến")
    is_of_event: bool  # asks of the event as a whole (when, where, how many came), of which its lead tells

    @classmethod
    def of(cls, question: Analysis, index: Index) -> Query:
        """Weigh what *question* names and look it up."""
        of_event = not question.types.isdisjoint(_CIRCUMSTANCES) and any(map(index.is_event, question.units))
        rows = tuple(
            _row(
                unit,
                index,
                is_asked=_names_any_body(unit, question),
                of_event=of_event,
                is_event=index.is_event(unit) or _says_this_time(unit, question),
            )
            for unit in dict.fromkeys(question.units)
        )
        rarities = [(t.fold, index.rarity(f"s:{t.fold}")) for t in question.tokens]
        syllables, pairs = _syllable_weights(question, rarities)
        return cls(
            question,
            rows,
            sum(row.weight for row in rows) or 1.0,
            _wanted(question, index),
            index.qualifiers(question),
            frozenset(folded for folded, _ in rarities),
            syllables,
            sum(rare for _, rare, _ in syllables) or 1.0,
            sum(weight for *_, weight in syllables) or 1.0,
            pairs,
            sum(weight for _, weight in pairs) or 1.0,
            frozenset(i for u in question.units if not u.light for i in u.ids if i[0] != "~"),
            _counted_noun(question),
            not _FIGURES.isdisjoint(question.types),
            _names_of_things(question, index),
            _is_of_now(question),
            _is_of_event(question, rows),
        )


def _names_of_things(question: Analysis, index: Index) -> tuple[str, ...]:
    """Return the names of things in *question*, the longest first.

    Of plain words only: a body, an office or a person is compared by other means.
    """
    plain = {u.start for u in question.units if u.kind == "word" and u.end == u.start + 1}
    folds = [t.fold for t in question.tokens]
    found: list[str] = []
    taken: set[int] = set()
    for width in range(MAX_NAME, 1, -1):
        for at in range(len(folds) - width + 1):
            reach = range(at, at + width)
            if taken.intersection(reach) or not plain.issuperset(reach):
                continue
            name = " ".join(folds[at : at + width])
            if name in index.names_of_things:
                found.append(f" {name} ")
                taken.update(reach)
    return tuple(found)


def _is_of_event(question: Analysis, rows: tuple[Row, ...]) -> bool:
    counted = question.units[question.counted] if 0 <= question.counted < len(question.units) else None
    if question.editions:
        return False  # "đợt hai", "lần thứ VI": the lead may be of another one
    heavy = [row for row in rows if not row.unit.light and row.unit != counted]
    return bool(heavy) and all(
        row.floor or row.unit.ids & _ATTENDING or row.weight <= COMMON for row in heavy
    )


def _names_any_body(unit: Unit, question: Analysis) -> bool:
    """Tell whether *unit* is the "đơn vị" of "đơn vị nào"."""
    return bool(unit.ids & _ANY_BODY) and any(
        name == "organisation" and start <= unit.start < end for name, start, end in question.cues
    )


def _says_this_time(unit: Unit, question: Analysis) -> bool:
    """Tell whether *unit* is of the "năm nay", "lần này" that only says which event is meant."""
    folds = [t.fold for t in question.tokens]
    around = (folds[unit.start : unit.start + 2], folds[max(0, unit.end - 2) : unit.end])
    return any(tuple(pair) in _THIS_TIME for pair in around)


def _is_of_now(question: Analysis) -> bool:
    """Tell whether the question asks what holds now, so that what held before is not meant."""
    folds = ["", *(t.fold for t in question.tokens), "", ""]
    for at, token in enumerate(question.tokens, start=1):
        before, after = folds[at - 1], folds[at + 1]
        if (before, token.fold) in _NOW:
            return True
        if token.fold == "moi" and after in _AFTER_NEW and (not token.marked or token.text == "mới"):
            return True
        is_hour = question.tokens[at - 2].number if at > 1 else ""
        if token.fold == "gio" and not is_hour and before not in _HOURS and after not in _HOURS:
            return True
    return False


def asks_deadline(unit: Unit) -> bool:
    """Tell whether *unit* is a "hạn đăng ký", "hạn nộp hồ sơ"."""
    return "c:enrol_deadline" in unit.ids and len(unit.folds) > 1


def _row(unit: Unit, index: Index, *, is_asked: bool, of_event: bool, is_event: bool) -> Row:
    offered = offered_by(unit, index.sentence_postings)
    if is_asked and not offered:
        return Row(unit, index.weight(unit) * ASKED_BODY, offered, 1.0)
    if is_event:
        return Row(unit, index.weight(unit) * EVENT_WEIGHT, offered, EVENT_FLOOR)
    if time := index.time_said(unit):  # "lần sau": a sentence about any later time offers it
        offered = dict(offered)
        for n, entry in enumerate(index.sentences):
            if any(name == time for name, _ in entry.qualified):
                offered[n] = max(offered.get(n, 0.0), IN_RANGE)
    if asks_deadline(unit):  # "hạn đăng ký": "… đăng ký trước ngày 5/6" tells it
        offered = dict(offered)
        for n, entry in enumerate(index.sentences):
            share = sum(f in entry.profile.folds for f in unit.folds[1:]) / len(unit.folds[1:])
            if share >= 0.5 and any(name == "deadline" for name, _ in entry.qualified):
                offered[n] = max(offered.get(n, 0.0), share)
    if unit.ids & ENDS:  # "từ 15/7 đến 11/8" tells when it begins and when it ends
        offered = dict(offered)
        for n, entry in enumerate(index.sentences):
            if entry.has_range:
                offered[n] = max(offered.get(n, 0.0), IN_RANGE)
    theme = any(similarity(unit, title) >= NEAR_MATCH for title in index.titles.values())
    theme = theme or (of_event and sum(value >= NEAR_MATCH for value in offered.values()) >= THEME_SENTENCES)
    return Row(unit, index.weight(unit), offered, THEME_FLOOR if theme else 0.0)


def _syllable_weights(
    question: Analysis, rarities: list[tuple[str, float]]
) -> tuple[list[tuple[str, float, float]], list[tuple[tuple[str, str], float]]]:
    """Weigh the question's syllables, and its neighbouring pairs outside the question words, by rarity."""
    asking = {i for _, start, end in question.cues for i in range(start, end)}
    syllables = [(s, rare, rare**2 * (0.3 if i in asking else 1.0)) for i, (s, rare) in enumerate(rarities)]
    pairs = [
        ((first, second), rare + next_rare)
        for i, ((first, rare), (second, next_rare)) in enumerate(pairwise(rarities))
        if i not in asking and i + 1 not in asking
    ]
    return syllables, pairs


def _counted_noun(question: Analysis) -> str:
    """Return the folded syllable right after "bao nhiêu" or "mấy", "" when it is not a noun of its own."""
    for name, _, end in question.cues:
        if name == "count" and end < len(question.tokens):
            folded = question.tokens[end].fold
            if question.tokens[end].number:
                return ""  # "bao nhiêu 1 kg"
            counted = question.counted_unit
            if counted is not None and counted.start == end and "c:country" in counted.ids:
                return "quoc"
            return "" if folded in _ANY_NOUN or question.tokens[end].text in _ANY_NOUN else folded
    return ""
