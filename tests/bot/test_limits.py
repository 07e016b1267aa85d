from typing import Any

from bot import texts
from bot.limits import CHARS_A_TOKEN, MOST, PERSON_SIZE, SHARE_SIZE, Buckets, Verdict, price_of
from tests.bot.conftest import ADMIN, HOUSEHOLDS, LAND, PHUOC, SPEAKER, Clock, Running
from tests.botapi import USERNAME, BotApi


def test_a_bucket_gives_its_size_then_its_rate_and_tells_once() -> None:
    clock = Clock()
    buckets = Buckets(clock, 10, 1.0)
    assert [buckets.take(7) for _ in range(13)] == [Verdict.TAKE] * 10 + [Verdict.TELL] + [Verdict.DROP] * 2
    assert buckets.take(8) is Verdict.TAKE
    clock.now += 1
    assert [buckets.take(7), buckets.take(7)] == [Verdict.TAKE, Verdict.DROP]
    clock.now += 6
    assert [buckets.take(7) for _ in range(7)] == [Verdict.TAKE] * 6 + [Verdict.TELL]
    clock.now += 10_000
    assert [buckets.take(7) for _ in range(11)] == [Verdict.TAKE] * 10 + [Verdict.TELL]


def test_a_long_message_takes_more_than_a_short_one_and_no_more_than_is_read() -> None:
    assert price_of("ai?") == 1
    assert price_of("a" * CHARS_A_TOKEN) == 2
    assert price_of("a" * 4096) == price_of("a" * 1000)
    buckets = Buckets(Clock(), 10, 1.0)
    assert [buckets.take(7, 4.0) for _ in range(4)] == [Verdict.TAKE] * 3 + [Verdict.TELL]


def test_no_more_than_so_many_are_remembered() -> None:
    buckets = Buckets(Clock(), 1, 1.0)
    for key in range(MOST + 500):
        buckets.take(key)
    assert len(buckets) == MOST


async def test_a_flood_of_one_person_gets_one_polite_notice_and_delays_nobody(
    api: BotApi, bot: Running
) -> None:
    for _ in range(PERSON_SIZE + 40):
        api.private(7, SPEAKER)
    assert (await api.answer_to(8, LAND)).text.startswith(HOUSEHOLDS)
    await api.drained()
    said = [sent.text for sent in api.seen_by(7)]
    assert len(said) == PERSON_SIZE + 1
    assert said.count(texts.TOO_MUCH) == 1
    bot.clock.now += 60
    assert (await api.answer_to(7, SPEAKER)).text.startswith(PHUOC)


async def test_a_flood_of_many_in_one_group_is_held_by_the_groups_own_limit(
    api: BotApi, bot: Running
) -> None:
    for person in range(1000, 1060):
        api.group(-5, person, f"@{USERNAME} {SPEAKER}")
    await api.drained()
    said = [sent.text for sent in api.seen_by(-5)]
    assert len(said) == 41
    assert said.count(texts.TOO_MUCH) == 1


async def test_the_talk_of_a_group_costs_nobody_a_question(api: BotApi, bot: Running) -> None:
    for _ in range(PERSON_SIZE + 10):
        api.group(-5, 7, "chuyện phiếm trong nhóm")
    api.group(-5, 7, f"@{USERNAME} {SPEAKER}")
    await api.drained()
    assert [sent.text.startswith(PHUOC) for sent in api.seen_by(-5)] == [True]


async def test_presses_beyond_the_limit_do_nothing_and_admins_have_none(api: BotApi, office: Running) -> None:
    sent = await api.answer_to(7, "/start")
    for _ in range(PERSON_SIZE + 5):
        api.press(sent, sent.buttons[0]["text"])
    await api.drained()
    assert len(api.seen_by(7)) == PERSON_SIZE  # /start took one
    alerts = [answer.get("text") for answer in api.answered_callbacks.values() if answer.get("show_alert")]
    assert alerts == [texts.TOO_MUCH]
    for _ in range(PERSON_SIZE + 5):
        api.private(ADMIN, SPEAKER)
    await api.drained()
    assert len(api.seen_by(ADMIN)) == PERSON_SIZE + 5


def as_group(api: BotApi, group: int, text: str) -> dict[str, Any]:
    """Return a message that an anonymous administrator of *group* writes."""
    everybody = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    return {**api.message(group, text), "from": everybody, "sender_chat": api.chat(group)}


async def test_who_writes_as_a_group_uses_up_nothing_of_other_groups(api: BotApi, bot: Running) -> None:
    for number in range(PERSON_SIZE + 10):
        api.push(message=as_group(api, -10 - number % 5, f"/hoi@{USERNAME} {SPEAKER}"))
    api.push(message=as_group(api, -5, f"/hoi@{USERNAME} {SPEAKER}"))
    await api.drained()
    assert [sent.text.startswith(PHUOC) for sent in api.seen_by(-5)] == [True]


async def test_commands_for_other_bots_cost_a_group_nothing(api: BotApi, bot: Running) -> None:
    for number in range(PERSON_SIZE + 10):
        api.group(-5, 7, ("/start@other_bot", "/tao", f"/hoi@other_bot {SPEAKER}")[number % 3])
    api.group(-5, 7, f"/hoi {SPEAKER}")
    await api.drained()
    assert [sent.text.startswith(PHUOC) for sent in api.seen_by(-5)] == [True]


async def test_one_member_of_a_group_does_not_use_up_what_all_may_ask(api: BotApi, bot: Running) -> None:
    for _ in range(PERSON_SIZE):
        api.group(-5, 66, f"@{USERNAME} {SPEAKER}")
    for person in (7, 8):
        api.group(-5, person, f"@{USERNAME} {LAND}")
    await api.drained()
    said = [sent.text for sent in api.seen_by(-5)]
    assert sum(text.startswith(PHUOC) for text in said) == SHARE_SIZE
    assert said.count(texts.TOO_MUCH) == 1
    assert sum(text.startswith(HOUSEHOLDS) for text in said) == 2


async def test_a_long_message_costs_as_much_when_it_is_asked_by_a_reply(api: BotApi, bot: Running) -> None:
    for group in range(-140, -100):
        long = api.message(group, SPEAKER * 20, person=5)
        api.group(group, 66, f"/hoi@{USERNAME}", reply_to_message=long)
    await api.drained()
    assert len(api.sent) == 1 + -(-PERSON_SIZE // price_of(SPEAKER * 20))
