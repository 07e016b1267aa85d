"""Golden tables: what was asked, and whether a reply is right.

Owns the format of the tables and the judgement. Refuses to know how replies come about.

A table is a TSV: `id kind style after question must must_not` (and `documents` where several articles are
loaded). `must` and `must_not` hold regular expressions, separated by `;;`, searched in the reply's
lower-cased NFC text; an `@` word stands for something that can be said in many ways. `after` names the row
asked just before in the same chat.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from knowledge.model import AnswerKind

# A longer reply is a dump of the article, not an answer.
MAX_REPLY_CHARS = 600

# Kinds of questions that have an answer, and that have none. The others (smalltalk, injection, clarify) are
# only right or wrong.
KNOWN = frozenset(["answerable", "multi", "followup", "role_swap"])
UNKNOWN = frozenset(["not_in_article", "out_of_scope", "false_premise"])

_SAID = (
    "nêu|nói|ghi|đề cập|nhắc|cho biết|cung cấp|công bố|kể|viết|đưa ra|thấy|tìm|rõ|xác định|khẳng định|đúng"
    "|phải|thuộc|liên quan|nằm trong|trả lời|biết"
    "|có (?:thông tin|trong|chi tiết|dữ liệu|số liệu|nội dung|câu trả lời|danh sách)"
)
WORDINGS = {
    "@silent": (
        rf"\b(?:không|chưa|chẳng)\s+(?:hề\s+)?(?:{_SAID})\b"
        r"|\bchỉ (?:nêu|nói|ghi|cho biết|nhắc|trả lời|biết|giúp được|đề cập|kể)\b"
        r"|ngoài phạm vi|nằm ngoài|thực ra"
    ),
    "@greeting": r"\bchào\b",
    "@thanks": r"không có (?:gì|chi)|\bvui\b|c[ảá]m ơn|sẵn sàng",
    "@bye": r"tạm biệt|hẹn gặp",
    "@identity": r"\bbot\b|chương trình|trợ lý|tự động|\bmáy\b",
    "@abilities": r"/help|\bhỏi\b",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One question of a table and what a right reply says."""

    id: str
    kind: str
    style: str
    after: str
    question: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]
    documents: str = ""


def read_table(path: Path) -> list[Row]:
    """Read one golden table; a broken line raises ValueError that names the file and the line."""
    # No csv and no splitlines: questions hold quotes and odd line separators, as people paste them.
    header, *lines = path.read_bytes().decode("utf-8").removesuffix("\n").split("\n")
    names = header.split("\t")
    rows: list[Row] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, start=2):
        cells = line.split("\t")
        if len(cells) != len(names):
            raise ValueError(f"{path}:{number}: {len(cells)} cells instead of {len(names)}")
        named = dict(zip(names, cells, strict=True))
        row = Row(
            id=named["id"],
            kind=named["kind"],
            style=named["style"],
            after=named["after"],
            question=named["question"],
            must=_conditions(named["must"]),
            must_not=_conditions(named["must_not"]),
            documents=named.get("documents", ""),
        )
        if row.id in seen or not (row.must or row.must_not) or (row.after and row.after not in seen):
            raise ValueError(
                f"{path}:{number}: id is not new, nothing is demanded, or after is no earlier row"
            )
        seen.add(row.id)
        rows.append(row)
    return rows


def _conditions(cell: str) -> tuple[str, ...]:
    return tuple(c for c in unicodedata.normalize("NFC", cell).split(";;") if c)


def find_fault(row: Row, text: str, kind: AnswerKind, documents: Iterable[str] = ()) -> str:
    """Say what is wrong with the reply *text* to *row*, "" when nothing is.

    *documents* names the articles that the reply cites; only a row that demands one looks at them.
    """
    text = unicodedata.normalize("NFC", text).lower()
    if not text.strip():
        return "empty reply"
    if len(text) > MAX_REPLY_CHARS:
        return f"{len(text)} characters"
    for condition in row.must:
        if condition == "@clarify":
            if kind is not AnswerKind.CLARIFY:
                return "does not ask back"
        elif not re.search(WORDINGS.get(condition, condition), text):
            return f"lacks {condition}"
    for condition in row.must_not:
        if re.search(WORDINGS.get(condition, condition), text):
            return f"has {condition}"
    wanted = set(row.documents.split(",")) - {"", "?"}
    if row.kind in KNOWN and not wanted <= set(documents):
        return f"not from {row.documents}"
    return ""
