"""An index holds what can be worked out once, and holds it right."""

from __future__ import annotations

import pytest

from knowledge.article import parse
from knowledge.index import LIGHT_WEIGHT, Index
from knowledge.lexicon import Lexicon
from knowledge.model import Document, Fact, MentionKind
from knowledge.syllables import fold_key
from tests.knowledge.minis import LIBRARY, RACE

FACTS = (
    Fact(
        7, ("Ai trao cúp?", "Cúp do ai trao?"), "Ông Phước.", "Ông Trần Hữu Phước - Phó Chủ tịch", "", "race"
    ),
    Fact(9, ("Ai về nhất?",), "Bài viết không nêu tên đội nhất.", document="race"),
    Fact(11, ("Có chỗ gửi xe không?",), "Có."),
)


@pytest.fixture(scope="module")
def documents(lexicon: Lexicon) -> list[Document]:
    return [parse("race", RACE, lexicon), parse("library", LIBRARY, lexicon)]


@pytest.fixture(scope="module")
def index(documents: list[Document], lexicon: Lexicon) -> Index:
    return Index(documents, FACTS, lexicon)


def test_every_posting_points_at_what_holds_it_and_none_is_missing(index: Index) -> None:
    for postings, profiles in (
        (index.sentence_postings, [e.profile for e in index.sentences]),
        (index.alias_postings, [a for _, a in index.aliases]),
        (index.support_postings, [e.support for e in index.facts]),
    ):
        held = {
            i: {n: spellings for spellings, ns in rows for n in ns}
            for i, rows in ((i, postings.get(i)) for i in postings)
        }
        slow = {
            i: {n: p.ids[i] for n, p in enumerate(profiles) if i in p.ids} for p in profiles for i in p.ids
        }
        assert held == slow


def test_units_of_a_sentence_are_found_where_they_stand(index: Index) -> None:
    plain = 0
    for entry in index.sentences:
        for unit, start, end in entry.placed:
            if unit.kind == "word":
                assert fold_key(entry.sentence.text[start:end].lower()) == unit.folds[0]
                plain += 1
    assert plain >= 5


def test_a_fact_knows_its_silence_and_its_paragraph(index: Index) -> None:
    assert [(e.fact.id, e.is_silence, e.paragraph) for e in index.facts] == [
        (7, False, 2),
        (9, True, 0),
        (11, False, 0),
    ]
    assert [e.document.name if e.document else "" for e in index.facts] == ["race", "race", ""]
    assert len(index.facts[0].aliases) == 2


def test_rare_words_weigh_more_than_common_and_light_ones_least(index: Index) -> None:
    assert 0 < index.rarity("s:phat") < index.rarity("s:keo") <= index.rarity("s:khong-dau-co") == 1.0
    units = {" ".join(u.folds): u for u in index.read("Ông Phước trao kệ sách tại UBND và 75% tài trợ").units}
    weights = {name: index.weight(u) for name, u in units.items()}
    assert all(0 <= w <= 1 for w in weights.values())
    assert all(index.weight(u) <= LIGHT_WEIGHT for u in units.values() if u.light)


def test_it_tells_known_words_from_unknown(index: Index) -> None:
    assert all(index.knows(u) for u in index.read("thư viện").units)
    assert not any(index.knows(u) for u in index.read("xăng").units)


@pytest.mark.parametrize(
    ("text", "leans"),
    [("Điều này rất hay.", True), ("Họ về nhất.", True), ("Cầu dài 120 mét.", False), ("…", False)],
    ids=["this", "they", "plain", "no_words"],
)
def test_a_sentence_that_points_back_is_recognised(text: str, leans: bool, lexicon: Lexicon) -> None:
    index = Index([parse("bai", text, lexicon)], (), lexicon)
    assert [e.leans_on_previous for e in index.sentences] == [leans]


def test_sentences_know_their_place_and_kinds(index: Index, documents: list[Document]) -> None:
    race = [e for e in index.sentences if e.document is documents[0]]
    assert [e.position for e in race] == list(range(len(race)))
    assert [e.is_title for e in race] == [True] + [False] * (len(race) - 1)
    assert [e.follows_in_paragraph for e in race] == [False, False, True, True, False, True, False, True]
    assert MentionKind.PHONE in race[-1].kinds
    assert 0.9 < min(e.brevity for e in race) <= max(e.brevity for e in race) <= 1.0


def test_an_empty_index_can_be_asked(lexicon: Lexicon) -> None:
    index = Index((), (), lexicon)
    assert (index.sentences, index.facts, index.leads) == ((), (), ())
    assert all(0 <= index.weight(u) <= 1 for u in index.read("Ai trao cúp?").units)
