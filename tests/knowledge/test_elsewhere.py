"""What belongs to something else than was asked about is no answer, though the words are near."""

from __future__ import annotations

import pytest

from knowledge.article import parse
from knowledge.index import Index
from knowledge.lexicon import Lexicon
from knowledge.passages import rank_sentences
from tests import reading
from tests.conftest import SEEDS

ARTICLE = "\n\n".join(
    [
        "Kho lúa Đồng Sậy mở cửa",
        (
            "(SVO) - Ngày 5/3, xã phát động phong trào “Hạt vàng”. Trạm thu mua Bãi Ngang nhận 340 bao lúa. "
            "Trạm thu mua Cồn Nổi vừa được sửa."
        ),
        "Lúa được mua cao hơn chợ 300 đồng; kho cũ mang tên Kho Chín Bông.",
        "Ngân hàng góp 60 triệu đồng, quỹ khuyến nông 25 triệu đồng.",
        "Huyện chi 700 triệu đồng; hội phụ nữ tặng thêm 40 máy sấy.",
        "Ông Trương Văn Bình, Chủ tịch Hội Chữ thập đỏ (CTĐ) tỉnh, khen kho lúa. Hôm mở có 90 người.",
        "Trong trận bóng, đội Sông Lam thắng đội Bến Tượng 3-1.",
        "Kho nghỉ thứ Hai. Kho thứ hai xây tiếp vào quý IV năm sau.",
        "Hội chợ nông cụ mở từ ngày 2/4 đến 9/4. Gian máy cày cao 6 m, dài 18 m, có 512 khách hai thôn xem.",
        "Năm 2021 kho nhận 70 tấn, tăng 9 tấn so với năm 2020. Lớp dạy nghề mộc có 33 học viên.",
        "Lớp nghề gốm mở sau. Đề nghị nới đường chưa được huyện duyệt.",
        "Hai thợ là Lò Văn Sáng (35 tuổi) và Bùi Thế Lực.",
        "Tổ bốc xếp lắp 12 băng tải, nâng tổng số lên 45 băng tải.",
    ]
)
LEXICON = Lexicon.load(SEEDS / "lexicon")
INDEX = Index([parse("kho", ARTICLE, LEXICON)], (), LEXICON)


@pytest.mark.parametrize(
    ("question", "objection"),
    [
        ("Trạm Cồn Nổi nhận bao nhiêu bao lúa?", "name"),
        ("Trạm trưởng kho lúa Đồng Sậy là ai?", "role"),
        ("Lúa được mua bao nhiêu tiền?", "elsewhere"),
        ("40 máy sấy bao nhiêu tiền?", "elsewhere"),
        ("Năm ngoái có bao nhiêu người?", "elsewhere"),
        ("Năm 2020 kho nhận bao nhiêu tấn?", "elsewhere"),
        ("Gian máy cày có bao nhiêu khách thôn Bãi?", "elsewhere"),
        ("Lớp dạy nghề gốm có bao nhiêu học viên?", "elsewhere"),
        ("Bao giờ nới đường?", "denied"),
        ("Bùi Thế Lực bao nhiêu tuổi?", "person"),
    ],
    ids=[
        *("another_name", "a_role_not_named", "a_difference", "beyond_a_semicolon", "another_year"),
        *("compared", "of_two", "craft", "denied", "age"),
    ],
)
def test_what_is_of_something_else_is_refused(question: str, objection: str) -> None:
    assert rank_sentences(reading.read(question, INDEX), INDEX)[0].objection == objection


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Trạm Bãi Ngang nhận bao nhiêu bao lúa?", "340 bao lúa"),
        ("Phong trào tên là gì?", "Hạt vàng"),
        ("Kho trước kia tên là gì?", "Kho Chín Bông"),
        ("Quỹ khuyến nông góp bao nhiêu tiền?", "25 triệu đồng"),
        ("Chủ tịch Hội Chữ thập đỏ tỉnh là ai?", "Trương Văn Bình"),
        ("Trận bóng tỷ số bao nhiêu?", "3-1"),
        ("Kho nghỉ ngày nào?", "thứ Hai"),
        ("Bao giờ xây tiếp?", "quý IV năm sau"),
        ("Hội chợ bắt đầu ngày nào?", "ngày 2/4 đến 9/4"),
        ("Gian máy cày dài bao nhiêu?", "18 m"),
        ("Tổng cộng có bao nhiêu băng tải?", "45 băng tải"),
        ("Ai khen kho lúa cùng các tình nguyện viên?", "Trương Văn Bình"),
        ("Lúa mua cao hơn chợ bao nhiêu tiền?", "300 đồng"),
    ],
    ids=[
        *("name", "quoted", "called", "own_clause", "short_form", "score", "weekday", "quarter"),
        *("stretch", "measure", "total", "no_other_time", "asked_difference"),
    ],
)
def test_its_own_is_found(question: str, answer: str) -> None:
    best = rank_sentences(reading.read(question, INDEX), INDEX)[0]
    assert (best.span and best.span.text, best.objection) == (answer, "")
