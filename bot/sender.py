"""The loop that sends: begins what is due, claims a row, sends it, asks the policy, records.

Owns the order of these steps and how much is in flight. Holds no policy (`delivery`), no limits (`pace`),
no SQL (`register`, `outbox`), no words.

Dangers: a row is sent only after its claim is on disk, and its outcome is kept although the task is
cancelled meanwhile. Break either, and a crash makes chats that get nothing or get it twice.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any

from bot import content, recipients
from bot.announcement import Announcement, Delivery, Stage
from bot.commits import Statement
from bot.courier import Courier
from bot.delivery import Happened, Outcome, Verdict, decide, interrupted
from bot.logs import describe
from bot.outbox import Outbox
from bot.pace import Pace
from bot.recipients import Recipients
from bot.register import LATE, Register
from knowledge.errors import StorageError

log = logging.getLogger(__name__)

BATCH = 100  # rows read at once
IDLE_S = 30.0  # the longest sleep: a clock that was set anew is noticed then
DRAIN_S = 6.0  # how long a stop waits for sends in flight; the whole stop stays below 10 s
FIRST_PAUSE_S, MAX_PAUSE_S = 0.5, 30.0
FLOODED_CHATS = 3  # so many different chats told to wait in a row: the bot as a whole is
JUMP_S = 60.0  # a wall clock that runs away by more was set anew


class Sender:
    """One per bot. `wake()` after any change that may give it work."""

    def __init__(
        self,
        register: Register,
        outbox: Outbox,
        recipients: Recipients,
        courier: Courier,
        pace: Pace,
        *,
        clock: Callable[[], float],
        now: Callable[[], datetime],
        may_begin: Callable[[Announcement, datetime], datetime | None] = lambda _announcement, _now: None,
    ) -> None:
        """Take a monotonic *clock* and a wall clock *now*.

        *may_begin* returns None, or the time until which a due announcement has to wait.
        """
        self._register = register
        self._outbox = outbox
        self._recipients = recipients
        self._courier = courier
        self._pace = pace
        self._clock = clock
        self._now = now
        self._may_begin = may_begin
        self._news = asyncio.Event()
        self._slots = asyncio.Semaphore(courier.lane_size)
        self._ready: deque[tuple[Announcement, Delivery]] = deque()
        self._resting: list[tuple[float, int, Announcement, Delivery]] = []  # by when their chat is free
        self._repeats: list[float] = []  # when rows that were told to wait may be tried again
        self._held: set[int] = set()  # rows that are known here, ready, resting or in flight
        self._flights: dict[int, asyncio.Task[None]] = {}
        self._lane_open = asyncio.Event()
        self._lane_open.set()
        self._probe: asyncio.Task[None] | None = None
        self._offset_s = 0.0
        self._pause_s = FIRST_PAUSE_S
        self._flooded: set[int] = set()  # chats told to wait since the last message went through
        self.changed = asyncio.Event()  # set whenever a count or a stage may have changed

    def wake(self) -> None:
        """Look again: something was queued, resumed, paused or stopped."""
        self._ready.clear()
        self._resting.clear()
        self._held = set(self._flights)
        self.changed.set()
        self._news.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until *stop*; then let what is in flight come down."""
        await self._courier.open()
        stopping = asyncio.create_task(stop.wait())
        self._offset_s = self._wall_offset()
        try:
            await self._patiently(self._recover, stopping)
            while not stopping.done():
                await self._patiently(self._round, stopping)
        finally:
            stopping.cancel()
            await self._land()
            await self._courier.close()

    async def _recover(self) -> None:
        doubtful = await self._outbox.recover()
        if doubtful:
            log.warning("%d deliveries were in flight when the bot ended: an admin must decide", doubtful)
        self.changed.set()

    async def _patiently(
        self, work: Callable[[], Coroutine[Any, Any, None]], stopping: asyncio.Task[Any]
    ) -> None:
        """Run *work* until it is done or the bot stops; after a fault wait, then let it be tried again."""
        task = asyncio.create_task(work())
        await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            if not stopping.done():
                raise
        except Exception as error:  # the database, or a fault of ours: the loop itself must not end
            log.error("announcements are held up: %s", describe(error))
            await asyncio.wait((stopping,), timeout=self._pause_s)
            self._pause_s = min(self._pause_s * 2, MAX_PAUSE_S)
        else:
            self._pause_s = FIRST_PAUSE_S

    async def _round(self) -> None:
        self._news.clear()
        await self._mind_the_clock()
        now = self._now()  # one for the whole round: what falls due while it runs is found by the next one
        await self._begin_due(now)
        self._free_rested()
        if self._repeat_is_due() or not self._ready:
            await self._fetch()
        if not self._ready:
            await self._sleep(now)
            return
        while self._ready and not self._news.is_set() and not self._repeat_is_due():
            self._free_rested()
            announcement, delivery = self._ready.popleft()
            wait_s = self._pace.wait_for(delivery.chat)
            if wait_s > 0:
                heapq.heappush(self._resting, (self._clock() + wait_s, delivery.id, announcement, delivery))
                continue
            await self._launch(announcement, delivery)

    async def _launch(self, announcement: Announcement, delivery: Delivery) -> None:
        await self._slots.acquire()
        try:
            await self._lane_open.wait()
            await self._pace.turn(delivery.chat)
        except BaseException:
            self._slots.release()
            raise
        task = asyncio.create_task(self._deliver(announcement, delivery))
        self._flights[delivery.id] = task
        task.add_done_callback(partial(self._landed, delivery.id))

    def _landed(self, id_: int, task: asyncio.Task[None]) -> None:
        del self._flights[id_]
        self._held.discard(id_)
        self._slots.release()
        self.changed.set()
        if not self._flights and not self._ready:
            self._news.set()  # the last one: there may be something to finish
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("a delivery failed in an unforeseen way: %s", describe(error))

    async def _deliver(self, announcement: Announcement, delivery: Delivery) -> None:
        outcome, verdict = None, interrupted(repeatable=announcement.repeatable)
        try:
            if not await self._outbox.claim(delivery, self._now()):
                return
            await self._pace.depart()
            if not self._lane_open.is_set():  # closed since the row was chosen
                await self._outbox.release(delivery)
                return
            outcome = Outcome(Happened.UNKNOWN, "cancelled")
            outcome = await self._courier.carry(
                content.call(
                    announcement.action,
                    announcement.content,
                    announcement.number,
                    delivery.chat,
                    delivery.thread,
                    delivery.messages,
                )
            )
            verdict = decide(outcome, delivery.attempts + 1, self._now(), repeatable=announcement.repeatable)
            self._pace.arrived(delivery.chat)
        except StorageError as error:
            log.error("announcements wait for the database: %s", describe(error))
            await asyncio.sleep(MAX_PAUSE_S / 10)  # the slot is held meanwhile, so nobody hurries
        except asyncio.CancelledError:
            if outcome is None:  # perhaps claimed, certainly not sent
                await _kept(self._outbox.release(delivery))
            raise
        finally:
            if outcome is not None:
                await _kept(self._record(delivery, verdict, outcome))

    async def _record(self, delivery: Delivery, verdict: Verdict, outcome: Outcome) -> None:
        if verdict.pause_s:
            self._pace.pause(delivery.chat, verdict.pause_s)
            self._flooded.add(delivery.chat)
            if len(self._flooded) >= FLOODED_CHATS:  # it is no longer about one chat
                self._pace.hold(verdict.pause_s)
        elif outcome.happened is Happened.DONE:
            self._flooded.clear()
        if verdict.stops_lane:
            self._close_lane()
        also: list[Statement] = []
        if verdict.chat_gone:
            also += recipients.leaving(delivery.chat, verdict.reason, thread=delivery.thread or None)
        if outcome.new_chat:
            also += recipients.moving(delivery.chat, outcome.new_chat)
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                await self._outbox.record(delivery, verdict, outcome, self._now(), also)
            except StorageError as error:
                # Sent and not recorded: nobody may send it again, so there is nothing to do but insist.
                log.error("an outcome cannot be recorded yet: %s", describe(error))
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, MAX_PAUSE_S)
            else:
                break
        if verdict.retry_at is not None:
            wait_s = (verdict.retry_at - self._now()).total_seconds()
            heapq.heappush(self._repeats, self._clock() + max(wait_s, 0.0))
        if verdict.stops_all:
            self.wake()

    async def _fetch(self) -> None:
        while self._repeat_is_due():
            heapq.heappop(self._repeats)
        now = self._now()
        for announcement in await self._register.at(Stage.SENDING):
            room = max(0, BATCH - len(self._ready)) + len(self._held)
            rows = await self._outbox.queued(announcement.id, now, room + 1)
            fresh = [row for row in rows if row.id not in self._held]
            self._held.update(row.id for row in fresh)
            again = [(announcement, row) for row in fresh if row.attempts]
            self._ready.extendleft(reversed(again))  # whoever was told to wait, and has, goes first
            self._ready.extend((announcement, row) for row in fresh if not row.attempts)
            if not rows and await self._outbox.finish(announcement.id, now):
                self.changed.set()

    def _free_rested(self) -> None:
        now = self._clock()
        rested = []
        while self._resting and self._resting[0][0] <= now:
            _, _, announcement, delivery = heapq.heappop(self._resting)
            rested.append((announcement, delivery))
        self._ready.extendleft(reversed(rested))

    def _repeat_is_due(self) -> bool:
        return bool(self._repeats) and self._repeats[0] <= self._clock()

    async def _sleep(self, looked_at: datetime) -> None:
        wait_s = IDLE_S
        if self._resting:
            wait_s = min(wait_s, self._resting[0][0] - self._clock())
        due = await self._outbox.next_time(looked_at)
        if due is not None:
            wait_s = min(wait_s, (due - self._now()).total_seconds())
        try:
            async with asyncio.timeout(max(wait_s, 0.001)):
                await self._news.wait()
        except TimeoutError:
            return

    async def _begin_due(self, now: datetime) -> None:
        for announcement in await self._register.due(now):
            until = self._may_begin(announcement, now)
            if until is not None:
                await self._register.move(
                    announcement.id, Stage.SCHEDULED, out_of=(Stage.SCHEDULED,), due=until, note=LATE
                )
            else:
                targets = [] if announcement.of else await self._recipients.chosen(announcement.lists)
                await self._outbox.start(announcement, targets, now)
            self.changed.set()

    async def _mind_the_clock(self) -> None:
        """When the machine's clock was set anew, move the waits along; due times stay what they say."""
        offset_s = self._wall_offset()
        jump_s = offset_s - self._offset_s
        if abs(jump_s) > JUMP_S:
            log.warning("the clock of this machine was set by %+.0f s", jump_s)
            await self._outbox.shift_waits(jump_s)
            self._offset_s = offset_s

    def _wall_offset(self) -> float:
        return self._now().timestamp() - self._clock()

    def _close_lane(self) -> None:
        """Send nothing until Telegram answers: an outage then leaves only what was in flight in doubt."""
        self._lane_open.clear()
        if self._probe is None or self._probe.done():
            self._probe = asyncio.create_task(self._wait_for_telegram())

    async def _wait_for_telegram(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not await self._courier.is_answered():
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, MAX_PAUSE_S)
        self._lane_open.set()

    async def _land(self) -> None:
        if self._flights:
            await asyncio.wait(self._flights.values(), timeout=DRAIN_S)
        left = [*self._flights.values(), *([self._probe] if self._probe else [])]
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=1.0)


async def _kept(work: Coroutine[Any, Any, None]) -> None:
    """Bring *work* to its end although this task is cancelled; then let the cancellation go on."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait((task,), timeout=1.0)
        raise
