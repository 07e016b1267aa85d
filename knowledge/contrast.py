"""What a question says only to tell it apart: "giám đốc chứ không phải phó", "không tính tập thể thì".

Owns finding what is denied or left aside in a question, and how much of it is none of what is asked.
Refuses to know facts, and clauses that decline a whole question ("không hỏi …"): these are `segments`'.
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.analysis import Analyzer
from knowledge.asking import DEEDS
from knowledge.normalize import Token
from knowledge.records import replace
from knowledge.units import Analysis, Unit

MAX_DENIED = 9  # tokens: a longer clause says more than what is not meant
_QUESTION_WORDS = frozenset(["ai", "gi", "nao", "dau", "sao", "may", "bao"])
_LINKS = frozenset(["la", "thi", "vay", "ra"])  # before a question word: "… chứ không phải phó là ai"
_COPULA = "la"
_NOT = frozenset(["không", "đâu", "chẳng", "chả", "khong", "dau", "chang"])
_NOT_FOLDS = frozenset(["khong", "dau", "chang", "cha"])
_TAIL = frozenset(
    ["office", "number"]
)  # what follows the denied one is of both: "3 chứ không phải 5 tập thể"
_STRONG = ".?!;\n"
_ASIDE = (("khong", "tinh"), ("khong", "ke"), ("chua", "ke"), ("chua", "tinh"), ("ngoai",), ("tru",))
_ASIDE_WORDS = frozenset(first for first, *_ in _ASIDE)
_MORE = frozenset(["con", "khac", "nua", "them"])  # "ngoài ông A ra còn ai": what is left is asked for
_FIGURES = frozenset(["count", "percent", "money", "duration", "yes_no"])
_IF = frozenset(["neu", "ma"])


def without_contrast(tokens: tuple[Token, ...], analyzer: Analyzer) -> tuple[Token, ...]:
    """Return *tokens* without what they deny or leave aside; all of them when that is nothing or all."""
    folds = [t.fold for t in tokens]
    if "phai" in folds and not _NOT_FOLDS.isdisjoint(folds):
        tokens = _without_denied(tokens, analyzer)
        folds = [t.fold for t in tokens]
    if not _ASIDE_WORDS.isdisjoint(folds) and _MORE.isdisjoint(folds):
        tokens = _without_aside(tokens, analyzer)
    return tokens


def _without_denied(tokens: tuple[Token, ...], analyzer: Analyzer) -> tuple[Token, ...]:
    at = next((i for i in range(len(tokens) - 2) if _denies(tokens, i)), None)
    if at is None:
        return tokens
    read = analyzer.analyse(tokens)
    opens = at - 1 if at and tokens[at - 1].text in ("chứ", "chu") else at
    start = at + 2 + (tokens[at + 2].fold == _COPULA)
    before = [u for u in read.units if u.end <= opens and not u.light]
    end = _end(read, start, has_deed=any(not DEEDS.isdisjoint(u.ids) for u in before))
    denied = [u for u in read.units if start <= u.start < end]
    denied = [u for u in denied if not u.light] or denied
    if not denied or end - start > MAX_DENIED:
        return tokens
    if not opens:  # "không phải bằng khen, giấy khen do ai tặng"
        parted = "," in tokens[end - 1].after and not any(DEEDS & u.ids for u in denied)
        return tokens[end:] if parted and _asks(tokens[end:], analyzer) else tokens
    meant = before[-1] if before and opens - before[-1].end <= 1 else None
    alike = meant is not None and meant.kind == denied[0].kind and not meant.ids & denied[0].ids
    if opens == at and "," not in tokens[at - 1].after and not (alike and denied[0].kind == "office"):
        return tokens  # "ông A không phải giám đốc à" denies what is asked
    goes_on = end < len(tokens) and "," not in tokens[end - 1].after
    if alike and denied[0].start == start and (denied[0].kind in _TAIL or goes_on):
        end = denied[0].end  # what follows is said of both: "giám đốc chứ không phải phó giám đốc công an"
    return _joined(tokens[:opens], tokens[end - 1], tokens[end:])


def _denies(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether "không phải" stands at *at*, and no "có phải … không phải"."""
    first, second = tokens[at : at + 2]
    return (
        first.text in _NOT
        and second.text in ("phải", "phai")
        and not first.after
        and not second.after
        and tokens[at + 2].fold != "khong"
    )


def _end(read: Analysis, start: int, *, has_deed: bool) -> int:
    """Return where what is denied from *start* on ends: at a comma, a question word or what is done."""
    tokens = read.tokens
    asking = {
        begin
        for name, begin, stop in read.cues
        if name != "yes_no" and not _QUESTION_WORDS.isdisjoint([t.fold for t in tokens[begin:stop]])
    }
    deeds = set() if has_deed else {u.start for u in read.units if not DEEDS.isdisjoint(u.ids)}
    for i in range(start, len(tokens)):
        if i > start and (i in asking or i in deeds or tokens[i].text == "thì"):
            return i - (i - 1 > start and tokens[i - 1].fold in _LINKS)
        if tokens[i].after.strip():
            return i + 1
    return len(tokens)


def _without_aside(tokens: tuple[Token, ...], analyzer: Analyzer) -> tuple[Token, ...]:
    """Leave out what is not counted: "không tính tập thể thì mấy người được khen"."""
    found = ((i, w) for i in range(len(tokens)) for w in _ASIDE if _stand_at(tokens, i, w))
    at, width = next(((i, len(w)) for i, w in found), (0, 0))
    if not width:
        return tokens
    if at:
        opens = at - 1 if tokens[at - 1].fold in _IF else at
        if opens == at and "," not in tokens[at - 1].after:
            return tokens
        end = next((i + 1 for i in range(at + width, len(tokens)) if tokens[i].after), len(tokens))
        left = _joined(tokens[:opens], tokens[end - 1], tokens[end:])
    else:
        read = analyzer.analyse(tokens)
        end = _end(read, width, has_deed=False)
        while end < len(tokens) and tokens[end].fold in _LINKS:
            end += 1
        left = tokens[end:]
    aside = analyzer.analyse(tokens[at + width : end])
    counts = analyzer.analyse(left).types if left else frozenset()
    of_things = any(not u.light and u.kind in ("concept", "word") for u in aside.units)
    is_figure = bool(counts) and counts <= _FIGURES and bool(counts - {"yes_no"})
    return left if of_things and is_figure and end - at <= MAX_DENIED else tokens


def _stand_at(tokens: Sequence[Token], at: int, words: tuple[str, ...]) -> bool:
    return tuple(t.fold for t in tokens[at : at + len(words)]) == words


def _asks(tokens: tuple[Token, ...], analyzer: Analyzer) -> bool:
    read = analyzer.analyse(tokens)
    return bool(read.units) and (bool(read.types) or any(_is_asked_about(u) for u in read.units))


def _is_asked_about(unit: Unit) -> bool:
    return unit.kind in ("office", "person") and not unit.light


def _joined(first: tuple[Token, ...], last: Token, rest: tuple[Token, ...]) -> tuple[Token, ...]:
    """Put *rest* right after *first*, which ends as *last* did where that ended a sentence."""
    mark = last.after if any(m in last.after for m in _STRONG) else ""
    return (*first[:-1], replace(first[-1], after=mark), *rest)
