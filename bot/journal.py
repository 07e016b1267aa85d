"""What is noted after an answer, and what a member may do about it: mark it wrong, ask to be told.

Owns which answers are worth a second look, and the buttons for it. Refuses to know who asked: what it
remembers in memory goes by the question alone.
"""

from __future__ import annotations

import logging
from collections import OrderedDict

from bot import texts
from bot.asked import Asked, Kind, key_of, shown
from bot.current import Known
from bot.logs import describe
from bot.statistics import TOPIC, Counters
from knowledge.errors import StorageError
from knowledge.model import Answer, AnswerKind, Reason

log = logging.getLogger(__name__)

UNSURE = 0.7  # an answer of less confidence is shown to the admins as well
RECENT = 5000
TELL, WRONG = "tell:", "wrong:"
_IN_VAIN = {Reason.SILENT, Reason.PREMISE, Reason.OFF_TOPIC}

Buttons = tuple[tuple[str, str], ...]


class Journal:
    """Notes how questions end. Counts always, keeps the question only when it went unanswered or nearly."""

    def __init__(self, asked: Asked, counters: Counters) -> None:
        """Note into *asked* and *counters*."""
        self.asked = asked
        self.counters = counters
        self._recent: OrderedDict[str, str] = OrderedDict()

    def buttons(self, question: str, found: Answer, *, is_private: bool) -> Buttons:
        """Return (label, callback data) of what a member may do about the answer *found*."""
        if found.kind is AnswerKind.ANSWER:
            fact = next((f for part in found.parts for f in part.facts), 0)
            return ((texts.WRONG_BUTTON, f"{WRONG}{key_of(question)}:{fact}"),)
        if is_private and kind_of(found) is Kind.UNANSWERED:
            return ((texts.TELL_BUTTON, TELL + key_of(question)),)
        return ()

    async def note(self, question: str, found: Answer, known: Known) -> None:
        """Count *question* with how it ended, and keep it when it went in vain."""
        if found.kind is AnswerKind.SMALLTALK:
            self.counters.count(found.kind.value)
            return
        topics = {topic for part in found.parts for fact in part.facts if (topic := known.topic(fact))}
        self.counters.count("asked", found.kind.value, *(TOPIC + topic for topic in topics))
        self._remember(question)
        kind = kind_of(found)
        if kind is not None:
            try:
                await self.asked.keep(question, kind)
            except StorageError as error:  # the answer has been given: that is what counts
                log.error("a question in vain could not be kept: %s", describe(error))

    def _remember(self, question: str) -> None:
        question_key = key_of(question)
        if question_key in self._recent:
            self._recent.move_to_end(question_key)
            return
        self._recent[question_key] = shown(question)
        if len(self._recent) > RECENT:
            self._recent.popitem(last=False)

    async def mark_wrong(self, question_key: str, fact: int, known: Known) -> None:
        """Keep the question behind a pressed button as answered wrongly.

        After a restart only the fact is known; then its own first question stands for what was asked.
        """
        self.counters.count(Kind.WRONG.value)
        text = self._recent.get(question_key)
        if text is None:
            meant = known.fact(fact)
            text = meant.questions[0] if meant else None
        if text is not None:
            await self.asked.keep(text, Kind.WRONG)


def kind_of(found: Answer) -> Kind | None:
    """Return why the question behind *found* is worth keeping; None when it is not."""
    if any(part.kind is AnswerKind.NO_ANSWER and part.reason in _IN_VAIN for part in found.parts):
        return Kind.UNANSWERED
    if found.kind is AnswerKind.ANSWER and found.confidence < UNSURE:
        return Kind.UNSURE
    return None
