"""One gate: only first-hand messages of admins in private do anything; all else meets a plain bot."""

import asyncio
import itertools
import random
import time
from typing import Any

import pytest

from bot import texts, texts_admin
from bot.authority import MOST, NoMoreError
from tests.bot.conftest import ADMIN, MEMBER, Running, Serve, facts_of, pressed
from tests.botapi import USERNAME, BotApi, Call

GROUP = -100
VERBS = {
    "them": "/them Gửi xe ở đâu? | Cổng sau.",
    "sua": "/sua 3 | Có 46 hộ.",
    "xoa": "/xoa 3",
    "hoantac": "/hoantac",
    "xem": "/xem 3",
    "tim": "/tim cầu",
    "lichsu": "/lichsu",
    "chuatraloi": "/chuatraloi",
    "quantri": "/quantri",
    "nap": "/nap",
    "nhap": "/nhap",
    "xuat": "/xuat",
    "thongke": "/thongke",
    "visao": "/visao Ai phát biểu?",
    "thongbao": "/thongbao Họp lúc 8 giờ.",
    "hengio": "/hengio 18:30 25/12 | Họp.",
    "lich": "/lich",
    "noinhan": "/noinhan Huyện A | 1",
}
TABLES = ("dialogs", "announcements", "deliveries", "recipients", "lists", "admins", "admin_changes", "asked")
pytestmark = pytest.mark.usefixtures("office")


def origins(api: BotApi, chat: int) -> dict[str, dict[str, Any]]:
    """Return what makes a message of the admin's id not the admin's own, by name."""
    now = int(time.time())
    user = {"type": "user", "sender_user": api.person(MEMBER), "date": now}
    channel = {"id": -200, "type": "channel", "title": "Kênh"}
    return {
        "stranger": {"from": api.person(MEMBER)},
        "bot": {"from": {**api.person(ADMIN), "is_bot": True}},
        "forwarded": {"forward_origin": user},
        "forwarded_hidden": {
            "forward_origin": {"type": "hidden_user", "sender_user_name": "Ai đó", "date": now}
        },
        "forwarded_channel": {
            "forward_origin": {"type": "channel", "chat": channel, "message_id": 5, "date": now}
        },
        "via_bot": {"via_bot": {"id": 99, "is_bot": True, "first_name": "Bot"}},
        "edited": {"edit_date": now},
        "business": {"business_connection_id": "abc"},
        "sender_chat": {"sender_chat": channel},
        "automatic": {"is_automatic_forward": True, "sender_chat": channel, "forward_origin": user},
        "offline": {"is_from_offline": True},
        "forwarded_as_of_old": {"forward_from": api.person(MEMBER), "forward_date": now},
        "forwarded_hidden_as_of_old": {"forward_sender_name": "Ai đó", "forward_date": now},
        "anonymous": {
            "from": {"id": 1087968824, "is_bot": True, "first_name": "Group"},
            "sender_chat": api.chat(chat),
        },
        "nobody": {"from": None},
    }


KINDS = ("message", "edited_message", "channel_post", "edited_channel_post", "business_message")


async def test_no_forged_command_does_anything(api: BotApi, office: Running) -> None:
    """15 origins, 3 kinds of chat, all verbs, and genuine ones in 4 wrong kinds of update."""
    before = await facts_of(office)
    history = await office.database.fetch_all("SELECT count(*) FROM history")
    api.chat(ADMIN), api.chat(GROUP), api.chat(-300, type="channel", title="Kênh")
    sent = 0
    for chat, text in itertools.product((ADMIN, GROUP, -300), VERBS.values()):
        for more in origins(api, chat).values():
            message = api.message(chat, text, person=ADMIN, **more)
            if message["from"] is None:
                del message["from"]
            kind = "channel_post" if chat == -300 else "message"
            api.push(**{kind: message})
            sent += 1
        for kind in KINDS[1:]:
            api.push(**{kind: api.message(chat, text, person=ADMIN)})
            sent += 1
        await api.drained()
        office.clock.now += 60  # what the limits of a group would hold back is none of this gate's work
    assert sent == 3 * len(VERBS) * (15 + 4)
    await api.until(lambda: not api.updates, within_s=60)
    assert await facts_of(office) == before
    assert await office.database.fetch_all("SELECT count(*) FROM history") == history
    for table in TABLES:
        assert await office.database.fetch_all(f"SELECT * FROM {table}") == [], table
    said = {s.text for s in api.sent}
    assert said <= {texts.UNKNOWN_COMMAND, texts_admin.WRITE_PRIVATELY}


@pytest.mark.parametrize("text", VERBS.values(), ids=VERBS)
async def test_a_member_who_tries_gets_the_reply_to_an_unknown_command(api: BotApi, text: str) -> None:
    tried = await api.answer_to(MEMBER, text)
    unknown = await api.answer_to(MEMBER, "/khongcolenhnay")
    assert (tried.text, tried.buttons) == (unknown.text, unknown.buttons)


def test_every_admin_command_is_tried() -> None:
    assert set(VERBS) == set(texts_admin.ADMIN_COMMANDS)


@pytest.mark.parametrize("text", VERBS.values(), ids=VERBS)
async def test_in_a_group_an_admin_is_asked_to_write_privately(
    api: BotApi, office: Running, text: str
) -> None:
    before = await facts_of(office)
    api.group(GROUP, ADMIN, text)
    (sent,) = await api.until(lambda: api.seen_by(GROUP))
    assert sent.text == texts_admin.WRITE_PRIVATELY
    assert await facts_of(office) == before
    assert await office.database.fetch_all("SELECT * FROM lists") == []


async def test_an_anonymous_administrator_of_a_group_is_asked_to_write_privately(api: BotApi) -> None:
    more = origins(api, GROUP)["anonymous"]
    api.push(message=api.message(GROUP, f"/them@{USERNAME} a | b", **more))
    (sent,) = await api.until(lambda: api.seen_by(GROUP))
    assert sent.text == texts_admin.WRITE_PRIVATELY


async def test_a_forwarded_message_is_no_step_of_a_dialog(api: BotApi, office: Running) -> None:
    await api.answer_to(ADMIN, "/them Gửi xe ở đâu?")
    api.forward(ADMIN, "Câu trả lời của người khác", MEMBER)
    await api.drained()
    assert all("Câu trả lời của người khác" not in sent.text for sent in api.sent)
    assert texts_admin.DRAFT in (await api.answer_to(ADMIN, "Cổng sau.")).text


async def test_buttons_work_only_for_their_owner_while_they_are_open(api: BotApi, office: Running) -> None:
    await api.answer_to(ADMIN, "/them Gửi xe ở đâu?")
    preview = await api.answer_to(ADMIN, "Cổng sau.")
    before = await facts_of(office)
    data = preview.buttons[0]["callback_data"]
    number = data.split(":")[1]
    forged = [
        (data, MEMBER),
        *((each, ADMIN) for each in (
            f"a:{int(number) + 1}:save:", "a:0:save:", f"a:{number}:", "a:", f"a:{number}:nosuch:",
            f"a:{number}:replace:99999999", f"a:-{number}:save:", "a:" + "9" * 30 + ":save:",
            f"a:{number}:save", f"a:{number}:yes:+7", f"a:{number}:remove:{ADMIN}", f"a:{number}:delete:3",
            "a:\x00:save:", f"b:{number}:save:",
        )),
    ]  # fmt: skip
    for wrong, person in forged:
        query = api.press_data(preview, wrong, person=person)
        await api.drained()
        assert query in api.answered_callbacks or wrong.startswith("b:")
    assert await facts_of(office) == before
    assert await office.edge.office.authority.admins() == (ADMIN,)
    await pressed(api, preview, texts_admin.SAVE)
    after = await facts_of(office)
    assert len(after) == len(before) + 1
    for _ in range(10):
        api.press_data(preview, data)
    await api.drained()
    assert await facts_of(office) == after


OPENED = {
    "fact": ["/them Gửi xe ở đâu?", "Cổng sau."],
    "card": ["/xem 3"],
    "search": ["/tim cầu"],
    "learn": ["/chuatraloi"],
    "article": ["/nap " + "Công đoàn tổ chức trao nhà cho đoàn viên ngày 20/11 tại xã Bình Minh. " * 2],
    "articles": ["/nap"],
    "admins": ["/quantri"],
}


@pytest.mark.parametrize("lines", OPENED.values(), ids=OPENED)
async def test_no_button_of_any_dialog_works_for_others_or_by_another_number(
    api: BotApi, office: Running, lines: list[str]
) -> None:
    """Every button offered x (a stranger, a stranger in their own chat, numbers of other dialogs, noise)."""
    await api.answer_to(MEMBER, "cầu có đèn chiếu sáng không")
    await api.drained()
    for line in lines:
        await api.answer_to(ADMIN, line)
    offered = await api.until(lambda: [s for s in api.seen_by(ADMIN) if s.buttons])
    sent = offered[-1]
    data = [button["callback_data"] for button in sent.buttons]
    own_chat = await api.answer_to(MEMBER, "/start")

    async def everything() -> list[object]:
        tables = ("facts", "fact_questions", "documents", "history", "admins", "dialogs", "asked_groups")
        return [await office.database.fetch_all(f"SELECT * FROM {table}") for table in tables]

    before = await everything()
    chance = random.Random(1)
    for each in data:
        prefix, number, rest = each.split(":", 2)
        api.press_data(sent, each, person=MEMBER)
        api.press_data(own_chat, each)
        for other in (int(number) + 1, int(number) - 1, 0):
            api.press_data(sent, f"{prefix}:{other}:{rest}", person=ADMIN)
        noise = "".join(chr(chance.randrange(1, 0x250)) for _ in range(chance.randrange(1, 20)))
        api.press_data(sent, f"a:{number}:{noise}"[:60], person=ADMIN)
    await api.until(lambda: not api.updates, within_s=30)
    assert await everything() == before


async def test_a_button_relayed_into_another_chat_does_nothing(api: BotApi, office: Running) -> None:
    await api.answer_to(ADMIN, "/them Gửi xe ở đâu?")
    preview = await api.answer_to(ADMIN, "Cổng sau.")
    before = await facts_of(office)
    preview.chat = GROUP
    api.chat(GROUP)
    query = api.press_data(preview, preview.buttons[0]["callback_data"], person=ADMIN)
    shown = await api.until(lambda: api.answered_callbacks.get(query))
    assert shown["text"] == texts.STALE_BUTTON
    assert await facts_of(office) == before


# --- /quantri ----------------------------------------------------------------------------------------


async def add_by_contact(api: BotApi, person: int) -> None:
    listed = await api.answer_to(ADMIN, "/quantri")
    await pressed(api, listed, texts_admin.ADD_ADMIN)
    asked = await api.answer_to(ADMIN, contact={"phone_number": "1", "first_name": "Hoa", "user_id": person})
    api.press(asked, texts_admin.YES)
    await api.until(lambda: asked.text == texts_admin.ADDED.format(id=person))


async def test_an_admin_is_added_by_contact_works_and_is_removed(api: BotApi, office: Running) -> None:
    await api.answer_to(MEMBER, "/start")
    await add_by_contact(api, MEMBER)
    assert (await api.answer_to(MEMBER, "/them Gửi xe ở đâu? | Cổng sau.")).text.startswith("Đã lưu")
    await api.until(lambda: ("chat:7", "vi") in api.commands)
    listed = await api.answer_to(ADMIN, "/quantri")
    asked = await pressed(api, listed, texts_admin.REMOVE_ADMIN.format(id=MEMBER))
    api.press(asked, texts_admin.YES)
    await api.until(lambda: asked.text == texts_admin.REMOVED.format(id=MEMBER))
    assert (await api.answer_to(MEMBER, "/xem 1")).text == texts.UNKNOWN_COMMAND
    assert not [scope for scope in api.commands if scope[0] == "chat:7"]


async def test_joining_and_leaving_can_be_taken_back_and_are_listed(api: BotApi, office: Running) -> None:
    authority = office.edge.office.authority
    await add_by_contact(api, MEMBER)
    done = api.seen_by(ADMIN)[-1]
    assert await authority.admins() == (ADMIN, MEMBER)
    api.press(done, texts_admin.TAKE_BACK)
    await api.until(lambda: done.text == texts_admin.REMOVED.format(id=MEMBER))
    assert await authority.admins() == (ADMIN,)
    api.press(done, texts_admin.TAKE_BACK)
    await api.until(lambda: done.text == texts_admin.ADDED.format(id=MEMBER))
    assert await authority.admins() == (ADMIN, MEMBER)
    listed = await api.answer_to(ADMIN, "/quantri")
    recent = listed.text.partition(texts_admin.ADMIN_CHANGES)[2].strip().splitlines()
    assert [line.partition(" · ")[2] for line in recent] == ["bạn · thêm 7", "bạn · gỡ 7", "bạn · thêm 7"]


async def test_an_admin_is_added_by_number_and_nothing_else(api: BotApi, office: Running) -> None:
    listed = await api.answer_to(ADMIN, "/quantri")
    await pressed(api, listed, texts_admin.ADD_ADMIN)
    for wrong in ("@nguoi8", "Hoa", "-8", "8.0", "０８"):
        assert (await api.answer_to(ADMIN, wrong)).text == texts_admin.ADMIN_UNREADABLE
    asked = await api.answer_to(ADMIN, "8")
    api.press(asked, texts_admin.NO)
    await api.until(lambda: asked.text == texts_admin.CANCELLED)
    assert await office.edge.office.authority.admins() == (ADMIN,)


async def test_admins_are_still_admins_after_a_restart(api: BotApi, office: Running, serve: Serve) -> None:
    await add_by_contact(api, MEMBER)
    await office.stop()
    async with serve(admins=(ADMIN,)):
        assert (await api.answer_to(MEMBER, "/xem 1")).text.startswith("#1")


async def test_owners_and_the_last_admin_stay(api: BotApi, office: Running, serve: Serve) -> None:
    await add_by_contact(api, MEMBER)
    listed = await api.answer_to(MEMBER, "/quantri")
    assert [b["text"] for b in listed.buttons] == [texts_admin.ADD_ADMIN, "Gỡ 7"]
    data = listed.buttons[1]["callback_data"].replace(":7", f":{ADMIN}")
    before = len(api.seen_by(MEMBER))
    api.press_data(listed, data)
    await api.until(lambda: len(api.seen_by(MEMBER)) > before)
    asked = api.seen_by(MEMBER)[before]
    api.press(asked, texts_admin.YES)
    await api.until(lambda: asked.text == texts_admin.STAYS.format(id=ADMIN))
    await office.stop()
    async with serve():  # the owner has left the settings
        listed = await api.answer_to(MEMBER, "/quantri")
        asked = await pressed(api, listed, "Gỡ 7", MEMBER)
        api.press(asked, texts_admin.YES)
        await api.until(lambda: asked.text == texts_admin.STAYS.format(id=MEMBER))


async def test_admins_see_their_commands_and_members_do_not(api: BotApi, office: Running) -> None:
    await api.answer_to(ADMIN, "/start")
    await api.until(lambda: ("chat:1", "vi") in api.commands)
    shown = {c["command"] for c in api.commands["chat:1", ""]}
    assert shown == {*texts.COMMANDS, *texts_admin.ADMIN_COMMANDS}
    for scope, commands in api.commands.items():
        if scope[0] != "chat:1":
            assert not {c["command"] for c in commands} & set(texts_admin.ADMIN_COMMANDS)
    guide = (await api.answer_to(MEMBER, "/help")).text
    assert [name for name in texts_admin.ADMIN_COMMANDS if f"/{name}:" in guide] == []


async def test_admins_who_press_at_the_same_moment_do_not_both_have_it(
    office: Running, serve: Serve, api: BotApi
) -> None:
    """Adding the same one twice, removing the same one twice, and each other: one wins, one admin is left."""
    authority = office.edge.office.authority
    await authority.add(9, by=ADMIN)
    assert sorted(await asyncio.gather(authority.add(8, by=ADMIN), authority.add(8, by=9))) == [False, True]
    assert sorted(await asyncio.gather(authority.remove(8, by=ADMIN), authority.remove(8, by=ADMIN))) == [
        False,
        True,
    ]
    await authority.add(8, by=ADMIN)
    await office.stop()
    async with serve() as running:  # the owner has left the settings
        authority = running.edge.office.authority
        done = await asyncio.gather(
            authority.remove(8, by=9), authority.remove(9, by=8), return_exceptions=True
        )
        assert sum(result is True for result in done) == 1
        assert len(await authority.admins()) == 1


async def test_who_is_removed_while_a_press_is_under_way_makes_nobody_an_admin(
    api: BotApi, office: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The press was an admin's when it came; the network is slow, and the owner is faster."""
    authority = office.edge.office.authority
    await authority.add(MEMBER, by=ADMIN)
    await pressed(api, await api.answer_to(MEMBER, "/quantri"), texts_admin.ADD_ADMIN, MEMBER)
    asked = await api.answer_to(MEMBER, "666")
    acknowledge, removed = api._do_answercallbackquery, asyncio.Event()

    async def slow(call: Call) -> bool:
        await removed.wait()
        return await acknowledge(call)

    monkeypatch.setattr(api, "_do_answercallbackquery", slow)
    api.press(asked, texts_admin.YES)
    await api.until(lambda: [call for call in api.calls if call.method == "answerCallbackQuery"][1:])
    await authority.remove(MEMBER, by=ADMIN)
    removed.set()
    await api.drained()
    assert await authority.admins() == (ADMIN,)
    assert not await authority.changes(1) or (await authority.changes(1))[0].person == MEMBER


async def test_so_many_admins_as_there_may_be_can_all_be_seen_and_removed(
    api: BotApi, office: Running
) -> None:
    """Else somebody could add others until the list no longer fits into a message, and stay for ever."""
    authority = office.edge.office.authority
    for person in range(10**15, 10**15 + MOST):
        await authority.add(person, by=ADMIN)
    with pytest.raises(NoMoreError):
        await authority.add(MEMBER, by=ADMIN)
    listed = await api.answer_to(ADMIN, "/quantri")
    assert len(listed.buttons) == 1 + MOST
    await pressed(api, listed, texts_admin.ADD_ADMIN)
    asked = await api.answer_to(ADMIN, str(MEMBER))
    api.press(asked, texts_admin.YES)
    await api.until(lambda: asked.text == texts_admin.NO_MORE_ADMINS.format(most=MOST))
