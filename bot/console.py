"""The same bot on a terminal: one answer, a batch of JSON lines, or a conversation.

Owns reading and writing of standard streams. Refuses to know Telegram, settings and the event loop:
`ask` starts several times faster without them.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from datetime import date
from typing import IO, TYPE_CHECKING, Any

from bot import texts
from bot.current import Known
from bot.replies import Reply, about, render
from knowledge.model import Answer, Conversation, Part

if TYPE_CHECKING:
    from bot.conversations import Conversations

_SEPARATORS = "\x85\u2028\u2029"  # end a line for some readers, though not for JSON


def ask(known: Known, question: str, out: IO[str]) -> None:
    """Write the answer to *question* as plain text, its quote and source below it."""
    reply, _ = _reply(known, question, Conversation())
    out.write(_plain(reply) + "\n")


def ask_jsonl(known: Known, lines: Iterable[bytes], out: IO[str]) -> None:
    """Answer a batch, one JSON object per line, in order, each flushed when it is known.

    Lines with the same `chat` are one conversation. What is not an object with a string `q` (and at
    most a string `chat`) gives an object with `error` in its place, and the batch goes on.
    """
    chats: dict[str, Conversation] = {}
    for line in lines:
        try:
            question, chat = _parse(line)
        except ValueError as error:
            _write(out, {"error": str(error)})
            continue
        conversation = chats.get(chat, Conversation()) if chat is not None else Conversation()
        reply, answer = _reply(known, question, conversation)
        if chat is not None:
            chats[chat] = answer.conversation
        _write(out, _record(question, reply, answer))


def chat(known: Known, lines: IO[str], out: IO[str], *, interactive: bool) -> None:
    """Talk until *lines* ends (Ctrl-D) or the person presses Ctrl-C; both end with a goodbye.

    Buttons are numbered lines: typing the number asks the question. *interactive* shows a prompt.
    """
    starters = known.answerer.starters(3)
    offered = starters
    greeting = texts.WELCOME.format(about=about(known.titles))
    _say(out, greeting + "\n\n" + texts.HELP_TERMINAL, starters)
    from bot.conversations import Conversations  # `ask` has none

    conversations = Conversations(time.monotonic)
    try:
        while (typed := _read(lines, out, interactive=interactive)) is not None:
            if not typed:
                continue
            if typed.isdecimal() and 1 <= int(typed) <= len(offered):
                typed = offered[int(typed) - 1]
                out.write(f"  > {typed}\n")
            shown, offered = _respond(known, typed, conversations)
            _say(out, shown, offered)
    except KeyboardInterrupt:
        pass
    out.write(("\n" if interactive else "") + texts.SPEAKER + texts.GOODBYE + "\n")
    out.flush()


def _respond(known: Known, typed: str, conversations: Conversations) -> tuple[str, tuple[str, ...]]:
    """Return what to show for one line and the questions that can be chosen next."""
    command, _, rest = typed.partition(" ")
    if command == "/chude":
        topics = known.answerer.topics()
        questions = tuple(question for topic in topics for question in topic.questions[:1])
        listed = "\n".join(f"• {topic.title}" for topic in topics)
        return f"{texts.TOPICS_TERMINAL}\n{listed}" if listed else texts.TOPICS_EMPTY, questions
    if command in ("/start", "/help"):
        return texts.HELP_TERMINAL, known.answerer.starters(3)
    if command == "/hoi":
        typed = rest.strip()
        if not typed:
            return texts.EMPTY_QUESTION_PLAIN, known.answerer.starters(3)
    elif typed.startswith("/"):
        return texts.UNKNOWN_COMMAND, ()
    reply, answer = _reply(known, typed, conversations.get((0, 0)))
    conversations.put((0, 0), answer.conversation)
    return _plain(reply), reply.buttons


def _reply(known: Known, question: str, conversation: Conversation) -> tuple[Reply, Answer]:
    answer = known.answerer.answer(question, conversation)
    notes = known.notes(answer, date.today())  # noqa: DTZ011 - the terminal's own day
    return render(answer, titles=known.titles, starters=known.answerer.starters(3), notes=notes), answer


def _plain(reply: Reply) -> str:
    quoted = "".join(f"\n    {line}" for line in reply.source.splitlines())
    return reply.text + quoted


def _parse(line: bytes) -> tuple[str, str | None]:
    try:
        entry = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ValueError('not a JSON object in UTF-8; write {"q": "..."}') from error
    if not isinstance(entry, dict) or not isinstance(entry.get("q"), str):
        raise ValueError('no string under "q"; write {"q": "..."}')
    chat = entry.get("chat")
    if chat is not None and not isinstance(chat, str):
        raise ValueError('"chat" must be a string or left out')
    return entry["q"], chat


def _record(question: str, reply: Reply, answer: Answer) -> dict[str, Any]:
    parts: tuple[Part, ...] = answer.parts
    cited = dict.fromkeys(citation for part in parts for citation in part.citations)
    return {
        "q": question,
        "kind": answer.kind.value,
        "text": reply.text,
        "html": reply.html,
        "citations": [{"document": c.document, "paragraph": c.paragraph, "quote": c.quote} for c in cited],
        "facts": list(dict.fromkeys(fact for part in parts for fact in part.facts)),
        "confidence": round(min(1.0, max(0.0, answer.confidence)), 4),
        "choices": list(dict.fromkeys(choice for part in parts for choice in part.choices)),
    }


def _write(out: IO[str], record: dict[str, Any]) -> None:
    line = json.dumps(record, ensure_ascii=False)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate in the question: only \u escapes can carry it
        line = json.dumps(record)
    for separator in _SEPARATORS:
        line = line.replace(separator, f"\\u{ord(separator):04x}")
    out.write(line + "\n")
    out.flush()


def _read(lines: IO[str], out: IO[str], *, interactive: bool) -> str | None:
    if interactive and lines is sys.stdin:
        try:
            return input(texts.PROMPT).strip()
        except EOFError:
            return None
    out.flush()
    line = lines.readline()
    return line.strip() if line else None


def _say(out: IO[str], text: str, questions: tuple[str, ...]) -> None:
    out.write(texts.SPEAKER + text + "\n")
    out.writelines(f"  {number}. {question}\n" for number, question in enumerate(questions, 1))
    out.write("\n")
    out.flush()
