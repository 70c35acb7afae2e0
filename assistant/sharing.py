"""One loudspeaker for replies and for music: music waits while a reply is spoken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from assistant.loudspeaker import Loudspeaker
from speech.audio import Samples


class SharedLoudspeaker:
    """A :class:`~assistant.loudspeaker.Loudspeaker` that also plays music between replies.

    It is what :class:`skills.media.MusicOutput` asks for.
    """

    def __init__(self, loudspeaker: Loudspeaker) -> None:
        self._loudspeaker = loudspeaker
        self._free = asyncio.Lock()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._speaking = 0

    async def play(self, chunks: AsyncIterator[Samples]) -> None:
        """Play a reply; music stops for it within a chunk, and goes on after it."""
        self._speaking += 1
        self._quiet.clear()
        try:
            async with self._free:
                await self._loudspeaker.play(chunks)
        finally:
            self._speaking -= 1
            if not self._speaking:
                self._quiet.set()

    async def play_music(self, chunks: AsyncIterator[Samples]) -> None:
        """Play to the end, except while a reply is spoken; cancelling this stops it at once."""
        over = False

        async def until_somebody_speaks() -> AsyncGenerator[Samples, None]:
            nonlocal over
            while self._quiet.is_set():
                chunk = await anext(chunks, None)
                if chunk is None:
                    over = True
                    return
                yield chunk

        while not over:
            await self._quiet.wait()
            async with self._free, aclosing(until_somebody_speaks()) as stretch:
                await self._loudspeaker.play(stretch)

    async def close(self) -> None:
        """Give the loudspeaker back."""
        await self._loudspeaker.close()
