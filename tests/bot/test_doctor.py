import io
import sqlite3
from pathlib import Path

import pytest

from bot import doctor
from knowledge.backup import backup
from tests.bot.conftest import ARTICLE
from tests.botapi import TOKEN, BotApi


async def examine(monkeypatch: pytest.MonkeyPatch, database: Path, **settings: str) -> tuple[int, str]:
    """Run the doctor in a thread, as it runs a loop of its own."""
    import asyncio

    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    out = io.StringIO()
    code = await asyncio.to_thread(lambda: doctor.report(doctor.examine(database), out))
    return code, out.getvalue()


def live(api: BotApi) -> dict[str, str]:
    return {"BOT_TOKEN": TOKEN, "BOT_API_URL": api.url}


async def test_a_sound_bot_has_no_fault(
    api: BotApi, database: Path, monkeypatch: pytest.MonkeyPatch, now: object
) -> None:
    from datetime import UTC, datetime

    backup(database, database.parent / "backups", at=datetime.now(UTC))
    code, report = await examine(monkeypatch, database, **live(api), BOT_ADMINS="1", BOT_OPERATOR="a")
    assert code == 0
    assert "FAULT" not in report
    for line in (
        "ok     settings",
        "ok     token: belongs to @hoidap_thu_bot",
        "ok     privacy mode: is on",
        "ok     backups: 1, the newest 0 h old",
        "ok     webhook: none",
    ):
        assert line in report
    assert "1 articles, 4 facts, all checksums hold" in report
    assert TOKEN not in report


async def test_every_fault_is_named_and_ends_with_1(
    api: BotApi, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE documents SET text = replace(text, '12/4', '13/4')")
    connection.close()
    code, report = await examine(monkeypatch, database, BOT_TOKEN="1:x", BOT_API_URL=api.url)
    assert code == 1
    assert "FAULT  database" in report
    assert "FAULT  token: Telegram does not know it" in report


async def test_a_missing_token_and_a_bad_setting_are_faults(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, report = await examine(monkeypatch, database)
    assert code == 1
    assert "FAULT  token: BOT_TOKEN: not set" in report
    code, report = await examine(monkeypatch, database, BOT_TIMEZONE="x")
    assert code == 1
    assert "FAULT  settings: BOT_TIMEZONE" in report
    assert "ok     database" in report


async def test_a_server_out_of_reach_is_a_fault(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, report = await examine(monkeypatch, database, BOT_TOKEN=TOKEN, BOT_API_URL="http://127.0.0.1:9")
    assert code == 1
    assert "FAULT  network: http://127.0.0.1:9 cannot be reached" in report


async def test_what_should_be_looked_at_is_a_warning(
    api: BotApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.me |= {"can_read_all_group_messages": True, "supports_inline_queries": False}
    api.webhook = {"url": "https://old.example.org"}
    code, report = await examine(monkeypatch, tmp_path / "none" / "bot.sqlite3", **live(api))
    assert code == 0
    for what in ("admins", "operator", "database", "backups", "privacy mode", "inline mode", "webhook"):
        assert f"warn   {what}: " in report


async def test_an_old_backup_is_a_warning(
    api: BotApi, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os
    import time

    folder = database.parent / "backups"
    folder.mkdir()
    (folder / "a.sqlite3").write_text(ARTICLE, encoding="utf-8")
    os.utime(folder / "a.sqlite3", (time.time() - 3600 * 30,) * 2)
    _, report = await examine(monkeypatch, database, **live(api))
    assert "warn   backups: 1, the newest 30 h old" in report


@pytest.mark.parametrize(("free_mib", "verdict"), [(10, "FAULT"), (100, "warn"), (1000, "ok")])
def test_free_space_is_judged(
    database: Path, monkeypatch: pytest.MonkeyPatch, free_mib: int, verdict: str
) -> None:
    class Usage:
        free = free_mib * 2**20

    monkeypatch.setattr("bot.doctor.shutil.disk_usage", lambda _: Usage)
    findings = {finding.what: finding.verdict for finding in doctor.examine(database)}
    assert findings["disk"] == verdict


@pytest.mark.parametrize(("mode", "is_told"), [(0o640, True), (0o604, True), (0o600, False)])
def test_a_token_that_others_of_the_machine_can_read_is_told(
    database: Path, monkeypatch: pytest.MonkeyPatch, mode: int, is_told: bool
) -> None:
    env = Path(".env")
    env.write_text(f"BOT_TOKEN={TOKEN}\n")
    env.chmod(mode)
    found = [finding for finding, _ in zip(doctor.examine(database), range(4), strict=False)]
    assert any("chmod 600" in finding.detail for finding in found) is is_told
