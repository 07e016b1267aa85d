"""What the environment and `.env` give to the settings, and what is wrong with it in plain words.

Owns how each value must look. Refuses to know the defaults (`bot.settings`) and what values are used for.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot import environment
from bot.environment import ENV_FILE, PREFIX, ConfigurationError

MIN_SECRET_CHARS = 32


class Given(BaseSettings):
    """What is given; None stands for what is not. Empty values count as not given."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",  # unknown BOT_ names are refused by `environment.read`, which knows them all
        frozen=True,
        validate_default=False,
    )

    token: SecretStr | None = None
    admins: Annotated[tuple[int, ...] | None, NoDecode] = None
    database: Path | None = None
    api_url: str | None = None
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    webhook_listen: str | None = None
    timezone: ZoneInfo | None = None
    operator: str | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] | None = None
    log_format: Literal["text", "json"] | None = None
    health_listen: str | None = None
    backup_hours: int | None = None
    backups_kept: int | None = None

    @field_validator("token")
    @classmethod
    def _token(cls, token: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[^\s/?#]+", token.get_secret_value()):
            raise ValueError("must be the token as @BotFather gave it, without spaces")
        return token

    @field_validator("admins", mode="before")
    @classmethod
    def _admins(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        ids = [part.strip() for part in value.split(",") if part.strip()]
        if not all(re.fullmatch(r"[1-9]\d{0,15}", part) for part in ids):
            raise ValueError("must be numeric Telegram ids separated by commas, e.g. 12345,67890")
        return tuple(dict.fromkeys(int(part) for part in ids))

    @field_validator("api_url", "webhook_url")
    @classmethod
    def _url(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be an address like https://example.org/path")
        return url.rstrip("/")

    @field_validator("webhook_listen")
    @classmethod
    def _listen(cls, listen: str) -> str:
        host, _, port = listen.rpartition(":")
        if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError("must be host:port, e.g. 127.0.0.1:8080")
        return listen

    @field_validator("health_listen")
    @classmethod
    def _health(cls, listen: str) -> str:
        host, _, port = listen.rpartition(":")
        if host not in ("127.0.0.1", "localhost", "[::1]") or not re.fullmatch(r"[1-9]\d{0,4}", port):
            raise ValueError("must be a port of this machine only, e.g. 127.0.0.1:9100")
        return listen

    @field_validator("backup_hours", "backups_kept", mode="before")
    @classmethod
    def _counts(cls, value: Any) -> Any:
        if isinstance(value, str) and not re.fullmatch(r"\d{1,4}", value.strip()):
            raise ValueError("must be a whole number, e.g. 14")
        return value

    @field_validator("timezone", mode="before")
    @classmethod
    def _timezone(cls, name: Any) -> Any:
        try:
            return ZoneInfo(name) if isinstance(name, str) else name
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("must be a time zone like Asia/Ho_Chi_Minh") from error

    @field_validator("log_level", mode="before")
    @classmethod
    def _level(cls, level: Any) -> Any:
        if isinstance(level, str) and level.upper() in ("DEBUG", "INFO", "WARNING", "ERROR"):
            return level.upper()
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")

    @model_validator(mode="after")
    def _secret(self) -> Given:
        secret = self.webhook_secret.get_secret_value() if self.webhook_secret else ""
        if (self.webhook_url or secret) and not re.fullmatch(
            rf"[A-Za-z0-9_-]{{{MIN_SECRET_CHARS},256}}", secret
        ):
            raise ValueError(
                f"{PREFIX}WEBHOOK_SECRET: must be {MIN_SECRET_CHARS} to 256 letters, digits, _ or -; without "
                "it anybody could send forged updates"
            )
        if self.webhook_url and not self.webhook_url.startswith("https://"):
            raise ValueError(f"{PREFIX}WEBHOOK_URL: must begin with https://, Telegram takes no other")
        return self


def read() -> dict[str, Any]:
    """Return the values given, plain ones (a path and a time zone as text), by the name of the setting.

    Raises ConfigurationError with one line per bad or unknown key.
    """
    environment.read()
    try:
        given = Given()
    except ValidationError as error:
        raise ConfigurationError([_explain(dict(problem)) for problem in error.errors()]) from error
    return {name: _plain(getattr(given, name)) for name in given.model_fields_set}


def _plain(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value) if isinstance(value, Path | ZoneInfo) else value


def _explain(problem: dict[str, Any]) -> str:
    """Name the key and the fault, never the value: it may be a secret."""
    message = str(problem["msg"]).removeprefix("Value error, ")
    place = problem["loc"]
    return f"{PREFIX}{str(place[0]).upper()}: {message}." if place else f"{message}."
