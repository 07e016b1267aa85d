"""Texts that stay, each analysed once: now, or at an earlier start.

Owns how analyses are written down and read back: a text's analysis names its tokens and units by their
places in two lists, so that what many texts share is written, and held, once. Refuses to know where the
lines are kept and whether they still hold.

The lines, each of them JSON: how many tokens and units there are, with the statements and the texts that may
ask something; each token; each unit; the analysis of each text. All but the first are read when needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from sys import intern
from typing import Any

from knowledge.normalize import Token
from knowledge.units import Analysis, Unit

_Core = tuple[frozenset[str], tuple[str, ...], tuple[str, ...], int, str, bool]  # a unit without its place
STATEMENT, QUESTION = "!", "?"


class Readings:
    """Analyses by text, read from lines that `write` made."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        """Take *lines*; none at all for no readings."""
        counts, said, asked = json.loads(lines[0]) if lines else ((0, 0), (), ())
        first, last = 1 + counts[0], 1 + counts[0] + counts[1]
        self._tokens: list[Any] = list(lines[1:first])
        self._units: list[Any] = list(lines[first:last])
        keys = [(STATEMENT, text) for text in said] + [(QUESTION, text) for text in asked]
        self._texts = dict(zip(keys, lines[last:], strict=True))

    def get(self, text: str, *, statement: bool) -> Analysis | None:
        """Return the analysis of *text*, None when it is not among them."""
        row = self._texts.get((STATEMENT if statement else QUESTION, text))
        if row is None:
            return None
        tokens, units, types, counted, role, negated, cues, which, aside = json.loads(row)
        held = self._tokens
        for n in tokens:
            if isinstance(held[n], bytes):
                held[n] = Token(*_frozen(json.loads(held[n])))
        return Analysis(
            tuple([held[n] for n in tokens]),
            tuple([self._unit(n, start) for n, start in units]),
            _set(tuple(types)),
            counted,
            role,
            negated,
            tuple([tuple(cue) for cue in cues]),
            _set(tuple(which)),
            _set(tuple(aside)),
        )

    def _unit(self, n: int, start: int) -> Unit:
        core: _Core | bytes = self._units[n]
        if isinstance(core, bytes):
            ids, *rest = json.loads(core)
            core = self._units[n] = (frozenset(map(intern, ids)), *_frozen(rest))
        ids, folds, keys, width, kind, light = core
        return Unit(ids, folds, keys, start, start + width, kind, light)


def write(said: Iterable[tuple[str, Analysis]], asked: Iterable[tuple[str, Analysis]]) -> list[bytes]:
    """Return the lines of the statements *said* and the texts *asked*, each with its analysis."""
    tokens: dict[Token, int] = {}
    units: dict[_Core, int] = {}

    def row(analysis: Analysis) -> bytes:
        return _json(
            [
                [tokens.setdefault(token, len(tokens)) for token in analysis.tokens],
                [(units.setdefault(_core(unit), len(units)), unit.start) for unit in analysis.units],
                sorted(analysis.types),
                analysis.counted,
                analysis.asked_role,
                analysis.negated,
                analysis.cues,
                sorted(analysis.which),
                sorted(analysis.excepted),
            ]
        )

    statements = {text: row(analysis) for text, analysis in said}
    questions = {text: row(analysis) for text, analysis in asked}
    return [
        _json([(len(tokens), len(units)), [*statements], [*questions]]),
        *(_json([getattr(token, name) for name in Token.__slots__]) for token in tokens),
        *(_json([sorted(ids), *rest]) for ids, *rest in units),
        *statements.values(),
        *questions.values(),
    ]


@lru_cache(maxsize=1000)
def _set(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(names)


def _core(unit: Unit) -> _Core:
    return unit.ids, unit.folds, unit.keys, unit.end - unit.start, unit.kind, unit.light


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _frozen(values: list[Any]) -> list[Any]:
    """Return *values* with tuples for lists, each text once in memory however often it is read."""
    return [
        intern(value)
        if isinstance(value, str)
        else tuple(map(intern, value))
        if isinstance(value, list)
        else value
        for value in values
    ]
