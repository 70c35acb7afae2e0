"""Devices that exist only here, whose states last in a JSON file."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path

from skills.backends import colors
from skills.backends.contract import BackendError, Command, Failure, Listener, State, Value
from skills.backends.states import States
from skills.home import Home
from skills.plan import ACTIVITIES, Device, Kind
from skills.storage import SharedFile

_FRESH: Mapping[Kind, State] = {
    Kind.LIGHT: {"on": False, "brightness": 100, "color": None, "temperature": None},
    Kind.SWITCH: {"on": False},
    Kind.FAN: {"on": False, "speed": 100},
    Kind.LOCK: {"locked": True},
    Kind.COVER: {"position": 0},
    Kind.CLIMATE: {"on": False, "target": 21.0, "current": 20.0},
    Kind.MEDIA_PLAYER: {"on": False, "playing": False, "volume": 30, "muted": False},
    Kind.SENSOR: {"value": None, "unit": None},
    Kind.BINARY_SENSOR: {"on": False},
    Kind.SCENE: {},
    Kind.VACUUM: {"activity": "docked"},
}
_SENSED: Mapping[str | None, State] = {
    "temperature": {"value": 21.0, "unit": "°C"},
    "humidity": {"value": 45, "unit": "%"},
    "battery": {"value": 100, "unit": "%"},
}
_NUMBERS = {
    "brightness": (0, 100),
    "speed": (0, 100),
    "position": (0, 100),
    "volume": (0, 100),
    "target": (5, 35),
    "current": (-60, 60),
}
_COMMANDS = {
    Kind.SCENE: (Command.ACTIVATE,),
    Kind.MEDIA_PLAYER: (Command.NEXT, Command.PREVIOUS),
}


class SimulatedBackend:
    """Every device of a home, kept in ``devices.json`` of the state folder.

    Several programs may share the folder: each sees the changes of the others.
    """

    def __init__(self, home: Home, folder: Path) -> None:
        self._home = home
        self._file = SharedFile(folder / "devices.json", self._take)
        self._states = States()
        self._saved: dict[str, object] = {}
        """What the file holds, devices that this home lacks included."""
        self._leave = home.subscribe(self._furnish)
        self._furnish()
        self._file.refresh()

    def states(self) -> Mapping[str, State]:
        """A copy of all states."""
        self._file.try_to_refresh()
        return self._states.all()

    def state(self, device_id: str) -> State:
        """A copy of one state."""
        self._file.try_to_refresh()
        return self._known(device_id)

    async def set(self, device_id: str, changes: State) -> State:
        """Change a state, save it, tell the listeners."""
        state = self._known(device_id)
        for key, value in changes.items():
            if key not in state or not _fits(key, value):
                raise BackendError(f"{device_id} cannot be set to {key} {value!r}", Failure.UNFIT)
        try:
            with self._file.changing():
                state = self._known(device_id)
                if all(state[key] == value for key, value in changes.items()):
                    return state
                state.update(changes)
                saved = {**self._saved, **self._states.all(), device_id: state}
                self._file.save(saved)
                self._saved = saved
        except OSError as error:
            raise BackendError(f"{self._file.path} cannot be written: {error}") from error
        self._states.take(device_id, state)
        return dict(state)

    async def do(self, device_id: str, command: Command) -> None:
        """Accept a command that the kind of device knows; nothing comes of it here."""
        self._known(device_id)
        if command not in _COMMANDS.get(self._home.devices[device_id].kind, ()):
            raise BackendError(f"{device_id} knows no {command}", Failure.UNFIT)

    def problem(self) -> None:
        """Nothing can be away."""

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of every change."""
        return self._states.subscribe(listener)

    async def close(self) -> None:
        """Every change was saved when it was made."""
        self._leave()
        self._states.silence()

    def _known(self, device_id: str) -> dict[str, Value]:
        if device_id not in self._states:
            raise BackendError(f"the home has no device {device_id!r}", Failure.UNAVAILABLE)
        return self._states.get(device_id)

    def _furnish(self) -> None:
        """Give each device of the home a state, those that are new a fresh or saved one."""
        for device_id in self._states.all():
            if device_id not in self._home.devices:
                self._states.forget(device_id)
        for device in self._home.devices.values():
            fresh = _fresh(device)
            if device.id not in self._states or self._states.get(device.id).keys() != fresh.keys():
                self._states.take(device.id, _kept(self._saved.get(device.id), fresh))

    def _take(self, saved: object) -> None:
        """Take up what another program has changed."""
        self._saved = saved if isinstance(saved, dict) else {}
        for device_id, state in self._states.all().items():
            self._states.take(device_id, _kept(self._saved.get(device_id), state))


def _fresh(device: Device) -> State:
    sensed = _SENSED.get(device.device_class, {}) if device.kind == Kind.SENSOR else {}
    return {**_FRESH[device.kind], **sensed}


def _kept(saved: object, state: State) -> State:
    """A state with what was saved of it.

    A device may have changed its kind since; what no longer fits is forgotten.
    """
    if not isinstance(saved, dict):
        return state
    return {**state, **{k: v for k, v in saved.items() if k in state and _fits(k, v)}}


def _fits(key: str, value: object) -> bool:
    if key in ("on", "locked", "playing", "muted"):
        return isinstance(value, bool)
    if key in _NUMBERS:
        low, high = _NUMBERS[key]
        kinds = int | float if key in ("target", "current") else int
        return isinstance(value, kinds) and not isinstance(value, bool) and low <= value <= high
    if key == "temperature":
        return value is None or (isinstance(value, int) and 1000 <= value <= 10000)
    if key == "value":
        return (
            value is None
            or isinstance(value, str | int)
            or (isinstance(value, float) and math.isfinite(value))
        )
    if key == "color":
        return value is None or value in colors.NAMES
    if key == "activity":
        return value in ACTIVITIES
    return value is None or isinstance(value, str)
