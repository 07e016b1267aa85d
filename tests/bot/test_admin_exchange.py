"""Facts leave as files that Excel opens, and come back after a look at the difference."""

import json
from collections import Counter

import pytest

from bot import encodings, refusals, texts_admin
from tests.bot.conftest import ADMIN, LAND, MEMBER, Running, Serve, facts_of, pressed
from tests.bot.test_admin_articles import windows_1258
from tests.botapi import BotApi, Sent

pytestmark = pytest.mark.usefixtures("office")


async def exported(api: BotApi) -> tuple[bytes, bytes]:
    before = len(api.seen_by(ADMIN))
    api.private(ADMIN, "/xuat")
    await api.until(lambda: len(api.seen_by(ADMIN)) == before + 2)
    table, lines = api.seen_by(ADMIN)[before:]
    return table.document, lines.document


async def offered(api: BotApi, name: str, data: bytes, caption: str = "/nhap") -> Sent:
    before = len(api.seen_by(ADMIN))
    api.document(ADMIN, name, data, caption)
    await api.until(lambda: len(api.seen_by(ADMIN)) > before)
    return api.seen_by(ADMIN)[before]


async def test_a_file_that_telegram_does_not_take_is_not_sent_but_explained(
    api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, lines = await exported(api)
    assert len(lines) > len(table)
    monkeypatch.setattr("bot.handlers.exchange.MAX_SENT_BYTES", len(table))
    before = len(api.seen_by(ADMIN))
    assert await exported(api) == (table, b"")
    assert "python -m knowledge export hoi-dap-" in api.seen_by(ADMIN)[before + 1].text


async def test_export_opens_in_excel_and_import_of_it_changes_nothing(api: BotApi) -> None:
    await api.answer_to(ADMIN, "/them Mã số bắt đầu bằng gì? | =HYPERLINK(1)")
    table, lines = await exported(api)
    assert table.startswith(b"\xef\xbb\xbfquestions,answer,quote,source\r\n")
    assert b"'=HYPERLINK" in table
    assert len(lines.splitlines()) == 5
    for name, data in (("a.csv", table), ("a.jsonl", lines)):
        same = await offered(api, name, data)
        assert "0 câu mới, 0 câu thay đổi, 5 câu giữ nguyên, 0 dòng" in same.text
        assert same.text.endswith(texts_admin.IMPORT_NOTHING)


async def test_the_difference_is_shown_first_and_one_press_takes_it_all(api: BotApi, office: Running) -> None:
    before = await facts_of(office)
    rows = [
        {"questions": ["Gửi xe ở đâu?"], "answer": "Cổng sau."},
        {"questions": [LAND], "answer": "Có 46 hộ."},
    ]
    data = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    shown = await offered(api, "moi.jsonl", data)
    assert "1 câu mới, 1 câu thay đổi" in shown.text
    assert "➕ dòng 1: Gửi xe ở đâu?" in shown.text
    assert await facts_of(office) == before
    done = await pressed(api, shown, texts_admin.IMPORT_DO.format(count=2))
    assert done.text.startswith("Đã nhập: 1 câu mới, 1 câu thay đổi")
    assert (await api.answer_to(MEMBER, "gửi xe ở đâu")).text.startswith("Cổng sau.")
    assert (await api.answer_to(MEMBER, LAND)).text.startswith("Có 46 hộ.")
    await api.answer_to(ADMIN, "/hoantac")
    assert await facts_of(office) == before


async def test_a_confirmed_import_survives_a_restart(api: BotApi, office: Running, serve: Serve) -> None:
    shown = await offered(api, "a.csv", "questions,answer\nGửi xe ở đâu?,Cổng sau.\n".encode())
    await office.stop()
    async with serve(admins=(ADMIN,)):
        assert (await pressed(api, shown, texts_admin.IMPORT_DO.format(count=1))).text.startswith("Đã nhập")


async def test_the_file_may_come_as_the_next_message(api: BotApi) -> None:
    assert (await api.answer_to(ADMIN, "/nhap")).text == texts_admin.ASK_FILE
    assert (await api.answer_to(ADMIN, "đây")).text == texts_admin.ASK_FILE
    shown = await offered(api, "a.csv", "questions,answer\nGửi xe ở đâu?,Cổng sau.\n".encode(), "")
    assert "1 câu mới" in shown.text
    api.press(shown, texts_admin.NO)
    await api.until(lambda: shown.text == texts_admin.CANCELLED)


async def test_an_old_excels_windows_1258_is_converted_with_a_word(api: BotApi) -> None:
    shown = await offered(api, "a.csv", windows_1258("questions,answer\nGửi xe ở đâu?,Bãi xe ở cổng sau.\n"))
    assert shown.text.startswith(texts_admin.FILE_WINDOWS_1258)
    assert "Gửi xe ở đâu?" in shown.text


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.xlsx", b"PK", "chỉ nhận tệp .csv hoặc .jsonl"),
        ("a.csv", b"ten,noidung\n1,2\n", "dòng đầu phải có tên cột"),
        ("a.csv", b"PK\x03\x04\x00\x00\x00", "không đọc được tệp này"),
        (
            "a.jsonl",
            b'{"questions": ["a"], "answer": "b"}\n{}\n',
            "⛔ dòng 2: phần questions phải là danh sách",
        ),
        ("a.jsonl", b'{"questions": ["a"], "answer": ""}', "⛔ dòng 1: thiếu câu trả lời"),
        ("a.jsonl", b"x", "⛔ dòng 1: không đúng dạng JSON"),
        ("a.csv", b"questions,answer\n" + b"a,b\n" * 5001, "có hơn 5000 câu"),
        ("../../a.csv", b"questions,answer\na,b,c\n", "⛔ dòng 2: có 3 cột"),
        ("a.csv", b"a" * (2 * 2**20 + 1), "lớn quá 2 MB"),
    ],
    ids=["excel", "header", "zip", "no_questions", "no_answer", "no_json", "many", "columns", "large"],
)
async def test_what_cannot_be_taken_is_refused_by_line_and_reason(
    api: BotApi, office: Running, name: str, data: bytes, said: str
) -> None:
    before = await facts_of(office)
    assert said in (await offered(api, name, data)).text
    assert await facts_of(office) == before
    assert await office.database.fetch_all("SELECT * FROM dialogs") == []


def test_every_refusal_of_a_file_has_its_vietnamese_sentence() -> None:
    """Reasons are written in knowledge/; one that has no sentence here would reach the admin empty."""
    reasons = [
        "a question has 400 characters; 300 is the most",
        "the quote has 4000 characters; 3000 is the most",
        "questions: at least one is needed, and none may be empty",
        "the quote does not stand in the article “x”; copy it exactly",
        "the quote stands in no loaded article; copy it exactly, or say where it is from",
        "the quote stands in 2 articles; name one of them as its source",
        "“id” is no field of a fact; the fields are questions, answer, quote, source",
        "the same as line 3; remove one",
        "facts #1, #2 all begin with this question; change them by number",
        "line 2 already changes #5; remove one",
        "a field is given twice; keep one",
        "the answer holds the character U+0000, which is no text; remove it",
        "the source must stand on one line",
    ]
    assert [r for r in reasons if refusals.reason(r) == texts_admin.REASON_UNKNOWN] == []


def test_one_endless_word_is_judged_at_once() -> None:
    """The search for words was quadratic: letters without a space held the bot for half a minute."""
    pieces = Counter[int]()

    class Counting:
        def findall(self, text: str) -> list[str]:
            pieces[len(text)] += 1
            return []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encodings, "_WORD", Counting())
        encodings.read(b"x" * 2_000_000)
    assert max(pieces) <= 64
