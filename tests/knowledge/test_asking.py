"""Question words tell what kind of thing is asked for, and who acts on whom."""

from __future__ import annotations

import pytest

from knowledge.analysis import Analyzer
from knowledge.lexicon import Lexicon
from knowledge.normalize import Normalizer
from knowledge.units import Analysis
from tests.conftest import SEEDS

LEXICON = Lexicon.load(SEEDS / "lexicon")
NORMALIZER = Normalizer(LEXICON)
ANALYZER = Analyzer(LEXICON, ["Trần Hữu Phước"])


def read(text: str) -> Analysis:
    return ANALYZER.analyse(NORMALIZER.normalize(text))


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("ai trao quà", "agent"),
        ("quà của ai trao", "agent"),
        ("quà của ai", "owner"),
        ("ông Phước trao quà cho ai", "patient"),
        ("ông Phước khen những ai", "patient"),
        ("nhận quà từ ai", "agent"),
        ("nhận quà từ tay ai", "agent"),
        ("quà về tay ai", "patient"),
        ("người lên trao quà tên gì", "agent"),
        ("người được cử trao quà là ai", "agent"),
        ("đối tượng được tặng quà là ai", "patient"),
        ("khen ai vậy", "patient"),
    ],
)
def test_who_is_sought_acts_or_receives(text: str, role: str) -> None:
    assert read(text).asked_role == role


def test_what_is_received_from_somebody_is_given_by_them() -> None:
    named = {i for u in read("nhận quà từ ai").units for i in u.ids}
    assert "c:hand_over" in named
    assert "c:receive" not in named


@pytest.mark.parametrize("text", ["đại tá nào có mặt", "chủ tịch nào ký"])
def test_an_office_or_rank_before_which_asks_for_a_person(text: str) -> None:
    assert "person" in read(text).types


@pytest.mark.parametrize(
    ("text", "kinds"), [("thời điểm tổ chức", {"date"}), ("ai đứng đầu công đoàn", {"person"})]
)
def test_a_fragment_asks_for_what_it_names(text: str, kinds: set[str]) -> None:
    assert read(text).types == kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("được quà có được tiền không", {"yes_no", "money"}),
        ("quà có ghi giờ không", {"yes_no"}),
        ("tiền quà có nhiều không", {"yes_no"}),
    ],
)
def test_whether_there_is_money_asks_for_it(text: str, kinds: set[str]) -> None:
    assert read(text).types == kinds


def test_what_a_which_asks_for_is_told_from_what_else_is_named() -> None:
    assert "c:event" in read("bài báo nói về sự kiện gì").which
    assert "c:article" not in read("bài báo nói về sự kiện gì").which


@pytest.mark.parametrize("text", ["báo cho nhau mấy thông tin gì", "mấy ông nào dự"])
def test_a_plural_counts_nothing(text: str) -> None:
    assert "count" not in read(text).types


def test_what_is_asked_for_besides_something_is_not_that() -> None:
    named = {i for u in read("ngoài bằng khen thì còn tặng giấy khen nào").units for i in u.ids}
    assert "c:certificate_low" in named
    assert "c:certificate_high" not in named


def test_a_name_asked_for_with_its_bearer_between_is_a_list() -> None:
    assert read("tên ba tập thể là gì").types == {"list_names"}


def test_a_closing_particle_asks_whether() -> None:
    assert read("ủy ban ký quy chế với công an à").types == {"yes_no"}


def test_a_choice_of_ranks_asks_for_the_rank() -> None:
    assert "rank" in read("ông Phước là thiếu tướng hay đại tá").types


@pytest.mark.parametrize(("text", "negated"), [("ai không dự", True), ("không biết ai dự", False)])
def test_not_knowing_is_no_negation(text: str, negated: bool) -> None:
    assert read(text).negated is negated


@pytest.mark.parametrize("text", ["biểu dương ai vậy", "bieu duong ai vay", "biểu dương ai z"])
def test_what_a_question_phrase_holds_is_spelled_as_in_the_phrase(text: str) -> None:
    assert {i for u in read(text).units for i in u.ids if i.startswith("c:")} == {"c:commend"}


@pytest.mark.parametrize(("text", "kind"), [("2018 tới mấy", "period"), ("từ 5 tới mấy", "count")])
def test_a_year_to_how_many_asks_for_the_end_of_a_span(text: str, kind: str) -> None:
    assert read(text).types == {kind}


def test_who_is_left_out_negates_nothing() -> None:
    assert not read("không kể ông Phước, còn ai ký").negated
    assert read("ai không ký").negated


@pytest.mark.parametrize("text", ["ông Phước làm chủ tịch cái gì", "ông Phước là phó chủ tịch gì"])
def test_of_what_somebody_is_chairman_asks_for_the_office(text: str) -> None:
    assert read(text).types == {"office"}
    assert not read(text).offices


@pytest.mark.parametrize(
    ("text", "excepted", "asked"),
    [
        ("ngoài ông Phước ra còn ai ký", {"p:Trần Hữu Phước"}, {"c:sign"}),
        ("không tính ông Phước thì ai ký", {"p:Trần Hữu Phước"}, {"c:sign"}),
        ("ngoài công an ra thì lãnh đạo nào ký", {"c:police"}, {"c:leaders", "c:sign"}),
        ("ngoài ông Phước, công an còn ai ký", {"p:Trần Hữu Phước"}, {"c:police", "c:sign"}),
        ("ai ký ngoài ông Phước", set(), {"p:Trần Hữu Phước", "c:sign"}),
    ],
)
def test_who_is_left_aside_is_kept_apart(text: str, excepted: set[str], asked: set[str]) -> None:
    question = read(text)
    named = ("p:", "c:police", "c:leaders", "c:sign")
    assert {i for i in question.excepted if i.startswith(named)} == excepted
    assert {i for i in question.ids if i.startswith(named)} == asked
