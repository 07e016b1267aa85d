"""/them and /sua: a fact is typed in one line or step by step, tried out, and saved.

Owns the dialog `fact`. Refuses to know what a change does to other answers (`teaching`) and how a fact looks
(`cards`). What is harmless is saved at once from one line; else the admin sees what speaks against it and
chooses. A fact that only said "the article is silent" on the same question gives way by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from telegram.ext import CommandHandler

from bot import cards, refusals, terms
from bot import texts_admin as t
from bot.asked import Asked, Status
from bot.dialogs import Dialog
from bot.handlers.desk import Buttons, Desk, Flow, Turn
from bot.handlers.questions import FRESH, Handlers
from bot.naming import listing, matching, number_in
from bot.replies import cut, esc
from bot.teaching import Effects, Teaching, is_silence, merged
from knowledge.errors import ConflictError, InputError, NotFoundError
from knowledge.model import Fact
from knowledge.records import dataclass, replace
from knowledge.store import Store

KIND = "fact"
REPLAYED = 60  # questions asked in vain that a draft is tried on


@dataclass(frozen=True, slots=True)
class FactDesk:
    """The dialog in which one fact is written; `write` begins it for other flows."""

    desk: Desk
    teaching: Teaching
    asked: Asked
    today: Callable[[], date]

    def handlers(self) -> Handlers:
        """Register the flow and return the handlers of its commands."""
        self.desk.flows[KIND] = Flow(self._take, self._press)
        return [
            CommandHandler("them", self.desk.gate(self._add), FRESH),
            CommandHandler("sua", self.desk.gate(self._change), FRESH),
        ]

    # --- ways in -------------------------------------------------------------------------------------

    async def _add(self, turn: Turn) -> None:
        await self.desk.shelve(turn)
        left, bar, right = turn.words.partition("|")
        questions, answer = questions_in(left), right.strip()
        problem = refusals.of_questions(questions) if questions else ""
        if problem or not questions:
            dialog = await self._open(turn, "questions", answer=answer)
            await turn.say(esc("\n\n".join(filter(None, (problem, t.ASK_QUESTIONS)))), dialog)
            return
        problem = refusals.of_answer(answer) if bar and answer else t.NO_ANSWER
        if problem:
            dialog = await self._open(turn, "answer", questions=questions)
            said = t.ASK_ANSWER.format(question=cut(questions[0], 200))
            notes = [problem] if answer else []
            await turn.say(esc("\n".join([*notes, said, "", t.ADD_EXAMPLE])), dialog)
            return
        fact = Fact(0, tuple(questions), answer)
        effects = await self.try_out(fact)
        if effects.twin is not None and is_silence(self.teaching.current.known, effects.twin):
            before = effects.twin
            fact = merged(fact, before)
            effects = await self.try_out(fact)
            if effects.is_harmless:
                await self._save_at_once(turn, fact, effects, t.SAVED_OVER_SILENCE, before=before.answer)
                return
        if effects.is_harmless:
            await self._save_at_once(turn, fact, effects, t.SAVED_NEW)
            return
        await self._preview(turn, await self._open(turn, "confirm", fact=fact))

    async def _change(self, turn: Turn) -> None:
        await self.desk.shelve(turn)
        left, bar, answer = (part.strip() for part in turn.words.partition("|"))
        id_ = number_in(left)
        if id_ is None and not left:
            dialog = await self._open(turn, "pick", answer=answer)
            await turn.say(esc(f"{t.ASK_ID}\n{t.SUA_EXAMPLE}"), dialog)
            return
        if id_ is None:
            await self._find(turn, await self._open(turn, "pick", answer=answer), left)
            return
        fact = await self._fact(id_)
        if fact is None:
            await turn.say(esc(t.UNKNOWN_FACT.format(id=id_)))
            return
        if not bar or not answer:
            await self.edit(turn, fact)
            return
        if problem := refusals.of_answer(answer):
            dialog = await self._open(turn, "answer", fact=fact)
            await turn.say(esc(problem), dialog)
            return
        changed = replace(fact, answer=answer)
        effects = await self.try_out(changed)
        if effects.is_harmless:
            await self._save_at_once(turn, changed, effects, t.SAVED_CHANGED)
        else:
            await self._preview(turn, await self._open(turn, "confirm", fact=changed))

    async def edit(self, turn: Turn, fact: Fact) -> None:
        """Begin to change *fact*, with a preview of how it is."""
        await self._preview(turn, await self._open(turn, "confirm", fact=fact, as_it_is=True))

    async def write(self, turn: Turn, questions: tuple[str, ...], group: int) -> None:
        """Begin a fact that answers *questions* of the group *group*; the answer comes next."""
        dialog = await self._open(turn, "answer", questions=list(questions), group=group)
        await turn.say(esc(t.ASK_ANSWER.format(question=cut(questions[0], 300))), dialog)

    async def attach(self, turn: Turn, fact: Fact, questions: tuple[str, ...], group: int) -> None:
        """Preview *fact* with *questions* among its ways of asking."""
        asks = tuple(dict.fromkeys((*fact.questions, *questions)))
        dialog = await self._open(turn, "confirm", fact=replace(fact, questions=asks), group=group)
        await self._preview(turn, dialog)

    async def try_out(self, fact: Fact, *, instead: tuple[int, ...] = ()) -> Effects:
        """Say what storing *fact* would do to other facts and to what was asked in vain."""
        groups = await self.asked.open_groups(REPLAYED)
        return await self.teaching.try_out(fact, [group.texts[0] for group in groups], instead=instead)

    # --- steps ---------------------------------------------------------------------------------------

    async def _take(self, turn: Turn, dialog: Dialog) -> None:
        text = turn.message.text or ""
        if not text.strip():
            await turn.say(esc(t.ONLY_TEXT_HERE))
            return
        await _STEPS[dialog.step](self, turn, dialog, text.strip())

    async def _take_id(self, turn: Turn, dialog: Dialog, text: str) -> None:
        id_ = number_in(text)
        if id_ is None:
            await self._find(turn, dialog, text)
        else:
            await self._take_fact(turn, dialog, id_)

    async def _find(self, turn: Turn, dialog: Dialog, words: str) -> None:
        """List the facts with these words, to be picked from."""
        found = await matching(self.teaching.store.holding(words), words)
        text, buttons = listing(found, words, "pick")
        tail = t.PICK_ONE if buttons else f"{t.ASK_ID}\n{t.SUA_EXAMPLE}"
        await turn.say(esc(f"{text}\n{tail}"), dialog, buttons)

    async def _take_fact(self, turn: Turn, dialog: Dialog, id_: int) -> None:
        fact = await self._fact(id_)
        if fact is None:
            await turn.say(esc(t.UNKNOWN_FACT.format(id=id_) + "\n" + t.ASK_ID))
        elif answer := dialog.data["typed"].get("answer"):
            await self._preview(turn, await self._open(turn, "confirm", fact=replace(fact, answer=answer)))
        else:
            await self.edit(turn, fact)

    async def _take_questions(self, turn: Turn, dialog: Dialog, text: str) -> None:
        left, _, right = text.partition("|")
        questions, answer = questions_in(left), right.strip() or dialog.data["typed"].get("answer", "")
        if problem := refusals.of_questions(questions):
            await turn.say(esc(f"{problem}\n\n{t.ADD_EXAMPLE}"))
            return
        dialog = await self._keep(dialog, questions=questions, answer=answer)
        await self._go_on(turn, dialog)

    async def _take_answer(self, turn: Turn, dialog: Dialog, text: str) -> None:
        if problem := refusals.of_answer(text):
            await turn.say(esc(problem))
            return
        await self._go_on(turn, await self._keep(dialog, answer=text))

    async def _take_until(self, turn: Turn, dialog: Dialog, text: str) -> None:
        day = terms.parse(text, self.today())
        if day is None and text.casefold() not in t.UNTIL_NONE:
            await turn.say(esc(t.UNTIL_UNREADABLE.format(text=cut(text, 30), day=self._example_day())))
            return
        source = terms.with_until(dialog.data["typed"].get("source", ""), day)
        await self._go_on(turn, await self._keep(dialog, source=source))

    async def _wait_for_button(self, turn: Turn, dialog: Dialog, text: str) -> None:
        await turn.say(esc(t.PRESS_A_BUTTON))

    async def _go_on(self, turn: Turn, dialog: Dialog) -> None:
        typed = dialog.data["typed"]
        if typed.get("answer"):
            await self._preview(turn, await self.desk.dialogs.advance(dialog, "confirm"))
            return
        dialog = await self.desk.dialogs.advance(dialog, "answer")
        await turn.say(esc(t.ASK_ANSWER.format(question=cut(typed["questions"][0], 200))), dialog)

    async def _preview(self, turn: Turn, dialog: Dialog) -> None:
        fact = await self._draft(dialog)
        if fact is None:
            await self.desk.dialogs.close(dialog)
            await turn.say(esc(t.UNKNOWN_FACT.format(id=dialog.data["id"])))
            return
        effects = await self.try_out(fact)
        await turn.say(cards.draft(fact, effects, self.today()), dialog, _buttons(fact, effects))

    # --- buttons -------------------------------------------------------------------------------------

    async def _press(self, turn: Turn, dialog: Dialog, verb: str, argument: str) -> None:
        if dialog.step == "pick" and verb == "pick":
            await turn.strip()
            await self._take_fact(turn, dialog, number_in(argument) or 0)
        elif dialog.step != "confirm":
            await turn.say(esc(t.GONE))
        elif verb == "save":
            await self._save(turn, dialog, 0)
        elif verb == "replace" and (number := number_in(argument)) is not None:
            await self._save(turn, dialog, number)
        elif verb == "drop":
            await self.desk.dialogs.close(dialog)
            await turn.turn_into(esc(t.DROPPED))
        elif verb in _ASKS:
            step, question = _ASKS[verb]
            typed = dialog.data["typed"]
            await self.desk.dialogs.advance(dialog, step)
            words = question.format(question=cut(typed["questions"][0], 200), day=self._example_day())
            await turn.say(esc(words), dialog)

    def _example_day(self) -> str:
        return f"31/12/{self.today().year}"

    async def _save(self, turn: Turn, dialog: Dialog, replaced: int) -> None:
        fact = await self._draft(dialog)
        if fact is None:
            await turn.say(esc(t.UNKNOWN_FACT.format(id=dialog.data["id"])))
            return
        if fact.id and _stamp(fact) != dialog.data["changed_at"]:
            await self._begin_again(turn, fact.id)
            return
        if replaced:
            old = await self._fact(replaced)
            if old is None:
                await turn.say(esc(t.UNKNOWN_FACT.format(id=replaced)))
                return
            fact = merged(fact, old)
        head = t.SAVED_CHANGED if fact.id else t.SAVED_NEW
        saved = await self._store(turn, fact, dialog)
        if saved is not None:
            await turn.strip()
            left = await self.asked.open_count() if dialog.data.get("group") else 0
            tail = [t.LEARN_MORE.format(count=left)] if left else []
            await self._say_saved(turn, saved, head, tail)

    async def _begin_again(self, turn: Turn, id_: int) -> None:
        """Another admin was faster: show how the fact is now, and what this one had typed."""
        await turn.say(esc(t.CHANGED_MEANWHILE.format(id=id_)))
        await self.desk.shelve(turn)
        await self.edit(turn, await self.teaching.store.fact(id_))

    async def _save_at_once(
        self, turn: Turn, fact: Fact, effects: Effects, head: str, **values: object
    ) -> None:
        saved = await self._store(turn, fact, None)
        if saved is not None:
            tail = cards.warnings(effects)
            await self._say_saved(turn, saved, head, tail, **values)

    async def _say_saved(
        self, turn: Turn, fact: Fact, head: str, tail: Sequence[str], **values: object
    ) -> None:
        known, said = self.teaching.current.known, head.format(id=fact.id, **values)
        await turn.say(cards.saved(said, known, fact, self.today(), [*tail, t.UNDO_HINT]))

    async def _store(self, turn: Turn, fact: Fact, dialog: Dialog | None) -> Fact | None:
        """Write *fact* and end *dialog* in one transaction; a refusal is said and changes neither."""

        async def deed(store: Store, at: datetime) -> Fact | None:
            if dialog is not None and not await self.desk.dialogs.close(dialog):
                return None
            if fact.id:
                words = {name: getattr(fact, name) for name in ("questions", "answer", "quote", "source")}
                written = await store.change_fact(fact.id, author=turn.author, at=at, **words)
            else:
                written = await store.add_fact(fact, author=turn.author, at=at)
            if dialog is not None and dialog.data.get("group"):
                await self.asked.settle(dialog.data["group"], Status.ANSWERED, written.id)
            return written

        try:
            return await self.teaching.change(deed)
        except (InputError, NotFoundError, ConflictError) as error:
            await turn.say(esc(refusals.sentence(error)))
            return None

    # --- the draft -----------------------------------------------------------------------------------

    async def _open(
        self,
        turn: Turn,
        step: str,
        *,
        fact: Fact | None = None,
        as_it_is: bool = False,
        group: int = 0,
        **typed: Any,
    ) -> Dialog:
        if fact is not None:
            typed = {"questions": list(fact.questions), "answer": fact.answer, "source": fact.source, **typed}
        base = {"id": fact.id if fact else 0, "changed_at": _stamp(fact), "group": group}
        base["given"] = typed if as_it_is else {}
        return await self.desk.dialogs.open(turn.person, KIND, step, typed=typed, **base)

    async def _keep(self, dialog: Dialog, **typed: Any) -> Dialog:
        return await self.desk.dialogs.advance(dialog, dialog.step, typed={**dialog.data["typed"], **typed})

    async def _draft(self, dialog: Dialog) -> Fact | None:
        typed = dialog.data["typed"]
        words = {
            "questions": tuple(typed["questions"]),
            "answer": typed["answer"],
            "source": typed.get("source", ""),
        }
        if not dialog.data["id"]:
            return Fact(0, **words)
        fact = await self._fact(dialog.data["id"])
        return None if fact is None else replace(fact, **words)

    async def _fact(self, id_: int | None) -> Fact | None:
        if id_ is None:
            return None
        try:
            return await self.teaching.store.fact(id_)
        except NotFoundError:
            return None


_STEPS = {
    "pick": FactDesk._take_id,
    "questions": FactDesk._take_questions,
    "answer": FactDesk._take_answer,
    "until": FactDesk._take_until,
    "confirm": FactDesk._wait_for_button,
}
_ASKS = {
    "questions": ("questions", t.ASK_QUESTIONS),
    "answer": ("answer", t.ASK_ANSWER),
    "until": ("until", t.ASK_UNTIL),
}


def _stamp(fact: Fact | None) -> str:
    return fact.changed_at.isoformat() if fact is not None and fact.changed_at is not None else ""


def _buttons(fact: Fact, effects: Effects) -> Buttons:
    edits = [(t.EDIT_QUESTIONS, "questions:"), (t.EDIT_ANSWER, "answer:")]
    last = [(t.EDIT_UNTIL, "until:"), (t.DROP, "drop:")]
    if effects.twin is None or fact.id:
        return [[(t.SAVE, "save:")], edits, last]
    replaced = (t.REPLACE.format(id=effects.twin.id), f"replace:{effects.twin.id}")
    return [[(t.SAVE_ANYWAY, "save:")], [replaced], edits, last]


def questions_in(text: str) -> list[str]:
    """Return the ways of asking in *text*: parted by ";" or on lines of their own, each once."""
    parts = (" ".join(part.split()) for part in re.split(r"[;\n]", text))
    return list(dict.fromkeys(part for part in parts if part))
