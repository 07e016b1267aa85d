"""Snapshots by the clock: made while the bot runs, proved by restoring them, thinned out by number and age.

Owns when one is due and which may stay. Refuses to know how a snapshot is made (`knowledge.backup`). None
stays longer than what members were promised: what they erase is gone from here as well within 30 days.
"""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.alarms import Alarm, Alarms
from bot.current import MAX_HELD
from bot.logs import describe
from knowledge.backup import REPLACED, backup, restore
from knowledge.errors import StoppedError, StorageError
from knowledge.held import load_held
from knowledge.stop import Stop

log = logging.getLogger(__name__)

FOLDER = "backups"  # beside the database
LONGEST = timedelta(days=30)


class Backups:
    """The snapshots of one database."""

    def __init__(
        self, database: Path, *, every: timedelta, kept: int, now: Callable[[], datetime], alarms: Alarms
    ) -> None:
        """Keep the *kept* newest; no time between two (*every* = 0) makes none and only thins out."""
        self._database = database
        self._every = every
        self._kept = max(1, kept)
        self._now = now
        self._alarms = alarms

    @property
    def folder(self) -> Path:
        """Return where the snapshots lie."""
        return self._database.absolute().parent / FOLDER

    def newest(self) -> datetime | None:
        """Return when the last snapshot was made."""
        times = [path.stat().st_mtime for path in self._snapshots()]
        return datetime.fromtimestamp(max(times), UTC) if times else None

    async def look(self) -> None:
        """Make a snapshot when one is due, and remove those that may not stay."""
        newest = await asyncio.to_thread(self.newest)
        if self._every and (newest is None or self._now() - newest >= self._every):
            stop = Stop()
            try:
                await asyncio.to_thread(self._make, stop)
            except asyncio.CancelledError:
                stop.say()  # else the bot waits for the thread: a minute at 100,000 facts
                raise
            except (StorageError, OSError) as error:
                log.error("no snapshot could be made: %s", describe(error))
                self._alarms.ring(Alarm.BACKUP)
            else:
                self._alarms.end(Alarm.BACKUP)
        await asyncio.to_thread(self._thin_out)

    def _make(self, stop: Stop) -> None:
        snapshot = backup(self._database, self.folder, at=self._now(), stop=stop)
        try:
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=".trial-") as trial:
                restored = Path(trial) / "bot.sqlite3"
                restore(snapshot, restored, stop=stop)
                load_held(restored, MAX_HELD)
        except (StorageError, StoppedError, OSError):
            snapshot.unlink(missing_ok=True)
            raise
        made = self._now().timestamp()
        os.utime(snapshot, (made, made))
        log.info("a snapshot was made and restored on trial")

    def _thin_out(self) -> None:
        oldest = self._now().timestamp() - LONGEST.total_seconds()
        newest_first = sorted(self._snapshots(), key=lambda path: path.stat().st_mtime, reverse=True)
        replaced = self._database.absolute().parent.glob(self._database.name + REPLACED + "*")
        gone = [path for path in (*newest_first, *replaced) if path.stat().st_mtime < oldest]
        for path in {*gone, *newest_first[self._kept :]}:
            path.unlink(missing_ok=True)

    def _snapshots(self) -> list[Path]:
        return list(self.folder.glob(f"{self._database.stem}-*.sqlite3")) if self.folder.is_dir() else []
