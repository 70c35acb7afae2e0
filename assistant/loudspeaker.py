"""Where a reply is heard: a real loudspeaker, silence in its place, or a recording."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, Protocol

import numpy as np
import soundfile
import soxr

from speech.audio import RATE, Samples
from speech.containers import AnyPath
from speech.errors import AudioError, DeviceError
from speech.portaudio import choose, portaudio

_BLOCK = 0.05  # seconds handed to the device at once: a reply stops within this


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
        async with aclosing(self._written(chunks)) as written:
            await self._beside.play(written)

    async def _written(self, chunks: AsyncIterator[Samples]) -> AsyncGenerator[Samples, None]:
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
        try:
            own = round(float(sounddevice.query_devices(index)["default_samplerate"]))
            self._stream, self._rate = self._open(sounddevice, index, (RATE, own))
        except self._error as error:
            raise DeviceError(f"the loudspeaker cannot be opened: {error}") from error

    async def play(self, chunks: AsyncIterator[Samples]) -> None:
        """Play the chunks as they come."""
        finished = False
        resampler = soxr.ResampleStream(RATE, self._rate, 1, dtype="float32")
        try:
            self._stream.start()
            async for chunk in chunks:
                await self._write(resampler.resample_chunk(chunk))
            await self._write(resampler.resample_chunk(np.zeros(0, np.float32), last=True))
            await asyncio.to_thread(self._stream.stop)  # waits until all of it was heard
            finished = True
        except self._error as error:
            raise DeviceError(f"the loudspeaker failed: {error}") from error
        finally:
            if not finished:
                self._stream.abort(ignore_errors=True)

    def _open(self, sounddevice: Any, index: int, rates: tuple[int, ...]) -> tuple[Any, int]:
        """The stream, and the first of the rates that the device takes."""
        rate, *others = rates
        try:
            stream = sounddevice.OutputStream(
                samplerate=rate, channels=1, dtype="float32", device=index
            )
        except self._error:
            if not others:
                raise
            return self._open(sounddevice, index, tuple(others))
        return stream, rate

    async def _write(self, samples: Samples) -> None:
        size = round(_BLOCK * self._rate)
        for start in range(0, samples.size, size):
            block = np.ascontiguousarray(samples[start : start + size], np.float32)
            writing = asyncio.ensure_future(asyncio.to_thread(self._stream.write, block))
            try:
                await asyncio.shield(writing)
            except asyncio.CancelledError:
                await asyncio.wait([writing])  # PortAudio does not like to be stopped in a write
                raise

    async def close(self) -> None:
        """Give the device back."""
        self._stream.close(ignore_errors=True)
