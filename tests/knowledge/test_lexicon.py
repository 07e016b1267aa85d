"""Word lists load whole, or say what is wrong with which file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from knowledge.errors import SeedError
from knowledge.lexicon import Lexicon
from tests.conftest import SEEDS


def test_the_lists_in_use_are_consistent() -> None:
    lexicon = Lexicon.load(SEEDS / "lexicon")
    concepts = {group.concept for group in lexicon.synonyms}
    assert {c for row in lexicon.exclusive for c in row} <= concepts
    assert {c for pair in lexicon.opposites for c in pair} <= concepts
    assert lexicon.event_concepts & concepts


@pytest.mark.parametrize("name", ["synonyms", "fillers", "titles"])
@pytest.mark.parametrize("content", ["= broken", ""])
def test_a_broken_list_is_refused_by_name(tmp_path: Path, name: str, content: str) -> None:
    folder = tmp_path / "lexicon"
    shutil.copytree(SEEDS / "lexicon", folder)
    (folder / f"{name}.toml").write_text(content, encoding="utf-8")
    with pytest.raises(SeedError, match=str(folder)):
        Lexicon.load(folder)


def test_a_missing_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="cannot be read"):
        Lexicon.load(tmp_path)
