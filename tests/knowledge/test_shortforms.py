"""Short forms that an article spells out are read as it says."""

from __future__ import annotations

import pytest

from knowledge.shortforms import spelled_out


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hội Chữ thập đỏ (CTĐ) tỉnh", {"ctđ": ("chữ thập đỏ",)}),
        ("an toàn, vệ sinh lao động (ATVSLĐ)", {"atvslđ": ("an toàn vệ sinh lao động",)}),
        ("HTX (Hợp tác xã) Đồng Sậy", {"htx": ("hợp tác xã",)}),
        ("Trung tâm Kiểm soát bệnh tật (CDC)", {}),
        ("đỏ\nchữ thập (ĐCT)", {}),
    ],
    ids=["after", "with_a_comma", "before", "other_initials", "across_lines"],
)
def test_initials_tell_what_a_short_form_stands_for(text: str, found: dict[str, tuple[str, ...]]) -> None:
    assert spelled_out(text) == found
