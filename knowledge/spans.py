"""Which mention of a sentence answers: the one of a wanted kind that stands nearest to what is asked.

Owns distance within a sentence and what makes a mention the wrong one. Refuses to rank sentences.
"""

from __future__ import annotations

import re
from itertools import pairwise

from knowledge.clauses import clause_of, closeness, without_asides
from knowledge.index import LEAD, OPENING_CHARS, Index, SentenceEntry
from knowledge.inquiry import ENDS, Query, Row, asks_deadline, thing_named
from knowledge.matcher import CONCEPT_MATCH, NEAR_MATCH
from knowledge.model import Mention, MentionKind
from knowledge.rivals import contrasts
from knowledge.syllables import fold_key
from knowledge.units import SAME, Analysis, Unit

HEAD = 0.75  # how near the words before a list stand to each of its items
_AT = re.compile(r"(?i)(?:tại|ở|về|đến|tới|từ)\s+$")
OF_EVENT = 0.8  # how near the lead's day, place and attendance stand to a question about the event itself
ELSEWHERE = 0.85  # of a place that is named, and not said to be where something is
OF_RIVAL = 0.6  # of a mention that belongs to another prize, or to what was asked for and not granted
CARRIED = 0.4  # how near stands what the sentence before has named
HEAD_WITHOUT_LIST = 0.6  # … when nothing announces that a list begins
_LIST = re.compile(r"(?i):|\bgồm\b|\btrong đó\b")
# A count of these may be of anybody or anything named before ("320 công nhân …, 7 người mắc kẹt").
_GENERIC = frozenset(["người", "trường hợp", "lượt người", "em", "cháu", "chiếc", "cái"])
_ALL = frozenset(["tong", "tat", "toan"])  # "tổng cộng", "tất cả": not the figure of a part
_PART = re.compile(r"(?i)\b(?:trong đó|trong số|bao gồm)\b")
_LEFT = re.compile(r"(?i)\s+còn lại\b")  # "12 phòng còn lại"
_OF_SOME = re.compile(r"(?i)\s+(phải|chưa|bị|còn(?!\s+lại)|khác)\b")  # "hai góp ý chưa thể làm" are not all
SOME = 0.6
OUTDATED = 0.6  # of the old one of two figures
_WAS = re.compile(r"(?i)\btừ\s+$")
_BECAME = re.compile(r"\s*(?:/\w+\s+)?(?:lên|xuống|còn|thành)\s")
_BECOMES = re.compile(r"(?i)\btừ\s+\d[^,;]{0,24}\s(?:lên|xuống|còn|thành)\s+(?:đến\s+|tới\s+)?$")
_SHARES = frozenset([MentionKind.MONEY, MentionKind.PERCENT])
_REMAINING = re.compile(r"(?i)\bcòn lại\b")
_REST = re.compile(r"\bcon lai\b")
OF_ANOTHER = 0.75  # of a figure outside the clause of what is asked about, where another stands
OF_PART = 0.5  # of a figure where the same sentence gives the sum that is asked for
_TOTAL = re.compile(r"(?i)\b(?:tổng|tất cả|toàn bộ|cả thảy)\b[^,;:]{0,30}$")
BEFORE = 24  # code points before a figure in which its measure stands
_MEASURES_ASKED = frozenset(["dai", "cao", "rong", "sau", "nang", "day", "xa"])
OTHER_MEASURE = 0.5  # of a height where the length is asked for
_MEASURED = re.compile(
    r"(?i)\b(dài|cao|rộng|sâu|nặng|dày|xa)\s+(?:khoảng\s+|hơn\s+|gần\s+|tới\s+|chừng\s+)?$"
)
BODY_AS_PERSON = 0.8  # of a body where "ai" is asked
OTHER_BODY = 0.6  # of a union when a firm is asked for
_FIRMS = frozenset(["cong ty", "doanh nghiep", "xi nghiep", "nha may", "hang", "tap doan"])
_BODIES = frozenset(["truong", "benh vien", "ngan hang", "doi", "doan", "so", "quy", "hoi", "phong", "nganh"])
_STANDING = frozenset(["office", "rank"])
SAID_OF = 0.95  # how near an office stands that is printed beside the name
_FRAMING = frozenset([MentionKind.DATE, MentionKind.HOUR, MentionKind.YEAR, MentionKind.PERIOD])
FRAME = 0.75  # how near the day that opens a sentence stands to all of it
FIGURES = frozenset([MentionKind.MONEY, MentionKind.COUNT, MentionKind.PERCENT])
_COUNTED = FIGURES | {MentionKind.DATE, MentionKind.HOUR}
# … and these are how much and how long, never how many people.
_MEASURES = frozenset(["điểm", "câu", "km", "m", "mét", "ha", "tấn", "tạ", "kg", "ml", "lần", "bậc"])

_RANGED = frozenset([MentionKind.DATE, MentionKind.PERIOD])
_FROM_TO = re.compile(r"\btu (?:ngay|hom) (?:nao|may) (?:den|toi) (?:het )?(?:ngay|hom) (?:nao|may)\b")
RANGE = re.compile(r"đến|-|–|,|\bvà\b")
_WORDS = re.compile(r"\w+")
_UNTIL = re.compile(r"\s*(?:đến|tới|-|–)\s*\d")
_UNTIL_IT = re.compile(r"(?:đến|tới|-|–)\s*$")
_WEEKDAY = re.compile(r"(?i)\bthứ\s|chủ nhật")
SCORE = "tỷ số"  # the noun of "3-1"
_TIME_NOUNS = frozenset(["phút", "giờ", "tiếng", "ngày", "tuần", "tháng", "năm", "buổi", "đêm", "giây"])


def best_span(query: Query, entry: SentenceEntry, index: Index) -> tuple[Mention | None, float]:
    """Return the mention of a wanted kind that stands nearest to what is asked, and how near (0-1)."""
    question = query.question
    best: tuple[float, Mention | None] = (0.0, None)
    counted = question.units[question.counted] if 0 <= question.counted < len(question.units) else None
    places: dict[Unit, list[tuple[int, int, float]]] = {}
    rivals = [
        m
        for m in entry.sentence.mentions
        if m.kind in query.wanted and _serves(m, question.types) and not _is_said(query, m)
    ]
    if question.types & _STANDING and (person := _whose_office(query, entry)):
        return person, SAID_OF
    if thing := thing_named(question, index):
        rivals = [m for m in rivals if f" {thing} " in _folded(f"{m.detail} {m.text}")]
    if not rivals:
        return None, 0.0
    floor = 0.0
    here = index.at(entry)
    previous = here - 1 if entry.follows_in_paragraph else -1
    found = []
    for row in query.rows:
        spots = {id(spot): spot for i in row.unit.ids for spot in entry.spots.get(i, ())}
        if spots:
            fits = [(s, e, unit_match(row.unit, offered)) for offered, s, e in spots.values()]
            exact = [
                spot for spot in fits if spot[2] >= SAME
            ]  # "điều hành" is here no other word for "chủ trì"
            places[row.unit] = exact or fits
            found.append((row.weight, places[row.unit], row.unit))
        else:
            spotless = asks_deadline(row.unit) or index.time_said(row.unit) == "next"
            said = row.offered.get(here, 0.0) if spotless else 0.0
            floor += row.weight * max(row.floor, said, CARRIED * row.offered.get(previous, 0.0))
    stretch = _stretch_of_subject(question, rivals, entry, places)
    rows_of_rivals = list(contrasts(question, entry, index))
    if rows_of_rivals:
        sentence = entry.sentence.text
        own = [m for m in rivals if not any(c.is_of_rival(sentence, m.start, m.end) for c in rows_of_rivals)]
        rivals = own or rivals
    measured = _of_measure(query, rivals, entry.sentence.text)
    segment = _segment_of_name(query, rivals, entry)
    totals = (
        [m for m in rivals if _TOTAL.search(entry.sentence.text, 0, m.start)] if query.folds & _ALL else []
    )
    ranged = [row for row in query.rows if row.unit.ids & ENDS and row.unit not in places]
    head = rivals[0].start if len(rivals) > 1 else 0  # what stands before a list holds for all of it
    held = HEAD if _LIST.search(entry.sentence.text, 0, head) else HEAD_WITHOUT_LIST
    stretched = asks_range(question)
    for mention in rivals:
        start, end = region_of(mention, entry.sentence.text)
        near = floor
        text = without_asides(entry.sentence.text, (mention.start, mention.end))
        frame = FRAME if _is_frame(mention, entry, text) else 0.0
        bare = mention.kind is MentionKind.COUNT and mention.detail not in mention.text.lower()
        for weight, where, unit in found:
            if bare and unit is counted:  # "40 lò, trong đó làng Trong 23": of what was counted before
                near += weight
                continue
            near += weight * max(
                value * max(held if e <= head and s < start else frame, closeness(text, start, end, s, e))
                for s, e, value in where
            )
        if (ranged and mention.kind in _RANGED and RANGE.search(mention.text)) or (
            ranged and mention.kind is MentionKind.HOUR and _ends_range(ranged, mention, text)
        ):
            near += sum(row.weight for row in ranged)
        near /= query.mass
        is_elsewhere = mention.kind is MentionKind.PLACE and not _AT.search(text, 0, mention.start)
        near *= ELSEWHERE if is_elsewhere else 1.0
        if any(c.is_of_rival(text, mention.start, mention.end) for c in rows_of_rivals):
            near *= OF_RIVAL
        near *= _agrees(query, counted, mention, (start, end), entry, places)
        if stretch and mention.kind in _COUNTED and not stretch[0] <= mention.start < stretch[1]:
            clause = clause_of(entry.sentence.text, mention.start, mention.end)
            if _named_in(clause, found) < _named_in(stretch, found):
                near *= OF_ANOTHER
        if stretched and not RANGE.search(mention.text):
            near *= OTHER_MEASURE
        near *= _change_fit(query, mention, rivals, entry.sentence.text)
        if measured and mention.kind is MentionKind.COUNT and mention not in measured:
            near *= OTHER_MEASURE
        if segment and not segment[0] <= mention.start < segment[1]:
            near *= OF_ANOTHER
        if totals and mention not in totals and mention.kind in FIGURES:
            near *= OF_PART
        part = _PART.search(entry.sentence.text, 0, mention.start)
        if query.is_of_event and 0 < entry.position < LEAD and not part and _tells_of_event(mention, query):
            near = max(near, OF_EVENT * (ELSEWHERE if is_elsewhere else 1.0))
        if near > best[0]:
            best = (near, mention)
    return best[1], best[0]


def asks_range(question: Analysis) -> bool:
    """Tell whether a "từ ngày nào đến ngày nào" asks for both ends."""
    return "date" in question.types and bool(_FROM_TO.search(" ".join(t.fold for t in question.tokens)))


def _ends_range(ranged: list[Row], mention: Mention, text: str) -> bool:
    """Tell whether an hour is the end of "từ 7 giờ đến 21 giờ" that the question asks for."""
    if any("c:begin" in row.unit.ids for row in ranged):
        return _UNTIL.match(text, mention.end) is not None
    return _UNTIL_IT.search(text, max(0, mention.start - BEFORE), mention.start) is not None


def _segment_of_name(query: Query, rivals: list[Mention], entry: SentenceEntry) -> tuple[int, int] | None:
    """Return the part between semicolons that alone has a name of the question, when a rival stands there."""
    text = entry.sentence.text
    if ";" not in text or not query.names:
        return None
    marks = [-1, *(m.start() for m in re.finditer(";", text)), len(text)]
    parts = [(left + 1, right) for left, right in pairwise(marks)]
    having = [
        part for part in parts if all(name in _folded_words(text[slice(*part)]) for name in query.names)
    ]
    if len(having) != 1 or not any(having[0][0] <= m.start < having[0][1] for m in rivals):
        return None
    return having[0]


def _folded_words(text: str) -> str:
    return f" {' '.join(fold_key(w) for w in _WORDS.findall(text.lower()))} "


def _stretch_of_subject(
    question: Analysis,
    rivals: list[Mention],
    entry: SentenceEntry,
    places: dict[Unit, list[tuple[int, int, float]]],
) -> tuple[int, int] | None:
    """Return the clause that names whom or what the question begins with, when a rival stands there too.

    "Tập đoàn góp 60 tỷ đồng, ngân sách tỉnh 25 tỷ đồng": what the budget gave is in its own clause,
    though the verb is not.
    """
    subject = next((u for u in question.units if not u.light), None)
    asked = min((start for _, start, _ in question.cues), default=0)
    if subject is None or subject.start >= asked or len(rivals) < 2:
        return None
    spots = [spot for spot in places.get(subject, ()) if spot[2] >= CONCEPT_MATCH]
    if len(spots) != 1:
        return None
    left, right = clause_of(entry.sentence.text, *spots[0][:2])
    inside = sum(left <= m.start < right for m in rivals)
    return (left, right) if 0 < inside < len(rivals) else None


def _named_in(
    stretch: tuple[int, int], found: list[tuple[float, list[tuple[int, int, float]], Unit]]
) -> float:
    """Return the weight of what the question names and the stretch has."""
    return sum(w for w, spots, _ in found if any(stretch[0] <= s < stretch[1] for s, _, _ in spots))


def _whose_office(query: Query, entry: SentenceEntry) -> Mention | None:
    """Return the person asked about, where the sentence prints an office or rank beside the name."""
    names = [name.removeprefix("p:") for name in query.question.people]
    for mention in entry.sentence.mentions:
        if mention.kind is MentionKind.PERSON and mention.detail and mention.text in names:
            return mention
    return None


def _is_frame(mention: Mention, entry: SentenceEntry, text: str) -> bool:
    """Tell whether *mention* says when or where of all that follows ("Chiều 12/4, tại trụ sở, … công bố")."""
    if mention.kind not in _FRAMING or mention.start > OPENING_CHARS or text.find(",", mention.end) < 0:
        return False
    return sum(m.kind is mention.kind for m in entry.sentence.mentions) == 1


def _is_said(query: Query, mention: Mention) -> bool:
    """Tell whether *mention* is what the question itself names: "từ bao giờ được nghỉ chiều thứ Bảy"."""
    if mention.kind is MentionKind.DATE and "yes_no" not in query.question.types:
        return query.folds.issuperset(fold_key(w) for w in _WORDS.findall(mention.text.lower()))
    return names_again(query, mention)


def names_again(query: Query, mention: Mention) -> bool:
    """Tell whether *mention* is a person whom the question itself names ("em Như được ai đỡ đầu")."""
    if mention.kind is not MentionKind.PERSON or "office" in query.question.types:
        return False
    return any(f" {name.removeprefix('p:')}".endswith(f" {mention.text}") for name in query.question.people)


def _serves(mention: Mention, types: frozenset[str]) -> bool:
    """Tell whether a figure is an age, a stretch of time or a score, when that is asked for."""
    if mention.kind is MentionKind.DATE and "weekday" in types:
        return bool(_WEEKDAY.search(mention.text))
    if mention.kind is MentionKind.DATE and "duration" in types:
        return bool(RANGE.search(mention.text))
    if mention.kind is MentionKind.COUNT and "score" in types:
        return mention.detail == SCORE
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


def region_of(mention: Mention, text: str) -> tuple[int, int]:
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


def _tells_of_event(mention: Mention, query: Query) -> bool:
    """Tell whether *mention*, in the lead, is the event's day, place or attendance."""
    if mention.kind is MentionKind.COUNT:
        words = [fold_key(w) for w in mention.detail.split()]
        return words[:1] in ([query.noun], ["nguoi"]) or (bool(query.noun) and query.noun in words[:2])
    return mention.kind in (MentionKind.DATE, MentionKind.PLACE, MentionKind.ORDINAL)


def _agrees(
    query: Query,
    counted: Unit | None,
    mention: Mention,
    region: tuple[int, int],
    entry: SentenceEntry,
    places: dict[Unit, list[tuple[int, int, float]]],
) -> float:
    """Return a factor below 1 when *mention* is of another noun or another office than asked for."""

    question = query.question

    def inside(unit: Unit) -> bool:
        return any(region[0] <= s < region[1] + 2 for s, _, _ in places.get(unit, ()))

    factor = 1.0
    if mention.kind is MentionKind.COUNT:
        factor *= _measure_fit(query, entry.sentence.text, mention)
    if mention.kind is MentionKind.PERSON:
        offices = [u for u in question.units if u.kind == "office"]
        if offices and not any(inside(u) for u in offices):
            factor *= 0.35
    elif mention.kind is MentionKind.COUNT and counted is not None:
        said = fold_key(mention.detail.split(" ")[0])
        if said != query.noun and not inside(counted) and "nguoi" not in counted.folds:
            factor *= 0.85 if mention.detail.startswith(tuple(_GENERIC)) else 0.5
        elif "nguoi" in counted.folds and mention.detail.split(" ")[0] in _MEASURES | _TIME_NOUNS:
            factor *= 0.4
        asked = {t.fold for t in question.tokens}
        if _REST.search(" ".join(t.fold for t in question.tokens)):
            factor *= 1.0 if _LEFT.match(entry.sentence.text, mention.end) else 0.6
        if (rest := _OF_SOME.match(entry.sentence.text, mention.end)) and fold_key(
            rest[1].lower()
        ) not in asked:
            factor *= SOME
        if asked & _ALL and _PART.search(entry.sentence.text, 0, mention.start):
            factor *= 0.7
        if any(fold_key(w) not in asked for w in mention.detail.split()[len(counted.folds) :]):
            factor *= 0.9  # "88 đại biểu nữ" when asked for "đại biểu"
    elif mention.kind is MentionKind.ORGANISATION and "person" in question.types:
        factor *= BODY_AS_PERSON
    elif mention.kind is MentionKind.ORGANISATION and not _is_of_kind(question, mention.text):
        factor *= OTHER_BODY
    elif mention.kind in _SHARES and (rest := _REMAINING.search(entry.sentence.text, mention.end)):
        factor *= 0.6 if _REST.search(" ".join(t.fold for t in question.tokens)) and rest else 1.0
    elif mention.kind is MentionKind.YEAR and "date" in question.types and "year" not in question.types:
        factor *= 0.6
    elif mention.kind in (MentionKind.PERCENT, MentionKind.MONEY) and "count" in question.types:
        factor *= 0.8 if not question.types & {"percent", "money"} else 1.0
    return factor


def _change_fit(query: Query, mention: Mention, rivals: list[Mention], text: str) -> float:
    """Return a factor below 1 for the old one of "từ 8 lên 10", or for the new one where the old is asked."""
    if mention.kind not in FIGURES or len(rivals) < 2:
        return 1.0
    asks_old = "previous" in query.qualifiers or "cu" in query.folds
    was = _WAS.search(text, 0, mention.start) and _BECAME.match(text, mention.end)
    became = _BECOMES.search(text, 0, mention.start)
    if was or became:
        return 1.0 if asks_old == bool(was) else OUTDATED
    changed = any(_BECOMES.search(text, 0, m.start) for m in rivals)
    return OUTDATED if query.is_of_now and changed else 1.0


def _of_measure(query: Query, rivals: list[Mention], text: str) -> list[Mention]:
    """Return the figures that are printed as the length, the height … that is asked for."""
    asked = query.folds & _MEASURES_ASKED
    if not asked or len(rivals) < 2:
        return []
    printed = ((m, _MEASURED.search(text, max(0, m.start - BEFORE), m.start)) for m in rivals)
    return [m for m, found in printed if found and fold_key(found[1].lower()) in asked]


def _measure_fit(query: Query, text: str, mention: Mention) -> float:
    """Return a factor below 1 for "cao 27 m" where "dài bao nhiêu" is asked."""
    printed = _MEASURED.search(text, max(0, mention.start - BEFORE), mention.start)
    return 1.0 if printed is None or fold_key(printed[1].lower()) in query.folds else OTHER_MEASURE


def _folded(text: str) -> str:
    return f" {' '.join(fold_key(w) for w in text.lower().split())} "


def _is_of_kind(question: Analysis, body: str) -> bool:
    """Tell whether *body* is the kind of body that a "công ty nào", "trường nào" asks for."""
    folded = _folded(body)
    for name, start, end in question.cues:
        noun = " ".join(t.fold for t in question.tokens[start : end - 1])
        if name == "organisation" and noun in _FIRMS:
            return any(f" {firm} " in folded for firm in _FIRMS)
        if name == "organisation" and noun in _BODIES:
            return f" {noun} " in folded
    return True
