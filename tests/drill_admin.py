"""A random walk through the admins' commands that ends where it began: python -m tests.drill_admin.

Every step goes through the real Application and the loopback server: facts added, changed and deleted in one
line or by buttons, articles loaded, corrected and put to rest, files imported, undone now and then; at the
end everything is taken back. The walk fails when the live state is not, to the byte, what it was before.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import current, environment, texts_admin, wiring
from bot.current import Current
from bot.settings import Settings
from bot.wiring import Edge
from knowledge.database import Database, open_database
from knowledge.seeds import create_database
from knowledge.verify import verify
from tests.botapi import BotApi, Sent

ADMIN = 1
PATIENCE_S = 300.0  # a machine that stalls for a while is no fault of the walk
TABLES = {
    "facts": "SELECT * FROM facts ORDER BY id",
    "questions": "SELECT * FROM fact_questions ORDER BY fact_id, position",
    "articles": "SELECT * FROM documents ORDER BY id",
    "sentences": "SELECT document_id, paragraph, start, end, text FROM sentences ORDER BY document_id, start",
}
TITLES = ("Hội thao xã An Bình", "Trao nhà ở Phú Thọ", "Tập huấn sơ cứu")
WORDS = ("xe", "cơm", "nước", "vé", "cổng", "sân", "phòng", "giờ", "ghế", "quà", "ảnh", "loa")


async def state(database: Database) -> dict[str, list[Any]]:
    """Return every row of facts and articles."""
    return {name: await database.fetch_all(query) for name, query in TABLES.items()}


async def walk(api: BotApi, database: Database, steps: int, seed: int) -> dict[str, int]:
    """Do *steps* random things as ADMIN, then undo them all; return how often each was done."""
    chance = random.Random(seed)
    before = await state(database)
    done: dict[str, int] = {}

    async def until(condition: Callable[[], bool]) -> None:
        await api.until(condition, within_s=PATIENCE_S)

    async def say(text: str = "", **more: Any) -> Sent:
        shown = len(api.seen_by(ADMIN))
        api.private(ADMIN, text, **more)
        await until(lambda: len(api.seen_by(ADMIN)) > shown)
        return api.seen_by(ADMIN)[shown]

    async def press(sent: Sent, wanted: Callable[[str], bool]) -> None:
        label = next((b["text"] for b in sent.buttons if wanted(b["text"])), None)
        if label is None:
            return
        answered = len(api.answered_callbacks)
        api.press(sent, label)
        await until(lambda: len(api.answered_callbacks) > answered and not api.updates)

    def question() -> str:
        return f"{' '.join(chance.sample(WORDS, 3))} ở đâu {chance.randrange(40)}?"

    def is_saving(label: str) -> bool:
        return label.startswith((texts_admin.SAVE, texts_admin.SAVE_ANYWAY, "Thay cho"))

    async def add() -> None:
        sent = await say(f"/them {question()} | Ở chỗ {chance.randrange(99)}.")
        await press(sent, is_saving)

    async def step_by_step() -> None:
        await say("/them")
        await say(question())
        sent = await say(f"Ở chỗ {chance.randrange(99)}.")
        await press(sent, is_saving if chance.random() < 0.7 else lambda label: label == texts_admin.DROP)

    async def numbered(command: str, rest: str = "") -> None:
        rows = await database.fetch_all("SELECT id FROM facts WHERE deleted_at IS NULL ORDER BY id")
        sent = await say(f"/{command} {chance.choice(rows)[0] if rows else 1}{rest}")
        await press(sent, is_saving)

    async def article() -> None:
        title = chance.choice(TITLES)
        told = [f"Ông Lê Văn {chance.choice(WORDS)} trao {chance.randrange(2, 30)} phần quà." for _ in "123"]
        begins = f"Sáng {chance.randrange(1, 28)}/4, xã tổ chức “{title}” tại nhà văn hóa xã."
        shown = len(api.seen_by(ADMIN))
        await say(f"/nap {title}\n\n{begins} " + " ".join(told))
        await until(lambda: any(sent.buttons for sent in api.seen_by(ADMIN)[shown:]))
        listed = next(sent for sent in api.seen_by(ADMIN)[shown:] if sent.buttons)
        await press(listed, lambda label: label.startswith(texts_admin.UNTICKED) and chance.random() < 0.5)
        await press(listed, lambda label: label.startswith("📥"))

    async def last_day() -> None:
        rows = await database.fetch_all("SELECT id FROM facts WHERE deleted_at IS NULL ORDER BY id")
        shown = await say(f"/sua {chance.choice(rows)[0] if rows else 1}")
        await press(shown, lambda label: label == texts_admin.EDIT_UNTIL)
        await press(await say(f"{chance.randrange(1, 28)}/3/2020"), is_saving)

    async def rest() -> None:
        sent = await say("/nap")
        await press(sent, lambda label: label.startswith(("😴", "▶️")))

    async def files() -> None:
        rows = [{"questions": [question()], "answer": f"Ở chỗ {n}."} for n in range(chance.randrange(1, 4))]
        shown = len(api.seen_by(ADMIN))
        api.document(ADMIN, "a.jsonl", "\n".join(map(json.dumps, rows)).encode(), "/nhap")
        await until(lambda: len(api.seen_by(ADMIN)) > shown)
        await press(api.seen_by(ADMIN)[shown], lambda label: label.startswith("✅"))

    async def undo() -> bool:
        return (await say("/hoantac")).text != texts_admin.UNDONE_NOTHING

    deeds: dict[str, tuple[int, Callable[[], Any]]] = {
        "them": (5, add),
        "them by steps": (2, step_by_step),
        "sua": (4, lambda: numbered("sua", f" | Đổi thành {chance.randrange(999)}.")),
        "sua, last day": (1, last_day),
        "xoa": (8, lambda: numbered("xoa")),  # as many as come: a thousand facts would only make it slow
        "nap": (1, article),
        "nap, rest": (1, rest),
        "nhap": (1, files),
        "hoantac": (4, undo),
        "huy": (1, lambda: say("/huy")),
    }
    for _ in range(steps):
        name = chance.choices(list(deeds), [weight for weight, _ in deeds.values()])[0]
        await deeds[name][1]()
        done[name] = done.get(name, 0) + 1
        del api.calls[:-50]
        api.sent[:-50] = []
    while await undo():
        done["hoantac at the end"] = done.get("hoantac at the end", 0) + 1
    assert await state(database) == before, "the walk does not end where it began"
    return done


async def drill(steps: int, seed: int, articles: Path) -> dict[str, int]:
    """Run one walk in a fresh store built from the folder *articles*."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.sqlite3"
        await asyncio.to_thread(
            create_database, path, [articles], environment.SEEDS, datetime(2024, 4, 12, tzinfo=UTC)
        )
        async with BotApi() as api, open_database(path, wiring.SCHEMAS) as database:
            configured = Settings(token=api.token, api_url=api.url, database=path, admins=(ADMIN,))  # type: ignore[arg-type]
            edge: Edge = wiring.build(configured, api.token, Current(current.load(path)), database)
            stop = asyncio.Event()
            serving = asyncio.create_task(wiring.serve(edge, configured, stop))
            try:
                done = await walk(api, database, steps, seed)
            finally:
                stop.set()
                await serving
        damage = verify(path)
        assert damage == [], damage
        shutil.rmtree(folder, ignore_errors=True)
    return done


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--articles", type=Path, required=True, help="a folder with a small article")
    options = parser.parse_args()
    began = time.monotonic()
    for name, count in asyncio.run(drill(options.steps, options.seed, options.articles)).items():
        print(f"{name:20} {count:6}")
    print(f"same state, checksums hold; {time.monotonic() - began:.0f} s")
