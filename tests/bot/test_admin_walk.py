"""Whatever admins do, taking it all back ends where they began."""

from pathlib import Path

from tests.bot.conftest import ARTICLE, COMPANION
from tests.drill_admin import drill


async def test_a_random_walk_with_undo_ends_where_it_began(tmp_path: Path) -> None:
    """python -m tests.drill_admin walks as far as one likes; here a few steps show that it still can."""
    (tmp_path / "cau.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "cau.facts.toml").write_text(COMPANION, encoding="utf-8")
    done = await drill(25, 2, tmp_path)
    assert done["hoantac at the end"] > 3
