"""What members ask in vain reaches the admins, without the member; the answer comes back to who waits."""

import sqlite3
import time
from contextlib import closing
from datetime import timedelta

import pytest

from bot import texts, texts_admin
from bot.asked import MOST_WAITS, Asked, Kind, key_of
from bot.journal import UNSURE, Journal
from bot.masking import LONGEST, mask
from knowledge.model import Answer, AnswerKind, Part
from knowledge.records import replace
from tests.bot.conftest import ADMIN, HOUSEHOLDS, LAND, MEMBER, Running, Serve, pressed
from tests.botapi import BotApi

OTHER = 8
VAIN = "Cầu có đèn chiếu sáng không?"

pytestmark = pytest.mark.usefixtures("office")


async def asked_in_vain(api: BotApi, question: str = VAIN, person: int = MEMBER) -> None:
    sent = await api.answer_to(person, question)
    assert texts.TELL_BUTTON in [button["text"] for button in sent.buttons], sent.text


async def test_a_question_becomes_a_live_answer_in_two_taps_and_one_message(api: BotApi) -> None:
    await asked_in_vain(api)
    await api.drained()
    card = await api.answer_to(ADMIN, "/chuatraloi")
    assert f"“{VAIN}”" in card.text
    assert (await pressed(api, card, texts_admin.LEARN_WRITE)).text.startswith("Câu hỏi: “")
    preview = await api.answer_to(ADMIN, "Có, đèn bật từ 18 giờ.")
    saved = await pressed(api, preview, texts_admin.SAVE)
    assert saved.text.startswith("Đã lưu #")
    assert (await api.answer_to(OTHER, VAIN)).text.startswith("Có, đèn bật từ 18 giờ.")
    await api.drained()
    assert (await api.answer_to(ADMIN, "/chuatraloi")).text == texts_admin.LEARN_NONE


async def test_a_question_can_be_attached_to_a_fact(api: BotApi) -> None:
    question = "mấy nhà cho đất mở đường vậy ta"
    await api.answer_to(MEMBER, "Bao nhiêu nhà nhường đất để mở lối đi lại?")
    await api.answer_to(MEMBER, question)
    await api.drained()
    card = await api.answer_to(ADMIN, "/chuatraloi")
    label = next(b["text"] for b in card.buttons if b["text"].startswith("#3 "))
    preview = await pressed(api, card, label)
    assert LAND in preview.text
    await pressed(api, preview, texts_admin.SAVE)
    first = card.text.partition("“")[2].partition("”")[0]
    assert (await api.answer_to(OTHER, first)).text.startswith(HOUSEHOLDS)


async def test_alike_questions_are_one_group_most_asked_first(api: BotApi) -> None:
    await asked_in_vain(api, "Cầu sơn màu gì?")
    for person, question in enumerate([VAIN, "cau co den chieu sang khong", VAIN], start=20):
        await asked_in_vain(api, question, person)
    await api.drained()
    card = await api.answer_to(ADMIN, "/chuatraloi")
    assert card.text.startswith("Câu 1/2 · hỏi 3 lần")
    assert "cau co den chieu sang khong" in card.text
    api.press(card, texts_admin.LEARN_SKIP)
    await api.until(lambda: "Cầu sơn màu gì?" in card.text)
    api.press(card, texts_admin.LEARN_OFF_TOPIC)
    await api.until(lambda: card.text == texts_admin.LEARN_NONE)


async def test_figures_part_questions_that_look_alike(office: Running) -> None:
    asked = office.edge.office.asked
    first = await asked.keep("Năm 2018 cầu có mấy làn xe?", Kind.UNANSWERED)
    assert await asked.keep("Năm 2019 cầu có mấy làn xe?", Kind.UNANSWERED) != first
    assert await asked.keep("nam 2018 cau co may lan xe", Kind.UNANSWERED) == first


async def test_who_asked_to_be_told_is_told_once_and_forgotten(api: BotApi, office: Running) -> None:
    for person in (MEMBER, OTHER):
        await asked_in_vain(api, VAIN, person)
    await api.drained()
    waiting = api.seen_by(MEMBER)[-1]
    query = api.press(waiting, texts.TELL_BUTTON)
    await api.until(lambda: api.answered_callbacks.get(query))
    api.press_data(waiting, waiting.buttons[-1]["callback_data"]) if waiting.buttons else None
    await api.answer_to(ADMIN, f"/them {VAIN} | Có, đèn bật từ 18 giờ.")
    told = await api.until(lambda: [s for s in api.seen_by(MEMBER) if "Nay đã có câu trả lời" in s.text])
    assert "Có, đèn bật từ 18 giờ." in told[0].text
    await api.answer_to(ADMIN, "/them Gửi xe ở đâu? | Cổng sau.")
    await api.drained()
    assert await office.database.fetch_all("SELECT * FROM waiting") == []
    assert len([s for s in api.seen_by(MEMBER) if "Nay đã có" in s.text]) == 1
    assert not [s for s in api.seen_by(OTHER) if "Nay đã có" in s.text]


async def test_the_promise_survives_a_restart(api: BotApi, office: Running, serve: Serve) -> None:
    await asked_in_vain(api)
    await api.drained()
    query = api.press(api.seen_by(MEMBER)[-1], texts.TELL_BUTTON)
    await api.until(lambda: api.answered_callbacks.get(query))
    await office.stop()
    async with serve(admins=(ADMIN,)):
        await api.answer_to(ADMIN, f"/them {VAIN} | Có, đèn bật từ 18 giờ.")
        await api.until(lambda: [s for s in api.seen_by(MEMBER) if "Nay đã có câu trả lời" in s.text])


async def test_whoever_was_being_told_in_a_crash_is_told_again_with_a_word(
    api: BotApi, office: Running, serve: Serve
) -> None:
    await asked_in_vain(api)
    await api.drained()
    query = api.press(api.seen_by(MEMBER)[-1], texts.TELL_BUTTON)
    await api.until(lambda: api.answered_callbacks.get(query))
    api.fail("lost", "sendMessage", chat=MEMBER)
    await api.answer_to(ADMIN, f"/them {VAIN} | Có, đèn bật từ 18 giờ.")
    told = await api.until(lambda: [s for s in api.seen_by(MEMBER) if "Nay đã có câu trả lời" in s.text])
    assert not told[0].text.startswith(texts.TOLD_AGAIN)
    await api.drained()
    await office.stop()
    async with serve(admins=(ADMIN,)):
        await api.answer_to(ADMIN, "/them Gửi xe ở đâu? | Cổng sau.")
        again = await api.until(lambda: [s for s in api.seen_by(MEMBER) if texts.TOLD_AGAIN in s.text])
        assert again[0].text.endswith(told[0].text.partition("Nay đã")[2])


async def test_an_answer_can_be_marked_wrong_once(api: BotApi, office: Running) -> None:
    sent = await api.answer_to(MEMBER, LAND)
    data = next(b["callback_data"] for b in sent.buttons if b["text"] == texts.WRONG_BUTTON)
    for _ in range(3):
        query = api.press_data(sent, data)
        await api.until(lambda query=query: api.answered_callbacks.get(query))
    await api.drained()
    card = await api.answer_to(ADMIN, "/chuatraloi")
    assert f"“{LAND}”" in card.text
    assert "chưa đúng 1 lần" in card.text


async def test_no_row_holds_a_person_beside_a_question(api: BotApi, office: Running) -> None:
    person = 987654321012
    await asked_in_vain(api, "Cầu có đèn chiếu sáng không? Gọi tôi số 0912 345 678 nhé", person)
    await api.drained()
    dump = []
    for (table,) in await office.database.fetch_all("SELECT name FROM sqlite_master WHERE type = 'table'"):
        dump += await office.database.fetch_all(f"SELECT * FROM {table}")
    assert str(person) not in repr(dump)
    assert "0912" not in repr(dump)
    assert "[số]" in repr(dump)


async def test_a_member_sees_and_erases_what_is_kept(api: BotApi, office: Running) -> None:
    assert (await api.answer_to(MEMBER, "/dulieu")).text == texts.DATA_NONE
    await asked_in_vain(api)
    await api.drained()
    query = api.press(api.seen_by(MEMBER)[-1], texts.TELL_BUTTON)
    await api.until(lambda: api.answered_callbacks.get(query))
    assert VAIN in (await api.answer_to(MEMBER, "/dulieu")).text
    assert (await api.answer_to(MEMBER, "/xoadulieu")).text == texts.DATA_ERASED
    assert await office.database.fetch_all("SELECT * FROM waiting") == []
    assert (await api.answer_to(MEMBER, "/dulieu")).text == texts.DATA_NONE


@pytest.mark.parametrize(
    "data", ["tell:0123456789abcdef", "wrong:0123456789abcdef:1", "tell:x", "wrong:", "wrong:1:1:1"]
)
async def test_a_members_button_that_was_never_offered_does_nothing(
    api: BotApi,
    office: Running,
    data: str,
) -> None:
    sent = await api.answer_to(MEMBER, LAND)
    query = api.press_data(sent, data)
    shown = await api.until(lambda: api.answered_callbacks.get(query))
    assert shown["text"] == texts.STALE_BUTTON
    assert await office.database.fetch_all("SELECT * FROM waiting") == []
    assert await office.database.fetch_all("SELECT * FROM asked") == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("gọi 0912.345.678 nhé", "gọi [số] nhé"),
        ("+84 912 345 678", "[số]"),
        ("thẻ 4111 1111 1111 1111 của tôi", "thẻ [số] của tôi"),
        ("CCCD 049088001234", "CCCD [số]"),
        ("mail a.b@c.vn và @nguyenvana", "mail [email] và [tên]"),
        ("xem https://t.me/abc", "xem [liên kết]"),
        ("gọi 0912\u200b345\u00ad678 hay 0912–345–678, 0912·345·678", "gọi [số] hay [số], [số]"),
        ("sdt0912 345 678x2 hoặc O9I2345678", "sdt[số]x2 hoặc [số]"),
        ("số 0912/345/678", "số [số]"),
        ("CMND 201 234 567 hay 201.234.567", "CMND [số] hay [số]"),
        ("hộ chiếu C1234567, biển số 92A-123.45", "hộ chiếu [số], biển số [số]"),
        ("tk 1234.5678.9012", "tk [số]"),
        ("không chín một hai ba bốn năm sáu bảy tám nhé", "[số] nhé"),
        (
            "viết cho hoa@gmail hay hoa @ gmail . com, hoa(at)gmail.com",
            "viết cho [email] hay [email], [email]",
        ),
        ("hoa a còng gmail chấm com", "[email]"),
        ("fb.com/hoa.le và telegram.me/hoa, tg://user?id=5", "[liên kết] và [liên kết] [liên kết]"),
        ("5 tập thể, 3/8 cá nhân, năm hai không mười tám", "5 tập thể, 3/8 cá nhân, năm hai không mười tám"),
        ("ca 2, tổ 3, 281 tổ, hơn 75 %, 7 giờ 30", "ca 2, tổ 3, 281 tổ, hơn 75 %, 7 giờ 30"),
        ("từ 2018-2023 có 1.000.000 đồng ngày 6/11/2024", "từ 2018-2023 có 1.000.000 đồng ngày 6/11/2024"),
    ],
)
def test_what_names_a_person_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert mask(masked) == masked


async def test_what_a_change_would_newly_answer_is_said(api: BotApi) -> None:
    await asked_in_vain(api)
    await api.drained()
    saved = await api.answer_to(ADMIN, "/them Cầu có đèn chiếu sáng không vậy? | Có, đèn bật từ 18 giờ.")
    assert f"1 câu trước đây hỏi không được nay sẽ có câu trả lời: “{VAIN}”" in saved.text


async def test_an_answer_of_low_confidence_is_shown_to_admins(office: Running) -> None:
    journal_of = office.edge.office
    part = Part(AnswerKind.ANSWER, text="x", confidence=UNSURE - 0.01)
    journal = Journal(journal_of.asked, journal_of.counters)
    await journal.note("Cầu rộng chừng nào?", Answer((part,)), office.known.known)
    await journal.note("Cầu dài chừng nào?", Answer((replace(part, confidence=UNSURE),)), office.known.known)
    assert [group.texts for group in await journal_of.asked.open_groups(9)] == [("Cầu rộng chừng nào?",)]


async def test_a_member_who_gets_an_unsure_answer_does_not_know_but_the_admins_do(
    api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.journal.UNSURE", 1.1)
    assert (await api.answer_to(MEMBER, LAND)).text.startswith(HOUSEHOLDS)
    await api.drained()
    card = await api.answer_to(ADMIN, "/chuatraloi")
    assert f"“{LAND}”" in card.text
    assert f"Mình đang trả lời: {HOUSEHOLDS}" in card.text


async def test_questions_nobody_asks_any_more_are_forgotten_after_90_days(office: Running) -> None:
    asked = office.edge.office.asked
    await asked.keep(VAIN, Kind.UNANSWERED)
    assert await asked.wait(key_of(VAIN), MEMBER)
    later = Asked(office.database, lambda: office.edge.office.today() + timedelta(days=91))
    await later.purge()
    for table in ("asked", "asked_groups", "waiting"):
        assert await office.database.fetch_all(f"SELECT * FROM {table}") == []


async def test_erasing_leaves_no_trace_of_the_person_in_the_files(api: BotApi, office: Running) -> None:
    person = 0x51C0DEC0FFEE
    await asked_in_vain(api, VAIN, person)
    await api.drained()
    query = api.press(api.seen_by(person)[-1], texts.TELL_BUTTON)
    await api.until(lambda: api.answered_callbacks.get(query))
    trace = person.to_bytes(6, "big")

    def files() -> bytes:
        path = office.database.path
        return b"".join(p.read_bytes() for p in path.parent.glob(path.name + "*"))

    assert trace in files()
    assert (await api.answer_to(person, "/xoadulieu")).text == texts.DATA_ERASED
    assert trace not in files()


async def test_whose_chat_has_to_wait_keeps_nobody_else_from_being_told(api: BotApi, office: Running) -> None:
    asked = office.edge.office.asked
    await asked.keep(VAIN, Kind.UNANSWERED)
    for person in (MEMBER, OTHER, 9):
        api.chat(person)
        await asked.wait(key_of(VAIN), person)
    api.fail(429, "sendMessage", chat=MEMBER, times=9, retry_after=300)
    await api.answer_to(ADMIN, f"/them {VAIN} | Có, đèn bật từ 18 giờ.")
    await api.until(lambda: api.seen_by(OTHER) and api.seen_by(9))
    await api.until(lambda: [call for call in api.calls if call.chat == MEMBER])
    assert [wait.person for wait in await asked.due()] == [MEMBER]
    assert not (await asked.due())[0].is_doubtful


async def test_all_that_a_member_waits_for_is_shown_however_long(api: BotApi, office: Running) -> None:
    """Pictures for words count twice with Telegram: one message would be refused, and nothing shown."""
    asked = office.edge.office.asked
    questions = [f"{number} " + "😀" * 140 for number in range(MOST_WAITS)]
    for question in questions:
        await asked.keep(question, Kind.UNANSWERED)
        await asked.wait(key_of(question), MEMBER)
    api.private(MEMBER, "/dulieu")
    await api.drained()
    shown = "".join(sent.text for sent in api.seen_by(MEMBER))
    assert all(f"“{question}”" in shown for question in questions)
    sent = await api.answer_to(MEMBER, VAIN)
    query = api.press(sent, texts.TELL_BUTTON)
    answered = await api.until(lambda: api.answered_callbacks.get(query))
    assert answered["text"] == texts.TELL_TOO_MANY.format(most=MOST_WAITS)
    assert len(await asked.held(MEMBER)) == MOST_WAITS


def test_of_a_long_text_no_number_is_kept_in_part() -> None:
    for room in range(LONGEST - 20, LONGEST + 1):
        assert "091" not in mask("a" * (room - 1) + " 0912 345 678 9")
    assert mask(" " * 2000 + "ai?") == "ai?"


async def test_of_what_hostile_members_ask_so_much_is_kept_and_no_more(
    office: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked most stays, and what somebody waits for."""
    monkeypatch.setattr("bot.asked.MOST_KEPT", 3)
    asked = office.edge.office.asked
    for question in (
        VAIN,
        VAIN,
        "Cầu sơn màu gì?",
        "Vòng xoay tên là chi?",
        "Ai thiết kế lan can?",
        "Thuyền đi lọt không?",
    ):
        await asked.keep(question, Kind.UNANSWERED)
    await asked.wait(key_of("Cầu sơn màu gì?"), MEMBER)
    await asked.purge()
    kept = {group.texts[0] for group in await asked.open_groups(9)}
    assert kept == {VAIN, "Cầu sơn màu gì?", "Ai thiết kế lan can?", "Thuyền đi lọt không?"}


async def test_what_was_erased_leaves_the_journal_once_nobody_reads_it(
    api: BotApi, office: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A snapshot under way keeps older rows in the journal; neither waits for the other."""
    person = 918273645546
    asked, path = office.edge.office.asked, office.database.path
    await asked.keep(VAIN, Kind.UNANSWERED)
    await asked.wait(key_of(VAIN), person)
    number = person.to_bytes(6, "big")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM waiting").fetchall()
        began = time.monotonic()
        assert (await api.answer_to(person, "/xoadulieu")).text == texts.DATA_ERASED
        assert time.monotonic() - began < 4  # as long as a writer waits for a lock, everybody would
        reader.execute("COMMIT")
    await api.until(
        lambda: not any(number in part.read_bytes() for part in path.parent.glob(f"{path.name}*"))
    )
