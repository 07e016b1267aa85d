import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot, InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import RequestData

from bot.request import AiohttpRequest
from tests.botapi import TOKEN, BotApi


@pytest.fixture
async def client(api: BotApi) -> AsyncIterator[Bot]:
    api.chat(7)
    bot = Bot(
        TOKEN,
        base_url=f"{api.url}/bot",
        base_file_url=f"{api.url}/file/bot",
        request=AiohttpRequest(),
        get_updates_request=AiohttpRequest(pool_size=1),
    )
    async with bot:
        yield bot


async def test_text_arrives_as_it_was_written(api: BotApi, client: Bot) -> None:
    text = 'Đường & "phố" <3 + 100% 🎉\n= \\'
    await client.send_message(7, text)
    assert api.seen_by(7)[0].text == text


async def test_a_file_and_its_caption_are_uploaded(api: BotApi, client: Bot) -> None:
    content = bytes(range(256)) * 100
    await client.send_document(7, InputFile(content, filename="dữ liệu.csv"), caption="Đây ạ")
    assert (api.seen_by(7)[0].document, api.seen_by(7)[0].text) == (content, "Đây ạ")


async def test_a_photo_is_uploaded(api: BotApi, client: Bot) -> None:
    message = await client.send_photo(7, b"\x89PNG\r\n")
    assert message.photo
    assert api.seen_by(7)[0].document == b"\x89PNG\r\n"


async def test_a_file_of_a_person_is_fetched(api: BotApi, client: Bot) -> None:
    api.document(7, "bai.txt", "Bài viết".encode())
    file = await client.get_file("file1")
    assert bytes(await file.download_as_bytearray()).decode() == "Bài viết"


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (500, NetworkError),
        (502, NetworkError),
        ("reset", NetworkError),
        ("half", NetworkError),
        ("garbage", NetworkError),
        (401, InvalidToken),
    ],
)
async def test_faults_have_their_names(
    api: BotApi, client: Bot, act: int | str, error: type[Exception]
) -> None:
    api.fail(act, "sendMessage")
    with pytest.raises(error) as caught:
        await client.send_message(7, "x")
    assert type(caught.value) is error
    assert TOKEN not in str(caught.value)


async def test_refusals_have_their_names(api: BotApi, client: Bot) -> None:
    api.chat(-5)
    api.migrate(-5, -1005)
    with pytest.raises(ChatMigrated):
        await client.send_message(-5, "x")
    with pytest.raises(BadRequest, match="Chat not found"):
        await client.send_message(8, "x")
    api.blocked.add(7)
    with pytest.raises(Forbidden):
        await client.send_message(7, "x")
    api.fail(429, "sendMessage", retry_after=3)
    with pytest.raises(RetryAfter) as caught:
        await client.send_message(7, "x")
    assert caught.value.retry_after.total_seconds() == 3  # type: ignore[union-attr]


async def test_a_server_that_hangs_is_given_up(api: BotApi, client: Bot) -> None:
    api.fail("hang", "sendMessage")
    with pytest.raises(TimedOut):
        await client.send_message(7, "x", read_timeout=0.05)


async def test_a_server_that_is_not_there_is_a_network_error() -> None:
    bot = Bot(TOKEN, base_url="http://127.0.0.1:9/bot", request=AiohttpRequest())
    await bot.request.initialize()
    with pytest.raises(NetworkError) as caught:
        await bot.get_me()
    assert TOKEN not in f"{caught.value!r} {caught.value.__cause__!r}"
    await bot.request.shutdown()


async def test_many_requests_share_at_most_the_pool(api: BotApi, client: Bot) -> None:
    await asyncio.gather(*(client.send_message(7, str(number)) for number in range(100)))
    assert sorted(int(sent.text) for sent in api.seen_by(7)) == list(range(100))


async def test_a_request_before_the_start_is_a_programming_error() -> None:
    with pytest.raises(RuntimeError, match="initialize"):
        await AiohttpRequest().do_request("http://127.0.0.1:9/", "GET")


async def test_an_answer_without_end_is_given_up(
    api: BotApi, client: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.request.MOST_BYTES", 10_000)
    api.document(7, "bai.txt", b"x" * 20_000)
    file = await client.get_file("file1")
    with pytest.raises(NetworkError, match="does not end"):
        await file.download_as_bytearray()


async def test_nothing_is_sent_on_to_another_address(api: BotApi, client: Bot) -> None:
    other = web.Application()
    told: list[str] = []

    async def take(request: web.Request) -> web.Response:
        told.append(await request.text())
        return web.json_response({"ok": True, "result": {}})

    async def send_on(request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    other.router.add_post("/elsewhere", take)
    other.router.add_post("/bot{token}/{method}", send_on)
    async with TestServer(other) as server:
        away = AiohttpRequest()
        await away.initialize()
        with pytest.raises(TelegramError):
            await away.post(str(server.make_url("/botT/sendMessage")), RequestData([]))
        await away.shutdown()
    assert told == []
