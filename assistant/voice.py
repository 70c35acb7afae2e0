"""Says text on a loudspeaker, chunk by chunk, until it is done or cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from concurrent.futures import Executor
from contextlib import aclosing
from typing import TypeVar

import numpy as np

from assistant.loudspeaker import Loudspeaker
from speech.audio import RATE, Samples
from speech.synthesis.contract import Synthesizer

T = TypeVar("T")


class Voice:
    """A synthesiser and a loudspeaker; without either, what is said is only shown."""

    def __init__(
        self, synthesizer: Synthesizer | None, loudspeaker: Loudspeaker | None, pool: Executor
    ) -> None:
        self._synthesizer = synthesizer
        self._loudspeaker = loudspeaker
        self._pool = pool

    async def say(
        self, text: str, language: str, started: Callable[[], None], pace: float = 1.0
    ) -> None:
        """Say a text. ``started`` is called when its first sound is ready to be heard.

        Cancelling this stops the sound at once.
        """
        if self._synthesizer is None or self._loudspeaker is None:
            started()
            return
        if not await self._call(lambda: self._speaks(language)):
            language = "en"
        sound = self._synthesizer.synthesize(text, language, pace=pace)
        # Closed here, while the pool still works: not whenever it is collected.
        async with aclosing(self._chunks(sound, started)) as chunks:
            await self._loudspeaker.play(chunks)

    async def play(self, samples: Samples) -> None:
        """Play a sound."""

        async def once() -> AsyncIterator[Samples]:
            yield samples

        if self._loudspeaker is not None:
            await self._loudspeaker.play(once())

    def _speaks(self, language: str) -> bool:
        return self._synthesizer is not None and self._synthesizer.speaks(language)

    async def _chunks(
        self, sound: Iterator[Samples], started: Callable[[], None]
    ) -> AsyncGenerator[Samples, None]:
        first = True
        pulling: asyncio.Future[Samples | None] | None = None
        try:
            while True:
                loop = asyncio.get_running_loop()
                pulling = loop.run_in_executor(self._pool, lambda: next(sound, None))
                chunk = await asyncio.shield(pulling)
                if first:
                    started()
                    first = False
                if chunk is None:
                    return
                yield chunk
        finally:
            # The thread may still be in the generator: only then can it be closed.
            close = getattr(sound, "close", None)
            if close is not None and (pulling is None or pulling.done()):
                await self._call(close)
            elif close is not None and pulling is not None:
                pulling.add_done_callback(lambda done: _close_later(done, close))

    async def _call(self, function: Callable[[], T]) -> T:
        try:
            calling = asyncio.get_running_loop().run_in_executor(self._pool, function)
        except RuntimeError:  # the pool is shut: the conversation has ended
            return function()
        return await calling


def _close_later(done: asyncio.Future[Samples | None], close: Callable[[], object]) -> None:
    if not done.cancelled():
        done.exception()  # nobody listens any more
    close()


def ring_tone() -> Samples:
    """A second and a half of two bell-like strokes, soft enough for the night."""
    time = np.arange(round(0.75 * RATE)) / RATE
    stroke = sum(
        share * np.sin(2 * np.pi * pitch * time) * np.exp(-decay * time)
        for pitch, share, decay in ((880.0, 0.6, 5.0), (1760.0, 0.25, 8.0), (2637.0, 0.15, 12.0))
    )
    attack = np.minimum(1.0, time / 0.005)
    return np.tile(0.4 * attack * stroke, 2).astype(np.float32)
