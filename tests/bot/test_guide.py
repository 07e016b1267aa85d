import pytest

from bot import texts
from bot.replies import key, units
from tests.bot.conftest import LAND, PHUOC, SPEAKER, WHEN, Serve
from tests.botapi import USERNAME, BotApi


@pytest.mark.usefixtures("bot")
async def test_the_first_start_greets_and_offers_three_questions(api: BotApi) -> None:
    sent = await api.answer_to(7, "/start")
    assert "Khánh thành cầu Sông Lành" in sent.text
    assert [button["text"] for button in sent.buttons] == [WHEN, SPEAKER, LAND]


@pytest.mark.usefixtures("bot")
async def test_a_deep_link_only_looks_up_a_question(api: BotApi) -> None:
    link = key(SPEAKER).removeprefix("q:")
    assert PHUOC in (await api.answer_to(7, f"/start {link}")).text
    for unknown in ("admin", "0123456789abcdef", "../etc"):
        assert (await api.answer_to(7, f"/start {unknown}")).text.startswith("Chào bạn!")


@pytest.mark.usefixtures("bot")
async def test_help_names_every_command_and_the_bot(api: BotApi) -> None:
    sent = await api.answer_to(7, "/help")
    assert all(f"/{name}: " in sent.text for name in texts.COMMANDS)
    assert f"@{USERNAME}" in sent.text


@pytest.mark.usefixtures("bot")
async def test_topics_open_and_close_by_buttons(api: BotApi) -> None:
    sent = await api.answer_to(7, "/chude")
    assert [button["text"] for button in sent.buttons] == ["Thời gian", "Con người", "Con số"]
    api.press(sent, "Con số")
    await api.until(lambda: len(sent.history) == 1)
    assert [button["text"] for button in sent.buttons] == [LAND, texts.BACK]
    api.press(sent, texts.BACK)
    await api.until(lambda: len(sent.history) == 2)
    assert sent.text == texts.TOPICS
    assert len(api.seen_by(7)) == 1


@pytest.mark.usefixtures("bot")
async def test_a_topic_pressed_twice_is_no_fault(api: BotApi) -> None:
    sent = await api.answer_to(7, "/chude")
    queries = [api.press(sent, "Con số"), api.press(sent, "Con số")]
    await api.until(lambda: all(query in api.answered_callbacks for query in queries))
    await api.drained()
    assert len(sent.history) == 1


async def test_privacy_names_who_answers_for_the_data(api: BotApi, serve: Serve) -> None:
    async with serve(operator="Công đoàn <A>, 0900"):
        sent = await api.answer_to(7, "/riengtu")
    assert sent.text.endswith("Đơn vị chịu trách nhiệm về dữ liệu: Công đoàn <A>, 0900.")


@pytest.mark.usefixtures("bot")
async def test_privacy_is_honest_when_nobody_is_named(api: BotApi) -> None:
    assert (await api.answer_to(7, "/riengtu")).text.endswith(texts.OPERATOR_UNKNOWN)


@pytest.mark.usefixtures("bot")
async def test_menus_and_descriptions_are_set_in_vietnamese_and_for_everybody(api: BotApi) -> None:
    await api.until(lambda: len(api.names) == 4)
    for language in ("", "vi"):
        for scope in ("default", "all_private_chats"):
            names = [command["command"] for command in api.commands[scope, language]]
            assert names == list(texts.COMMANDS)
        group = [command["command"] for command in api.commands["all_group_chats", language]]
        assert group == list(texts.GROUP_COMMANDS)
        assert api.names["description", language] == texts.DESCRIPTION
        assert api.names["short_description", language] == texts.SHORT_DESCRIPTION


async def test_menus_are_set_only_when_they_differ(api: BotApi, serve: Serve) -> None:
    for _ in range(2):
        async with serve():
            await api.until(lambda: len(api.names) == 4)
            await api.answer_to(7, "/help")
            await api.until(lambda: len(api.called("getMyShortDescription")) % 2 == 0)
    assert len(api.called("setMyCommands")) == 6
    assert len(api.called("setMyDescription")) == 2


def test_no_text_is_longer_than_telegram_takes() -> None:
    assert units(texts.DESCRIPTION) <= 512
    assert units(texts.SHORT_DESCRIPTION) <= 120
    assert all(units(line) <= 200 for line in (texts.STALE_BUTTON,))
    assert all(1 <= units(purpose) <= 256 for purpose in texts.COMMANDS.values())


def test_group_menus_hold_only_commands_that_exist() -> None:
    assert set(texts.GROUP_COMMANDS) <= set(texts.COMMANDS)
