"""Questions that the skills ask, and the short answers to them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from skills import Request, Router, memory, open_skills
from skills.choices import choose
from skills.home import EXAMPLE
from tests.skills.conversations import silent


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Router]:
    opened = await open_skills(EXAMPLE, tmp_path, silent)
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("language", "question", "answer", "device"),
    [
        ("en", "turn on the light", "In the kitchen, please.", "kitchen_counter"),
        ("en", "turn on the light", "the bedroom one", "bedroom_light"),
        ("zh-CN", "开灯", "厨房的", "kitchen_counter"),
        ("ko", "불 켜줘", "부엌이요", "kitchen_counter"),
    ],
)
async def test_the_room_is_told_afterwards(
    home: Router, language: str, question: str, answer: str, device: str
) -> None:
    asked = await home.answer(Request(question, language))
    assert asked.expects_answer and not asked.acted
    done = await home.answer(Request(answer, language))
    assert done.acted and device in done.targets and done.understood == answer
    assert home.states()[device]["on"] is True
    assert home.states()["hall_light"]["on"] is False


async def test_another_hypothesis_may_be_the_answer(home: Router) -> None:
    await home.answer(Request("turn on the light"))
    done = await home.answer(Request("chicken", alternatives=("kitchen",)))
    assert done.acted and done.understood == "kitchen"


async def test_two_devices_of_one_name_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "home.yaml"
    file.write_text(
        "areas:\n  - {id: up, name: attic}\n  - {id: down, name: cellar}\n"
        "devices:\n  - {id: a, kind: lock, name: hatch, area: up}\n"
        "  - {id: b, kind: lock, name: hatch, area: down}\n"
    )
    opened = await open_skills(file, tmp_path, silent)
    assert (await opened.answer(Request("unlock the hatch"))).expects_answer
    # A lock does not act on a guess, not even on a guessed answer.
    guess = await opened.answer(Request("the seller", alternatives=("the cellar one",)))
    assert not guess.acted and guess.expects_answer
    assert (await opened.answer(Request("unlock the hatch"))).expects_answer
    assert (await opened.answer(Request("the cellar one"))).acted
    assert [opened.states()[device]["locked"] for device in "ab"] == [True, False]
    await opened.close()


@pytest.mark.parametrize(
    ("language", "damaged", "answer"),
    [
        ("en", "turn on teh bedroom lamp", "not that lamp"),
        ("en", "turn on teh bedroom lamp", "wrong lamp"),
        ("en", "turn on teh bedroom lamp", "no lamp"),
        ("en", "turn on teh bedroom lamp", "no, not the bedroom lamp"),
        ("en", "turn on teh bedroom lamp", "no unlock the front door"),
        ("en", "turn on teh bedroom lamp", "no yes"),
        ("zh-CN", "打开走郎的灯", "不打开台灯"),
        ("zh-CN", "打开走郎的灯", "不是走廊灯"),
        ("zh-CN", "打开走郎的灯", "不解锁前门"),
        ("zh-CN", "打开走郎的灯", "不，解锁前门"),
        ("zh-CN", "打开走郎的灯", "不是解锁前门"),
        ("ko", "현관 뷸 켜줘", "현관등 말고"),
        ("ko", "현관 뷸 켜줘", "아니 현관문 잠금 풀어줘"),
    ],
)
async def test_a_no_to_something_does_not_do_it(
    home: Router, language: str, damaged: str, answer: str
) -> None:
    before = dict(home.states())
    asked = await home.answer(Request(damaged, language))
    assert asked.stage == "repaired" and asked.expects_answer
    assert not (await home.answer(Request(answer, language))).acted
    assert dict(home.states()) == before


@pytest.mark.parametrize(
    ("language", "damaged", "answer", "device"),
    [
        ("en", "turn on teh bedroom lamp", "no, turn on the fan", "bedroom_fan"),
        ("en", "turn on teh bedroom lamp", "no the hall light", "hall_light"),
        ("en", "turn on teh bedroom lamp", "not that, lamp", "lamp"),
        ("zh-CN", "打开走郎的灯", "不是，打开台灯", "lamp"),
        ("zh-CN", "打开走郎的灯", "不是我说的是打开台灯", "lamp"),
        ("zh-CN", "打开走郎的灯", "不对打开台灯", "lamp"),
        ("ko", "현관 뷸 켜줘", "아니 램프 켜줘", "lamp"),
    ],
)
async def test_a_no_may_say_what_was_meant(
    home: Router, language: str, damaged: str, answer: str, device: str
) -> None:
    await home.answer(Request(damaged, language))
    done = await home.answer(Request(answer, language))
    assert done.acted and done.targets == (device,)


@pytest.mark.parametrize(
    ("language", "question", "answer"),
    [
        ("en", "turn on the light", "no"),
        ("en", "turn on the light", "none of them"),
        ("zh-CN", "开灯", "都不要"),
        ("zh-CN", "开灯", "不要"),
        ("ko", "불 켜줘", "아니"),
    ],
)
async def test_no_calls_a_question_off(
    home: Router, language: str, question: str, answer: str
) -> None:
    assert (await home.answer(Request(question, language))).expects_answer
    done = await home.answer(Request(answer, language, alternatives=("kitchen", "厨房", "부엌")))
    assert done.stage == "pending" and not done.acted and done.text
    assert not any(state.get("on") for key, state in home.states().items() if "kitchen" in key)
    room = {"en": "the kitchen", "zh-CN": "厨房", "ko": "부엌"}[language]
    assert not (await home.answer(Request(room, language))).acted


@pytest.mark.parametrize(
    ("language", "question", "answer", "heard"),
    [
        ("en", "turn on the light", "not in the kitchen", "in the kitchen"),
        ("zh-CN", "开灯", "不是厨房", "是厨房"),
        ("ko", "불 켜줘", "부엌 말고", "부엌"),
    ],
)
async def test_what_is_not_meant_is_not_done_on_another_hypothesis(
    home: Router, language: str, question: str, answer: str, heard: str
) -> None:
    await home.answer(Request(question, language))
    assert not (await home.answer(Request(answer, language, alternatives=(heard,)))).acted
    assert (await home.answer(Request(heard, language))).acted  # the question still waits


async def test_a_command_takes_the_place_of_an_answer(home: Router) -> None:
    await home.answer(Request("turn on the light"))
    assert (await home.answer(Request("what time is it"))).intent == "HassGetCurrentTime"
    assert (await home.answer(Request("in the kitchen"))).stage == "none"


async def test_a_question_waits_for_an_answer_that_is_understood(
    home: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    for no_answer in ("blah", "not in the kitchen", "the kitchen is on fire", "moon"):
        await home.answer(Request("turn on the light"))
        assert (await home.answer(Request(no_answer))).stage == "none"
    await home.answer(Request("turn on the light"))
    assert (await home.answer(Request("say that again"))).text == "In which room?"
    assert (await home.answer(Request("kitchen"))).acted
    assert (await home.answer(Request("kitchen"))).stage == "none"  # it is answered
    monkeypatch.setattr(memory, "_QUESTION_LASTS", -1.0)
    await home.answer(Request("turn off the light"))
    assert (await home.answer(Request("kitchen"))).stage == "none"


async def test_talks_are_kept_apart(home: Router) -> None:
    hall, bedroom = (partial(Request, talk=name) for name in ("hall", "bedroom"))
    assert (await home.answer(hall("turn on the light"))).expects_answer
    await home.answer(bedroom("turn on the bedroom fan"))
    assert (await home.answer(bedroom("kitchen"))).stage == "none"
    assert (await home.answer(hall("kitchen"))).acted
    await home.answer(bedroom("turn it off"))
    assert home.states()["bedroom_fan"]["on"] is False
    again = await home.answer(hall("say that again"))
    assert again.text == "Turned on the kitchen ceiling light and the counter light."
    for number in range(300):
        home.memories.of(f"talk {number}")
        home.memories.of("bedroom")
    assert home.memories.of("hall").last is None  # the one that was silent is forgotten
    assert (await home.answer(bedroom("turn it on"))).acted


async def test_timers_are_told_apart_by_name_and_length(home: Router) -> None:
    for command in ("set a timer for ten minutes", "set a 5 minute timer named pasta"):
        await home.answer(Request(command))
    asked = await home.answer(Request("cancel the timer"))
    assert asked.text == "Which timer: pasta or 10 minutes?" and asked.expects_answer
    assert (await home.answer(Request("the ten minute one"))).text == "The timer is cancelled."
    await home.answer(Request("设置二十五分钟的计时器", "zh-CN"))
    assert (await home.answer(Request("取消计时器", "zh-CN"))).expects_answer
    assert (await home.answer(Request("二十五分钟的", "zh-CN"))).acted


@pytest.mark.parametrize(
    ("text", "language", "chosen"),
    [
        ("kitchen ceiling light", "en", "ceiling"),  # not the room that stands within it
        ("the kitchen", "en", "room"),
        ("the kitchens", "en", None),
        ("kitchen or hall", "en", None),
        ("厨房里", "zh", "room"),
        ("Küche", "de", "room"),
        ("in der Küche", "de", None),
        ("", "en", None),
    ],
)
def test_a_choice(text: str, language: str, chosen: str | None) -> None:
    things = {
        "room": ["kitchen", "厨房", "Küche"],
        "ceiling": ["kitchen ceiling light"],
        "hall": ["hall", ""],
    }
    assert choose(text, language, things) == chosen
