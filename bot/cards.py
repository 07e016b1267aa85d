"""A fact and its effects as an admin sees them, in Telegram HTML.

Owns the layout. Refuses to know which buttons stand below and what they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, tzinfo

from bot import terms
from bot import texts_admin as t
from bot.current import Known
from bot.replies import cut, esc, render
from bot.teaching import Effects
from knowledge.model import Answer, Fact

_SEEN_UNITS = 2200
_SEEN_BESIDE_UNITS = 800  # below a fact whose own words are shown as well
_LISTED = 5


def seen(known: Known, found: Answer, today: date, max_units: int = _SEEN_UNITS) -> str:
    """Return the message that a member gets for *found*, shortened when it is very long."""
    reply = render(found, titles=known.titles, notes=known.notes(found, today))
    return reply.html if len(reply.html) <= max_units else esc(cut(reply.text, max_units))


def saved(head: str, known: Known, fact: Fact, today: date, tail: Sequence[str] = ()) -> str:
    """Return *head* with the fact as members see it from now on."""
    shown = seen(known, known.answerer.answer(fact.questions[0]), today)
    lines = [f"<b>{esc(head)}</b>", _questions(fact.questions), f"<b>{t.SEEN_AS}</b>", shown]
    return "\n".join([*lines, *(esc(line) for line in tail)])


def draft(fact: Fact, effects: Effects, today: date) -> str:
    """Return the preview of *fact*: how it will look, and what would change."""
    head = t.DRAFT_OF.format(id=fact.id) if fact.id else t.DRAFT
    shown = seen(effects.known, effects.shown, today)
    lines = [f"<b>{esc(head)}</b>", _questions(fact.questions)]
    if not any(fact.id in part.facts for part in effects.shown.parts):
        lines.append(f"<b>{t.ANSWER}</b> {esc(cut(fact.answer, 1000))}")
    lines += [f"<b>{t.SEEN_AS}</b>", shown]
    if (day := terms.until(fact.source)) is not None:
        lines.append(esc(t.HOLDS_UNTIL.format(day=terms.written(day))))
    return "\n".join([*lines, "", *(esc(line) for line in warnings(effects))])


def warnings(effects: Effects) -> list[str]:
    """Return in sentences what *effects* would be."""
    lines = []
    if effects.twin is not None:
        twin = effects.twin
        lines.append(
            t.TWIN.format(id=twin.id, question=cut(twin.questions[0], 100), answer=cut(twin.answer, 200))
        )
    for sentence, questions in (
        (t.LOST, effects.lost),
        (t.MISSED, effects.missed),
        (t.GAINED, effects.gained),
    ):
        if questions:
            lines.append(sentence.format(count=len(questions), questions=listed(questions)))
    tried = t.TRIED.format(count=effects.tried)
    return [*lines, tried if effects.lost else f"{tried} {t.NO_EFFECT}"]


def listed(questions: Sequence[str]) -> str:
    """Return some *questions* in one line."""
    shown = "; ".join(f"“{cut(question, 80)}”" for question in questions[:_LISTED])
    return shown + ("; …" if len(questions) > _LISTED else "")


def card(known: Known, fact: Fact, viewer: str, zone: tzinfo, today: date) -> str:
    """Return everything about *fact*, as members see it; when they see another, its own words as well."""
    lines = [f"<b>#{fact.id}</b>", _questions(fact.questions)]
    found = known.answerer.answer(fact.questions[0])
    if any(fact.id in part.facts for part in found.parts):
        lines += [f"<b>{t.SEEN_AS}</b>", seen(known, found, today)]
    else:
        lines += [f"<b>{t.ANSWER}</b> {esc(cut(fact.answer, 1200))}"]
        lines += [f"<b>{t.QUOTE}</b> <i>{esc(cut(fact.quote, 600))}</i>"] if fact.quote else []
        lines += [f"<b>{t.SEEN_OTHERWISE}</b>", seen(known, found, today, _SEEN_BESIDE_UNITS)]
    source = terms.with_until(fact.source, None)
    lines += [f"<b>{t.SOURCE}</b> {esc(cut(source, 200))}"] if source else []
    if (day := terms.until(fact.source)) is not None:
        lines.append(esc(t.HOLDS_UNTIL.format(day=terms.written(day))))
    lines += [f"<b>{t.TOPIC}</b> {esc(fact.topic)}"] if fact.topic else []
    if fact.changed_at is not None:
        lines.append(
            esc(t.CHANGED_LINE.format(at=moment(fact.changed_at, zone), who=who(fact.author, viewer)))
        )
    return "\n".join(lines)


def who(author: str, viewer: str) -> str:
    """Return how *viewer* reads an author of the history."""
    if author == viewer:
        return t.YOU
    if author.startswith("tg:"):
        return t.ADMIN.format(id=author.removeprefix("tg:"))
    return {"seeds": t.SEEDS, "import": t.IMPORT}.get(author, author)


def moment(at: datetime, zone: tzinfo) -> str:
    """Return a time as people in *zone* write it."""
    local = at.astimezone(zone)
    return f"{local:%H:%M} {local.day:02}/{local.month:02}/{local.year}"


def _questions(questions: Sequence[str]) -> str:
    shown = [f"• {esc(cut(question, 150))}" for question in questions[:8]]
    more = [f"• … (+{len(questions) - 8})"] if len(questions) > 8 else []
    return "\n".join([f"<b>{t.ASKED_AS}</b>", *shown, *more])
