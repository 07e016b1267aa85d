"""Plain words go a short way past python-telegram-bot's handlers, on which the same must happen."""

from __future__ import annotations

from typing import Any

import pytest

from bot import texts
from bot.handlers.shortcut import plain_words
from bot.limits import PERSON_SIZE
from knowledge.answerer import Answerer
from tests.bot.conftest import ADMIN, SPEAKER, WHEN, Running
from tests.botapi import BotApi
from tests.botapi.world import entities_of

SHORT, LONG = 7, 8  # what LONG sends has a field more, which no handler looks at
BESIDE = {"sender_boost_count": 1}


def update(**more: Any) -> dict[str, Any]:
    message = {
        "message_id": 1,
        "date": 1,
        "chat": {"id": 7, "type": "private"},
        "from": {"id": 7, "is_bot": False, "first_name": "An"},
        "text": SPEAKER,
        **more,
    }
    return {"update_id": 1, "message": {name: value for name, value in message.items() if value is not None}}


@pytest.mark.parametrize(
    "raw",
    [
        update(),
        update(entities=entities_of("xem https://a.vn")),
        update(link_preview_options={"is_disabled": True}),
        update(chat={"id": 7, "type": "private", "username": "an"}),
    ],
)
def test_plain_words(raw: dict[str, Any]) -> None:
    assert plain_words(raw) == SPEAKER


@pytest.mark.parametrize(
    "raw",
    [
        *(update(text=text, entities=entities_of(text)) for text in ("/start", "/hỏi ai", "ai? /huy")),
        *(update(text=text) for text in ("/x", " \n", None)),
        update(text=None, caption=SPEAKER),
        update(chat={"id": -7, "type": "supergroup"}),
        update(chat={"id": 7, "type": "channel"}),
        update(chat={"id": 8, "type": "private"}),
        *(update(**{"from": sender}) for sender in (None, {"id": 7}, {"id": 7, "is_bot": True})),
        *(update(entities=marks) for marks in ({}, [1], [{}], [{"type": ["url"]}], [{"type": "new"}])),
        *(
            update(**{name: value})
            for name, value in {
                "via_bot": {"id": 9, "is_bot": True, "first_name": "B"},
                "forward_origin": {"type": "hidden_user", "sender_user_name": "B", "date": 1},
                "reply_to_message": update()["message"],
                "edit_date": 2,
                "sender_chat": {"id": -7, "type": "channel"},
                "media_group_id": "1",
                "business_connection_id": "1",
                "whatever_comes_next_year": True,
            }.items()
        ),
        {"update_id": 1},
        {"update_id": 1, "edited_message": update()["message"]},
        {**update(), "callback_query": {}},
    ],
)
def test_anything_else(raw: dict[str, Any]) -> None:
    assert plain_words(raw) == ""


async def both(api: BotApi, *words: str) -> list[dict[str, Any]]:
    """Let the two ask the same; return what SHORT was sent, which must be what LONG was sent."""
    for text in words:
        api.private(SHORT, text)
        api.private(LONG, text, **BESIDE)
    await api.drained()
    short, long = ([{**sent.params, "chat_id": 0} for sent in api.seen_by(each)] for each in (SHORT, LONG))
    assert short == long
    return short


async def test_both_ways_send_and_keep_the_same(api: BotApi, bot: Running) -> None:
    sent = await both(
        api, SPEAKER, "còn ngày nào", "chào bạn", "bữa ni có mưa không", "!!!", WHEN, "đoạn <b>đầu</b> & cuối"
    )
    assert len(sent) == 7
    await bot.edge.office.counters.flush()
    counted = dict(await bot.database.fetch_all("SELECT name, count FROM counters"))
    assert counted
    assert all(count % 2 == 0 for count in counted.values())
    kept = await bot.database.fetch_all("SELECT text, count FROM asked")
    assert ("bữa ni có mưa không", 2) in kept


async def test_both_ways_hold_a_flood(api: BotApi, bot: Running) -> None:
    sent = await both(api, *[SPEAKER] * (PERSON_SIZE + 3))
    assert [each["text"] for each in sent[PERSON_SIZE:]] == [texts.TOO_MUCH]


async def test_both_ways_tell_of_a_fault_and_put_the_update_aside(
    api: BotApi, bot: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError

    monkeypatch.setattr(Answerer, "answer", fail)
    sent = await both(api, SPEAKER)
    assert [each["text"] for each in sent] == [texts.FAILED]
    assert await bot.database.fetch_all("SELECT kind, error FROM quarantine") == [("message", "KeyError")] * 2


async def test_an_admin_s_words_reach_the_open_dialog(api: BotApi, office: Running) -> None:
    await api.answer_to(ADMIN, "/them")
    assert SPEAKER in (await api.answer_to(ADMIN, SPEAKER)).text
    await api.answer_to(ADMIN, "/huy")
