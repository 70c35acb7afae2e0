"""Timers that run, last over restarts, and ring: what the timer skill talks about."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from skills.storage import load_json, put_aside, save_json

_LOGGER = logging.getLogger(__name__)
_LONGEST_SLEEP = 20.0
"""Seconds. The wall clock may be set, or the machine may sleep: look again now and then."""


@dataclass(frozen=True, slots=True)
class Timer:
    """One running timer."""

    id: int
    seconds: int
    """What it was set for."""
    ends: float
    """When it rings, seconds since the epoch, so that it can outlive the program."""
    name: str | None = None
    language: str = "en"

    def left(self) -> int:
        """Whole seconds until it rings, 0 if it should already."""
        return max(0, round(self.ends - time.time()))


class Timers:
    """All timers of a home, kept in ``timers.json`` of the state folder."""

    def __init__(self, folder: Path, ring: Callable[[Timer], Awaitable[None]]) -> None:
        self._file = folder / "timers.json"
        self._ring = ring
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._timers: dict[int, Timer] = {}
        self._ringing: set[int] = set()
        self._closing = asyncio.Event()

    def open(self) -> None:
        """Take up the timers of the last run; those that are over ring at once."""
        saved = load_json(self._file)
        if saved is None:
            return
        try:
            timers = [_timer(item) for item in saved]
        except (TypeError, ValueError, KeyError) as error:
            put_aside(self._file, f"not a list of timers: {error!r}")
            return
        for timer in timers:
            self._run(timer)

    def running(self) -> list[Timer]:
        """Those that have not rung, the next to ring first."""
        waiting = (t for t in self._timers.values() if t.id not in self._ringing)
        return sorted(waiting, key=lambda timer: timer.ends)

    def start(self, seconds: int, name: str | None, language: str) -> Timer:
        """Start a timer; raises OSError if it cannot be saved."""
        number = max(self._timers, default=0) + 1
        timer = Timer(number, seconds, time.time() + seconds, name, language)
        self._save([*self._timers.values(), timer])
        self._run(timer)
        return timer

    def change(self, timer: Timer, seconds: int) -> Timer:
        """Add seconds, or take them off if negative; it rings one second from now at soonest."""
        ends = max(timer.ends + seconds, time.time() + 1)
        changed = replace(timer, ends=ends)
        self._save([changed if t.id == timer.id else t for t in self._timers.values()])
        self._tasks.pop(timer.id).cancel()
        self._run(changed)
        return changed

    def cancel(self, timers: list[Timer]) -> None:
        """Stop timers for good."""
        gone = {timer.id for timer in timers}
        self._save([t for t in self._timers.values() if t.id not in gone])
        for number in gone:
            self._timers.pop(number, None)
            if task := self._tasks.pop(number, None):
                task.cancel()

    async def close(self) -> None:
        """Stop waiting; the file keeps what still runs."""
        self._closing.set()
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _run(self, timer: Timer) -> None:
        self._timers[timer.id] = timer
        self._tasks[timer.id] = asyncio.create_task(self._wait(timer), name=f"timer {timer.id}")

    async def _wait(self, timer: Timer) -> None:
        while (left := timer.ends - time.time()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), min(left, _LONGEST_SLEEP))
                return
        self._ringing.add(timer.id)
        try:
            await self._ring(timer)
        except Exception:
            _LOGGER.exception("a timer could not ring")
        finally:
            self._ringing.discard(timer.id)
        # Only now is it forgotten: a program that stops before has it ring at the next start.
        self._timers.pop(timer.id, None)
        self._tasks.pop(timer.id, None)
        try:
            self._save(list(self._timers.values()))
        except OSError:
            _LOGGER.exception("the timers could not be saved")

    def _save(self, timers: list[Timer]) -> None:
        save_json(self._file, [asdict(timer) for timer in timers])


def _timer(item: dict[str, object]) -> Timer:
    name = item["name"]
    return Timer(
        id=int(str(item["id"])),
        seconds=int(str(item["seconds"])),
        ends=float(str(item["ends"])),
        name=None if name is None else str(name),
        language=str(item["language"]),
    )
