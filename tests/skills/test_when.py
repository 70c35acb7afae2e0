"""Times as people say them."""

from __future__ import annotations

from datetime import datetime

import pytest

from skills.when import When, next_time, parse, split, spoken_moment, spoken_repeat

WEEKDAYS = frozenset(range(5))


@pytest.mark.parametrize(
    ("text", "language", "when"),
    [
        ("7", "en", When(hours=(7, 19))),
        ("at seven", "en", When(hours=(7, 19))),
        ("7 am", "en", When(hours=(7,))),
        ("7:30 p.m.", "en", When(hours=(19,), minute=30)),
        ("seven thirty", "en", When(hours=(7, 19), minute=30)),
        ("six forty-five in the morning", "en", When(hours=(6,), minute=45)),
        ("half past seven tomorrow morning", "en", When(hours=(7,), minute=30, ahead=1)),
        ("quarter to eight tonight", "en", When(hours=(19,), minute=45, ahead=0)),
        ("ten past one", "en", When(hours=(1, 13), minute=10)),
        ("quarter to one", "en", When(hours=(12, 0), minute=45)),
        ("18:05", "en", When(hours=(18,), minute=5)),
        ("noon", "en", When(hours=(12,))),
        ("midnight", "en", When(hours=(0,))),
        ("seven o'clock on monday", "en", When(hours=(7,), weekday=0)),
        ("every weekday at 6:30", "en", When(hours=(6,), minute=30, days=WEEKDAYS)),
        ("at 9 am on weekends", "en", When(hours=(9,), days=frozenset((5, 6)))),
        ("every day at 10 pm", "en", When(hours=(22,), days=frozenset(range(7)))),
        ("every monday and friday at eight", "en", When(hours=(8,), days=frozenset((0, 4)))),
        ("monday through thursday at 7 am", "en", When(hours=(7,), days=frozenset(range(4)))),
        ("the day after tomorrow at 5 pm", "en", When(hours=(17,), ahead=2)),
        ("in ten minutes", "en", When(delay=600)),
        ("in half an hour", "en", When(delay=1800)),
        ("in an hour and a half", "en", When(delay=5400)),
        ("in two and a half hours", "en", When(delay=9000)),
        ("in 1 hour and 20 minutes", "en", When(delay=4800)),
        ("twenty five minutes from now", "en", When(delay=1500)),
        ("tomorrow", "en", None),
        ("at 25", "en", None),
        ("at 7:75", "en", None),
        ("the lamp at 7", "en", None),
        ("七点", "zh-CN", When(hours=(7, 19))),
        ("早上七点半", "zh-CN", When(hours=(7,), minute=30)),
        ("明天早上六点四十五分", "zh-CN", When(hours=(6,), minute=45, ahead=1)),
        ("下午三点一刻", "zh-CN", When(hours=(15,), minute=15)),
        ("今晚十点", "zh-CN", When(hours=(22,), ahead=0)),
        ("晚上十二点", "zh-CN", When(hours=(0,))),
        ("中午十二点", "zh-CN", When(hours=(12,))),
        ("中午一点", "zh-CN", When(hours=(13,))),
        ("18:05", "zh-CN", When(hours=(18,), minute=5)),
        ("周一早上八点", "zh-CN", When(hours=(8,), weekday=0)),
        ("每天早上七点", "zh-CN", When(hours=(7,), days=frozenset(range(7)))),
        ("工作日早上六点半", "zh-CN", When(hours=(6,), minute=30, days=WEEKDAYS)),
        ("每周一和周五晚上八点", "zh-CN", When(hours=(20,), days=frozenset((0, 4)))),
        ("周一到周五早上七点", "zh-CN", When(hours=(7,), days=WEEKDAYS)),
        ("十分钟后", "zh-CN", When(delay=600)),
        ("半小时后", "zh-CN", When(delay=1800)),
        ("半个小时以后", "zh-CN", When(delay=1800)),
        ("一个半小时之后", "zh-CN", When(delay=5400)),
        ("两小时二十分钟后", "zh-CN", When(delay=8400)),
        ("明天", "zh-CN", None),
        ("일곱 시", "ko", When(hours=(7, 19))),
        ("아침 일곱 시 반에", "ko", When(hours=(7,), minute=30)),
        ("내일 오전 6시 45분에", "ko", When(hours=(6,), minute=45, ahead=1)),
        ("오후 세 시 십오 분", "ko", When(hours=(15,), minute=15)),
        ("오늘 밤 열 시에", "ko", When(hours=(22,), ahead=0)),
        ("밤 열두 시", "ko", When(hours=(0,))),
        ("낮 12시", "ko", When(hours=(12,))),
        ("정오", "ko", When(hours=(12,))),
        ("월요일 아침 여덟 시에", "ko", When(hours=(8,), weekday=0)),
        ("매일 아침 7시", "ko", When(hours=(7,), days=frozenset(range(7)))),
        ("평일 아침 여섯 시 반에", "ko", When(hours=(6,), minute=30, days=WEEKDAYS)),
        ("매주 월요일과 금요일 저녁 8시", "ko", When(hours=(20,), days=frozenset((0, 4)))),
        ("10분 뒤에", "ko", When(delay=600)),
        ("십 분 후에", "ko", When(delay=600)),
        ("한 시간 반 뒤에", "ko", When(delay=5400)),
        ("두 시간 이십 분 후", "ko", When(delay=8400)),
        ("내일", "ko", None),
        ("um sieben", "de", None),
    ],
)
def test_what_is_meant(text: str, language: str, when: When | None) -> None:
    assert parse(text, language) == when


@pytest.mark.parametrize(
    ("text", "language", "rest"),
    [
        ("Turn off the heater in ten minutes.", "en", "turn off the heater"),
        ("in ten minutes turn off the heater", "en", "turn off the heater"),
        ("at 10 pm lock the front door", "en", "lock the front door"),
        ("call mom tomorrow at 5", "en", "call mom"),
        ("set the lamp to 50 percent at 7", "en", "set the lamp to 50 percent"),
        ("set the lamp to 50 percent", "en", None),
        ("is the lamp on", "en", None),
        ("十分钟后关灯", "zh-CN", "关灯"),
        ("晚上十点把前门锁上", "zh-CN", "把前门锁上"),
        ("10분 뒤에 램프 꺼줘", "ko", "램프 꺼줘"),
        ("밤 열 시에 현관문 잠가줘", "ko", "현관문 잠가줘"),
    ],
)
def test_times_at_the_edges_of_a_sentence(text: str, language: str, rest: str | None) -> None:
    found = split(text, language)
    assert (found and found[1]) == rest


NOW = datetime(2030, 1, 2, 12, 0)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("7", datetime(2030, 1, 2, 19)),
        ("noon", datetime(2030, 1, 3, 12)),
        ("7 am", datetime(2030, 1, 3, 7)),
        ("7 am today", None),
        ("7 today", datetime(2030, 1, 2, 19)),
        ("tomorrow at 7", datetime(2030, 1, 3, 7)),
        ("wednesday at 11 am", datetime(2030, 1, 9, 11)),
        ("wednesday at 1 pm", datetime(2030, 1, 2, 13)),
        ("every weekday at 6:30", datetime(2030, 1, 3, 6, 30)),
        ("on weekends at 9", datetime(2030, 1, 5, 9)),
        ("in 90 minutes", datetime(2030, 1, 2, 13, 30)),
    ],
)
def test_which_moment_that_is(text: str, moment: datetime | None) -> None:
    when = parse(text, "en")
    assert when is not None and next_time(when, NOW) == moment


def test_moments_are_said() -> None:
    morning = datetime(2030, 1, 3, 7, 5)
    assert spoken_moment(morning, NOW, "en") == "7:05 AM tomorrow"
    assert spoken_moment(morning, NOW, "zh-CN") == "明天7点05分"
    assert spoken_moment(morning, NOW, "ko") == "내일 오전 7시 5분"
    assert spoken_moment(datetime(2030, 1, 5, 7), NOW, "en") == "7:00 AM on Saturday"
    assert spoken_repeat(WEEKDAYS, "en") == "on weekdays"
    assert spoken_repeat(frozenset((0, 4)), "zh-CN") == "每星期一和星期五"
    assert spoken_repeat(frozenset((0, 4)), "ko") == "매주 월요일, 금요일"
