"""The doors: members who subscribe, chats that take the bot in, throw it out, move or change their name.

Owns /dangky, /huydangky and what Telegram tells about chats, and asks the admins about each new chat.
Refuses to know what is announced.
"""

from __future__ import annotations

import contextlib

from telegram import (
    Bot,
    Chat,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    InlineKeyboardMarkup,
    Update,
)
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden
from telegram.ext import ChatMemberHandler, CommandHandler, MessageHandler, filters

from bot import sending
from bot import texts_announcements as t
from bot.authority import Authority, is_first_hand
from bot.broadcast import Broadcast
from bot.handlers.questions import FRESH, Context, Handlers
from bot.handlers.recipients import choice
from bot.limits import Buckets, Verdict
from bot.recipients import Consent, Kind
from bot.replies import cut, esc
from knowledge.records import dataclass

_KINDS = {ChatType.GROUP: Kind.GROUP, ChatType.SUPERGROUP: Kind.GROUP, ChatType.CHANNEL: Kind.CHANNEL}
ASKS_SIZE, ASKS_PER_S = 20, 1 / 300  # questions to the admins; /noinhan shows all the places at any time
_OUT = (ChatMember.LEFT, ChatMember.BANNED)


@dataclass(frozen=True, slots=True)
class Doors:
    """Who comes and goes."""

    authority: Authority
    cast: Broadcast
    asks: Buckets  # anybody can add the bot to groups without end, or make topics in theirs

    def handlers(self) -> Handlers:
        """Return the handlers; they stand before those of questions."""
        status = filters.StatusUpdate
        return [
            CommandHandler("dangky", self._subscribe, FRESH),
            CommandHandler("huydangky", self._unsubscribe, FRESH),
            ChatMemberHandler(self._joined_or_left, ChatMemberHandler.MY_CHAT_MEMBER),
            MessageHandler(status.MIGRATE, self._migrated),
            MessageHandler(status.FORUM_TOPIC_CREATED | status.FORUM_TOPIC_EDITED, self._topic),
            MessageHandler(status.NEW_CHAT_TITLE, self._renamed),
        ]

    # --- members -------------------------------------------------------------------------------------

    async def _subscribe(self, update: Update, context: Context) -> None:
        message = update.message
        if message is None or not is_first_hand(message):
            return
        if message.chat.type != ChatType.PRIVATE:
            await sending.reply(context.bot, message, esc(t.SUBSCRIBE_PRIVATELY))
            return
        _, is_new = await self.cast.recipients.add(
            message.chat.id, Kind.MEMBER, "", self.cast.now(), consent=Consent.YES
        )
        await sending.reply(context.bot, message, esc(t.SUBSCRIBED if is_new else t.SUBSCRIBED_ALREADY))

    async def _unsubscribe(self, update: Update, context: Context) -> None:
        message = update.message
        if message is None or not is_first_hand(message):
            return
        if message.chat.type != ChatType.PRIVATE:
            await sending.reply(context.bot, message, esc(t.SUBSCRIBE_PRIVATELY))
            return
        forgotten = await self.cast.recipients.forget(message.chat.id)
        await self.cast.outcomes.spare(message.chat.id)
        await sending.reply(context.bot, message, esc(t.UNSUBSCRIBED if forgotten else t.NOT_SUBSCRIBED))

    # --- chats ---------------------------------------------------------------------------------------

    async def _joined_or_left(self, update: Update, context: Context) -> None:
        change = update.my_chat_member
        if change is None:
            return
        chat, member = change.chat, change.new_chat_member
        if member.status in _OUT:
            reason = "blocked" if chat.type == ChatType.PRIVATE else _left_as(member)
            await self.cast.recipients.lost(chat.id, reason)
        elif _is_mute(member):
            await self.cast.recipients.lost(chat.id, "no_rights")
            if change.old_chat_member.status in _OUT:  # it came so: say why nothing is asked
                kind, title = t.PLACES[_KINDS[ChatType(chat.type)]], cut(chat.title or str(chat.id), 200)
                await self._tell_admins(context.bot, t.NO_RIGHTS_THERE.format(kind=kind, title=title))
        elif chat.type == ChatType.PRIVATE:
            if await self.cast.recipients.find(chat.id) is not None:  # back: subscribed as before
                await self.cast.recipients.add(chat.id, Kind.MEMBER, "", self.cast.now(), consent=Consent.YES)
        elif chat.type != ChatType.CHANNEL or member.status == ChatMember.ADMINISTRATOR:
            await self._arrive(context.bot, chat, chat.title or str(chat.id))

    async def _migrated(self, update: Update, context: Context) -> None:
        message = update.message
        if message is None:
            return
        if message.migrate_to_chat_id is not None:
            await self.cast.recipients.move(message.chat.id, message.migrate_to_chat_id)
        elif message.migrate_from_chat_id is not None:
            await self.cast.recipients.move(message.migrate_from_chat_id, message.chat.id)

    async def _topic(self, update: Update, context: Context) -> None:
        message = update.message
        if message is None or message.message_thread_id is None:
            return
        made = message.forum_topic_created
        edited = message.forum_topic_edited
        name = made.name if made is not None else edited.name if edited is not None else None
        if not name:
            return
        title = t.TOPIC_OF.format(topic=name, group=message.chat.title or "")
        if made is not None:
            await self._arrive(context.bot, message.chat, title, message.message_thread_id)
        else:
            await self.cast.recipients.rename(message.chat.id, title, thread=message.message_thread_id)

    async def _renamed(self, update: Update, context: Context) -> None:
        message = update.effective_message
        if message is not None and message.new_chat_title:
            await self.cast.recipients.rename(message.chat.id, message.new_chat_title)

    async def _arrive(self, bot: Bot, chat: Chat, title: str, thread: int = 0) -> None:
        kind = Kind.TOPIC if thread else _KINDS[ChatType(chat.type)]
        place, is_new = await self.cast.recipients.add(
            chat.id, kind, title, self.cast.now(), thread=thread, consent=Consent.ASKED
        )
        if not is_new:
            return
        text = t.ASK_RECIPIENT.format(kind=t.PLACES[place.kind], title=cut(place.title, 200))
        await self._tell_admins(bot, text, choice(place))

    async def _tell_admins(self, bot: Bot, text: str, buttons: InlineKeyboardMarkup | None = None) -> None:
        verdict = self.asks.take(0)
        if verdict is Verdict.DROP:
            return
        if verdict is Verdict.TELL:
            text, buttons = t.MANY_RECIPIENTS, None
        for person in await self.authority.admins():
            with contextlib.suppress(Forbidden, BadRequest):  # an admin who has never written to the bot
                await bot.send_message(person, esc(text), parse_mode="HTML", reply_markup=buttons)


def _is_mute(member: ChatMember) -> bool:
    """Tell whether the bot is there and must not write: muted in a group, without the right in a channel."""
    if isinstance(member, ChatMemberAdministrator):
        return member.can_post_messages is False  # None in groups, where it means nothing
    return isinstance(member, ChatMemberRestricted) and not member.can_send_messages


def _left_as(member: ChatMember) -> str:
    return "kicked" if member.status == ChatMember.BANNED else "left"
