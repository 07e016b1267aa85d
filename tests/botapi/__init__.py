"""A Bot API server on the loopback, as strict as Telegram's in what a bot can get wrong.

Tests start it in their own loop (`async with BotApi() as api`), put words into people's mouths
(`api.private(...)`), and read in `api.sent` what each chat saw. `python -m tests.botapi` runs it alone,
to try `python -m bot run`.

`world` holds people, chats and what they saw; `methods` the Bot API on it with its refusals; `server` the
wire and what goes wrong there.
"""

from tests.botapi.server import BotApi
from tests.botapi.world import KINDS, MAX_TEXT, TOKEN, USERNAME, Call, Failure, Refused, Sent

__all__ = ["KINDS", "MAX_TEXT", "TOKEN", "USERNAME", "BotApi", "Call", "Failure", "Refused", "Sent"]
