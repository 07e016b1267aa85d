"""The loopback server refuses what Telegram refuses: else the other tests would prove nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.botapi import MAX_TEXT, TOKEN, BotApi
from tests.telegram_html import EntityError, parse


class Client:
    def __init__(self, api: BotApi, session: aiohttp.ClientSession) -> None:
        self.api, self.session = api, session

    async def __call__(self, method: str, *, token: str = TOKEN, **params: Any) -> dict[str, Any]:
        async with self.session.post(f"{self.api.url}/bot{token}/{method}", json=params) as response:
            return await response.json()  # type: ignore[no-any-return]

    async def send(self, text: str, **more: Any) -> str:
        answer = await self("sendMessage", chat_id=7, text=text, **more)
        return str(answer.get("description", "ok"))


@pytest.fixture
async def client(api: BotApi) -> AsyncIterator[Client]:
    api.chat(7)
    async with aiohttp.ClientSession() as session:
        yield Client(api, session)


def button(**more: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", **more}]]}


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        ("x" * MAX_TEXT, {}, "ok"),
        ("x" * (MAX_TEXT + 1), {}, "Bad Request: message is too long"),
        ("🎉" * 2049, {}, "Bad Request: message is too long"),
        ("<b>" + "&amp;" * MAX_TEXT + "</b>", {"parse_mode": "HTML"}, "ok"),
        (" \n ", {}, "Bad Request: message text is empty"),
        ("<b></b>", {"parse_mode": "HTML"}, "Bad Request: message text is empty"),
        ("x", {"reply_markup": button(callback_data="x" * 64)}, "ok"),
        ("x", {"reply_markup": button(callback_data="ế" * 22)}, "Bad Request: BUTTON_DATA_INVALID"),
        ("x", {"reply_markup": button(callback_data="")}, "Bad Request: BUTTON_DATA_INVALID"),
        ("x", {"reply_markup": button()}, "Bad Request: inline keyboard button type is not specified"),
        ("x", {"reply_parameters": {"message_id": 99}}, "Bad Request: message to be replied not found"),
        ("x", {"reply_parameters": {"message_id": 99, "allow_sending_without_reply": True}}, "ok"),
    ],
)
async def test_messages_are_held_to_telegrams_limits(
    client: Client, text: str, more: dict[str, Any], said: str
) -> None:
    assert await client.send(text, **more) == said


async def test_only_known_reachable_chats_take_messages(api: BotApi, client: Client) -> None:
    assert (await client("sendMessage", chat_id=8, text="x"))["description"] == "Bad Request: chat not found"
    api.blocked.add(7)
    assert await client.send("x") == "Forbidden: bot was blocked by the user"
    api.migrate(-5, -1005)
    moved = await client("sendMessage", chat_id=-5, text="x")
    assert moved["parameters"] == {"migrate_to_chat_id": -1005}


async def test_a_wrong_token_and_an_unknown_method_are_refused(client: Client) -> None:
    assert (await client("getMe", token="1:x"))["error_code"] == 401
    assert (await client("sendTelepathy"))["error_code"] == 404


async def test_updates_stay_until_an_offset_passes_them(api: BotApi, client: Client) -> None:
    first, second = api.private(7, "a"), api.private(7, "b")
    for _ in range(2):
        assert [u["update_id"] for u in (await client("getUpdates"))["result"]] == [first, second]
    answer = await client("getUpdates", offset=second)
    assert [update["update_id"] for update in answer["result"]] == [second]
    assert list(api.updates) == [second]
    assert (await client("getUpdates", offset=second + 1))["result"] == []


async def test_a_long_poll_ends_with_the_first_update(api: BotApi, client: Client) -> None:
    polling = asyncio.create_task(client("getUpdates", timeout=30))
    await api.until(lambda: api.polls)
    api.private(7, "a")
    assert len((await polling)["result"]) == 1


async def test_a_second_poll_ends_the_first_with_a_conflict(api: BotApi, client: Client) -> None:
    first = asyncio.create_task(client("getUpdates", timeout=30))
    await api.until(lambda: api.polls)
    second = asyncio.create_task(client("getUpdates", timeout=30))
    assert (await first)["error_code"] == 409
    api.private(7, "a")
    assert (await second)["ok"]


async def test_no_poll_while_a_webhook_is_set(client: Client) -> None:
    assert (await client("setWebhook", url="http://x"))["error_code"] == 400
    await client("setWebhook", url="https://x")
    assert (await client("getUpdates"))["error_code"] == 409
    await client("deleteWebhook")
    assert (await client("getUpdates"))["ok"]


async def test_updates_of_kinds_not_asked_for_are_dropped(api: BotApi, client: Client) -> None:
    api.private(7, "a")
    api.edit(7, 1, "b")
    answer = await client("getUpdates", allowed_updates=["edited_message"])
    assert [next(iter(update)) for update in answer["result"]] == ["edited_message"]
    assert len(api.updates) == 1


async def test_a_callback_is_answered_once_and_only_if_it_exists(api: BotApi, client: Client) -> None:
    await client.send("x", reply_markup=button(callback_data="d"))
    query = api.press(api.sent[0], "x")
    assert (await client("answerCallbackQuery", callback_query_id=query))["ok"]
    for stale in (query, "77"):
        assert (
            "query is too old"
            in (await client("answerCallbackQuery", callback_query_id=stale))["description"]
        )


async def test_an_edit_must_change_something(client: Client) -> None:
    await client.send("x")
    edit = {"chat_id": 7, "message_id": 1}
    assert "not modified" in (await client("editMessageText", text="x", **edit))["description"]
    assert (await client("editMessageText", text="y", **edit))["result"]["text"] == "y"
    edit["message_id"] = 5
    assert "to edit not found" in (await client("editMessageText", text="y", **edit))["description"]


async def test_a_flood_is_stopped_per_chat(api: BotApi, client: Client) -> None:
    now = [0.0]
    api.per_second, api.clock = 2, lambda: now[0]
    said = [await client.send("x") for _ in range(3)]
    assert said == ["ok", "ok", "Too Many Requests: retry after 1"]
    now[0] = 1.0
    assert await client.send("x") == "ok"


async def test_an_answer_can_be_lost_on_its_way(api: BotApi, client: Client) -> None:
    api.fail("lost", "sendMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.send("x")
    assert len(api.seen_by(7)) == 1


async def test_messages_and_files_can_be_copied_and_sent_again(api: BotApi, client: Client) -> None:
    await client.send("x")
    assert (await client("copyMessage", chat_id=7, from_chat_id=7, message_id=1))["ok"]
    gone = await client("copyMessage", chat_id=7, from_chat_id=7, message_id=9)
    assert gone["description"] == "Bad Request: message to copy not found"
    api.document(7, "a.txt", b"abc")
    assert (await client("sendDocument", chat_id=7, document="file1"))["ok"]
    assert api.seen_by(7)[-1].document == b"abc"
    assert "wrong file identifier" in (await client("sendPhoto", chat_id=7, photo="zz"))["description"]


async def test_another_process_can_speak_through_the_control_door(api: BotApi, client: Client) -> None:
    async with client.session.post(f"{api.url}/control/private", data={"person": 7, "text": "a"}) as response:
        assert (await response.json())["waiting"] == 1


@pytest.mark.parametrize("name", ["Xin_chao", "thêm", "x" * 33, ""])
async def test_command_names_are_checked(client: Client, name: str) -> None:
    answer = await client("setMyCommands", commands=[{"command": name, "description": "x"}])
    assert answer["description"] == "Bad Request: BOT_COMMAND_INVALID"


# --- HTML --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "text", "kinds"),
    [
        ("a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#39; &#x1F389;", "a <b> & \"c\" 'd' 🎉", []),
        ("<b>a<i>b</i></b>", "ab", ["bold", "italic"]),
        ("<blockquote expandable>q</blockquote>", "q", ["expandable_blockquote"]),
        ('<a href="https://x.vn">x</a>', "x", ["text_link"]),
        ("&nbsp; & &c; >", "&nbsp; & &c; >", []),
    ],
)
def test_html_becomes_text_and_entities(source: str, text: str, kinds: list[str]) -> None:
    plain, entities = parse(source)
    assert (plain, [entity["type"] for entity in entities]) == (text, kinds)


def test_entities_count_utf16_units() -> None:
    assert parse("🎉<b>🎉a</b>")[1] == [{"type": "bold", "offset": 2, "length": 3}]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("é<p>x</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unmatched end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "Blockquotes can't be nested"),
        ("<span>x</span>", 'Unsupported start tag "span" at byte offset 0'),
    ],
)
def test_html_that_telegram_refuses_is_refused_in_its_words(source: str, said: str) -> None:
    with pytest.raises(EntityError) as caught:
        parse(source)
    assert str(caught.value) == f"Bad Request: can't parse entities: {said}"
