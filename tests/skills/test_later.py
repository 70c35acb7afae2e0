"""Commands with a time are really carried out: once, in time, over restarts."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest

from skills import schedule
from skills.later.plan import Planned, read_planned
from skills.schedule import Schedule
from tests.skills.conversations import talk


@pytest.mark.parametrize(
    ("text", "language", "answer"),
    [
        ("turn on the lamp in one second", "en", "All right, in 1 second: turn on the lamp."),
        ("In one second, turn on the lamp.", "en", "All right, in 1 second: turn on the lamp."),
        ("一秒钟后打开台灯", "zh-CN", "好的，1秒后：打开台灯。"),
        ("1초 뒤에 램프 켜줘", "ko", "네, 1초 뒤에 할게요: 램프 켜줘."),
    ],
)
async def test_it_is_done_in_time(tmp_path: Path, text: str, language: str, answer: str) -> None:
    async with talk(tmp_path, language) as say:
        began = time.monotonic()
        assert await say(text) == answer and say.reply.acted
        lit = say.router.states()["lamp"]["on"]
        assert lit is False or time.monotonic() - began > 1
        await say.until("lamp", on=True)
        assert say.announced == []


async def test_plans_are_told_and_cancelled(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        assert await say("what have you planned") == "Nothing is planned."
        assert await say("cancel what you have planned") == "Nothing is planned."
        assert "at 10:00 PM every day" in await say("every day at 10 pm lock the front door")
        await say("turn off the coffee maker in half an hour")
        told = await say("what have you planned")
        assert "lock the front door at 10:00 PM every day" in told and "coffee maker" in told
        assert "Which one" in await say("cancel the planned command")
        assert "Cancelled: turn off the coffee maker" in await say("turn off the coffee maker")
        assert "Cancelled: lock" in await say("cancel all planned commands")
    assert json.loads((tmp_path / "planned.json").read_text()) == []


@pytest.mark.parametrize(
    ("language", "plan", "cancel"),
    [
        ("en", "in ten minutes turn on the lamp", "cancel that"),
        ("en", "in ten minutes turn on the lamp", "never mind"),
        ("zh-CN", "十分钟后打开台灯", "取消"),
        ("zh-CN", "十分钟后打开台灯", "算了吧"),
        ("ko", "10분 뒤에 램프 켜줘", "취소해 줘"),
    ],
)
async def test_a_plan_is_called_off_at_once(
    tmp_path: Path, language: str, plan: str, cancel: str
) -> None:
    help_ = {"en": "help", "zh-CN": "帮助", "ko": "도움말"}[language]
    async with talk(tmp_path, language) as say:
        done = []
        # Called off once, and not after something else was talked about.
        for text in (plan, cancel, cancel, plan, help_, cancel):
            await say(text)
            done.append(say.reply.acted)
    assert done == [True, True, False, True, False, False]
    assert len(json.loads((tmp_path / "planned.json").read_text())) == 1


async def test_plans_in_mandarin_and_korean(tmp_path: Path) -> None:
    async with talk(tmp_path, "zh-CN") as say:
        assert "每天22点整：锁上前门" in await say("每天晚上十点锁上前门")
        assert "每天22点整锁上前门" in await say("有什么定时任务")
        assert "已取消" in await say("取消定时任务")
        assert await say("有哪些计划") == "没有定时任务。"
        assert "매일 오후 10시에" in await say("매일 밤 열 시에 현관문 잠가 줘", "ko")
        for text in (
            "예약된 거 뭐 있어?",
            "뭐 예약돼 있어?",
            "뭐가 예약되어 있나요?",
            "뭘 예약했어?",
        ):
            assert "현관문" in await say(text, "ko")
        assert "취소했어요" in await say("예약 취소해 줘", "ko")


@pytest.mark.parametrize(
    ("language", "before", "text", "answer"),
    [
        ("en", "turn on the lamp", "turn it off in one second", "turn it off (the lamp)."),
        (
            "en",
            "turn on the kitchen lights",
            "in one second turn them off",
            "them off (the kitchen",
        ),
        ("zh-CN", "打开台灯", "一秒钟后把它关掉", "1秒后：把它关掉（台灯）。"),
        ("zh-CN", "打开台灯", "一秒钟后关掉", "关掉（台灯）。"),
        ("ko", "램프 켜줘", "1초 뒤에 그거 꺼줘", "그거 꺼줘(램프)."),
    ],
)
async def test_it_is_what_was_talked_about_when_it_was_said(
    tmp_path: Path, language: str, before: str, text: str, answer: str
) -> None:
    async with talk(tmp_path, language) as say:
        await say(before)
        lit = say.reply.targets
        assert answer in await say(text)
        await say("turn on the hall light", "en")  # talked about since
    async with talk(tmp_path, language) as say:
        for device in lit:
            await say.until(device, on=False)
        assert say.router.states()["hall_light"]["on"] is True and say.announced == []


async def test_it_means_nothing_where_nothing_was_talked_about(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        await say("turn it off in ten minutes")
        assert not say.reply.acted
        await say("turn on the lamp")
        await say("turn it off in an hour")
        await say("turn on the coffee maker")
        await say("turn it off in two hours")
        assert "turn it off (the coffee maker)" in await say("what have you planned")
        assert "Which one" in await say("cancel the planned command")
        assert "(the lamp)" in await say("the lamp")
        assert "the lamp" not in await say("what have you planned")


async def test_what_lacks_something_is_not_planned(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        assert "In which room?" in await say("turn on the light in ten minutes")
        assert not say.reply.acted
        assert await say("what have you planned") == "Nothing is planned."


async def test_what_is_no_command_is_not_planned(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        for text in ("what time is it at 7", "is the lamp on in ten minutes", "look at 7 pm"):
            await say(text)
            assert not say.reply.acted
        await say("do not turn on the lamp in ten minutes")
        assert not say.reply.acted
        assert await say("what have you planned") == "Nothing is planned."


async def test_it_outlives_the_program_and_is_done_in_one_of_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "LOOK_EVERY", 0.02)
    async with talk(tmp_path) as say:
        await say("turn on the lamp in one second")
        await say("turn on the unknown gadget in one second")
    async with talk(tmp_path) as one, talk(tmp_path) as two:
        changes: list[str] = []
        for program in (one, two):
            program.router.subscribe(lambda device, state: changes.append(device))
        await one.until("lamp", on=True)
        await one("turn off the lamp")
        await asyncio.sleep(0.3)
        assert one.router.states()["lamp"]["on"] is False
    assert json.loads((tmp_path / "planned.json").read_text()) == []


async def test_what_is_long_overdue_is_told_instead(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        await say("unlock the front door in two hours")
    plan = json.loads((tmp_path / "planned.json").read_text())
    (tmp_path / "planned.json").write_text(json.dumps([{**plan[0], "due": time.time() - 3600}]))
    async with talk(tmp_path) as say:
        assert "so I did not do this: unlock the front door" in await say.announcement()
        assert say.router.states()["front_door"]["locked"] is True


async def test_what_cannot_be_done_then_is_told(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        await say("turn on the lamp in one second")
        (tmp_path / "devices.json").mkdir()
        await say("turn on the hall light")  # what cannot be saved is told from now on
        assert 'You had planned "turn on the lamp", but:' in await say.announcement()


async def test_what_repeats_stays_planned(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        await say("every day at 7 am turn on the lamp")
    plan = json.loads((tmp_path / "planned.json").read_text())
    (tmp_path / "planned.json").write_text(json.dumps([{**plan[0], "due": time.time() - 1}]))
    async with talk(tmp_path) as say:
        await say.until("lamp", on=True)
        assert "every day" in await say("what have you planned")


async def test_a_time_at_the_beginning_is_that_of_all_that_follows(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        await say("unlock the front door")
        text = "in one second turn on the lamp and lock the front door"
        assert await say(text) == f"All right, in 1 second: {text[14:]}."
        assert say.router.states()["front_door"]["locked"] is False
        await say.until("lamp", on=True)
        await say.until("front_door", locked=True)


async def test_what_is_being_carried_out_is_finished_before_the_end(tmp_path: Path) -> None:
    begun, done, all_done = asyncio.Event(), [], asyncio.Event()

    async def carry_out(plan: Planned) -> None:
        begun.set()
        await asyncio.sleep(0.2)
        done.append(plan.text)
        if plan.text == "soon":
            all_done.set()

    def new() -> Schedule[Planned]:
        return Schedule(tmp_path / "plans.json", read_planned, carry_out, once=True)

    plans = new()
    plans.open()
    plans.add(lambda number: Planned(number, time.time(), "now"))
    await begun.wait()
    plans.add(lambda number: Planned(number, time.time() + 0.1, "soon"))
    await plans.close()
    assert done == ["now"]
    plans = new()
    plans.open()
    await asyncio.wait_for(all_done.wait(), 30)
    await plans.close()
    assert done == ["now", "soon"] and json.loads((tmp_path / "plans.json").read_text()) == []
