"""Hands the events of a conversation to whoever listens, in bounded memory."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from assistant.events import Event

_KEPT = 1000  # events that a slow listener may lag behind


class EventStream(AsyncIterator[Event]):
    """The events from the moment it was made until the conversation closes, or it is closed.

    Parameters
    ----------
    leave
        Called once it is closed: nothing is put into it any more.
    """

    def __init__(self, leave: Callable[[EventStream], None] = lambda stream: None) -> None:
        self.lost = 0
        """Events that were dropped, oldest first, because nobody read them in time."""
        self._leave = leave
        self._events: deque[Event] = deque()
        self._came = asyncio.Event()
        self._closed = False

    def put(self, event: Event) -> None:
        """Add an event."""
        if len(self._events) == _KEPT:
            self._events.popleft()
            self.lost += 1
        self._events.append(event)
        self._came.set()

    def close(self) -> None:
        """End the stream after the events that wait. Safe to call twice."""
        if not self._closed:
            self._closed = True
            self._came.set()
            self._leave(self)

    async def __anext__(self) -> Event:
        """The next event."""
        while not self._events:
            if self._closed:
                raise StopAsyncIteration
            self._came.clear()
            await self._came.wait()
        return self._events.popleft()
