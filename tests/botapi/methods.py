"""The Bot API's methods on the imagined world, with the checks, texts and codes of the real server.

Owns what is refused. What it does not know is no method (404), so a bot cannot quietly rely on it.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from typing import Any

from tests.botapi.world import (
    KINDS,
    MAX_BUTTONS,
    MAX_CAPTION,
    MAX_DATA_BYTES,
    MAX_TEXT,
    Call,
    Refused,
    Sent,
    World,
)
from tests.telegram_html import EntityError, parse, units

DELETABLE_S = 48 * 3600.0  # "A message can only be deleted if it was sent less than 48 hours ago"


class Methods(World):
    """One `_do_` function per method, named in lower case."""

    # --- updates -------------------------------------------------------------------------------------

    async def _do_getupdates(self, call: Call) -> list[Any]:
        if self.webhook.get("url"):
            raise Refused(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        if self._poll is not None:
            self._poll.set()
        stop = self._poll = asyncio.Event()
        self.polls += 1
        offset = int(call.params.get("offset", 0))
        limit = min(100, int(call.params.get("limit", 100)))
        if offset > 0:
            for update_id in [i for i in self.updates if i < offset]:
                del self.updates[update_id]
        deadline = time.monotonic() + float(call.params.get("timeout", 0))
        try:
            while not self.updates and (left := deadline - time.monotonic()) > 0:
                self._news.clear()
                waits = [asyncio.create_task(event.wait()) for event in (self._news, stop)]
                await asyncio.wait(waits, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                for wait in waits:
                    wait.cancel()
                if stop.is_set():
                    raise Refused(
                        409,
                        "Conflict: terminated by other getUpdates request; "
                        "make sure that only one bot instance is running",
                    )
            allowed = call.params.get("allowed_updates") or [k for k in KINDS if k != "chat_member"]
            for update_id, update in list(self.updates.items()):
                kinds = [key for key in update if key in KINDS] if isinstance(update, dict) else []
                if kinds and kinds[0] not in allowed:
                    del self.updates[update_id]
            return [update for _, update in sorted(self.updates.items())][:limit]
        finally:
            if self._poll is stop:
                self._poll = None

    async def _do_setwebhook(self, call: Call) -> bool:
        if not str(call.params.get("url", "")).startswith("https://"):
            raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = dict(call.params)
        return True

    async def _do_deletewebhook(self, call: Call) -> bool:
        self.webhook = {}
        return True

    async def _do_getwebhookinfo(self, call: Call) -> dict[str, Any]:
        return {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates),
        }

    # --- messages ------------------------------------------------------------------------------------

    def _chat(self, call: Call) -> int:
        """Check that the bot may write to the call's chat, in the order in which Telegram checks."""
        if "chat_id" not in call.params:
            raise Refused(400, "Bad Request: chat_id is empty")
        chat = call.chat
        if chat in self.migrated:
            raise Refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.migrated[chat],
            )
        if chat not in self.chats:
            raise Refused(400, "Bad Request: chat not found")
        if chat in self.blocked:
            reason = "bot was blocked by the user" if chat > 0 else "bot was kicked from the supergroup chat"
            raise Refused(403, f"Forbidden: {reason}")
        if chat in self.refusing:
            raise Refused(*self.refusing[chat])
        if call.method.startswith(("send", "copy")) and call.method != "sendChatAction":
            self._flood_check(chat)
        return chat

    def _flood_check(self, chat: int) -> None:
        """Count a message against the limits, or refuse and count nothing."""
        now = self.clock()
        windows = [("chat", chat, self.per_second, 1.0), ("all", 0, self.overall_per_s, 1.0)]
        if chat < 0:
            windows.append(("group", chat, self.group_per_min, 60.0))
        counted = []
        for name, key, limit, span in windows:
            if not limit:
                continue
            recent = self._flood[name, key]
            while recent and now - recent[0] >= span:
                recent.popleft()
            if len(recent) >= limit:
                wait = math.ceil(recent[0] + span - now)
                raise Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
            counted.append(recent)
        for recent in counted:
            recent.append(now)  # an album counts once here: Telegram does not say how it counts

    def _text(self, call: Call, name: str, limit: int) -> tuple[str, list[dict[str, object]]]:
        source = str(call.params.get(name, ""))
        if call.params.get("parse_mode") == "HTML":
            try:
                text, entities = parse(source)
            except EntityError as error:
                raise Refused(400, str(error)) from error
        else:
            text = source
            entities = call.params.get("entities" if name == "text" else "caption_entities", [])
        text = text.strip()
        if name == "text" and not text:
            raise Refused(400, "Bad Request: message text is empty")
        if units(text) > limit:
            raise Refused(
                400,
                "Bad Request: message is too long"
                if name == "text"
                else "Bad Request: message caption is too long",
            )
        return text, entities

    def _buttons(self, markup: Any) -> list[dict[str, Any]]:
        if not isinstance(markup, dict) or "inline_keyboard" not in markup:
            return []
        buttons = [button for row in markup["inline_keyboard"] for button in row]
        if len(buttons) > MAX_BUTTONS:
            raise Refused(400, "Bad Request: reply markup is too long")
        for button in buttons:
            if not str(button.get("text", "")).strip():
                raise Refused(400, "Bad Request: inline keyboard button text is empty")
            if not set(button) & {"callback_data", "url", "switch_inline_query_current_chat", "copy_text"}:
                raise Refused(400, "Bad Request: inline keyboard button type is not specified")
            if not 1 <= len(str(button.get("callback_data", "x")).encode()) <= MAX_DATA_BYTES:
                raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        return buttons

    def _reply_target(self, call: Call, chat: int) -> None:
        target = call.params.get("reply_parameters")
        if not target or target.get("allow_sending_without_reply"):
            return
        newest = next(self._message_ids[chat])
        self._message_ids[chat] = itertools.count(newest)
        if not 0 < int(target["message_id"]) < newest:
            raise Refused(400, "Bad Request: message to be replied not found")

    def _keep(self, call: Call, text: str, entities: list[dict[str, object]], **more: Any) -> Sent:
        sent = Sent(
            chat=call.chat,
            id=next(self._message_ids[call.chat]),
            text=text,
            source=str(call.params.get("text", call.params.get("caption", ""))),
            entities=entities,
            buttons=self._buttons(call.params.get("reply_markup")),
            params=call.params,
            at=self.clock(),
            **more,
        )
        self.sent.append(sent)
        return sent

    def _shown(self, sent: Sent) -> dict[str, Any]:
        message: dict[str, Any] = {
            "message_id": sent.id,
            "date": int(time.time()),
            "chat": self.chat(sent.chat),
            "from": self.me,
            "text": sent.text,
            "entities": sent.entities,
        }
        if sent.buttons:
            message["reply_markup"] = sent.params["reply_markup"]
        if "message_thread_id" in sent.params:
            message |= {"message_thread_id": sent.params["message_thread_id"], "is_topic_message": True}
        return message

    async def _do_sendmessage(self, call: Call) -> dict[str, Any]:
        chat = self._chat(call)
        text, entities = self._text(call, "text", MAX_TEXT)
        self._buttons(call.params.get("reply_markup"))
        self._reply_target(call, chat)
        return self._shown(self._keep(call, text, entities))

    async def _do_senddocument(self, call: Call, name: str = "document") -> dict[str, Any]:
        chat = self._chat(call)
        content = call.files.get(name, b"")
        value = str(call.params.get(name, ""))
        if value.startswith("attach://"):
            content = call.files.get(value.removeprefix("attach://"), b"")
        elif value:
            if value not in self.files:
                raise Refused(400, "Bad Request: wrong file identifier/HTTP URL specified")
            content = self.files[value]
        if not content:
            raise Refused(400, f"Bad Request: there is no {name} in the request")
        caption, entities = self._text(call, "caption", MAX_CAPTION)
        self._reply_target(call, chat)
        shown = self._shown(self._keep(call, caption, entities, document=content))
        file_id = f"file{next(self._ids)}"
        self.files[file_id] = content
        kept = {"file_id": file_id, "file_unique_id": "u" + file_id, "file_size": len(content)}
        del shown["text"], shown["entities"]
        if name == "photo":
            return shown | {"caption": caption, "photo": [kept | {"width": 1, "height": 1}]}
        return shown | {"caption": caption, name: kept}

    async def _do_sendphoto(self, call: Call) -> dict[str, Any]:
        return await self._do_senddocument(call, "photo")

    async def _do_sendvideo(self, call: Call) -> dict[str, Any]:
        return await self._do_senddocument(call, "video")

    async def _do_copymessage(self, call: Call) -> dict[str, Any]:
        self._chat(call)
        origin = int(call.params["from_chat_id"])
        newest = next(self._message_ids[origin])
        self._message_ids[origin] = itertools.count(newest)
        wanted = int(call.params["message_id"])
        if not 0 < wanted < newest or (origin, wanted) in self.removed:
            raise Refused(400, "Bad Request: message to copy not found")
        text, entities = f"[copy of {origin}/{wanted}]", []
        if "caption" in call.params:
            text, entities = self._text(call, "caption", MAX_CAPTION)
        return {"message_id": self._keep(call, text, entities).id}

    async def _do_sendmediagroup(self, call: Call) -> list[dict[str, Any]]:
        chat = self._chat(call)
        media = call.params.get("media", [])
        if not 2 <= len(media) <= 10:
            raise Refused(400, "Bad Request: there must be 2-10 items in an album")
        shown = []
        for item in media:
            if item["media"] not in self.files:
                raise Refused(400, "Bad Request: wrong file identifier/HTTP URL specified")
            inner = Call(call.method, {**item, "chat_id": chat}, {}, call.at)
            caption, entities = self._text(inner, "caption", MAX_CAPTION)
            kept = self._keep(inner, caption, entities, document=self.files[item["media"]])
            shown.append(self._shown(kept))
        return shown

    def _own(self, call: Call, verb: str, message_id: int) -> Sent:
        found = next((s for s in self.seen_by(call.chat) if s.id == message_id and not s.deleted), None)
        if found is None:
            raise Refused(400, f"Bad Request: message to {verb} not found")
        return found

    async def _do_deletemessage(self, call: Call) -> bool:
        chat = self._chat(call)
        found = self._own(call, "delete", int(call.params["message_id"]))
        if self.clock() - found.at > DELETABLE_S and self.chats[chat]["type"] != "channel":
            raise Refused(400, "Bad Request: message can't be deleted for everyone")
        found.deleted = True
        return True

    async def _do_deletemessages(self, call: Call) -> bool:
        self._chat(call)
        for message_id in call.params["message_ids"]:  # those that cannot be found are skipped
            try:
                await self._do_deletemessage(
                    Call("deleteMessage", {**call.params, "message_id": message_id}, {}, 0)
                )
            except Refused as refused:
                if "not found" not in refused.description:
                    raise
        return True

    async def _do_editmessagecaption(self, call: Call) -> dict[str, Any]:
        self._chat(call)
        sent = self._own(call, "edit", int(call.params["message_id"]))
        text, entities = self._text(call, "caption", MAX_CAPTION)
        if (text, entities) == (sent.text, sent.entities):
            raise Refused(
                400, "Bad Request: message is not modified: specified new message content and reply markup"
            )
        sent.history.append(sent.text)
        sent.text, sent.entities = text, entities
        return self._shown(sent)

    async def _do_editmessagetext(self, call: Call) -> dict[str, Any]:
        self._chat(call)
        sent = self._own(call, "edit", int(call.params.get("message_id", 0)))
        text, entities = self._text(call, "text", MAX_TEXT)
        buttons = self._buttons(call.params.get("reply_markup"))
        if (text, entities, buttons) == (sent.text, sent.entities, sent.buttons):
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup "
                "are exactly the same as a current content and reply markup of the message",
            )
        sent.history.append(sent.text)
        sent.text, sent.entities, sent.buttons = text, entities, buttons
        sent.params = {**sent.params, "reply_markup": call.params.get("reply_markup")}
        return self._shown(sent)

    async def _do_editmessagereplymarkup(self, call: Call) -> dict[str, Any]:
        self._chat(call)
        sent = self._own(call, "edit", int(call.params.get("message_id", 0)))
        sent.buttons = self._buttons(call.params.get("reply_markup"))
        sent.params = {**sent.params, "reply_markup": call.params.get("reply_markup")}
        return self._shown(sent)

    async def _do_sendchataction(self, call: Call) -> bool:
        self._chat(call)
        return True

    async def _do_answercallbackquery(self, call: Call) -> bool:
        query_id = str(call.params.get("callback_query_id", ""))
        if query_id not in self.callbacks or query_id in self.answered_callbacks:
            raise Refused(
                400,
                "Bad Request: query is too old and response timeout expired or query ID is invalid",
            )
        if units(str(call.params.get("text", ""))) > 200:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        self.answered_callbacks[query_id] = call.params
        return True

    async def _do_answerinlinequery(self, call: Call) -> bool:
        results = call.params.get("results", [])
        if len(results) > 50:
            raise Refused(400, "Bad Request: RESULTS_TOO_MUCH")
        if len({result["id"] for result in results}) != len(results):
            raise Refused(400, "Bad Request: RESULT_ID_DUPLICATE")
        for result in results:
            if not 1 <= len(str(result["id"]).encode()) <= 64:
                raise Refused(400, "Bad Request: RESULT_ID_INVALID")
            if not result.get("title"):
                raise Refused(400, "Bad Request: ARTICLE_TITLE_EMPTY")
            content = result["input_message_content"]
            inner = Call("", {**content, "text": content["message_text"]}, {}, 0)
            result["plain"], _ = self._text(inner, "text", MAX_TEXT)
            self._buttons(result.get("reply_markup"))
        self.inline_answers[str(call.params["inline_query_id"])] = call.params
        return True

    async def _do_getfile(self, call: Call) -> dict[str, Any]:
        file_id = str(call.params.get("file_id", ""))
        if file_id not in self.files:
            raise Refused(400, "Bad Request: invalid file_id")
        content = self.files[file_id]
        if len(content) > 20 * 2**20:
            raise Refused(400, "Bad Request: file is too big")
        return {
            "file_id": file_id,
            "file_unique_id": "u" + file_id,
            "file_size": len(content),
            "file_path": f"documents/{file_id}",
        }

    # --- the bot itself ------------------------------------------------------------------------------

    async def _do_getme(self, call: Call) -> dict[str, Any]:
        return self.me

    async def _do_getchat(self, call: Call) -> dict[str, Any]:
        return {**self.chats[self._chat(call)], "accent_color_id": 0, "max_reaction_count": 1}

    async def _do_setmycommands(self, call: Call) -> bool:
        commands = call.params.get("commands", [])
        if not commands or len(commands) > 100:
            raise Refused(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            name, description = command["command"], command["description"]
            valid = 1 <= len(name) <= 32 and set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")
            if not valid:
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= units(description) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[_scope(call)] = commands
        return True

    async def _do_getmycommands(self, call: Call) -> list[dict[str, str]]:
        return self.commands.get(_scope(call), [])

    async def _do_deletemycommands(self, call: Call) -> bool:
        self.commands.pop(_scope(call), None)
        return True

    async def _named(self, call: Call, name: str, limit: int) -> bool:
        if units(str(call.params.get(name, ""))) > limit:
            raise Refused(400, f"Bad Request: {name} is too long")
        self.names[name, str(call.params.get("language_code", ""))] = str(call.params.get(name, ""))
        return True

    async def _do_setmydescription(self, call: Call) -> bool:
        return await self._named(call, "description", 512)

    async def _do_setmyshortdescription(self, call: Call) -> bool:
        return await self._named(call, "short_description", 120)

    async def _do_getmydescription(self, call: Call) -> dict[str, str]:
        return {"description": self.names.get(("description", str(call.params.get("language_code", ""))), "")}

    async def _do_getmyshortdescription(self, call: Call) -> dict[str, str]:
        key = ("short_description", str(call.params.get("language_code", "")))
        return {"short_description": self.names.get(key, "")}


def _scope(call: Call) -> tuple[str, str]:
    scope = call.params.get("scope") or {"type": "default"}
    where = ":".join(str(scope[key]) for key in ("type", "chat_id") if key in scope)
    return where, str(call.params.get("language_code", ""))
