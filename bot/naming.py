"""How an admin names a fact: by its number, or by words that stand in it.

Owns the reading of numbers, the search through the facts and the list of what was found. Refuses to know
what is then done with a fact.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, Sequence
from heapq import nsmallest
from typing import NamedTuple

from bot import texts_admin as t
from bot.replies import cut
from knowledge.model import Fact
from knowledge.syllables import fold

LISTED = 12
_IN_A_ROW = 4


def number_in(text: str) -> int | None:
    """Return the number of a fact in "12" or "#12", None for anything else."""
    found = re.fullmatch(r"#?\s*(\d{1,15})", text.strip(), re.ASCII)
    return int(found[1]) if found else None


class Found(NamedTuple):
    """What was found by words: how many facts, and the LISTED best of them, the best first."""

    total: int
    first: tuple[Fact, ...]


async def matching(facts: AsyncIterable[Sequence[Fact]], words: str) -> Found:
    """Return which *facts* hold all *words*, accents or not: those side by side in a question first."""
    wanted = list(dict.fromkeys(fold(words.lower()).split()))
    patterns = [re.compile(rf"(?<!\w){re.escape(word)}") for word in wanted]
    phrase = " ".join(wanted)
    total = 0
    best: list[tuple[tuple[bool, bool, bool, int], Fact]] = []
    async for some in facts:
        for fact in some:
            asks = fold(" ".join(fact.questions).lower())
            rest = fold(f"{fact.answer} {fact.source} {fact.topic}".lower())
            whole = f"{asks} {rest}"
            if all(pattern.search(whole) for pattern in patterns):
                is_asked = all(word in asks for word in wanted)
                rank = (phrase not in asks, phrase not in rest and not is_asked, not is_asked, fact.id)
                best.append((rank, fact))
                total += 1
        best = nsmallest(LISTED, best, key=lambda row: row[0])
    return Found(total, tuple(fact for _, fact in best))


def listing(found: Found, words: str, verb: str) -> tuple[str, list[list[tuple[str, str]]]]:
    """Return plain text that lists what was *found* by *words*, and a button "verb:NUMBER" for each."""
    if not found.total:
        return t.FOUND_NONE.format(words=cut(words, 100)), []
    lines = [t.FOUND.format(count=found.total, words=cut(words, 100))]
    lines += [f"#{fact.id} {cut(fact.questions[0], 120)}" for fact in found.first]
    lines += [t.FOUND_MORE.format(count=found.total - LISTED)] if found.total > LISTED else []
    numbers = [(f"#{fact.id}", f"{verb}:{fact.id}") for fact in found.first]
    return "\n".join(lines), [numbers[at : at + _IN_A_ROW] for at in range(0, len(numbers), _IN_A_ROW)]
