"""The bare echo bot of python-telegram-bot, exactly as its documentation begins. Arguments: server, token."""

import sys

from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    await update.message.reply_text(update.message.text)  # type: ignore[union-attr,arg-type]


url, token = sys.argv[1:]
application = ApplicationBuilder().token(token).base_url(f"{url}/bot").build()
application.add_handler(MessageHandler(filters.TEXT, echo))
application.run_polling()
