"""A message becomes facts, an honest silence, or a correction."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.answerer import Answerer
from knowledge.article import parse
from knowledge.leaning import Talk
from knowledge.lexicon import Lexicon
from knowledge.model import Answer, AnswerKind, Conversation, Fact, Part, Reason
from knowledge.normalize import MAX_CHARS
from knowledge.records import replace
from knowledge.segments import MAX_READ
from knowledge.units import Analysis
from knowledge.verdict import Verdicts
from tests.conftest import ARTICLE, SEEDS

LEXICON = Lexicon.load(SEEDS / "lexicon")
DOCUMENT = parse("cau-song-lanh", ARTICLE, LEXICON)
FACTS = [
    Fact(
        number,
        questions,
        answer,
        quote=quote,
        document="cau-song-lanh",
    )
    for number, (questions, answer, quote) in enumerate(
        [
            (
                ("Lễ khánh thành tổ chức ngày nào?", "Ngày nào?"),
                "Lễ khánh thành diễn ra sáng 12/4.",
                "Sáng 12/4",
            ),
            (("Cầu dài bao nhiêu mét?",), "Cầu dài 120 mét.", "Cầu dài 120 mét."),
            (("Bao nhiêu hộ dân hiến đất?",), "Có 45 hộ dân hiến đất.", "Có 45 hộ dân hiến đất làm đường."),
            (
                ("Ông Trần Hữu Phước giữ chức vụ gì?", "Ông Trần Hữu Phước là ai?"),
                "Ông Trần Hữu Phước là Chủ tịch UBND huyện.",
                "Ông Trần Hữu Phước - Chủ tịch UBND huyện",
            ),
            (("Chủ tịch UBND huyện là ai?",), "Chủ tịch UBND huyện là ông Trần Hữu Phước.", ""),
            (("Ông Trần Hữu Phước bao nhiêu tuổi?",), "Bài viết không nêu tuổi của người nào.", ""),
            (("Xây cầu hết bao nhiêu tiền?", "Kinh phí là bao nhiêu?"), "Bài viết không nêu kinh phí.", ""),
        ],
        start=1,
    )
]
ANSWERER = Answerer.build([DOCUMENT], FACTS, LEXICON)


def texts(answer: Answer) -> list[str]:
    return [part.text for part in answer.parts]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("cầu dài mấy mét", "Cầu dài 120 mét."),
        ("khanh thanh hom nao", "Lễ khánh thành diễn ra sáng 12/4."),
        ("ngày nào", "Lễ khánh thành diễn ra sáng 12/4."),
        ("chủ tịch huyện tên gì", "Chủ tịch UBND huyện là ông Trần Hữu Phước."),
    ],
)
def test_a_fact_answers_with_its_quote(text: str, answer: str) -> None:
    got = ANSWERER.answer(text)
    assert (got.kind, texts(got)) == (AnswerKind.ANSWER, [answer])
    assert all(c.quote in DOCUMENT.text for part in got.parts for c in part.citations)


def test_a_statement_of_silence_is_no_answer() -> None:
    got = ANSWERER.answer("xây cầu tốn bao nhiêu tiền")
    assert (got.kind, got.parts[0].reason) == (AnswerKind.NO_ANSWER, Reason.SILENT)


@pytest.mark.parametrize(
    "text",
    [
        "ông Trần Hữu Phước là Phó Chủ tịch UBND huyện phải không",
        "giám đốc Trần Hữu Phước nói gì",
        "đại tá Trần Hữu Phước là ai",
        "ông Trần Hữu Phước mang hàm đại tá à",
    ],
)
def test_another_office_or_rank_beside_a_name_is_corrected(text: str) -> None:
    got = ANSWERER.answer(text)
    assert got.parts[0].reason is Reason.PREMISE
    assert "Chủ tịch UBND huyện" in got.parts[0].text


@pytest.mark.parametrize(
    "text", ["cầu 120 mét làm mấy năm", "lễ khánh thành mấy giờ", "cầu thứ 120 dài bao nhiêu mét"]
)
def test_a_measure_is_not_given_for_another(text: str) -> None:
    assert ANSWERER.answer(text).kind is AnswerKind.NO_ANSWER


def test_a_wrong_figure_is_corrected() -> None:
    got = ANSWERER.answer("cầu dài 500 mét phải không")
    assert (got.parts[0].reason, texts(got)) == (Reason.PREMISE, ["Cầu dài 120 mét."])


def test_each_of_several_questions_gets_its_part() -> None:
    assert texts(ANSWERER.answer("Cầu dài bao nhiêu mét, bao nhiêu hộ dân hiến đất?")) == [
        "Cầu dài 120 mét.",
        "Có 45 hộ dân hiến đất.",
    ]


def test_the_half_that_is_silent_is_said_too() -> None:
    got = ANSWERER.answer("Cầu dài bao nhiêu mét và hết bao nhiêu tiền?")
    assert [p.kind for p in got.parts] == [AnswerKind.ANSWER, AnswerKind.NO_ANSWER]


def test_a_pronoun_means_the_person_just_answered() -> None:
    before = ANSWERER.answer("Chủ tịch UBND huyện là ai?")
    assert texts(ANSWERER.answer("ổng mấy tuổi", before.conversation)) == [
        "Bài viết không nêu tuổi của người nào."
    ]


@pytest.mark.parametrize("text", ["ông ấy là ai", "ông ấy giữ chức vụ gì", "người đó tên gì"])
def test_who_was_just_named_is_named_again(text: str) -> None:
    answer = "Ông Lê Văn Sáu, Trưởng thôn, đọc diễn văn."
    others = Answerer.build([DOCUMENT], [Fact(1, ("Ai đọc diễn văn?",), answer)], LEXICON)
    before = others.answer("Ai đọc diễn văn?")
    assert texts(others.answer(text, before.conversation)) == [answer]
    assert texts(others.answer(text)) != [answer]


def test_a_question_leans_on_the_story_told_before_it_whose_figures_are_in_doubt() -> None:
    got = ANSWERER.answer("Xóm tôi đồn có tám chục hộ dân hiến đất. Đúng ra là bao nhiêu hộ?")
    assert texts(got) == ["Có 45 hộ dân hiến đất."]


def test_a_question_that_stands_alone_does_not_lean() -> None:
    before = ANSWERER.answer("Chủ tịch UBND huyện là ai?")
    assert texts(ANSWERER.answer("Cầu dài bao nhiêu mét?", before.conversation)) == ["Cầu dài 120 mét."]


def test_another_topic_is_named_as_such() -> None:
    assert ANSWERER.answer("giá vàng miếng Zircon quốc tế ra sao").parts[0].reason is Reason.OFF_TOPIC


def test_too_long_and_empty_messages_are_told() -> None:
    assert ANSWERER.answer("a" * (MAX_CHARS + 1)).parts[0].reason is Reason.TOO_LONG
    assert ANSWERER.answer("…?!").parts[0].reason is Reason.UNREADABLE


WORDY = (
    "Hôm qua em với mấy chị đi ngang qua chỗ cầu mới, thấy người ta đứng đông mà không biết là chuyện gì, "
    "có người nói là khánh thành, có người nói hộ dân hiến đất, rồi chị hỏi em cầu dài bao nhiêu mét, "
    "ai phát biểu, mấy hộ hiến đất mà em không biết trả lời sao, bạn chỉ giùm em"
)


@pytest.mark.parametrize(
    "text",
    [
        WORDY,
        "cầu dài bao nhiêu, ai phát biểu và ngày nào, còn mấy hộ hiến đất, " * 8,
        "chủ tịch huyện với chủ tịch tỉnh là ai " * 20,
        "bcdg htrc mkhg " * 60,
    ],
    ids=["a story", "clauses", "run on", "nothing"],
)
def test_however_long_a_message_no_more_is_decided_than_of_a_few_questions(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is decided makes most of the cost of an answer; a usual question has some ten tokens."""
    read: list[int] = []
    decide = Verdicts._decide

    def counted(self: Verdicts, question: Analysis) -> tuple[Part, float]:
        read.append(len(question.tokens))
        return decide(self, question)

    monkeypatch.setattr(Verdicts, "_decide", counted)
    Answerer.build([DOCUMENT], FACTS, LEXICON).answer(text[:MAX_CHARS])
    assert sum(read) <= 3 * MAX_READ


def test_of_a_story_one_clause_is_looked_for_in_an_article_with_curated_facts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That costs as much as to rank the facts, and hardly ever gives an answer there."""
    read: list[Analysis] = []
    look = Verdicts._read

    def counted(self: Verdicts, question: Analysis, told: float, *, dated: Analysis) -> tuple[Part, float]:
        read.append(question)
        return look(self, question, told, dated=dated)

    monkeypatch.setattr(Verdicts, "_read", counted)
    Answerer.build([DOCUMENT], FACTS, LEXICON).answer(
        "Hôm qua em với mấy chị đi ngang qua cầu, có người hỏi ai sơn lan can cầu, rồi hộ dân nấu món gì, "
        "mà bên huyện mấy giờ mở chợ thì em chịu, bạn biết không"
    )
    assert len(read) == 1


def test_articles_with_curated_facts_are_not_searched_for_what_nothing_speaks_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answerer = Answerer.build([DOCUMENT], FACTS, LEXICON)
    monkeypatch.setattr("knowledge.passages.rank_sentences", None)
    assert answerer.answer("giá vàng miếng Zircon quốc tế ra sao").parts[0].reason is Reason.OFF_TOPIC


def test_what_is_told_around_a_surely_answered_question_is_not_decided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at: list[str] = []
    look = Verdicts._look_at_facts

    def noted(self: Verdicts, question: Analysis) -> object:
        looked_at.append(" ".join(t.text for t in question.tokens))
        return look(self, question)

    monkeypatch.setattr(Verdicts, "_look_at_facts", noted)
    story = (
        "hôm qua trời mưa nên em không đi coi được cái cầu mới, cầu dài bao nhiêu mét, bạn chỉ giùm em với"
    )
    assert texts(Answerer.build([DOCUMENT], FACTS, LEXICON).answer(story)) == ["Cầu dài 120 mét."]
    assert looked_at == ["cầu dài bao nhiêu mét", "bao nhiêu mét"]


def test_a_question_within_a_long_story_is_found() -> None:
    story = "Hôm qua mưa to nên em không đi coi được, mấy chị trong tổ kể lại nghe vui lắm, "
    for before, after in ((2, 0), (1, 1), (0, 2)):
        answer = ANSWERER.answer(story * before + "cho em hỏi cầu dài bao nhiêu mét vậy, " + story * after)
        assert texts(answer) == ["Cầu dài 120 mét."]


@settings(max_examples=60)
@given(
    st.text(st.characters(codec=None), max_size=80)
    | st.text(alphabet="aiđươcmấy ,?\n\x00\ud800", max_size=80)
)
def test_no_text_makes_it_raise(text: str) -> None:
    answer = ANSWERER.answer(text, Conversation("cầu dài bao nhiêu", (2,)))
    assert answer.parts
    assert 0 <= answer.confidence <= 1


def test_politeness_alone_asks_nothing() -> None:
    """What is only the beginning of a question gets no answer to another."""
    part = ANSWERER.answer("xin hỏi").parts[0]
    assert (part.kind, part.reason) == (AnswerKind.NO_ANSWER, Reason.UNREADABLE)


def test_what_is_asked_word_for_word_is_answered_as_taught() -> None:
    """Whatever else comes near, and however it is typed: admins attach what members really wrote."""
    taught = [
        Fact(91, ("cau dai may met z ad",), "Hỏi phòng kỹ thuật nhé."),
        Fact(92, ("Kinh phí là bao nhiêu?",), "Kinh phí là 3 tỷ đồng."),
    ]
    answerer = Answerer.build([DOCUMENT], [*FACTS, *taught], LEXICON)
    assert texts(answerer.answer("Cau dai may met z, ad??")) == ["Hỏi phòng kỹ thuật nhé."]
    assert texts(answerer.answer("kinh phí là bao nhiêu")) == ["Kinh phí là 3 tỷ đồng."]
    assert texts(answerer.answer("cầu dài mấy mét")) == ["Cầu dài 120 mét."]


TALK = (
    "lễ khánh thành ngày nào",
    "ong tran huu phuoc la ai",
    "ông ấy bao nhiêu tuổi",
    "còn chủ tịch thì sao",
    "cầu dài bao nhiêu mét? bao nhiêu hộ hiến đất",
    "ngày nào? ông ấy là ai",
    "kinh phí",
    "giá vàng hôm nay",
    "cảm ơn ad",
    "ai",
    "bao nhiêu mét vậy ạ",
)


@pytest.mark.parametrize("question", TALK)
def test_a_remembered_answer_is_the_one_that_would_be_found_anew(question: str) -> None:
    """In every conversation, also those in which another member has asked the same."""
    befores = [Conversation(), *(ANSWERER.answer(each).conversation for each in TALK)]
    for before in befores * 2:
        anew = ANSWERER._answer_anew(question, Talk(before))
        assert ANSWERER.answer(question, before) == (
            anew if anew.conversation.question else replace(anew, conversation=before)
        )


@pytest.mark.parametrize("question", TALK)
def test_it_matters_to_no_answer_whether_it_is_first_asked_alone_or_in_a_talk(question: str) -> None:
    alone = ANSWERER.answer(question)
    for before in (ANSWERER.answer(each).conversation for each in TALK):
        fresh = ANSWERER.over(ANSWERER._index)
        assert fresh.answer(question, before) == ANSWERER.answer(question, before)
        assert fresh.answer(question) == alone


TWO_DEPUTIES = """\
Ông Trần Hữu Phước - Phó Chủ tịch UBND huyện Tân Hương trao cúp cho đội nhất.

Bà Lê Thị Sen - Phó Chủ tịch Hội Nông dân huyện Tân Hương phát biểu bế mạc.
"""


def test_an_office_that_two_people_hold_is_asked_back() -> None:
    answerer = Answerer.build([parse("giai-chay", TWO_DEPUTIES, LEXICON)], [], LEXICON)
    answer = answerer.answer("phó chủ tịch là ai")
    assert answer.kind is AnswerKind.CLARIFY
    assert answer.parts[0].choices == (
        "Phó Chủ tịch UBND huyện Tân Hương",
        "Phó Chủ tịch Hội Nông dân huyện Tân Hương",
    )
    assert answerer.answer("phó chủ tịch hội nông dân là ai").kind is not AnswerKind.CLARIFY


def test_an_office_that_two_people_hold_is_answered_by_the_fact_that_names_both() -> None:
    both = "Có hai vị: ông Trần Hữu Phước và bà Lê Thị Sen."
    fact = Fact(1, ("Hai phó chủ tịch là ai?",), both, document="giai-chay")
    one = Fact(2, ("Phó chủ tịch UBND huyện là ai?",), "Là ông Trần Hữu Phước.", document="giai-chay")
    answerer = Answerer.build([parse("giai-chay", TWO_DEPUTIES, LEXICON)], [fact, one], LEXICON)
    assert texts(answerer.answer("pho chu tich ten gi")) == [both]


def test_one_word_that_fits_several_facts_is_asked_back() -> None:
    facts = [
        Fact(1, ("Thuyền ngày nào?",), "Ngày 12/4."),
        Fact(2, ("Thuyền mấy giờ?",), "Lúc 7 giờ."),
        Fact(3, ("Thuyền bao nhiêu tiền?",), "Bài viết không nêu."),
    ]
    answer = Answerer.build([], facts, LEXICON).answer("thuyền")
    assert answer.kind is AnswerKind.CLARIFY
    assert answer.parts[0].choices == ("Thuyền ngày nào?", "Thuyền mấy giờ?")


def test_a_name_asked_for_after_a_question_is_not_the_bots() -> None:
    before = ANSWERER.answer("chủ tịch huyện là ai").conversation
    assert texts(ANSWERER.answer("tên gì vậy", before)) == ["Chủ tịch UBND huyện là ông Trần Hữu Phước."]
    in_vain = ANSWERER.answer("ai hát ở lễ khánh thành").conversation
    assert ANSWERER.answer("tên gì vậy", in_vain).kind is AnswerKind.NO_ANSWER
    for talk in (before, Conversation()):
        assert ANSWERER.answer("bạn tên gì vậy", talk).kind is AnswerKind.SMALLTALK
    assert ANSWERER.answer("tên gì vậy").kind is AnswerKind.SMALLTALK
