"""An article that nobody has curated answers from its own sentences, or stays silent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.article import parse
from knowledge.confidence import confidence, is_enough
from knowledge.index import Index
from knowledge.inquiry import wanted_kinds
from knowledge.lexicon import Lexicon
from knowledge.model import MentionKind
from knowledge.objections import HARD
from knowledge.passages import rank_sentences
from knowledge.spans import unit_match
from knowledge.units import Analysis
from knowledge.verdict import MENTION_THRESHOLD, SENTENCE_THRESHOLD, threshold_for
from tests import reading
from tests.conftest import SEEDS
from tests.knowledge.minis import LIBRARY, RACE

LEXICON = Lexicon.load(SEEDS / "lexicon")
INDEX = Index([parse("race", RACE, LEXICON), parse("library", LIBRARY, LEXICON)], (), LEXICON)


def read(text: str) -> Analysis:
    return reading.read(text, INDEX)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Ai trao cúp cho đội nhất?", "Trần Hữu Phước"),
        ("ai phat bieu be mac", "Lê Thị Sen"),
        ("Có bao nhiêu vận động viên?", "350 vận động viên"),
        ("Ban tổ chức chi bao nhiêu tiền?", "120 triệu đồng"),
        ("Công ty Gỗ Minh Long tài trợ bao nhiêu phần trăm?", "75%"),
        ("Cần hỏi thì gọi số điện thoại nào?", "0905 123 456"),
        ("Giải chạy tổ chức ngày nào?", "12/4"),
        ("Thư viện sửa chữa mấy năm?", "2 năm"),
        ("Đơn vị nào tài trợ giải?", "Công ty Gỗ Minh Long"),
    ],
    ids=["person", "without_marks", "count", "money", "percent", "phone", "date", "duration", "any_body"],
)
def test_the_mention_of_the_kind_asked_for_stands_first(question: str, answer: str) -> None:
    best = rank_sentences(read(question), INDEX)[0]
    assert best.span is not None
    assert answer in best.span.text


@pytest.mark.parametrize(
    ("question", "objection"),
    [
        ("Ông Nguyễn Thành Đạt trao cúp gì?", "stranger"),
        ("Vì sao có 350 vận động viên?", "reason"),
        ("Giám đốc Công an huyện trao cúp là ai?", "office"),
        ("Có 351 vận động viên phải không?", "figure"),
    ],
    ids=["stranger", "no_cause", "another_office", "another_figure"],
)
def test_a_near_miss_is_no_answer(question: str, objection: str) -> None:
    asked = read(question)
    ranked = rank_sentences(asked, INDEX)
    assert (ranked[0].objection, objection in HARD) == (objection, True)
    assert not is_enough(ranked, confidence(asked, ranked, INDEX), SENTENCE_THRESHOLD)


def test_a_sure_answer_is_surer_than_a_strange_question() -> None:
    sure, strange = read("Ai trao cúp cho đội nhất?"), read("Giá xăng hôm nay thế nào?")
    assert confidence(sure, rank_sentences(sure, INDEX), INDEX) > 0.5
    assert confidence(strange, rank_sentences(strange, INDEX), INDEX) < 0.5


@pytest.mark.parametrize(
    ("types", "kinds"),
    [
        (["count"], {MentionKind.COUNT}),
        (["count", "money"], {MentionKind.MONEY}),
        (["person", "place"], {MentionKind.PERSON, MentionKind.PLACE}),
        (["reason"], set()),
        ([], set()),
    ],
    ids=["count", "money", "both", "open", "none"],
)
def test_what_is_asked_decides_what_can_answer(types: list[str], kinds: set[MentionKind]) -> None:
    assert wanted_kinds(types) == kinds


def test_a_unit_matches_itself_and_no_stranger() -> None:
    units = read("Ai trao cúp cho vận động viên").units
    assert units
    assert all(unit_match(u, u) == 1.0 for u in units)
    assert all(unit_match(u, other) == 0.0 for u in units for other in read("xăng").units)


ASKING = "ai mấy nào đâu 9 ? bao nhiêu vì sao ký"
words = st.sampled_from([*RACE.split(), *LIBRARY.split(), *ASKING.split()])
questions = st.lists(words, max_size=14).map(" ".join) | st.text(max_size=80)


@given(questions)
def test_no_question_raises_and_all_figures_are_shares(text: str) -> None:
    question = read(text)
    ranked = rank_sentences(question, INDEX)
    assert 0.0 <= confidence(question, ranked, INDEX) <= 1.0
    assert [c.score for c in ranked] == sorted((c.score for c in ranked), reverse=True)
    assert all(0.0 <= c.score <= 1.0 for c in ranked)
    assert all(c.span is None or c.span in c.entry.sentence.mentions for c in ranked)


def test_a_sentence_with_what_is_asked_for_needs_less() -> None:
    for asked, threshold in (
        ("Ai trao cúp cho đội nhất?", MENTION_THRESHOLD),
        ("Vì sao có 350 vận động viên?", SENTENCE_THRESHOLD),
    ):
        assert threshold_for(rank_sentences(read(asked), INDEX)) == threshold
    assert threshold_for([]) == SENTENCE_THRESHOLD > MENTION_THRESHOLD


def test_nothing_loaded_nothing_found() -> None:
    empty = Index((), (), LEXICON)
    assert rank_sentences(read("Ai trao cúp?"), empty) == []
    assert confidence(read("Ai trao cúp?"), [], empty) == 0.0


def test_words_that_only_one_sentence_has_outweigh_what_many_have() -> None:
    """The opening and every word count, also those of the question itself."""
    text = (
        "Hồ chứa nước Khe Sậy\n\nHồ có nhà máy ở bờ bắc. Đập của hồ cao 40 m, dài 600 m. "
        "Cửa xả của hồ được thay sau trận lũ. Nước hồ tưới cho các cánh đồng ở hạ lưu.\n"
    )
    index = Index([parse("lake", text, LEXICON)], (), LEXICON)
    for question, found in (
        ("Cửa xả được thay khi nào?", "Cửa xả"),
        ("Đập cao bao nhiêu?", "Đập của hồ"),
        ("Nước hồ dùng để làm gì cho hạ lưu?", "Nước hồ"),
    ):
        best = rank_sentences(index.read(question), index)[0]
        assert best.entry.sentence.text.startswith(found)
        assert set(best.parts) >= {"fit", "said", "opening", "figure", "early"}


def test_a_figure_is_asked_for_and_not_the_one_that_the_question_gives() -> None:
    text = "Kho lạnh\n\nKho số 7 chứa cá tươi của 12 tàu. Kho số 7 chứa cá tươi, có cửa ở phía đông.\n"
    index = Index([parse("store", text, LEXICON)], (), LEXICON)
    ranked = rank_sentences(index.read("Kho số 7 chứa cá tươi của bao nhiêu tàu?"), index)
    assert [c.parts["figure"] for c in ranked if "Kho số" in c.entry.sentence.text] == [1.0, 0.0]
