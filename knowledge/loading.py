"""What happens to an article and its facts when it is loaded, again or anew.

Owns who wins: the loader over what it loaded itself, everybody else over the loader. Refuses to know
where the article comes from.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from knowledge.errors import InputError
from knowledge.intake import bind, clean_fact, clean_name
from knowledge.ledger import Deed, Ledger, same_words
from knowledge.model import Document, Fact
from knowledge.records import dataclass, replace
from knowledge.schema import StoredDocument


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading an article did: "new", "changed" or "same", and the numbers of its facts.

    `kept` counts facts that somebody else added or changed, which loading leaves alone; `unquoted` are
    the ids of those whose quote the new text no longer holds, so that it was taken from them.
    """

    name: str
    outcome: str
    sentences: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    same: int = 0
    kept: int = 0
    unquoted: tuple[int, ...] = ()


async def load_article(
    ledger: Ledger, document: Document, facts: Iterable[Fact], author: str, at: datetime
) -> Loaded:
    """Store an article with the facts its loader gives it, each with a `key` of its own.

    The same again writes nothing. A fact that *author* loaded before follows the article and its facts; one
    that somebody else added or changed stays as they left it. Quotes must stand in the text.
    """
    clean_name(document.name)
    texts = {document.name: document.text}
    wanted = {}
    for fact in facts:
        fact = bind(clean_fact(replace(fact, document=document.name)), texts)
        if not fact.key or fact.key in wanted:
            raise InputError(f"each fact of an article needs a key of its own (“{fact.key}”)")
        wanted[fact.key] = fact
    outcome = await _put(ledger, document, author, at)
    numbers = await _follow(ledger, document, wanted, author, at)
    unquoted = await _drop_lost_quotes(ledger, document, author, at)
    if outcome == "same" and (numbers["added"] or numbers["changed"] or numbers["removed"]):
        outcome = "changed"
    return Loaded(document.name, outcome, len(document.sentences), **numbers, unquoted=unquoted)


async def _put(ledger: Ledger, document: Document, author: str, at: datetime) -> str:
    stored = next(iter(await ledger.documents("name = ?", (document.name,))), None)
    if stored is None:
        await ledger.write_document(None, StoredDocument(document, True, at), Deed(author, at, "load"))
        return "new"
    if stored.document == document:
        return "same"
    edited = StoredDocument(document, stored.active, at)
    await ledger.write_document(stored, edited, Deed(author, at, "load"))
    return "changed"


async def _follow(
    ledger: Ledger, document: Document, wanted: dict[str, Fact], author: str, at: datetime
) -> dict[str, int]:
    """Make the facts that *author* loaded with the article equal to those *wanted*, by key."""
    entries = await ledger.entries(
        "document_id = (SELECT id FROM documents WHERE name = ?)", (document.name,)
    )
    keyed = {entry.fact.key: entry for entry in entries if entry.fact.key}
    added, changed, removed, same, kept = [], [], [], 0, 0
    for key, fact in wanted.items():
        before = keyed.get(key)
        if before is None:
            added.append(fact)
        elif before.fact.author != author:
            kept += 1
        elif before.deleted_at is None and same_words(before.fact, fact):
            same += 1
        else:
            changed.append((before, fact))
    for entry in entries:
        if entry.fact.key in wanted or entry.deleted_at is not None:
            continue
        if entry.fact.key and entry.fact.author == author:
            removed.append(entry)
        else:
            kept += 1
    await ledger.delete(removed, Deed(author, at, "delete"))
    await ledger.change(changed, Deed(author, at, "change"))
    await ledger.add(added, Deed(author, at, "add"))
    numbers = (len(added), len(changed), len(removed), same, kept)
    return dict(zip(("added", "changed", "removed", "same", "kept"), numbers, strict=True))


async def _drop_lost_quotes(ledger: Ledger, document: Document, author: str, at: datetime) -> tuple[int, ...]:
    """Take from the facts of others the quotes that an edited article no longer holds.

    The facts stay theirs: `author` of the fact is not touched, only the history names the loader.
    """
    lost = await ledger.lost_quotes(document.name)
    bare = [(entry, replace(entry, fact=replace(entry.fact, quote="", changed_at=at))) for entry in lost]
    await ledger.write_facts(bare, Deed(author, at, "unquote"))
    return tuple(entry.fact.id for entry in lost)
