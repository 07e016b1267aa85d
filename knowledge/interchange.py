"""Facts as files: JSONL and CSV, there and back without loss, and what a file would change.

Owns the two formats, their limits, and the comparison of a file with a store. Refuses to know how facts
are stored; `store.Store.import_facts` carries out what `compare` finds.

A file carries questions, answer, quote and source. The source of a fact that belongs to an article begins
with the article's name, so that the fact finds its place again wherever that article is loaded.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path, PurePath
from typing import Any, TextIO

from knowledge.errors import FactFileError, InputError
from knowledge.intake import bind, clean_fact, decode, encoding_of, written_source
from knowledge.model import Fact
from knowledge.records import dataclass, replace

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 5000
FIELDS = ("questions", "answer", "quote", "source")
# What a spreadsheet would run as a formula (OWASP ASVS 1.2.10), and the mark that disarms it.
_MARK = "'"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", _MARK)
# A spreadsheet whose region parts columns by ";" begins a cell within ours there, and at a line's end. A dash
# and a space open an item of a list.
_INNER = r"(?=[=+@]|-(?! ))"
_TO_DISARM = re.compile(rf"(?<=[;\t\r\n])({_MARK}*){_INNER}")
_TO_ARM = re.compile(rf"(?<=[;\t\r\n]){_MARK}({_MARK}*){_INNER}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that cannot be taken, counted from 1, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class FactFile:
    """What a file holds: facts with their lines, their written source not yet bound to an article."""

    facts: tuple[tuple[int, Fact], ...]
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What a file would do to a store. Each new, changed or same fact comes with its line.

    A changed fact is given as it will be, with its id; `same` gives the ids of facts that stay.
    """

    new: tuple[tuple[int, Fact], ...] = ()
    changed: tuple[tuple[int, Fact], ...] = ()
    same: tuple[tuple[int, int], ...] = ()
    refused: tuple[Refusal, ...] = ()


Item = tuple[int, Fact | Refusal]  # a line of a file, counted from 1, and what stands there


def read(name: str, data: bytes, *, capped: bool = True) -> FactFile:
    """Read the bytes of a facts file called *name*, which must end in .jsonl or .csv.

    Lines that cannot be taken are listed in the result. Raises FactFileError when the whole cannot be:
    another ending, not UTF-8 or UTF-16, no proper CSV header, or, when it is *capped* as all that comes
    by chat, larger than MAX_BYTES or MAX_ROWS.
    """
    _reader(name)
    if capped and len(data) > MAX_BYTES:
        raise FactFileError(f"{name}: larger than {MAX_BYTES // 1024**2} MiB; split the file")
    facts: list[tuple[int, Fact]] = []
    refused: list[Refusal] = []
    with _named(name):
        for count, (line, item) in enumerate(_items(name, io.StringIO(decode(data), newline="")), start=1):
            if capped and count > MAX_ROWS:
                raise InputError(f"more than {MAX_ROWS} facts; split the file")
            if isinstance(item, Refusal):
                refused.append(item)
            else:
                facts.append((line, item))
    return FactFile(tuple(facts), tuple(refused))


def scan(path: Path) -> Iterator[Item]:
    """Yield what the lines of a facts file of any size hold, a line at a time; raises as `read` does."""
    with _named(str(path)):
        try:
            with path.open("rb") as file:
                encoding = encoding_of(file.read(3))
            with path.open(encoding=encoding, newline="") as file:
                yield from _items(str(path), file)
        except UnicodeDecodeError:
            decode(path.read_bytes())  # names the line
            raise
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}") from error


@contextmanager
def _named(name: str) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise FactFileError(f"{name}: {error}") from error


def _items(name: str, text: TextIO) -> Iterator[Item]:
    for line, item in _reader(name)(text):
        try:
            yield line, clean_fact(_fact(item))
        except InputError as error:
            yield line, Refusal(line, str(error))


def _reader(name: str) -> Callable[[TextIO], Iterator[tuple[int, dict[str, Any] | str]]]:
    readers = {".jsonl": _read_jsonl, ".csv": _read_csv}
    reader = readers.get(PurePath(name).suffix.lower())
    if reader is None:
        raise FactFileError(f"{name}: facts come as .jsonl or .csv; rename or convert the file")
    return reader


def write(name: str, facts: Iterable[Fact]) -> bytes:
    """Return *facts* as the bytes of a file called *name*, which must end in .jsonl or .csv."""
    return b"".join(pieces(name, facts))


def pieces(name: str, facts: Iterable[Fact]) -> Iterator[bytes]:
    """Yield what `write` returns, a fact at a time."""
    match PurePath(name).suffix.lower():
        case ".jsonl":
            return (_json_line(fact).encode() for fact in facts)
        case ".csv":
            rows = ([_disarmed(text) for text in _texts(fact)] for fact in facts)
            return _csv_lines(chain([FIELDS], rows))
    raise FactFileError(f"{name}: facts go into .jsonl or .csv; choose one of these endings")


def _texts(fact: Fact) -> tuple[str, ...]:
    return "\n".join(fact.questions), fact.answer, fact.quote, written_source(fact)


def _csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    yield codecs.BOM_UTF8  # without the mark Excel takes it for Windows-1252
    for row in rows:
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\r\n").writerow(row)
        yield out.getvalue().encode()


def compare(file: FactFile, stored: Sequence[Fact], texts: Mapping[str, str]) -> Difference:
    """Say what *file* would do to the *stored* facts; *texts* are the stored articles by name.

    A line that equals a fact leaves it as it is. Else it changes the fact with the same first question, if
    there is one, and is new if there is none. Facts that the file does not name stay.
    """
    rest = {fact.id: fact for fact in stored}
    left = list(file.facts)
    same: list[tuple[int, int]] = []
    seen: dict[tuple[object, ...], int] = {}
    for form in (_form, lambda fact: _bound_form(fact, texts)):
        by_form = defaultdict(list)
        for fact in reversed(rest.values()):
            by_form[form(fact)].append(fact.id)
        others = []
        for line, fact in left:
            if ids := by_form[form(fact)]:
                same.append((line, ids[-1]))
                seen[_bound_form(fact, texts)] = line
                del rest[ids.pop()]
            else:
                others.append((line, fact))
        left = others
    lines: list[tuple[int, Fact]] = []
    refused = list(file.refused)
    for line, fact in left:
        try:
            if (twin := seen.setdefault(_bound_form(fact, texts), line)) != line:
                raise InputError(f"the same as line {twin}; remove one")
            lines.append((line, bind(fact, texts)))
        except InputError as error:
            refused.append(Refusal(line, str(error)))
    new, changed, ambiguous = _paired(lines, rest.values(), texts)
    refused += ambiguous
    return Difference(
        tuple(new), tuple(changed), tuple(sorted(same)), tuple(sorted(refused, key=lambda r: r.line))
    )


def _paired(
    lines: Iterable[tuple[int, Fact]], facts: Iterable[Fact], texts: Mapping[str, str]
) -> tuple[list[tuple[int, Fact]], list[tuple[int, Fact]], list[Refusal]]:
    """Pair each line with the fact that it changes: same first question, and no other article."""
    by_question: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_question[fact.questions[0].casefold()].append(fact)
    new, changed, refused = [], [], []
    taken: dict[int, int] = {}
    for line, fact in lines:
        candidates = [
            old
            for old in by_question[fact.questions[0].casefold()]
            if fact.document in ("", old.document) or not old.document
        ]
        if not candidates:
            new.append((line, fact))
        elif len(candidates) > 1:
            ids = ", ".join(f"#{old.id}" for old in candidates)
            refused.append(Refusal(line, f"facts {ids} all begin with this question; change them by number"))
        elif (old := candidates[0]).id in taken:
            refused.append(Refusal(line, f"line {taken[old.id]} already changes #{old.id}; remove one"))
        else:
            taken[old.id] = line
            document = fact.document or old.document
            if fact.quote not in texts.get(document, fact.quote):
                reason = f"the quote does not stand in the article “{document}”; copy it exactly"
                refused.append(Refusal(line, reason))
                continue
            texts_changed = {name: getattr(fact, name) for name in FIELDS}
            changed.append((line, replace(old, document=document, **texts_changed)))
    return new, changed, refused


def _form(fact: Fact) -> tuple[object, ...]:
    return fact.questions, fact.answer, fact.quote, written_source(fact)


def _bound_form(fact: Fact, texts: Mapping[str, str]) -> tuple[object, ...]:
    try:
        return _form(bind(replace(fact, document="", source=written_source(fact)), texts))
    except InputError:
        return _form(fact)


def _fact(item: dict[str, Any] | str) -> Fact:
    if isinstance(item, str):
        raise InputError(item)
    unknown = sorted(set(item) - set(FIELDS))
    if unknown:
        raise InputError(f"“{unknown[0][:50]}” is no field of a fact; the fields are {', '.join(FIELDS)}")
    questions = item.get("questions")
    if not isinstance(questions, list) or not all(isinstance(question, str) for question in questions):
        raise InputError("questions: a list of texts is needed")
    texts = {name: item.get(name, "") for name in FIELDS[1:]}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise InputError(f"{name}: a text is needed")
    return Fact(id=0, questions=tuple(questions), **texts)


def _json_line(fact: Fact) -> str:
    item = {"questions": fact.questions, "answer": fact.answer}
    optional = {"quote": fact.quote, "source": written_source(fact)}
    return json.dumps(item | {k: v for k, v in optional.items() if v}, ensure_ascii=False) + "\n"


def _read_jsonl(text: TextIO) -> Iterator[tuple[int, dict[str, Any] | str]]:
    for line, body in enumerate(_bodies(text), start=1):
        if not body.strip():
            continue
        try:
            item = json.loads(body, object_pairs_hook=_unique)
        except InputError as error:
            yield line, str(error)
        except (ValueError, RecursionError):
            yield line, 'not JSON; a line looks like {"questions": ["…"], "answer": "…"}'
        else:
            yield line, item if isinstance(item, dict) else "not a JSON object"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    item = dict(pairs)
    if len(item) < len(pairs):
        raise InputError("a field is given twice; keep one")
    return item


def _checked(text: TextIO) -> Iterator[str]:
    """Yield *text* line by line, however they end; raises InputError at a NUL."""
    line = 1
    for part in text:
        if "\0" in part:
            raise InputError(f"line {line}: holds a NUL character; save the file as UTF-8 text and try again")
        line += part.endswith("\n")
        yield part


def _bodies(text: TextIO) -> Iterator[str]:
    """Yield the lines of *text*, which only "\\n" ends."""
    body = ""
    for part in _checked(text):
        body += part
        if part.endswith("\n"):
            yield body
            body = ""
    yield body


def _read_csv(text: TextIO) -> Iterator[tuple[int, dict[str, Any] | str]]:
    parts = _checked(text)
    first = next(parts, "")
    delimiter = max(",;\t", key=first.count)  # Excel writes what the computer's region asks for
    rows = csv.reader(chain((first,), parts), delimiter=delimiter, strict=True)
    line = 1
    header: list[str] = []
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise InputError(f"line {line}: not proper CSV ({error})") from error
        if row is None:
            return
        if not header:
            header = [name.strip().lower() for name in row]
            _check_header(header)
        elif any(cell.strip() for cell in row):
            if len(row) != len(header):
                yield line, f"{len(row)} columns where the header has {len(header)}"
            else:
                cells = dict(zip(header, map(_armed, row), strict=True))
                lines = cells["questions"].replace("\r", "\n").split("\n")
                yield line, {**cells, "questions": [question for question in lines if question.strip()]}
        line = rows.line_num + 1


def _check_header(header: list[str]) -> None:
    if len(set(header)) < len(header) or not {"questions", "answer"} <= set(header) <= set(FIELDS):
        raise InputError(
            "line 1: the header must name questions and answer, and may name quote and source, once each"
        )


def _disarmed(text: str) -> str:
    text = _TO_DISARM.sub(rf"\1{_MARK}", text)
    return _MARK + text if text.startswith(_DANGEROUS) else text


def _armed(text: str) -> str:
    text = text[1:] if text.startswith(_MARK) and text[1:].startswith(_DANGEROUS) else text
    return _TO_ARM.sub(r"\1", text)
