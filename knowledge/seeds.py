"""Articles and their companions as files: NAME.txt with NAME.facts.toml beside it.

Owns finding, reading and checking them, and building a store from them. Refuses to know how an article is
cut into sentences and how the store keeps it.

A companion gives `title`, `publisher` and `date`, and `[[fact]]` tables with `key`, `questions`, `answer`,
`quote`, `source` and `topic`. A quote must stand word for word in the article; a fact without one must say
that the article is silent, or where it is from.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import tomllib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from knowledge.article import parse
from knowledge.database import Database, open_database, pending
from knowledge.errors import InputError, SeedError, StorageError
from knowledge.intake import MAX_NAME_CHARS, bind, clean, clean_fact, clean_name, decode
from knowledge.lexicon import Lexicon
from knowledge.loading import Loaded
from knowledge.model import Document, Fact
from knowledge.records import dataclass
from knowledge.schema import KNOWLEDGE
from knowledge.store import Store

AUTHOR = "seeds"
COMPANION = ".facts.toml"
MAX_ARTICLE_BYTES = 2 * 1024 * 1024
_HEADINGS = {"title": "title", "publisher": "publisher", "date": "printed_date"}
_FIELDS = ("key", "questions", "answer", "quote", "source", "topic")
# TOML strings and comments, which are blanked before headers and keys are looked for by line.
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Seed:
    """An article as its files give it; every quote is known to stand in it."""

    document: Document
    facts: tuple[Fact, ...]


def find_articles(paths: Iterable[Path]) -> list[Path]:
    """Return the article files that *paths* name, files as given and folders by file name.

    Raises SeedError for a path that is neither, a folder without articles, a companion without an
    article, and two articles of one name.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            articles = sorted(path.glob("*.txt"))
            for companion in sorted(path.glob(f"*{COMPANION}")):
                if not _article_of(companion).is_file():
                    raise SeedError(
                        f"{companion}: there is no article {_article_of(companion).name} beside it"
                    )
            if not articles:
                raise SeedError(f"{path}: no article (.txt) in this folder")
            found += articles
        elif path.suffix != ".txt":
            raise SeedError(f"{path}: an article is a .txt file, or a folder of them")
        elif not path.is_file():
            raise SeedError(f"{path}: there is no such file")
        else:
            found.append(path)
    names: dict[str, Path] = {}
    for path in found:
        if names.setdefault(path.stem, path) != path:
            raise SeedError(f"{path} and {names[path.stem]} have the same name; rename one of them")
    return list(dict.fromkeys(found))


def read_seed(path: Path, lexicon: Lexicon) -> Seed:
    """Read the article at *path* and its companion; raises SeedError naming file, line and remedy."""
    text = _read(path)
    if not text.strip():
        raise SeedError(f"{path}: the article is empty")
    try:
        name = clean_name(path.stem)
    except InputError as error:
        raise SeedError(f"{path}: {error}") from error
    companion = path.with_name(path.stem + COMPANION)
    if not companion.exists():
        return Seed(parse(name, text, lexicon), ())
    return _Companion(companion).seed(name, text, lexicon)


async def build(database: Database, paths: Sequence[Path], lexicon: Lexicon, *, at: datetime) -> list[Loaded]:
    """Load every article that *paths* name in one transaction; the same again changes nothing."""
    seeds = [read_seed(path, lexicon) for path in find_articles(paths)]
    store = Store(database)
    async with database.transaction():
        return [await store.put_document(s.document, s.facts, author=AUTHOR, at=at) for s in seeds]


def ensure_database(path: Path, seeds: Path, now: datetime) -> bool:
    """Make sure that *path* holds a store of the present version; return whether it had to be built.

    A missing one is built from the folder *seeds* as `create_database` does it. Not to be called from a
    running event loop (use `asyncio.to_thread`).
    """
    if path.exists():
        if pending(path, [KNOWLEDGE]):
            asyncio.run(_built(path, (), seeds, now))
        return False
    return create_database(path, [seeds], seeds, now) is not None


def create_database(path: Path, articles: Sequence[Path], seeds: Path, now: datetime) -> list[Loaded] | None:
    """Build a new store at *path* from *articles*, whole or not at all, with the word lists of *seeds*.

    Of several processes one builds and the others wait; they get None, as the store is there then.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise StorageError(
            f"{path.parent}: cannot be made or opened as a folder: {error.strerror}"
        ) from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if path.exists():
            return None
        fresh = path.with_name(f"{path.name}.new")
        _remove(fresh)
        _remove(path)  # a journal that a deleted database left behind would be played into the new one
        try:
            loaded = asyncio.run(_built(fresh, articles, seeds, now))
            fresh.replace(path)
            os.fsync(folder)
        finally:
            _remove(fresh)
        return loaded
    finally:
        os.close(folder)


async def _built(path: Path, articles: Sequence[Path], seeds: Path, at: datetime) -> list[Loaded]:
    async with open_database(path, [KNOWLEDGE]) as database:
        return await build(database, articles, Lexicon.load(seeds / "lexicon"), at=at) if articles else []


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).unlink()


def _article_of(companion: Path) -> Path:
    return companion.with_name(companion.name.removesuffix(COMPANION) + ".txt")


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_ARTICLE_BYTES:
            raise SeedError(f"{path}: larger than {MAX_ARTICLE_BYTES // 1024**2} MiB; split it")
        return decode(path.read_bytes())
    except OSError as error:
        raise SeedError(f"{path}: cannot be read: {error.strerror}") from error
    except SeedError:
        raise
    except InputError as error:
        raise SeedError(f"{path}, {error}") from error


class _Companion:
    """One companion being read; knows the line of each key so that errors can name it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text = _read(path)
        try:
            self._table = tomllib.loads(self._text.replace("\r\n", "\n"))
        except tomllib.TOMLDecodeError as error:
            raise SeedError(f"{path}: not TOML: {error}") from error

    def seed(self, name: str, text: str, lexicon: Lexicon) -> Seed:
        unknown = sorted(set(self._table) - {*_HEADINGS, "fact"})
        if unknown:
            known = ", ".join(_HEADINGS)
            raise self._error(0, unknown[0], f"“{unknown[0]}” is not known; there are {known} and [[fact]]")
        headings = {}
        for key, field in _HEADINGS.items():
            try:
                headings[field] = clean(self._string(self._table, key), key, 3 * MAX_NAME_CHARS)
            except InputError as error:
                raise self._error(0, key, str(error)) from error
        document = parse(name, text, lexicon, **headings)
        tables = self._table.get("fact", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self._error(0, "fact", "facts are written as [[fact]] tables")
        facts: dict[str, Fact] = {}
        for number, table in enumerate(tables, start=1):
            fact = self._fact(number, table, document, lexicon.silence_openers)
            if fact.key in facts:
                raise self._error(number, "key", f"the key “{fact.key}” is taken already; choose another")
            facts[fact.key] = fact
        return Seed(document, tuple(facts.values()))

    def _fact(self, number: int, table: dict[str, Any], document: Document, silences: Sequence[str]) -> Fact:
        unknown = sorted(set(table) - set(_FIELDS))
        if unknown:
            reason = f"“{unknown[0]}” is not known in a fact; there are {', '.join(_FIELDS)}"
            raise self._error(number, unknown[0], reason)
        questions = table.get("questions")
        if not isinstance(questions, list) or not all(isinstance(question, str) for question in questions):
            raise self._error(number, "questions", "questions: a list of texts is needed")
        try:
            texts: dict[str, Any] = {
                name: self._string(table, name) for name in _FIELDS if name != "questions"
            }
            fact = clean_fact(Fact(id=0, questions=tuple(questions), document=document.name, **texts))
        except InputError as error:
            raise self._error(number, "", str(error)) from error
        if not fact.key:
            raise self._error(number, "key", "a fact needs a key of its own, such as “ngay-to-chuc”")
        try:
            bind(fact, {document.name: document.text})
        except InputError as error:
            raise self._error(number, "quote", f"“{fact.key}”: {error}") from error
        if not fact.quote and not fact.source and not fact.answer.casefold().startswith(tuple(silences)):
            reason = f"“{fact.key}” needs a quote from the article, or a source"
            raise self._error(number, "answer", reason)
        return fact

    def _string(self, table: dict[str, Any], key: str) -> str:
        value = table.get(key, "")
        if not isinstance(value, str):
            raise InputError(f"{key}: a text is needed")
        return value

    def _error(self, number: int, key: str, reason: str) -> SeedError:
        return SeedError(f"{self._path}, line {self._line(number, key)}: {reason}")

    def _line(self, number: int, key: str) -> int:
        """Return the line of *key* in the *number*-th fact (0: before all), or of its header."""
        plain = _STRING.sub(lambda match: "\n" * match[0].count("\n"), self._text)
        seen = 0
        header = 1
        for line, body in enumerate(plain.split("\n"), start=1):
            if re.match(r"\s*\[\[\s*fact\s*\]\]", body):
                seen += 1
                header = line if seen == number else header
            elif key and seen == number and re.match(rf"\s*{re.escape(key)}\s*=", body):
                return line
        return header
