"""The standard `dataclass`, as far as this house uses it, at a tenth of what it costs at a start.

Owns how the classes of frozen values are made. Refuses to differ: to type checkers it is `dataclasses`, and a
test holds it to that. `dataclasses` brings `inspect` and writes and compiles six methods for each class,
used or not: a fifth of all that `ask` does. Here one method is compiled, when the first of a class is made.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from dataclasses import asdict as asdict  # noqa: TID251
    from dataclasses import dataclass as dataclass  # noqa: TID251
    from dataclasses import field as field  # noqa: TID251
    from dataclasses import fields as fields  # noqa: TID251
    from dataclasses import replace as replace  # noqa: TID251
else:
    _MISSING = object()

    class Field(NamedTuple):
        """One field of a class; `type` is its annotation as written."""

        name: str
        type: str
        default: Any = _MISSING
        default_factory: Any = _MISSING
        repr: bool = True

    def field(*, default=_MISSING, default_factory=_MISSING, repr=True):
        """Give a field that is not shown, or whose default is made anew for each record."""
        return Field("", "", default, default_factory, repr)

    def fields(record):
        """Return the fields of a class or of a record, in their order."""
        return record._fields

    def replace(record, /, **changes):
        """Return *record* with some fields changed."""
        cls = type(record)
        copy = vars(cls).get("_copy")
        if copy is None:
            copy = cls._copy = _copy(cls)
        return copy(record, **changes)

    def asdict(record):
        """Return the fields by name; records within it, also in tuples, become dictionaries too."""
        return {each.name: _plain(getattr(record, each.name)) for each in record._fields}

    def _plain(value):
        if hasattr(type(value), "_fields") and not isinstance(value, tuple):
            return asdict(value)
        if isinstance(value, list) or type(value) is tuple:
            return type(value)(map(_plain, value))
        if isinstance(value, dict):
            return {name: _plain(each) for name, each in value.items()}
        return value

    def dataclass(*, frozen=False, slots=False, eq=True, repr=True, weakref_slot=False):
        """Make a class of records of the class that follows; see `dataclasses.dataclass`."""

        def made(cls):
            members = {k: v for k, v in vars(cls).items() if k not in ("__dict__", "__weakref__")}
            names = tuple(members.get("__annotations__", ()))
            members["_fields"] = tuple(_field(name, members) for name in names)
            members["__qualname__"] = cls.__qualname__
            members["__init__"] = _first_init
            if repr:
                members.setdefault("__repr__", _repr)
            if eq:
                values = attrgetter(*names) if len(names) > 1 else _only(*names)
                members["__eq__"] = _equality(values)
                members.setdefault("__hash__", _hash(values) if frozen else None)
            if frozen:
                members["__setattr__"] = members["__delattr__"] = _refuse
            if slots:
                for name in names:
                    members.pop(name, None)
                members["__slots__"] = (*names, "__weakref__") if weakref_slot else names
            return type(cls)(cls.__name__, cls.__bases__, members)

        return made

    def _field(name, members):
        type_, default = members["__annotations__"][name], members.get(name, _MISSING)
        if isinstance(default, Field):
            del members[name]
            return default._replace(name=name, type=type_)
        return Field(name, type_, default)

    def _first_init(self, *values, **named):
        """Put the real `__init__` of this class in the place of this one."""
        cls = type(self)
        cls.__init__ = _init(cls)
        self.__init__(*values, **named)

    def _copy(cls):
        """Return a function that makes another record of one: field by field it is quicker than by names."""
        names = [each.name for each in cls._fields]
        values = ", ".join(f"record.{name} if {name} is _same else {name}" for name in names)
        known = {"_cls": cls, "_same": object()}
        arguments = ", ".join(f"{name}=_same" for name in names)
        exec(f"def copy(record, *, {arguments}):\n  return _cls({values})", known)  # noqa: S102 - names of fields
        return known["copy"]

    def _init(cls):
        known = {"_made": object(), "_set": object.__setattr__}
        arguments, lines = [], []
        for name, _, default, make, _ in cls._fields:
            arguments.append(name)
            if make is not _MISSING:
                known[f"_make_{name}"] = make
                arguments[-1] += "=_made"
                lines.append(f"if {name} is _made: {name} = _make_{name}()")
            elif default is not _MISSING:
                known[f"_default_{name}"] = default
                arguments[-1] += f"=_default_{name}"
            if "__slots__" in vars(cls):  # the quickest way
                known[f"_set_{name}"] = vars(cls)[name].__set__
                lines.append(f"_set_{name}(self, {name})")
            else:
                lines.append(f"_set(self, {name!r}, {name})")
        if hasattr(cls, "__post_init__"):
            lines.append("self.__post_init__()")
        body = "\n  ".join(lines)
        exec(f"def __init__(self, {', '.join(arguments)}):\n  {body}", known)  # noqa: S102 - names of fields
        return known["__init__"]

    def _repr(record):
        shown = (f"{each.name}={getattr(record, each.name)!r}" for each in record._fields if each.repr)
        return f"{type(record).__qualname__}({', '.join(shown)})"

    def _only(name):
        return lambda record: (getattr(record, name),)

    def _equality(values):
        def equal(self, other):
            return values(self) == values(other) if type(other) is type(self) else NotImplemented

        return equal

    def _hash(values):
        return lambda record: hash(values(record))

    def _refuse(record, name, *value):
        raise AttributeError(f"{type(record).__name__}.{name} cannot be changed")
