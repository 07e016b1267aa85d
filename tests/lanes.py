"""What a message costs the sending process: with the outbox, and the same sends without it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot import content
from bot.content import Action, Content, Kind
from bot.courier import LANE_SIZE, Courier
from tests.announcing import serve_alone
from tests.botapi import TOKEN
from tests.kills import PROCESSES, ended
from tests.orphans import end_with_parent


def with_outbox(path: Path, url: str, recipients: int, result: Any) -> None:
    began = time.process_time()
    serve_alone(path, url, lane=LANE_SIZE, poll_s=0.2)
    result.value = time.process_time() - began


def without_outbox(path: Path, url: str, recipients: int, result: Any) -> None:
    end_with_parent()

    async def main() -> None:
        courier = Courier(TOKEN, url)
        await courier.open()
        slots = asyncio.Semaphore(LANE_SIZE)

        async def send(chat: int) -> None:
            async with slots:
                words = Content(Kind.TEXT, "Họp lúc 8 giờ.")
                await courier.carry(content.call(Action.SEND, words, 1, chat))

        await asyncio.gather(*(send(chat) for chat in range(1, recipients + 1)))
        await courier.close()

    began = time.process_time()
    asyncio.run(main())
    result.value = time.process_time() - began


async def cpu_of(work: Callable[..., None], path: Path, url: str, recipients: int) -> float:
    """Run *work* in a process of its own; return its CPU seconds."""
    result = PROCESSES.Value("d", 0.0)
    process = PROCESSES.Process(target=work, args=(path, url, recipients, result), daemon=True)
    process.start()
    assert await ended(process) == 0
    return float(result.value)
