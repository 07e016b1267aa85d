"""Updates by webhook: Telegram calls us, and gets its 200 only when the update is recorded.

Owns the HTTP door: the path, the secret, the size limit. Refuses to know what is in an update. Meant to
listen on the loopback behind a server that does TLS.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.inbox import CONCURRENCY, Inbox
from bot.listening import listening
from bot.polling import DRAIN_S, AnotherCopyError, TokenRejectedError, Weather, until

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 2**20
BODY_S = 10.0  # how long a body may take to arrive
ROOM_EVERY_S = 1.0  # how often it is looked whether there is room for more
LOOK_EVERY_S = 20.0  # nobody polls here: so a revoked token and a stolen webhook are looked for
_HEADER = "X-Telegram-Bot-Api-Secret-Token"


def door(inbox: Inbox, path: str, secret: str) -> web.Application:
    """Return the web application that takes updates at *path* from who knows *secret*."""

    async def post(request: web.Request) -> web.Response:
        given = request.headers.get(_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, secret.encode("ascii")):
            return web.Response(status=403)
        try:
            async with asyncio.timeout(BODY_S):
                update = json.loads(await request.read())
        except (ValueError, RecursionError):
            return web.Response(status=400)
        except TimeoutError:
            return web.Response(status=408)
        held = await inbox.take([update])
        if held:
            # A closed connection must not cut off an answer that is being sent.
            await asyncio.shield(asyncio.gather(*held))
        return web.Response()

    application = web.Application(client_max_size=MAX_BODY_BYTES)
    application.router.add_post(path, post)
    return application


async def serve(
    bot: Bot,
    inbox: Inbox,
    stop: asyncio.Event,
    allowed: list[str],
    weather: Weather,
    *,
    url: str,
    secret: str,
    listen: str,
) -> None:
    """Register *url* with Telegram and take updates on *listen* ("host:port") until *stop*.

    Raises TokenRejectedError when Telegram does not know the token, ConfigurationError when the port is
    taken.
    """
    application = door(inbox, urlsplit(url).path or "/", secret)
    packed = {
        "auto_decompress": False
    }  # Telegram packs nothing; strangers could keep us unpacking for seconds
    try:
        async with listening(application, "BOT_WEBHOOK_LISTEN", listen, shutdown_s=DRAIN_S, **packed):
            making_room = asyncio.create_task(_make_room(inbox))
            try:
                await _register(bot, stop, allowed, weather, url, secret)
                await _watch(bot, inbox, stop, weather, url)
            finally:
                making_room.cancel()
                await inbox.settle(DRAIN_S)
    finally:
        await inbox.abandon()


async def _make_room(inbox: Inbox) -> None:
    """Keep Telegram's connections free: each carries one update, and waits for it with whom it is about."""
    while True:
        await asyncio.sleep(ROOM_EVERY_S)
        if inbox.holds >= CONCURRENCY:
            inbox.relieve()


async def _register(
    bot: Bot, stop: asyncio.Event, allowed: list[str], weather: Weather, url: str, secret: str
) -> None:
    while not stop.is_set():
        try:
            await until(
                stop,
                bot.set_webhook(
                    url, allowed_updates=allowed, secret_token=secret, max_connections=CONCURRENCY
                ),
            )
        except InvalidToken as error:
            raise TokenRejectedError from error
        except TelegramError as error:
            await weather.wait_out(error, stop)
        else:
            log.info("the webhook is set")
            return


async def _watch(bot: Bot, inbox: Inbox, stop: asyncio.Event, weather: Weather, url: str) -> None:
    """Until *stop*, ask Telegram whether it still knows the token and our address."""
    while not stop.is_set():
        try:
            info = await until(stop, bot.get_webhook_info())
        except TelegramError as error:
            inbox.is_cut_off = True
            await weather.wait_out(error, stop)
            continue
        if info is None:
            return
        if info.url.rstrip("/") != url:
            raise AnotherCopyError
        weather.clear()
        inbox.is_cut_off = False
        await until(stop, asyncio.sleep(LOOK_EVERY_S))
