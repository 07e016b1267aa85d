"""Slips are mended towards the words in use, and short forms read by their neighbours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.lexicon import Lexicon
from knowledge.normalize import Normalizer
from knowledge.vocabulary import MAX_GROWN, MAX_LOOKED_AT, Vocabulary
from tests.conftest import SEEDS

NORMALIZER = Normalizer(Lexicon.load(SEEDS / "lexicon"))
VOCABULARY = Vocabulary(
    ["Phó Chủ tịch trao bằng khen cho ba tập thể", "hội nghị tổ chức ngày nào", "tiêu chuẩn an toàn"]
)


def settled(text: str) -> str:
    tokens, _ = VOCABULARY.settle(NORMALIZER.normalize(text))
    return " ".join(t.text for t in tokens)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("trao bằng khenn", "trao bằng khen", id="doubled"),
        pytest.param("chao bằng khen", "trao bằng khen", id="by ear"),
        pytest.param("bangkhen", "bằng khen", id="two in one"),
        pytest.param("hội nhgị", "hội nghị", id="swapped"),
        pytest.param("tc ngày nào", "tổ chức ngày nào", id="short form"),
        pytest.param("to chuc ngay neo", "to chuc ngay nào", id="chat spelling without marks"),
        pytest.param("khen cho bà tập thể", "khen cho bà tập thể", id="a short word that is meant"),
        pytest.param("hội ngị ngày nào", "hội nghị ngày nào", id="spoken the same"),
        pytest.param("bằng khèo ngày nào", "bằng khèo ngày nào", id="a letter and the tone are no slip"),
        pytest.param("tổ chức ngày nà", "tổ chức ngày nào", id="last letter left out"),
        pytest.param("tổ chức ngàt nào", "tổ chức ngày nào", id="marks that no word can have"),
    ],
)
def test_slips_are_mended(typed: str, meant: str) -> None:
    assert settled(typed) == meant


def test_a_firm_pair_outweighs_a_frequent_word() -> None:
    words = Vocabulary(["giai đoạn đầu", "giai đoạn sau", "họp gì", "làm gì", "đội gì", "gì đoạn"])
    tokens, _ = words.settle(NORMALIZER.normalize("gai đoạn đầu"))
    assert tokens[0].text == "giai"


def test_several_known_words_with_other_marks_are_slips() -> None:
    tokens, _ = VOCABULARY.settle(NORMALIZER.normalize("phò chủ tịch trạo bằng khen"))
    assert [t.typed for t in tokens if t.marked] == ["chủ", "tịch", "bằng"]


def test_marks_typed_with_care_are_kept() -> None:
    tokens, mended = VOCABULARY.settle(NORMALIZER.normalize("ai tráo bằng khen"))
    assert (tokens[1].text, tokens[1].marked, mended) == ("tráo", True, 0)


@pytest.mark.parametrize(
    ("text", "meant"), [("phó chủ tịch trao bằng khen cho anh", True), ("trao bang khen cho anh", False)]
)
def test_a_word_without_marks_is_meant_so_in_a_message_typed_with_care(text: str, meant: bool) -> None:
    tokens, _ = VOCABULARY.settle(NORMALIZER.normalize(text))
    assert tokens[-1].marked is meant


def test_in_a_message_with_slips_marks_that_break_a_firm_pair_say_nothing() -> None:
    tokens, _ = VOCABULARY.settle(NORMALIZER.normalize("phó chủ tích trao bằng khen cho ba tap thể"))
    assert (tokens[2].text, tokens[2].marked) == ("tích", False)


PRINTED = "Đội Vô Ưu nhận xe ô tô của hãng Rus. Bà Lee, tổ chức WHO, dạy hồi sức và chữa răng hàm."


@pytest.mark.parametrize(
    ("typed", "as_printed", "elsewhere"),
    [
        pytest.param("đội vô ưu", "vô", "vào", id="dialect beside its neighbour"),
        pytest.param("mấy ô tô", "ô", "ông", id="chat spelling beside its neighbour"),
        pytest.param("lớp hooif sức", "hồi", "lúc", id="raw keys"),
        pytest.param("hãng rus", "rus", "rú", id="a foreign word"),
        pytest.param("ba người của who", "who", "ai", id="a word of another language"),
        pytest.param("vô hội trường", "vào", "vào", id="another neighbour"),
    ],
)
def test_the_very_words_of_the_articles_are_read_as_they_stand(
    typed: str, as_printed: str, elsewhere: str
) -> None:
    tokens = NORMALIZER.normalize(typed)
    for words, meant in ((Vocabulary([PRINTED]).about([PRINTED]), as_printed), (VOCABULARY, elsewhere)):
        assert meant in [t.text for t in words.settle(tokens)[0]]


def test_a_slip_in_a_long_foreign_word_is_mended() -> None:
    words = Vocabulary(["Trạm đo ozone và formaldehyde"])
    assert words.settle(NORMALIZER.normalize("đo formaldehide"))[0][-1].text == "formaldehyde"


@given(st.text(max_size=50))
def test_no_text_makes_it_raise(text: str) -> None:
    VOCABULARY.settle(NORMALIZER.normalize(text))


@pytest.mark.parametrize(("typed", "meant"), [("tbkc", "trao bằng khen cho"), ("bangkhen", "bằng khen")])
def test_a_message_full_of_initials_hardly_grows(typed: str, meant: str) -> None:
    assert settled(typed) == meant
    assert len(settled(f"{typed} " * 40).split()) <= 40 + MAX_GROWN + 3


def test_of_a_message_full_of_slips_the_last_ones_are_mended() -> None:
    words = settled("bqằng " * 40).split()
    assert words == ["bqằng"] * (40 - MAX_LOOKED_AT) + ["bằng"] * MAX_LOOKED_AT
