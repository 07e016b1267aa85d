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
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.error import EndPointNotFound, InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder

from bot import (
    asked,
    authority,
    broadcast,
    chores,
    current,
    dialogs,
    environment,
    health,
    inbox,
    logs,
    menus,
    polling,
    settings,
    shape,
    statistics,
    telling,
    texts,
    texts_announcements,
)
from bot.alarms import Alarm, Alarms
from bot.asked import Asked
from bot.authority import Authority
from bot.backups import Backups
from bot.commits import Commits
from bot.conversations import Conversations
from bot.courier import AnswersLane
from bot.current import Current
from bot.dialogs import Dialogs
from bot.handlers import admin, desk, errors, flood, guide, inline, members
from bot.handlers.admin import Office
from bot.handlers.doors import ASKS_PER_S, ASKS_SIZE, Doors
from bot.handlers.flood import Flood
from bot.handlers.members import Holding
from bot.handlers.questions import Questions
from bot.handlers.shortcut import Shortcut
from bot.inbox import Inbox, Raw, Seen
from bot.instance import AlreadyRunningError, hold
from bot.journal import Journal
from bot.limits import Buckets
from bot.panels import Panels
from bot.polling import (
    FIRST_PAUSE_S,
    AnotherCopyError,
    TokenRejectedError,
    TokenRevokedError,
    Weather,
)
from bot.pulse import Pulse
from bot.request import AiohttpRequest
from bot.settings import Settings
from bot.statistics import Counters
from bot.teaching import Teaching
from knowledge.database import Database, open_database
from knowledge.errors import BusyError, CorruptError
from knowledge.records import dataclass
from knowledge.schema import KNOWLEDGE
from knowledge.store import Store

log = logging.getLogger("bot")

App = Application[Any, Any, Any, Any, Any, Any]
SCHEMAS = (
    KNOWLEDGE,
    inbox.SCHEMA,
    authority.SCHEMA,
    dialogs.SCHEMA,
    asked.SCHEMA,
    statistics.SCHEMA,
    *broadcast.SCHEMAS,
)
ALLOWED_UPDATES = ["message", "callback_query", "inline_query", "my_chat_member"]
QUARTER_S = 900  # in every time zone a day begins at a quarter of an hour
EXIT_WRONG, EXIT_ANOTHER_COPY, EXIT_REVOKED = 2, 3, 4


@dataclass(frozen=True, slots=True)
class Edge:
    """A built bot that is not connected yet."""

    application: App
    inbox: Inbox
    office: Office
    holdings: tuple[Holding, ...]
    chores: tuple[Callable[[], Coroutine[Any, Any, None]], ...]
    alarms: Alarms
    pulse: Pulse
    signs: health.Signs


def run(database: Path | None) -> int:
    """Serve Telegram until stopped; return the exit code. Every refusal is one line."""
    configured = settings.load()
    token = settings.require_token(configured)
    path = database or configured.database
    logs.configure(
        configured.log_level,
        token,
        configured.webhook_secret,
        as_json=configured.log_format == "json",
    )
    current.prepare(path)
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
    except TokenRevokedError:
        return _refuse(
            "BOT_TOKEN: Telegram has just stopped knowing this token; ask @BotFather for the new one.",
            EXIT_REVOKED,
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
    commits = Commits(database)
    cast = broadcast.build(database, token, configured.api_url, configured.timezone, now, commits)
    application: App = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{configured.api_url}/bot")
        .base_file_url(f"{configured.api_url}/file/bot")
        .request(AnswersLane(cast.pace))
        .get_updates_request(AiohttpRequest(pool_size=2))
        .updater(None)
        .job_queue(None)
        .build()
    )

    def local() -> datetime:
        return now().astimezone(configured.timezone)

    @lru_cache(maxsize=1)
    def day_of(quarter: int) -> date:
        return datetime.fromtimestamp(quarter * QUARTER_S, configured.timezone).date()

    def today() -> date:
        return day_of(int(now().timestamp() // QUARTER_S))  # asked for several times for each update

    office = Office(
        authority=Authority(database, configured.admins, now),
        dialogs=Dialogs(database, now),
        teaching=Teaching(Store(database), known, database.path, now),
        asked=Asked(database, today, commits),
        counters=Counters(database, today),
        zone=configured.timezone,
        now=local,
        cast=cast,
    )
    sweeper = _Sweeper(database)
    conversations = Conversations(clock)
    journal = Journal(office.asked, office.counters)
    questions = Questions(known, conversations, journal, today)
    holdings = (*_holdings(office), Holding(_nothing, _forgetter(conversations)))
    looking, acting = admin.handlers(office)
    application.add_handlers(looking, group=desk.GROUP - 1)
    application.add_handlers(acting, group=desk.GROUP)
    application.add_handlers(
        [
            *guide.handlers(known, configured.operator, today),
            *Doors(office.authority, cast, Buckets(clock, ASKS_SIZE, ASKS_PER_S)).handlers(),
            *members.handlers(known, journal, office.authority, holdings, sweeper.sweep),
            *inline.handlers(known, today),
            *questions.handlers(),
        ]
    )
    limits = Flood(office.authority, clock)
    application.add_handler(limits.handler(), group=flood.GROUP)
    shortcut = Shortcut(application.bot, office.authority, limits, questions)
    failures: errors.Failures = {}
    application.add_error_handler(errors.handler(failures))

    async def process(raw: Raw) -> None:
        shape.check(raw)
        if await shortcut.take(raw):
            return
        update = Update.de_json(raw, application.bot)
        failures.pop(update.update_id, None)
        await application.process_update(update)
        failure = failures.pop(update.update_id, None)
        if failure is not None:
            raise failure

    seen = Seen(database, now, commits)

    async def forget() -> None:
        purges = (seen.purge, office.dialogs.purge, office.asked.purge, office.counters.purge)
        await chores.every(chores.PURGE_EVERY_S, *purges, cast.purge)

    async def keep_promises() -> None:
        async def settle() -> None:
            await telling.settle_answered(office.asked, known)

        async def tell() -> None:
            await telling.tell(application.bot, office.asked, known, today)

        await chores.whenever(office.teaching.changed, chores.TELL_EVERY_S, settle, tell)

    async def report() -> None:
        async def digest() -> None:
            await office.reports.digest(application.bot)

        await chores.every(chores.DIGEST_EVERY_S, digest)

    bells = Alarms(configured.admins, clock)
    backups = Backups(
        database.path,
        every=timedelta(hours=configured.backup_hours),
        kept=configured.backups_kept,
        now=now,
        alarms=bells,
    )

    async def back_up() -> None:
        await chores.every(chores.BACKUP_LOOK_S, backups.look)

    async def ring() -> None:
        await bells.run(application.bot)

    async def mind() -> None:
        await chores.every(chores.TROUBLE_LOOK_S, _minder(database, bells), sweeper.look)

    box = Inbox(process, seen, clock, retry_s=retry_s, set_aside=lambda: bells.ring(Alarm.QUARANTINE))
    panels = Panels(application.bot, cast, office.authority)
    pulse = Pulse(time.monotonic, environment.notify_socket())
    return Edge(
        application,
        box,
        office,
        holdings,
        (forget, keep_promises, report, panels.run, back_up, ring, mind),
        bells,
        pulse,
        health.Signs(pulse, bells, box, backups.newest, now),
    )


def _minder(database: Database, bells: Alarms) -> Callable[[], Awaitable[None]]:
    """Return what looks whether the database can be written, and tells."""
    kinds = {BusyError: Alarm.HELD, CorruptError: Alarm.DAMAGE}

    async def look() -> None:
        trouble = database.trouble
        now = None if trouble is None else kinds.get(type(trouble), Alarm.DISK)
        for alarm in (Alarm.HELD, Alarm.DAMAGE, Alarm.DISK):
            if alarm is now:
                bells.ring(alarm)
            else:
                bells.end(alarm)
        if now is not None:
            await database.probe()

    return look


def _holdings(office: Office) -> tuple[Holding, ...]:
    """Return the rooms that keep something about a person."""

    async def waits(person: int) -> list[str]:
        return [texts.DATA_WAITING.format(question=text) for text in await office.asked.held(person)]

    async def drafts(person: int) -> list[str]:
        return [texts.DATA_DIALOG] * await office.dialogs.held(person)

    cast = office.cast
    return (
        Holding(waits, office.asked.erase),
        Holding(drafts, office.dialogs.erase),
        Holding(cast.held, cast.forget),
    )


async def _nothing(person: int) -> list[str]:
    return []


def _forgetter(conversations: Conversations) -> Callable[[int], Awaitable[None]]:
    async def forget(person: int) -> None:
        conversations.forget(lambda key: key == (person, 0) or key[1] == person)

    return forget


class _Sweeper:
    """Sees to it that what was erased does not live on in the database's journal."""

    def __init__(self, database: Database) -> None:
        """Begin with what a crash may have left."""
        self._database = database
        self._is_due = True

    async def sweep(self) -> None:
        """Sweep now, or later when somebody is just reading."""
        self._is_due = not await self._database.sweep()

    async def look(self) -> None:
        """Make up for what could not be done before."""
        if self._is_due:
            await self.sweep()


async def _serve(configured: Settings, token: str, path: Path) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(path, SCHEMAS))
        known = Current(await asyncio.to_thread(current.load, path))
        current.settle_memory()
        edge = build(configured, token, known, database)
        await serve(edge, configured, stop)


async def serve(
    edge: Edge, configured: Settings, stop: asyncio.Event, *, first_pause_s: float = FIRST_PAUSE_S
) -> None:
    """Connect *edge* and serve until *stop*; leave nothing open."""
    application = edge.application
    weather = Weather(first_pause_s, edge.pulse.beat)
    is_known = False
    held = await edge.office.cast.outbox.hold_restored(texts_announcements.RESTORED_NOTE)
    if held is not None:
        edge.alarms.ring(Alarm.RESTORED, held)
    edge.pulse.ready()
    try:
        if not await _connect(application, stop, weather, polls=not configured.webhook_url):
            return
        is_known = True
        await application.start()
        log.info("@%s serves", application.bot.username)
        running = [asyncio.create_task(chore()) for chore in edge.chores]
        running.append(asyncio.create_task(_publish(application, edge.office.authority)))
        sending = asyncio.create_task(edge.office.cast.sender.run(stop))
        try:
            async with health.served(configured.health_listen, edge.signs):
                await _receive(edge, configured, stop, weather)
        finally:
            edge.pulse.stopping()
            for chore in running:
                chore.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            stop.set()
            await asyncio.gather(sending, return_exceptions=True)  # lets what is in flight come down
            await edge.office.counters.close()
    except TokenRejectedError as error:
        raise (TokenRevokedError() if is_known else error) from error
    finally:
        if application.running:
            await application.stop()
        await application.shutdown()
        await application.bot.shutdown()
        log.info("stopped")


async def _receive(edge: Edge, configured: Settings, stop: asyncio.Event, weather: Weather) -> None:
    bot = edge.application.bot
    if configured.webhook_url:
        from bot import webhook  # with its web server, which a bot that polls does not need

        await webhook.serve(
            bot,
            edge.inbox,
            stop,
            ALLOWED_UPDATES,
            weather,
            url=configured.webhook_url,
            secret=configured.webhook_secret,
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


async def _publish(application: App, known: Authority) -> None:
    try:
        await menus.publish(application.bot)
        await menus.publish_for(application.bot, await known.admins())
    except TelegramError as error:
        log.warning(
            "menus and descriptions were not set (%s); the next start tries again", type(error).__name__
        )


def _refuse(line: str, code: int) -> int:
    print(line, file=sys.stderr)  # noqa: T201 - the operator's terminal
    return code
