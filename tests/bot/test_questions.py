import asyncio
from typing import Any

import pytest

from bot import texts
from bot.replies import key
from tests.bot.conftest import AT_12_4, HOUSEHOLDS, LAND, PHUOC, SPEAKER, WHEN, Running, Serve
from tests.botapi import USERNAME, BotApi

PHOTO = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
STICKER = {
    "file_id": "s",
    "file_unique_id": "s",
    "width": 1,
    "height": 1,
    "is_animated": False,
    "is_video": False,
    "type": "regular",
}
VOICE = {"file_id": "v", "file_unique_id": "v", "duration": 1}
GROUP = -100

pytestmark = pytest.mark.usefixtures("bot")


async def silence(api: BotApi, chat: int) -> None:
    """Every update has been handled and *chat* saw nothing."""
    await api.drained()
    assert api.seen_by(chat) == []


async def test_a_question_gets_fact_quote_source_and_related_questions(api: BotApi) -> None:
    sent = await api.answer_to(7, "ai phat bieu o le khanh thanh")
    quote = "Ông Trần Hữu Phước - Chủ tịch UBND huyện phát biểu."
    assert sent.text == f"{PHUOC}\n{quote}\nTheo bài “Khánh thành cầu Sông Lành”, BAT, 12/4"
    assert [entity["type"] for entity in sent.entities] == ["expandable_blockquote", "italic"]
    assert 1 <= len(sent.buttons) <= 3
    assert "reply_parameters" not in sent.params


async def test_silence_of_the_article_is_said(api: BotApi) -> None:
    sent = await api.answer_to(7, "kinh phí xây cầu bao nhiêu")
    assert sent.text.startswith("Bài viết không nêu kinh phí")


async def test_a_button_asks_its_question(api: BotApi) -> None:
    start = await api.answer_to(7, "/start")
    query = api.press(start, SPEAKER)
    await api.until(lambda: len(api.seen_by(7)) == 2)
    assert api.seen_by(7)[1].text.startswith(f"{SPEAKER}\n\n{PHUOC}")
    assert query in api.answered_callbacks


async def test_a_button_of_an_earlier_run_still_works(api: BotApi, bot: Running, serve: Serve) -> None:
    start = await api.answer_to(7, "/start")
    await bot.stop()
    async with serve():
        api.press(start, WHEN)
        await api.until(lambda: len(api.seen_by(7)) == 2)
    assert AT_12_4 in api.seen_by(7)[1].text


async def test_the_label_is_the_question_even_when_the_bot_does_not_list_it(api: BotApi) -> None:
    start = await api.answer_to(7, "/start")
    other = "Người phát biểu là ai?"
    start.params["reply_markup"] = {"inline_keyboard": [[{"text": other, "callback_data": key(other)}]]}
    api.press_data(start, key(other))
    await api.until(lambda: len(api.seen_by(7)) == 2)
    assert PHUOC in api.seen_by(7)[1].text


@pytest.mark.parametrize("data", ["q:0123456789abcdef", "t:0123456789abcdef"])
async def test_a_button_that_was_never_offered_gets_a_polite_alert(api: BotApi, data: str) -> None:
    start = await api.answer_to(7, "/start")
    query = api.press_data(start, data)
    shown = await api.until(lambda: api.answered_callbacks.get(query))
    assert (shown["text"], shown["show_alert"]) == (texts.STALE_BUTTON, True)
    assert len(api.seen_by(7)) == 1


async def test_a_press_that_waited_too_long_is_answered_all_the_same(api: BotApi) -> None:
    start = await api.answer_to(7, "/start")
    api.fail(400, "answerCallbackQuery")
    api.press(start, WHEN)
    await api.until(lambda: len(api.seen_by(7)) == 2)


async def test_a_button_in_a_group_is_answered_there(api: BotApi) -> None:
    api.group(GROUP, 7, "/start")
    (start,) = await api.until(lambda: api.seen_by(GROUP))
    api.press(start, WHEN, person=8)
    await api.until(lambda: len(api.seen_by(GROUP)) == 2)
    assert api.seen_by(GROUP)[1].params["reply_parameters"]["message_id"] == start.id


# --- groups ------------------------------------------------------------------------------------------


async def test_in_a_group_the_bot_is_silent_unless_addressed(api: BotApi) -> None:
    api.group(GROUP, 7, "ai phát biểu tại lễ khánh thành?")
    api.group(GROUP, 7, "@nguoikhac ai phát biểu?")
    api.group(GROUP, 7, "/lenhla")
    api.group(GROUP, 7, "/hoi@bot_khac ai phát biểu?")
    api.group(GROUP, 7, sticker=STICKER)
    await silence(api, GROUP)


@pytest.mark.parametrize(
    "text",
    [
        f"@{USERNAME} ai phát biểu tại lễ khánh thành?",
        f"ai phát biểu tại lễ khánh thành hả @{USERNAME.upper()}",
        "/hoi ai phát biểu tại lễ khánh thành?",
        f"/hoi@{USERNAME} ai phát biểu tại lễ khánh thành?",
    ],
    ids=["mention", "mention_later", "command", "command_by_name"],
)
async def test_addressed_in_a_group_it_replies_to_the_asking_message(api: BotApi, text: str) -> None:
    api.group(GROUP, 7, "trước đó")
    api.group(GROUP, 7, text)
    (sent,) = await api.until(lambda: api.seen_by(GROUP))
    assert sent.text.startswith(PHUOC)
    assert sent.params["reply_parameters"]["message_id"] == 2


async def test_a_reply_to_the_bot_is_a_question_and_stays_in_its_topic(api: BotApi) -> None:
    mine = api.message(GROUP, "Chào bạn!")
    mine["from"] = api.me
    topic = {"message_thread_id": 55, "is_topic_message": True}
    api.group(GROUP, 7, "ai phát biểu tại lễ khánh thành?", reply_to_message=mine, **topic)
    (sent,) = await api.until(lambda: api.seen_by(GROUP))
    assert sent.text.startswith(PHUOC)
    assert sent.params["message_thread_id"] == 55


@pytest.mark.parametrize("text", [f"@{USERNAME}", "/hoi"])
async def test_the_bot_called_under_a_message_answers_that_message(api: BotApi, text: str) -> None:
    asked = api.message(GROUP, "ai phát biểu tại lễ khánh thành?", person=8)
    api.group(GROUP, 7, text, reply_to_message=asked)
    (sent,) = await api.until(lambda: api.seen_by(GROUP))
    assert sent.text.startswith(PHUOC)


async def test_the_photo_with_a_mention_in_its_caption_is_answered(api: BotApi) -> None:
    api.group(GROUP, 7, photo=PHOTO, caption=f"@{USERNAME} ai phát biểu tại lễ khánh thành?")
    (sent,) = await api.until(lambda: api.seen_by(GROUP))
    assert sent.text.startswith(PHUOC)


async def test_people_in_a_group_have_conversations_of_their_own(api: BotApi, bot: Running) -> None:
    api.group(GROUP, 7, "/hoi ai phát biểu tại lễ khánh thành?")
    api.group(GROUP, 8, "/hoi bao nhiêu hộ dân hiến đất làm đường?")
    await api.until(lambda: len(api.seen_by(GROUP)) == 2)
    assert [sent.text.splitlines()[0] for sent in api.seen_by(GROUP)] == [PHUOC, HOUSEHOLDS]


# --- what is no plain question -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        {"sticker": STICKER},
        {"voice": VOICE},
        {"photo": PHOTO},
        {"location": {"latitude": 15.5, "longitude": 108.5}},
        {"dice": {"emoji": "🎲", "value": 3}},
        {"document": {"file_id": "d", "file_unique_id": "d"}},
    ],
    ids=lambda content: next(iter(content)),
)
async def test_what_is_not_text_is_answered_with_a_clear_sentence(api: BotApi, content: Any) -> None:
    assert (await api.answer_to(7, **content)).text == texts.ONLY_TEXT


async def test_the_caption_of_a_photo_is_a_question(api: BotApi) -> None:
    assert (await api.answer_to(7, photo=PHOTO, caption="ai phát biểu?")).text.startswith(PHUOC)


async def test_an_album_gets_one_remark(api: BotApi) -> None:
    for _ in range(3):
        api.private(7, photo=PHOTO, media_group_id="m1")
    await api.drained()
    assert len(api.seen_by(7)) == 1


async def test_edits_bots_and_service_messages_are_let_be(api: BotApi) -> None:
    api.edit(7, 1, "ai phát biểu tại lễ khánh thành?")
    api.private(7, "ai phát biểu?", via_bot=api.me)
    api.private(7, "ai phát biểu?", **{"from": {"id": 9, "is_bot": True, "first_name": "b"}})
    api.private(7, new_chat_title="tên mới")
    api.push(channel_post=api.message(-200, "/hoi ai phát biểu?"))
    await silence(api, 7)


async def test_a_message_of_4096_characters_gets_a_clear_sentence(api: BotApi) -> None:
    sent = await api.answer_to(7, ("ai phát biểu " * 400)[:4096])
    assert sent.text == texts.TOO_LONG


@pytest.mark.parametrize("text", ["<b>", "&lt;script&gt;", "'; DROP TABLE facts; --", "*_`[", "\u202etxet"])
async def test_markup_is_only_text(api: BotApi, text: str) -> None:
    sent = await api.answer_to(7, text)
    assert text not in sent.source


async def test_hoi_without_a_question_shows_how(api: BotApi) -> None:
    assert (await api.answer_to(7, "/hoi")).text == texts.EMPTY_QUESTION.format(example=WHEN)


async def test_hoi_with_accents_is_understood(api: BotApi) -> None:
    assert (await api.answer_to(7, "/hỏi ai phát biểu tại lễ khánh thành?")).text.startswith(PHUOC)


@pytest.mark.parametrize("text", ["/lenhla", "/them a | b", "/hỏi"])
async def test_an_unknown_command_points_to_help(api: BotApi, text: str) -> None:
    assert (await api.answer_to(7, text)).text == texts.UNKNOWN_COMMAND


# --- conversations and faults ------------------------------------------------------------------------


async def test_an_admins_swap_answers_at_once(api: BotApi, bot: Running, known: Any) -> None:
    class Other:
        def __getattr__(self, name: str) -> Any:
            return getattr(known.answerer, name)

        def answer(self, text: str, *_: Any) -> Any:
            return known.answerer.answer(LAND)

    bot.known.swap(type(known)(Other(), known.titles))
    assert (await api.answer_to(7, "ai phát biểu tại lễ khánh thành?")).text.startswith(HOUSEHOLDS)


async def test_what_was_spoken_of_is_remembered_for_ten_minutes(
    api: BotApi, bot: Running, known: Any
) -> None:
    asked: list[tuple[str, str]] = []

    class Listening:
        def __getattr__(self, name: str) -> Any:
            return getattr(known.answerer, name)

        def answer(self, text: str, conversation: Any) -> Any:
            asked.append((text, conversation.question))
            return known.answerer.answer(text, conversation)

    bot.known.swap(type(known)(Listening(), known.titles))
    for person, seconds in ((7, 0), (7, 599), (8, 0), (7, 600)):
        bot.clock.now += seconds
        await api.answer_to(person, SPEAKER)
    assert [bool(before) for _, before in asked] == [False, True, False, False]


async def test_who_blocked_the_bot_is_let_be(api: BotApi, bot: Running) -> None:
    api.chat(7)
    api.blocked.add(7)
    api.private(7, "ai phát biểu?")
    await api.drained()
    assert (await bot.database.fetch_one("SELECT count(*) FROM quarantine"))[0] == 0
    api.blocked.clear()
    assert (await api.answer_to(7, "ai phát biểu?")).text.startswith(PHUOC)


async def test_a_group_that_became_a_supergroup_is_followed(api: BotApi) -> None:
    api.migrate(GROUP, -1000)
    api.group(GROUP, 7, "/hoi ai phát biểu tại lễ khánh thành?")
    (sent,) = await api.until(lambda: api.seen_by(-1000))
    assert sent.text.startswith(PHUOC)


@pytest.mark.parametrize("act", [502, 500, "reset", "half", "garbage"])
async def test_an_answer_survives_a_fault_of_the_network(api: BotApi, act: int | str) -> None:
    api.fail(act, "sendMessage", times=2)
    assert (await api.answer_to(7, "ai phát biểu?")).text.startswith(PHUOC)


async def test_a_flood_limit_in_one_group_delays_nobody_else(api: BotApi) -> None:
    api.fail(429, "sendMessage", chat=GROUP, retry_after=2)
    api.group(GROUP, 7, "/hoi ai phát biểu?")
    await asyncio.gather(*(api.answer_to(person, "ai phát biểu?") for person in range(20, 30)))
    assert api.seen_by(GROUP) == []
    await api.until(lambda: api.seen_by(GROUP))


@pytest.mark.parametrize("data", ["x", "q:xyz", "t:1", "\u202e", "khác:1:2"])
async def test_a_button_of_nobodys_ends_its_waiting_sign(api: BotApi, bot: Running, data: str) -> None:
    sent = await api.answer_to(7, SPEAKER)
    query = api.press_data(sent, data)
    assert (await api.until(lambda: api.answered_callbacks.get(query)))["text"] == texts.STALE_BUTTON
