"""/chuatraloi: an admin goes through what members asked in vain, most asked first.

Owns the dialog `learn`. Refuses to know how questions are kept (`asked`) and how a fact is written (`facts`):
from a question to its live answer it takes one button here, one message and one button there.
"""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process
from telegram.ext import CommandHandler

from bot import texts_admin as t
from bot.asked import Asked, Group, Status
from bot.dialogs import Dialog
from bot.handlers.desk import SHOWN, Buttons, Desk, Flow, Turn
from bot.handlers.facts import FactDesk
from bot.handlers.questions import FRESH, Handlers
from bot.naming import number_in
from bot.replies import cut, esc, render
from bot.teaching import Teaching
from knowledge.errors import NotFoundError
from knowledge.intake import MAX_QUESTION_CHARS
from knowledge.model import Fact
from knowledge.records import dataclass
from knowledge.syllables import fold

KIND = "learn"
SUGGESTED = 3
TAUGHT = 5  # at most so many of a group's wordings become ways of asking
_GROUPS = 200


@dataclass(frozen=True, slots=True)
class Learning:
    """The walk through the kept questions."""

    desk: Desk
    facts: FactDesk
    teaching: Teaching
    asked: Asked

    def handlers(self) -> Handlers:
        """Register the flow and return the handler of the command."""
        self.desk.flows[KIND] = Flow(self._take, self._press)
        return [CommandHandler("chuatraloi", self.desk.gate(self._begin), FRESH)]

    async def _begin(self, turn: Turn) -> None:
        await self.desk.shelve(turn)
        await self._show(turn, 0)

    async def _show(self, turn: Turn, at: int) -> None:
        groups = await self.asked.open_groups(_GROUPS)
        if at >= len(groups):
            await turn.turn_into(esc(t.LEARN_DONE if groups else t.LEARN_NONE))
            return
        group = groups[at]
        dialog = await self.desk.dialogs.open(turn.person, KIND, SHOWN, group=group.id, at=at)
        await turn.turn_into(
            self._card(group, at, len(groups)), dialog, self._buttons(group, at, len(groups))
        )

    def _card(self, group: Group, at: int, total: int) -> str:
        facts = [t.LEARN_COUNT.format(at=at + 1, total=total, count=group.count)]
        facts += [t.LEARN_WAITING.format(count=group.waiting)] if group.waiting else []
        facts += [t.LEARN_WRONG.format(count=group.wrong)] if group.wrong else []
        lines = [esc(" · ".join(facts)), f"<b>“{esc(group.texts[0])}”</b>"]
        if len(group.texts) > 1:
            others = "; ".join(f"“{cut(text, 120)}”" for text in group.texts[1:6])
            lines.append(esc(t.LEARN_OTHERS.format(questions=others)))
        known = self.teaching.current.known
        now = render(known.answerer.answer(group.texts[0]), titles=known.titles).text
        lines += ["", esc(t.LEARN_NOW.format(answer=cut(now, 600))), "", esc(t.LEARN_ASK)]
        return "\n".join(lines)

    def _buttons(self, group: Group, at: int, total: int) -> Buttons:
        known = self.teaching.current.known
        stored = known.answerer.neighbours(group.texts[0])
        near = suggestions((*known.facts, *stored), group.texts[0])
        attach = [[(f"#{fact.id} {fact.questions[0]}", f"attach:{fact.id}")] for fact in near]
        following = [[(t.LEARN_NEXT, f"next:{at + 1}")]] if at + 1 < total else []
        return [
            *attach,
            [(t.LEARN_WRITE, "write:")],
            [(t.LEARN_SKIP, "skip:"), (t.LEARN_OFF_TOPIC, "off:")],
            *following,
        ]

    async def _take(self, turn: Turn, dialog: Dialog) -> None:
        """Never called: the dialog only has buttons."""

    async def _press(self, turn: Turn, dialog: Dialog, verb: str, argument: str) -> None:
        number = number_in(argument) or 0
        if verb == "next":
            await self._show(turn, number)
            return
        group = await self.asked.group(int(dialog.data["group"]))
        if group is None or group.status is not Status.OPEN:
            await turn.turn_into(esc(t.GONE))
        elif verb == "write":
            await turn.strip()
            await self.facts.write(turn, taught(group), group.id)
        elif verb == "attach":
            await self._attach(turn, group, number)
        elif verb in ("skip", "off"):
            status = Status.SKIPPED if verb == "skip" else Status.OFF_TOPIC
            await self.asked.settle(group.id, status)
            await self._show(turn, int(dialog.data["at"]))

    async def _attach(self, turn: Turn, group: Group, number: int) -> None:
        try:
            fact = await self.teaching.store.fact(number)
        except NotFoundError:
            await turn.say(esc(t.UNKNOWN_FACT.format(id=number)))
            return
        await turn.strip()
        await self.facts.attach(turn, fact, taught(group), group.id)


def taught(group: Group) -> tuple[str, ...]:
    """Return the wordings of *group* worth keeping as ways of asking; nothing masked, when possible."""
    fitting = [text for text in group.texts if len(text) <= MAX_QUESTION_CHARS and "…" not in text]
    plain = [text for text in fitting if "[" not in text and ";" not in text]
    return tuple((plain or fitting or [cut(group.texts[0], 200)])[:TAUGHT])


def suggestions(facts: Iterable[Fact], question: str) -> list[Fact]:
    """Return the facts whose ways of asking are closest to *question*, closest first."""
    by_id = {fact.id: fact for fact in facts}
    asks = {(fact.id, n): _plain(q) for fact in by_id.values() for n, q in enumerate(fact.questions)}
    ranked = process.extract(_plain(question), asks, scorer=fuzz.token_set_ratio, limit=20, score_cutoff=40)
    ids = dict.fromkeys(place[0] for _, _, place in ranked)
    return [by_id[id_] for id_ in ids][:SUGGESTED]


def _plain(text: str) -> str:
    return fold(text.lower())
