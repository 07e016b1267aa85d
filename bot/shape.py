"""Has an update the shape that the Bot API promises? Asked at the door, for all handlers.

Owns the types of the fields that handlers rely on. Refuses to know what an update means. Telegram sends
nothing of the kind; whoever sits between it and the bot might.
"""

from __future__ import annotations

from typing import Any

MAX_ID = 2**52  # "at most 52 significant bits" (Bot API: User, Chat)
MAX_DEPTH = 12  # a reply to a message with a keyboard is six deep
_TEXTS = frozenset(
    [
        "text",
        "caption",
        "data",
        "query",
        "title",
        "first_name",
        "last_name",
        "username",
        "new_chat_title",
        "file_id",
        "file_unique_id",
        "file_name",
        "media_group_id",
        "chat_instance",
        "status",
        "name",
    ]
)
_NUMBERS = frozenset(
    [
        "message_id",
        "message_thread_id",
        "date",
        "edit_date",
        "length",
        "user_id",
        "file_size",
        "until_date",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
        "update_id",
    ]
)
_OBJECTS = frozenset(
    [
        "message",
        "chat",
        "from",
        "sender_chat",
        "reply_to_message",
        "callback_query",
        "inline_query",
        "user",
        "my_chat_member",
        "old_chat_member",
        "new_chat_member",
        "forward_origin",
        "via_bot",
        "contact",
        "document",
        "reply_markup",
        "quote",
        "forum_topic_created",
        "forum_topic_edited",
    ]
)
_PEOPLE = frozenset(("chat", "from", "sender_chat", "user", "via_bot"))
_KINDS = frozenset(("private", "group", "supergroup", "channel", "sender"))
_NEEDS = {
    "message": ("message_id", "date", "chat"),
    "callback_query": ("id", "from"),
    "inline_query": ("id", "from", "query"),
    "my_chat_member": ("chat", "from", "date", "old_chat_member", "new_chat_member"),
}


class MisshapenError(ValueError):
    """The update is none of the Bot API; the message names a field, never what is in it."""


def check(raw: dict[str, Any]) -> None:
    """Raise MisshapenError when a field that handlers rely on is missing or of another type."""
    for kind, needed in _NEEDS.items():
        body = raw.get(kind)
        if kind in raw and not (isinstance(body, dict) and all(name in body for name in needed)):
            raise MisshapenError(kind)
    _look(raw, 0)


def _look(node: dict[str, Any], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise MisshapenError("depth")
    for name, value in node.items():
        if name in _TEXTS:
            good = isinstance(value, str) and not _has_surrogates(value)
        elif name in _NUMBERS:
            good = type(value) is int and abs(value) < MAX_ID
        elif name in _OBJECTS:
            good = isinstance(value, dict)
        else:
            good = True
        if good and name in _PEOPLE:
            id_ = value.get("id")
            good = type(id_) is int and 0 < abs(id_) < MAX_ID
            if name == "chat":
                kind = value.get("type")
                good = good and isinstance(kind, str) and kind in _KINDS
        if not good:
            raise MisshapenError(name)
        _go_on(value, depth + 1)


def _go_on(value: Any, depth: int) -> None:
    if isinstance(value, dict):
        _look(value, depth)
    elif isinstance(value, list):  # a keyboard is a list of lists
        if depth > MAX_DEPTH:
            raise MisshapenError("depth")
        for each in value:
            _go_on(each, depth + 1)


def _has_surrogates(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
