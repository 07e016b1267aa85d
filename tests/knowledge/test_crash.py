"""Whatever the moment at which the process dies: the store is whole, old or new."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_kill_at_any_step_leaves_the_old_store_or_the_new_one() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.knowledge.crashat"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    kinds = {
        line.split()[0]: [int(number) for number in line.split()[1:]] for line in done.stdout.splitlines()
    }
    assert set(kinds) == {"create", "build", "import", "migrate", "restore"}
    for kind, (steps, before, after) in kinds.items():
        assert steps == before + after > 10, kind
        assert before > 5, kind
