"""The faults of Telegram and of the network, each with the state in which a delivery has to end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot import texts_announcements as t
from bot.delivery import MAX_ATTEMPTS, State
from tests.announcing import desk
from tests.botapi import BotApi

HIT = 2  # the chat that it happens to


@dataclass(frozen=True)
class Fault:
    """A refusal (code, words), or an act of the wire that happens so many times."""

    state: State
    word: str  # in the report, or the count when it arrived
    refusal: tuple[int, str] | None = None
    act: str = ""
    times: int = 1
    moves: bool = False
    most_calls: int = 1


FAULTS = {
    "403 blocked": Fault(State.BLOCKED, "đã chặn bot", (403, "Forbidden: bot was blocked by the user")),
    "403 deactivated": Fault(State.BLOCKED, "tài khoản đã khoá", (403, "Forbidden: user is deactivated")),
    "403 kicked": Fault(
        State.BLOCKED, "bot bị đưa ra khỏi nhóm", (403, "Forbidden: bot was kicked from the supergroup chat")
    ),
    "400 chat not found": Fault(
        State.FAILED, "không tìm thấy cuộc trò chuyện", (400, "Bad Request: chat not found")
    ),
    "400 no rights": Fault(
        State.FAILED,
        "bot không có quyền gửi ở đó",
        (400, "Bad Request: not enough rights to send text messages to the chat"),
    ),
    "400 topic closed": Fault(State.FAILED, "chủ đề đã đóng", (400, "Bad Request: TOPIC_CLOSED")),
    "400 unheard of": Fault(
        State.FAILED, "Telegram từ chối (Something new)", (400, "Bad Request: something new")
    ),
    "migrated": Fault(State.SENT, "đã gửi", moves=True, most_calls=2),
    "429 once": Fault(State.SENT, "đã gửi", act="429", most_calls=2),
    "429 for ever": Fault(
        State.FAILED, "Telegram bắt chờ quá nhiều lần", act="429", times=10_000, most_calls=MAX_ATTEMPTS
    ),
    "500": Fault(State.UNCERTAIN, "không có hồi âm", act="500"),
    "502": Fault(State.UNCERTAIN, "không có hồi âm", act="502"),
    "reset before acceptance": Fault(State.UNCERTAIN, "không có hồi âm", act="reset"),
    "reset after acceptance": Fault(State.UNCERTAIN, "không có hồi âm", act="lost"),
    "timeout before acceptance": Fault(State.UNCERTAIN, "không có hồi âm", act="hang"),
    "timeout after acceptance": Fault(State.UNCERTAIN, "không có hồi âm", act="late"),
    "half a body": Fault(State.UNCERTAIN, "không có hồi âm", act="half"),
    "no JSON": Fault(State.UNCERTAIN, "không có hồi âm", act="garbage"),
}


async def play(database: Path, fault: Fault) -> tuple[State, str, int, int]:
    """Return the state of the chat that was hit, the word for it, the other chats that have the
    announcement, and how many requests were spent on the one that was hit."""
    async with BotApi() as api:
        for chat in (1, HIT, 3):
            api.chat(chat)
        if fault.refusal is not None:
            api.refusing[HIT] = fault.refusal
        if fault.moves:
            api.migrate(HIT, -1002)
        if fault.act:
            api.fail(fault.act, "sendMessage", chat=HIT, times=fault.times)
        async with desk(database, api.url) as working:
            await working.invite(1, HIT, 3)
            announcement = await working.announce()
            await working.ended(announcement, within_s=120)
            troubled = await working.outcomes.troubled(announcement.id)
            counts = await working.outcomes.counts(announcement.id)
        spent = [call for call in api.calls if call.method == "sendMessage" and call.chat in (HIT, -1002)]
    (hit,) = troubled or [None]
    word = t.REASONS[hit.reason].format(detail=hit.detail) if hit else t.DONE_COUNT["send"]
    others = counts[State.SENT] - (0 if hit else 1)
    return (hit.state if hit else State.SENT), word, others, len(spent)
