"""The word lists of the language: abbreviations, teencode, synonyms, question words, titles.

Owns the loading and checking of seeds/lexicon/*.toml into one frozen `Lexicon`. Refuses to know any
word itself, and to know what a question means.

Every list is data that a person may edit; a broken file is a `SeedError` that names it. Words are
lower-case NFC; phrases are syllables with single spaces.
"""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import SeedError


@dataclass(frozen=True, slots=True)
class SynonymGroup:
    """Phrases that mean the same when matching; `near` groups are only loosely the same."""

    concept: str
    words: tuple[str, ...]
    near: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All word lists. Mappings go from what is typed to standard spelling, most likely reading first."""

    abbreviations: dict[str, tuple[str, ...]]
    teencode: dict[str, tuple[str, ...]]
    teencode_letters: tuple[tuple[str, str], ...]
    dialect: dict[str, tuple[str, ...]]
    synonyms: tuple[SynonymGroup, ...]
    question_types: dict[str, tuple[str, ...]]
    asking_concepts: tuple[str, ...]
    qualifiers: dict[str, tuple[str, ...]]
    event_concepts: frozenset[str]
    opposites: tuple[tuple[str, str], ...]
    exclusive: tuple[tuple[str, ...], ...]
    fillers: tuple[str, ...]
    stopwords: frozenset[str]
    light: frozenset[str]
    pronouns: tuple[str, ...]
    continuations: tuple[str, ...]
    ranks: tuple[str, ...]
    honorifics: tuple[str, ...]
    academic: tuple[str, ...]
    offices: tuple[str, ...]
    surnames: frozenset[str]
    organisation_heads: tuple[str, ...]
    place_heads: tuple[str, ...]
    regions: tuple[str, ...]
    units: tuple[str, ...]
    smalltalk: dict[str, tuple[str, ...]]
    silence_openers: tuple[str, ...]
    focus: dict[str, str]

    @classmethod
    def load(cls, folder: Path) -> Lexicon:
        """Read every list from *folder*; raises SeedError naming the file that is missing or broken."""
        abbreviations = _table(folder, "abbreviations")["abbreviations"]
        teencode, dialect = _table(folder, "teencode"), _table(folder, "dialect")
        titles, fillers, silence = (
            _table(folder, "titles"),
            _table(folder, "fillers"),
            _table(folder, "silence"),
        )
        qualifiers = _table(folder, "qualifiers")
        try:
            return cls(
                abbreviations=_readings(abbreviations),
                teencode=_readings(teencode["words"]),
                teencode_letters=_letters(teencode.get("letters", {})),
                dialect=_readings(dialect["words"]),
                synonyms=tuple(
                    SynonymGroup(g["concept"], tuple(g["words"]), g.get("near", False))
                    for g in _table(folder, "synonyms")["group"]
                ),
                question_types={
                    t["name"]: tuple(t["phrases"]) for t in _table(folder, "question_types")["type"]
                },
                asking_concepts=tuple(_table(folder, "question_types")["asking_concepts"]),
                qualifiers={q["name"]: tuple(q["phrases"]) for q in qualifiers["qualifier"]},
                event_concepts=frozenset(qualifiers["event_concepts"]),
                opposites=tuple((a, b) for a, b in qualifiers["opposites"]),
                exclusive=tuple(tuple(row) for row in qualifiers["exclusive"]),
                fillers=tuple(fillers["phrases"]),
                pronouns=tuple(fillers["pronouns"]),
                continuations=tuple(fillers["continuations"]),
                stopwords=frozenset(fillers["stopwords"]),
                light=frozenset(fillers["light"]),
                ranks=tuple(titles["ranks"]),
                honorifics=tuple(titles["honorifics"]),
                academic=tuple(titles["academic"]),
                offices=tuple(titles["offices"]),
                surnames=frozenset(titles["surnames"]),
                organisation_heads=tuple(titles["organisation_heads"]),
                place_heads=tuple(titles["place_heads"]),
                regions=tuple(titles["regions"]),
                units=tuple(titles["units"]),
                smalltalk={t["name"]: tuple(t["phrases"]) for t in _table(folder, "smalltalk")["topic"]},
                silence_openers=tuple(silence["openers"]),
                focus=silence["focus"],
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise SeedError(
                f"{folder}: a word list lacks the entry {error}; compare it with its comments."
            ) from error


def _readings(table: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {word: (value,) if isinstance(value, str) else tuple(value) for word, value in table.items()}


def _letters(table: Any) -> tuple[tuple[str, str], ...]:
    pairs = table.items() if isinstance(table, dict) else table
    return tuple((a, b) for a, bs in pairs for b in ([bs] if isinstance(bs, str) else bs))


def _table(folder: Path, name: str) -> dict[str, Any]:
    path = folder / f"{name}.toml"
    try:
        return tomllib.loads(unicodedata.normalize("NFC", path.read_text(encoding="utf-8")))
    except OSError as error:
        raise SeedError(f"{path}: the word list cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SeedError(f"{path}: not a TOML file in UTF-8 ({error}).") from error
