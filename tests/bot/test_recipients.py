"""Who gets announcements: chats are asked about, members subscribe, whoever left is let be."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot import texts_announcements as t
from bot.handlers.doors import ASKS_PER_S, ASKS_SIZE
from bot.handlers.recipients import list_named
from bot.recipients import Consent, Kind, Recipient, Recipients
from tests.bot.conftest import ADMIN, MEMBER, Running
from tests.botapi import USERNAME, BotApi, Sent

GROUP, CHANNEL = -100, -200


@pytest.fixture
def people(office: Running, api: BotApi) -> Recipients:
    api.chat(ADMIN)
    return office.edge.office.cast.recipients


async def asked(api: BotApi, count: int = 1) -> Sent:
    await api.until(lambda: len(api.seen_by(ADMIN)) >= count)
    return api.seen_by(ADMIN)[count - 1]


async def until(people: Recipients, chat: int, thread: int = 0, **wanted: Any) -> Recipient:
    """Wait until the recipient is as wanted."""
    for _ in range(1000):
        found = await people.find(chat, thread)
        if found is not None and all(getattr(found, name) == value for name, value in wanted.items()):
            return found
        await asyncio.sleep(0.005)
    raise AssertionError(f"{found} is not {wanted}")


@pytest.mark.parametrize(("label", "consent"), [("Nhận thông báo", Consent.YES), ("Không", Consent.NO)])
async def test_a_new_group_gets_announcements_only_when_an_admin_says_so(
    api: BotApi, people: Recipients, label: str, consent: Consent
) -> None:
    api.membership(GROUP, "member", person=MEMBER)
    question = await asked(api)
    assert question.text == "Nhóm “Nhóm100” vừa thêm mình vào. Nơi này có nhận thông báo không?"
    assert await people.chosen([]) == []
    api.press(question, label)
    found = await until(people, GROUP, consent=consent)
    assert [chat for _, chat, _ in await people.chosen([])] == ([GROUP] if consent is Consent.YES else [])
    await api.until(lambda: not question.buttons)
    assert (found.kind, found.title) == (Kind.GROUP, "Nhóm100")


async def test_an_officer_can_think_again_about_a_place(api: BotApi, people: Recipients) -> None:
    api.membership(GROUP, "member", person=MEMBER)
    api.press(await asked(api), "Nhận thông báo")
    place = await until(people, GROUP, consent=Consent.YES)
    shown = await api.answer_to(ADMIN, f"/noinhan {place.id}")
    assert shown.text == f"{place.id}. Nhóm “Nhóm100”"
    api.press(shown, "Không")
    await until(people, GROUP, consent=Consent.NO)
    assert (await api.answer_to(ADMIN, "/noinhan 99")).text == t.LIST_UNREADABLE


async def test_only_an_admin_decides(api: BotApi, people: Recipients) -> None:
    api.membership(GROUP, "member", person=MEMBER)
    question = await asked(api)
    for data, person in (("r:yes:1", MEMBER), ("r:yes:99", ADMIN), ("r:no:x", ADMIN)):
        query = api.press_data(question, data, person=person)
        await api.until(lambda query=query: query in api.answered_callbacks)
        assert api.answered_callbacks[query]["text"] == t.STALE
    assert (await until(people, GROUP)).consent is Consent.ASKED


async def test_a_channel_counts_once_the_bot_may_post(api: BotApi, people: Recipients) -> None:
    api.chat(CHANNEL, type="channel", title="Kênh Công đoàn")
    api.push(my_chat_member=channel_change(api, "administrator"))
    question = await asked(api)
    assert question.text.startswith("Kênh “Kênh Công đoàn”")
    assert (await until(people, CHANNEL)).kind is Kind.CHANNEL


async def test_a_channel_without_the_right_to_post_is_asked_about_once_it_has_it(
    api: BotApi, people: Recipients
) -> None:
    api.chat(CHANNEL, type="channel", title="Kênh Công đoàn")
    api.push(my_chat_member=channel_change(api, "administrator", can_post_messages=False))
    told = await asked(api)
    assert told.text.startswith("Kênh “Kênh Công đoàn” vừa thêm mình vào nhưng chưa cho mình quyền đăng tin")
    assert told.buttons == []
    assert await people.find(CHANNEL) is None
    api.push(my_chat_member=channel_change(api, "administrator", "administrator", can_post_messages=True))
    question = await asked(api, 2)
    assert [button["text"] for button in question.buttons] == ["Nhận thông báo", "Không"]
    api.push(my_chat_member=channel_change(api, "administrator", "administrator", can_post_messages=False))
    place = await until(people, CHANNEL, gone="no_rights")
    assert "(bot không có quyền gửi ở đó)" in (await api.answer_to(ADMIN, "/noinhan")).text
    api.press(question, "Nhận thông báo")
    await api.until(lambda: question.text.endswith("Hiện giờ: bot không có quyền gửi ở đó."))
    assert await people.chosen([]) == []
    api.push(my_chat_member=channel_change(api, "administrator", "administrator", can_post_messages=True))
    await until(people, CHANNEL, gone="", consent=Consent.YES)
    assert await people.chosen([]) == [(place.id, CHANNEL, 0)]


def channel_change(api: BotApi, status: str, before: str = "left", **more: bool) -> dict[str, Any]:
    rights = (
        "can_be_edited can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members"
        " can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories"
        " can_delete_stories is_anonymous"
    )
    has = dict.fromkeys(rights.split(), True)
    return {
        "chat": api.chat(CHANNEL),
        "from": api.person(ADMIN),
        "date": 1,
        "old_chat_member": {"user": api.me, "status": before, **has},
        "new_chat_member": {"user": api.me, "status": status, **has, **more},
    }


async def test_who_throws_the_bot_out_is_let_be_and_returns_as_before(
    api: BotApi, people: Recipients
) -> None:
    api.membership(GROUP, "member", person=MEMBER)
    api.press(await asked(api), "Nhận thông báo")
    await until(people, GROUP, consent=Consent.YES)
    api.membership(GROUP, "kicked", person=MEMBER)
    await until(people, GROUP, gone="kicked")
    assert await people.chosen([]) == []
    api.membership(GROUP, "member", person=MEMBER)
    await until(people, GROUP, gone="", consent=Consent.YES)
    assert len(api.seen_by(ADMIN)) == 1  # nobody is asked again


async def test_a_group_that_becomes_a_supergroup_keeps_its_place_and_lists(
    api: BotApi, people: Recipients
) -> None:
    api.membership(GROUP, "member", person=MEMBER)
    api.press(await asked(api), "Nhận thông báo")
    old = await until(people, GROUP, consent=Consent.YES)
    await people.put_into("Huyện A", [old.id])
    # Telegram tells the new supergroup first, then the old group.
    api.membership(-1009, "member", person=MEMBER)
    await until(people, -1009)
    api.group(GROUP, MEMBER, migrate_to_chat_id=-1009)
    new = await until(people, -1009, consent=Consent.YES)
    assert new.id == old.id
    assert await people.find(GROUP) is None
    assert await people.chosen(["Huyện A"]) == [(new.id, -1009, 0)]


async def test_a_forum_topic_is_a_place_of_its_own(api: BotApi, people: Recipients) -> None:
    api.chat(GROUP, is_forum=True)
    created = {"name": "Tin tức", "icon_color": 7322096}
    api.group(GROUP, MEMBER, forum_topic_created=created, message_thread_id=5, is_topic_message=True)
    question = await asked(api)
    assert "Chủ đề “Tin tức (nhóm Nhóm100)”" in question.text
    api.press(question, "Nhận thông báo")
    found = await until(people, GROUP, 5, consent=Consent.YES)
    assert await people.chosen(["groups"]) == [(found.id, GROUP, 5)]
    api.group(
        GROUP, MEMBER, forum_topic_edited={"name": "Báo tin"}, message_thread_id=5, is_topic_message=True
    )
    await until(people, GROUP, 5, title="Báo tin (nhóm Nhóm100)")


@pytest.mark.parametrize(
    ("text", "opening", "title"),
    [
        (f"/noinhan@{USERNAME}", {"forum_topic_created": {"name": "Tin tức", "icon_color": 1}}, "Tin tức"),
        ("/noinhan", {"text": "Chào cả nhà"}, "Chủ đề 5"),
        ("/noinhan Họp  hành", {"forum_topic_created": {"name": "Tin tức", "icon_color": 1}}, "Họp hành"),
    ],
    ids=["its own name", "a reply within it", "a name that is given"],
)
async def test_a_topic_that_was_there_before_the_bot_is_named_by_a_command_in_it(
    api: BotApi, people: Recipients, text: str, opening: dict[str, Any], title: str
) -> None:
    first = api.message(GROUP, person=MEMBER, **opening)
    inside = {"message_thread_id": 5, "is_topic_message": True, "reply_to_message": first}
    api.group(GROUP, ADMIN, text, **inside)
    question = await asked(api)
    assert question.text == (
        f"1. Chủ đề “{title} (nhóm Nhóm100)” (chờ duyệt)\nNơi này có nhận thông báo không?"
    )
    await api.until(lambda: api.seen_by(GROUP))
    assert api.seen_by(GROUP)[0].text == t.ASKED_PRIVATELY
    api.press(question, "Nhận thông báo")
    place = await until(people, GROUP, 5, consent=Consent.YES)
    assert await people.chosen([]) == [(place.id, GROUP, 5)]
    api.group(GROUP, ADMIN, "/noinhan", **inside, message_id=99)
    again = await asked(api, 2)
    assert again.text.startswith("1. Chủ đề “")
    assert "chờ duyệt" not in again.text
    assert (await until(people, GROUP, 5)).consent is Consent.YES


async def test_a_group_that_the_bot_does_not_know_is_named_by_a_command_in_it(
    api: BotApi, people: Recipients
) -> None:
    api.fail(403, "sendMessage", chat=ADMIN)
    api.group(GROUP, ADMIN, "/noinhan")
    await api.until(lambda: api.seen_by(GROUP))
    assert api.seen_by(GROUP)[0].text == t.START_PRIVATELY
    api.group(GROUP, ADMIN, "/noinhan")
    assert (await asked(api)).text.startswith("1. Nhóm “Nhóm100” (chờ duyệt)")


async def test_only_an_admin_names_a_place(api: BotApi, people: Recipients) -> None:
    forwarded = {"forward_origin": {"type": "user", "sender_user": api.person(MEMBER), "date": 1}}
    api.group(GROUP, MEMBER, "/noinhan", message_thread_id=5, is_topic_message=True)
    api.group(GROUP, ADMIN, "/noinhan", **forwarded)
    api.group(GROUP, ADMIN, "/noinhan", sender_chat=api.chat(GROUP))
    await api.drained()
    assert await people.everybody() == []
    assert api.seen_by(ADMIN) == []


async def test_a_new_title_is_kept(api: BotApi, people: Recipients) -> None:
    api.membership(GROUP, "member", person=MEMBER)
    await asked(api)
    api.group(GROUP, MEMBER, new_chat_title="Công đoàn xã A")
    await until(people, GROUP, title="Công đoàn xã A")


async def test_members_subscribe_and_leave_by_themselves(api: BotApi, people: Recipients) -> None:
    assert (await api.answer_to(MEMBER, "/dangky")).text == t.SUBSCRIBED
    assert (await api.answer_to(MEMBER, "/dangky")).text == t.SUBSCRIBED_ALREADY
    found = await until(people, MEMBER)
    assert (found.kind, found.title, found.consent) == (Kind.MEMBER, "", Consent.YES)
    api.membership(MEMBER, "kicked")
    await until(people, MEMBER, gone="blocked")
    api.membership(MEMBER, "member")
    await until(people, MEMBER, gone="")
    assert (await api.answer_to(MEMBER, "/huydangky")).text == t.UNSUBSCRIBED
    assert await people.find(MEMBER) is None
    assert (await api.answer_to(MEMBER, "/huydangky")).text == t.NOT_SUBSCRIBED


async def test_a_stranger_who_blocks_and_returns_is_not_subscribed(api: BotApi, people: Recipients) -> None:
    api.membership(MEMBER, "kicked")
    api.membership(MEMBER, "member")
    await api.drained()
    assert await people.find(MEMBER) is None


async def test_in_a_group_nobody_is_subscribed(api: BotApi, people: Recipients) -> None:
    api.group(GROUP, MEMBER, "/dangky")
    await api.until(lambda: api.seen_by(GROUP))
    assert api.seen_by(GROUP)[0].text == t.SUBSCRIBE_PRIVATELY
    assert await people.find(MEMBER) is None


async def test_a_member_sees_and_erases_the_subscription(api: BotApi, people: Recipients) -> None:
    await api.answer_to(MEMBER, "/dangky")
    assert t.DATA_SUBSCRIBED in (await api.answer_to(MEMBER, "/dulieu")).text
    await api.answer_to(MEMBER, "/xoadulieu")
    assert await people.find(MEMBER) is None
    assert t.DATA_SUBSCRIBED not in (await api.answer_to(MEMBER, "/dulieu")).text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/noinhan Huyện A", t.NOT_FOUND.format(words="Huyện A")),
        ("/noinhan | 1", t.LIST_UNREADABLE),
        ("/noinhan Huyện A | một", t.LIST_UNREADABLE),
        ("/noinhan Nhóm | 1", "“Nhóm” là danh sách có sẵn, bạn đặt tên khác nhé."),
        ("/noinhan ca nhan | 1", "“ca nhan” là danh sách có sẵn, bạn đặt tên khác nhé."),
        (f"/noinhan {'a' * 43} | 1", "Tên danh sách dài quá 3 ký tự, bạn đặt ngắn lại nhé."),
        ("/noinhan Huyện A | 4", "Không có nơi nhận số 4. Bạn xem lại các số trong /noinhan nhé."),
    ],
)
async def test_a_list_that_cannot_be_made_is_said(
    api: BotApi, people: Recipients, text: str, said: str
) -> None:
    assert (await api.answer_to(ADMIN, text)).text == said
    assert list(await people.sizes()) == ["groups", "channels", "members"]


@pytest.fixture
async def many(people: Recipients, office: Running) -> Recipients:
    now = office.edge.office.cast.now()
    async with office.database.transaction():
        for chat in range(-2700, -1000):
            consent = Consent.YES if chat < -1050 else Consent.ASKED
            await people.add(chat, Kind.GROUP, f"Công đoàn cơ sở xã số {-chat}", now, consent=consent)
    return people


async def test_a_long_roll_of_places_is_two_messages_counts_and_a_file(api: BotApi, many: Recipients) -> None:
    shown = await api.answer_to(ADMIN, "/noinhan")
    assert f"gõ /noinhan@{USERNAME} ngay trong nhóm" in shown.text
    assert "• nhóm: 1.650\n• kênh: 0" in shown.text
    assert "1.700 nhóm, chủ đề và kênh, xem tệp kèm theo." in shown.text
    assert "Còn 50 nơi chờ duyệt, dưới đây là 20 nơi đầu." in shown.text
    assert len(shown.buttons) == 20
    await api.until(lambda: api.seen_by(ADMIN)[-1].document)
    assert len(api.seen_by(ADMIN)) == 2
    whole = api.seen_by(ADMIN)[-1].document.decode("utf-8-sig")
    assert all(f"xã số {-chat}”" in whole for chat in range(-2700, -1000))
    assert "xã số 1001” (chờ duyệt)" in whole


async def test_places_are_found_by_name_and_by_list(api: BotApi, many: Recipients) -> None:
    found = await api.answer_to(ADMIN, "/noinhan XA  so 1234")
    assert found.text == "1 nơi có “XA  so 1234” trong tên:\n1467. Nhóm “Công đoàn cơ sở xã số 1234”"
    assert len((await api.answer_to(ADMIN, "/noinhan số 203")).text.splitlines()) == 13
    await api.answer_to(ADMIN, "/noinhan Huyện A | 1, 2")
    listed = await api.answer_to(ADMIN, "/noinhan huyện a")
    assert listed.text.splitlines()[0] == "Danh sách “Huyện A” hiện có 2 nơi."
    assert [line.partition(".")[0] for line in listed.text.splitlines()[1:]] == ["1", "2"]
    crowd = await api.answer_to(ADMIN, "/noinhan công đoàn")
    assert crowd.text.startswith("1.700 nơi có “công đoàn” trong tên:")
    await api.until(lambda: api.seen_by(ADMIN)[-1].document)


async def test_a_list_is_known_by_its_name_in_capitals_and_without_accents(
    api: BotApi, many: Recipients
) -> None:
    await api.answer_to(ADMIN, "/noinhan Đợt Á | 1")
    for name in ("ĐỢT Á", "dot a", " đợt  á"):
        made = await api.answer_to(ADMIN, f"/noinhan {name} | 2")
        assert made.text == "Danh sách “Đợt Á” hiện có 2 nơi."
    assert list(await many.sizes()) == ["groups", "channels", "members", "Đợt Á"]
    assert list_named("dot a", ["Đợt Á", "Đợt A"]) is None  # either could be meant
    assert list_named("đợt a", ["Đợt Á", "Đợt A"]) == "Đợt A"


async def test_a_group_that_returns_brings_its_topics_back(api: BotApi, people: Recipients) -> None:
    api.membership(GROUP, "member", person=MEMBER)
    await asked(api)
    created = {"name": "Tin tức", "icon_color": 7322096}
    api.group(GROUP, MEMBER, forum_topic_created=created, message_thread_id=5, is_topic_message=True)
    await until(people, GROUP, 5)
    api.membership(GROUP, "kicked", person=MEMBER)
    await until(people, GROUP, 5, gone="kicked")
    api.membership(GROUP, "member", person=MEMBER)
    await until(people, GROUP, 5, gone="")


async def test_who_adds_the_bot_everywhere_does_not_bury_the_admins(
    api: BotApi, people: Recipients, office: Running
) -> None:
    for number in range(ASKS_SIZE - 5):
        api.membership(-5000 - number, "member", person=MEMBER)
    for number in range(30):
        topic = {"name": f"Chủ đề {number}", "icon_color": 1}
        api.group(GROUP, MEMBER, forum_topic_created=topic, message_thread_id=5 + number)
    await api.drained()
    said = [sent.text for sent in api.seen_by(ADMIN)]
    assert len(said) == ASKS_SIZE + 1
    assert said[-1] == t.MANY_RECIPIENTS
    assert await people.waiting() == ASKS_SIZE - 5 + 30  # none is lost: /noinhan shows them
    office.clock.now += ASKS_SIZE / ASKS_PER_S
    api.membership(-9000, "member", person=MEMBER)
    assert "vừa thêm mình vào" in (await asked(api, ASKS_SIZE + 2)).text


async def test_a_title_cannot_write_lines_of_its_own_or_turn_the_text(
    api: BotApi, people: Recipients
) -> None:
    api.chat(GROUP, title="Công đoàn\u202e” đã được duyệt.\n\u2066Bạn  gõ\x00 /noinhan")
    api.membership(GROUP, "member", person=MEMBER)
    plain = "Công đoàn” đã được duyệt. Bạn gõ /noinhan"
    question = await asked(api)
    assert question.text == f"Nhóm “{plain}” vừa thêm mình vào. Nơi này có nhận thông báo không?"
    api.group(GROUP, MEMBER, new_chat_title="Tổ\n\u202e1")
    await until(people, GROUP, title="Tổ 1")
