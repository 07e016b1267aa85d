"""Is the bot well? A page for a monitor and figures for Prometheus, on this machine only.

Owns two paths: /health (200, or 503 with what is wrong) and /metrics. Refuses to know people: only counts.
"""

from __future__ import annotations

import logging
import resource
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from bot.alarms import Alarms
from bot.inbox import Inbox
from bot.pulse import Pulse
from knowledge.records import dataclass

if TYPE_CHECKING:
    from aiohttp import web

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Signs:
    """What is looked at. *backed_up* gives the time of the last snapshot, *now* an aware time."""

    pulse: Pulse
    alarms: Alarms
    inbox: Inbox
    backed_up: Callable[[], datetime | None]
    now: Callable[[], datetime]

    def faults(self) -> list[str]:
        """Name what is wrong; nothing when all is well."""
        return [*([] if self.pulse.is_alive else ["telegram"]), *self.alarms.active]

    def figures(self) -> dict[str, tuple[str, str, float]]:
        """Return type, meaning and value of each figure by its name."""
        backed_up = self.backed_up()
        age_s = (self.now() - backed_up).total_seconds() if backed_up else -1.0
        rss_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        bytes_ = rss_kib * (1 if sys.platform == "darwin" else 1024)
        return {
            "hoidap_up": ("gauge", "1 when nothing is wrong.", float(not self.faults())),
            "hoidap_telegram_age_seconds": ("gauge", "Since Telegram was last reached.", self.pulse.age_s),
            "hoidap_telegram_reached_total": ("counter", "Successful polls.", self.pulse.beats),
            "hoidap_updates_held": ("gauge", "Updates not confirmed yet.", self.inbox.holds),
            "hoidap_updates_done_total": ("counter", "Updates done with.", self.inbox.done),
            "hoidap_updates_quarantined_total": ("counter", "Updates put aside.", self.inbox.quarantined),
            "hoidap_backup_age_seconds": ("gauge", "Age of the last snapshot; -1: none.", age_s),
            "hoidap_memory_peak_bytes": ("gauge", "Most memory held so far.", bytes_),
        }


@asynccontextmanager
async def served(listen: str, signs: Signs) -> AsyncIterator[None]:
    """Serve both paths on *listen* ("host:port") during the block; "" serves nothing."""
    if not listen:
        yield
        return
    from aiohttp import web  # 2 MB for those who have no monitor

    from bot.listening import listening

    async def health(_: web.Request) -> web.Response:
        faults = signs.faults()
        return web.json_response(
            {"ok": not faults, "faults": faults, "telegram_age_s": round(signs.pulse.age_s, 1)},
            status=503 if faults else 200,
        )

    async def metrics(_: web.Request) -> web.Response:
        lines = []
        for name, (kind, meaning, value) in signs.figures().items():
            lines += [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}", f"{name} {value:g}"]
        lines += ["# HELP hoidap_alarm 1 while this trouble lasts.", "# TYPE hoidap_alarm gauge"]
        lines += [f'hoidap_alarm{{kind="{alarm}"}} 1' for alarm in signs.alarms.active]
        return web.Response(text="\n".join(lines) + "\n", content_type="text/plain", charset="utf-8")

    application = web.Application(client_max_size=1024)
    application.router.add_get("/health", health)
    application.router.add_get("/metrics", metrics)
    async with listening(application, "BOT_HEALTH_LISTEN", listen, shutdown_s=1):
        yield
