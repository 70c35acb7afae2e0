"""The contract between the skills and whatever really switches the devices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Protocol

from skills.plan import Value
from speech.errors import SonorantError

__all__ = ["Backend", "BackendError", "Command", "Failure", "Listener", "State", "Value", "able"]

State = Mapping[str, Value]
"""The keys depend on the kind: see :class:`skills.plan.Kind`. A device that cannot do something
lacks its key; what is not known yet is None."""

Listener = Callable[[str, State], None]
"""Called with a device's id and its new state; must return at once."""


class Command(StrEnum):
    """What leaves no state behind: done once the device has accepted it."""

    NEXT = "next"
    """A media player: the next track."""
    PREVIOUS = "previous"
    ACTIVATE = "activate"
    """A scene."""


class Failure(StrEnum):
    """Why something was not done; each has a sentence that is said."""

    UNREACHABLE = "unreachable"
    """The hub or broker cannot be reached."""
    REFUSED = "refused"
    """The hub or broker can be reached, but does not accept the token or the password."""
    UNAVAILABLE = "unavailable"
    """The hub can be reached, but the device is offline or unknown there."""
    UNCONFIRMED = "unconfirmed"
    """The device was told, but did not confirm in time."""
    UNFIT = "unfit"
    """The device is unable to do that."""
    OTHER = "failed"
    """Anything else: the message says what."""


class BackendError(SonorantError):
    """A device could not be reached, or did not confirm what it was told."""

    def __init__(self, message: str, failure: Failure = Failure.OTHER) -> None:
        super().__init__(message)
        self.failure = failure


def able(changes: State, keys: Iterable[str]) -> State:
    """The changes; raises BackendError if they name another key than those that can be set."""
    unable = [key for key in changes if key not in keys]
    if unable:
        raise BackendError(f"it has no {', '.join(unable)}", Failure.UNFIT)
    return changes


class Backend(Protocol):
    """Devices by id. An action is done when :meth:`set` has returned, not before."""

    def states(self) -> Mapping[str, State]:
        """The last known state of every device."""
        ...

    def state(self, device_id: str) -> State:
        """The last known state of one device; raises BackendError if there is none."""
        ...

    async def set(self, device_id: str, changes: State) -> State:
        """Change a device and return its confirmed state, within the backend's time-out.

        A cover, which takes long, has confirmed once it moves the right way.

        Raises
        ------
        BackendError
            Nothing changed, or nobody knows; ``failure`` says why.
        """
        ...

    async def do(self, device_id: str, command: Command) -> None:
        """Have a command accepted; raises BackendError."""
        ...

    def problem(self) -> BackendError | None:
        """Why the hub or broker cannot be used now; None if it can."""
        ...

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of every change; call the result to hear no more."""
        ...

    async def close(self) -> None:
        """Let go of connections and save what has to last."""
        ...
