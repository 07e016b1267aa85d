"""How an admin names a fact: by its number, or by words that stand in it.

Owns the reading of numbers, the search through the facts and the list of what was found. Refuses to know
what is then done with a fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

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


def matching(facts: Iterable[Fact], words: str) -> list[Fact]:
    """Return the facts that hold all *words*, accents or not: those side by side in a question first."""
    wanted = fold(words.lower()).split()
    phrase = " ".join(wanted)
    ranked = []
    for fact in facts:
        asks = fold(" ".join(fact.questions).lower())
        rest = fold(f"{fact.answer} {fact.source} {fact.topic}".lower())
        if all(re.search(rf"(?<!\w){re.escape(word)}", f"{asks} {rest}") for word in wanted):
            is_asked = all(word in asks for word in wanted)
            rank = (phrase not in asks, phrase not in rest and not is_asked, not is_asked, fact.id)
            ranked.append((rank, fact))
    return [fact for _, fact in sorted(ranked, key=lambda row: row[0])]


def listing(found: Sequence[Fact], words: str, verb: str) -> tuple[str, list[list[tuple[str, str]]]]:
    """Return plain text that lists what was *found* by *words*, and a button "verb:NUMBER" for each."""
    if not found:
        return t.FOUND_NONE.format(words=cut(words, 100)), []
    lines = [t.FOUND.format(count=len(found), words=cut(words, 100))]
    lines += [f"#{fact.id} {cut(fact.questions[0], 120)}" for fact in found[:LISTED]]
    lines += [t.FOUND_MORE.format(count=len(found) - LISTED)] if len(found) > LISTED else []
    numbers = [(f"#{fact.id}", f"{verb}:{fact.id}") for fact in found[:LISTED]]
    return "\n".join(lines), [numbers[at : at + _IN_A_ROW] for at in range(0, len(numbers), _IN_A_ROW)]
