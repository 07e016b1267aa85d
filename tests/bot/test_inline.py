import pytest

from tests.bot.conftest import AT_12_4, LAND, PHUOC, SPEAKER, WHEN
from tests.botapi import BotApi

pytestmark = pytest.mark.usefixtures("bot")


async def test_inline_offers_the_answer_first_and_related_ones_after(api: BotApi) -> None:
    query = api.inline(7, "ai phát biểu tại lễ khánh thành")
    shown = await api.until(lambda: api.inline_answers.get(query))
    first, *others = shown["results"]
    assert first["title"] == "ai phát biểu tại lễ khánh thành"
    assert first["description"] == PHUOC
    assert first["plain"].startswith(f"ai phát biểu tại lễ khánh thành\n\n{PHUOC}")
    assert {other["title"] for other in others} <= {WHEN, LAND, SPEAKER}
    assert others


async def test_an_empty_inline_query_offers_examples(api: BotApi) -> None:
    query = api.inline(7, "")
    shown = await api.until(lambda: api.inline_answers.get(query))
    assert [result["title"] for result in shown["results"]] == [WHEN, SPEAKER, LAND]
    assert AT_12_4 in shown["results"][0]["plain"]


async def test_inline_results_are_the_same_for_everybody_and_soon_forgotten(api: BotApi) -> None:
    query = api.inline(7, "khi nào khánh thành cầu")
    shown = await api.until(lambda: api.inline_answers.get(query))
    assert not shown.get("is_personal")
    assert int(shown["cache_time"]) <= 60


@pytest.mark.parametrize("words", ["<b>&", "x" * 256, "🎉" * 128])
async def test_any_words_get_a_valid_list(api: BotApi, words: str) -> None:
    query = api.inline(7, words)
    shown = await api.until(lambda: api.inline_answers.get(query))
    assert shown["results"]
