import asyncio
from typing import Any

import pytest
from telegram.error import InvalidToken, NetworkError

from bot import polling
from bot.polling import AnotherCopyError, TokenRejectedError, TokenRevokedError, Weather, until
from tests.bot.conftest import PHUOC, Running, Serve
from tests.botapi import BotApi


async def ended(running: Running) -> None:
    assert running.task is not None
    async with asyncio.timeout(5):
        await running.task


async def test_an_unknown_token_ends_the_bot_at_once(serve: Serve) -> None:
    async with serve(token="999:wrong") as running:
        with pytest.raises(TokenRejectedError):
            await ended(running)


async def test_a_token_revoked_while_serving_ends_the_bot(api: BotApi, bot: Running) -> None:
    api.token = "123456:another"
    api._poll.set()  # type: ignore[union-attr]
    with pytest.raises(TokenRevokedError):
        await ended(bot)


async def test_another_copy_ends_the_bot_after_repeated_conflicts(api: BotApi, bot: Running) -> None:
    api.fail(409, "getUpdates", times=100)
    api._poll.set()  # type: ignore[union-attr]
    with pytest.raises(AnotherCopyError):
        await ended(bot)


async def test_a_single_conflict_is_waited_out(api: BotApi, bot: Running) -> None:
    """A copy that is being replaced still polls for a moment."""
    api._poll.set()  # type: ignore[union-attr]
    assert (await api.answer_to(7, "ai phát biểu?")).text.startswith(PHUOC)


async def test_a_webhook_left_over_is_removed_before_polling(api: BotApi, serve: Serve) -> None:
    api.webhook = {"url": "https://old.example.org/"}
    async with serve():
        assert (await api.answer_to(7, "ai phát biểu?")).text.startswith(PHUOC)


@pytest.mark.parametrize("act", [500, 502, "reset", "half", "garbage"])
async def test_polling_goes_on_after_a_fault(api: BotApi, bot: Running, act: int | str) -> None:
    api.fail(act, "getUpdates", times=3)
    assert (await api.answer_to(7, "ai phát biểu?")).text.startswith(PHUOC)


async def test_a_start_without_network_says_so_once_and_waits(
    api: BotApi, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail(502, "getMe", times=3)
    caplog.set_level("INFO", "bot")
    async with serve():
        assert (await api.answer_to(7, "ai phát biểu?")).text.startswith(PHUOC)
    lines = [record.getMessage() for record in caplog.records]
    assert lines.count("Telegram cannot be reached (NetworkError); trying again") == 1
    assert lines.count("Telegram answers again") == 1


async def test_a_stop_interrupts_a_start_without_network(api: BotApi, serve: Serve) -> None:
    api.fail("hang", "getMe", times=100)
    async with serve() as running:
        await api.until(lambda: api.calls)
        running.stopping.set()
        await ended(running)


async def test_a_stop_ends_a_long_poll_at_once(api: BotApi, bot: Running) -> None:
    began = asyncio.get_running_loop().time()
    await bot.stop()
    assert asyncio.get_running_loop().time() - began < 1


async def test_an_answer_in_flight_is_finished_at_a_stop(api: BotApi, bot: Running) -> None:
    api.fail(429, "sendMessage", retry_after=1)
    api.private(7, "ai phát biểu?")
    await api.until(lambda: [call for call in api.calls if call.method == "sendMessage"])
    await bot.stop()
    assert len(api.seen_by(7)) == 1
    assert api.updates == {}


async def test_a_group_that_is_told_to_wait_keeps_nobody_else_waiting(
    api: BotApi, bot: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is held cannot be confirmed, so that polls bring it again at once and none waits at Telegram."""
    monkeypatch.setattr(polling, "SETTLE_S", 60.0)
    api.fail(429, "sendMessage", chat=-5, retry_after=3600)
    for _ in range(3):
        api.group(-5, 9, "/hoi ai phát biểu?")
    await api.until(lambda: any(call.error and call.chat == -5 for call in api.calls))
    for person in (7, 8):
        assert (await api.answer_to(person, "ai phát biểu?")).text.startswith(PHUOC)


async def test_the_weather_waits_longer_each_time_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(_: Any, seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(polling, "_sleep", sleep)
    weather = Weather(1.0)
    for _ in range(7):
        await weather.wait_out(NetworkError("x"), asyncio.Event())
    assert waits == [1, 2, 2, 2, 2, 2, 2]
    weather.clear()
    await weather.wait_out(NetworkError("x"), asyncio.Event())
    assert waits[-1] == 1
    with pytest.raises(TokenRejectedError):
        await weather.wait_out(InvalidToken(), asyncio.Event())


async def test_until_gives_the_result_or_stops_the_work() -> None:
    stop = asyncio.Event()

    async def work(seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "done"

    assert await until(stop, work(0)) == "done"
    stop.set()
    assert await until(stop, work(60)) is None


@pytest.mark.parametrize(
    "answer",
    [
        '{"ok": true, "result": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"ok": true, "result": [{"update_id": ' + "9" * 5000 + "}]}",
        '{"ok": true, "result": [{"update_id": 5, "message": ' + '{"a":' * 300 + "1" + "}" * 300 + "}]}",
        '{"ok": false, "error_code": 429, "parameters": {"retry_after": "x"}}',
        '{"ok": false, "error_code": 429, "parameters": {"retry_after": 9e99}}',
        '{"ok": false, "error_code": 429, "parameters": {"retry_after": -5}}',
        '{"ok": false, "error_code": 400, "parameters": [7]}',
    ],
    ids=["deep", "digits", "deep_update", "wait_text", "wait_for_ever", "wait_backwards", "parameters"],
)
async def test_no_answer_that_is_none_of_the_bot_api_ends_the_bot(
    api: BotApi, bot: Running, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr(api, "raw_answers", {"getUpdates": [answer] * 2})
    api._poll.set()  # type: ignore[union-attr]
    assert (await api.answer_to(7, "ai phát biểu?")).text.startswith(PHUOC)
    assert api.raw_answers == {"getUpdates": []}


def test_no_wait_that_is_asked_for_is_for_ever() -> None:
    assert polling.MAX_FLOOD_PAUSE_S <= 60
