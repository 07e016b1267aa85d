"""Near misses of an article without curated facts: of which body, which term, how many, what remained."""

from __future__ import annotations

import pytest

from knowledge.article import parse
from knowledge.index import Index
from knowledge.lexicon import Lexicon
from knowledge.passages import rank_sentences
from knowledge.units import Analysis
from tests import reading
from tests.conftest import SEEDS

ARTICLE = "\n\n".join(
    [
        "Công đoàn Khu công nghiệp Bãi Sậy bầu ban lãnh đạo khóa III",
        (
            "(SVO) - Ngày 5/3/2024, tại Nhà khách Sen Vàng, Công đoàn Khu công nghiệp Bãi Sậy tổ chức "
            "Đại hội lần thứ III. Đại hội có 94 người dự."
        ),
        (
            "Ông Đoàn Văn Nhị - Phó Chủ tịch Liên đoàn Lao động tỉnh - làm trưởng đoàn giám sát. Điều "
            "hành đại hội là ông Lý Bá Tước, Chủ tịch Công đoàn Khu công nghiệp khóa II."
        ),
        "Ban Chấp hành gồm 17 ủy viên, có 5 ủy viên nữ. Bà Hứa Thị Sáng được bầu giữ chức Chủ tịch.",
        (
            "Kinh phí là 80 triệu đồng, trong đó công đoàn chi 50 triệu đồng, phần còn lại do Quỹ Bông "
            "Sen góp."
        ),
        (
            "Phiên thảo luận phải dừng giữa chừng. Nguyên nhân là mất điện. Đội bảo vệ có 30 người, 4 "
            "người trực ở cổng hai."
        ),
        "Hội nghị tiếp theo dự kiến họp ngày 9/9/2024 tại Nhà khách Hồ Tây.",
    ]
)
LEXICON = Lexicon.load(SEEDS / "lexicon")
INDEX = Index([parse("congress", ARTICLE, LEXICON)], (), LEXICON)


def read(text: str) -> Analysis:
    return reading.read(text, INDEX)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Chủ tịch Công đoàn Khu công nghiệp khóa III là ai?", "Hứa Thị Sáng"),
        ("Chủ tịch Công đoàn Khu công nghiệp khóa II là ai?", "Lý Bá Tước"),
        ("Ai làm trưởng đoàn giám sát?", "Đoàn Văn Nhị"),
        ("Đại hội diễn ra ngày nào?", "5/3/2024"),
        ("Ai tài trợ 30 triệu đồng còn lại?", "Quỹ Bông Sen"),
        ("đại hội họp ở đâu", "Nhà khách Sen Vàng"),
        ("Có bao nhiêu người tham gia đại hội?", "94 người"),
        ("Mấy bảo vệ trực ở cổng hai?", "4 người"),
    ],
    ids=["term", "term_before", "second_office", "day", "giver", "place", "attendance", "generic_noun"],
)
def test_the_right_rival_is_chosen(question: str, answer: str) -> None:
    best = rank_sentences(read(question), INDEX)[0]
    assert best.span is not None
    assert answer in best.span.text
    assert best.objection == ""


@pytest.mark.parametrize(
    ("question", "objection"),
    [
        ("Chủ tịch Liên đoàn Lao động tỉnh là ai?", "office"),
        ("5 ủy viên nữ là ai?", "kind"),
        ("Quỹ Bông Sen góp mấy triệu?", "kind"),
        ("Đại hội lần thứ VIII bầu bao nhiêu ủy viên?", "figure"),
    ],
    ids=["another_body", "several_people", "the_rest", "another_congress"],
)
def test_a_near_miss_is_objected_to(question: str, objection: str) -> None:
    assert rank_sentences(read(question), INDEX)[0].objection == objection


def test_a_cause_told_in_the_next_sentence_is_found() -> None:
    best = rank_sentences(read("Vì sao phiên thảo luận dừng giữa chừng?"), INDEX)[0]
    assert "mất điện" in best.entry.sentence.text
    assert best.objection == ""


ORCHARD = """\
Vườn cây của Hội Nông dân xã Suối Ngang

Bà Tống Thị Lài và ông Kha Văn Mẫn trông coi vườn cây suốt mười năm. Vườn cây nhận nhiều khách vào mùa hè.

Người lai tạo giống xoài ở đây là Kowalski, sau khi rời một viện nghiên cứu. Xoài bị sâu đục thân phá hại.
"""


@pytest.mark.parametrize(
    ("question", "objection"),
    [
        ("Ai lai tạo giống xoài ở đây?", ""),
        ("Kowalski lai tạo giống xoài với ai?", "kind"),
        ("Xoài bị loài nào phá hại?", ""),
        ("Vườn cây nhận khách ở nhà hàng nào?", "kind"),
    ],
    ids=["foreign_name", "only_the_name_asked_with", "kind_that_is_not_said", "venue"],
)
def test_what_is_asked_for_may_go_by_a_name_of_its_own(question: str, objection: str) -> None:
    index = Index([parse("orchard", ORCHARD, LEXICON)], (), LEXICON)
    assert rank_sentences(index.read(question), index)[0].objection == objection
