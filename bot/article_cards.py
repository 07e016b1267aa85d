"""An article as an admin sees it before it is loaded: what is in it, and what a new version changes.

Owns the comparison of versions and the names of articles. Refuses to know storage and buttons.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from bot import texts_admin as t
from bot.replies import cut, esc
from knowledge.model import Document, MentionKind
from knowledge.syllables import fold

ALIKE = 0.5  # share of common sentences from which on a text is a version of a loaded article
_LISTED = 8
_FIGURES = (MentionKind.COUNT, MentionKind.PERCENT, MentionKind.MONEY)
_DATES = (MentionKind.DATE, MentionKind.PERIOD, MentionKind.YEAR)


def summary(document: Document, remark: str) -> str:
    """Return what was found in *document*, and *remark* about how it was read."""

    def count(*kinds: MentionKind) -> int:
        return len({m.text for s in document.sentences for m in s.mentions if m.kind in kinds})

    lines = [
        f"<b>{esc(cut(document.title, 300))}</b>",
        esc(", ".join(filter(None, (document.publisher, document.printed_date)))),
        esc(
            t.ARTICLE_FOUND.format(
                sentences=len(document.sentences),
                people=count(MentionKind.PERSON),
                dates=count(*_DATES),
                figures=count(*_FIGURES),
            )
        ),
        esc(remark),
    ]
    return "\n".join(line for line in lines if line)


def changes(before: Document, after: Document) -> str:
    """Return the sentences that a new version drops and adds, wherever they stand."""
    old, new = ([s.text for s in d.sentences] for d in (before, after))
    gone, come = _without(old, new), _without(new, old)
    lines = ["", esc(t.ARTICLE_CHANGED.format(title=cut(before.title, 200), gone=len(gone), come=len(come)))]
    lines += [f"➖ <s>{esc(cut(text, 180))}</s>" for text in gone[:_LISTED]]
    lines += [f"➕ {esc(cut(text, 180))}" for text in come[:_LISTED]]
    return "\n".join(lines)


def _without(sentences: list[str], others: list[str]) -> list[str]:
    """Return those of *sentences* that *others* lack, in their order; one said twice counts twice."""
    left, rest = Counter(others), []
    for sentence in sentences:
        if left[sentence]:
            left[sentence] -= 1
        else:
            rest.append(sentence)
    return rest


def is_version(stored: Document, document: Document) -> bool:
    """Tell whether *document* is a version of *stored*: half of the sentences are the same."""
    old, new = ({s.text for s in d.sentences} for d in (stored, document))
    return len(old & new) >= ALIKE * max(1, min(len(old), len(new)))


def slug(title: str) -> str:
    """Return *title* as the name of an article: ASCII words and dashes."""
    plain = fold(unicodedata.normalize("NFC", title).lower())
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-") or "bai"


def free_name(name: str, taken: set[str]) -> str:
    """Return *name*, numbered when it is taken."""
    numbered = (name if n == 1 else f"{name}-{n}" for n in range(1, len(taken) + 2))
    return next(each for each in numbered if each not in taken)
