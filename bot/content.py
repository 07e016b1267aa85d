"""What an announcement says, and the one Bot API call that shows, edits or withdraws it in a chat.

Owns the number in front, the lengths, and the fingerprint that finds a twin. Pure: the preview and the
sender make their calls here, so the preview cannot differ. Refuses to know who gets it.

Formatting travels as entities, never as markup: there is nothing that Telegram could fail to parse.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from telegram import (
    InputMedia,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    Message,
    MessageEntity,
)

from bot import texts_announcements as texts
from bot.replies import MAX_UNITS, units
from knowledge.records import asdict, dataclass, field, replace

MAX_CAPTION_UNITS = 1024
_CAPTIONED = ("photo", "video", "animation", "document", "audio", "voice")  # an animation is a document too
_PARTS: dict[str, type[InputMedia]] = {
    "photo": InputMediaPhoto,
    "video": InputMediaVideo,
    "document": InputMediaDocument,
    "audio": InputMediaAudio,
}

_NUMBER_LINE = re.compile(re.escape(texts.HEADER).replace(r"\{number\}", r"\d+") + r"(?:\n|\Z)")

Call = tuple[str, dict[str, Any]]
Entity = dict[str, Any]


class Action(StrEnum):
    """What is done in every chat."""

    SEND = "send"
    EDIT = "edit"
    WITHDRAW = "withdraw"


class Kind(StrEnum):
    """How the content travels."""

    TEXT = "text"
    MEDIA = "media"  # a picture, a file, or an album: sent by file ids, so the original may be deleted
    COPY = "copy"  # a message without room for words (a sticker, a poll): copied as it is, no number


@dataclass(frozen=True, slots=True)
class Content:
    """The words with their formatting, and where pictures and files come from."""

    kind: Kind
    text: str = ""
    entities: tuple[Entity, ...] = ()
    origin: tuple[int, int] = (0, 0)  # chat and message that are copied
    items: tuple[dict[str, Any], ...] = ()  # pictures and files, each as the Bot API's InputMedia
    marks: tuple[str, ...] = ()  # Telegram's lasting names of the files, for the fingerprint
    options: dict[str, Any] = field(default_factory=dict)  # how a link or a caption is shown, if not as usual

    def to_json(self) -> str:
        """Return the content as it is stored."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, stored: str) -> Content:
        """Return the content that `to_json` stored."""
        raw = json.loads(stored)
        return cls(
            Kind(raw["kind"]),
            raw["text"],
            tuple(raw["entities"]),
            (raw["origin"][0], raw["origin"][1]),
            tuple(raw["items"]),
            tuple(raw["marks"]),
            raw["options"],
        )

    @property
    def has_words(self) -> bool:
        """Tell whether there is room for words, and so for the number."""
        return self.kind is not Kind.COPY

    def reworded(self, other: Content) -> Content:
        """Return the words of *other* with the same pictures and files."""
        if self.kind is Kind.TEXT:
            return other
        return replace(self, text=other.text, entities=other.entities)


def typed(message: Message, prefix: int) -> Content:
    """Return what *message* says after its first *prefix* characters, with its formatting."""
    words = _after(prefix, message.text or "", message.entities)
    link = message.link_preview_options
    return words if link is None else replace(words, options={"link_preview_options": link.to_dict()})


def captioned(message: Message, prefix: int) -> Content:
    """Return a picture or file whose caption begins with *prefix* characters that are not to be shown."""
    words = _after(prefix, message.caption or "", message.caption_entities)
    return carried([message]).reworded(words)


def carried(messages: Sequence[Message]) -> Content:
    """Return the content of a message, or of the parts of one album in their order.

    The number of an earlier announcement, in a message of the bot's own, is left behind.
    """
    first = messages[0]
    if first.text is not None:
        return typed(first, _number_line(first))
    words = next((m for m in messages if m.caption), first)
    items, marks = [], []
    for message in messages:
        kind = next((kind for kind in _CAPTIONED if getattr(message, kind)), None)
        if kind is None:
            origin = (first.chat.id, first.message_id)
            return Content(Kind.COPY, origin=origin, marks=(f"{origin[0]}/{origin[1]}",))
        file: Any = getattr(message, kind)
        file = file[-1] if kind == "photo" else file  # the largest size
        hidden = {"has_spoiler": True} if message.has_media_spoiler else {}
        items.append({"type": kind, "media": file.file_id, **hidden})
        marks.append(str(file.file_unique_id))
    return replace(
        _after(_number_line(words), words.caption or "", words.caption_entities),
        kind=Kind.MEDIA,
        items=tuple(items),
        marks=tuple(marks),
        options={"show_caption_above_media": True} if words.show_caption_above_media else {},
    )


def excess(content: Content, number: int) -> int:
    """Return by how many UTF-16 units *content* with its number is longer than Telegram takes; 0 if not."""
    return max(0, units(_worded(content, number)[0]) - limit(content)) if content.has_words else 0


def limit(content: Content) -> int:
    """Return how many UTF-16 units Telegram takes, the number included."""
    return MAX_UNITS if content.kind is Kind.TEXT else MAX_CAPTION_UNITS


def digest(content: Content) -> str:
    """Return the fingerprint: equal for contents that differ only in case, accents' form and spaces."""
    words = " ".join(unicodedata.normalize("NFKC", content.text).casefold().split())
    return hashlib.blake2s(json.dumps([words, *content.marks]).encode("utf-8", "surrogatepass")).hexdigest()


def title(content: Content) -> str:
    """Return the first words, or what it is when there are none."""
    line = next((line.strip() for line in content.text.splitlines() if line.strip()), "")
    return line or texts.KINDS[content.kind]


def call(
    action: Action, content: Content, number: int, chat: int, thread: int = 0, ids: Sequence[int] = ()
) -> Call:
    """Return the Bot API method and its parameters for one chat; *ids* are those of an earlier send."""
    place: dict[str, Any] = {"chat_id": chat}
    if action is Action.WITHDRAW:
        return (
            ("deleteMessage", {**place, "message_id": ids[0]})
            if len(ids) == 1
            else ("deleteMessages", {**place, "message_ids": list(ids)})
        )
    text, entities = _worded(content, number)
    as_text = {"text": text, "entities": entities, **content.options}
    as_caption = {"caption": text, "caption_entities": entities, **content.options}
    if action is Action.EDIT:
        place["message_id"] = ids[0]
        if content.kind is Kind.TEXT:
            return "editMessageText", {**place, **as_text}
        return "editMessageCaption", {**place, **as_caption}
    if thread:
        place["message_thread_id"] = thread
    if content.kind is Kind.TEXT:
        return "sendMessage", {**place, **as_text}
    if content.kind is Kind.COPY:
        return "copyMessage", {**place, "from_chat_id": content.origin[0], "message_id": content.origin[1]}
    first, *others = content.items
    if others:
        as_caption["caption_entities"] = [MessageEntity.de_json(entity, None) for entity in entities]
        return "sendMediaGroup", {**place, "media": [_part({**first, **as_caption}), *map(_part, others)]}
    one = {key: value for key, value in first.items() if key not in ("type", "media")}
    return f"send{first['type'].capitalize()}", {**place, first["type"]: first["media"], **one, **as_caption}


def _part(item: dict[str, Any]) -> InputMedia:
    return _PARTS[item["type"]](**{key: value for key, value in item.items() if key != "type"})


def message_ids(result: Any) -> tuple[int, ...]:
    """Return the ids of the messages that a call has made; none for an answer that names none."""
    made = result if isinstance(result, list) else [result]
    return tuple(int(each["message_id"]) for each in made if isinstance(each, dict) and "message_id" in each)


def _worded(content: Content, number: int) -> tuple[str, list[Entity]]:
    head = texts.HEADER.format(number=number)
    gap = "\n\n" if content.text else ""
    shift = units(head + gap)
    moved = [{**entity, "offset": entity["offset"] + shift} for entity in content.entities]
    return head + gap + content.text, [
        {"type": MessageEntity.BOLD, "offset": 0, "length": units(head)},
        *moved,
    ]


def _number_line(message: Message) -> int:
    """Return how many characters the number of an announcement takes in front, when a bot wrote *message*."""
    is_ours = message.from_user is not None and message.from_user.is_bot
    found = _NUMBER_LINE.match(message.text or message.caption or "") if is_ours else None
    return found.end() if found else 0


def _after(prefix: int, text: str, entities: Sequence[MessageEntity]) -> Content:
    rest = text[prefix:]
    lead = len(rest) - len(rest.lstrip())
    return _trimmed(rest.strip(), entities, units(text[: prefix + lead]))


def _trimmed(text: str, entities: Sequence[MessageEntity], cut: int) -> Content:
    """Take the formatting that lies in *text*, which began *cut* units into its message."""
    end = units(text)
    kept = []
    for entity in entities:
        start = max(0, entity.offset - cut)
        stop = min(end, entity.offset + entity.length - cut)
        if stop > start and entity.type != MessageEntity.BOT_COMMAND:
            raw = {**entity.to_dict(), "offset": start, "length": stop - start}
            kept.append({key: value for key, value in raw.items() if value is not None})
    return Content(Kind.TEXT, text, tuple(kept))
