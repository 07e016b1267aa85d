"""Every Vietnamese sentence that only an admin reads; `bot.texts` holds those for everybody.

Owns the wording of the admin commands, in the same tone. Refuses to know when a sentence is said. Sentences
are plain text; who sends them as HTML escapes them.
"""

from __future__ import annotations

ADMIN_COMMANDS: dict[str, str] = {
    "them": "Thêm câu: /them CÂU HỎI ; CÁCH HỎI KHÁC | CÂU TRẢ LỜI",
    "sua": "Sửa câu: /sua ID | CÂU TRẢ LỜI MỚI",
    "xoa": "Xoá câu: /xoa ID",
    "xem": "Xem một câu: /xem ID",
    "tim": "Tìm câu: /tim TỪ KHOÁ",
    "hoantac": "Lấy lại thay đổi gần nhất của bạn",
    "lichsu": "Ai đã đổi gì, khi nào",
    "chuatraloi": "Những câu thành viên hỏi mà chưa có câu trả lời",
    "nap": "Nạp bài viết: dán nội dung, trả lời một tin, hoặc gửi tệp .txt",
    "xuat": "Tải mọi câu hỏi đáp về dạng CSV (Excel) và JSONL",
    "nhap": "Nhập câu hỏi đáp từ tệp .csv hoặc .jsonl",
    "thongke": "Số liệu 7 ngày qua, có hình; /thongke 30 cho 30 ngày",
    "visao": "Vì sao bot trả lời như vậy: /visao CÂU HỎI",
    "thongbao": "Soạn thông báo, ví dụ: /thongbao 8 giờ mai họp",
    "hengio": "Hẹn giờ gửi, ví dụ: /hengio 18:30 25/11 | Nội dung",
    "lich": "Xem thông báo đã hẹn, đang gửi, đã gửi",
    "noinhan": "Xem nơi nhận thông báo, lập danh sách",
    "quantri": "Danh sách quản trị, thêm hoặc gỡ người",
}

# --- the desk ----------------------------------------------------------------------------------------

WRITE_PRIVATELY = "Lệnh quản trị chỉ dùng trong tin nhắn riêng. Bạn nhắn riêng cho mình nhé."
CANCELLED = "Mình đã thôi việc đang làm dở."
SHELVED = "Mình gác bản đang viết dở lại. Nội dung đã gõ, để bạn chép khi cần:"
GONE = "Việc này đã xong hoặc đã bỏ từ trước rồi."
PRESS_A_BUTTON = "Bạn bấm một nút dưới bản xem trước nhé, hoặc gõ /huy để thôi."
FILE_UNREADABLE = "Mình chưa tải được tệp từ Telegram. Bạn gửi lại giúp mình nhé."
FILE_TOO_LARGE = "Tệp lớn quá 2 MB. Bạn chia nhỏ rồi gửi lại giúp mình nhé."
YES, NO = "Có", "Thôi"

# --- what cannot be taken ----------------------------------------------------------------------------

NO_QUESTION = (
    "Chưa có câu hỏi nào. Bạn gửi câu hỏi, các cách hỏi khác nhau cách nhau bằng dấu chấm phẩy (;) nhé."
)
NO_ANSWER = "Chưa có câu trả lời. Bạn gửi câu trả lời nhé."
TOO_MANY_QUESTIONS = "Có {count} cách hỏi, mình nhận tối đa {limit}. Bạn bớt lại giúp mình nhé."
QUESTION_TOO_LONG = "Câu hỏi “{text}” dài {count} chữ cái, mình nhận tối đa {limit}. Bạn viết gọn lại nhé."
ANSWER_TOO_LONG = "Câu trả lời dài {count} chữ cái, mình nhận tối đa {limit}. Bạn viết gọn lại nhé."
STRANGE_CHARACTER = "Nội dung có ký tự lạ ({code}) mình không lưu được. Bạn xoá ký tự đó rồi gửi lại nhé."
REFUSED = "Mình chưa lưu được: {reason}. Bạn sửa lại rồi gửi giúp mình nhé."
ONLY_TEXT_HERE = "Ở bước này mình chỉ nhận chữ. Bạn gõ nội dung giúp mình nhé, hoặc /huy để thôi."
# What the storage says in English (pattern, sentence); {0}, {1} are what the pattern caught.
REASONS: tuple[tuple[str, str], ...] = (
    (r"the same fact is there already as #(\d+)", "đã có câu y hệt là #{0}"),
    (r"there is no fact #(\d+)", "không có câu #{0}"),
    (r"#(\d+) has been changed since.*", "câu #{0} đã được người khác đổi sau đó, bạn xem lại"),
    (r"the article “(.*)” has been changed since.*", "bài “{0}” đã được đổi sau đó, bạn xem lại"),
    (
        r"the quote of #(\d+) no longer stands in the article “(.*)”.*",
        "câu trích của #{0} không còn trong bài",
    ),
    (r"there is no change left to take back", "không còn thay đổi nào của bạn để lấy lại"),
    (r"no article is called “(.*?)”.*", "chưa có bài nào tên “{0}”"),
    (r"the quote does not stand in the article “(.*)”.*", "câu trích không có nguyên văn trong bài “{0}”"),
    (r"the quote stands in (\d+) articles.*", "câu trích có trong {0} bài, cần ghi rõ nguồn là bài nào"),
    (r"the quote stands in no loaded article.*", "câu trích không có trong bài nào đã nạp"),
    (
        r"(?:a question|the answer|the quote|the source) has (\d+) characters; (\d+) is the most",
        "dài {0} chữ cái, tối đa là {1}",
    ),
    (
        r"(?:a question|the source|the topic) must stand on one line",
        "câu hỏi hay nguồn phải nằm trên một dòng",
    ),
    (r".*holds the character (U\+[0-9A-F]+).*", "có ký tự lạ {0}"),
    (r".*holds a NUL character.*", "có ký tự rỗng (NUL)"),
    (r"questions: at least one is needed.*", "thiếu câu hỏi"),
    (r"questions: (\d+) are too many; (\d+) is the most", "có {0} cách hỏi, tối đa là {1}"),
    (r"questions: a list of texts is needed", "phần questions phải là danh sách câu hỏi"),
    (r"(answer|quote|source): a text is needed", "phần {0} phải là chữ"),
    (r"answer: it is empty", "thiếu câu trả lời"),
    (r"“(.*)” is no field of a fact.*", "“{0}” không phải tên cột; chỉ có questions, answer, quote, source"),
    (r"the same as line (\d+); remove one", "giống hệt dòng {0}"),
    (r"line (\d+) already changes #(\d+).*", "dòng {0} đã đổi câu #{1} rồi"),
    (
        r"facts (.*) all begin with this question.*",
        "các câu {0} cùng bắt đầu bằng câu hỏi này, hãy sửa theo ID",
    ),
    (r"not JSON;.*|not a JSON object", 'không đúng dạng JSON, mẫu: {{"questions": ["…"], "answer": "…"}}'),
    (r"a field is given twice.*", "một cột bị ghi hai lần"),
    (
        r"line (\d+): the header must name questions and answer.*",
        "dòng đầu phải có tên cột questions và answer (thêm quote, source nếu có)",
    ),
    (r"line (\d+): not proper CSV.*", "dòng {0} không đúng dạng CSV"),
    (r"more than (\d+) facts; split the file", "có hơn {0} câu, bạn chia nhỏ tệp"),
    (r"larger than (\d+) MiB; split the file", "tệp lớn quá {0} MB, bạn chia nhỏ"),
    (r"line (\d+): (.*) \((\d+) refused, nothing taken\)", "{2} dòng không nhận được, dòng đầu tiên là {0}"),
    (r"(\d+) columns where the header has (\d+)", "có {0} cột trong khi dòng đầu có {1} cột"),
)
REASON_UNKNOWN = "nội dung không hợp lệ"

# --- facts -------------------------------------------------------------------------------------------

ADD_EXAMPLE = "Mẫu một dòng:\n/them Gửi xe ở đâu? ; Bãi xe chỗ nào? | Bãi xe ở cổng sau."
ASK_QUESTIONS = (
    "Bạn gửi câu hỏi mà thành viên hay hỏi. Có nhiều cách hỏi thì cách nhau bằng dấu chấm phẩy (;). "
    "Gõ /huy để thôi.\n\n" + ADD_EXAMPLE
)
ASK_ANSWER = "Câu hỏi: “{question}”. Giờ bạn gửi câu trả lời nhé. Gõ /huy để thôi."
ASK_UNTIL = (
    "Câu này có giá trị đến hết ngày nào? Bạn gửi ngày, ví dụ {day}, hoặc gửi “không” nếu không có hạn."
)
UNTIL_UNREADABLE = "Mình chưa đọc được ngày “{text}”. Bạn gửi dạng ngày/tháng/năm, ví dụ {day} nhé."
UNTIL_NONE = ("không", "khong", "ko", "0")
DRAFT = "Bản nháp, chưa lưu"
DRAFT_OF = "Bản sửa của #{id}, chưa lưu"
ASKED_AS = "Cách hỏi:"
SEEN_AS = "Thành viên sẽ thấy:"
SEEN_OTHERWISE = "⚠️ Nhưng hỏi câu đầu tiên thì hiện nay thành viên thấy:"
HOLDS_UNTIL = "Có giá trị đến hết {day}."
TRIED = "Đã thử lại {count} câu hỏi."
LOST = "⚠️ {count} câu sẽ đổi (không còn trả lời như trước): {questions}"
GAINED = "👍 {count} câu trước đây hỏi không được nay sẽ có câu trả lời: {questions}"
MISSED = "⚠️ Câu hỏi này sẽ vẫn nhận câu trả lời khác: {questions}"
TWIN = "⚠️ Đã có câu gần giống: #{id} “{question}” → {answer}"
NO_EFFECT = "Không câu nào khác bị đổi."
SAVE, SAVE_ANYWAY, REPLACE = "✅ Lưu", "Vẫn lưu thành câu mới", "Thay cho câu #{id}"
EDIT_QUESTIONS, EDIT_ANSWER, EDIT_UNTIL, DROP = "✏️ Cách hỏi", "✏️ Trả lời", "📅 Thời hạn", "Bỏ"
DROPPED = "Mình đã bỏ bản nháp."
SAVED_NEW = "Đã lưu #{id}. Mình trả lời được ngay từ bây giờ."
SAVED_CHANGED = "Đã sửa #{id}. Mình trả lời theo bản mới ngay từ bây giờ."
SAVED_OVER_SILENCE = "Đã lưu vào #{id}, thay cho câu “{before}”"
UNDO_HINT = "Gõ /hoantac để lấy lại như cũ."
NOTHING_NEW = "#{id} đã đúng như vậy rồi, mình không đổi gì."
CHANGED_MEANWHILE = "Câu #{id} vừa được người quản trị khác sửa, mình chưa lưu bản của bạn."
DELETED = "Đã xoá #{id}: “{question}”."
UNKNOWN_FACT = "Không có câu #{id}. Gõ /tim kèm từ khoá để tìm nhé."
ASK_ID = "Bạn muốn sửa câu nào? Gửi số ID, ví dụ 12, hoặc vài từ trong câu. Gõ /huy để thôi."
ASK_FACT = {
    "view": "Bạn muốn xem câu nào? Gửi số ID hoặc vài từ trong câu. Gõ /huy để thôi.\nMẫu: /xem 12",
    "delete": "Bạn muốn xoá câu nào? Gửi số ID hoặc vài từ trong câu. Gõ /huy để thôi.\nMẫu: /xoa 12",
    "find": "Bạn gửi vài từ có trong câu cần tìm. Gõ /huy để thôi.\nMẫu: /tim bãi xe",
}
PICK_ONE = "Bạn bấm số của câu cần chọn, hoặc gửi từ khác."
PICK_FOR = {"view": "Bấm số để xem.", "delete": "Bấm số của câu cần xoá.", "find": "Bấm số để xem."}
SUA_EXAMPLE = "Mẫu: /sua 12 | Câu trả lời mới"
FOUND = "Tìm thấy {count} câu có “{words}”:"
FOUND_MORE = "… và {count} câu nữa, bạn thêm từ khoá để thu hẹp nhé."
FOUND_NONE = "Không có câu nào có “{words}”."
LINE = "#{id} {question}"
ANSWER, QUOTE, SOURCE, TOPIC = "Trả lời:", "Trích:", "Nguồn:", "Chủ đề:"
CHANGED_LINE = "Sửa lần cuối {at}, {who}."
YOU, SEEDS, IMPORT = "bạn", "bản gốc", "nhập từ tệp"
ADMIN = "quản trị {id}"
CARD_EDIT, CARD_DELETE, CARD_HISTORY = "✏️ Sửa", "🗑 Xoá", "🕘 Lịch sử"
UNDONE = "Đã lấy lại như trước:"
UNDONE_NOTHING = "Không còn thay đổi nào của bạn để lấy lại."
HISTORY = "Những thay đổi gần đây, mới nhất ở trên:"
HISTORY_NONE = "Chưa có thay đổi nào."
HISTORY_LINE = "{at} · {who} · {action} {what}"
MANY_FACTS = "{count} câu: {ids}"
ACTIONS: dict[str, str] = {
    "add": "thêm",
    "change": "sửa",
    "delete": "xoá",
    "undo": "lấy lại",
    "load": "nạp bài",
    "unquote": "gỡ câu trích của",
    "rest": "cho nghỉ bài",
    "wake": "dùng lại bài",
}
WAS, IS = "{what}trước: {text}", "{what}sau: {text}"
CHANGED_PARTS = {"answer": "", "questions": "cách hỏi ", "source": "nguồn "}

# --- learning ----------------------------------------------------------------------------------------

LEARN_NONE = "Hiện không còn câu nào chờ trả lời. Tốt quá!"
LEARN_DONE = "Bạn đã xem hết các câu chờ trả lời."
LEARN_COUNT = "Câu {at}/{total} · hỏi {count} lần"
LEARN_WAITING = "{count} người chờ báo"
LEARN_WRONG = "bị đánh dấu chưa đúng {count} lần"
LEARN_OTHERS = "Cách hỏi khác: {questions}"
LEARN_NOW = "Mình đang trả lời: {answer}"
LEARN_ASK = "Gắn vào một câu có sẵn, viết câu trả lời mới, hay để đó?"
LEARN_WRITE, LEARN_SKIP, LEARN_OFF_TOPIC = "✍️ Viết câu trả lời", "Bỏ qua", "Ngoài chủ đề"
LEARN_NEXT = "Câu sau ▸"
LEARN_MORE = "Còn {count} câu chờ: gõ /chuatraloi để xem tiếp."

# --- articles ----------------------------------------------------------------------------------------

ASK_ARTICLE = (
    "Bạn gửi bài viết: dán nội dung vào đây, hoặc gửi tệp .txt. "
    "Bài dài mà Telegram cắt thành nhiều tin thì mình tự nối lại. Gõ /huy để thôi."
)
ARTICLE_NOT_TXT = "Mình chỉ đọc được tệp .txt. Bạn lưu bài thành văn bản thuần (UTF-8) rồi gửi lại nhé."
ARTICLE_TOO_LARGE = "Bài dài quá (hơn 512 KB hoặc hơn 5.000 câu). Bạn chia nhỏ thành nhiều bài giúp mình nhé."
ARTICLE_TOO_SHORT = "Nội dung ngắn quá, chưa thành một bài viết. Bạn gửi cả bài giúp mình nhé."
ARTICLE_SAME = "Bài “{title}” đã nạp rồi và không có gì thay đổi."
ARTICLE_GOES_ON = "Mình đã nối phần này vào phần trước thành một bài."
ARTICLE_FOUND = "{sentences} câu · {people} người · {dates} mốc thời gian · {figures} con số"
ARTICLE_CHANGED = "Đây là bản mới của bài “{title}”: bỏ {gone} câu, thêm {come} câu."
FILE_TCVN3 = (
    "Bài này gõ bằng phông TCVN3 (ABC) nên mình không đọc đúng được chữ hoa. Bạn đổi sang Unicode "
    "(UniKey: Ctrl+Shift+F9, chọn TCVN3 → Unicode) rồi gửi lại nhé."
)
FILE_WINDOWS_1258 = "Lưu ý: tệp dùng bảng mã Windows-1258, mình đã đổi sang Unicode. Bạn xem kỹ các dấu nhé."
FILE_NOT_TEXT = "Mình không đọc được tệp này như văn bản. Bạn lưu lại dạng văn bản UTF-8 rồi gửi nhé."
PROPOSALS = "Bạn chọn những câu hỏi muốn giữ (bấm số để chọn hoặc bỏ chọn):"
PROPOSALS_NONE = "Mình không tự đặt được câu hỏi nào, nhưng bài vẫn trả lời được từ chính các câu của nó."
TICKED, UNTICKED = "✅", "▫️"
TICK_ALL, TICK_NONE = "Chọn hết", "Bỏ chọn hết"
LOAD = "📥 Nạp bài và {count} câu"
LOADED = "Đã nạp bài “{title}”: {sentences} câu văn, {facts} câu hỏi. Mình trả lời được ngay từ bây giờ."
LOADED_TRY = "Bạn thử hỏi:"
UNQUOTED = "Bản mới không còn câu trích của {ids}, bạn xem lại các câu này nhé."
REST, WAKE = "😴 Cho nghỉ: {title}", "▶️ Dùng lại: {title}"
RESTING = "Bài “{title}” đã nghỉ: mình không trả lời theo bài này nữa."
AWAKE = "Mình trả lời theo bài “{title}” trở lại."
PROPOSE_WHEN = ("“{about}” diễn ra khi nào?", "“{about}” tổ chức ngày nào?")
PROPOSE_WHERE = ("“{about}” diễn ra ở đâu?", "“{about}” tổ chức ở đâu?")
PROPOSE_WHO = ("Ai tổ chức “{about}”?", "Đơn vị nào tổ chức “{about}”?")
PROPOSE_PERSON = ("{about} là ai?", "{about} giữ chức vụ gì?")
PROPOSE_MENTIONED = ("Bài viết nói gì về {about}?", "{about} là ai?")
PROPOSE_COUNT = ("Có bao nhiêu {about}?", "Số {about} là bao nhiêu?")
ORGANISES = "tổ chức"
PLACE_WORDS = ("tại", "ở")
BARE_NOUNS = ("người", "tuổi", "lượt", "cái", "chiếc", "vụ")
UNITS_OF_TIME = ("năm", "tháng", "ngày", "tuần", "giờ", "phút", "lần", "khóa", "khoá", "nhiệm")

# --- files of facts ----------------------------------------------------------------------------------

EXPORT_NAME = "hoi-dap"
EXPORT_EMPTY = "Chưa có câu nào để xuất."
EXPORT_TOO_LARGE = (
    "Tệp {name} nặng {size} MB, Telegram chỉ nhận tới 50 MB. Trên máy chủ, "
    "lệnh python -m knowledge export {name} xuất được tệp lớn cỡ nào cũng được."
)
EXPORT_CSV = "{count} câu hỏi đáp, mở được bằng Excel. Sửa xong gửi lại bằng /nhap nhé."
EXPORT_JSONL = "{count} câu hỏi đáp, dạng JSONL để sao lưu hoặc chuyển sang bot khác."
ASK_FILE = "Bạn gửi tệp .csv hoặc .jsonl (như tệp mà /xuat gửi ra). Gõ /huy để thôi."
IMPORT_ENDING = "Mình chỉ nhận tệp .csv hoặc .jsonl, như tệp mà /xuat gửi ra. Bạn gửi lại giúp mình nhé."
IMPORT_REFUSED = "Mình không nhận được tệp này: {reason}. Chưa có gì thay đổi."
IMPORT_COUNTS = (
    "Trong tệp có {new} câu mới, {changed} câu thay đổi, {same} câu giữ nguyên, {refused} dòng không nhận."
)
IMPORT_NEW = "➕ dòng {line}: {text}"
IMPORT_CHANGED = "✏️ dòng {line}, #{id} {text} → {answer}"
IMPORT_LINE = "⛔ dòng {line}: {reason}"
IMPORT_MEND = "Bạn sửa các dòng không nhận rồi gửi lại cả tệp nhé. Chưa có gì thay đổi."
IMPORT_NOTHING = "Không có gì để nhập."
IMPORT_DO = "✅ Nhập {count} câu"
IMPORTED = (
    "Đã nhập: {new} câu mới, {changed} câu thay đổi, {same} câu giữ nguyên. Mình trả lời theo bản mới ngay."
)

# --- figures and reasons -----------------------------------------------------------------------------

STATISTICS_EXAMPLE = "Bạn gõ /thongke, hoặc kèm số ngày từ 1 đến {limit}, ví dụ: /thongke 30"
DIGEST = "Bản tin tuần của bot hỏi đáp"
STATISTICS_SPAN = "Hỏi đáp từ {first} đến {last}"
STATISTICS_ASKED = "• Câu hỏi: {count}"
STATISTICS_ANSWERED = "• Trả lời được: {share}"
STATISTICS_WRONG = "• Bị đánh dấu chưa đúng: {count}"
STATISTICS_OPEN = "• Đang chờ câu trả lời: {count} câu"
STATISTICS_TOPICS = "• Chủ đề hỏi nhiều: {topics}"
STATISTICS_VAIN = "Hỏi nhiều mà chưa có câu trả lời tốt:"
STATISTICS_GROUP = "– “{text}” ({count} lần)"
STATISTICS_NEXT = "Gõ /chuatraloi để trả lời."
CHART_ASKED, CHART_ANSWERED = "câu hỏi", "trả lời được"
CHART_DAYS, CHART_TOPICS = "Số câu hỏi mỗi ngày", "Chủ đề được hỏi nhiều"
CHART_NO_TOPICS = "Chưa có chủ đề nào được hỏi."
WHY_EXAMPLE = "Bạn gõ câu hỏi ngay sau lệnh nhé, ví dụ: /visao ai tổ chức"
WHY = "Với câu “{question}”, mình đi đến kết quả:"
WHY_KINDS = {
    "answer": "có câu trả lời",
    "clarify": "câu hỏi có vài cách hiểu nên hỏi lại",
    "no_answer": "không có câu trả lời",
    "smalltalk": "lời chào hỏi, không phải câu hỏi",
}
WHY_REASONS = {
    "silent": "bài viết không nêu điều này",
    "premise": "câu hỏi giả định điều bài không nêu",
    "off_topic": "ngoài nội dung các bài đã nạp",
    "unreadable": "không đọc ra câu hỏi",
    "too_long": "tin nhắn quá dài",
}
WHY_DETAILS = "Chi tiết kỹ thuật, để gửi cho người làm chương trình khi cần:"
WHY_FACTS, WHY_SENTENCE, WHY_SURE = "theo câu {ids}", "theo một câu trong bài", "độ chắc {share}"

# --- admins ------------------------------------------------------------------------------------------

DESK = "Các lệnh quản trị (chỉ dùng trong tin nhắn riêng):\n{commands}"
ADMINS = "Người quản trị:\n{lines}"
OWNER_LINE = "• {id}{you} (chủ, đặt trong cấu hình)"
ADMIN_LINE = "• {id}{you}"
YOU_MARK = " (bạn)"
ADD_ADMIN, REMOVE_ADMIN = "➕ Thêm người", "Gỡ {id}"
ASK_ADMIN = (
    "Bạn chuyển cho mình danh thiếp (liên hệ) của người cần thêm, hoặc gửi mã số tài khoản Telegram của họ. "
    "Gõ /huy để thôi."
)
ADMIN_UNREADABLE = (
    "Mình cần danh thiếp Telegram hoặc mã số, ví dụ 123456789. Tên hay @tên thì mình không nhận."
)
ASK_ADD = "Thêm {id} làm quản trị? Người này sẽ sửa được mọi câu trả lời và gửi được thông báo."
ASK_REMOVE = "Gỡ quyền quản trị của {id}?"
ADDED = "Đã thêm {id} làm quản trị."
ALREADY_ADMIN = "{id} đã là quản trị rồi."
NO_MORE_ADMINS = "Không thêm được: chỉ quản trị đương nhiệm thêm được người, và nhiều nhất {most} người."
REMOVED = "Đã gỡ quyền quản trị của {id}."
REMOVED_GOING = (
    "Thông báo người này đã hẹn hoặc đang gửi vẫn tiếp tục: số {numbers}. "
    "Bạn gõ /lich để xem, dừng hoặc lấy lại."
)
TAKE_BACK = "↩️ Lấy lại"
ADMIN_CHANGES = "Thay đổi gần đây:"
ADMIN_CHANGE = "{at} · {who} · {action} {id}"
ADMIN_ACTIONS = {"add": "thêm", "remove": "gỡ"}
STAYS = "Không gỡ được {id}: đây là chủ đặt trong cấu hình, hoặc là người quản trị cuối cùng."
