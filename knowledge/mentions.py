"""Find the typed things a Vietnamese sentence names: people, dates, places, figures.

Owns the patterns for each `MentionKind`. Refuses to know questions and which mention answers one.

Patterns lean on newspaper spelling: names and organisations are capitalised, figures use dots for
thousands. A sentence typed without capitals still yields its figures, dates and phone numbers.
"""

from __future__ import annotations

import re

from knowledge.lexicon import Lexicon
from knowledge.model import Mention, MentionKind
from knowledge.names import CAP as _CAP
from knowledge.names import LOWER as _LOWER
from knowledge.names import MAX_REACH, NameFinder, either
from knowledge.names import UPPER as _UPPER

# Atomic, so that a long run of digits is read once.
_NUMBER = r"(?<!\d)(?>\d{1,3}(?:\.\d{3})+(?!\d)(?:,\d+)?|\d+(?:[.,]\d+)?)"
# "một" is mostly an article and "năm" mostly a year: alone neither is read as a figure, and "năm" ends
# none ("hai mươi năm" are years).
_SMALL = "hai|ba|bốn|sáu|bảy|tám|chín"
_WORDED = (
    rf"(?:(?:một|năm|{_SMALL})\s+(?:mươi|trăm|nghìn|ngàn)|mười)"
    rf"(?:\s+(?:mươi|trăm|linh|lẻ|mốt|tư|lăm|mười|một|năm(?=\s+mươi)|{_SMALL}))*|{_SMALL}"
)
_ORDINAL = re.compile(
    r"\b(?:lần|khóa|kỳ|đợt|năm|chuyến|mùa)\s+thứ\s+(?:\d{1,3}|[IVXL]+|nhất|nhì|hai|ba|tư|năm|sáu|bảy|tám|chín|mười)\b"
    r"|\b(?:lần|khóa|kỳ)\s+(?:\d{1,3}|[IVXL]+)\b(?![./])"
)
MAX_WORD = 12  # code points looked at beyond a name, for the word that follows
_AREAS = frozenset(
    ["tỉnh", "huyện", "xã", "thị", "thành", "phường", "trung", "ngành", "cơ", "khu", "và"]
)  # words that go on a name
# Before thousands and millions "một" and "năm" are figures too, and "nửa" and "rưỡi" are halves.
_NUMERAL = rf"(?:một|năm|mười|mươi|trăm|linh|lẻ|mốt|tư|lăm|{_SMALL})"
_SCALE = r"(?:nghìn|ngàn|triệu|tỷ|tỉ)"
_WORDED_MONEY = (
    rf"(?:nửa|{_NUMERAL}(?:\s+{_NUMERAL})*)\s+{_SCALE}(?:\s+(?:rưỡi|{_NUMERAL}|{_SCALE}))*\s+đồng\b"
    rf"|(?:nửa|{_NUMERAL}(?:\s+{_NUMERAL})*)\s+(?:triệu|tỷ|tỉ)(?:\s+(?:rưỡi|{_NUMERAL}))?(?=\s*[.,;)]|$)"
)

_DAY = r"\d{1,2}"
_DATE = re.compile(
    rf"(?:\b(?:ngày|mùng)\s+)?\b{_DAY}(?:\s*(?:,|và|-|–|đến(?:\s+ngày)?)\s*(?:ngày\s+)?{_DAY}){{0,7}}\s*/\s*{_DAY}(?:\s*/\s*\d{{4}})?"
    rf"(?:\s*(?:-|–|đến(?:\s+hết)?(?:\s+ngày)?)\s*{_DAY}\s*/\s*{_DAY}(?:\s*/\s*\d{{4}})?)?\b(?!\s+số\b)"
    rf"|\b{_DAY}-{_DAY}-\d{{4}}\b"
    rf"|\b(?:ngày(?:\s+mùng)?|mùng)\s+{_DAY}\s+tháng\s+(?:{_DAY}|giêng|chạp)(?:\s+năm\s+\d{{4}})?"
    rf"|\b{_DAY}\s+tháng\s+(?:giêng|chạp)\b"
    rf"|\btháng\s+{_DAY}\s*/\s*\d{{4}}|\btháng\s+{_DAY}(?:\s+năm\s+\d{{4}})?\b",
    re.IGNORECASE,
)
_HOUR = re.compile(
    r"\b(?:[01]?\d|2[0-4])\s*(?:giờ|g|h)(?:\s*[0-5]?\d(?:\s*phút)?|\s+rưỡi)?(?!\w)|\b(?:[01]?\d|2[0-3]):[0-5]\d\b",
    re.IGNORECASE,
)
_PERIOD = re.compile(r"\b(?:19|20)\d\d\s*(?:-|–|—|đến(?:\s+năm)?)\s*(?:19|20)\d\d\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PERCENT = re.compile(rf"(?:{_NUMBER})\s*(?:%|phần\s+trăm)", re.IGNORECASE)
_CURRENCY = r"(?:đồng(?!\s+(?:chí|đội|nghiệp|bào|hương|môn|phạm)\b)|đ|USD|VNĐ)\b"
_MONEY = re.compile(
    rf"(?:{_NUMBER})\s*(?:(?:nghìn|ngàn|triệu|tỷ|tỉ)\b(?:\s+(?:{_NUMBER}))?(?:\s*{_CURRENCY})?|{_CURRENCY})"
    rf"(?:\s*/\s*\w+)?|\b(?:{_WORDED_MONEY})",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\d.])(?:\+84|0|1[89]00)[\d]*(?:[ .\-]\d{2,4}){1,3}(?!\d)"
    r"|(?<![\d.])(?:0\d{9,10}|1[89]00\d{4,6}|11[345])(?![.,]?\d)"
)
_COUNT = re.compile(
    r"(?:(?:hơn|trên|gần|khoảng|ít nhất|tối đa)\s+)?"
    rf"(?<![\w/.,-])(?<!thứ )(?:{_NUMBER}|\b(?:{_WORDED})\b)(?!\s*[/%]|[\d.,]*\d)"
    rf"(?:\s+(?:trong|trên)(?:\s+(?:tổng\s+)?số)?\s+\d[\d.]*\d?)?"  # "5 trong 7 kiến nghị": five of them
    rf"\s+[\"“]?((?:[{_LOWER}]+)(?:\s+[{_LOWER}]+){{0,3}})",
    re.IGNORECASE,
)
# A place may bear a number or a date: "thôn 2", "quốc lộ 14B", "quảng trường 24/3".
_PLACE_NUMBER = r"(?:số\s+)?\d{1,3}[A-Z]?(?:/\d{1,2})?(?![\w%]|[.,/-]\d|\s*%)"
_NEVER_NUMBERED = ("tỉnh", "thành phố", "tp", "huyện", "thị xã", "thị trấn", "xã")
_SCORE = re.compile(r"(?<![\d/.-])\d{1,2}\s?-\s?\d{1,2}(?![\d/-]|\.\d)")
_NOT_COUNTED = frozenset(
    ["giờ", "và", "đến", "triệu", "tỷ", "nghìn", "là", "của", "trong", "tại", "cho", "xuống", "lên", "còn"]
).union(
    ["thì", "với", "để", "nhưng", "hoặc", "do", "vì", "thuộc", "được", "so", "sau", "trước", "theo", "hay"],
    ["mà", "ở", "từ", "như", "khi", "nơi", "nên", "sẽ", "đã", "đang", "không", "chưa", "cũng", "đều"],
)
_UNITS = frozenset(["m", "cm", "mm", "km", "kg", "ha"])  # "11 cm dài 14 m": nothing goes on after these
_ENDS_NOUN = frozenset(["so", "phải", "chờ", "nâng", "hài"])  # verbs: "hai yêu cầu phải …"
# A figure without a noun is of what was counted before it: "xin 30 chỉ tiêu, được giao 18", "nghề may 61" …
_BARE = re.compile(
    rf"(?<![{_UPPER}{_LOWER}])"
    rf"(?P<before>[{_LOWER}]+|(?<=[,;] )(?:[{_UPPER}{_LOWER}]+\s+){{1,4}}?[{_UPPER}{_LOWER}]+)"
    rf"\s+(?P<figure>{_NUMBER})"
    r"(?![\w%]|[.,/:-]\d|\s*[-–/]\s*\d|\s*(?:%|phần trăm))(?=\s*(?:[.,;:)]|$|\s(?:và|xuống|lên|so)\s))"
)
# … but not one that is a name.
_NUMBERED = frozenset(
    ["số", "lớp", "tầng", "quý", "khóa", "thứ", "hạng", "lần", "kỳ", "đợt", "tuyến", "đường", "điều", "khoản"]
) | frozenset(
    [
        "tổ",
        "phòng",
        "thôn",
        "ấp",
        "khu",
        "đội",
        "nhóm",
        "loại",
        "phường",
        "quận",
        "tháng",
        "ngày",
        "năm",
        "bậc",
    ]
)
_VERBS = frozenset(
    [
        "trao",
        "tặng",
        "bầu",
        "gồm",
        "nhận",
        "xếp",
        "thắng",
        "đứng",
        "giành",
        "bế",
        "khai",
        "nói",
        "cho",
        "ra",
        "chi",
        "sẽ",
    ]
)
# Weekdays are capitalised, so that "lần thứ bảy" is none; a quarter stands for a date that is not settled.
_WEEKDAY = re.compile(
    r"\b(?:(?:sáng|trưa|chiều|tối|ngày)\s+)?(?:thứ\s+(?:Hai|Ba|Tư|Năm|Sáu|Bảy)|(?:thứ\s+)?[Cc]hủ\s+nhật)\b"
)
_QUARTER = re.compile(
    r"(?i)\bquý\s+(?:I{1,3}|IV|[1-4])\b(?:\s*/\s*\d{4}|\s+năm\s+(?:\d{4}|nay|sau|tới|ngoái))?"
)
# A name in quotation marks after its noun, or after "mang tên": not what somebody says, which opens a
# sentence, follows a colon or ends in a mark of its own.
_QUOTED = re.compile(r"(?<=\w )[\"“](?P<name>[^\"“”]{1,80})[\"”]")
_CALLED = re.compile(
    rf"\b(?:mang tên|tên gọi|tên là|lấy tên|đặt tên(?: là)?|có tên|gọi là)\s+"
    rf"(?P<name>{_CAP}(?:\s+(?:{_CAP}|\d+))*)"
)
_CODED = re.compile(
    rf"(?i:\b(?:chuyên án|vụ án|dự án|tàu(?: cá)?|lô|xe|lớp|mẫu|giống))\s+"
    rf"(?P<name>(?=[{_UPPER}-]*\d)[{_UPPER}\d][{_UPPER}\d-]{{2,}})\b"
)
# "ứng dụng BusGiang", "quỹ Hoa Phượng": a thing that bears its name without marks.
_BORNE = re.compile(
    r"(?i:\b(?:ứng dụng|phần mềm|quỹ|tàu|trang|kênh|giống(?: lúa)?|cúp|học bổng|quán|nhà hàng"
    r"|tiệm))\s+"
    rf"(?P<name>{_CAP}\w*(?:\s+{_CAP})*)"
)
MAX_TITLE = 12  # words of a name
BEFORE_TITLE = 4  # words before a name, among them the noun of what bears it
_NOWHERE = re.compile(r"(?i)ban\s+(?:tổ|giám|chỉ|chấp)\b")  # bodies that one cannot go to
_TOWARDS = re.compile(r"(?i)(?<!\w)(?:về|đến|tới)\s+$")
_PLACE_AFTER = re.compile(
    rf"\b(?:tại|ở)\s+((?:[^,.;:()–]|(?<=\d)\.(?=\d))+?)(?=\s+(?:đã|sẽ|do|cho|để|với|nhằm|có|được|vào|từ|ngày|lúc|của|và\s+[{_LOWER}])\b|\s-\s|[,.;:()–]|$)"
)


class MentionFinder:
    """Finds mentions with the titles, surnames and heads of one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile the patterns (about a millisecond; re keeps them for the next finder)."""
        self._stopwords = lexicon.stopwords
        self._events = tuple(
            w for g in lexicon.synonyms if g.concept in lexicon.event_concepts for w in g.words
        )
        self._names = NameFinder(lexicon)
        heads = either(lexicon.organisation_heads)
        # A compound is capitalised on its first syllable only ("Văn hóa"), so one lower-case syllable may
        # follow a capitalised one unless it begins a word of its own (a verb, a preposition).
        phrases = [w.split() for g in lexicon.synonyms for w in g.words]
        single = {w[0] for w in phrases if len(w) == 1} | lexicon.stopwords | _VERBS
        self._begins = frozenset(single - {"động", "hội", "dân", "sở", "viên"})
        self._begin_pairs = frozenset((w[0], w[1]) for w in phrases if len(w) > 1)
        lower = rf"(?!(?:{either(tuple(lexicon.stopwords))})(?![{_LOWER}]))[{_LOWER}]+"
        area = r"tỉnh|huyện|xã|thị\s+xã|thành\s+phố|phường|trung\s+ương|ngành|cơ\s+sở|khu\s+vực"
        word = rf"(?:{_CAP}(?:\s+{lower})?|(?:{area})(?![{_LOWER}]))"
        # "Sở Lao động - Thương binh và Xã hội" is one; "Công an tỉnh và Hội Nông dân" are two.
        others = either(
            lexicon.organisation_heads
            + lexicon.offices
            + lexicon.honorifics
            + lexicon.ranks
            + lexicon.academic
        )
        self._organisation = re.compile(
            rf"(?<![{_UPPER}{_LOWER}])(?P<head>(?i:{heads}))(?![{_LOWER}{_UPPER}])"
            rf"(?:\s+(?i:{either(lexicon.compound_bodies)})(?![{_LOWER}{_UPPER}])"
            rf"|\s+{word}|\s+(?:và|-|–)(?=\s+{_CAP})(?!\s+(?i:{others})(?![{_LOWER}{_UPPER}])))*"
        )
        numbered = tuple(set(lexicon.place_heads) - set(_NEVER_NUMBERED))
        self._places = re.compile(
            rf"(?<!tác )\b(?:(?i:{either(_NEVER_NUMBERED)})(?!\s+(?:Đoàn|Hội|Ủy)\b)"
            rf"(?:\s+(?:{_CAP}|tỉnh|huyện))+"
            rf"|(?i:{either(numbered)})(?:\s+(?:{_CAP}|{_PLACE_NUMBER}|tỉnh|huyện))+)"
        )

    def find(self, text: str) -> tuple[Mention, ...]:
        """Return the mentions in *text*, by position; no two of one kind overlap.

        A figure is of one kind only (a phone is no count), and a number that a place bears is none
        ("thôn 2"). An organisation inside a person's office, or a place inside an organisation's name, are
        mentions of their own.
        """
        figures = _exact_figures(text)
        covered = list(text)
        for figure in figures:
            covered[figure.start : figure.end] = "\0" * (figure.end - figure.start)
        headed = [(m.start(), m.end()) for m in self._places.finditer("".join(covered))]
        figures += self._loose_figures(text, [*headed, *((f.start, f.end) for f in figures)])
        bodies = [(m.start(), m.end()) for m in self._organisation.finditer(text)]
        people = [
            p
            for p in self._names.find(text)
            if p.detail or len(p.text.split()) != 2 or not any(s < p.start and p.end <= e for s, e in bodies)
        ]  # "Công ty May mặc Hoàng Gia" names nobody
        organisations = [
            o
            for o in self._organisations(text, [p.start for p in people])
            if not any(p.start <= o.start and o.end <= p.end for p in people)
        ]
        towards = [
            (o.start, o.end)
            for o in organisations
            if _TOWARDS.search(text, max(0, o.start - MAX_REACH), o.start) and not _NOWHERE.match(o.text)
        ]
        places = self._places_in(text, headed, towards, people)
        found = [*figures, *people, *organisations, *places, *_titles(text)]
        return tuple(sorted(found, key=lambda m: (m.start, m.end)))

    def _loose_figures(self, text: str, taken: list[tuple[int, int]]) -> list[Mention]:
        """Return the dates, hours, years, counts and scores that do not lie within what is *taken*."""
        found: list[Mention] = []

        def take(kind: MentionKind, start: int, end: int, detail: str = "") -> None:
            if not any(start < e and s < end for s, e in taken):
                taken.append((start, end))
                found.append(Mention(kind, start, end, text[start:end], detail))

        for kind, pattern in (
            (MentionKind.DATE, _DATE),
            (MentionKind.DATE, _WEEKDAY),
            (MentionKind.DATE, _QUARTER),
            (MentionKind.HOUR, _HOUR),
            (MentionKind.YEAR, _YEAR),
        ):
            for m in pattern.finditer(text):
                if kind is not MentionKind.DATE or _is_day(m[0]):
                    take(kind, m.start(), m.end())
        for m in _ORDINAL.finditer(text):
            take(MentionKind.ORDINAL, m.start(), m.end())
        for m in _COUNT.finditer(text):
            first, *rest = re.finditer(r"\S+", m[1])
            if first[0].lower() in _NOT_COUNTED:
                continue
            nouns_of = [first]
            for word in rest:
                at = m.start(1) + word.start()
                if (
                    first[0].lower() in _UNITS
                    or not self._goes_on(word[0], first[0][0].isupper())
                    or any(s <= at < e for s, e in taken)
                ):
                    break
                nouns_of.append(word)
            detail = " ".join(w[0] for w in nouns_of).lower()
            take(MentionKind.COUNT, m.start(), m.start(1) + nouns_of[-1].end(), detail)
        nouns = [(f.start, f.detail) for f in found if f.kind is MentionKind.COUNT]
        for m in _BARE.finditer(text):
            noun = next((noun for at, noun in reversed(nouns) if at < m.start()), "")
            if noun and m["before"] not in _NUMBERED:
                take(MentionKind.COUNT, m.start("figure"), m.end("figure"), noun)
        for m in _SCORE.finditer(text):
            take(MentionKind.COUNT, m.start(), m.end(), "tỷ số")
        return found

    def _goes_on(self, word: str, capital: bool) -> bool:
        """Tell whether *word* goes on a counted noun; a name only does after a *capital* ("hai Phó Ban")."""
        return (
            word.lower() not in self._stopwords
            and word not in _ENDS_NOUN
            and (capital or not word[0].isupper())
        )

    def _places_in(
        self,
        text: str,
        headed: list[tuple[int, int]],
        towards: list[tuple[int, int]],
        people: list[Mention],
    ) -> list[Mention]:
        """Return what stands after "tại" or "ở", organisations gone *towards*, and *headed* names."""
        found: list[Mention] = []

        def take(start: int, end: int) -> None:
            if not any(f.start < end and start < f.end for f in found):
                found.append(Mention(MentionKind.PLACE, start, end, text[start:end]))

        for m in _PLACE_AFTER.finditer(text):
            place = m[1].strip()
            opens_with_event = place.lower().startswith(self._events)
            if re.search(rf"[{_UPPER}]", place) and not _DATE.match(place) and not opens_with_event:
                take(m.start(1), m.start(1) + len(place))
        for start, end in towards:
            take(start, end)
        for start, end in headed:
            if not any(p.start < end and start < p.end for p in people):
                take(start, end)
        return found

    def _organisations(self, text: str, people: list[int]) -> list[Mention]:
        out = []
        for m in self._organisation.finditer(text):
            end = self._own_end(text, m.end("head"), m.end())
            words = text[m.start() : end].split()
            if m[0][0].isupper() and len(words) > 1:
                end = min((p for p in people if m.start() < p < end), default=end)
                name = re.sub(r"(?:\s+(?:và|-)|[\s,-])+$", "", text[m.start() : end])
                out.append(Mention(MentionKind.ORGANISATION, m.start(), m.start() + len(name), name))
        return out

    def _own_end(self, text: str, start: int, end: int) -> int:
        """Return where a name ends whose own part begins at *start*: before a word that begins another.

        A word in small letters goes on a compound ("Lương thực"), not a proper name ("Cửu Hòa bao tiêu").
        """
        words = list(re.finditer(r"\S+", text[start : end + MAX_WORD]))
        for i, word in enumerate(words[1:], 1):
            if start + word.start() >= end:
                break
            before, follows = (
                words[i - 1],
                words[i + 1][0].strip('.,;:()"”').lower() if i + 1 < len(words) else "",
            )
            if not (before[0][0].isupper() and word[0].islower()) or word[0] in _AREAS:
                continue
            if (before[0].lower(), word[0]) in self._begin_pairs:  # "Sở Xây dựng"
                continue
            proper = i > 1 and words[i - 2][0].istitle() and before[0].istitle()
            if proper or word[0] in self._begins or (word[0], follows) in self._begin_pairs:
                return start + before.end()
        return end


def _is_day(text: str) -> bool:
    """Tell whether a date's figures can be a day and a month: "87/92" are so many of so many."""
    last = re.search(r"(\d{1,2})\s*/\s*(\d{1,2})(?:\D|$)", text)
    return last is None or (int(last[1]) <= 31 and int(last[2]) <= 12)


def _titles(text: str) -> list[Mention]:
    """Return the names of things: in quotation marks and nobody's speech, or said to be a name."""
    found: list[Mention] = []
    for pattern in (_QUOTED, _CALLED, _CODED, _BORNE):
        for m in pattern.finditer(text):
            name = m["name"].strip()
            words = text[: m.start()].split()
            spoken = not words or words[-1].endswith((":", ",")) or name.endswith((".", "!", "?", ","))
            taken = any(m.start("name") < f.end and f.start < m.end("name") for f in found)
            if (
                spoken
                or taken
                or not 0 < len(name.split()) <= MAX_TITLE
                or not (name[0].isupper() or name[0].isdigit())
            ):
                continue
            before = " ".join(text[: m.start("name")].split()[-BEFORE_TITLE:]).lower()
            start = text.index(name, m.start("name"))  # “ Ông ” is named without its spaces
            found.append(Mention(MentionKind.TITLE, start, start + len(name), name, before))
    return found


def _exact_figures(text: str) -> list[Mention]:
    """Return the figures whose unit or shape leaves no doubt: phones, money, percentages, periods."""
    found: list[Mention] = []
    for kind, pattern in (
        (MentionKind.PHONE, _PHONE),
        (MentionKind.MONEY, _MONEY),
        (MentionKind.PERCENT, _PERCENT),
        (MentionKind.PERIOD, _PERIOD),
    ):
        for m in pattern.finditer(text):
            if not any(m.start() < f.end and f.start < m.end() for f in found):
                found.append(Mention(kind, m.start(), m.end(), m[0]))
    return found
