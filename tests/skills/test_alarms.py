"""Alarms and reminders: set, told, cancelled, rung, missed, over restarts."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.skills.conversations import talk


def saved(folder: Path) -> list[dict[str, Any]]:
    alarms: list[dict[str, Any]] = json.loads((folder / "alarms.json").read_text("utf-8"))
    return alarms


def bring_forward(folder: Path, seconds: float) -> None:
    """Move all alarms so that they are due in so many seconds."""
    alarms = [{**alarm, "due": time.time() + seconds} for alarm in saved(folder)]
    (folder / "alarms.json").write_text(json.dumps(alarms), "utf-8")


async def test_alarms_in_english(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        assert await say("which alarms are set") == "There is no such alarm."
        await say("set an alarm for 7 am")
        assert say.reply.intent == "SetAlarm" and say.reply.acted
        assert "7:00 AM" in say.reply.text
        assert "6:30 AM on weekdays" in await say("Wake me up every weekday at half past six.")
        assert "gym alarm" in await say("set an alarm called gym for saturday at 9 am")
        told = await say("what alarms do I have")
        assert "7:00 AM" in told and "6:30 AM on weekdays" in told and "gym at 9:00 AM" in told
        assert "Which one" in await say("cancel the alarm")
        assert "gym" in await say("the gym one")
        assert "6:30" in await say("cancel the half past six alarm")
        assert "Cancelled: at 7:00 AM" in await say("cancel my alarm")
        assert await say("cancel the alarm") == "There is no such alarm."
    assert saved(tmp_path) == []


@pytest.mark.parametrize(
    ("language", "text", "other", "answer"),
    [
        ("en", "set an alarm for 7 am", "wake me up at 7 am", "That is already set: at 7:00 AM"),
        ("en", "set an alarm every day at 7 am", "wake me up at 7 am", "7:00 AM every day."),
        (
            "en",
            "remind me to call mom at 5 pm",
            "at 5 pm remind me to call mom",
            "already set: cal",
        ),
        ("zh-CN", "定一个早上七点的闹钟", "早上七点叫醒我", "已经设过了："),
        ("ko", "아침 일곱 시에 알람 맞춰줘", "아침 일곱 시에 깨워줘", "이미 맞춰 두었어요: "),
    ],
)
async def test_what_is_set_is_not_set_again(
    tmp_path: Path, language: str, text: str, other: str, answer: str
) -> None:
    async with talk(tmp_path, language) as say:
        await say(text)
        for again in (text, other):
            assert answer in await say(again) and not say.reply.acted
    assert len(saved(tmp_path)) == 1


async def test_what_differs_is_another_alarm(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        for text in (
            *("set an alarm for 7 am", "set an alarm for 7 pm", "set a gym alarm for 7 am"),
            *("set an alarm every day at 7 am", "set an alarm every weekday at 7 am"),
            *("remind me to call mom at 7 am", "remind me to call dad at 7 am"),
        ):
            await say(text)
            assert say.reply.acted, text


async def test_a_time_that_was_not_said_is_asked_for(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        assert await say("set an alarm") == "For what time?"
        assert say.reply.expects_answer
        assert "8:15 PM" in await say("quarter past eight in the evening")
        assert await say("remind me to water the plants") == "When shall I remind you?"
        assert await say("in ten minutes") == "I will remind you in 10 minutes: water the plants."
    assert [alarm["text"] for alarm in saved(tmp_path)] == [None, "water the plants"]


async def test_a_reminder_rings_with_its_text(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        assert await say("Remind me in one second to call Dr. Smith.") == (
            "I will remind you in 1 second: call Dr. Smith."
        )
        assert await say.announcement() == "Reminder: call Dr. Smith."
        assert say.announced[0].rings
        assert "9 minutes" in await say("snooze")
        assert "5 minutes" in await say("snooze for five minutes")
        assert "call Dr. Smith" in await say("what reminders do I have")
        assert "There is no such alarm" in await say("which alarms are set")
        assert "Cancelled" in await say("cancel all reminders")


async def test_an_alarm_rings_once_and_one_that_repeats_again(tmp_path: Path) -> None:
    now = datetime.now()
    async with talk(tmp_path) as say:
        await say("set an alarm for 7 am")
        await say("set an alarm every day at 7 am")
    bring_forward(tmp_path, -1)
    async with talk(tmp_path) as say:
        await say.announcement(2)
        assert all(a.rings and a.text.startswith("It is ") for a in say.announced)
        assert "every day" in await say("which alarms are set")
    (left,) = saved(tmp_path)
    again = datetime.fromtimestamp(left["due"])
    assert timedelta(hours=23) < again - now < timedelta(hours=25)


async def test_what_was_missed_is_told_and_does_not_ring(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        await say("set an alarm for 7 am")
    bring_forward(tmp_path, -3600)
    async with talk(tmp_path) as say:
        assert "was missed" in await say.announcement()
        assert not say.announced[0].rings
    assert saved(tmp_path) == []


async def test_alarms_in_mandarin(tmp_path: Path) -> None:
    async with talk(tmp_path, "zh-CN") as say:
        assert "7点30分" in await say("帮我定一个明天早上七点半的闹钟")
        assert "工作日6点" in await say("工作日早上六点叫我起床")
        told = await say("有哪些闹钟")
        assert "明天7点30分" in told and "工作日6点整" in told
        assert "8点整提醒你：开会" in await say("明天早上八点提醒我开会")
        assert "交房租" in await say("提醒我下周一上午九点交房租")
        assert await say("提醒我买药") == "什么时候提醒你？"
        assert "10分钟后提醒你：买药" in await say("十分钟后")
        assert "已取消" in await say("取消早上七点半的闹钟")
        assert "已取消" in await say("取消所有闹钟")
        assert await say("设一个闹钟") == "几点？"
        assert "已设好" in await say("早上七点")
        assert await say("一秒钟后提醒我关火") == "好的，1秒后提醒你：关火。"
        assert await say.announcement() == "提醒：关火。"


async def test_alarms_in_korean(tmp_path: Path) -> None:
    async with talk(tmp_path, "ko") as say:
        assert "내일 오전 7시 30분" in await say("내일 아침 일곱 시 반에 알람 맞춰 줘")
        assert "평일 오전 6시" in await say("평일 아침 여섯 시에 깨워 줘")
        told = await say("알람 뭐 있어?")
        assert "내일 오전 7시 30분" in told and "평일 오전 6시" in told
        assert "회의 있다고" in await say("내일 오전 8시에 회의 있다고 알려 줘")
        assert "취소했어요" in await say("아침 일곱 시 반 알람 취소해 줘")
        assert "취소했어요" in await say("모든 알람 취소해 줘")
        assert await say("알람 맞춰 줘") == "몇 시에요?"
        assert "맞췄어요" in await say("아침 일곱 시")
        assert await say("1초 뒤에 약 먹으라고 알려 줘") == "1초 뒤에 약 먹으라고 알려 드릴게요."
        assert await say.announcement() == "약 먹으라고 알려 달라고 하셨어요."


@pytest.mark.parametrize(
    ("text", "language", "intent"),
    [
        ("set a timer for ten minutes", "en", "HassStartTimer"),
        ("stop the alarm", "en", "Stop"),
        ("날씨 알려줘", "ko", "HassGetWeather"),
        ("设置十分钟的闹钟", "zh-CN", "HassStartTimer"),
        ("wake me gently from this dream", "en", None),
    ],
)
async def test_what_is_no_alarm_is_left_to_others(
    tmp_path: Path, text: str, language: str, intent: str | None
) -> None:
    async with talk(tmp_path, language) as say:
        await say(text)
        assert say.reply.intent == intent


async def test_a_broken_file_is_kept_aside(tmp_path: Path) -> None:
    (tmp_path / "alarms.json").write_text('[{"id": 1, "due": "soon"}]')
    async with talk(tmp_path) as say:
        assert "no such alarm" in await say("which alarms are set")
    assert (tmp_path / "alarms.json.broken").exists()
