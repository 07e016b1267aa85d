"""Officers at work: a random walk that undo brings back, hostile files, announcements by the clock."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot import current, wiring
from bot.current import Current
from bot.files import MAX_ARTICLE_BYTES
from bot.settings import Settings
from bot.wiring import Edge
from knowledge.database import Database, open_database
from tests import drill_admin, drill_announcements
from tests.botapi import BotApi
from tests.conftest import ARTICLE
from tests.drills.doors import corpus
from tests.drills.line import Line
from tests.drills.process import ANSWER, COMPANION, QUESTION, folder_with_database

ADMIN, MEMBER = 1, 7


async def walk(small: bool) -> list[Line]:
    """Thousands of random changes by the officers' commands, then all of them taken back."""
    steps = 20 if small else 3000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "cau.txt").write_text(ARTICLE, encoding="utf-8")
        (folder / "cau.facts.toml").write_text(COMPANION, encoding="utf-8")
        done = await drill_admin.drill(steps, 5, folder)
    taken_back = done["hoantac at the end"]
    return [
        Line(
            f"S9 {steps:,} random steps of an officer, taken back in {taken_back}",
            "the state from before, to the byte; verify finds nothing",
            "the same",
            taken_back > 0,
        )
    ]


async def faults(small: bool) -> list[Line]:
    """Every fault of Telegram and the network hits one chat of three."""
    return [] if small else await _announcing("faults")


async def pace(small: bool) -> list[Line]:
    """The rate, each chat's own wait, a group's limit."""
    return [] if small else await _announcing("pace")


async def cost(small: bool) -> list[Line]:
    """What the outbox costs a message."""
    return [] if small else await _announcing("cost")


async def beside(small: bool) -> list[Line]:
    """Answers while an announcement goes out."""
    return [] if small else await _announcing("answers")


async def _announcing(name: str) -> list[Line]:
    with contextlib.redirect_stdout(sys.stderr):  # the table is the drills' own output
        lines = await drill_announcements.drill(name)
    return [Line(f"announcements, {name}: {it.promise}", it.reached, it.asked, it.good) for it in lines]


def hostile() -> dict[str, tuple[str, str, bytes]]:
    """Return what officers could be made to send, by name: command, file name, bytes."""
    room = MAX_ARTICLE_BYTES - 10
    sent = {
        f"facts, {name}": ("/nhap", file, data)
        for name, (file, data) in corpus().items()
        if not name.startswith("noise")
    }
    rows = "".join(f"Câu hỏi số {n} là gì?,Trả lời số {n}.\n" for n in range(5000))
    sent["facts, 5000"] = ("/nhap", "a.csv", f"questions,answer\n{rows}".encode())
    sent["facts, utf-32"] = ("/nhap", "a.csv", "questions,answer\nGửi xe?,x\n".encode("utf-32"))
    articles = {
        "zip": b"PK\x03\x04" + bytes(5000),
        "gzip": b"\x1f\x8b\x08" + bytes(5000),
        "nul": "Hội nghị\0 ".encode() * 50,
        "too long": b"a" * (room + 11),
        "letters": b"a" * room,
        "digits": b"1" * room,
        "dates": b"12/4 " * (room // 5),
        "full stops": b"A. " * (room // 3),
        "lines": b"A\n" * (room // 2),
        "brackets": b"(" * (room // 2) + b")" * (room // 2),
        "names": "Ông Nguyễn Văn A - Chủ tịch UBND tỉnh, ".encode() * (room // 52),
        "markup": b"<b>Hoi nghi</b> <script>alert(1)</script> &lt; to chuc ngay 12/4 tai xa.\n" * 20,
        "right-to-left": "\u202eHội nghị tổ chức ngày 12/4 tại xã Bình An.\n".encode() * 5,
    }
    sent |= {f"article, {name}": ("/nap", f"{name}.txt", data) for name, data in articles.items()}
    for name in ("../../../etc/cron.d/x.txt", ".txt", "con\0.txt", "a" * 5000 + ".txt"):
        sent[f"article called {name[:20]!r}"] = ("/nap", name, ARTICLE.replace("cầu", name[:3]).encode())
    return sent


@asynccontextmanager
async def office(path: Path, api: BotApi) -> AsyncIterator[tuple[Edge, Database]]:
    async with open_database(path, wiring.SCHEMAS) as database:
        configured = Settings(
            token=api.token, api_url=api.url, database=path, admins=(ADMIN,), backup_hours=0
        )  # type: ignore[arg-type]
        edge = wiring.build(configured, api.token, Current(current.load(path)), database)
        stop = asyncio.Event()
        serving = asyncio.create_task(wiring.serve(edge, configured, stop))
        try:
            yield edge, database
        finally:
            stop.set()
            with contextlib.suppress(Exception):
                await serving


async def files_by_chat(small: bool) -> list[Line]:
    """Each hostile file by the real commands; a member asks the while; nothing is stored unasked."""
    sent = hostile()
    if small:
        sent = {name: sent[name] for name in list(sent)[::6]}
    unanswered, slowest, waited = [], ("", 0.0), ("", 0.0)
    with folder_with_database() as path:
        async with BotApi() as api, office(path, api) as (edge, database):
            api.chat(ADMIN)
            await api.answer_to(MEMBER, QUESTION)
            query = "SELECT (SELECT count(*) FROM facts), (SELECT count(*) FROM documents)"
            before = tuple(await database.fetch_one(query))
            for name, (command, file, data) in sent.items():
                shown, began = len(api.seen_by(ADMIN)), time.monotonic()
                api.document(ADMIN, file, data, command)
                asked = time.monotonic()
                answer = await api.answer_to(MEMBER, f"{QUESTION} {len(unanswered)}")
                waited = max(waited, (name, time.monotonic() - asked), key=lambda pair: pair[1])
                assert answer.text.startswith(ANSWER)
                try:
                    await api.until(
                        lambda shown=shown: len(api.seen_by(ADMIN)) > shown and not api.updates, within_s=60
                    )
                except AssertionError:
                    unanswered.append(name)
                slowest = max(slowest, (name, time.monotonic() - began), key=lambda pair: pair[1])
            unasked = tuple(await database.fetch_one(query)) != before
            aside = edge.inbox.quarantined
    return [
        Line(
            f"S8 {len(sent)} hostile files by /nhap and /nap, a member asking the while",
            f"without a reply {unanswered or 0}, set aside {aside}, stored unasked {int(unasked)}, "
            f"slowest {slowest[1]:.1f} s ({slowest[0]}), a member waited {waited[1]:.1f} s ({waited[0]})",
            "0, 0, 0, a member <= 1 s",
            not unanswered and not aside and not unasked and (small or waited[1] <= 1),
        )
    ]
