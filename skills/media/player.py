"""Plays tracks one after the other; the loudspeaker is somebody else's."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Protocol

from skills.media.memory import Memory, read_memory
from speech import audio
from speech.audio import Samples
from speech.errors import SonorantError

_LOGGER = logging.getLogger(__name__)
_BLOCK = 0.25
"""Seconds."""


class MusicOutput(Protocol):
    """What the assistant supplies: its loudspeaker, while it says nothing."""

    async def play_music(self, chunks: AsyncIterator[Samples]) -> None:
        """Play the chunks to their end, silent while a reply is spoken; cancelling stops it."""
        ...


class Player:
    """A queue of tracks on a :class:`MusicOutput`; it begins paused where it was left.

    Parameters
    ----------
    file
        What outlives the program is kept here.
    """

    def __init__(self, output: MusicOutput, file: Path) -> None:
        self._output = output
        self._file = file
        memory = read_memory(file)
        self._queue = [Path(track) for track in memory.queue]
        self._index = memory.index
        self._played = memory.played  # blocks of the track
        self._volume = memory.volume
        self._task: asyncio.Task[None] | None = None
        self.touched = False
        """Whether anything was played since the program began."""

    @property
    def volume(self) -> int:
        """0-100."""
        return self._volume

    @volume.setter
    def volume(self, value: int) -> None:
        self._volume = min(100, max(0, value))
        self._save()

    @property
    def track(self) -> Path | None:
        """The track that plays, or is paused; None if none is left."""
        return self._queue[self._index] if self._index < len(self._queue) else None

    @property
    def playing(self) -> bool:
        """Whether music is to be heard."""
        return self._task is not None and not self._task.done()

    async def play(self, tracks: Sequence[Path]) -> None:
        """Play these instead of whatever played."""
        await self.pause()
        self._queue, self._index, self._played = list(tracks), 0, 0
        self.go_on()

    async def pause(self) -> None:
        """Stop; :meth:`go_on` goes on from here."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            self._save()

    def go_on(self) -> None:
        """Play from where it was paused."""
        self._save()
        if not self.playing and self.track is not None:
            self.touched = True
            self._task = asyncio.create_task(self._run(), name="music")

    async def skip(self, tracks: int) -> Path | None:
        """Go some tracks forward, or back if negative; returns the track that plays then."""
        await self.pause()
        self._index = max(0, self._index + tracks)
        self._played = 0
        self.go_on()
        return self.track

    async def _run(self) -> None:
        while (track := self.track) is not None:
            try:
                async with aclosing(self._chunks(track)) as chunks:
                    await self._output.play_music(chunks)
            except SonorantError as error:
                _LOGGER.warning("%s cannot be played: %s", track, error)
            self._index += 1
            self._played = 0
            self._save()

    def _save(self) -> None:
        queue = tuple(str(track) for track in self._queue)
        Memory(self._volume, queue, self._index, self._played).save(self._file)

    async def _chunks(self, track: Path) -> AsyncGenerator[Samples, None]:
        blocks = audio.blocks(track, _BLOCK)
        done = self._played
        try:
            while (block := await _next(blocks)) is not None:
                if done > 0:
                    done -= 1  # heard before the pause
                    continue
                self._played += 1
                yield (block * (self.volume / 100) ** 2).astype(block.dtype)  # as loudness is felt
        finally:
            blocks.close()


async def _next(blocks: Generator[Samples, None, None]) -> Samples | None:
    reading = asyncio.ensure_future(asyncio.to_thread(next, blocks, None))
    try:
        return await asyncio.shield(reading)
    except asyncio.CancelledError:
        await asyncio.wait([reading])  # a generator cannot be closed while it runs
        raise
