"""The commands as a person starts them: real processes, real exit codes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot import texts
from bot.inbox import CONCURRENCY
from tests.bot.conftest import PHUOC, SPEAKER
from tests.botapi import TOKEN, BotApi

ROOT = Path(__file__).resolve().parents[2]


def environment(**settings: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings}


def bot(*arguments: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env=environment(**settings),
        check=False,
        timeout=60,
    )


@asynccontextmanager
async def started(api: BotApi, database: Path, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    more = {"BOT_TOKEN": TOKEN, "BOT_API_URL": api.url, "BOT_DATABASE": str(database)} | settings
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        env=environment(**more),
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def finish(process: asyncio.subprocess.Process) -> tuple[int, str]:
    _, errors = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode is not None
    return process.returncode, errors.decode()


# --- ask and chat ------------------------------------------------------------------------------------


def test_ask_prints_one_answer(database: Path) -> None:
    done = bot("ask", "--db", str(database), "ai phat bieu tai le khanh thanh")
    assert (done.returncode, done.stdout.splitlines()[0], done.stderr) == (0, PHUOC, "")


def test_a_batch_from_a_pipe(database: Path) -> None:
    done = bot("ask", "--jsonl", "--db", str(database), stdin=json.dumps({"q": SPEAKER}) + "\nx\n")
    answer, error = (json.loads(line) for line in done.stdout.splitlines())
    assert (answer["text"], list(error)) == (PHUOC, ["error"])


def test_chat_works_in_a_pipe_and_in_any_locale(database: Path) -> None:
    done = bot("chat", "--db", str(database), stdin=f"{SPEAKER}\n", LC_ALL="C", PYTHONUTF8="0")
    assert done.returncode == 0
    assert PHUOC in done.stdout
    assert done.stdout.endswith(f"{texts.GOODBYE}\n")


def test_ask_starts_without_telegram_settings_library_and_event_loop(database: Path) -> None:
    code = f"""
import sys
from bot.__main__ import main
main(["ask", "--db", {str(database)!r}, "ai"])
print(sorted({{name.partition(".")[0] for name in sys.modules}}
    & set("telegram pydantic pydantic_settings aiosqlite asyncio aiohttp dataclasses inspect".split())))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=environment(), check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_what_only_some_bots_need_is_loaded_when_it_is_needed() -> None:
    code = """
import sys
from bot import settings, wiring
settings.load()
rare = {"PIL", "aiohttp.web", "bot.doctor", "bot.console", "pydantic", "pydantic_settings", "dotenv"}
print(sorted(rare & {*sys.modules}))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=environment(), check=True
    )
    assert done.stdout == "[]\n"


def test_a_reader_that_leaves_early_is_no_fault(database: Path) -> None:
    lines = "".join(json.dumps({"q": SPEAKER}) + "\n" for _ in range(300))
    done = subprocess.run(
        f"{sys.executable} -m bot ask --jsonl --db {database} | head -n 1",
        shell=True,
        input=lines,
        capture_output=True,
        encoding="utf-8",
        env=environment(),
        check=True,
    )
    assert done.stderr == ""


# --- wrong use ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        ([], {}, "run|chat|ask|doctor"),
        (["sing"], {}, "invalid choice"),
        (["ask"], {}, "one question in quotes, or --jsonl"),
        (["ask", "a", "--jsonl"], {}, "one question in quotes, or --jsonl"),
        (["ask", "a", "b"], {}, "unrecognized arguments: b"),
        (["ask", "a"], {"BOT_DATABSE": "x"}, "BOT_DATABSE: no such setting"),
        (["run"], {}, "BOT_TOKEN: not set"),
        (["run"], {"BOT_TOKEN": "1:a", "BOT_ADMINS": "x"}, "BOT_ADMINS: must be"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_use_is_one_line_and_exit_code_2(
    arguments: list[str], settings: dict[str, str], said: str
) -> None:
    done = bot(*arguments, **settings)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("không phải cơ sở dữ liệu" * 1000, encoding="utf-8")
    done = bot("ask", "a", "--db", str(tmp_path / "x"))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1


# --- run ---------------------------------------------------------------------------------------------


async def test_run_serves_and_ends_cleanly_on_sigterm(api: BotApi, database: Path) -> None:
    async with started(api, database) as process:
        assert (await api.answer_to(7, SPEAKER)).text.startswith(PHUOC)
        process.send_signal(signal.SIGTERM)
        code, errors = await finish(process)
    assert (code, api.updates) == (0, {})
    assert "Traceback" not in errors
    assert TOKEN not in errors


async def test_a_second_copy_is_refused_with_the_first_ones_number(api: BotApi, database: Path) -> None:
    async with started(api, database) as first:
        await api.until(lambda: api.polls)
        async with started(api, database) as second:
            code, errors = await finish(second)
        assert code == 3
        assert f"process {first.pid}" in errors
        assert errors.count("\n") == 1
        assert (await api.answer_to(7, SPEAKER)).text.startswith(PHUOC)


async def test_an_unknown_token_is_one_line(api: BotApi, database: Path) -> None:
    async with started(api, database, BOT_TOKEN="1:unknown") as process:
        code, errors = await finish(process)
    assert code == 2
    assert errors.splitlines()[-1].startswith(f"BOT_TOKEN: the server at {api.url} does not know this token")
    assert "1:unknown" not in errors


async def test_a_revoked_token_has_an_exit_code_of_its_own_and_loses_no_question(
    api: BotApi, database: Path
) -> None:
    async with started(api, database) as process:
        await api.answer_to(7, SPEAKER)
        api.fail(401, "sendMessage", times=100)
        api.private(8, SPEAKER)
        await api.until(lambda: [c for c in api.calls if c.method == "sendMessage" and c.error])
        api.token = "123456:new"
        code, errors = await finish(process)
    assert code == 4
    assert errors.splitlines()[-1].startswith("BOT_TOKEN: Telegram has just stopped knowing this token")
    api.failures.clear()
    async with started(api, database, BOT_TOKEN="123456:new"):
        await api.until(lambda: api.seen_by(8))


async def test_no_network_is_one_line_and_sigterm_still_ends_it(api: BotApi, database: Path) -> None:
    async with started(api, database, BOT_API_URL="http://127.0.0.1:9") as process:
        assert process.stderr is not None
        line = (await asyncio.wait_for(process.stderr.readline(), 20)).decode()
        assert "Telegram cannot be reached" in line
        process.send_signal(signal.SIGTERM)
        code, errors = await finish(process)
    assert code == 0
    assert "cannot be reached" not in errors


async def test_no_question_is_lost_when_the_bot_is_killed(api: BotApi, database: Path) -> None:
    """Killed twice amid 120 questions; at most those in flight are answered twice each time."""
    people = range(1, 121)
    for person in people:
        api.private(person, SPEAKER)
    for kill_at in (30, 70):
        async with started(api, database) as process:
            await api.until(lambda at=kill_at: len(api.sent) >= at)
            process.kill()
    async with started(api, database):
        await api.drained()
    answered = [sent.chat for sent in api.sent]
    assert set(answered) == set(people)
    assert len(answered) - len(people) <= 2 * CONCURRENCY


async def test_a_missing_database_is_built_at_the_start(api: BotApi, tmp_path: Path) -> None:
    async with started(api, tmp_path / "new" / "bot.sqlite3"):
        start: Any = await api.answer_to(7, "/start")
    assert len(start.buttons) == 3
