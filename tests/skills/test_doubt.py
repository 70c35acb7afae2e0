"""What may be a piece of another sentence is asked about where it was heard with some doubt."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skills import Announcement, Request, Router, open_skills

HOME = """
areas:
  - {id: bedroom, name: bedroom, aliases: {zh-CN: [卧室], ko: [침실]}}
devices:
  - {id: desk, kind: light, area: bedroom, name: bedroom desk lamp,
     aliases: {zh-CN: [卧室台灯], ko: [침실 책상 조명]}}
  - {id: floor, kind: light, area: bedroom, name: bedroom floor lamp,
     aliases: {zh-CN: [卧室落地灯], ko: [침실 스탠드]}}
  - {id: door, kind: lock, name: front door, aliases: {zh-CN: [前门], ko: [현관문]}}
"""
UNSURE = 0.5


async def silent(announcement: Announcement) -> None:
    """Nothing rings here."""


@pytest.fixture
async def router(tmp_path: Path) -> AsyncIterator[Router]:
    (tmp_path / "home.yaml").write_text(HOME, encoding="utf-8")
    opened = await open_skills(tmp_path / "home.yaml", tmp_path, silent)
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("language", "text", "yes"),
    [
        ("en", "turn on the bedroom lamp", "yes"),  # the desk lamp?
        ("zh-CN", "打开卧室灯", "是的"),
        ("zh-CN", "卧室灯开了", "是的"),  # a remark?
        ("en", "set the bedroom desk lamp to 5 percent", "yes"),  # 85?
        ("zh-CN", "设置一个5分钟的计时器", "是的"),
        ("en", "set a timer for sixteen minutes", "yes"),  # sixty?
    ],
)
async def test_a_piece_is_asked_about_where_a_word_is_unsure(
    router: Router, language: str, text: str, yes: str
) -> None:
    before = router.states()
    reply = await router.answer(Request(text, language, confidence=UNSURE))
    assert reply.expects_answer and not reply.acted and router.states() == before
    assert (await router.answer(Request(yes, language))).acted

    for surely in (Request(text, language), Request(text, language, confidence=0.95)):
        assert (await router.answer(surely)).acted


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "turn on the bedroom lights"),
        ("en", "turn on the bedroom desk lamp"),
        ("en", "set the bedroom desk lamp to 50 percent"),
        ("zh-CN", "打开卧室的灯"),
        ("zh-CN", "把卧室台灯开了"),
        ("ko", "침실 불 켜줘"),
        ("en", "okay so turn on the like bedroom lights"),
    ],
)
async def test_the_whole_is_not_asked_about(router: Router, language: str, text: str) -> None:
    reply = await router.answer(Request(text, language, confidence=UNSURE))
    assert reply.acted, reply.text


@pytest.mark.parametrize(
    ("language", "text", "yes"),
    [
        ("en", "turn off all the lights", "yes"),
        ("zh-CN", "把所有的灯都关了", "是的"),
        ("ko", "조명 다 꺼줘", "네"),
    ],
)
async def test_a_room_that_may_have_been_lost_is_asked_about(
    tmp_path: Path, language: str, text: str, yes: str
) -> None:
    hall = "  - {id: hall, kind: light, name: hall light}\n"
    (tmp_path / "home.yaml").write_text(HOME + hall, encoding="utf-8")
    router = await open_skills(tmp_path / "home.yaml", tmp_path, silent)
    for light in ("desk", "floor", "hall"):
        await router.backend.set(light, {"on": True})
    reply = await router.answer(Request(text, language, confidence=UNSURE))
    assert reply.expects_answer and not reply.acted
    await router.answer(Request(yes, language))
    assert not any(router.states()[light]["on"] for light in ("desk", "floor", "hall"))
    await router.close()


async def test_the_question_names_what_it_is_about(router: Router) -> None:
    reply = await router.answer(Request("turn on the bedroom lamp", confidence=UNSURE))
    assert "the bedroom desk lamp and the bedroom floor lamp" in reply.text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh-CN", "前门开了"),
        ("en", "unlock the then door"),
        ("en", "unlock the like front door"),
        ("en", "and unlock the front door"),
    ],
)
@pytest.mark.parametrize("confidence", [None, 1.0, UNSURE])
async def test_a_lock_never_moves_on_a_doubtful_sentence(
    router: Router, language: str, text: str, confidence: float | None
) -> None:
    reply = await router.answer(Request(text, language, confidence=confidence))
    assert not reply.acted
    yes = {"en": "yes", "zh-CN": "是的"}[language]
    await router.answer(Request(yes, language, confidence=confidence))
    assert router.states()["door"]["locked"] is True


async def test_a_doubtful_part_holds_up_the_whole(router: Router) -> None:
    text = "turn on the bedroom lamp and set a timer for ten minutes"
    reply = await router.answer(Request(text, confidence=UNSURE))
    assert reply.expects_answer and not reply.acted
    assert (await router.answer(Request("yes"))).acted
    assert router.states()["floor"]["on"] is True


async def test_the_door_of_a_garage_is_not_the_front_door(tmp_path: Path) -> None:
    garage = "  - {id: garage, kind: cover, class: garage, name: garage door}\n"
    (tmp_path / "home.yaml").write_text(HOME + garage, encoding="utf-8")
    router = await open_skills(tmp_path / "home.yaml", tmp_path, silent)
    await router.answer(Request("unlock the front door"))
    before = router.states()
    for confidence in (UNSURE, 1.0):
        reply = await router.answer(Request("close the door", confidence=confidence))
        assert not reply.acted and "garage door" in reply.text
        await router.answer(Request("yes", confidence=confidence))
        assert router.states() == before
    await router.close()
