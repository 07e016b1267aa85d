"""Which mention answers: of which part, of which office, by whom, and what stands between."""

from __future__ import annotations

import pytest

from knowledge.article import parse
from knowledge.index import Index
from knowledge.inquiry import Query
from knowledge.lexicon import Lexicon
from knowledge.passages import rank_sentences
from knowledge.spans import OF_EVENT, best_span
from knowledge.units import Analysis
from tests import reading
from tests.conftest import SEEDS

ARTICLE = "\n\n".join(
    [
        "Ngày hội trồng rừng Đồi Gió lần thứ 4",
        (
            "(BGO) - Sáng 3/3/2024, tại phường Trúc Hạ, Tỉnh Đoàn Lam Giang tổ chức ngày hội trồng rừng. "
            "Có 260 người tham gia. Trong số người tham gia ngày hội, xã Khao có 90 người, "
            "xã Lèng 70 người."
        ),
        (
            "Thạc sĩ Mai Thế Quân - Giám đốc Sở Khoa học và Công nghệ, Trưởng ban Giám khảo - chấm "
            "các vườn ươm. "
            "Bà Lò Thị Dung - Phó Giám đốc Sở Tài nguyên và Môi trường - dự."
        ),
        (
            "Nhóm B trồng 140 cây, nhóm C 95 cây, nhóm D 60 cây. Anh Vừ A Tủa (Lâm trường Suối Cạn) "
            "về nhất với 81 "
            "điểm. Chị Hà Thị Nhạn đạt 77 điểm ở vòng loại."
        ),
        (
            "Ai đạt từ 70 điểm được công nhận người trồng rừng giỏi; có 33 người đạt mức này. Trong "
            "50 hố đào thì "
            "38 hố đã lấp, 12 hố còn lại để tuần sau."
        ),
        (
            "Em Tráng Thị Mỷ mồ côi từ nhỏ. Em được Đồn Biên phòng Suối Cạn nhận đỡ đầu đến năm 18 "
            "tuổi. Tính cả "
            "em Mỷ, đồn đang đỡ đầu 6 em."
        ),
        "Đợt hai dự kiến vào ngày 9/9/2024 tại xã Nậm Khao với 500 cây.",
        (
            "Vốn của vườn ươm là 90 triệu đồng, trong đó lâm trường góp 40 triệu đồng, còn lại là "
            "tiền của hợp tác "
            "xã. Ngân hàng cho vay với lãi suất 5,1% một năm. Trường mẫu giáo mới xây thêm 3 phòng."
        ),
        "Đơn vị nào có thắc mắc thì gửi đến Ban Tổ chức trước ngày 8/3.",
    ]
)
LEXICON = Lexicon.load(SEEDS / "lexicon")
INDEX = Index([parse("forest", ARTICLE, LEXICON)], (), LEXICON)


def read(text: str) -> Analysis:
    return reading.read(text, INDEX)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Trưởng ban Giám khảo là ai?", "Mai Thế Quân"),
        ("Nhóm B trồng bao nhiêu cây?", "140 cây"),
        ("nhóm C trồng bao nhiêu cây", "95 cây"),
        ("Vừ A Tủa được bao nhiêu điểm?", "81 điểm"),
        ("Hà Thị Nhạn được mấy điểm?", "77 điểm"),
        ("Bao nhiêu người được công nhận trồng rừng giỏi?", "33 người"),
        ("còn lại mấy hố?", "12 hố"),
        ("Em Mỷ được ai nhận đỡ đầu?", "Đồn Biên phòng Suối Cạn"),
        ("Đợt hai diễn ra ngày nào?", "9/9/2024"),
        ("Đợt hai ở xã nào?", "xã Nậm Khao"),
        ("Lãi suất vay là bao nhiêu?", "5,1%"),
        ("Ngày hội tổ chức ở đâu?", "phường Trúc Hạ"),
    ],
    ids=[
        "listed_office",
        "lettered_part",
        "lettered_part_typed_small",
        "aside_between",
        "of_the_person_named",
        "people_not_points",
        "the_remaining_themselves",
        "cared_for_by_a_body",
        "second_round_day",
        "second_round_place",
        "interest_is_a_share",
        "no_going_to_a_committee",
    ],
)
def test_the_right_mention_is_chosen(question: str, answer: str) -> None:
    best = rank_sentences(read(question), INDEX)[0]
    assert best.span is not None
    assert answer in best.span.text
    assert best.objection == ""


@pytest.mark.parametrize(
    ("question", "objection"),
    [
        ("Giám đốc Sở Tài nguyên và Môi trường là ai?", "office"),
        ("Trường mẫu giáo mới xây ở phường nào?", "place"),
        ("Hợp tác xã góp bao nhiêu tiền?", "kind"),
        ("Lò Thị Dung được bao nhiêu điểm?", "person"),
    ],
    ids=["director_of_another", "no_such_place", "what_remained", "another_person"],
)
def test_a_near_miss_is_objected_to(question: str, objection: str) -> None:
    assert rank_sentences(read(question), INDEX)[0].objection == objection


def test_undecorated_nha_is_a_house_and_no_particle() -> None:
    assert "nha" in [t.text for t in read("con bao nhieu can nha tro").tokens]


def test_a_part_of_those_who_came_is_not_the_attendance() -> None:
    part = next(e for e in INDEX.sentences if e.sentence.text.startswith("Trong số"))
    _, near = best_span(Query.of(read("Có tất cả bao nhiêu người tham gia?"), INDEX), part, INDEX)
    assert near < OF_EVENT
