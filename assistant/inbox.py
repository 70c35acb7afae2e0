"""What waits for a conversation: control messages, and audio in a bounded queue."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from speech.audio import RATE, Samples

Control = Callable[[], Awaitable[None]]
"""Something the conversation has to do, in its own task."""

SLICE = RATE // 10
"""Samples handled at once, so that behaviour does not depend on the size of blocks fed."""


class Inbox:
    """Control messages come out first; audio comes out only when it is asked for.

    Parameters
    ----------
    seconds
        How much audio may wait.
    """

    def __init__(self, seconds: float) -> None:
        self._limit = max(1, round(seconds * RATE / SLICE))
        self._control: deque[Control] = deque()
        self._audio: deque[Samples | Control] = deque()
        self._came = asyncio.Event()
        self._room = asyncio.Event()
        self._order = asyncio.Lock()  # blocks of concurrent callers do not mix
        self.closed = False

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._control and not self._audio

    @property
    def waiting(self) -> int:
        """Slices of audio that wait."""
        return len(self._audio)

    def post(self, control: Control) -> None:
        """Add a control message, ahead of all audio."""
        self._control.append(control)
        self._came.set()

    async def put(self, samples: Samples) -> None:
        """Add audio, waiting while the queue is full."""
        async with self._order:
            for start in range(0, samples.size, SLICE):
                await self._put(samples[start : start + SLICE].copy())

    async def put_after_audio(self, control: Control) -> None:
        """Add a control message behind the audio that waits now."""
        async with self._order:
            await self._put(control)

    async def get(self, audio: bool) -> Samples | Control:
        """The next message, waiting for one; audio only if wanted."""
        while True:
            if self._control:
                return self._control.popleft()
            if audio and self._audio:
                item = self._audio.popleft()
                self._room.set()
                return item
            self._came.clear()
            await self._came.wait()

    def close(self) -> None:
        """Drop everything and let those who wait go on."""
        self.closed = True
        self._control.clear()
        self._audio.clear()
        self._room.set()

    async def _put(self, item: Samples | Control) -> None:
        while len(self._audio) >= self._limit and not self.closed:
            self._room.clear()
            await self._room.wait()
        if not self.closed:
            self._audio.append(item)
            self._came.set()
