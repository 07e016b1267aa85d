"""An `Answer` becomes what a person sees: plain text, Telegram HTML, and the buttons under it.

Owns how answers look and Telegram's limits on them. Refuses to know how they are found and how they
are sent. Every value that is not ours passes through `esc()`, once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from bot import texts
from knowledge.model import Answer, AnswerKind, Citation, Part, Reason

MAX_UNITS = 4096  # Telegram counts UTF-16 units after entity parsing; we keep the HTML itself below it
MAX_BUTTONS = 8
REMEMBERED = 256  # replies, some 3 kB each
_INVITING = ("greeting", "identity", "abilities")  # pleasantries after which an example helps
_NO_NOTES: Mapping[int, str] = MappingProxyType({})
_LONG_QUOTE = 1500  # UTF-16 units; a longer "sentence" is a list or a table: the source line must do


class Reply(NamedTuple):
    """One message. `text` is plain, without citation; `source` the citation in plain words.

    `buttons` are complete questions: the label and what pressing it asks.
    """

    html: str
    text: str
    source: str = ""
    buttons: tuple[str, ...] = ()


def esc(text: str) -> str:
    """Make *text* harmless in Telegram HTML: what is shown equals what came in.

    Lone surrogates and NUL, which no Bot API request can carry, are left out.
    """
    clean = text.encode("utf-8", "ignore").decode("utf-8").replace("\0", "")
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def units(text: str) -> int:
    """Return the length of *text* as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, max_units: int) -> str:
    """Shorten *text* to *max_units* UTF-16 units, at a space when one is near, marked by "…"."""
    if units(text) <= max_units:
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * (max_units - 1)].decode("utf-16-le", "ignore")
    head, space, tail = kept.rpartition(" ")
    return (head if space and len(tail) < 40 else kept).rstrip() + "…"


def pages(lines: Sequence[str], max_units: int = 3000) -> list[str]:
    """Join *lines*, none longer than *max_units*, into as many messages as they need."""
    joined = [""]
    for line in lines:
        if joined[-1] and units(joined[-1]) + units(line) >= max_units:
            joined.append("")
        joined[-1] += ("\n" if joined[-1] else "") + line
    return joined


def key(question: str) -> str:
    """Return the callback data (18 bytes) that stands for *question*, the same after a restart."""
    import hashlib  # only who shows buttons pays for it

    normal = unicodedata.normalize("NFC", question).strip().casefold()
    return "q:" + hashlib.blake2s(normal.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def about(titles: Sequence[str]) -> str:
    """Say in words which articles the bot knows, at most three of them by title."""
    if not titles:
        return texts.ABOUT_NOTHING
    if len(titles) == 1:
        return texts.ABOUT_ONE.format(title=titles[0])
    named = ", ".join(f"“{title}”" for title in titles[:3])
    more = texts.ABOUT_MORE.format(count=len(titles) - 3) if len(titles) > 3 else ""
    return texts.ABOUT_SEVERAL.format(titles=named) + more


def source_line(citation: Citation) -> str:
    """Name the article: title, publisher, and the date exactly as it is printed."""
    line = texts.SOURCE.format(title=citation.title or citation.document)
    return ", ".join([line, *(extra for extra in (citation.publisher, citation.printed_date) if extra)])


def render(
    answer: Answer,
    *,
    titles: Sequence[str] = (),
    starters: Sequence[str] = (),
    heading: str = "",
    notes: Mapping[int, str] = _NO_NOTES,
) -> Reply:
    """Lay *answer* out as one message of at most 4,096 UTF-16 units.

    *titles* are those of the known articles and *starters* example questions, both used when the
    question was about something else. *heading* is the question, when the message does not follow it
    in the chat (a pressed button, inline mode); it stands in the HTML only. *notes* are said under what a
    fact answers, by its number.
    """
    if notes:
        return _laid_out(answer, tuple(titles), tuple(starters), heading, notes)
    return _laid_out_before(answer, tuple(titles), tuple(starters), heading)


def _laid_out(
    answer: Answer,
    titles: tuple[str, ...],
    starters: tuple[str, ...],
    heading: str,
    notes: Mapping[int, str] = _NO_NOTES,
) -> Reply:
    parts = _spoken(answer)
    lines = [_line(part, alone=len(parts) == 1, titles=titles) for part in parts]
    if len(parts) > 1:
        lines = [f"• {line}" for line in lines]
    budget = (MAX_UNITS - 100) // len(lines)
    head = f"<b>{esc(cut(heading, 300))}</b>\n\n" if heading else ""
    whole = head + _lay_out(parts, lines, notes, quotes=True)
    if units(whole) > MAX_UNITS:
        whole = head + _lay_out(parts, lines, notes, quotes=False)
    if units(whole) > MAX_UNITS:
        whole = head + "\n".join(_fit(line, budget - units(head)) for line in lines)
    return Reply(
        html=whole,
        text="\n".join(lines),
        source="\n".join([*_sources(parts), *(note for part in parts for note in _noted(part, notes))]),
        buttons=_buttons(answer, parts, starters),
    )


_laid_out_before = lru_cache(maxsize=REMEMBERED)(_laid_out)  # most people ask what others have asked


def _spoken(answer: Answer) -> list[Part]:
    """Leave out pleasantries beside a question; of several pleasantries keep the most telling."""
    asked = [part for part in answer.parts if part.kind is not AnswerKind.SMALLTALK]
    if asked:
        known = [p for p in asked if p.reason is not Reason.UNREADABLE]
        return known or asked[:1]
    order = list(texts.SMALLTALK)
    ranked = sorted(
        answer.parts, key=lambda part: order.index(part.topic) if part.topic in order else len(order)
    )
    return ranked[:1] or [Part(AnswerKind.NO_ANSWER, reason=Reason.UNREADABLE)]


def _line(part: Part, *, alone: bool, titles: Sequence[str]) -> str:
    if part.kind is AnswerKind.SMALLTALK:
        return texts.SMALLTALK.get(part.topic, texts.SMALLTALK["greeting"])
    if part.kind is AnswerKind.CLARIFY:
        return part.text or texts.CLARIFY
    if part.kind is AnswerKind.ANSWER:
        return part.text
    if part.reason is Reason.PREMISE:
        return texts.PREMISE_FACT.format(fact=part.text) if part.text else texts.PREMISE
    if part.text:
        return part.text
    if part.reason is Reason.OFF_TOPIC:
        return texts.OFF_TOPIC.format(about=about(titles)) if alone else texts.OFF_TOPIC_REST
    if part.reason is Reason.UNREADABLE:
        return texts.UNREADABLE
    if part.reason is Reason.TOO_LONG:
        return texts.TOO_LONG
    if part.focus:
        return texts.SILENT.format(focus=part.focus)
    return texts.SILENT_PLAIN if alone else texts.SILENT_REST


def _lay_out(parts: Sequence[Part], lines: Sequence[str], notes: Mapping[int, str], *, quotes: bool) -> str:
    """Put each line above its quotes, and name an article once after the parts that cite it."""
    blocks: list[str] = []
    for at, (part, line) in enumerate(zip(parts, lines, strict=True)):
        shown = [c for c in part.citations if quotes and c.quote and units(c.quote) <= _LONG_QUOTE]
        block = [esc(_beside(line, part, shown)), *(f"<i>{esc(note)}</i>" for note in _noted(part, notes))]
        if shown and part.kind is AnswerKind.NO_ANSWER:
            block.append(texts.NEAREST)
        block += [f"<blockquote expandable>{esc(citation.quote)}</blockquote>" for citation in shown]
        following = {source_line(c) for c in parts[at + 1].citations} if at + 1 < len(parts) else set()
        named = list(dict.fromkeys(source_line(citation) for citation in part.citations))
        block += [f"<i>{esc(name)}</i>" for name in named if name not in following]
        blocks.append("\n".join(block))
    return "\n\n".join(blocks)


def _beside(line: str, part: Part, shown: Sequence[Citation]) -> str:
    """Return what to say above the quotes; a sentence that answers by itself is not said twice."""
    if not shown or part.facts or part.kind is not AnswerKind.ANSWER:
        return line
    bullet = "• " if line.startswith("• ") else ""
    if part.short:
        return bullet + part.short
    return bullet + texts.QUOTED if any(part.text in c.quote for c in shown) else line


def _noted(part: Part, notes: Mapping[int, str]) -> list[str]:
    return [notes[fact] for fact in part.facts if fact in notes]


def _fit(line: str, max_units: int) -> str:
    """Escape *line*, shortened as far as its escaped form needs."""
    budget = max_units
    while units(escaped := esc(cut(line, budget))) > max_units:
        budget = budget * 3 // 4
    return escaped


def _sources(parts: Sequence[Part]) -> list[str]:
    lines: list[str] = []
    for part in parts:
        for citation in part.citations:
            lines += [texts.TERMINAL_QUOTE.format(quote=citation.quote)] if citation.quote else []
    names = dict.fromkeys(source_line(citation) for part in parts for citation in part.citations)
    return list(dict.fromkeys(lines)) + [f"({name})" for name in names]


def _buttons(answer: Answer, parts: Sequence[Part], starters: Sequence[str]) -> tuple[str, ...]:
    choices = [choice for part in parts for choice in part.choices]
    lost = any(p.kind is AnswerKind.NO_ANSWER or p.topic in _INVITING for p in parts)
    questions = choices or list(answer.related) or (list(starters) if lost else [])
    return tuple(dict.fromkeys(questions))[:MAX_BUTTONS]
