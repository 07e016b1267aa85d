"""Files that admins send: fetched from Telegram within a limit, and what an article's message holds.

Owns sizes and endings. Refuses to know encodings (`encodings`) and what becomes of the bytes. File names
never become paths.
"""

from __future__ import annotations

import asyncio

from telegram import Document, Message
from telegram.error import TelegramError

from bot import encodings
from bot import texts_admin as t
from bot.encodings import UnreadableError
from bot.inbox import is_passing

MAX_BYTES = 2 * 2**20
MAX_ARTICLE_BYTES = 2**19  # a newspaper's page has some 20 kB; what is cut and indexed must not take minutes


def document_of(message: Message) -> Document | None:
    """Return the file that came with *message*, or with the one that it replies to."""
    if message.document is not None:
        return message.document
    return message.reply_to_message.document if message.reply_to_message else None


async def download(message: Message, max_bytes: int = MAX_BYTES) -> bytes:
    """Return the file with *message*, or with what it replies to; raises UnreadableError."""
    document = document_of(message)
    if document is None:
        raise UnreadableError(t.FILE_UNREADABLE)
    if (document.file_size or 0) > max_bytes:
        raise UnreadableError(t.FILE_TOO_LARGE)
    try:
        file = await document.get_file()
        if (file.file_size or 0) > max_bytes:
            raise UnreadableError(t.FILE_TOO_LARGE)
        data = bytes(await file.download_as_bytearray())
    except TelegramError as error:
        if is_passing(error):
            raise
        raise UnreadableError(t.FILE_UNREADABLE) from error
    if len(data) > max_bytes:
        raise UnreadableError(t.FILE_TOO_LARGE)
    return data


async def article_in(message: Message, words: str) -> tuple[str, str, str]:
    """Return file name without ending, text, and a remark on it; without a file the text is *words*.

    Raises UnreadableError.
    """
    document = document_of(message)
    if document is None:
        encodings.refuse_tcvn3(words)
        return "", words, ""
    name = document.file_name or ""
    if not name.lower().endswith(".txt"):
        raise UnreadableError(t.ARTICLE_NOT_TXT)
    data = await download(message)
    if len(data) > MAX_ARTICLE_BYTES:
        raise UnreadableError(t.ARTICLE_TOO_LARGE)
    text, remark = await asyncio.to_thread(encodings.read, data)
    return name[:-4], text, remark
