"""Timers ring, can be told apart, and outlive the program."""

from __future__ import annotations

import asyncio
import json
import math
import time
from pathlib import Path

import pytest

from skills import Announcement, Request, Router, open_skills, schedule
from skills.home import EXAMPLE
from skills.when import spoken_duration
from tests.skills.conversations import silent


class Bell:
    """Collects what is announced."""

    def __init__(self) -> None:
        self.rung: list[Announcement] = []
        self.event = asyncio.Event()

    async def __call__(self, announcement: Announcement) -> None:
        self.rung.append(announcement)
        self.event.set()


async def start(folder: Path, bell: Bell) -> Router:
    return await open_skills(EXAMPLE, folder, bell, languages=())


async def say(router: Router, text: str) -> str:
    return (await router.answer(Request(text))).text


async def test_a_timer_rings_and_is_forgotten(tmp_path: Path) -> None:
    bell = Bell()
    router = await start(tmp_path, bell)
    assert await say(router, "set a timer for one second") == "The timer is set for 1 second."
    await asyncio.wait_for(bell.event.wait(), 5)
    await asyncio.sleep(0.05)
    assert bell.rung == [Announcement("Your timer for 1 second is done.", "en", rings=True)]
    assert await say(router, "how long is left on my timer") == "No timer is running."
    await router.close()
    assert json.loads((tmp_path / "timers.json").read_text()) == []


async def test_several_timers_by_name_and_length(tmp_path: Path) -> None:
    router = await start(tmp_path, Bell())
    assert "10 minutes" in await say(router, "Set a timer for 10 minutes.")
    began = time.monotonic()
    assert "pasta" in await say(router, "set a 5 minute timer named pasta")
    assert "Which timer" in await say(router, "cancel the timer")
    for text in ("add two minutes to the pasta timer", "how long is left on the pasta timer"):
        left = await say(router, text)
        passed = math.ceil(time.monotonic() - began)
        possible = [spoken_duration(420 - seconds, "en") for seconds in range(passed + 1)]
        assert any(f"{value} left" in left for value in possible), left
    assert await say(router, "cancel the pasta timer") == "The timer is cancelled."
    assert "no such timer" in await say(router, "cancel the pizza timer")
    assert await say(router, "cancel the ten minute timer") == "The timer is cancelled."
    assert await say(router, "cancel the timer") == "No timer is running."
    await say(router, "set a timer for one hour and thirty minutes")
    assert await say(router, "cancel all timers") == "All timers are cancelled."
    await router.close()


@pytest.mark.parametrize(
    ("language", "asking", "answer", "reply"),
    [
        ("en", "set a timer", "for ten minutes", "The timer is set for 10 minutes."),
        ("en", "set an egg timer", "half a minute", "The egg timer is set for 30 seconds."),
        ("zh-CN", "设个计时器", "五分钟吧", "5分钟的计时器已设好。"),
        ("ko", "타이머 맞춰줘", "십 분이요", "10분 타이머를 맞췄어요."),
    ],
)
async def test_a_timer_without_a_length_is_asked_for_it(
    tmp_path: Path, language: str, asking: str, answer: str, reply: str
) -> None:
    router = await open_skills(EXAMPLE, tmp_path, silent)
    asked = await router.answer(Request(asking, language))
    assert asked.expects_answer and not asked.acted
    done = await router.answer(Request(answer, language))
    assert done.acted and done.text == reply
    await router.close()


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "what timers do I have"), ("zh-CN", "我有哪些计时器"), ("ko", "타이머 뭐 있어")],
)
async def test_timers_are_told(tmp_path: Path, language: str, text: str) -> None:
    router = await open_skills(EXAMPLE, tmp_path, silent)
    assert (await router.answer(Request("set a five minute pizza timer"))).acted
    assert "pizza" in (await router.answer(Request(text, language))).text.casefold()
    await router.close()


async def test_timers_outlive_the_program(tmp_path: Path) -> None:
    bell = Bell()
    router = await start(tmp_path, bell)
    await say(router, "set a timer for ten minutes")
    await say(router, "set a 5 minute timer named tea")
    await router.close()

    file = tmp_path / "timers.json"
    saved = json.loads(file.read_text())
    saved[1]["due"] = time.time() - 60
    file.write_text(json.dumps(saved))
    router = await start(tmp_path, bell)
    await asyncio.wait_for(bell.event.wait(), 5)
    assert [a.text for a in bell.rung] == ["Your tea timer is done."]
    assert await say(router, "cancel the ten minute timer") == "The timer is cancelled."
    await router.close()


async def test_a_ring_that_was_cut_off_rings_again(tmp_path: Path) -> None:
    ringing = asyncio.Event()

    async def forever(announcement: Announcement) -> None:
        ringing.set()
        await asyncio.Event().wait()

    router = await open_skills(EXAMPLE, tmp_path, forever, languages=())
    await say(router, "set a timer for one second")
    await asyncio.wait_for(ringing.wait(), 5)
    await router.close()
    bell = Bell()
    router = await start(tmp_path, bell)
    await asyncio.wait_for(bell.event.wait(), 5)
    await router.close()


async def test_a_broken_file_is_kept_aside(tmp_path: Path) -> None:
    timer = '[{"id":1,"seconds":1,"due":%s,"name":null,"language":"en"}]'
    for text in ("{", '[{"id": 1}]', "7", timer % '"soon"', timer % "1e999", timer % "NaN"):
        (tmp_path / "timers.json").write_text(text)
        router = await start(tmp_path, Bell())
        assert await say(router, "cancel the timer") == "No timer is running."
        await router.close()
        assert (tmp_path / "timers.json.broken").read_text() == text


async def test_a_timer_set_by_another_program_rings_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "LOOK_EVERY", 0.02)
    bell, other_bell = Bell(), Bell()
    router, other = await start(tmp_path, bell), await start(tmp_path, other_bell)
    await say(router, "set a 5 minute timer named tea")
    await say(other, "set a timer for one second")
    await asyncio.wait_for(bell.event.wait(), 5)
    assert [announced.text for announced in bell.rung] == ["Your timer for 1 second is done."]
    # Neither has lost what the other set, and what the other cancels does not ring.
    assert "left on the tea timer" in await say(other, "how long is left on the tea timer")
    await say(other, "cancel the tea timer")
    assert await say(router, "how long is left on my timer") == "No timer is running."
    await router.close()
    await other.close()
    assert json.loads((tmp_path / "timers.json").read_text()) == []


async def test_timers_of_two_programs_have_numbers_of_their_own(tmp_path: Path) -> None:
    one, two = await start(tmp_path, Bell()), await start(tmp_path, Bell())
    for router in (one, two, one):
        assert "is set for" in await say(router, "set a timer for ten minutes")
    assert [item["id"] for item in json.loads((tmp_path / "timers.json").read_text())] == [1, 2, 3]
    await one.close()
    await two.close()


def test_durations_are_spoken() -> None:
    assert spoken_duration(3661, "en") == "1 hour, 1 minute and 1 second"
    assert spoken_duration(0, "en") == "0 seconds"
    assert spoken_duration(90, "zh-CN") == "1分钟30秒"
    assert spoken_duration(3900, "ko") == "1시간 5분"
