"""Offices, people, figures and what is asked for are read off a question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.analysis import Analyzer
from knowledge.lexicon import Lexicon
from knowledge.normalize import Normalizer
from knowledge.syllables import key
from knowledge.units import Analysis, agreement
from tests.conftest import SEEDS

LEXICON = Lexicon.load(SEEDS / "lexicon")
NORMALIZER = Normalizer(LEXICON)
ANALYZER = Analyzer(LEXICON, ["Trần Hữu Phước", "Lê Thị Mai"])


def read(text: str) -> Analysis:
    return ANALYZER.analyse(NORMALIZER.normalize(text))


@pytest.mark.parametrize(
    ("text", "offices"),
    [
        ("giám đốc là ai", {"o:giám đốc"}),
        ("phó giám đốc là ai", {"o:phó giám đốc"}),
        ("ông phó giám đốc tên gì", {"o:phó giám đốc"}),
        ("giám đốc, phó giám đốc", {"o:giám đốc", "o:phó giám đốc"}),
    ],
)
def test_an_office_is_read_whole(text: str, offices: set[str]) -> None:
    assert read(text).offices == offices


@pytest.mark.parametrize("text", ["công nhân, viên chức, lao động", "cong nhan vien chuc lao dong"])
def test_a_word_that_only_two_others_make_side_by_side_is_not_read(text: str) -> None:
    assert [" ".join(unit.folds) for unit in read(text).units] == ["cong nhan", "vien chuc", "lao dong"]


@pytest.mark.parametrize(
    "text", ["Trần Hữu Phước", "tran huu phuoc", "ông Phước", "Hữu Phước", "ông trần hữu phước"]
)
def test_a_known_person_is_recognised(text: str) -> None:
    assert read(text).people == {"p:Trần Hữu Phước"}


@pytest.mark.parametrize("text", ["co may tap the", "truong o dau co may lop"])
def test_words_of_general_knowledge_hide_no_question_word_typed_without_marks(text: str) -> None:
    assert "count" in read(text).types


def test_words_of_general_knowledge_cut_no_question_word() -> None:
    assert "manner" in read("việc này được làm ra sao").types


def test_a_given_name_of_which_something_is_asked_is_a_person() -> None:
    assert read("Phước chức vụ gì").people == {"p:Trần Hữu Phước"}


@pytest.mark.parametrize(
    "text", ["Phước, Mai chức gì", "phước với mai ai ký", "là ông Mai hay Phước", "phuoc hay mai trao"]
)
def test_given_names_that_are_listed_together_are_people(text: str) -> None:
    assert read(text).people == {"p:Trần Hữu Phước", "p:Lê Thị Mai"}


@pytest.mark.parametrize("text", ["sáng mai hay chiều mai", "ngày mai với ngày kia"])
def test_a_given_name_beside_no_other_is_a_word(text: str) -> None:
    assert read(text).people <= {"p:Trần Hữu Phước"}


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("ngày 6/11", {"d:6", "m:11"}),
        ("mùng 6 tháng 11", {"d:6", "m:11"}),
        ("ngày 6 hay ngày 7", {"d:6", "d:7"}),
        ("tháng mười", {"m:10"}),
        ("6 ngày, 11 tháng", set()),
        ("trong 6 tháng", set()),
    ],
)
def test_days_and_months_are_read_alone_and_together(text: str, dates: set[str]) -> None:
    assert read(text).dates == dates


@pytest.mark.parametrize(
    "text", ["phước là chủ tịch đúng không", "phuoc co phai la giam doc khong", "chủ tịch huyện là phước hả"]
)
def test_a_given_name_alone_is_a_person_where_it_is_given_an_office(text: str) -> None:
    assert read(text).people == {"p:Trần Hữu Phước"}


def test_a_given_name_alone_is_a_word_elsewhere() -> None:
    assert not read("nhà có phước").people
    assert not read("phước là gì").people


def test_a_rank_before_a_name_stays_with_it() -> None:
    assert any({"p:Lê Thị Mai", "r:đại tá"} <= unit.ids for unit in read("đại tá Mai là ai").units)


def test_a_name_that_no_article_prints_is_a_stranger() -> None:
    assert [u.kind for u in read("ông Nguyễn Văn Tèo là ai").units] == ["stranger"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ai trao", "person"),
        ("ở đâu", "place"),
        ("ngày nào", "date"),
        ("mấy giờ", "hour"),
        ("bao nhiêu tiền", "money"),
        ("mấy tập thể", "count"),
        ("số mô hình", "count"),
        ("để làm gì", "purpose"),
        ("mang quân hàm gì", "rank"),
        ("ông Phước là giám đốc hay phó giám đốc", "office"),
    ],
)
def test_what_is_asked_for(text: str, kind: str) -> None:
    assert kind in read(text).types


def test_an_opening_plural_counts_nobody() -> None:
    assert "count" not in read("mấy ông bàn chuyện gì").types


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("ai trao bằng khen", "agent"),
        ("bằng khen do ai trao", "agent"),
        ("trao bằng khen cho ai", "patient"),
        ("ai được bằng khen", "patient"),
        ("ai nhận bằng khen", "patient"),
        ("ai là người nhận bằng khen", "patient"),
        ("bằng khen của ai", "owner"),
    ],
)
def test_who_gives_owns_and_receives_are_told_apart(text: str, role: str) -> None:
    assert read(text).asked_role == role


def test_typed_marks_decide_but_forgotten_ones_do_not() -> None:
    assert agreement(key("tráo"), key("trao")) < 0.5 < agreement("", key("trao"))


@given(st.text(max_size=60))
def test_units_stand_in_order_inside_the_text(text: str) -> None:
    analysis = read(text)
    assert [u.start for u in analysis.units] == sorted(u.start for u in analysis.units)
    assert all(0 <= u.start < u.end <= len(analysis.tokens) for u in analysis.units)


def test_a_figure_of_speech_is_no_person() -> None:
    """ "có bao nhiêu" was read as "cô Bảo" in an event with somebody of that name."""
    analyzer = Analyzer(LEXICON, ["Đinh Gia Bảo"])
    read = analyzer.analyse(NORMALIZER.normalize("có bao nhiêu người dự"))
    assert read.people == frozenset()
    assert read.types == {"count"}


def test_a_statement_has_no_question_words_and_no_chatter() -> None:
    read = ANALYZER.analyse(
        NORMALIZER.normalize("Theo báo cáo, Ban Chấp hành thu kinh phí", standard=True), statement=True
    )
    ids = {i for u in read.units for i in u.ids}
    assert read.types == frozenset()
    assert {"s:bao", "c:money"} <= ids
    assert "c:discuss" not in ids


def test_the_one_who_is_given_something_is_no_agent() -> None:
    assert read("người được ông Phước trao bằng khen là ai").asked_role == "patient"


def test_a_closing_particle_may_lack_its_tone_after_a_question_word() -> None:
    assert [u.folds for u in read("cầu tên là gì vây").units if not u.light] == [("cau",)]
    assert ("vay",) in [u.folds for u in read("ai bị vây").units]
