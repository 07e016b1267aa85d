import asyncio
import gzip
import io
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from bot.environment import ConfigurationError
from bot.inbox import CONCURRENCY
from bot.listening import MOST_CONNECTIONS
from bot.polling import AnotherCopyError, TokenRevokedError
from tests.bot.conftest import PHUOC, Running, Serve
from tests.botapi import BotApi

SECRET = "s" * 40
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass
class Door:
    running: Running
    url: str
    session: aiohttp.ClientSession

    async def post(self, body: Any, secret: str = SECRET) -> int:
        data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
        async with self.session.post(self.url, data=data, headers={HEADER: secret}) as response:
            return response.status


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def door(api: BotApi, serve: Serve) -> AsyncIterator[Door]:
    port = free_port()
    more = {
        "webhook_url": "https://bot.example.org/cua",
        "webhook_secret": SECRET,
        "webhook_listen": f"127.0.0.1:{port}",
    }
    async with serve(**more) as running, aiohttp.ClientSession() as session:
        await api.until(lambda: api.webhook)
        yield Door(running, f"http://127.0.0.1:{port}/cua", session)


def question(api: BotApi, update_id: int = 1) -> dict[str, Any]:
    return {"update_id": update_id, "message": api.message(7, "ai phát biểu?")}


async def test_the_webhook_is_registered_with_its_secret(api: BotApi, door: Door) -> None:
    assert api.webhook["url"] == "https://bot.example.org/cua"
    assert api.webhook["secret_token"] == SECRET
    assert api.polls == 0


async def test_an_update_is_answered_and_recorded_before_its_200(api: BotApi, door: Door) -> None:
    assert await door.post(question(api)) == 200
    assert api.seen_by(7)[0].text.startswith(PHUOC)
    assert (await door.running.database.fetch_one("SELECT count(*) FROM seen"))[0] == 1


async def test_an_update_delivered_twice_is_answered_once(api: BotApi, door: Door) -> None:
    update = question(api)
    statuses = await asyncio.gather(door.post(update), door.post(update))
    assert await door.post(update) == 200
    assert statuses == [200, 200]
    assert len(api.seen_by(7)) == 1


@pytest.mark.parametrize("secret", ["", SECRET[:-1], SECRET + "s", SECRET.upper(), "ế"])
async def test_without_the_secret_nothing_is_taken(api: BotApi, door: Door, secret: str) -> None:
    assert await door.post(question(api), secret) == 403
    assert api.seen_by(7) == []


async def test_other_bodies_paths_and_methods_are_refused(api: BotApi, door: Door) -> None:
    assert await door.post(b"{") == 400
    assert await door.post(b"[" * 100_000) == 400
    assert await door.post(b" " * (2**20 + 1)) == 413
    async with door.session.get(door.url) as response:
        assert response.status == 405
    async with door.session.post(door.url + "/x", headers={HEADER: SECRET}) as response:
        assert response.status == 404


async def test_a_packed_body_is_not_unpacked(api: BotApi, door: Door) -> None:
    """Telegram sends none; 200 kB of zeros from a stranger would be 200 MB to unpack."""
    body = gzip.compress(json.dumps(question(api)).encode())
    headers = {HEADER: SECRET, "Content-Encoding": "gzip"}
    async with door.session.post(door.url, data=io.BytesIO(body), headers=headers) as response:
        assert response.status == 400
    assert api.sent == []


async def test_a_broken_update_is_quarantined_and_not_sent_again(api: BotApi, door: Door) -> None:
    assert await door.post({"update_id": 5, "message": [1]}) == 200
    assert await door.post([1, 2]) == 200
    assert (await door.running.database.fetch_one("SELECT count(*) FROM quarantine"))[0] == 1


async def test_a_stop_finishes_what_is_held_and_leaves_the_webhook(api: BotApi, door: Door) -> None:
    api.fail(429, "sendMessage", retry_after=1)
    posting = asyncio.create_task(door.post(question(api)))
    await api.until(lambda: [call for call in api.calls if call.method == "sendMessage"])
    await door.running.stop()
    assert await posting == 200
    assert len(api.seen_by(7)) == 1
    assert api.webhook


async def test_a_body_that_does_not_come_is_given_up(
    api: BotApi, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.webhook.BODY_S", 0.05)
    port = int(door.url.rsplit(":", 1)[1].split("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"POST /cua HTTP/1.1\r\nHost: a\r\n{HEADER}: {SECRET}\r\nContent-Length: 99\r\n\r\n{{".encode()
    )
    assert b" 408 " in await reader.readline()
    writer.close()


@pytest.mark.parametrize("what", ["revoked", "taken over"])
async def test_a_webhook_that_is_no_more_ours_ends_the_bot(
    api: BotApi, serve: Serve, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr("bot.webhook.LOOK_EVERY_S", 0.02)
    more = {
        "webhook_url": "https://bot.example.org/cua",
        "webhook_secret": SECRET,
        "webhook_listen": f"127.0.0.1:{free_port()}",
    }
    async with serve(**more) as running:
        await api.until(lambda: [call for call in api.calls if call.method == "getWebhookInfo"])
        if what == "revoked":
            api.token = "123456:another"
        else:
            api.webhook = {}
        assert running.task is not None
        with pytest.raises(TokenRevokedError if what == "revoked" else AnotherCopyError):
            await asyncio.wait_for(running.task, 10)


async def test_a_port_that_is_taken_is_one_line_about_its_setting(api: BotApi, serve: Serve) -> None:
    more = {"webhook_url": "https://bot.example.org/cua", "webhook_secret": SECRET}
    async with serve(**more, webhook_listen=f"127.0.0.1:{api.port}") as running:
        assert running.task is not None
        with pytest.raises(
            ConfigurationError, match=f"BOT_WEBHOOK_LISTEN: cannot listen on 127.0.0.1:{api.port}"
        ):
            await asyncio.wait_for(running.task, 10)


async def test_a_chat_that_telegram_makes_wait_takes_up_no_connection_of_the_others(
    api: BotApi, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telegram keeps so many connections, and each waits until its update is done with."""
    monkeypatch.setattr("bot.webhook.ROOM_EVERY_S", 0.05)
    api.fail(429, "sendMessage", chat=66, times=1000, retry_after=60)
    connections = asyncio.Semaphore(CONCURRENCY)

    async def deliver(update: dict[str, Any]) -> int:
        async with connections:
            return await door.post(update)

    floods = [
        {"update_id": 100 + n, "message": api.message(66, "ai phát biểu?")} for n in range(CONCURRENCY + 8)
    ]
    given = [asyncio.create_task(deliver(update)) for update in [*floods, question(api)]]
    await api.until(lambda: api.seen_by(7))
    assert set(await asyncio.gather(*given)) == {200}


async def test_who_opens_connections_and_says_nothing_keeps_telegram_from_none(
    api: BotApi, door: Door
) -> None:
    """Each open connection is an open file, and of those a process has a thousand or fewer."""
    port = int(door.url.rpartition(":")[2].partition("/")[0])
    silent = []
    for _ in range(MOST_CONNECTIONS + 50):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /cua HTTP/1.1\r\nX-Slow: ")
        silent.append((reader, writer))
    assert await door.post(question(api)) == 200
    async with asyncio.timeout(5):
        assert await silent[0][0].read() == b""  # the oldest gave way
    for _, writer in silent:
        writer.close()


async def test_a_fault_of_ours_is_told_by_its_name_and_without_words(
    api: BotApi, door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: Any) -> None:
        raise KeyError("câu bí mật")

    monkeypatch.setattr(door.running.edge.inbox, "take", broken)
    assert await door.post(question(api)) == 500
    assert "a request could not be answered: KeyError at " in caplog.text
    assert "bí mật" not in caplog.text
