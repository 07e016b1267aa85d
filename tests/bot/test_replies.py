import html
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import texts
from bot.replies import MAX_UNITS, cut, esc, key, render, units
from knowledge.model import Answer, AnswerKind, Citation, Part, Reason

QUOTE = Citation("bai", "Hội nghị <A> & B", "QNO", "6/11", 2, 'Ông A nói: "1 < 2 & 3".')


def answered(text: str = "Ông A.", *citations: Citation, **more: object) -> Part:
    return Part(AnswerKind.ANSWER, text, confidence=0.9, citations=citations, **more)  # type: ignore[arg-type]


def refused(reason: Reason, **more: object) -> Part:
    return Part(AnswerKind.NO_ANSWER, reason=reason, **more)  # type: ignore[arg-type]


def small(topic: str) -> Part:
    return Part(AnswerKind.SMALLTALK, topic=topic)


def test_an_answer_stands_above_its_quote_and_source() -> None:
    reply = render(Answer((answered("Ông A & bà B.", QUOTE),), related=("Còn ai nữa?",)))
    assert reply.html == (
        "Ông A &amp; bà B.\n"
        '<blockquote expandable>Ông A nói: "1 &lt; 2 &amp; 3".</blockquote>\n'
        "<i>Theo bài “Hội nghị &lt;A&gt; &amp; B”, QNO, 6/11</i>"
    )
    assert reply.text == "Ông A & bà B."
    assert reply.source == '“Ông A nói: "1 < 2 & 3".”\n(Theo bài “Hội nghị <A> & B”, QNO, 6/11)'
    assert reply.buttons == ("Còn ai nữa?",)


def test_an_admins_fact_has_no_source_line() -> None:
    assert render(Answer((answered("Có gửi xe."),))).html == "Có gửi xe."


def test_an_article_without_publisher_and_date_is_named_by_its_title() -> None:
    bare = Citation("bai", "Tiêu đề", "", "", 0, "Câu.")
    assert render(Answer((answered("A", bare),))).html.endswith("<i>Theo bài “Tiêu đề”</i>")


def test_each_part_has_its_own_line_and_the_common_source_is_named_once() -> None:
    reply = render(Answer((answered("Ông A.", QUOTE), answered("Bà B.", QUOTE))))
    assert reply.text == "• Ông A.\n• Bà B."
    assert reply.html.count("<i>Theo bài") == 1
    assert reply.html.count("<blockquote expandable>") == 2


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (refused(Reason.SILENT, focus="địa điểm"), "Bài viết không nêu địa điểm."),
        (refused(Reason.SILENT), "Bài viết không nêu điều bạn hỏi."),
        (refused(Reason.SILENT, text="Bài viết không nêu giờ."), "Bài viết không nêu giờ."),
        (refused(Reason.PREMISE), "Bài viết không nêu như vậy."),
        (refused(Reason.PREMISE, text="Ông A trao."), "Bài viết không nêu như vậy. Ông A trao."),
        (refused(Reason.UNREADABLE), texts.UNREADABLE),
        (refused(Reason.TOO_LONG), texts.TOO_LONG),
    ],
    ids=["focus", "plain", "curated", "premise", "corrected", "unreadable", "too_long"],
)
def test_every_refusal_says_what_it_is(part: Part, text: str) -> None:
    assert render(Answer((part,))).text == text


def test_another_topic_is_told_what_the_bot_is_for_and_what_to_ask() -> None:
    reply = render(Answer((refused(Reason.OFF_TOPIC),)), titles=["Hội nghị"], starters=["Khi nào?"])
    assert "không có thông tin" in reply.text
    assert "Hội nghị" in reply.text
    assert reply.buttons == ("Khi nào?",)


def test_silence_shows_the_nearest_sentence_in_the_html_only() -> None:
    reply = render(Answer((refused(Reason.SILENT, focus="năm", citations=(QUOTE,)),)))
    assert texts.NEAREST in reply.html
    assert texts.NEAREST not in reply.text


def test_the_unknown_half_of_a_message_is_named_as_such() -> None:
    reply = render(Answer((answered("Ông A."), refused(Reason.SILENT), refused(Reason.OFF_TOPIC))))
    assert reply.text == f"• Ông A.\n• {texts.SILENT_REST}\n• {texts.OFF_TOPIC_REST}"


def test_two_readings_become_buttons() -> None:
    part = Part(AnswerKind.CLARIFY, choices=("Ai ký?", "Ai trao?"))
    reply = render(Answer((part,), related=("Khi nào?",)))
    assert (reply.text, reply.buttons) == (texts.CLARIFY, ("Ai ký?", "Ai trao?"))


def test_a_question_dominates_a_greeting() -> None:
    assert render(Answer((small("greeting"), answered("Ông A.")))).text == "Ông A."


def test_of_several_pleasantries_the_most_telling_is_answered() -> None:
    assert render(Answer((small("greeting"), small("identity")))).text == texts.SMALLTALK["identity"]


@pytest.mark.parametrize("topic", sorted(texts.SMALLTALK))
def test_every_pleasantry_has_a_line(topic: str) -> None:
    assert render(Answer((small(topic),))).text == texts.SMALLTALK[topic]


def test_a_heading_stands_in_bold_above_the_answer_and_not_in_the_text() -> None:
    reply = render(Answer((answered("Ông A."),)), heading="Ai <ký>?")
    assert reply.html == "<b>Ai &lt;ký&gt;?</b>\n\nÔng A."
    assert reply.text == "Ông A."


@given(st.lists(st.tuples(st.text(max_size=6000), st.text(max_size=3000)), min_size=1, max_size=5), st.text())
def test_no_answer_is_longer_than_telegram_takes(parts: list[tuple[str, str]], heading: str) -> None:
    cited = [answered(text, Citation("d", "<&>" * 20, "", "", 0, quote)) for text, quote in parts]
    reply = render(Answer(tuple(cited)), heading=heading)
    assert units(reply.html) <= MAX_UNITS
    tags = re.findall(r"<[^>]*>", reply.html)
    assert set(tags) <= {"<b>", "</b>", "<i>", "</i>", "<blockquote expandable>", "</blockquote>"}


@pytest.mark.parametrize("text", ["&" * 5000, "🎉" * 5000, "<b>" * 2000, "chữ " * 3000])
def test_an_answer_that_is_too_long_is_cut_and_says_so(text: str) -> None:
    reply = render(Answer((answered(text),)))
    assert units(reply.html) <= MAX_UNITS
    assert reply.html.endswith("…")


@given(st.text())
def test_escaped_text_is_shown_as_it_came(text: str) -> None:
    assert html.unescape(esc(text)) == text.replace("\0", "")


@given(st.text(), st.integers(1, 50))
def test_a_cut_text_fits_and_a_short_one_stays(text: str, limit: int) -> None:
    assert units(cut(text, limit)) <= limit
    if units(text) <= limit:
        assert cut(text, limit) == text


def test_callback_data_is_the_same_after_a_restart_and_for_either_spelling() -> None:
    assert key("Ai trao bằng khen?") == "q:1f37efe34669a9b6"
    assert key(" ai trao bằng KHEN? ") == key(unicodedata.normalize("NFD", "Ai trao bằng khen?"))


@given(st.text())
def test_callback_data_fits_into_a_button(question: str) -> None:
    assert len(key(question).encode()) == 18


def test_a_sentence_is_not_said_twice() -> None:
    """Beside a quote stands only the short fact; the plain text, which has no quote, says it all."""
    sentence = "Mỗi đội đoạt giải nhất nhận cờ và 8 triệu đồng."
    cited = Citation("a", "Hội thao", "BAT", "15/6", 2, sentence)
    found = Part(
        AnswerKind.ANSWER, text=f"8 triệu đồng. {sentence}", short="8 triệu đồng.", citations=(cited,)
    )
    reply = render(Answer((found,)))
    assert reply.text == f"8 triệu đồng. {sentence}"
    assert reply.html.count("giải nhất") == 1
    assert reply.html.startswith("8 triệu đồng.\n<blockquote expandable>")


def test_a_sentence_without_a_short_fact_stands_in_the_quote_only() -> None:
    """The message introduces the quote instead of repeating it."""
    cited = Citation("a", "Hội thao", "BAT", "15/6", 2, "Hội thao có 6 môn.")
    reply = render(Answer((Part(AnswerKind.ANSWER, text="Hội thao có 6 môn.", citations=(cited,)),)))
    assert reply.text == "Hội thao có 6 môn."
    assert reply.html.count("6 môn") == 1
