"""Saying times and lengths of time in English, Mandarin and Korean."""

from __future__ import annotations

from datetime import datetime

from skills.replies import enumerated, spoken
from skills.when.moment import EVERY_DAY, WEEKDAYS, WEEKEND

DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "zh-CN": [f"星期{day}" for day in "一二三四五六日"],
    "ko": [f"{day}요일" for day in "월화수목금토일"],
}
_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_AHEAD = {"en": ("today", "tomorrow"), "zh-CN": ("今天", "明天"), "ko": ("오늘", "내일")}
_REPEAT = {
    "en": {EVERY_DAY: "every day", WEEKDAYS: "on weekdays", WEEKEND: "on weekends"},
    "zh-CN": {EVERY_DAY: "每天", WEEKDAYS: "工作日", WEEKEND: "周末"},
    "ko": {EVERY_DAY: "매일", WEEKDAYS: "평일", WEEKEND: "주말"},
}


def spoken_time(now: datetime, language: str) -> str:
    """``3:05 PM``, ``15点05分``, ``오후 3시 5분``."""
    tag, hour = spoken(language), now.hour % 12 or 12
    if tag == "zh-CN":
        return f"{now.hour}点{now.minute:02}分" if now.minute else f"{now.hour}点整"
    if tag == "ko":
        half = "오전" if now.hour < 12 else "오후"
        return f"{half} {hour}시 {now.minute}분" if now.minute else f"{half} {hour}시"
    return f"{hour}:{now.minute:02} {'AM' if now.hour < 12 else 'PM'}"


def spoken_moment(moment: datetime, now: datetime, language: str) -> str:
    """``7:00 AM tomorrow``, ``明天7点整``, ``내일 오전 7시``; today is not said."""
    tag, time = spoken(language), spoken_time(moment, language)
    days = (moment.date() - now.date()).days
    if days == 0:
        return time
    if days == 1:
        day = _AHEAD[tag][1]
        return {"en": f"{time} {day}", "zh-CN": f"{day}{time}"}.get(tag, f"{day} {time}")
    day = DAYS[tag][moment.weekday()]
    return {"en": f"{time} on {day}", "zh-CN": f"{day}{time}"}.get(tag, f"{day} {time}")


def spoken_when(moment: datetime, now: datetime, days: frozenset[int], language: str) -> str:
    """``at 7:00 AM tomorrow``, ``工作日7点整``, ``평일 오전 7시에``: with what it repeats on."""
    tag = spoken(language)
    if days:
        time, repeat = spoken_time(moment, language), spoken_repeat(days, language)
        forms = {"en": f"at {time} {repeat}", "zh-CN": f"{repeat}{time}"}
        return forms.get(tag, f"{repeat} {time}에")
    text = spoken_moment(moment, now, language)
    return {"en": f"at {text}", "zh-CN": text}.get(tag, f"{text}에")


def spoken_delay(seconds: int, language: str) -> str:
    """``in 10 minutes``, ``10分钟后``, ``10분 뒤에``."""
    value = spoken_duration(seconds, language)
    return {"en": f"in {value}", "zh-CN": f"{value}后"}.get(spoken(language), f"{value} 뒤에")


def spoken_repeat(days: frozenset[int], language: str) -> str:
    """``every day``, ``on Monday and Friday``, ``每星期一和星期五``, ``매주 월요일, 금요일``."""
    tag = spoken(language)
    if days in _REPEAT[tag]:
        return _REPEAT[tag][days]
    named = enumerated([DAYS[tag][day] for day in sorted(days)], language)
    return {"en": "on {}", "zh-CN": "每{}"}.get(tag, "매주 {}").format(named)


def spoken_date(now: datetime, language: str) -> str:
    """``Friday, March 6, 2026``, ``2026年3月6日，星期五``, ``2026년 3월 6일 금요일``."""
    tag = spoken(language)
    day = DAYS[tag][now.weekday()]
    if tag == "zh-CN":
        return f"{now.year}年{now.month}月{now.day}日，{day}"
    if tag == "ko":
        return f"{now.year}년 {now.month}월 {now.day}일 {day}"
    return f"{day}, {_MONTHS[now.month - 1]} {now.day}, {now.year}"


def spoken_duration(seconds: int, language: str) -> str:
    """``1 hour and 5 minutes``, ``1小时5分钟``, ``1시간 5분``."""
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    tag = spoken(language)
    units = {"zh-CN": ("小时", "分钟", "秒"), "ko": ("시간", "분", "초")}.get(
        tag, (" hour", " minute", " second")
    )
    counted = [
        f"{count}{unit}" + ("s" if tag == "en" and count != 1 else "")
        for count, unit in zip((hours, minutes, rest), units, strict=True)
        if count
    ] or [f"0{units[2]}" + ("s" if tag == "en" else "")]
    if tag == "en":
        return enumerated(counted, "en")
    return ("" if tag == "zh-CN" else " ").join(counted)
