"""The walls of the blind question tables: a row that no reply could ever satisfy is a broken row.

Owns the format of `wNN.tsv` and `mixed.tsv`; it asks the product nothing. Places, people and events
are invented. `w06`-`w10` are only for measuring: do not look at them to change code.

`must` and `must_not` hold `;;`-separated patterns, searched in the lower-cased NFC reply without its
citation. `@silent`: the reply says that the article does not state it, or corrects the premise.
`@clarify`: the reply asks which event is meant (or gives each event's answer under its name).
`after` names the question asked just before in the same chat. `documents` in `mixed.tsv` (store with
`w01`, `w02` and the seed article) names the article that must answer or stay silent; `?` = ask which.
"""

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TABLES = sorted(HERE.glob("*.tsv"))
ARTICLES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(HERE.glob("w*.txt"))}
COLUMNS = ["id", "kind", "style", "after", "question", "must", "must_not"]
ANSWERED = {"answerable", "multi", "followup"}
REFUSED = {"not_in_article", "false_premise", "out_of_scope"}
STYLES = {
    "clean",
    "no_diacritics",
    "typo",
    "teencode",
    "telex",
    "vni",
    "abbrev",
    "voice",
    "long",
    "fragment",
}
TOKENS = {"@silent", "@clarify"}
PRECEDENCE = re.compile(r"\A\(\?s\)\\A\(\?:\(\?!(?P<wrong>.*)\)\.\)\*\?(?P<right>.*)\Z", re.DOTALL)


def rows_of(path: Path) -> list[dict[str, str]]:
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    names = header.split("\t")
    assert names == COLUMNS + (["documents"] if path.stem == "mixed" else [])
    cells = [line.split("\t") for line in lines]
    assert [line for line in cells if len(line) != len(names)] == []
    return [dict(zip(names, line, strict=True)) for line in cells]


def patterns(cell: str) -> list[str]:
    return [item for item in cell.split(";;") if item and item not in TOKENS]


def occurs(pattern: str, article: str) -> bool:
    """Whether the right part, and every wrong part that must not precede it, is in the article."""
    parts = PRECEDENCE.match(pattern)
    if parts is None:
        return re.search(pattern, article) is not None
    return all(re.search(part, article) for part in (parts["right"], parts["wrong"]))


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_row_is_well_formed(path: Path) -> None:
    rows = rows_of(path)
    ids = [row["id"] for row in rows]
    assert [i for i, n in Counter(ids).items() if n > 1] == []
    for position, row in enumerate(rows):
        assert row["kind"] in ANSWERED | REFUSED | {"clarify"}, row
        assert row["style"] in STYLES, row
        assert row["question"].strip(), row
        assert row["must"], row
        assert (row["kind"] == "followup") == bool(row["after"]), row
        assert row["after"] == "" or row["after"] in ids[:position], row
        assert all(cell == unicodedata.normalize("NFC", cell) for cell in row.values()), row
        for pattern in patterns(row["must"]) + patterns(row["must_not"]):
            assert pattern == pattern.lower().replace(r"\a", r"\A"), row
            re.compile(pattern)
        assert (row["kind"] in REFUSED) == ("@silent" in row["must"]), row
        assert (row["kind"] == "clarify") == ("@clarify" in row["must"]), row


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_every_expected_fact_is_in_its_article(name: str) -> None:
    article = unicodedata.normalize("NFC", ARTICLES[name]).lower()
    for row in rows_of(HERE / f"{name}.tsv"):
        if row["kind"] in ANSWERED:
            missing = [pattern for pattern in patterns(row["must"]) if not occurs(pattern, article)]
            assert missing == [], row


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_articles_have_the_shape_of_a_news_item(name: str) -> None:
    title, blank, *body = ARTICLES[name].splitlines()
    paragraphs = [line for line in body if line]
    assert title
    assert blank == ""
    assert 1600 <= len(ARTICLES[name]) <= 3500
    assert 6 <= len(paragraphs) <= 14
    assert len(rows_of(HERE / f"{name}.tsv")) >= 25


def test_mixed_rows_name_the_article_that_answers() -> None:
    for row in rows_of(HERE / "mixed.tsv"):
        documents = row["documents"].split(",")
        assert set(documents) <= {"w01", "w02", "hoi-nghi-bieu-duong", "?", "-"}, row
        assert (documents == ["?"]) == (row["kind"] == "clarify"), row
        if row["kind"] in ANSWERED and "hoi-nghi-bieu-duong" not in documents:
            text = "\n".join(ARTICLES[name] for name in documents).lower()
            for pattern in patterns(row["must"]):
                right = PRECEDENCE.match(pattern)
                assert re.search(right["right"] if right else pattern, text), row
