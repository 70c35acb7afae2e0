"""The contract between the skills and whatever really switches the devices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from speech.errors import SonorantError

Value = bool | int | str | None
State = Mapping[str, Value]
"""The keys depend on the kind: see :class:`skills.home.Kind`."""

Listener = Callable[[str, State], None]
"""Called with a device's id and its new state; must return at once."""


class BackendError(SonorantError):
    """A device could not be reached, or did not confirm what it was told."""


class Backend(Protocol):
    """Devices by id. An action is done when :meth:`set` has returned, not before."""

    def states(self) -> Mapping[str, State]:
        """The last known state of every device."""
        ...

    def state(self, device_id: str) -> State:
        """The last known state of one device; raises BackendError if it is unknown."""
        ...

    async def set(self, device_id: str, changes: State) -> State:
        """Change a device and return its confirmed state; raises BackendError."""
        ...

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of every change; call the result to hear no more."""
        ...

    async def close(self) -> None:
        """Let go of connections and save what has to last."""
        ...
