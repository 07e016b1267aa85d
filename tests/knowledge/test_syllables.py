"""Syllables are told from other words, and typing keys become marks."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.syllables import decode_keys, fold, fold_key, is_syllable, key


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
