"""The command line: run, chat, ask, doctor.

Owns arguments, exit codes and standard streams: 0 done, 1 a fault found, 2 wrong use or configuration
(one line each says what to do), 3 another copy answers with this token. Each command imports only
what it needs.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

from bot import environment
from bot.environment import ConfigurationError
from knowledge.errors import KnowledgeError, StorageError


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    return _obey(_plain_question(sys.argv[1:] if arguments is None else arguments) or _parse(arguments))


def _plain_question(arguments: list[str]) -> SimpleNamespace | None:
    """Return the options of the plainest use, `ask "…"`, which does not wait for a parser of all others."""
    if len(arguments) != 2 or arguments[0] != "ask" or arguments[1].startswith("-"):
        return None
    return SimpleNamespace(command="ask", db=None, question=arguments[1], jsonl=False)


def _parse(arguments: list[str] | None) -> SimpleNamespace:
    import argparse

    class Parser(argparse.ArgumentParser):
        """Answers wrong use with one line."""

        def error(self, message: str) -> NoReturn:
            self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")

    parser = Parser(prog="python -m bot", description="Answers questions about an event, in Vietnamese.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="run|chat|ask|doctor")
    for name, purpose in (
        ("run", "answer on Telegram"),
        ("chat", "talk to the bot in the terminal"),
        ("ask", "print one answer, or a batch of them"),
        ("doctor", "check settings, token, database and machine"),
    ):
        command = commands.add_parser(name, help=purpose, description=purpose)
        command.add_argument("--db", type=Path, metavar="PATH", help="the database (default: BOT_DATABASE)")
        if name == "ask":
            command.add_argument("question", nargs="?", help="the question, in quotes")
            command.add_argument("--jsonl", action="store_true", help='read {"q": "..."} lines from stdin')
    return parser.parse_args(arguments, SimpleNamespace())


def _obey(options: SimpleNamespace) -> int:
    if options.command == "ask" and (options.question is None) != options.jsonl:
        print("python -m bot ask: give one question in quotes, or --jsonl.", file=sys.stderr)
        return 2
    try:
        return _run(options)
    except ConfigurationError as error:
        print(*error.problems, sep="\n", file=sys.stderr)
        return 2
    except KnowledgeError as error:
        print(error, file=sys.stderr)
        return 1 if isinstance(error, StorageError) else 2
    except KeyboardInterrupt:
        return 130  # as the shell reports it
    except BrokenPipeError:
        # Who read us has left. Python would complain once more when it flushes at exit.
        sys.stdout = io.TextIOWrapper(io.BytesIO())
        return 0


def _run(options: SimpleNamespace) -> int:
    if options.command == "run":
        from bot import wiring

        return wiring.run(options.db)
    if options.command == "doctor":
        from bot import doctor

        return doctor.run(options.db)
    gc.disable()  # nothing that is loaded is garbage; to look for some again and again takes its time
    from bot import console, current

    path = environment.database_path(options.db)
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    current.ensure(path)
    known = current.load(path)
    gc.freeze()
    gc.enable()
    if options.command == "chat":
        interactive = sys.stdin.isatty()
        if interactive:
            with contextlib.suppress(ImportError):
                import readline  # noqa: F401 - arrow keys and history at the prompt
        console.chat(known, sys.stdin, sys.stdout, interactive=interactive)
    elif options.jsonl:
        console.ask_jsonl(known, sys.stdin.buffer, sys.stdout)
    else:
        console.ask(known, options.question, sys.stdout)
    return 0


def _leave(code: int) -> NoReturn:
    """Exit with what is written, without taking all objects apart, which takes longer than to answer."""
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    status = main()
    if sys.argv[1] == "ask":
        _leave(status)  # nothing is open for writing but the terminal
    sys.exit(status)
