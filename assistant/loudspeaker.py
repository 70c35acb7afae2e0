"""Where a reply is heard: a real loudspeaker, silence in its place, or a recording."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, Protocol

import numpy as np
import soundfile

from assistant.portaudio import choose, portaudio
from speech.audio import RATE, AnyPath, Samples
from speech.errors import AudioError, DeviceError

_BLOCK = RATE // 20  # what is handed to the device at once: a reply stops within this


class Loudspeaker(Protocol):
    """Plays one sound at a time."""

    async def play(self, chunks: AsyncIterator[Samples]) -> None:
        """Play the chunks to their end; cancelling this stops the sound at once."""
        ...

    async def close(self) -> None:
        """Give the device or file back. Safe to call twice."""
        ...


class SilentLoudspeaker:
    """Plays into nothing: in the time that it would really take, or in none."""

    def __init__(self, real_time: bool = False) -> None:
        self._real_time = real_time
        self.played = 0.0
        """Seconds played so far."""

    async def play(self, chunks: AsyncIterator[Samples]) -> None:
        """Take the chunks."""
        end = time.monotonic()
        async for chunk in chunks:
            self.played += chunk.size / RATE
            if self._real_time:
                end += chunk.size / RATE
                await asyncio.sleep(max(0.0, end - time.monotonic()))

    async def close(self) -> None:
        """Nothing to give back."""


class RecordingLoudspeaker:
    """Writes what is played into a PCM16 WAV file, and passes it on if told where to.

    Raises
    ------
    AudioError
        The file cannot be written.
    """

    def __init__(self, path: AnyPath, beside: Loudspeaker | None = None) -> None:
        try:
            self._file = soundfile.SoundFile(path, "w", RATE, 1, subtype="PCM_16", format="WAV")
        except (soundfile.LibsndfileError, OSError) as error:
            raise AudioError(f"{path}: cannot be written ({error})") from error
        self._beside = beside or SilentLoudspeaker()

    async def play(self, chunks: AsyncIterator[Samples]) -> None:
        """Write the chunks."""
        await self._beside.play(self._written(chunks))

    async def _written(self, chunks: AsyncIterator[Samples]) -> AsyncIterator[Samples]:
        async for chunk in chunks:
            self._file.write(chunk)
            yield chunk

    async def close(self) -> None:
        """Finish the file."""
        self._file.close()
        await self._beside.close()


class DeviceLoudspeaker:
    """A loudspeaker of this machine.

    Parameters
    ----------
    device
        Index or a part of its name; the system's own choice where None.

    Raises
    ------
    DeviceError
        There is none, it is busy, or PortAudio is missing.
    """

    def __init__(self, device: str | None = None) -> None:
        sounddevice = portaudio()
        index = choose(device, "output")
        self._error = sounddevice.PortAudioError
        self._resample = None
        try:
            self._stream: Any = sounddevice.OutputStream(
                samplerate=RATE, channels=1, dtype="float32", device=index
            )
        except self._error as error:
            raise DeviceError(f"the loudspeaker cannot be opened: {error}") from error

    async def play(self, chunks: AsyncIterator[Samples]) -> None:
        """Play the chunks as they come."""
        finished = False
        try:
            self._stream.start()
            async for chunk in chunks:
                for start in range(0, chunk.size, _BLOCK):
                    await self._write(chunk[start : start + _BLOCK])
            await asyncio.to_thread(self._stream.stop)  # waits until all of it was heard
            finished = True
        except self._error as error:
            raise DeviceError(f"the loudspeaker failed: {error}") from error
        finally:
            if not finished:
                self._stream.abort(ignore_errors=True)

    async def _write(self, block: Samples) -> None:
        writing = asyncio.ensure_future(
            asyncio.to_thread(self._stream.write, np.ascontiguousarray(block))
        )
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait([writing])  # PortAudio does not like to be stopped in a write
            raise

    async def close(self) -> None:
        """Give the device back."""
        self._stream.close(ignore_errors=True)
