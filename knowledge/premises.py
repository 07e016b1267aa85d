"""What is known of the people in the articles, and whether a question takes something else for granted.

Owns the comparison of an office or rank beside a name with what the articles print beside it. Refuses to
word the correction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import NamedTuple

from knowledge.index import Index
from knowledge.model import Document, MentionKind, Sentence
from knowledge.units import Analysis, Unit

# What may stand between a name and the office that a question gives it ("ông A có phải là giám đốc").
_LINKS = frozenset(
    ["la", "lam", "giu", "chuc", "vu", "co", "phai", "dung", "dang", "von", "tinh", "ban", "thanh"]
)
_RANK_LINKS = _LINKS | {"mang", "deo", "ham", "quan", "cap", "bac"}
# … and between a name and the body that somebody is said to be of ("ông A là người của bên công an").
_BELONGS = frozenset(["la", "ben", "cua", "thuoc", "phia", "o"])
_BODY_LINKS = (
    _LINKS | _BELONGS | {"nguoi", "viec", "cong", "tac", "trong", "can", "bo", "sep", "lanh", "dao", "nganh"}
)
_PLAIN = frozenset(["s:nguoi", "w:can bo", "w:lanh dao", "s:sep", "w:cong tac", "w:lam viec"])
_WHETHER = frozenset(["yes_no"])
_CHOICE = "hay"
_WHO_ELSE = frozenset(["person", "organisation", "list_names", "thing", "yes_no"])
_WHICH, _OTHER, _ALSO, _MORE = frozenset(["ai", "nao"]), "khac", "cung", "nua"
_PROVINCE = "tinh"
_DEEDS = frozenset(f"c:{c}" for c in ("sign", "hand_over", "reward", "commend", "chair", "speak"))
_ALIKE = (frozenset(["c:reward", "c:commend"]),)
_HEAD, _DEPUTY = "c:head", "c:deputy"
_PHO = "phó "


class Standing(NamedTuple):
    """A person's offices and ranks as one sentence prints them."""

    name: str
    detail: str
    ids: frozenset[str]
    document: Document
    sentence: Sentence


class Untold(NamedTuple):
    """Somebody, by name and by office with its body, and deeds that no sentence tells of them; all as ids."""

    name: str
    office: frozenset[str]
    deeds: frozenset[str]

    def is_taught(self, ids: Collection[str]) -> bool:
        """Tell whether a way of asking with *ids* speaks of just that."""
        of_them = self.name in ids or (len(self.office) > 1 and all(i in ids for i in self.office))
        return of_them and any(i in ids for i in self.deeds)


class People:
    """Everyone whose office or rank the articles print."""

    def __init__(self, index: Index) -> None:
        """Read what stands beside each name; what also names somebody else is left out."""
        self._standings: dict[str, list[Standing]] = {}
        names = {
            m.text
            for e in index.sentences
            for m in e.sentence.mentions
            if m.kind is MentionKind.PERSON and " " in m.text
        }
        for entry in index.sentences:
            for mention in entry.sentence.mentions:
                if mention.kind is not MentionKind.PERSON or not mention.detail or mention.text not in names:
                    continue
                if any(n in mention.detail for n in names):
                    continue
                ids = frozenset(i for u in index.read(mention.detail).units for i in u.ids if i[0] in "orc")
                standing = Standing(mention.text, mention.detail, ids, entry.document, entry.sentence)
                self._standings.setdefault(f"p:{mention.text}", []).append(standing)
        self._index = index
        self._bodies = frozenset(i for s in self._all() for i in s.ids if i[0] == "c")

    def _all(self) -> Iterable[Standing]:
        return (s for standings in self._standings.values() for s in standings)

    def lacks_body(self, question: Analysis) -> bool:
        """Tell whether *question* names an office, but neither whose nor of what ("chủ tịch tỉnh" does)."""
        after = [
            t.fold for u in question.units if u.kind == "office" for t in question.tokens[u.end : u.end + 1]
        ]
        return (
            bool(question.offices)
            and not question.people
            and _PROVINCE not in after
            and not any(u.ids & self._bodies for u in question.units if u.kind == "concept")
        )

    def holders(self, question: Analysis) -> list[Standing]:
        """Return who holds the office when *question* names nothing but it, each once, as printed first."""
        if not self.lacks_body(question) or any(u.kind != "office" and not u.light for u in question.units):
            return []
        found: dict[str, Standing] = {}
        for standing in self._all():
            if question.offices & standing.ids:
                found.setdefault(standing.name, standing)
        return list(found.values())

    def is_office_alone(self, question: Analysis) -> bool:
        """Tell whether *question* is no more than an office with its body: "phó chủ tịch mặt trận tỉnh"."""
        return bool(question.offices) and all(
            u.kind == "office" or u.light or u.ids & self._bodies or u.folds == (_PROVINCE,)
            for u in question.units
        )

    def office_meant(self, rank: Unit, bodies: Iterable[Unit]) -> str:
        """Return the office that *rank*, "cấp phó" or "người đứng đầu", is in one of *bodies*; "" if unknown.

        It is told by who is printed there, the other rank too: who has a "phó chủ tịch" has a "chủ tịch".
        """
        deputy = _DEPUTY in rank.ids
        if not deputy and _HEAD not in rank.ids:
            return ""
        named = frozenset(i for body in bodies for i in body.ids if i in self._bodies)
        chiefs = {
            i.removeprefix("o:").removeprefix(_PHO)
            for s in self._all()
            if named & s.ids
            for i in s.ids
            if i[0] == "o"
        }
        return (_PHO if deputy else "") + chiefs.pop() if len(chiefs) == 1 else ""

    def untold(self, question: Analysis) -> Untold | None:
        """Return somebody and the deeds that *question* gives them and no sentence of an article does.

        None when nothing speaks against it, or when it names nobody or more than one.
        """
        deeds = frozenset(i for u in question.units for i in u.ids if i in _DEEDS)
        if not deeds or any(t.fold == _CHOICE for t in question.tokens):
            return None
        bodies = {i for u in question.units if u.kind == "concept" for i in u.ids if i in self._bodies}
        known = [s for s in self._all() if question.people == {f"p:{s.name}"}]
        if not question.people and len(question.offices) == 1:
            known = [s for s in self._all() if question.offices <= s.ids and bodies & s.ids]
        if len({s.name for s in known}) != 1:
            return None
        name = f"p:{known[0].name}"
        telling = {n for _, sentences in self._index.sentence_postings.get(name) for n in sentences}
        told = {i for n in telling for i in self._index.sentences[n].profile.ids if i in _DEEDS}
        told |= {other for pair in _ALIKE for other in pair if pair & told}
        return None if deeds & told else Untold(name, question.offices | bodies, deeds)

    def is_only_told(self, question: Analysis, answer: Analysis) -> bool:
        """Tell whether *answer* names nobody but those whom *question* leaves aside, asking who else.

        "ngoài ông A còn ai ký", "tỉnh nào khác cũng ký".
        """
        if not question.types <= _WHO_ELSE:
            return False
        bodies = {i for u in answer.units for i in u.ids if i in self._bodies}
        own = {i for s in self._all() if f"p:{s.name}" in answer.people for i in s.ids}
        told = answer.people | (bodies - own)
        folds = [t.fold for t in question.tokens]
        others = any(a in _WHICH and b == _OTHER for a, b in pairwise(folds))
        if not question.excepted:
            return bool(told) and others and (_ALSO in folds or (len(answer.people) == 1 and _MORE in folds))
        held = {f"p:{s.name}" for s in self._all() if self._is_left_aside(question, s)}
        return bool(told) and told <= question.excepted | held

    def _is_left_aside(self, question: Analysis, person: Standing) -> bool:
        """Tell whether *question* leaves aside *person* by the office and its body."""
        offices = {i for i in question.excepted if i[0] == "o"}
        return bool(offices & person.ids) and bool(self._bodies & question.excepted & person.ids)

    def mistaken(self, question: Analysis) -> Standing | None:
        """Return what is printed of a person to whom *question* gives another office or rank, else None."""
        choice = any(t.fold == _CHOICE for t in question.tokens)
        for at, unit in enumerate(question.units):
            people = [i for i in unit.ids if i.startswith("p:")]
            known = self._standings.get(people[0], []) if len(people) == 1 else []
            if not known:
                continue
            ids = frozenset().union(*(s.ids for s in known))
            ranks = {i for i in unit.ids if i.startswith("r:")}
            if ranks - ids:
                return known[0]
            if not choice and any(r.ids.isdisjoint(ids) for r in _ranks_given(question, at)):
                return known[0]
            if not choice and any(self._is_other(claim, ids) for claim in _claims(question, at)):
                return known[0]
            if not choice and question.types <= _WHETHER and self._is_of_other_body(question, at, ids):
                return known[0]
        return None

    def _is_of_other_body(self, question: Analysis, at: int, ids: frozenset[str]) -> bool:
        """Tell whether the person at *at*, of whom *ids* are printed, is said to be of another body.

        "ông A là người bên công an à"; an office that the body belongs to is another matter.
        """
        person, body = question.units[at], next(iter(question.units[at + 1 :]), None)
        if body is not None and body.ids & _PLAIN:
            body = next(iter(question.units[at + 2 :]), None)
        if body is None or body.kind != "concept" or not body.ids & self._bodies or body.ids & ids:
            return False
        between = [t.fold for t in question.tokens[person.end : body.start]]
        within = [*between, *body.folds]
        return all(f in _BODY_LINKS for f in between) and not _BELONGS.isdisjoint(within)

    def _is_other(self, claim: tuple[Unit, Unit | None], ids: frozenset[str]) -> bool:
        office, body = claim
        offices = {i for i in office.ids if i[0] == "o"}
        if offices and not offices & ids:
            return True
        return body is not None and bool(body.ids & self._bodies) and not body.ids & ids


def _ranks_given(question: Analysis, at: int) -> Iterable[Unit]:
    """Yield the rank that the question says the person at *at* has ("ông A là thiếu tướng à")."""
    person = question.units[at]
    for unit in question.units[at + 1 :]:
        between = question.tokens[person.end : unit.start]
        if any(i[0] == "r" for i in unit.ids) and between and all(t.fold in _RANK_LINKS for t in between):
            yield unit


def _claims(question: Analysis, at: int) -> Iterable[tuple[Unit, Unit | None]]:
    """Yield the offices given to the person at *at*, each with the body that follows it."""
    units = question.units
    person = units[at]
    for n, office in enumerate(units):
        if office.kind != "office":
            continue
        body = units[n + 1] if n + 1 < len(units) and units[n + 1].kind == "concept" else None
        body = body if body and body.start - office.end <= 1 else None
        if office.end <= person.start:
            end = body.end if body and body.end <= person.start else office.end
            between = question.tokens[end : person.start]
            linked = n + 1 == at or (body is not None and n + 2 == at)
        else:
            between = question.tokens[person.end : office.start]
            linked = n == at + 1
        if linked and all(t.fold in _LINKS for t in between):
            yield office, body
