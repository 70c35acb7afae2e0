"""A connection that comes and goes: whether it stands, and telling until it is confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from skills.backends.contract import BackendError, Failure, Listener, State
from skills.backends.states import States

_T = TypeVar("_T")
_AGAIN = 0.05
"""Seconds until what was not taken is sent again."""
_PATIENCE = 1.0
"""Seconds until a device that was told after a loss of the connection is told again."""
FIRST_DELAY, LONGEST_DELAY = 0.25, 30.0
"""Seconds between two attempts to connect: twice as many after each that failed."""


class Linked:
    """What all backends have that reach their devices over a :class:`Link`."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._states = States()

    def states(self) -> Mapping[str, State]:
        """A copy of all states."""
        return self._states.all()

    def problem(self) -> BackendError | None:
        """Why there is no connection, while there is none."""
        return None if self._link.connected.is_set() else self._link.error()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of every change."""
        return self._states.subscribe(listener)


class Link:
    """Whether a broker or hub is connected, and why not."""

    def __init__(self, name: str) -> None:
        self.name = name
        """What it is a connection to, for messages."""
        self.reason = "not connected yet"
        """Why there is no connection, while there is none."""
        self.refused = False
        """Whether that is the token or password, which it is of no use to try again."""
        self.connected = asyncio.Event()
        self.lost = asyncio.Event()
        self.lost.set()

    def up(self) -> None:
        """The connection stands."""
        self.refused = False
        self.lost.clear()
        self.connected.set()

    def down(self) -> None:
        """The connection is gone."""
        self.connected.clear()
        self.lost.set()

    def missing(self, reason: str, *, refused: bool = False) -> bool:
        """There is no connection, for a reason; True if that is news."""
        news = reason != self.reason
        self.reason, self.refused = reason, refused
        return news

    def error(self) -> BackendError:
        """The error that says why there is no connection."""
        failure = Failure.REFUSED if self.refused else Failure.UNREACHABLE
        return BackendError(f"{self.name}: {self.reason}", failure)

    def check(self) -> None:
        """Raise BackendError unless the connection stands."""
        if not self.connected.is_set():
            raise self.error()

    async def unless_lost(self, waiting: Awaitable[_T]) -> _T:
        """What is waited for; raises BackendError once the connection is lost."""
        task = asyncio.ensure_future(waiting)
        lost = asyncio.create_task(self.lost.wait())
        try:
            await asyncio.wait((task, lost), return_when=asyncio.FIRST_COMPLETED)
            # Libraries cancel what waits on a connection that is gone.
            if not task.done() or task.cancelled():
                raise self.error()
            return task.result()
        finally:
            for each in (task, lost):
                each.cancel()

    async def confirmed(
        self,
        states: States,
        device_id: str,
        changes: State,
        tell: Callable[[], Awaitable[None]],
        limit: float,
    ) -> State:
        """Tell a device, again after every loss of the connection, until its state confirms.

        Parameters
        ----------
        tell
            Sends the changes; raises BackendError, which ends it unless it is ``UNREACHABLE``.
        limit
            Seconds for all of it.
        """
        before = states.get(device_id)
        patience = None
        try:
            async with asyncio.timeout(limit):
                while True:
                    if self.refused:
                        raise self.error()
                    await self.connected.wait()
                    try:
                        await tell()
                        waiting = self.unless_lost(states.confirmed(device_id, changes, before))
                        return await asyncio.wait_for(waiting, patience)
                    except BackendError as error:
                        if error.failure != Failure.UNREACHABLE:
                            raise
                        # The device may be back on the broker later than we are.
                        patience = _PATIENCE
                    except TimeoutError:
                        continue  # it may not have been there to hear it
                    await asyncio.sleep(_AGAIN)
        except TimeoutError:
            self.check()
            raise BackendError(
                f"{device_id} did not confirm {dict(changes)} within {limit:g} s",
                Failure.UNCONFIRMED,
            ) from None
