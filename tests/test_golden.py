"""Quality cannot fall unnoticed: the golden tables, with a floor for each group of them.

`make eval` prints the figures and `make eval ARGS="--show 20"` the failures. A floor is raised when the
figure has risen for good, never lowered to let a change pass.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.evaluate import Outcome, groups, measure, run, table_paths

# group: the least balanced, the greatest share of wrong replies given as answers.
FLOORS = {
    "seed": (0.97, 0.02),
    "mixed": (0.88, 0.13),
    "articles": (0.88, 0.065),
    "held-out": (0.69, 0.16),
}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, list[Outcome]]:
    return groups(run(table_paths()))


@pytest.mark.parametrize("group", FLOORS)
def test_the_bot_knows_and_admits_as_well_as_before(outcomes: dict[str, list[Outcome]], group: str) -> None:
    least, _ = FLOORS[group]
    assert measure(outcomes[group]).balanced >= least


@pytest.mark.parametrize("group", FLOORS)
def test_the_bot_bluffs_no_more_than_before(outcomes: dict[str, list[Outcome]], group: str) -> None:
    _, most = FLOORS[group]
    assert measure(outcomes[group]).confidently_wrong <= most


def test_every_group_has_a_floor(outcomes: dict[str, list[Outcome]]) -> None:
    assert set(outcomes) == set(FLOORS)


def test_the_same_question_gets_the_same_answer_in_every_process() -> None:
    """Python orders sets anew in each process; no reply may depend on that order."""
    program = (
        "from tests.evaluate import run, table_paths;"
        "print([o.text for o in run([p for p in table_paths() if p.stem in ('w01', 'mixed')])])"
    )
    replies = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=Path(__file__).parent.parent,
            env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert replies[0] == replies[1]


def test_no_reply_is_empty_or_a_dump(outcomes: dict[str, list[Outcome]]) -> None:
    faults = [f"{o.row.id}: {o.fault}" for group in outcomes.values() for o in group]
    assert [fault for fault in faults if "characters" in fault or "empty" in fault] == []
