"""/nap: an article comes in as text, as a reply or as a file, is shown, ticked through and loaded.

Owns the dialog `article`: what the bot found, the proposed facts, what a new version changes, and putting an
article to rest. Refuses to know how articles are cut (`knowledge.article`) and stored.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime

from telegram.ext import CommandHandler

from bot import current, refusals
from bot import texts_admin as t
from bot.article_cards import changes, free_name, is_version, slug, summary
from bot.dialogs import Dialog
from bot.encodings import UnreadableError
from bot.files import MAX_ARTICLE_BYTES, article_in, document_of
from bot.handlers.desk import SHOWN, Buttons, Desk, Flow, Turn
from bot.handlers.questions import FRESH, Handlers
from bot.proposals import propose
from bot.replies import MAX_UNITS, cut, esc, key, units
from bot.teaching import Teaching
from knowledge.article import parse
from knowledge.errors import KnowledgeError, StorageError
from knowledge.intake import clean
from knowledge.loading import Loaded
from knowledge.model import Document, Fact
from knowledge.records import dataclass, replace
from knowledge.store import Store

KIND = "article"
MIN_CHARS, MAX_SENTENCES = 40, 5000
MAX_STOPS = 4 * MAX_SENTENCES  # line ends and full stops, counted before the costly cut
_SPLIT = 300  # apps cut a long text into messages at the last space or line's end before the limit


@dataclass(frozen=True, slots=True)
class Articles:
    """Loading articles and putting them to rest."""

    desk: Desk
    teaching: Teaching

    def handlers(self) -> Handlers:
        """Register the flow and return the handler of the command."""
        self.desk.flows[KIND] = Flow(self._take, self._press)
        self.desk.captions["nap"] = self._begin
        return [CommandHandler("nap", self.desk.gate(self._begin), FRESH)]

    # --- ways in -------------------------------------------------------------------------------------

    async def _begin(self, turn: Turn) -> None:
        await self.desk.shelve(turn)
        original = turn.message.reply_to_message
        quoted = (original.text or original.caption or "") if original else ""
        if document_of(turn.message) is not None or turn.words or quoted:
            await self._receive(turn, turn.words or quoted)
            return
        dialog = await self.desk.dialogs.open(turn.person, KIND, "text")
        await turn.say(esc(t.ASK_ARTICLE), dialog, await self._list())

    async def _list(self) -> Buttons:
        """Return a button for each article: to put it to rest, or to wake it."""
        awake = await self.teaching.store.documents()
        resting = await self.teaching.store.documents(resting=True)
        rows = [(t.REST.format(title=d.title), f"rest:{_mark(d.name)}") for d in awake]
        rows += [(t.WAKE.format(title=d.title), f"wake:{_mark(d.name)}") for d in resting]
        return [[row] for row in rows[:40]]

    async def _take(self, turn: Turn, dialog: Dialog) -> None:
        goes_on = dialog.data.get("goes_on") and turn.words.strip() and document_of(turn.message) is None
        if dialog.step == "text":
            await self._receive(turn, turn.words)
        elif goes_on:
            await self._receive(turn, joined(dialog.data["text"], turn.words), t.ARTICLE_GOES_ON)
        else:
            await turn.say(esc(t.PRESS_A_BUTTON))

    async def _receive(self, turn: Turn, words: str, said: str = "") -> None:
        """Read an article and show what is in it, after a remark (*said*) of how it came here."""
        try:
            file_name, text, remark = await article_in(turn.message, words)
        except UnreadableError as error:
            await turn.say(esc(str(error)))
            return
        try:
            text = await asyncio.to_thread(clean, text, "the article", MAX_ARTICLE_BYTES, multiline=True)
        except KnowledgeError as error:
            await turn.say(esc(refusals.sentence(error)))
            return
        if len(text) < MIN_CHARS:
            await turn.say(esc(t.ARTICLE_TOO_SHORT))
            return
        is_endless = sum(map(text.count, "\n.!?…")) > MAX_STOPS
        if not is_endless:
            document, before = await self._read(slug(file_name) if file_name else "", text)
        if is_endless or len(document.sentences) > MAX_SENTENCES:
            await turn.say(esc(t.ARTICLE_TOO_LARGE))
            return
        goes_on = units(turn.message.text or "") > MAX_UNITS - _SPLIT
        dialog = await self.desk.dialogs.open(
            turn.person, KIND, "ticks", name=document.name, text=text, ticks=[], goes_on=goes_on
        )
        if before is not None and before.text == document.text:
            resting = {d.name for d in await self.teaching.store.documents(resting=True)}
            verb, label = ("wake", t.WAKE) if before.name in resting else ("rest", t.REST)
            button = (label.format(title=before.title), f"{verb}:{_mark(before.name)}")
            dialog = await self.desk.dialogs.open(turn.person, KIND, SHOWN)
            await turn.say(esc(t.ARTICLE_SAME.format(title=before.title)), dialog, [[button]])
            return
        kept = await self._own_keys(document.name, turn.author)
        proposals = await asyncio.to_thread(propose, document)
        ticks = [n for n, fact in enumerate(proposals) if fact.key in kept]
        dialog = await self.desk.dialogs.advance(dialog, "ticks", ticks=ticks)
        await turn.say(summary(document, said or remark) + (changes(before, document) if before else ""))
        await self._show(turn, dialog, proposals)

    async def _read(self, name: str, text: str) -> tuple[Document, Document | None]:
        """Cut *text*, and find the article that it is a version of: then that one's name stays."""
        lexicon = current.lexicon()
        document = await asyncio.to_thread(parse, name or "bai", text, lexicon)
        stored = [
            *await self.teaching.store.documents(),
            *await self.teaching.store.documents(resting=True),
        ]
        before = next((each for each in stored if each.name == name and name), None)
        before = before or next((each for each in stored if is_version(each, document)), None)
        if before is not None:
            kept = {"title": before.title, "publisher": before.publisher, "printed_date": before.printed_date}
            return await asyncio.to_thread(lambda: parse(before.name, text, lexicon, **kept)), before
        title = document.title if document.title != "bai" else cut(document.sentences[0].text, 80)
        name = free_name(name or slug(title), {each.name for each in stored})
        return await asyncio.to_thread(lambda: parse(name, text, lexicon, title=title)), None

    # --- ticking -------------------------------------------------------------------------------------

    async def _show(self, turn: Turn, dialog: Dialog, proposals: Sequence[Fact]) -> None:
        ticks = dialog.data["ticks"]
        lines = [t.PROPOSALS if proposals else t.PROPOSALS_NONE]
        for n, fact in enumerate(proposals):
            mark = t.TICKED if n in ticks else t.UNTICKED
            lines.append(f"{mark} {n + 1}. {cut(fact.questions[0], 90)} → {cut(fact.answer, 80)}")
        numbers = [
            (f"{t.TICKED if n in ticks else t.UNTICKED} {n + 1}", f"tick:{n}") for n in range(len(proposals))
        ]
        rows = [numbers[at : at + 6] for at in range(0, len(numbers), 6)]
        both = [(t.TICK_ALL, "all:"), (t.TICK_NONE, "none:")] if proposals else []
        last = [(t.LOAD.format(count=len(ticks)), "load:"), (t.DROP, "drop:")]
        await turn.turn_into(esc("\n".join(lines)), dialog, [*rows, *([both] if both else []), last])

    async def _press(self, turn: Turn, dialog: Dialog, verb: str, argument: str) -> None:
        if verb in ("rest", "wake"):
            await self._rest(turn, dialog, argument, active=verb == "wake")
            return
        if dialog.step != "ticks":
            await turn.say(esc(t.GONE))
            return
        if verb == "drop":
            await self.desk.dialogs.close(dialog)
            await turn.turn_into(esc(t.CANCELLED))
            return
        document, _ = await self._read(dialog.data["name"], dialog.data["text"])
        proposals = await asyncio.to_thread(propose, document)
        if verb == "load":
            await self._load(turn, dialog, document, proposals)
            return
        ticks = set(dialog.data["ticks"])
        if verb == "tick" and re.fullmatch(r"\d{1,3}", argument, re.ASCII):
            ticks ^= {int(argument)} & set(range(len(proposals)))
        elif verb in ("all", "none"):
            ticks = set(range(len(proposals))) if verb == "all" else set()
        dialog = await self.desk.dialogs.advance(dialog, "ticks", ticks=sorted(ticks))
        await self._show(turn, dialog, proposals)

    async def _load(self, turn: Turn, dialog: Dialog, document: Document, proposals: Sequence[Fact]) -> None:
        chosen = {proposals[n].key: proposals[n] for n in dialog.data["ticks"] if n < len(proposals)}
        offered = {fact.key for fact in proposals}
        for fact in await self._own(document.name, turn.author):
            if fact.key in chosen or fact.key not in offered:
                quote = fact.quote if fact.quote in document.text else ""
                if fact.key in chosen and not quote:
                    continue  # its sentence was corrected: the new wording is the one to keep
                chosen[fact.key] = replace(fact, quote=quote)

        async def deed(store: Store, at: datetime) -> Loaded | None:
            if not await self.desk.dialogs.close(dialog):
                return None
            return await store.put_document(document, chosen.values(), author=turn.author, at=at)

        try:
            loaded = await self.teaching.change(deed)
        except StorageError:
            raise
        except KnowledgeError as error:
            await turn.say(esc(refusals.sentence(error)))
            return
        if loaded is not None:
            await turn.strip()
            examples = [f"• {fact.questions[0]}" for fact in list(chosen.values())[:3]]
            lines = [
                t.LOADED.format(title=document.title, sentences=loaded.sentences, facts=len(chosen)),
                *(
                    [t.UNQUOTED.format(ids=", ".join(f"#{n}" for n in loaded.unquoted))]
                    if loaded.unquoted
                    else []
                ),
                *([t.LOADED_TRY, *examples] if examples else []),
                t.UNDO_HINT,
            ]
            await turn.say(esc("\n".join(lines)))

    async def _rest(self, turn: Turn, dialog: Dialog, mark: str, *, active: bool) -> None:
        stored = await self.teaching.store.documents(resting=active)
        document = next((each for each in stored if _mark(each.name) == mark), None)
        if document is None:
            await turn.say(esc(t.GONE))
            return

        async def deed(store: Store, at: datetime) -> None:
            await self.desk.dialogs.close(dialog)
            await store.rest_document(document.name, active=active, author=turn.author, at=at)

        await self.teaching.change(deed)
        sentence = t.AWAKE if active else t.RESTING
        await turn.turn_into(esc(f"{sentence.format(title=document.title)} {t.UNDO_HINT}"))

    async def _own(self, name: str, author: str) -> list[Fact]:
        facts = await self.teaching.store.facts(name)
        return [fact for fact in facts if fact.key and fact.author == author]

    async def _own_keys(self, name: str, author: str) -> set[str]:
        return {fact.key for fact in await self._own(name, author)}


def joined(first: str, second: str) -> str:
    """Join the parts of a text that an app has sent as two messages: it cuts at a space or a line's end."""
    is_whole = first.rstrip().endswith((".", "!", "?", "…", "”", '"', ":"))
    return first.rstrip() + ("\n" if is_whole else " ") + second.lstrip()


def _mark(name: str) -> str:
    return key(name).removeprefix("q:")
