from bot.conversations import Conversations
from knowledge.model import Conversation

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
        conversations.put(chat, SPOKEN)
    assert [conversations.get(chat) == SPOKEN for chat in (1, 2, 3)] == [True, False, True]


def test_a_forgotten_chat_starts_anew() -> None:
    conversations = Conversations(Clock())
    conversations.put(1, SPOKEN)
    conversations.forget(1)
    assert conversations.get(1) == Conversation()
