"""Devices that exist only here, whose states last in a JSON file."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from skills.backends.contract import BackendError, Listener, State, Value
from skills.home import Home, Kind
from skills.storage import load_json, save_json

_LOGGER = logging.getLogger(__name__)

_FRESH: Mapping[Kind, State] = {
    Kind.LIGHT: {"on": False, "brightness": 100, "color": None, "temperature": None},
    Kind.SWITCH: {"on": False},
    Kind.FAN: {"on": False, "speed": 100},
    Kind.LOCK: {"locked": True},
    Kind.COVER: {"position": 0},
}
_RANGES = {"brightness": (0, 100), "speed": (0, 100), "position": (0, 100)}


class SimulatedBackend:
    """Every device of a home, kept in ``devices.json`` of the state folder."""

    def __init__(self, home: Home, folder: Path) -> None:
        self._file = folder / "devices.json"
        self._listeners: list[Listener] = []
        self._states: dict[str, dict[str, Value]] = {}
        saved = load_json(self._file)
        saved = saved if isinstance(saved, dict) else {}
        for device in home.devices.values():
            state = dict(_FRESH[device.kind])
            kept = saved.get(device.id)
            if isinstance(kept, dict):
                # A device may have changed its kind since; what no longer fits is forgotten.
                state.update({k: v for k, v in kept.items() if k in state and _fits(k, v)})
            self._states[device.id] = state

    def states(self) -> Mapping[str, State]:
        """A copy of all states."""
        return {device: dict(state) for device, state in self._states.items()}

    def state(self, device_id: str) -> State:
        """A copy of one state."""
        if device_id not in self._states:
            raise BackendError(f"the home has no device {device_id!r}")
        return dict(self._states[device_id])

    async def set(self, device_id: str, changes: State) -> State:
        """Change a state, save it, tell the listeners."""
        state = dict(self.state(device_id))
        for key, value in changes.items():
            if key not in state or not _fits(key, value):
                raise BackendError(f"{device_id} cannot be set to {key} {value!r}")
        if all(state[key] == value for key, value in changes.items()):
            return state
        state.update(changes)
        try:
            save_json(self._file, {**self._states, device_id: state})
        except OSError as error:
            raise BackendError(f"{self._file} cannot be written: {error}") from error
        self._states[device_id] = state
        for listener in tuple(self._listeners):
            try:
                listener(device_id, dict(state))
            except Exception:
                _LOGGER.exception("a listener failed on the state of %s", device_id)
        return dict(state)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of every change."""
        self._listeners.append(listener)

        def leave() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return leave

    async def close(self) -> None:
        """Every change was saved when it was made."""
        self._listeners.clear()


def _fits(key: str, value: object) -> bool:
    if key in ("on", "locked"):
        return isinstance(value, bool)
    if key in _RANGES:
        low, high = _RANGES[key]
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    if key == "temperature":
        return value is None or (isinstance(value, int) and 1000 <= value <= 10000)
    return value is None or isinstance(value, str)
