"""Texts that stay, each analysed once: now, or at an earlier start.

Owns how analyses are written down and read back: a text's analysis names its tokens and units by their
places in two lists, so that what many texts share is written, and held, once. Refuses to know where the
lines are kept and whether they still hold.

The lines: how many tokens and units there are; then each token, each unit, and each text with its analysis,
all as JSON. Each is read when it is first needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from knowledge.normalize import Token
from knowledge.units import Analysis, Unit

_Core = tuple[frozenset[str], tuple[str, ...], tuple[str, ...], int, str, bool]  # a unit without its place
STATEMENT, QUESTION = "!", "?"


class Readings:
    """Analyses by text, read from lines that `write` made."""

    def __init__(self, lines: Sequence[str]) -> None:
        """Take *lines*; none at all for no readings."""
        tokens, units = map(int, lines[0].split()) if lines else (0, 0)
        self._tokens: list[Any] = list(lines[1 : 1 + tokens])
        self._units: list[Any] = list(lines[1 + tokens : 1 + tokens + units])
        self._texts = dict(zip(*[iter(lines[1 + tokens + units :])] * 2, strict=True))

    def get(self, text: str, *, statement: bool) -> Analysis | None:
        """Return the analysis of *text*, None when it is not among them."""
        row = self._texts.get(_key(text, statement=statement))
        if row is None:
            return None
        tokens, units, types, counted, role, negated, cues = json.loads(row)
        return Analysis(
            tuple([self._token(n) for n in tokens]),
            tuple([self._unit(n, start) for n, start in units]),
            frozenset(types),
            counted,
            role,
            negated,
            tuple([tuple(cue) for cue in cues]),
        )

    def _token(self, n: int) -> Token:
        token = self._tokens[n]
        if isinstance(token, str):
            token = self._tokens[n] = Token(*map(_frozen, json.loads(token)))
        assert isinstance(token, Token)  # noqa: S101 - narrows what the list holds
        return token

    def _unit(self, n: int, start: int) -> Unit:
        core: _Core | str = self._units[n]
        if isinstance(core, str):
            ids, *rest = json.loads(core)
            core = self._units[n] = (frozenset(ids), *map(_frozen, rest))
        ids, folds, keys, width, kind, light = core
        return Unit(ids, folds, keys, start, start + width, kind, light)


def write(texts: Iterable[tuple[str, bool, Analysis]]) -> list[str]:
    """Return the lines of *texts*: each with whether it is a statement, and its analysis."""
    tokens: dict[Token, int] = {}
    units: dict[_Core, int] = {}
    rows: dict[str, str] = {}
    for text, statement, analysis in texts:
        row = [
            [tokens.setdefault(token, len(tokens)) for token in analysis.tokens],
            [(units.setdefault(_core(unit), len(units)), unit.start) for unit in analysis.units],
            sorted(analysis.types),
            analysis.counted,
            analysis.asked_role,
            analysis.negated,
            analysis.cues,
        ]
        rows[_key(text, statement=statement)] = _json(row)
    return [
        f"{len(tokens)} {len(units)}",
        *(_json([getattr(token, name) for name in Token.__slots__]) for token in tokens),
        *(_json([sorted(ids), *rest]) for ids, *rest in units),
        *(line for row in rows.items() for line in row),
    ]


def _core(unit: Unit) -> _Core:
    return unit.ids, unit.folds, unit.keys, unit.end - unit.start, unit.kind, unit.light


def _key(text: str, *, statement: bool) -> str:
    return (STATEMENT if statement else QUESTION) + _json(text)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
