"""The cut of one sentence that answers most: whole, in parts, or the clause of a story that asks.

Owns the comparison of the cuts that `segments` proposes. Refuses to know how one question is decided.
"""

from __future__ import annotations

from knowledge.index import Index
from knowledge.kinds import SPECIFIC
from knowledge.leaning import LEAN_GAIN, Leaning, Talk
from knowledge.model import AnswerKind, Part
from knowledge.segments import LONG_TOKENS, MAX_READ, split_clauses, windows
from knowledge.units import Analysis, Unit
from knowledge.verdict import FACT_THRESHOLD, SURE, Verdicts

_ROUNDING = 1e-6
CUT_BONUS = 0.12  # how much worse the parts of a sentence may score than the whole
_LISTED = 3  # offices in one sentence: "giám đốc là ai rồi phó giám đốc với chủ tịch nữa"
_FRAMES = frozenset(["ben", "o", "trong", "rieng", "tai", "theo"])
_WHO = frozenset(["person", "organisation"])
_SPEAKER = frozenset(["em", "minh", "toi", "con", "chau", "tui", "bon", "tao"])
SILENT_PIECE = 0.7  # a piece that the article is silent on counts so much of the best piece


class Cuts:
    """Finds the best cut of a sentence."""

    def __init__(self, index: Index, leaning: Leaning, verdicts: Verdicts) -> None:
        """Resolve pieces by *leaning*, and by *verdicts* what they are by themselves."""
        self._index = index
        self._leaning = leaning
        self._verdicts = verdicts

    def best(self, sentence: Analysis, talk: Talk) -> list[tuple[Analysis, Part]]:
        """Answer one sentence whole, or in parts when that covers more of it.

        A long one is not taken apart piece by piece, unless it lists offices: that cost fifty times a usual
        question.
        """
        offices = sum(u.kind == "office" for u in sentence.units)
        if len(sentence.tokens) > LONG_TOKENS and offices < _LISTED:
            return self._in_story(sentence, talk)
        whole, score = self._leaning.resolve(sentence, talk)
        best = [(sentence, whole)]
        best_score = score + (0.1 if score > SURE else 0.0)
        for questions in split_clauses(sentence, self._index.analyzer):
            outcomes: list[tuple[Analysis, Part, float]] = []
            if not questions[0].cues and questions[0].tokens[0].fold in _FRAMES:
                continue  # "bên bóng chuyền, đội nào …": where to look, and no question
            several = all(q.offices for q in questions)  # "phó chủ tịch tỉnh với phó chủ tịch mặt trận"
            needed = best_score - CUT_BONUS * (2 if several else 1)
            for i, question in enumerate(questions):
                beside = [q for q, _, _ in outcomes[-1:]] + questions[i + 1 : i + 2]
                outcomes.append(self._resolve_piece(question, beside, talk))
                if _is_lost(outcomes, len(questions), needed):
                    break
            if len(outcomes) < len(questions):
                continue
            kept = {p.facts or p.text or p.focus or str(i): (q, p) for i, (q, p, _) in enumerate(outcomes)}
            strongest = max(value for _, _, value in outcomes)
            if len(kept) < 2 or strongest < FACT_THRESHOLD:
                continue
            weak = [q for q, _, v in outcomes if v < FACT_THRESHOLD]
            if any(not q.types & SPECIFIC for q in weak):
                continue
            if any(p.kind is AnswerKind.CLARIFY and not q.types for q, p, _ in outcomes):
                continue  # a piece that may mean anything is no question
            if weak and questions[0].tokens == questions[1].tokens:
                continue  # the same words twice, and no answer for one of two ways to read them
            mean = sum(max(v, SILENT_PIECE * strongest) for _, _, v in outcomes) / len(outcomes)
            if mean > needed:
                best = list(kept.values())
                best_score = mean + CUT_BONUS
        return best

    def _in_story(self, sentence: Analysis, talk: Talk) -> list[tuple[Analysis, Part]]:
        """Answer the clauses of a long sentence that ask, and all of it only where none does."""
        elsewhere = any(
            u.kind == "stranger" or (self._is_foreign(u) and not _is_of_speaker(sentence, u))
            for u in sentence.units
        )
        asked: list[tuple[range, Analysis]] = []
        told: list[tuple[range, Analysis]] = []
        sure: set[range] = set()
        for window in () if elsewhere else windows(sentence):
            within = [w for w, _ in asked if window.start <= w.start and w.stop <= window.stop]
            if not sure.isdisjoint(within):
                continue  # what is around a question that is surely answered
            if within and not self._adds_to(sentence, window, within[0]):
                continue
            question = self._index.analyzer.analyse(sentence.tokens[window.start : window.stop])
            if not any(not u.light and self._index.knows(u) for u in question.units):
                continue
            asked.append((window, question))
            verdict = self._verdicts.told(question)
            if verdict:
                told.append((window, question))
                if verdict[1] > SURE:
                    sure.add(window)
        # What no fact answers is looked for in the articles, which costs as much again; where there are
        # curated facts in vain but for one time in a hundred.
        promising = told or asked
        if not told and self._verdicts.is_curated:
            promising = sorted(asked, key=lambda row: self._verdicts.promise(row[1]), reverse=True)[:1]
        found = [(w, q, *self._leaning.resolve(q, talk)) for w, q in promising]
        found.sort(key=lambda row: (-round(row[3], 2), -len(row[1].units)))
        if not found or found[0][3] <= FACT_THRESHOLD:
            if found and sum(len(w) for w, _ in asked) + len(sentence.tokens) > MAX_READ:
                return [found[0][1:3]]  # enough has been looked into
            differs = self._verdicts.told(sentence) or self._verdicts.is_off_topic(sentence)
            if found and self._verdicts.is_curated and not differs:
                return [found[0][1:3]]
            whole, score = self._leaning.resolve(sentence, talk)
            return [found[0][1:3] if found and found[0][3] > score else (sentence, whole)]
        picked = found[:1]
        for row in found[1:]:
            apart = all(row[0].start >= w.stop or row[0].stop <= w.start for w, *_ in picked)
            if apart and row[3] > SURE and row[2].kind is AnswerKind.ANSWER:
                picked.append(row)
        picked.sort(key=lambda row: row[0].start)
        pieces: list[tuple[Analysis, Part]] = []
        for _, question, part, _ in picked:
            is_long = len(question.tokens) > LONG_TOKENS
            pieces += [(question, part)] if is_long else self.best(question, talk)
        return pieces

    def _adds_to(self, sentence: Analysis, window: range, inner: range) -> bool:
        """Tell whether *window* says something known besides *inner*: "mà chị không nhớ" does not."""
        around = (u for u in sentence.units if u.start in window and u.start not in inner)
        return any(not u.light and self._index.knows(u) for u in around)

    def _is_foreign(self, unit: Unit) -> bool:
        """Tell whether *unit* is a region that the event does not speak of."""
        return any(i.startswith("g:") for i in unit.ids) and not self._index.knows(unit)

    def _resolve_piece(
        self, question: Analysis, beside: list[Analysis], talk: Talk
    ) -> tuple[Analysis, Part, float]:
        """Find the outcome of one of several questions, completed from its neighbours where it needs them."""
        alone, score = self._leaning.resolve(question, talk)
        best = (question, alone, score)
        # The "bằng khen" of "bằng khen và giấy khen do ai tặng" borrows its question.
        borrowed = not question.cues and not question.types.isdisjoint(_WHO)
        incomplete = self._leaning.is_bare(question) or borrowed
        for other in beside:
            joined = self._leaning.complete(question, other)
            if joined is not None and (score < SURE or incomplete):
                part, completed = self._verdicts.of(joined)
                if alone.kind is AnswerKind.ANSWER and part.kind is AnswerKind.NO_ANSWER and not part.facts:
                    continue  # nothing is found for both together, and something for the one
                if (
                    not alone.facts
                    and question.types & SPECIFIC
                    and part.facts == self._verdicts.of(other)[0].facts
                ):
                    continue  # that only says again what the neighbour is told
                first = incomplete and best[1] is alone
                if completed > (
                    FACT_THRESHOLD if first else best[2] + (0.0 if incomplete else LEAN_GAIN / 2)
                ):
                    best = (joined, part, completed)
        return best


def _is_lost(outcomes: list[tuple[Analysis, Part, float]], count: int, needed: float) -> bool:
    """Tell whether *count* pieces cannot reach *needed* however well the rest of them should be answered.

    Most messages are well answered as they are, and to resolve a piece costs as much as a question.
    """
    question, _, value = outcomes[-1]
    if value < FACT_THRESHOLD and not question.types & SPECIFIC:
        return True
    most = sum([max(value, SILENT_PIECE) for *_, value in outcomes]) + count - len(outcomes)
    return most / count < needed - _ROUNDING


def _is_of_speaker(sentence: Analysis, unit: Unit) -> bool:
    """Tell whether the clause of *unit* is about the one who asks: "em đi công tác Sài Gòn, …"."""
    tokens = sentence.tokens
    start = next((i for i in range(unit.start, 0, -1) if "," in tokens[i - 1].after), 0)
    return any(t.fold in _SPEAKER for t in tokens[start : unit.start])
