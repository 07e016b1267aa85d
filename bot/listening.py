"""A port that the bot listens on, for its webhook or its monitor.

Owns how many connections it keeps. Refuses to know what is served. Who opens one after the other and never
says anything takes the places of those alone that do the same: without a limit a few hundred would use up
all files that the process may open, and nobody would be answered any more.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from bot.environment import ConfigurationError
from bot.logs import describe

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 100  # Telegram is let have a third of it


@asynccontextmanager
async def listening(
    application: web.Application, setting: str, listen: str, *, shutdown_s: float, **options: Any
) -> AsyncIterator[None]:
    """Serve *application* on *listen* ("host:port") during the block.

    Raises ConfigurationError, which names the *setting*, when the port is taken. *options* go to aiohttp.
    """
    busy: set[RequestHandler] = set()

    @web.middleware
    async def minding(request: web.Request, handler: Any) -> web.StreamResponse:
        busy.add(request.protocol)
        try:
            response: web.StreamResponse = await handler(request)
        except web.HTTPException:
            raise
        except Exception as error:
            log.error("a request could not be answered: %s", describe(error))
            return web.Response(status=500)
        finally:
            busy.discard(request.protocol)
        return response

    application.middlewares.append(minding)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=shutdown_s, **options)
    await runner.setup()
    server = runner.server
    if server is None:
        raise RuntimeError("the server is used before its setup")

    def connected() -> RequestHandler:
        kept = [each for each in server.connections if each.transport is not None]  # the oldest first
        idle = [each for each in kept if each not in busy]
        for each in idle[: max(0, len(kept) + 1 - MOST_CONNECTIONS)]:
            each.force_close()
        return server()

    host, _, port = listen.rpartition(":")
    try:
        try:
            door = await asyncio.get_running_loop().create_server(connected, host.strip("[]"), int(port))
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise ConfigurationError([f"{setting}: cannot listen on {listen}: {reason}."]) from error
        try:
            yield
        finally:
            door.close()
    finally:
        await runner.cleanup()
