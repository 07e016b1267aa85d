"""The product's own search behind a pipe, for the public reading questions: `python -m tests.retrieval`.

Speaks one JSON object a line each way: `load` a store of sentences (or known questions), `ask` it, `drop` it.
Owns the translation only; ranking, confidence and the decision to answer are `knowledge`'s.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from knowledge.confidence import confidence, is_enough
from knowledge.index import Index
from knowledge.lexicon import Lexicon
from knowledge.matcher import rank_facts
from knowledge.mentions import MentionFinder
from knowledge.model import Document, Fact, Sentence
from knowledge.passages import rank_sentences
from knowledge.verdict import FACT_THRESHOLD, threshold_for
from tests.reading import read

LEXICON = Path(__file__).resolve().parent.parent / "seeds" / "lexicon"
MAX_HITS = 10


class Store:
    """One loaded store: sentences become an article, known questions become facts."""

    def __init__(self, rows: Sequence[dict[str, Any]], lexicon: Lexicon, finder: MentionFinder) -> None:
        self._sentence_ids = [r["id"] for r in rows if r.get("kind") != "question"]
        self._fact_ids = [r["id"] for r in rows if r.get("kind") == "question"]
        said = [r for r in rows if r.get("kind") != "question"]
        facts = [
            Fact(n, (r["text"],), r.get("answer", r["text"]))
            for n, r in enumerate(r for r in rows if r.get("kind") == "question")
        ]
        self.index = Index([_article(said, finder)] if said else [], facts, lexicon)

    def ask(self, text: str) -> dict[str, Any]:
        """Return the hits, best first, the confidence (0-1), and whether the bot would answer."""
        index = self.index
        question = read(text, index)
        sentences = rank_sentences(question, index, limit=MAX_HITS)
        facts = rank_facts(question, index, limit=MAX_HITS) if self._fact_ids else []
        if facts and facts[0].score >= FACT_THRESHOLD:
            hits = [(self._fact_ids[c.entry.fact.id], c.score) for c in facts]
            sure, answered = facts[0].score, True
        else:
            hits = [(self._sentence_ids[c.entry.position], c.score) for c in sentences]
            sure = confidence(question, sentences, index)
            answered = is_enough(sentences, sure, threshold_for(sentences))
        return {
            "hits": [{"id": i, "score": s} for i, s in hits],
            "confidence": sure,
            "answered": answered,
        }


def _article(rows: Sequence[dict[str, Any]], finder: MentionFinder) -> Document:
    paragraphs: dict[object, int] = {}
    sentences = []
    start = 0
    for row in rows:
        text = unicodedata.normalize("NFC", row["text"])
        paragraph = paragraphs.setdefault(row.get("par"), len(paragraphs))
        sentences.append(Sentence(paragraph, start, start + len(text), text, finder.find(text)))
        start += len(text) + 1
    text = "\n".join(s.text for s in sentences)
    return Document("store", "", "", "", text, "", tuple(sentences))


def serve(lines: Iterable[str]) -> Iterable[dict[str, Any]]:
    """Answer each request line with one object; an unknown operation with an error."""
    lexicon = Lexicon.load(LEXICON)
    finder = MentionFinder(lexicon)
    stores: dict[str, Store] = {}
    for line in lines:
        request = json.loads(line)
        match request["op"]:
            case "load":
                stores[request["store"]] = Store(request["facts"], lexicon, finder)
                yield {"ok": True}
            case "ask":
                yield stores[request["store"]].ask(request["text"])
            case "drop":
                stores.pop(request["store"], None)
                yield {"ok": True}
            case other:
                yield {"error": f"no operation {other!r}"}


def main() -> None:
    """Serve standard input until it ends."""
    for reply in serve(sys.stdin):
        sys.stdout.write(json.dumps(reply, ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
