"""Small versions of the kill drills; the full ones: `python -m tests.drill_announcements kills|moments`."""

from __future__ import annotations

from pathlib import Path

from tests.kills import kill_at_every_step, kill_at_random


async def test_a_killed_broadcast_leaves_nobody_out_and_tells_nobody_twice(tmp_path: Path) -> None:
    """Whoever was in flight is listed; when the admin has those sent again, everybody has it."""
    toll = await kill_at_random(tmp_path, recipients=300, kills=8, lane=4, seed=20)
    assert toll.kills >= 5
    assert (toll.lost, toll.twice, toll.missing) == (0, 0, 0)
    assert toll.doubtful_most <= 4


async def test_there_is_no_bad_moment_to_be_killed(tmp_path: Path) -> None:
    tried, faults = await kill_at_every_step(tmp_path, recipients=3, every=7)
    assert faults == []
    assert tried >= 5
