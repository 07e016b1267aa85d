"""The policy as a table: what happened, how often, what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery import MAX_ATTEMPTS, MAX_WAIT_S, Happened, Outcome, State, Verdict, decide, interrupted
from knowledge.records import replace

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("happened", "once", "repeated"),
    [
        (Happened.DONE, State.SENT, State.SENT),
        (Happened.FORBIDDEN, State.BLOCKED, State.BLOCKED),
        (Happened.MIGRATED, State.MOVED, State.FAILED),
        (Happened.REFUSED, State.FAILED, State.FAILED),
        (Happened.FLOOD, State.QUEUED, State.QUEUED),
        (Happened.UNREACHABLE, State.QUEUED, State.QUEUED),
        (Happened.UNKNOWN, State.UNCERTAIN, State.QUEUED),
    ],
)
def test_only_what_cannot_have_arrived_is_tried_again(
    happened: Happened, once: State, repeated: State
) -> None:
    """An edit or a withdrawal is the exception: done twice is as good as once."""
    assert decide(Outcome(happened), 1, NOW).state is once
    assert decide(Outcome(happened), 1, NOW, repeatable=True).state is repeated


@pytest.mark.parametrize("happened", list(Happened))
@pytest.mark.parametrize("repeatable", [False, True])
def test_every_row_comes_to_an_end(happened: Happened, repeatable: bool) -> None:
    verdict = decide(Outcome(happened, "x"), MAX_ATTEMPTS, NOW, repeatable=repeatable)
    assert verdict.state is not State.QUEUED
    assert verdict.retry_at is None


@pytest.mark.parametrize("attempts", range(1, MAX_ATTEMPTS))
def test_waits_grow_and_have_an_end(attempts: int) -> None:
    retry_at = decide(Outcome(Happened.UNREACHABLE), attempts, NOW).retry_at
    assert retry_at == NOW + timedelta(seconds=min(2.0 ** (attempts - 1), MAX_WAIT_S))


def test_a_flood_wait_rests_that_chat_as_long_as_telegram_says() -> None:
    verdict = decide(Outcome(Happened.FLOOD, retry_after_s=33), 1, NOW)
    assert verdict == Verdict(State.QUEUED, "flood", retry_at=NOW + timedelta(seconds=33), pause_s=33)


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("Bad Request: message to copy not found", Verdict(State.QUEUED, "content", "", stops_all=True)),
        ("Bad Request: can't parse entities: x", Verdict(State.QUEUED, "content", "", stops_all=True)),
        ("Bad Request: chat not found", Verdict(State.FAILED, "not_found", "", chat_gone=True)),
        ("Bad Request: message thread not found", Verdict(State.FAILED, "topic_gone", "", chat_gone=True)),
        ("Bad Request: something new", Verdict(State.FAILED, "refused", "")),
    ],
)
def test_a_refusal_is_the_chats_or_the_contents_fault(words: str, verdict: Verdict) -> None:
    assert decide(Outcome(Happened.REFUSED, words), 1, NOW) == replace(verdict, detail=words)


@pytest.mark.parametrize("words", ["message is not modified: x", "message to delete not found"])
def test_an_edit_or_withdrawal_that_was_done_already_is_done(words: str) -> None:
    assert decide(Outcome(Happened.REFUSED, words), 1, NOW, repeatable=True).state is State.SENT
    assert decide(Outcome(Happened.REFUSED, words), 1, NOW).state is State.FAILED


def test_whoever_was_in_flight_at_a_crash_is_in_doubt() -> None:
    assert interrupted(repeatable=False).state is State.UNCERTAIN
    assert interrupted(repeatable=True).state is State.QUEUED


def test_telegrams_words_are_kept_short() -> None:
    assert len(decide(Outcome(Happened.REFUSED, "x" * 9999), 1, NOW).detail) == 200
