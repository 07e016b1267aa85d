"""Word lists load whole, or say what is wrong with which file."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from pathlib import Path

import pytest

from knowledge.analysis import Analyzer
from knowledge.errors import SeedError
from knowledge.lexicon import Lexicon
from knowledge.normalize import Normalizer
from knowledge.records import asdict
from knowledge.smalltalk import Smalltalk
from tests.conftest import SEEDS


def test_the_lists_in_use_are_consistent() -> None:
    lexicon = Lexicon.load(SEEDS / "lexicon")
    concepts = {group.concept for group in lexicon.synonyms}
    assert {c for row in lexicon.exclusive for c in row} <= concepts
    assert {c for row in lexicon.contrasts for c in row} <= concepts
    assert lexicon.event_concepts & concepts


def test_words_of_general_knowledge_are_whole_words_of_one_notion_each() -> None:
    lexicon = Lexicon.load(SEEDS / "lexicon")
    named = {group.concept: group for group in lexicon.synonyms}
    assert {"máy bay", "phi cơ"} <= set(named["máy bay"].words)
    assert (named["máy bay"].near, named["khái niệm"].near) == (False, True)
    general = [g for g in lexicon.synonyms if g.concept == g.words[0]]
    assert all(" " in word for group in general for word in group.words)
    assert all(len(set(group.words)) == len(group.words) > 1 for group in general)
    assert len(named) == len(lexicon.synonyms)


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


@pytest.mark.parametrize(
    ("name", "old", "new", "entry"),
    [
        ("titles", "ranks = [", 'ranks = "đại tá"\nother = [', "ranks"),
        ("titles", "ranks = [", "titles = [", "ranks"),
        ("fillers", "stopwords = [", "stopwords = [1, ", "stopwords"),
        ("fillers", "stopwords = [", 'stopwords = [" ", ', "stopwords"),
        ("qualifiers", "contrasts = [", "contrasts = [[1], ", "contrasts"),
        ("qualifiers", 'name = "next"', "name = 3", "qualifier"),
        ("synonyms", 'concept = "event"\n', "", "group"),
        ("dialect", "[words]", '[words]\n"qx" = []', "words"),
        ("general", "near = [", "near = [[1], ", "near"),
    ],
    ids=[
        "text",
        "renamed",
        "figure",
        "blank",
        "lone",
        "nameless",
        "no_concept",
        "no_reading",
        "figure_in_a_row",
    ],
)
def test_the_entry_at_fault_is_named_with_its_file(
    tmp_path: Path, name: str, old: str, new: str, entry: str
) -> None:
    folder = tmp_path / "lexicon"
    shutil.copytree(SEEDS / "lexicon", folder)
    path = folder / f"{name}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SeedError, match=re.escape(f'{path}: the entry "{entry}"')):
        Lexicon.load(folder)


def test_words_may_be_saved_decomposed(tmp_path: Path, lexicon: Lexicon) -> None:
    """Some editors save letters and marks apart."""
    for path in (SEEDS / "lexicon").iterdir():
        text = unicodedata.normalize("NFD", path.read_text(encoding="utf-8"))
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    assert asdict(Lexicon.load(tmp_path)) == asdict(Lexicon.load(SEEDS / "lexicon"))


def test_what_was_written_down_is_read_back_as_it_was() -> None:
    lexicon = Lexicon.load(SEEDS / "lexicon")
    text = "Chào ad, ông Phó Chủ tịch UBND tỉnh trao mấy bằng khen vậy?"

    def read(lexicon: Lexicon) -> object:
        normalizer = Normalizer(lexicon)
        tokens = normalizer.normalize(text)
        return Analyzer(lexicon).analyse(tokens), Smalltalk(lexicon, normalizer).topic(tokens[:2])

    assert read(lexicon) == read(again := Lexicon.from_written(json.loads(json.dumps(lexicon.written()))))
    assert set(again.worked_out) == set(lexicon.worked_out) == {"asking", "compounds", "phrases", "smalltalk"}
    assert asdict(again) | {"worked_out": {}} == asdict(Lexicon.load(SEEDS / "lexicon"))


@pytest.mark.parametrize("name", ["offices", "ranks", "honorifics", "place_heads", "organisation_heads"])
def test_words_are_lower_case_and_listed_once(lexicon: Lexicon, name: str) -> None:
    words = getattr(lexicon, name)
    assert [w for w in words if w != " ".join(w.lower().split())] == []
    assert sorted({w for w in words if words.count(w) > 1}) == []
