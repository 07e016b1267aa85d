"""The store on the command line: `python -m knowledge build | import | export | verify | backup | restore`.

Owns arguments, printed lines and exit codes: 0 done, 1 damage found, 2 wrong use or bad input with one line
that says what to do. As an edge of the house it may look at the clock, and at the setting BOT_DATABASE, in
the environment or in `.env`, for the default of `--db`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from knowledge import backup, influx, interchange, seeds
from knowledge.database import open_database
from knowledge.errors import CorruptError, KnowledgeError, RefusedError, StorageError
from knowledge.held import each
from knowledge.lexicon import Lexicon
from knowledge.loading import Loaded
from knowledge.schema import KNOWLEDGE
from knowledge.store import Store
from knowledge.verify import verify

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
IMPORTER = "import"
SHOWN = 1000  # lines of each kind that an import prints


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except CorruptError as error:
        print(error, file=sys.stderr)
        return 1
    except KnowledgeError as error:
        print(error, file=sys.stderr)
        return 2
    return code


def _build(options: argparse.Namespace) -> int:
    paths = options.paths or [SEEDS]

    async def run() -> list[Loaded]:
        async with open_database(options.db, [KNOWLEDGE]) as database:
            return await seeds.build(database, paths, Lexicon.load(SEEDS / "lexicon"), at=_now())

    loaded = None if options.db.exists() else seeds.create_database(options.db, paths, SEEDS, _now())
    for article in asyncio.run(run()) if loaded is None else loaded:
        print(_summary(article))
    return 0


def _import(options: argparse.Namespace) -> int:
    for _ in interchange.scan(options.file):
        break  # a file that cannot be read builds no database
    _ensure(options.db)
    report = _Report()

    async def run() -> None:
        async with open_database(options.db, [KNOWLEDGE]) as database:
            await Store(database).import_from(
                lambda: interchange.scan(options.file),
                report.add,
                author=IMPORTER,
                at=_now(),
                dry_run=options.dry_run,
            )

    with suppress(RefusedError):  # the report names every line
        asyncio.run(run())
    if options.dry_run or report.refused:
        report.show()
    print(f"{report.new} new, {report.changed} changed, {report.same} same, {len(report.refused)} refused")
    if report.refused:
        print(f"{options.file}: mend the refused lines; nothing was changed", file=sys.stderr)
        return 2
    return 0


class _Report:
    """What a file does, as its pieces tell it: counts, and the first lines of each kind."""

    def __init__(self) -> None:
        self.new = self.changed = self.same = 0
        self.refused: list[str] = []
        self._news: list[str] = []
        self._changes: list[str] = []

    def add(self, part: interchange.Difference) -> None:
        self.new += len(part.new)
        self.changed += len(part.changed)
        self.same += len(part.same)
        for line, fact in part.new[: SHOWN - len(self._news)]:
            self._news.append(f"line {line}: new: {fact.questions[0]}")
        for line, fact in part.changed[: SHOWN - len(self._changes)]:
            self._changes.append(f"line {line}: changes #{fact.id}: {fact.questions[0]}")
        self.refused += [f"line {refusal.line}: refused: {refusal.reason}" for refusal in part.refused]
        done = self.new + self.changed + self.same + len(self.refused)
        if done >= influx.PIECE:
            print(f"{done:,} facts read", file=sys.stderr)

    def show(self) -> None:
        for line in (*self._news, *self._changes, *self.refused[:SHOWN]):
            print(line)
        left = self.new + self.changed + len(self.refused)
        left -= len(self._news) + len(self._changes) + len(self.refused[:SHOWN])
        if left:
            print(f"… and {left:,} lines more")


def _export(options: argparse.Namespace) -> int:
    interchange.write(str(options.file), ())  # refuses another ending before anything is read
    _ensure(options.db)
    partial = options.file.with_name(f"{options.file.name}.partial")
    try:
        with partial.open("wb") as file:
            file.writelines(interchange.pieces(str(options.file), each(options.db)))
        partial.replace(options.file)  # an export that fails leaves the last one whole
    except OSError as error:
        raise StorageError(f"{options.file}: cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
    return 0


def _verify(options: argparse.Namespace) -> int:
    if not options.db.exists():
        _ensure(options.db)
    damages = verify(options.db)
    for damage in damages:
        print(damage)
    if damages:
        print(f"{options.db}: {len(damages)} damages; restore a backup", file=sys.stderr)
        return 1
    print(f"{options.db}: every row and citation is as it was written")
    return 0


def _backup(options: argparse.Namespace) -> int:
    _ensure(options.db)
    print(backup.backup(options.db, options.folder, at=_now()))
    return 0


def _restore(options: argparse.Namespace) -> int:
    kept = backup.restore(options.file, options.db)
    print(f"{options.db}: restored from {options.file}" + (f"; the replaced one is {kept}" if kept else ""))
    return 0


def _summary(loaded: Loaded) -> str:
    facts = ", ".join(
        f"{number} {word}"
        for word in ("added", "changed", "removed", "same")
        if (number := getattr(loaded, word))
    )
    line = f"{loaded.name}: {loaded.outcome}, {loaded.sentences} sentences, facts: {facts or 'none'}"
    if loaded.kept:
        line += f"; {loaded.kept} kept as admins left them"
    if loaded.unquoted:
        numbers = ", ".join(f"#{id_}" for id_ in loaded.unquoted)
        line += f"; {numbers} lost the quote that the article no longer holds"
    return line


def _ensure(path: Path) -> None:
    if seeds.ensure_database(path, SEEDS, _now()):
        print(f"{path}: built from {SEEDS.name}/", file=sys.stderr)


def _now() -> datetime:
    return datetime.now(UTC)


def _default_database() -> Path:
    """Read BOT_DATABASE, which wins in the environment over `.env`; the other settings are not ours."""
    value = os.environ.get("BOT_DATABASE", "")
    if not value and (file := Path(".env")).is_file():
        for line in file.read_text(encoding="utf-8-sig", errors="replace").splitlines():
            name, _, given = line.strip().removeprefix("export ").partition("=")
            if name.strip() == "BOT_DATABASE":
                given = given.strip()
                quoted = given[:1] in ("'", '"') and given[:1]
                value = given[1:].partition(quoted)[0] if quoted else given.partition(" #")[0].strip()
    return Path(value or "data/bot.sqlite3")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m knowledge", description="Articles and facts of the bot.")
    database = argparse.ArgumentParser(add_help=False)
    database.add_argument(
        "--db", type=Path, default=_default_database(), metavar="PATH", help="the database (BOT_DATABASE)"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, help_: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, parents=[database], help=help_, description=help_)
        added.set_defaults(run=run)
        return added

    build = command("build", _build, "load articles (.txt, or folders of them) into the store")
    build.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="default: seeds/")
    import_ = command("import", _import, "take facts from a .jsonl or .csv file, all or none")
    import_.add_argument("file", type=Path, metavar="FILE")
    import_.add_argument("--dry-run", action="store_true", help="only show what would change")
    export = command("export", _export, "write all facts to a .jsonl or .csv file")
    export.add_argument("file", type=Path, metavar="FILE")
    command("verify", _verify, "check every row and citation")
    backup_ = command("backup", _backup, "write a verified snapshot into a folder")
    backup_.add_argument("folder", type=Path, metavar="DIR")
    restore = command("restore", _restore, "put a snapshot in the place of the database")
    restore.add_argument("file", type=Path, metavar="FILE")
    return parser


if __name__ == "__main__":
    sys.exit(main())
