"""Carries one announcement to one chat and says what happened, in a lane of its own.

Owns the announcements' connections and the translation of every fault into an `Outcome`. Refuses to judge:
what a fault means for a delivery is the business of `delivery`.

Its own pool: in a shared one, a dozen chats that do not answer would hold the connections of the answers.
"""

from __future__ import annotations

import logging
import warnings
from typing import Any

import aiohttp
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import RequestData
from telegram.warnings import PTBUserWarning

from bot.content import Call, message_ids
from bot.delivery import Happened, Outcome
from bot.inbox import wait_of
from bot.pace import Pace
from bot.request import AiohttpRequest

log = logging.getLogger(__name__)

LANE_SIZE = 12  # sends in flight; at 27.5 a second that bears answers that take 0.4 s
# What aiohttp raises before a byte of the request has left.
_NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


class Courier:
    """Sends over connections that nobody else uses."""

    def __init__(self, token: str, api_url: str, *, lane_size: int = LANE_SIZE) -> None:
        """Open nothing yet: `open` does, on the running loop."""
        self.lane_size = lane_size
        self._bot = Bot(
            token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=AiohttpRequest(pool_size=lane_size + 1),  # one for `is_answered`
            get_updates_request=AiohttpRequest(pool_size=1),
        )

    async def open(self) -> None:
        """Open the lane."""
        await self._bot.request.initialize()

    async def close(self) -> None:
        """Close the lane."""
        await self._bot.request.shutdown()

    async def carry(self, call: Call, bot: Bot | None = None) -> Outcome:
        """Make *call* and say how it ended; raises nothing but cancellation.

        With a *bot* it goes by that bot's connections: a preview must not wait for the lane.
        """
        try:
            result = await self._ask(*call, bot)
        except TelegramError as error:
            return outcome_of(error)
        return Outcome(Happened.DONE, message_ids=message_ids(result))

    async def is_answered(self) -> bool:
        """Tell whether Telegram answers a call that changes nothing."""
        try:
            await self._ask("getMe", {}, None)
        except TelegramError as error:
            log.info("the announcements wait for the network (%s)", type(error).__name__)
            return False
        return True

    async def _ask(self, method: str, parameters: dict[str, Any], bot: Bot | None) -> Any:
        # The typed wrappers would build a Message for every send, half of its cost.
        warnings.filterwarnings("ignore", message="Please use 'Bot", category=PTBUserWarning)
        return await (bot or self._bot).do_api_request(method, api_kwargs=parameters)


class AnswersLane(AiohttpRequest):
    """The connections of everything that is no announcement; each message counts in the common pace."""

    def __init__(self, pace: Pace) -> None:
        """Tell *pace* about every message that leaves."""
        super().__init__()
        self._pace = pace

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **more: Any
    ) -> tuple[int, bytes]:
        """Send one request, as the base class does."""
        name = url.rpartition("/")[2]
        if request_data is not None and name.startswith(("send", "copy", "forward")):
            chat = request_data.parameters.get("chat_id")
            if isinstance(chat, int) and name != "sendChatAction":
                self._pace.note(chat)
        return await super().do_request(url, method, request_data, *timeouts, **more)


def outcome_of(error: TelegramError) -> Outcome:
    """Translate what python-telegram-bot raised; BadRequest is a NetworkError to it, so order matters."""
    if isinstance(error, ChatMigrated):
        return Outcome(Happened.MIGRATED, new_chat=error.new_chat_id)
    if isinstance(error, RetryAfter) or "too many requests" in error.message.casefold():
        return Outcome(Happened.FLOOD, retry_after_s=wait_of(error))
    if isinstance(error, Forbidden):
        return Outcome(Happened.FORBIDDEN, error.message)
    if isinstance(error, BadRequest):
        return Outcome(Happened.REFUSED, error.message)
    if isinstance(error, InvalidToken) or isinstance(error.__cause__, _NEVER_LEFT):
        return Outcome(Happened.UNREACHABLE, type(error).__name__)
    return Outcome(Happened.UNKNOWN, error.message)
