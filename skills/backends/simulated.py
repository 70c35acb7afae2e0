"""Devices that exist only here, whose states last in a JSON file."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from skills.backends.contract import BackendError, Listener, State, Value
from skills.home import Home, Kind
from skills.storage import Watched, load_json, locked, save_json

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
    """Every device of a home, kept in ``devices.json`` of the state folder.

    Several programs may share the folder: each sees the changes of the others.
    """

    def __init__(self, home: Home, folder: Path) -> None:
        self._file = folder / "devices.json"
        self._watched = Watched(self._file)
        self._listeners: list[Listener] = []
        self._states: dict[str, dict[str, Value]] = {
            device.id: dict(_FRESH[device.kind]) for device in home.devices.values()
        }
        self._saved: dict[str, object] = {}
        """What the file holds, devices that this home lacks included."""
        self._refresh()

    def states(self) -> Mapping[str, State]:
        """A copy of all states."""
        self._try_to_refresh()
        return {device: dict(state) for device, state in self._states.items()}

    def state(self, device_id: str) -> State:
        """A copy of one state."""
        self._try_to_refresh()
        return self._copy(device_id)

    async def set(self, device_id: str, changes: State) -> State:
        """Change a state, save it, tell the listeners."""
        state = self._copy(device_id)
        for key, value in changes.items():
            if key not in state or not _fits(key, value):
                raise BackendError(f"{device_id} cannot be set to {key} {value!r}")
        try:
            with locked(self._file):
                self._refresh()
                state = self._copy(device_id)
                if all(state[key] == value for key, value in changes.items()):
                    return state
                state.update(changes)
                saved: dict[str, object] = {**self._saved, **self._states, device_id: state}
                save_json(self._file, saved)
                self._saved = saved
                self._watched.changed()
        except OSError as error:
            raise BackendError(f"{self._file} cannot be written: {error}") from error
        self._take(device_id, state)
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

    def _copy(self, device_id: str) -> dict[str, Value]:
        if device_id not in self._states:
            raise BackendError(f"the home has no device {device_id!r}")
        return dict(self._states[device_id])

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
        self._saved = saved if isinstance(saved, dict) else {}
        for device_id, state in self._states.items():
            kept = self._saved.get(device_id)
            if isinstance(kept, dict):
                # A device may have changed its kind since; what no longer fits is forgotten.
                fitting = {k: v for k, v in kept.items() if k in state and _fits(k, v)}
                self._take(device_id, {**state, **fitting})

    def _take(self, device_id: str, state: dict[str, Value]) -> None:
        before, self._states[device_id] = self._states[device_id], state
        if state == before:
            return
        for listener in tuple(self._listeners):
            try:
                listener(device_id, dict(state))
            except Exception:
                _LOGGER.exception("a listener failed on the state of %s", device_id)


def _fits(key: str, value: object) -> bool:
    if key in ("on", "locked"):
        return isinstance(value, bool)
    if key in _RANGES:
        low, high = _RANGES[key]
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    if key == "temperature":
        return value is None or (isinstance(value, int) and 1000 <= value <= 10000)
    return value is None or isinstance(value, str)
