"""Tokens become the units that matching compares, and what kind of thing is asked for.

Owns the reading of one question or statement: offices, people, synonyms, figures, question words. Refuses
to know facts, scores and decisions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from knowledge.asking import assemble
from knowledge.lexicon import Lexicon
from knowledge.normalize import Token, words_of
from knowledge.syllables import fold_key, is_one_slip, is_syllable, key
from knowledge.units import SAME, SLIP, Analysis, Unit, agreement

_WHICH = frozenset(["nào", "gì", "ai"])
_STATED = ("concept", "office", "rank", "region", "stop")  # what a statement can hold


_PART, _NEXT = "|", "¶"  # between what is written down; JSON need not escape them


class _Entry(NamedTuple):
    """A phrase of the word lists; `kinds` and `is_filler` are worked out once: every word asks for them."""

    folds: tuple[str, ...]
    keys: tuple[str, ...]
    payloads: tuple[tuple[str, str], ...]  # (kind, value)
    kinds: frozenset[str]
    is_filler: bool  # one syllable that says nothing

    @property
    def is_general(self) -> bool:
        """Tell whether it is but a word of general knowledge, whose group is named by a phrase."""
        return all(kind == "concept" and " " in value for kind, value in self.payloads)

    @property
    def asks(self) -> bool:
        """Tell whether it is a way of asking."""
        return "type" in self.kinds


class Analyzer:
    """Reads tokens with one lexicon and the people known from the loaded articles."""

    def __init__(self, lexicon: Lexicon, people: Iterable[str] = (), places: Iterable[str] = ()) -> None:
        """Build the phrase table; *people* and *places* are names as the articles print them."""
        self._places = (
            f" {' | '.join(dict.fromkeys(' '.join(map(fold_key, p.lower().split())) for p in places))} "
        )
        known = lexicon.once("phrases", lambda: _phrases(lexicon))
        # By folds; the entries are made when first met.
        self._phrases: dict[str, str | tuple[_Entry, ...]] = dict(known["phrases"])
        self._widths: dict[str, list[int]] = known["widths"]
        self._asking = frozenset(f"{sign}:{name}" for name in lexicon.asking_concepts for sign in "c~")
        self._opening = frozenset(known["opening"])
        surnames = [s for s in lexicon.surnames if s not in lexicon.honorifics]
        self._surnames = frozenset(map(fold_key, surnames))
        self._surname_keys = frozenset(map(key, surnames))
        self._bodies = known["bodies"]
        self._light = frozenset(lexicon.light)
        self._light_folds = frozenset(fold_key(w) for w in lexicon.light if " " not in w)
        self._leads: dict[tuple[str, ...], str] = {
            tuple(map(fold_key, h.split())): "" for h in lexicon.honorifics
        }
        for rank in lexicon.ranks + lexicon.academic:
            self._leads[tuple(map(fold_key, rank.split()))] = f"r:{rank}"
        self._lead_keys: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for title in (*lexicon.honorifics, *lexicon.ranks, *lexicon.academic):
            words = title.split()
            self._lead_keys.setdefault(tuple(map(fold_key, words)), []).append(tuple(map(key, words)))
        self._lead_openings = frozenset(folds[0] for folds in self._lead_keys)
        self._people: dict[str, tuple[str, ...]] = {}
        self._by_surname: dict[str, list[str]] = {}
        self._by_given: dict[str, list[str]] = {}
        self._initials: dict[str, list[str]] = {}
        for person in dict.fromkeys(people):
            if "." in person:  # "N.T.H.", whom people call "chị H."
                letters = person.replace(".", "").lower()
                for called in {letters, letters[-1:]}:
                    self._initials.setdefault(called, []).append(person)
                continue
            folds = tuple(fold_key(w) for w in person.lower().split())
            self._people[person] = folds
            self._by_surname.setdefault(folds[0], []).append(person)
            self._by_given.setdefault(folds[-1], []).append(person)

        of_names = (folded for folds in self._people.values() for folded in folds)
        self._name_openings = self._lead_openings | self._surnames | {*of_names}

    def analyse(self, tokens: Sequence[Token], *, statement: bool = False) -> Analysis:
        """Return what *tokens* speak of and ask for.

        A *statement* (a newspaper's sentence) asks nothing, has no chatter to leave out, and is typed with
        all its marks: its "ban" is not "bàn", its "theo báo cáo" no opening.
        """
        units: list[Unit] = []
        types: list[tuple[str, int, int, int]] = []
        i = 0
        while i < len(tokens):
            if i and _is_label(tokens[i - 1], tokens[i]):
                letter = tokens[i].fold
                ids = frozenset([f"n:{letter}", f"s:{letter}"])
                units.append(Unit(ids, (letter,), ("",), i, i + 1, "word"))
                i += 1
                continue
            person = self._person_at(tokens, i)
            entries = self._longest(tokens, i, _STATED if statement else (), strict=statement)
            if person and (not entries or person.end - i >= len(entries[0].folds)):
                units.append(person)
                i = person.end
                continue
            while entries and self._cut_short(tokens, i, len(entries[0].folds)):
                entries = self._longest(
                    tokens,
                    i,
                    _STATED if statement else (),
                    shorter_than=len(entries[0].folds),
                    strict=statement,
                )
            if entries:
                width = len(entries[0].folds)
                payloads = [p for e in entries for p in e.payloads if not statement or p[0] in _STATED]
                self._take(tokens, i, entries, payloads, units, types)
                i += width
                continue
            dated = _dated(tokens, i) if tokens[i].number else frozenset()
            if dated:
                units.append(_date_unit(tokens, i, dated, units))
            else:
                units.append(_plain_unit(tokens[i], i, light=self._is_light(tokens[i])))
            i += 1
        if statement:
            return Analysis(tuple(tokens), tuple(units), frozenset())
        return assemble(tuple(tokens), units, types)

    def asked_at(self, tokens: Sequence[Token]) -> list[int]:
        """Return the positions at which question phrases begin: a look that costs a fraction of `analyse`."""
        return [
            i for i, t in enumerate(tokens) if t.fold in self._opening and self._longest(tokens, i, ("type",))
        ]

    def glued_at(self, tokens: Sequence[Token]) -> frozenset[int]:
        """Return the positions that lie within a body's own name ("Văn hóa, Thể thao và Du lịch")."""
        folds = [t.fold for t in tokens]
        return frozenset(
            i
            for at, folded in enumerate(folds)
            for body in self._bodies.get(folded, ())
            if folds[at : at + len(body)] == body
            for i in range(at + 1, at + len(body))
        )

    def _is_light(self, token: Token) -> bool:
        return token.text in self._light or (not token.marked and token.fold in self._light_folds)

    def _cut_short(self, tokens: Sequence[Token], i: int, width: int) -> bool:
        """Tell whether the phrase at *i* would cut off an office or something longer ("ông phó giám đốc")."""
        if width > 1 and tokens[i].text == "bao":
            return False  # "bao giờ bắt đầu" asks when, and not for the "giờ bắt đầu"
        for at in range(i + 1, i + width):
            inner = self._longest(tokens, at, ("office", "concept"))
            length = len(inner[0].folds) if inner else 0
            if at + length <= i + width:
                continue
            beside = self._longest(tokens, i + width, ("office", "concept"))
            if beside and i + width + len(beside[0].folds) > at + length:
                continue  # "công nhân | viên chức", and no "nhân viên"
            if any("office" in e.kinds for e in inner):
                return True
            if self._longest(tokens, at, ("type",)) and any(
                e.is_general for e in self._longest(tokens, i, ("concept",))
            ):
                return True  # "được làm | ra sao"
            typed = tuple(t.key if t.marked else "" for t in tokens[at : at + length])
            if length > width > 1 and any(e.keys == typed for e in inner):
                return True
        return False

    def _longest(
        self,
        tokens: Sequence[Token],
        i: int,
        kinds: tuple[str, ...] = (),
        *,
        shorter_than: int = 99,
        strict: bool = False,
    ) -> list[_Entry]:
        best: list[_Entry] = []
        for width in self._widths.get(tokens[i].fold, ()) if i < len(tokens) else ():
            if width >= shorter_than or i + width > len(tokens):
                continue
            for entry in self._entries(tokens[i : i + width]):
                if kinds and entry.kinds.isdisjoint(kinds):
                    continue
                if self._agrees(tokens, i, entry, strict=strict):
                    best.append(entry)
            if best:
                break
        if any("filler" in e.kinds for e in best):
            plain = [e for e in best if e.keys == tuple(t.key for t in tokens[i : i + len(e.folds)])]
            if any("filler" in e.kinds for e in plain):
                return plain  # "bot" is the bot, and not "bớt" typed without marks
        return best

    def _entries(self, tokens: Sequence[Token]) -> Sequence[_Entry]:
        folds = [token.fold for token in tokens]
        name = " ".join(folds)
        found = self._phrases.get(name, ())
        if isinstance(found, str):
            found = self._phrases[name] = tuple(_entry(tuple(folds), line) for line in found.split(_NEXT))
        return found

    @staticmethod
    def _agrees(tokens: Sequence[Token], i: int, entry: _Entry, *, strict: bool) -> bool:
        doubts = 0
        for k, wanted in enumerate(entry.keys):
            token = tokens[i + k]
            before = tokens[i + k - 1].after if k else ""
            if before and (before.strip(",") or len(entry.keys) == 2):
                return False  # only a list of several words goes on after a comma
            fit = agreement(token.key if token.marked or strict else "", wanted)
            if token.key != wanted and entry.is_general:
                return False  # "co may" asks how many, and names no "cỗ máy"
            if fit >= SLIP and "filler" in entry.kinds and _ends_asking(tokens, i):
                continue  # "tên gì vây"
            if len(entry.folds) == 1 and fit < SAME:  # "có" is not "cớ"
                return False
            if entry.is_filler and token.key != wanted and any(t.marked and not t.number for t in tokens):
                return False  # among words with marks, "vay" is no "vậy"
            if fit < SAME and token.text.isascii() and token.marked and entry.asks:
                return False  # typed with care: "nam bao nhiêu" is no "năm bao nhiêu"
            doubts += fit < SLIP
        return doubts == 0 or (doubts == 1 and len(entry.folds) > 2)

    def _take(
        self,
        tokens: Sequence[Token],
        start: int,
        found: Sequence[_Entry],
        payloads: list[tuple[str, str]],
        units: list[Unit],
        types: list[tuple[str, int, int, int]],
    ) -> None:
        width = len(found[0].folds)
        asked = [value for kind, value in payloads if kind == "type"]
        if asked:
            types.extend((value, start, start + width, len(units)) for value in asked)
            named = len(units)
            self._take_inside(tokens, start, found, units)
            which = named == len(units) and width == 2 and tokens[start + 1].fold == _NAO
            if which and "place" in asked and not self._is_light(tokens[start]):
                units.append(_plain_unit(tokens[start], start, light=False))
            return
        ids = {value for kind, value in payloads if kind in ("concept", "office", "rank", "region")}
        if not ids:
            return
        if all(i[0] == "~" for i in ids):  # "lễ khánh thành" is a kind of event, and speaks of "khánh thành"
            for at in range(start + 1, start + width):
                for e in self._longest(tokens, at, ("concept",)):
                    if at + len(e.folds) <= start + width:
                        ids |= {v for kind, v in e.payloads if kind == "concept" and v[0] == "c"}
        folds = tuple(t.fold for t in tokens[start : start + width])
        keys = tuple(t.key if t.marked else "" for t in tokens[start : start + width])
        light = any(kind == "stop" for kind, _ in payloads) or ids <= self._asking
        light = light or " ".join(t.text for t in tokens[start : start + width]) in self._light
        ids.add(f"{'s' if width == 1 else 'w'}:{' '.join(folds)}")
        kind = "office" if any(i.startswith("o:") for i in ids) else "concept"
        units.append(Unit(frozenset(ids), folds, keys, start, start + width, kind, light))

    def _take_inside(
        self, tokens: Sequence[Token], start: int, phrases: Sequence[_Entry], units: list[Unit]
    ) -> None:
        """Keep what a question phrase speaks of besides asking: the "tập thể" of "bao nhiêu tập thể".

        Spelled as in the phrase, however it is typed: there is no "vay" in "ai vậy".
        """
        width = len(phrases[0].folds)
        i = start
        while i < start + width:
            entries = self._longest(tokens, i, ("concept", "office"), shorter_than=start + width - i + 1)
            while entries and not _ASKING_WORDS.isdisjoint(entries[0].folds):
                # the "doanh nghiệp" of "doanh nghiệp nào"
                shorter = len(entries[0].folds)
                entries = self._longest(tokens, i, ("concept", "office"), shorter_than=shorter)
            if any(e.asks for e in entries):
                i += len(entries[0].folds)  # itself a way of asking, and no "vụ" in "chức vụ"
                continue
            at = slice(i - start, i - start + len(entries[0].folds)) if entries else slice(0)
            entries = [e for e in entries if any(phrase.keys[at] == e.keys for phrase in phrases)]
            if entries:
                payloads = [p for e in entries for p in e.payloads if p[0] in ("concept", "office")]
                self._take(tokens, i, entries, payloads, units, [])
            i += len(entries[0].folds) if entries else 1

    def _person_at(self, tokens: Sequence[Token], i: int) -> Unit | None:
        """Recognise a known person at *i*, or a stranger whose name is spelled out."""
        if tokens[i].fold not in self._name_openings:
            return None
        lead = self._honorific_width(tokens, i)
        at = i + lead
        if at >= len(tokens):
            return None
        initials = self._initials.get(tokens[at].typed.replace(".", "").lower()) if lead else None
        if initials:
            return _person_unit(tokens, i, at + 1, [f"p:{p}" for p in initials], "person")
        best: tuple[int, list[str]] = (0, [])
        for person in self._by_surname.get(tokens[at].fold, ()):
            folds = self._people[person]
            window = tokens[at : at + len(folds)]
            if len(window) == len(folds) and _is_name(window, folds) and len(folds) > best[0]:
                best = (len(folds), [person])
        if not best[0]:
            for width in (3, 2):
                named: list[str] = []
                given = tokens[at + width - 1].fold if at + width <= len(tokens) else ""
                for person in self._by_given.get(given, ()):
                    folds = self._people[person][-width:]
                    if len(folds) == width and tuple(t.fold for t in tokens[at : at + width]) == folds:
                        named.append(person)
                if named:
                    best = (width, named)
                    break
        called = () if best[0] else self._by_given.get(tokens[at].fold, ())
        ascribed = bool(called) and not lead and self._is_ascribed_office(tokens, at)
        if called and not lead and not ascribed:
            asked_of = tokens[at].capital and bool(self._longest(tokens, at + 1, ("type",)))
            ascribed = asked_of or self._is_in_company(tokens, at)
        if called and (lead or tokens[at].capital or ascribed):
            named = [
                p
                for p in called
                if agreement(tokens[at].key if tokens[at].marked else "", key(p.lower().split()[-1])) >= SLIP
            ]
            follows = tokens[at + 1] if at + 1 < len(tokens) else None
            goes_on = follows and follows.capital and not tokens[at].after
            # "có bao nhiêu" is not "cô Bảo"; "ong dung la" is hardly "ong, đúng là"
            phrase = self._longest(tokens, at, ("type",))
            asks = any(kind == "type" and name != "yes_no" for e in phrase for kind, name in e.payloads)
            asks = asks or (bool(phrase) and not lead)
            sure = lead and (tokens[i].text != "co" or tokens[at].capital)  # "co nam" is hardly "cô Năm"
            plain = sure or ascribed or tokens[at].fold not in self._widths
            if named and not goes_on and not asks and plain:
                best = (1, named)
        if best[0]:
            rank = self._leads.get(tuple(t.fold for t in tokens[i:at]), "")
            ids = [f"p:{p}" for p in best[1]] + ([rank] if rank else [])
            return _person_unit(tokens, i, at + best[0], ids, "person")
        width = self._stranger_width(tokens, at, lead)
        return _person_unit(tokens, i, at + width, [], "stranger") if width else None

    def _is_ascribed_office(self, tokens: Sequence[Token], at: int) -> bool:
        """Tell whether the token at *at* is said to hold an office ("bửu là phó chủ tịch")."""
        follows = next((i for i in range(at + 1, len(tokens)) if tokens[i].fold not in _BEING), len(tokens))
        if at + 1 < follows < len(tokens) and self._longest(tokens, follows, ("office",)):
            return True
        if not at or tokens[at - 1].fold != "la":
            return False
        return any(self._longest(tokens, i, ("office",)) for i in range(at - 1))

    def _is_in_company(self, tokens: Sequence[Token], at: int) -> bool:
        """Tell whether another's given name is listed beside that at *at*: "dũng với long", "Bửu, Bình"."""
        beside = []
        if at + 1 < len(tokens):
            joined = 0 if "," in tokens[at].after else 1 if tokens[at + 1].fold in _JOINING else None
            if joined is not None:
                beside.append(at + 1 + joined)
                beside.append(at + 2 + joined)  # "Dũng hay ông Long"
        if at >= 1 and "," in tokens[at - 1].after:
            beside.append(at - 1)
        if at >= 2 and tokens[at - 1].fold in _JOINING:
            beside.append(at - 2)
        return any(
            0 <= i < len(tokens)
            and tokens[i].fold != tokens[at].fold
            and any(
                agreement(tokens[i].key if tokens[i].marked else "", key(p.lower().split()[-1])) >= SLIP
                for p in self._by_given.get(tokens[i].fold, ())
            )
            and (i <= at + 2 or not tokens[i - 1].after)
            for i in beside
        )

    def _honorific_width(self, tokens: Sequence[Token], i: int) -> int:
        if tokens[i].fold not in self._lead_openings:
            return 0
        for width in (2, 1):
            window = tokens[i : i + width]
            wanted = self._lead_keys.get(tuple(t.fold for t in window), ())
            if any(
                all(
                    agreement(t.key if t.marked else "", k) >= SLIP for t, k in zip(window, keys, strict=True)
                )
                for keys in wanted
            ):
                return width
        return 0

    def _stranger_width(self, tokens: Sequence[Token], at: int, lead: int) -> int:
        """Return how many tokens from *at* spell a name that no article knows; 0 if they do not."""
        first = tokens[at]
        if first.fold not in self._surnames or (first.marked and first.key not in self._surname_keys):
            return 0
        width = 1
        while at + width < len(tokens) and tokens[at + width].capital and not tokens[at + width - 1].after:
            width += 1
        if width >= 2 and tokens[at].capital and width <= 5:
            name = " ".join(t.fold for t in tokens[at : at + width])
            return 0 if f" {name} " in self._places else width
        for person in self._by_surname.get(tokens[at].fold, ()):  # same name but for the given one
            folds = self._people[person]
            window = tuple(t.fold for t in tokens[at : at + len(folds)])
            if len(window) == len(folds) > 2 and window[:-1] == folds[:-1]:
                return len(folds)
        return 0


def _phrases(lexicon: Lexicon) -> dict[str, Any]:
    """Return what the lists name, in plain values.

    "phrases": by folded syllables, a line for each phrase: its keys and what it is, as `_entry` reads it;
    "widths": by first syllable, how long the phrases are that begin with it, the longest first;
    "opening": the first syllables of those that ask; "bodies": by first syllable, the names of bodies that
    hold an "and" or a comma.
    """
    table: dict[str, set[tuple[str, str]]] = {}

    def add(phrase: str, kind: str, value: str) -> None:
        table.setdefault(" ".join(phrase.lower().replace(",", " ").split()), set()).add((kind, value))

    for phrase in lexicon.fillers:
        add(phrase, "filler", "")
    for phrase in sorted(lexicon.stopwords):
        add(phrase, "stop", "")
    for name, phrases in lexicon.question_types.items():
        for phrase in phrases:
            if "…" not in phrase:  # split forms ("có … không") are seen by asking.assemble
                add(phrase, "type", name)
    plain = {*lexicon.light, *lexicon.stopwords}
    asking = {p for phrases in lexicon.question_types.values() for p in phrases}
    for group in lexicon.synonyms:
        for phrase in group.words:
            if phrase.rpartition(" ")[2] in _WHICH and phrase not in asking:
                continue  # "phong trào nào" names a movement and asks which
            if " " in group.concept and all(w in plain for w in phrase.split()):
                continue  # "đặt tại" is made of words that say nothing
            add(phrase, "concept", f"{'~' if group.near else 'c'}:{group.concept}")
    for office in lexicon.offices:
        shorter = any(office.startswith(f"{other} ") for other in lexicon.offices)
        if not shorter:  # "chủ tịch công đoàn" is read as an office and an organisation
            add(office, "office", f"o:{office}")
    for rank in lexicon.ranks + lexicon.academic:
        add(rank, "rank", f"r:{rank}")
    for region in lexicon.regions:
        add(region, "region", f"g:{region}")
    found: dict[str, list[str]] = {}
    widths: dict[str, set[int]] = {}
    opening: set[str] = set()
    for phrase, payloads in table.items():
        words = phrase.split()
        folds = [*map(fold_key, words)]
        line = [" ".join(map(key, words)), *(part for payload in sorted(payloads) for part in payload)]
        found.setdefault(" ".join(folds), []).append(_PART.join(line))
        widths.setdefault(folds[0], set()).add(len(folds))
        if any(kind == "type" for kind, _ in payloads):
            opening.add(folds[0])
    bodies: dict[str, list[list[str]]] = {}
    for name in lexicon.compound_bodies:
        folds = [*map(fold_key, words_of(name))]
        bodies.setdefault(folds[0], []).append(folds)
    return {
        "bodies": bodies,
        "phrases": {folds: _NEXT.join(lines) for folds, lines in found.items()},
        "widths": {first: sorted(lengths, reverse=True) for first, lengths in widths.items()},
        "opening": sorted(opening),
    }


def _entry(folds: tuple[str, ...], line: str) -> _Entry:
    """Read the keys of a phrase, then its kinds and values by turns, each parted from the next by _PART."""
    keys, *parts = line.split(_PART)
    payloads = tuple(zip(parts[::2], parts[1::2], strict=True))
    kinds = frozenset(parts[::2])
    return _Entry(folds, tuple(keys.split(" ")), payloads, kinds, len(folds) == 1 and kinds == {"filler"})


def _ends_asking(tokens: Sequence[Token], i: int) -> bool:
    """Tell whether the token at *i* is the last one, right after a question word."""
    return 0 < i == len(tokens) - 1 and tokens[i - 1].fold in _ASKING_WORDS


def _is_name(window: Sequence[Token], folds: tuple[str, ...]) -> bool:
    """Tell whether *window* spells the name: the given name right, at most one slip before it."""
    if window[-1].fold != folds[-1] or any(t.after for t in window[:-1]):
        return False
    slips = 0
    for token, folded in zip(window[:-1], folds[:-1], strict=True):
        if token.fold != folded:
            slips += 1
            if not is_one_slip(token.fold, folded):
                return False
    return slips <= 1


def _person_unit(tokens: Sequence[Token], start: int, end: int, ids: list[str], kind: str) -> Unit:
    folds = tuple(t.fold for t in tokens[start:end])
    keys = tuple(t.key if t.marked else "" for t in tokens[start:end])
    name = " ".join(folds)
    return Unit(frozenset(ids or [f"u:{name}"]), folds, keys, start, end, kind)


def _is_label(noun: Token, token: Token) -> bool:
    """Tell whether *token* is the letter that tells one of a kind from the others: "nhóm B", "tòa C"."""
    if noun.fold not in _LABELLED or noun.after or not token.typed.isascii() or len(token.fold) != 1:
        return False
    return token.fold.isalpha() and (token.capital or token.fold not in _LETTER_WORDS)


def _dated(tokens: Sequence[Token], at: int) -> frozenset[str]:
    """Return the id of the day or month that the figure at *at* says by itself: the 6 of "ngày 6"."""
    number, before = tokens[at].number, tokens[at - 1].fold if at and not tokens[at - 1].after else ""
    if not number.isdecimal() or int(number) > _LAST_DAY:
        return frozenset()
    if before == _MONTH:
        return frozenset([f"m:{number}"])
    of_month = tuple(t.fold for t in tokens[at + 1 : at + 2]) == (_MONTH,) and any(
        t.number for t in tokens[at + 2 : at + 3]
    )
    return frozenset([f"d:{number}"]) if before in _DAYS or of_month else frozenset()


def _date_unit(tokens: Sequence[Token], at: int, dated: frozenset[str], units: list[Unit]) -> Unit:
    """Return the day or month at *at*, with the "ngày", "tháng" before it, and the day before a month."""
    ids, start = dated, at
    if (
        units
        and units[-1].end == start
        and units[-1].folds[0] in (*_DAYS, _MONTH)
        and not tokens[at - 1].after
    ):
        start = units.pop().start
    if units and units[-1].end == start and all(i[0] == "d" for i in units[-1].ids):
        day = units.pop()
        number, start = "/".join(i[2:] for i in sorted(ids | day.ids)), day.start
        ids = frozenset([f"n:{number}", f"s:{number}"])
    folds = tuple(t.fold for t in tokens[start : at + 1])
    return Unit(ids, folds, ("",) * len(folds), start, at + 1, "number")


def _plain_unit(token: Token, i: int, *, light: bool) -> Unit:
    typed_key = token.key if token.marked else ""
    if token.number:
        ids = frozenset([f"n:{token.number}", f"n:{token.number.rstrip('%')}", f"s:{token.fold}"])
        if dated := _FULL_DATE.fullmatch(token.number):  # "9/2/2024" is also "9/2"
            ids |= {f"n:{dated[1]}", f"s:{dated[1]}"}
        return Unit(ids, (token.fold,), ("",), i, i + 1, "number", token.number in ("1", "2"))
    kind = "word" if not token.text.isascii() or is_syllable(token.text) else "foreign"
    ids = frozenset([f"s:{token.fold}"])
    return Unit(ids, (token.fold,), (typed_key,), i, i + 1, kind, light)


_FULL_DATE = re.compile(r"(\d{1,2}/\d{1,2})/\d{4}")
_BEING = frozenset(["la", "lam", "giu", "chuc", "vu", "co", "phai", "dang"])  # "Bửu có phải là chủ tịch"
_DAYS, _MONTH, _LAST_DAY = frozenset(["ngay", "mung", "mong", "hom", "bua"]), "thang", 31
_JOINING = frozenset(["va", "voi", "hay", "hoac"])
_NAO = "nao"  # "tỉnh nào" asks for a province, and "huyện nào" for something else
_ASKING_WORDS = frozenset(["ai", "gi", "nao", "dau", "bao", "nhieu", "may", "sao", "la", "khi"])
_LABELLED = frozenset(["nhom", "loai", "toa", "hang", "khoi", "bang", "lo", "mau", "khu", "day", "doi"])
_LETTER_WORDS = frozenset("aeiouykz")  # "loai a" may be "loại ạ"
