"""Where each term stands: the postings of syllables and of their pairs, kept in the transaction of the fact.

Owns the tables `terms`, `postings` and `fact_words`. Refuses to know questions and scores; looking up is
`shortlist`'s part.

A term is a folded syllable ("trao") or two that stand side by side ("trao bang"); "" stands for every fact
and "=NAME" for those of the article of that name ("=" for those of none): these two have a count only. Of a
term that more than KEPT facts have, the postings hold some KEPT of them: it tells so little that a question
never needs the others, and a new fact does not write them anew.
"""

# ruff: noqa: S608 - only constant column lists and question marks are put into SQL, values never
from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from knowledge.held import each
from knowledge.model import Fact
from knowledge.normalize import words_of
from knowledge.schema import EVERY, OF
from knowledge.syllables import fold_key

if TYPE_CHECKING:
    from knowledge.database import Database

KEPT = 16_384  # facts in the postings of one term
BATCH = 20_000  # facts whose postings are gathered before they are written
WIDTH = 4  # bytes of a number in the postings, in this machine's order


def lines_of(fact: Fact) -> str:
    """Return the folded syllables of a fact: a line for each way of asking, the last for its answer."""
    return "\n".join(" ".join(map(fold_key, words_of(text))) for text in (*fact.questions, fact.answer))


def terms_of(fact: Fact) -> set[str]:
    """Return the terms that *fact* is found by: of its ways of asking and of its answer."""
    return _terms_in(lines_of(fact), fact.document)


def _terms_in(lines: str, document: str) -> set[str]:
    terms = {EVERY, OF + document}
    for line in lines.split("\n"):
        folds = line.split()
        terms.update(folds)
        terms.update([f"{a} {b}" for a, b in pairwise(folds)])
    return terms


def numbers(ids: bytes) -> array[int]:
    """Return the numbers of the facts that postings hold."""
    return array("I", ids)


async def replace_terms(database: Database, gone: Iterable[Fact], come: Iterable[Fact]) -> None:
    """Take the facts *gone* out of the postings and *come* in, within the open transaction.

    A store that is older than the postings has none until `fill` writes them all.
    """
    if await database.fetch_one("SELECT 1 FROM terms WHERE text = ?", (EVERY,)):
        for some in _batches(gone):
            await _take_out(database, some)
        for some in _batches(come):
            await _put_in(database, some)


async def fill(database: Database) -> None:
    """Write the postings of all committed facts anew, for a store that is older than they are.

    They are read as `held.each` does, which keeps the event loop: for who has nothing else to do yet.
    """
    async with database.transaction():
        for table in ("postings", "terms", "fact_words"):
            await database.execute(f"DELETE FROM {table}")
        await database.execute("INSERT INTO terms (text, facts) VALUES (?, 0)", (EVERY,))
        for some in _batches(each(database.path)):
            await _put_in(database, some)


async def _put_in(database: Database, facts: Sequence[Fact]) -> None:
    lines = [(fact.id, lines_of(fact)) for fact in facts]
    holders: dict[str, array[int]] = {}
    counts: Counter[str] = Counter()
    for fact, (id_, said) in zip(facts, lines, strict=True):
        terms = _terms_in(said, fact.document)
        counts.update(terms)
        for term in terms:
            if (holding := holders.get(term)) is None:
                holders[term] = array("I", (id_,))
            elif len(holding) < KEPT:
                holding.append(id_)
    await database.execute_many("INSERT INTO fact_words (fact_id, lines) VALUES (?, ?)", lines)
    await database.execute_many(
        "INSERT INTO terms (text, facts) VALUES (?, ?)"
        " ON CONFLICT (text) DO UPDATE SET facts = facts + excluded.facts",
        sorted(counts.items()),
    )
    await database.execute_many(
        "INSERT INTO postings (term_id, ids) SELECT id, ?2 FROM terms WHERE text = ?1"
        " ON CONFLICT (term_id) DO UPDATE SET"
        f" ids = substr(CAST(ids || excluded.ids AS BLOB), 1, {KEPT * WIDTH})"
        f" WHERE length(ids) < {KEPT * WIDTH}",
        sorted((term, ids.tobytes()) for term, ids in holders.items() if has_postings(term)),
    )


async def _take_out(database: Database, facts: Sequence[Fact]) -> None:
    marks = ", ".join("?" * len(facts))
    ids = [fact.id for fact in facts]
    lines = dict(
        await database.fetch_all(f"SELECT fact_id, lines FROM fact_words WHERE fact_id IN ({marks})", ids)
    )
    leaving: dict[str, set[int]] = {}
    for fact in facts:
        for term in _terms_in(lines[fact.id], fact.document) if fact.id in lines else ():
            leaving.setdefault(term, set()).add(fact.id)
    await database.execute_many("DELETE FROM fact_words WHERE fact_id = ?", [(id_,) for id_ in ids])
    for term, left in leaving.items():
        await database.execute("UPDATE terms SET facts = facts - ? WHERE text = ?", (len(left), term))
        row = await database.fetch_one(
            "SELECT term_id, ids FROM postings WHERE term_id = (SELECT id FROM terms WHERE text = ?)", (term,)
        )
        if row and left.intersection(kept := numbers(row[1])):
            rest = array("I", (id_ for id_ in kept if id_ not in left))
            await database.execute("UPDATE postings SET ids = ? WHERE term_id = ?", (rest.tobytes(), row[0]))
    empty = "SELECT id FROM terms WHERE text = ? AND facts = 0"
    some = [(term,) for term in leaving if term != EVERY]
    await database.execute_many(f"DELETE FROM postings WHERE term_id = ({empty})", some)
    await database.execute_many("DELETE FROM terms WHERE text = ? AND facts = 0", some)


def has_postings(term: str) -> bool:
    """Tell whether the facts of *term* are listed, and not only counted."""
    return term != EVERY and not term.startswith(OF)


def _batches(facts: Iterable[Fact]) -> Iterator[Sequence[Fact]]:
    rest = iter(facts)
    while some := [fact for _, fact in zip(range(BATCH), rest, strict=False)]:
        yield some
