"""What is said beside a command, in the example home: it is always asked about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skills import Request, Router, Stage, open_skills
from skills.home import EXAMPLE
from tests.skills.conversations import YES, silent

COMMANDS = [
    ("en", "It's dark out here, put the lamp on.", "lamp"),
    ("en", "put the lamp on, I can't find my glasses", "lamp"),
    ("en", "it's a bit stuffy could you turn the fan on", "bedroom_fan"),
    ("zh-CN", "要看书了，把台灯打开", "lamp"),
    ("zh-CN", "开一下台灯，我找个东西", "lamp"),
    ("ko", "책 읽을 거니까 램프 켜줘", "lamp"),
    ("ko", "램프 켜줘 책 읽자", "lamp"),
    ("ko", "목이 마르네, 선풍기 틀어줘", "bedroom_fan"),
]


@pytest.fixture
async def router(tmp_path: Path) -> AsyncIterator[Router]:
    opened = await open_skills(EXAMPLE, tmp_path, silent)
    await opened.backend.set("front_door", {"locked": True})
    yield opened
    await opened.close()


@pytest.mark.parametrize("confidence", [None, 1.0, 0.5])
@pytest.mark.parametrize(("language", "text", "device"), COMMANDS)
async def test_it_is_asked_about(
    router: Router, language: str, text: str, device: str, confidence: float | None
) -> None:
    before = router.states()
    reply = await router.answer(Request(text, language, confidence=confidence))
    assert reply.stage is Stage.REPAIRED and router.states() == before
    await router.answer(Request(YES[language], language))
    assert router.states()[device]["on"] is True


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "turn on the lamp, as soon as I leave"),
        ("en", "turn on the lamp, just kidding mate"),
        ("en", "mum replied to me, turn on the lamp"),
        ("en", "turn on the lamp, fifty percent please"),
        ("zh-CN", "等我到家，把台灯打开"),
        ("ko", "조금 있다가, 램프 켜줘"),
    ],
)
async def test_nothing_acts_by_itself_whatever_is_said_beside_it(
    router: Router, language: str, text: str
) -> None:
    before = router.states()
    for confidence in (None, 1.0):
        await router.answer(Request(text, language, confidence=confidence))
        assert router.states() == before


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Turn on the lamp, tomorrow at seven."),
        ("en", "every evening at seven, turn on the lamp"),
        ("en", "Unlock the front door, tomorrow at seven."),
        ("zh-CN", "把台灯打开，明天早上七点"),
        ("zh-CN", "打开台灯，十分钟后"),
        ("ko", "램프 켜줘 십 분 뒤에"),
    ],
)
async def test_a_time_beside_a_command_is_when(router: Router, language: str, text: str) -> None:
    before = router.states()
    reply = await router.answer(Request(text, language))
    assert reply.intent == "PlanCommand" and router.states() == before


@pytest.mark.parametrize("text", ["in ten minutes time", "in 5 minutes when I'm there"])
async def test_a_lock_does_not_move_now_for_later(router: Router, text: str) -> None:
    await router.answer(Request(f"unlock the front door, {text}"))
    assert router.states()["front_door"]["locked"] is True


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I'm home, unlock the front door"),
        ("zh-CN", "我回来了，把前门解锁"),
        ("ko", "아빠 왔다 현관문 잠금 해제해줘"),
    ],
)
async def test_a_lock_does_not_move_beside_a_remark(
    router: Router, language: str, text: str
) -> None:
    for confidence in (None, 1.0, 0.5):
        await router.answer(Request(text, language, confidence=confidence))
        await router.answer(Request(YES[language], language))
        assert router.states()["front_door"]["locked"] is True


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "so I said to him, turn on the lamp, and he just laughed"),
        ("en", "she told me, turn on the lamp"),
        ("en", "then he goes, turn on the lamp"),
        ("en", "if it's dark, turn on the lamp"),
        ("en", "Dave, turn on the lamp"),
        ("en", "could you pass me the paper, I want to turn on the lamp"),
        ("en", "turn on the lamp, no, sorry, the other one"),
        ("en", "turn on the lamp, unlock the frnt door"),
        ("zh-CN", "他老是喊，把台灯打开"),
        ("zh-CN", "你帮我把书拿过来，我要打开台灯"),
        ("zh-CN", "小明，把台灯打开"),
        ("ko", "엄마가 그랬어, 램프 켜"),
        ("ko", "램프 켜줘, 아니다 됐어"),
        ("ko", "민수야 램프 켜줘"),
    ],
)
async def test_it_is_no_mere_remark(router: Router, language: str, text: str) -> None:
    before = router.states()
    await router.answer(Request(text, language))
    assert router.states() == before


async def test_what_may_be_another_command_is_no_remark(router: Router) -> None:
    before = router.states()
    await router.answer(Request("turn on the lamp, the fan is too loud", confidence=0.5))
    assert router.states() == before


async def test_all_that_is_said_is_done_where_all_of_it_is_a_command(router: Router) -> None:
    reply = await router.answer(Request("good morning, turn on the lamp, turn on the fan"))
    states = router.states()
    assert reply.acted and states["lamp"]["on"] and states["bedroom_fan"]["on"]


async def test_a_remark_beside_a_command_is_no_wish(router: Router) -> None:
    reply = await router.answer(Request("it's too dark in here, put the lamp on"))
    assert "turn the lamp on" in reply.text and reply.expects_answer


async def test_what_was_said_beside_it_does_not_come_onto_the_list(router: Router) -> None:
    text = "we're out of washing up liquid, add it to the shopping list"
    await router.answer(Request(text))
    told = (await router.answer(Request("what's on the shopping list"))).text
    assert "washing up liquid" in told and "add it" not in told


async def test_in_half_an_hour_is_when(router: Router) -> None:
    reply = await router.answer(Request("in half an hour turn on the lamp"))
    assert "30 minutes" in reply.text and router.states()["lamp"]["on"] is not True
