"""Who tries the doors: forged webhooks, markup in what is shown, files that bite, words that stay behind."""

from __future__ import annotations

import io
import json
import random
import resource
import signal
import sqlite3
import time
from typing import Any

import aiohttp

from bot import encodings, replies
from knowledge import interchange
from knowledge.errors import InputError
from knowledge.model import Answer, AnswerKind, Part
from knowledge.verify import verify
from tests.botapi import BotApi
from tests.drills.line import Line
from tests.drills.process import QUESTION, SECRET, VAIN, Bot, by_webhook, folder_with_database, free_port
from tests.telegram_html import EntityError, parse, units


async def webhooks(small: bool) -> list[Line]:
    """Requests without the secret, with a nearly right one, too long, too slow, by other paths."""
    wanted = 100 if small else 1000
    chance = random.Random(3)
    codes: dict[int, int] = {}
    with folder_with_database() as path:
        async with BotApi() as api:
            port = free_port()
            bot = Bot(path, api, **by_webhook(port))
            await api.until(lambda: api.webhook, within_s=30)
            forged = {"update_id": 1, "message": api.message(1, "/them Ai? | Kẻ giả mạo.")}
            secrets = [
                "",
                SECRET[:-1],
                SECRET + "s",
                SECRET[:-1] + "t",
                SECRET.upper(),
                "ế" * 43,
                "\xff" * 43,
                "s",
            ]
            async with aiohttp.ClientSession() as session:
                for _ in range(wanted):
                    given = chance.choice(secrets)
                    size = chance.choice((0, 0, 0, 10 * 2**20))
                    body = b" " * size + json.dumps(forged).encode()
                    route = chance.choice(("/cua", "/", "/cua/", "/cua%2f", "/bot", "//cua"))
                    try:
                        async with session.post(
                            f"http://127.0.0.1:{port}{route}",
                            data=io.BytesIO(body),
                            headers={"X-Telegram-Bot-Api-Secret-Token": given} if given else {},
                        ) as response:
                            codes[response.status] = codes.get(response.status, 0) + 1
                    except aiohttp.ClientError:
                        codes[0] = codes.get(0, 0) + 1
            right = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
            async with aiohttp.ClientSession(headers=right) as session:
                url = f"http://127.0.0.1:{port}/cua"
                async with session.post(url, data=io.BytesIO(b" " * (2**20 + 1))) as response:
                    too_long = response.status
                question = {"update_id": 2, "message": api.message(7, QUESTION)}
                async with session.post(url, json=question) as response:
                    genuine = response.status
            await bot.kill()
            refused = Bot(path, api, **{**by_webhook(port), "BOT_WEBHOOK_SECRET": "s" * 31})
            short = await refused.ended()
            log = bot.log.read_text(encoding="utf-8")
            taken = [s for s in api.sent if s.chat == 1]
    return [
        Line(
            f"S3 {wanted} forged webhook requests",
            f"taken {codes.get(200, 0) + len(taken)}, genuine one {genuine}, 1 MiB + 1: {too_long}, "
            f"start with 31 characters: exit {short}, secret in the log: {'yes' if SECRET in log else 'no'}",
            "taken 0, 200, 413, exit 2, no",
            not codes.get(200)
            and not taken
            and (genuine, too_long, short) == (200, 413, 2)
            and SECRET not in log,
        )
    ]


PIECES = (
    "<b>", "</b>", "<a href='tg://user?id=1'>", "&lt;", "&#60;", "&amp;amp;", "<", ">", "&", '"',
    "</blockquote>", "<script>", "<tg-spoiler>", "cầu", "Trần", " ", "\n", "😀", "e\u0301", "\u202e",
    "*x*", "_y_", "[z](http://a.b)", "```",
    "{0}", "%s", "\\", "a" * 700,
)  # fmt: skip


async def markup(small: bool) -> list[Line]:
    """Facts, titles and headings made of markup: what Telegram shows is what was stored."""
    wanted = 3_000 if small else 100_000
    chance = random.Random(5)
    wrong = long = 0
    for _ in range(wanted):
        said, title, heading = ("".join(chance.choices(PIECES, k=chance.randrange(1, 9))) for _ in range(3))
        answer = Answer((Part(AnswerKind.ANSWER, text=said),))
        shown = replies.render(answer, titles=(title,), starters=(title,), heading=heading)
        try:
            plain, entities = parse(shown.html)
        except EntityError:
            wrong += 1
            continue
        kinds = {str(entity["type"]) for entity in entities}
        wrong += bool(kinds - {"bold", "expandable_blockquote", "italic"}) or said.strip()[:20] not in plain
        long += units(plain) > 4096
    return [
        Line(
            f"S4 {wanted:,} replies with markup in facts, titles and headings",
            f"not shown as stored {wrong}, longer than Telegram takes {long}",
            "0, 0",
            not wrong and not long,
        )
    ]


def corpus() -> dict[str, tuple[str, bytes]]:
    """Return files by what is wrong with them."""
    table = "questions,answer\r\nGửi xe ở đâu?,Cổng sau.\r\n"
    deep = b'{"questions": ["a"], "answer": ' + b"[" * 50_000
    files: dict[str, tuple[str, bytes]] = {
        "zip": ("a.csv", b"PK\x03\x04" + bytes(1000)),
        "nul": ("a.csv", b"questions,answer\na\x00,b\n"),
        "utf-16": ("a.csv", table.encode("utf-16")),
        "cp1258": ("a.csv", "questions,answer\nGui xe o đau?,a".encode("cp1258")),
        "latin-1": ("a.csv", b"questions,answer\n\xe0\xe9\xff?,\xf0\n"),
        "columns": ("a.csv", b"questions,answer" + b"," * 1_000_000 + b"\n"),
        "one long line": ("a.csv", b"questions,answer\n" + b"x" * 2_000_000),
        "open quote": ("a.csv", b'questions,answer\n"' + b"a\n" * 500_000),
        "rows": ("a.csv", b"questions,answer\n" + b"a?,b\n" * 400_000),
        "deep": ("a.jsonl", deep),
        "huge number": ("a.jsonl", b'{"questions": ["a"], "answer": ' + b"9" * 100_000 + b"}"),
        "surrogates": ("a.jsonl", b'{"questions": ["\\ud800"], "answer": "\\udfff"}'),
        "keys": ("a.jsonl", b'{"questions": ["a"], "answer": "b", "__class__": "x", "../../etc": 1}'),
        "traversal": ("../../etc/passwd.csv", table.encode()),
        "no name": (".csv", table.encode()),
        "formula": ("a.csv", b"questions,answer\nA?,=cmd|'/C calc'!A0\n"),
        "xml": ("a.csv", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>'),
    }
    chance = random.Random(9)
    for number in range(200 - len(files)):
        name = f"a.{chance.choice(('csv', 'jsonl'))}"
        noise = bytearray(table.encode() * chance.randrange(1, 40))
        for _ in range(chance.randrange(1, 60)):
            noise[chance.randrange(len(noise))] = chance.randrange(256)
        files[f"noise {number}"] = (name, bytes(noise))
    return files


async def files(small: bool) -> list[Line]:
    """Files as officers could be made to send them."""
    crashes, slowest, before = [], ("", 0.0), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tried = corpus()
    for what, (name, data) in tried.items():
        began = time.perf_counter()
        try:
            text, _ = encodings.read(data)
            interchange.read(name, text.encode("utf-8", "surrogatepass"))
        except (encodings.UnreadableError, InputError):
            pass
        except Exception as error:
            crashes.append(f"{what}: {type(error).__name__}")
        took_s = time.perf_counter() - began
        slowest = max(slowest, (what, took_s), key=lambda pair: pair[1])
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    formulas = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\n=1", "|cmd", "%0A=1")
    facts = [
        interchange.read("a.jsonl", json.dumps({"questions": [f"Câu {n}?"], "answer": f}).encode())
        for n, f in enumerate(formulas)
    ]
    return [
        Line(
            f"S8 {len(tried)} bad files read, {len(facts)} formulas",
            f"crashes {crashes or 0}, slowest {slowest[1]:.2f} s ({slowest[0]}), +{grown:.0f} MiB",
            "0 crashes, <= 2 s, <= 50 MiB",
            not crashes and (small or slowest[1] <= 2) and grown <= 50,
        )
    ]


async def privacy(small: bool) -> list[Line]:
    """A person, a name, a phone number and words through everything at DEBUG; every byte is searched."""
    person, name, words, phone = 918273645501, "Chimhoangyen", "tử đinh hương xứ lạ", "0912345678"
    with folder_with_database() as path:
        async with BotApi() as api:
            bot = Bot(path, api, BOT_LOG_LEVEL="DEBUG", BOT_BACKUP_HOURS="24")
            await api.until(lambda: api.polls, within_s=30)
            api.chat(person, first_name=name, username=name.lower())
            who = {"from": {**api.person(person), "first_name": name, "username": name.lower()}}
            api.private(person, QUESTION, **who)
            api.private(
                person,
                f"{VAIN} {words}? Gọi tôi số {phone}, email {name}@example.org, @{name.lower()}",
                **who,
            )
            api.group(-5, person, f"/hoi {QUESTION}", **who)
            api.inline(person, f"{QUESTION} {words}")
            api.edit(person, 1, words)
            api.forward(person, f"/them {words} | b", person + 1)
            api.push_raw(
                {"update_id": 5, "message": {"chat": {"id": person}, "text": words, "from": name}}, 5
            )
            api.fail(502, "sendMessage", times=2)
            api.fail(400, "sendMessage", chat=person)
            api.private(person, f"ai phát biểu {words}", **who)
            await api.until(lambda: not api.updates, within_s=60)
            folder = path.parent
            await api.until(lambda: list((folder / "backups").glob("*.sqlite3")), within_s=30)

            def found(needles: dict[str, bytes]) -> list[str]:
                places = [p for p in folder.rglob("*") if p.is_file()]
                return [
                    f"{what} in {p.name}"
                    for what, n in needles.items()
                    for p in places
                    if n in p.read_bytes()
                ]

            ids = {
                "id": person.to_bytes(6, "big"),
                "id in digits": str(person).encode(),
                "name": name.encode(),
                "username": name.lower().encode(),
                "phone": phone.encode(),
            }
            left = found(ids)
            log = bot.log.read_text(encoding="utf-8")
            left += [f"{what} in the log" for what in (words, QUESTION, VAIN, api.token) if what in log]
            kept = sqlite3.connect(path)
            texts = [text for (text,) in kept.execute("SELECT text FROM asked")]
            kept.close()
            # What officers take out of the bot.
            for command, count in (("/xuat", 2), ("/chuatraloi", 1), ("/lichsu", 1), ("/thongke", 1)):
                before = len(api.seen_by(1))
                api.private(1, command)
                await api.until(lambda n=before + count: len(api.seen_by(1)) >= n, within_s=30)
            await api.until(lambda: not api.updates)
            shown = b"\n".join(s.text.encode() + s.document for s in api.seen_by(1))
            left += [f"{what} in what officers see" for what, n in ids.items() if n in shown]
            left += ["the words in an export"] * any(words.encode() in s.document for s in api.seen_by(1))
            # Agreed: who asks to be told is remembered beside the question, until told or erased.
            await api.until(
                lambda: [s for s in api.seen_by(person) if any("🔔" in b["text"] for b in s.buttons)]
            )
            offered = [s for s in api.seen_by(person) if any("🔔" in b["text"] for b in s.buttons)][-1]
            api.press(offered, next(b["text"] for b in offered.buttons if "🔔" in b["text"]))
            api.private(person, "/dangky", **who)
            await api.until(lambda: not api.updates)
            agreed = bool(found({"id": ids["id"]}))
            began = time.monotonic()
            sent = await api.answer_to(person, "/xoadulieu", **who)
            erased_s = time.monotonic() - began
            assert "xoá" in sent.text
            after = found(ids)
            bot.signal(signal.SIGTERM)
            await bot.ended()
            after += found(ids)
    return [
        Line(
            "P1, S7 canaries in database, journal, snapshot, DEBUG log and what officers export",
            f"found {left or 0}; kept in vain: {len(texts)} questions, masked",
            "0",
            not left and bool(texts),
        ),
        Line(
            "P2 after agreeing (to be told, to subscribe), then /xoadulieu",
            f"kept meanwhile: {'yes' if agreed else 'no'}; found {after or 0} after {erased_s:.2f} s",
            "yes; 0 after <= 1 s",
            agreed and not after and (small or erased_s <= 1),
        ),
    ]


async def two_askers(small: bool) -> list[Line]:
    """Either of two people asks in vain; what an admin is shown must be the same to the byte."""
    seen = []
    for asker in (1001, 1002):
        with folder_with_database() as path:
            async with BotApi() as api:
                bot = Bot(path, api)
                for person in (1001, 1002):
                    await api.answer_to(person, VAIN if person == asker else QUESTION)
                await api.until(lambda api=api: not api.updates)
                await api.answer_to(1, "/chuatraloi")
                before = len(api.seen_by(1))
                api.private(1, "/lichsu")
                await api.until(lambda api=api, before=before: len(api.seen_by(1)) > before)
                await bot.kill()
                seen.append([(s.text, [b["text"] for b in s.buttons]) for s in api.seen_by(1)])
    return [
        Line(
            "P3 which of two members asked, as an admin sees it",
            "the same to the byte" if seen[0] == seen[1] else "differs",
            "the same",
            seen[0] == seen[1],
        )
    ]


async def flipped(small: bool) -> list[Line]:
    """One bit of one stored value changed behind everybody's back, in every table of articles and facts."""
    wanted, chance = (40 if small else 1000), random.Random(11)
    found = 0
    with folder_with_database() as path:
        whole = path.read_bytes()
        reading = sqlite3.connect(path)
        values = [
            (table, column, row[0], value)
            for table in (
                "documents",
                "sentences",
                "mentions",
                "facts",
                "fact_questions",
                "history",
                "migrations",
            )
            for row in _rows(reading, table)
            for column, value in row[1].items()
            if value not in (None, "")
        ]
        reading.close()
        for table, column, row, value in chance.choices(values, k=wanted):
            path.write_bytes(whole)
            changing = sqlite3.connect(path)
            changed = _flip(value, chance)
            where = " AND ".join(f"{name} IS ?" for name in row)
            changing.execute("PRAGMA foreign_keys = OFF")
            changing.execute("PRAGMA ignore_check_constraints = ON")  # a disk asks nobody
            changing.execute(
                f"UPDATE OR REPLACE {table} SET {column} = ? WHERE {where}", (changed, *row.values())
            )
            changing.commit()
            changing.close()
            found += bool(verify(path))
    return [
        Line(
            f"R9 {wanted} single bits changed in stored values of articles, facts and their history",
            f"found by verify {found}",
            "all",
            found == wanted,
        )
    ]


def _rows(reading: sqlite3.Connection, table: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    cursor = reading.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in cursor.description]
    keys = [r[1] for r in reading.execute(f"PRAGMA table_info({table})") if r[5]]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    return [({key: row[key] for key in keys}, row) for row in rows]


def _flip(value: Any, chance: random.Random) -> Any:
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(40))
    at = chance.randrange(len(value))
    return value[:at] + chr(ord(value[at]) ^ (1 << chance.randrange(5))) + value[at + 1 :]
