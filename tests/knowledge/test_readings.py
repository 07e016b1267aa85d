"""What was analysed comes back from its lines as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.analysis import Analyzer
from knowledge.lexicon import Lexicon
from knowledge.normalize import Normalizer
from knowledge.readings import Readings, write
from knowledge.seeds import read_seed
from knowledge.units import Analysis
from tests.conftest import SEEDS
from tests.knowledge.minis import LIBRARY, RACE

LEXICON = Lexicon.load(SEEDS / "lexicon")
NORMALIZER = Normalizer(LEXICON)
ANALYZER = Analyzer(LEXICON, ["Trần Hữu Phước", "Lê Thị Bông"], ["cầu Sông Lành"])
WORDS = sorted(
    {word for group in LEXICON.synonyms for word in group.words}
    | {phrase for phrases in LEXICON.question_types.values() for phrase in phrases}
    | {
        *LEXICON.offices,
        *LEXICON.ranks,
        *LEXICON.abbreviations,
        "Trần Hữu Phước",
        "6/11",
        "75%",
        "24.600",
        "\n",
    }
)
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join))


def analysed(text: str, *, statement: bool) -> Analysis:
    return ANALYZER.analyse(NORMALIZER.normalize(text, standard=True), statement=statement)


@given(st.lists(st.tuples(texts, st.booleans()), max_size=6))
def test_every_analysis_is_read_back_as_it_was(rows: list[tuple[str, bool]]) -> None:
    said, asked = (
        [(text, analysed(text, statement=kind)) for text, statement in rows if statement is kind]
        for kind in (True, False)
    )
    lines = write(said, asked)
    readings = Readings(b"\n".join(lines).split(b"\n"))
    for text, statement in rows:
        assert readings.get(text, statement=statement) == analysed(text, statement=statement)


def test_every_text_of_the_seeds_is_read_back_as_it_was() -> None:
    seed = read_seed(next(SEEDS.glob("*.txt")), LEXICON)
    asked = [text for fact in seed.facts for text in (*fact.questions, fact.answer)]
    said = [sentence.text for sentence in seed.document.sentences]
    statements = [(text, analysed(text, statement=True)) for text in said]
    questions = [(text, analysed(text, statement=False)) for text in asked]
    readings = Readings(write(statements, questions))
    assert [(text, readings.get(text, statement=True)) for text in said] == statements
    assert [(text, readings.get(text, statement=False)) for text in asked] == questions


def test_a_text_read_as_a_question_is_not_taken_for_a_statement() -> None:
    readings = Readings(write([], [("Ai trao cúp?", analysed("Ai trao cúp?", statement=False))]))
    assert readings.get("Ai trao cúp?", statement=True) is None
    assert readings.get("Ai trao cúp", statement=False) is None


def test_what_several_texts_share_is_held_once() -> None:
    readings = Readings(write([(text, analysed(text, statement=True)) for text in (RACE, LIBRARY)], []))
    race, library = readings.get(RACE, statement=True), readings.get(LIBRARY, statement=True)
    assert race is not None
    assert library is not None
    assert {id(t) for t in race.tokens} & {id(t) for t in library.tokens}


@pytest.mark.parametrize("lines", [(), write([], [])], ids=["nothing", "no_texts"])
def test_no_readings_hold_nothing(lines: list[bytes]) -> None:
    assert Readings(lines).get("Ai?", statement=False) is None
