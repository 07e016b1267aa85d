"""What an officer has begun goes on after a restart in the middle of it, and /huy ends it at every step."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot import texts_admin
from bot.recipients import Consent, Kind
from tests.bot.conftest import ADMIN, LAND, MEMBER, PHUOC, SPEAKER, Running, Serve, facts_of
from tests.botapi import BotApi, Sent

VAIN = "Cầu có đèn chiếu sáng không?"
GROUP = -101
SENT = "until it is sent and reported"
FILE = '{"questions": ["Gửi xe ở đâu?"], "answer": "Ở cổng sau."}\n'
NEWS = """\
Trao nhà cho đoàn viên khó khăn

Sáng 20/11, Công đoàn huyện Tân Hương trao nhà tại xã Bình Minh. Có 12 đoàn viên nhận nhà.

Bà Lê Thị Hoa - Chủ tịch Công đoàn huyện trao chìa khóa."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.handlers.drafts.TAKE_BACK_S", 0)
    monkeypatch.setattr("bot.panels.EDIT_EVERY_S", 0.02)


def noon() -> datetime:
    """Keep clear of the hours in which announcements are asked about."""
    return datetime.now(UTC).replace(hour=5)


async def do(api: BotApi, step: str) -> Sent:
    """Write *step*, or press the button that "[LABEL" begins, and return the bot's last message after it."""
    before = [(sent.text, sent.buttons) for sent in api.seen_by(ADMIN)]

    def changed() -> bool:
        return [(sent.text, sent.buttons) for sent in api.seen_by(ADMIN)] != before

    if step.startswith("["):
        label = step.removeprefix("[")
        shown = [each for each in api.seen_by(ADMIN) if _label(each, label)][-1]
        api.press(shown, _label(shown, label))
    elif step.startswith("{"):
        api.document(ADMIN, "a.jsonl", step.encode())
    else:
        api.private(ADMIN, step)
    await api.until(changed)
    await api.drained()
    return api.seen_by(ADMIN)[-1]


def _label(sent: Sent, start: str) -> str:
    return next((button["text"] for button in sent.buttons if button["text"].startswith(start)), "")


async def begin(api: BotApi, running: Running, steps: tuple[str, ...]) -> None:
    """Prepare a group that is told and a question asked in vain, then go the *steps*."""
    for chat in (ADMIN, GROUP):
        api.chat(chat)
    await running.edge.office.cast.recipients.add(GROUP, Kind.GROUP, "Nhóm 1", noon(), consent=Consent.YES)
    if "/chuatraloi" in steps:
        await api.answer_to(MEMBER, VAIN)
        await api.drained()
    for step in steps:
        if step == SENT:
            await api.until(lambda: any("xong, đã gửi 1/1" in sent.text for sent in api.seen_by(ADMIN)))
        else:
            await do(api, step)


DIALOGS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "question of a fact": (("/them",), "Gửi xe ở đâu?", "Giờ bạn gửi câu trả lời"),
    "answer of a fact": (("/them Gửi xe ở đâu?",), "Cổng sau.", "Gửi xe ở đâu?"),
    "other words of a fact": (("/sua 3", "[✏️ Cách hỏi"), "Mấy hộ hiến đất?", "Mấy hộ hiến đất?"),
    "last day of a fact": (("/sua 3", "[📅"), "30/11/2020", "đến hết 30/11/2020"),
    "which fact to change": (("/sua | Có 46 hộ.",), "3", "Có 46 hộ."),
    "which fact to show": (("/xem",), "3", LAND),
    "which fact to delete": (("/xoa", "hiến đất"), "[#3", "Đã xoá #3"),
    "preview of a fact": (("/sua 3", "[✏️ Trả lời", "Có 46 hộ."), "[✅ Lưu", "Đã sửa #3"),
    "article": (("/nap",), NEWS, "Bạn chọn những câu hỏi muốn giữ"),
    "ticks": ((f"/nap {NEWS}", "[▫️ 1"), "[📥", "1 câu hỏi"),
    "file of facts": (("/nhap",), FILE, "Trong tệp có 1 câu mới"),
    "difference of a file": (("/nhap", FILE), "[✅ Nhập", "Đã nhập: 1 câu mới"),
    "question asked in vain": (("/chuatraloi",), "[✍️", "Giờ bạn gửi câu trả lời"),
    "answer to a question asked in vain": (("/chuatraloi", "[✍️"), "Có đèn.", VAIN),
    "whom to make an admin": (("/quantri", "[➕"), "2", "Thêm 2 làm quản trị?"),
    "whether to make an admin": (("/quantri", "[➕", "2"), "[Có", "Đã thêm 2"),
    "words of an announcement": (("/thongbao",), "Họp gấp", "Xem trước"),
    "preview of an announcement": (("/thongbao Họp",), "[Gửi", "Thông báo số 1"),
    "time of an announcement": (("/thongbao Họp", "[Hẹn giờ"), "19h mai", "Xem trước"),
    "other words of an announcement": (("/thongbao Họp", "[Sửa"), "Họp chậm", "Xem trước"),
    "lists of an announcement": (("/thongbao Họp", "[Chọn"), "nhóm", "danh sách “nhóm” (1)"),
    "number of recipients": (("/thongbao Họp", "[Gửi"), "1", "Thông báo số 1"),
    "new words everywhere": (
        ("/thongbao Họp", "[Gửi", SENT, "/lich", "[1", "[Sửa ở"),
        "Hoãn",
        "Tin sẽ thành",
    ),
}


@pytest.mark.parametrize(("steps", "then", "said"), DIALOGS.values(), ids=DIALOGS)
async def test_every_dialog_goes_on_after_a_restart(
    api: BotApi,
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    steps: tuple[str, ...],
    then: str,
    said: str,
) -> None:
    if "number of recipients" in request.node.callspec.id:
        monkeypatch.setattr("bot.handlers.drafts.SURE_ABOVE", 0)
    options: dict[str, Any] = {"admins": (ADMIN,), "now": noon}
    async with serve(**options) as running:
        await begin(api, running, steps)
        await running.stop()
    async with serve(**options):
        assert said in (await do(api, then)).text


ENDED = {name: DIALOGS[name][0] for name in DIALOGS if "announcement" not in name}
for _name in ("question asked in vain", "number of recipients"):  # buttons only; see the announcements' tests
    del ENDED[_name]


@pytest.mark.parametrize("steps", ENDED.values(), ids=ENDED)
async def test_huy_ends_every_dialog(api: BotApi, serve: Serve, steps: tuple[str, ...]) -> None:
    async with serve(admins=(ADMIN,), now=noon) as running:
        await begin(api, running, steps)
        before = await facts_of(running)
        assert (await do(api, "/huy")).text == texts_admin.CANCELLED
        assert (await do(api, SPEAKER)).text.startswith(PHUOC)
        assert await facts_of(running) == before
        assert await running.edge.office.authority.admins() == (ADMIN,)
