"""What the log may hold: times, levels, what happened. Never the token, never people or their words.

Owns the root handler. Refuses to know who logs.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from urllib.parse import quote

_QUIET = ("httpx", "httpcore", "telegram", "aiohttp", "asyncio", "aiosqlite")  # they print URLs and bodies
_SILENT = ("aiohttp.server",)  # quotes what strangers send, and where from; `bot.listening` tells our faults
_PACKAGE = Path(__file__).resolve().parent


class RedactingFormatter(logging.Formatter):
    """Replaces secrets in the finished line, so also in arguments and tracebacks."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        """Take the *secrets* as they are; their URL-quoted form is replaced too."""
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = sorted({form for s in secrets if s for form in (s, quote(s, safe=""))}, key=len)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for *record* without any secret."""
        line = super().format(record)
        for secret in reversed(self._secrets):
            line = line.replace(secret, "***")
        return line


class JsonFormatter(RedactingFormatter):
    """The same as one JSON object a line: at, level, room, says."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """Return the object; what a traceback adds is folded into it by `format`."""
        return record.message

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for *record* without any secret."""
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "room": record.name,
            "says": super().format(record),
        }
        return json.dumps(line, ensure_ascii=False)


def configure(level: str, *secrets: str, as_json: bool = False) -> None:
    """Log to standard error at *level*; libraries that log addresses or bodies only from WARNING."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(secrets) if as_json else RedactingFormatter(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def describe(error: BaseException) -> str:
    """Name *error* and the line of ours where it came up, without its message: that may quote people."""
    place = ""
    trace = error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(_PACKAGE.parent) and ".venv" not in path.parts:
            place = f" at {path.parent.name}/{path.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return type(error).__name__ + place
