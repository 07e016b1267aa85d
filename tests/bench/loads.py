"""Who asks what: questions as members type them, made of the ways of asking that the store itself lists.

Owns the mixture of subjects and of typing. What is asked most is asked far more than the rest, as after an
announcement; a third is typed without accents, the rest with every habit that the bot must bear. The same
seed gives the same questions.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import accumulate, product
from pathlib import Path

from knowledge.database import open_database
from knowledge.model import Fact
from knowledge.schema import KNOWLEDGE
from knowledge.store import Store
from tests.bench.api import FIRST

OPENERS = ("cho mình hỏi ", "ad ơi ", "em chào ad, ", "dạ cho em hỏi ", "alo ", "mọi người ơi ")
CLOSERS = (" vậy ạ", " v ad", " thế ạ?", " nhỉ", " ạ, em cảm ơn", " z")
CHAT = {
    "không": "ko",
    "được": "dc",
    "gì": "j",
    "vậy": "z",
    "ai": "ai",
    "bao nhiêu": "bn",
    "những": "nhg",
    "người": "ng",
    "bằng khen": "bk",
    "hội nghị": "hn",
    "công đoàn": "cđ",
    "tổ chức": "tc",
    "như thế nào": "ntn",
    "với": "vs",
    "rồi": "r",
    "bây giờ": "bh",
}
BESIDE = (
    "xin chào",
    "cảm ơn ad",
    "hôm nay trời có mưa không",
    "giá vé bao nhiêu",
    "bạn là ai",
    "gửi xe ở đâu",
    "ok",
)
_TONES = {
    "\u0300": ("f", "2"),
    "\u0301": ("s", "1"),
    "\u0309": ("r", "3"),
    "\u0303": ("x", "4"),
    "\u0323": ("j", "5"),
}
_SHAPES = {"\u0302": ("", "6"), "\u031b": ("w", "7"), "\u0306": ("w", "8")}

Typing = Callable[[str, random.Random], str]


def plain(words: str, chance: random.Random) -> str:
    return words


def without_accents(words: str, chance: random.Random) -> str:
    decomposed = unicodedata.normalize("NFD", words.lower()).replace("đ", "d")
    return "".join(c for c in decomposed if not unicodedata.combining(c)).rstrip("?")


def keys(words: str, which: int) -> str:
    """Return the raw keys of Telex (0) or VNI (1), tones at the end of each syllable."""
    typed = []
    for word in unicodedata.normalize("NFD", words.lower()).split():
        shapes = tone = ""
        for c in word:
            if c in _TONES:
                tone = _TONES[c][which]
            elif c in _SHAPES:
                shapes += _SHAPES[c][which] or shapes[-1]
            else:
                shapes += ("dd", "d9")[which] if c == "đ" else c
        typed.append(shapes + tone if shapes[-1:].isalnum() else shapes[:-1] + tone + shapes[-1:])
    return " ".join(typed)


def telex(words: str, chance: random.Random) -> str:
    return keys(words, 0)


def vni(words: str, chance: random.Random) -> str:
    return keys(words, 1)


def chat(words: str, chance: random.Random) -> str:
    words = words.lower()
    for whole, short in CHAT.items():
        words = words.replace(whole, short)
    return words.rstrip("?")


def slip(words: str, chance: random.Random) -> str:
    """Swap, lose or double one letter."""
    at = chance.randrange(1, max(2, len(words) - 1))
    swapped = words[:at] + words[at : at + 2][::-1] + words[at + 2 :]
    return chance.choice(
        (swapped, words[:at] + words[at + 1 :], words[:at] + words[at - 1 : at] + words[at:])
    )


def polite(words: str, chance: random.Random) -> str:
    return chance.choice(OPENERS) + words[:1].lower() + words[1:].rstrip("?") + chance.choice(CLOSERS)


def hurried(words: str, chance: random.Random) -> str:
    return without_accents(polite(words, chance), chance)


def loud(words: str, chance: random.Random) -> str:
    return words.upper() + "??"


HABITS: tuple[tuple[Typing, int], ...] = (
    *((plain, 20), (without_accents, 30), (hurried, 10), (chat, 12), (slip, 10)),
    *((telex, 6), (vni, 4), (polite, 6), (loud, 2)),
)


def questions(ways: Sequence[Sequence[str]], count: int, *, seed: int = 1) -> list[str]:
    """Return *count* questions about the facts whose *ways* of asking are given, most asked ones first.

    The fact at place n is asked 1/n as often as the first; one in fifteen is beside the point.
    """
    chance = random.Random(seed)
    order = chance.sample(list(ways), len(ways))
    weights = list(accumulate(1 / n for n in range(1, len(order) + 1)))
    habits, shares = zip(*HABITS, strict=True)
    asked = []
    for facts in chance.choices(order, cum_weights=weights, k=count):
        if chance.random() < 1 / 15:
            asked.append(chance.choice(BESIDE))
        else:
            asked.append(chance.choices(habits, shares)[0](chance.choice(facts), chance))
    return asked


def by_chat(asked: Sequence[str], chats: int) -> list[tuple[int, str]]:
    """Let *chats* people ask in turns, each several times when there are fewer of them than questions."""
    return [(FIRST + at % chats, words) for at, words in enumerate(asked)]


# A directory of union members, the most alike that real facts are: four names, a unit, one thing asked.
FAMILIES = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
]
MIDDLES = ["Văn", "Thị", "Hữu", "Đức", "Minh", "Thanh", "Ngọc", "Quang", "Xuân", "Thu"]
GIVEN = [
    "An",
    "Bình",
    "Chi",
    "Dung",
    "Giang",
    "Hạnh",
    "Khánh",
    "Lan",
    "Mai",
    "Nam",
    "Oanh",
    "Phúc",
    "Quyên",
    "Sơn",
    "Tâm",
    "Uyên",
    "Vinh",
    "Yến",
]
UNITS = ("may Hòa Thọ", "cao su Trà My", "điện Tam Kỳ", "gạch Điện Bàn", "thép Núi Thành", "giày Quế Sơn")
THINGS = ("phòng làm việc", "số máy lẻ", "mã thẻ", "tổ sản xuất")


def directory(count: int) -> list[Fact]:
    """Return *count* facts of a directory, each with three ways of asking; at most 40,560."""
    rows = list(product(THINGS, UNITS, GIVEN, MIDDLES, FAMILIES))
    return [
        Fact(
            0,
            (
                f"{thing} của {family} {middle} {given} ở công ty {unit} là gì?".capitalize(),
                f"Cho biết {thing} của {family} {middle} {given}, {unit}",
                f"{family} {middle} {given} bên {unit} có {thing} nào?",
            ),
            f"{thing} của {family} {middle} {given} là {1000 + at}.".capitalize(),
        )
        for at, (thing, unit, given, middle, family) in enumerate(random.Random(4).sample(rows, count))
    ]


async def fill(database: Path, count: int) -> None:
    """Add a directory of *count* facts to a store."""
    at = datetime.now(UTC)
    async with open_database(database, [KNOWLEDGE]) as opened:
        store = Store(opened)
        async with opened.transaction():
            for fact in directory(count):
                await store.add_fact(fact, author="bench", at=at)
