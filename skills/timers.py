"""Talking about timers: start, cancel, lengthen, how long is left."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from skills.alarms import Timer, Timers
from skills.choices import choose
from skills.contract import Announce, Announcement, Reply, Request, Stage
from skills.intents import Match, Matcher
from skills.normalize import base
from skills.replies import either, enumerated, say, spoken

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
        return self._do(match, request.language)

    async def close(self) -> None:
        """Stop waiting; what runs is saved."""
        await self.timers.close()

    def _do(self, match: Match, language: str, chosen: Timer | None = None) -> Reply:
        """Do what was asked, with the timer that was chosen if it could have been several."""
        try:
            if match.intent == "HassStartTimer":
                return self._start(match, language)
            return self._change(match, language, chosen)
        except OSError as error:
            return _reply(match, say("failed", language, reason=error))

    def _start(self, match: Match, language: str) -> Reply:
        if "conversation_command" in match.slots:
            return _reply(match, say("no_delayed", language))
        seconds = _seconds(match)
        if seconds <= 0:
            return _reply(match, say("cannot", language))
        name = match.slots.get("name")
        timer = self.timers.start(seconds, None if name is None else str(name), language)
        value = duration(seconds, language)
        key = "timer_named" if timer.name else "timer_set"
        return _reply(match, say(key, language, value=value, name=timer.name), acted=True)

    def _change(self, match: Match, language: str, chosen: Timer | None) -> Reply:
        running = self.timers.running()
        if not running:
            return _reply(match, say("timers_none", language))
        if match.intent == "HassCancelAllTimers":
            self.timers.cancel(running)
            return _reply(match, say("timers_cancelled", language), acted=True)
        found = _meant(running, match) if chosen is None else [t for t in running if t == chosen]
        if not found:
            return _reply(match, say("timer_none", language))
        if match.intent == "HassTimerStatus":
            return _reply(match, " ".join(_left(timer, language) for timer in found))
        if len(found) > 1:
            return self._which(match, language, found)
        if match.intent == "HassCancelTimer":
            self.timers.cancel(found)
            return _reply(match, say("timer_cancelled", language), acted=True)
        sign = 1 if match.intent == "HassIncreaseTimer" else -1
        timer = self.timers.change(found[0], sign * _seconds(match))
        value = duration(timer.left(), language)
        return _reply(match, say("timer_changed", language, value=value), acted=True)

    def _which(self, match: Match, language: str, found: list[Timer]) -> Reply:
        async def follow_up(answer: Request) -> Reply | None:
            names = {str(timer.id): _called(timer, answer.language) for timer in found}
            key = choose(answer.text, answer.language, names)
            chosen = [timer for timer in found if str(timer.id) == key]
            return self._do(match, answer.language, chosen[0]) if chosen else None

        names = [timer.name or duration(timer.seconds, language) for timer in found]
        text = say("timer_which", language, things=enumerated(names, language, either(language)))
        return replace(_reply(match, text), expects_answer=True, follow_up=follow_up)

    async def _ring(self, timer: Timer) -> None:
        key = "timer_done_named" if timer.name else "timer_done"
        value = duration(timer.seconds, timer.language)
        text = say(key, timer.language, value=value, name=timer.name)
        await self._announce(Announcement(text, spoken(timer.language), rings=True))


def _reply(match: Match, text: str, acted: bool = False) -> Reply:
    return Reply(text, match.intent, match.slots, acted=acted, stage=Stage.STRICT)


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


def _called(timer: Timer, language: str) -> list[str]:
    """What a timer may be called in an answer: its name, or its length in digits or in words."""
    length = duration(timer.seconds, language)
    lengths = [length, re.sub(r"(hour|minute|second)s", r"\1", length)]
    lengths += [re.sub(r"\d+", lambda digits: _in_words(digits[0], language), x) for x in lengths]
    return [*filter(None, [timer.name]), *lengths]


def _in_words(digits: str, language: str) -> str:
    from unicode_rbnf import RbnfEngine

    tag = base(spoken(language))
    return RbnfEngine.for_language(tag).format_number(digits).text.replace("-", " ")


def _left(timer: Timer, language: str) -> str:
    key = "timer_left_named" if timer.name else "timer_left"
    return say(key, language, value=duration(timer.left(), language), name=timer.name)
