import copy
from typing import Any

import pytest

from bot.shape import MisshapenError, check
from tests.drills.abuse import samples


def test_what_telegram_sends_is_well_shaped() -> None:
    for update in samples():
        check({"update_id": 1, **update})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("message",), [1]),
        (("message", "text"), 7),
        (("message", "text"), "\ud800"),
        (("message", "chat", "id"), "7"),
        (("message", "chat", "id"), True),
        (("message", "chat", "id"), 2**63),
        (("message", "chat", "type"), "tent"),
        (("message", "from"), None),
        (("message", "date"), 1.5),
        (("message", "reply_to_message"), "x"),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else repr(value)[:12],
)
def test_anything_else_is_named_without_its_words(path: tuple[str, ...], value: Any) -> None:
    update: dict[str, Any] = copy.deepcopy({"update_id": 1, **samples()[0]})
    node = update
    for name in path[:-1]:
        node = node[name]
    node[path[-1]] = value
    with pytest.raises(MisshapenError) as caught:
        check(update)
    assert str(caught.value) == path[-1] if path[-1] != "id" and path[-1] != "type" else "chat"


def test_a_keyboard_is_looked_into() -> None:
    update: dict[str, Any] = copy.deepcopy({"update_id": 1, **samples()[12]})
    update["callback_query"]["message"]["reply_markup"]["inline_keyboard"][0][0]["text"] = 7
    with pytest.raises(MisshapenError):
        check(update)


def test_no_depth_exhausts_the_stack() -> None:
    message: dict[str, Any] = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}
    for _ in range(5000):
        message = {**message, "reply_to_message": message}
    with pytest.raises(MisshapenError):
        check({"update_id": 1, "message": message})
