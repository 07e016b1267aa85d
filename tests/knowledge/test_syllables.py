"""Syllables are told from other words, and typing keys become marks."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from knowledge.syllables import (
    decode_keys,
    fold,
    fold_key,
    is_one_slip,
    is_syllable,
    key,
    place_tone,
    split_tone,
)

# The keys of the two common ways of typing, from their manuals: shape keys, then tone keys (1-5).
TELEX = {"ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}
VNI = {"ă": "a8", "â": "a6", "ê": "e6", "ô": "o6", "ơ": "o7", "ư": "u7", "đ": "d9"}
TONE_KEYS = {"telex": "fsrxj", "vni": "21345"}
ONSETS = [*"bcdđghklmnprstvx", "", "ch", "gi", "gh", "kh", "ng", "ngh", "nh", "ph", "qu", "th", "tr"]
VOWELS = "aăâeêioôơuưy"
NUCLEI = [
    *VOWELS,
    "iê",
    "uô",
    "ươ",
    "oa",
    "oă",
    "oe",
    "uâ",
    "uê",
    "uy",
    "uyê",
    "yê",
    "ia",
    "ua",
    "ưa",
    "uya",
    "oeo",
]
ENDS = ["", *"cimnoptuy", "ch", "ng", "nh"]
# "oo" is typed with three o, which chat also does for length: "xoong" cannot be told from "xông".
PLAIN = [
    s
    for a in ONSETS
    for b in NUCLEI
    for c in ENDS
    if is_syllable(place_tone(s := a + b + c, 2)) and "oo" not in s
]
STOPPED = ("c", "ch", "p", "t")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dduwowcj", "được"),
        ("hooij", "hội"),
        ("nghij", "nghị"),
        ("truowngf", "trường"),
        ("d9u7o7c5", "được"),
        ("ho6i5", "hội"),
        ("ngu7o7i2", "người"),
    ],
)
def test_telex_and_vni_keys_become_marks(typed: str, meant: str) -> None:
    assert decode_keys(typed) == meant


@pytest.mark.parametrize("word", ["hội", "nghị", "nghiêng", "quý", "gì", "yêu", "ươm", "đường"])
def test_a_syllable_is_recognised(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["bangkhen", "wow", "xyz", "strike", "ngx"])
def test_what_no_vietnamese_mouth_says_is_no_syllable(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize(("old", "new"), [("hòa", "hoà"), ("thúy", "thuý"), ("khỏe", "khoẻ")])
def test_old_and_new_places_of_the_tone_are_one(old: str, new: str) -> None:
    assert key(old) == key(new)


@given(st.text(max_size=12))
def test_folding_twice_is_folding_once(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=12))
def test_no_word_is_too_strange(word: str) -> None:
    is_syllable(word)
    decode_keys(word)
    fold_key(word)


def typed(plain: str, tone: int, way: str, tone_at: int, *, one_horn: bool = False) -> str:
    """Spell toneless *plain* in keys; the tone key follows letter *tone_at* or the nearest that can."""
    shapes = TELEX if way == "telex" else VNI
    keys = [shapes.get(letter, letter) for letter in plain]
    if one_horn and "ươ" in plain:  # one horn key serves both letters
        keys[plain.index("ư")] = "u"
    at = min(max(tone_at, next(i for i, c in enumerate(plain) if c in VOWELS)), len(plain) - 1)
    keys[at] += TONE_KEYS[way][tone - 1] if tone else ""
    return "".join(keys)


@given(
    st.sampled_from(PLAIN),
    st.integers(0, 5),
    st.sampled_from(["telex", "vni"]),
    st.integers(0, 6),
    st.booleans(),
)
def test_any_syllable_typed_in_keys_is_read_back(
    plain: str, tone: int, way: str, tone_at: int, one_horn: bool
) -> None:
    tone = tone if not plain.endswith(STOPPED) or tone in (2, 5) else 2
    keys = typed(plain, tone, way, tone_at, one_horn=one_horn)
    meant = place_tone(plain, tone)
    assert decode_keys(keys) == (meant if keys != meant else None)


def test_the_keys_cover_the_language() -> None:
    assert len(PLAIN) > 2000
    assert {"nghiêng", "đương", "quyên", "ngoeo", "khuya", "uông"} <= {*PLAIN}


@pytest.mark.parametrize("word", ["hoa", "nam", "email", "2024", "covid19", "b52", "", "f", "6"])
def test_what_holds_no_keys_is_left_alone(word: str) -> None:
    assert decode_keys(word) is None


@given(st.sampled_from(PLAIN), st.integers(0, 5))
def test_a_tone_is_put_on_and_taken_off(plain: str, tone: int) -> None:
    word = place_tone(plain, tone)
    assert split_tone(word) == (plain, tone)
    assert len(word) == len(plain), "one letter carries the tone, composed"


@pytest.mark.parametrize(
    ("plain", "tone", "word"),
    [
        *[("hoa", 1, "hòa"), ("toan", 2, "toán"), ("qua", 3, "quả"), ("gia", 1, "già"), ("gi", 1, "gì")],
        *[("thuy", 2, "thúy"), ("ngươi", 1, "người"), ("khuyên", 2, "khuyến"), ("ngoeo", 3, "ngoẻo")],
    ],
)
def test_the_tone_stands_where_newspapers_print_it(plain: str, tone: int, word: str) -> None:
    assert place_tone(plain, tone) == word


@given(st.text(max_size=12))
def test_composed_and_decomposed_words_compare_alike(word: str) -> None:
    """Callers hand over NFC; it must not matter which form the text had before."""
    word = word.lower()
    one = unicodedata.normalize("NFC", word)
    two = unicodedata.normalize("NFC", unicodedata.normalize("NFD", word))
    assert (key(one), fold(one), fold_key(one)) == (key(two), fold(two), fold_key(two))


@given(st.sampled_from(PLAIN), st.integers(0, 5))
def test_key_and_fold_of_nfc_are_those_of_nfd(plain: str, tone: int) -> None:
    word = place_tone(plain, tone)
    decomposed = unicodedata.normalize("NFD", word)
    assert decomposed.translate(dict.fromkeys(range(0x300, 0x370))).replace("đ", "d") == fold(word)
    assert key(unicodedata.normalize("NFC", decomposed)) == key(word)


@pytest.mark.parametrize(("word", "other"), [("kỹ", "kĩ"), ("quy", "qui"), ("lý", "lí")])
def test_a_lone_y_is_an_i(word: str, other: str) -> None:
    assert (key(word), fold_key(word)) == (key(other), fold_key(other))


@pytest.mark.parametrize("word", ["thúy", "yêu", "y", "tay"])
def test_any_other_y_stays(word: str) -> None:
    assert "y" in fold_key(word)


@given(st.text("ab", max_size=6), st.text("ab", max_size=6))
def test_one_slip_is_an_edit_distance_of_one(typed: str, meant: str) -> None:
    assert is_one_slip(typed, meant) == (OSA.distance(typed, meant) <= 1)


@given(st.text("abcd", min_size=1, max_size=9), st.integers(0, 8), st.sampled_from(["", "x", "xy"]))
def test_one_slip_in_a_longer_word_too(meant: str, at: int, put: str) -> None:
    for typed in (
        meant[:at] + put + meant[at + 1 :],
        meant[:at] + put + meant[at:],
        meant[:at] + meant[at:][1::-1],
    ):
        assert is_one_slip(typed, meant) == (OSA.distance(typed, meant) <= 1)
