"""Talking about alarms and reminders."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import datetime

from skills.alarms.alarm import Alarm, following, read_alarm
from skills.authoring import Announcement, Call, Reply, Request, SentenceSkill, Tools, on
from skills.authoring.writing import as_written
from skills.choices import choose
from skills.normalize import base
from skills.replies import either, enumerated, spoken
from skills.schedule import Schedule
from skills.when import (
    When,
    next_time,
    parse,
    split,
    spoken_delay,
    spoken_duration,
    spoken_time,
    spoken_when,
)

_SNOOZE = 9
"""Minutes."""
_MISSED = 600.0
"""Seconds after which an alarm is not rung any more, only told."""
_REMINDER_BEGINS = {"en": r"^(?:to|about|that)\s+", "zh": r"^(?:要|去)(?=.)"}


class AlarmSkill(SentenceSkill):
    """Alarms, and reminders of something."""

    name = "alarms"

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        file = tools.folder / "alarms.json"
        self.alarms = Schedule(file, read_alarm, self._ring, next=following)
        self._rung: Alarm | None = None

    @property
    def waiting(self) -> int:
        """How many there are."""
        return len(self.alarms.waiting())

    async def open(self) -> None:
        """Take up the alarms of the last run."""
        self.alarms.open()

    async def close(self) -> None:
        """Stop waiting; the alarms are saved."""
        await self.alarms.close()

    @on("SetAlarm")
    def set(self, call: Call) -> Reply | None:
        """Set an alarm, and ask for the time if none was said."""
        name = call.original("alarm_name") or None
        if "when" not in call.slots:
            return self._ask_when(call, "ask_alarm", Alarm(0, 0.0, name=name))
        when = parse(call.text("when"), call.language)
        return None if when is None else self._add(call, when, Alarm(0, 0.0, name=name))

    @on("Remind")
    def remind(self, call: Call) -> Reply | None:
        """Set a reminder: the time stands at the beginning or the end of what was said."""
        language, said = call.language, call.text("reminder")
        begins = _REMINDER_BEGINS.get(base(language), r"^")
        when = parse(call.text("when"), language) if "when" in call.slots else None
        if when is None:
            found = split(said, language)
            if found is None:
                asked = base(language) != "ko" and (
                    base(language) == "zh" or re.match(begins, said)
                )
                text = self._text(call, said)
                return (
                    self._ask_when(call, "ask_reminder", Alarm(0, 0.0, text=text))
                    if asked
                    else None
                )
            when, said = found
        return self._add(call, when, Alarm(0, 0.0, text=self._text(call, said)))

    @on("HassStartTimer")
    async def remind_later(self, call: Call) -> Reply | None:
        """ "In ten minutes remind me to ...", which home-assistant-intents takes for a command."""
        found = split(call.request.text, call.language)
        if found is None:
            return None
        when, rest = found
        match = await self.tools.matcher.match(replace(call.request, text=rest))
        if match is None or match.intent != "Remind":
            return None
        text = self._text(call, str(match.slots["reminder"]))
        return self._add(call, when, Alarm(0, 0.0, text=text))

    @on("TellAlarms")
    def tell(self, call: Call) -> Reply:
        """Which alarms are set."""
        found = [alarm for alarm in self.alarms.waiting() if _fits(alarm, call)]
        if not found:
            return call.reply("none", what=call.phrase(_kind(call)))
        return call.reply(
            "tell", things=enumerated([_named(a, call) for a in found], call.language)
        )

    @on("CancelAlarm")
    def cancel(self, call: Call) -> Reply | None:
        """Cancel the alarm that is meant; ask if it may be several."""
        found = [alarm for alarm in self.alarms.waiting() if _fits(alarm, call)]
        what = call.phrase(_kind(call))
        if "when" in call.slots:
            when = parse(call.text("when"), call.language)
            if when is None:
                return None
            found = [alarm for alarm in found if alarm.is_at(when)]
        if name := call.text("alarm_name"):
            found = [alarm for alarm in found if (alarm.name or "").casefold() == name]
        if not found:
            return call.reply("none", what=what)
        return self._which(call, found) if len(found) > 1 else self._cancel(call, found)

    @on("CancelAllAlarms")
    def cancel_all(self, call: Call) -> Reply:
        """Cancel all of them."""
        found = [alarm for alarm in self.alarms.waiting() if _fits(alarm, call)]
        if not found:
            return call.reply("none", what=call.phrase(_kind(call)))
        return self._cancel(call, found)

    @on("Snooze")
    def snooze(self, call: Call) -> Reply:
        """Ring again a little later."""
        if self._rung is None:
            return call.reply("nothing_rang")
        minutes = int(call.slots.get("minutes", _SNOOZE))
        again = replace(self._rung, due=time.time() + 60 * minutes, days=())
        self.alarms.add(lambda number: replace(again, id=number))
        return call.reply("snoozed", acted=True, value=spoken_duration(60 * minutes, call.language))

    def _add(self, call: Call, when: When, alarm: Alarm) -> Reply:
        now = datetime.now()
        moment = next_time(when, now)
        if moment is None:
            return call.reply("passed")
        days = tuple(sorted(when.days))
        alarm = replace(alarm, due=moment.timestamp(), days=days, language=call.language)
        if when.delay is None:
            like = next((a for a in self.alarms.waiting() if a.is_like(alarm)), None)
            if like is not None:
                return call.reply("already", thing=_named(like, call))
        self.alarms.add(lambda number: replace(alarm, id=number))
        time = (
            spoken_when(moment, now, when.days, call.language)
            if when.delay is None
            else spoken_delay(when.delay, call.language)
        )
        key = "reminder_set" if alarm.text else "named" if alarm.name else "set"
        return call.reply(key, acted=True, when=time, name=alarm.name, text=alarm.text)

    def _ask_when(self, call: Call, key: str, alarm: Alarm) -> Reply:
        async def follow_up(answer: Request) -> Reply | None:
            when = parse(answer.text, answer.language)
            return None if when is None else self._add(call.again(answer), when, alarm)

        return call.ask(follow_up, key)

    def _cancel(self, call: Call, found: list[Alarm]) -> Reply:
        self.alarms.cancel(found)
        named = enumerated([_named(alarm, call) for alarm in found], call.language)
        return call.reply("cancelled", acted=True, things=named)

    def _which(self, call: Call, found: list[Alarm]) -> Reply:
        async def follow_up(answer: Request) -> Reply | None:
            when = parse(answer.text, answer.language)
            names = {str(a.id): [n for n in (a.name, a.text) if n] for a in found}
            key = choose(answer.text, answer.language, names)
            meant = [a for a in found if str(a.id) == key or (when and a.is_at(when))]
            return self._cancel(call.again(answer), meant) if len(meant) == 1 else None

        language = call.language
        named = enumerated([_named(a, call) for a in found], language, either(language))
        return call.ask(follow_up, "which", things=named)

    async def _ring(self, alarm: Alarm) -> None:
        language = alarm.language
        value = spoken_time(alarm.moment, language)
        if time.time() - alarm.due > _MISSED:
            key = "missed_reminder" if alarm.text else "missed"
            await self._say(key, alarm, rings=False, value=value)
            return
        self._rung = alarm
        if alarm.text is None:
            await self._say("rings_named" if alarm.name else "rings", alarm, value=value)
        else:
            # In Korean one is told "약 먹으라고", to take the pills, or of "회의", a meeting.
            key = "reminds_to" if alarm.text.endswith("고") else "reminds"
            await self._say(key, alarm, value=value)

    async def _say(self, key: str, alarm: Alarm, *, value: str, rings: bool = True) -> None:
        language = alarm.language
        text = self.say(key, language, value=value, name=alarm.name, text=alarm.text)
        await self.tools.announce(Announcement(text, spoken(language), rings=rings))

    def _text(self, call: Call, said: str) -> str:
        begins = _REMINDER_BEGINS.get(base(call.language), r"^")
        bare = re.sub(begins, "", said).strip()
        return as_written(bare, call.request.text, call.language)


def _kind(call: Call) -> str:
    return call.text("kind") or "alarm"


def _fits(alarm: Alarm, call: Call) -> bool:
    return (alarm.text is not None) == (_kind(call) == "reminder")


def _named(alarm: Alarm, call: Call) -> str:
    now = datetime.now()
    when = spoken_when(alarm.moment, now, frozenset(alarm.days), call.language)
    key = "one_reminder" if alarm.text else "one_named" if alarm.name else "one"
    return call.phrase(key, when=when, name=alarm.name, text=alarm.text)
