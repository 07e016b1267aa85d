"""A message becomes an Answer: from facts, from the article's own sentences, or honestly none.

Owns the decisions: what is one question, when to lean on the one before, when to answer, ask back or
abstain, and which thresholds rule. Refuses to know how answers are worded or shown; it has no clock and
does no I/O, so the terminal, the tests and Telegram share it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise

from knowledge.analysis import Analysis, Analyzer, Unit
from knowledge.choices import settle_choice
from knowledge.confidence import confidence, is_enough
from knowledge.extract import extract
from knowledge.index import FactEntry, Index, SentenceEntry
from knowledge.lexicon import Lexicon
from knowledge.matcher import SPECIFIC, Candidate, rank_facts
from knowledge.model import (
    Answer,
    AnswerKind,
    Citation,
    Conversation,
    Document,
    Fact,
    Part,
    Reason,
)
from knowledge.normalize import MAX_CHARS, Token
from knowledge.passages import rank_sentences
from knowledge.premises import People, Standing
from knowledge.segments import MAX_PARTS, split_clauses, split_sentences, windows
from knowledge.smalltalk import Smalltalk
from knowledge.syllables import fold_key

# Measured on the golden tables (python -m tests.evaluate): below these a reply is wrong too often.
FACT_THRESHOLD = 0.60
CHATTER_THRESHOLD = 0.55  # enough when every word of a way of asking is there …
CHATTER_MARGIN = 0.12  # … and no other fact comes near
SURE_AS_TAUGHT = 1.0  # the question is, word for word, one that a fact names
SURE = 0.85  # a whole sentence answered so well is not taken apart
CUT_BONUS = 0.12  # how much worse the parts of a sentence may score than the whole
SILENT_PIECE = 0.7  # a piece that the article is silent on counts so much of the best piece
LEAN_GAIN = 0.1  # what completing a question from the one before must add
TIE = 0.005  # facts as near as this fit a question equally well
MAX_LEANING_UNITS = 3  # a question that says more stands by itself
SENTENCE_THRESHOLD = 0.52
OBJECTED = 0.45  # of the confidence counts when an objection rules the sentence out
CURATED_SENTENCE_THRESHOLD = 0.93  # what matters in an article with curated facts is among them
PREMISE_THRESHOLD = 0.62  # so near must a fact be but for the one thing that it contradicts
MAX_RELATED = 3
REMEMBERED = 128  # decided questions; the cuts of one message share pieces
RECALLED = 2048  # whole answers: most people ask what others have asked in the same words (1 kB each)
_NAMING = frozenset(["person", "list_names"])
_RELATIVE = {"c:deputy": "phó ", "c:head": ""}  # ranks that an office named before makes definite


@dataclass(frozen=True, slots=True)
class Topic:
    """A heading with the questions that stand under it, for /chude."""

    title: str
    questions: tuple[str, ...]


@dataclass(slots=True)
class _Talk:
    """What one message may lean on, and whether that could have mattered to its answer."""

    before: Conversation
    leans: bool = False


class Answerer:
    """Answers from one immutable index; build a new one after a change.

    Answers are remembered. One that leans on nothing said before is the same in every conversation;
    any other is remembered with the conversation it was given in.
    """

    def __init__(self, index: Index) -> None:
        """Wrap a finished *index*; use `build` to make both."""
        self._smalltalk = Smalltalk(index.lexicon, index.normalizer)
        self._people = People(index)
        self._exclusive = {f"c:{c}": n for n, row in enumerate(index.lexicon.exclusive) for c in row}
        self._continuations = [[*map(fold_key, w.split())] for w in index.lexicon.continuations]
        self._look_into(index)

    def _look_into(self, index: Index) -> None:
        self._index = index
        self._decide = lru_cache(maxsize=REMEMBERED)(self._decide_anew)
        self._alone = lru_cache(maxsize=RECALLED)(self._answer_alone)
        self._within = lru_cache(maxsize=RECALLED)(self._answer_within)
        self._examples = cache(self._find_examples)
        self._curated = frozenset(e.fact.document for e in index.facts if e.fact.document)

    def with_facts(self, facts: Iterable[Fact]) -> Answerer:
        """Return what `build` would with *facts* in the place of ours, analysing only what is new."""
        return self.over(self._index.with_facts(facts))

    def over(self, index: Index) -> Answerer:
        """Return an answerer that looks into *index*, which has the same articles and word lists."""
        answerer = copy.copy(self)
        answerer._look_into(index)
        return answerer

    @classmethod
    def build(cls, documents: Sequence[Document], facts: Sequence[Fact], lexicon: Lexicon) -> Answerer:
        """Index *documents* and *facts*; takes about 0.1 ms for each way of asking and each sentence."""
        return cls(Index(documents, facts, lexicon))

    @property
    def lexicon(self) -> Lexicon:
        """Return the word lists that the index was built with."""
        return self._index.lexicon

    def read(self, text: str) -> tuple[Analyzer, tuple[Token, ...]]:
        """Return the tokens of a typed *text*, mended, and the analyzer that reads them."""
        tokens, _ = self._index.vocabulary.settle(self._index.normalizer.normalize(text))
        return self._index.analyzer, tokens

    def units(self, text: str) -> tuple[Unit, ...]:
        """Return what a typed *text* names, slips as they are: mending would bend names to this event's."""
        return self._index.analyzer.analyse(self._index.normalizer.normalize(text)).units

    def knows(self, unit: Unit) -> bool:
        """Tell whether the event speaks of *unit* at all."""
        return self._index.knows(unit)

    def is_taught(self, text: str) -> bool:
        """Tell whether a fact names *text* itself as a way of asking."""
        return self._index.taught(text) is not None

    def knows_together(self, first: Unit, second: Unit) -> bool:
        """Tell whether the two stand side by side anywhere in the event's texts."""
        return self._index.vocabulary.has_pair(first.folds[-1], second.folds[0])

    # ------------------------------------------------------------ the way through

    def answer(self, text: str, conversation: Conversation = Conversation()) -> Answer:  # noqa: B008 - frozen
        """Answer one message; *conversation* is what the previous answer of the chat returned."""
        if len(text) > MAX_CHARS:
            return Answer((Part(AnswerKind.NO_ANSWER, reason=Reason.TOO_LONG),), conversation=conversation)
        found, leans = self._alone(text)
        if leans and conversation.question:
            found = self._within(text, conversation)
        # A pleasantry asks nothing, so the talk goes on from where it was.
        return found if found.conversation.question else replace(found, conversation=conversation)

    def _answer_alone(self, text: str) -> tuple[Answer, bool]:
        """Answer as if nothing had been said before; tell whether something might have changed that."""
        talk = _Talk(Conversation())
        return self._answer_anew(text, talk), talk.leans

    def _answer_within(self, text: str, conversation: Conversation) -> Answer:
        return self._answer_anew(text, _Talk(conversation))

    def _answer_anew(self, text: str, talk: _Talk) -> Answer:
        tokens, _ = self._index.vocabulary.settle(self._index.normalizer.normalize(text))
        if not tokens:
            return Answer((Part(AnswerKind.NO_ANSWER, reason=Reason.UNREADABLE),))
        taught = self._index.taught(text)
        parts = [self._from_fact(_certain(taught))] if taught else self._parts(tokens, talk)
        answered = [p for p in parts if p.kind is not AnswerKind.SMALLTALK]
        if not answered:
            return Answer(tuple(parts[:1]), self.starters(MAX_RELATED))
        facts = tuple(dict.fromkeys(f for p in answered for f in p.facts))
        question = " ".join(t.text for t in tokens)
        following = Conversation(
            question, facts, (), answered[-1].citations[0].document if answered[-1].citations else ""
        )
        return Answer(tuple(answered), self._related(facts, tokens), following)

    def _parts(self, tokens: tuple[Token, ...], talk: _Talk) -> list[Part]:
        smalltalk = self._smalltalk.topic(tokens)
        if smalltalk:
            whole = self._index.analyzer.analyse(tokens)
            best = rank_facts(whole, self._index, limit=1)
            if not best or best[0].score < smalltalk[1]:
                return [Part(AnswerKind.SMALLTALK, topic=smalltalk[0], confidence=smalltalk[1])]
        parts: list[Part] = []
        for sentence in split_sentences(tokens, self._index.analyzer)[:MAX_PARTS]:
            for question, part in self._best_cut(sentence, talk):
                if not any(part.facts and part.facts == p.facts for p in parts):
                    parts.append(part)
                talk.before = replace(talk.before, question=" ".join(t.text for t in question.tokens))
        return parts[:MAX_PARTS]

    def _best_cut(self, sentence: Analysis, talk: _Talk) -> list[tuple[Analysis, Part]]:
        """Answer one sentence whole, or in parts when that covers more of it."""
        whole, score = self._resolve(sentence, talk)
        best = [(sentence, whole)]
        best_score = score + (0.1 if score > SURE else 0.0)
        for questions in split_clauses(sentence, self._index.analyzer):
            outcomes: list[tuple[Analysis, Part, float]] = []
            for i, question in enumerate(questions):
                beside = [q for q, _, _ in outcomes[-1:]] + questions[i + 1 : i + 2]
                outcomes.append(self._resolve_piece(question, beside, talk))
            kept = {p.facts or p.text or p.focus or str(i): (q, p) for i, (q, p, _) in enumerate(outcomes)}
            strongest = max(value for _, _, value in outcomes)
            if len(kept) < 2 or strongest < FACT_THRESHOLD:
                continue
            if any(v < FACT_THRESHOLD and not q.types & SPECIFIC for q, _, v in outcomes):
                continue
            mean = sum(max(v, SILENT_PIECE * strongest) for _, _, v in outcomes) / len(outcomes)
            several = all(q.offices for q in questions)  # "phó chủ tịch tỉnh với phó chủ tịch mặt trận"
            if mean > best_score - CUT_BONUS * (2 if several else 1):
                best = list(kept.values())
                best_score = mean + CUT_BONUS
        return self._in_story(sentence, best, best_score, talk)

    def _in_story(
        self,
        sentence: Analysis,
        best: list[tuple[Analysis, Part]],
        best_score: float,
        talk: _Talk,
    ) -> list[tuple[Analysis, Part]]:
        """Answer the clauses of a long sentence that ask, where they are answered better than all of it."""
        elsewhere = any(u.kind == "stranger" or self._is_foreign(u) for u in sentence.units)
        asked = [] if elsewhere else windows(sentence, self._index.analyzer)
        asked = [(w, q) for w, q in asked if any(not u.light and self.knows(u) for u in q.units)]
        found = [(w, q, *self._resolve(q, talk)) for w, q in asked]
        found.sort(key=lambda row: (-round(row[3], 2), -len(row[1].units)))
        if not found or found[0][3] <= max(best_score, FACT_THRESHOLD):
            return best
        picked = found[:1]
        for row in found[1:]:
            apart = all(row[0].start >= w.stop or row[0].stop <= w.start for w, *_ in picked)
            if apart and row[3] > SURE and row[2].kind is AnswerKind.ANSWER:
                picked.append(row)
        picked.sort(key=lambda row: row[0].start)
        return [piece for _, question, _, _ in picked for piece in self._best_cut(question, talk)]

    def _is_foreign(self, unit: Unit) -> bool:
        """Tell whether *unit* is a region that the event does not speak of."""
        return any(i.startswith("g:") for i in unit.ids) and not self.knows(unit)

    def _resolve_piece(
        self, question: Analysis, beside: list[Analysis], talk: _Talk
    ) -> tuple[Analysis, Part, float]:
        """Find the outcome of one of several questions, completed from its neighbours where it needs them."""
        alone, score = self._resolve(question, talk)
        best = (question, alone, score)
        incomplete = self._is_bare(question)
        for other in beside:
            joined = self._complete(question, other)
            if joined is not None and (score < SURE or incomplete):
                part, completed = self._decide(joined)
                if alone.kind is AnswerKind.ANSWER and part.kind is AnswerKind.NO_ANSWER and not part.facts:
                    continue  # nothing is found for both together, and something for the one
                if (
                    not alone.facts
                    and question.types & SPECIFIC
                    and part.facts == self._decide(other)[0].facts
                ):
                    continue  # that only says again what the neighbour is told
                if completed > (FACT_THRESHOLD if incomplete else best[2] + LEAN_GAIN / 2):
                    best = (joined, part, completed)
        return best

    def _resolve(self, question: Analysis, talk: _Talk) -> tuple[Part, float]:
        """Find the outcome of one question and its score, leaning on the previous one only when it helps."""
        part, score = self._decide(question)
        needs_a_person = self._has_pronoun(question)
        if not needs_a_person and not self._may_lean(question, score):
            return part, score
        talk.leans = True
        conversation = talk.before
        if not conversation.question:
            return part, score
        meant = self._person_meant(question, conversation) if needs_a_person else None
        if meant is not None:
            pointed, pointed_score = self._decide(meant)
            if pointed_score >= FACT_THRESHOLD:
                return pointed, pointed_score
            question = meant
        if self._may_lean(question, score):
            joined = self._complete(question, self._context(conversation))
            if joined is not None:
                leaning, leaning_score = self._decide(joined)
                bare = self._is_bare(question)
                replaces = bare or (self._hangs_on(question) and not question.types & SPECIFIC)
                heavy = _heavy(question)
                needed = FACT_THRESHOLD if replaces else score + (LEAN_GAIN if heavy > 1 else LEAN_GAIN / 3)
                if leaning_score > needed:
                    return leaning, leaning_score
        return part, score

    def _may_lean(self, question: Analysis, score: float) -> bool:
        """Tell whether *question*, answered with *score* by itself, could mean more than it says."""
        if _heavy(question) > MAX_LEANING_UNITS:
            return False
        return score < SURE or self._hangs_on(question) or self._is_bare(question)

    def _is_bare(self, question: Analysis) -> bool:
        """Tell whether *question* leaves out whom or what it is about."""
        return self._people.lacks_body(question) or _asks_only_who(question)

    def _has_pronoun(self, question: Analysis) -> bool:
        """Tell whether *question* speaks of a person without a name."""
        said = f" {' '.join(t.text for t in question.tokens)} "
        return not question.people and any(f" {p} " in said for p in self._index.lexicon.pronouns)

    def _hangs_on(self, question: Analysis) -> bool:
        opening = [t.fold for t in question.tokens[:2]]
        return any(opening[: len(words)] == words for words in self._continuations)

    def _context(self, conversation: Conversation) -> Analysis:
        """Read the question before, with the office that its answer names."""
        before = self._index.read(conversation.question)
        if before.offices:
            return before
        answers = [e.fact.answer for e in self._index.facts if e.fact.id in conversation.facts]
        answered = self._index.read(" ".join(answers))
        offices = tuple(u for u in answered.units if u.kind == "office")
        return _with(before, offices, answered) if len(offices) == 1 else before

    def _complete(self, question: Analysis, before: Analysis) -> Analysis | None:
        """Complete *question* from *before*; "cấp phó" after a chief is that chief's deputy."""
        relative = next((u for u in question.units if u.ids & _RELATIVE.keys()), None)
        office = next((u for u in before.units if u.kind == "office"), None)
        if relative and office and not question.offices:
            name = min(i for i in office.ids if i[0] == "o").removeprefix("o:")
            wanted = _RELATIVE[min(relative.ids & _RELATIVE.keys())] + name.removeprefix("phó ")
            read = self._index.read(wanted)
            rest = tuple(u for u in question.units if u is not relative and u.kind != "person")
            question = _with(replace(question, units=rest), read.units[:1], read)
        return _join(question, before, self._exclusive)

    def _person_meant(self, question: Analysis, conversation: Conversation) -> Analysis | None:
        """Put the one person of the previous answer where *question* has a pronoun."""
        answered = [e for e in self._index.facts if e.fact.id in conversation.facts]
        people = {
            i
            for e in answered
            for u in self._index.read(e.fact.answer).units
            for i in u.ids
            if i.startswith("p:")
        }
        if len(people) != 1:
            return None
        named = self._index.read(people.pop().removeprefix("p:"))
        return _with(question, named.units[:1], named)

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

    def _decide_anew(self, question: Analysis) -> tuple[Part, float]:
        if not question.units and not question.types:  # "xin hỏi": nothing is asked yet
            return Part(AnswerKind.NO_ANSWER, reason=Reason.UNREADABLE), 0.0
        if (
            not question.types
            and question.units
            and all(_is_somebody(u) or u.kind == "office" or u.light for u in question.units)
        ):
            question = replace(question, types=frozenset(["person"]))
        question = self._deputy_of(question)
        mistaken = self._people.mistaken(question)
        if mistaken:
            return self._correct(mistaken), SURE
        facts = rank_facts(question, self._index)
        if question.types <= _NAMING and len(holders := self._people.holders(question)) > 1:
            return self._one_of(holders, facts)
        if len(tied := _tied(question, facts)) > 1:
            choices = tuple(entry.fact.questions[0] for entry in tied[:MAX_RELATED])
            return Part(AnswerKind.CLARIFY, confidence=facts[0].score, choices=choices), facts[0].score
        best = facts[0] if facts else None
        chosen = settle_choice(question, self._index) if "hay" in {t.fold for t in question.tokens} else None
        if chosen and not (best and best.score > max(chosen.score, SURE)):
            return self._from_fact(chosen), max(chosen.score, FACT_THRESHOLD)
        if best and (best.score >= FACT_THRESHOLD or _asked_for_whole(question, facts)):
            return self._from_fact(best), max(best.score, FACT_THRESHOLD)
        nearest = max(facts, key=lambda c: c.parts["raw"], default=None)
        if nearest and nearest.objection and nearest.parts["raw"] >= PREMISE_THRESHOLD:
            return self._from_fact(nearest, premise=True), nearest.parts["raw"]
        sentences = rank_sentences(question, self._index)
        sure = confidence(question, sentences, self._index)
        curated = bool(sentences) and sentences[0].entry.document.name in self._curated  # type: ignore[union-attr]
        if is_enough(sentences, sure, CURATED_SENTENCE_THRESHOLD if curated else SENTENCE_THRESHOLD):
            return self._from_sentence(sentences[0], sure), sure
        score = max(best.score if best else 0.0, sure if is_enough(sentences, sure, 0.0) else OBJECTED * sure)
        return self._silent(question, sentences, score), score

    def _correct(self, person: Standing) -> Part:
        """Say what the article prints of a person who was given another office."""
        name = f"p:{person.name}"
        asked = replace(self._index.read(person.name), types=frozenset(["office"]))
        facts = [c for c in rank_facts(asked, self._index) if c.score >= FACT_THRESHOLD]
        for candidate in facts:
            assert isinstance(candidate.entry, FactEntry)  # noqa: S101 - narrows the union
            if not candidate.entry.is_silence and name in candidate.entry.support.ids:
                return self._from_fact(candidate, premise=True)
        return Part(
            AnswerKind.NO_ANSWER,
            text=f"{person.name} - {person.detail.replace('; ', ', ')}.",
            reason=Reason.PREMISE,
            confidence=SURE,
            citations=(self._cite(person.document, person.sentence.paragraph, person.sentence.text),),
        )

    def _one_of(self, holders: list[Standing], facts: list[Candidate]) -> tuple[Part, float]:
        """Name all who hold an office, by the fact that names them, or ask which of them is meant."""
        names = {f"p:{holder.name}" for holder in holders}
        for candidate in facts:
            assert isinstance(candidate.entry, FactEntry)  # noqa: S101 - narrows the union
            if candidate.score >= CHATTER_THRESHOLD and names <= candidate.entry.support.ids.keys():
                return self._from_fact(candidate), max(candidate.score, FACT_THRESHOLD)
        choices = tuple(dict.fromkeys(holder.detail for holder in holders))[:MAX_RELATED]
        return Part(AnswerKind.CLARIFY, confidence=SURE, choices=choices), SURE

    # ------------------------------------------------------------ outcomes

    def _from_fact(self, candidate: Candidate, *, premise: bool = False) -> Part:
        entry = candidate.entry
        assert isinstance(entry, FactEntry)  # noqa: S101 - narrows the union
        cited = (
            (self._cite(entry.document, entry.paragraph, entry.fact.quote),)
            if entry.document and entry.fact.quote
            else ()
        )
        return Part(
            AnswerKind.NO_ANSWER if entry.is_silence or premise else AnswerKind.ANSWER,
            text=entry.fact.answer,
            reason=Reason.SILENT if entry.is_silence else Reason.PREMISE if premise else Reason.NONE,
            confidence=min(1.0, candidate.parts["raw"] if premise else candidate.score),
            facts=(entry.fact.id,),
            citations=cited,
        )

    def _from_sentence(self, candidate: Candidate, sure: float) -> Part:
        entry = candidate.entry
        assert isinstance(entry, SentenceEntry)  # noqa: S101 - narrows the union
        short, text = extract(candidate)
        return Part(
            AnswerKind.ANSWER,
            text=text,
            short=short,
            confidence=sure,
            citations=(self._cite(entry.document, entry.sentence.paragraph, entry.sentence.text),),
        )

    def _silent(self, question: Analysis, sentences: list[Candidate], score: float) -> Part:
        weights = {u: self._index.weight(u) for u in question.units}
        mass = sum(weights.values())
        known = sum(w for u, w in weights.items() if self._index.knows(u))
        off_topic = mass > 0 and known / mass < 0.5
        nearest: tuple[Citation, ...] = ()
        if not off_topic and sentences and sentences[0].score > 0.3:
            entry = sentences[0].entry
            assert isinstance(entry, SentenceEntry)  # noqa: S101 - narrows the union
            nearest = (self._cite(entry.document, entry.sentence.paragraph, entry.sentence.text),)
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

    @staticmethod
    def _cite(document: Document, paragraph: int, quote: str) -> Citation:
        return Citation(
            document.name, document.title, document.publisher, document.printed_date, paragraph, quote
        )

    # ------------------------------------------------------------ what else to ask

    def _related(self, facts: tuple[int, ...], tokens: Sequence[Token]) -> tuple[str, ...]:
        entries = [e for e in self._index.facts if not e.is_silence]
        here = [n for n, e in enumerate(entries) if e.fact.id in facts]
        if not here:
            return self.starters(MAX_RELATED)
        topic = entries[here[0]].fact.topic
        order = sorted(
            range(len(entries)), key=lambda n: (entries[n].fact.topic != topic, (n - here[0]) % len(entries))
        )
        return tuple(entries[n].fact.questions[0] for n in order if entries[n].fact.id not in facts)[
            :MAX_RELATED
        ]

    def starters(self, count: int) -> tuple[str, ...]:
        """Return up to *count* example questions from different topics."""
        return self._examples()[:count]

    def _find_examples(self) -> tuple[str, ...]:
        seen: dict[str, str] = {}
        for entry in self._index.facts:
            if not entry.is_silence:
                seen.setdefault(entry.fact.topic or entry.fact.questions[0], entry.fact.questions[0])
        return tuple(seen.values())

    def topics(self) -> tuple[Topic, ...]:
        """Return the headings with their questions, in the order of the facts."""
        found: dict[str, list[str]] = {}
        for entry in self._index.facts:
            if not entry.is_silence:
                found.setdefault(entry.fact.topic or entry.fact.source, []).append(entry.fact.questions[0])
        return tuple(Topic(title, tuple(questions)) for title, questions in found.items())

    def why(self, text: str, conversation: Conversation = Conversation()) -> str:  # noqa: B008 - frozen
        """Explain for an admin how *text* was understood and what decided."""
        tokens, mended = self._index.vocabulary.settle(self._index.normalizer.normalize(text))
        question = self._index.analyzer.analyse(tokens)
        lines = [
            f"tokens: {' '.join(t.text for t in tokens)} (mended {mended})",
            "units: "
            + ", ".join(f"{'|'.join(sorted(u.ids))}={self._index.weight(u):.2f}" for u in question.units),
            f"types: {', '.join(sorted(question.types)) or '-'}; role {question.asked_role or '-'}; "
            f"negated {question.negated}",
        ]
        for candidate in rank_facts(question, self._index, limit=3):
            entry = candidate.entry
            assert isinstance(entry, FactEntry)  # noqa: S101 - narrows the union
            lines.append(f"fact #{entry.fact.id} {entry.fact.key} {candidate.score:.2f} {_shown(candidate)}")
        for candidate in rank_sentences(question, self._index, limit=3):
            entry = candidate.entry
            assert isinstance(entry, SentenceEntry)  # noqa: S101 - narrows the union
            lines.append(
                f"sentence {entry.document.name}:{entry.position} {candidate.score:.2f} {_shown(candidate)}"
            )
        answer = self.answer(text, conversation)
        lines.append(
            f"outcome: {answer.kind} {answer.confidence:.2f} {[p.reason.value for p in answer.parts]}"
        )
        return "\n".join(lines)


def _certain(entry: FactEntry) -> Candidate:
    return Candidate(SURE_AS_TAUGHT, entry, {"raw": SURE_AS_TAUGHT})


def _asked_for_whole(question: Analysis, facts: list[Candidate]) -> bool:
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


def _tied(question: Analysis, facts: list[Candidate]) -> list[FactEntry]:
    """Return the facts that fit a word or two without a question ("họp") equally well, with other answers."""
    if question.types or len(question.units) > 1 or not facts or facts[0].score < FACT_THRESHOLD:
        return []
    near = [c.entry for c in facts if c.score > facts[0].score - TIE]
    entries = [e for e in near if isinstance(e, FactEntry) and not e.is_silence]
    return list({e.fact.answer: e for e in reversed(entries)}.values())[::-1]


def _shown(candidate: Candidate) -> str:
    parts = " ".join(f"{name}={value:.2f}" for name, value in candidate.parts.items())
    missed = " ".join("/".join(u.folds) for u in candidate.missed)
    return f"[{parts}]" + (f" missed: {missed}" if missed else "")


def _asks_only_who(question: Analysis) -> bool:
    """Tell whether *question* is no more than "tên gì", "là ai": who is meant stands in the one before."""
    return bool(question.types & _NAMING) and all(u.light for u in question.units)


def _heavy(question: Analysis) -> int:
    return sum(not u.light for u in question.units)


def _is_somebody(unit: Unit) -> bool:
    return unit.kind in ("person", "stranger") or any(i.startswith("r:") for i in unit.ids)


def _join(question: Analysis, before: Analysis, exclusive: dict[str, int]) -> Analysis | None:
    """Complete *question* with what the previous one spoke of; None when nothing can be carried over."""
    kinds = {u.kind for u in question.units if u.kind in ("person", "office", "number")}
    have = {i for u in question.units for i in u.ids}
    rows = {exclusive[i] for i in have if i in exclusive}
    carried = tuple(
        u
        for u in before.units
        if u.kind not in kinds
        and not u.ids & have
        and u.kind != "foreign"
        and not any(exclusive.get(i) in rows for i in u.ids)
    )
    asks = question.types & SPECIFIC or question.types - {"manner", "thing", "yes_no"}
    if not carried and asks:
        return None
    types = question.types if asks else before.types or question.types
    role = question.asked_role if asks else before.asked_role
    return replace(_with(question, carried, before), types=types, asked_role=role)


def _with(question: Analysis, units: tuple[Unit, ...], source: Analysis) -> Analysis:
    """Append *units* of *source* to *question*, with its tokens, so that positions stay true."""
    shift = len(question.tokens)
    moved = tuple(replace(u, start=u.start + shift, end=u.end + shift) for u in units)
    return replace(question, tokens=(*question.tokens, *source.tokens), units=(*question.units, *moved))
