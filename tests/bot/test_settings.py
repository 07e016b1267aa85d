from pathlib import Path

import pytest

from bot import environment, settings
from bot.environment import NAMES, PREFIX, ConfigurationError, database_path
from bot.given import Given
from bot.settings import Settings
from knowledge.records import fields


def problems() -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        settings.load()
    return caught.value.problems


def test_defaults_need_nothing() -> None:
    loaded = settings.load()
    assert loaded.database == Path("data/bot.sqlite3")
    assert str(loaded.timezone) == "Asia/Ho_Chi_Minh"
    assert loaded.api_url == "https://api.telegram.org"
    assert (loaded.admins, loaded.operator, loaded.log_level) == ((), "", "INFO")


def test_every_name_is_a_setting_and_every_setting_a_name() -> None:
    names = [name.lower() for name in NAMES]
    assert sorted(each.name for each in fields(Settings)) == sorted(Given.model_fields) == sorted(names)


def test_values_come_from_the_file_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(
        "BOT_ADMINS=1, 2,2\nBOT_OPERATOR='Công đoàn tỉnh'\nBOT_LOG_LEVEL=debug\nOTHER=1\nBOT_TOKEN=\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("BOT_LOG_LEVEL", "warning")
    loaded = settings.load()
    assert (loaded.admins, loaded.operator, loaded.log_level) == ((1, 2), "Công đoàn tỉnh", "WARNING")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOKEN", "12 34:abc"),
        ("TOKEN", "12/34"),
        ("ADMINS", "1;2"),
        ("ADMINS", "@ten"),
        ("ADMINS", "-5"),
        ("API_URL", "api.telegram.org"),
        ("API_URL", "ftp://x"),
        ("WEBHOOK_SECRET", "short"),
        ("WEBHOOK_SECRET", "ế" * 40),
        ("WEBHOOK_LISTEN", "8443"),
        ("WEBHOOK_LISTEN", "h:99999"),
        ("TIMEZONE", "Mars/Base"),
        ("TIMEZONE", "../etc/passwd"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_bad_value_is_one_line_that_names_its_key_and_hides_the_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    (line,) = problems()
    assert line.startswith(f"{PREFIX}{name}: must be")
    assert value not in line
    assert "\n" not in line


def test_every_bad_key_gets_its_own_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TIMEZONE", "x")
    monkeypatch.setenv("BOT_ADMINS", "x")
    assert [line.partition(":")[0] for line in problems()] == ["BOT_ADMINS", "BOT_TIMEZONE"]


@pytest.mark.parametrize("secret", [None, "a" * 31])
def test_a_webhook_without_a_good_secret_is_refused(
    monkeypatch: pytest.MonkeyPatch, secret: str | None
) -> None:
    monkeypatch.setenv("BOT_WEBHOOK_URL", "https://bot.example.org/x")
    if secret:
        monkeypatch.setenv("BOT_WEBHOOK_SECRET", secret)
    assert problems()[0].startswith("BOT_WEBHOOK_SECRET: must be 32 to 256")


def test_a_webhook_needs_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_WEBHOOK_URL", "http://bot.example.org/x")
    monkeypatch.setenv("BOT_WEBHOOK_SECRET", "a" * 32)
    assert problems() == ["BOT_WEBHOOK_URL: must begin with https://, Telegram takes no other."]


def test_unknown_names_are_refused_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("bot_tokn=1\n", encoding="utf-8")
    monkeypatch.setenv("BOT_ADMIN", "1")
    assert problems() == [
        f"{name}: no such setting; the settings are listed in .env.example."
        for name in ("BOT_ADMIN", "BOT_TOKN")
    ]


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"BOT_OPERATOR=\xff\xfe\n")
    assert problems() == [".env: cannot be read; save it as UTF-8 text."]


def test_the_token_is_required_where_it_is_needed_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="BOT_TOKEN: not set"):
        settings.require_token(settings.load())
    monkeypatch.setenv("BOT_TOKEN", "1:canary")
    monkeypatch.setenv("BOT_WEBHOOK_SECRET", "canary" * 6)
    loaded = settings.load()
    assert settings.require_token(loaded) == "1:canary"
    assert loaded.webhook_secret == "canary" * 6
    assert "canary" not in repr(loaded)


def test_settings_are_read_although_no_process_can_be_started_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_DATABASE", "here.sqlite3")
    monkeypatch.setenv("BOT_BACKUPS_KEPT", "3")
    monkeypatch.setenv("BOT_TIMEZONE", "Asia/Bangkok")
    apart = settings.load()
    assert (apart.database, apart.backups_kept, str(apart.timezone)) == (
        Path("here.sqlite3"),
        3,
        "Asia/Bangkok",
    )
    monkeypatch.setattr(settings, "apart", lambda work: b"")
    assert settings.load() == apart


def test_the_command_line_chooses_the_database_before_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert database_path(None) == environment.DEFAULT_DATABASE
    monkeypatch.setenv("BOT_DATABASE", "here.sqlite3")
    assert database_path(None) == Path("here.sqlite3")
    assert database_path(Path("there.sqlite3")) == Path("there.sqlite3")
