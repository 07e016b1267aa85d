"""Every Vietnamese sentence that a member or an admin reads, in one tone: polite, warm, brief.

Owns the wording. Refuses to know when a sentence is said. Nothing here names an event: titles come
from the articles. Sentences are plain text; who sends them as HTML escapes them. The exceptions end
in `_HTML` and take escaped values.
"""

from __future__ import annotations

# --- first contact -----------------------------------------------------------------------------------

WELCOME = (
    "Chào bạn! Mình là chương trình hỏi đáp tự động về {about}.\n\n"
    "Bạn cứ hỏi như nhắn tin bình thường, viết tắt hay không dấu đều được. "
    "Mình trả lời ngắn gọn, kèm câu trích nguyên văn để bạn đối chiếu."
)
TRY_ONE = "Bạn thử một câu nhé:"
ABOUT_ONE = "nội dung bài “{title}”"
ABOUT_SEVERAL = "nội dung các bài {titles}"
ABOUT_MORE = " và {count} bài khác"
ABOUT_NOTHING = "những sự kiện mà ban quản trị sẽ nạp vào"
HELP = (
    "Cách hỏi mình:\n"
    "• Nhắn riêng: cứ gõ câu hỏi, có dấu hay không dấu đều được.\n"
    "• Trong nhóm: gõ /hoi kèm câu hỏi, nhắc tên @{username}, hoặc trả lời tin nhắn của mình.\n"
    "• Ở bất kỳ đâu: gõ @{username} rồi đến câu hỏi, chọn câu trả lời để gửi.\n\n"
    "Các lệnh:\n{commands}\n\n"
    "Mình chỉ trả lời theo bài viết. Điều gì bài không nêu, mình sẽ nói rõ là không nêu."
)
HELP_TERMINAL = (
    "Gõ câu hỏi rồi nhấn Enter, có dấu hay không dấu đều được. Gõ số để chọn câu gợi ý.\n"
    "/chude xem các chủ đề, /help xem lại hướng dẫn này, Ctrl-D để thoát."
)
COMMANDS: dict[str, str] = {
    "start": "Lời chào và vài câu hỏi mẫu",
    "hoi": "Đặt câu hỏi, ví dụ: /hoi ai tổ chức",
    "chude": "Xem các chủ đề có thể hỏi",
    "help": "Hướng dẫn cách hỏi",
    "dangky": "Đăng ký nhận thông báo",
    "huydangky": "Thôi nhận thông báo",
    "riengtu": "Bot giữ và không giữ dữ liệu gì",
    "dulieu": "Xem dữ liệu gắn với bạn",
    "xoadulieu": "Xoá ngay dữ liệu gắn với bạn",
    "huy": "Thôi việc đang làm dở",
}
GROUP_COMMANDS = ("hoi", "chude", "help", "riengtu")
DESCRIPTION = (
    "Hỏi gì về sự kiện, mình trả lời ngay theo đúng bài viết, kèm câu trích nguyên văn. "
    "Viết tắt hay không dấu mình đều hiểu. Bấm Bắt đầu để thử nhé!"
)
SHORT_DESCRIPTION = "Hỏi đáp về sự kiện, trả lời theo bài viết, có trích nguyên văn."
PRIVACY = (
    "Về sự riêng tư của bạn:\n"
    "• Mình không lưu tên, số điện thoại hay mã tài khoản của bạn cùng với câu hỏi.\n"
    "• Câu nào mình chưa trả lời được, mình giữ lại tối đa 90 ngày, không kèm người hỏi và đã che số điện "
    "thoại, số giấy tờ, email, để ban quản trị bổ sung. Còn lại mình chỉ đếm số câu hỏi mỗi ngày.\n"
    "• Chỉ khi bạn bấm “Báo cho mình khi có câu trả lời”, mình mới nhớ mã tài khoản của bạn bên câu hỏi đó; "
    "báo xong là xoá.\n"
    "• Nếu bạn gõ /dangky, mình giữ mã cuộc trò chuyện để gửi thông báo cho đến khi bạn gõ /huydangky; "
    "thông báo nào đã gửi cho bạn thì ghi nhận 90 ngày.\n"
    "• Gõ /dulieu để xem, /xoadulieu để xoá ngay những gì gắn với bạn; trong các bản sao lưu thì tự mất sau "
    "tối đa 30 ngày.\n"
    "• Câu vừa hỏi chỉ nằm trong bộ nhớ khoảng 10 phút để mình hiểu câu hỏi nối tiếp, rồi tự mất.\n"
    "• Mình chỉ ghi lại số thứ tự của tin đã trả lời trong 48 giờ, để không trả lời lặp.\n"
    "• Tin nhắn đi qua máy chủ của Telegram, đặt ở nước ngoài, theo chính sách của Telegram.\n\n"
    "{operator}"
)
OPERATOR = "Đơn vị chịu trách nhiệm về dữ liệu: {operator}."
OPERATOR_UNKNOWN = "Đơn vị vận hành chưa khai báo đầu mối liên hệ về dữ liệu."

# --- questions ---------------------------------------------------------------------------------------

SILENT = "Bài viết không nêu {focus}."
SILENT_PLAIN = "Bài viết không nêu điều bạn hỏi."
SILENT_REST = "Ý còn lại thì bài viết không nêu."
QUOTED = "Bài viết có câu:"
NEAREST = "Điều gần nhất bài có nêu:"
PREMISE = "Bài viết không nêu như vậy."
PREMISE_FACT = "Bài viết không nêu như vậy. {fact}"
OFF_TOPIC = "Mình không có thông tin về điều này. Mình chỉ trả lời được câu hỏi về {about}."
OFF_TOPIC_REST = "Ý còn lại nằm ngoài bài viết nên mình không có thông tin."
UNREADABLE = "Mình chưa đọc ra câu hỏi. Bạn viết lại bằng vài chữ giúp mình nhé."
TOO_LONG = "Tin nhắn dài quá nên mình chưa nắm được ý. Bạn hỏi gọn lại trong một, hai câu giúp mình nhé."
CLARIFY = "Câu hỏi có thể hiểu theo vài cách. Ý bạn là câu nào dưới đây?"
ASK_NEXT = "Bạn có thể hỏi tiếp:"
SOURCE = "Theo bài “{title}”"
UNTIL = "đến hết"
EXPIRED = "Lưu ý: thông tin này chỉ có giá trị đến hết {day}, nay đã quá hạn."
TERMINAL_QUOTE = "“{quote}”"
EMPTY_QUESTION = "Bạn gõ câu hỏi ngay sau lệnh nhé, ví dụ:\n/hoi {example}"
EMPTY_QUESTION_PLAIN = "Bạn gõ câu hỏi ngay sau lệnh /hoi nhé."
ONLY_TEXT = "Mình chỉ đọc được chữ. Bạn gõ câu hỏi ra giúp mình nhé."
UNKNOWN_COMMAND = "Mình không có lệnh này. Gõ /help để xem cách hỏi nhé."
STALE_BUTTON = "Nút này đã cũ rồi. Bạn gõ lại câu hỏi giúp mình nhé."
TOO_MUCH = (
    "Bạn gửi nhanh quá nên mình chưa theo kịp. Mình nghỉ trả lời một lát; khoảng một phút nữa bạn hỏi tiếp, "
    "câu nào chưa được trả lời thì bạn gửi lại giúp mình nhé."
)
FAILED = "Xin lỗi bạn, mình đang gặp trục trặc nên chưa trả lời được câu này. Bạn hỏi lại sau ít phút nhé."

# --- what a member may do about an answer ------------------------------------------------------------

WRONG_BUTTON = "Chưa đúng?"
TELL_BUTTON = "🔔 Báo cho mình khi có câu trả lời"
WRONG_NOTED = "Cảm ơn bạn! Ban quản trị sẽ xem lại câu trả lời này."
TELL_NOTED = (
    "Vâng, khi nào có câu trả lời mình sẽ báo cho bạn một lần, rồi xoá ngay ghi nhận này. "
    "Đổi ý thì bạn gõ /xoadulieu nhé."
)
TELL_TOO_MANY = (
    "Bạn đang chờ mình báo cho {most} câu hỏi rồi, nhiều nhất là vậy. "
    "Gõ /dulieu để xem, /xoadulieu để thôi chờ."
)
TOLD_AGAIN = "(Có thể bạn đã nhận tin này rồi.)"
TOLD = "Trước đây bạn có hỏi: “{question}”. Nay đã có câu trả lời:"
MASK_DIGITS = (
    "không khong hông một mot mốt hai ba bốn bon tư năm nam lăm sáu sau bảy bẩy bay tám tam chín chin"
)
MASK_AT, MASK_DOT = "a còng|a cong", "chấm|cham|dot"
MASK_NUMBER, MASK_EMAIL, MASK_NAME, MASK_LINK = "số", "email", "tên", "liên kết"

# --- a member's own data -----------------------------------------------------------------------------

DATA_PRIVATELY = "Bạn nhắn riêng cho mình lệnh này nhé, để người khác không thấy."
DATA_NONE = "Mình không giữ dữ liệu nào gắn với bạn."
DATA_HELD = "Những gì mình đang giữ gắn với bạn:\n{lines}\n\nGõ /xoadulieu để xoá ngay."
DATA_WAITING = "• Bạn chờ mình báo khi có câu trả lời cho: “{question}”"
DATA_DIALOG = "• Một bản nháp bạn đang viết dở với mình"
DATA_ADMIN = "• Mã tài khoản của bạn trong danh sách quản trị (mục này do người quản trị khác gỡ)"
DATA_ERASED = (
    "Mình đã xoá xong mọi dữ liệu gắn với bạn; trong các bản sao lưu thì tự mất sau tối đa 30 ngày. "
    "Bạn vẫn hỏi mình bình thường nhé."
)
DATA_ERASED_ADMIN = (
    "Mình đã xoá dữ liệu gắn với bạn, trừ mã tài khoản trong danh sách quản trị: "
    "bạn nhờ người quản trị khác gỡ bằng /quantri."
)
NOTHING_TO_CANCEL = "Hiện không có việc nào đang làm dở. Bạn cứ hỏi mình nhé."

# The most telling topic first: "chào bot, bạn là ai" is answered by the line for `identity`.
SMALLTALK: dict[str, str] = {
    "identity": (
        "Mình là bot, một chương trình hỏi đáp tự động, không phải người thật. "
        "Mình chỉ trả lời dựa trên bài viết về sự kiện và luôn trích nguyên văn để bạn đối chiếu."
    ),
    "abilities": (
        "Bạn có thể hỏi mình về sự kiện: khi nào, ai tổ chức, ai tham dự, kết quả ra sao… "
        "Mình chỉ trả lời theo bài viết, kèm câu trích. Gõ /chude để xem các chủ đề, /help để xem cách hỏi."
    ),
    "insult": "Mình xin lỗi vì chưa giúp được bạn. Bạn thử hỏi lại bằng cách khác, mình sẽ cố hơn nhé.",
    "praise": "Cảm ơn bạn đã động viên! Bạn còn muốn biết gì về sự kiện, cứ hỏi mình nhé.",
    "how_are_you": "Cảm ơn bạn hỏi thăm, mình vẫn ổn! Bạn muốn biết điều gì về sự kiện nào?",
    "thanks": "Không có gì đâu bạn, mình rất vui được giúp. Cần gì bạn cứ hỏi tiếp nhé!",
    "goodbye": "Tạm biệt bạn, hẹn gặp lại nhé!",
    "greeting": "Chào bạn! Bạn muốn biết điều gì về sự kiện, cứ hỏi mình nhé.",
    "ack": "Vâng ạ. Bạn còn muốn hỏi gì nữa không?",
}

# --- topics ------------------------------------------------------------------------------------------

TOPICS = "Bạn chọn một chủ đề, mình sẽ gợi ý các câu hỏi:"
TOPICS_TERMINAL = "Bạn có thể hỏi về:"
TOPICS_EMPTY = "Hiện chưa có chủ đề nào. Bạn cứ gõ câu hỏi nhé."
TOPIC = "{title}: bạn bấm vào câu muốn hỏi nhé."
BACK = "« Các chủ đề"

# --- terminal ----------------------------------------------------------------------------------------

PROMPT = "Bạn: "
SPEAKER = "Bot: "
GOODBYE = "Tạm biệt bạn, hẹn gặp lại!"

# --- inline mode -------------------------------------------------------------------------------------

INLINE_CUT = "…"
