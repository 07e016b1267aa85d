"""The admins' desk: one gate in front of every admin command, button, file and dialog step.

Owns who gets through, which flow a plain message or a pressed button belongs to, and `/huy`. Refuses to
know what the flows do. It stands before all other handlers (group `GROUP`): what it does not take goes on
to them, so a member who tries an admin command meets exactly what any unknown command meets.

Callback data is `a:DIALOG:VERB:ARGUMENT`. The number names a dialog that must still be open and belong to
who presses; whatever else arrives changes nothing.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from telegram import (
    Bot,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    Update,
)
from telegram.constants import ChatType
from telegram.error import BadRequest
from telegram.ext import (
    ApplicationHandlerStop,
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from bot import sending, texts, texts_admin
from bot.authority import Authority, is_anonymous_admin, is_first_hand
from bot.dialogs import Dialog, Dialogs
from bot.handlers.questions import FRESH, SPOKEN, Context, Handlers
from bot.replies import cut, esc
from knowledge.records import dataclass, field

GROUP = -1
SHOWN = "shown"
_DATA = re.compile(r"a:(\d{1,18}):([a-z]{1,20}):(.{0,40})", re.DOTALL)
_LABEL = 60  # UTF-16 units of a button

Buttons = Sequence[Sequence[tuple[str, str]]]
"""Rows of (label, "verb:argument")."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing an admin did in private: sent `message`, or pressed a button (`query`)."""

    bot: Bot
    person: int
    message: Message
    words: str = ""
    query: CallbackQuery | None = None
    update_id: int = 0  # of a pressed button, where one press must not count twice

    @property
    def author(self) -> str:
        """Return how the history names the admin."""
        return author_of(self.person)

    async def say(self, html: str, dialog: Dialog | None = None, buttons: Buttons = ()) -> None:
        """Send *html* with *buttons*, which belong to *dialog*."""
        await sending.send(self.bot, self.person, html, markup(dialog, buttons))

    async def turn_into(self, html: str, dialog: Dialog | None = None, buttons: Buttons = ()) -> None:
        """Put *html* and *buttons* in the place of the message whose button was pressed."""
        if self.query is None:
            await self.say(html, dialog, buttons)
            return
        with contextlib.suppress(BadRequest):  # it already shows this, or is too old to be edited
            await self.message.edit_text(
                html,
                parse_mode="HTML",
                reply_markup=markup(dialog, buttons),
                link_preview_options=sending.NO_PREVIEW,
            )

    async def strip(self) -> None:
        """Take the buttons from the message whose button was pressed."""
        with contextlib.suppress(BadRequest):
            await self.message.edit_reply_markup(None)


Action = Callable[[Turn], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Flow:
    """What happens in dialogs of one kind: `take` a message, `press` a button (verb, argument).

    A dialog at the step `SHOWN` only has buttons: messages go past it.
    """

    take: Callable[[Turn, Dialog], Awaitable[None]]
    press: Callable[[Turn, Dialog, str, str], Awaitable[None]]
    left: str = ""  # what is said when another command ends the dialog; "": it waits on


@dataclass(slots=True)
class Desk:
    """Holds the gate and the flows by kind of dialog."""

    authority: Authority
    dialogs: Dialogs
    flows: dict[str, Flow] = field(default_factory=dict)
    captions: dict[str, Action] = field(default_factory=dict)  # commands that may stand under a file
    # Asked in turn when /huy comes without an open dialog; the first that gives a sentence has done it.
    recalls: list[Callable[[Turn], Awaitable[str]]] = field(default_factory=list)

    def gate(self, action: Action) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
        """Return a handler that runs *action* for admins in private and leaves all others to the rest."""

        async def gated(update: Update, context: Context) -> None:
            message = update.message
            if message is None:
                return
            if not await self.authority.is_admin(update):
                if is_anonymous_admin(message):
                    await sending.reply(context.bot, message, esc(texts_admin.WRITE_PRIVATELY))
                    raise ApplicationHandlerStop
                return
            if message.chat.type != ChatType.PRIVATE or message.from_user is None:
                await sending.reply(context.bot, message, esc(texts_admin.WRITE_PRIVATELY))
                raise ApplicationHandlerStop
            typed = re.split(r"\s", message.text or message.caption or "", maxsplit=1)
            words = typed[1].strip() if len(typed) > 1 else ""
            await action(Turn(context.bot, message.from_user.id, message, words))
            raise ApplicationHandlerStop

        return gated

    async def shelve(self, turn: Turn) -> None:
        """Close the open dialog of whoever begins another; what was typed so far is shown once more."""
        dialog = await self.dialogs.of(turn.person)
        if dialog is None:
            return
        words = dialog.data.get("typed", {})
        typed = [v if isinstance(v, str) else "; ".join(v) for v in words.values() if v]
        if typed and words != dialog.data.get("given"):
            draft = cut(" | ".join(typed), 3000)
            await turn.say(f"{esc(texts_admin.SHELVED)}\n<code>{esc(draft)}</code>")
        await self.dialogs.close(dialog)

    async def aside(self, turn: Turn, kind: str, *, instead: Dialog | None = None) -> Dialog | None:
        """Return a dialog for buttons under something shown, which may take the place of *instead*.

        None when it would end another one that is in progress.
        """
        dialog = await self.dialogs.of(turn.person)
        if dialog is not None and dialog.step != SHOWN and dialog != instead:
            return None
        return await self.dialogs.open(turn.person, kind, SHOWN)

    def handlers(self) -> Handlers:
        """Return the handlers of steps, buttons and /huy; those of commands come from the flows."""

        async def step(update: Update, context: Context) -> None:
            message = update.message
            if message is None or message.from_user is None or not is_first_hand(message):
                return
            command = re.match(r"/(\w+)", message.caption or "", re.ASCII)
            if command is not None and command[1] in self.captions:
                await self.gate(self.captions[command[1]])(update, context)
                return
            dialog = await self.dialogs.of(message.from_user.id)
            if dialog is None or dialog.kind not in self.flows or dialog.step == SHOWN:
                return
            if not await self.authority.is_admin(update):
                return
            words = message.text or message.caption or ""
            await self.flows[dialog.kind].take(Turn(context.bot, dialog.person, message, words), dialog)
            raise ApplicationHandlerStop

        async def pressed(update: Update, context: Context) -> None:
            query = update.callback_query
            if query is None:
                return
            turn, dialog, verb, argument = await self._read(update, query, context.bot)
            if turn is None or dialog is None:
                await sending.acknowledge(query, texts.STALE_BUTTON, alert=True)
            else:
                await sending.acknowledge(query)
                await self.flows[dialog.kind].press(turn, dialog, verb, argument)
            raise ApplicationHandlerStop

        async def cancel(update: Update, context: Context) -> None:
            message = update.message
            if message is None or message.from_user is None or message.chat.type != ChatType.PRIVATE:
                return
            dialog = await self.dialogs.of(message.from_user.id) if is_first_hand(message) else None
            text = texts.NOTHING_TO_CANCEL
            if dialog is not None:
                await self.dialogs.close(dialog)
                text = texts_admin.CANCELLED
            elif await self.authority.is_admin(update):
                turn = Turn(context.bot, message.from_user.id, message)
                for recall in self.recalls:
                    said = await recall(turn)
                    if said:
                        text = said
                        break
            await sending.reply(context.bot, message, esc(text))
            raise ApplicationHandlerStop

        steps = filters.ChatType.PRIVATE & SPOKEN & ~filters.COMMAND
        return [
            CommandHandler("huy", cancel, FRESH),
            CallbackQueryHandler(pressed, pattern=r"^a:"),
            MessageHandler(steps, step),
        ]

    def leaving(self) -> BaseHandler[Any, Any, Any]:
        """Return what sees each command first: it ends a dialog whose flow does not wait for others."""

        async def leave(update: Update, context: Context) -> None:
            message = update.message
            if message is None or message.from_user is None or not is_first_hand(message):
                return
            dialog = await self.dialogs.of(message.from_user.id)
            flow = self.flows.get(dialog.kind) if dialog is not None else None
            command = re.match(r"/(\w+)", message.text or "", re.ASCII)
            ends_it_itself = command is not None and command[1] in ("huy", *self.captions)
            if dialog is not None and flow is not None and flow.left and not ends_it_itself:
                await self.dialogs.close(dialog)
                await sending.reply(context.bot, message, esc(flow.left))

        return MessageHandler(FRESH & filters.ChatType.PRIVATE & filters.COMMAND, leave)

    async def _read(
        self, update: Update, query: CallbackQuery, bot: Bot
    ) -> tuple[Turn | None, Dialog | None, str, str]:
        """Check a press all over again: who, where, what, and whether it was ever offered to them."""
        found = _DATA.fullmatch(query.data or "")
        message = query.message
        if found is None or not isinstance(message, Message) or message.chat.type != ChatType.PRIVATE:
            return None, None, "", ""
        person = query.from_user.id
        if message.chat.id != person or not await self.authority.is_admin(update):
            return None, None, "", ""
        dialog = await self.dialogs.of(person)
        if dialog is None or dialog.id != int(found[1]) or dialog.kind not in self.flows:
            return None, None, "", ""
        return Turn(bot, person, message, query=query), dialog, found[2], found[3]


def author_of(person: int) -> str:
    """Return how the history names an admin."""
    return f"tg:{person}"


def markup(dialog: Dialog | None, buttons: Buttons) -> InlineKeyboardMarkup | None:
    """Return *buttons* with data that only the owner of *dialog* can use, while it is open."""
    if dialog is None or not buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(cut(label, _LABEL), callback_data=f"a:{dialog.id}:{data}")
                for label, data in row
            ]
            for row in buttons
        ]
    )
