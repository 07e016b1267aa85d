import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.pulse import STILL_S, Pulse
from tests.bot.conftest import Clock, Running, Serve
from tests.botapi import BotApi


def heard(listener: socket.socket) -> list[str]:
    said = []
    while True:
        try:
            said.append(listener.recv(100).decode())
        except BlockingIOError:
            return said


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(tmp_path / "notify"))
    listener.setblocking(False)
    yield listener
    listener.close()


def test_systemd_hears_a_beat_only_for_a_success_and_not_too_often(
    listener: socket.socket, tmp_path: Path
) -> None:
    clock = Clock()
    pulse = Pulse(clock, str(tmp_path / "notify"))
    assert not pulse.is_alive
    pulse.ready()
    for seconds in (0, 1, 1, 10):
        clock.now += seconds
        pulse.beat()
    assert pulse.is_alive
    clock.now += STILL_S
    assert not pulse.is_alive
    pulse.stopping()
    assert heard(listener) == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]


def test_without_systemd_nothing_is_said() -> None:
    pulse = Pulse(Clock())
    pulse.ready()
    pulse.beat()
    assert pulse.beats == 1


async def test_the_watchdog_hears_nothing_while_polls_fail(
    api: BotApi, serve: Serve, listener: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setattr("bot.pulse.TELL_EVERY_S", 0.0)
    api.fail(502, "getMe", times=3)
    async with serve() as running:
        api.private(7, "x")
        await api.until(lambda: running.edge.pulse.beats)
        assert heard(listener)[:2] == ["READY=1", "WATCHDOG=1"]
        api.fail(502, "getUpdates", times=10_000)
        api.private(7, "x")
        # A poll that succeeded may still be told while the first one fails.
        await api.until(
            lambda: sum(c.method == "getUpdates" and c.error == "Bad Gateway" for c in api.calls) >= 2
        )
        heard(listener)
        polls = len(api.calls)
        await api.until(lambda: len(api.calls) >= polls + 2)
        assert heard(listener) == []
    assert heard(listener) == ["STOPPING=1"]


async def test_a_bot_that_serves_is_alive(api: BotApi, bot: Running) -> None:
    assert (await api.answer_to(7, "x")).text
    assert bot.edge.pulse.is_alive
