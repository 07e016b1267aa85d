"""The bot's pulse: when Telegram was last reached, told to systemd as long as it beats.

Owns the moment of the last success and the few lines of systemd's notify protocol (sd_notify(3)). Refuses
to know what succeeded. A bot that hangs, or that nobody can reach any more, stops beating; systemd then
starts it anew (`WatchdogSec=` in the unit).
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable

STILL_S = 90.0  # no beat for so long: something is wrong with the network, the token, or us
TELL_EVERY_S = 5.0


class Pulse:
    """Beats at every success. *clock* counts seconds; *address* is systemd's socket, "" without one."""

    def __init__(self, clock: Callable[[], float], address: str = "") -> None:
        """Count from now; nothing is sent before `ready`."""
        self._clock = clock
        self._address = address
        self._last = clock()
        self._told = float("-inf")
        self.beats = 0

    @property
    def age_s(self) -> float:
        """Return the seconds since the last beat, or since the start when there was none."""
        return self._clock() - self._last

    @property
    def is_alive(self) -> bool:
        """Tell whether Telegram was reached lately."""
        return self.beats > 0 and self.age_s < STILL_S

    def ready(self) -> None:
        """Tell systemd that the start is over: the database is open, the network is tried."""
        self._tell("READY=1")

    def beat(self) -> None:
        """Note that Telegram has just answered."""
        self._last = self._clock()
        self.beats += 1
        if self._last - self._told >= TELL_EVERY_S:
            self._told = self._last
            self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """Tell systemd that the end has begun."""
        self._tell("STOPPING=1")

    def _tell(self, words: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notice:
            notice.setblocking(False)
            notice.sendto(words.encode("ascii"), address)
