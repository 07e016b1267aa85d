"""The short fact comes first, and the sentence around it is quoted as it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.extract import MAX_CHARS, extract
from knowledge.index import Profile, SentenceEntry
from knowledge.matcher import Candidate
from knowledge.model import Document, Mention, MentionKind, Sentence
from knowledge.records import replace
from knowledge.units import Analysis


def candidate(text: str, span: Mention | None) -> Candidate:
    sentence = Sentence(0, 0, len(text), text, (span,) if span else ())
    document = Document("bai", "Bài", "", "", text, "", (sentence,))
    entry = SentenceEntry(
        document, sentence, Profile.of(Analysis((), (), frozenset())), False, 0, False, lambda _: ()
    )
    return Candidate(1.0, entry, span=span)


def mention(text: str, words: str, kind: MentionKind, detail: str = "") -> Mention:
    start = text.index(words)
    return Mention(kind, start, start + len(words), words, detail)


@pytest.mark.parametrize(
    ("text", "words", "kind", "detail", "answer"),
    [
        ("(BAT) - Cầu dài 120 mét.", "", None, "", ("", "Cầu dài 120 mét.")),
        (
            "Có khoảng 45 hộ.",
            "khoảng 45 hộ",
            MentionKind.COUNT,
            "hộ",
            ("Khoảng 45 hộ.", "Khoảng 45 hộ. Có khoảng 45 hộ."),
        ),
        (
            "Ông Lê An phát biểu.",
            "Lê An",
            MentionKind.PERSON,
            "Đại tá; Trưởng ban",
            ("Lê An - Đại tá, Trưởng ban.", "Lê An - Đại tá, Trưởng ban. Ông Lê An phát biểu."),
        ),
        ("Lê An.", "Lê An", MentionKind.PERSON, "", ("Lê An.", "Lê An.")),
    ],
    ids=["whole", "count", "person", "said_once"],
)
def test_the_answer_is_the_mention_and_its_sentence(
    text: str, words: str, kind: MentionKind | None, detail: str, answer: tuple[str, str]
) -> None:
    span = mention(text, words, kind, detail) if kind else None
    assert extract(candidate(text, span)) == answer


def test_of_a_long_sentence_the_words_around_the_mention_are_kept() -> None:
    """The same figure earlier in the sentence does not draw the cut to itself."""
    text = "Có 7 đội, " + "rất vui " * 100 + "cuối cùng 7 đội về đích " + "rất vui " * 100
    at = text.rindex("7 đội")
    short, whole = extract(candidate(text, Mention(MentionKind.COUNT, at, at + 5, "7 đội")))
    assert short == "7 đội."
    assert "cuối cùng 7 đội về đích" in whole
    assert whole.startswith("7 đội. …")
    assert whole.endswith("…")


@given(st.integers(0, 900), st.integers(1, 60), st.sampled_from(["chữ ", "dính"]))
def test_a_cut_is_short_and_holds_the_mention(at: int, width: int, filler: str) -> None:
    span = Mention(MentionKind.PLACE, at, at + width, "X" * width)
    text = (filler * 250)[:at] + "X" * width + (filler * 250)[: 1000 - at]
    short, whole = extract(candidate(text, span))
    quoted = whole.removeprefix(short).strip()
    assert span.text in quoted
    assert len(quoted) <= MAX_CHARS + 2
    assert quoted.strip("…") in text


def test_a_given_name_is_told_in_full() -> None:
    """ "Ông Quế" is named once before; of two who are called so, neither is guessed."""

    def told(*texts: str) -> str:
        at, sentences = 0, []
        for text in texts:
            people = tuple(
                Mention(MentionKind.PERSON, text.index(name), text.index(name) + len(name), name, office)
                for name, office in (("Lê An Quế", "Trưởng thôn"), ("Vũ Quế", ""), ("Quế", ""))
                if name in text
            )[:1]
            sentences.append(Sentence(0, at, at + len(text), text, people))
            at += len(text) + 1
        document = Document("bai", "Bài", "", "", " ".join(texts), "", tuple(sentences))
        profile = Profile.of(Analysis((), (), frozenset()))
        last = SentenceEntry(document, sentences[-1], profile, False, len(texts) - 1, True, lambda _: ())
        return extract(Candidate(1.0, last, span=sentences[-1].mentions[0]))[0]

    assert told("Ông Lê An Quế dự.", "Ông Quế tặng sách.") == "Lê An Quế - Trưởng thôn."
    assert told("Ông Lê An Quế dự.", "Anh Vũ Quế dự.", "Ông Quế tặng sách.") == "Quế."


def test_bodies_that_act_together_are_named_together() -> None:
    text = "Giải do Hội Nông dân (HND) huyện cùng Công ty An Phú tổ chức, Đoàn xã giúp."
    first, second, third = (
        mention(text, words, MentionKind.ORGANISATION)
        for words in ("Hội Nông dân", "Công ty An Phú", "Đoàn xã")
    )
    found = candidate(text, second)
    sentence = replace(found.entry.sentence, mentions=(first, second, third))
    short, _ = extract(replace(found, entry=replace(found.entry, sentence=sentence)))  # type: ignore[arg-type]
    assert short == "Hội Nông dân (HND) huyện cùng Công ty An Phú."
