"""Where what was worked out lies from one start to the next.

Owns the table `worked_out`: every row belongs to one program with its word lists and carries a checksum.
Refuses to know what the rows mean. Nothing depends on them: one that is missing, damaged or of another
program is worked out anew.
"""

# ruff: noqa: S608 - only a constant column list is put into SQL, values never
from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.database import read_only, write_at_once
from knowledge.errors import CorruptError, StorageError
from knowledge.shelf import Row, Shelf

PROGRAM = Path(__file__).resolve().parent
COLUMNS = "name, program, of, content, checksum"


def take_down(path: Path, lexicon: Path) -> Shelf:
    """Return the rows for this program and the word lists of the folder *lexicon*, but for damaged ones."""
    rows = {}
    try:
        with read_only(path) as connection:
            connection.text_factory = bytes
            for values in connection.execute(
                f"SELECT {COLUMNS} FROM worked_out WHERE program = ?", (fingerprint(PROGRAM, lexicon),)
            ):
                if is_whole(values):
                    name, _, of, content, _ = values
                    rows[name.decode()] = Row(of, content)
    except CorruptError:
        return Shelf()  # nothing is lost with this table
    return Shelf(rows)


def put_up(path: Path, lexicon: Path, shelf: Shelf) -> None:
    """Write the rows in use now in the place of all that was there, if they differ.

    When *path* cannot be written (held by another, full, not ours to write) the next start tries again.
    """
    if shelf.now == shelf.before:
        return
    program = fingerprint(PROGRAM, lexicon)
    rows = [(name.encode(), program.encode(), *row) for name, row in shelf.now.items()]
    try:
        with write_at_once(path) as connection:
            connection.execute("DELETE FROM worked_out")
            connection.executemany(
                f"INSERT INTO worked_out ({COLUMNS}) VALUES ({', '.join(['CAST(? AS TEXT)'] * 4)}, ?)",
                [(*row, _checksum(*row)) for row in rows],
            )
    except StorageError:
        return


def is_whole(row: Sequence[Any]) -> bool:
    """Tell whether a row in the order of COLUMNS, its texts as bytes, is as it was written."""
    *values, checksum = row
    return all(isinstance(value, bytes) for value in values) and checksum == _checksum(*values)


@cache
def fingerprint(program: Path, lexicon: Path) -> str:
    """Return what tells the source text in the one folder and the word lists in the other from any others.

    So no number has to be raised by hand when the program reads a text in another way than before.
    """
    size = first = second = 0
    for path in (*sorted(program.glob("*.py")), *sorted(lexicon.glob("*.toml"))):
        content = path.read_bytes()
        size += len(content)
        first = zlib.crc32(content, first)
        second = zlib.adler32(content, second)
    return f"{size:x}-{first:08x}-{second:08x}"


def _checksum(*values: bytes) -> int:
    return zlib.crc32(b"\0".join(values))
