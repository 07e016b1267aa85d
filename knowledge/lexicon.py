"""The word lists of the language: abbreviations, teencode, synonyms, question words, titles.

Owns the loading and checking of seeds/lexicon/*.toml into one frozen `Lexicon`. Refuses to know any
word itself, and to know what a question means.

Every list is data that a person may edit; a broken file is a `SeedError` that names it. Words are
lower-case NFC; phrases are syllables with single spaces.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from knowledge.errors import SeedError
from knowledge.records import dataclass, field, fields

FILES = (
    *("abbreviations", "teencode", "dialect", "synonyms", "question_types"),
    *("qualifiers", "fillers", "titles", "smalltalk", "silence", "general"),
)


class SynonymGroup(NamedTuple):
    """Phrases that mean the same when matching; `near` groups are only loosely the same."""

    concept: str
    words: tuple[str, ...]
    near: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False, weakref_slot=True)
class Lexicon:
    """All word lists. Mappings go from what is typed to standard spelling, most likely reading first."""

    abbreviations: dict[str, tuple[str, ...]]
    teencode: dict[str, tuple[str, ...]]
    teencode_letters: tuple[tuple[str, str], ...]
    signs: dict[str, tuple[str, ...]]
    dialect: dict[str, tuple[str, ...]]
    synonyms: tuple[SynonymGroup, ...]
    question_types: dict[str, tuple[str, ...]]
    asking_concepts: tuple[str, ...]
    qualifiers: dict[str, tuple[str, ...]]
    event_concepts: frozenset[str]
    contrasts: tuple[tuple[str, ...], ...]
    common_concepts: frozenset[str]
    exclusive: tuple[tuple[str, ...], ...]
    fillers: tuple[str, ...]
    declined: tuple[str, ...]
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
    compound_bodies: tuple[str, ...]
    named_things: tuple[str, ...]
    regions: tuple[str, ...]
    units: tuple[str, ...]
    smalltalk: dict[str, tuple[str, ...]]
    silence_openers: tuple[str, ...]
    focus: dict[str, str]
    worked_out: dict[str, Any] = field(default_factory=dict, repr=False)  # of the lists, by name; see `once`

    def once(self, name: str, work_out: Callable[[], Any]) -> Any:
        """Return what *work_out* makes of the lists, in plain values; it is asked once for each lexicon."""
        if name not in self.worked_out:
            self.worked_out[name] = work_out()
        return self.worked_out[name]

    def written(self) -> dict[str, Any]:
        """Return the lists, and what was worked out of them, in plain values; see `from_written`."""
        plain: dict[str, Any] = {each.name: getattr(self, each.name) for each in fields(self)}
        for name, value in plain.items():
            if isinstance(value, frozenset):
                plain[name] = sorted(value)
        return plain | {"synonyms": [(g.concept, g.words, g.near) for g in self.synonyms]}

    @classmethod
    def from_written(cls, plain: dict[str, Any]) -> Lexicon:
        """Return the lexicon that was written so."""
        lists = {name: _frozen(value) for name, value in plain.items() if name != "worked_out"}
        for each in fields(cls):
            if each.type == "frozenset[str]":
                lists[each.name] = frozenset(lists[each.name])
        lists["synonyms"] = tuple(SynonymGroup(*group) for group in lists["synonyms"])
        return cls(**lists | {"worked_out": plain["worked_out"]})

    @classmethod
    def load(cls, folder: Path) -> Lexicon:
        """Read every list from *folder*; raises SeedError naming the file and entry that is not right."""
        (
            abbreviations,
            teencode,
            dialect,
            synonyms,
            asking,
            qualifiers,
            fillers,
            titles,
            smalltalk,
            silence,
            general,
        ) = (_List.load(folder / f"{name}.toml") for name in FILES)
        return cls(
            abbreviations=abbreviations.readings("abbreviations"),
            teencode=teencode.readings("words"),
            teencode_letters=tuple((a, b) for a, bs in teencode.readings("letters").items() for b in bs),
            signs=teencode.readings("signs"),
            dialect=dialect.readings("words"),
            synonyms=synonyms.synonyms("group") + general.alike("same", "near"),
            question_types=asking.phrases("type"),
            asking_concepts=asking.words("asking_concepts"),
            qualifiers=qualifiers.phrases("qualifier"),
            event_concepts=frozenset(qualifiers.words("event_concepts")),
            contrasts=qualifiers.rows("contrasts"),
            common_concepts=frozenset(qualifiers.words("common_concepts")),
            exclusive=qualifiers.rows("exclusive"),
            fillers=fillers.words("phrases"),
            declined=fillers.words("declined"),
            pronouns=fillers.words("pronouns"),
            continuations=fillers.words("continuations"),
            stopwords=frozenset(fillers.words("stopwords")),
            light=frozenset(fillers.words("light")),
            ranks=titles.words("ranks"),
            honorifics=titles.words("honorifics"),
            academic=titles.words("academic"),
            offices=titles.words("offices"),
            surnames=frozenset(titles.words("surnames")),
            organisation_heads=titles.words("organisation_heads"),
            place_heads=titles.words("place_heads"),
            compound_bodies=titles.words("compound_bodies"),
            named_things=titles.words("named_things"),
            regions=titles.words("regions"),
            units=titles.words("units"),
            smalltalk=smalltalk.phrases("topic"),
            silence_openers=silence.words("openers"),
            focus={name: values[0] for name, values in silence.readings("focus").items()},
        )


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _frozen(each) for name, each in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


class _List(NamedTuple):
    """One file of word lists; whatever in it is not as expected is a SeedError that names file and entry."""

    path: Path
    content: dict[str, Any]

    @classmethod
    def load(cls, path: Path) -> _List:
        import tomllib  # a start that finds the lists worked out does not need it

        try:
            text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
            return cls(path, tomllib.loads(text))
        except OSError as error:
            raise SeedError(f"{path}: the word list cannot be read ({error.strerror}).") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SeedError(f"{path}: not a TOML file in UTF-8 ({error}).") from error

    def words(self, entry: str) -> tuple[str, ...]:
        return self._words(entry, self._of_type(entry, list))

    def readings(self, entry: str) -> dict[str, tuple[str, ...]]:
        """Return a table of words; a single reading may stand without brackets."""
        table = self._of_type(entry, dict)
        if [] in table.values():
            raise self._unlike(entry)
        return {
            word: self._words(entry, [value] if isinstance(value, str) else value)
            for word, value in table.items()
        }

    def rows(self, entry: str) -> tuple[tuple[str, ...], ...]:
        return tuple(self._words(entry, row) for row in self._of_type(entry, list))

    def phrases(self, entry: str) -> dict[str, tuple[str, ...]]:
        """Return the phrases of each table of the array *entry* by its name."""
        return {name: words for name, words, _ in self._tables(entry, "name", "phrases")}

    def synonyms(self, entry: str) -> tuple[SynonymGroup, ...]:
        return tuple(
            SynonymGroup(concept, words, table.get("near") is True)
            for concept, words, table in self._tables(entry, "concept", "words")
        )

    def alike(self, same: str, near: str) -> tuple[SynonymGroup, ...]:
        """Return the rows of two entries as groups, each named by its first word."""
        return tuple(
            SynonymGroup(row[0], row, entry == near) for entry in (same, near) for row in self.rows(entry)
        )

    def _tables(
        self, entry: str, name: str, words: str
    ) -> Iterator[tuple[str, tuple[str, ...], dict[str, Any]]]:
        for table in self._of_type(entry, list):
            if not isinstance(table, dict) or not isinstance(table.get(name), str):
                raise self._unlike(entry)
            yield table[name], self._words(entry, table.get(words)), table

    def _of_type(self, entry: str, kind: type) -> Any:
        value = self.content.get(entry)
        if not isinstance(value, kind):
            raise self._unlike(entry)
        return value

    def _words(self, entry: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
            raise self._unlike(entry)
        return tuple(value)

    def _unlike(self, entry: str) -> SeedError:
        return SeedError(
            f'{self.path}: the entry "{entry}" is missing or not in the form of the others; restore it.'
        )
