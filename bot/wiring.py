"""The composition root: the only file that knows everyone.

Owns start and stop. A start reads settings, takes the lock, opens the database, builds the answerer,
connects, publishes menus, and serves. A stop (SIGTERM, Ctrl-C) finishes what is held within 10 s.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.error import EndPointNotFound, InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder

from bot import current, inbox, logs, menus, polling, settings, webhook
from bot.conversations import Conversations
from bot.current import Current
from bot.handlers import errors, guide, inline, questions
from bot.inbox import Inbox, Raw, Seen
from bot.instance import AlreadyRunningError, hold
from bot.polling import FIRST_PAUSE_S, AnotherCopyError, TokenRejectedError, Weather
from bot.request import AiohttpRequest
from bot.settings import Settings
from knowledge.database import Database, open_database
from knowledge.errors import StorageError
from knowledge.schema import KNOWLEDGE

log = logging.getLogger("bot")

App = Application[Any, Any, Any, Any, Any, Any]
SCHEMAS = (KNOWLEDGE, inbox.SCHEMA)
ALLOWED_UPDATES = ["message", "callback_query", "inline_query"]
PURGE_EVERY_S = 3600.0
EXIT_WRONG, EXIT_ANOTHER_COPY = 2, 3


@dataclass(frozen=True, slots=True)
class Edge:
    """A built bot that is not connected yet."""

    application: App
    inbox: Inbox
    seen: Seen


def run(database: Path | None) -> int:
    """Serve Telegram until stopped; return the exit code. Every refusal is one line."""
    configured = settings.load()
    token = settings.require_token(configured)
    path = database or configured.database
    logs.configure(configured.log_level, token, configured.webhook_secret.get_secret_value())
    current.ensure(path)
    try:
        with hold(path):
            asyncio.run(_serve(configured, token, path))
    except AlreadyRunningError as error:
        return _refuse(str(error), EXIT_ANOTHER_COPY)
    except AnotherCopyError:
        return _refuse(
            "Another copy answers with this token somewhere; stop it, or use another token.",
            EXIT_ANOTHER_COPY,
        )
    except TokenRejectedError:
        where = configured.api_url
        return _refuse(
            f"BOT_TOKEN: the server at {where} does not know this token; ask @BotFather for it.", EXIT_WRONG
        )
    return 0


def build(
    configured: Settings,
    token: str,
    known: Current,
    database: Database,
    *,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    retry_s: float = inbox.RETRY_S,
) -> Edge:
    """Put the bot together.

    *clock* counts seconds and never jumps; *now* gives aware times; an update that meets a passing fault
    is tried again after *retry_s*, then after twice that, and so on.
    """
    application: App = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{configured.api_url}/bot")
        .base_file_url(f"{configured.api_url}/file/bot")
        .request(AiohttpRequest())
        .get_updates_request(AiohttpRequest(pool_size=2))
        .updater(None)
        .job_queue(None)
        .build()
    )
    conversations = Conversations(clock)
    application.add_handlers(
        [
            *guide.handlers(known, configured.operator),
            *inline.handlers(known),
            *questions.handlers(known, conversations),
        ]
    )
    failures: errors.Failures = {}
    application.add_error_handler(errors.handler(failures))

    async def process(raw: Raw) -> None:
        update = Update.de_json(raw, application.bot)
        failures.pop(update.update_id, None)
        await application.process_update(update)
        failure = failures.pop(update.update_id, None)
        if failure is not None:
            raise failure

    seen = Seen(database, now)
    return Edge(application, Inbox(process, seen, clock, retry_s=retry_s), seen)


async def _serve(configured: Settings, token: str, path: Path) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(path, SCHEMAS))
        known = Current(await asyncio.to_thread(current.load, path))
        edge = build(configured, token, known, database)
        await serve(edge, configured, stop)


async def serve(
    edge: Edge, configured: Settings, stop: asyncio.Event, *, first_pause_s: float = FIRST_PAUSE_S
) -> None:
    """Connect *edge* and serve until *stop*; leave nothing open."""
    application = edge.application
    weather = Weather(first_pause_s)
    try:
        if not await _connect(application, stop, weather, polls=not configured.webhook_url):
            return
        await application.start()
        log.info("@%s serves", application.bot.username)
        chores = [asyncio.create_task(_publish(application)), asyncio.create_task(_purge(edge.seen))]
        try:
            await _receive(edge, configured, stop, weather)
        finally:
            for chore in chores:
                chore.cancel()
            await asyncio.gather(*chores, return_exceptions=True)
    finally:
        if application.running:
            await application.stop()
        await application.shutdown()
        await application.bot.shutdown()
        log.info("stopped")


async def _receive(edge: Edge, configured: Settings, stop: asyncio.Event, weather: Weather) -> None:
    bot = edge.application.bot
    if configured.webhook_url:
        await webhook.serve(
            bot,
            edge.inbox,
            stop,
            ALLOWED_UPDATES,
            weather,
            url=configured.webhook_url,
            secret=configured.webhook_secret.get_secret_value(),
            listen=configured.webhook_listen,
        )
    else:
        await polling.poll(bot, edge.inbox, stop, ALLOWED_UPDATES, weather)


async def _connect(application: App, stop: asyncio.Event, weather: Weather, *, polls: bool) -> bool:
    """Wait for Telegram to know us; False when stopped before that."""
    while not stop.is_set():
        try:
            await polling.until(stop, application.initialize())
            if polls and not stop.is_set():
                # A webhook left over by another way of running would block every poll.
                await polling.until(stop, application.bot.delete_webhook())
        except (InvalidToken, EndPointNotFound) as error:
            raise TokenRejectedError from error
        except TelegramError as error:
            await weather.wait_out(error, stop)
        else:
            weather.clear()
            return not stop.is_set()
    return False


async def _publish(application: App) -> None:
    try:
        await menus.publish(application.bot)
    except TelegramError as error:
        log.warning(
            "menus and descriptions were not set (%s); the next start tries again", type(error).__name__
        )


async def _purge(seen: Seen) -> None:
    while True:
        try:
            await seen.purge()
        except StorageError as error:
            log.error("old update numbers were not purged: %s", logs.describe(error))
        await asyncio.sleep(PURGE_EVERY_S)


def _refuse(line: str, code: int) -> int:
    print(line, file=sys.stderr)  # noqa: T201 - the operator's terminal
    return code
