import io
import json
import sys
from typing import Any

import pytest

from bot import console, texts
from bot.current import Known
from tests.bot.conftest import AT_12_4, HOUSEHOLDS, LAND, PHUOC, SPEAKER, WHEN

FIELDS = ["q", "kind", "text", "html", "citations", "facts", "confidence", "choices"]


def batch(known: Known, *lines: str | bytes) -> list[dict[str, Any]]:
    out = io.StringIO()
    raw = [line if isinstance(line, bytes) else line.encode() for line in lines]
    console.ask_jsonl(known, (line + b"\n" for line in raw), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def talk(known: Known, *lines: str, interactive: bool = False) -> str:
    out = io.StringIO()
    console.chat(known, io.StringIO("".join(f"{line}\n" for line in lines)), out, interactive=interactive)
    return out.getvalue()


def test_one_answer_is_plain_text_with_its_source(known: Known) -> None:
    out = io.StringIO()
    console.ask(known, "ai phat bieu tai le khanh thanh", out)
    first, quote, source = out.getvalue().splitlines()
    assert first == PHUOC
    assert quote.strip() == f"“{PHUOC}”"
    assert source.strip() == "(Theo bài “Khánh thành cầu Sông Lành”, BAT, 12/4)"


def test_a_line_of_the_batch_has_every_field(known: Known) -> None:
    (record,) = batch(known, json.dumps({"q": SPEAKER}))
    assert list(record) == FIELDS
    assert (record["q"], record["kind"], record["text"]) == (SPEAKER, "answer", PHUOC)
    assert record["html"].startswith(f"{PHUOC}\n<blockquote expandable>")
    assert record["citations"] == [{"document": "cau-song-lanh", "paragraph": 2, "quote": PHUOC}]
    assert 0 < record["confidence"] <= 1
    assert record["choices"] == []
    assert all(isinstance(fact, int) for fact in record["facts"])


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ai phát biểu?",
        "[]",
        '"q"',
        "{}",
        '{"q": 1}',
        '{"q": null}',
        '{"q": "a", "chat": 1}',
        '{"q": "a"',
        b"\xff\xfe",
        "[" * 100_000,
        "1" * 10_000,
    ],
    ids=lambda line: str(line)[:12],
)
def test_a_line_that_is_no_question_gives_an_error_in_its_place(known: Known, line: str | bytes) -> None:
    before, error, after = batch(known, json.dumps({"q": WHEN}), line, json.dumps({"q": SPEAKER}))
    assert (before["text"], after["text"]) == (AT_12_4, PHUOC)
    assert list(error) == ["error"]
    assert isinstance(error["error"], str)


def test_each_line_is_flushed_when_it_is_known(known: Known) -> None:
    out = io.StringIO()

    def lines() -> Any:
        yield json.dumps({"q": WHEN}).encode()
        assert out.getvalue().count("\n") == 1
        yield json.dumps({"q": SPEAKER}).encode()
        assert out.getvalue().count("\n") == 2

    console.ask_jsonl(known, lines(), out)


def test_lines_of_one_chat_are_one_conversation_and_others_are_alone(known: Known) -> None:
    asked: list[tuple[str, str]] = []

    class Listening:
        def starters(self, _: int) -> tuple[str, ...]:
            return ()

        def answer(self, text: str, conversation: Any) -> Any:
            asked.append((text, conversation.question))
            return known.answerer.answer(text, conversation)

    spy = Known(Listening())  # type: ignore[arg-type]
    chats = [(WHEN, "a"), (SPEAKER, None), (LAND, "b"), (SPEAKER, "a"), (SPEAKER, None)]
    batch(spy, *(json.dumps({"q": q, "chat": chat} if chat else {"q": q}) for q, chat in chats))
    assert [bool(before) for _, before in asked] == [False, False, False, True, False]


def test_any_string_is_answered_in_json_that_can_be_read(known: Known) -> None:
    odd = ["", "\ud800", "\0", "🎉" * 2000, "<b>&", "a\nb\u2028c"]
    records = batch(known, *(json.dumps({"q": q}) for q in odd))
    assert [record["q"] for record in records] == odd
    assert all(list(record) == FIELDS for record in records)


def test_the_conversation_offers_questions_that_are_chosen_by_number(known: Known) -> None:
    shown = talk(known, "2")
    assert f"  2. {SPEAKER}\n" in shown
    assert f"> {SPEAKER}\n{texts.SPEAKER}{PHUOC}\n" in shown


def test_a_number_that_was_not_offered_is_an_ordinary_message(known: Known) -> None:
    assert PHUOC not in talk(known, "99")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("/chude", f"{texts.TOPICS_TERMINAL}\n• Thời gian\n• Con người\n• Con số\n  1. {WHEN}"),
        ("/help", texts.HELP_TERMINAL),
        (f"/hoi {LAND}", HOUSEHOLDS),
        ("/hoi", texts.EMPTY_QUESTION_PLAIN),
        ("/them", texts.UNKNOWN_COMMAND),
    ],
)
def test_commands_work_in_the_terminal(known: Known, typed: str, shown: str) -> None:
    assert f"{texts.SPEAKER}{shown}" in talk(known, typed)


def test_the_end_of_input_is_a_goodbye(known: Known) -> None:
    assert talk(known).endswith(f"{texts.SPEAKER}{texts.GOODBYE}\n")


def test_ctrl_c_is_a_goodbye(known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", interrupted)
    out = io.StringIO()
    console.chat(known, sys.stdin, out, interactive=True)
    assert out.getvalue().endswith(f"\n{texts.SPEAKER}{texts.GOODBYE}\n")


def test_empty_lines_are_passed_over(known: Known) -> None:
    assert talk(known, "", "  ") == talk(known)
