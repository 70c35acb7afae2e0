"""Shopping and to-do lists, through the router, in a real database."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from skills import Request
from skills.lists.items import same, split
from skills.lists.store import Lists
from tests.skills.conversations import talk


async def test_shopping_in_english(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        assert await say("what's on the shopping list?") == "The shopping list is empty."
        assert await say("Add milk to my shopping list.") == "Added milk to the shopping list."
        assert say.reply.acted and say.reply.intent == "HassShoppingListAddItem"
        assert (
            await say("Please put eggs, a loaf of bread and Earl Grey on the shopping list")
            == "Added eggs, loaf of bread and Earl Grey to the shopping list."
        )
        assert await say("add egg to the list") == "Egg is on the shopping list already."
        assert "Added coffee" in await say("we're out of coffee")
        assert "Yes, milk" in await say("is milk on the list")
        assert "Took loaf of bread off" in await say("remove bread from the shopping list")
        assert "Bread is not on" in await say("take bread off the shopping list")
        assert (
            await say("read me the shopping list")
            == "On the shopping list: milk, eggs, Earl Grey and coffee."
        )
    async with talk(tmp_path) as say:
        assert "milk, eggs" in await say("what do we need to buy")
        assert "Take everything off the shopping list?" in await say("clear the shopping list")
        await say("no")
        assert "milk, eggs" in await say("what do we need to buy")
        await say("clear the shopping list")
        assert await say("yes") == "The shopping list is empty now."
        assert await say("clear the shopping list") == "The shopping list is empty."
        assert not say.reply.acted


async def test_to_dos_in_english(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        assert (
            await say("add wash and dry the towels to my to-do list")
            == "Added wash and dry the towels to the to-do list."
        )
        assert "Added call Dr. Smith to the to-do list" in await say("remember to call Dr. Smith")
        assert "wash and dry the towels and call Dr. Smith" in await say("what do I have to do")
        assert "Took call Dr. Smith off" in await say("mark call Dr. Smith as done")
        assert "towels" in await say("what's on my todo list")
        assert await say("what's on the shopping list") == "The shopping list is empty."


async def test_in_mandarin(tmp_path: Path) -> None:
    async with talk(tmp_path, "zh-CN") as say:
        assert await say("把牛奶和鸡蛋加到购物清单里") == "已把牛奶和鸡蛋加到购物清单。"
        assert "面包" in await say("记得买面包")
        assert await say("购物清单上有什么？") == "购物清单里有：牛奶、鸡蛋和面包。"
        assert await say("购物清单里有牛奶吗") == "有，购物清单里有牛奶。"
        assert await say("把牛奶从购物清单里删掉") == "已从购物清单里去掉牛奶。"
        assert await say("还要买什么") == "购物清单里有：鸡蛋和面包。"
        assert await say("帮我把交水费加到待办清单") == "已把交水费加到待办清单。"
        assert await say("我今天有什么待办事项") == "待办清单里有：交水费。"
        assert await say("交水费办好了") == "已从待办清单里去掉交水费。"
        assert "要清空购物清单吗" in await say("清空购物清单")
        assert "已清空" in await say("是的")


async def test_in_korean(tmp_path: Path) -> None:
    async with talk(tmp_path, "ko") as say:
        assert await say("장보기 목록에 우유랑 사과를 추가해 줘") == (
            "장보기 목록에 우유, 사과를 추가했어요."
        )
        assert "빵을 추가했어요" in await say("쇼핑 리스트에 빵 담아줘")
        assert await say("장보기 목록에 뭐 있어?") == (
            "장보기 목록에 있는 것은 우유, 사과, 빵이에요."
        )
        assert "네," in await say("장보기 목록에 우유 있어?")
        assert await say("장보기 목록에서 우유 빼 줘") == "장보기 목록에서 우유를 뺐어요."
        assert (
            await say("할 일에 세탁소 가기 추가해 줘") == "할 일 목록에 세탁소 가기를 추가했어요."
        )
        assert "세탁소 가기" in await say("할 일 뭐 있어?")
        assert "뺐어요" in await say("할 일에서 세탁소 가기 지워 줘")
        assert "비울까요" in await say("장보기 목록 비워 줘")
        assert "비웠어요" in await say("네")


async def test_two_programs_share_the_lists(tmp_path: Path) -> None:
    async with talk(tmp_path) as one, talk(tmp_path) as two:
        await one("add milk to the shopping list")
        await two("add bread to the shopping list")
        assert "milk and bread" in await one("what's on the shopping list")


async def test_a_database_that_cannot_be_used_is_apologised_for(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        (tmp_path / "lists.db").unlink()
        (tmp_path / "lists.db").mkdir()
        assert "lists.db" in await say("add milk to the shopping list")
        assert not say.reply.acted
        assert "lamp" in await say("turn on the lamp")


def test_a_damaged_database_is_kept_aside(tmp_path: Path) -> None:
    (tmp_path / "lists.db").write_bytes(b"this is no database, and never was one" * 30)
    lists = Lists(tmp_path)
    assert lists.add("shopping", ["milk"]) == ["milk"]
    assert (tmp_path / "lists.db.broken").exists()


def test_a_failed_change_leaves_everything_as_it_was(tmp_path: Path) -> None:
    lists = Lists(tmp_path)
    lists.add("shopping", ["milk"])
    with sqlite3.connect(tmp_path / "lists.db") as other:
        other.execute("DROP TABLE items")
    with pytest.raises(OSError, match=r"lists\.db"):
        lists.add("shopping", ["bread"])


@pytest.mark.parametrize(
    ("text", "language", "things"),
    [
        ("milk", "en", ["milk"]),
        ("Milk, eggs, and bread", "en", ["Milk", "eggs", "bread"]),
        ("sand and andouille", "en", ["sand", "andouille"]),
        ("milk and milk", "en", ["milk"]),
        ("牛奶、鸡蛋还有面包", "zh-CN", ["牛奶", "鸡蛋", "面包"]),
        ("사과 주스와 빵과 우유하고 배", "ko", ["사과 주스", "빵", "우유", "배"]),
    ],
)
def test_what_is_said_in_one_breath_is_split(text: str, language: str, things: list[str]) -> None:
    assert split(text, language) == things


def test_one_and_several_are_the_same_thing() -> None:
    assert same("Egg", "eggs") and same("tomatoes", "tomato") and same("box", "boxes")
    assert not same("glass", "gas") and not same("milk", "oat milk")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "we bought a new lamp for the living room last week"),
        ("ko", "친구는 지난달에 시계를 새로 샀어"),
        ("zh-CN", "我买了一个新的台灯"),
    ],
)
async def test_talk_of_what_is_not_on_the_list_is_left_alone(
    tmp_path: Path, language: str, text: str
) -> None:
    async with talk(tmp_path) as say:
        reply = await say.router.answer(Request(text, language))
        assert reply.stage == "none" and not reply.acted
