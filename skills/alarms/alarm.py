"""Alarms that last over restarts, each in ``alarms.json`` of the state folder."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from skills.agenda import Pending, What
from skills.when import When, next_time


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm, or a reminder if it has a text."""

    id: int
    due: float
    """Seconds since the epoch, of the next time."""
    days: tuple[int, ...] = ()
    """The days of the week on which it repeats, 0 Monday."""
    name: str | None = None
    text: str | None = None
    """What to be reminded of."""
    language: str = "en"

    @property
    def moment(self) -> datetime:
        """When it rings next, in local time."""
        return datetime.fromtimestamp(self.due)

    def is_at(self, when: When) -> bool:
        """Whether it is the alarm that somebody means by a time."""
        moment = self.moment
        if when.delay is not None or moment.hour not in when.hours or moment.minute != when.minute:
            return False
        if when.days:
            return when.days == frozenset(self.days)
        return when.weekday is None or when.weekday in (moment.weekday(), *self.days)

    def is_like(self, other: Alarm) -> bool:
        """Whether it rings for the same whenever another one, not set yet, would."""
        moment, then = self.moment, other.moment
        if (self.name, self.text) != (other.name, other.text):
            return False
        if (moment.hour, moment.minute) != (then.hour, then.minute):
            return False
        if other.days or not self.days:
            return self.days == other.days and (bool(self.days) or moment.date() == then.date())
        return then.weekday() in self.days


def following(alarm: Alarm) -> Alarm | None:
    """The alarm with its next time after now, None if it does not repeat."""
    moment = alarm.moment
    when = When(hours=(moment.hour,), minute=moment.minute, days=frozenset(alarm.days))
    then = next_time(when, max(datetime.now(), moment)) if alarm.days else None
    return None if then is None else replace(alarm, due=then.timestamp())


def pending(alarm: Alarm) -> Pending:
    """What the agenda tells of an alarm or a reminder."""
    what: What = "reminder" if alarm.text else "alarm"
    return Pending(what, alarm.due, name=alarm.name, text=alarm.text, days=alarm.days)


def read_alarm(item: Mapping[str, Any]) -> Alarm:
    """An alarm out of JSON; raises TypeError, ValueError or KeyError."""
    due = float(item["due"])
    if not math.isfinite(due):
        raise ValueError(f"an alarm does not ring at {due}")
    datetime.fromtimestamp(due)
    name, text = item["name"], item["text"]
    return Alarm(
        id=int(item["id"]),
        due=due,
        days=tuple(int(day) for day in item["days"] if 0 <= int(day) < 7),
        name=None if name is None else str(name),
        text=None if text is None else str(text),
        language=str(item["language"]),
    )
