"""Taking changes back, exactly.

Owns which change is the last one standing and whether it may still be taken back. Refuses to guess: when
somebody has changed the same thing since, nothing is done.
"""

# ruff: noqa: S608 - only constant column lists and conditions are put into SQL, values never
from __future__ import annotations

from datetime import datetime

from knowledge.errors import ConflictError, NotFoundError
from knowledge.ledger import Deed, Ledger, document_of, fact_of
from knowledge.schema import HISTORY_COLUMNS, Change

LAST_STANDING = (  # the rows of an author's last change that nobody has taken back, newest first
    f"SELECT {HISTORY_COLUMNS} FROM history WHERE change = (SELECT change FROM history AS done"
    " WHERE author = ? AND undoes IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM history AS undoing WHERE undoing.undoes = done.id) ORDER BY id DESC LIMIT 1)"
    " AND undoes IS NULL ORDER BY id DESC"
)


async def undo_last(ledger: Ledger, author: str, at: datetime) -> list[Change]:
    """Take back the last change that *author* made and that still stands; again: the one before.

    All that was written in one transaction goes together and every row is as it was, times and authors
    included. Returns what was taken back, newest first. Raises NotFoundError when there is nothing left,
    ConflictError or DuplicateError when somebody has changed the same thing or added its like since.
    """
    rows = await ledger.database.fetch_all(LAST_STANDING, (author,))
    if not rows:
        raise NotFoundError("there is no change left to take back")
    changes = [Change.from_row(row) for row in rows]
    for change in changes:
        deed = Deed(author, at, "undo", undoes=change.id)
        await (_undo_fact if change.fact else _undo_document)(ledger, change, deed)
    for before in [fact_of(change.before) for change in changes if change.fact and change.before]:
        if before.deleted_at is None:
            await ledger.refuse_twin(before.fact)
    for name in {change.document for change in changes if change.document}:
        if lost := await ledger.lost_quotes(name):
            raise ConflictError(
                f"the quote of #{lost[0].fact.id} no longer stands in the article “{name}”;"
                " change that fact first"
            )
    return changes


async def _undo_fact(ledger: Ledger, change: Change, deed: Deed) -> None:
    now = next(iter(await ledger.entries("id = ?", (change.fact,))), None)
    after = None if change.after is None else fact_of(change.after)
    if now != after:
        raise ConflictError(f"#{change.fact} has been changed since; look at it again")
    before = None if change.before is None else fact_of(change.before)
    await ledger.write_facts([(now, before)], deed)


async def _undo_document(ledger: Ledger, change: Change, deed: Deed) -> None:
    now = next(iter(await ledger.documents("name = ?", (change.document,))), None)
    before = None if change.before is None else document_of(change.before)
    after = None if change.after is None else document_of(change.after)
    used = before is None and await ledger.entries(
        "document_id = (SELECT id FROM documents WHERE name = ?)", (change.document,)
    )
    if now != after or used:
        raise ConflictError(f"the article “{change.document}” has been changed since; look at it again")
    await ledger.write_document(now, before, deed)
