"""What a text is read as: its units, and what kind of thing it asks for.

Owns the records that reading makes and comparing uses, and how well typed marks fit a word. Refuses to
know the word lists.

A unit carries *ids*; two units match when they share one: "c:sign" (synonyms), "~:…" (loosely the same),
"o:phó giám đốc" (an office, always whole, so that a deputy never matches the chief), "p:…" (a known
person), "n:281" (a figure), "d:6" / "m:11" (a day, a month), "s:…" / "w:…" (the folded
syllable / word itself).
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from itertools import pairwise

from knowledge.normalize import Token
from knowledge.records import dataclass
from knowledge.syllables import HOI, NGA, fold, split_tone

# How much a typed mark that contradicts a word counts against it. Missing tones and hỏi/ngã are slips of
# whole regions; any other typed tone is meant ("trao" is not "tráo").
SAME, SLIP, CONFLICT = 1.0, 0.92, 0.15

# Levels of administration, folded; "tỉnh" is the one that provincial articles leave out or take for granted.
_LEVELS = (
    ("huyen",),
    ("xa",),
    ("phuong",),
    ("thi", "xa"),
    ("thanh", "pho"),
    ("trung", "uong"),
    ("viet", "nam"),
)
_EDITIONS = frozenset(["dot", "vong", "chang", "luot"])


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing a text speaks of: `start`/`end` are token positions, `keys` its typed accent-keys."""

    ids: frozenset[str]
    folds: tuple[str, ...]
    keys: tuple[str, ...]  # one for each syllable, "" where no marks were typed
    start: int
    end: int
    kind: str  # "concept", "office", "person", "stranger", "number", "word", "foreign"
    light: bool = False

    def __hash__(self) -> int:
        """Hash what mostly tells two units apart: they are looked up all the time."""
        return hash((self.ids, self.start))


@dataclass(frozen=True)
class Analysis:
    """A text as matching sees it.

    `types` names the question types (seeds/lexicon/question_types.toml) in the text. `counted` is the
    position in `units` of what a "bao nhiêu" counts, -1 if none. `asked_role` says for a "who" whether
    the one sought acts ("agent") or receives ("patient"), "" when it cannot be told. `cues` are the
    question words: type, and the token positions where they start and end. `which` holds the ids of the
    thing that a "nào" or "gì" asks to be named ("phong trào nào"), `excepted` those of what is left aside
    ("ngoài ông A ra còn ai").
    """

    tokens: tuple[Token, ...]
    units: tuple[Unit, ...]
    types: frozenset[str]
    counted: int = -1
    asked_role: str = ""
    negated: bool = False
    cues: tuple[tuple[str, int, int], ...] = ()
    which: frozenset[str] = frozenset()
    excepted: frozenset[str] = frozenset()

    def __hash__(self) -> int:
        """Hash what mostly tells two texts apart; the tokens are many."""
        return hash((self.units, self.types, len(self.tokens)))

    @property
    def counted_unit(self) -> Unit | None:
        """Return what a "bao nhiêu" counts."""
        return self.units[self.counted] if 0 <= self.counted < len(self.units) else None

    @cached_property
    def levels(self) -> frozenset[tuple[str, ...]]:
        """Return the level named right after an office or a body: the "huyện" of "Công an huyện"."""
        found: set[tuple[str, ...]] = set()
        folds = tuple(t.fold for t in self.tokens)
        ends = {u.end for u in self.units if u.kind in ("office", "concept")}
        for end in ends:
            found.update(level for level in _LEVELS if folds[end : end + len(level)] == level)
        return frozenset(found)

    @cached_property
    def ids(self) -> frozenset[str]:
        """Return the ids of everything named."""
        return frozenset(i for u in self.units for i in u.ids)

    @cached_property
    def people(self) -> frozenset[str]:
        """Return the ids of the known people named."""
        return frozenset(i for u in self.units if u.kind == "person" for i in u.ids if i.startswith("p:"))

    @cached_property
    def offices(self) -> frozenset[str]:
        """Return the office ids named."""
        return frozenset(i for u in self.units if u.kind == "office" for i in u.ids if i.startswith("o:"))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Return the canonical figures named."""
        return frozenset(i[2:] for u in self.units if u.kind == "number" for i in u.ids if i.startswith("n:"))

    @cached_property
    def dates(self) -> frozenset[str]:
        """Return the ids of the days and months named: "d:6" and "m:11" for "6/11", "d:6" for "ngày 6"."""
        return frozenset(i for u in self.units if u.kind == "number" for i in dates_in(u))

    @cached_property
    def editions(self) -> frozenset[tuple[str, str]]:
        """Return the numbered parts or repeats named: ("dot", "2") for "đợt hai"."""
        return frozenset(
            (a.fold, b.number) for a, b in pairwise(self.tokens) if a.fold in _EDITIONS and b.number
        )


def dates_in(unit: Unit) -> frozenset[str]:
    """Return the ids of the day and the month that *unit* says, alone or in a figure ("6/11")."""
    if unit.kind != "number":
        return frozenset()
    whole = next((i[2:] for i in unit.ids if i[0] == "n" and "/" in i), "")
    if whole:
        day, month = whole.split("/")[:2]
        return frozenset([f"d:{day}", f"m:{month}"])
    return frozenset(i for i in unit.ids if i[0] in "dm")


def agreement(typed: str, wanted: str) -> float:
    """Return how well typed accent-key *typed* ("" = typed without marks) fits *wanted* of equal fold."""
    if not typed or typed == wanted:
        return SAME
    plain, tone = _key_parts(typed)
    wanted_plain, wanted_tone = _key_parts(wanted)
    if plain == wanted_plain and {tone, wanted_tone} == {HOI, NGA}:
        return SLIP
    if tone in (0, wanted_tone) and all(a in (b, fold(b)) for a, b in zip(plain, wanted_plain, strict=False)):
        return SLIP  # a hat, a horn or the tone forgotten
    return CONFLICT


@lru_cache(maxsize=20_000)
def _key_parts(accent_key: str) -> tuple[str, int]:
    if accent_key[-1:].isdecimal() and not accent_key.isdecimal():
        return accent_key[:-1], int(accent_key[-1])
    return split_tone(accent_key)
