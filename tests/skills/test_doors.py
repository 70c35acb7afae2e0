"""Doors that only have a lock are asked about, garages open and shut; nothing moves by half."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skills import Request, Router, Speaker, open_skills
from tests.skills.conversations import YES, silent

LOCKS = """
devices:
  - {id: front, kind: lock, name: front door, aliases: {zh-CN: [前门], ko: [현관문]}}
  - {id: safe, kind: lock, name: safe, aliases: {zh-CN: [保险箱]}, requires: {speaker: [Mia]}}
  - {id: lamp, kind: light, name: lamp, aliases: {zh-CN: [台灯], ko: [램프]}}
"""
GARAGE = (
    "  - {id: left, kind: cover, class: garage, name: left garage, aliases: {zh-CN: [左车库]}}\n"
)
SECOND = "  - {id: right, kind: cover, class: garage, name: right garage}\n"
TERRACE = "  - {id: terrace, kind: cover, class: door, name: terrace door}\n"
NO = {"en": "no", "zh-CN": "不", "ko": "아니"}


async def opened(folder: Path, home: str) -> Router:
    (folder / "home.yaml").write_text(home, encoding="utf-8")
    return await open_skills(folder / "home.yaml", folder, silent)


@pytest.fixture
async def router(tmp_path: Path) -> AsyncIterator[Router]:
    found = await opened(tmp_path, LOCKS)
    yield found
    await found.close()


@pytest.mark.parametrize(
    ("language", "text", "locked"),
    [
        ("en", "open the front door", False),
        ("en", "could you open the front door please", False),
        ("en", "close the front door", True),
        ("en", "shut the front door", True),
        ("zh-CN", "开前门", False),
        ("zh-CN", "把前门打开", False),
        ("zh-CN", "关上前门", True),
        ("ko", "현관문 열어 줘", False),
        ("ko", "현관문 닫아 줘", True),
    ],
)
@pytest.mark.parametrize("confidence", [None, 0.5])
async def test_opening_a_lock_is_asked_about(
    router: Router, language: str, text: str, locked: bool, confidence: float | None
) -> None:
    await router.backend.set("front", {"locked": not locked})
    for answer, then in ((NO, not locked), (YES, locked)):
        reply = await router.answer(Request(text, language, confidence=confidence))
        assert reply.expects_answer and not reply.acted
        assert router.states()["front"]["locked"] is not locked
        await router.answer(Request(answer[language], language, confidence=confidence))
        assert router.states()["front"]["locked"] is then


@pytest.mark.parametrize(
    ("language", "text", "no"),
    [
        ("en", "open the front door", "not the front door"),
        ("zh-CN", "开前门", "不开前门"),
        ("zh-CN", "开前门", "不是前门"),
        ("ko", "현관문 열어 줘", "현관문 말고"),
    ],
)
async def test_a_no_to_the_door_ends_the_question(
    router: Router, language: str, text: str, no: str
) -> None:
    assert (await router.answer(Request(text, language))).expects_answer
    assert not (await router.answer(Request(no, language))).acted
    await router.answer(Request(YES[language], language))
    assert router.states()["front"]["locked"] is True


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "unlock the front door"), ("zh-CN", "打开前门的锁"), ("ko", "현관문 잠금 풀어줘")],
)
async def test_unlocking_is_not_asked_about(router: Router, language: str, text: str) -> None:
    await router.backend.set("front", {"locked": True})
    assert (await router.answer(Request(text, language))).acted
    assert router.states()["front"]["locked"] is False


@pytest.mark.parametrize(
    "answer",
    [
        Request("yes", guessed=True),
        Request("yew", alternatives=("yes",)),
        Request("yes turn on the lamp"),
        Request("the front door"),
    ],
)
async def test_only_a_plain_yes_opens(router: Router, answer: Request) -> None:
    await router.backend.set("front", {"locked": True})
    await router.answer(Request("open the front door"))
    await router.answer(answer)
    assert router.states()["front"]["locked"] is True


@pytest.mark.parametrize(
    "request_",
    [
        Request("open teh front dor"),
        Request("broken the front door", alternatives=("open the front door",), confidence=0.5),
        Request("I'm home, open the front door"),
        Request("you can open the front door"),
        Request("前门开了", "zh-CN"),
    ],
    ids=lambda request: request.text,
)
async def test_a_doubtful_opening_is_not_even_asked_about(
    router: Router, request_: Request
) -> None:
    await router.backend.set("front", {"locked": True})
    assert not (await router.answer(request_)).acted
    await router.answer(Request(YES[request_.language], request_.language))
    assert router.states()["front"]["locked"] is True


async def test_who_says_yes_is_who_opens(router: Router) -> None:
    await router.backend.set("safe", {"locked": True})
    mia, ben = Speaker("Mia", 0.99), Speaker("Ben", 0.99)
    for who in (None, ben):
        await router.answer(Request("open the safe", speaker=mia))
        reply = await router.answer(Request("yes", speaker=who))
        assert not reply.acted and router.states()["safe"]["locked"] is True
    await router.answer(Request("open the safe", speaker=ben))
    assert (await router.answer(Request("yes", speaker=mia))).acted
    assert router.states()["safe"]["locked"] is False


async def test_an_opening_is_not_kept_for_later(router: Router) -> None:
    reply = await router.answer(Request("in ten minutes open the front door"))
    assert not reply.acted and "unlock the front door" in reply.text


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "is the front door open"), ("zh-CN", "前门开着吗"), ("ko", "현관문 닫혀 있어")],
)
async def test_whether_a_lock_is_open_is_told_as_far_as_it_knows(
    router: Router, language: str, text: str
) -> None:
    await router.backend.set("front", {"locked": True})
    reply = await router.answer(Request(text, language))
    assert reply.targets == ("front",) and not reply.expects_answer


@pytest.mark.parametrize(
    ("language", "text"), [("en", "open the door"), ("zh-CN", "开门"), ("ko", "문 열어 줘")]
)
async def test_the_door_is_the_one_that_there_is(tmp_path: Path, language: str, text: str) -> None:
    one = "".join(line for line in LOCKS.splitlines(keepends=True) if "safe" not in line)
    router = await opened(tmp_path, one)
    await router.backend.set("front", {"locked": True})
    await router.answer(Request(text, language))
    assert (await router.answer(Request(YES[language], language))).acted
    assert router.states()["front"]["locked"] is False
    await router.close()


async def test_a_door_that_moves_is_opened(tmp_path: Path) -> None:
    router = await opened(tmp_path, LOCKS + TERRACE)
    assert (await router.answer(Request("open the terrace door"))).acted
    await router.backend.set("front", {"locked": True})
    await router.answer(Request("open the door"))
    await router.answer(Request("yes"))
    assert router.states()["front"]["locked"] is True
    await router.close()


@pytest.mark.parametrize(
    ("language", "opening", "asking", "closing"),
    [
        ("en", "open the garage", "is the garage open", "shut the garage"),
        ("en", "open the garage door", "is the garage door open", "close the garage door"),
        ("zh-CN", "打开车库", "车库开着吗", "把车库门关上"),
        ("ko", "차고 열어 줘", "차고 문 열려 있어", "차고 문 닫아 줘"),
    ],
)
async def test_the_garage_opens_and_shuts(
    tmp_path: Path, language: str, opening: str, asking: str, closing: str
) -> None:
    router = await opened(tmp_path, LOCKS + GARAGE)
    told = []
    for text, position in ((opening, 100), (closing, 0)):
        assert (await router.answer(Request(text, language))).acted
        assert router.states()["left"]["position"] == position
        told.append((await router.answer(Request(asking, language))).text)
    assert told[0] != told[1]
    await router.close()


async def test_one_of_two_garages_is_asked_for(tmp_path: Path) -> None:
    router = await opened(tmp_path, LOCKS + GARAGE + SECOND)
    reply = await router.answer(Request("open the garage"))
    assert reply.expects_answer and not reply.acted
    await router.answer(Request("the right garage"))
    states = router.states()
    assert states["right"]["position"] == 100 and states["left"]["position"] == 0
    assert "left" in (await router.answer(Request("is the garage open"))).text
    await router.close()
