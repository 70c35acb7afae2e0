"""What was said about a time, and which moment that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

WEEKDAYS = frozenset(range(5))
WEEKEND = frozenset((5, 6))
EVERY_DAY = WEEKDAYS | WEEKEND


@dataclass(frozen=True, slots=True)
class When:
    """A length of time from now, or a time of day on some day or on several."""

    delay: int | None = None
    """Seconds from now."""
    hours: tuple[int, ...] = ()
    """The hour of the day, 0-23; both that it may be where nobody said which half of the day."""
    minute: int = 0
    ahead: int | None = None
    """The day: 0 today, 1 tomorrow."""
    weekday: int | None = None
    """The day: the next of these, 0 Monday."""
    days: frozenset[int] = frozenset()
    """The days of the week on which it repeats; it happens once if there are none."""

    def __repr__(self) -> str:
        blank = When()
        names = ("delay", "hours", "minute", "ahead", "weekday", "days")
        said = [(n, getattr(self, n)) for n in names if getattr(self, n) != getattr(blank, n)]
        return f"When({', '.join(f'{name}={value!r}' for name, value in said)})"


def next_time(when: When, now: datetime) -> datetime | None:
    """The next moment that is meant, None if it has passed or no time of day was said.

    ``now`` is local and has no time zone, and so has the answer.
    """
    if when.delay is not None:
        return now + timedelta(seconds=when.delay)
    today = now.replace(second=0, microsecond=0)
    moments = (
        (today + timedelta(days=days)).replace(hour=hour, minute=when.minute)
        for days in _days(when, now)
        for hour in when.hours
    )
    return min((moment for moment in moments if moment > now), default=None)


def _days(when: When, now: datetime) -> list[int]:
    """How many days ahead it may be."""
    if when.ahead is not None:
        return [when.ahead]
    week = range(8)
    if when.days or when.weekday is not None:
        wanted = when.days or {when.weekday}
        return [n for n in week if (now + timedelta(days=n)).weekday() in wanted]
    return [0, 1]
