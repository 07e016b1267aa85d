"""Processes of tests and drills end with whoever started them, however that one ends."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import wait

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Let this process be killed when the one that started it dies.

    To be called in the child. What `multiprocessing` started watches for its end in a thread, as a fork
    server stands between the two; for any other child the kernel does it (Linux; elsewhere nothing does).
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()
        return
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _watch(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
