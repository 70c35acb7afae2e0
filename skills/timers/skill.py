"""Talking about timers: start, cancel, pause, lengthen, how long is left."""

from __future__ import annotations

import re
from dataclasses import replace

from skills.authoring import Announcement, Call, Reply, Request, SentenceSkill, Tools, on
from skills.choices import choose
from skills.matches import Match
from skills.normalize import base
from skills.replies import either, enumerated, spoken
from skills.timers.timers import Timer, Timers
from skills.when import spoken_duration

_WHOLE = {"en": "set a timer for {}", "zh": "设置{}的计时器", "ko": "{} 타이머 맞춰줘"}
"""The sentence to which a length that was asked for belongs."""
_AROUND = {
    "en": r"^(?:for|in) ",
    "zh": r"^(?:设|定|就)|(?:的|吧)$",
    "ko": r"(?:짜리|으?로)?(?:이?요)?$",
}


class TimerSkill(SentenceSkill):
    """Several timers, with or without names, that ring through ``announce``."""

    name = "timers"

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self.timers = Timers(tools.folder, self._ring)

    @property
    def waiting(self) -> int:
        """How many there are."""
        return len(self.timers.running())

    async def open(self) -> None:
        """Take up the timers of the last run."""
        self.timers.open()

    async def close(self) -> None:
        """Stop waiting; what runs is saved."""
        await self.timers.close()

    @on("HassStartTimer")
    def start(self, call: Call) -> Reply | None:
        """Start a timer."""
        if "conversation_command" in call.slots:
            return None  # a delayed command
        return self._start(call, _seconds(call.match), _bare(call.text("name")) or None)

    @on("AskTimer")
    def ask(self, call: Call) -> Reply | None:
        """Ask how long it is to be."""
        name = _bare(call.text("name")) or None
        if re.search(r"\b(?:hour|minute|second)s?\b", name or ""):
            return None  # a length that was not understood

        async def follow_up(answer: Request) -> Reply | None:
            said = re.sub(_AROUND.get(base(answer.language), ""), "", answer.text.strip(" .!,。！"))
            whole = _WHOLE.get(base(answer.language), "{}").format(said)
            match = await self.tools.matcher.match(replace(answer, text=whole, alternatives=()))
            if match is None or match.intent != "HassStartTimer" or match.free:
                return None
            return self._start(call.again(answer), _seconds(match), name)

        return call.ask(follow_up, "ask")

    def _start(self, call: Call, seconds: int, name: str | None) -> Reply:
        if seconds <= 0:
            return call.reply("cannot")
        timer = self.timers.start(seconds, name, call.language)
        key = "named" if timer.name else "set"
        value = spoken_duration(seconds, call.language)
        return call.reply(key, acted=True, value=value, name=timer.name)

    @on("HassCancelAllTimers")
    def cancel_all(self, call: Call) -> Reply:
        """Cancel whatever runs."""
        running = self.timers.running()
        if not running:
            return call.reply("none_runs")
        self.timers.cancel(running)
        return call.reply("all_cancelled", acted=True)

    @on("HassTimerStatus")
    def tell(self, call: Call) -> Reply:
        """How long is left."""
        running = self.timers.running()
        found = _meant(running, call.match)
        if not found:
            return call.reply("no_such" if running else "none_runs")
        return call.answer(" ".join(self._left(timer, call) for timer in found))

    @on(
        "HassCancelTimer",
        "HassIncreaseTimer",
        "HassDecreaseTimer",
        "HassPauseTimer",
        "HassUnpauseTimer",
    )
    def change(self, call: Call) -> Reply:
        """Do something to the one timer that is meant; ask if it may be several."""
        running = self.timers.running()
        found = _meant(running, call.match)
        if len(found) > 1 and call.match.intent in ("HassPauseTimer", "HassUnpauseTimer"):
            pausing = call.match.intent == "HassPauseTimer"
            found = [timer for timer in found if (timer.due is None) != pausing] or found
        if not found:
            return call.reply("no_such" if running else "none_runs")
        return self._which(call, found) if len(found) > 1 else self._change(call, found[0])

    def _change(self, call: Call, timer: Timer) -> Reply:
        intent = call.match.intent
        if intent == "HassCancelTimer":
            self.timers.cancel([timer])
            return call.reply("cancelled", acted=True)
        if intent == "HassPauseTimer":
            self.timers.pause(timer)
            value = spoken_duration(timer.left(), call.language)
            return call.reply("paused", acted=timer.due is not None, value=value)
        if intent == "HassUnpauseTimer":
            self.timers.go_on(timer)
            value = spoken_duration(timer.left(), call.language)
            return call.reply("goes_on", acted=timer.due is None, value=value)
        sign = 1 if intent == "HassIncreaseTimer" else -1
        timer = self.timers.change(timer, sign * _seconds(call.match))
        value = spoken_duration(timer.left(), call.language)
        return call.reply("changed", acted=True, value=value)

    def _which(self, call: Call, found: list[Timer]) -> Reply:
        async def follow_up(answer: Request) -> Reply | None:
            names = {str(timer.id): _called(timer, answer.language) for timer in found}
            key = choose(answer.text, answer.language, names)
            still = [timer for timer in self.timers.running() if str(timer.id) == key]
            return self._change(call.again(answer), still[0]) if still else None

        language = call.language
        names = [timer.name or spoken_duration(timer.seconds, language) for timer in found]
        return call.ask(follow_up, "which", things=enumerated(names, language, either(language)))

    async def _ring(self, timer: Timer) -> None:
        key = "done_named" if timer.name else "done"
        value = spoken_duration(timer.seconds, timer.language)
        text = self.say(key, timer.language, value=value, name=timer.name)
        await self.tools.announce(Announcement(text, spoken(timer.language), rings=True))

    def _left(self, timer: Timer, call: Call) -> str:
        key = "left_named" if timer.name else "left"
        return call.say(key, value=spoken_duration(timer.left(), call.language), name=timer.name)


def _seconds(match: Match, prefix: str = "") -> int:
    units = (("hours", 3600), ("minutes", 60), ("seconds", 1))
    return sum(int(match.slots.get(prefix + unit, 0)) * size for unit, size in units)


def _bare(name: str) -> str:
    """Without its article: ``eggs`` of "a timer for the eggs"."""
    return re.sub(r"^(?:the|my|our|a|an|some) ", "", name)


def _meant(timers: list[Timer], match: Match) -> list[Timer]:
    """The timers that the sentence names, by name or by the length they were set for."""
    name = match.slots.get("name")
    if name is not None:
        wanted = _bare(str(name)).casefold()
        timers = [t for t in timers if t.name and t.name.casefold() == wanted]
    length = _seconds(match, "start_")
    if length:
        timers = [timer for timer in timers if timer.seconds == length]
    return timers


def _called(timer: Timer, language: str) -> list[str]:
    """What a timer may be called in an answer: its name, or its length in digits or in words."""
    length = spoken_duration(timer.seconds, language)
    lengths = [length, re.sub(r"(hour|minute|second)s", r"\1", length)]
    lengths += [re.sub(r"\d+", lambda digits: _in_words(digits[0], language), x) for x in lengths]
    return [*filter(None, [timer.name]), *lengths]


def _in_words(digits: str, language: str) -> str:
    from unicode_rbnf import RbnfEngine

    tag = base(spoken(language))
    return RbnfEngine.for_language(tag).format_number(digits).text.replace("-", " ")
