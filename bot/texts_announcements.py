"""The Vietnamese sentences around announcements; see `texts` for the tone and the rules.

Owns their wording: what officers read while they write and send, and what members read who subscribe.
"""

from __future__ import annotations

# --- the announcement itself -------------------------------------------------------------------------

HEADER = "📢 Thông báo số {number}"
KINDS = {"text": "(không có chữ)", "media": "(ảnh hoặc tệp)", "copy": "(tin không có chữ)"}

# --- members -----------------------------------------------------------------------------------------

SUBSCRIBED = (
    "Bạn đã đăng ký nhận thông báo. Mình chỉ lưu mã cuộc trò chuyện này để gửi tin. "
    "Khi nào không muốn nhận nữa, bạn gõ /huydangky nhé."
)
SUBSCRIBED_ALREADY = "Bạn đã đăng ký rồi, có thông báo mới là mình gửi ngay. Muốn thôi thì gõ /huydangky."
UNSUBSCRIBED = "Mình đã xoá đăng ký của bạn, từ nay mình không gửi thông báo nữa. Gõ /dangky nếu đổi ý nhé."
NOT_SUBSCRIBED = "Bạn chưa đăng ký nhận thông báo. Gõ /dangky nếu bạn muốn nhận nhé."
SUBSCRIBE_PRIVATELY = "Bạn nhắn riêng cho mình lệnh này nhé: mình đăng ký cho từng người."
DATA_SUBSCRIBED = "• Bạn đã đăng ký nhận thông báo (mã cuộc trò chuyện)"
DATA_DELIVERED = "• Số thông báo mình đã gửi cho bạn: {count} (ghi nhận này tự xoá sau 90 ngày)"

RESTORED_NOTE = "Đang giữ lại: cơ sở dữ liệu vừa được khôi phục, tin này có thể đã gửi rồi."

# --- recipients --------------------------------------------------------------------------------------

PLACES = {"group": "Nhóm", "topic": "Chủ đề", "channel": "Kênh", "member": "Cá nhân"}
TOPIC_OF = "{topic} (nhóm {group})"
ASK_RECIPIENT = "{kind} “{title}” vừa thêm mình vào. Nơi này có nhận thông báo không?"
NO_RIGHTS_THERE = (
    "{kind} “{title}” vừa thêm mình vào nhưng chưa cho mình quyền đăng tin nên chưa nhận thông báo được. "
    "Khi mình có quyền đó, mình sẽ hỏi bạn."
)
MANY_RECIPIENTS = "Nhiều nơi cùng thêm mình vào nên mình tạm không hỏi từng nơi. Bạn gõ /noinhan để xem nhé."
RECEIVES, RECEIVES_NOT = "Nhận thông báo", "Không"
ASK_HERE = "{place}\nNơi này có nhận thông báo không?"
ASKED_PRIVATELY = (
    "Chuyện quản trị mình chỉ trao đổi trong tin nhắn riêng. Mình vừa nhắn bạn để hỏi về nơi này."
)
START_PRIVATELY = (
    "Mình chưa nhắn riêng cho bạn được. Bạn mở trò chuyện riêng với mình, bấm Bắt đầu, rồi gõ lại ở đây nhé."
)
TOPIC_UNNAMED = "Chủ đề {thread}"
NOW_RECEIVES = "{kind} “{title}” sẽ nhận thông báo."
RECEIVES_LATER = "{kind} “{title}” sẽ nhận thông báo khi mình gửi được ở đó. Hiện giờ: {why}."
NOW_RECEIVES_NOT = "{kind} “{title}” sẽ không nhận thông báo."
LIST_NAMES = {"groups": "nhóm", "channels": "kênh", "members": "cá nhân"}
RECIPIENTS = "Nơi nhận thông báo: {total}\n{lists}"
RECIPIENT_LINE = "{number}. {kind} “{title}”{mark}"
MARK_ASKED, MARK_NO, MARK_GONE = " (chờ duyệt)", " (không nhận)", " ({why})"
NO_PLACES = "Chưa có nhóm hay kênh nào. Bạn thêm mình vào nhóm, hoặc cho mình làm quản trị viên của kênh nhé."
LISTS_HINT = (
    "Lập danh sách: /noinhan huyện A | 3, 5 (thêm nơi số 3 và số 5). Bớt: /noinhan huyện A | -3. "
    "Danh sách trống thì tự mất. Đổi ý về một nơi: /noinhan 3. Tìm theo tên: /noinhan xã A. "
    "Nơi đã có từ trước mà mình chưa biết: gõ /noinhan@{bot} ngay trong nhóm hay chủ đề đó."
)
IN_FILE = "{count} nhóm, chủ đề và kênh, xem tệp kèm theo."
PLACES_FILE = "noi-nhan.txt"
FOUND = "{count} nơi có “{words}” trong tên:"
NOT_FOUND = (
    "Không có nơi nhận hay danh sách nào tên “{words}”. Gõ /noinhan để xem tất cả. "
    "Muốn lập danh sách, bạn viết theo mẫu: /noinhan TÊN DANH SÁCH | 3, 5."
)
MORE_WAIT = "Còn {count} nơi chờ duyệt, dưới đây là {shown} nơi đầu."
LIST_UNREADABLE = "Bạn viết theo mẫu: /noinhan TÊN DANH SÁCH | 3, 5. Các số lấy trong /noinhan nhé."
LIST_UNKNOWN_NUMBERS = "Không có nơi nhận số {numbers}. Bạn xem lại các số trong /noinhan nhé."
LIST_RESERVED = "“{name}” là danh sách có sẵn, bạn đặt tên khác nhé."
LIST_NAME_LONG = "Tên danh sách dài quá {over} ký tự, bạn đặt ngắn lại nhé."
LIST_NOW = "Danh sách “{name}” hiện có {count} nơi."
LIST_ENDED = "Danh sách “{name}” không còn nơi nào nên mình đã bỏ."
ADD_RECIPIENT = "✅ Cho nhận: {number}. {title}"

# --- writing -----------------------------------------------------------------------------------------

ASK_CONTENT = (
    "Bạn gửi nội dung thông báo cho mình: chữ, ảnh hoặc tệp đều được, định dạng được giữ nguyên. "
    "Gõ /huy nếu thôi."
)
ALBUM_UNKNOWN = (
    "Mình không còn giữ các ảnh khác của album này. "
    "Bạn gửi lại album, rồi trả lời album đó bằng /thongbao nhé."
)
ALBUM_FIRST = "Bạn gửi album trước, rồi trả lời (reply) album đó bằng /thongbao nhé."
ALBUM_KEPT = "Mình đã nhận album. Muốn gửi làm thông báo, bạn trả lời (reply) album bằng /thongbao nhé."
TOO_LONG = (
    "Nội dung dài quá {over} ký tự: Telegram cho tối đa {limit}, tính cả dòng số thông báo. "
    "Bạn rút ngắn rồi gửi lại nhé."
)
REFUSED = "Telegram không nhận nội dung này ({detail}). Chưa gửi cho ai cả, bạn sửa rồi thử lại nhé."
PREVIEW = "👆 Xem trước: người nhận sẽ thấy đúng như trên."
PREVIEW_NO_NUMBER = "Loại tin này không chèn được dòng số thông báo."
COUNTS = "Nơi nhận: <b>{total}</b> ({lists})"
COUNTS_CHOSEN = "Nơi nhận: <b>{total}</b> trong danh sách {chosen}"
COUNT_CHOSEN = "“{name}” ({count})"
NOBODY = "Chưa có ai nhận. Thêm mình vào nhóm hoặc kênh, hay mời thành viên gõ /dangky nhé."
WAITING = "Còn {count} nơi chờ bạn duyệt nên chưa nhận: xem /noinhan."
TWIN = "⚠️ Nội dung này giống hệt Thông báo số {number} ({stage} {when})."
SEND, SEND_AT, TIME, CHOOSE, EDIT, DROP = (
    "Gửi",
    "Hẹn gửi {when}",
    "Hẹn giờ",
    "Chọn nơi nhận",
    "Sửa",
    "Huỷ",
)
DONE_CHOOSING = "Xong"
EVERYBODY = "tất cả"
ASK_LISTS = "Chọn danh sách bằng nút, hoặc gõ tên các danh sách, cách nhau bằng dấu phẩy:"
UNKNOWN_LIST = "Không có danh sách “{name}”. Các danh sách: {names}."
ASK_TIME = "Gửi lúc nào? Bạn gõ giờ và ngày, ví dụ: 18:30 25/11, hoặc gõ “ngay”. Gõ /huy nếu thôi."
ASK_WORDS = "Bạn gửi nội dung mới nhé. Gõ /huy nếu giữ nguyên."
ASK_CAPTION = (
    "Bạn gửi chữ mới (ảnh, tệp giữ nguyên), hoặc gửi ảnh, tệp khác để thay tất cả. Gõ /huy nếu giữ nguyên."
)
LEFT = "Mình thôi đợi phần bạn đang soạn cho thông báo. Khi cần, bạn bấm lại nút hoặc gõ lại /thongbao nhé."
ASK_COUNT = "Thông báo này đến {shown} nơi. Để chắc chắn, bạn gõ lại con số {shown} nhé."
WRONG_COUNT = "Số bạn gõ không phải {shown} nên mình chưa gửi. Bạn gõ lại, hoặc /huy nếu thôi."
CANCELLED = "Đã huỷ. Thông báo số {number} không gửi cho ai cả."
QUIET = "{when} là giờ nghỉ (22 giờ đến 6 giờ sáng). Bạn vẫn muốn gửi vào giờ đó?"
QUIET_YES, QUIET_MORNING = "Vẫn gửi", "Đổi sang 6 giờ sáng"
TAKE_BACK = "Lấy lại"
LEAVING = "Thông báo số {number} sẽ gửi tới {count} nơi sau {seconds} giây nữa. Bấm “Lấy lại” nếu cần sửa."
PLANNED = "Đã hẹn: Thông báo số {number} sẽ gửi {when}, tới {count} nơi (tính theo lúc này)."
TAKEN_BACK = "Đã lấy lại Thông báo số {number}, chưa gửi cho ai. Bản nháp ở dưới đây."
TAKEN_BACK_FROM = "Đã lấy lại Thông báo số {number}, chưa gửi cho ai. Bản nháp ở chỗ người soạn ({author})."
TAKEN_BACK_BY = "Thông báo số {number} của bạn đã được {who} lấy lại, chưa gửi cho ai. Bản nháp ở dưới đây."
TOO_LATE = "Thông báo này đã bắt đầu gửi rồi nên không lấy lại được."
ROUND_UNDER_WAY = "{title} đang làm dở. Bạn đợi xong, hoặc bấm “Dừng hẳn” trước nhé (xem /lich)."
SUPERSEDED = "Thông báo này đã được sửa lần nữa sau đó, nên lần sửa này không làm lại nữa."
UNDER_WAY = "Thông báo số {number} đang gửi dở. Bạn bấm “Dừng hẳn” trước nhé (xem /lich)."
STALE = "Nút này không còn dùng được: thông báo đã sang bước khác."

# --- times -------------------------------------------------------------------------------------------

MOMENT = "lúc {time} ngày {day}"
NOW = ("ngay", "ngay bây giờ", "bây giờ", "gửi ngay", "luôn")
TODAY = ("hôm nay", "nay")
DAY_WORDS = ("ngày",)
TOMORROW = ("mai", "ngày mai")
TIME_UNREADABLE = "Mình chưa đọc ra giờ gửi. Bạn gõ giờ rồi đến ngày, ví dụ: 18:30 25/11"
TIME_IMPOSSIBLE = "Không có giờ {time}. Bạn gõ lại giúp mình, ví dụ: 18:30 25/11"
DAY_IMPOSSIBLE = "Không có ngày {day}. Bạn gõ lại giúp mình, ví dụ: 18:30 25/11"
TIME_PAST = "Thời điểm bạn chọn ({time}) đã qua, bây giờ là {now}. Bạn chọn lúc khác nhé."
TIME_TOO_FAR = "Mình chỉ hẹn được trong vòng một năm. Bạn chọn ngày gần hơn nhé."
HENGIO_FORM = "Bạn viết theo mẫu: /hengio 18:30 25/11 | Nội dung"

# --- sending -----------------------------------------------------------------------------------------

TITLES = {
    "send": "Thông báo số {number}",
    "edit": "Sửa Thông báo số {number}",
    "withdraw": "Thu hồi Thông báo số {number}",
}
STAGES = {
    "draft": "bản nháp",
    "scheduled": "đã hẹn",
    "sending": "đang gửi",
    "paused": "tạm dừng",
    "done": "đã xong",
    "stopped": "đã dừng hẳn",
    "cancelled": "đã huỷ",
}
DONE_COUNT = {"send": "đã gửi", "edit": "đã sửa", "withdraw": "đã thu hồi"}
PROGRESS = "{bar} {percent}%\n{done} {sent} · còn {waiting} · không được {failed}"
DOUBTFUL_COUNT = " · chưa rõ {count}"
TIME_LEFT = "Còn {time}."
SECONDS_LEFT, MINUTES_LEFT = "chưa đến 1 phút", "khoảng {count} phút"
HELD = "Dừng vì Telegram không nhận nội dung: {note}"
HELD_BACK = (
    "Thông báo số {number} đã lỡ giờ hẹn, mà đang là giờ nghỉ (22 giờ đến 6 giờ sáng), "
    "nên mình sẽ gửi {when}. Bấm “Lấy lại” nếu muốn sửa hoặc gửi ngay."
)
LATE = "Trễ giờ hẹn và đang là giờ nghỉ, nên mình đợi đến {when}."
PAUSE, RESUME, STOP = "Tạm dừng", "Tiếp tục", "Dừng hẳn"
REPORT_ALL = "✅ {title}: xong, {done} {sent}/{total} nơi."
REPORT_SOME = "{title}: {stage}, {done} {sent}/{total} nơi."
REPORT_NOBODY = "⚠️ {title}: không gửi cho ai, vì lúc gửi không còn nơi nào nhận."
REPORT_LEFT = "Chưa gửi: {count} nơi."
REPORT_FAILED = "Không được ({count}):"
REPORT_DOUBTFUL = (
    "Chưa rõ đã đến hay chưa ({count}), vì mất kết nối đúng lúc gửi. "
    "Gửi lại thì có nơi có thể thấy hai lần, nhưng cùng số thông báo:"
)
REPORT_LINE = "• {place}: {reason}"
REPORT_MORE = "… và {count} nơi nữa, xem tệp kèm theo."
REPORT_FILE = "thong-bao-{number}.txt"
AGAIN, LEAVE, RETRY = "Gửi lại ({count})", "Bỏ qua", "Thử lại nơi không được ({count})"
AGAIN_ONE, LEAVE_ALL = "Gửi lại: {place}", "Bỏ qua cả {count}"
AGAIN_QUEUED = "Đang gửi lại cho {count} nơi."
LEFT_ALONE = "Đã bỏ qua {count} nơi chưa rõ."
PERSON = "cá nhân {id}"
UNKNOWN_PLACE = "nơi đã rời danh sách ({id})"
REASONS = {
    "blocked": "đã chặn bot",
    "deactivated": "tài khoản đã khoá",
    "kicked": "bot bị đưa ra khỏi nhóm",
    "left": "bot không còn ở đó",
    "deleted": "nhóm đã giải tán",
    "never_started": "chưa bấm Bắt đầu với bot",
    "forbidden": "Telegram không cho gửi",
    "not_found": "không tìm thấy cuộc trò chuyện",
    "topic_gone": "chủ đề đã bị xoá",
    "topic_closed": "chủ đề đã đóng",
    "no_rights": "bot không có quyền gửi ở đó",
    "left_behind": "nhóm đã nâng cấp nên tin cũ không sửa, không xoá được nữa",
    "no_trace": "chưa rõ đã nhận hay chưa; nếu đã nhận thì tin vẫn còn nguyên",
    "too_old": "quá 48 giờ nên Telegram không cho xoá",
    "not_editable": "Telegram không cho sửa tin này nữa",
    "message_gone": "tin ở đó đã bị xoá",
    "refused": "Telegram từ chối ({detail})",
    "flood": "Telegram bắt chờ quá nhiều lần",
    "unreachable": "không kết nối được",
    "no_answer": "không có hồi âm",
    "interrupted": "bot tắt đúng lúc gửi",
}

# --- the calendar, and afterwards --------------------------------------------------------------------

NO_ANNOUNCEMENTS = "Chưa có thông báo nào. Gõ /thongbao để soạn."
CALENDAR = "Các thông báo:\n{lines}\n\nBấm vào số để xem và xử lý."
CALENDAR_LINE = "{number}. {title} ({stage} {when})"
ROUND_LINE = "• {title} ({stage} {when})"
ROUND_STAGES = {"scheduled": "sắp làm", "sending": "đang làm", "paused": "tạm dừng"}
ROUND_BUTTONS = {"edit": "Sửa {number}", "withdraw": "Thu hồi {number}"}
WITHDRAWN, TAKEN = "đã thu hồi", "đã lấy lại"
DEEDS = {"undo": "lấy lại", "pause": "tạm dừng", "resume": "cho gửi tiếp", "stop": "dừng hẳn"}
HISTORY = "Ai đã làm gì:"
DEED_LINE = "• {who} {deed} {when}"
CHANGE_ALL, WITHDRAW_ALL = "Sửa ở mọi nơi", "Thu hồi ở mọi nơi"
CHANGE_IMPOSSIBLE = "Loại tin này không có chữ để sửa."
ASK_CHANGE = "Bạn gửi chữ mới cho Thông báo số {number}. Dòng số thông báo giữ nguyên. Gõ /huy nếu thôi."
NEEDS_WORDS = "Mình cần chữ để thay vào. Bạn gõ nội dung mới nhé."
SURE_CHANGE = "👆 Tin sẽ thành như trên, ở {count} nơi còn tin."
SURE_WITHDRAW = (
    "Thu hồi Thông báo số {number} ở {count} nơi còn tin? "
    "Tin gửi quá 48 giờ thì Telegram có thể không cho xoá."
)
YES_CHANGE, YES_WITHDRAW = "Sửa ngay", "Thu hồi ngay"
LEFT_AS_IT_IS = "Đã thôi. Thông báo số {number} giữ nguyên ở mọi nơi."
NOTHING_SENT = "Thông báo này chưa đến nơi nào nên không có gì để làm."
NOTHING_LEFT = "Tin này không còn ở nơi nào nữa nên không có gì để làm."
STARTED = "{title}: bắt đầu."
