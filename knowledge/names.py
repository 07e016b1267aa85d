"""Find the people a Vietnamese sentence names, each with the rank and office beside the name.

Owns what a name looks like in a newspaper (surname first, highland names, initials in place of a name) and
where its office stands. Refuses to know every other kind of mention, and who is who.
"""

from __future__ import annotations

import re

from knowledge.lexicon import Lexicon
from knowledge.model import Mention, MentionKind
from knowledge.syllables import is_syllable

UPPER = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
LOWER = UPPER.lower()
CAP = rf"(?:[{UPPER}]{{2,}}|[{UPPER}][{LOWER}]*)(?![{UPPER}{LOWER}])"
MAX_REACH = 200  # how far around a name its rank and office are looked for, in code points
# A middle name that only people have: "Cà Thị Lả", whose surname no list holds.
_MIDDLE = re.compile(rf"(?<![{UPPER}{LOWER}]){CAP}\s+(?:Thị|Văn|A)\s+{CAP}(?:\s+{CAP})?")
# "H'Bia Mlô", "Nay H'Lan", "K'Brớm": the mark stands between the sign of man or woman and the name; and
# "Y Khiêm Niê", where there is none.
_HIGHLAND = re.compile(
    rf"(?<![{UPPER}{LOWER}])(?:(?:{CAP}\s+)?[HKYM]['’ʼ]{CAP}(?:\s+{CAP})*|Y\s+{CAP}(?:\s+{CAP}){{1,2}})"
)
_PERSONAL = re.compile(r"(?i)(?<!\w)(?:ông|bà|anh|chị|em|cô|chú|bác|cụ|thầy|cháu|bé)\s+$")
# What ends an office printed after a name.
_OFFICE_END = re.compile(
    r"\s[-–]\s|[,;.()]|\s+(?:cho|đã|sẽ|ký|trao|tặng|đến|phát|yêu|giảng|nói|khen|điều|dự|cùng|được)\b"
    r"|\s+và\s+(?:ông|bà|anh|chị)\b"
)
# A body's own commas and dashes ("Sở Văn hóa, Thể thao và Du lịch") end nothing.
_GLUED = {ord(","): "\ue000", ord("-"): "\ue001", ord("–"): "\ue002"}
_LOOSE = {0xE000: ",", 0xE001: "-", 0xE002: "–"}
_INITIALS = rf"(?:[{UPPER}]\.){{1,4}}(?:[{UPPER}](?![{UPPER}{LOWER}]))?"
# Between dashes a name bears all the offices of a list: "- Hiệu trưởng nhà trường, Trưởng ban Giám khảo -".
_BETWEEN_DASHES = re.compile(r"\s*[-–]\s+([^;.()]+?)\s+[-–]\s")
_ELECTED = re.compile(r"(?i),\s+được\s+bầu\s+(?:giữ\s+chức|làm)(?:\s+vụ)?\s+")
_SERVES_AS = re.compile(r"(?i)\s[-–,]?\s*(?:làm|giữ chức(?:\s+vụ)?)\s+(?!việc)")


def either(words: tuple[str, ...]) -> str:
    """Return a pattern for any of *words*, the longest first, with any space between their syllables."""
    return "|".join(
        sorted((r"\s+".join(map(re.escape, w.split())) for w in set(words)), key=len, reverse=True)
    )


class NameFinder:
    """Finds people with the titles, surnames and heads of one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile the patterns."""
        self._ranks = lexicon.ranks + lexicon.academic
        leads = either(lexicon.honorifics + self._ranks)
        surnames = "|".join(
            sorted(
                (re.escape(s.capitalize()) for s in lexicon.surnames - set(lexicon.honorifics)),
                key=len,
                reverse=True,
            )
        )
        self._name = re.compile(rf"\b(?:{surnames})(?:\s+{CAP}){{1,4}}\b")
        self._ends_in_name = re.compile(rf"{self._name.pattern}\s*[,(–-]\s*$")
        self._honoured = re.compile(rf"\b(?i:{leads})\s+({_INITIALS}|{CAP}(?:\s+{CAP}){{0,4}})")
        self._lead = re.compile(rf"(?i:{leads})\s+")
        self._before = re.compile(rf"(?:(?:{leads})\.?,?\s+)+$", re.IGNORECASE)
        self._office = re.compile(rf"\b(?:{either(lexicon.offices)})\b", re.IGNORECASE)
        self._titled = re.compile(
            rf"\b(?i:{either(lexicon.offices)})\s+({CAP}(?:\s+{CAP}){{1,3}})(?!\s+[{LOWER}]+\s+{CAP})"
        )
        heads = either(tuple(set(lexicon.place_heads) | set(lexicon.organisation_heads)))
        self._surnames = lexicon.surnames
        self._compound = re.compile(rf"(?i:{either(lexicon.compound_bodies)})")
        self._heads = re.compile(rf"(?i:{heads})(?![{UPPER}{LOWER}])")
        self._listed_place = re.compile(  # "các huyện Hương Sơn, Cam Thạch và …"
            rf"(?i:(?<!\w)(?:các|hai|ba|bốn|năm|\d+)\s+(?:{either(lexicon.place_heads)}))\s+"
            rf"(?:{CAP}(?:\s+{CAP})*(?:,\s+|\s+và\s+))+$"
        )
        self._named_place = re.compile(rf"(?i:(?<!\w)(?:{heads}))\s+$")

    def find(self, text: str) -> list[Mention]:
        """Return the people named in *text*, by position, with rank and office in `detail`."""
        spans: dict[int, int] = {}
        for m in self._name.finditer(text):
            spans[m.start()] = m.end()
        for pattern in (_MIDDLE, _HIGHLAND):
            for m in pattern.finditer(text):
                led = self._lead.match(m[0])
                start = m.start() + (led.end() if led else 0)
                if not any(s < m.end() and start < e for s, e in spans.items()):
                    spans[start] = m.end()
        for pattern in (self._honoured, self._titled):
            for m in pattern.finditer(text):
                free = not any(s < m.end(1) and m.start(1) < e for s, e in spans.items())
                brand = pattern is self._titled and not all(is_syllable(w.lower()) for w in m[1].split())
                if m[1][0].isupper() and free and not brand:
                    spans[m.start(1)] = m.end(1)
        out: list[Mention] = []
        for start, end in sorted(spans.items()):
            if out and start < out[-1].end:
                continue
            name = text[start:end]
            first = name.split()[0].lower()
            if self._office.match(text, start):
                continue
            if self._listed_place.search(text, max(0, start - MAX_REACH), start):
                continue
            if self._named_place.search(text, max(0, start - MAX_REACH), start) and (
                len(name.split()) < 3 or not self._office.search(text, max(0, start - 80), start)
            ):
                continue  # "huyện Trà Vân", but not "Phó Chủ tịch UBND tỉnh Hồ Quang Bửu"
            head = self._heads.match(text, start)
            somebody = _PERSONAL.search(text, max(0, start - 12), start) and " " in name
            if head and not somebody and not (head[0].lower() in self._surnames and _is_spelled_out(name)):
                continue  # "Đoàn Thanh niên", but not "Đoàn Văn Hải", nor "chị Đường Thị Hoài"
            if len(name.split()) == 1 and first in ("công", "ban", "hội", "sở"):
                continue
            out.append(Mention(MentionKind.PERSON, start, end, name, self._office_of(text, start, end)))
        return out

    def _names_somebody(self, office: str) -> bool:
        """Tell whether what was taken for an office goes on with a name; "Đoàn Thanh niên" is none."""
        return any(not self._heads.match(office, m.start()) for m in self._name.finditer(office))

    def _office_of(self, text: str, start: int, end: int) -> str:
        """Return "rank; office" found around a name; either may be empty."""
        text = self._compound.sub(lambda m: m[0].translate(_GLUED), text)
        before, after = text[max(0, start - MAX_REACH) : start], text[end : end + MAX_REACH]
        rank = ""
        lead = self._before.search(before)
        if lead:
            found = [r for r in self._ranks if re.search(rf"(?i)\b{re.escape(r)}\b", lead[0])]
            rank = max(found, key=len).capitalize() if found else ""
            before = before[: lead.start()]
        office, offices = "", list[str]()
        apposed = re.match(
            r"\s*(?:[-–,]|\(|,?\s+làm\b|,?\s+giữ chức(?:\s+vụ)?\b"
            r"|,?\s+được bầu(?:\s+giữ chức|\s+làm)?\b|\s+là\b)\s*",
            after,
        )
        if apposed:
            rest = after[apposed.end() :]
            m = self._office.match(rest)
            if m and "," in apposed[0] and self._names_somebody(_OFFICE_END.split(rest)[0]):
                m = None  # of the next one: "Bí thư Nguyễn Văn A, Chủ tịch Trần Văn B"
            if m:
                office = _OFFICE_END.split(rest)[0].strip()
                while after_it := re.match(r",\s+(?=\w)", rest[len(office) :]):
                    rest = rest[len(office) + after_it.end() :]
                    more = _OFFICE_END.split(rest)[0].strip()
                    if not self._office.match(rest) or self._name.search(more):
                        break
                    offices.append(office)
                    office = more
        if not office:
            for m in self._office.finditer(before):
                tail = before[m.end() :]
                if lead and not self._ends_in_name.search(before, 0, m.start()):
                    tail = tail.rstrip(", ")  # "Trưởng Ban Giám khảo, bác sĩ Lưu Phi Yến"
                joined = re.search(r"\bvà\s*$", tail) or self._office.search(tail)
                if not joined and not re.search(r"[,;.()–]|\s-\s|\b(?:do|cùng|với|cho)\b", tail):
                    office = (before[m.start() : m.end()] + tail).strip(", ")
                    break
        office = ", ".join([*offices, re.sub(r"\s+(?:là|gồm|có)$", "", office)])
        if apposed and (more := _SERVES_AS.search(after, 0, len(office) + 60)):
            m = self._office.match(after, more.end())
            if m and m[0] not in office:
                new = re.split(r"\s[-–]\s|[,;.()]|\s+(?:có|tại|đã|sẽ|trực tiếp)\b", after[m.start() :])[0]
                office = f"{office}, {new.strip()}" if office else new.strip()
        listed = _BETWEEN_DASHES.match(after)
        if listed and office and listed[1].startswith(office) and not self._name.search(listed[1]):
            more_offices = [o for o in listed[1][len(office) :].split(", ") if self._office.match(o)]
            office = ", ".join([office, *(o.strip() for o in more_offices if o not in office)])
        elected = _ELECTED.search(after[: len(office) + 60])
        if elected and elected.start() and (m := self._office.match(after, elected.end())):
            new = re.split(r"\s[-–]\s|[,;.()]", after[m.start() :])[0].strip()
            office = f"{office}, {new}" if office and new not in office else new
        return f"{rank}; {office}".strip("; ").translate(_LOOSE) if rank or office else ""


def _is_spelled_out(name: str) -> bool:
    """Tell whether *name* has a middle part and no short form of a body ("Đoàn TNCS Hồ Chí Minh")."""
    words = name.split()
    return 3 <= len(words) <= 4 and not any(len(w) > 1 and w.isupper() for w in words)
