"""Of several events the right one answers, and a choice leads where it says."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.answerer import Answerer
from knowledge.article import parse
from knowledge.lexicon import Lexicon
from knowledge.library import MAX_CHOICES, MAX_LABEL_CHARS, Library
from knowledge.model import AnswerKind, Conversation, Document, Fact
from tests.conftest import SEEDS
from tests.knowledge.minis import LIBRARY, RACE

LEXICON = Lexicon.load(SEEDS / "lexicon")
RACE_DOCUMENT = parse("race", RACE, LEXICON)
LIBRARY_DOCUMENT = parse("library", LIBRARY, LEXICON)
DOCUMENTS = (RACE_DOCUMENT, LIBRARY_DOCUMENT)
FACTS = (
    Fact(1, ("Ai phát biểu?",), "Bà Lê Thị Sen phát biểu bế mạc.", document="race", topic="Giải chạy"),
    Fact(2, ("Ai phát biểu?",), "Ông Đặng Văn Ký phát biểu khai mạc.", document="library", topic="Thư viện"),
    Fact(3, ("Có bao nhiêu vận động viên?",), "350 vận động viên.", document="race"),
    Fact(4, ("Chỗ gửi xe máy ở đâu?",), "Gửi xe máy ở cổng sau."),
)
BOTH = Library.build(DOCUMENTS, FACTS, LEXICON)
NEW_CHAT = Conversation()


def said(library: Library, text: str, conversation: Conversation = NEW_CHAT) -> list[str]:
    return [p.text for p in library.answer(text, conversation).parts]


def titled(titles: Sequence[str]) -> Library:
    """Events of these titles that are otherwise alike; each answers with its own number."""
    documents = [parse(f"d{n}", LIBRARY, LEXICON, title=t) for n, t in enumerate(titles)]
    facts = [Fact(n + 1, ("Ai ký?",), f"Người thứ {n}.", document=d.name) for n, d in enumerate(documents)]
    return Library.build(documents, facts, LEXICON)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Có bao nhiêu vận động viên?", "350 vận động viên."),
        ("Chỗ gửi xe máy ở đâu?", "Gửi xe máy ở cổng sau."),
        ("Thư viện có bao nhiêu cuốn sách?", "4.500 cuốn sách. Thư viện có 4.500 cuốn sách."),
    ],
    ids=["by_a_fact", "of_no_event", "by_a_sentence"],
)
def test_the_event_that_knows_answers(question: str, answer: str) -> None:
    assert said(BOTH, question) == [answer]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Tổ chức vào ngày nào?", AnswerKind.CLARIFY),
        ("Hội thi bơi tổ chức vào ngày nào?", AnswerKind.ANSWER),
    ],
    ids=["of_any_event", "of_one"],
)
def test_a_question_of_what_any_event_has_is_asked_back(question: str, kind: AnswerKind) -> None:
    """One article says "tổ chức", the other "mở"; the word does not tell which of them is meant."""
    swim = "Hội thi bơi Sông Lam\n\nNgày 3/4, xã mở hội thi bơi."
    choir = "Liên hoan hợp xướng\n\nNgày 5/6, huyện tổ chức liên hoan hợp xướng."
    events = Library.build([parse("swim", swim, LEXICON), parse("choir", choir, LEXICON)], [], LEXICON)
    assert events.answer(question).kind is kind


def test_what_fits_several_events_is_asked_back_and_each_choice_leads_to_its_event() -> None:
    answer = BOTH.answer("Ai phát biểu?")
    assert answer.kind is AnswerKind.CLARIFY
    (choices,) = [p.choices for p in answer.parts]
    assert [said(BOTH, choice) for choice in choices] == [
        ["Bà Lê Thị Sen phát biểu bế mạc."],
        ["Ông Đặng Văn Ký phát biểu khai mạc."],
    ]


@pytest.mark.parametrize(
    "titles",
    [
        ["Lễ hội", "Lễ hội"],
        ["Lễ hội", "Lễ hội: ngày hai"],
        ["Lễ hội " + "rất dài " * 9 + "một", "Lễ hội " + "rất dài " * 9 + "hai"],
        ["X" * 60, "X" * 61],
        ["Lễ", "Lễ (2)", "Lễ"],
        ["Lễ a", "Lễ b", "Lễ c", "Lễ d", "Lễ e"],
    ],
    ids=["same", "one_begins_the_other", "same_when_cut", "one_word", "numbered", "many"],
)
def test_choices_differ_and_lead_to_exactly_their_event(titles: list[str]) -> None:
    library = titled(titles)
    (part,) = library.answer("Ai ký?").parts
    assert len(part.choices) == min(len(titles), MAX_CHOICES)
    assert [said(library, choice) for choice in part.choices] == [
        [f"Người thứ {n}."] for n in range(len(part.choices))
    ]
    assert all(len(choice.removesuffix("Ai ký?")) <= MAX_LABEL_CHARS + 7 for choice in part.choices)


def test_a_single_choice_is_no_question() -> None:
    """What admins taught apart from any event has no name to choose it by."""
    facts = [
        Fact(1, ("Có quay phim không?",), "Có."),
        Fact(2, ("Có quay phim không?",), "Có, hai máy.", "", "", "race"),
    ]
    assert said(Library.build(DOCUMENTS, facts, LEXICON), "co quay phim khong vay") == ["Có, hai máy."]


def test_a_follow_up_stays_with_its_event() -> None:
    first = BOTH.answer("Giải chạy Bến Lụa: Ai phát biểu?")
    assert first.conversation.document == "race"
    again = BOTH.answer("Ai phát biểu?", first.conversation)
    assert [p.text for p in again.parts] == ["Bà Lê Thị Sen phát biểu bế mạc."]


def test_a_chosen_event_is_kept_in_mind_even_when_it_is_silent() -> None:
    silent = BOTH.answer(
        "Thư viện Hòa Lộc mở cửa trở lại: Ai ký quy chế?", Conversation("Ai?", (1,), (), "race")
    )
    assert silent.kind is AnswerKind.NO_ANSWER
    assert silent.conversation.document == "library"


def test_questions_about_two_events_in_one_message_are_both_answered() -> None:
    found = said(BOTH, "Có bao nhiêu vận động viên và chỗ gửi xe máy ở đâu?")
    assert found == ["350 vận động viên.", "Gửi xe máy ở cổng sau."]


def test_a_single_event_answers_as_if_it_were_alone() -> None:
    alone = Library.build([RACE_DOCUMENT], FACTS[:1], LEXICON)
    answerer = Answerer.build([RACE_DOCUMENT], FACTS[:1], LEXICON)
    assert alone.answer("Ai phát biểu?") == answerer.answer("Ai phát biểu?")
    assert alone.topics() == answerer.topics()


def test_events_take_turns_in_what_is_suggested() -> None:
    assert BOTH.starters(3) == ("Ai phát biểu?", "Chỗ gửi xe máy ở đâu?", "Có bao nhiêu vận động viên?")
    assert [t.title for t in BOTH.topics()][:2] == ["Giải chạy", ""]


CHANGES: dict[str, tuple[Sequence[Document], Sequence[Fact]]] = {
    "fact_added": (DOCUMENTS, (*FACTS, Fact(5, ("Ai quay phim?",), "Anh Bảo.", document="library"))),
    "fact_changed": (DOCUMENTS, (Fact(1, ("Ai phát biểu?",), "Cô Tư.", document="race"), *FACTS[1:])),
    "fact_gone": (DOCUMENTS, FACTS[1:]),
    "document_gone": (DOCUMENTS[:1], FACTS[:1]),
    "document_changed": ((parse("race", RACE + "Thêm một dòng.", LEXICON), LIBRARY_DOCUMENT), FACTS),
}


@pytest.mark.parametrize(("documents", "facts"), CHANGES.values(), ids=CHANGES)
def test_regrowing_equals_building_anew(documents: Sequence[Document], facts: Sequence[Fact]) -> None:
    regrown, built = BOTH.regrown(documents, facts), Library.build(documents, facts, LEXICON)
    for question in ("Ai phát biểu?", "Ai quay phim?", "Có bao nhiêu vận động viên?", "Ai trao cúp?"):
        assert regrown.answer(question) == built.answer(question)
    assert regrown.topics() == built.topics()


@given(st.text(max_size=60))
def test_no_message_raises_and_why_explains_each_event(text: str) -> None:
    assert BOTH.answer(text).parts
    assert BOTH.why(text).count("event ") >= 3


def test_what_admins_taught_word_for_word_goes_before_every_event() -> None:
    taught = Fact(9, ("Ai phát biểu?",), "Hỏi ban tổ chức nhé.")
    assert said(Library.build(DOCUMENTS, (*FACTS, taught), LEXICON), "ai phát biểu") == [
        "Hỏi ban tổ chức nhé."
    ]
    assert BOTH.answer("ai phát biểu").kind is AnswerKind.CLARIFY


def test_a_wording_of_one_event_is_asked_back_when_another_answers_it_too() -> None:
    answer = Library.build(DOCUMENTS, (FACTS[1],), LEXICON).answer("Ai phát biểu?")
    assert answer.kind is AnswerKind.CLARIFY
    assert len(answer.parts[0].choices) == len(DOCUMENTS)
