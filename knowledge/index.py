"""Facts and sentences become an immutable index that `matcher` ranks with.

Owns what can be worked out once: analyses, weights of units, postings. Refuses to know questions,
scores and the database. An index is a value: a changed fact means a new index and one swapped reference.
"""

from __future__ import annotations

import copy
import json
import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from sys import intern
from typing import Any, NamedTuple

from knowledge.analysis import Analyzer
from knowledge.clauses import clause_of, denials
from knowledge.kinds import Kind, kind_of
from knowledge.lexicon import Lexicon
from knowledge.memo import Memo
from knowledge.model import Document, Fact, MentionKind, Sentence
from knowledge.normalize import Normalizer
from knowledge.postings import Postings, Spellings, shared
from knowledge.readings import Readings, write
from knowledge.records import dataclass
from knowledge.shelf import Shelf
from knowledge.shortforms import spelled_out
from knowledge.syllables import fold_key
from knowledge.units import Analysis, Unit, dates_in
from knowledge.vocabulary import Vocabulary, lexicon_vocabulary

_WORD = re.compile(r"\d+(?:[./,:-]\d+)*%?|[^\W\d_]+")
_RANGE = re.compile(r"(?i)\btừ\s+(?:ngày\s+|\d+\s+giờ\s+)?\d[^;.]{0,30}?\s(?:đến|tới)\s")
_SPOKEN = re.compile(r"[^\W_]+")
_CAPITALS = re.compile(r"\b[A-ZĐÀ-Ỹ][a-zđà-ỹ]*(?: [A-ZĐÀ-Ỹ][a-zđà-ỹ]*)+\b")
_BACK_POINTING = frozenset(
    ["nó", "họ", "ông", "bà", "anh", "chị", "đây", "trong", "ngoài", "tuy", "do", "vì", "theo"]
)
_TURNS = frozenset(
    ["trước", "lần", "năm", "đợt", "kỳ", "mùa", "khóa", "lớp", "sang", "các", "những", "nhiệm"]
)
MAX_OFFERS = 2000  # units whose look-ups are kept
MAX_ASKED = 128  # kinds of questions, with how every kind of way of asking suits them
MAX_WORDLESS = 16  # … that no word tells anything of, with all facts ranked
OPENING_CHARS = 45  # a qualifier in the first words of a sentence holds for all of it
OPENING_SYLLABLES = 12  # of a sentence tell what it is about
LEAD = 4  # the first sentences of an article, headline included, tell what, where and when
LIGHT_WEIGHT = 0.25  # a stop word that also belongs to a synonym group
FOREIGN_WEIGHT = 0.5  # an unknown word that is no Vietnamese syllable: markup, a brand, a slip


class Profile:
    """What a stretch of text offers to match, worked out when it is first looked at."""

    def __init__(self, read: Callable[[str], Analysis], text: str, *, is_asked: bool = False) -> None:
        """Look at *text* through *read*; a way of asking is also found by its words as they are typed."""
        self.text = text
        self._read = read
        self._is_asked = is_asked

    @classmethod
    def of(cls, analysis: Analysis) -> Profile:
        """Return the profile of a text that is analysed already."""
        return cls(lambda _: analysis, "")

    @cached_property
    def analysis(self) -> Analysis:
        """Return the text as matching sees it."""
        return self._read(self.text)

    @cached_property
    def ids(self) -> dict[str, Spellings]:
        """Return the accent keys that each unit id stands there with."""
        ids: dict[str, set[tuple[str, ...]]] = {}
        if self._is_asked and (typed := _as_typed(self.text)):
            ids[_id_of(typed)] = {()}
        tokens = self.analysis.tokens
        for token in tokens:
            ids.setdefault(intern(f"s:{token.fold}"), set()).add((token.key,))
        for unit in self.analysis.units:
            full = tuple(t.key for t in tokens[unit.start : unit.end])
            for i in unit.ids | dates_in(unit):
                ids.setdefault(i, set()).add(full)
        return {i: shared(frozenset(k)) for i, k in ids.items()}

    @cached_property
    def folds(self) -> frozenset[str]:
        """Return the folded syllables."""
        return frozenset(t.fold for t in self.analysis.tokens)

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Return the folded syllables that stand side by side."""
        return frozenset((a.fold, b.fold) for a, b in pairwise(self.analysis.tokens))


@dataclass(frozen=True)
class FactEntry:
    """A fact ready for matching: one profile for each way of asking, one for its answer and quote."""

    fact: Fact
    aliases: tuple[Profile, ...]
    support: Profile
    is_silence: bool
    document: Document | None
    read: Callable[[str], Analysis]

    @cached_property
    def paragraph(self) -> int:
        """Return the paragraph of its article that its quote stands in, 0 without a quote."""
        if self.document is None or not self.fact.quote:
            return 0
        at = self.document.text.find(self.fact.quote)
        return next((s.paragraph for s in self.document.sentences if s.start <= at < s.end), 0)

    @cached_property
    def answered(self) -> Profile:
        """Return what its answer alone speaks of; few questions need that."""
        return Profile(self.read, self.fact.answer)

    @cached_property
    def known(self) -> frozenset[str]:
        """Return the ids of everything the fact speaks of."""
        analyses = [profile.analysis for profile in (*self.aliases, self.support)]
        syllables = {token.fold for analysis in analyses for token in analysis.tokens}
        named = (unit.ids | dates_in(unit) for analysis in analyses for unit in analysis.units)
        return frozenset(intern(f"s:{fold}") for fold in syllables).union(*named)

    @cached_property
    def types(self) -> frozenset[str]:
        """Return the question types of all its ways of asking."""
        return frozenset().union(*(a.analysis.types for a in self.aliases))

    def is_of(self, event_ids: frozenset[str]) -> bool:
        """Tell whether a way of asking names nothing but the event ("Hội nghị diễn ra ngày nào?")."""
        return any(
            a.analysis.units and all(u.light or not event_ids.isdisjoint(u.ids) for u in a.analysis.units)
            for a in self.aliases
        )


class Way(NamedTuple):
    """One way of asking for a fact (by its place), as ranking looks at it.

    `kind` is one object for all ways of that kind. `units` holds the ids and the weight of each unit, `mass`
    is the sum of the weights.
    """

    fact: int
    kind: Kind
    counted: Unit | None
    units: tuple[tuple[frozenset[str], float], ...]
    mass: float


@dataclass(frozen=True)
class SentenceEntry:
    """A sentence ready for matching, with its place in its document."""

    document: Document
    sentence: Sentence
    profile: Profile
    is_title: bool
    position: int  # among the document's sentences
    follows_in_paragraph: bool  # the sentence before it stands in the same paragraph
    qualify: Callable[[str], tuple[tuple[str, int], ...]]

    @cached_property
    def qualified(self) -> tuple[tuple[str, int], ...]:
        """Return the qualifiers in it (seeds/lexicon/qualifiers.toml) and where they stand."""
        return self.qualify(self.sentence.text)

    @cached_property
    def brevity(self) -> float:
        """Return a factor that keeps long sentences, which hold a bit of everything, from winning."""
        return 1.0 - 0.03 * max(0.0, min(2.0, math.log(len(self.profile.analysis.tokens) + 1) - 2.9))

    @cached_property
    def spots(self) -> dict[str, tuple[tuple[Unit, int, int], ...]]:
        """Return, by unit id, the units that have it and where they stand."""
        found: dict[str, list[tuple[Unit, int, int]]] = {}
        for spot in self.placed:
            for i in spot[0].ids:
                found.setdefault(i, []).append(spot)
        return {i: tuple(spots) for i, spots in found.items()}

    def spots_of(self, unit: Unit) -> list[tuple[Unit, int, int]]:
        """Return the units of the sentence that share an id with *unit*, and where they stand."""
        found = {id(spot): spot for i in unit.ids for spot in self.spots.get(i, ())}
        return list(found.values())

    def other_than_event(self, start: int, end: int) -> frozenset[str]:
        """Return the qualifiers that hold for an offset range: its clause's and the opening words'."""
        left, right = clause_of(self.sentence.text, start, end)
        return frozenset(name for name, at in self.qualified if left <= at < right or at < OPENING_CHARS)

    @cached_property
    def opening(self) -> frozenset[str]:
        """Return the folded syllables that the sentence opens with: mostly what it is about."""
        return frozenset(t.fold for t in self.profile.analysis.tokens[:OPENING_SYLLABLES])

    @cached_property
    def figures(self) -> frozenset[str]:
        """Return the figures in the sentence, as folded tokens."""
        return frozenset(t.fold for t in self.profile.analysis.tokens if t.number)

    @cached_property
    def leans_on_previous(self) -> bool:
        """Tell whether the sentence opens by pointing back ("Nó …", "Điều này …")."""
        words = [t.text for t in self.profile.analysis.tokens[:5]]
        return bool(words) and (words[0] in _BACK_POINTING or bool({"này", "đó"} & set(words)))

    @cached_property
    def denials(self) -> tuple[tuple[int, int], ...]:
        """Return the stretches that say that something has not come about."""
        return denials(self.sentence.text)

    @cached_property
    def texts(self) -> frozenset[str]:
        """Return the syllables as they are spelled."""
        return frozenset(t.text for t in self.profile.analysis.tokens)

    @cached_property
    def has_range(self) -> bool:
        """Tell whether the sentence says from when to when."""
        return _RANGE.search(self.sentence.text) is not None

    @cached_property
    def spelled(self) -> str:
        """Return the folded syllables in order, with a space around each."""
        return f" {' '.join(t.fold for t in self.profile.analysis.tokens)} "

    @cached_property
    def kinds(self) -> frozenset[MentionKind]:
        """Return the kinds of mentions in the sentence."""
        return frozenset(m.kind for m in self.sentence.mentions)

    @cached_property
    def placed(self) -> tuple[tuple[Unit, int, int], ...]:
        """Return the sentence's units with where they stand in its text (offsets within the sentence)."""
        words = [(fold_key(w[0].lower()), w.start(), w.end()) for w in _WORD.finditer(self.sentence.text)]
        out = []
        at = 0
        for unit in self.profile.analysis.units:
            tokens = self.profile.analysis.tokens
            first, last = (fold_key(tokens[i].typed.split(" ")[0]) for i in (unit.start, unit.end - 1))
            found = next((i for i in range(at, len(words)) if words[i][0] == first), None)
            if found is None:
                continue
            short = tokens[unit.start].typed == tokens[unit.end - 1].typed  # "LĐLĐ" is one word of the text
            end = found if short else min(found + len(unit.folds) - 1, len(words) - 1)
            at = end + 1 if words[end][0] == last else found + 1
            out.append((unit, words[found][1], words[end][2]))
        return tuple(out)


class Index:
    """Everything the matcher looks into; built once, never changed."""

    def __init__(
        self,
        documents: Sequence[Document],
        facts: Sequence[Fact],
        lexicon: Lexicon,
        shelf: Shelf = Shelf(),  # noqa: B008 - empty
    ) -> None:
        """Analyse every fact and sentence that *shelf* does not have (about 0.4 ms each)."""
        self.lexicon = lexicon
        self.documents = tuple(documents)
        self._defined = defined = spelled_out("\n".join(d.text for d in documents))
        self.normalizer = Normalizer(lexicon, defined)
        self._event_ids = frozenset(f"{sign}:{name}" for name in lexicon.event_concepts for sign in "c~")
        self.contrasts = tuple(frozenset(f"c:{concept}" for concept in row) for row in lexicon.contrasts)
        self._qualifiers = [
            (name, f" {' '.join(fold_key(w) for w in phrase.split())} ")
            for name, phrases in lexicon.qualifiers.items()
            for phrase in phrases
        ]
        self._times = [
            (name, f" {phrase} ", f" {' '.join(map(fold_key, phrase.split()))} ")
            for name in ("next", "previous")
            for phrase in lexicon.qualifiers.get(name, ())
            if phrase.split()[0] in _TURNS
        ]
        self._turning = frozenset(plain.split()[0] for *_, plain in self._times)
        people = _named(documents, MentionKind.PERSON)
        places = _named(documents, MentionKind.PLACE, MentionKind.ORGANISATION)
        self.analyzer = Analyzer(lexicon, [p for p in people if len(p.split()) > 1 or "." in p], places)
        self._name = "/".join(d.name for d in documents)
        self._reader = _json([people, places, defined])
        readings = shelf.get(f"readings {self._name}", self._reader)
        self._readings = Readings(readings.split(b"\n") if readings else ())
        self.sentences = tuple(self._sentences())
        self._named = Counter(
            entry.document.name
            for entry in self.sentences
            for mention in entry.sentence.mentions
            if mention.kind is MentionKind.PERSON
        )
        self.leads = tuple(n for n, entry in enumerate(self.sentences) if entry.position < LEAD)
        self._firsts = {e.document.name: n for n, e in enumerate(self.sentences) if not e.position}
        self.titles = {d.name: Profile(self.read_statement, d.title) for d in documents}
        self.facts = tuple(self.entry(f) for f in facts)
        columns = shelf.get(f"columns {self._name}", self._origin())
        self._hold(self.facts, columns.split(b"\n") if columns else ())

    def put_up(self, shelf: Shelf) -> None:
        """Put on *shelf* what the next start need not work out again."""
        if self._is_kept:
            return
        columns = {
            "seen": self._seen,
            "types": [sorted(types) for types in self.distinct_types],
            "typed": self.alias_typed,
            "masses": self.alias_masses,
            "distinct": self.distinct,
            "words": self.vocabulary.written(),
            "of_event": sorted(self.of_event),
        }
        postings = (self.alias_postings, self.support_postings, self.sentence_postings)
        lines = [_json(columns), *(line for each in postings for line in each.lines())]
        shelf.put(f"columns {self._name}", self._origin(), b"\n".join(lines))
        said, asked = ([(p.text, p.analysis) for p in profiles] for profiles in self._profiles())
        shelf.put(f"readings {self._name}", self._reader, b"\n".join(write(said, asked)))

    def _profiles(self) -> tuple[list[Profile], list[Profile]]:
        """Return the profiles of all texts in order: those of statements, and those that may ask."""
        said = [*self.titles.values(), *(entry.profile for entry in self.sentences)]
        return said, [p for e in self.facts for p in (*e.aliases, e.support, e.answered)]

    def _origin(self) -> bytes:
        """Return what the columns are worked out of: how many texts each fact has, and all texts."""
        counts = ",".join(str(len(entry.fact.questions)) for entry in self.facts)
        said = [text for d in self.documents for text in (d.title, *(s.text for s in d.sentences))]
        asked = [t for e in self.facts for t in (*e.fact.questions, e.fact.answer, e.fact.quote)]
        return self._reader + "\0".join([counts, *said, *asked]).encode()

    def with_facts(self, facts: Iterable[Fact]) -> Index:
        """Return what an index of *facts* beside the same articles would be; only what is new is analysed."""
        known = {entry.fact.id: entry for entry in self.facts}
        entries = []
        for fact in facts:
            entry = known.get(fact.id)
            entries.append(entry if entry is not None and entry.fact == fact else self.entry(fact))
        index = copy.copy(self)
        index._hold(tuple(entries))
        return index

    def _hold(self, entries: tuple[FactEntry, ...], kept: Sequence[bytes] = ()) -> None:
        """Make *entries* the facts, with the lines that `put_up` has *kept* of the very same, if any."""
        self.facts = entries
        self._is_kept = bool(kept)
        self.aliases = tuple((n, alias) for n, entry in enumerate(entries) for alias in entry.aliases)
        self._ways: dict[int, Way] = {}
        self._one: dict[Any, Any] = {}  # what many ways have in common, as one object: quickly compared
        # Kept by `matcher`.
        self.offers: Memo[object, tuple[float, dict[int, float], dict[int, float]]] = Memo(MAX_OFFERS)
        self.fits: Memo[object, dict[int, Any]] = Memo(MAX_ASKED)
        self.wordless: Memo[object, Any] = Memo(MAX_WORDLESS)
        if kept:
            lines = iter(kept)
            columns: dict[str, Any] = json.loads(next(lines))
            self._seen: dict[str, int] = columns["seen"]
            self._weigh_as_part_of(len(self.facts) + len(self.sentences) + 1)
            self.distinct_types = tuple(map(frozenset[str], columns["types"]))
            self.alias_typed: tuple[int, ...] = tuple(columns["typed"])
            self.alias_masses: tuple[float, ...] = tuple(columns["masses"])
            self.alias_shares = _shares(self.alias_masses)
            self.distinct: tuple[int, ...] = tuple(columns["distinct"])
            self.vocabulary = Vocabulary.from_written(columns["words"]).about(d.text for d in self.documents)
            self.alias_postings = Postings.from_lines(lines)
            self.support_postings = Postings.from_lines(lines)
            self.sentence_postings = Postings.from_lines(lines)
            self.of_event = frozenset(columns["of_event"])
            self._fact_types = self._join_types()
            return
        said = (t for e in entries for t in (*e.fact.questions, e.fact.answer))
        self.vocabulary = self._words.extended(said).about(d.text for d in self.documents)
        self._weigh()
        types = [alias.analysis.types for _, alias in self.aliases]
        distinct = {each: n for n, each in enumerate(dict.fromkeys(types))}
        self.distinct_types, self.alias_typed = tuple(distinct), tuple(distinct[each] for each in types)
        self._fact_types = self._join_types()
        self.alias_masses = tuple(
            sum(self.weight(unit) for unit in alias.analysis.units) for _, alias in self.aliases
        )
        self.alias_shares = _shares(self.alias_masses)
        self.distinct = self._distinct()
        self.alias_postings = Postings.of(alias.ids for _, alias in self.aliases)
        self.support_postings = Postings.of(entry.support.ids for entry in entries)
        self.of_event = frozenset(n for n, entry in enumerate(entries) if entry.is_of(self._event_ids))

    @cached_property
    def sentence_postings(self) -> Postings:
        """Return the postings of the sentences."""
        return Postings.of(entry.profile.ids for entry in self.sentences)

    @cached_property
    def _in_sentences(self) -> Counter[str]:
        """Return in how many sentences each unit id stands."""
        return Counter(i for sentence in self.sentences for i in sentence.profile.ids)

    @cached_property
    def _words(self) -> Vocabulary:
        """Return the words of the word lists and articles, which those of the facts are added to."""
        return lexicon_vocabulary(self.lexicon).extended(d.text for d in self.documents)

    def _join_types(self) -> tuple[frozenset[str], ...]:
        """Return the question types of all ways of asking for each fact."""
        found: list[frozenset[str]] = [frozenset()] * len(self.facts)
        for (fact, _), typed in zip(self.aliases, self.alias_typed, strict=True):
            found[fact] |= self.distinct_types[typed]
        return tuple(found)

    def _distinct(self) -> tuple[int, ...]:
        """Return one way of asking for each kind that a fact is asked for: enough where no word tells."""
        found: dict[object, int] = {}
        for n, (fact, alias) in enumerate(self.aliases):
            asks = alias.analysis
            kind = (fact, asks.types, asks.asked_role, asks.negated, self.alias_masses[n] > 0)
            found.setdefault(kind, n)
        return tuple(found.values())

    def way(self, n: int) -> Way:
        """Return a way of asking as ranking looks at it."""
        found = self._ways.get(n)
        if found is None:
            fact, alias = self.aliases[n]
            asks, entry, one = alias.analysis, self.facts[fact], self._one.setdefault
            kind = kind_of(asks, self._fact_types[fact], is_silence=entry.is_silence)
            found = self._ways[n] = Way(
                fact,
                one(kind, kind),
                asks.counted_unit,
                tuple((one(unit.ids, unit.ids), self.weight(unit)) for unit in asks.units),
                self.alias_masses[n],
            )
        return found

    def _qualify(self, text: str) -> tuple[tuple[str, int], ...]:
        lowered = text.lower()
        return tuple(
            (name, m.start())
            for name, phrases in self.lexicon.qualifiers.items()
            if any(phrase.lower() in lowered for phrase in phrases)  # few patterns are needed at all
            for m in _qualifier(phrases).finditer(text)
        )

    def _sentences(self) -> Iterator[SentenceEntry]:
        for document in self.documents:
            for i, sentence in enumerate(document.sentences):
                yield SentenceEntry(
                    document,
                    sentence,
                    Profile(self.read_statement, sentence.text),
                    is_title=sentence.text == document.title,
                    position=i,
                    follows_in_paragraph=i > 0 and document.sentences[i - 1].paragraph == sentence.paragraph,
                    qualify=self._qualify,
                )

    def qualifiers(self, question: Analysis) -> frozenset[str]:
        """Return which other time, plan or made-up case *question* asks about."""
        padded = f" {' '.join(t.fold for t in question.tokens)} "
        return frozenset(name for name, phrase in self._qualifiers if phrase in padded)

    def time_said(self, unit: Unit) -> str:
        """Return "next" or "previous" when *unit* says no more than that ("lần sau"), else ""."""
        said = f" {' '.join(unit.folds)} "
        return next((name for name, _, plain in self._times if plain == said), "")

    def other_times(self, *texts: Analysis) -> frozenset[str]:
        """Return "next" and "previous" where *texts* speak of another time than the event's."""
        if self._turning.isdisjoint([t.fold for a in texts for t in a.tokens]):
            return frozenset()
        padded = "|".join(f" {' '.join(t.text if t.marked else t.fold for t in a.tokens)} " for a in texts)
        return frozenset(name for name, marked, plain in self._times if marked in padded or plain in padded)

    def times_of(self, fact: int) -> frozenset[str]:
        """Return which other times than the event's a fact speaks of; few questions need that."""
        entry = self.facts[fact]
        return self.other_times(*(p.analysis for p in (*entry.aliases, entry.support)))

    def is_rare_qualifier(self, name: str, document: Document) -> bool:
        """Tell whether *name* marks an aside in *document*, rather than what all of it is about."""
        spoken = [s for s in self.sentences if s.document is document]
        return sum(name in {n for n, _ in s.qualified} for s in spoken) <= max(1, len(spoken) // 8)

    def names_people(self, document: Document) -> bool:
        """Tell whether names of people are found in *document*, so that one without any names nobody."""
        return self._named[document.name] > 1

    def at(self, entry: SentenceEntry) -> int:
        """Return the position of *entry* among all sentences."""
        return self._firsts[entry.document.name] + entry.position

    def paragraph_before(self, entry: SentenceEntry) -> list[Profile]:
        """Return the profiles of the sentences before *entry* in its paragraph, the nearest first."""
        return [before.profile for before in self._before(entry)]

    def in_full(self, text: str) -> str:
        """Return *text* with the short forms that an article spells out itself in full."""
        if not self._defined:
            return text
        return _WORD.sub(
            lambda m: (self._defined.get(m[0].lower()) or (m[0],))[0] if m[0].isupper() else m[0], text
        )

    def spelled_before(self, entry: SentenceEntry) -> list[str]:
        """Return the folded syllables of the sentences before *entry* in its paragraph, the nearest first."""
        return [before.spelled for before in self._before(entry)]

    def _before(self, entry: SentenceEntry) -> Iterator[SentenceEntry]:
        at = self.at(entry)
        while self.sentences[at].follows_in_paragraph:
            at -= 1
            yield self.sentences[at]

    def spelled_title(self, document: Document) -> str:
        """Return the folded syllables of an article's headline, with a space around each."""
        return f" {' '.join(t.fold for t in self.titles[document.name].analysis.tokens)} "

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Return the folded syllables that stand side by side in the articles."""
        return frozenset().union(*(entry.profile.pairs for entry in self.sentences))

    @cached_property
    def names_of_things(self) -> frozenset[str]:
        """Return, folded, what has two capitals or more in a row, with its parts of two or more."""
        found: set[str] = set()
        heads = {head for head in self.lexicon.organisation_heads if " " not in head}
        for document in self.documents:
            for run in _CAPITALS.findall(document.text):
                words = run.lower().split()
                if words[0] in heads:
                    continue  # "Phòng Giáo dục": the rest may go on in small letters
                folds = [*map(fold_key, words)]
                for at in range(len(folds)):
                    found.update(" ".join(folds[at:end]) for end in range(at + 2, len(folds) + 1))
        return frozenset(found)

    def opening(self, entry: SentenceEntry) -> list[Profile]:
        """Return the profiles of the first sentences of the article that *entry* is from."""
        return [
            e.profile
            for e in (self.sentences[n] for n in self.leads)
            if e.document.name == entry.document.name
        ]

    def tells(self, unit: Unit) -> bool:
        """Tell whether an article itself, and not only a fact, speaks of *unit*."""
        return any(self.sentence_postings.get(i) for i in unit.ids if i[0] != "~")

    def is_event(self, unit: Unit) -> bool:
        """Tell whether *unit* names the event as a whole, which every sentence of its article is about."""
        return not self._event_ids.isdisjoint(unit.ids)

    def taught(self, text: str) -> FactEntry | None:
        """Return the fact that names *text* itself as a way of asking, None without any.

        What admins have taught goes before an article's companion, and of two the newer.
        """
        if not (typed := _as_typed(text)):
            return None
        alike = (self.aliases[n] for _, texts in self.alias_postings.get(_id_of(typed)) for n in texts)
        named = {fact for fact, alias in alike if _as_typed(alias.text) == typed}
        return max(
            (self.facts[n] for n in named), key=lambda e: (not e.fact.document, e.fact.id), default=None
        )

    def read(self, text: str) -> Analysis:
        """Analyse standard text (a fact's, an article's): no slips are mended."""
        return self._readings.get(text, statement=False) or self.analyzer.analyse(
            self.normalizer.normalize(text, standard=True)
        )

    def read_statement(self, text: str) -> Analysis:
        """Analyse a sentence of an article, which asks nothing and is typed with all its marks."""
        return self._readings.get(text, statement=True) or self.analyzer.analyse(
            self.normalizer.normalize(text, standard=True), statement=True
        )

    def entry(self, fact: Fact, ways: Sequence[str] = ()) -> FactEntry:
        """Return *fact* ready for matching; its texts are analysed when they are first looked at.

        Of its ways of asking only *ways* are looked at, all without any.
        """
        return FactEntry(
            fact,
            tuple(Profile(self.read, q, is_asked=True) for q in ways or fact.questions),
            Profile(self.read, _supporting(fact)),
            fact.answer.lower().startswith(self.lexicon.silence_openers),
            next((d for d in self.documents if d.name == fact.document), None),
            self.read,
        )

    def _weigh(self) -> None:
        seen = self._in_sentences.copy()
        total = len(self.facts) + len(self.sentences) + 1
        for entry in self.facts:
            seen.update(entry.known)
        self._seen = dict(seen)
        self._weigh_as_part_of(total)

    def _weigh_as_part_of(self, total: int) -> None:
        self._top = math.log(1 + 2 * total)
        self._total = total

    def rarity(self, unit_id: str) -> float:
        """Return how telling an id is, 0-1: 1 for one that stands nowhere, near 0 for one everywhere."""
        return math.log(1 + self._total / max(0.5, self._seen.get(unit_id, 0))) / self._top

    def knows(self, unit: Unit) -> bool:
        """Tell whether anything loaded speaks of *unit*."""
        return any(i in self._seen for i in unit.ids if i[0] != "~")

    def weight(self, unit: Unit) -> float:
        """Return how much matching a question's unit counts, 0-1."""
        if unit.kind == "foreign" and not any(i in self._seen for i in unit.ids):
            return FOREIGN_WEIGHT
        value = (
            min(self.rarity(i) for i in unit.ids if i[0] != "~")
            if len(unit.ids) > 1
            else self.rarity(min(unit.ids))
        )
        return value * LIGHT_WEIGHT if unit.light else value


@lru_cache(maxsize=100)
def _qualifier(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?i)\b(?:{'|'.join(map(re.escape, phrases))})\b")


def _as_typed(text: str) -> str:
    """Return the words of a way of asking as they are typed, in lower case, whatever stands between."""
    return " ".join(_SPOKEN.findall(unicodedata.normalize("NFC", text).casefold()))


def _id_of(typed: str) -> str:
    """Return the unit id of a whole way of asking; others may have it too."""
    return f"x:{zlib.crc32(typed.encode()):08x}"


def _named(documents: Sequence[Document], *kinds: MentionKind) -> list[str]:
    return [m.text for d in documents for s in d.sentences for m in s.mentions if m.kind in kinds]


def _shares(masses: Iterable[float]) -> tuple[float, ...]:
    """Return what one unit is of each mass, for `matcher`."""
    return tuple(1 / (mass + 0.5) for mass in masses)


def _supporting(fact: Fact) -> str:
    return f"{fact.answer} {fact.quote}"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
