"""Fit the weights that rank sentences: `python -m tests.fit_ranking FOLDER`.

FOLDER holds public reading questions, `t1.dev.jsonl` (articles, questions, the sentences that answer); each
is asked as it stands and without marks. The golden articles that one may tune on are asked as well. Prints
how often the right sentence comes first, cross-validated by article, and the constants for
`knowledge/passages.py` and `knowledge/confidence.py`. Owns fitting only; what is measured of a sentence is
`knowledge`'s.
"""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.extract import extract
from knowledge.index import Index, SentenceEntry
from knowledge.lexicon import Lexicon
from knowledge.matcher import Candidate
from knowledge.mentions import MentionFinder
from knowledge.model import AnswerKind
from knowledge.passages import MAX_SENTENCES, WEIGHTS, rank_sentences
from knowledge.syllables import fold
from tests.fit_confidence import golden_questions, read_lines, solve
from tests.judge import find_fault
from tests.reading import read
from tests.retrieval import LEXICON, Store

FOLDS = 6
RIDGE = 0.5  # of features between 0 and 1; keeps weights of what tells alike from growing against each other
NAMES = tuple(WEIGHTS)
# One public question is two examples. The golden articles are few, and what the bot is for.
TRUST = {"public": 0.5, "plain": 0.5, "golden": 2.0}
VAGUE = 1 / 3  # a golden question that more of the sentences would answer tells nothing


@dataclass(frozen=True, slots=True)
class Example:
    """One question asked of one article: what each candidate has of it, and which of them answer."""

    article: str
    kind: str
    rows: tuple[tuple[float, ...], ...]
    right: tuple[bool, ...]


def examples(folder: Path, lexicon: Lexicon) -> Iterator[Example]:
    """Ask every question of its own article; those whose answer is not among the candidates are left out."""
    finder = MentionFinder(lexicon)
    for group in read_lines(folder / "t1.dev.jsonl"):
        index = Store(group["facts"], lexicon, finder).index
        ids = [fact["id"] for fact in group["facts"]]
        for asked in group["questions"]:
            gold = {ids.index(i) for i in asked["gold"]}
            for kind, text in (("public", asked["text"]), ("plain", fold(asked["text"]))):
                ranked = _rank(text, index)
                yield _example(group["group"], kind, ranked, [c.entry.position in gold for c in ranked])
    for name, index, row in golden_questions(lexicon):
        if row.kind not in ("answerable", "role_swap"):
            continue
        ranked = _rank(row.question, index)
        right = [not find_fault(row, extract(c)[1], AnswerKind.ANSWER) for c in ranked]
        if sum(right) <= VAGUE * len(index.sentences):
            yield _example(name, "golden", ranked, right)


def _rank(text: str, index: Index) -> list[Candidate[SentenceEntry]]:
    return rank_sentences(read(text, index), index, limit=MAX_SENTENCES)


def _example(
    article: str, kind: str, ranked: Sequence[Candidate[SentenceEntry]], right: Sequence[bool]
) -> Example:
    return Example(article, kind, tuple(tuple(c.parts[n] for n in NAMES) for c in ranked), tuple(right))


def odds(example: Example, weights: Sequence[float]) -> list[float]:
    """Return how likely each candidate is the one, by a softmax of its weighted features."""
    sums = [sum(w * x for w, x in zip(weights, row, strict=True)) for row in example.rows]
    best = max(sums)
    raised = [math.exp(value - best) for value in sums]
    return [value / sum(raised) for value in raised]


def fit(data: Sequence[Example]) -> list[float]:
    """Return the weights under which right candidates are likeliest, by Newton's method with a ridge."""
    size = len(NAMES)
    weights = [0.0] * size
    for _ in range(12):
        slope = [-RIDGE * w for w in weights]
        bend = [[RIDGE if i == j else 0.0 for j in range(size)] for i in range(size)]
        for example in data:
            chance = odds(example, weights)
            among = sum(p for p, right in zip(chance, example.right, strict=True) if right)
            mean = [sum(p * row[i] for p, row in zip(chance, example.rows, strict=True)) for i in range(size)]
            for p, row, right in zip(chance, example.rows, example.right, strict=True):
                trust = TRUST[example.kind]
                pull = trust * ((p / among if right else 0.0) - p)
                for i in range(size):
                    slope[i] += pull * row[i]
                    for j in range(size):
                        bend[i][j] += trust * p * (row[i] - mean[i]) * (row[j] - mean[j])
        weights = [w + step for w, step in zip(weights, solve(bend, slope), strict=True)]
    return weights


def main(argv: Sequence[str] | None = None) -> None:
    """Print cross-validated figures and the constants."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fit_ranking", description="Fit the weights that rank sentences."
    )
    parser.add_argument("folder", type=Path, help="where t1.dev.jsonl is")
    args = parser.parse_args(argv)
    asked = list(examples(args.folder, Lexicon.load(LEXICON)))
    data = [e for e in asked if any(e.right)]
    articles = sorted({e.article for e in asked})
    found = defaultdict(list)
    for turn in range(FOLDS):
        left_out = set(articles[turn::FOLDS])
        weights = fit([e for e in data if e.article not in left_out])
        for e in asked:
            if e.article in left_out:
                chance = odds(e, weights) if e.rows else []
                order = sorted(range(len(chance)), key=lambda n: -chance[n])
                found[e.kind].append([e.right[n] for n in order])
    for kind, ranks in found.items():
        first, three = (sum(any(right[:n]) for right in ranks) / len(ranks) for n in (1, 3))
        print(f"{kind}: right first {first:.3f}, among the first three {three:.3f} of {len(ranks)}")
    weights = fit(data)
    shown = ", ".join(f'"{n}": {w / sum(weights):.3f}' for n, w in zip(NAMES, weights, strict=True))
    print(f"WEIGHTS = {{{shown}}}\nSHARPNESS = {sum(weights):.1f}")


if __name__ == "__main__":
    main()
