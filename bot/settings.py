"""The settings of the bot: their types and their defaults.

Owns every value that the rest is told. Refuses to know where values come from and what is wrong with one:
that is `bot.given`, which runs in a process of its own, as what it needs for that moment takes 10 MB.
`bot.environment` is the light half, for commands that must start fast.
"""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.apart import apart
from bot.environment import DEFAULT_DATABASE, PREFIX, ConfigurationError
from knowledge.records import dataclass, field


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; secrets are not shown."""

    token: str = field(default="", repr=False)
    admins: tuple[int, ...] = ()
    database: Path = DEFAULT_DATABASE
    api_url: str = "https://api.telegram.org"
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    webhook_listen: str = "127.0.0.1:8080"
    timezone: ZoneInfo = ZoneInfo("Asia/Ho_Chi_Minh")
    operator: str = ""
    log_level: str = "INFO"
    log_format: str = "text"
    health_listen: str = ""
    backup_hours: int = 24
    backups_kept: int = 14


def load() -> Settings:
    """Read the settings; raises ConfigurationError with one line per bad or unknown key."""
    written = json.loads(apart(_written) or _written())
    if problems := written.get("problems"):
        raise ConfigurationError(problems)
    values = written["values"]
    for name, make in (("admins", tuple), ("database", Path), ("timezone", ZoneInfo)):
        if name in values:
            values[name] = make(values[name])
    return Settings(**values)


def _written() -> bytes:
    """Return as JSON the values that are given, or what is wrong with them."""
    from bot import given

    try:
        return json.dumps({"values": given.read()}).encode()
    except ConfigurationError as error:
        return json.dumps({"problems": error.problems}).encode()


def require_token(settings: Settings) -> str:
    """Return the token; raises ConfigurationError saying where to get one."""
    if not settings.token:
        raise ConfigurationError(
            [f"{PREFIX}TOKEN: not set; ask @BotFather for a token and put it into .env, see .env.example."]
        )
    return settings.token
