"""The wire: HTTP in and out of the imagined Telegram, and what can go wrong on it.

Owns tokens, encodings and scripted failures. Refuses to know what a method means.
"""

from __future__ import annotations

import asyncio
import json
import re
from types import TracebackType
from typing import Any

from aiohttp import web

from tests.botapi.methods import Methods
from tests.botapi.world import KINDS, Call, Refused


class BotApi(Methods):
    """The server: `async with BotApi() as api`; *port* 0 takes any free one."""

    def __init__(self, *, port: int = 0, **more: Any) -> None:
        """Take what `World` takes."""
        super().__init__(**more)
        self.port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> BotApi:
        app = web.Application(client_max_size=60 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.*}", self._serve_file)
        app.router.add_post("/control/{action}", self._control)
        app.router.add_get("/control/{action}", self._control)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._poll is not None:
            self._poll.set()
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return _error(Refused(401, "Unauthorized"))
        params, files = await _read(request)
        call = Call(method, params, files, self.clock())
        self.calls.append(call)
        if self.raw_answers.get(method):
            return web.Response(text=self.raw_answers[method].pop(), content_type="application/json")
        act = self._failing(call)
        try:
            if act and act not in ("lost", "late"):
                call.error = act
                return await self._break(request, act, call)
            handler = getattr(self, f"_do_{method.lower()}", None)
            if handler is None:
                raise Refused(404, "Not Found")
            call.result = await handler(call)
        except Refused as refused:
            call.error = refused.description
            return _error(refused)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.crashes.append(error)
            raise
        if act in ("lost", "late"):  # done, but nobody hears of it
            return await self._break(request, "reset" if act == "lost" else "hang", call)
        return web.json_response({"ok": True, "result": call.result})

    def _failing(self, call: Call) -> str:
        for failure in self.failures:
            if failure.method in ("", call.method) and failure.chat in (0, call.chat) and failure.times > 0:
                failure.times -= 1
                call.params["_retry_after"] = failure.retry_after
                return failure.act
        return ""

    async def _break(self, request: web.Request, act: str, call: Call) -> web.StreamResponse:
        retry_after = int(call.params.pop("_retry_after", 0))
        if act == "hang":
            await asyncio.sleep(3600)
        if act == "garbage":
            return web.Response(text="<html>nginx</html>")
        if act in ("reset", "half"):
            if act == "half":
                response = web.StreamResponse(headers={"Content-Length": "1000"})
                await response.prepare(request)
                await response.write(b'{"ok": true, "res')
            assert request.transport is not None
            request.transport.abort()
            raise ConnectionResetError
        code = int(act)
        if code == 429:
            raise Refused(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
        raise Refused(code, {502: "Bad Gateway", 401: "Unauthorized"}.get(code, "Internal Server Error"))

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _error(Refused(401, "Unauthorized"))
        self.fetched += 1
        content = self.files.get(request.match_info["path"].removeprefix("documents/"))
        return _error(Refused(404, "Not Found")) if content is None else web.Response(body=content)

    async def _control(self, request: web.Request) -> web.StreamResponse:
        """Let a developer or another process speak: see the module's `__main__` part."""
        params, _ = await _read(request)
        action = request.match_info["action"]
        if action == "private":
            self.private(int(params["person"]), params["text"])
        elif action == "group":
            self.group(int(params["group"]), int(params["person"]), params["text"])
        elif action == "inline":
            self.inline(int(params["person"]), params["query"])
        elif action == "press":
            last = self.seen_by(int(params["person"]))[-1]
            self.press(last, params["label"])
        elif action == "push":
            self.push(**{key: value for key, value in params.items() if key in KINDS})
        elif action != "sent":
            return _error(Refused(404, "Not Found"))
        shown = [
            {"chat": s.chat, "text": s.text, "buttons": [b["text"] for b in s.buttons]} for s in self.sent
        ]
        return web.json_response({"ok": True, "sent": shown, "waiting": len(self.updates)})


def _error(refused: Refused) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": refused.code, "description": refused.description}
    if refused.parameters:
        body["parameters"] = refused.parameters
    return web.json_response(body, status=refused.code)


_NUMBERS = ("chat_id", "from_chat_id", "message_id", "message_thread_id", "offset", "limit")


async def _read(request: web.Request) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Read parameters as the real server does: JSON, form or multipart; nested values may be JSON text."""
    params: dict[str, Any] = dict(request.query)
    files: dict[str, bytes] = {}
    if request.content_type == "application/json":
        params |= await request.json()
    elif request.can_read_body:
        form = await request.post()
        for name, value in form.items():
            if isinstance(value, web.FileField):
                files[name] = value.file.read()
            else:
                params[name] = value
    plain = ("text", "caption", "description", "short_description", "query", "label")
    for name, value in params.items():
        if isinstance(value, str) and value[:1] in ("{", "[") and name not in plain:
            params[name] = json.loads(value)
        elif name in _NUMBERS and isinstance(value, str) and re.fullmatch(r"-?\d+", value):
            params[name] = int(value)
        elif value in ("true", "false"):
            params[name] = value == "true"
    return params, files
