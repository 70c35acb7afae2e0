"""The house, as ``home.yaml`` describes it and a backend finds it.

In goes a YAML file, out comes a :class:`Home`; what is wrong with the file is a
:class:`~speech.errors.ConfigError` that names the file, the line and the reason. A home may
change while it is open: the file is edited, or the backend finds devices of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from skills.home_file import read_plan
from skills.plan import Area, Device, Floor, Kind, Named, Plan, Requirement
from skills.storage import Watched
from speech.errors import ConfigError

__all__ = [
    "EXAMPLE",
    "Area",
    "Device",
    "Floor",
    "Home",
    "HomeWatch",
    "Kind",
    "Named",
    "Plan",
    "Requirement",
]

_LOGGER = logging.getLogger(__name__)
_LOOK_EVERY = 1.0  # seconds

EXAMPLE = Path(__file__).with_name("example_home.yaml")
"""The house that is used until there is another."""


class Home:
    """A whole house, keyed by id: what was written together with what was found.

    What was written wins: a written device with the ``address`` of a found one is that device.
    The object stays the same when the house changes; :meth:`subscribe` tells of it.
    """

    def __init__(self, written: Plan | None = None) -> None:
        self._written = written or Plan()
        self._found = Plan()
        self._listeners: list[Callable[[], None]] = []
        self.floors: Mapping[str, Floor] = {}
        self.areas: Mapping[str, Area] = {}
        self.devices: Mapping[str, Device] = {}
        self.backend = self._written.backend
        """The backend that was asked for when the home was opened."""
        self._merge()

    @classmethod
    def load(cls, path: Path) -> Home:
        """Read a ``home.yaml``; raises ConfigError as :func:`skills.home_file.read_plan` does."""
        return cls(read_plan(path))

    def rewrite(self, written: Plan) -> None:
        """Take the place of what the file said before."""
        self._change(written, self._found)

    def discover(self, found: Plan) -> None:
        """Take the place of what the backend had found before."""
        self._change(self._written, found)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Hear of every change of the house, after it; call the result to hear no more."""
        self._listeners.append(listener)

        def leave() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return leave

    def _change(self, written: Plan, found: Plan) -> None:
        if (written, found) == (self._written, self._found):
            return
        self._written, self._found = written, found
        self._merge()
        for listener in tuple(self._listeners):
            try:
                listener()
            except Exception:
                _LOGGER.exception("a listener failed on a change of the home")

    def _merge(self) -> None:
        written, found = self._written, self._found
        floors, floor_ids = _joined(written.floors, found.floors)
        # A found area that is one of ours by id or by name is ours.
        moved = {
            area.id: replace(area, floor=floor_ids.get(area.floor or ""))
            for area in found.areas.values()
        }
        areas, area_ids = _joined(written.areas, moved)
        # What a scene of the backend changes is known there alone.
        touches = {d.address or d.id: d.touches for d in found.devices.values()}
        devices = {
            key: replace(device, touches=touches.get(device.address or key, frozenset()))
            for key, device in written.devices.items()
        }
        taken = {device.address or device.id for device in devices.values()}
        for device in found.devices.values():
            if device.id not in devices and (device.address or device.id) not in taken:
                devices[device.id] = replace(device, area=area_ids.get(device.area or ""))
        self.floors, self.areas, self.devices = floors, areas, devices


class HomeWatch:
    """Takes up every edit of a home's file; a wrong one is told and changes nothing."""

    def __init__(
        self, home: Home, path: Path, tell: Callable[[ConfigError], Awaitable[None]]
    ) -> None:
        self._home = home
        self._path = path
        self._tell = tell
        self._watched = Watched(path)
        self._watched.changed()
        self._task = asyncio.create_task(self._watch(), name="home file")

    async def close(self) -> None:
        """Watch no longer."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            if not self._watched.changed():
                continue
            edited = True
            while edited:  # it may be only half written yet
                await asyncio.sleep(_LOOK_EVERY)
                edited = self._watched.changed()
            try:
                plan = await asyncio.to_thread(read_plan, self._path)
            except ConfigError as error:
                _LOGGER.warning("%s; the home stays as it was", error)
                await self._told(error)
                continue
            if plan.backend != self._home.backend:
                _LOGGER.warning("%s: another backend is used from the next start", self._path)
            self._home.rewrite(plan)
            _LOGGER.info("%s was edited: %d devices", self._path, len(self._home.devices))

    async def _told(self, error: ConfigError) -> None:
        try:
            await self._tell(error)
        except Exception:
            _LOGGER.exception("the mistake in the home file could not be told")


_N = TypeVar("_N", bound=Named)


def _joined(
    ours: Mapping[str, _N], theirs: Mapping[str, _N]
) -> tuple[dict[str, _N], dict[str, str]]:
    """Ours and those of theirs that are new, and what the id of each of theirs has become."""
    by_name = {thing.name.casefold(): key for key, thing in ours.items()}
    things, ids = dict(ours), {}
    for key, thing in theirs.items():
        ids[key] = key if key in ours else by_name.get(thing.name.casefold(), key)
        things.setdefault(ids[key], thing)
    return things, ids
