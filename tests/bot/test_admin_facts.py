"""An admin teaches by chat: the real Application, the loopback server, real SQLite."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from bot import texts, texts_admin
from tests.bot.conftest import (
    ADMIN,
    HOUSEHOLDS,
    LAND,
    MEMBER,
    PHUOC,
    SPEAKER,
    Running,
    Serve,
    facts_of,
    pressed,
)
from tests.botapi import BotApi, Sent

pytestmark = pytest.mark.usefixtures("office")


def id_in(sent: Sent) -> int:
    found = re.search(r"#(\d+)", sent.text)
    assert found, sent.text
    return int(found[1])


# --- /them -------------------------------------------------------------------------------------------


async def test_one_line_teaches_at_once_and_names_the_number(api: BotApi) -> None:
    saved = await api.answer_to(ADMIN, "/them Gửi xe ở đâu? ; Bãi đỗ xe chỗ nào? | Bãi xe ở cổng sau.")
    assert saved.text.startswith(f"Đã lưu #{id_in(saved)}.")
    assert "Bãi xe ở cổng sau." in saved.text
    for question in ("gui xe o dau", "bãi đỗ xe chỗ nào vậy?"):
        assert (await api.answer_to(MEMBER, question)).text.startswith("Bãi xe ở cổng sau.")


async def test_what_the_article_is_silent_on_can_be_taught_and_taken_back(api: BotApi) -> None:
    saved = await api.answer_to(ADMIN, "/them Kinh phí xây cầu là bao nhiêu? | Kinh phí là 5 tỷ đồng.")
    assert "thay cho câu “Bài viết không nêu kinh phí xây cầu.”" in saved.text
    assert (await api.answer_to(MEMBER, "kinh phi xay cau bao nhieu")).text.startswith(
        "Kinh phí là 5 tỷ đồng."
    )
    await api.answer_to(ADMIN, "/hoantac")
    assert (await api.answer_to(MEMBER, "kinh phí xây cầu")).text.startswith("Bài viết không nêu kinh phí")


async def test_step_by_step_asks_previews_and_saves(api: BotApi) -> None:
    assert "câu hỏi" in (await api.answer_to(ADMIN, "/them")).text
    asked = await api.answer_to(ADMIN, "Gửi xe ở đâu?; Bãi xe chỗ nào?")
    assert "“Gửi xe ở đâu?”" in asked.text
    preview = await api.answer_to(ADMIN, "Bãi xe ở cổng sau.")
    assert preview.text.startswith(texts_admin.DRAFT)
    assert (await api.answer_to(MEMBER, "gửi xe ở đâu")).text != "Bãi xe ở cổng sau."
    saved = await pressed(api, preview, texts_admin.SAVE)
    assert saved.text.startswith("Đã lưu #")
    assert (await api.answer_to(MEMBER, "gửi xe ở đâu")).text.startswith("Bãi xe ở cổng sau.")


async def test_a_line_without_a_bar_keeps_the_question_and_shows_an_example(api: BotApi) -> None:
    asked = await api.answer_to(ADMIN, "/them Gửi xe ở đâu?")
    assert "Gửi xe ở đâu?" in asked.text
    assert texts_admin.ADD_EXAMPLE in asked.text
    preview = await api.answer_to(ADMIN, "Bãi xe ở cổng sau.")
    assert "Gửi xe ở đâu?" in preview.text


@pytest.mark.parametrize("steps", [0, 1, 2], ids=["question", "answer", "preview"])
async def test_huy_ends_it_at_any_step(api: BotApi, office: Running, steps: int) -> None:
    before = await facts_of(office)
    for text in ["/them", "Gửi xe ở đâu?", "Bãi xe ở cổng sau."][: steps + 1]:
        await api.answer_to(ADMIN, text)
    assert (await api.answer_to(ADMIN, "/huy")).text == texts_admin.CANCELLED
    assert (await api.answer_to(ADMIN, SPEAKER)).text.startswith(PHUOC)
    assert (await api.answer_to(ADMIN, "/huy")).text == texts.NOTHING_TO_CANCEL
    assert await facts_of(office) == before


async def test_a_half_written_fact_survives_a_restart(api: BotApi, office: Running, serve: Serve) -> None:
    await api.answer_to(ADMIN, "/them Gửi xe ở đâu?")
    await office.stop()
    async with serve(admins=(ADMIN,)) as again:
        preview = await api.answer_to(ADMIN, "Bãi xe ở cổng sau.")
        await again.stop()
    async with serve(admins=(ADMIN,)):
        saved = await pressed(api, preview, texts_admin.SAVE)
    assert "Bãi xe ở cổng sau." in saved.text


async def test_a_fact_much_like_another_is_shown_first_and_may_replace_it(api: BotApi) -> None:
    preview = await api.answer_to(ADMIN, f"/them {SPEAKER} | Bà Lê Thị Hoa phát biểu.")
    assert "Đã có câu gần giống: #" in preview.text
    id_ = id_in(preview)
    saved = await pressed(api, preview, texts_admin.REPLACE.format(id=id_))
    assert id_in(saved) == id_
    assert (await api.answer_to(MEMBER, SPEAKER)).text.startswith("Bà Lê Thị Hoa phát biểu.")


async def test_a_draft_can_be_edited_and_dropped(api: BotApi, office: Running) -> None:
    before = await facts_of(office)
    preview = await api.answer_to(ADMIN, f"/them {SPEAKER} | Bà Hoa.")
    await pressed(api, preview, texts_admin.EDIT_ANSWER)
    preview = await api.answer_to(ADMIN, "Bà Lê Thị Hoa.")
    assert "Bà Lê Thị Hoa." in preview.text
    await pressed(api, preview, texts_admin.EDIT_QUESTIONS)
    preview = await api.answer_to(ADMIN, "Ai dẫn chương trình?")
    assert "Ai dẫn chương trình?" in preview.text
    api.press(preview, texts_admin.DROP)
    await api.until(lambda: preview.text == texts_admin.DROPPED)
    assert await facts_of(office) == before


async def test_the_same_fact_twice_is_refused_by_number(api: BotApi) -> None:
    saved = await api.answer_to(ADMIN, "/them Gửi xe ở đâu? | Bãi xe ở cổng sau.")
    again = await api.answer_to(ADMIN, "/them Gửi xe ở đâu? | Bãi xe ở cổng sau.")
    refused = await pressed(api, again, texts_admin.SAVE_ANYWAY)
    assert f"đã có câu y hệt là #{id_in(saved)}" in refused.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/them " + "a" * 301 + " | b", "tối đa 300"),
        ("/them " + ";".join(f"hỏi {n}" for n in range(51)) + " | b", "tối đa 50"),
        ("/them a | " + "b " * 1600, "tối đa 3000"),
        ("/them a\u0007 | b", "U+0007"),
        ("/them | chỉ có trả lời", "Mẫu một dòng"),
    ],
    ids=["long_question", "many_questions", "long_answer", "bell", "no_question"],
)
async def test_what_cannot_be_taken_gets_one_clear_sentence(
    api: BotApi, office: Running, text: str, said: str
) -> None:
    before = await facts_of(office)
    assert said in (await api.answer_to(ADMIN, text)).text
    assert await facts_of(office) == before


async def test_beginning_something_else_gives_back_what_was_typed(api: BotApi) -> None:
    await api.answer_to(ADMIN, "/them Gửi xe ở đâu?")
    shelved = await api.answer_to(ADMIN, "/them")
    assert "Gửi xe ở đâu?" in shelved.text


async def test_looking_something_up_does_not_end_a_draft(api: BotApi) -> None:
    await api.answer_to(ADMIN, "/them Gửi xe ở đâu?")
    assert "#2" in (await api.answer_to(ADMIN, "/xem 2")).text
    assert "Gửi xe ở đâu?" in (await api.answer_to(ADMIN, "Bãi xe ở cổng sau.")).text


async def test_markup_in_a_fact_is_shown_as_typed(api: BotApi) -> None:
    await api.answer_to(ADMIN, "/them Gửi <b>xe</b> ở đâu? | Ở <i>cổng</i> & sân.")
    assert (await api.answer_to(MEMBER, "gửi xe ở đâu")).text.startswith("Ở <i>cổng</i> & sân.")


# --- /sua /xoa /xem /tim -----------------------------------------------------------------------------


async def test_one_line_changes_an_answer_at_once(api: BotApi) -> None:
    saved = await api.answer_to(ADMIN, "/sua 3 | Có 46 hộ dân hiến đất.")
    assert saved.text.startswith("Đã sửa #3.")
    assert (await api.answer_to(MEMBER, LAND)).text.startswith("Có 46 hộ dân hiến đất.")


async def test_sua_step_by_step(api: BotApi) -> None:
    assert "sửa câu nào" in (await api.answer_to(ADMIN, "/sua")).text
    assert "Không có câu" in (await api.answer_to(ADMIN, "99")).text
    preview = await api.answer_to(ADMIN, "#3")
    assert HOUSEHOLDS in preview.text
    await pressed(api, preview, texts_admin.EDIT_ANSWER)
    preview = await api.answer_to(ADMIN, "Có 46 hộ dân hiến đất.")
    await pressed(api, preview, texts_admin.SAVE)
    assert (await api.answer_to(MEMBER, LAND)).text.startswith("Có 46 hộ dân hiến đất.")


async def test_a_last_day_is_kept_and_said_when_it_is_over(api: BotApi) -> None:
    preview = await api.answer_to(ADMIN, "/sua 3")
    await pressed(api, preview, texts_admin.EDIT_UNTIL)
    assert "chưa đọc được ngày" in (await api.answer_to(ADMIN, "31/2")).text
    preview = await api.answer_to(ADMIN, "30/11/2020")
    assert "đến hết 30/11/2020" in preview.text
    await pressed(api, preview, texts_admin.SAVE)
    told = await api.answer_to(MEMBER, LAND)
    assert texts.EXPIRED.format(day="30/11/2020") in told.text
    await api.answer_to(ADMIN, "/hoantac")
    assert "quá hạn" not in (await api.answer_to(MEMBER, LAND)).text


async def test_deleting_says_what_remains_and_undo_brings_it_back(api: BotApi, office: Running) -> None:
    before = await facts_of(office)
    gone = await api.answer_to(ADMIN, "/xoa 2")
    assert gone.text.startswith(f"Đã xoá #2: “{SPEAKER}”.")
    back = await api.answer_to(ADMIN, "/hoantac")
    assert PHUOC in back.text
    assert await facts_of(office) == before


async def test_undo_goes_back_step_by_step(api: BotApi, office: Running) -> None:
    states = [await facts_of(office)]
    for command in ("/them Gửi xe ở đâu? | Cổng sau.", "/sua 3 | Có 46 hộ.", "/xoa 1"):
        await api.answer_to(ADMIN, command)
        states.append(await facts_of(office))
    for state in reversed(states[:-1]):
        await api.answer_to(ADMIN, "/hoantac")
        assert await facts_of(office) == state
    assert (await api.answer_to(ADMIN, "/hoantac")).text == texts_admin.UNDONE_NOTHING


async def test_a_card_shows_everything_and_its_buttons_work(api: BotApi) -> None:
    card = await api.answer_to(ADMIN, "/xem 2")
    assert card.text.startswith("#2\n")
    assert "bản gốc" in card.text
    history = await pressed(api, card, texts_admin.CARD_HISTORY)
    assert "thêm #2" in history.text
    preview = await pressed(api, card, texts_admin.CARD_EDIT)
    assert preview.text.startswith("Bản sửa của #2")


async def test_tim_finds_without_accents_and_opens_by_button(api: BotApi) -> None:
    found = await api.answer_to(ADMIN, "/tim hien dat")
    assert f"#3 {LAND}" in found.text
    assert (await pressed(api, found, "#3")).text.startswith("#3\n")
    assert "Không có câu nào" in (await api.answer_to(ADMIN, "/tim tàu vũ trụ")).text


@pytest.mark.parametrize("command", ["xem", "xoa"])
async def test_a_fact_is_asked_for_by_example_and_named_by_number(api: BotApi, command: str) -> None:
    assert f"/{command} 12" in (await api.answer_to(ADMIN, f"/{command}")).text
    assert "Không có câu #99" in (await api.answer_to(ADMIN, "99")).text
    assert "#2" in (await api.answer_to(ADMIN, "#2")).text
    assert (await api.answer_to(ADMIN, LAND)).text.startswith(HOUSEHOLDS)  # nothing is asked any more
    assert "Không có câu #99" in (await api.answer_to(ADMIN, f"/{command} 99")).text


@pytest.mark.parametrize(
    ("command", "said"),
    [("/xem", "#3\n"), ("/xoa", "Đã xoá #3"), ("/tim", "#3\n"), ("/sua", "Bản sửa của #3")],
)
@pytest.mark.parametrize("way", ["step by step", "one line", "after a miss"])
async def test_a_fact_is_named_by_words_and_picked_by_button(
    api: BotApi, command: str, said: str, way: str
) -> None:
    if way == "one line":
        listed = await api.answer_to(ADMIN, f"{command} hiến đất")
    else:
        await api.answer_to(ADMIN, command)
        if way == "after a miss":
            missed = await api.answer_to(ADMIN, "tàu vũ trụ")
            assert missed.text.startswith("Không có câu nào có “tàu vũ trụ”.")
            assert f"{command} " in missed.text  # an example
            assert missed.buttons == []
        listed = await api.answer_to(ADMIN, "hien dat")
    assert f"#3 {LAND}" in listed.text
    picked = await pressed(api, listed, "#3")
    assert picked.text.startswith(said)


async def test_sua_by_words_keeps_the_new_answer(api: BotApi) -> None:
    listed = await api.answer_to(ADMIN, "/sua hiến đất | Có 46 hộ dân hiến đất.")
    preview = await pressed(api, listed, "#3")
    assert "Có 46 hộ dân hiến đất." in preview.text
    await pressed(api, preview, texts_admin.SAVE)
    assert (await api.answer_to(MEMBER, LAND)).text.startswith("Có 46 hộ dân hiến đất.")


async def test_a_fact_is_shown_as_members_see_it_and_when_they_see_another_that_is_said(api: BotApi) -> None:
    card = await api.answer_to(ADMIN, "/xem 3")
    seen = (await api.answer_to(MEMBER, LAND)).text
    assert f"{texts_admin.SEEN_AS}\n{seen}" in card.text
    listed = await api.answer_to(ADMIN, "/nap")
    api.press(listed, listed.buttons[0]["text"])
    await api.until(lambda: "đã nghỉ" in listed.text)
    card = await api.answer_to(ADMIN, "/xem 3")
    assert f"{texts_admin.ANSWER} {HOUSEHOLDS}" in card.text
    assert texts_admin.SEEN_OTHERWISE in card.text


async def test_what_was_only_opened_is_not_given_back_as_typed(api: BotApi) -> None:
    preview = await api.answer_to(ADMIN, "/sua 3")
    assert "ví dụ 12" in (await api.answer_to(ADMIN, "/sua")).text  # no draft before it
    preview = await api.answer_to(ADMIN, "/sua 3")
    await pressed(api, preview, texts_admin.EDIT_ANSWER)
    await api.answer_to(ADMIN, "Có 46 hộ.")
    assert "Có 46 hộ." in (await api.answer_to(ADMIN, "/them")).text


async def test_what_was_deleted_is_kept_for_thirty_days_and_longer(
    api: BotApi, office: Running, serve: Serve
) -> None:
    before = await facts_of(office)
    await api.answer_to(ADMIN, "/xoa 3")
    await office.stop()
    async with serve(admins=(ADMIN,), now=lambda: datetime.now(UTC) + timedelta(days=31)) as later:
        assert HOUSEHOLDS in (await api.answer_to(ADMIN, "/lichsu 3")).text
        assert HOUSEHOLDS in (await api.answer_to(ADMIN, "/hoantac")).text
        assert await facts_of(later) == before


async def test_history_says_who_what_and_when(api: BotApi) -> None:
    await api.answer_to(ADMIN, "/sua 3 | Có 46 hộ.")
    shown = (await api.answer_to(ADMIN, "/lichsu")).text.splitlines()
    assert re.search(r"^\d\d:\d\d \d\d/\d\d/\d{4} · bạn · sửa #3 ", shown[1])
    assert shown[2:4] == [f"   trước: {HOUSEHOLDS}", "   sau: Có 46 hộ."]
    assert shown[4].endswith(" · bản gốc · thêm 4 câu: #4, #3, #2, #1")  # one go is one line
    assert shown[5].endswith(" · bản gốc · nạp bài “Khánh thành cầu Sông Lành”")


async def test_history_names_a_new_way_of_asking_and_a_last_day(api: BotApi) -> None:
    preview = await api.answer_to(ADMIN, "/sua 3")
    await pressed(api, preview, texts_admin.EDIT_QUESTIONS)
    preview = await api.answer_to(ADMIN, "Mấy hộ hiến đất?")
    await pressed(api, preview, texts_admin.EDIT_UNTIL)
    preview = await api.answer_to(ADMIN, "30/11/2020")
    await pressed(api, preview, texts_admin.SAVE)
    shown = (await api.answer_to(ADMIN, "/lichsu 3")).text.splitlines()
    assert shown[2:5] == [
        f"   cách hỏi trước: {LAND}",
        "   cách hỏi sau: Mấy hộ hiến đất?",
        "   nguồn sau: đến hết 30/11/2020",
    ]


async def test_a_change_that_takes_questions_from_other_facts_is_shown_first(api: BotApi) -> None:
    gone = await api.answer_to(ADMIN, f"/them Khi nào khánh thành cầu? ; {LAND} | Chưa rõ.")
    assert "⚠️" in gone.text
    assert LAND in gone.text


async def test_two_admins_at_one_fact_do_not_overwrite_each_other(
    api: BotApi, office: Running, serve: Serve
) -> None:
    await office.stop()
    other = 2
    async with serve(admins=(ADMIN, other)):
        preview = await api.answer_to(ADMIN, "/sua 3")
        await pressed(api, preview, texts_admin.EDIT_ANSWER)
        preview = await api.answer_to(ADMIN, "Có 46 hộ.")
        await api.answer_to(other, "/sua 3 | Có 47 hộ.")
        told = await pressed(api, preview, texts_admin.SAVE)
        assert told.text == texts_admin.CHANGED_MEANWHILE.format(id=3)
        again = (await api.until(lambda: [s for s in api.seen_by(ADMIN) if "Có 47 hộ." in s.text]))[0]
        assert "Có 46 hộ." in api.seen_by(ADMIN)[-2].text  # what was typed is not lost
        assert again.text.startswith("Bản sửa của #3")
        assert (await api.answer_to(MEMBER, LAND)).text.startswith("Có 47 hộ.")


async def test_braces_in_what_a_new_answer_replaces_are_only_text(api: BotApi, office: Running) -> None:
    await api.answer_to(ADMIN, "/sua 4 | Bài viết không nêu {id} kinh phí {0} xây cầu {x.")
    saved = await api.answer_to(ADMIN, "/them Kinh phí xây cầu là bao nhiêu? | Cầu hết {id} 5 tỉ đồng.")
    assert "“Bài viết không nêu {id} kinh phí {0} xây cầu {x.”" in saved.text
    assert (await api.answer_to(MEMBER, "Kinh phí xây cầu là bao nhiêu?")).text.startswith(
        "Cầu hết {id} 5 tỉ"
    )


async def test_facts_are_looked_for_by_very_many_words(api: BotApi, office: Running) -> None:
    """A whole message pasted behind a command is looked for, and is no trouble of the database."""
    for command in ("/tim", "/xem", "/xoa", "/sua"):
        found = await api.answer_to(ADMIN, f"{command} " + " ".join(f"x{n}" for n in range(900)))
        assert found.text.startswith("Không có câu nào"), found.text
    assert office.database.trouble is None
    assert "#3" in (await api.answer_to(ADMIN, "/tim " + "hộ dân " * 400)).text
