"""What cannot be taken, said in Vietnamese: checks before storing, and the storage's own refusals.

Owns the way from a rule or an error of `knowledge/` to a sentence. Refuses to know the rules' figures: they
are those of `knowledge.intake`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot import texts_admin as t
from bot.replies import cut
from knowledge.intake import MAX_ANSWER_CHARS, MAX_QUESTION_CHARS, MAX_QUESTIONS

_REASONS = tuple((re.compile(pattern, re.DOTALL), sentence) for pattern, sentence in t.REASONS)


def of_questions(questions: Sequence[str]) -> str:
    """Return what is wrong with the ways of asking; "" when nothing is."""
    if not questions:
        return t.NO_QUESTION
    if len(questions) > MAX_QUESTIONS:
        return t.TOO_MANY_QUESTIONS.format(count=len(questions), limit=MAX_QUESTIONS)
    for text in questions:
        if len(text) > MAX_QUESTION_CHARS:
            shown = cut(text, 40)
            return t.QUESTION_TOO_LONG.format(text=shown, count=len(text), limit=MAX_QUESTION_CHARS)
    return _of_characters(" ".join(questions))


def of_answer(answer: str) -> str:
    """Return what is wrong with an answer; "" when nothing is."""
    if not answer:
        return t.NO_ANSWER
    if len(answer) > MAX_ANSWER_CHARS:
        return t.ANSWER_TOO_LONG.format(count=len(answer), limit=MAX_ANSWER_CHARS)
    return _of_characters(answer)


def reason(error: Exception | str) -> str:
    """Return in Vietnamese why `knowledge/` refused, without a full stop."""
    words = str(error)
    for pattern, sentence in _REASONS:
        if (found := pattern.fullmatch(words)) is not None:
            return sentence.format(*found.groups())
    return t.REASON_UNKNOWN


def sentence(error: Exception) -> str:
    """Return a whole sentence for an error of `knowledge/`."""
    return t.REFUSED.format(reason=reason(error))


def _of_characters(text: str) -> str:
    for character in text:
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and character not in "\n\t"):
            return t.STRANGE_CHARACTER.format(code=f"U+{ord(character):04X}")
    return ""
