"""What may come in: how bytes become text, and what a stored text may look like.

Owns encodings, lengths, forbidden characters and the rules for a single fact, for every way in: seeds,
files, admins. Refuses to know where a text comes from and where it goes; callers add file and line.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Mapping, Sequence

from knowledge.errors import InputError
from knowledge.model import Fact
from knowledge.records import replace

# Lengths in characters. A Telegram message holds 4,096 UTF-16 units, and an answer is shown with its
# quote and source line.
MAX_QUESTIONS = 50
MAX_QUESTION_CHARS = 300
MAX_ANSWER_CHARS = 3000
MAX_QUOTE_CHARS = 3000
MAX_SOURCE_CHARS = 1000
MAX_NAME_CHARS = 100

_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def encoding_of(start: bytes) -> str:
    """Return the encoding of a text file that begins with the bytes *start*, three of them if there are."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8, with or without a mark, or in UTF-16 with its mark.

    Anything else is an InputError that names the line.
    """
    encoding = _UTF_16.get(data[:2], "utf-8")
    body = data.removeprefix(codecs.BOM_UTF8) if encoding == "utf-8" else data[2:]
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        line = body[: error.start].decode(encoding, "ignore").count("\n") + 1
        raise InputError(f"line {line}: not UTF-8 text; save the file as UTF-8 and try again") from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError(f"line {line}: holds a NUL character; save the file as UTF-8 text and try again")
    return text


def clean(text: str, what: str, max_chars: int, *, multiline: bool = False) -> str:
    """Return *text* as it is stored: NFC, line ends as "\\n", nothing around it.

    Raises InputError, naming *what* it is, when it is too long, has characters that are no text, or
    spans lines without being *multiline*.
    """
    if len(text) > 2 * max_chars + 2:  # before the costly work on it
        raise InputError(f"{what} has {len(text)} characters; {max_chars} is the most")
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(text) > max_chars:
        raise InputError(f"{what} has {len(text)} characters; {max_chars} is the most")
    for character in text:
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and character not in "\n\t"):
            raise InputError(
                f"{what} holds the character U+{ord(character):04X}, which is no text; remove it"
            )
    if not multiline and "\n" in text:
        raise InputError(f"{what} must stand on one line")
    return text


def clean_name(name: str) -> str:
    """Return a document's name as it is stored; raises InputError when it cannot be one."""
    name = clean(name, "the article's name", MAX_NAME_CHARS)
    if not name:
        raise InputError("the article needs a name")
    return name


def clean_fact(fact: Fact) -> Fact:
    """Return *fact* with every text as it is stored; raises InputError naming the field at fault."""
    questions = tuple(dict.fromkeys(clean(q, "a question", MAX_QUESTION_CHARS) for q in fact.questions))
    if not questions or "" in questions:
        raise InputError("questions: at least one is needed, and none may be empty")
    if len(questions) > MAX_QUESTIONS:
        raise InputError(f"questions: {len(questions)} are too many; {MAX_QUESTIONS} is the most")
    cleaned = replace(
        fact,
        questions=questions,
        answer=clean(fact.answer, "the answer", MAX_ANSWER_CHARS, multiline=True),
        quote=clean(fact.quote, "the quote", MAX_QUOTE_CHARS, multiline=True),
        source=clean(fact.source, "the source", MAX_SOURCE_CHARS),
        topic=clean(fact.topic, "the topic", MAX_NAME_CHARS),
        key=clean(fact.key, "the key", MAX_NAME_CHARS),
    )
    if not cleaned.answer:
        raise InputError("answer: it is empty")
    clean(written_source(cleaned), "the source", MAX_SOURCE_CHARS)  # it must survive export and import
    return cleaned


def written_source(fact: Fact) -> str:
    """Return the source as files carry it: the article's name, then the fact's own words about it."""
    if not fact.document:
        return fact.source
    return f"{fact.document}: {fact.source}" if fact.source else fact.document


def bind(fact: Fact, texts: Mapping[str, str]) -> Fact:
    """Find the article that a fact belongs to, by its written source or else by its quote.

    *texts* maps the names of the stored articles to their texts. The fact comes back with `document`
    and its own `source`. Raises InputError when its quote does not stand where it should.
    """
    if not fact.document:
        fact = _bound_by_source(fact, sorted(texts, key=len, reverse=True))
    if fact.document:
        if fact.document not in texts:
            raise InputError(f"no article is called “{fact.document}”; load it first")
        if fact.quote not in texts[fact.document]:
            raise InputError(f"the quote does not stand in the article “{fact.document}”; copy it exactly")
        return fact
    if not fact.quote:
        return fact
    holders = [name for name, text in texts.items() if fact.quote in text]
    if len(holders) == 1:
        return replace(fact, document=holders[0])
    if fact.source:
        return fact  # a quote from elsewhere: its source answers for it
    if holders:
        raise InputError(f"the quote stands in {len(holders)} articles; name one of them as its source")
    raise InputError("the quote stands in no loaded article; copy it exactly, or say where it is from")


def _bound_by_source(fact: Fact, names: Sequence[str]) -> Fact:
    for name in names:
        if fact.source == name:
            return replace(fact, document=name, source="")
        if fact.source.startswith(f"{name}: "):
            return replace(fact, document=name, source=fact.source.removeprefix(f"{name}: ").strip())
    return fact
