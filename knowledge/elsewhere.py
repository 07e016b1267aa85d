"""What a sentence tells of something else than was asked about, though it has the words and a fitting figure.

Owns names that the question has and the sentence lacks, the role that a "… là ai" asks for, figures that only
compare, and figures of another clause. Refuses to score, and to know other near misses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from knowledge.clauses import clause_of
from knowledge.index import Index, SentenceEntry
from knowledge.inquiry import Query, Row
from knowledge.model import Mention, MentionKind
from knowledge.records import dataclass
from knowledge.spans import FIGURES, unit_match
from knowledge.syllables import fold_key
from knowledge.units import Unit

_PRESENT = 0.5  # a unit that is offered less is not there
# "cao hơn thị trường 300 đồng", "đông hơn lần trước 40 người": by how much, and not how much.
_DIFFERENCE = re.compile(
    r"(?i)\b(?:cao|thấp|nhiều|ít|đông|lớn|nhỏ|rẻ|đắt|nhanh|chậm|dài|ngắn)\s+hơn\b[^,;.]*$"
)
_CAPITAL = re.compile(r"\s+[A-ZĐÀ-Ỹ][a-zđà-ỹ]")
_LABELLED = frozenset(["nghe", "tieng", "mon"])
_OPEN = frozenset(["nao", "gi", "va", "co", "la", "chi", "duoc", "cua", "nay", "do"])
_SEXES = frozenset(["nam", "nữ"])
_YEAR = re.compile(r"(?:19|20)\d\d")
_COMPARED = re.compile(r"(?i)\b(?:so với|hơn|cùng kỳ)(?:\s+(?:cùng kỳ|năm))*\s+$")
_CALLED = re.compile(r"(?i)\b(?:là|làm|danh hiệu|giải)\s+$")
REACH = 90  # code points before a figure in which it is said to be a difference
_BESIDE = 14  # code points between a name and who it is: ", cô thợ may "
_NEAR = 30
_TOGETHER = re.compile(
    r"(?i)\s(?:hai|ba|bốn|năm|sáu|bảy|các|những|\d+)\s+"
    r"(xã|huyện|tỉnh|thôn|buôn|bản|làng|phường|trường|công ty|đội)\b"
)
_MANY = frozenset(["cac", "nhung", "may", "nhieu", "moi", "tung", "ca"])
_DATED = frozenset([MentionKind.DATE, MentionKind.YEAR, MentionKind.PERIOD, MentionKind.ORDINAL])
_SOLD = frozenset(["mua", "bán", "trả"])
_PRICES = frozenset(["c:wage", "c:ticket", "c:price", "~:fee"])
_SINCE = re.compile(r"(?i)(?<!lâu )(?<!xưa )\bnay\b|\bhiện\b|\bbây giờ\b|\b(?:tăng|giảm|nâng|hạ)\b")
_WORDS = re.compile(r"\w+")
_COMPARING = frozenset(["hon", "tang", "giam", "chenh", "them", "kem", "lech"])


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a question can be told of something else, worked out once for all sentences."""

    named: tuple[tuple[Unit, frozenset[str]], ...]  # a kind of thing, and two plain words that may name one
    labels: tuple[tuple[str, str], ...]  # "nghề hàn", folded
    sex: str  # "nam" or "nữ" when one of the two is asked about
    years: tuple[str, ...]
    role: Row | None  # what somebody asked for is, by the first words of the question
    prices: tuple[Row, ...]
    times: frozenset[str]
    denies: bool  # the question itself says that something did not come about, or asks whether

    @classmethod
    def of(cls, query: Query, index: Index) -> Asked:
        """Read what *query* asks about."""
        question = query.question
        pairs = ((a.fold, b.fold) for a, b in pairwise(question.tokens) if a.fold in _LABELLED)
        sexes = {t.text for t in question.tokens if t.marked} & _SEXES
        compares = not query.folds.isdisjoint(_COMPARING)
        return cls(
            tuple(_named(query)),
            tuple(pair for pair in pairs if pair in index.pairs and pair[1] not in _OPEN),
            sexes.pop() if len(sexes) == 1 else "",
            () if compares else tuple(f for f in query.folds if _YEAR.fullmatch(f)),
            _role(query),
            tuple(row for row in query.rows if not row.floor and not row.unit.ids.isdisjoint(_PRICES))
            if MentionKind.MONEY in query.wanted
            else (),
            index.other_times(question) if query.wanted else frozenset(),
            question.negated or "chua" in query.folds or "yes_no" in question.types,
        )


def _named(query: Query) -> Iterator[tuple[Unit, frozenset[str]]]:
    units = query.question.units
    asking = {i for _, start, end in query.question.cues for i in range(start, end)}
    for head, name, rest in zip(units, units[1:], units[2:], strict=False):
        plain = name.kind == rest.kind == "word" and not (name.light or rest.light)
        if plain and head.end == name.start and name.end == rest.start and name.start not in asking:
            yield head, frozenset([name.folds[0], rest.folds[0]])


def _role(query: Query) -> Row | None:
    question = query.question
    cue = next(((start, end) for name, start, end in question.cues if name == "person"), None)
    if cue is None or cue[1] < len(question.tokens) or question.offices or not question.units:
        return None
    first = question.units[0]
    if first.light or first.kind in ("person", "number") or first.start >= cue[0]:
        return None
    return next((row for row in query.rows if row.unit == first and not row.floor), None)


_asked = lru_cache(maxsize=4)(Asked.of)


def elsewhere(query: Query, entry: SentenceEntry, span: Mention | None, index: Index) -> str:
    """Name what of the sentence is of something else than asked about, "" when nothing is.

    "name": another thing than the one named; "role": of somebody else; "denied": it has not come about;
    "elsewhere": another year, craft, price, clause or place.
    """
    if not query.question.types:
        return ""
    asked = _asked(query, index)
    n = index.at(entry)
    if query.names and _names_another(query, entry, index):
        return "name"
    if any(_is_of_rival(head, words, entry) for head, words in asked.named):
        return "name"
    if (asked.labels or asked.sex) and _is_of_other_label(asked, entry, index):
        return "elsewhere"
    if not asked.denies and entry.denials and _is_denied(query, entry):
        return "denied"
    if asked.role is not None and len(query.question.units) > 1:
        offered = asked.role.offered
        previous = offered.get(n - 1, 0.0) if entry.follows_in_paragraph else 0.0
        if max(offered.get(n, 0.0), previous) < _PRESENT:
            return "role"
    if _is_of_other_terms(asked, entry, n):
        return "elsewhere"
    if query.is_of_now and _was_before(entry, span):
        return "elsewhere"
    if span is not None and span.kind in FIGURES:
        of_other = _is_shared(query, entry, span) or _only_compares(query, entry, span)
        if of_other or _is_of_another_clause(query, entry, span):
            return "elsewhere"
    if span is not None and "age" in query.question.types and _is_age_of_other(query, entry, span):
        return "person"
    if span is not None and span.kind is MentionKind.PERSON and asked.role is not None:
        return "person" if _is_somebody_else(query, asked.role.unit, entry, span) else ""
    return ""


def _was_before(entry: SentenceEntry, span: Mention | None) -> bool:
    """Tell whether the sentence speaks of what was so before, and not of what is new beyond it."""
    return any(name == "previous" for name, _ in entry.qualified) and not tells_change(entry, span)


def tells_change(entry: SentenceEntry, span: Mention | None) -> bool:
    """Tell whether the sentence says, before *span*, that something is otherwise now ("nay", "nâng lên")."""
    end = span.start if span is not None else len(entry.sentence.text)
    return _SINCE.search(entry.sentence.text, 0, end) is not None


def _names_another(query: Query, entry: SentenceEntry, index: Index) -> bool:
    """Tell whether the question names something that the article knows and this sentence does not speak of.

    A name of the headline is what the whole article is about; one that stands before in the paragraph may
    still be spoken of.
    """
    for name in query.names:
        if name in entry.spelled or name in index.spelled_title(entry.document):
            continue
        if not any(name in said for said in index.spelled_before(entry)):
            return True
    return False


def _is_of_other_terms(asked: Asked, entry: SentenceEntry, n: int) -> bool:
    """Tell whether the sentence lacks the price or the time asked about, or has the year only to compare."""
    prices = [row.offered.get(n, 0.0) >= _PRESENT for row in asked.prices]
    if prices and not any(prices) and _SOLD.isdisjoint(entry.texts):
        return True
    undated = bool(asked.times) and entry.kinds.isdisjoint(_DATED) and "cũ" not in entry.texts
    if undated and asked.times.isdisjoint(name for name, _ in entry.qualified):
        return True
    return any(_is_only_compared(year, entry.sentence.text) for year in asked.years)


def _is_of_rival(head: Unit, words: frozenset[str], entry: SentenceEntry) -> bool:
    """Tell whether a thing is asked about by a name that stands nowhere here, where one of its kind is named.

    "Chốt Tân An nhận bao nhiêu" is not answered by "chốt Rạch Gốc nhận …".
    """
    if not words.isdisjoint(entry.profile.folds):
        return False
    ends = [end for held, _, end in entry.spots_of(head) if unit_match(head, held) >= _PRESENT]
    return bool(ends) and all(_CAPITAL.match(entry.sentence.text, end) for end in ends)


def _is_of_other_label(asked: Asked, entry: SentenceEntry, index: Index) -> bool:
    """Tell whether the sentence is about another "nghề", "tiếng" or sex than the question names."""
    for noun, name in asked.labels:
        others = any(a == noun and b not in _OPEN and (a, b) in index.pairs for a, b in entry.profile.pairs)
        if others and name not in entry.profile.folds:
            return True
    return bool(asked.sex) and asked.sex not in entry.texts and not _SEXES.isdisjoint(entry.texts)


def _is_denied(query: Query, entry: SentenceEntry) -> bool:
    """Tell whether the sentence says that what the question takes for granted has not come about."""
    for left, right in entry.denials:
        here = outside = 0.0
        for row in query.rows:
            if row.unit.light or row.floor:
                continue
            spots = [at for held, at, _ in entry.spots_of(row.unit) if unit_match(row.unit, held) >= _PRESENT]
            if spots:
                inside = any(left <= at < right for at in spots)
                here += row.weight * inside
                outside += row.weight * (not inside)
        if here > 5 * outside:
            return True
    return False


def _is_somebody_else(query: Query, role: Unit, entry: SentenceEntry, span: Mention) -> bool:
    """Tell whether "… tên gì" asks for one whom the sentence does not name, and *span* is another in it.

    Who is meant stands in the clause of the name, right beside it, or is said to be so beyond a comma.
    """
    question = query.question
    start = next(start for name, start, _ in question.cues if name == "person")
    if question.tokens[start].fold != "ten" or role.kind != "concept":
        return False
    text = entry.sentence.text
    left, right = clause_of(text, span.start, span.end)
    spots = [(at, end) for held, at, end in entry.spots_of(role) if unit_match(role, held) >= _PRESENT]
    if not spots or any(_CALLED.search(text, 0, at) for at, _ in spots):
        return False
    return not any(
        left <= at < right or 0 <= span.start - end <= _BESIDE or 0 <= at - span.end <= _BESIDE
        for at, end in spots
    )


def _is_age_of_other(query: Query, entry: SentenceEntry, span: Mention) -> bool:
    """Tell whether an age stands behind the name of somebody else: "An (35 tuổi), Bình" of Bình."""
    people = query.question.people
    before = [m for m in entry.sentence.mentions if m.kind is MentionKind.PERSON and m.end <= span.start]
    if not people or not before:
        return False
    given = before[-1].text.split()[-1]  # "ông Tư Lành (tên thật Huỳnh Công Lành, 71 tuổi)" is one
    return all(p.split()[-1] != given for p in (name.removeprefix("p:") for name in people))


def _is_only_compared(year: str, text: str) -> bool:
    """Tell whether the sentence has a year only as what another one is compared with."""
    spots = [m.start() for m in re.finditer(year, text)]
    return bool(spots) and all(_COMPARED.search(text, 0, at) for at in spots)


def _is_shared(query: Query, entry: SentenceEntry, span: Mention) -> bool:
    """Tell whether the figure is of several places together ("312 hộ ba buôn …"), and one is asked about."""
    together = _TOGETHER.search(entry.sentence.text, span.start, span.end + _NEAR)
    if together is None:
        return False
    head = fold_key(together[1].lower())
    tokens = query.question.tokens
    for before, token in pairwise([None, *tokens]):
        if token is not None and token.fold == head:
            return not (before and (before.number or before.fold in _MANY))
    return False


def _only_compares(query: Query, entry: SentenceEntry, span: Mention) -> bool:
    """Tell whether the figure says by how much one thing exceeds another, which was not asked."""
    if not query.folds.isdisjoint(_COMPARING):
        return False
    compared = _DIFFERENCE.search(entry.sentence.text, max(0, span.start - REACH), span.start)
    if compared is None:
        return False
    between = {fold_key(w) for w in _WORDS.findall(compared[0].lower())}
    return between.isdisjoint(query.folds)  # "cao hơn mục tiêu 4 tỷ đồng" tells the aim


def _is_of_another_clause(query: Query, entry: SentenceEntry, span: Mention) -> bool:
    """Tell whether all that is asked about stands beyond a semicolon after the figure."""
    text = entry.sentence.text
    if ";" not in text:
        return False
    marks = [-1, *(m.start() for m in re.finditer(";", text)), len(text)]
    right = next(b for a, b in pairwise(marks) if a < span.start <= b)
    spots = [
        at
        for row in query.rows
        if not row.unit.light and not row.floor
        for held, at, _ in entry.placed
        if unit_match(row.unit, held) >= _PRESENT
    ]
    return bool(spots) and all(at > right for at in spots)
