"""An echo is heard through missing marks, one slip and one lost word, and never where it could mean more."""

from __future__ import annotations

import pytest

from knowledge.concordance import lines_of
from knowledge.echo import Ear, Spoken
from knowledge.lexicon import Lexicon
from knowledge.model import Fact

FACTS = (
    Fact(0, ("Lịch khám mắt của công nhân ca sáng là khi nào?", "Ca sáng khám mắt bữa mô?"), "Thứ hai."),
    Fact(0, ("Lịch khám mắt của công nhân ca chiều là khi nào?",), "Thứ ba."),
    Fact(0, ("Ai không phải nộp giấy tờ khi nhận quà?",), "Người đã nghỉ hưu."),
    Fact(0, ("Phó giám đốc xí nghiệp gạch Sông Vui là ai?",), "Bà Lụa."),
    Fact(0, ("Cho biết số máy phòng y tế xí nghiệp?",), "Máy lẻ 12."),
    Fact(0, ("Tổ 3 trực cổng vào ngày nào trong tuần?",), "Thứ tư."),
)
TEXTS = [lines_of(fact) for fact in FACTS]
KNOWN = {word for text in TEXTS for word in text.split()}


@pytest.fixture(scope="module")
def ear(lexicon: Lexicon) -> Ear:
    return Ear(lexicon)


def heard(ear: Ear, question: str) -> Fact | None:
    echo = ear.hear(Spoken.as_typed(question), TEXTS, KNOWN.__contains__)
    if echo is None or not echo.agrees(FACTS[echo.text].questions[echo.line]):
        return None
    return FACTS[echo.text]


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("Lịch khám mắt của công nhân ca sáng là khi nào?", 0),
        ("lich kham mat cua cong nhan ca chieu la khi nao", 1),
        ("ad ơi cho mình hỏi ca sang kham mat bua mo", 0),
        ("lich kham mat cua cong nhn ca chieu la khi nao", 1),  # a slip
        ("lich kham mat cong nhan ca chieu la khi nao", 1),  # a lost word
        ("Lịch khám mắt của công nhnâ ca chiều là khi nào?", 1),  # a slip in a word with marks
        ("lịch khám mắt củac ông nhân ca sáng là khi nào", 0),  # a space that came too late …
        ("lich kham matcua cong nhan ca chieu la khi nao", 1),  # … or not at all
        ("em chào ad, ca sáng khám mắt bữa mô vậy ạ, em cảm ơn", 0),
        ("so may phong y te xi nghiep", 4),
        ("xin cho biết số máy phòng y tế xí nghiệp ạ", 4),
    ],
)
def test_an_echo_is_heard(ear: Ear, question: str, fact: int) -> None:
    assert heard(ear, question) is FACTS[fact]


@pytest.mark.parametrize(
    "question",
    [
        "lich kham mat cua cong nhan ca la khi nao",  # of two facts the telling word is lost
        "ai phải nộp giấy tờ khi nhận quà",  # a lost "không" turns it round
        "giám đốc xí nghiệp gạch Sông Vui là ai",  # the deputy is not the chief
        "tổ trực cổng vào ngày nào trong tuần",
        "lịch khám mắt củac ông nhân ca sảng là khi nào",  # marks of the other words still speak
        "tổ 4 trực cổng vào ngày nào trong tuần",
        "lịch khám mắt của công nhân ca sang là khi nào và ở đâu",
        "lịch khám mặt của công nhân ca sáng là khi nào",  # other marks, typed
        "lich kham tai cua cong nhan ca sang la khi nao",
        "lich khm mat cua cong nhn ca sang la khi nao",  # two slips
        "cho mình hỏi",
        "",
    ],
)
def test_what_could_mean_more_is_no_echo(ear: Ear, question: str) -> None:
    assert heard(ear, question) is None
