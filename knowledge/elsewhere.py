"""What a sentence tells of something else than was asked about, though it has the words and a fitting figure.

Owns names that the question has and the sentence lacks, the role that a "… là ai" asks for, figures that only
compare, and figures of another clause. Refuses to score, and to know other near misses.
"""

from __future__ import annotations

import re
from itertools import pairwise

from knowledge.clauses import clause_of
from knowledge.index import Index, SentenceEntry
from knowledge.inquiry import Query
from knowledge.model import Mention, MentionKind
from knowledge.spans import FIGURES, unit_match
from knowledge.syllables import fold_key

_PRESENT = 0.5  # a unit that is offered less is not there
# "cao hơn thị trường 300 đồng", "đông hơn lần trước 40 người": by how much, and not how much.
_DIFFERENCE = re.compile(
    r"(?i)\b(?:cao|thấp|nhiều|ít|đông|lớn|nhỏ|rẻ|đắt|nhanh|chậm|dài|ngắn)\s+hơn\b[^,;.]*$"
)
_CAPITAL = re.compile(r"\s+[A-ZĐÀ-Ỹ][a-zđà-ỹ]")
_DENIED = re.compile(r"(?i)\bchưa\s+(?!đầy\b|kể\b|tính\b|tới\b|đến\b|từng\b)")
_JOINED = re.compile(r"(?i)\s(?:và|mà|vì|nên|khi|nếu|để|do)\s")
_LABELLED = frozenset(["nghe", "tieng", "mon"])
_OPEN = frozenset(["nao", "gi", "va", "co", "la", "chi", "duoc", "cua", "nay", "do"])
_SEXES = frozenset(["nam", "nữ"])
_YEAR = re.compile(r"(?:19|20)\d\d")
_COMPARED = re.compile(r"(?i)\b(?:so với|hơn|cùng kỳ)(?:\s+(?:cùng kỳ|năm))*\s+$")
_NEAR = 30
_TOGETHER = re.compile(
    r"(?i)\s(?:hai|ba|bốn|năm|sáu|bảy|các|những|\d+)\s+"
    r"(xã|huyện|tỉnh|thôn|buôn|bản|làng|phường|trường|công ty|đội)\b"
)
_MANY = frozenset(["cac", "nhung", "may", "nhieu", "moi", "tung", "ca"])
_TIMES = frozenset(["next", "previous"])
_DATED = frozenset([MentionKind.DATE, MentionKind.YEAR, MentionKind.PERIOD, MentionKind.ORDINAL])
_SOLD = frozenset(["mua", "bán", "trả"])
_PRICES = frozenset(["c:wage", "c:ticket", "c:price", "~:fee"])
_COMPARING = frozenset(["hon", "tang", "giam", "chenh", "them", "kem", "lech"])


def names_another(query: Query, entry: SentenceEntry, index: Index) -> bool:
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


def names_a_rival(query: Query, entry: SentenceEntry) -> bool:
    """Tell whether a thing is asked about by a name that stands nowhere here, where one of its kind is named.

    "Chốt Tân An nhận bao nhiêu" is not answered by "chốt Rạch Gốc nhận …".
    """
    units = query.question.units
    asking = {i for _, start, end in query.question.cues for i in range(start, end)}
    for head, name, rest in zip(units, units[1:], units[2:], strict=False):
        if head.end != name.start or name.end != rest.start or name.light or rest.light:
            continue
        if name.kind != "word" or rest.kind != "word" or asking & {name.start, rest.start}:
            continue
        if {name.folds[0], rest.folds[0]} & entry.profile.folds:
            continue
        ends = [end for held, _, end in entry.spots_of(head) if unit_match(head, held) >= _PRESENT]
        if ends and all(_CAPITAL.match(entry.sentence.text, end) for end in ends):
            return True
    return False


def is_of_other_label(query: Query, entry: SentenceEntry, index: Index) -> bool:
    """Tell whether the sentence is about another "nghề", "tiếng" or sex than the question names."""
    folds, pairs = query.question.tokens, entry.profile.pairs
    for first, second in pairwise(folds):
        if first.fold in _LABELLED and (first.fold, second.fold) in index.pairs and second.fold not in _OPEN:
            others = {b for a, b in pairs if a == first.fold and (a, b) in index.pairs and b not in _OPEN}
            if others and second.fold not in entry.profile.folds:
                return True
    texts = {t.text for t in entry.profile.analysis.tokens}
    asked = {t.text for t in folds if t.marked} & _SEXES
    return len(asked) == 1 and bool(texts & _SEXES - asked) and not texts & asked


def is_denied(query: Query, entry: SentenceEntry) -> bool:
    """Tell whether the sentence says that what the question takes for granted has not come about."""
    if query.question.negated or "chua" in query.folds or "yes_no" in query.question.types:
        return False
    text = entry.sentence.text
    for m in _DENIED.finditer(text):
        left, right = clause_of(text, m.start(), m.end())
        left = max([left, *(j.end() for j in _JOINED.finditer(text, left, m.start()))])
        right = min([right, *(j.start() for j in _JOINED.finditer(text, m.end(), right))])
        here = elsewhere = 0.0
        for row in query.rows:
            if row.unit.light or row.floor:
                continue
            spots = [at for held, at, _ in entry.spots_of(row.unit) if unit_match(row.unit, held) >= _PRESENT]
            if spots:
                inside = any(left <= at < right for at in spots)
                here += row.weight * inside
                elsewhere += row.weight * (not inside)
        if here > 5 * elsewhere:
            return True
    return False


def lacks_role(query: Query, n: int, previous: int) -> bool:
    """Tell whether a "huấn luyện viên … là ai" asks for a role of which sentence *n* says nothing."""
    question = query.question
    cue = next(((start, end) for name, start, end in question.cues if name == "person"), None)
    if cue is None or cue[1] < len(question.tokens) or question.offices or len(question.units) < 2:
        return False
    first = question.units[0]
    row = next((row for row in query.rows if row.unit == first), None)
    if row is None or first.light or row.floor or first.kind in ("person", "number") or first.start >= cue[0]:
        return False
    return max(row.offered.get(n, 0.0), row.offered.get(previous, 0.0)) < _PRESENT


def lacks_price(query: Query, entry: SentenceEntry, n: int) -> bool:
    """Tell whether a price, a wage, a fare or a fee is asked for, and sentence *n* speaks of none."""
    if MentionKind.MONEY not in query.wanted or _SOLD & {t.text for t in entry.profile.analysis.tokens}:
        return False
    for row in query.rows:
        if not row.unit.ids.isdisjoint(_PRICES) and not row.floor and row.offered.get(n, 0.0) < _PRESENT:
            return True
    return False


def of_another_time(query: Query, entry: SentenceEntry) -> bool:
    """Tell whether another year or edition is asked about, and the sentence gives none and no date."""
    asked = query.qualifiers & _TIMES
    if not asked or not entry.kinds.isdisjoint(_DATED):
        return False
    return asked.isdisjoint(name for name, _ in entry.qualified)


def is_compared_year(query: Query, entry: SentenceEntry) -> bool:
    """Tell whether the year asked about is in the sentence only what another one is compared with."""
    if not query.folds.isdisjoint(_COMPARING):
        return False
    years = [f for f in query.folds if _YEAR.fullmatch(f)]
    text = entry.sentence.text
    for year in years:
        spots = [m.start() for m in re.finditer(year, text)]
        if spots and all(_COMPARED.search(text, 0, at) for at in spots):
            return True
    return False


def is_shared(query: Query, entry: SentenceEntry, span: Mention) -> bool:
    """Tell whether the figure is of several places together ("312 hộ ba buôn …"), and one is asked about."""
    if span.kind not in FIGURES:
        return False
    together = _TOGETHER.search(entry.sentence.text, span.start, span.end + _NEAR)
    if together is None:
        return False
    head = fold_key(together[1].lower())
    tokens = query.question.tokens
    for before, token in pairwise([None, *tokens]):
        if token is not None and token.fold == head:
            return not (before and (before.number or before.fold in _MANY))
    return False


def only_compares(query: Query, entry: SentenceEntry, span: Mention) -> bool:
    """Tell whether the figure says by how much one thing exceeds another, which was not asked."""
    if span.kind not in FIGURES or not query.folds.isdisjoint(_COMPARING):
        return False
    return bool(_DIFFERENCE.search(entry.sentence.text, 0, span.start))


def of_another_clause(query: Query, entry: SentenceEntry, span: Mention) -> bool:
    """Tell whether all that is asked about stands beyond a semicolon after the figure."""
    text = entry.sentence.text
    if span.kind not in FIGURES or ";" not in text:
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
