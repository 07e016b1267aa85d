"""A Bot API server that only waits for bots: in a process of its own, and lighter than any of them.

It knows getMe, getUpdates and messages to send; to anything else it answers True. Several bots may be
connected at once, each with a token of its own; the one that is asked nothing hangs in its poll and is idle.

`Api` is the near end. The far end parses HTTP by hand, so that with one core each the bot is the limit.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import parse_qs

PROCESSES = multiprocessing.get_context("spawn")
ME = {"id": 1, "is_bot": True, "first_name": "Bot", "username": "thu_bot"}
NOTHING = b"[]"
FIRST, ELSEWHERE = 1001, 1_000_000  # the chats of loads are from FIRST on, announcements go to ELSEWHERE


@dataclass(frozen=True)
class Served:
    """What happened to a load: when each update was there to fetch, and every message that was sent.

    Times are seconds of one clock; `sent` holds (time, chat, text) in the order of arrival.
    """

    pushed: list[float]
    sent: list[tuple[float, int, str]]
    elsewhere: int  # messages to other chats meanwhile: announcements

    @property
    def per_s(self) -> float:
        """Return the updates answered a second, from the push of the first to the last answer."""
        return len(self.pushed) / (self.sent[-1][0] - self.pushed[0])

    def waits(self) -> list[float]:
        """Return the seconds from update to answer, sorted, when each chat wrote once."""
        arrived = {chat: at for at, chat, _ in self.sent}
        return sorted(arrived[FIRST + at] - pushed for at, pushed in enumerate(self.pushed))


@dataclass
class Bot:
    """The server's side of one connected bot."""

    updates: deque[tuple[int, bytes]] = field(default_factory=deque)
    asked: int = 0  # polls so far
    poll: asyncio.Event = field(default_factory=asyncio.Event)
    load: Load | None = None


@dataclass
class Load:
    """Updates that wait for their answers."""

    wanted: int
    done: Callable[[Served], None]
    served: Served = field(default_factory=lambda: Served([], [], 0))
    elsewhere: int = 0


class Api:
    """Drives the server process; use it as `with Api() as api`."""

    def __enter__(self) -> Api:
        self._pipe, far = PROCESSES.Pipe()
        self._process = PROCESSES.Process(target=serve, args=(far,), daemon=True)
        self._process.start()
        far.close()  # or the end of the process would go unnoticed
        self.url = f"http://127.0.0.1:{self._pipe.recv()}"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    def until_polled(self, token: str) -> None:
        """Wait until the bot with *token* has polled a second time: the first may only clear its offset."""
        deadline = time.monotonic() + 120
        while self._ask("polls", token) < 1:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the bot {token} does not poll")
            time.sleep(0.01)

    def run(
        self, token: str, texts: Sequence[tuple[int, str]], *, per_s: float = 0.0, delay_s: float = 0.0
    ) -> Served:
        """Let the bot answer *texts*, (chat, words) each, and return how it went.

        All are there at once, or *per_s* of them a second. Every call takes *delay_s* longer.
        """
        served = self._ask("load", token, list(texts), per_s, delay_s)
        assert isinstance(served, Served)
        return served

    def calls(self, token: str) -> int:
        """Return how many calls the bot has made so far."""
        number = self._ask("calls", token)
        assert isinstance(number, int)
        return number

    def _ask(self, *words: Any) -> Any:
        self._pipe.send(words)
        if not self._pipe.poll(600):
            raise TimeoutError(f"no end of {words[0]} within 600 s")
        return self._pipe.recv()


def serve(pipe: Connection) -> None:
    """Run the far end until the process is ended."""
    asyncio.run(_Server(pipe).run())


class _Server:
    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe
        self.bots: dict[str, Bot] = {}
        self.calls: dict[str, int] = {}
        self.delay_s = 0.0
        self.next_update = 1
        self.next_message = 1
        self.working: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Wire(self), "127.0.0.1", 0, backlog=512)
        self.pipe.send(server.sockets[0].getsockname()[1])
        loop.add_reader(self.pipe.fileno(), self._told)
        await server.serve_forever()

    def _told(self) -> None:
        what, token, *more = self.pipe.recv()
        if what == "polls":
            self.pipe.send(self.bot(token).asked)
        elif what == "calls":
            self.pipe.send(self.calls.get(token, 0))
        else:
            self.keep(asyncio.create_task(self._load(self.bot(token), *more)))

    def keep(self, task: asyncio.Task[None]) -> None:
        self.working.add(task)
        task.add_done_callback(self.working.discard)

    def bot(self, token: str) -> Bot:
        return self.bots.setdefault(token, Bot())

    async def _load(self, bot: Bot, texts: list[tuple[int, str]], per_s: float, delay_s: float) -> None:
        self.delay_s = delay_s
        ready = [self._update(chat, words) for chat, words in texts]
        load = bot.load = Load(len(texts), self.pipe.send)
        began = time.perf_counter()
        for at, update in enumerate(ready):
            if per_s:
                await asyncio.sleep(max(0.0, began + at / per_s - time.perf_counter()))
            load.served.pushed.append(time.perf_counter())
            bot.updates.append(update)
            bot.poll.set()

    def _update(self, chat: int, words: str) -> tuple[int, bytes]:
        id_, self.next_update = self.next_update, self.next_update + 1
        person = {"id": chat, "is_bot": False, "first_name": "An", "language_code": "vi"}
        message = {
            "message_id": id_,
            "from": person,
            "chat": {"id": chat, "type": "private", "first_name": "An"},
            "date": int(time.time()),
            "text": words,
        }
        return id_, json.dumps({"update_id": id_, "message": message}).encode()

    async def updates(self, bot: Bot, asked: dict[str, list[str]]) -> bytes:
        """Answer getUpdates as Telegram does: what comes before the offset is forgotten."""
        bot.asked += 1
        offset, limit = int(asked.get("offset", ["0"])[0]), int(asked.get("limit", ["100"])[0])
        while bot.updates and bot.updates[0][0] < offset:
            bot.updates.popleft()
        if not bot.updates and (timeout_s := float(asked.get("timeout", ["0"])[0])):
            bot.poll.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await bot.poll.wait()
        if not bot.updates:
            return NOTHING
        return b"[" + b",".join(bot.updates[at][1] for at in range(min(limit, len(bot.updates)))) + b"]"

    def message(self, bot: Bot, asked: dict[str, list[str]]) -> bytes:
        """Take a message and return it as Telegram does."""
        chat, text = int(asked["chat_id"][0]), asked.get("text", [""])[0]
        id_, self.next_message = self.next_message, self.next_message + 1
        answer = {
            "message_id": id_,
            "from": ME,
            "chat": {"id": chat, "type": "private", "first_name": "An"},
            "date": int(time.time()),
            "text": text,
        }
        if load := bot.load:
            if FIRST <= chat < ELSEWHERE:
                load.served.sent.append((time.perf_counter(), chat, text))
                if len(load.served.sent) == load.wanted:
                    bot.load = None
                    load.done(Served(load.served.pushed, load.served.sent, load.elsewhere))
            else:
                load.elsewhere += chat >= ELSEWHERE
        return json.dumps(answer).encode()


class _Wire(asyncio.Protocol):
    """One connection: requests one after another, each answered in a task only when it has to wait."""

    def __init__(self, server: _Server) -> None:
        self.server = server
        self.heard = bytearray()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.heard += data
        for path, body in self._requests():
            _, token, method = path.replace("/bot", "/", 1).rsplit("/", 2)
            self.server.calls[token] = self.server.calls.get(token, 0) + 1
            bot = self.server.bot(token)
            asked = parse_qs(body.decode()) if body else {}
            if method == "getUpdates":
                self.server.keep(asyncio.create_task(self._polled(bot, asked)))
            elif method == "getMe":
                self._answer(json.dumps(ME).encode())
            elif method.startswith("send"):
                self._answer(self.server.message(bot, asked))
            else:
                self._answer(b"true")

    def _requests(self) -> Iterator[tuple[str, bytes]]:
        while (end := self.heard.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.heard[:end]).lower()
            start = end + 4
            length = 0
            if (at := head.find(b"\r\ncontent-length:")) >= 0:
                length = int(head[at + 17 :].split(b"\r\n", 1)[0])
            if len(self.heard) < start + length:
                return
            path = bytes(self.heard[: self.heard.find(b"\r\n")]).split(b" ")[1].decode()
            body = bytes(self.heard[start : start + length])
            del self.heard[: start + length]
            yield path, body

    async def _polled(self, bot: Bot, asked: dict[str, list[str]]) -> None:
        self._answer(await self.server.updates(bot, asked))

    def _answer(self, result: bytes) -> None:
        body = b'{"ok":true,"result":' + result + b"}"
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        if self.server.delay_s:
            loop = asyncio.get_running_loop()
            loop.call_later(self.server.delay_s, self._write, head + body)
        else:
            self._write(head + body)

    def _write(self, data: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(data)
