"""Near misses of an article without curated facts: of which body, which term, how many, what remained."""

from __future__ import annotations

import pytest

from knowledge.answerer import Answerer
from knowledge.article import parse
from knowledge.index import Index
from knowledge.lexicon import Lexicon
from knowledge.model import AnswerKind
from knowledge.objections import HARD
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


CHANGED = "\n\n".join(
    [
        "Chợ đêm Bến Sỏi mở thêm hai dãy hàng ăn",
        (
            "(Tin Bến Sỏi) - Tối 2/8/2024, chợ đêm Bến Sỏi khai trương khu mới với 75 quầy, đón khách từ "
            "ngày 2 đến ngày 11/8. Hội thi nấu ăn có người của 6 quốc gia, trao giải nhất 8 triệu đồng, "
            "ba giải nhì mỗi giải 4 triệu đồng và năm giải ba mỗi giải 1 triệu đồng."
        ),
        (
            "Lâu nay xe điện từ bến tàu ra chợ chạy 40 phút một chuyến. Từ ngày 2/8, xe điện chạy 15 phút "
            "một chuyến. Trước đây bể chứa được súc rửa mỗi năm một lần. Nay bể chứa được súc rửa mỗi tháng."
        ),
        (
            "Tiểu thương góp 5 ý kiến về rác và chỗ đậu xe. Hai ý kiến phải chờ thành phố là mở bãi xe và "
            "lắp đèn. Chợ có 9 bồn nước. Quầy hàng góc sông phải dời khi bờ kè sụt lún."
        ),
        "Ông Tạ Bá Lân - Trưởng ban Quản lý chợ - cùng 10 tiểu thương ra tận bến đón khách.",
    ]
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Giờ xe điện bao lâu có một chuyến?", "15 phút"),
        ("Trước kia xe điện bao lâu có một chuyến?", "40 phút"),
        ("Bây giờ bao lâu súc rửa bể chứa một lần?", "mỗi tháng"),
        ("Giải nhì được bao nhiêu tiền?", "4 triệu"),
        ("Giải ba được bao nhiêu tiền?", "1 triệu"),
        ("Có mấy nước tham gia hội thi?", "6 quốc gia"),
        ("Tiểu thương góp mấy ý kiến?", "5 ý kiến"),
        ("Vì cớ gì quầy hàng góc sông phải dời?", "sụt lún"),
        ("Chợ đón khách từ ngày nào đến ngày nào?", "ngày 2 đến ngày 11/8"),
        ("Năm nay chợ đêm khai trương hôm nào?", "2/8/2024"),
    ],
    ids=[
        "now",
        "before",
        "how_often",
        "second",
        "third",
        "countries",
        "total",
        "when_as_cause",
        "range",
        "this_year",
    ],
)
def test_of_several_times_ranks_and_counts_the_one_asked_for_is_found(question: str, answer: str) -> None:
    """The best sentence's part, or the sentence itself, says it, and no objection stands."""
    index = Index([parse("market", CHANGED, LEXICON)], (), LEXICON)
    best = rank_sentences(reading.read(question, index), index)[0]
    assert best.objection not in HARD
    assert answer in (best.span.text if best.span else best.entry.sentence.text)


def test_a_count_beside_a_name_does_not_name_those_counted() -> None:
    """'Ông A cùng 10 tiểu thương' names none of the ten."""
    index = Index([parse("market", CHANGED, LEXICON)], (), LEXICON)
    best = rank_sentences(reading.read("10 tiểu thương đón khách gồm những ai?", index), index)[0]
    assert best.objection == "kind"


DATED = "\n\n".join(
    [
        "Xưởng gỗ Đồi Thông làm việc lại sau vụ cháy",
        (
            "(Tin Đồi Thông) - Sáng 9/2/2024, 140 thợ mộc của xưởng gỗ Đồi Thông trở lại xưởng sau một tuần "
            "nghỉ việc. Sự việc bắt đầu từ kho sơn tối 3/2, khi một thùng dung môi bốc lửa."
        ),
        (
            "Xưởng có 33 thợ sơn. Chủ xưởng nêu 7 yêu cầu với thợ. Hai yêu cầu chưa làm được là thay cửa "
            "và lát sân."
        ),
        "Khóa an toàn tiếp theo dự kiến mở ngày 20/4 tại Nhà văn hóa Đồi Thông. Ai hỏi gọi 0277.3555.188.",
        "Hồ sơ học nghề nộp tại văn phòng xưởng trước ngày 2/4.",
        (
            "Tiền công của 12 tổ tăng từ 300.000 đồng lên 350.000 đồng. Ông Vàng Seo Páo trông kho. Có 25 "
            "trên 33 thợ sơn ở lại làm thêm."
        ),
    ]
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Bao nhiêu thợ mộc quay lại xưởng hôm 9/2?", "140 thợ mộc"),
        ("Chủ xưởng nêu mấy yêu cầu?", "7 yêu cầu"),
        ("Vì cớ gì thợ mộc nghỉ việc?", "dung môi"),
        ("Khóa an toàn lần sau mở ở đâu?", "Nhà văn hóa Đồi Thông"),
        ("co bao nhiu tho son", "33 thợ sơn"),
        ("Hạn nộp hồ sơ là ngày nào?", "ngày 2/4"),
        ("Tiền công mới là bao nhiêu?", "350.000 đồng"),
        ("Tiền công cũ là bao nhiêu?", "300.000 đồng"),
        ("Bao nhiêu thợ sơn ở lại làm thêm?", "25 trên 33 thợ sơn"),
        ("Số điện thoại xưởng gỗ?", "0277.3555.188"),
        ("Số điện thoại của ông Vàng Seo Páo?", ""),
    ],
    ids=[
        *("day_without_year", "all_of_them", "begun_when", "next_time", "typed_short"),
        *("deadline", "new_sum", "old_sum", "so_many_of", "number_to_call", "nobody_s_number"),
    ],
)
def test_the_day_the_whole_and_the_next_time_are_found(question: str, answer: str) -> None:
    """A day without its year is that day, a part is not all, and 'lần sau' is any later time."""
    reply = Answerer.build([parse("workshop", DATED, LEXICON)], (), LEXICON).answer(question)
    assert bool(answer) == (reply.kind is AnswerKind.ANSWER)
    assert answer in f"{reply.parts[0].short} {reply.parts[0].text}"
