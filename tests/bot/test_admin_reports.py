"""What members ask, in figures, as a picture, once a week by itself; and why the bot answered as it did."""

import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from PIL import Image

from bot import chart, texts, texts_admin
from bot.statistics import Period
from knowledge.records import replace
from tests.bot.conftest import ADMIN, LAND, MEMBER, PHUOC, SPEAKER, WHEN, Running
from tests.botapi import BotApi

MONDAY = datetime(2024, 11, 25, 8, 30, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("office")


async def some_questions(api: BotApi) -> None:
    for question in (WHEN, SPEAKER, LAND, LAND, "cầu có đèn chiếu sáng không", "chào bạn"):
        await api.answer_to(MEMBER, question)
    await api.drained()


async def test_figures_come_as_text_and_as_a_picture(api: BotApi) -> None:
    await some_questions(api)
    text = await api.answer_to(ADMIN, "/thongke")
    assert "• Câu hỏi: 5" in text.text
    assert "• Trả lời được: 80%" in text.text
    assert "Con số 2" in text.text
    assert "“cầu có đèn chiếu sáng không” (1 lần)" in text.text
    picture = (await api.until(lambda: api.seen_by(ADMIN)[1:2]))[0]
    image = Image.open(io.BytesIO(picture.document))
    assert (image.format, image.size) == ("PNG", (chart.WIDTH, chart.HEIGHT))
    assert len(picture.document) < 200_000


async def test_the_span_can_be_chosen_and_is_explained_when_it_cannot(api: BotApi) -> None:
    assert "Hỏi đáp từ" in (await api.answer_to(ADMIN, "/thongke 30")).text
    await api.until(lambda: len(api.seen_by(ADMIN)) == 2)
    for wrong in ("0", "91", "tuần", "-1", "１"):
        assert "từ 1 đến 90" in (await api.answer_to(ADMIN, f"/thongke {wrong}")).text


async def test_counts_survive_a_stop(api: BotApi, office: Running, serve) -> None:  # type: ignore[no-untyped-def]
    await some_questions(api)
    await office.stop()
    async with serve(admins=(ADMIN,)):
        assert "• Câu hỏi: 5" in (await api.answer_to(ADMIN, "/thongke")).text


async def test_no_counter_knows_a_person_or_a_question(api: BotApi, office: Running) -> None:
    await some_questions(api)
    await office.edge.office.counters.flush()
    names = {name for (name,) in await office.database.fetch_all("SELECT DISTINCT name FROM counters")}
    assert names == {"asked", "answer", "no_answer", "smalltalk"} | {
        "topic:Thời gian", "topic:Con người", "topic:Con số",
    }  # fmt: skip


async def test_the_digest_goes_out_once_a_week_on_monday_morning(api: BotApi, office: Running) -> None:
    await api.answer_to(ADMIN, "/start")
    bot = office.edge.application.bot
    moment = MONDAY
    reports = replace(office.edge.office.reports, now=lambda: moment)
    assert not await reports.digest(bot)  # nobody has asked anything
    await some_questions(api)
    moment = MONDAY.replace(hour=7)
    assert not await reports.digest(bot)
    moment = MONDAY
    assert await reports.digest(bot)
    assert api.seen_by(ADMIN)[-2].text.startswith(texts_admin.DIGEST)
    assert api.seen_by(ADMIN)[-1].document.startswith(b"\x89PNG")
    moment = MONDAY + timedelta(days=3)
    assert not await reports.digest(bot)
    moment = MONDAY + timedelta(days=8)  # the bot was not running on Monday
    assert await reports.digest(bot)
    assert not [sent for sent in api.seen_by(MEMBER) if texts_admin.DIGEST in sent.text]


async def test_a_bot_that_is_new_in_the_middle_of_a_week_waits_for_monday(
    api: BotApi, office: Running
) -> None:
    await api.answer_to(ADMIN, "/start")
    await some_questions(api)
    async with office.database.transaction():
        await office.database.execute("DELETE FROM digests")  # as it looked at its start today
    moment = MONDAY + timedelta(days=2)
    reports = replace(office.edge.office.reports, now=lambda: moment)
    assert not await reports.digest(office.edge.application.bot)
    moment = MONDAY + timedelta(days=7)
    assert await reports.digest(office.edge.application.bot)


async def test_why_names_fact_certainty_and_what_the_member_sees(api: BotApi) -> None:
    shown = await api.answer_to(ADMIN, f"/visao {SPEAKER}")
    assert "có câu trả lời; theo câu #2; độ chắc" in shown.text
    assert PHUOC in shown.text
    assert shown.text.index(PHUOC) < shown.text.index(texts_admin.WHY_DETAILS)
    assert "ngoài nội dung" in (await api.answer_to(ADMIN, "/visao giá vàng hôm nay")).text
    assert (await api.answer_to(ADMIN, "/visao")).text == texts_admin.WHY_EXAMPLE


@pytest.mark.parametrize("days", [1, 7, 30, 90])
@pytest.mark.parametrize("most", [0, 1, 10**6])
def test_the_picture_can_be_drawn_of_any_figures(days: int, most: int) -> None:
    every = tuple((date(2024, 1, 1) + timedelta(days=n), most) for n in range(days))
    topics = (("Chủ đề dài " * 20, most), ("", 0)) if most else ()
    assert chart.draw(Period(every, Counter(), topics), "Tựa đề dài " * 20).startswith(b"\x89PNG")


def test_the_font_has_every_letter_that_is_drawn() -> None:
    """A letter that is missing would be drawn as the same empty box as U+FFFF."""
    font = chart._font(chart.PLAIN)
    box = bytes(font.getmask("\uffff"))
    words = [v for v in vars(texts_admin).values() if isinstance(v, str)] + list(texts.COMMANDS.values())
    letters = {char for word in words for char in word if char.isalpha()} | set("0123456789%/…")
    assert [char for char in letters if bytes(font.getmask(char)) == box] == []
