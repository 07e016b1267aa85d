"""The judge must be worth believing: right replies pass, each way of being wrong has its word."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from knowledge.model import AnswerKind
from tests.judge import MAX_REPLY_CHARS, Row, find_fault, read_table

ROOT = Path(__file__).resolve().parent
TABLES = sorted((ROOT / "golden").rglob("*.tsv"))
DEPUTY = Row("x", "answerable", "clean", "", "Phó Giám đốc là ai?", ("thành long",), ("đức dũng",))
VENUE = Row("x", "not_in_article", "clean", "", "Ở đâu?", ("@silent",), ("hội trường",))


def test_a_right_reply_has_no_fault() -> None:
    assert find_fault(DEPUTY, "Đại tá Nguyễn Thành Long.", AnswerKind.ANSWER) == ""


def test_spelling_in_parts_and_capitals_do_not_matter() -> None:
    reply = unicodedata.normalize("NFD", "NGUYỄN THÀNH LONG")
    assert find_fault(DEPUTY, reply, AnswerKind.ANSWER) == ""


@pytest.mark.parametrize(
    ("row", "reply", "fault"),
    [
        (DEPUTY, "Thiếu tướng Nguyễn Đức Dũng.", "lacks thành long"),
        (DEPUTY, "Nguyễn Thành Long hoặc Nguyễn Đức Dũng.", "has đức dũng"),
        (DEPUTY, " ", "empty reply"),
        (DEPUTY, "Nguyễn Thành Long. " * 40, "760 characters"),
        (VENUE, "Hội nghị được tổ chức ở hội trường lớn.", "lacks @silent"),
        (VENUE, "Bài viết không nêu phòng, chắc là hội trường.", "has hội trường"),
    ],
)
def test_each_way_of_being_wrong_has_its_word(row: Row, reply: str, fault: str) -> None:
    assert find_fault(row, reply, AnswerKind.ANSWER) == fault


@pytest.mark.parametrize(
    "reply",
    [
        "Bài viết không nêu địa điểm.",
        "Bài viết chưa nêu điều bạn hỏi.",
        "Bài báo không đề cập đến địa điểm.",
        "Mình không tìm thấy điều này trong bài.",
        "Không phải, bài viết không nói như vậy.",
        "Bài chỉ nêu ngày, không có thông tin về giờ.",
    ],
)
def test_a_refusal_is_known_however_it_is_worded(reply: str) -> None:
    assert find_fault(VENUE, reply, AnswerKind.NO_ANSWER) == ""


@pytest.mark.parametrize(
    "reply",
    [
        "Hội nghị diễn ra chiều 6/11.",
        "Các vụ việc được giải quyết nhanh chóng, không để kéo dài, gây phức tạp.",
        "Phó Chủ tịch UBND tỉnh Hồ Quang Bửu trao Bằng khen.",
    ],
)
def test_an_answer_is_not_taken_for_a_refusal(reply: str) -> None:
    assert find_fault(VENUE, reply, AnswerKind.ANSWER) == "lacks @silent"


def test_asking_back_is_judged_by_the_kind() -> None:
    row = Row("x", "clarify", "clean", "", "Chủ tịch là ai?", ("@clarify",), ())
    assert find_fault(row, "Bạn hỏi sự kiện nào?", AnswerKind.ANSWER) == "does not ask back"
    assert find_fault(row, "Bạn hỏi sự kiện nào?", AnswerKind.CLARIFY) == ""


def test_the_right_words_from_the_wrong_article_are_wrong() -> None:
    row = Row("x", "answerable", "clean", "", "Mấy người?", ("12 người",), (), documents="w01")
    assert find_fault(row, "12 người.", AnswerKind.ANSWER, {"w02"}) == "not from w01"
    assert find_fault(row, "12 người.", AnswerKind.ANSWER, {"w01"}) == ""


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_bluff_and_a_lazy_refusal_both_fail_in_every_table(path: Path) -> None:
    """Nor does a refusal answer a plain question, nor anything when it is long."""
    rows = read_table(path)
    assert [row.id for row in rows if row.must and not find_fault(row, "Vâng.", AnswerKind.ANSWER)] == []
    plain = [r for r in rows if r.kind in ("answerable", "followup") and "@silent" not in r.must]
    assert [r.id for r in plain if not find_fault(r, "Bài viết không nêu.", AnswerKind.NO_ANSWER)] == []
    assert [r.id for r in rows if not find_fault(r, "Bài viết không nêu. " * 99, AnswerKind.NO_ANSWER)] == []


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("a\tanswerable\tclean\t\tAi?\tlong", "6 cells instead of 7"),
        ("a\tanswerable\tclean\t\tAi?\t\t", "nothing is demanded"),
        ("a\tfollowup\tclean\tb\tAi?\tlong\t", "no earlier row"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    table = tmp_path / "t.tsv"
    table.write_text(f"id\tkind\tstyle\tafter\tquestion\tmust\tmust_not\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=rf"t\.tsv:2: .*{complaint}"):
        read_table(table)


def test_a_question_may_hold_quotes_and_odd_line_separators(tmp_path: Path) -> None:
    question = 'ai nói "xin chào"\u2028\x0bvậy'
    table = tmp_path / "t.tsv"
    head = "id\tkind\tstyle\tafter\tquestion\tmust\tmust_not"
    table.write_text(
        f"{head}\na\tanswerable\tclean\t\t{question}\tlong;;dài\t\n", encoding="utf-8", newline="\n"
    )
    assert read_table(table) == [Row("a", "answerable", "clean", "", question, ("long", "dài"), ())]


def test_the_length_limit_is_that_of_the_contract() -> None:
    assert find_fault(DEPUTY, "thành long".ljust(MAX_REPLY_CHARS, "."), AnswerKind.ANSWER) == ""
    assert (
        find_fault(DEPUTY, "thành long".ljust(MAX_REPLY_CHARS + 1, "."), AnswerKind.ANSWER)
        == "601 characters"
    )
