"""/xem /tim /xoa /hoantac /lichsu: looking facts up, taking them out, taking changes back.

Owns these five commands and the buttons under a fact. Refuses to know how a fact is edited (`facts`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from telegram.ext import CommandHandler

from bot import cards, refusals
from bot import texts_admin as t
from bot.dialogs import Dialog
from bot.handlers.desk import Desk, Flow, Turn
from bot.handlers.facts import FactDesk, number_in
from bot.handlers.questions import FRESH, Handlers
from bot.replies import cut, esc
from bot.teaching import Teaching
from knowledge.errors import ConflictError, InputError, NotFoundError
from knowledge.model import Fact
from knowledge.schema import Change
from knowledge.store import Store
from knowledge.syllables import fold

KIND = "card"
LISTED = 12
HISTORY = 15


@dataclass(frozen=True, slots=True)
class Lookup:
    """The reading side of the admins' desk, and deletion and undo, which need no dialog."""

    desk: Desk
    facts: FactDesk
    teaching: Teaching
    zone: tzinfo
    today: Callable[[], date]

    def handlers(self) -> Handlers:
        """Register the flow of buttons and return the handlers of the commands."""
        self.desk.flows[KIND] = Flow(self._take, self._press)
        gate = self.desk.gate
        return [
            CommandHandler("xem", gate(self._view), FRESH),
            CommandHandler("tim", gate(self._find), FRESH),
            CommandHandler("xoa", gate(self._delete), FRESH),
            CommandHandler("hoantac", gate(self._undo), FRESH),
            CommandHandler("lichsu", gate(self._history), FRESH),
        ]

    async def _view(self, turn: Turn) -> None:
        fact = await self._named(turn, "xem")
        if fact is not None:
            await self._show(turn, fact)

    async def _show(self, turn: Turn, fact: Fact) -> None:
        dialog = await self.desk.aside(turn, KIND)
        buttons = [
            [(t.CARD_EDIT, f"edit:{fact.id}"), (t.CARD_DELETE, f"delete:{fact.id}")],
            [(t.CARD_HISTORY, f"history:{fact.id}")],
        ]
        await turn.say(cards.card(fact, turn.author, self.zone), dialog, buttons)

    async def _find(self, turn: Turn) -> None:
        words = " ".join(turn.words.split())
        if not words:
            await turn.say(esc(t.NEED_WORDS))
            return
        found = matching(await self.teaching.store.facts(), words)
        if not found:
            await turn.say(esc(t.FOUND_NONE.format(words=cut(words, 100))))
            return
        dialog = await self.desk.aside(turn, KIND)
        lines = [t.FOUND.format(count=len(found), words=cut(words, 100))]
        lines += [f"#{fact.id} {cut(fact.questions[0], 120)}" for fact in found[:LISTED]]
        lines += [t.FOUND_MORE.format(count=len(found) - LISTED)] if len(found) > LISTED else []
        numbers = [(f"#{fact.id}", f"view:{fact.id}") for fact in found[:LISTED]]
        rows = [numbers[at : at + 4] for at in range(0, len(numbers), 4)]
        await turn.say(esc("\n".join(lines)), dialog, rows)

    async def _delete(self, turn: Turn) -> None:
        fact = await self._named(turn, "xoa")
        if fact is not None:
            await self._remove(turn, fact)

    async def _remove(self, turn: Turn, fact: Fact) -> None:
        effects = await self.teaching.try_without(fact)

        async def deed(store: Store, at: datetime) -> Fact:
            return await store.delete_fact(fact.id, author=turn.author, at=at)

        try:
            await self.teaching.change(deed)
        except (NotFoundError, ConflictError, InputError) as error:
            await turn.say(esc(refusals.sentence(error)))
            return
        known = self.teaching.current.known
        shown = cards.seen(known, known.answerer.answer(fact.questions[0]), self.today())
        head = esc(t.DELETED.format(id=fact.id, question=cut(fact.questions[0], 200)))
        tail = "\n".join(esc(line) for line in [*cards.warnings(effects), t.UNDO_HINT])
        await turn.say(f"<b>{head}</b>\n<b>{t.SEEN_AS}</b>\n{shown}\n\n{tail}")

    async def _undo(self, turn: Turn) -> None:
        async def deed(store: Store, at: datetime) -> list[Change]:
            return await store.undo_last(turn.author, at=at)

        try:
            changes = await self.teaching.change(deed)
        except NotFoundError:
            await turn.say(esc(t.UNDONE_NOTHING))
            return
        except (ConflictError, InputError) as error:
            await turn.say(esc(refusals.sentence(error)))
            return
        lines = [f"• {t.ACTIONS[change.action]} {_what(change)}" for change in changes[:LISTED]]
        lines += [t.FOUND_MORE.format(count=len(changes) - LISTED)] if len(changes) > LISTED else []
        text = "\n".join(esc(line) for line in [t.UNDONE, *lines])
        only = changes[0]
        if len(changes) == 1 and only.fact and only.before and only.before["deleted_at"] is None:
            fact = await self.teaching.store.fact(only.fact)
            text += "\n\n" + cards.card(fact, turn.author, self.zone)
        await turn.say(text)

    async def _history(self, turn: Turn) -> None:
        await self._show_history(turn, number_in(turn.words) or 0)

    async def _show_history(self, turn: Turn, id_: int) -> None:
        changes = await self.teaching.store.history(HISTORY, fact=id_)
        lines = [t.HISTORY if changes else t.HISTORY_NONE]
        for change in changes:
            who = cards.who(change.author, turn.author)
            at = cards.moment(change.at, self.zone)
            action = t.ACTIONS.get(change.action, change.action)
            lines.append(t.HISTORY_LINE.format(at=at, who=who, action=action, what=_what(change)))
            lines += _difference(change, 400 if id_ else 80)
        await turn.say(esc(cut("\n".join(lines), 3500)))

    async def _take(self, turn: Turn, dialog: Dialog) -> None:
        """Leave plain messages to those who answer questions: a shown card waits for nothing."""

    async def _press(self, turn: Turn, dialog: Dialog, verb: str, argument: str) -> None:
        id_ = number_in(argument) or 0
        if verb == "history":
            await self._show_history(turn, id_)
            return
        try:
            fact = await self.teaching.store.fact(id_)
        except NotFoundError:
            await turn.say(esc(t.UNKNOWN_FACT.format(id=id_)))
            return
        if verb == "view":
            await self._show(turn, fact)
        elif verb == "edit":
            await self.facts.edit(turn, fact)
        elif verb == "delete":
            await self._remove(turn, fact)

    async def _named(self, turn: Turn, command: str) -> Fact | None:
        id_ = number_in(turn.words)
        if id_ is None:
            await turn.say(esc(t.NEED_ID.format(command=command)))
            return None
        try:
            return await self.teaching.store.fact(id_)
        except NotFoundError:
            await turn.say(esc(t.UNKNOWN_FACT.format(id=id_)))
            return None


def matching(facts: Iterable[Fact], words: str) -> list[Fact]:
    """Return the facts that hold all *words*, accents or not; in a question first, then elsewhere."""
    wanted = fold(words.lower()).split()
    ranked = []
    for fact in facts:
        asks = fold(" ".join(fact.questions).lower())
        rest = fold(f"{fact.answer} {fact.source} {fact.topic}".lower())
        if all(re.search(rf"(?<!\w){re.escape(word)}", f"{asks} {rest}") for word in wanted):
            ranked.append((not all(word in asks for word in wanted), fact.id, fact))
    return [fact for *_, fact in sorted(ranked, key=lambda row: row[:2])]


def _what(change: Change) -> str:
    if not change.fact:
        return f"“{change.document}”"
    snapshot = change.after or change.before or {}
    return f"#{change.fact} “{cut(snapshot.get('questions', [''])[0], 80)}”"


def _difference(change: Change, max_units: int) -> list[str]:
    before, after = (s.get("answer", "") if s and change.fact else "" for s in (change.before, change.after))
    if before == after:
        return []
    sides = ((t.WAS, before), (t.IS, after))
    return ["   " + line.format(text=cut(" ".join(text.split()), max_units)) for line, text in sides if text]
