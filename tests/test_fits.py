"""The commands that fit constants: what tells right from wrong gets the weight, what tells nothing none."""

from __future__ import annotations

from knowledge.passages import WEIGHTS
from tests.fit_ranking import Example, fit, odds

NAMES = tuple(WEIGHTS)


def example(*rows: tuple[float, float], right: int) -> Example:
    """Return candidates by their first two features."""
    rest = (0.0,) * (len(NAMES) - 2)
    return Example(
        "a", "public", tuple((*row, *rest) for row in rows), tuple(n == right for n in range(len(rows)))
    )


DATA = [
    example((0.9, 0.5), (0.2, 0.5), (0.1, 0.1), right=0),
    example((0.3, 0.9), (0.8, 0.2), right=1),
    example((0.1, 0.2), (0.7, 0.3), (0.3, 0.9), right=1),
] * 10


def test_the_feature_that_tells_gets_the_weight() -> None:
    first, second, *rest = fit(DATA)
    assert first > 1
    assert abs(second) < first / 2
    assert rest == [0.0] * len(rest)


def test_the_odds_of_the_candidates_are_a_share_of_one_and_follow_the_weights() -> None:
    chance = odds(DATA[0], [4.0, *[0.0] * (len(NAMES) - 1)])
    assert abs(sum(chance) - 1) < 1e-9
    assert chance[0] > chance[1] > chance[2]
