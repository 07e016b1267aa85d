import json
import logging

import pytest

from bot import logs
from bot.logs import RedactingFormatter, describe
from tests.bot.conftest import PHUOC, Running, Serve
from tests.botapi import TOKEN, BotApi


def formatted(formatter: logging.Formatter, message: str, *args: object, error: bool = False) -> str:
    info = None
    if error:
        try:
            raise ValueError(f"https://api.telegram.org/bot{TOKEN}/getMe")
        except ValueError as caught:
            info = (type(caught), caught, caught.__traceback__)
    return formatter.format(logging.LogRecord("x", logging.ERROR, "f", 1, message, args, info))


def test_no_form_of_a_secret_reaches_a_line() -> None:
    formatter = RedactingFormatter((TOKEN, "", "short-part-of-" + TOKEN))
    quoted = TOKEN.replace(":", "%3A")
    lines = [
        formatted(formatter, f"plain {TOKEN}"),
        formatted(formatter, "argument %s", TOKEN),
        formatted(formatter, f"quoted {quoted}"),
        formatted(formatter, "traceback", error=True),
    ]
    assert all(TOKEN not in line and quoted not in line and "***" in line for line in lines)


def test_libraries_that_print_addresses_are_quiet_at_every_level(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    try:
        logs.configure("DEBUG", TOKEN)
        logging.getLogger("httpx").info("GET https://api.telegram.org/bot1:x/getMe")
        logging.getLogger("telegram.Bot").debug("parameters")
        logging.getLogger("aiohttp.server").error("Error handling request from 203.0.113.7: b'what was sent'")
        logging.getLogger("bot").info("seen %s", TOKEN)
        err = capsys.readouterr().err
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    assert err.count("\n") == 1
    assert err.endswith("INFO bot: seen ***\n")


def test_a_line_may_be_an_object() -> None:
    line = json.loads(formatted(logs.JsonFormatter((TOKEN,)), "seen %s", TOKEN, error=True))
    assert (line["level"], line["room"]) == ("ERROR", "x")
    assert line["says"].startswith("seen ***\nTraceback")
    assert TOKEN not in json.dumps(line)


def test_an_error_is_named_with_our_line_and_without_its_words() -> None:
    with pytest.raises(KeyError) as caught:
        raise KeyError("câu bí mật của Người7")
    assert describe(caught.value).startswith("KeyError at bot/test_logs.py:")
    assert "bí mật" not in describe(caught.value)


async def test_neither_token_nor_people_nor_words_are_ever_logged(
    api: BotApi, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """A canary in every field, all that can go wrong, our own loggers at DEBUG."""
    caplog.set_level("DEBUG", "bot")
    person = 987654321
    async with serve() as running:
        assert (await api.answer_to(person, "ai phát biểu chimhoangyen?")).text
        api.fail(502, "sendMessage")
        await api.answer_to(person, "ai phát biểu chimhoangyen?")
        api.push(message={"message_id": "x", "chat": {"id": person}, "text": "chimhoangyen"})
        api.fail(400, "sendMessage")
        api.private(person, "chimhoangyen")
        api.blocked.add(person)
        api.private(person, "chimhoangyen")
        await api.drained()
        api.blocked.clear()
        assert (await api.answer_to(person, "ai phát biểu?")).text.startswith(PHUOC)
        await check_tables(running)
    assert caplog.records
    for canary in (TOKEN, str(person), "chimhoangyen", f"Người{person}", f"nguoi{person}"):
        assert canary not in caplog.text


async def check_tables(running: Running) -> None:
    rows = await running.database.fetch_all("SELECT * FROM quarantine")
    assert [row[2] for row in rows] == ["message", "message"]
    assert rows[1][3] == "BadRequest"
    text = " ".join(str(tuple(row)) for row in rows)
    assert "chimhoangyen" not in text
    assert "987654321" not in text
