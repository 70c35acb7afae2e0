"""The last known states of devices, who listens to them, and who waits for a confirmation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from skills.backends.contract import Listener, State, Value

_LOGGER = logging.getLogger(__name__)
_TOLERANCES: Mapping[str, float] = {
    # Devices count in their own steps: 0-254 for a brightness, mireds for a temperature.
    "brightness": 2,
    "volume": 2,
    "speed": 4,
    "position": 2,
    "temperature": 150,
    "target": 0.3,
}


class States:
    """States by device id; what changes is told to all listeners and to those who wait."""

    def __init__(self) -> None:
        self._states: dict[str, dict[str, Value]] = {}
        self._listeners: list[Listener] = []
        self._changed = asyncio.Event()

    def __contains__(self, device_id: str) -> bool:
        return device_id in self._states

    def all(self) -> Mapping[str, State]:
        """A copy of all."""
        return {device_id: dict(state) for device_id, state in self._states.items()}

    def get(self, device_id: str) -> dict[str, Value]:
        """A copy of one, empty if it is not known."""
        return dict(self._states.get(device_id, {}))

    def take(self, device_id: str, state: State) -> None:
        """A device has a new state."""
        before = self._states.get(device_id)
        self._states[device_id] = dict(state)
        if state == before:
            return
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
        for listener in tuple(self._listeners):
            try:
                listener(device_id, dict(state))
            except Exception:
                _LOGGER.exception("a listener failed on the state of %s", device_id)

    def forget(self, device_id: str) -> None:
        """A device is no more."""
        self._states.pop(device_id, None)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of every change; call the result to hear no more."""
        self._listeners.append(listener)

        def leave() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return leave

    def silence(self) -> None:
        """Nobody hears of anything any more."""
        self._listeners.clear()

    async def change(self) -> None:
        """Wait until any state changes."""
        await self._changed.wait()

    async def confirmed(self, device_id: str, changes: State, before: State) -> State:
        """Wait until a device's state shows the changes; the caller limits the time."""
        while not shows(self.get(device_id), changes, before):
            await self.change()
        return self.get(device_id)


def shows(state: State, changes: State, before: State) -> bool:
    """Whether a state confirms changes that were asked for when it was ``before``.

    A key that a state has beyond those of its kind: ``moving``, ``opening`` or ``closing``, of a
    cover that says so.
    """
    return all(
        _agrees(key, wish, state.get(key), before.get(key))
        or (key == "position" and _moves(wish, state, before))
        for key, wish in changes.items()
    )


def _moves(wish: Value, state: State, before: State) -> bool:
    position = before.get("position")
    if state.get("moving") is None or not isinstance(wish, int | float):
        return False
    if not isinstance(position, int | float):
        return True
    return state["moving"] == ("opening" if wish > position else "closing")


def _agrees(key: str, wish: Value, now: Value, before: Value) -> bool:
    if key == "activity" and wish in ("docked", "returning"):
        return now in ("docked", "returning")
    if _is_number(wish) and _is_number(now):
        assert isinstance(wish, int | float) and isinstance(now, int | float)
        if abs(wish - now) <= _TOLERANCES.get(key, 0):
            return True
        if key == "position" and isinstance(before, int | float):
            # It is on its way.
            return before < now <= wish or wish <= now < before
        return False
    return wish == now


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
