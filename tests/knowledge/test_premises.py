"""What is printed beside names tells which office a rank in a body is."""

from __future__ import annotations

import pytest

from knowledge.article import parse
from knowledge.index import Index
from knowledge.lexicon import Lexicon
from knowledge.premises import People

TEXT = """Lễ tổng kết phong trào

Sáng 3/5, Công an tỉnh tổ chức lễ tổng kết.

Đại tá Lê Quang Minh - Phó Giám đốc Công an tỉnh trao quà cho hai tập thể.

Ông Trần Hữu Phước - Chủ tịch Liên đoàn Lao động tỉnh dự lễ.
"""


@pytest.mark.parametrize(
    ("said", "alone"),
    [("phó giám đốc công an tỉnh", True), ("phó giám đốc công an ký gì", False), ("công an", False)],
)
def test_an_office_with_its_body_asks_who_holds_it(said: str, alone: bool, lexicon: Lexicon) -> None:
    index = Index([parse("le-tong-ket", TEXT, lexicon)], (), lexicon)
    assert People(index).is_office_alone(index.read(said)) is alone


@pytest.mark.parametrize(
    ("said", "office"),
    [
        ("sếp công an", "giám đốc"),
        ("cấp phó công an", "phó giám đốc"),
        ("người đứng đầu liên đoàn lao động", "chủ tịch"),
        ("cấp phó liên đoàn lao động", "phó chủ tịch"),
        ("sếp mặt trận", ""),
        ("phong trào công an", ""),
    ],
)
def test_a_rank_is_the_office_that_its_body_has(said: str, office: str, lexicon: Lexicon) -> None:
    index = Index([parse("le-tong-ket", TEXT, lexicon)], (), lexicon)
    rank, *bodies = index.read(said).units
    assert People(index).office_meant(rank, bodies) == office


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("ông Trần Hữu Phước là người của công an phải không", "Trần Hữu Phước"),
        ("ông Lê Quang Minh bên liên đoàn lao động à", "Lê Quang Minh"),
        ("ông Lê Quang Minh bên công an à", None),
        ("ông Trần Hữu Phước thuộc công an hay liên đoàn lao động", None),
        ("ông Trần Hữu Phước ký với bên công an phải không", None),
    ],
)
def test_who_is_said_to_be_of_anothers_body_is_noticed(
    asked: str, name: str | None, lexicon: Lexicon
) -> None:
    index = Index([parse("le-tong-ket", TEXT, lexicon)], (), lexicon)
    standing = People(index).mistaken(index.read(asked))
    assert (standing and standing.name) == name


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("đại tá Lê Quang Minh ký văn bản với ai", "p:Lê Quang Minh"),
        ("Phó Giám đốc Công an tỉnh ký văn bản với ai", "p:Lê Quang Minh"),
        ("Chủ tịch Liên đoàn Lao động trao quà cho ai", "p:Trần Hữu Phước"),
        ("đại tá Lê Quang Minh trao quà cho ai", None),
        ("ai trao quà", None),
    ],
)
def test_a_deed_that_no_sentence_tells_of_somebody_is_noticed(
    asked: str, name: str | None, lexicon: Lexicon
) -> None:
    index = Index([parse("le-tong-ket", TEXT, lexicon)], (), lexicon)
    untold = People(index).untold(index.read(asked))
    assert (untold and untold.name) == name


@pytest.mark.parametrize(
    ("asked", "only"),
    [
        ("ngoài ông Lê Quang Minh ra còn ai trao quà", True),
        ("không tính ông Lê Quang Minh thì ai trao quà", True),
        ("trừ phó giám đốc công an ra còn ai trao quà nữa", True),
        ("công an tỉnh nào khác cũng trao quà", True),
        ("còn ai khác trao quà nữa không", True),
        ("ngoài ông Trần Hữu Phước ra còn ai trao quà", False),
        ("ngoài công an ra còn ai trao quà", False),
        ("còn ai khác trao quà không", False),
        ("ai trao quà", False),
        ("ngoài ông Lê Quang Minh ra còn mấy tập thể nhận quà", False),
    ],
)
def test_who_else_is_not_those_who_are_left_aside(asked: str, only: bool, lexicon: Lexicon) -> None:
    index = Index([parse("le-tong-ket", TEXT, lexicon)], (), lexicon)
    told = index.read("Đại tá Lê Quang Minh - Phó Giám đốc Công an tỉnh trao quà.")
    assert People(index).is_only_told(index.read(asked), told) is only
