"""Is everything fit to run? Settings, token, database, machine, each in one line.

Owns the checks and their verdicts: "ok", "warn" (works, but look at it), "FAULT" (exit code 1). Refuses to
mend anything.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import IO, NamedTuple

from telegram import Bot
from telegram.error import Forbidden, InvalidToken, TelegramError

from bot import settings
from bot.environment import ENV_FILE, ConfigurationError
from bot.request import AiohttpRequest
from bot.settings import Settings
from knowledge.errors import KnowledgeError
from knowledge.held import contents
from knowledge.verify import verify

SAFE_SQLITE = (
    3,
    51,
    3,
)  # before it, a rare race at WAL checkpoints could damage a file (sqlite.org/wal.html)
LOW_SPACE_BYTES, NO_SPACE_BYTES = 200 * 2**20, 20 * 2**20
BACKUP_FOLDER = "backups"  # beside the database
BACKUP_AGE = timedelta(hours=24)
NETWORK_S = 10.0


class Verdict(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAULT = "FAULT"


class Finding(NamedTuple):
    """One line of the report."""

    verdict: Verdict
    what: str
    detail: str


def run(database: Path | None) -> int:
    """Print the report; return 1 when there is a fault."""
    return report(examine(database), sys.stdout)


def report(findings: Iterator[Finding], out: IO[str]) -> int:
    """Write each finding as it is made; return the exit code."""
    code = 0
    for verdict, what, detail in findings:
        out.write(f"{verdict:5}  {what}: {detail}\n")
        out.flush()
        code = 1 if verdict is Verdict.FAULT else code
    return code


def examine(database: Path | None) -> Iterator[Finding]:
    """Yield what is found, cheap checks first."""
    configured: Settings | None = None
    try:
        configured = settings.load()
    except ConfigurationError as error:
        for problem in error.problems:
            yield Finding(Verdict.FAULT, "settings", problem)
    if configured is not None:
        yield Finding(Verdict.OK, "settings", "every value can be used")
        if ENV_FILE.is_file() and ENV_FILE.stat().st_mode & 0o077:
            yield Finding(
                Verdict.WARN,
                "settings",
                f"{ENV_FILE} can be read by others, and holds the token: chmod 600 .env",
            )
        if not configured.admins:
            yield Finding(Verdict.WARN, "admins", "BOT_ADMINS is empty: nobody owns the bot")
        if not configured.operator:
            yield Finding(Verdict.WARN, "operator", "BOT_OPERATOR is empty: /riengtu cannot name who answers")
    yield _sqlite()
    path = database or (configured.database if configured else None)
    if path is not None:
        yield _database(path)
        yield _space(path)
        yield _backups(path, datetime.now(UTC))
    if configured is not None:
        yield from asyncio.run(_telegram(configured))


def _sqlite() -> Finding:
    if sqlite3.sqlite_version_info < SAFE_SQLITE:
        wanted = ".".join(map(str, SAFE_SQLITE))
        return Finding(
            Verdict.WARN, "sqlite", f"{sqlite3.sqlite_version}; {wanted} mends a rare fault: keep backups"
        )
    return Finding(Verdict.OK, "sqlite", sqlite3.sqlite_version)


def _database(path: Path) -> Finding:
    if not path.exists():
        return Finding(
            Verdict.WARN, "database", f"{path} does not exist; the first start builds it from seeds/"
        )
    try:
        damages = verify(path)
        documents, facts = contents(path)
    except KnowledgeError as error:
        return Finding(Verdict.FAULT, "database", str(error))
    if damages:
        return Finding(
            Verdict.FAULT,
            "database",
            f"{path}: {len(damages)} damages, first: {damages[0]}; python -m knowledge restore",
        )
    return Finding(Verdict.OK, "database", f"{path}: {documents} articles, {facts} facts, all checksums hold")


def _space(path: Path) -> Finding:
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    free = shutil.disk_usage(folder).free
    detail = f"{free // 2**20} MiB free at {folder}"
    if free < NO_SPACE_BYTES:
        return Finding(Verdict.FAULT, "disk", detail + "; free some, or nothing can be written")
    return Finding(Verdict.WARN if free < LOW_SPACE_BYTES else Verdict.OK, "disk", detail)


def _backups(path: Path, now: datetime) -> Finding:
    folder = path.absolute().parent / BACKUP_FOLDER
    times = [p.stat().st_mtime for p in folder.glob("*.sqlite3")] if folder.is_dir() else []
    if not times:
        return Finding(
            Verdict.WARN,
            "backups",
            f"none in {folder}; make one a day with python -m knowledge backup {folder}",
        )
    age = now - datetime.fromtimestamp(max(times), UTC)
    hours = max(0, int(age.total_seconds() // 3600))
    return Finding(
        Verdict.WARN if age > BACKUP_AGE else Verdict.OK, "backups", f"{len(times)}, the newest {hours} h old"
    )


async def _telegram(configured: Settings) -> list[Finding]:
    try:
        token = settings.require_token(configured)
    except ConfigurationError as error:
        return [Finding(Verdict.FAULT, "token", error.problems[0])]
    base = configured.api_url
    bot = Bot(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=AiohttpRequest(),
        get_updates_request=AiohttpRequest(pool_size=1),
    )
    try:
        async with asyncio.timeout(NETWORK_S):
            await bot.initialize()
            webhook = await bot.get_webhook_info()
    except (InvalidToken, Forbidden):
        return [Finding(Verdict.FAULT, "token", "Telegram does not know it; ask @BotFather for a new one")]
    except (TelegramError, TimeoutError) as error:
        return [Finding(Verdict.FAULT, "network", f"{base} cannot be reached ({type(error).__name__})")]
    finally:
        await bot.shutdown()
    return [*_about_me(bot), _webhook(webhook.url, configured.webhook_url)]


def _about_me(bot: Bot) -> Iterator[Finding]:
    me = bot.bot
    yield Finding(Verdict.OK, "token", f"belongs to @{me.username}")
    if me.can_read_all_group_messages:
        yield Finding(
            Verdict.WARN,
            "privacy mode",
            "is off: Telegram hands over all group messages; /setprivacy at @BotFather",
        )
    else:
        yield Finding(
            Verdict.OK, "privacy mode", "is on: in groups only what is addressed to the bot arrives"
        )
    if not me.supports_inline_queries:
        yield Finding(
            Verdict.WARN, "inline mode", "is off; /setinline at @BotFather lets members ask anywhere"
        )


def _webhook(registered: str, wanted: str) -> Finding:
    if registered and not wanted:
        return Finding(
            Verdict.WARN, "webhook", "one is registered, but BOT_WEBHOOK_URL is empty; run removes it"
        )
    if wanted and registered and registered.rstrip("/") != wanted:
        return Finding(Verdict.WARN, "webhook", "another address is registered; run replaces it")
    return Finding(Verdict.OK, "webhook", "registered" if registered else "none: updates come by polling")
