"""What a sentence names is found with its kind, and nothing is taken for what it is not."""

from __future__ import annotations

import time

import pytest

from knowledge.lexicon import Lexicon
from knowledge.mentions import MentionFinder
from knowledge.model import MentionKind


@pytest.fixture(scope="module")
def finder(lexicon: Lexicon) -> MentionFinder:
    return MentionFinder(lexicon)


def named(text: str, kind: MentionKind, finder: MentionFinder) -> list[str]:
    return [m.text for m in finder.find(text) if m.kind is kind]


FIGURES = {
    "date": ("Sáng 12/4, mưa.", ["12/4"]),
    "date_in_words": ("Từ ngày 3 tháng 4 năm 2024.", ["ngày 3 tháng 4 năm 2024"]),
    "lunar_date": ("Ngày mùng 8 tháng Giêng, lễ hội mở.", ["Ngày mùng 8 tháng Giêng"]),
    "days": ("Trong ngày 3 và 4/5 mưa.", ["ngày 3 và 4/5"]),
    "a_share_is_no_date": ("Có 2/3 số hộ vay vốn.", []),
}


@pytest.mark.parametrize(("text", "dates"), FIGURES.values(), ids=FIGURES)
def test_dates_are_read_as_printed(text: str, dates: list[str], finder: MentionFinder) -> None:
    assert named(text, MentionKind.DATE, finder) == dates


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Hiệu trưởng Cà Thị Lả và cụ Giàng A Chứ.", ["Cà Thị Lả", "Giàng A Chứ"]),
        ("Chị H'Bia Mlô gặp Phó Chủ tịch Nay H'Lan.", ["H'Bia Mlô", "Nay H'Lan"]),
        ("Chủ tịch UBND tỉnh Y Thuận Êban dự; Sở Y tế vắng.", ["Y Thuận Êban"]),
        ("Chị N.T.H. (công nhân Khu công nghiệp Hòa Bình) kể.", ["N.T.H."]),
        ("Giám đốc Sở Y tế và Chủ tịch Công đoàn Nàng Sô Vi.", ["Nàng Sô Vi"]),
        ("Hai người ở các huyện Sơn Thượng, Cam Thạch và Đào Hải.", []),
        ("Tổng Giám đốc Viettel Post và Trưởng Phòng Giáo dục.", []),
    ],
    ids=[
        "middle_names",
        "highland",
        "highland_men",
        "initials",
        "after_an_office",
        "listed_places",
        "nobody",
    ],
)
def test_names_that_no_list_of_surnames_holds_are_found(
    text: str, people: list[str], finder: MentionFinder
) -> None:
    assert named(text, MentionKind.PERSON, finder) == people


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Lúc 19 giờ 30, lễ mở.", MentionKind.HOUR, ["19 giờ 30"]),
        ("Trước 17h nộp đơn.", MentionKind.HOUR, ["17h"]),
        ("Nhiệm kỳ 2020 - 2025.", MentionKind.PERIOD, ["2020 - 2025"]),
        ("Mở từ năm 2019.", MentionKind.YEAR, ["2019"]),
        ("Đạt 75,5% chỉ tiêu.", MentionKind.PERCENT, ["75,5%"]),
        ("Vay 50 triệu đồng/hộ.", MentionKind.MONEY, ["50 triệu đồng/hộ"]),
        ("Chi 1,5 tỷ cho trường.", MentionKind.MONEY, ["1,5 tỷ"]),
        ("Có 3 tỉnh và 5 đồng chí dự.", MentionKind.MONEY, []),
        ("Gọi 0905 123 456 hoặc 113.", MentionKind.PHONE, ["0905 123 456", "113"]),
        ("Gọi số 0905123456.", MentionKind.PHONE, ["0905123456"]),
        ("Chi 1.130 đồng.", MentionKind.PHONE, []),
    ],
    ids=[
        *("hour", "short_hour", "period", "year", "percent", "money_each", "billions", "no_money"),
        *("phones", "phone_at_the_end", "no_phone"),
    ],
)
def test_figures_are_told_apart(
    text: str, kind: MentionKind, found: list[str], finder: MentionFinder
) -> None:
    assert named(text, kind, finder) == found


@pytest.mark.parametrize(
    ("text", "counted", "noun"),
    [
        ("Có hơn 4.500 cuốn sách mới.", "hơn 4.500 cuốn sách", "cuốn sách"),
        ("Khen 2 cá nhân Nguyễn Văn An và Lê Bình.", "2 cá nhân", "cá nhân"),
        ("Có hai mươi lăm suất quà.", "hai mươi lăm suất quà", "suất quà"),
        ("Có mười hai đội dự.", "mười hai đội dự", "đội dự"),
        ("Sau mười năm xây dựng.", "mười năm xây dựng", "năm xây dựng"),
        ("Có 45  hộ\u00a0dân.", "45  hộ\u00a0dân", "hộ dân"),
        ("Có 5 đồng chí.", "5 đồng chí", "đồng chí"),
        ("Đội khách thua 2-1.", "2-1", "tỷ số"),
    ],
    ids=["plain", "before_a_name", "in_words", "teens", "years", "odd_spaces", "comrades", "score"],
)
def test_a_count_says_what_it_counts(text: str, counted: str, noun: str, finder: MentionFinder) -> None:
    found = [(m.text, m.detail) for m in finder.find(text) if m.kind is MentionKind.COUNT]
    assert found == [(counted, noun)]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Ông Trần Hữu Phước - Phó Chủ tịch UBND huyện dự.", [("Trần Hữu Phước", "Phó Chủ tịch UBND huyện")]),
        ("Giám đốc Sở Y tế Lê Thị Sen nói.", [("Lê Thị Sen", "Giám đốc Sở Y tế")]),
        ("Đại tá Lê Nam, Giám đốc Công an tỉnh, dự.", [("Lê Nam", "Đại tá; Giám đốc Công an tỉnh")]),
        ("Ông Phước và bà Sen dự.", [("Phước", ""), ("Sen", "")]),
        ("Đường qua huyện Trà Vân.", []),
        ("Công an tỉnh dự.", []),
    ],
    ids=["office_after", "office_before", "rank", "given_names", "place", "organisation"],
)
def test_people_are_found_with_rank_and_office(
    text: str, people: list[tuple[str, str]], finder: MentionFinder
) -> None:
    found = finder.find(text)
    assert [(m.text, m.detail) for m in found if m.kind is MentionKind.PERSON] == people


@pytest.mark.parametrize(
    ("text", "organisations"),
    [
        ("Sở Văn hóa và Thể thao tổ chức.", ["Sở Văn hóa và Thể thao"]),
        ("Sở Lao động - Thương binh và Xã hội chi.", ["Sở Lao động - Thương binh và Xã hội"]),
        ("Công an tỉnh và Hội Nông dân xã dự.", ["Công an tỉnh", "Hội Nông dân xã"]),
        ("Sở Văn hóa, Thể thao và Du lịch chi.", ["Sở Văn hóa, Thể thao và Du lịch"]),
        ("Sở Xây dựng Lâm Đồng chi.", ["Sở Xây dựng Lâm Đồng"]),
        ("Công ty Gỗ Minh Long tài trợ.", ["Công ty Gỗ Minh Long"]),
        ("Phó Chủ tịch UBND tỉnh Lê Văn An dự.", ["UBND tỉnh"]),
    ],
    ids=["joined", "long_name", "two", "commas", "compound", "firm", "before_a_name"],
)
def test_an_organisation_is_named_whole(text: str, organisations: list[str], finder: MentionFinder) -> None:
    assert named(text, MentionKind.ORGANISATION, finder) == organisations


@pytest.mark.parametrize(
    ("text", "places", "figures"),
    [
        ("Thôn 2 xã Trà Vân đông vui.", ["Thôn 2", "xã Trà Vân"], []),
        ("Trên quốc lộ 14B có xe.", ["quốc lộ 14B"], []),
        ("Sáng 12/4 ở quảng trường 24/3 có lễ.", ["quảng trường 24/3"], ["12/4"]),
        ("Lễ mở tại hội trường UBND huyện Tân Hương.", ["hội trường UBND huyện Tân Hương"], []),
        ("Trao xã 10 triệu đồng.", [], ["10 triệu đồng"]),
        ("Đoàn về Công an tỉnh sáng nay.", ["Công an tỉnh"], []),
        ("Lễ diễn ra tại nhà.", [], []),
    ],
    ids=["number", "letter", "date", "after_tai", "gift", "towards", "nameless"],
)
def test_a_place_keeps_its_number_and_no_others(
    text: str, places: list[str], figures: list[str], finder: MentionFinder
) -> None:
    kinds = (MentionKind.PLACE, MentionKind.ORGANISATION, MentionKind.PERSON)
    assert named(text, MentionKind.PLACE, finder) == places
    assert [m.text for m in finder.find(text) if m.kind not in kinds] == figures


@pytest.mark.parametrize(
    "piece",
    ["1", "1, ", "ngày 1, ", "Hội  -  ", "ông Đại tá ", "Ông Lê An - Chủ tịch UBND, ", "12/4 - ", " "],
    ids=["digits", "list", "days", "dashes", "ranks", "people", "dates", "spaces"],
)
def test_the_time_grows_with_the_length_only(piece: str, finder: MentionFinder) -> None:
    """A list of a hundred people in one sentence is common; four times the text may not cost 16 times."""

    def seconds(times: int) -> float:
        text = piece * times
        runs = []
        for _ in range(3):
            begun = time.process_time()
            finder.find(text)
            runs.append(time.process_time() - begun)
        return min(runs)

    assert seconds(240) < 9 * seconds(60) + 0.02


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        (
            "Trung tá Lê Văn Bình - Trưởng phòng Hậu cần, Kỹ thuật - làm tổ trưởng tại chỗ.",
            "tổ trưởng",
        ),
        ("Ông Trần Hữu Lộc - Phó Chủ tịch UBND xã - giữ chức Trưởng ban tổ chức hội thi.", "Trưởng ban"),
    ],
    ids=["leads_on_the_spot", "holds_a_second_office"],
)
def test_an_office_held_beside_the_printed_one_is_read_too(
    text: str, detail: str, finder: MentionFinder
) -> None:
    (person,) = [m for m in finder.find(text) if m.kind is MentionKind.PERSON]
    assert detail in person.detail


def test_some_out_of_many_are_one_count(finder: MentionFinder) -> None:
    found = [(m.text, m.detail) for m in finder.find("Hội nhận 4 trong 9 đề nghị.") if m.kind == "count"]
    assert found == [("4 trong 9 đề nghị", "đề nghị")]


def test_a_quoted_thing_is_counted(finder: MentionFinder) -> None:
    (count,) = [m for m in finder.find('Có 6 "quầy yêu thương" mở cửa.') if m.kind == "count"]
    assert count.detail.startswith("quầy")


def test_a_name_in_quotation_marks_is_taken_without_the_spaces_inside(finder: MentionFinder) -> None:
    assert named("Quỹ “ Mái ấm ” trao quà.", MentionKind.TITLE, finder) == ["Mái ấm"]
