"""Measure the answers on the golden tables: `make eval`, or `python -m tests.evaluate --show 20`.

Owns the asking and the figures. Refuses to know how a reply is judged (`tests.judge`) and how answers are
found: it builds a database the way `knowledge build` does and asks it the way the terminal does.
"""

from __future__ import annotations

import argparse
import asyncio
import fnmatch
import math
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot import current
from bot.current import Known
from bot.environment import SEEDS
from bot.replies import render
from knowledge.database import open_database
from knowledge.lexicon import Lexicon
from knowledge.model import Answer, AnswerKind, Conversation
from knowledge.schema import KNOWLEDGE
from knowledge.seeds import build
from tests.judge import KNOWN, UNKNOWN, Row, find_fault, read_table

GOLDEN = Path(__file__).resolve().parent / "golden"
SEED_TABLE = GOLDEN / "questions.tsv"
# Asked on every run, but their failures are shown only by name: who tunes on them measures nothing.
HELD_OUT = ("w06", "w07", "w08", "w09", "w10")
MADE_AT = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: the reply, and what is wrong with it ("" when it is right)."""

    table: str
    row: Row
    text: str
    kind: AnswerKind
    confidence: float
    elapsed_ms: float
    fault: str
    why: Callable[[], str]

    @property
    def is_right(self) -> bool:
        """Tell whether the reply is what the row demands."""
        return not self.fault

    @property
    def is_confidently_wrong(self) -> bool:
        """Tell whether a wrong reply was given as an answer, without a doubt or a question back."""
        return bool(self.fault) and self.kind is AnswerKind.ANSWER


def ask_table(name: str, rows: Sequence[Row], known: Known) -> list[Outcome]:
    """Ask every row, each in a chat of its own unless it follows another one."""
    answerer, starters = known.answerer, known.answerer.starters(3)
    answers: dict[str, Answer] = {}
    outcomes = []
    for row in rows:
        conversation = answers[row.after].conversation if row.after else Conversation()
        started = time.perf_counter()
        answer = answers[row.id] = answerer.answer(row.question, conversation)
        elapsed_ms = (time.perf_counter() - started) * 1000
        text = render(answer, titles=known.titles, starters=starters).text
        cited = {citation.document for part in answer.parts for citation in part.citations}
        outcomes.append(
            Outcome(
                table=name,
                row=row,
                text=text,
                kind=answer.kind,
                confidence=answer.confidence,
                elapsed_ms=elapsed_ms,
                fault=find_fault(row, text, answer.kind, cited),
                why=lambda q=row.question, c=conversation: answerer.why(q, c),  # type: ignore[misc]
            )
        )
    return outcomes


def table_paths() -> list[Path]:
    """Return the golden tables: the seed article's, one for each further article, the mixed one."""
    return [SEED_TABLE, *sorted((GOLDEN / "articles").glob("*.tsv"))]


def articles_of(table: Path) -> list[Path]:
    """Return what has to be loaded to ask *table*."""
    seed_articles = sorted(SEEDS.glob("*.txt"))
    if table == SEED_TABLE:
        return seed_articles
    if table.stem == "mixed":
        return [*seed_articles, table.with_name("w01.txt"), table.with_name("w02.txt")]
    return [table.with_suffix(".txt")]


def load(articles: Sequence[Path]) -> Known:
    """Build a database of *articles* the way `knowledge build` does, and load it the way the bot does."""

    async def fill(database: Path) -> None:
        async with open_database(database, [KNOWLEDGE]) as opened:
            await build(opened, articles, Lexicon.load(SEEDS / "lexicon"), at=MADE_AT)

    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "golden.sqlite3"
        asyncio.run(fill(database))
        return current.load(database)


def run(paths: Sequence[Path]) -> list[Outcome]:
    """Ask every table of *paths*, each with its own articles and no others."""
    return [o for path in paths for o in ask_table(path.stem, read_table(path), load(articles_of(path)))]


def share(part: int, whole: int) -> float:
    """Return part / whole, NaN when there is no whole."""
    return part / whole if whole else math.nan


@dataclass(frozen=True, slots=True)
class Figures:
    """The shares of some outcomes; NaN where nothing of the kind was asked."""

    asked: int
    knows: float
    admits: float
    confidently_wrong: float

    @property
    def balanced(self) -> float:
        """Return the harmonic mean of *knows* and *admits*: neither silence nor bluff pays."""
        total = self.knows + self.admits
        return 2 * self.knows * self.admits / total if total else 0.0


def measure(outcomes: Sequence[Outcome]) -> Figures:
    """Sum up *outcomes*: right among what has an answer, right among what has none, wrong and sure of it."""
    known = [o.is_right for o in outcomes if o.row.kind in KNOWN]
    unknown = [o.is_right for o in outcomes if o.row.kind in UNKNOWN]
    return Figures(
        asked=len(outcomes),
        knows=share(sum(known), len(known)),
        admits=share(sum(unknown), len(unknown)),
        confidently_wrong=share(sum(o.is_confidently_wrong for o in outcomes), len(outcomes)),
    )


def groups(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Split by what is loaded: the seed article, unseen articles (to tune on, or held out), several."""
    named: dict[str, list[Outcome]] = {}
    for o in outcomes:
        name = {"questions": "seed", "mixed": "mixed"}.get(
            o.table, "held-out" if o.table in HELD_OUT else "articles"
        )
        named.setdefault(name, []).append(o)
    return named


def report(outcomes: Sequence[Outcome]) -> str:
    """Return all figures as text."""
    lines = [f"{'':<16}{'asked':>7}{'right':>8}{'knows':>8}{'admits':>8}{'balanced':>10}{'conf. wrong':>13}"]

    def add(title: str, chosen: Sequence[Outcome]) -> None:
        f = measure(chosen)
        right = share(sum(o.is_right for o in chosen), len(chosen))
        cells = [f"{title:<16}{f.asked:>7}{right:>8.3f}"]
        cells += [
            f"{'' if math.isnan(v) else format(v, '.3f'):>{w}}"
            for v, w in ((f.knows, 8), (f.admits, 8), (f.balanced, 10), (f.confidently_wrong, 13))
        ]
        lines.append("".join(cells))

    for name, chosen in groups(outcomes).items():
        add(name, chosen)
    for column in ("kind", "style"):
        lines.append(f"\nby {column}")
        for value in sorted({getattr(o.row, column) for o in outcomes}):
            add(f"  {value}", [o for o in outcomes if getattr(o.row, column) == value])
    lines += ["", *calibration(outcomes), "", *slowest(outcomes)]
    return "\n".join(lines)


def calibration(outcomes: Sequence[Outcome]) -> list[str]:
    """Compare the confidence of the answers with how often they are right: a table, and Brier's score."""
    sure = [o for o in outcomes if o.kind is AnswerKind.ANSWER]
    if not sure:
        return ["no answers, so no confidence to compare"]
    brier = sum((o.confidence - o.is_right) ** 2 for o in sure) / len(sure)
    lines = [f"confidence of {len(sure)} answers (Brier {brier:.3f}; 0 is perfect, 0.25 is a coin)"]
    for tenth in range(10):
        chosen = [o for o in sure if min(int(o.confidence * 10), 9) == tenth]
        if chosen:
            mean = sum(o.confidence for o in chosen) / len(chosen)
            right = share(sum(o.is_right for o in chosen), len(chosen))
            lines.append(
                f"  {tenth / 10:.1f}-{(tenth + 1) / 10:.1f}{len(chosen):>7}  said {mean:.2f}  was {right:.2f}"
            )
    return lines


def slowest(outcomes: Sequence[Outcome], count: int = 5) -> list[str]:
    """Return the time to an answer: the median, the 99th of a hundred, and the worst questions."""
    ranked = sorted(outcomes, key=lambda o: o.elapsed_ms)
    if not ranked:
        return []
    p50, p99 = (ranked[min(int(len(ranked) * q), len(ranked) - 1)].elapsed_ms for q in (0.5, 0.99))
    lines = [f"time to an answer: p50 {p50:.2f} ms, p99 {p99:.2f} ms; slowest:"]
    return lines + [
        f"  {o.elapsed_ms:8.2f} ms  {o.row.id}  {o.row.question[:80]}" for o in ranked[: -count - 1 : -1]
    ]


def describe(outcome: Outcome) -> str:
    """Return one row, its reply and what is wrong with it, as text."""
    row = outcome.row
    lines = [
        f"{row.id} {row.kind}/{row.style}{f' after {row.after}' if row.after else ''}: {row.question}",
        f"  {outcome.kind} {outcome.confidence:.2f}: {outcome.text}",
    ]
    return "\n".join([*lines, f"  WRONG: {outcome.fault}"] if outcome.fault else lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures; exit 1 when a floor or a ceiling is missed, 2 on wrong use."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.evaluate", description="Measure the golden tables."
    )
    parser.add_argument(
        "--table", default="*", help="only the tables whose name fits, e.g. questions or 'w0[1-5]'"
    )
    parser.add_argument("--kind", default="*", help="only rows of a kind that fits")
    parser.add_argument("--style", default="*", help="only rows of a style that fits")
    parser.add_argument("--only", metavar="ID", help="one row in full, with the reasons of the answer")
    parser.add_argument(
        "--why", metavar="QUESTION", help="any question to the seed article, with the reasons"
    )
    parser.add_argument("--show", type=int, default=0, metavar="N", help="also N wrong replies")
    parser.add_argument(
        "--wrong", action="store_true", help="show only wrong replies that were given as answers"
    )
    parser.add_argument(
        "--min", type=float, default=0.0, metavar="X", help="fail when a group's balanced is lower"
    )
    parser.add_argument(
        "--max-wrong", type=float, default=1.0, metavar="X", help="fail when more are confidently wrong"
    )
    args = parser.parse_args(argv)

    if args.why:
        print(load(articles_of(SEED_TABLE)).answerer.why(args.why))
        return 0
    outcomes = run([path for path in table_paths() if fnmatch.fnmatch(path.stem, args.table)])
    if args.only:
        chosen = [o for o in outcomes if o.row.id == args.only]
        print("\n".join(describe(o) + "\n" + o.why() for o in chosen) or f"There is no row {args.only}.")
        return 0 if chosen else 2
    outcomes = [
        o
        for o in outcomes
        if fnmatch.fnmatch(o.row.kind, args.kind) and fnmatch.fnmatch(o.row.style, args.style)
    ]
    if not outcomes:
        print("No row fits: see the tables in tests/golden.", file=sys.stderr)
        return 2
    hidden = HELD_OUT if args.table == "*" else ()
    wrong = [
        o for o in outcomes if (o.is_confidently_wrong if args.wrong else o.fault) and o.table not in hidden
    ]
    for outcome in wrong[: args.show]:
        print(describe(outcome), end="\n\n")
    print(report(outcomes))
    missed = []
    for name, chosen in groups(outcomes).items():
        figures = measure(chosen)
        if figures.balanced < args.min:
            missed.append(f"{name}: balanced {figures.balanced:.3f} is below {args.min}")
        if figures.confidently_wrong > args.max_wrong:
            missed.append(
                f"{name}: confidently wrong {figures.confidently_wrong:.3f} is above {args.max_wrong}"
            )
    print("\n".join(missed), file=sys.stderr, end="\n" if missed else "")
    return 1 if missed else 0


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` is no fault
    sys.exit(main())
