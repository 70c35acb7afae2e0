"""What is going to happen in a home by itself: for whoever shows it, and calls it off.

Skills keep what they wait for in a :class:`~skills.schedule.Schedule` each; the agenda is all of
them, told alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from skills.schedule import Entry, Schedule

E = TypeVar("E", bound=Entry)

What = Literal["timer", "alarm", "reminder", "command"]


@dataclass(frozen=True, slots=True)
class Pending:
    """One thing that is going to happen."""

    what: What
    due: float | None
    """When, or when next, seconds since the epoch; None while it is paused."""
    id: str = ""
    """By which it is called off; the agenda fills it in."""
    name: str | None = None
    """What somebody called it."""
    text: str | None = None
    """What to be reminded of, or the command."""
    seconds: int | None = None
    """What a timer was set for."""
    left: int | None = None
    """Seconds that are left of a timer that is paused."""
    days: tuple[int, ...] = ()
    """The days of the week on which it repeats, 0 Monday."""


class Agenda:
    """All that is going to happen."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Schedule[Any], Callable[[Any], Pending]]] = {}

    def keep(self, schedule: Schedule[E], tell: Callable[[E], Pending]) -> None:
        """Include what a skill waits for; ``tell`` says what an entry of it is."""
        self._kept[schedule.name] = schedule, tell

    def pending(self) -> list[Pending]:
        """All of it, the next first, what is paused last."""
        found = [
            replace(tell(entry), id=f"{name}-{entry.id}")
            for name, (schedule, tell) in self._kept.items()
            for entry in schedule.waiting()
        ]
        return sorted(found, key=lambda one: (one.due is None, one.due))

    def cancel(self, id: str) -> bool:
        """Call something off; False if there is no such thing any more. Raises OSError."""
        name, _, number = id.rpartition("-")
        if name not in self._kept:
            return False
        schedule, _ = self._kept[name]
        found = [entry for entry in schedule.waiting() if str(entry.id) == number]
        schedule.cancel(found)
        return bool(found)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Hear of every change; call the result to hear no more."""
        leave = [schedule.subscribe(listener) for schedule, _ in self._kept.values()]

        def leave_all() -> None:
            for one in leave:
                one()

        return leave_all
