"""One message may hold several questions: find them.

Owns where one question ends and the next begins. Refuses to know facts and answers.
"""

from __future__ import annotations

from dataclasses import replace

from knowledge.analysis import Analysis, Analyzer
from knowledge.normalize import Token

_STRONG = frozenset("?!.;\n")
_JOINERS = (("con",), ("va",), ("voi", "lai"), ("roi",), ("dong", "thoi"), ("cung", "nhu"))
_OPEN = frozenset(["thing", "choice", "yes_no"])


def split_questions(tokens: tuple[Token, ...], analyzer: Analyzer) -> list[Analysis]:
    """Return the questions in *tokens*, in order; at least one.

    Sentences without a question word are the setting of a story and are left out when another asks.
    """
    sentences = _cut(tokens, lambda t: bool(set(t.after) & _STRONG))
    analyses = [analyzer.analyse(s) for s in sentences]
    asking = [a for a in analyses if a.types or any("?" in t.after for t in a.tokens)]
    if not asking:
        asking = (
            [analyzer.analyse(tokens)]
            if len(analyses) < 3
            else [a for a in analyses if a.units] or analyses[-1:]
        )
    out: list[Analysis] = []
    for analysis in asking:
        out.extend(_split_clauses(analysis, analyzer))
    return [a for a in out if a.units or a.types] or [analyzer.analyse(tokens)]


def _split_clauses(analysis: Analysis, analyzer: Analyzer) -> list[Analysis]:
    pieces: list[tuple[Token, ...]] = [analysis.tokens]
    by_comma = _cut(analysis.tokens, lambda t: "," in t.after)
    if len(by_comma) > 1:
        pieces = by_comma
    pieces = [p for piece in pieces for p in _cut_joiners(piece)]
    if len(pieces) < 2:
        return [analysis]
    read = [analyzer.analyse(p) for p in pieces]
    merged: list[Analysis] = []
    for piece in read:
        asks = bool(piece.types - _OPEN) and (piece.units or len(piece.tokens) > 1)
        if merged and (not asks or not (merged[-1].types - {"choice"})):
            merged[-1] = analyzer.analyse((*merged[-1].tokens, *piece.tokens))
        else:
            merged.append(piece)
    return merged if len(merged) > 1 else [analysis]


def _cut(tokens: tuple[Token, ...], ends: object) -> list[tuple[Token, ...]]:
    out: list[tuple[Token, ...]] = []
    start = 0
    for i, token in enumerate(tokens):
        if ends(token) or i == len(tokens) - 1:  # type: ignore[operator]
            out.append(tokens[start : i + 1])
            start = i + 1
    return [piece for piece in out if piece]


def _cut_joiners(tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    out: list[tuple[Token, ...]] = []
    start = i = 0
    while i < len(tokens):
        for joiner in _JOINERS:
            if tuple(t.fold for t in tokens[i : i + len(joiner)]) == joiner and i > start:
                out.append(tokens[start:i])
                start = i + len(joiner)
                i = start - 1
                break
        i += 1
    out.append(tokens[start:])
    return [replace_last(piece) for piece in out if piece]


def replace_last(piece: tuple[Token, ...]) -> tuple[Token, ...]:
    """Return *piece* with its last token free of a comma."""
    return (*piece[:-1], replace(piece[-1], after=piece[-1].after.replace(",", "")))
