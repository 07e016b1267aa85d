"""What is denied or left aside in a question is none of what is asked."""

from __future__ import annotations

import pytest

from knowledge.analysis import Analyzer
from knowledge.contrast import without_contrast
from knowledge.lexicon import Lexicon
from knowledge.normalize import Normalizer


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("giám đốc chứ không phải phó giám đốc tên gì", "giám đốc tên gì"),
        ("giám đốc chứ không phải phó giám đốc công an là ai", "giám đốc công an là ai"),
        ("giám đốc, không phải phó giám đốc, công an là ai", "giám đốc công an là ai"),
        ("giám đốc, chứ đâu phải phó giám đốc, là ai", "giám đốc là ai"),
        ("giam doc khong phai pho giam doc cong an", "giam doc cong an"),
        ("ai tặng cờ thi đua, không phải bằng khen?", "ai tặng cờ thi đua?"),
        ("không phải cờ thi đua, bằng khen do ai tặng", "bằng khen do ai tặng"),
        ("ông Lâm chứ không phải ông Tuấn ký quy chế à", "ông lâm ký quy chế à"),
        ("lấy số áo 3 chứ không phải 5 của đội nào", "lấy số áo ba của đội nào"),
        ("không tính học sinh thì bao nhiêu giáo viên dự", "bao nhiêu giáo viên dự"),
        ("ngoài hai đội ra mấy huấn luyện viên tới", "mấy huấn luyện viên tới"),
        ("bao nhiêu giáo viên dự nếu không kể học sinh", "bao nhiêu giáo viên dự"),
        ("bao nhiêu giáo viên dự, chưa kể học sinh?", "bao nhiêu giáo viên dự?"),
    ],
)
def test_what_is_told_apart_is_left_out(text: str, left: str, lexicon: Lexicon) -> None:
    assert _left(text, lexicon) == left


@pytest.mark.parametrize(
    "text",
    [
        "ông Lâm không phải giám đốc à",
        "ông Lâm đâu phải giám đốc",
        "có phải ông Lâm không phải ký không",
        "không phải họp sáng à",
        "không phải ông Lâm ký, ai ký",
        "vì sao không phải trả tiền",
        "ngoài ông Lâm ra còn ai dự",
        "ngoài hội ra thì đơn vị nào tổ chức",
        "không tính 5 suất thì bao nhiêu suất nữa",
        "ai không tính tiền",
    ],
)
def test_a_denial_that_is_asked_about_stays(text: str, lexicon: Lexicon) -> None:
    read = Normalizer(lexicon).normalize(text)
    assert without_contrast(read, Analyzer(lexicon)) == read


def _left(text: str, lexicon: Lexicon) -> str:
    left = without_contrast(Normalizer(lexicon).normalize(text), Analyzer(lexicon))
    return " ".join(t.text for t in left) + left[-1].after.strip()
