"""Incoming updates, each handled at least once: read raw, handle, record, and only then confirm.

Owns the order of that, the tables `seen` and `quarantine`, and what happens to an update that cannot be
handled. Refuses to know what is in an update beyond its id, its kind and its chat.

Dangers: Telegram forgets an update as soon as a poll's offset passes it, so the offset never passes
one that is still held. While some are held, polls ask again from the first of them and skip what is
known, without waiting at Telegram: over a real network that costs some twenty short polls a second, as a
chat that is told to wait must not keep others waiting. Stock polling confirms first and lost 287 of 300
questions in one `kill -9`.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter

from bot.commits import Commits, Statement
from bot.logs import describe
from knowledge.database import Database, Migration, Schema, to_stored
from knowledge.errors import StorageError

log = logging.getLogger(__name__)

Raw = dict[str, Any]
_SORTED = json.JSONEncoder(sort_keys=True, default=repr)
CONCURRENCY = 48  # as many as the HTTP pool holds: over a real network the round trip is the limit
LIMIT_S = 30.0  # one attempt at one update
PATIENCE_S = 600.0  # how long an update is tried again that fails although Telegram is within reach
RETRY_S, MAX_RETRY_S = 0.5, 4.0  # the first pause before such a trial, and the longest
STUCK_S = 10.0  # how long one chat may keep all others from being fetched
MOST_STUCK = 10  # chats: when more of them wait, the trouble is Telegram's, and nothing is given up
BUSY, MINUTE_S = 10, 60.0  # so many updates of one chat within a minute: a limit may be its own even then
GIVEN_UP_S = 60.0  # how long no further update of a chat that was given up is waited for
SETTLE_S = 0.3  # how long a poll waits for what it brought before the next one is sent
# Between polls that cannot wait at Telegram: the first pause, doubled while nothing new comes; the longest.
LOOK_S, MAX_LOOK_S = 0.002, 0.02
FINISHED_LIMIT = 10_000
KEEP_SEEN = timedelta(hours=48)  # Telegram itself keeps unconfirmed updates for 24
KEEP_QUARANTINE = timedelta(days=90)

SCHEMA = Schema(
    "inbox",
    (
        Migration(
            "seen updates and quarantine",
            (
                """CREATE TABLE seen (
                    update_id INTEGER PRIMARY KEY, mark INTEGER NOT NULL, at INTEGER NOT NULL) STRICT""",
                "CREATE INDEX seen_at ON seen (at)",
                """CREATE TABLE quarantine (
                    id INTEGER PRIMARY KEY, update_id INTEGER, kind TEXT NOT NULL, error TEXT NOT NULL,
                    at INTEGER NOT NULL) STRICT""",
            ),
        ),
    ),
)


class Seen:
    """Which updates are done with. Rows that arrive together are kept by one commit."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], commits: Commits | None = None
    ) -> None:
        """Use the tables of `SCHEMA` in *database*; *now* gives aware times.

        *commits* is given where other rooms write through it as well.
        """
        self._database = database
        self._now = now
        self._commits = commits or Commits(database)

    async def among(self, marks: dict[int, int]) -> set[int]:
        """Return those ids of *marks* (mark by update id) that are done with."""
        places = ",".join("?" * len(marks))
        rows = await self._database.fetch_all(
            f"SELECT update_id, mark FROM seen WHERE update_id IN ({places})",  # noqa: S608 - question marks
            list(marks),
        )
        return {update_id for update_id, mark in rows if marks[update_id] == mark}

    async def record(self, update_id: int, mark: int, kind: str = "", error: str = "") -> None:
        """Keep that the update is done with, in quarantine when an *error* is named.

        Returns when it is on disk. Raises StorageError when it cannot be kept.
        """
        at = to_stored(self._now())
        statements: list[Statement] = [
            ("INSERT OR REPLACE INTO seen (update_id, mark, at) VALUES (?, ?, ?)", (update_id, mark, at))
        ]
        if error:
            statements.append(
                (
                    "INSERT INTO quarantine (update_id, kind, error, at) VALUES (?, ?, ?, ?)",
                    (update_id, kind, error, at),
                )
            )
        await self._commits.run(statements)

    async def purge(self) -> None:
        """Delete what is older than it may be kept."""
        now = self._now()
        async with self._database.transaction():
            await self._database.execute("DELETE FROM seen WHERE at < ?", (to_stored(now - KEEP_SEEN),))
            await self._database.execute(
                "DELETE FROM quarantine WHERE at < ?", (to_stored(now - KEEP_QUARANTINE),)
            )


class Inbox:
    """Holds updates from their arrival until they are recorded.

    Updates of one chat are handled in their order, of different chats side by side.
    """

    def __init__(
        self,
        process: Callable[[Raw], Awaitable[None]],
        seen: Seen,
        clock: Callable[[], float],
        *,
        limit_s: float = LIMIT_S,
        patience_s: float = PATIENCE_S,
        retry_s: float = RETRY_S,
        set_aside: Callable[[], None] = lambda: None,
    ) -> None:
        """Take *process*, which handles one raw update or raises, and a monotonic *clock* in seconds.

        *set_aside* is called for every update that goes into quarantine.
        """
        self.is_cut_off = False  # told by who fetches: while Telegram is out of reach, no patience is lost
        self._set_aside = set_aside
        self.taken = self.done = self.quarantined = 0  # since the start
        self._process = process
        self._seen = seen
        self._clock = clock
        self._limit_s = limit_s
        self._patience_s = patience_s
        self._retry_s = retry_s
        self._slots = asyncio.Semaphore(CONCURRENCY)
        self._lanes: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._held: dict[int, asyncio.Task[None]] = {}
        self._lane_of: dict[int, int] = {}  # of what is held
        self._at_rest = asyncio.Event()
        self._at_rest.set()
        self._moved = asyncio.Event()  # an update was done with, or waits for its next trial
        self._finished: dict[
            tuple[int, int], None
        ] = {}  # the latest, in order: also those that a full disk refused
        # By update: its lane, since when and until when, and what ends the pause.
        self._pausing: dict[int, tuple[int, float, float, asyncio.Event]] = {}
        self._limited: set[int] = set()  # of these, whom Telegram told to wait
        self._came: OrderedDict[int, tuple[float, int]] = OrderedDict()  # by lane: since when, how many
        self._given_up: dict[int, float] = {}  # until when, by lane
        self._next: int | None = None  # what confirms everything, until a poll has carried it

    def next_offset(self) -> int | None:
        """Return the offset that confirms all that is done and nothing that is held."""
        return min(self._held) if self._held else self._next

    @property
    def holds(self) -> int:
        """Return how many updates are held."""
        return len(self._held)

    def confirmed(self, offset: int | None) -> None:
        """Note that a poll with *offset* succeeded.

        The next one needs none: after a week of silence Telegram may restart its numbers lower.
        """
        if offset is not None and offset == self._next:
            self._next = None

    async def take(self, updates: Iterable[Any]) -> list[asyncio.Task[None]]:
        """Begin to handle those of *updates* that are new; return the tasks of all that are held now."""
        raws: dict[int, Raw] = {}
        for raw in updates:
            update_id = raw.get("update_id") if isinstance(raw, dict) else None
            if isinstance(update_id, int) and not isinstance(update_id, bool) and 0 <= update_id < 2**63:
                raws[update_id] = raw
            else:
                log.warning("an update without an id was left out")
        if not raws:
            return []
        self._next = max(max(raws) + 1, self._next or 0)
        marks = {i: mark_of(raw) for i, raw in raws.items() if i not in self._held}
        marks = {i: mark for i, mark in marks.items() if (i, mark) not in self._finished}
        known = await self._known(marks) if marks else set()
        for update_id in sorted(marks.keys() - known - self._held.keys()):
            mark = marks[update_id]
            if (update_id, mark) in self._finished:
                continue
            self.taken += 1
            task = asyncio.create_task(self._hold(update_id, mark, raws[update_id]))
            self._held[update_id] = task
            self._lane_of[update_id] = lane_of(raws[update_id])
            self._count(self._lane_of[update_id])
            self._at_rest.clear()
            task.add_done_callback(partial(self._release, update_id, mark))
        return [self._held[update_id] for update_id in raws if update_id in self._held]

    def relieve(self) -> None:
        """Give up the chats that Telegram refuses for a while: nothing behind them is heard.

        To be called when what is held leaves no room for more. Each update gets a last trial, at once where
        Telegram wants a longer wait than all others can be kept for. When more than a few chats are refused,
        only those whose own doing it may be: they have written much, and Telegram tells them to wait.
        """
        now = self._clock()
        are_many = len({lane for lane, *_ in self._pausing.values()}) > MOST_STUCK
        self._given_up = {lane: until for lane, until in self._given_up.items() if until > now}
        for update_id, (lane, since, until, hurry) in self._pausing.items():
            is_own = update_id in self._limited and self._came.get(lane, (0.0, 0))[1] >= BUSY
            if max(now, until) - since > STUCK_S and (is_own or not are_many):
                self._given_up[lane] = now + GIVEN_UP_S
                hurry.set()

    def _count(self, lane: int) -> None:
        now = self._clock()
        since, count = self._came.pop(lane, (now, 0))
        self._came[lane] = (now, 1) if now - since > MINUTE_S else (since, count + 1)
        if len(self._came) > FINISHED_LIMIT:
            self._came.popitem(last=False)

    async def settle(self, timeout_s: float) -> None:
        """Wait at most *timeout_s* until nothing is held."""
        if self._held:
            await asyncio.wait(self._held.values(), timeout=timeout_s)

    async def rest(self, timeout_s: float) -> None:
        """Wait at most *timeout_s* until nothing is held but in chats that wait for their next trial."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._at_rest.wait()

    async def make_room(self, at_most: int, timeout_s: float) -> None:
        """Wait at most *timeout_s* until no more than *at_most* are held, or nothing goes on."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not self._at_rest.is_set() and len(self._held) > at_most:
                    self._moved.clear()
                    await self._moved.wait()

    async def abandon(self) -> None:
        """Let go of what is held; it was not confirmed, so Telegram delivers it again."""
        held = list(self._held.values())
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)

    def _release(self, update_id: int, mark: int, task: asyncio.Task[None]) -> None:
        self._held.pop(update_id, None)
        self._lane_of.pop(update_id, None)
        self._look_around()
        if task.cancelled() or task.exception() is not None:  # not recorded, so never to be confirmed
            self._next = update_id if self._next is None else min(update_id, self._next)
            return
        self.done += 1
        self._finished[update_id, mark] = None
        if len(self._finished) > FINISHED_LIMIT:
            del self._finished[next(iter(self._finished))]

    def _look_around(self) -> None:
        self._moved.set()
        waiting = {lane for lane, *_ in self._pausing.values()}
        if waiting.issuperset(self._lane_of.values()):
            self._at_rest.set()
        else:
            self._at_rest.clear()

    async def _known(self, marks: dict[int, int]) -> set[int]:
        try:
            return await self._seen.among(marks)
        except StorageError as error:
            log.error("seen updates cannot be read: %s", describe(error))
            return set()

    async def _hold(self, update_id: int, mark: int, raw: Raw) -> None:
        lane = self._lane_of[update_id]
        lock = self._lanes.get(lane)
        if lock is None:
            lock = self._lanes[lane] = asyncio.Lock()
        async with lock:
            began = self._clock()
            pause_s = self._retry_s
            while True:
                # The slot is held until the record is on disk: so at most CONCURRENCY answers are given
                # but not yet recorded, and would be given again after a crash.
                async with self._slots:
                    failure = await self._attempt(raw)
                    now = self._clock()
                    is_late = now - began > self._patience_s or now < self._given_up.get(lane, now)
                    if failure is None or is_late or not is_passing(failure):
                        await self._record(update_id, mark, kind_of(raw), failure)
                        return
                log.info("update %d waits for the network: %s", update_id, type(failure).__name__)
                if isinstance(failure, RetryAfter):
                    self._limited.add(update_id)
                await self._pause(update_id, lane, began, max(wait_of(failure), pause_s))
                self._limited.discard(update_id)
                if self.is_cut_off:
                    began = self._clock()
                pause_s = min(pause_s * 2, MAX_RETRY_S)

    async def _pause(self, update_id: int, lane: int, since: float, seconds: float) -> None:
        hurry = asyncio.Event()
        self._pausing[update_id] = (lane, since, self._clock() + seconds, hurry)
        self._look_around()
        try:
            async with asyncio.timeout(seconds):
                await hurry.wait()
        except TimeoutError:
            return
        finally:
            del self._pausing[update_id]
            self._look_around()

    async def _attempt(self, raw: Raw) -> Exception | None:
        try:
            async with asyncio.timeout(self._limit_s):
                await self._process(raw)
        except Exception as error:
            return error
        return None

    async def _record(self, update_id: int, mark: int, kind: str, failure: Exception | None) -> None:
        if failure is not None:
            log.error("update %d (%s) in quarantine: %s", update_id, kind, describe(failure))
            self.quarantined += 1
            self._set_aside()
        try:
            await self._seen.record(update_id, mark, kind, type(failure).__name__ if failure else "")
        except StorageError as problem:
            log.error("update %d is done but cannot be recorded: %s", update_id, describe(problem))


def is_passing(error: BaseException) -> bool:
    """Tell whether *error* may be gone later: the network, the server, a flood limit, a revoked token.

    With a revoked token the bot ends; what it holds is then answered with the next one.
    """
    if isinstance(error, BadRequest):  # a NetworkError to python-telegram-bot, yet never cured by waiting
        return False
    return isinstance(error, NetworkError | RetryAfter | InvalidToken)


def wait_of(error: BaseException) -> float:
    """Return the seconds that Telegram asks to wait; 0 when it does not."""
    asked = error.retry_after if isinstance(error, RetryAfter) else 0
    return asked.total_seconds() if isinstance(asked, timedelta) else float(asked)


def kind_of(raw: Raw) -> str:
    """Name what kind of update *raw* is ("message"), by its key only."""
    return next((key for key in raw if key != "update_id" and key.isidentifier()), "unknown")[:40]


def mark_of(raw: Raw) -> int:
    """Return 16 bits of *raw*: they tell an update delivered again from another one of the same number.

    Numbers repeat with another token or server, or after a week of silence. More bits would let the
    holder of a stolen database check guesses about who asked what.
    """
    try:
        body = _SORTED.encode(raw).encode("utf-8", "surrogatepass")
    except RecursionError:  # none of the Bot API; it ends in quarantine
        body = b""
    return int.from_bytes(hashlib.blake2b(body, digest_size=2).digest())


def lane_of(raw: Raw) -> int:
    """Return the chat (else the person, else the update) whose order *raw* belongs to."""
    body = raw.get(kind_of(raw))
    if isinstance(body, dict):
        carrier = body.get("message") if isinstance(body.get("message"), dict) else body
        for holder in (carrier, body):
            for name in ("chat", "from"):
                owner = holder.get(name) if isinstance(holder, dict) else None
                if isinstance(owner, dict) and isinstance(owner.get("id"), int):
                    return int(owner["id"])
    return int(raw["update_id"])
