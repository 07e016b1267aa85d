"""/quantri: who is an admin, who joins, who leaves.

Owns the dialog `admins`. Refuses to know the rules of joining and leaving: those are `bot.authority`'s.
"""

from __future__ import annotations

import re
from datetime import tzinfo

from telegram.ext import CommandHandler

from bot import cards, menus
from bot import texts_admin as t
from bot.announcement import Stage
from bot.authority import MOST, NoMoreError, StaysError
from bot.dialogs import Dialog
from bot.handlers.desk import SHOWN, Buttons, Desk, Flow, Turn, author_of
from bot.handlers.questions import FRESH, Handlers
from bot.register import Register
from bot.replies import esc
from knowledge.records import dataclass

KIND = "admins"
RECENT = 5  # changes shown in the list
_GOING = (Stage.SCHEDULED, Stage.SENDING, Stage.PAUSED)
_CHANGES = (("yes", "sure"), ("back", SHOWN))  # verbs that change who is an admin, and at which step


@dataclass(frozen=True, slots=True)
class People:
    """The list of admins and its changes."""

    desk: Desk
    register: Register
    zone: tzinfo

    def handlers(self) -> Handlers:
        """Register the flow and return the handler of the command."""
        self.desk.flows[KIND] = Flow(self._take, self._press)
        return [CommandHandler("quantri", self.desk.gate(self._list), FRESH)]

    async def _list(self, turn: Turn) -> None:
        await self.desk.shelve(turn)
        authority = self.desk.authority
        lines = []
        removable = []
        for person in await authority.admins():
            is_owner = person in authority.owners
            you = t.YOU_MARK if person == turn.person else ""
            lines.append((t.OWNER_LINE if is_owner else t.ADMIN_LINE).format(id=person, you=you))
            removable += [] if is_owner else [[(t.REMOVE_ADMIN.format(id=person), f"remove:{person}")]]
        commands = "\n".join(f"/{name}: {purpose}" for name, purpose in t.ADMIN_COMMANDS.items())
        text = t.DESK.format(commands=commands) + "\n\n" + t.ADMINS.format(lines="\n".join(lines))
        changes = [
            t.ADMIN_CHANGE.format(
                at=cards.moment(change.at, self.zone),
                who=cards.who(author_of(change.by), turn.author),
                action=t.ADMIN_ACTIONS[change.action],
                id=change.person,
            )
            for change in await authority.changes(RECENT)
        ]
        text += "\n\n" + "\n".join([t.ADMIN_CHANGES, *changes]) if changes else ""
        dialog = await self.desk.dialogs.open(turn.person, KIND, SHOWN)
        await turn.say(esc(text), dialog, [[(t.ADD_ADMIN, "add:")], *removable])
        await menus.publish_for(turn.bot, [turn.person])  # a start could not: they had not written yet

    async def _take(self, turn: Turn, dialog: Dialog) -> None:
        contact = turn.message.contact
        typed = (turn.message.text or "").strip()
        person = contact.user_id if contact is not None else None
        if contact is None and re.fullmatch(r"[1-9]\d{0,15}", typed, re.ASCII):
            person = int(typed)
        if person is None:
            await turn.say(esc(t.ADMIN_UNREADABLE))
            return
        if await self.desk.authority.knows(person):
            await self.desk.dialogs.close(dialog)
            await turn.say(esc(t.ALREADY_ADMIN.format(id=person)))
            return
        dialog = await self.desk.dialogs.advance(dialog, "sure")
        await turn.say(esc(t.ASK_ADD.format(id=person)), dialog, _sure(f"yes:+{person}"))

    async def _press(self, turn: Turn, dialog: Dialog, verb: str, argument: str) -> None:
        if verb == "no":
            await self.desk.dialogs.close(dialog)
            await turn.turn_into(esc(t.CANCELLED))
        elif verb == "add":
            dialog = await self.desk.dialogs.advance(dialog, "whom")
            await turn.say(esc(t.ASK_ADMIN), dialog)
        elif verb == "remove" and re.fullmatch(r"\d{1,16}", argument, re.ASCII):
            dialog = await self.desk.dialogs.advance(dialog, "sure")
            await turn.say(esc(t.ASK_REMOVE.format(id=argument)), dialog, _sure(f"yes:-{argument}"))
        elif re.fullmatch(r"[+-]\d{1,16}", argument, re.ASCII) and (verb, dialog.step) in _CHANGES:
            await self.desk.dialogs.close(dialog)
            await self._change(turn, abs(int(argument)), joins=argument[0] == "+")

    async def _change(self, turn: Turn, person: int, *, joins: bool) -> None:
        """Let *person* join or leave, and offer to take that back."""
        if joins:
            try:
                is_new = await self.desk.authority.add(person, by=turn.person)
            except NoMoreError:
                await turn.turn_into(esc(t.NO_MORE_ADMINS.format(most=MOST)))
                return
            if not is_new:
                await turn.turn_into(esc(t.ALREADY_ADMIN.format(id=person)))
                return
            await menus.publish_for(turn.bot, [person])
        else:
            try:
                await self.desk.authority.remove(person, by=turn.person)
            except StaysError:
                await turn.turn_into(esc(t.STAYS.format(id=person)))
                return
            except NoMoreError:
                await turn.turn_into(esc(t.GONE))
                return
            await self.desk.dialogs.erase(person)
            await menus.withdraw(turn.bot, person)
        done = (t.ADDED if joins else t.REMOVED).format(id=person)
        going = [] if joins else [a for a in await self.register.at(*_GOING) if a.author == person]
        if going:
            numbers = ", ".join(str(n) for n in sorted({each.number for each in going}))
            done += "\n" + t.REMOVED_GOING.format(numbers=numbers)
        back = None
        if person != turn.person:  # who has left can take nothing back
            back = await self.desk.dialogs.open(turn.person, KIND, SHOWN)
        await turn.turn_into(esc(done), back, [[(t.TAKE_BACK, f"back:{'-' if joins else '+'}{person}")]])


def _sure(data: str) -> Buttons:
    return [[(t.YES, data), (t.NO, "no:")]]
