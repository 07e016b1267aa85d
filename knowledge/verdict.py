"""One question by itself: answered, corrected, asked back, or refused with a reason.

Owns the order in which facts, premises, choices and sentences are tried, and the thresholds that rule.
Refuses to know the conversation, the rest of the message, and how answers are worded or shown.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from knowledge.choices import is_of_roles, refuse_choice, say_what_is_claimed, settle_choice, without_role
from knowledge.granted import HELD_WHEN, Granted
from knowledge.index import FactEntry, Index, SentenceEntry
from knowledge.kinds import OF_THE_EVENT, SPECIFIC
from knowledge.matcher import Candidate, rank_facts
from knowledge.model import AnswerKind, Citation, Document, Part, Reason
from knowledge.premises import People, Standing, Untold
from knowledge.records import replace
from knowledge.units import Analysis, Unit, dates_in

# Measured on the golden tables (python -m tests.evaluate): below these a reply is wrong too often.
FACT_THRESHOLD = 0.60
CHATTER_THRESHOLD = 0.55  # enough when every word of a way of asking is there …
CHATTER_MARGIN = 0.12  # … and no other fact comes near
SURE = 0.85  # a whole sentence answered so well is not taken apart
CLEARLY = 0.18  # a fact that fits a whole choice so much better than one of its answers does
TIE = 0.005  # facts as near as this fit a question equally well
SENTENCE_THRESHOLD = 0.49  # of public reading questions 0.65 are then answered right, 0.81 of all answers
MENTION_THRESHOLD = 0.40  # is enough of a sentence that has what is asked for: a person, a day, a figure
OBJECTED = 0.45  # of the confidence counts when an objection rules the sentence out
CURATED_SENTENCE_THRESHOLD = 0.93  # what matters in an article with curated facts is among them
PREMISE_THRESHOLD = 0.62  # so near must a fact be but for the one thing that it contradicts
MAX_CHOICES = 3
UNTOLD = 0.55  # somebody is said to do what only others do
MAX_BETWEEN = 2  # words between a rank and its body: "sếp của bên công an"
REMEMBERED = 128  # decided questions; the cuts of one message share pieces
_MEASURES = frozenset(["money", "percent", "duration", "age", "phone"])
_HOW_MANY = frozenset(["count"])
_WHEN = frozenset(["date"])
_WHETHER = frozenset(["yes_no"])
_EITHER = frozenset(["choice"])
NAMING = frozenset(["person", "list_names"])


class _Look(NamedTuple):
    """What the facts say to a question, as it is meant; the score of the best one is 0-1."""

    asked: Analysis  # before what the event itself says was left out, and an office put in
    question: Analysis
    score: float
    verdict: tuple[Part, float] | None  # None where the articles have to be read


class Verdicts:
    """Decides questions from one immutable index; remembers the last ones."""

    def __init__(self, index: Index, people: People) -> None:
        """Look into *index*, whose *people* hold the offices that its articles print."""
        self._index = index
        self._people = people
        self._granted = Granted(index, FACT_THRESHOLD)
        self._days = frozenset(i for d in index.documents for i in index.read(d.printed_date).dates)
        self._curated = frozenset(e.fact.document for e in index.facts if e.fact.document)
        self.of = lru_cache(maxsize=REMEMBERED)(self._decide)
        self.is_curated = all(d.name in self._curated for d in index.documents)
        self._look = lru_cache(maxsize=REMEMBERED)(self._look_at_facts)

    def told(self, question: Analysis) -> tuple[Part, float] | None:
        """Return the verdict of the facts, as `of` would; None where the articles have to be searched too."""
        return self._look(question).verdict

    def promise(self, question: Analysis) -> tuple[float, float]:
        """Return how well the best of the facts fits *question*, 0-1, and how much of it is known at all.

        The latter by the weights of its words. The greater, the likelier it is to be answered.
        """
        known = (self._index.weight(u) for u in question.units if self._index.knows(u))
        return round(self._look(question).score, 2), sum(known)

    def _decide(self, question: Analysis) -> tuple[Part, float]:
        """Return what becomes of *question* and how well that fits it, 0-1."""
        look = self._look(question)
        return look.verdict or self._read(look.question, look.score, dated=look.asked)

    def _look_at_facts(self, question: Analysis) -> _Look:
        if not question.units and not question.types:  # "xin hỏi": nothing is asked yet
            return _Look(question, question, 0.0, (Part(AnswerKind.NO_ANSWER, reason=Reason.UNREADABLE), 0.0))
        asked = self._as_meant(question)
        question = self._with_office(self._deputy_of(self._that_day(asked)))
        mistaken = self._people.mistaken(question)
        if mistaken:
            return _Look(asked, question, SURE, (self._correct(mistaken), SURE))
        facts = rank_facts(question, self._index)
        granted = self._granted
        true = granted.true_part(asked) or granted.true_count(question)
        if true or (question.types <= _WHETHER and (true := granted.true_day(question))):
            return _Look(asked, question, SURE, (from_fact(true.entry, true.score, premise=True), SURE))
        if question.types == _WHETHER:
            facts = say_what_is_claimed(question, facts, self._index)
        facts = self._without_untold(question, facts)
        return _Look(asked, question, facts[0].score if facts else 0.0, self._by_facts(question, facts))

    def _as_meant(self, question: Analysis) -> Analysis:
        """Return *question* with what it leaves unsaid put in, and left out what says nothing."""
        if (
            not question.types
            and question.units
            and (
                all(_is_somebody(u) or u.kind == "office" or u.light for u in question.units)
                or self._people.is_office_alone(question)
            )
        ):
            question = replace(question, types=frozenset(["person"]))
        if question.types <= HELD_WHEN and question.units and all(u.light for u in question.units):
            question = replace(question, units=(), counted=-1)  # "bữa đó là ngày mấy vậy mọi người"
        if question.types > _HOW_MANY and question.types & _MEASURES and question.counted < 0:
            question = replace(question, types=question.types - _HOW_MANY)  # "tiền thưởng là bao nhiêu"
        if question.types == _EITHER and is_of_roles(question):
            question = without_role(question)
        return question

    def _by_facts(self, question: Analysis, facts: list[Candidate[FactEntry]]) -> tuple[Part, float] | None:
        """Return the verdict of the ranked *facts*, None where they have none."""
        if question.types <= NAMING and len(holders := self._people.holders(question)) > 1:
            return self._one_of(holders, facts)
        if len(tied := _tied(question, facts)) > 1:
            choices = tuple(entry.fact.questions[0] for entry in tied[:MAX_CHOICES])
            return Part(AnswerKind.CLARIFY, confidence=facts[0].score, choices=choices), facts[0].score
        best = facts[0] if facts else None
        offers = "hay" in {t.fold for t in question.tokens}
        chosen = settle_choice(question, self._index) if offers else None
        if chosen and not (best and best.score > min(max(chosen.score, SURE), chosen.score + CLEARLY)):
            return from_fact(chosen.entry, chosen.score), max(chosen.score, FACT_THRESHOLD)
        if offers and not chosen and (neither := refuse_choice(question, self._index)):
            return from_fact(neither.entry, neither.score, premise=True), neither.score
        if best and (best.score >= FACT_THRESHOLD or _asked_for_whole(question, facts)):
            if not best.entry.is_silence and self._people.is_only_told(
                question, best.entry.answered.analysis
            ):
                return from_fact(best.entry, best.score, premise=True), max(best.score, FACT_THRESHOLD)
            return from_fact(best.entry, best.score), max(best.score, FACT_THRESHOLD)
        nearest = max(facts, key=lambda c: c.parts["raw"], default=None)
        if nearest and nearest.objection and nearest.parts["raw"] >= PREMISE_THRESHOLD:
            raw = nearest.parts["raw"]
            return from_fact(nearest.entry, raw, premise=True), raw
        return None

    def _read(self, question: Analysis, told: float, *, dated: Analysis) -> tuple[Part, float]:
        """Return the verdict of the articles on what no fact answers, the best having a score of *told*.

        *dated* is the question with the event's own day, should *question* leave it out.
        """
        if self.is_curated and self.is_off_topic(question):
            return self._silent(question, [], told), told
        # A start whose question a fact answers must not wait for these.
        from knowledge.confidence import confidence, is_enough
        from knowledge.passages import rank_sentences

        sentences = rank_sentences(question, self._index)
        sure = confidence(question, sentences, self._index)
        if dated.dates != question.dates:  # a sentence of that very day may say it
            of_day = rank_sentences(dated, self._index)
            surer = confidence(dated, of_day, self._index)
            if surer > sure and is_enough(of_day, surer, 0.0):
                sentences, sure = of_day, surer
        curated = bool(sentences) and sentences[0].entry.document.name in self._curated
        if is_enough(sentences, sure, CURATED_SENTENCE_THRESHOLD if curated else threshold_for(sentences)):
            return _from_sentence(sentences[0], sure), sure
        score = max(told, sure if is_enough(sentences, sure, 0.0) else OBJECTED * sure)
        return self._silent(question, sentences, score), score

    def _without_untold(
        self, question: Analysis, facts: list[Candidate[FactEntry]]
    ) -> list[Candidate[FactEntry]]:
        """Set back facts where *question* has somebody do what the article tells of others only."""
        untold = self._people.untold(question)
        if untold is None:
            return facts
        return sorted((_objected(c, untold) for c in facts), key=lambda c: -c.score)

    def _that_day(self, question: Analysis) -> Analysis:
        """Leave out the event's own day where something else is asked: "chiều 6/11 ai ký quy chế".

        Where the day itself is asked for, another one that is named beside says nothing.
        """
        asks_day = question.types >= _WHEN
        if not question.dates or asks_day == (question.dates <= self._days):
            return question
        if not asks_day and (not question.types & SPECIFIC or question.types & OF_THE_EVENT):
            return question
        kept = tuple(u for u in question.units if not dates_in(u))
        return replace(question, units=kept, counted=-1) if any(not u.light for u in kept) else question

    def _deputy_of(self, question: Analysis) -> Analysis:
        """Read "cấp phó của giám đốc" as the office that it means."""
        for relative, office in pairwise(question.units):
            chief = next((i.removeprefix("o:") for i in sorted(office.ids) if i.startswith("o:")), "phó")
            if "c:deputy" in relative.ids and not chief.startswith("phó"):
                meant = replace(
                    self._index.read(f"phó {chief}").units[0], start=relative.start, end=office.end
                )
                rest = tuple(u for u in question.units if u is not relative and u is not office)
                return replace(question, units=(meant, *rest), counted=-1)
        return question

    def _with_office(self, question: Analysis) -> Analysis:
        """Read "sếp công an", "cấp phó bên công đoàn" as the office that it means there."""
        if question.offices:
            return question
        for at, rank in enumerate(question.units):
            beside = [u for u in question.units[at + 1 : at + 2] if u.start - rank.end <= MAX_BETWEEN]
            office = self._people.office_meant(rank, beside)
            if office:
                meant = replace(self._index.read(office).units[0], start=rank.start, end=rank.end)
                return replace(question, units=(*question.units[:at], meant, *question.units[at + 1 :]))
        return question

    def _correct(self, person: Standing) -> Part:
        """Say what the article prints of a person who was given another office."""
        name = f"p:{person.name}"
        asked = replace(self._index.read(person.name), types=frozenset(["office"]))
        facts = [c for c in rank_facts(asked, self._index) if c.score >= FACT_THRESHOLD]
        for candidate in facts:
            if not candidate.entry.is_silence and name in candidate.entry.support.ids:
                return from_fact(candidate.entry, candidate.parts["raw"], premise=True)
        return Part(
            AnswerKind.NO_ANSWER,
            text=f"{person.name} - {person.detail.replace('; ', ', ')}.",
            reason=Reason.PREMISE,
            confidence=SURE,
            citations=(cite(person.document, person.sentence.paragraph, person.sentence.text),),
        )

    def _one_of(self, holders: list[Standing], facts: list[Candidate[FactEntry]]) -> tuple[Part, float]:
        """Name all who hold an office, by the fact that names them, or ask which of them is meant."""
        names = {f"p:{holder.name}" for holder in holders}
        for candidate in facts:
            if candidate.score >= CHATTER_THRESHOLD and names <= candidate.entry.support.ids.keys():
                return from_fact(candidate.entry, candidate.score), max(candidate.score, FACT_THRESHOLD)
        choices = tuple(dict.fromkeys(holder.detail for holder in holders))[:MAX_CHOICES]
        return Part(AnswerKind.CLARIFY, confidence=SURE, choices=choices), SURE

    def is_off_topic(self, question: Analysis) -> bool:
        """Tell whether nothing loaded speaks of most of what *question* names, by weight."""
        weights = {u: self._index.weight(u) for u in question.units}
        mass = sum(weights.values())
        known = sum(w for u, w in weights.items() if self._index.knows(u))
        return mass > 0 and known / mass < 0.5

    def _silent(self, question: Analysis, sentences: list[Candidate[SentenceEntry]], score: float) -> Part:
        off_topic = self.is_off_topic(question)
        nearest: tuple[Citation, ...] = ()
        if not off_topic and sentences and sentences[0].score > 0.3:
            entry = sentences[0].entry
            nearest = (cite(entry.document, entry.sentence.paragraph, entry.sentence.text),)
        return Part(
            AnswerKind.NO_ANSWER,
            reason=Reason.OFF_TOPIC if off_topic else Reason.SILENT,
            focus="" if off_topic else self._focus(question),
            confidence=1.0 - score,
            citations=nearest,
        )

    def _focus(self, question: Analysis) -> str:
        focus = self._index.lexicon.focus
        for name in sorted(question.types & SPECIFIC):
            if name in focus:
                return focus[name]
        return ""


def threshold_for(ranked: list[Candidate[SentenceEntry]]) -> float:
    """Return how sure the best of *ranked* must be to answer, 0-1."""
    found = bool(ranked) and ranked[0].span is not None
    return MENTION_THRESHOLD if found else SENTENCE_THRESHOLD


def _objected(candidate: Candidate[FactEntry], untold: Untold) -> Candidate[FactEntry]:
    entry = candidate.entry
    if entry.is_silence or any(untold.is_taught(p.ids.keys()) for p in entry.aliases):
        return candidate
    parts = {**candidate.parts, "conflict": candidate.parts["conflict"] * UNTOLD}
    return replace(
        candidate, score=candidate.score * UNTOLD, parts=parts, objection=candidate.objection or "deed"
    )


def from_fact(entry: FactEntry, confidence: float, *, premise: bool = False) -> Part:
    """Say what a fact says, *confidence* being 0-1 or a little more.

    As a *premise* it stands against what the question takes for granted.
    """
    cited = (
        (cite(entry.document, entry.paragraph, entry.fact.quote),)
        if entry.document and entry.fact.quote
        else ()
    )
    return Part(
        AnswerKind.NO_ANSWER if entry.is_silence or premise else AnswerKind.ANSWER,
        text=entry.fact.answer,
        reason=Reason.SILENT if entry.is_silence else Reason.PREMISE if premise else Reason.NONE,
        confidence=min(1.0, confidence),
        facts=(entry.fact.id,),
        citations=cited,
    )


def cite(document: Document, paragraph: int, quote: str) -> Citation:
    """Name the place of *quote* in *document*."""
    return Citation(
        document.name, document.title, document.publisher, document.printed_date, paragraph, quote
    )


def _from_sentence(candidate: Candidate[SentenceEntry], sure: float) -> Part:
    entry = candidate.entry
    from knowledge.extract import extract

    short, text = extract(candidate)
    return Part(
        AnswerKind.ANSWER,
        text=text,
        short=short,
        confidence=sure,
        citations=(cite(entry.document, entry.sentence.paragraph, entry.sentence.text),),
    )


def _asked_for_whole(question: Analysis, facts: list[Candidate[FactEntry]]) -> bool:
    """Tell whether the question names all that a way of asking names, asks for its kind, and adds chatter.

    "rơi vào", "mở": verbs that no list has must not hide that the event's date is asked for.
    """
    best = facts[0].parts
    runner_up = facts[1].score if len(facts) > 1 else 0.0
    return (
        facts[0].score >= CHATTER_THRESHOLD
        and facts[0].score - runner_up >= CHATTER_MARGIN
        and bool(question.types & SPECIFIC)
        and best["offered"] >= 0.9
        and best["type"] == best["conflict"] == 1.0
    )


def _tied(question: Analysis, facts: list[Candidate[FactEntry]]) -> list[FactEntry]:
    """Return the facts that fit a word or two without a question ("họp") equally well, with other answers."""
    if question.types or len(question.units) > 1 or not facts or facts[0].score < FACT_THRESHOLD:
        return []
    near = [c.entry for c in facts if c.score > facts[0].score - TIE]
    entries = [e for e in near if not e.is_silence]
    return list({e.fact.answer: e for e in reversed(entries)}.values())[::-1]


def _is_somebody(unit: Unit) -> bool:
    return unit.kind in ("person", "stranger") or any(i.startswith("r:") for i in unit.ids)
