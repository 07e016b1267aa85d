"""Fit the confidence in a sentence: `python -m tests.fit_confidence FOLDER`.

FOLDER holds public reading questions, `t1.dev.jsonl` (articles, questions, the sentences that answer) and
`t3.dev.jsonl` (which question is asked where, with or without its answer). The golden tables that one may
tune on are asked too. Prints figures cross-validated by article, and the constants for
`knowledge/confidence.py`. Owns fitting only; what is measured of a sentence is `knowledge`'s.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.article import parse
from knowledge.confidence import evidence
from knowledge.extract import extract
from knowledge.index import Index, SentenceEntry
from knowledge.lexicon import Lexicon
from knowledge.matcher import Candidate
from knowledge.mentions import MentionFinder
from knowledge.model import AnswerKind
from knowledge.objections import HARD
from knowledge.passages import rank_sentences
from tests.evaluate import GOLDEN, HELD_OUT
from tests.judge import KNOWN, UNKNOWN, Row, find_fault, read_table
from tests.reading import read
from tests.retrieval import LEXICON, Store

FOLDS = 4
RIDGE = 5.0  # keeps weights of features that tell alike from growing against each other
# Fewer questions have no answer than have one; those whose article lost the answer are the hard ones.
# The golden articles are few, and what the bot is for.
TRUST = {"own": 1.0, "gone": 0.5, "far": 0.17, "near": 0.17, "golden": 1.5}


@dataclass(frozen=True, slots=True)
class Example:
    """One question asked of one article: what was found, and whether it answers."""

    article: str
    kind: str
    found: dict[str, float]
    right: bool
    objection: str

    @property
    def may_answer(self) -> bool:
        """Tell whether something was found and no objection rules it out."""
        return bool(self.found) and self.objection not in HARD


def look(text: str, index: Index) -> tuple[list[Candidate[SentenceEntry]], dict[str, float]]:
    """Return the ranking of *text* and its evidence; both empty when nothing was found."""
    question = read(text, index)
    ranked = rank_sentences(question, index)
    if not ranked:
        return [], {}
    return ranked, evidence(question, ranked, index)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def public_examples(folder: Path, lexicon: Lexicon) -> Iterator[Example]:
    """Ask the public questions where `t3` says, the article without the answer included."""
    finder = MentionFinder(lexicon)
    groups = {g["group"]: g for g in read_lines(folder / "t1.dev.jsonl")}
    asked = {q["id"]: (name, q) for name, g in groups.items() for q in g["questions"]}
    stores = {name: Store(g["facts"], lexicon, finder) for name, g in groups.items()}
    for row in read_lines(folder / "t3.dev.jsonl"):
        home, question = asked[row["q"]]
        facts = [f for f in groups[row["store"]]["facts"] if f["id"] not in row.get("drop", ())]
        store = Store(facts, lexicon, finder) if row.get("drop") else stores[row["store"]]
        ranked, found = look(question["text"], store.index)
        right = bool(ranked) and facts[ranked[0].entry.position]["id"] in question["gold"]
        yield Example(home, row["kind"], found, row["kind"] == "own" and right, _objection(ranked))


def golden_questions(lexicon: Lexicon) -> Iterator[tuple[str, Index, Row]]:
    """Yield what the golden articles are asked, but for the held-out ones and for follow-ups."""
    for table in sorted((GOLDEN / "articles").glob("w*.tsv")):
        if table.stem not in HELD_OUT:
            text = table.with_suffix(".txt").read_text(encoding="utf-8")
            index = Index([parse(table.stem, text, lexicon)], (), lexicon)
            yield from ((table.stem, index, row) for row in read_table(table) if not row.after)


def golden_examples(lexicon: Lexicon) -> Iterator[Example]:
    """Ask the golden articles; an answer is right when the judge says so."""
    for name, index, row in golden_questions(lexicon):
        if row.kind not in KNOWN | UNKNOWN:
            continue
        ranked, found = look(row.question, index)
        answers = row.kind in KNOWN and bool(ranked)
        right = answers and not find_fault(row, extract(ranked[0])[1], AnswerKind.ANSWER)
        yield Example(name, "golden", found, right, _objection(ranked))


def _objection(ranked: Sequence[Candidate[SentenceEntry]]) -> str:
    return ranked[0].objection if ranked else ""


def solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve a small positive definite system by elimination."""
    size = len(right)
    rows = [[*matrix[i], right[i]] for i in range(size)]
    for i in range(size):
        for j in range(i + 1, size):
            factor = rows[j][i] / rows[i][i]
            for k in range(i, size + 1):
                rows[j][k] -= factor * rows[i][k]
    out = [0.0] * size
    for i in reversed(range(size)):
        out[i] = (rows[i][size] - sum(rows[i][k] * out[k] for k in range(i + 1, size))) / rows[i][i]
    return out


def fit(examples: Sequence[Example], names: Sequence[str], scales: Sequence[float]) -> list[float]:
    """Return the logistic weights of *names* and the bias, by Newton's method with a ridge."""
    size = len(names) + 1
    data = [
        ([*(e.found[n] / s for n, s in zip(names, scales, strict=True)), 1.0], e.right, TRUST[e.kind])
        for e in examples
        if e.found
    ]
    weights = [0.0] * size
    for _ in range(6):
        slope = [-RIDGE * w for w in weights[:-1]] + [0.0]
        bend = [[RIDGE if i == j < size - 1 else 0.0 for j in range(size)] for i in range(size)]
        for row, right, trust in data:
            p = 1 / (1 + math.exp(-sum(w * x for w, x in zip(weights, row, strict=True))))
            miss, heft = trust * (right - p), trust * p * (1 - p)
            for i, x in enumerate(row):
                slope[i] += miss * x
                scaled = heft * x
                line = bend[i]
                for j in range(i, size):
                    line[j] += scaled * row[j]
        bend = [[bend[min(i, j)][max(i, j)] for j in range(size)] for i in range(size)]
        weights = [w + d for w, d in zip(weights, solve(bend, slope), strict=True)]
    return [w / s for w, s in zip(weights, [*scales, 1.0], strict=True)]


def auroc(good: Sequence[float], bad: Sequence[float]) -> float:
    """Return how often a good one is surer than a bad one, ties half."""
    won = sum((g > b) + 0.5 * (g == b) for g in good for b in bad)
    return won / (len(good) * len(bad)) if good and bad else math.nan


def main(argv: Sequence[str] | None = None) -> None:
    """Print cross-validated figures and the constants."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fit_confidence", description="Fit the confidence in a sentence."
    )
    parser.add_argument("folder", type=Path, help="where t1.dev.jsonl and t3.dev.jsonl are")
    args = parser.parse_args(argv)
    lexicon = Lexicon.load(LEXICON)
    examples = [*public_examples(args.folder, lexicon), *golden_examples(lexicon)]
    names = list(next(e.found for e in examples if e.found))
    seen = [[e.found[n] for e in examples if e.found] for n in names]
    means = [sum(column) / len(column) for column in seen]
    scales = [
        math.sqrt(sum((x - m) ** 2 for x in column) / len(column)) or 1.0
        for column, m in zip(seen, means, strict=True)
    ]
    articles = sorted({e.article for e in examples})
    sure: dict[int, float] = {}
    for fold in range(FOLDS):
        left_out = set(articles[fold::FOLDS])
        *weights, bias = fit([e for e in examples if e.article not in left_out], names, scales)
        for n, e in enumerate(examples):
            if e.article in left_out:
                value = bias + sum(
                    w * e.found[name] for w, name in zip(weights, names, strict=True) if e.found
                )
                sure[n] = 1 / (1 + math.exp(-value)) if e.found else 0.0
    own = [(sure[n], e.right) for n, e in enumerate(examples) if e.kind == "own"]
    for kind in ("far", "near", "gone"):
        bad = [sure[n] for n, e in enumerate(examples) if e.kind == kind]
        print(f"AUROC {kind} {auroc([s for s, _ in own], bad):.3f}")
    for threshold in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6):
        said = [e for n, e in enumerate(examples) if sure[n] >= threshold and e.may_answer]
        given = Counter((e.kind, e.right) for e in said)
        right = given["own", True]
        public = right + given["own", False] + sum(given[kind, False] for kind in ("far", "near", "gone")) / 3
        print(
            f"from {threshold:.2f}: right {right / len(own):.3f} of all answerable, {right / public:.3f} of "
            f"all answers; golden articles {given['golden', True]} right, {given['golden', False]} wrong"
        )
    *weights, bias = fit(examples, names, scales)
    print(f"BIAS = {bias:.2f}\nWEIGHTS = {{")
    for name, weight in zip(names, weights, strict=True):
        print(f'    "{name}": {weight:.2f},')
    print("}")


if __name__ == "__main__":
    main()
