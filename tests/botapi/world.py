"""The imagined Telegram: its people, chats and updates, and what each chat saw.

Owns what tests do and read. Refuses to know requests and refusals.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.telegram_html import units

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
        chat = self.params.get("chat_id", 0)
        return chat if isinstance(chat, int) else 0


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
    at: float = 0.0  # by the server's clock
    deleted: bool = False
    history: list[str] = field(default_factory=list)


@dataclass
class Failure:
    """What shall go wrong: with *method* (any when ""), in *chat* (any when 0), so many *times*."""

    act: str  # a status code as text, "hang", "reset", "half", "garbage"; done, not answered: "lost", "late"
    method: str = ""
    chat: int = 0
    times: int = 1
    retry_after: int = 0


class World:
    """Chats and their people. Ids: persons and private chats > 0, groups < 0."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        me: dict[str, Any] | None = None,
        per_second: int = 0,
        overall_per_s: int = 0,
        group_per_min: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Limits > 0 answer 429 to further messages: to one chat, to all chats together, to one group."""
        self.token, self.me = token, {**BOT, **(me or {})}
        self.per_second, self.clock = per_second, clock
        self.overall_per_s, self.group_per_min = overall_per_s, group_per_min
        self.calls: list[Call] = []
        self.sent: list[Sent] = []
        self.failures: list[Failure] = []
        self.updates: dict[int, Any] = {}
        self.chats: dict[int, dict[str, Any]] = {}
        self.blocked: set[int] = set()
        self.refusing: dict[int, tuple[int, str]] = {}  # chats with a refusal of their own: code, words
        self.migrated: dict[int, int] = {}
        self.removed: set[tuple[int, int]] = set()  # chat and message that people took away
        self.callbacks: dict[str, dict[str, Any]] = {}
        self.answered_callbacks: dict[str, dict[str, Any]] = {}
        self.inline_answers: dict[str, dict[str, Any]] = {}
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.names: dict[tuple[str, str], str] = {}
        self.webhook: dict[str, Any] = {}
        self.files: dict[str, bytes] = {}
        self.polls = self.fetched = 0  # files are fetched
        self.raw_answers: dict[
            str, list[str]
        ] = {}  # what the next calls of a method are answered, to the byte
        self.crashes: list[Exception] = []  # of this server: a test must not pass by them
        self._ids = itertools.count(1)
        self._message_ids: defaultdict[int, itertools.count[int]] = defaultdict(lambda: itertools.count(1))
        self._update_ids = itertools.count(700_000_001)
        self._news = asyncio.Event()
        self._poll: asyncio.Event | None = None  # set to end the poll that is open
        self._flood: defaultdict[tuple[str, int], deque[float]] = defaultdict(deque)

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
            if self.crashes:
                raise self.crashes[0]
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


def entities_of(text: str) -> list[dict[str, Any]]:
    """Find commands and mentions as Telegram's server does: ASCII names only."""
    found = []
    for match in re.finditer(r"(?<![\w/@])/[A-Za-z0-9_]{1,64}(?:@\w+)?|(?<!\w)@[A-Za-z0-9_]{4,32}", text):
        kind = "bot_command" if match[0].startswith("/") else "mention"
        found.append(
            {"type": kind, "offset": units(text[: match.start()]), "length": units(match[0])},
        )
    return found
