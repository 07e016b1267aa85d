"""One message may hold several questions."""

from __future__ import annotations

import pytest

from knowledge.analysis import Analyzer
from knowledge.lexicon import Lexicon
from knowledge.normalize import Normalizer
from knowledge.segments import (
    MAX_PARTS,
    MAX_READ,
    MAX_SENTENCE,
    MAX_WINDOWS,
    gist,
    split_clauses,
    split_sentences,
    windows,
    without_declined,
)
from knowledge.units import Analysis
from tests.conftest import SEEDS

LEXICON = Lexicon.load(SEEDS / "lexicon")
NORMALIZER, ANALYZER = Normalizer(LEXICON), Analyzer(LEXICON)


def words(analysis: Analysis) -> str:
    return " ".join(t.text for t in analysis.tokens)


def within(analysis: Analysis, window: range) -> str:
    return " ".join(analysis.tokens[n].text for n in window)


def test_the_setting_of_a_story_is_left_out_when_another_sentence_asks() -> None:
    tokens = NORMALIZER.normalize("Hôm qua trời mưa. Cầu dài bao nhiêu?")
    assert [words(s) for s in split_sentences(tokens, ANALYZER)] == ["cầu dài bao nhiêu"]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("ai trao bằng khen, trao ở đâu", ["ai trao bằng khen", "trao ở đâu"]),
        ("ai ký quy chế và ký lúc mấy giờ", ["ai ký quy chế", "ký lúc mấy giờ"]),
        ("giám đốc và phó giám đốc là ai", ["giám đốc", "phó giám đốc là ai"]),
        ("giám đốc + phó giám đốc là ai", ["giám đốc", "phó giám đốc là ai"]),
        ("giám đốc & phó giám đốc là ai", ["giám đốc", "phó giám đốc là ai"]),
    ],
)
def test_cuts_are_proposed_at_joining_words(text: str, pieces: list[str]) -> None:
    sentence = ANALYZER.analyse(NORMALIZER.normalize(text))
    assert pieces in [[words(p) for p in proposal] for proposal in split_clauses(sentence, ANALYZER)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("giám đốc tên gì phó giám đốc tên gì", ["giám đốc tên gì", "phó giám đốc tên gì"]),
        ("ai ký quy chế ai trao bằng khen", ["ai ký quy chế", "ai trao bằng khen"]),
    ],
)
def test_questions_run_together_are_parted_where_each_asks(text: str, pieces: list[str]) -> None:
    sentence = ANALYZER.analyse(NORMALIZER.normalize(text))
    assert pieces in [[words(p) for p in proposal] for proposal in split_clauses(sentence, ANALYZER)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "mấy tập thể, giám đốc là ông Phước hay ông Mai",
            ["mấy tập thể", "giám đốc là ông phước hay ông mai"],
        ),
        ("ngày họp, đơn vị tổ chức, số tập thể", ["ngày họp", "đơn vị tổ chức", "số tập thể"]),
        ("ai tổ chức hội nghị, tổ chức để làm gì", ["ai tổ chức hội nghị", "tổ chức để làm gì"]),
    ],
)
def test_a_choice_a_heading_and_a_purpose_are_questions_of_their_own(text: str, pieces: list[str]) -> None:
    sentence = ANALYZER.analyse(NORMALIZER.normalize(text))
    assert pieces in [[words(p) for p in proposal] for proposal in split_clauses(sentence, ANALYZER)]


def test_one_claim_is_not_parted_at_its_comma() -> None:
    claim = ANALYZER.analyse(NORMALIZER.normalize("có phải các tập thể, cá nhân khen ông Phước không"))
    assert not split_clauses(claim, ANALYZER)


def test_what_is_not_meant_is_left_out_when_the_question_follows() -> None:
    tokens = NORMALIZER.normalize("Không phải phó, hỏi giám đốc")
    assert [t.text for t in without_declined(tokens, [("không", "hỏi")])] == ["hỏi", "giám", "đốc"]
    claim = NORMALIZER.normalize("Không phải phó giám đốc ký à")
    assert without_declined(claim, [("không", "hỏi")]) == claim


def test_a_piece_without_a_question_word_borrows_the_next_ones() -> None:
    sentence = ANALYZER.analyse(NORMALIZER.normalize("giám đốc và phó giám đốc là ai"))
    assert all("person" in p.types for p in split_clauses(sentence, ANALYZER)[0])


def test_a_long_sentence_may_ask_from_its_question_word_on() -> None:
    told = "bé nhà mình phải làm bài thuyết trình nên cô giáo bắt con về hỏi ba mẹ cho rõ ai trao bằng khen"
    sentence = ANALYZER.analyse(NORMALIZER.normalize(told))
    assert "ai trao bằng khen" in [within(sentence, w) for w in windows(sentence)]


def test_three_dots_are_a_pause() -> None:
    tokens = NORMALIZER.normalize("cái cầu đó... dài bao nhiêu")
    assert [words(s) for s in split_sentences(tokens, ANALYZER)] == ["cái cầu đó dài bao nhiêu"]


def test_a_plain_question_is_not_cut() -> None:
    assert split_clauses(ANALYZER.analyse(NORMALIZER.normalize("ai trao bằng khen")), ANALYZER) == []


def test_there_are_never_too_many_parts() -> None:
    sentence = ANALYZER.analyse(
        NORMALIZER.normalize("ai, ở đâu, mấy giờ, ngày nào, bao nhiêu tiền, vì sao " * 5)
    )
    assert all(len(p) <= MAX_PARTS for p in split_clauses(sentence, ANALYZER))


def test_the_question_of_a_long_message_stands_in_one_of_its_clauses() -> None:
    told = "hôm qua bên tổ mình ngồi nói chuyện với nhau lâu lắm, mà chẳng ai nhớ "
    sentence = ANALYZER.analyse(NORMALIZER.normalize(f"{told}cây cầu dài bao nhiêu, nên mình phải nhắn"))
    found = windows(sentence)
    assert within(sentence, found[0]) == "cây cầu dài bao nhiêu"
    assert len(found) <= MAX_WINDOWS


def test_a_short_question_has_no_story_around_it() -> None:
    assert windows(ANALYZER.analyse(NORMALIZER.normalize("bạn ơi, cầu dài bao nhiêu"))) == []


STORY = "Hôm qua mình đi làm về muộn. Trời mưa to quá. " * 12


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (STORY + "Cầu dài bao nhiêu?", "cầu dài bao nhiêu"),
        ("Cầu dài bao nhiêu ạ. " + STORY, "cầu dài bao nhiêu ạ"),
        ("Ai phát biểu? " + STORY + "Cầu dài bao nhiêu?", "ai phát biểu cầu dài bao nhiêu"),
    ],
    ids=["asked last", "asked first", "both"],
)
def test_of_a_message_that_is_too_long_the_sentences_that_ask_are_read(text: str, read: str) -> None:
    assert " ".join(t.text for t in gist(NORMALIZER.normalize(text), ANALYZER)) == read


@pytest.mark.parametrize(
    "text", ["xe máy đi qua " * 60, "xe máy đi qua " * 30 + "có mấy nhịp " + "xe máy đi qua " * 30]
)
def test_of_one_endless_sentence_the_part_that_asks_is_read(text: str) -> None:
    read = gist(NORMALIZER.normalize(text), ANALYZER)
    assert len(read) == MAX_SENTENCE
    assert ("mấy" in {t.text for t in read}) == ("mấy" in text)


def test_of_several_long_questions_as_many_are_read_as_there_is_room_for() -> None:
    asked = "mình đi ngang qua thấy cầu mới xây xong đẹp quá, không biết cầu dài bao nhiêu mét vậy? "
    read = gist(NORMALIZER.normalize("Ai phát biểu? " + asked * 4), ANALYZER)
    assert MAX_READ / 2 < len(read) <= MAX_READ
    assert [t.text for t in read].count("bao") == len(read) // len(NORMALIZER.normalize(asked))


def test_what_is_told_before_the_question_is_kept_while_there_is_room() -> None:
    text = (
        "Hôm qua mình đi làm về muộn nên không ghé qua được, tiếc quá chừng luôn. Mưa to. " * 2
        + "Dài mấy mét?"
    )
    tokens = NORMALIZER.normalize(text)
    assert MAX_SENTENCE < len(tokens) <= MAX_READ
    assert gist(tokens, ANALYZER) == tokens


def test_a_message_of_usual_length_is_read_whole() -> None:
    tokens = NORMALIZER.normalize("Chào bạn. Mình hỏi chút. Cầu dài bao nhiêu?")
    assert gist(tokens, ANALYZER) == tokens


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Không hỏi người ký nha, mình hỏi ai trao", "mình hỏi ai trao"),
        ("ai trao, khoi ke ai nhan", "ai trao"),
        ("ai trao chứ không hỏi ai nhận", "ai trao"),
        ("không hỏi gì hết", "không hỏi gì hết"),
        ("ai không dự", "ai không dự"),
    ],
)
def test_what_somebody_says_not_to_ask_is_left_out(text: str, left: str) -> None:
    declined = sorted((tuple(d.split()) for d in LEXICON.declined), key=len, reverse=True)
    assert " ".join(t.text for t in without_declined(NORMALIZER.normalize(text), declined)) == left


def test_the_name_of_a_body_is_not_cut_at_its_own_and() -> None:
    sentence = ANALYZER.analyse(NORMALIZER.normalize("giám đốc sở Văn hóa, Thể thao và Du lịch là ai"))
    assert split_clauses(sentence, ANALYZER) == []


def test_two_things_that_are_compared_are_not_parted() -> None:
    compared = ANALYZER.analyse(NORMALIZER.normalize("quy chế và kế hoạch cái nào của tỉnh"))
    assert not split_clauses(compared, ANALYZER)
