"""/xuat and /nhap: all facts out as files, and files of facts in.

Owns the dialog `import`: the difference first, then one confirmed transaction. Refuses to know the formats
(`knowledge.interchange`).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO

from telegram import InputFile
from telegram.constants import FileSizeLimit
from telegram.error import Forbidden
from telegram.ext import CommandHandler

from bot import encodings, refusals
from bot import texts_admin as t
from bot.dialogs import Dialog
from bot.encodings import UnreadableError
from bot.files import document_of, download
from bot.handlers.desk import Desk, Flow, Turn
from bot.handlers.questions import FRESH, Handlers
from bot.replies import cut, esc
from bot.teaching import Teaching
from knowledge import interchange
from knowledge.errors import KnowledgeError, StorageError
from knowledge.held import each
from knowledge.interchange import Difference, FactFile
from knowledge.model import Fact
from knowledge.records import dataclass
from knowledge.store import Store

KIND = "import"
ENDINGS = (".csv", ".jsonl")
MAX_SENT_BYTES = int(FileSizeLimit.FILESIZE_UPLOAD)
_LISTED = 6


@dataclass(frozen=True, slots=True)
class Exchange:
    """Files of facts, out and in."""

    desk: Desk
    teaching: Teaching
    today: Callable[[], date]

    def handlers(self) -> Handlers:
        """Register the flow and return the handlers of the commands."""
        self.desk.flows[KIND] = Flow(self._take, self._press)
        self.desk.captions["nhap"] = self._import
        return [
            CommandHandler("xuat", self.desk.gate(self._export), FRESH),
            CommandHandler("nhap", self.desk.gate(self._import), FRESH),
        ]

    async def _export(self, turn: Turn) -> None:
        for ending, caption in zip(ENDINGS, (t.EXPORT_CSV, t.EXPORT_JSONL), strict=True):
            name = f"{t.EXPORT_NAME}-{self.today():%Y-%m-%d}{ending}"
            with tempfile.TemporaryFile() as out:  # a large store is never whole in memory
                path = self.teaching.store.database.path
                count, size = await asyncio.to_thread(_write, path, name, out)
                if not count:
                    await turn.say(esc(t.EXPORT_EMPTY))
                    return
                if size > MAX_SENT_BYTES:
                    await turn.say(esc(t.EXPORT_TOO_LARGE.format(name=name, size=size // 10**6)))
                    continue
                file = InputFile(out, filename=name, read_file_handle=False)
                with contextlib.suppress(Forbidden):  # shut out in the meantime
                    await turn.bot.send_document(turn.person, file, caption=caption.format(count=count))

    async def _import(self, turn: Turn) -> None:
        await self.desk.shelve(turn)
        if document_of(turn.message) is None:
            dialog = await self.desk.dialogs.open(turn.person, KIND, "file")
            await turn.say(esc(t.ASK_FILE), dialog)
            return
        await self._receive(turn)

    async def _take(self, turn: Turn, dialog: Dialog) -> None:
        if dialog.step == "sure":
            await turn.say(esc(t.PRESS_A_BUTTON))
        elif document_of(turn.message) is None:
            await turn.say(esc(t.ASK_FILE))
        else:
            await self._receive(turn)

    async def _receive(self, turn: Turn) -> None:
        document = document_of(turn.message)
        name = (document.file_name or "" if document else "").lower()
        ending = next((each for each in ENDINGS if name.endswith(each)), "")
        if not ending:
            await turn.say(esc(t.IMPORT_ENDING))
            return
        try:
            sent = await download(turn.message, interchange.MAX_BYTES)
            text, remark = await asyncio.to_thread(encodings.read, sent)  # seconds would be everybody's
            data = text.encode()
            file = await asyncio.to_thread(interchange.read, f"facts{ending}", data)
        except UnreadableError as error:
            await turn.say(esc(str(error)))
            return
        except KnowledgeError as error:
            await turn.say(esc(t.IMPORT_REFUSED.format(reason=_reason_of_file(error))))
            return
        difference = await self.teaching.store.import_facts(
            file, author=turn.author, at=datetime.now().astimezone(), dry_run=True
        )
        lines = [remark] if remark else []
        lines += _lines(difference)
        if difference.refused or not (difference.new or difference.changed):
            lines.append(t.IMPORT_MEND if difference.refused else t.IMPORT_NOTHING)
            await turn.say(esc(cut("\n".join(lines), 3800)))
            return
        dialog = await self.desk.dialogs.open(
            turn.person, KIND, "sure", ending=ending, file=base64.b64encode(data).decode()
        )
        count = len(difference.new) + len(difference.changed)
        buttons = [[(t.IMPORT_DO.format(count=count), "yes:"), (t.NO, "no:")]]
        await turn.say(esc(cut("\n".join(lines), 3800)), dialog, buttons)

    async def _press(self, turn: Turn, dialog: Dialog, verb: str, argument: str) -> None:
        if verb == "no":
            await self.desk.dialogs.close(dialog)
            await turn.turn_into(esc(t.CANCELLED))
        elif verb == "yes" and dialog.step == "sure":
            data = base64.b64decode(dialog.data["file"])
            file = await asyncio.to_thread(interchange.read, f"facts{dialog.data['ending']}", data)
            await self._carry_out(turn, dialog, file)

    async def _carry_out(self, turn: Turn, dialog: Dialog, file: FactFile) -> None:
        async def deed(store: Store, at: datetime) -> Difference | None:
            if not await self.desk.dialogs.close(dialog):
                return None
            return await store.import_facts(file, author=turn.author, at=at)

        try:
            done = await self.teaching.change(deed)
        except StorageError:
            raise
        except KnowledgeError as error:
            await turn.say(esc(t.IMPORT_REFUSED.format(reason=_reason_of_file(error))))
            return
        if done is not None:
            await turn.strip()
            counts = t.IMPORTED.format(new=len(done.new), changed=len(done.changed), same=len(done.same))
            await turn.say(esc(f"{counts} {t.UNDO_HINT}"))


def _write(path: Path, name: str, out: IO[bytes]) -> tuple[int, int]:
    """Write all facts stored at *path* to *out* in the format of *name*; return how many facts and bytes."""
    count = 0

    def counted() -> Iterator[Fact]:
        nonlocal count
        for fact in each(path):
            count += 1
            yield fact

    out.writelines(interchange.pieces(name, counted()))
    size = out.tell()
    out.seek(0)
    return count, size


def _lines(difference: Difference) -> list[str]:
    lines = [
        t.IMPORT_COUNTS.format(
            new=len(difference.new),
            changed=len(difference.changed),
            same=len(difference.same),
            refused=len(difference.refused),
        )
    ]
    lines += [t.IMPORT_NEW.format(line=n, text=cut(f.questions[0], 80)) for n, f in difference.new[:_LISTED]]
    lines += [
        t.IMPORT_CHANGED.format(line=n, id=f.id, text=cut(f.questions[0], 60), answer=cut(f.answer, 60))
        for n, f in difference.changed[:_LISTED]
    ]
    lines += [
        t.IMPORT_LINE.format(line=refusal.line, reason=refusals.reason(refusal.reason))
        for refusal in difference.refused[: 2 * _LISTED]
    ]
    return lines


def _reason_of_file(error: KnowledgeError) -> str:
    return refusals.reason(str(error).partition(": ")[2] or str(error))
