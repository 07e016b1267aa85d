"""One message may hold several questions: propose where each begins and ends.

Owns the cutting. Refuses to know facts: which of the proposed cuts answers best is `answerer`'s choice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

from knowledge.analysis import Analyzer
from knowledge.normalize import Token
from knowledge.records import replace
from knowledge.syllables import fold, fold_key
from knowledge.units import Analysis

MAX_PARTS = 4
LONG_TOKENS = 20  # a sentence of more is likely to tell a story around its question
MAX_WINDOWS = 5
MAX_READ = 48  # tokens of one message that are looked into
MAX_SENTENCE = 30  # tokens of one sentence: who tells so much has wandered off before asking
_AFTER_CUE = 16  # tokens from the last question word of a sentence that is longer than that
_CHECKING = frozenset(["à", "hả", "ư", "hở", "chứ", "nhỉ"])
_LEADING = frozenset(["person", "count", "percent", "organisation"])  # asked with the question word first
_AMONG = "trong"
_STRONG = frozenset("?!.;\n")
_LISTING = frozenset(",:+&")
_JOINERS = frozenset(
    [("con",), ("va",), ("voi",), ("voi", "lai"), ("roi",), ("dong", "thoi"), ("cung", "nhu"), ("cung",)]
)
_JOINING = frozenset(first for first, *_ in _JOINERS)
_TURNS = frozenset(["mà", "nhưng", "nên", "để", "rồi", "chứ", "thì", "vì"])  # where a story turns
_ASKING = frozenset(["hỏi", "biết", "nhớ", "rằng", "xem"])  # what follows may be the question itself
_BARE_TURNS, _BARE_ASKING = frozenset(map(fold, _TURNS)), frozenset(map(fold, _ASKING))
_NOT_THAT = ("không", "phải")
_NEAR = 8  # tokens: a longer clause says more than what is not meant
Declined = Sequence[tuple[str, ...]]
_QUESTION_WORDS = frozenset(["ai", "gi", "nao", "dau", "sao", "may", "bao", "khong"])
_WHETHER = frozenset(["yes_no"])
_ASKS = frozenset(["thing", "activity", "purpose", "definition"])
# Question words that leave open what is asked for: they do not begin a question of their own.
_OPEN = frozenset(["thing", "activity", "choice", "yes_no", "manner", "result", "purpose", "definition"])


def gist(tokens: tuple[Token, ...], analyzer: Analyzer) -> tuple[Token, ...]:
    """Return at most MAX_READ of *tokens*: of a longer message the sentences that ask, the last ones first.

    Of a sentence at most MAX_SENTENCE are kept, up to its last question word and what belongs to that. The
    work of an answer grows with what is read, and anybody may write as much as Telegram carries.
    """
    if len(tokens) <= MAX_SENTENCE:
        return tokens
    sentences = [(s, analyzer.asked_at(s)) for s in _cut(tokens, _ends)]
    if len(tokens) > MAX_READ:
        sentences = [(s, asked) for s, asked in sentences if asked or "?" in s[-1].after] or sentences
    kept: tuple[Token, ...] = ()
    for sentence, asked in reversed(sentences):
        if len(sentence) > MAX_SENTENCE:
            end = min(len(sentence), asked[-1] + _AFTER_CUE) if asked else len(sentence)
            sentence = sentence[max(0, end - MAX_SENTENCE) : end]
        if len(kept) + len(sentence) > MAX_READ:
            break
        kept = (*sentence, *kept)
    return kept


def without_declined(tokens: tuple[Token, ...], declined: Declined) -> tuple[Token, ...]:
    """Return *tokens* without the clauses that say what is not asked; all of them when nothing else is left.

    *declined* are the opening words of such clauses, longest first.
    """
    openings = _openings(tuple(declined))  # "không phải" begins as "không hỏi" does
    if openings.isdisjoint([t.fold for t in tokens]):
        return tokens
    kept: list[Token] = []
    i = 0
    while i < len(tokens):
        width = 0
        if tokens[i].fold in openings:
            width = next((len(d) for d in declined if _opens(tokens[i : i + len(d)], d)), 0)
        if not width and not kept and _opens(tokens[i : i + 2], _NOT_THAT):
            width = 2 * _goes_on_to_ask(tokens[i + 2 :])
        if not width:
            kept.append(tokens[i])
            i += 1
            continue
        i += width
        while i < len(tokens) and not tokens[i - 1].after and tokens[i].text not in _TURNS:
            i += 1
        if kept:
            kept[-1] = replace(kept[-1], after=kept[-1].after or ",")
    return tuple(kept) or tokens


def _goes_on_to_ask(tokens: tuple[Token, ...]) -> bool:
    """Tell whether what follows the next comma is the question ("không phải Phó, hỏi Giám đốc")."""
    end = next((i for i, t in enumerate(tokens) if t.after), len(tokens))
    opening = [t.fold for t in tokens[end + 1 : end + 3]]
    return end < _NEAR and ("hoi" in opening or opening[:1] == ["ma"])


@lru_cache(maxsize=8)
def _openings(declined: tuple[tuple[str, ...], ...]) -> frozenset[str]:
    """Return the folds that the first word of such a clause can have."""
    return frozenset(form for first, *_ in declined for form in (fold(first), fold_key(first)))


def _opens(tokens: tuple[Token, ...], words: tuple[str, ...]) -> bool:
    return len(tokens) == len(words) and all(
        t.text == word or (not t.marked and t.fold == fold(word))
        for t, word in zip(tokens, words, strict=True)
    )


def split_sentences(tokens: tuple[Token, ...], analyzer: Analyzer) -> list[Analysis]:
    """Return the sentences of *tokens* that ask something; at least one.

    Sentences without a question word are the setting of a story and are left out when another asks.
    """
    sentences = [analyzer.analyse(s) for s in _cut(tokens, _ends)]
    asking = [a for a in sentences if a.types or any("?" in t.after for t in a.tokens)]
    if not asking:
        asking = [a for a in sentences if a.units][-2:]
    return asking or [analyzer.analyse(tokens)]


def setting(tokens: tuple[Token, ...], first: Analysis) -> tuple[Token, ...]:
    """Return the sentence told right before the *first* one that asks; empty when that comes first.

    Of a long one its last LONG_TOKENS tokens.
    """
    at = next((i for i, t in enumerate(tokens) if t is first.tokens[0]), 0)
    return _cut(tokens[:at], _ends)[-1][-LONG_TOKENS:] if at else ()


def _ends(token: Token) -> bool:
    marks = token.after.replace("...", "").replace("..", "")  # a pause: "cái giấy khen đó... tặng mấy cái"
    return not _STRONG.isdisjoint(marks)


def split_clauses(sentence: Analysis, analyzer: Analyzer) -> list[list[Analysis]]:
    """Propose ways to part *sentence* into at least two questions, the likeliest first."""
    proposals: list[list[Analysis]] = []
    if sentence.types == _WHETHER and sum(name == "yes_no" for name, _, _ in sentence.cues) < 2:
        return proposals  # a claim about "các tập thể, cá nhân" is one
    if sentence.excepted:
        return proposals  # so is "ngoài A và B ra còn ai"
    compared = any(
        name == "thing" and s and sentence.tokens[s].text == "cái" and "," not in sentence.tokens[s - 1].after
        for name, s, _ in sentence.cues
    )
    cut = [] if compared else _cut_joiners(sentence.tokens, analyzer)  # "giấy khen và bằng khen cái nào …"
    pieces = [p for p in map(analyzer.analyse, cut) if p.units or p.types] if len(cut) > 1 else []
    if len(pieces) > 1:
        merged = _merge_silent(pieces, analyzer)
        if len(merged) > 1:
            proposals.append([q for p in merged for q in (_run_on(p, analyzer) or [p])])
        continued = any(t.fold == "con" for t in sentence.tokens)
        shared = None if continued else _share_asking(pieces)
        if shared:
            proposals.append(shared)
        if shared != pieces and not any(map(_has_question_word, pieces)):
            proposals.append(pieces)  # a list of headings: "ngày họp, đơn vị tổ chức, số tập thể"
    run_on = _run_on(sentence, analyzer)
    if run_on:
        proposals.append(run_on)
    asked = list(dict.fromkeys(name for name, _, _ in sentence.cues if name not in _OPEN))
    if len(asked) > 1 and not any(len(p) >= len(asked) for p in proposals):
        proposals.append([replace(sentence, types=frozenset([name])) for name in asked])
    return [p[:MAX_PARTS] for p in proposals]


def windows(sentence: Analysis) -> list[range]:
    """Return what may be the question in a long *sentence*: clauses that ask, alone and with a neighbour.

    Each by its token positions. At most `MAX_WINDOWS`, the last clause's first, as people tell before they
    ask; none of a short sentence.
    """
    tokens = sentence.tokens
    if len(tokens) <= LONG_TOKENS:
        return []
    edges = [0]
    for i in range(1, len(tokens)):
        if tokens[i - 1].after.strip() or _turns(tokens[i - 1], tokens[i]):
            edges.append(i)
    clauses = [
        range(a, b)
        for a, b in pairwise([*edges, len(tokens)])
        if any(a <= u.start < b for u in sentence.units)
        or any(a <= start < b for _, start, _ in sentence.cues)
    ]
    found: list[range] = []
    for n in reversed(range(len(clauses))):
        if any(start in clauses[n] for _, start, _ in sentence.cues):
            found.append(clauses[n])
            found.extend(
                range(start, clauses[n].stop)
                for name, start, _ in sentence.cues
                if clauses[n].start + 1 < start < clauses[n].stop and name in _LEADING
            )
            if n:
                found.append(range(clauses[n - 1].start, clauses[n].stop))
            if n + 1 < len(clauses):
                found.append(range(clauses[n].start, clauses[n + 1].stop))
    return list(dict.fromkeys(found))[:MAX_WINDOWS]


def _turns(before: Token, token: Token) -> bool:
    """Tell whether a story turns with *token*."""
    return _stands_in(token, _TURNS, _BARE_TURNS) or _stands_in(before, _ASKING, _BARE_ASKING)


def _stands_in(token: Token, words: frozenset[str], bare: frozenset[str]) -> bool:
    """Tell whether *token* is one of *words*; *bare* are these without marks, for one typed so."""
    return token.text in words or (not token.marked and token.fold in bare)


def _has_question_word(piece: Analysis) -> bool:
    asking = (t.fold for _, start, end in piece.cues for t in piece.tokens[start:end])
    return not _QUESTION_WORDS.isdisjoint(asking)


def _asks(analysis: Analysis) -> bool:
    if analysis.types & _ASKS or analysis.types - _OPEN:
        return True
    return bool(analysis.types) and sum(not u.light for u in analysis.units) > 1


def _merge_silent(pieces: list[Analysis], analyzer: Analyzer) -> list[Analysis]:
    """Join pieces without a question word to their neighbour."""
    merged: list[Analysis] = []
    for piece in pieces:
        if merged and not (_asks(piece) and _asks(merged[-1])):
            merged[-1] = analyzer.analyse((*merged[-1].tokens, *piece.tokens))
        else:
            merged.append(piece)
    return merged


def _share_asking(pieces: list[Analysis]) -> list[Analysis] | None:
    """Read "A và B là ai" as two questions: a piece without a question word borrows the next one's."""
    if not all(p.units for p in pieces) or all(_asks(p) for p in pieces):
        return None
    if pieces[-1].tokens[-1].text in _CHECKING and not any(_asks(p) for p in pieces):
        return None  # "công an và ủy ban tổ chức à" is one question
    if any(p.tokens[0].fold == _AMONG and not _asks(p) for p in pieces):
        return None  # "trong 5 người, ai trẻ nhất"
    asking = [p for p in pieces if _asks(p)]
    if not asking:
        return pieces
    last = asking[-1]
    return [p if _asks(p) else replace(p, types=last.types, asked_role=last.asked_role) for p in pieces]


def _run_on(sentence: Analysis, analyzer: Analyzer) -> list[Analysis] | None:
    """Part a sentence typed without commas before each further question word."""
    starts: list[int] = []
    kinds: set[str] = set()
    for name, start, _ in sentence.cues:
        if name in _OPEN or (starts and start < starts[-1] + 2):
            continue
        if name not in kinds or name in ("count", "person"):
            starts.append(start)
            kinds.add(name)
    cuts = starts[1:]
    if not cuts:
        return None
    ends = [end for _, start, end in sentence.cues if start in starts]
    if starts[0] and ends[-1] == len(
        sentence.tokens
    ):  # "thiếu tướng tên gì đại tá tên gì": each cue comes last
        cuts = ends[:-1]
    edges = [0, *cuts, len(sentence.tokens)]
    pieces = [sentence.tokens[a:b] for a, b in pairwise(edges)]
    return [analyzer.analyse(p) for p in pieces if p]


def _cut(tokens: tuple[Token, ...], ends: Callable[[Token], bool]) -> list[tuple[Token, ...]]:
    out: list[tuple[Token, ...]] = []
    start = 0
    for i, token in enumerate(tokens):
        if ends(token) or i == len(tokens) - 1:
            out.append(tokens[start : i + 1])
            start = i + 1
    return [piece for piece in out if piece]


def _cut_joiners(tokens: tuple[Token, ...], analyzer: Analyzer) -> list[tuple[Token, ...]]:
    if _JOINING.isdisjoint([t.fold for t in tokens]) and _LISTING.isdisjoint(
        "".join([t.after for t in tokens])
    ):
        return [tokens]
    glued = analyzer.glued_at(tokens)
    out: list[tuple[Token, ...]] = []
    start = i = 0
    while i < len(tokens):
        width = next((w for w in (2, 1) if tuple(t.fold for t in tokens[i : i + w]) in _JOINERS), 0)
        if {i, i + 1} <= glued:
            width = 0
        elif width and tokens[i].text not in ("vơi", "vời", "cũng", "cúng") and i > start:
            out.append(tokens[start:i])
            start = i + width
        elif i + 1 not in glued and not _LISTING.isdisjoint(tokens[i].after):
            out.append(tokens[start : i + 1])
            start = i + 1
        i += width or 1
    out.append(tokens[start:])
    return [piece for piece in out if piece]
