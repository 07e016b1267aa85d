"""Records behave as the standard data classes do; the one is held to the other."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from knowledge import records

KINDS: list[dict[str, bool]] = [
    {},
    {"slots": True},
    {"frozen": True},
    {"frozen": True, "slots": True},
    {"frozen": True, "slots": True, "eq": False},
    {"frozen": True, "slots": True, "eq": False, "repr": False, "weakref_slot": True},
]


def record_class(made_by: Any, **kind: bool) -> Any:
    """Return a class with a bit of everything, made by the one module or by the other."""

    @made_by.dataclass(**kind)
    class Record:
        name: str
        tags: tuple[object, ...] = ()
        seen: list[int] = made_by.field(default_factory=list, repr=False)
        note: str = "none"

        def __post_init__(self) -> None:
            if not self.name:
                raise ValueError("no name")

        @property
        def loud(self) -> str:
            return self.name.upper()

    return Record


@pytest.fixture(params=KINDS, ids=lambda kind: "-".join(kind) or "plain")
def twins(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    return record_class(records, **request.param), record_class(dataclasses, **request.param)


def outcome(act: Any) -> object:
    """Return what *act* gives, or the kind of what it raises."""
    try:
        return act()
    except (AttributeError, TypeError, ValueError) as error:
        kinds = (TypeError, ValueError, AttributeError)
        return next(kind for kind in kinds if isinstance(error, kind))


ACTS: list[Any] = [
    lambda cls: cls("a"),
    lambda cls: cls("a", ("b",), [1], "c"),
    lambda cls: cls(note="c", name="a"),
    lambda cls: cls(),
    lambda cls: cls(""),
    lambda cls: cls("a", unknown=1),
    lambda cls: cls("a", (), [], "c", "too much"),
    lambda cls: cls("a").loud,
    lambda cls: cls("a").seen,
    lambda cls: cls("a").seen is cls("a").seen,
    lambda cls: cls("a") == cls("a", note="none"),
    lambda cls: cls("a") == cls("b"),
    lambda cls: cls("a") == ("a", (), [], "none"),
    lambda cls: len({cls("a", (), ()), cls("a", (), ())}),
    lambda cls: (lambda one, other: hash(one) == hash(other))(cls("a"), cls("a")),
    lambda cls: setattr(cls("a"), "name", "b"),
    lambda cls: delattr(cls("a"), "name"),
    lambda cls: hasattr(cls("a"), "__dict__"),
    lambda cls: cls.__slots__ if hasattr(cls, "__slots__") else None,
    lambda cls: (cls.__name__, cls.__qualname__, cls.__module__),
]


@pytest.mark.parametrize("act", ACTS, ids=range(len(ACTS)))
def test_does_what_a_data_class_does(twins: tuple[Any, Any], act: Any) -> None:
    ours, theirs = (outcome(lambda cls=cls: act(cls)) for cls in twins)
    shown = [repr(each) if " object at " not in repr(each) else "" for each in (ours, theirs)]
    assert shown[0] == shown[1]


def test_changed_copies_and_dictionaries_are_the_same(twins: tuple[Any, Any]) -> None:
    ours, theirs = twins
    one = records.replace(ours("a", (ours("b"),)), note="c")
    other = dataclasses.replace(theirs("a", (theirs("b"),)), note="c")
    assert records.asdict(one) == dataclasses.asdict(other)
    assert outcome(lambda: records.replace(one, unknown=1)) is TypeError
    assert outcome(lambda: records.replace(one, name="")) is ValueError


def test_fields_come_in_order_with_their_types(twins: tuple[Any, Any]) -> None:
    ours, theirs = (
        [(f.name, f.type) for f in m.fields(c)] for m, c in zip((records, dataclasses), twins, strict=True)
    )
    assert ours == theirs
