"""The bare echo bot of aiogram, exactly as its documentation begins. Arguments: server, token.

It runs in an environment of its own, so it may import nothing of ours.
"""

import asyncio
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

url, token = sys.argv[1:]
dispatcher = Dispatcher()


@dispatcher.message()
async def echo(message: Message) -> None:
    await message.answer(message.text or "")


server = TelegramAPIServer(base=url + "/bot{token}/{method}", file=url + "/file/bot/{token}/{path}")
asyncio.run(dispatcher.start_polling(Bot(token, session=AiohttpSession(api=server))))
