"""How announcements look to an officer: progress, report, card and their buttons.

Owns the layout. Refuses to decide anything: buttons carry a verb and a number, and the handlers look at
both again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise, takewhile

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import content, schedule
from bot import texts_announcements as t
from bot.announcement import Announcement, Delivery, Stage
from bot.broadcast import Broadcast
from bot.content import Action
from bot.delivery import LASTING, State
from bot.pace import OVERALL_PER_S
from bot.recipients import Kind, Recipient
from bot.replies import cut, esc

PREFIX = "n"
STANDSTILL = timedelta(seconds=10)  # without an end: nothing was being sent
_CELLS = 12
_MAX_DECISIONS = 8  # doubtful chats with buttons of their own
_MAX_LINES = 20  # of a report; all of them go into a file

Rows = Sequence[Sequence[tuple[str, str]]]


def keyboard(id_: int, rows: Rows) -> InlineKeyboardMarkup | None:
    """Return buttons of (label, "verb" or "verb:argument") that speak of announcement *id_*."""
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(cut(label, 60), callback_data=_data(id_, verb)) for label, verb in row]
            for row in rows
        ]
    )


def number(count: int) -> str:
    """Write *count* the Vietnamese way: 1.234."""
    return f"{count:,}".replace(",", ".")


def name_of(announcement: Announcement) -> str:
    """Return how an announcement, or a round of editing it, is called."""
    return t.TITLES[announcement.action].format(number=announcement.number)


def progress(
    announcement: Announcement, counts: dict[State, int], ends: Sequence[datetime] = ()
) -> tuple[str, Rows]:
    """Lay out how far a sending is: HTML and buttons. *ends* are of its latest deliveries, newest first."""
    waiting = counts[State.QUEUED] + counts[State.SENDING]
    failed = counts[State.FAILED] + counts[State.BLOCKED]
    doubtful = counts[State.UNCERTAIN]
    total = counts[State.SENT] + waiting + failed + doubtful
    share = float(announcement.started_at is not None) if not total else (total - waiting) / total
    full = int(share * _CELLS)
    head = f"<b>{esc(name_of(announcement))}</b> ({t.STAGES[announcement.stage]})"
    line = t.PROGRESS.format(
        bar="▓" * full + "░" * (_CELLS - full),
        percent=int(share * 100),
        done=t.DONE_COUNT[announcement.action],
        sent=number(counts[State.SENT]),
        waiting=number(waiting),
        failed=number(failed),
    )
    lines = [head, line + (t.DOUBTFUL_COUNT.format(count=number(doubtful)) if doubtful else "")]
    if announcement.stage is Stage.PAUSED and announcement.note:
        is_ours = announcement.note == t.RESTORED_NOTE
        lines.append(esc(announcement.note if is_ours else t.HELD.format(note=announcement.note)))
    if announcement.stage is Stage.SENDING and waiting:
        lines.append(_time_left(waiting, ends))
    toggles = {
        Stage.SENDING: [[(t.PAUSE, "pause"), (t.STOP, "stop")]],
        Stage.PAUSED: [[(t.RESUME, "resume"), (t.STOP, "stop")]],
    }
    return "\n".join(lines), toggles.get(announcement.stage, [])


def planned(announcement: Announcement, now: datetime, cast: Broadcast) -> tuple[str, Rows]:
    """Lay out an announcement of the calendar that has not begun: HTML and buttons."""
    head = f"<b>{esc(name_of(announcement))}</b>\n"
    if announcement.stage is not Stage.SCHEDULED or announcement.due is None:
        return head + esc(t.STAGES[announcement.stage]), []
    when = schedule.shown(announcement.due, now, cast.zone)
    note = t.LATE.format(when=when) if announcement.note else f"{t.STAGES['scheduled']} {when}"
    return head + esc(note), [[(t.TAKE_BACK, "undo")]]


def held_back(announcement: Announcement, now: datetime, cast: Broadcast) -> tuple[str, Rows]:
    """Lay out that an announcement missed its time and waits for the morning: HTML and buttons."""
    when = schedule.shown(announcement.due or now, now, cast.zone)
    return esc(t.HELD_BACK.format(number=announcement.number, when=when)), [[(t.TAKE_BACK, "undo")]]


def ended(
    announcement: Announcement,
    counts: dict[State, int],
    troubled: Sequence[Delivery],
    places: dict[int, Recipient],
    remaining: int,
    *,
    is_withdrawn: bool,
) -> tuple[str, Rows, str]:
    """Lay out an announcement of the calendar that has ended, with what can be done about it.

    *remaining* counts the places where it is still to be seen; what is withdrawn is not sent again.
    Returns what `report` does.
    """
    text, _ = progress(announcement, counts)
    lines, whole = _troubles(troubled, places)
    rows: list[Sequence[tuple[str, str]]] = []
    if announcement.action is Action.SEND and remaining:
        rows.append([(t.CHANGE_ALL, "change"), (t.WITHDRAW_ALL, "withdraw")])
    rows += [] if is_withdrawn else decisions(troubled, places)
    return "\n".join([text, *lines]), rows, whole


def report(
    announcement: Announcement,
    counts: dict[State, int],
    troubled: Sequence[Delivery],
    places: dict[int, Recipient],
) -> tuple[str, Rows, str]:
    """Lay out the end: HTML, buttons, and all the lines as plain text when they do not fit."""
    left = counts[State.QUEUED]
    total = sum(counts.values()) - counts[State.MOVED]
    sentence = t.REPORT_ALL if counts[State.SENT] == total else t.REPORT_SOME
    sentence = sentence if total else t.REPORT_NOBODY
    lines = [
        esc(
            sentence.format(
                title=name_of(announcement),
                stage=t.STAGES[announcement.stage],
                done=t.DONE_COUNT[announcement.action],
                sent=number(counts[State.SENT]),
                total=number(total),
            )
        )
    ]
    lines += [t.REPORT_LEFT.format(count=number(left))] if left else []
    told, whole = _troubles(troubled, places)
    file = "\n".join([*lines, whole]) if whole else ""
    return "\n".join([*lines, *told]), decisions(troubled, places), file


def _troubles(troubled: Sequence[Delivery], places: dict[int, Recipient]) -> tuple[list[str], str]:
    """Name what ended badly: lines of HTML, and all of it as plain text when those do not hold it."""
    names = _names(places)
    groups = {
        t.REPORT_DOUBTFUL: [each for each in troubled if each.state is State.UNCERTAIN],
        t.REPORT_FAILED: [each for each in troubled if each.state is not State.UNCERTAIN],
    }
    room = _MAX_LINES
    lines: list[str] = []
    whole: list[str] = []
    for heading, deliveries in groups.items():
        if not deliveries:
            continue
        head = heading.format(count=number(len(deliveries)))
        told = [_line(each, names) for each in deliveries]
        lines += ["", esc(head), *(esc(line) for line in told[:room])]
        whole += ["", head, *told]
        if len(told) > room:
            lines.append(t.REPORT_MORE.format(count=number(len(told) - room)))
        room = max(0, room - len(told))
    return lines, "\n".join(whole) if len(troubled) > _MAX_LINES else ""


def decisions(troubled: Sequence[Delivery], places: dict[int, Recipient]) -> Rows:
    """Return the buttons for what ended badly: a few doubtful chats each for itself, then all together."""
    names = _names(places)
    doubtful = [each for each in troubled if each.state is State.UNCERTAIN]
    failed = [each for each in troubled if each.state is not State.UNCERTAIN and each.reason not in LASTING]
    rows: list[list[tuple[str, str]]] = []
    if 1 < len(doubtful) <= _MAX_DECISIONS:
        for each in doubtful:
            place = names.get(each.recipient, t.UNKNOWN_PLACE.format(id=each.chat))
            again = t.AGAIN_ONE.format(place=place)
            rows.append([(again, f"again:{each.id}"), (t.LEAVE, f"leave:{each.id}")])
    if doubtful:
        count = number(len(doubtful))
        leave = t.LEAVE if len(doubtful) == 1 else t.LEAVE_ALL.format(count=count)
        rows.append([(t.AGAIN.format(count=count), "again"), (leave, "leave")])
    if failed:
        rows.append([(t.RETRY.format(count=number(len(failed))), "retry")])
    return rows


def _data(id_: int, verb: str) -> str:
    word, _, argument = verb.partition(":")
    return f"{PREFIX}:{word}:{id_}" + (f":{argument}" if argument else "")


def rate(ends: Sequence[datetime]) -> float:
    """Return how many deliveries a second lately came to an end; *ends* are the newest first.

    What lies before a pause, an outage or a night does not count.
    """
    recent = list(takewhile(lambda pair: pair[0] - pair[1] < STANDSTILL, pairwise(ends)))
    seconds = sum((later - earlier for later, earlier in recent), timedelta()).total_seconds()
    return min(OVERALL_PER_S, len(recent) / seconds) if seconds > 0 else OVERALL_PER_S


def _time_left(waiting: int, ends: Sequence[datetime]) -> str:
    minutes = waiting / rate(ends) / 60
    time = t.SECONDS_LEFT if minutes < 1 else t.MINUTES_LEFT.format(count=number(round(minutes)))
    return t.TIME_LEFT.format(time=time)


def place_name(place: Recipient) -> str:
    """Return the title of a chat; of a person, whose name is not kept, the number."""
    return t.PERSON.format(id=place.chat) if place.kind is Kind.MEMBER else place.title


def _names(places: dict[int, Recipient]) -> dict[int, str]:
    """Name the places; titles that occur twice get the number that /noinhan shows."""
    titles = Counter(place_name(place) for place in places.values())
    return {
        id_: name if titles[name := place_name(place)] == 1 else f"{name} (#{id_})"
        for id_, place in places.items()
    }


def _line(delivery: Delivery, names: dict[int, str]) -> str:
    place = names.get(delivery.recipient, t.UNKNOWN_PLACE.format(id=delivery.chat))
    reason = t.REASONS.get(delivery.reason, t.REASONS["refused"]).format(detail=delivery.detail)
    return t.REPORT_LINE.format(place=cut(place, 80), reason=cut(reason, 80))


def title_of(announcement: Announcement) -> str:
    """Return the first words of an announcement, short."""
    return cut(content.title(announcement.content), 50)
