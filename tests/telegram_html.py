"""Telegram's HTML as its server reads it: the plain text, and the same words for what is wrong.

Follows the documented tags, entities and errors of the Bot API ("Formatting options", HTML style).
"""

from __future__ import annotations

import re
from html.entities import html5

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "blockquote": "blockquote",
}
_TOKEN = re.compile(r"<(/?)([a-zA-Z0-9-]*)([^<>]*)>|&(#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]+);|<")
_NAMED = {"lt", "gt", "amp", "quot"}


class EntityError(ValueError):
    """The text cannot be parsed; the message is Telegram's description."""


def units(text: str) -> int:
    """Return the length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def parse(source: str) -> tuple[str, list[dict[str, object]]]:
    """Return the plain text and the entities of *source*; raises EntityError as the server would."""
    text: list[str] = []
    entities: list[dict[str, object]] = []
    open_tags: list[tuple[str, int, dict[str, object]]] = []
    at = 0

    def offset() -> int:
        return units("".join(text))

    for token in _TOKEN.finditer(source):
        text.append(source[at : token.start()])
        at = token.end()
        place = len(source[: token.start()].encode())
        if token[4]:
            text.append(_entity(token))
            continue
        if token[2] is None:
            raise EntityError(f"Bad Request: can't parse entities: Unclosed start tag at byte offset {place}")
        name = token[2].lower()
        if token[1]:
            if not open_tags or open_tags[-1][0] != name:
                wanted = f', expected "</{open_tags[-1][0]}>", found "</{name}>"' if open_tags else ""
                raise EntityError(
                    f"Bad Request: can't parse entities: Unmatched end tag at byte offset {place}{wanted}"
                )
            _, start, entity = open_tags.pop()
            length = offset() - start
            if length:
                entities.append({**entity, "offset": start, "length": length})
            continue
        if name not in TAGS or (name == "span" and 'class="tg-spoiler"' not in token[3]):
            raise EntityError(
                f'Bad Request: can\'t parse entities: Unsupported start tag "{name}" at byte offset {place}'
            )
        kind: dict[str, object] = {"type": TAGS[name]}
        if name == "blockquote":
            if any(opened == "blockquote" for opened, *_ in open_tags):
                raise EntityError("Bad Request: can't parse entities: Blockquotes can't be nested")
            if "expandable" in token[3].split():
                kind = {"type": "expandable_blockquote"}
        if name == "a":
            link = re.search(r'href\s*=\s*"([^"]*)"', token[3])
            kind["url"] = link[1] if link else ""
        open_tags.append((name, offset(), kind))
    if open_tags:
        raise EntityError(
            f"Bad Request: can't parse entities: Can't find end tag corresponding to start tag "
            f'"{open_tags[-1][0]}"'
        )
    text.append(source[at:])
    return "".join(text), sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))  # type: ignore[operator]


def _entity(token: re.Match[str]) -> str:
    name = token[4]
    if name.startswith("#x"):
        return chr(int(name[2:], 16))
    if name.startswith("#"):
        return chr(int(name[1:]))
    return html5[name + ";"] if name in _NAMED else token[0]
