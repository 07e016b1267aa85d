"""What an owner reads when something is wrong: what happened, what still works, what to do.

Owns the wording. Refuses to know when it is said. The keys are the kinds of `bot.alarms`.
"""

from __future__ import annotations

ALARMS: dict[str, str] = {
    "disk": (
        "⚠️ Mình không ghi được vào cơ sở dữ liệu (đĩa đầy, chỉ đọc được, hoặc mất thư mục). "
        "Thành viên vẫn hỏi đáp bình thường, nhưng các thay đổi, câu hỏi chưa trả lời được và thông báo "
        "chưa lưu được. Nhờ người phụ trách máy chủ giải phóng đĩa; khi ghi lại được, mình tự làm tiếp. "
        "Đừng tắt bot lúc này nhé."
    ),
    "held": (
        "⚠️ Một chương trình khác đang giữ cơ sở dữ liệu nên mình chưa ghi được. "
        "Thành viên vẫn hỏi đáp bình thường. Nhờ người phụ trách máy chủ xem chương trình nào đang mở tệp; "
        "khi nó buông ra, mình tự làm tiếp."
    ),
    "damage": (
        "🛑 Cơ sở dữ liệu bị hỏng. Mình vẫn trả lời theo những gì đã nạp sẵn trong bộ nhớ, nhưng xin đừng "
        "sửa, xoá hay gửi thông báo. Nhờ người phụ trách máy chủ chạy lệnh verify, rồi dừng bot và khôi "
        "phục bản sao lưu gần nhất (lệnh restore)."
    ),
    "quarantine": (
        "⚠️ Có {count} tin mình không xử lý được nên đã để riêng ra, các tin khác vẫn được trả lời. "
        "Người nhắn riêng đã được mình xin lỗi. Nhờ người phụ trách máy chủ xem nhật ký (dòng “in "
        "quarantine”) và báo cho người làm chương trình."
    ),
    "backup": (
        "⚠️ Lần sao lưu tự động vừa rồi không thành. Các bản sao lưu cũ vẫn còn. "
        "Nhờ người phụ trách máy chủ xem đĩa còn chỗ không và chạy lệnh doctor."
    ),
    "restored": (
        "ℹ️ Cơ sở dữ liệu vừa được khôi phục từ một bản sao lưu. Những thông báo đang hẹn hoặc đang gửi dở "
        "trong bản đó ({count}) đều được giữ lại, vì có thể đã gửi rồi. Bạn gõ /lich để xem từng cái, rồi "
        "cho gửi tiếp hoặc dừng hẳn. Ai đăng ký, huỷ đăng ký hay xoá dữ liệu sau bản sao lưu đó thì mình "
        "không còn biết."
    ),
}
