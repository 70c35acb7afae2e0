"""Talking about timers: start, cancel, lengthen, how long is left."""

from __future__ import annotations

from pathlib import Path

from skills.alarms import Timer, Timers
from skills.contract import Announce, Announcement, Reply, Request, Stage
from skills.intents import Match, Matcher
from skills.replies import enumerated, say, spoken

_EXAMPLES = {
    "en": ("set a timer for ten minutes", "how long is left on my timer", "cancel the timer"),
    "zh-CN": ("设置十分钟计时器", "取消计时器"),
    "ko": ("10분 타이머 맞춰줘", "타이머 취소"),
}
_INTENTS = {
    "HassStartTimer",
    "HassCancelTimer",
    "HassCancelAllTimers",
    "HassTimerStatus",
    "HassIncreaseTimer",
    "HassDecreaseTimer",
}


class TimerSkill:
    """Several timers, with or without names, that ring through ``announce``."""

    name = "timers"

    def __init__(self, matcher: Matcher, folder: Path, announce: Announce) -> None:
        self._matcher = matcher
        self._announce = announce
        self.timers = Timers(folder, self._ring)

    def examples(self, language: str) -> tuple[str, ...]:
        """How to start, ask and cancel."""
        return _EXAMPLES[spoken(language)]

    async def answer(self, request: Request) -> Reply | None:
        """Do what a timer intent asks for."""
        match = await self._matcher.match(request)
        if match is None or match.intent not in _INTENTS:
            return None
        language = request.language
        try:
            text, acted = self._do(match, language)
        except OSError as error:
            text, acted = say("failed", language, reason=error), False
        return Reply(text, match.intent, match.slots, acted=acted, stage=Stage.STRICT)

    async def close(self) -> None:
        """Stop waiting; what runs is saved."""
        await self.timers.close()

    def _do(self, match: Match, language: str) -> tuple[str, bool]:
        if match.intent == "HassStartTimer":
            return self._start(match, language)
        running = self.timers.running()
        if not running:
            return say("timers_none", language), False
        if match.intent == "HassCancelAllTimers":
            self.timers.cancel(running)
            return say("timers_cancelled", language), True
        found = _meant(running, match)
        if not found:
            return say("timer_none", language), False
        if match.intent == "HassTimerStatus":
            lines = [_left(timer, language) for timer in found]
            return " ".join(lines), False
        if len(found) > 1:
            names = [timer.name or duration(timer.seconds, language) for timer in found]
            return say("timer_which", language, things=enumerated(names, language)), False
        if match.intent == "HassCancelTimer":
            self.timers.cancel(found)
            return say("timer_cancelled", language), True
        seconds = _seconds(match)
        sign = 1 if match.intent == "HassIncreaseTimer" else -1
        timer = self.timers.change(found[0], sign * seconds)
        return say("timer_changed", language, value=duration(timer.left(), language)), True

    def _start(self, match: Match, language: str) -> tuple[str, bool]:
        if "conversation_command" in match.slots:
            return say("no_delayed", language), False
        seconds = _seconds(match)
        if seconds <= 0:
            return say("cannot", language), False
        name = match.slots.get("name")
        timer = self.timers.start(seconds, None if name is None else str(name), language)
        value = duration(seconds, language)
        key = "timer_named" if timer.name else "timer_set"
        return say(key, language, value=value, name=timer.name), True

    async def _ring(self, timer: Timer) -> None:
        key = "timer_done_named" if timer.name else "timer_done"
        value = duration(timer.seconds, timer.language)
        text = say(key, timer.language, value=value, name=timer.name)
        await self._announce(Announcement(text, timer.language, rings=True))


def duration(seconds: int, language: str) -> str:
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


def _seconds(match: Match, prefix: str = "") -> int:
    units = (("hours", 3600), ("minutes", 60), ("seconds", 1))
    return sum(int(match.slots.get(prefix + unit, 0)) * size for unit, size in units)


def _meant(timers: list[Timer], match: Match) -> list[Timer]:
    """The timers that the sentence names, by name or by the length they were set for."""
    name = match.slots.get("name")
    if name is not None:
        timers = [t for t in timers if t.name and t.name.casefold() == str(name).casefold()]
    length = _seconds(match, "start_")
    if length:
        timers = [timer for timer in timers if timer.seconds == length]
    return timers


def _left(timer: Timer, language: str) -> str:
    key = "timer_left_named" if timer.name else "timer_left"
    return say(key, language, value=duration(timer.left(), language), name=timer.name)
