"""Two invented articles that tests read; both have a speaker, so that "ai phát biểu" fits either."""

from __future__ import annotations

RACE = """\
Giải chạy Bến Lụa

(BAT) - Sáng 12/4, tại quảng trường 24/3, UBND huyện Tân Hương tổ chức giải chạy Bến Lụa. \
Giải có 350 vận động viên đến từ 3 tỉnh. Nhờ trời mát, không ai bị thương.

Ông Trần Hữu Phước - Phó Chủ tịch UBND huyện Tân Hương trao cúp cho đội nhất. \
Bà Lê Thị Sen, Giám đốc Sở Văn hóa và Thể thao phát biểu bế mạc.

Ban tổ chức chi 120 triệu đồng, trong đó 75% do Công ty Gỗ Minh Long tài trợ. Ai cần hỏi gọi 0905 123 456.
"""
LIBRARY = """\
Thư viện Hòa Lộc mở cửa trở lại

(BAT) - Chiều 3/5, xã Hòa Lộc mở lại thư viện sau 2 năm sửa chữa. Thư viện có 4.500 cuốn sách.

Ông Đặng Văn Ký - Chủ tịch UBND xã Hòa Lộc phát biểu khai mạc. Nhóm Đọc Cùng Em tặng 20 kệ sách.
"""
