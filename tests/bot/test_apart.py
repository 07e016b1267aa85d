from __future__ import annotations

import os

from bot.apart import apart


def test_what_is_done_apart_comes_back_whole() -> None:
    big = bytes(range(256)) * 4096  # more than a pipe holds
    assert apart(lambda: big) == big


def test_it_is_done_in_another_process() -> None:
    assert apart(lambda: str(os.getpid()).encode()) not in (b"", str(os.getpid()).encode())


def test_of_work_that_fails_nothing_comes_back() -> None:
    def fails() -> bytes:
        raise SystemExit("on purpose")

    assert apart(fails) == b""
    assert apart(lambda: os._exit(3)) == b""
