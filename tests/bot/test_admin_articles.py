"""An admin loads the article of the next event by chat, and its corrected version after it."""

import unicodedata

import pytest

from bot import current, encodings, texts_admin
from bot.article_cards import changes
from bot.encodings import UnreadableError, read
from knowledge.article import parse
from tests.bot.conftest import ADMIN, AT_12_4, MEMBER, WHEN, Running, facts_of, pressed
from tests.botapi import BotApi, Sent

NEWS = """\
Trao nhà cho đoàn viên khó khăn

(BVH) - Sáng 20/11, Công đoàn huyện Vĩnh Hưng tổ chức trao 3 căn nhà cho đoàn viên. Mỗi căn nhà 60 triệu đồng.

Bà Lê Thị Hoa - Chủ tịch Công đoàn huyện trao chìa khóa tại xã Bình Minh.
"""
CORRECTED = NEWS.replace("3 căn nhà", "4 căn nhà").replace("20/11", "21/11")

pytestmark = pytest.mark.usefixtures("office")


async def load(api: BotApi, text: str, *ticks: str) -> Sent:
    """Send an article, tick proposals by number, load it; return the message that confirms it."""
    await api.answer_to(ADMIN, f"/nap {text}")
    await api.until(lambda: any("Nạp bài" in b["text"] for b in api.seen_by(ADMIN)[-1].buttons))
    listed = api.seen_by(ADMIN)[-1]
    for number in ticks:
        api.press(listed, f"▫️ {number}")
        await api.until(lambda number=number: f"✅ {number}" in [b["text"] for b in listed.buttons])
    label = next(b["text"] for b in listed.buttons if "Nạp bài" in b["text"])
    return await pressed(api, listed, label)


async def test_an_article_is_summed_up_ticked_through_and_answers_at_once(api: BotApi) -> None:
    summary = await api.answer_to(ADMIN, f"/nap {NEWS}")
    assert summary.text.startswith("Trao nhà cho đoàn viên khó khăn\nBVH, 20/11\n")
    assert "4 câu · 1 người" in summary.text
    listed = await api.until(lambda: api.seen_by(ADMIN)[1:2])
    assert "Lê Thị Hoa là ai?" in listed[0].text
    row = next(line for line in listed[0].text.splitlines() if "Lê Thị Hoa là ai?" in line)
    number = row.split()[1].rstrip(".")
    api.press(listed[0], f"▫️ {number}")
    await api.until(lambda: f"✅ {number}" in [b["text"] for b in listed[0].buttons])
    loaded = await pressed(api, listed[0], texts_admin.LOAD.format(count=1))
    assert "1 câu hỏi" in loaded.text
    assert "Bà Lê Thị Hoa - Chủ tịch" in (await api.answer_to(MEMBER, "Lê Thị Hoa là ai?")).text
    assert "Lê Thị Hoa" in (await api.answer_to(MEMBER, "ai trao chìa khóa tại xã Bình Minh?")).text
    assert (await api.answer_to(MEMBER, WHEN)).text.startswith(AT_12_4)


async def test_who_is_named_without_an_office_is_proposed_once(api: BotApi) -> None:
    people = "\n\nChị Trần Thị Bưởi nhận nhà. Bà Lê Thị Hoa chúc mừng chị Trần Thị Bưởi."
    await api.answer_to(ADMIN, f"/nap {NEWS}{people}")
    (listed,) = await api.until(lambda: api.seen_by(ADMIN)[1:2])
    about = [
        line for line in listed.text.splitlines() if "Bưởi?" in line or "Hoa?" in line or "Hoa là" in line
    ]
    assert ["Lê Thị Hoa là ai? → Bà Lê Thị Hoa - Chủ tịch" in about[0], len(about)] == [True, 2]
    assert "Bài viết nói gì về Trần Thị Bưởi? → Chị Trần Thị Bưởi nhận nhà." in about[1]


async def test_a_long_article_that_the_app_cuts_into_messages_is_one(api: BotApi, office: Running) -> None:
    long = NEWS + "".join(f"\nĐoàn viên thứ {n} ở xã Bình Minh nhận một phần quà." for n in range(130))
    first, second = long[:4090].rpartition(" ")[0], long[4090:].partition(" ")[2]
    cut = long[len(first) + 1 : len(long) - len(second)]
    await api.answer_to(ADMIN, "/nap")
    await api.answer_to(ADMIN, first)
    await api.answer_to(ADMIN, cut + second)
    await api.until(lambda: texts_admin.ARTICLE_GOES_ON in api.seen_by(ADMIN)[-2].text)
    listed = await api.until(lambda: api.seen_by(ADMIN)[-1].buttons and api.seen_by(ADMIN)[-1])
    await pressed(api, listed, texts_admin.LOAD.format(count=0))
    texts = await office.database.fetch_all("SELECT text FROM documents ORDER BY id DESC LIMIT 1")
    assert texts[0][0].split() == long.split()
    assert (await api.answer_to(ADMIN, WHEN)).text.startswith(AT_12_4)  # nothing waits for more


async def test_after_an_article_that_was_whole_a_message_is_no_part_of_it(api: BotApi) -> None:
    await api.answer_to(ADMIN, f"/nap {NEWS}")
    await api.until(lambda: api.seen_by(ADMIN)[1:2])
    assert (await api.answer_to(ADMIN, "thêm chút nữa")).text == texts_admin.PRESS_A_BUTTON


async def test_loading_is_taken_back_whole(api: BotApi, office: Running) -> None:
    before = await facts_of(office)
    await load(api, NEWS, "1", "2")
    assert len(await facts_of(office)) == len(before) + 2
    await api.answer_to(ADMIN, "/hoantac")
    assert await facts_of(office) == before
    assert len(await office.database.fetch_all("SELECT * FROM documents")) == 1


async def test_the_same_again_and_a_corrected_version_show_the_difference(
    api: BotApi, office: Running
) -> None:
    await load(api, NEWS, "1")
    same = await api.answer_to(ADMIN, f"/nap {NEWS}")
    assert same.text == texts_admin.ARTICLE_SAME.format(title="Trao nhà cho đoàn viên khó khăn")
    summary = await api.answer_to(ADMIN, f"/nap {CORRECTED}")
    assert "bỏ 1 câu, thêm 1 câu" in summary.text
    assert "21/11" in summary.text
    await api.until(lambda: "Nạp bài" in str(api.seen_by(ADMIN)[-1].buttons))
    listed = api.seen_by(ADMIN)[-1]
    assert listed.buttons[0]["text"] == "✅ 1"
    await pressed(api, listed, texts_admin.LOAD.format(count=1))
    assert len(await office.database.fetch_all("SELECT * FROM documents")) == 2
    assert "21/11" in (await api.answer_to(MEMBER, "“Trao nhà cho đoàn viên khó khăn” diễn ra khi nào?")).text


async def test_an_article_can_rest_and_wake(api: BotApi) -> None:
    listed = await api.answer_to(ADMIN, "/nap")
    api.press(listed, texts_admin.REST.format(title="Khánh thành cầu Sông Lành"))
    await api.until(lambda: "đã nghỉ" in listed.text)
    assert AT_12_4 not in (await api.answer_to(MEMBER, WHEN)).text
    listed = await api.answer_to(ADMIN, "/nap")
    api.press(listed, texts_admin.WAKE.format(title="Khánh thành cầu Sông Lành"))
    await api.until(lambda: "trở lại" in listed.text)
    assert AT_12_4 in (await api.answer_to(MEMBER, WHEN)).text


@pytest.mark.parametrize("way", ["step", "reply", "caption", "reply_to_file"])
async def test_an_article_may_come_as_a_step_a_reply_or_a_file(api: BotApi, way: str) -> None:
    before = len(api.seen_by(ADMIN))
    if way == "step":
        await api.answer_to(ADMIN, "/nap")
        before = len(api.seen_by(ADMIN))
        api.private(ADMIN, NEWS)
    elif way == "reply":
        api.private(ADMIN, "/nap", reply_to_message=api.message(ADMIN, NEWS))
    elif way == "caption":
        api.document(ADMIN, "trao-nha.txt", NEWS.encode("utf-16"), "/nap")
    else:
        api.files["f"] = NEWS.encode("utf-8-sig")
        document = {"file_id": "f", "file_unique_id": "f", "file_name": "Trao nhà.TXT", "file_size": 9}
        api.private(ADMIN, "/nap", reply_to_message=api.message(ADMIN, document=document))
    summary = (await api.until(lambda: api.seen_by(ADMIN)[before:]))[0]
    assert summary.text.startswith("Trao nhà cho đoàn viên khó khăn")


async def test_ticks_survive_a_restart(api: BotApi, office: Running, serve) -> None:  # type: ignore[no-untyped-def]
    await api.answer_to(ADMIN, f"/nap {NEWS}")
    (listed,) = await api.until(lambda: api.seen_by(ADMIN)[1:2])
    api.press(listed, texts_admin.TICK_ALL)
    await api.until(lambda: "✅ 1" in str(listed.buttons))
    await office.stop()
    async with serve(admins=(ADMIN,)):
        label = next(b["text"] for b in listed.buttons if "Nạp bài" in b["text"])
        assert (await pressed(api, listed, label)).text.startswith("Đã nạp bài")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("bai.docx", b"PK\x03\x04", texts_admin.ARTICLE_NOT_TXT),
        ("bai.txt", bytes(range(256)) * 8, texts_admin.FILE_NOT_TEXT),
        ("bai.txt", "ngắn".encode(), texts_admin.ARTICLE_TOO_SHORT),
        ("bai.txt", b"a" * (2 * 2**20 + 1), texts_admin.FILE_TOO_LARGE),
        ("bai.txt", b"a" * (2**19 + 1), texts_admin.ARTICLE_TOO_LARGE),
        ("bai.txt", b"Ai ai\n" * 5001, texts_admin.ARTICLE_TOO_LARGE),
        ("bai.txt", b"A\n" * (2**18 - 9), texts_admin.ARTICLE_TOO_LARGE),
    ],
    ids=["word", "binary", "short", "large", "long", "sentences", "lines"],
)
async def test_a_file_that_cannot_be_taken_gets_one_clear_sentence(
    api: BotApi, name: str, data: bytes, said: str
) -> None:
    api.document(ADMIN, name, data, "/nap")
    (sent,) = await api.until(lambda: api.seen_by(ADMIN))
    assert sent.text == said


async def test_a_file_that_is_larger_than_it_says_is_not_fetched(
    api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the size in a message only the sender's program knows; getFile tells the true one."""
    api.document(ADMIN, "bai.txt", b"a" * (3 * 2**20), "/nap")
    api.updates[max(api.updates)]["message"]["document"]["file_size"] = 10
    (sent,) = await api.until(lambda: api.seen_by(ADMIN))
    assert sent.text == texts_admin.FILE_TOO_LARGE
    assert api.fetched == 0


def test_a_version_is_compared_by_its_sentences_wherever_they_stand() -> None:
    """Also one of thousands of sentences, which a comparison line by line takes minutes for."""
    sentences = [f"Đơn vị thứ {n} nhận bằng khen." for n in range(2000)]
    lexicon = current.lexicon()
    before = parse("bai", "\n".join(sentences), lexicon)
    after = parse(
        "bai", "\n".join(["Lễ trao.", *(s.replace("9", "0") for s in reversed(sentences))]), lexicon
    )
    shown = changes(before, after)
    gone = [s for s in sentences if "9" in s]
    assert f"bỏ {len(gone)} câu, thêm {len(gone) + 1} câu" in shown
    assert f"➖ <s>{gone[0]}</s>" in shown
    assert "➕ Lễ trao." in shown


# --- encodings ---------------------------------------------------------------------------------------


def windows_1258(text: str) -> bytes:
    """Encode as Windows does: the letter with its shape, then the tone as a mark of its own."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out = b""
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        base = unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones))
        out += (base + "".join(p for p in parts if p in tones)).encode("cp1258")
    return out


def tcvn3(text: str) -> bytes:
    table = {letter: byte for byte, letter in encodings._TCVN3.items()}
    return "".join(table.get(char, table.get(char.lower(), char)) for char in text).encode("latin-1")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_without_a_word(encoding: str) -> None:
    text, remark = read(NEWS.encode(encoding))
    assert (text, remark) == (NEWS, "")


def test_windows_1258_is_converted_with_a_word() -> None:
    assert read(windows_1258(NEWS)) == (NEWS, texts_admin.FILE_WINDOWS_1258)


@pytest.mark.parametrize(
    "data", [tcvn3(NEWS), tcvn3(NEWS).decode("latin-1").encode()], ids=["bytes", "pasted"]
)
def test_tcvn3_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="TCVN3"):
        read(data)


@pytest.mark.parametrize("data", [b"\xff\xd8\xff\xe0" * 99, NEWS.encode()[:101], b"\0" * 50], ids=range(3))
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(data)
