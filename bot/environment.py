"""Which `BOT_` names exist, and where the database lies: the light half of the settings.

Owns what every command needs before anything heavy is imported (`ask` must start in a fraction of a
second). Refuses to know types and meaning of the settings: those are in `bot.given` and `bot.settings`.
"""

from __future__ import annotations

import os
from pathlib import Path

PREFIX = "BOT_"
NAMES = (
    "TOKEN",
    "ADMINS",
    "DATABASE",
    "API_URL",
    "WEBHOOK_URL",
    "WEBHOOK_SECRET",
    "WEBHOOK_LISTEN",
    "TIMEZONE",
    "OPERATOR",
    "LOG_LEVEL",
    "LOG_FORMAT",
    "HEALTH_LISTEN",
    "BACKUP_HOURS",
    "BACKUPS_KEPT",
)
ENV_FILE = Path(".env")
DEFAULT_DATABASE = Path("data/bot.sqlite3")
SEEDS = Path(__file__).resolve().parent.parent / "seeds"


class ConfigurationError(Exception):
    """The settings cannot be used; each of `problems` is one line that says what to do."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the lines apart, so that each gets its own on the terminal."""
        super().__init__("\n".join(problems))
        self.problems = problems


def read() -> dict[str, str]:
    """Return the `BOT_` values of `.env` in the working folder, overridden by the environment.

    Names are upper case. Raises ConfigurationError naming every `BOT_` key that does not exist.
    """
    values: dict[str, str] = {}
    if ENV_FILE.is_file():
        from dotenv import dotenv_values  # 10 ms, paid only by who has the file

        try:
            values.update({k: v or "" for k, v in dotenv_values(ENV_FILE, encoding="utf-8").items()})
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError([f"{ENV_FILE}: cannot be read; save it as UTF-8 text."]) from error
    values.update(os.environ)
    ours = {key.upper(): value for key, value in values.items() if key.upper().startswith(PREFIX)}
    known = {PREFIX + name for name in NAMES}
    unknown = sorted(set(ours) - known)
    if unknown:
        raise ConfigurationError(
            [f"{key}: no such setting; the settings are listed in .env.example." for key in unknown]
        )
    return ours


def database_path(argument: Path | None) -> Path:
    """Return the database to use: the command line's, else the setting's, else the default."""
    configured = read().get(PREFIX + "DATABASE", "")
    return argument or (Path(configured) if configured else DEFAULT_DATABASE)


def notify_socket() -> str:
    """Return where systemd wants to hear from us, "" when it does not."""
    return os.environ.get("NOTIFY_SOCKET", "")


def choose_timedelta() -> None:
    """Let python-telegram-bot give flood waits in its coming type; else every one of them warns."""
    os.environ.setdefault("PTB_TIMEDELTA", "true")
