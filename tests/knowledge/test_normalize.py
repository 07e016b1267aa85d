"""However people type, the same standard words come out."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.lexicon import Lexicon
from knowledge.normalize import (
    MAX_ODD,
    MAX_TOKENS,
    MAX_WORD_CHARS,
    MAX_WORDS,
    Normalizer,
    canonical_number,
    clean,
)
from knowledge.units import agreement
from tests.conftest import SEEDS

NORMALIZER = Normalizer(Lexicon.load(SEEDS / "lexicon"))


def spoken(text: str) -> str:
    return " ".join(t.text for t in NORMALIZER.normalize(text))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("ai trao bk z", "ai trao bằng khen vậy", id="teencode"),
        pytest.param("ai ✍️ quy chế", "ai ký quy chế", id="picture for a word"),
        pytest.param("✍️ ai ký quy chế ✍️", "ai ký quy chế", id="pictures around"),
        pytest.param("📅 lễ ở chỗ nào trong xã 🎉", "lễ ở chỗ nào trong xã", id="picture in front"),
        pytest.param("PGĐ LĐLĐ tỉnh", "phó giám đốc liên đoàn lao động tỉnh", id="abbreviations"),
        pytest.param("đv nào t/c", "đơn vị nào tổ chức", id="slashes"),
        pytest.param("đ/c nào", "đồng chí nào", id="comrade"),
        pytest.param("hooij nghij", "hội nghị", id="telex"),
        pytest.param("ho6i5 nghi5", "hội nghị", id="vni"),
        pytest.param("hội\u200b nghị", "hội nghị", id="zero-width"),
        pytest.param("<b>hội nghị</b>", "hội nghị", id="markup"),
        pytest.param('<a href="https://a.vn/x">ai</a> trao', "ai trao", id="link with its text"),
        pytest.param("<script>x(1)</script>ai <b>trao", "ai trao", id="script"),
        pytest.param("Chủ tịch huyện là ai", "chủ tịch ủy ban nhân dân huyện là ai", id="head of a place"),
        pytest.param("thiệt hại ra răng", "thiệt hại ra sao", id="no dialect within a word"),
        pytest.param("đội vô địch tên chi", "đội vô địch tên gì", id="a word of dialect syllables"),
        pytest.param("bà Đặng Hoài An", "bà đặng hoài an", id="names are no dialect"),
        pytest.param("được thưởng mấy triệu", "được thưởng mấy triệu", id="millions of money"),
        pytest.param("mấy triệu con", "mấy con", id="millions of things"),
        pytest.param("ai trao rứa", "ai trao vậy", id="dialect"),
        pytest.param("ai làm mô hình", "ai làm mô hình", id="dialect does not cut a word in two"),
        pytest.param("lần xi nghiệp", "lần xi nghiệp", id="no Roman numeral"),
        pytest.param("khóa XI", "khóa 11", id="Roman numeral"),
        pytest.param("hom may, ong nao ky", "hom may ong nao ky", id="dialect does not reach over a comma"),
        pytest.param("bàn chiện gì", "bàn chuyện gì", id="as it is said"),
        pytest.param("họp hnao", "họp hôm nào", id="glued"),
        pytest.param("h ộ i n g h ị khi nào", "hội nghị khi nào", id="letter by letter"),
        pytest.param("nhóm máu A B O", "nhóm máu a b o", id="letters that stand for themselves"),
        pytest.param("UBNĐ xã", "ủy ban nhân dân xã", id="a mark within an abbreviation"),
        pytest.param("hơn bảy mươi mấy mét", "hơn mấy mét", id="a number asked for in part"),
        pytest.param("mấy chục phần trăm", "mấy phần trăm", id="tens asked for"),
        pytest.param("giai đoạn 2021-2025", "giai đoạn 2021 2025", id="two years without spaces"),
    ],
)
def test_typing_is_undone(typed: str, meant: str) -> None:
    assert spoken(typed) == meant


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("hai trăm tám mươi mốt mô hình", "281"),
        ("bảy mươi lăm phần trăm", "75%"),
        ("bảy lăm phần trăm", "75%"),
        ("hai trăm tám mốt mô hình", "281"),
        ("75 %", "75%"),
        ("ngày 06/11", "6/11"),
        ("24.600 người", "24600"),
        ("khóa V", "5"),
    ],
)
def test_a_figure_has_one_spelling(typed: str, number: str) -> None:
    assert number in [t.number for t in NORMALIZER.normalize(typed)]


def test_words_that_only_fold_like_numerals_stay_words() -> None:
    assert spoken("ong ay lam chuc gi").split()[2:4] == ["lam", "chuc"]


@pytest.mark.parametrize(
    ("typed", "canonical"), [("06", "6"), ("1.410", "1410"), ("06-11", "6/11"), ("2018", "2018")]
)
def test_canonical_number(typed: str, canonical: str) -> None:
    assert canonical_number(typed) == canonical


_ANY_TEXT = st.text(st.characters(codec=None), max_size=60) | st.text(
    alphabet="aăâbcdđeêghijklmnoôơpqrstuưvxyàáảãạ 0123456789?.,/%\n\x00\ud800", max_size=60
)


@given(_ANY_TEXT)
def test_no_text_makes_it_raise_and_the_output_is_stable(text: str) -> None:
    once = " ".join(t.text for t in NORMALIZER.normalize(text, standard=True))
    assert " ".join(t.text for t in NORMALIZER.normalize(once, standard=True)) == once
    assert len(NORMALIZER.normalize(text)) <= 4 * MAX_TOKENS


@given(st.text(alphabet="aàáâấđeêếoôốơớuưứ mnpt", max_size=40))
def test_composed_and_decomposed_letters_read_alike(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert spoken(composed) == spoken(decomposed)


def test_a_script_is_left_out_with_what_it_holds() -> None:
    assert clean("<script>alert(1)</script> họp <b>ngày</b> nào").split() == ["họp", "ngày", "nào"]


@pytest.mark.parametrize("text", ["a" * 900, "1" * 900, "hooij" * 180, "ế" * 900])
def test_a_word_without_an_end_is_cut(text: str) -> None:
    """Else the caches of words, 20,000 each, could be filled with some hundred megabytes from outside."""
    for standard in (False, True):
        (token,) = NORMALIZER.normalize(text, standard=standard)
        assert (
            max(map(len, (token.text, token.key, token.fold, token.typed, token.number)))
            <= MAX_WORD_CHARS + 1
        )


def test_digits_of_no_decimal_system_are_no_figures() -> None:
    """Ethiopic ones and their like are digits to Python, and no numbers."""
    digits = [char for char in map(chr, range(0x110000)) if char.isdigit() and not char.isdecimal()]
    for char in digits:
        for text in (char, f"1{char}", f"{char}/11", f"a{char}", f"khóa {char}"):
            for standard in (False, True):
                tokens = NORMALIZER.normalize(text, standard=standard)
                assert all(agreement(t.key, t.key) == 1.0 for t in tokens)
    assert spoken("፩ cầu") == "፩ cầu"


@pytest.mark.parametrize("text", ["A.A/A", "a/a", "T.C"])
def test_dots_and_strokes_within_a_word_are_read_once(text: str) -> None:
    once = " ".join(t.text for t in NORMALIZER.normalize(text, standard=True))
    assert " ".join(t.text for t in NORMALIZER.normalize(once, standard=True)) == once


def test_of_a_message_full_of_odd_words_the_last_ones_are_made_out() -> None:
    words = spoken("nghij " * MAX_WORDS).split()
    assert words == ["nghij"] * (MAX_WORDS - MAX_ODD) + ["nghị"] * MAX_ODD
    assert spoken("cầu " * MAX_WORDS + "nghij").endswith("cầu nghị")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("xe chạy qua cầu " * 50 + "ai phát biểu", "ai phát biểu"),
        ("ai phát biểu " + "xe chạy qua cầu " * 50, "ai phát biểu"),
        ("xe chạy qua cầu. " * 25 + "Ai phát biểu? " + "xe chạy qua cầu. " * 25, "ai phát biểu"),
        ("xe " * 60 + "qua cầu bao nhiêu lần? " + "xe " * 120, "qua cầu bao nhiêu lần"),
    ],
    ids=["at the end", "at the beginning", "with a question mark", "a long question"],
)
def test_of_an_endless_message_what_may_ask_is_read(text: str, kept: str) -> None:
    tokens = NORMALIZER.normalize(text)
    assert len(tokens) <= MAX_WORDS + 10
    assert kept in " ".join(t.text for t in tokens)
