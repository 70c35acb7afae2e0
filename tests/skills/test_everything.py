"""The whole house in one sentence: everything off, all locked, anything still on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skills import Request, Router, Speaker, open_skills
from tests.skills.conversations import YES, silent

HOME = """
areas:
  - {id: kitchen, name: kitchen, aliases: {zh-CN: [厨房], ko: [부엌]}}
devices:
  - {id: lamp, kind: light, name: lamp, aliases: {zh-CN: [台灯], ko: [램프]}}
  - {id: fan, kind: fan, area: kitchen, name: fan, aliases: {zh-CN: [风扇], ko: [선풍기]}}
  - {id: pump, kind: switch, name: pump, sensitive: true, aliases: {zh-CN: [水泵], ko: [펌프]}}
  - {id: front, kind: lock, name: front door, aliases: {zh-CN: [前门], ko: [현관문]}}
  - {id: back, kind: lock, name: back door, aliases: {zh-CN: [后门], ko: [뒷문]}}
"""


@pytest.fixture
async def router(tmp_path: Path) -> AsyncIterator[Router]:
    (tmp_path / "home.yaml").write_text(HOME, encoding="utf-8")
    opened = await open_skills(tmp_path / "home.yaml", tmp_path, silent)
    for device in ("lamp", "fan", "pump"):
        await opened.backend.set(device, {"on": True})
    for lock in ("front", "back"):
        await opened.backend.set(lock, {"locked": False})
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "turn everything off"),
        ("en", "turn off everything in the house"),
        ("zh-CN", "全部关掉"),
        ("zh-CN", "把所有东西都关了"),
        ("ko", "다 꺼줘"),
    ],
)
async def test_everything_off_leaves_what_is_sensitive(
    router: Router, language: str, text: str
) -> None:
    assert (await router.answer(Request(text, language))).acted
    states = router.states()
    assert not states["lamp"]["on"] and not states["fan"]["on"] and states["pump"]["on"]
    assert not states["front"]["locked"]
    again = await router.answer(Request(text, language))
    assert not again.acted and again.stage == "strict"  # all of it is off already


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "turn off everything in the kitchen"),
        ("zh-CN", "把厨房的东西都关了"),
        ("ko", "부엌 다 꺼줘"),
    ],
)
async def test_everything_in_a_room(router: Router, language: str, text: str) -> None:
    assert (await router.answer(Request(text, language))).targets == ("fan",)
    assert router.states()["lamp"]["on"]


async def test_what_was_heard_unsurely_is_asked_about(router: Router) -> None:
    reply = await router.answer(Request("turn everything off", confidence=0.5))
    assert reply.expects_answer and not reply.acted
    assert (await router.answer(Request("yes"))).acted


async def test_them_is_what_was_on(router: Router) -> None:
    await router.backend.set("fan", {"on": False})
    await router.answer(Request("turn everything off"))
    await router.answer(Request("turn it on again"))
    assert router.states()["lamp"]["on"] and not router.states()["fan"]["on"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "lock up"),
        ("en", "lock all the doors"),
        ("zh-CN", "把门都锁上"),
        ("ko", "문 다 잠가줘"),
        ("ko", "문단속해줘"),
    ],
)
@pytest.mark.parametrize("confidence", [None, 0.5])
async def test_locking_up_is_asked_about(
    router: Router, language: str, text: str, confidence: float | None
) -> None:
    for answer, locked in (("no", False), (YES[language], True)):
        reply = await router.answer(Request(text, language, confidence=confidence))
        assert reply.expects_answer and not reply.acted, reply.text
        tongue = "en" if answer == "no" else language
        await router.answer(Request(answer, tongue, confidence=confidence))
        states = router.states()
        assert [states["front"]["locked"], states["back"]["locked"]] == [locked, locked]


async def test_a_guessed_locking_up_does_not_lock(router: Router) -> None:
    await router.answer(Request("lock pup"))
    await router.answer(Request("yes"))
    assert not router.states()["front"]["locked"]


@pytest.mark.parametrize("text", ["unlock everything", "unlock all the doors", "open everything"])
async def test_there_is_no_unlocking_of_everything(router: Router, text: str) -> None:
    for lock in ("front", "back"):
        await router.backend.set(lock, {"locked": True})
    for said in (text, "yes"):
        await router.answer(Request(said))
    states = router.states()
    assert states["front"]["locked"] and states["back"]["locked"]


@pytest.mark.parametrize(
    ("language", "text", "on", "off"),
    [
        ("en", "is anything still on", "lamp", "None"),
        ("zh-CN", "还有什么开着吗", "台灯", "没有"),
        ("ko", "아직 켜져 있는 거 있어", "램프", "없어요"),
    ],
)
async def test_is_anything_still_on(
    router: Router, language: str, text: str, on: str, off: str
) -> None:
    assert on in (await router.answer(Request(text, language))).text
    for device in ("lamp", "fan", "pump"):
        await router.backend.set(device, {"on": False})
    assert off in (await router.answer(Request(text, language))).text


@pytest.mark.parametrize("text", ["lock the safe", "unlock the safe", "lock up"])
async def test_locking_needs_whom_the_home_requires(tmp_path: Path, text: str) -> None:
    (tmp_path / "home.yaml").write_text(
        "devices:\n  - {id: safe, kind: lock, name: safe, requires: {speaker: [Mia]}}\n"
    )
    router = await open_skills(tmp_path / "home.yaml", tmp_path, silent)
    await router.backend.set("safe", {"locked": text == "unlock the safe"})
    before = router.states()
    for speaker in (None, Speaker("Ben", 0.99)):
        await router.answer(Request(text, speaker=speaker))
        await router.answer(Request("yes", speaker=speaker))
        assert router.states() == before
    reply = await router.answer(Request(text, speaker=Speaker("Mia", 0.99)))
    if reply.expects_answer:
        reply = await router.answer(Request("yes", speaker=Speaker("Mia", 0.99)))
    assert reply.acted and router.states() != before
    await router.close()
