"""One utterance on its way through a recogniser, off the event loop.

Audio is only put down here, never waited for: while the recogniser is busy with a partial, what
comes meanwhile is collected and fed at once afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial as bound
from typing import TypeVar

import numpy as np

from speech.audio import Samples
from speech.recognition.contract import Final, Partial, RecognitionStream, Recognizer

T = TypeVar("T")


class Hearing:
    """Recognises one utterance.

    Parameters
    ----------
    on_partial, on_final
        Called on the event loop; ``on_final`` once, with the result or with what went wrong,
        unless the hearing is dropped first.
    keep
        Whether to keep the audio: for as long as the hearing is, and the endpointer lets no
        utterance become longer than its ``maximum_length``.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        pool: Executor,
        on_partial: Callable[[Hearing, Partial], None],
        on_final: Callable[[Hearing, Final | Exception], None],
        *,
        keep: bool = False,
    ) -> None:
        self.ended = False
        """Whether the endpoint was reached."""
        self._recognizer = recognizer
        self._pool = pool
        self._on_partial = on_partial
        self._on_final = on_final
        self._pending: list[Samples] = []
        self._kept: list[Samples] | None = [] if keep else None
        self._anticipate = False
        self._dropped = False
        self._came = asyncio.Event()
        self.task = asyncio.create_task(self._run())

    @property
    def audio(self) -> Samples | None:
        """The utterance so far, if it is kept."""
        return np.concatenate(self._kept) if self._kept else None

    def feed(self, samples: Samples) -> None:
        """Put down the next audio of the utterance."""
        self._pending.append(samples)
        if self._kept is not None:
            self._kept.append(samples)
        self._anticipate = False
        self._came.set()

    def anticipate(self) -> None:
        """The speaker paused: let the recogniser work ahead when it has time."""
        self._anticipate = True
        self._came.set()

    def finish(self) -> None:
        """The endpoint was reached: ``on_final`` follows."""
        self.ended = True
        self._came.set()

    def drop(self) -> None:
        """Nobody wants the result any more."""
        self._dropped = True
        self._pending.clear()
        self._kept = None
        self._came.set()

    async def _run(self) -> None:
        stream: RecognitionStream | None = None
        result: Final | Exception
        try:
            stream = await self._call(self._recognizer.stream)
            result = await self._recognize(stream)
        except Exception as error:  # any engine may fail in any way; the conversation says so
            result = error
        if stream is not None:
            await self._close(stream)
        if not self._dropped:
            self._on_final(self, result)

    async def _recognize(self, stream: RecognitionStream) -> Final:
        while not self._dropped:
            if self._pending:
                samples = np.concatenate(self._pending)
                self._pending.clear()
                partial = await self._call(bound(stream.feed, samples))
                if partial is not None and not self._dropped:
                    self._on_partial(self, partial)
            elif self.ended:
                return await self._call(stream.finish)
            elif self._anticipate:
                self._anticipate = False
                await self._call(stream.anticipate)
            else:
                self._came.clear()
                await self._came.wait()
        return Final("")

    async def _close(self, stream: RecognitionStream) -> None:
        try:
            await self._call(stream.close)
        except Exception as error:
            if self._dropped and isinstance(error, RuntimeError):
                return  # the pool was closed before we were: nobody waits for either
            asyncio.get_running_loop().call_exception_handler(
                {"message": "closing a recognition stream failed", "exception": error}
            )

    async def _call(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, function)
