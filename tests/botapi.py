"""A Bot API server on the loopback, as strict as Telegram's in what a bot can get wrong.

Owns chats, messages, updates and failures of an imagined Telegram. Tests start it in their own loop
(`async with BotApi() as api`), put words into people's mouths (`api.private(...)`), and read in
`api.sent` what each chat saw. `python -m tests.botapi` runs it alone, to try `python -m bot run`.

Texts and codes of refusals are those of the real server. What it does not know it refuses (404), so a
bot cannot quietly rely on it.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from aiohttp import web

from tests.telegram_html import EntityError, parse, units

TOKEN = "123456:TEST-token_of-the_loopback-server"
USERNAME = "hoidap_thu_bot"
BOT = {
    "id": 123456,
    "is_bot": True,
    "first_name": "Hỏi đáp",
    "username": USERNAME,
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}
MAX_TEXT, MAX_CAPTION, MAX_DATA_BYTES, MAX_BUTTONS = 4096, 1024, 64, 100
KINDS = ("message", "edited_message", "channel_post", "edited_channel_post", "callback_query")
KINDS += ("inline_query", "chosen_inline_result", "my_chat_member", "chat_member")


class Refused(Exception):  # noqa: N818 - it is an answer
    """A request that Telegram answers with an error."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass
class Call:
    """One request that the server took, in the order of arrival."""

    method: str
    params: dict[str, Any]
    files: dict[str, bytes]
    at: float
    result: Any = None
    error: str = ""

    @property
    def chat(self) -> int:
        return int(self.params.get("chat_id", 0))


@dataclass
class Sent:
    """A message as its chat sees it."""

    chat: int
    id: int
    text: str
    source: str
    entities: list[dict[str, object]]
    buttons: list[dict[str, Any]]
    params: dict[str, Any]
    document: bytes = b""
    history: list[str] = field(default_factory=list)


@dataclass
class Failure:
    """What shall go wrong: with *method* (any when ""), in *chat* (any when 0), so many *times*."""

    act: str  # a status code as text, "hang", "reset", "half", "garbage", or "lost" (done, answer reset)
    method: str = ""
    chat: int = 0
    times: int = 1
    retry_after: int = 0


class BotApi:
    """The server and the people behind it. Ids: persons and private chats > 0, groups < 0."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        port: int = 0,
        me: dict[str, Any] | None = None,
        per_second: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Listen on *port* (0: any). *per_second* > 0 answers 429 to a chat's further messages."""
        self.token, self.port, self.me = token, port, {**BOT, **(me or {})}
        self.per_second, self.clock = per_second, clock
        self.calls: list[Call] = []
        self.sent: list[Sent] = []
        self.failures: list[Failure] = []
        self.updates: dict[int, Any] = {}
        self.chats: dict[int, dict[str, Any]] = {}
        self.blocked: set[int] = set()
        self.migrated: dict[int, int] = {}
        self.callbacks: dict[str, dict[str, Any]] = {}
        self.answered_callbacks: dict[str, dict[str, Any]] = {}
        self.inline_answers: dict[str, dict[str, Any]] = {}
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.names: dict[tuple[str, str], str] = {}
        self.webhook: dict[str, Any] = {}
        self.files: dict[str, bytes] = {}
        self.polls = 0
        self._ids = itertools.count(1)
        self._message_ids: defaultdict[int, itertools.count[int]] = defaultdict(lambda: itertools.count(1))
        self._update_ids = itertools.count(700_000_001)
        self._news = asyncio.Event()
        self._poll: asyncio.Event | None = None  # set to end the poll that is open
        self._flood: defaultdict[int, deque[float]] = defaultdict(deque)
        self._runner: web.AppRunner | None = None

    # --- running -------------------------------------------------------------------------------------

    async def __aenter__(self) -> BotApi:
        app = web.Application(client_max_size=60 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.*}", self._serve_file)
        app.router.add_post("/control/{action}", self._control)
        app.router.add_get("/control/{action}", self._control)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._poll is not None:
            self._poll.set()
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # --- what people do ------------------------------------------------------------------------------

    def person(self, id_: int) -> dict[str, Any]:
        return {"id": id_, "is_bot": False, "first_name": f"Người{id_}", "username": f"nguoi{id_}"}

    def chat(self, id_: int, **more: Any) -> dict[str, Any]:
        """Make *id_* known to the bot (somebody wrote there) and return the chat."""
        if id_ not in self.chats:
            kind: dict[str, Any] = (
                {"type": "private", "first_name": f"Người{id_}", "username": f"nguoi{id_}"}
                if id_ > 0
                else {"type": "supergroup", "title": f"Nhóm{-id_}"}
            )
            self.chats[id_] = {"id": id_, **kind}
        self.chats[id_].update(more)
        return self.chats[id_]

    def message(self, chat: int, text: str = "", *, person: int = 0, **more: Any) -> dict[str, Any]:
        """Return a message with the entities that Telegram would find in its text."""
        message = {
            "message_id": next(self._message_ids[chat]),
            "date": int(time.time()),
            "chat": self.chat(chat),
            "from": self.person(person or chat),
        }
        if text:
            message["text"] = text
            found = entities_of(text)
            if found:
                message["entities"] = found
        message.update(more)
        if "caption" in message and "caption_entities" not in message:
            message["caption_entities"] = entities_of(message["caption"])
        return message

    def push(self, **update: Any) -> int:
        """Queue an update of any shape; return its id (given unless `update_id` is among them)."""
        update_id = update.setdefault("update_id", next(self._update_ids))
        self.push_raw(update, update_id)
        return int(update_id)

    def push_raw(self, update: Any, update_id: int) -> None:
        """Queue *update* exactly as it is."""
        self.updates[update_id] = update
        self._news.set()

    def private(self, person: int, text: str = "", **more: Any) -> int:
        """*person* writes to the bot; `photo=…`, `caption=…`, `document=…` and the like go along."""
        return self.push(message=self.message(person, text, **more))

    def group(self, group: int, person: int, text: str = "", **more: Any) -> int:
        """*person* writes in the *group* (a negative id)."""
        return self.push(message=self.message(group, text, person=person, **more))

    def edit(self, chat: int, message_id: int, text: str) -> int:
        """Somebody edits a message."""
        edited = self.message(chat, text, message_id=message_id, edit_date=int(time.time()))
        return self.push(edited_message=edited)

    def forward(self, person: int, text: str, author: int) -> int:
        """*person* forwards to the bot what *author* wrote."""
        origin = {"type": "user", "sender_user": self.person(author), "date": int(time.time())}
        return self.private(person, text, forward_origin=origin)

    def document(self, person: int, name: str, content: bytes, caption: str = "") -> int:
        """*person* sends a file, which the bot can fetch with getFile."""
        file_id = f"file{next(self._ids)}"
        self.files[file_id] = content
        document = {
            "file_id": file_id,
            "file_unique_id": "u" + file_id,
            "file_name": name,
            "file_size": len(content),
        }
        more = {"caption": caption} if caption else {}
        return self.private(person, document=document, **more)

    def press(self, sent: Sent, label: str, *, person: int = 0) -> str:
        """*person* presses the button called *label* of a message that the bot sent; return the query id."""
        matching = [button for button in sent.buttons if button["text"] == label]
        if not matching:
            raise AssertionError(f"no button {label!r} among {[b['text'] for b in sent.buttons]}")
        return self.press_data(sent, matching[0]["callback_data"], person=person)

    def press_data(self, sent: Sent, data: str, *, person: int = 0) -> str:
        """Like `press` with any data, as a client out of control can send it."""
        query_id = str(next(self._ids))
        self.callbacks[query_id] = query = {
            "id": query_id,
            "from": self.person(person or sent.chat),
            "chat_instance": "1",
            "data": data,
            "message": self._shown(sent),
        }
        self.push(callback_query=query)
        return query_id

    def inline(self, person: int, query: str) -> str:
        """*person* types *query* after the bot's name somewhere; return the query id."""
        query_id = str(next(self._ids))
        self.push(inline_query={"id": query_id, "from": self.person(person), "query": query, "offset": ""})
        return query_id

    def membership(self, chat: int, status: str, *, person: int = 0) -> int:
        """*person* blocks the bot ("kicked") or lets it in ("member"); in groups, adds or removes it."""
        (self.blocked.add if status in ("kicked", "left") else self.blocked.discard)(chat)
        old = {"user": self.me, "status": "member" if chat in self.blocked else "left"}
        return self.push(
            my_chat_member={
                "chat": self.chat(chat),
                "from": self.person(person or abs(chat)),
                "date": int(time.time()),
                "old_chat_member": old,
                "new_chat_member": {"user": self.me, "status": status, "until_date": 0},
            }
        )

    def migrate(self, group: int, supergroup: int) -> None:
        """Turn *group* into *supergroup*: requests to the old id are told the new one."""
        self.chat(group, type="group")
        self.chat(supergroup)
        self.migrated[group] = supergroup

    def fail(self, act: str | int, method: str = "", **more: Any) -> None:
        """Let the next matching requests fail; see `Failure`."""
        self.failures.append(Failure(str(act), method, **more))

    # --- what a test reads ---------------------------------------------------------------------------

    def seen_by(self, chat: int) -> list[Sent]:
        return [sent for sent in self.sent if sent.chat == chat]

    def called(self, method: str) -> list[Call]:
        """Return the successful calls of *method*."""
        return [call for call in self.calls if call.method == method and not call.error]

    async def until(self, condition: Callable[[], Any], *, within_s: float = 15.0) -> Any:
        """Wait until *condition* holds and return its value; the failure shows the ledger."""
        deadline = time.monotonic() + within_s
        while not (value := condition()):
            if time.monotonic() > deadline:
                ledger = "\n".join(f"{c.method} {c.params} {c.error}" for c in self.calls[-20:])
                raise AssertionError(f"nothing of the kind within {within_s} s; the last calls:\n{ledger}")
            await asyncio.sleep(0.005)
        return value

    async def answer_to(self, chat: int, text: str = "", **more: Any) -> Sent:
        """Let the person *chat* write and return the message that the bot sends there next."""
        before = len(self.seen_by(chat))
        self.private(chat, text, **more)
        await self.until(lambda: len(self.seen_by(chat)) > before)
        return self.seen_by(chat)[before]

    async def drained(self) -> None:
        """Wait until every update has been confirmed by a poll."""
        await self.until(lambda: not self.updates)

    # --- the wire ------------------------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return _error(Refused(401, "Unauthorized"))
        params, files = await _read(request)
        call = Call(method, params, files, self.clock())
        self.calls.append(call)
        act = self._failing(call)
        try:
            if act and act != "lost":
                call.error = act
                return await self._break(request, act, call)
            handler = getattr(self, f"_do_{method.lower()}", None)
            if handler is None:
                raise Refused(404, "Not Found")
            call.result = await handler(call)
        except Refused as refused:
            call.error = refused.description
            return _error(refused)
        if act == "lost":
            return await self._break(request, "reset", call)
        return web.json_response({"ok": True, "result": call.result})

    def _failing(self, call: Call) -> str:
        for failure in self.failures:
            if failure.method in ("", call.method) and failure.chat in (0, call.chat) and failure.times > 0:
                failure.times -= 1
                call.params["_retry_after"] = failure.retry_after
                return failure.act
        return ""

    async def _break(self, request: web.Request, act: str, call: Call) -> web.StreamResponse:
        retry_after = int(call.params.pop("_retry_after", 0))
        if act == "hang":
            await asyncio.sleep(3600)
        if act == "garbage":
            return web.Response(text="<html>nginx</html>")
        if act in ("reset", "half"):
            if act == "half":
                response = web.StreamResponse(headers={"Content-Length": "1000"})
                await response.prepare(request)
                await response.write(b'{"ok": true, "res')
            assert request.transport is not None
            request.transport.abort()
            raise ConnectionResetError
        code = int(act)
        if code == 429:
            raise Refused(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
        raise Refused(code, {502: "Bad Gateway", 401: "Unauthorized"}.get(code, "Internal Server Error"))

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _error(Refused(401, "Unauthorized"))
        content = self.files.get(request.match_info["path"].removeprefix("documents/"))
        return _error(Refused(404, "Not Found")) if content is None else web.Response(body=content)

    async def _control(self, request: web.Request) -> web.StreamResponse:
        """Let a developer or another process speak: see the module's `__main__` part."""
        params, _ = await _read(request)
        action = request.match_info["action"]
        if action == "private":
            self.private(int(params["person"]), params["text"])
        elif action == "group":
            self.group(int(params["group"]), int(params["person"]), params["text"])
        elif action == "inline":
            self.inline(int(params["person"]), params["query"])
        elif action == "press":
            last = self.seen_by(int(params["person"]))[-1]
            self.press(last, params["label"])
        elif action == "push":
            self.push(**{key: value for key, value in params.items() if key in KINDS})
        elif action != "sent":
            return _error(Refused(404, "Not Found"))
        shown = [
            {"chat": s.chat, "text": s.text, "buttons": [b["text"] for b in s.buttons]} for s in self.sent
        ]
        return web.json_response({"ok": True, "sent": shown, "waiting": len(self.updates)})

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
        if self.per_second:
            recent, now = self._flood[chat], self.clock()
            while recent and now - recent[0] >= 1.0:
                recent.popleft()
            if len(recent) >= self.per_second:
                raise Refused(429, "Too Many Requests: retry after 1", retry_after=1)
            recent.append(now)
        return chat

    def _text(self, call: Call, name: str, limit: int) -> tuple[str, list[dict[str, object]]]:
        source = str(call.params.get(name, ""))
        if call.params.get("parse_mode") == "HTML":
            try:
                text, entities = parse(source)
            except EntityError as error:
                raise Refused(400, str(error)) from error
        else:
            text, entities = source, call.params.get("entities", [])
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
        return shown | {"caption": caption, "document": kept}

    async def _do_sendphoto(self, call: Call) -> dict[str, Any]:
        return await self._do_senddocument(call, "photo")

    async def _do_copymessage(self, call: Call) -> dict[str, Any]:
        self._chat(call)
        origin = int(call.params["from_chat_id"])
        newest = next(self._message_ids[origin])
        self._message_ids[origin] = itertools.count(newest)
        if not 0 < int(call.params["message_id"]) < newest:
            raise Refused(400, "Bad Request: message to copy not found")
        text = f"[copy of {origin}/{call.params['message_id']}]"
        return {"message_id": self._keep(call, text, []).id}

    async def _do_editmessagetext(self, call: Call) -> dict[str, Any]:
        self._chat(call)
        wanted = int(call.params.get("message_id", 0))
        sent = next((s for s in self.seen_by(call.chat) if s.id == wanted), None)
        if sent is None:
            raise Refused(400, "Bad Request: message to edit not found")
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
        wanted = int(call.params.get("message_id", 0))
        sent = next((s for s in self.seen_by(call.chat) if s.id == wanted), None)
        if sent is None:
            raise Refused(400, "Bad Request: message to edit not found")
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


def entities_of(text: str) -> list[dict[str, Any]]:
    """Find commands and mentions as Telegram's server does: ASCII names only."""
    import re

    found = []
    for match in re.finditer(r"(?<![\w/@])/[A-Za-z0-9_]{1,64}(?:@\w+)?|(?<!\w)@[A-Za-z0-9_]{4,32}", text):
        kind = "bot_command" if match[0].startswith("/") else "mention"
        found.append(
            {"type": kind, "offset": units(text[: match.start()]), "length": units(match[0])},
        )
    return found


def _scope(call: Call) -> tuple[str, str]:
    scope = call.params.get("scope") or {"type": "default"}
    where = ":".join(str(scope[key]) for key in ("type", "chat_id") if key in scope)
    return where, str(call.params.get("language_code", ""))


def _error(refused: Refused) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": refused.code, "description": refused.description}
    if refused.parameters:
        body["parameters"] = refused.parameters
    return web.json_response(body, status=refused.code)


async def _read(request: web.Request) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Read parameters as the real server does: JSON, form or multipart; nested values may be JSON text."""
    params: dict[str, Any] = dict(request.query)
    files: dict[str, bytes] = {}
    if request.content_type == "application/json":
        params |= await request.json()
    elif request.can_read_body:
        form = await request.post()
        for name, value in form.items():
            if isinstance(value, web.FileField):
                files[name] = value.file.read()
            else:
                params[name] = value
    plain = ("text", "caption", "description", "short_description", "query", "label")
    for name, value in params.items():
        if isinstance(value, str) and value[:1] in ("{", "[") and name not in plain:
            params[name] = json.loads(value)
        elif name in ("chat_id", "from_chat_id", "message_id", "message_thread_id", "offset", "limit"):
            params[name] = int(value)
        elif value in ("true", "false"):
            params[name] = value == "true"
    return params, files


# ruff: noqa: T201 - what follows talks to a developer
HELP = """A Bot API server for trying the bot. In another shell:
  BOT_TOKEN={token} BOT_API_URL={url} python -m bot run
Then type here: plain text writes to the bot in private; "g text" writes in a group; "i text" is an
inline query; "p label" presses a button of the last message. Ctrl-D ends."""


async def _main(port: int) -> None:
    import sys

    async with BotApi(port=port) as api:
        print(HELP.format(token=api.token, url=api.url), flush=True)
        shown = 0

        async def show() -> None:
            nonlocal shown
            while True:
                await asyncio.sleep(0.05)
                for sent in api.sent[shown:]:
                    print(f"[{sent.chat}] {sent.text}", *(f"  [{b['text']}]" for b in sent.buttons), sep="\n")
                for query_id, answer in list(api.inline_answers.items()):
                    print(f"[inline {query_id}]", *(r["plain"] for r in answer["results"]), sep="\n")
                    del api.inline_answers[query_id]
                shown = len(api.sent)

        showing = asyncio.create_task(show())
        while line := await asyncio.to_thread(sys.stdin.readline):
            word, _, rest = line.strip().partition(" ")
            try:
                if word == "g":
                    api.group(-100, 7, rest)
                elif word == "i":
                    api.inline(7, rest)
                elif word == "p":
                    api.press(api.sent[-1], rest)
                elif word:
                    api.private(7, line.strip())
            except (AssertionError, IndexError) as error:
                print(error or "nothing to press yet")
        showing.cancel()


if __name__ == "__main__":
    import argparse

    parser = argparse.ArgumentParser(description="A Bot API server on the loopback.")
    parser.add_argument("--port", type=int, default=8081)
    asyncio.run(_main(parser.parse_args().port))
