"""/xem /tim /xoa /hoantac /lichsu: looking facts up, taking them out, taking changes back.

Owns these five commands and the buttons under a fact. Refuses to know how a fact is edited (`facts`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, tzinfo
from itertools import groupby, islice
from typing import Any

from telegram.ext import CommandHandler

from bot import cards, refusals
from bot import texts_admin as t
from bot.dialogs import Dialog
from bot.handlers.desk import SHOWN, Desk, Flow, Turn
from bot.handlers.facts import FactDesk
from bot.handlers.questions import FRESH, Handlers
from bot.naming import LISTED, listing, matching, number_in
from bot.replies import cut, esc
from bot.teaching import Teaching
from knowledge.errors import ConflictError, InputError, NotFoundError
from knowledge.model import Fact
from knowledge.records import dataclass
from knowledge.schema import Change
from knowledge.store import Store

KIND = "card"
HISTORY = 15  # changes shown; what was written in one go is one of them
_ROWS = 1000  # of the history, that are looked through for these
_IDS = 8


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
        await self._named(turn, "view")

    async def _find(self, turn: Turn) -> None:
        await self._named(turn, "find")

    async def _delete(self, turn: Turn) -> None:
        await self._named(turn, "delete")

    async def _named(self, turn: Turn, verb: str) -> None:
        """Do *verb* with the fact that the command names, or ask which one is meant."""
        dialog = await self.desk.dialogs.of(turn.person)
        if dialog is not None and dialog.kind == KIND:
            await self.desk.dialogs.close(dialog)
        if turn.words:
            await self._look(turn, verb, turn.words)
            return
        await self.desk.shelve(turn)
        dialog = await self.desk.dialogs.open(turn.person, KIND, "pick", verb=verb)
        await turn.say(esc(t.ASK_FACT[verb]), dialog)

    async def _look(self, turn: Turn, verb: str, words: str, dialog: Dialog | None = None) -> None:
        """Find a fact by its number or by *words*; the buttons belong to *dialog*, which waits for others."""
        id_ = None if verb == "find" else number_in(words)
        if id_ is not None:
            if await self._do(turn, verb, id_) and dialog is not None:
                await self.desk.dialogs.close(dialog)
            return
        words = " ".join(words.split())
        found = await matching(self.teaching.store.holding(words), words)
        text, buttons = listing(found, words, "view" if verb == "find" else verb)
        if dialog is None or (verb == "find" and found.total):
            dialog = await self.desk.aside(turn, KIND, instead=dialog)
        tail = t.PICK_FOR[verb] if found.total else t.ASK_FACT[verb].rpartition("\n")[2]
        await turn.say(esc(f"{text}\n{tail}" if dialog or not found.total else text), dialog, buttons)

    async def _do(self, turn: Turn, verb: str, id_: int) -> bool:
        """Show, change or delete the fact *id_*; False when there is none, and that has been said."""
        try:
            fact = await self.teaching.store.fact(id_)
        except NotFoundError:
            await turn.say(esc(t.UNKNOWN_FACT.format(id=id_)))
            return False
        deeds = {"view": self._show, "edit": self.facts.edit, "delete": self._remove}
        await deeds[verb](turn, fact)
        return True

    async def _show(self, turn: Turn, fact: Fact) -> None:
        dialog = await self.desk.aside(turn, KIND)
        buttons = [
            [(t.CARD_EDIT, f"edit:{fact.id}"), (t.CARD_DELETE, f"delete:{fact.id}")],
            [(t.CARD_HISTORY, f"history:{fact.id}")],
        ]
        await turn.say(self._card(turn, fact), dialog, buttons)

    def _card(self, turn: Turn, fact: Fact) -> str:
        return cards.card(self.teaching.current.known, fact, turn.author, self.zone, self.today())

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
            text += "\n\n" + self._card(turn, await self.teaching.store.fact(only.fact))
        await turn.say(text)

    async def _history(self, turn: Turn) -> None:
        await self._show_history(turn, number_in(turn.words) or 0)

    async def _show_history(self, turn: Turn, id_: int) -> None:
        changes = await self.teaching.store.history(_ROWS, fact=id_)
        lines = [t.HISTORY if changes else t.HISTORY_NONE]
        together = groupby(changes, key=lambda change: (change.change, change.action, change.fact > 0))
        for _, alike in islice(together, HISTORY):
            rows = list(alike)
            what = _what(rows[0])
            if len(rows) > 1:
                ids = ", ".join(f"#{row.fact}" for row in rows[:_IDS]) + (", …" if len(rows) > _IDS else "")
                what = t.MANY_FACTS.format(count=len(rows), ids=ids)
            who = cards.who(rows[0].author, turn.author)
            at = cards.moment(rows[0].at, self.zone)
            action = t.ACTIONS.get(rows[0].action, rows[0].action)
            lines.append(t.HISTORY_LINE.format(at=at, who=who, action=action, what=what))
            lines += _difference(rows[0], 400 if id_ else 80) if len(rows) == 1 else []
        await turn.say(esc(cut("\n".join(lines), 3500)))

    async def _take(self, turn: Turn, dialog: Dialog) -> None:
        """Take what names a fact; a card that is only shown waits for nothing, its dialog is passed by."""
        if turn.words.strip():
            await self._look(turn, dialog.data["verb"], turn.words, dialog)
        else:
            await turn.say(esc(t.ONLY_TEXT_HERE))

    async def _press(self, turn: Turn, dialog: Dialog, verb: str, argument: str) -> None:
        id_ = number_in(argument) or 0
        if verb == "history":
            await self._show_history(turn, id_)
        elif verb in ("view", "edit", "delete"):
            if dialog.step != SHOWN:  # it asked which one, and that is answered
                await self.desk.dialogs.close(dialog)
                await turn.strip()
            await self._do(turn, verb, id_)


def _what(change: Change) -> str:
    if not change.fact:
        snapshot = change.after or change.before or {}
        return f"“{snapshot.get('document', {}).get('title', change.document)}”"
    snapshot = change.after or change.before or {}
    return f"#{change.fact} “{cut(snapshot.get('questions', [''])[0], 80)}”"


def _difference(change: Change, max_units: int) -> list[str]:
    """Say line by line what *change* made of a fact's answer, ways of asking and source."""
    lines: list[str] = []
    for part, name in t.CHANGED_PARTS.items() if change.fact else ():
        before, after = (_part(snapshot, part) for snapshot in (change.before, change.after))
        if before == after or (part != "answer" and None in (change.before, change.after)):
            continue
        sides = ((t.WAS, before), (t.IS, after))
        lines += [
            "   " + line.format(what=name, text=cut(" ".join(text.split()), max_units))
            for line, text in sides
            if text
        ]
    return lines


def _part(snapshot: dict[str, Any] | None, part: str) -> str:
    value = (snapshot or {}).get(part, "")
    return value if isinstance(value, str) else "; ".join(value)
