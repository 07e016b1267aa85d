from hypothesis import given
from hypothesis import strategies as st

from knowledge.pairs import Pairs

WORDS = st.text("aăđ1-", min_size=1, max_size=3)
SOME = st.lists(st.tuples(WORDS, WORDS))


@given(SOME, SOME, st.tuples(WORDS, WORDS))
def test_pairs_are_a_set(
    first: list[tuple[str, str]], then: list[tuple[str, str]], other: tuple[str, str]
) -> None:
    before = Pairs().extended(first)
    after = before.extended(then)
    again = Pairs(after.written())
    for pair in (*first, *then, other):
        assert (pair in before) == (pair in set(first))
        assert (pair in after) == (pair in again) == (pair in {*first, *then})
    assert again.written() == after.written() == Pairs().extended([*then, *first]).written()
