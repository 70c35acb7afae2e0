"""Timers that run, last over restarts, and ring: what the timer skill talks about."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from skills.storage import Watched, load_json, locked, put_aside, save_json

_LOGGER = logging.getLogger(__name__)
_LONGEST_SLEEP = 20.0
"""Seconds. The wall clock may be set, or the machine may sleep: look again now and then."""


_LOOK_EVERY = 1.0
"""Seconds between two looks at whether another program has changed the timers."""


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
    """All timers of a home, kept in ``timers.json`` of the state folder.

    Several programs may share the folder: a timer rings in each that runs, whoever set it.
    """

    def __init__(self, folder: Path, ring: Callable[[Timer], Awaitable[None]]) -> None:
        self._file = folder / "timers.json"
        self._watched = Watched(self._file)
        self._ring = ring
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._timers: dict[int, Timer] = {}
        self._ringing: set[int] = set()
        self._closing = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Take up the timers of the last run; those that are over ring at once."""
        self._refresh()
        self._watching = asyncio.create_task(self._watch(), name="timers")

    def running(self) -> list[Timer]:
        """Those that have not rung, the next to ring first."""
        self._try_to_refresh()
        waiting = (t for t in self._timers.values() if t.id not in self._ringing)
        return sorted(waiting, key=lambda timer: timer.ends)

    def start(self, seconds: int, name: str | None, language: str) -> Timer:
        """Start a timer; raises OSError if it cannot be saved."""
        with locked(self._file):
            self._refresh()
            number = max(self._timers, default=0) + 1
            timer = Timer(number, seconds, time.time() + seconds, name, language)
            self._save([*self._timers.values(), timer])
        self._run(timer)
        return timer

    def change(self, timer: Timer, seconds: int) -> Timer:
        """Add seconds, or take them off if negative; it rings one second from now at soonest."""
        ends = max(timer.ends + seconds, time.time() + 1)
        changed = replace(timer, ends=ends)
        with locked(self._file):
            self._refresh()
            self._save([changed if t.id == timer.id else t for t in self._timers.values()])
        self._run(changed)
        return changed

    def cancel(self, timers: list[Timer]) -> None:
        """Stop timers for good."""
        gone = {timer.id for timer in timers}
        with locked(self._file):
            self._refresh()
            self._save([t for t in self._timers.values() if t.id not in gone])
        for number in gone:
            self._forget(number)

    async def close(self) -> None:
        """Stop waiting; the file keeps what still runs."""
        self._closing.set()
        tasks = list(filter(None, [self._watching, *self._tasks.values()]))
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _run(self, timer: Timer) -> None:
        self._forget(timer.id)
        self._timers[timer.id] = timer
        self._tasks[timer.id] = asyncio.create_task(self._wait(timer), name=f"timer {timer.id}")

    def _forget(self, number: int) -> None:
        self._timers.pop(number, None)
        if task := self._tasks.pop(number, None):
            task.cancel()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            self._try_to_refresh()

    def _try_to_refresh(self) -> None:
        try:
            self._refresh()
        except OSError as error:
            _LOGGER.warning("%s cannot be read: %s", self._file, error)

    def _refresh(self) -> None:
        """Take up what another program has changed."""
        if not self._watched.changed():
            return
        saved = load_json(self._file)
        if saved is None:
            return
        try:
            timers = {timer.id: timer for timer in map(_timer, saved)}
        except (TypeError, ValueError, KeyError) as error:
            put_aside(self._file, f"not a list of timers: {error!r}")
            return
        for number in [n for n in self._timers if n not in timers and n not in self._ringing]:
            self._forget(number)
        for number, timer in timers.items():
            if timer != self._timers.get(number) and number not in self._ringing:
                self._run(timer)

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
        self._tasks.pop(timer.id, None)  # this very task: what follows must not cancel it
        try:
            self.cancel([timer])
        except OSError:
            self._forget(timer.id)
            _LOGGER.exception("the timers could not be saved")

    def _save(self, timers: list[Timer]) -> None:
        save_json(self._file, [asdict(timer) for timer in timers])
        self._watched.changed()


def _timer(item: dict[str, object]) -> Timer:
    name, ends = item["name"], float(str(item["ends"]))
    if not math.isfinite(ends):
        raise ValueError(f"a timer does not end at {ends}")
    return Timer(
        id=int(str(item["id"])),
        seconds=int(str(item["seconds"])),
        ends=ends,
        name=None if name is None else str(name),
        language=str(item["language"]),
    )
