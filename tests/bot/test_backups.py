import asyncio
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.alarms import Alarm, Alarms
from bot.backups import LONGEST, Backups
from knowledge.database import read_only
from knowledge.errors import CorruptError
from knowledge.stop import Stop
from knowledge.verify import verify
from tests.bot.conftest import Clock, Serve
from tests.botapi import BotApi


class Wall:
    """A wall clock that a test moves; files get its time."""

    now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


def of(database: Path, wall: Wall, **more: object) -> tuple[Backups, Alarms]:
    alarms = Alarms((), Clock())
    options = {"every": timedelta(hours=24), "kept": 3, "now": wall, "alarms": alarms, **more}
    return Backups(database, **options), alarms  # type: ignore[arg-type]


async def test_one_a_day_is_made_and_the_newest_are_kept(database: Path) -> None:
    wall = Wall()
    backups, _ = of(database, wall)
    for hours in (0, 1, 24, 24, 24, 24, 1):
        wall.now += timedelta(hours=hours)
        await backups.look()
    kept = sorted(backups.folder.iterdir())
    assert len(kept) == 3
    assert all(verify(path) == [] and path.stat().st_mode & 0o777 == 0o600 for path in kept)
    assert backups.newest() is not None


async def test_none_stays_longer_than_members_were_promised(database: Path) -> None:
    wall = Wall()
    backups, _ = of(database, wall, kept=100)
    await backups.look()
    replaced = database.with_name(database.name + ".before-restore")
    replaced.write_bytes(b"x")
    (first,) = backups.folder.iterdir()
    wall.now += LONGEST + timedelta(hours=1)
    await backups.look()
    assert not first.exists()
    assert not replaced.exists()
    assert len(list(backups.folder.iterdir())) == 1


async def test_what_cannot_be_restored_is_not_kept_and_the_owner_is_told(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups, alarms = of(database, Wall())

    def broken(*_: object, **__: object) -> None:
        raise CorruptError("x")

    monkeypatch.setattr("bot.backups.restore", broken)
    await backups.look()
    assert alarms.active == (Alarm.BACKUP,)
    assert list(backups.folder.iterdir()) == []
    monkeypatch.undo()
    await backups.look()
    assert alarms.active == ()


async def test_a_bot_that_stops_does_not_wait_for_its_snapshot(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 100,000 facts to verify, it left a minute after it was asked to."""
    backups, alarms = of(database, Wall())
    begun = threading.Event()

    def never_done(snapshot: Path, stop: Stop) -> list[str]:
        with read_only(snapshot, stop) as connection:
            begun.set()
            connection.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT max(i) FROM n"
            )
        return []

    monkeypatch.setattr("knowledge.backup.verify", never_done)
    looking = asyncio.create_task(backups.look())
    await asyncio.to_thread(begun.wait)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_default_executor()  # as a bot does that leaves
    assert list(backups.folder.iterdir()) == []
    assert alarms.active == ()


async def test_none_is_made_when_that_is_switched_off(database: Path) -> None:
    backups, _ = of(database, Wall(), every=timedelta(0))
    await backups.look()
    assert not backups.folder.exists()


async def test_a_running_bot_makes_its_first_snapshot_by_itself(api: BotApi, serve: Serve) -> None:
    async with serve(backup_hours=24) as bot:
        folder = bot.database.path.parent / "backups"
        made = await api.until(lambda: list(folder.glob("*.sqlite3")))
        assert verify(made[0]) == []
