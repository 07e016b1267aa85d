"""What to do after a send: a table from what happened to what becomes of the delivery.

Owns the policy: final or again, when, and whether the chat itself is gone. Pure: no I/O, no clock, no
Telegram client. Refuses to know how a message is sent and how rows are kept.

Theory: Telegram knows no idempotency key. A request that may have been accepted is never repeated on
our own account: it becomes *uncertain* and an admin decides. Only what certainly did not arrive is tried
again, and that ends after `MAX_ATTEMPTS`. Edits and withdrawals come out the same however often they are
done, so for them doubt means "again".
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from knowledge.records import dataclass

MAX_ATTEMPTS = 8
FIRST_WAIT_S, MAX_WAIT_S = 1.0, 60.0
MAX_DETAIL = 200  # characters of Telegram's own words that are kept for the report


class State(StrEnum):
    """Where a delivery stands. The last five are final unless an admin decides otherwise."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BLOCKED = "blocked"
    MOVED = "moved"  # the group became a supergroup: another row carries on under its new id
    UNCERTAIN = "uncertain"


class Happened(StrEnum):
    """How a request ended."""

    DONE = "done"
    FORBIDDEN = "forbidden"
    MIGRATED = "migrated"
    REFUSED = "refused"
    FLOOD = "flood"
    UNREACHABLE = "unreachable"  # it never left this machine
    UNKNOWN = "unknown"  # it left, and no clear answer came back


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the courier saw. `detail` holds Telegram's words, `new_chat` the supergroup's id."""

    happened: Happened
    detail: str = ""
    retry_after_s: float = 0.0
    new_chat: int = 0
    message_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a delivery.

    `retry_at` is set with QUEUED only. `pause_s` rests this chat. `chat_gone` marks the recipient with the
    reason until it returns. `stops_all` means that the content itself is at fault: no other chat will
    take it. `stops_lane` means that Telegram cannot be reached: wait until it answers again.
    """

    state: State
    reason: str = ""
    detail: str = ""
    retry_at: datetime | None = None
    pause_s: float = 0.0
    chat_gone: bool = False
    stops_all: bool = False
    stops_lane: bool = False


# Telegram's descriptions, in lower case, as the Bot API server and tdlib write them; first match wins.
# (part of the description, reason, the chat is gone)
_FORBIDDEN = (
    ("blocked by the user", "blocked"),
    ("user is deactivated", "deactivated"),
    ("kicked", "kicked"),
    ("not a member", "left"),
    ("group chat was deleted", "deleted"),
    ("can't initiate conversation", "never_started"),
)
_REFUSED = (
    ("chat not found", "not_found", True),
    ("peer_id_invalid", "not_found", True),
    ("user_is_blocked", "blocked", True),
    ("group chat was deactivated", "deleted", True),
    ("message thread not found", "topic_gone", True),
    ("topic_deleted", "topic_gone", True),
    ("topic_closed", "topic_closed", False),
    ("not enough rights", "no_rights", False),
    ("have no rights", "no_rights", False),
    ("need administrator rights", "no_rights", False),
    ("chat_write_forbidden", "no_rights", False),
    ("chat_restricted", "no_rights", False),
    ("can't be deleted", "too_old", False),
    ("can't be edited", "not_editable", False),
    ("to edit not found", "message_gone", False),
)
# What stays as it is however often it is tried.
LASTING = ("no_trace", "too_old", "not_editable", "message_gone", "left_behind")
_AS_GOOD_AS_DONE = ("message is not modified", "message to delete not found")
_CONTENT_AT_FAULT = (
    "message to copy not found",
    "message_id_invalid",
    "can't parse",
    "message is too long",
    "caption is too long",
    "message text is empty",
    "wrong file identifier",
    "wrong remote file",
    "file_reference",
)


def decide(outcome: Outcome, attempts: int, now: datetime, *, repeatable: bool = False) -> Verdict:
    """Say what becomes of a delivery after its *attempts*-th attempt (1 is the first).

    *repeatable* marks an edit or a withdrawal: done twice is as good as once.
    """
    happened = outcome.happened
    detail = outcome.detail[:MAX_DETAIL]
    words = detail.casefold()
    if happened is Happened.DONE:
        return Verdict(State.SENT)
    if happened is Happened.MIGRATED:
        return Verdict(State.FAILED, "left_behind") if repeatable else Verdict(State.MOVED, "moved")
    if happened is Happened.FORBIDDEN:
        reason = next((reason for part, reason in _FORBIDDEN if part in words), "forbidden")
        return Verdict(State.BLOCKED, reason, detail, chat_gone=True)
    if happened is Happened.REFUSED:
        return _refused(words, detail, repeatable=repeatable)
    if happened is Happened.FLOOD:
        return _again(attempts, now, max(outcome.retry_after_s, FIRST_WAIT_S), "flood", rests_chat=True)
    wait_s = min(FIRST_WAIT_S * 2.0 ** (attempts - 1), MAX_WAIT_S)
    if happened is Happened.UNREACHABLE or repeatable:
        return _again(attempts, now, wait_s, "unreachable", stops_lane=True)
    return Verdict(State.UNCERTAIN, "no_answer", detail, stops_lane=True)


def interrupted(*, repeatable: bool) -> Verdict:
    """Say what becomes of a delivery that was in flight when the process died."""
    return Verdict(State.QUEUED) if repeatable else Verdict(State.UNCERTAIN, "interrupted")


def _refused(words: str, detail: str, *, repeatable: bool) -> Verdict:
    if repeatable and any(part in words for part in _AS_GOOD_AS_DONE):
        return Verdict(State.SENT)
    if any(part in words for part in _CONTENT_AT_FAULT):
        return Verdict(State.QUEUED, "content", detail, stops_all=True)
    for part, reason, is_gone in _REFUSED:
        if part in words:
            return Verdict(State.FAILED, reason, detail, chat_gone=is_gone)
    return Verdict(State.FAILED, "refused", detail)


def _again(
    attempts: int,
    now: datetime,
    wait_s: float,
    reason: str,
    *,
    rests_chat: bool = False,
    stops_lane: bool = False,
) -> Verdict:
    if attempts >= MAX_ATTEMPTS:
        return Verdict(State.FAILED, reason, stops_lane=stops_lane)
    return Verdict(
        State.QUEUED,
        reason,
        retry_at=now + timedelta(seconds=wait_s),
        pause_s=wait_s if rests_chat else 0.0,
        stops_lane=stops_lane,
    )
