from bot.conversations import Conversations
from knowledge.model import Conversation
from tests.bot.conftest import SPEAKER, Running
from tests.botapi import USERNAME, BotApi

SPOKEN = Conversation(question="Ai trao bằng khen?")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_conversation_lapses_after_ten_minutes() -> None:
    clock = Clock()
    conversations = Conversations(clock)
    conversations.put((1, 2), SPOKEN)
    clock.now = 599.9
    assert conversations.get((1, 2)) == SPOKEN
    clock.now = 600.0
    assert conversations.get((1, 2)) == Conversation()
    assert len(conversations) == 0


def test_one_chat_does_not_hear_another() -> None:
    conversations = Conversations(Clock())
    conversations.put((1, 2), SPOKEN)
    assert conversations.get((1, 3)) == Conversation()


def test_the_least_recently_used_chat_is_forgotten_first() -> None:
    conversations = Conversations(Clock(), limit=2)
    for chat in (1, 2, 1, 3):
        conversations.put((chat, 0), SPOKEN)
    assert [conversations.get((chat, 0)) == SPOKEN for chat in (1, 2, 3)] == [True, False, True]


def test_a_forgotten_chat_starts_anew() -> None:
    conversations = Conversations(Clock())
    conversations.put((1, 0), SPOKEN)
    conversations.put((2, 0), SPOKEN)
    conversations.forget(lambda key: key == (1, 0))
    assert conversations.get((1, 0)) == Conversation()
    assert conversations.get((2, 0)) == SPOKEN


async def test_who_erases_their_data_is_forgotten_in_groups_as_well(api: BotApi, bot: Running) -> None:
    told = []
    for erase in (False, True):
        for person in (7, 8):
            api.group(-5, person, f"@{USERNAME} {SPEAKER}")
        await api.drained()
        if erase:
            api.group(-5, 7, f"/xoadulieu@{USERNAME}")
            await api.drained()
        for person in (7, 8):
            api.group(-5, person, f"@{USERNAME} ông ấy giữ chức vụ gì?")
            await api.drained()
            told.append(api.seen_by(-5)[-1].text)
    assert told[0] == told[1] == told[3] != told[2]
