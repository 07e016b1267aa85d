"""What is worth asking about a new article: questions made from what its sentences name.

Owns the choice of sentences and the wording by templates. Refuses to be clever: an admin ticks what is
good, and the article answers from its own sentences anyway. Each proposal answers with its sentence.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator

from bot import texts_admin as t
from knowledge.intake import MAX_QUOTE_CHARS
from knowledge.model import Document, Fact, Mention, MentionKind, Sentence

MAX_PROPOSALS = 18
_OPENING = 4  # sentences in which an article says when, where and by whom
_TIMES = (MentionKind.DATE, MentionKind.HOUR, MentionKind.PERIOD)
_BY_LINE = re.compile(r"^\s*\([^()]{2,30}\)\s*[-–—]?\s*")
_NOUN_SYLLABLES = 3  # a longer "noun" is most often cut in the middle of a phrase
_AT = re.compile(rf"\b(?:{'|'.join(t.PLACE_WORDS)})\s+(?:[^\W\d_]+\s+){{0,3}}$", re.IGNORECASE)


def propose(document: Document) -> list[Fact]:
    """Return facts without numbers, in the order of the article, each with a key of its own."""
    found: dict[str, Fact] = {}
    mentions = [mention for sentence in document.sentences for mention in sentence.mentions]
    nouns = Counter(m.detail for m in mentions if m.kind is MentionKind.COUNT)
    holders = {m.text for m in mentions if m.kind is MentionKind.PERSON and m.detail}  # whose office is told
    for at, sentence in enumerate(document.sentences):
        if len(sentence.text) > MAX_QUOTE_CHARS or sentence.text == document.title:
            continue
        for fact in _of(document, sentence, nouns, holders, is_opening=at < _OPENING):
            found.setdefault(fact.questions[0].casefold(), fact)
    return list(found.values())[:MAX_PROPOSALS]


def _of(
    document: Document,
    sentence: Sentence,
    nouns: Counter[str],
    holders: Collection[str],
    *,
    is_opening: bool,
) -> Iterator[Fact]:
    topic = document.title[:90]
    if is_opening:
        kinds = {mention.kind for mention in sentence.mentions}
        if kinds & set(_TIMES[:2]):
            yield _fact(document, sentence, t.PROPOSE_WHEN, topic)
        if any(
            m.kind is MentionKind.PLACE and _AT.search(sentence.text[: m.start]) for m in sentence.mentions
        ):
            yield _fact(document, sentence, t.PROPOSE_WHERE, topic)
        if MentionKind.ORGANISATION in kinds and t.ORGANISES in sentence.text.lower():
            yield _fact(document, sentence, t.PROPOSE_WHO, topic)
    for mention in sentence.mentions:
        if mention.kind is MentionKind.PERSON and mention.detail:
            yield _fact(document, sentence, t.PROPOSE_PERSON, mention.text)
        elif mention.kind is MentionKind.PERSON and mention.text not in holders:
            yield _fact(document, sentence, t.PROPOSE_MENTIONED, mention.text)
        elif mention.kind is MentionKind.COUNT and _is_telling(mention, nouns):
            yield _fact(document, sentence, t.PROPOSE_COUNT, mention.detail)


def _is_telling(mention: Mention, nouns: Counter[str]) -> bool:
    return (
        any(char.isdigit() for char in mention.text)
        and nouns[mention.detail] == 1
        and 1 <= len(mention.detail.split()) <= _NOUN_SYLLABLES
        and mention.detail not in t.BARE_NOUNS
        and mention.detail.split()[0] not in t.UNITS_OF_TIME
    )


def _fact(document: Document, sentence: Sentence, templates: tuple[str, ...], about: str) -> Fact:
    questions = tuple(template.format(about=about) for template in templates)
    key = "nap-" + hashlib.blake2s(questions[0].casefold().encode(), digest_size=8).hexdigest()
    return Fact(
        id=0,
        questions=questions,
        answer=_BY_LINE.sub("", sentence.text),
        quote=sentence.text,
        document=document.name,
        key=key,
        topic=document.title[:100],
    )
