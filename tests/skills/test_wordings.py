"""What people say otherwise, in the example home."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import skills.wordings
from skills import Announcement, Reply, Request, Stage, open_skills
from skills.backends import State
from skills.home import EXAMPLE
from skills.wordings import reworded
from skills.wordings.amounts import counted

FILES = sorted(Path(skills.wordings.__file__).parent.glob("*.yaml"))
PLAINLY = {
    "en": {
        "kill the lights": "turn off the lights",
        "knock the lights off": "turn off the lights",
        "get the blind open": "open the blind",
        "have the fan on": "turn on the fan",  # "can we" is politeness
        "i'd like the fan on": "turn on the fan",
        "would you mind turning the fan off": "turn the fan off",
        "you can turn the fan off now": "turn the fan off",
        "make sure the door is locked": "lock the door",
        "check that the door is locked": "is the door locked",
        "tell me if the lamp is on": "is the lamp on",
        "put the heating up to 21": "set the heating to 21 degrees",
        "i want it brighter in here": "make it brighter",
        "it's too dark in the kitchen": "make the kitchen brighter",
        "let some light in": "open the curtains",
        "pop the kettle on": "turn on the kettle",
        "give me 40 percent in the bedroom": "set the bedroom to 40 percent",
        "crank up the heating": "turn up the heating",
        "bring the blinds down": "turn down the blinds",
        "hoover the living room": "vacuum the living room",
        "what's it like outside": "what's the weather like",
        "how warm is it in the bedroom": "what's the temperature in the bedroom",
        "time five minutes": "set a timer for five minutes",
        "drop the thermostat to 17 degrees": "set the thermostat to 17 degrees",
        "carry on playing the tv": "resume the tv",
        "tell the robot to go home and charge": "send the robot home",
        "has anyone left the lamp on": "did anyone left the lamp on",
        "are the kitchen lights on": "are any lights on in the kitchen",
        "is the front door open": "how is the front door",
        "open the curtain a quarter": "set the curtain to 25 percent",
        "bin bags need to go on the shopping list": "add bin bags to the shopping list",
        "put our lamp on for an hour": "put the lamp on for an hour",
    },
    "zh-CN": {
        "把台灯熄了": "关掉台灯",
        "厨房开下灯": "打开厨房的灯",
        "拉上窗帘": "关上窗帘",
        "看看前门锁了没有": "前门锁了没有",
        "把台灯调成百分之四十的亮度": "把台灯亮度调到百分之四十",
        "厨房太暗了": "厨房亮一点",
        "台灯调成红的": "把台灯变成红色",
        "风扇开到最大": "把风扇风速调到百分之100",
        "窗帘打开四分之一": "把窗帘开到百分之25",
        "前门开着吗": "前门状态是什么",
    },
    "ko": {
        "램프 켜 놔": "램프 켜줘",
        "램프 끄자": "램프 꺼줘",
        "현관문 잠갔는지 확인해 줘": "현관문 잠겼어",
        "5분 재 줘": "5분 타이머 맞춰줘",
        "부엌이 너무 어두워": "부엌 더 밝게 해줘",
        "램프 밝기 낮춰줘": "램프 더 어둡게 해줘",
        "30분 있다가 울리게 타이머 맞춰줘": "30분 타이머 맞춰줘",
    },
}
CASES = [(lang, said, plain) for lang, known in PLAINLY.items() for said, plain in known.items()]
DONE = {
    # What is said to what a device is then.
    "en": {
        "can we have the fan on": ("bedroom_fan", {"on": True}),
        "would you mind if we turned the coffee machine on": ("coffee_maker", {"on": True}),
        "fire up the coffee machine": ("coffee_maker", {"on": True}),
        "set the lamp to half": ("lamp", {"brightness": 50}),
        "let some light in": ("living_room_curtain", {"position": 100}),
        "get the front door unlocked": ("front_door", {"locked": False}),
    },
    "zh-CN": {
        "把咖啡机启动": ("coffee_maker", {"on": True}),
        "把台灯调成百分之四十的亮度": ("lamp", {"brightness": 40}),
        "开前门的锁": ("front_door", {"locked": False}),
    },
    "ko": {
        "커피 머신 작동시켜": ("coffee_maker", {"on": True}),
        "램프 반으로 줄여줘": ("lamp", {"brightness": 50}),
        "커튼 걷어 줘": ("living_room_curtain", {"position": 100}),
    },
}
DONE_CASES = [(lang, said, *is_) for lang, known in DONE.items() for said, is_ in known.items()]
NOTHING = {
    "en": (
        "i don't want the fan on",
        "would you mind not turning the fan on",
        "i want the fan on unless it's cold",
        "make sure the fan is on if it's hot",
        "i wanted the fan on",
        "nobody wants the fan on",
        "i can't have the fan on",
        "i love the fan on",
        "i want the fan",
        "turn the fan up 20 percent on sundays",
        "make sure nobody unlocks the front door",
        "the front door should be unlocked",
        "check that the front door is unlocked",
        "let me in",
    ),
    "zh-CN": ("别把风扇开起来", "风扇不用启动", "如果热就把风扇开起来", "看看前门解锁了没有"),
    "ko": ("선풍기 켜 놓지 마", "더우면 선풍기 켜 놔", "현관문 열었는지 확인해 줘"),
}
NOTHING_CASES = [(language, said) for language, all_ in NOTHING.items() for said in all_]


async def nobody(announcement: Announcement) -> None:
    raise AssertionError(f"nothing should ring: {announcement}")


async def after(
    said: str, language: str, folder: Path, confidence: float | None = None
) -> tuple[Reply, dict[str, State], dict[str, State]]:
    """The reply, and the states before and after it."""
    router = await open_skills(EXAMPLE, folder, nobody, languages=())
    before = dict(router.states())
    request = Request(said, language, area="kitchen", confidence=confidence)
    reply = await router.answer(request)
    states = dict(router.states())
    await router.close()
    return reply, before, states


@pytest.mark.parametrize(("language", "said", "plain"), CASES)
def test_is_said_plainly(language: str, said: str, plain: str) -> None:
    assert plain in [wording.text for wording in reworded(said, language)]


@pytest.mark.parametrize(
    ("language", "said", "figures"),
    [
        ("en", "for half an hour", "for 30 minutes"),
        ("en", "for an hour and a half", "for 1 hour 30 minutes"),
        ("en", "for two and a half hours", "for 2 hours 30 minutes"),
        ("en", "for three quarters of an hour", "for 45 minutes"),
        ("en", "to twenty one and a half degrees", "to 21.5 degrees"),
        ("en", "to about three quarters", "to 75 percent"),
        ("en", "at quarter to seven", "at quarter to seven"),
        ("en", "at a quarter past six", "at a quarter past six"),
        ("zh-CN", "计时半小时", "计时30分钟"),
        ("zh-CN", "计时一个半小时", "计时1小时30分钟"),
        ("zh-CN", "设一个一个半小时的计时器", "设一个1小时30分钟的计时器"),
        ("zh-CN", "计时三刻钟", "计时45分钟"),
        ("zh-CN", "调到二十四度半", "调到24.5度"),
        ("zh-CN", "打开四分之三", "打开百分之75"),
        ("ko", "이십이 점 오 도로", "22.5도로"),
        ("ko", "한 시간 반 타이머", "1시간 30분 타이머"),
        ("ko", "두 시간짜리 타이머", "2시간짜리 타이머"),
        ("ko", "스물네 시간 타이머", "스물네 시간 타이머"),
        ("zh-CN", "十十度半", "十10.5度"),
    ],
)
def test_amounts_are_counted(language: str, said: str, figures: str) -> None:
    assert counted(said, language) == figures


@pytest.mark.parametrize(("language", "said", "device", "state"), DONE_CASES)
async def test_acts(language: str, said: str, device: str, state: State, tmp_path: Path) -> None:
    reply, _, states = await after(said, language, tmp_path)
    assert reply.stage is Stage.STRICT
    assert {key: states[device][key] for key in state} == state


@pytest.mark.parametrize(("language", "said"), NOTHING_CASES)
async def test_never_acts(language: str, said: str, tmp_path: Path) -> None:
    reply, before, states = await after(said, language, tmp_path)
    assert not reply.acted
    assert states == before


@pytest.mark.parametrize(
    ("language", "said", "plain"),
    [
        ("en", "it's too dark in the kitchen", "make the kitchen brighter"),
        ("zh-CN", "厨房太暗了", "厨房亮一点"),
        ("ko", "부엌이 너무 어두워", "부엌 더 밝게 해줘"),
    ],
)
async def test_a_remark_is_asked_about_where_it_was_heard(
    language: str, said: str, plain: str, tmp_path: Path
) -> None:
    reply, before, states = await after(said, language, tmp_path, confidence=0.5)
    assert reply.stage is Stage.REPAIRED
    assert plain in reply.text
    assert states == before


async def test_a_remark_that_is_typed_acts(tmp_path: Path) -> None:
    reply, _, states = await after("it's too dark in the kitchen", "en", tmp_path)
    assert reply.acted
    assert states["kitchen_counter"]["on"] is True


async def test_what_may_be_said_to_somebody_else_does_not_unlock(tmp_path: Path) -> None:
    reply, before, states = await after("you can unlock the front door", "en", tmp_path)
    assert reply.stage is Stage.REPAIRED
    assert states == before


async def test_a_wording_counts_in_a_compound_sentence(tmp_path: Path) -> None:
    said = "pop the fan on and kill the lamp"
    _, _, states = await after(said, "en", tmp_path)
    assert states["bedroom_fan"]["on"] is True
    assert states["lamp"]["on"] is False


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_what_is_said_holds_only_what_is_kept(path: Path) -> None:
    for block in yaml.safe_load(path.read_text(encoding="utf-8"))["wordings"]:
        said = [block["say"]] if isinstance(block["say"], str) else block["say"]
        kept = {name for text in block["for"] for name in re.findall(r"\{(\w+)", text)}
        assert {name for text in said for name in re.findall(r"\{(\w+)", text)} <= kept
