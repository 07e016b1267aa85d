"""What was worked out and may be needed again, up to a size.

Owns the bound. Refuses to know what is kept; nothing may depend on its being kept.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Memo(dict[_Key, _Value]):
    """A dict that begins anew when it is full: looking up is as quick as in any dict, unlike in a queue."""

    def __init__(self, size: int) -> None:
        """Keep up to *size* values."""
        super().__init__()
        self._size = size

    def __setitem__(self, key: _Key, value: _Value) -> None:
        """Keep *value*, and only this if there is no room."""
        if len(self) >= self._size:
            self.clear()
        super().__setitem__(key, value)


class Recent(OrderedDict[_Key, _Value]):
    """A dict that lets go of what was longest not asked for: what many ask stays however much others ask."""

    def __init__(self, size: int) -> None:
        """Keep up to *size* values."""
        super().__init__()
        self._size = size

    def recall(self, key: _Key) -> _Value | None:
        """Return what is kept for *key*, None when nothing is."""
        found = self.get(key)
        if found is not None:
            self[key] = found
        return found

    def __setitem__(self, key: _Key, value: _Value) -> None:
        """Keep *value* as the latest."""
        super().__setitem__(key, value)
        self.move_to_end(key)
        if len(self) > self._size:
            self.popitem(last=False)
