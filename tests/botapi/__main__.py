"""Try the bot without Telegram: the loopback server with a keyboard in front."""

from __future__ import annotations

import argparse
import asyncio
import sys

from tests.botapi.server import BotApi

HELP = """A Bot API server for trying the bot. In another shell:
  BOT_TOKEN={token} BOT_API_URL={url} python -m bot run
Then type here: plain text writes to the bot in private; "g text" writes in a group; "i text" is an
inline query; "p label" presses a button of the last message. Ctrl-D ends."""


async def _main(port: int) -> None:
    async with BotApi(port=port) as api:
        print(HELP.format(token=api.token, url=api.url), flush=True)
        shown = 0

        async def show() -> None:
            nonlocal shown
            while True:
                await asyncio.sleep(0.05)
                for sent in api.sent[shown:]:
                    print(f"[{sent.chat}] {sent.text}", *(f"  [{b['text']}]" for b in sent.buttons), sep="\n")
                for query_id, answer in list(api.inline_answers.items()):
                    print(f"[inline {query_id}]", *(r["plain"] for r in answer["results"]), sep="\n")
                    del api.inline_answers[query_id]
                shown = len(api.sent)

        showing = asyncio.create_task(show())
        while line := await asyncio.to_thread(sys.stdin.readline):
            word, _, rest = line.strip().partition(" ")
            try:
                if word == "g":
                    api.group(-100, 7, rest)
                elif word == "i":
                    api.inline(7, rest)
                elif word == "p":
                    api.press(api.sent[-1], rest)
                elif word:
                    api.private(7, line.strip())
            except (AssertionError, IndexError) as error:
                print(error or "nothing to press yet")
        showing.cancel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A Bot API server on the loopback.")
    parser.add_argument("--port", type=int, default=8081)
    asyncio.run(_main(parser.parse_args().port))
