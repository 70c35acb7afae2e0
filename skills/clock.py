"""The time and the date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from skills.contract import Reply, Request, Stage
from skills.intents import Matcher
from skills.replies import say, spoken

_DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "zh-CN": [f"星期{day}" for day in "一二三四五六日"],
    "ko": [f"{day}요일" for day in "월화수목금토일"],
}
_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_EXAMPLES = {
    "en": ("what time is it", "what's the date today"),
    "zh-CN": ("现在几点", "今天几号"),
    "ko": ("지금 몇 시야", "오늘 며칠이야"),
}


class ClockSkill:
    """Tells what the machine's clock shows, in its own time zone."""

    name = "clock"

    def __init__(self, matcher: Matcher, now: Callable[[], datetime] = datetime.now) -> None:
        self._matcher = matcher
        self._now = now

    def examples(self, language: str) -> tuple[str, ...]:
        """How to ask for time and date."""
        return _EXAMPLES[spoken(language)]

    async def answer(self, request: Request) -> Reply | None:
        """Tell the time or the date."""
        match = await self._matcher.match(request)
        tag = spoken(request.language)
        reply = Reply("", stage=Stage.STRICT)
        if match is not None and match.intent == "HassGetCurrentTime":
            text = say("time", tag, value=spoken_time(self._now(), tag))
            return replace(reply, text=text, intent=match.intent)
        if match is not None and match.intent == "HassGetCurrentDate":
            text = say("date", tag, value=spoken_date(self._now(), tag))
            return replace(reply, text=text, intent=match.intent)
        return None

    async def close(self) -> None:
        """Nothing to stop."""


def spoken_time(now: datetime, tag: str) -> str:
    """``3:05 PM``, ``15点05分``, ``오후 3시 5분``."""
    hour = now.hour % 12 or 12
    if tag == "zh-CN":
        return f"{now.hour}点{now.minute:02}分" if now.minute else f"{now.hour}点整"
    if tag == "ko":
        half = "오전" if now.hour < 12 else "오후"
        return f"{half} {hour}시 {now.minute}분" if now.minute else f"{half} {hour}시 정각"
    return f"{hour}:{now.minute:02} {'AM' if now.hour < 12 else 'PM'}"


def spoken_date(now: datetime, tag: str) -> str:
    """``Friday, March 6, 2026``, ``2026年3月6日，星期五``, ``2026년 3월 6일 금요일``."""
    day = _DAYS[tag][now.weekday()]
    if tag == "zh-CN":
        return f"{now.year}年{now.month}月{now.day}日，{day}"
    if tag == "ko":
        return f"{now.year}년 {now.month}월 {now.day}일 {day}"
    return f"{day}, {_MONTHS[now.month - 1]} {now.day}, {now.year}"
