"""Newspaper text is cut into sentences that stand exactly where they say."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.article import MAX_NAMING_CHARS, parse
from knowledge.lexicon import Lexicon
from knowledge.model import Document
from tests.conftest import SEEDS
from tests.knowledge.minis import LIBRARY, RACE

# Arbitrary characters, and the pieces of which newspapers are made in arbitrary order.
PIECES = """
Ông|Bà|Nguyễn|Mai|Tân Hương|UBND|tỉnh|và|Công an|Chủ tịch|Đại tá|ThS|tại|ở|về|ngày|12/4|3|24.600|giờ|2024
2020 - 2025|hộ dân|đồng|chí|%|75%|0905 123 456|113|tỷ|được bầu giữ chức|làm|hai|mười|tháng Giêng|2-1|xã
cầu|đường|(QNO) -|TP.|T.C.|.|…|?!|,|”|“|(|)|-|–|;|  |\u00a0|\ud800|\u0000|\u0301|\ufeff|\t|\r
"""
LEXICON = Lexicon.load(SEEDS / "lexicon")
pieces = ["\n", *re.split(r"[|\n]", PIECES.strip("\n"))]
newspaper = st.lists(st.sampled_from(pieces), max_size=25).map(" ".join)
anything = newspaper | st.text(max_size=300)


def sentences(text: str, lexicon: Lexicon) -> list[str]:
    return [s.text for s in parse("bai", text, lexicon).sentences]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Cầu dài 120 mét. Có 45 hộ.", ["Cầu dài 120 mét.", "Có 45 hộ."]),
        ("Lễ diễn ra tại TP. Tam Kỳ.", ["Lễ diễn ra tại TP. Tam Kỳ."]),
        ("Cháu T.C. Anh vui.", ["Cháu T.C. Anh vui."]),
        ("Chi 24.600 đồng. 5 đội dự.", ["Chi 24.600 đồng.", "5 đội dự."]),
        ("Ông nói: “Vui lắm.” Bà cười.", ["Ông nói: “Vui lắm.”", "Bà cười."]),
        ("Ai dự? Không rõ… Chờ xem!", ["Ai dự?", "Không rõ…", "Chờ xem!"]),
        ("Trang a.b. viết thường.", ["Trang a.b. viết thường."]),
        ("Một\nHai", ["Một", "Hai"]),
        (" \n\t\n", []),
    ],
    ids=[
        *("two", "short_form", "initials", "thousands", "quote", "other_marks", "no_capital"),
        *("lines", "blank"),
    ],
)
def test_a_sentence_ends_where_a_reader_would_stop(text: str, cut: list[str], lexicon: Lexicon) -> None:
    assert sentences(text, lexicon) == cut


@pytest.mark.parametrize(
    ("text", "title", "publisher", "date"),
    [
        (RACE, "Giải chạy Bến Lụa", "BAT", "12/4"),
        ("Mưa lớn. Đường ngập.", "bai so 1", "", ""),
        ("Mưa lớn.\n\nĐường ngập ngày 3/5.", "bai so 1", "", "ngày 3/5"),
        ("Một dòng", "bai so 1", "", ""),
        ("", "bai so 1", "", ""),
    ],
    ids=["newspaper", "one_paragraph", "no_heading", "one_line", "empty"],
)
def test_what_heads_an_article_is_found_or_left_open(
    text: str, title: str, publisher: str, date: str, lexicon: Lexicon
) -> None:
    document = parse("bai-so_1", text, lexicon)
    assert (document.title, document.publisher, document.printed_date) == (title, publisher, date)


def test_what_the_caller_knows_wins(lexicon: Lexicon) -> None:
    document = parse("bai", RACE, lexicon, title="Chạy", publisher="Báo Lụa", printed_date="13/4")
    assert (document.title, document.publisher, document.printed_date) == ("Chạy", "Báo Lụa", "13/4")


def test_paragraphs_are_counted_without_blank_lines(lexicon: Lexicon) -> None:
    assert [s.paragraph for s in parse("bai", LIBRARY, lexicon).sentences] == [0, 1, 1, 2, 2]


def test_a_line_without_an_end_is_searched_only_so_far(lexicon: Lexicon) -> None:
    """What is named in one sentence is compared with each other: 50 kB of dates took two seconds."""
    (sentence,) = parse("a", "12/4 " * 10_000, lexicon).sentences
    assert len(sentence.text) == 49_999
    assert MAX_NAMING_CHARS - 10 < max(m.end for m in sentence.mentions) <= MAX_NAMING_CHARS


def test_composed_and_decomposed_text_is_one_article(lexicon: Lexicon) -> None:
    decomposed = "\ufeff" + unicodedata.normalize("NFD", RACE).replace("\n", "\r\n")
    document = parse("bai", decomposed, lexicon)
    assert document == parse("bai", RACE, lexicon)
    assert document.checksum == hashlib.sha256(document.text.encode()).hexdigest()


def held_to_its_text(document: Document) -> None:
    assert unicodedata.is_normalized("NFC", document.text)
    for sentence in document.sentences:
        assert document.text[sentence.start : sentence.end] == sentence.text == sentence.text.strip() != ""
        assert "\n" not in sentence.text
        for mention in sentence.mentions:
            assert sentence.text[mention.start : mention.end] == mention.text == mention.text.strip() != ""
    ends = [0, *(s.end for s in document.sentences)]
    starts = [*(s.start for s in document.sentences), len(document.text)]
    assert not "".join(document.text[a:b] for a, b in zip(ends, starts, strict=True)).strip(), "text is lost"


@given(anything)
def test_every_sentence_and_mention_stands_where_it_says(text: str) -> None:
    held_to_its_text(parse("bai", text, LEXICON))


@given(anything)
def test_no_two_mentions_of_one_kind_overlap(text: str) -> None:
    for sentence in parse("bai", text, LEXICON).sentences:
        for kind in {m.kind for m in sentence.mentions}:
            spans = [(m.start, m.end) for m in sentence.mentions if m.kind is kind]
            assert all(a[1] <= b[0] for a, b in pairwise(spans)), kind
