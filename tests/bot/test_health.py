import re

import aiohttp
import pytest

from bot.alarms import Alarm
from bot.environment import ConfigurationError
from bot.given import Given
from tests.bot.conftest import SPEAKER, Serve
from tests.bot.test_webhook import free_port
from tests.botapi import BotApi


async def test_health_and_figures_are_served_on_this_machine(api: BotApi, serve: Serve) -> None:
    listen = f"127.0.0.1:{free_port()}"
    async with serve(health_listen=listen) as running, aiohttp.ClientSession(f"http://{listen}") as session:
        await api.answer_to(987654321, SPEAKER)
        await api.drained()
        async with session.get("/health") as response:
            assert (response.status, (await response.json())["ok"]) == (200, True)
        async with session.get("/metrics") as response:
            text = await response.text()
        figures = dict(re.findall(r"^(\w+) (\S+)$", text, re.MULTILINE))
        assert figures["hoidap_up"] == "1"
        assert figures["hoidap_updates_done_total"] == "1"
        assert "987654321" not in text
        running.edge.alarms.ring(Alarm.DISK)
        async with session.get("/health") as response:
            assert (response.status, (await response.json())["faults"]) == (503, ["disk"])
        async with session.get("/metrics") as response:
            assert 'hoidap_alarm{kind="disk"} 1' in await response.text()
        async with session.post("/health") as response:
            assert response.status == 405


async def test_a_port_that_is_taken_is_said(api: BotApi, serve: Serve) -> None:
    async with serve(health_listen=f"127.0.0.1:{api.port}") as running:
        assert running.task is not None
        with pytest.raises(ConfigurationError, match="BOT_HEALTH_LISTEN"):
            await running.task


@pytest.mark.parametrize("listen", ["0.0.0.0:9100", "9100", "127.0.0.1:0", "example.org:80", "[::]:9100"])
def test_nobody_else_can_be_given_a_look(listen: str) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        Given(health_listen=listen)
