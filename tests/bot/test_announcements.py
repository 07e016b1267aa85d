"""An officer announces, through the real bot: what is shown, what is asked, what reaches whom."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from bot import texts_announcements as t
from bot.announcement import Stage
from bot.announcement_cards import rate
from bot.delivery import State
from bot.recipients import Consent, Kind
from bot.texts import NOTHING_TO_CANCEL
from tests.bot.conftest import ADMIN, MEMBER, Running, Serve, pressed
from tests.botapi import BotApi, Sent

GROUPS = (-101, -102, -103)
HANOI = timezone(timedelta(hours=7))


class Hour:
    """A wall clock that a test sets: noon in Hà Nội unless it says otherwise."""

    def __init__(self) -> None:
        self.shift = timedelta()
        self.set(12)

    def set(self, hour: int, day: int = 23) -> None:
        self.shift = datetime(2026, 11, day, hour, tzinfo=HANOI) - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift


@pytest.fixture
def hour() -> Hour:
    return Hour()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.handlers.drafts.TAKE_BACK_S", 0)
    monkeypatch.setattr("bot.panels.EDIT_EVERY_S", 0.02)


@pytest.fixture
async def office(serve: Serve, api: BotApi, hour: Hour) -> AsyncIterator[Running]:
    async with serve(admins=(ADMIN,), now=hour) as running:
        await api.until(lambda: api.polls)
        cast = running.edge.office.cast
        cast.pace._gap_s, cast.pace._most = 0.001, 1000  # the pace itself has tests of its own
        cast.pace._chat_gap_s = 0.0
        for chat in GROUPS:
            api.chat(chat)
            await cast.recipients.add(chat, Kind.GROUP, f"Nhóm {-chat}", hour(), consent=Consent.YES)
        api.chat(ADMIN)
        yield running


async def ask(api: BotApi, text: str, count: int = 1, **more: Any) -> list[Sent]:
    """Let the officer write; return the next *count* messages to the officer."""
    before = len(api.seen_by(ADMIN))
    api.private(ADMIN, text, **more)
    await api.until(lambda: len(api.seen_by(ADMIN)) >= before + count)
    return api.seen_by(ADMIN)[before:]


def labels(sent: Sent) -> list[str]:
    return [button["text"] for button in sent.buttons]


async def test_what_was_previewed_is_what_every_chat_gets(office: Running, api: BotApi) -> None:
    text = "/thongbao Họp lúc 8 giờ <mai> & nhớ đúng giờ"
    bold = {"type": "bold", "offset": 10, "length": 3}
    command = {"type": "bot_command", "offset": 0, "length": 9}
    preview, control = await ask(api, text, 2, entities=[command, bold])
    assert preview.text == "📢 Thông báo số 1\n\nHọp lúc 8 giờ <mai> & nhớ đúng giờ"
    assert {"type": "bold", "offset": 19, "length": 3} in preview.entities
    assert labels(control) == ["Gửi", "Hẹn giờ", "Chọn nơi nhận", "Sửa", "Huỷ"]
    assert "Nơi nhận: 3 (nhóm 3 · kênh 0 · cá nhân 0)" in control.text
    assert [sent for sent in api.sent if sent.chat in GROUPS] == []
    report = await pressed(api, control, "Gửi")
    assert report.text == "✅ Thông báo số 1: xong, đã gửi 3/3 nơi."
    for chat in GROUPS:
        (got,) = api.seen_by(chat)
        assert (got.text, got.entities) == (preview.text, preview.entities)
    await api.until(lambda: "100%" in control.text)
    assert "đã gửi 3 · còn 0 · không được 0" in control.text


async def test_it_can_be_taken_back_for_thirty_seconds(
    office: Running, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.handlers.drafts.TAKE_BACK_S", 30)
    _, control = await ask(api, "/thongbao Họp", 2)
    api.press(control, "Gửi")
    await api.until(lambda: "30 giây" in control.text)
    assert labels(control) == ["Lấy lại"]
    api.press(control, "Lấy lại")
    await api.until(lambda: len(api.seen_by(ADMIN)) == 4)
    assert control.text == "Đã lấy lại Thông báo số 1, chưa gửi cho ai. Bản nháp ở dưới đây."
    again = api.seen_by(ADMIN)[3]
    api.press(again, "Huỷ")
    await api.until(lambda: "Đã huỷ" in again.text)
    assert [sent for sent in api.sent if sent.chat in GROUPS] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/thongbao " + "a" * 4096, "dài quá 19 ký tự"),
        ("/hengio 18:30 31/2 | Họp", "Không có ngày 31/2"),
        ("/hengio 25:00 25/11 | Họp", "Không có giờ 25:00"),
        ("/hengio 8:00 23/11 | Họp", "đã qua, bây giờ là 12:00."),
        ("/hengio mai | Họp", "chưa đọc ra giờ gửi"),
        ("/hengio 18:30 25/11", "viết theo mẫu"),
        ("/hengio 18:30 25/11 |  ", "viết theo mẫu"),
        ("/hengio", "viết theo mẫu"),
    ],
)
async def test_what_cannot_be_announced_is_said_in_one_sentence(
    office: Running, api: BotApi, text: str, said: str
) -> None:
    (reply,) = await ask(api, text)
    assert said in reply.text
    assert reply.buttons == []
    assert [sent for sent in api.sent if sent.chat in GROUPS] == []


async def test_what_telegram_refuses_is_seen_before_anything_is_sent(office: Running, api: BotApi) -> None:
    api.fail(400, "sendMessage", chat=ADMIN)
    (reply,) = await ask(api, "/thongbao Họp")
    assert "Telegram không nhận nội dung này" in reply.text
    assert reply.buttons == []


async def test_without_words_the_next_message_is_taken_whatever_it_is(office: Running, api: BotApi) -> None:
    (question,) = await ask(api, "/thongbao")
    assert question.text.startswith("Bạn gửi nội dung thông báo")
    preview, control = await ask(api, "Họp gấp", 2)
    assert preview.text == "📢 Thông báo số 1\n\nHọp gấp"
    (question,) = [await pressed(api, control, "Sửa")]
    assert question.text == t.ASK_WORDS
    preview, control = await ask(api, "Họp chậm", 2)
    assert preview.text == "📢 Thông báo số 1\n\nHọp chậm"
    await pressed(api, control, "Gửi")
    assert api.seen_by(-101)[0].text == preview.text


async def test_an_earlier_one_is_announced_again_under_a_number_of_its_own(
    office: Running, api: BotApi
) -> None:
    found = [
        {"type": "bot_command", "offset": 0, "length": 9},
        {"type": "bold", "offset": 10, "length": 3},
    ]
    preview, control = await ask(api, "/thongbao Họp lúc 8 giờ", 2, entities=found)
    await pressed(api, control, "Gửi")
    earlier = api.message(ADMIN, preview.text, entities=preview.entities, **{"from": api.me})
    again, control = await ask(api, "/thongbao", 2, reply_to_message=earlier)
    assert again.text == "📢 Thông báo số 2\n\nHọp lúc 8 giờ"
    assert again.entities == preview.entities
    assert "giống hệt Thông báo số 1" in control.text
    theirs, _ = await ask(api, "/thongbao", 2, reply_to_message=api.message(ADMIN, preview.text))
    assert theirs.text.count("Thông báo số") == 2  # what a person wrote is left as it is


async def test_a_photo_goes_out_with_its_caption_although_the_original_is_deleted(
    office: Running, api: BotApi
) -> None:
    original = photo(
        api,
        caption="Ảnh hội nghị",
        caption_entities=[{"type": "italic", "offset": 0, "length": 3}],
        show_caption_above_media=True,
        has_media_spoiler=True,
    )
    preview, control = await ask(api, "/thongbao", 2, reply_to_message=original)
    assert preview.text == "📢 Thông báo số 1\n\nẢnh hội nghị"
    api.removed.add((ADMIN, original["message_id"]))
    await pressed(api, control, "Gửi")
    sent = [call for call in api.called("sendPhoto") if call.chat in GROUPS]
    assert len(sent) == 3
    assert sent[0].params["photo"] == original["photo"][0]["file_id"]
    assert (sent[0].params["show_caption_above_media"], sent[0].params["has_spoiler"]) == (True, True)
    assert {"type": "italic", "offset": 19, "length": 3} in api.seen_by(-101)[0].entities


@pytest.mark.parametrize("kind", ["document", "video"])
async def test_a_file_with_the_command_in_its_caption_is_announced(
    office: Running, api: BotApi, kind: str
) -> None:
    api.files["f"] = b"bytes"
    file = {"file_id": "f", "file_unique_id": "uf", "width": 1, "height": 1, "duration": 1}
    bold = {"type": "bold", "offset": 10, "length": 5}
    preview, control = await ask(
        api, "", 2, caption="/thongbao Công văn 12", caption_entities=[bold], **{kind: file}
    )
    assert preview.text == "📢 Thông báo số 1\n\nCông văn 12"
    await pressed(api, control, "Gửi")
    (got,) = api.seen_by(-101)
    assert (got.text, got.document) == (preview.text, b"bytes")
    assert {"type": "bold", "offset": 19, "length": 5} in got.entities


async def test_a_caption_that_is_too_long_is_said_by_how_much(office: Running, api: BotApi) -> None:
    (reply,) = await ask(api, "/thongbao", reply_to_message=photo(api, caption="😀" * 512))
    assert "dài quá 19 ký tự" in reply.text


async def test_an_album_stays_an_album_and_carries_the_number(office: Running, api: BotApi) -> None:
    italic = {"type": "italic", "offset": 4, "length": 3}
    words = {"caption": "Hai ảnh", "caption_entities": [italic]}
    parts = [photo(api, media_group_id="g", **words), photo(api, media_group_id="g")]
    for part in parts:
        api.push(message=part)
    await api.until(lambda: api.seen_by(ADMIN))
    await api.drained()
    preview, _, control = await ask(api, "/thongbao", 3, reply_to_message=parts[1])
    assert preview.text == "📢 Thông báo số 1\n\nHai ảnh"
    await pressed(api, control, "Gửi")
    assert [len(api.seen_by(chat)) for chat in GROUPS] == [2, 2, 2]
    assert (api.seen_by(-101)[0].text, api.seen_by(-101)[0].entities) == (preview.text, preview.entities)
    assert {"type": "italic", "offset": 23, "length": 3} in preview.entities


async def test_an_album_that_is_not_remembered_is_not_sent_in_part(office: Running, api: BotApi) -> None:
    (reply,) = await ask(api, "/thongbao", reply_to_message=photo(api, media_group_id="old"))
    assert reply.text == t.ALBUM_UNKNOWN


async def test_a_sticker_is_copied_without_a_number(office: Running, api: BotApi) -> None:
    sticker = {
        "file_id": "s",
        "file_unique_id": "us",
        "width": 1,
        "height": 1,
        "is_animated": False,
        "is_video": False,
        "type": "regular",
    }
    original = api.message(ADMIN, sticker=sticker)
    _, control = await ask(api, "/thongbao", 2, reply_to_message=original)
    assert "không chèn được dòng số" in control.text
    await pressed(api, control, "Gửi")
    assert "caption" not in api.called("copyMessage")[-1].params


def photo(api: BotApi, **more: Any) -> dict[str, Any]:
    file_id = f"file{len(api.files) + 1}"
    api.files[file_id] = b"jpeg"
    size = {"file_id": file_id, "file_unique_id": "u" + file_id, "width": 1, "height": 1}
    return api.message(ADMIN, photo=[size], **more)


async def test_a_twin_of_the_last_day_is_pointed_out(office: Running, api: BotApi) -> None:
    _, control = await ask(api, "/thongbao Họp lúc 8 giờ", 2)
    await pressed(api, control, "Gửi")
    _, control = await ask(api, "/thongbao  họp LÚC 8  giờ", 2)
    assert "giống hệt Thông báo số 1 (đã xong lúc 12:0" in control.text
    _, control = await ask(api, "/thongbao Họp lúc 9 giờ", 2)
    assert "giống hệt" not in control.text


async def test_a_twin_is_found_by_when_it_was_sent_not_written(
    office: Running, api: BotApi, hour: Hour
) -> None:
    _, control = await ask(api, "/hengio 18:30 25/11 | Họp", 2)
    api.press(control, "Hẹn gửi lúc 18:30 ngày 25/11")
    await api.until(lambda: "Đã hẹn" in control.text)
    _, control = await ask(api, "/thongbao Họp", 2)
    assert "giống hệt Thông báo số 1 (đã hẹn lúc 18:30 ngày 25/11)" in control.text
    hour.set(19, day=25)
    office.edge.office.cast.sender.wake()
    await api.until(lambda: "xong, đã gửi 3/3" in api.seen_by(ADMIN)[-1].text)
    hour.set(18, day=26)
    _, control = await ask(api, "/thongbao Họp", 2)
    assert "giống hệt Thông báo số 1 (đã xong lúc 19:0" in control.text
    hour.set(20, day=26)
    _, control = await ask(api, "/thongbao Họp", 2)
    assert "giống hệt" not in control.text


@pytest.mark.parametrize(("members", "is_asked"), [(997, False), (998, True)])
async def test_above_a_thousand_the_number_is_typed(
    office: Running, api: BotApi, monkeypatch: pytest.MonkeyPatch, members: int, is_asked: bool
) -> None:
    monkeypatch.setattr("bot.handlers.drafts.TAKE_BACK_S", 30)
    cast = office.edge.office.cast
    async with office.database.transaction():
        for chat in range(5000, 5000 + members):
            await cast.recipients.add(chat, Kind.MEMBER, "", cast.now(), consent=Consent.YES)
    _, control = await ask(api, "/thongbao Họp", 2)
    if is_asked:
        asked = await pressed(api, control, "Gửi")
        assert asked.text == "Thông báo này đến 1.001 nơi. Để chắc chắn, bạn gõ lại con số 1.001 nhé."
        (wrong,) = await ask(api, "1000")
        assert "không phải 1.001" in wrong.text
        (said,) = await ask(api, "1001")
    else:
        api.press(control, "Gửi")
        said = control
    await api.until(lambda: "30 giây" in said.text)
    assert [sent for sent in api.sent if sent.chat in GROUPS] == []


async def test_lists_are_made_counted_and_chosen(office: Running, api: BotApi) -> None:
    (made,) = await ask(api, "/noinhan Huyện A | 1, 2")
    assert made.text == "Danh sách “Huyện A” hiện có 2 nơi."
    (unknown,) = await ask(api, "/noinhan Huyện A | 99")
    assert unknown.text == "Không có nơi nhận số 99. Bạn xem lại các số trong /noinhan nhé."
    (shown,) = await ask(api, "/noinhan")
    assert "• Huyện A: 2" in shown.text
    assert "1. Nhóm “Nhóm 101”" in shown.text
    _, control = await ask(api, "/thongbao Họp", 2)
    assert "Huyện A 2" in control.text
    api.press(control, "Chọn nơi nhận")
    await api.until(lambda: "Xong" in labels(control))
    (wrong,) = await ask(api, "Huyện B")
    assert wrong.text.startswith(
        "Không có danh sách “Huyện B”. Các danh sách: “nhóm”, “kênh”, “cá nhân”, “Huyện A”"
    )
    (chosen,) = await ask(api, "tat ca")
    assert "Nơi nhận: 3 (nhóm 3" in chosen.text
    api.press(chosen, "Chọn nơi nhận")
    await api.until(lambda: "Xong" in labels(chosen))
    (chosen,) = await ask(api, "huyen a")
    assert "Nơi nhận: 2 trong danh sách “Huyện A” (2)" in chosen.text
    await pressed(api, chosen, "Gửi")
    assert [len(api.seen_by(chat)) for chat in GROUPS] == [1, 1, 0]
    (left,) = await ask(api, "/noinhan huyện a | -1 -2")
    assert left.text == "Danh sách “Huyện A” không còn nơi nào nên mình đã bỏ."


async def test_lists_are_toggled_by_buttons(office: Running, api: BotApi) -> None:
    _, control = await ask(api, "/thongbao Họp", 2)
    api.press(control, "Chọn nơi nhận")
    await api.until(lambda: "☐ kênh (0)" in labels(control))
    assert labels(control)[0] == "☑ tất cả (3)"
    api.press(control, "☐ kênh (0)")
    await api.until(lambda: "☑ kênh (0)" in labels(control))
    assert labels(control)[:2] == ["☐ tất cả (3)", "☐ nhóm (3)"]
    api.press(control, "Xong")
    await api.until(lambda: "Nơi nhận" in control.text or t.NOBODY in control.text)
    assert t.NOBODY in control.text
    assert "Gửi" not in labels(control)


async def test_hengio_plans_and_lich_shows_it(office: Running, api: BotApi, hour: Hour) -> None:
    preview, control = await ask(api, "/hengio 18:30 25/11 | Hạn nộp <báo cáo>", 2)
    assert preview.text.endswith("Hạn nộp <báo cáo>")
    api.press(control, "Hẹn gửi lúc 18:30 ngày 25/11")
    await api.until(lambda: "Đã hẹn" in control.text)
    assert (
        control.text == "Đã hẹn: Thông báo số 1 sẽ gửi lúc 18:30 ngày 25/11, tới 3 nơi (tính theo lúc này)."
    )
    (listed,) = await ask(api, "/lich")
    assert "1. Hạn nộp <báo cáo> (đã hẹn lúc 18:30 ngày 25/11)" in listed.text
    assert [sent for sent in api.sent if sent.chat in GROUPS] == []
    hour.set(18, day=25)
    hour.shift += timedelta(minutes=31)
    office.edge.office.cast.sender.wake()
    await api.until(lambda: all(api.seen_by(chat) for chat in GROUPS))


async def test_hengio_takes_a_picture_as_a_reply_and_a_file_by_its_caption(
    office: Running, api: BotApi
) -> None:
    original = photo(api, caption="Ảnh hội nghị")
    preview, control = await ask(api, "/hengio 18:30 25/11", 2, reply_to_message=original)
    assert (preview.text, preview.document) == ("📢 Thông báo số 1\n\nẢnh hội nghị", b"jpeg")
    assert labels(control)[0] == "Hẹn gửi lúc 18:30 ngày 25/11"
    await ask(api, "/huy")
    file = {"file_id": "file1", "file_unique_id": "u", "file_name": "cv.pdf"}
    preview, control = await ask(api, "", 2, caption="/hengio 19h 25/11 | Công văn 12", document=file)
    assert preview.text == "📢 Thông báo số 1\n\nCông văn 12"
    assert labels(control)[0] == "Hẹn gửi lúc 19:00 ngày 25/11"


async def test_any_admin_takes_back_what_is_planned_and_it_is_written_down(
    office: Running, api: BotApi
) -> None:
    other = 2
    api.chat(other)
    await office.edge.office.authority.add(other, by=ADMIN)
    _, control = await ask(api, "/hengio 18:30 25/11 | Hạn nộp", 2)
    api.press(control, "Hẹn gửi lúc 18:30 ngày 25/11")
    await api.until(lambda: "Đã hẹn" in control.text)
    listed = await api.answer_to(other, "/lich")
    card = await pressed(api, listed, "1", chat=other)
    stale = api.press_data(card, "n:undo:1", person=MEMBER)
    await api.until(lambda: stale in api.answered_callbacks)
    assert api.answered_callbacks[stale]["text"] == t.STALE
    before = len(api.seen_by(ADMIN))
    api.press(card, "Lấy lại")
    await api.until(lambda: len(api.seen_by(ADMIN)) == before + 3)
    assert card.text.startswith("Đã lấy lại Thông báo số 1, chưa gửi cho ai. Bản nháp ở chỗ người soạn")
    told, preview, draft = api.seen_by(ADMIN)[before:]
    assert told.text.startswith("Thông báo số 1 của bạn đã được quản trị 2 lấy lại")
    assert preview.text.endswith("Hạn nộp")
    assert labels(draft)[:2] == ["Gửi", "Hẹn giờ"]
    (listed,) = await ask(api, "/lich")
    assert "1. Hạn nộp (đã lấy lại lúc 12:0" in listed.text
    card = await pressed(api, listed, "1")
    assert "• quản trị 2 lấy lại lúc 12:0" in card.text
    await pressed(api, draft, "Gửi")
    assert [len(api.seen_by(chat)) for chat in GROUPS] == [1, 1, 1]


async def test_one_that_reaches_nobody_any_more_is_not_reported_as_done(
    office: Running, api: BotApi, hour: Hour
) -> None:
    await ask(api, "/noinhan Huyện A | 1")
    _, control = await ask(api, "/hengio 18:30 25/11 | Họp", 2)
    api.press(control, "Chọn nơi nhận")
    await api.until(lambda: "Xong" in labels(control))
    (chosen,) = await ask(api, "huyện a")
    api.press(chosen, "Hẹn gửi lúc 18:30 ngày 25/11")
    await api.until(lambda: "Đã hẹn" in chosen.text)
    await ask(api, "/noinhan Huyện A | -1")
    hour.set(19, day=25)
    office.edge.office.cast.sender.wake()
    await api.until(lambda: "không còn nơi nào nhận" in api.seen_by(ADMIN)[-1].text)
    assert api.seen_by(ADMIN)[-1].text == t.REPORT_NOBODY.format(title="Thông báo số 1")


async def test_a_time_can_be_given_by_button(office: Running, api: BotApi) -> None:
    _, control = await ask(api, "/thongbao Họp", 2)
    await pressed(api, control, "Hẹn giờ")
    (wrong,) = await ask(api, "30/2")
    assert "chưa đọc ra" in wrong.text
    (planned,) = await ask(api, "19h mai")
    assert labels(planned)[0] == "Hẹn gửi lúc 19:00 ngày 24/11"


async def test_a_time_can_be_taken_away_again(office: Running, api: BotApi) -> None:
    _, control = await ask(api, "/hengio 18:30 25/11 | Họp", 2)
    asked = await pressed(api, control, "Hẹn giờ")
    assert "“ngay”" in asked.text
    (control,) = await ask(api, "Ngay")
    assert labels(control)[0] == "Gửi"
    assert "đã gửi 3/3" in (await pressed(api, control, "Gửi")).text


async def test_what_is_held_back_until_the_morning_is_told_once(
    serve: Serve, office: Running, api: BotApi, hour: Hour
) -> None:
    _, control = await ask(api, "/hengio 18:30 25/11 | Họp", 2)
    api.press(control, "Hẹn gửi lúc 18:30 ngày 25/11")
    await api.until(lambda: "Đã hẹn" in control.text)
    await office.stop()
    hour.set(23, day=25)
    async with serve(admins=(ADMIN,), now=hour):
        told = await api.until(lambda: [s for s in api.seen_by(ADMIN) if "06:00 ngày 26/11" in s.text])
        assert told[0].text == t.HELD_BACK.format(number=1, when="lúc 06:00 ngày 26/11")
        (listed,) = await ask(api, "/lich")
        assert "(đã hẹn lúc 06:00 ngày 26/11)" in listed.text
    async with serve(admins=(ADMIN,), now=hour):
        preview = (await ask(api, "/lich"))[-1]
        draft = await pressed(api, preview, "1")
        assert "Trễ giờ hẹn" in draft.text
        assert len([s for s in api.seen_by(ADMIN) if s.text == told[0].text]) == 1
    assert [sent for sent in api.sent if sent.chat in GROUPS] == []


async def test_quiet_hours_are_asked_about(office: Running, api: BotApi, hour: Hour) -> None:
    hour.set(23)
    _, control = await ask(api, "/thongbao Họp", 2)
    api.press(control, "Gửi")
    await api.until(lambda: "giờ nghỉ" in control.text)
    assert labels(control) == ["Vẫn gửi", "Đổi sang 6 giờ sáng", "Huỷ"]
    api.press(control, "Đổi sang 6 giờ sáng")
    await api.until(lambda: "lúc 06:00 ngày 24/11" in control.text)
    assert [sent for sent in api.sent if sent.chat in GROUPS] == []


async def test_quiet_hours_can_be_overruled(office: Running, api: BotApi, hour: Hour) -> None:
    hour.set(5)
    _, control = await ask(api, "/thongbao Họp", 2)
    api.press(control, "Gửi")
    await api.until(lambda: "giờ nghỉ" in control.text)
    report = await pressed(api, control, "Vẫn gửi")
    assert "đã gửi 3/3" in report.text


async def test_the_report_names_failures_and_doubts_and_the_officer_decides(
    office: Running, api: BotApi
) -> None:
    api.refusing[-102] = (403, "Forbidden: bot was kicked from the supergroup chat")
    api.fail("lost", "sendMessage", chat=-103)
    _, control = await ask(api, "/thongbao Họp", 2)
    report = await pressed(api, control, "Gửi")
    assert report.text.startswith("Thông báo số 1: đã xong, đã gửi 1/3 nơi.")
    assert "• Nhóm 102: bot bị đưa ra khỏi nhóm" in report.text
    assert "• Nhóm 103: không có hồi âm" in report.text
    assert labels(report) == ["Gửi lại (1)", "Bỏ qua", "Thử lại nơi không được (1)"]
    before = len(api.seen_by(ADMIN))
    api.press(report, "Gửi lại (1)")
    await api.until(lambda: len(api.seen_by(ADMIN)) == before + 2)
    assert len(api.seen_by(-103)) == 2  # it had arrived; now it is there twice, under one number
    second = api.seen_by(ADMIN)[-1]
    assert "đã gửi 2/3" in second.text
    assert labels(second) == ["Thử lại nơi không được (1)"]


async def test_each_doubtful_chat_is_decided_for_itself(office: Running, api: BotApi) -> None:
    for chat in (-102, -103):
        api.fail("lost", "sendMessage", chat=chat)
    _, control = await ask(api, "/thongbao Họp", 2)
    report = await pressed(api, control, "Gửi")
    assert labels(report) == [
        *("Gửi lại: Nhóm 102", "Bỏ qua", "Gửi lại: Nhóm 103", "Bỏ qua", "Gửi lại (2)", "Bỏ qua cả 2")
    ]
    api.press(report, "Bỏ qua")
    await api.until(lambda: labels(report) == ["Gửi lại (1)", "Bỏ qua"])
    api.press(report, "Gửi lại (1)")
    await api.until(lambda: "đã gửi 2/3 nơi" in api.seen_by(ADMIN)[-1].text)
    assert [len(api.seen_by(chat)) for chat in GROUPS] == [1, 1, 2]


async def test_more_failures_than_fit_come_in_a_file(office: Running, api: BotApi) -> None:
    cast = office.edge.office.cast
    for chat in range(500, 525):
        api.chat(chat)
        api.refusing[chat] = (403, "Forbidden: bot was blocked by the user")
        await cast.recipients.add(chat, Kind.MEMBER, "", cast.now(), consent=Consent.YES)
    _, control = await ask(api, "/thongbao Họp", 2)
    report = await pressed(api, control, "Gửi")
    assert "… và 5 nơi nữa, xem tệp kèm theo." in report.text
    file = await api.until(lambda: api.seen_by(ADMIN)[-1].document)
    assert all(f"cá nhân {chat}: đã chặn bot" in file.decode("utf-8-sig") for chat in range(500, 525))


async def test_the_card_of_an_ended_one_names_what_went_wrong_as_the_report_did(
    office: Running, api: BotApi
) -> None:
    cast = office.edge.office.cast
    api.refusing[-102] = (403, "Forbidden: bot was kicked from the supergroup chat")
    api.fail("lost", "sendMessage", chat=-103)
    card = await sent_card(api)
    assert "• Nhóm 103: không có hồi âm" in card.text
    assert "• Nhóm 102: bot bị đưa ra khỏi nhóm" in card.text
    offered = ["Gửi lại (1)", "Bỏ qua", "Thử lại nơi không được (1)"]
    assert labels(card) == ["Sửa ở mọi nơi", "Thu hồi ở mọi nơi", *offered]
    for chat in range(500, 525):
        api.chat(chat)
        api.refusing[chat] = (403, "Forbidden: bot was blocked by the user")
        await cast.recipients.add(chat, Kind.MEMBER, "", cast.now(), consent=Consent.YES)
    _, control = await ask(api, "/thongbao Họp nữa", 2)
    await pressed(api, control, "Gửi")
    await api.until(lambda: api.seen_by(ADMIN)[-1].document)
    (listed,) = await ask(api, "/lich")
    card = await pressed(api, listed, "2")
    assert "… và 5 nơi nữa, xem tệp kèm theo." in card.text
    file = await api.until(lambda: api.seen_by(ADMIN)[-1] is not card and api.seen_by(ADMIN)[-1].document)
    assert all(f"cá nhân {chat}: đã chặn bot" in file.decode("utf-8-sig") for chat in range(500, 525))


async def test_a_running_round_is_in_the_calendar_and_can_be_paused(office: Running, api: BotApi) -> None:
    cast = office.edge.office.cast
    card = await sent_card(api)
    sure = await pressed(api, card, "Thu hồi ở mọi nơi")
    api.fail(429, chat=-103, retry_after=60)
    api.press(sure, "Thu hồi ngay")
    await api.until(lambda: any(call.chat == -103 and call.error for call in api.calls))
    (listed,) = await ask(api, "/lich")
    assert "• Thu hồi Thông báo số 1 (đang làm lúc 12:0" in listed.text
    assert "1. Họp (đã thu hồi" in listed.text
    running = await pressed(api, listed, "Thu hồi 1")
    api.press(running, "Tạm dừng")
    await api.until(lambda: "(tạm dừng)" in running.text)
    (listed,) = await ask(api, "/lich")
    assert "• Thu hồi Thông báo số 1 (tạm dừng lúc 12:0" in listed.text
    cast.pace._chats.clear()
    async with office.database.transaction():
        await office.database.execute("UPDATE deliveries SET retry_at = 0")
    api.press(running, "Tiếp tục")
    await api.until(lambda: all(api.seen_by(chat)[0].deleted for chat in GROUPS))
    await api.until(lambda: "đã thu hồi 3/3 nơi" in api.seen_by(ADMIN)[-1].text)
    (listed,) = await ask(api, "/lich")
    assert "•" not in listed.text


async def test_doubts_can_be_left(office: Running, api: BotApi) -> None:
    api.fail("lost", "sendMessage", chat=-103)
    _, control = await ask(api, "/thongbao Họp", 2)
    report = await pressed(api, control, "Gửi")
    left = await pressed(api, report, "Bỏ qua")
    assert left.text == "Đã bỏ qua 1 nơi chưa rõ."
    assert len(api.seen_by(-103)) == 1


async def test_a_sending_is_paused_resumed_and_stopped(office: Running, api: BotApi, hour: Hour) -> None:
    cast = office.edge.office.cast
    for chat in range(500, 600):
        api.chat(chat)
        await cast.recipients.add(chat, Kind.MEMBER, "", hour(), consent=Consent.YES)
    cast.pace._gap_s = 0.02
    _, control = await ask(api, "/thongbao Họp", 2)
    api.press(control, "Gửi")
    await api.until(lambda: "Tạm dừng" in labels(control))
    api.press(control, "Tạm dừng")
    await api.until(lambda: "(tạm dừng)" in control.text)
    assert labels(control) == ["Tiếp tục", "Dừng hẳn"]
    await api.drained()
    api.press(control, "Tiếp tục")
    await api.until(lambda: "(đang gửi)" in control.text)
    assert "%" in control.text
    api.press(control, "Dừng hẳn")
    await api.until(lambda: api.seen_by(ADMIN)[-1] is not control)
    report = api.seen_by(ADMIN)[-1]
    assert "Chưa gửi: " in report.text
    reached = len({sent.chat for sent in api.sent} - {ADMIN})
    assert f"đã gửi {reached}/103 nơi" in report.text
    assert await cast.outcomes.again(1, State.QUEUED) == 0  # stopped for good


async def test_a_chat_told_to_wait_is_tried_again_when_its_wait_ends_not_when_the_queue_does(
    office: Running, api: BotApi, hour: Hour
) -> None:
    cast = office.edge.office.cast
    for chat in range(500, 700):
        api.chat(chat)
        await cast.recipients.add(chat, Kind.MEMBER, "", hour(), consent=Consent.YES)
    api.fail(429, "sendMessage", chat=-102, retry_after=1)
    cast.pace._gap_s = 0.01
    _, control = await ask(api, "/thongbao Họp", 2)
    report = await pressed(api, control, "Gửi")
    assert "đã gửi 203/203" in report.text
    order = [sent.chat for sent in api.sent if sent.chat != ADMIN]
    assert len(order) == 203
    assert order[-1] != -102
    at = {sent.chat: sent.at for sent in api.sent}
    refused = next(call.at for call in api.calls if call.chat == -102 and call.error)
    assert at[-102] - refused >= 1.0
    # Whoever came before it in the queue but had not left by then may be in flight, no more than that.
    first_after = next(place for place, chat in enumerate(order) if at[chat] - refused >= 1.0)
    assert order.index(-102) - first_after <= 30


async def test_the_time_left_is_reckoned_by_the_recent_pace(office: Running, api: BotApi, hour: Hour) -> None:
    """After an hour's pause it would else be days for a hundred chats."""
    cast = office.edge.office.cast
    for chat in range(500, 600):
        api.chat(chat)
        await cast.recipients.add(chat, Kind.MEMBER, "", hour(), consent=Consent.YES)
    cast.pace._gap_s = 0.05
    _, control = await ask(api, "/thongbao Họp", 2)
    api.press(control, "Gửi")
    await api.until(lambda: "Tạm dừng" in labels(control) and len(api.sent) > 8)
    api.press(control, "Tạm dừng")
    await api.until(lambda: "(tạm dừng)" in control.text)
    hour.shift += timedelta(hours=1)
    before = len(control.history)
    api.press(control, "Tiếp tục")
    await api.until(lambda: any("100%" not in text and "Còn " in text for text in control.history[before:]))
    left = [text.splitlines()[-1] for text in control.history[before:] if "(đang gửi)" in text]
    assert set(left) == {"Còn chưa đến 1 phút."}


@pytest.mark.parametrize(
    ("gaps_s", "per_s"),
    [((), 27.5), ((0.1,) * 50, 10.0), ((0.5,) * 4 + (3600.0,) + (0.01,) * 50, 2.0), ((0.001,) * 9, 27.5)],
    ids=["nothing yet", "steady", "since a pause", "a burst"],
)
def test_the_pace_is_that_of_what_was_sent_without_a_break(gaps_s: tuple[float, ...], per_s: float) -> None:
    ends = [datetime(2026, 11, 23, tzinfo=UTC)]
    for gap_s in gaps_s:
        ends.append(ends[-1] - timedelta(seconds=gap_s))
    assert rate(ends) == pytest.approx(per_s)


async def test_sending_doubtful_ones_again_does_not_resume_what_was_stopped(
    office: Running, api: BotApi
) -> None:
    cast = office.edge.office.cast
    api.fail("lost", "sendMessage", chat=-101)
    cast.pace._gap_s = 1.0
    _, control = await ask(api, "/thongbao Họp", 2)
    api.press(control, "Gửi")
    await api.until(lambda: api.seen_by(-101) and "Dừng hẳn" in labels(control))
    api.press(control, "Dừng hẳn")
    await api.until(lambda: api.seen_by(ADMIN)[-1] is not control)
    report = api.seen_by(ADMIN)[-1]
    assert "• Nhóm 101: không có hồi âm" in report.text
    before = len(api.seen_by(ADMIN))
    api.press(report, "Gửi lại (1)")
    await api.until(lambda: len(api.seen_by(ADMIN)) == before + 2)
    assert "Chưa gửi: " in api.seen_by(ADMIN)[-1].text
    assert len(api.seen_by(-101)) == 2
    assert api.seen_by(-103) == []


async def test_a_sent_one_is_edited_and_withdrawn_everywhere(office: Running, api: BotApi) -> None:
    _, control = await ask(api, "/thongbao Họp lúc 8 giờ", 2)
    await pressed(api, control, "Gửi")
    (listed,) = await ask(api, "/lich")
    card = await pressed(api, listed, "1")
    assert labels(card) == ["Sửa ở mọi nơi", "Thu hồi ở mọi nơi"]
    await pressed(api, card, "Sửa ở mọi nơi")
    preview, sure = await ask(api, "Họp lúc 9 giờ", 2)
    assert preview.text == "📢 Thông báo số 1\n\nHọp lúc 9 giờ"
    report = await pressed(api, sure, "Sửa ngay")
    assert report.text == "✅ Sửa Thông báo số 1: xong, đã sửa 3/3 nơi."
    assert {api.seen_by(chat)[0].text for chat in GROUPS} == {preview.text}
    sure = await pressed(api, card, "Thu hồi ở mọi nơi")
    assert "48 giờ" in sure.text
    report = await pressed(api, sure, "Thu hồi ngay")
    assert report.text == "✅ Thu hồi Thông báo số 1: xong, đã thu hồi 3/3 nơi."
    assert all(sent.deleted for sent in api.sent if sent.chat in GROUPS)
    (listed,) = await ask(api, "/lich")
    assert "1. Họp lúc 9 giờ (đã thu hồi lúc 12:0" in listed.text


async def test_buttons_of_drafts_answer_only_to_their_officer_and_once(office: Running, api: BotApi) -> None:
    _, control = await ask(api, "/thongbao Họp", 2)
    forged = [
        ("n:send:1", MEMBER),
        ("n:send:999", ADMIN),
        ("n:nothing:1", ADMIN),
        ("n:do:1", ADMIN),
        ("n:resume:1", ADMIN),
        ("n:again:1", ADMIN),
        ("n:", ADMIN),
        ("n:send:1' OR 1=1", ADMIN),
        *(
            (each, ADMIN)
            for each in ("n:show:0:" + "9" * 20, "n:again:1:" + "9" * 19, "n:leave:1:" + "9" * 19)
        ),
        *((each, ADMIN) for each in ("n:send:１", "n:show:0:²", "n:list:1:１", "n:undo:1:\x00")),
    ]
    for data, person in forged:
        query = api.press_data(control, data, person=person)
        await api.until(lambda query=query: query in api.answered_callbacks)
    assert await office.database.fetch_all("SELECT * FROM quarantine") == []
    assert [sent for sent in api.sent if sent.chat in GROUPS] == []
    api.press(control, "Gửi")
    await api.until(lambda: len(api.seen_by(ADMIN)) == 3)
    stale = api.press_data(control, "n:send:1")
    await api.until(lambda: stale in api.answered_callbacks)
    assert api.answered_callbacks[stale]["text"] == t.STALE
    assert [len(api.seen_by(chat)) for chat in GROUPS] == [1, 1, 1]


async def test_members_meet_nothing_of_it(office: Running, api: BotApi) -> None:
    api.chat(MEMBER)
    for text in ("/thongbao Họp", "/hengio 18:30 25/11 | Họp", "/lich", "/noinhan"):
        reply = await api.answer_to(MEMBER, text)
        assert reply.text == "Mình không có lệnh này. Gõ /help để xem cách hỏi nhé."
    for text in ("/thongbao Họp",):
        before = len(api.seen_by(ADMIN))
        api.forward(ADMIN, text, MEMBER)
        await api.until(lambda before=before: len(api.seen_by(ADMIN)) > before)
        assert api.seen_by(ADMIN)[-1].buttons == []
    assert [sent for sent in api.sent if sent.chat in GROUPS] == []


async def test_a_restart_in_the_middle_goes_on_and_reports(serve: Serve, api: BotApi, hour: Hour) -> None:
    chats = range(500, 560)
    async with serve(admins=(ADMIN,), now=hour) as running:
        cast = running.edge.office.cast
        for chat in chats:
            api.chat(chat)
            await cast.recipients.add(chat, Kind.MEMBER, "", hour(), consent=Consent.YES)
        _, control = await ask(api, "/thongbao Họp", 2)
        api.press(control, "Gửi")
        await api.until(lambda: len(api.seen_by(510)) == 1 or len(api.sent) > 8)
    assert len({sent.chat for sent in api.sent}) < 61
    async with serve(admins=(ADMIN,), now=hour) as running:
        running.edge.office.cast.pace._gap_s = 0.001
        await api.until(lambda: "xong, đã gửi 60/60" in api.seen_by(ADMIN)[-1].text)
    assert [len(api.seen_by(chat)) for chat in chats] == [1] * 60


async def test_a_preview_does_not_wait_for_chats_that_do_not_answer(office: Running, api: BotApi) -> None:
    """Twelve hanging sends fill the announcements' lane; writing and answering go on."""
    cast = office.edge.office.cast
    for chat in range(500, 520):
        api.chat(chat)
        api.fail("hang", "sendMessage", chat=chat)
        await cast.recipients.add(chat, Kind.MEMBER, "", cast.now(), consent=Consent.YES)
    await cast.recipients.put_into(
        "chậm", [place.id for place in await cast.recipients.everybody(members=True)][3:]
    )
    _, control = await ask(api, "/thongbao Họp", 2)
    api.press(control, "Chọn nơi nhận")
    await api.until(lambda: "Xong" in labels(control))
    (chosen,) = await ask(api, "chậm")
    api.press(chosen, "Gửi")
    await api.until(lambda: sum(500 <= call.chat < 520 for call in api.calls) >= 12)
    preview, _ = await ask(api, "/thongbao Việc khác", 2)
    assert preview.text.endswith("Việc khác")


# --- going back, at any step ----------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["/lich", "/help", "/hoi Khi nào khánh thành cầu?"])
async def test_another_command_ends_the_waiting_for_words_and_says_so(
    office: Running, api: BotApi, command: str
) -> None:
    await ask(api, "/thongbao")
    said, _ = await ask(api, command, 2)
    assert said.text == t.LEFT
    (answer,) = await ask(api, "Lễ khánh thành cầu diễn ra ngày nào?")
    assert "12/4" in answer.text
    assert "Thông báo số" not in answer.text


async def test_words_that_are_too_long_are_asked_for_once_more_under_the_same_number(
    office: Running, api: BotApi
) -> None:
    await ask(api, "/thongbao")
    (reply,) = await ask(api, "a" * 4096)
    assert "dài quá 19 ký tự: Telegram cho tối đa 4.096" in reply.text
    preview, _ = await ask(api, "Họp gấp", 2)
    assert preview.text == "📢 Thông báo số 1\n\nHọp gấp"


@pytest.mark.parametrize("step", ["content", "preview", "Hẹn giờ", "Sửa", "Chọn nơi nhận", "Gửi"])
async def test_huy_goes_back_at_every_step(
    office: Running, api: BotApi, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr("bot.handlers.drafts.TAKE_BACK_S", 30)
    if step == "content":
        await ask(api, "/thongbao")
    else:
        _, control = await ask(api, "/thongbao Họp", 2)
        if step != "preview":
            api.press(control, step)
            await api.drained()
    (said,) = await ask(api, "/huy")
    cancelled = t.CANCELLED.format(number=1)
    assert said.text == (cancelled if step in ("preview", "Gửi") else "Mình đã thôi việc đang làm dở.")
    (answer,) = await ask(api, "Lễ khánh thành cầu diễn ra ngày nào?")
    assert "12/4" in answer.text
    (said,) = await ask(api, "/huy")
    assert said.text == (cancelled if step in ("Hẹn giờ", "Sửa", "Chọn nơi nhận") else NOTHING_TO_CANCEL)
    assert [sent for sent in api.sent if sent.chat in GROUPS] == []


@pytest.mark.parametrize("asked", ["Hẹn giờ", "Sửa", "Chọn nơi nhận"])
@pytest.mark.parametrize("pressed_last", ["Gửi", "Huỷ"])
async def test_what_was_asked_about_a_draft_is_not_waited_for_once_it_has_gone(
    office: Running, api: BotApi, monkeypatch: pytest.MonkeyPatch, asked: str, pressed_last: str
) -> None:
    monkeypatch.setattr("bot.handlers.drafts.TAKE_BACK_S", 30)
    _, control = await ask(api, "/thongbao Họp", 2)
    copy = [dict(button) for button in control.buttons]
    api.press(control, asked)
    await api.drained()
    data = next(button["callback_data"] for button in copy if button["text"] == pressed_last)
    query = api.press_data(control, data)
    await api.until(lambda: query in api.answered_callbacks)
    (answer,) = await ask(api, "Lễ khánh thành cầu diễn ra ngày nào?")
    assert "12/4" in answer.text


async def test_the_message_whose_button_was_pressed_shows_how_it_goes(office: Running, api: BotApi) -> None:
    _, first = await ask(api, "/thongbao Họp", 2)
    await pressed(api, first, "Hẹn giờ")
    (second,) = await ask(api, "ngay")
    await pressed(api, first, "Gửi")
    await api.until(lambda: "100%" in first.text)
    assert "Xem trước" in second.text


async def test_huy_leaves_what_is_planned(office: Running, api: BotApi) -> None:
    _, control = await ask(api, "/hengio 18:30 25/11 | Họp", 2)
    api.press(control, "Hẹn gửi lúc 18:30 ngày 25/11")
    await api.until(lambda: "Đã hẹn" in control.text)
    (said,) = await ask(api, "/huy")
    assert said.text == NOTHING_TO_CANCEL


async def test_new_words_for_a_picture_leave_the_picture(office: Running, api: BotApi) -> None:
    _, control = await ask(api, "/thongbao", 2, reply_to_message=photo(api, caption="Hợp"))
    asked = await pressed(api, control, "Sửa")
    assert asked.text == t.ASK_CAPTION
    preview, control = await ask(api, "Họp", 2)
    assert (preview.text, preview.document) == ("📢 Thông báo số 1\n\nHọp", b"jpeg")
    await pressed(api, control, "Gửi")
    assert api.seen_by(-101)[0].document == b"jpeg"


async def told_to_wait(office: Running, chat: int) -> None:
    """Wait until it is on record that *chat* was refused by 429 and rests."""
    query = "SELECT 1 FROM deliveries WHERE chat = ? AND state = 'queued' AND retry_at > 0"
    async with asyncio.timeout(15):
        while await office.database.fetch_one(query, (chat,)) is None:  # noqa: ASYNC110 - it shows only there
            await asyncio.sleep(0.005)


# --- edit and withdraw everywhere -----------------------------------------------------------------------


async def sent_card(api: BotApi) -> Sent:
    """Announce to all groups and return the card of that."""
    _, control = await ask(api, "/thongbao Họp", 2)
    await pressed(api, control, "Gửi")
    (listed,) = await ask(api, "/lich")
    return await pressed(api, listed, "1")


async def test_a_withdrawal_that_was_cancelled_starts_again_from_the_same_card(
    office: Running, api: BotApi
) -> None:
    card = await sent_card(api)
    sure = await pressed(api, card, "Thu hồi ở mọi nơi")
    api.press(sure, "Huỷ")
    await api.until(lambda: sure.text == "Đã thôi. Thông báo số 1 giữ nguyên ở mọi nơi.")
    assert not any(sent.deleted for sent in api.sent)
    sure = await pressed(api, card, "Thu hồi ở mọi nơi")
    report = await pressed(api, sure, "Thu hồi ngay")
    assert report.text == "✅ Thu hồi Thông báo số 1: xong, đã thu hồi 3/3 nơi."


async def test_a_withdrawal_after_48_hours_says_what_remained(office: Running, api: BotApi) -> None:
    card = await sent_card(api)
    api.seen_by(-102)[0].at -= 49 * 3600
    sure = await pressed(api, card, "Thu hồi ở mọi nơi")
    report = await pressed(api, sure, "Thu hồi ngay")
    assert "đã thu hồi 2/3 nơi" in report.text
    assert "• Nhóm 102: quá 48 giờ nên Telegram không cho xoá" in report.text
    assert [api.seen_by(chat)[0].deleted for chat in GROUPS] == [True, False, True]


async def test_later_rounds_pass_by_the_chats_that_are_emptied(office: Running, api: BotApi) -> None:
    card = await sent_card(api)
    api.seen_by(-102)[0].at -= 49 * 3600
    sure = await pressed(api, card, "Thu hồi ở mọi nơi")
    await pressed(api, sure, "Thu hồi ngay")
    await pressed(api, card, "Sửa ở mọi nơi")
    _, sure = await ask(api, "Hoãn họp", 2)
    assert sure.text == "👆 Tin sẽ thành như trên, ở 1 nơi còn tin."
    report = await pressed(api, sure, "Sửa ngay")
    assert report.text == "✅ Sửa Thông báo số 1: xong, đã sửa 1/1 nơi."
    assert api.seen_by(-102)[0].text.endswith("Hoãn họp")
    api.seen_by(-102)[0].at += 49 * 3600
    asked = len(api.calls)
    sure = await pressed(api, card, "Thu hồi ở mọi nơi")
    other = await pressed(api, card, "Thu hồi ở mọi nơi")
    report = await pressed(api, sure, "Thu hồi ngay")
    assert report.text == "✅ Thu hồi Thông báo số 1: xong, đã thu hồi 1/1 nơi."
    assert {call.chat for call in api.calls[asked:] if call.chat in GROUPS} == {-102}
    for sent, label in ((card, "Sửa ở mọi nơi"), (card, "Thu hồi ở mọi nơi"), (other, "Thu hồi ngay")):
        query = api.press(sent, label)
        await api.until(lambda query=query: query in api.answered_callbacks)
        assert api.answered_callbacks[query]["text"] == t.NOTHING_LEFT


async def test_an_edit_on_its_way_meets_what_is_withdrawn_meanwhile(office: Running, api: BotApi) -> None:
    card = await sent_card(api)
    await pressed(api, card, "Sửa ở mọi nơi")
    _, sure_edit = await ask(api, "Hoãn họp", 2)
    api.fail(429, "editMessageText", chat=-103, retry_after=60)
    api.press(sure_edit, "Sửa ngay")
    await told_to_wait(office, -103)
    office.edge.office.cast.pace._chats.clear()
    sure = await pressed(api, card, "Thu hồi ở mọi nơi")
    await pressed(api, sure, "Thu hồi ngay")
    await api.until(lambda: all(api.seen_by(chat)[0].deleted for chat in GROUPS))
    async with office.database.transaction():
        await office.database.execute("UPDATE deliveries SET retry_at = 1 WHERE retry_at > 0")
    office.edge.office.cast.sender.wake()
    await api.until(lambda: any("Sửa Thông báo số 1: đã xong" in sent.text for sent in api.seen_by(ADMIN)))
    report = next(sent for sent in api.seen_by(ADMIN) if "Sửa Thông báo số 1: đã xong" in sent.text)
    assert "đã sửa 2/3 nơi" in report.text
    assert "• Nhóm 103: tin ở đó đã bị xoá" in report.text
    assert report.buttons == []  # trying once more would not bring it back


async def test_an_older_edit_never_comes_after_a_newer_one(office: Running, api: BotApi) -> None:
    card = await sent_card(api)
    await pressed(api, card, "Sửa ở mọi nơi")
    _, first = await ask(api, "Hoãn họp", 2)
    await pressed(api, card, "Sửa ở mọi nơi")
    _, second = await ask(api, "Họp lúc 9 giờ", 2)
    api.refusing[-102] = (400, "Bad Request: not enough rights to send text messages to the chat")
    api.fail(429, "editMessageText", chat=-103, retry_after=60)
    api.press(first, "Sửa ngay")
    await told_to_wait(office, -103)
    query = api.press(second, "Sửa ngay")
    await api.until(lambda: query in api.answered_callbacks)
    assert "Sửa Thông báo số 1 đang làm dở" in api.answered_callbacks[query]["text"]
    (listed,) = await ask(api, "/lich")
    running = await pressed(api, listed, "Sửa 1")
    report = await pressed(api, running, "Dừng hẳn")
    assert "• Nhóm 102: bot không có quyền gửi ở đó" in report.text
    office.edge.office.cast.pace._chats.clear()
    del api.refusing[-102]
    done = await pressed(api, second, "Sửa ngay")
    assert done.text == "✅ Sửa Thông báo số 1: xong, đã sửa 3/3 nơi."
    query = api.press(report, "Thử lại nơi không được (1)")
    await api.until(lambda: query in api.answered_callbacks)
    assert api.answered_callbacks[query]["text"] == t.SUPERSEDED
    assert {api.seen_by(chat)[0].text for chat in GROUPS} == {"📢 Thông báo số 1\n\nHọp lúc 9 giờ"}


async def test_who_unsubscribes_gets_nothing_that_still_waits(office: Running, api: BotApi) -> None:
    cast = office.edge.office.cast
    await api.answer_to(MEMBER, "/dangky")
    api.fail(429, "sendMessage", chat=MEMBER, retry_after=60)
    _, control = await ask(api, "/thongbao Họp", 2)
    api.press(control, "Gửi")
    await told_to_wait(office, MEMBER)
    cast.pace._chats.clear()
    assert (await api.answer_to(MEMBER, "/huydangky")).text == t.UNSUBSCRIBED
    async with office.database.transaction():
        await office.database.execute("UPDATE deliveries SET retry_at = 1 WHERE retry_at > 0")
    cast.sender.wake()
    await api.until(lambda: api.seen_by(ADMIN)[-1].text == "✅ Thông báo số 1: xong, đã gửi 3/3 nơi.")
    assert api.seen_by(MEMBER)[-1].text == t.UNSUBSCRIBED


async def test_a_place_that_no_longer_receives_is_not_tried_again(office: Running, api: BotApi) -> None:
    api.fail("lost", "sendMessage", chat=-103)
    _, control = await ask(api, "/thongbao Họp", 2)
    report = await pressed(api, control, "Gửi")
    shown = (await ask(api, "/noinhan 3"))[0]
    api.press(shown, "Không")
    await api.until(lambda: "sẽ không nhận" in shown.text)
    query = api.press(report, "Gửi lại (1)")
    await api.until(lambda: query in api.answered_callbacks)
    assert api.answered_callbacks[query]["text"] == t.STALE
    assert len(api.seen_by(-103)) == 1


async def test_a_withdrawal_names_the_chats_in_doubt(office: Running, api: BotApi) -> None:
    api.fail("lost", "sendMessage", chat=-103)
    card = await sent_card(api)
    sure = await pressed(api, card, "Thu hồi ở mọi nơi")
    report = await pressed(api, sure, "Thu hồi ngay")
    assert "đã thu hồi 2/3 nơi" in report.text
    assert "• Nhóm 103: chưa rõ đã nhận hay chưa" in report.text
    assert not api.seen_by(-103)[0].deleted
    (listed,) = await ask(api, "/lich")
    card = await pressed(api, listed, "1")
    assert "• Nhóm 103: không có hồi âm" in card.text
    assert card.buttons == []  # nothing is left to be taken away, and what is withdrawn is not sent again


async def test_new_words_that_telegram_refuses_change_nothing(office: Running, api: BotApi) -> None:
    card = await sent_card(api)
    await pressed(api, card, "Sửa ở mọi nơi")
    api.fail(400, "sendMessage", chat=ADMIN)
    (reply,) = await ask(api, "Họp lúc 9 giờ")
    assert "Telegram không nhận nội dung này" in reply.text
    assert {api.seen_by(chat)[0].text for chat in GROUPS} == {"📢 Thông báo số 1\n\nHọp"}


async def test_nothing_is_withdrawn_while_it_is_still_going_out(office: Running, api: BotApi) -> None:
    """Else whoever gets it afterwards would keep it."""
    api.fail("lost", "sendMessage", chat=-103)
    card = await sent_card(api)
    sure = await pressed(api, card, "Thu hồi ở mọi nơi")
    datas = {button["text"]: button["callback_data"] for button in (*card.buttons, *sure.buttons)}
    api.fail(429, "sendMessage", chat=-103, retry_after=30)
    await pressed(api, card, "Gửi lại (1)")
    for sent, label in ((sure, "Thu hồi ngay"), (card, "Sửa ở mọi nơi"), (card, "Thu hồi ở mọi nơi")):
        query = api.press_data(sent, datas[label])
        await api.until(lambda query=query: query in api.answered_callbacks)
        assert "đang gửi dở" in api.answered_callbacks[query]["text"]
    assert not any(sent.deleted for sent in api.sent)


async def test_the_calendar_never_loses_what_is_planned(office: Running, api: BotApi) -> None:
    _, control = await ask(api, "/hengio 18:30 25/11 | Hạn nộp", 2)
    api.press(control, "Hẹn gửi lúc 18:30 ngày 25/11")
    await api.until(lambda: "Đã hẹn" in control.text)
    for at in range(11):
        _, control = await ask(api, f"/thongbao Việc {at}", 2)
        await pressed(api, control, "Gửi")
    (listed,) = await ask(api, "/lich")
    assert "1. Hạn nộp (đã hẹn lúc 18:30 ngày 25/11)" in listed.text


async def test_who_is_no_officer_any_more_hears_nothing_more_of_it(office: Running, api: BotApi) -> None:
    """The panel stands still, and the report goes to the owners: somebody has to know of the doubtful."""
    officer, authority = 55, office.edge.office.authority
    await authority.add(officer, by=ADMIN)
    api.chat(officer)
    api.private(officer, "/thongbao Họp")
    await api.until(lambda: len(api.seen_by(officer)) == 2)
    office.edge.office.cast.pace._gap_s = 0.3
    control = api.seen_by(officer)[1]
    api.press(control, "Gửi")
    await api.until(lambda: api.seen_by(GROUPS[0]))
    await authority.remove(officer, by=ADMIN)
    history = len(control.history)
    report = await api.until(lambda: api.seen_by(ADMIN))
    assert report[-1].text == "✅ Thông báo số 1: xong, đã gửi 3/3 nơi."
    assert len(api.seen_by(officer)) == 2
    assert len(control.history) <= history + 1  # an edit may have been under way


async def test_who_removes_an_officer_is_told_what_that_one_had_planned(office: Running, api: BotApi) -> None:
    officer = 55
    await office.edge.office.authority.add(officer, by=ADMIN)
    api.private(officer, "/hengio 18:30 25/11 | Họp")
    await api.until(lambda: len(api.seen_by(officer)) == 2)
    control = api.seen_by(officer)[1]
    api.press(control, labels(control)[0])
    await api.until(lambda: control.history)
    (desk,) = await ask(api, "/quantri")
    sure = await pressed(api, desk, f"Gỡ {officer}")
    api.press(sure, "Có")
    await api.until(lambda: "Đã gỡ" in sure.text)
    assert "số 1" in sure.text
    assert "/lich" in sure.text


async def test_of_two_officers_who_change_the_words_at_the_same_moment_one_does(
    office: Running, api: BotApi, hour: Hour
) -> None:
    """Else the older words could be the last to arrive."""
    officer = 55
    await office.edge.office.authority.add(officer, by=ADMIN)
    _, control = await ask(api, "/thongbao Họp lúc 8 giờ", 2)
    await pressed(api, control, "Gửi")
    office.edge.office.cast.pace._gap_s = 0.2
    asked = []
    for person in (ADMIN, officer):
        (shown,) = await ask(api, "/lich")
        card = await pressed(api, shown, "1")
        change = next(b["callback_data"] for b in card.buttons if b["text"] == t.CHANGE_ALL)
        if person != ADMIN:
            before = len(api.seen_by(person))
            api.private(person, "/lich")
            await api.until(lambda before=before: len(api.seen_by(officer)) > before)
            card = api.seen_by(officer)[-1]
        before = len(api.seen_by(person))
        api.press_data(card, change, person=person)
        await api.until(lambda person=person, before=before: len(api.seen_by(person)) > before)
        before = len(api.seen_by(person))
        api.private(person, f"Họp lúc {person} giờ")
        await api.until(
            lambda person=person, before=before: any(
                b for s in api.seen_by(person)[before:] for b in s.buttons
            )
        )
        asked.append(api.seen_by(person)[-1])
    queries = [api.press(each, labels(each)[0]) for each in asked]
    await api.until(lambda: all(query in api.answered_callbacks for query in queries))
    refused = [bool(api.answered_callbacks[query].get("show_alert")) for query in queries]
    assert sorted(refused) == [False, True]


async def test_an_officer_whose_chat_has_to_wait_keeps_no_report_from_the_others(
    office: Running, api: BotApi, hour: Hour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The author is gone, so both owners get the report; each once, although Telegram lets one wait."""
    officer, late, authority = 55, 2, office.edge.office.authority
    await authority.add(officer, by=ADMIN)
    monkeypatch.setattr(authority, "_owners", (late, ADMIN))
    monkeypatch.setattr("bot.panels.LOOK_EVERY_S", 0.02)
    api.chat(late)
    api.private(officer, "/thongbao Họp")
    await api.until(lambda: len(api.seen_by(officer)) == 2)
    api.fail(429, "sendMessage", chat=late, times=3, retry_after=300)
    await authority.remove(officer, by=ADMIN)
    cast = office.edge.office.cast
    await cast.register.move(1, Stage.SCHEDULED, out_of=(Stage.DRAFT,), due=hour())
    cast.sender.wake()
    await api.until(lambda: api.seen_by(late), within_s=30)
    assert [sent.text for sent in api.seen_by(late)] == ["✅ Thông báo số 1: xong, đã gửi 3/3 nơi."]
    assert [sent.text for sent in api.seen_by(ADMIN)] == [sent.text for sent in api.seen_by(late)]
