"""The records that the whole product speaks in.

Owns the frozen values that travel between the rooms: what an article is made of, what a fact is,
what an answer is. Refuses to know where they are stored, how they are found and how they are shown.

Offsets count code points of the stored NFC text. Scores and confidences are 0-1. Times are aware UTC.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from knowledge.records import dataclass, field


class MentionKind(StrEnum):
    """What kind of thing a stretch of a sentence names."""

    PERSON = "person"
    ORGANISATION = "organisation"
    DATE = "date"
    HOUR = "hour"
    PERIOD = "period"
    YEAR = "year"
    PLACE = "place"
    COUNT = "count"
    PERCENT = "percent"
    MONEY = "money"
    PHONE = "phone"
    ORDINAL = "ordinal"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Mention:
    """A typed stretch of a sentence.

    `start` and `end` are offsets within the sentence. `detail` holds what belongs to it: a person's
    title and office ("Đại tá; Phó Giám đốc Công an tỉnh"), a count's noun ("tập thể"), the words before
    the name of a thing ("phát động chiến dịch"), else "".
    """

    kind: MentionKind
    start: int
    end: int
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an article: `text == document.text[start:end]`, `paragraph` counts from 0."""

    paragraph: int
    start: int
    end: int
    text: str
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One article as it was loaded.

    `name` is the file name without its ending and identifies the article. `printed_date` is the date
    as the article prints it ("6/11"), never completed by us. `text` is NFC. `checksum` is the SHA-256
    (hex) of `text` in UTF-8.
    """

    name: str
    title: str
    publisher: str
    printed_date: str
    text: str
    checksum: str
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """Something the bot may say, with the ways in which people ask for it.

    `id` is the number that people see (`#12`); 0 before it is stored. `document` names the article it
    belongs to ("" for a fact of an admin), `key` the entry in that article's companion ("" if none).
    `quote`, when present, stands verbatim in the document. `source` says where it comes from in words.
    `author` is whoever changed it last ("seeds" for a companion). `topic` is its heading in /chude.
    """

    id: int
    questions: tuple[str, ...]
    answer: str
    quote: str = ""
    source: str = ""
    document: str = ""
    key: str = ""
    author: str = ""
    changed_at: datetime | None = None
    topic: str = ""

    def __post_init__(self) -> None:
        """Refuse a naive time, which would silently mean another instant elsewhere."""
        if self.changed_at is not None and self.changed_at.tzinfo is None:
            raise ValueError("changed_at must be an aware time")


class AnswerKind(StrEnum):
    """How a question ended, as `ask --jsonl` prints it."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    NO_ANSWER = "no_answer"
    SMALLTALK = "smalltalk"


class Reason(StrEnum):
    """Why a part of a question has no plain answer."""

    NONE = "none"
    SILENT = "silent"  # about the event, but the article does not say this
    PREMISE = "premise"  # the question assumes something the article contradicts or does not say
    OFF_TOPIC = "off_topic"  # not about any loaded event
    UNREADABLE = "unreadable"  # nothing left after cleaning, or only noise
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer stands: a verbatim quote and the article it is from."""

    document: str
    title: str
    publisher: str
    printed_date: str
    paragraph: int
    quote: str


@dataclass(frozen=True, slots=True)
class Part:
    """The outcome of one question within a message.

    `text` is the fact's answer or the part of a sentence that answers; "" when there is none. `short` is
    what is left of it beside the quote, when the quote says the rest.
    `focus` names in Vietnamese what was asked for ("địa điểm", "số đại biểu"), "" when unknown.
    For SMALLTALK `topic` is the entry of seeds/lexicon/smalltalk.toml. For CLARIFY `choices` holds
    complete questions that each lead to one answer. A NO_ANSWER may cite the nearest sentence.
    """

    kind: AnswerKind
    text: str = ""
    short: str = ""
    reason: Reason = Reason.NONE
    focus: str = ""
    topic: str = ""
    confidence: float = 0.0
    facts: tuple[int, ...] = ()
    citations: tuple[Citation, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the next question of a chat may lean on. The caller forgets it after some minutes.

    `question` is the last question as understood (already completed from the one before it),
    `facts` the fact ids and `sentences` the (document name, sentence start) pairs it was answered from.
    """

    question: str = ""
    facts: tuple[int, ...] = ()
    sentences: tuple[tuple[str, int], ...] = ()
    document: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to one message: its parts in the order asked, and what to ask next.

    `related` holds up to three further questions that the bot can answer. `conversation` is to be
    handed back with the next message of the same chat.
    """

    parts: tuple[Part, ...]
    related: tuple[str, ...] = ()
    conversation: Conversation = field(default_factory=Conversation)

    @property
    def kind(self) -> AnswerKind:
        """Return the kind of the whole: an answered part wins, then a question back."""
        kinds = [part.kind for part in self.parts]
        for kind in (AnswerKind.ANSWER, AnswerKind.CLARIFY, AnswerKind.NO_ANSWER):
            if kind in kinds:
                return kind
        return AnswerKind.SMALLTALK

    @property
    def confidence(self) -> float:
        """Return the confidence of the least certain part (0-1)."""
        return min((part.confidence for part in self.parts), default=0.0)
