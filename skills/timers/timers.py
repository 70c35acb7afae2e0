"""Timers that run, last over restarts, and ring: what the timer skill talks about."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from skills.agenda import Pending
from skills.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Timer:
    """One timer."""

    id: int
    seconds: int
    """What it was set for."""
    due: float | None
    """When it rings, seconds since the epoch, so that it can outlive the program."""
    name: str | None = None
    language: str = "en"
    paused: int | None = None
    """Seconds that were left when it was paused; ``due`` is None then."""

    def left(self) -> int:
        """Whole seconds until it rings, 0 if it should already."""
        if self.due is None:
            return self.paused or 0
        return max(0, round(self.due - time.time()))


class Timers:
    """All timers of a home, kept in ``timers.json`` of the state folder.

    Several programs may share the folder: a timer rings in each that runs, whoever set it.
    """

    def __init__(self, folder: Path, ring: Callable[[Timer], Awaitable[None]]) -> None:
        self.schedule = Schedule(folder / "timers.json", _timer, ring)
        self.open = self.schedule.open
        self.cancel = self.schedule.cancel
        self.close = self.schedule.close

    def running(self) -> list[Timer]:
        """Those that have not rung, the next to ring first, paused ones last."""
        return self.schedule.waiting()

    def start(self, seconds: int, name: str | None, language: str) -> Timer:
        """Start a timer; raises OSError if it cannot be saved."""
        due = time.time() + seconds
        return self.schedule.add(lambda number: Timer(number, seconds, due, name, language))

    def change(self, timer: Timer, seconds: int) -> Timer:
        """Add seconds, or take them off if negative; it rings one second from now at soonest."""
        if timer.due is None:
            changed = replace(timer, paused=max(1, timer.left() + seconds))
        else:
            changed = replace(timer, due=max(timer.due + seconds, time.time() + 1))
        self.schedule.change(changed)
        return changed

    def pause(self, timer: Timer) -> None:
        """Let a timer wait; nothing happens to one that does already."""
        if timer.due is not None:
            self.schedule.change(replace(timer, due=None, paused=max(1, timer.left())))

    def go_on(self, timer: Timer) -> None:
        """Let a timer that waits run again."""
        if timer.due is None:
            self.schedule.change(replace(timer, due=time.time() + timer.left(), paused=None))


def pending(timer: Timer) -> Pending:
    """What the agenda tells of a timer."""
    left = timer.paused if timer.due is None else None
    return Pending("timer", timer.due, name=timer.name, seconds=timer.seconds, left=left)


def _timer(item: Mapping[str, Any]) -> Timer:
    name, due, paused = item["name"], item["due"], item.get("paused")
    if due is not None and not math.isfinite(float(due)):
        raise ValueError(f"a timer does not end at {due}")
    return Timer(
        id=int(item["id"]),
        seconds=int(item["seconds"]),
        due=None if due is None else float(due),
        name=None if name is None else str(name),
        language=str(item["language"]),
        paused=None if paused is None else int(paused),
    )
