"""Of several prizes, shares and years in one sentence the one asked for is told, and no other."""

from __future__ import annotations

import pytest

from knowledge.answerer import Answerer
from knowledge.article import parse
from knowledge.clauses import clause_of, closeness, without_asides
from knowledge.lexicon import Lexicon
from knowledge.model import AnswerKind
from tests.conftest import SEEDS

ARTICLE = "\n\n".join(
    [
        "Hội thi gói bánh tét ở Rạch Dừa",
        ("(RDO) - Sáng 9/1, tại sân đình Rạch Dừa, xã mở hội thi gói bánh tét lần thứ V. Có 16 đội."),
        (
            "Ở nội dung gói nhanh, Lê Thị Thắm (Tổ dân phố Lúa Vàng) về nhất với 21 đòn bánh, Ngô Minh Út "
            "(Tổ dân phố Bến Đá) về nhì, Trịnh Văn Sáu về ba. Giải nhất nhận 900.000 đồng, giải nhì "
            "700.000 đồng, giải ba 400.000 đồng."
        ),
        (
            "Năm nay, xã xin huyện 50 triệu đồng sửa đình, được duyệt 30 triệu đồng. Số khách tăng 120 "
            "người, còn số gian hàng giảm từ 15 xuống 11."
        ),
        (
            "Nghề bánh có 40 lò, nghề bún 23. Mỗi lò góp nửa triệu đồng. Chị H. bán "
            "mỗi ngày hai trăm mười đòn bánh."
        ),
    ]
)
LEXICON = Lexicon.load(SEEDS / "lexicon")
ANSWERER = Answerer.build([parse("cakes", ARTICLE, LEXICON)], [], LEXICON)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Ai về nhất phần gói nhanh?", "Lê Thị Thắm."),
        ("ai ve nhi noi dung goi nhanh", "Ngô Minh Út."),
        ("Giải nhì nhận bao nhiêu tiền?", "700.000 đồng."),
        ("Giải ba được bao nhiêu tiền?", "400.000 đồng."),
        ("Xã xin huyện bao nhiêu tiền sửa đình?", "50 triệu đồng."),
        ("Xã được duyệt bao nhiêu tiền sửa đình?", "30 triệu đồng."),
        ("Mỗi lò góp bao nhiêu?", "Nửa triệu đồng."),
        ("Nghề bún có bao nhiêu lò?", "23 lò."),
        ("Chị H. bán mỗi ngày bao nhiêu đòn bánh?", "Hai trăm mười đòn bánh."),
        ("Hội thi gói bánh tét diễn ra ngày nào?", "9/1."),
        ("hoi thi to chuc lan thu may", "Lần thứ V."),
    ],
    ids=[
        *("first", "second", "second_prize", "third_prize", "asked_for", "granted", "half_a_million"),
        *("no_noun", "in_words", "the_day_that_opens", "ordinal"),
    ],
)
def test_the_figure_or_name_beside_what_is_asked_comes_first(question: str, answer: str) -> None:
    part = ANSWERER.answer(question).parts[0]
    assert (part.kind, part.short) == (AnswerKind.ANSWER, answer)


@pytest.mark.parametrize(
    "question",
    [
        "Vì sao Ngô Minh Út về nhất phần gói nhanh?",
        "Số gian hàng tăng bao nhiêu?",
        "Hội thi bắt đầu lúc mấy giờ?",
        "Sửa đình hết bao nhiêu tiền?",
        "Hội thi bế mạc ngày nào?",
        "Lê Thị Thắm làm ở công ty nào?",
        "Lê Thị Thắm gói hết bao lâu?",
        "Khách sạn đó tên gì?",
        "Tên 16 đội là gì?",
        "Lê Thị Thắm được bao nhiêu điểm?",
    ],
    ids=[
        *(
            "another_rank",
            "the_other_way",
            "no_hour",
            "given_and_not_spent",
            "closing",
            "no_firm",
            "no_time_taken",
        ),
        *("no_such_thing", "no_list", "nothing_such_counted"),
    ],
)
def test_what_is_said_of_a_rival_answers_nothing(question: str) -> None:
    assert ANSWERER.answer(question).kind is AnswerKind.NO_ANSWER


def test_a_comma_within_a_figure_ends_no_clause() -> None:
    text = "Doanh thu đạt 31,4 tỷ đồng, tăng 12%"
    assert text[slice(*clause_of(text, 14, 26))] == "Doanh thu đạt 31,4 tỷ đồng"


def test_an_aside_stands_between_nothing_but_what_it_holds() -> None:
    text = "Lê An (Tổ dân phố Bến Đá) về nhì"
    bare = without_asides(text, (0, 5))
    assert closeness(bare, 0, 5, 26, 32) > closeness(text, 0, 5, 26, 32)
    assert without_asides(text, (18, 24)) == text
