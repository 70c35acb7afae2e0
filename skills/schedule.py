"""What has to happen at some time, kept in a file so that it outlives the program.

Several programs may share the file. What falls due does so in each of them, as a timer rings
wherever one is; or in one only, as a command must be carried out once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from skills.storage import SharedFile, put_aside

_LOGGER = logging.getLogger(__name__)
LOOK_EVERY = 1.0
"""Seconds between two looks at whether another program has changed the file."""
_FINISHING = 5.0
"""Seconds that what falls due just now may take when the program stops."""
_LONGEST_SLEEP = 20.0
"""Seconds. The wall clock may be set, or the machine may sleep: look again now and then."""


class Entry(Protocol):
    """A frozen dataclass of plain values."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def id(self) -> int:
        """A number of its own."""
        ...

    @property
    def due(self) -> float | None:
        """Seconds since the epoch; None while it waits for nothing."""
        ...


E = TypeVar("E", bound=Entry)


class Schedule(Generic[E]):
    """Entries that fall due one after the other.

    Parameters
    ----------
    path
        The JSON file.
    read
        Makes an entry of what ``asdict`` made of one; raises TypeError, ValueError or KeyError.
    fall_due
        Called with an entry when it is due.
    next
        What takes the place of an entry that fell due, None if it is over, as without ``next``.
    once
        Whether the file is changed before an entry falls due, so that it does so in one program
        only, and never twice. Otherwise it stays there until ``fall_due`` has returned.
    """

    def __init__(
        self,
        path: Path,
        read: Callable[[Mapping[str, Any]], E],
        fall_due: Callable[[E], Awaitable[None]],
        *,
        next: Callable[[E], E | None] = lambda entry: None,
        once: bool = False,
    ) -> None:
        self._file = SharedFile(path, self._take)
        self._read = read
        self._fall_due = fall_due
        self._next = next
        self._once = once
        self._entries: dict[int, E] = {}
        """What the file holds."""
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._listeners: list[Callable[[], None]] = []
        self._falling: dict[int, E] = {}
        """What falls due just now; what follows it may be in the file already."""
        self._closing = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """That of the file, as in ``timers``."""
        return self._file.path.stem

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Hear whenever :meth:`waiting` may have changed; call the result to hear no more."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def open(self) -> None:
        """Take up the entries of the last run; those that are overdue fall due at once."""
        self._file.refresh()
        self._watching = asyncio.create_task(self._watch(), name=self._file.path.name)

    def waiting(self) -> list[E]:
        """Those that have not fallen due, the next first."""
        self._file.try_to_refresh()
        waiting = (e for e in self._entries.values() if self._falling.get(e.id) != e)
        return sorted(waiting, key=lambda entry: (entry.due is None, entry.due))

    def add(self, make: Callable[[int], E]) -> E:
        """Add the entry that ``make`` gives its number; raises OSError if it cannot be saved."""
        with self._file.changing():
            # What falls due just now may be out of the file, but its number is still taken.
            entry = make(max((*self._entries, *self._falling), default=0) + 1)
            self._save({**self._entries, entry.id: entry})
        self._run(entry)
        return entry

    def change(self, entry: E) -> None:
        """Put another entry into the place of the one with its number; raises OSError."""
        with self._file.changing():
            if entry.id not in self._entries:
                return  # cancelled by another program
            self._save({**self._entries, entry.id: entry})
        self._run(entry)

    def cancel(self, entries: Iterable[E]) -> None:
        """Take entries out for good; raises OSError."""
        gone = {entry.id for entry in entries}
        with self._file.changing():
            self._save({n: entry for n, entry in self._entries.items() if n not in gone})
        for number in gone:
            self._stop(number)

    async def close(self) -> None:
        """Stop waiting; the file keeps what is still to come.

        With ``once`` the file has forgotten what falls due just now: that is finished first.
        """
        self._closing.set()
        falling = [self._tasks[number] for number in self._falling if number in self._tasks]
        if self._once and falling:
            await asyncio.wait(falling, timeout=_FINISHING)
        tasks = list(filter(None, [self._watching, *self._tasks.values()]))
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _run(self, entry: E) -> None:
        self._stop(entry.id)
        if entry.due is not None:
            waiting = self._wait(entry, entry.due)
            self._tasks[entry.id] = asyncio.create_task(waiting, name=f"entry {entry.id}")

    def _stop(self, number: int) -> None:
        if task := self._tasks.pop(number, None):
            task.cancel()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self._file.try_to_refresh()

    def _take(self, saved: Any) -> None:
        if saved is None:
            return  # the file was damaged: what is known here goes on
        try:
            entries = {entry.id: entry for entry in map(self._read, saved)}
        except (TypeError, ValueError, KeyError) as error:
            put_aside(self._file.path, f"not what it should hold: {error!r}")
            return
        before, self._entries = self._entries, entries
        self._changed()
        for number in (before.keys() | entries.keys()) - self._falling.keys():
            if number not in entries:
                self._stop(number)
            elif entries[number] != before.get(number):
                self._run(entries[number])

    async def _wait(self, entry: E, due: float) -> None:
        while (left := due - time.time()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), min(left, _LONGEST_SLEEP))
                return
        if self._closing.is_set():
            return  # the file keeps it
        self._falling[entry.id] = entry
        self._changed()
        try:
            if not self._once or self._passed(entry):
                await self._fall_due(entry)
        except Exception:
            _LOGGER.exception("what was due could not be done: %s", entry)
        finally:
            self._falling.pop(entry.id, None)
        # Only now is it forgotten: a program that stops before has it fall due at the next start.
        self._tasks.pop(entry.id, None)  # this very task: what follows must not cancel it
        try:
            self._passed(entry)
        except OSError:
            self._entries.pop(entry.id, None)
            _LOGGER.exception("%s could not be saved", self._file.path)
        if (now := self._entries.get(entry.id)) is not None:
            self._run(now)  # it comes again, or another program has changed it meanwhile

    def _passed(self, entry: E) -> bool:
        """Put the next into the place of an entry; False if that was done or it was changed."""
        with self._file.changing():
            if self._entries.get(entry.id) != entry:
                return False
            rest = {n: other for n, other in self._entries.items() if n != entry.id}
            following = self._next(entry)
            self._save(rest if following is None else {**rest, entry.id: following})
            return True

    def _save(self, entries: Mapping[int, E]) -> None:
        self._file.save([asdict(entry) for entry in entries.values()])
        self._entries = dict(entries)
        self._changed()

    def _changed(self) -> None:
        for listener in tuple(self._listeners):
            listener()
