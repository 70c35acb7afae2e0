"""The microphone as a stream of audio: bounded, with what was lost counted."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import numpy.typing as npt

from speech.audio import SILENCE_DBFS, Resampler, Samples, level
from speech.errors import DeviceError
from speech.portaudio import choose, portaudio

_BLOCK = 0.05  # seconds that the device hands over at once
_QUEUE = 10.0  # seconds that may wait to be read
_SILENT_FOR = 3.0  # seconds without any audio after which a microphone has gone


class Microphone(AsyncIterator[Samples]):
    """An open microphone. Make it inside a running event loop, and close it.

    Parameters
    ----------
    device
        Index or a part of its name; the system's own choice where None.

    Raises
    ------
    DeviceError
        There is none, it is busy, PortAudio is missing; or, while reading, it has gone away.
    """

    def __init__(self, device: str | None = None) -> None:
        sounddevice = portaudio()
        index = choose(device, "input")
        self.overflows = 0
        """Blocks lost, by the device or because nobody read them in time."""
        self.level = SILENCE_DBFS
        """Of the latest block, dB relative to full scale."""
        self._blocks: deque[npt.NDArray[np.float32]] = deque()
        self._came = asyncio.Event()
        self._gone = False
        self._closed = False
        self._loop = asyncio.get_running_loop()
        try:
            info = sounddevice.query_devices(index)
            self.name = str(info["name"])
            rate = round(float(info["default_samplerate"]))
            self._resampler = Resampler(rate)
            self._stream: Any = sounddevice.InputStream(
                samplerate=rate,
                channels=1,
                dtype="float32",
                device=index,
                blocksize=round(_BLOCK * rate),
                callback=self._from_device,
                finished_callback=self._from_ending,
            )
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise DeviceError(f"the microphone cannot be opened: {error}") from error

    async def __anext__(self) -> Samples:
        """The next block, about 50 ms."""
        while not self._blocks:
            if self._closed:
                raise StopAsyncIteration
            if self._gone:
                raise DeviceError(f"the microphone {self.name} has gone away")
            self._came.clear()
            try:
                await asyncio.wait_for(self._came.wait(), _SILENT_FOR)
            except TimeoutError:
                # A device that was pulled out often just stops, without an error.
                self._gone = True
        return self._resampler.feed(self._blocks.popleft())

    async def close(self) -> None:
        """Give the device back. Safe to call twice."""
        self._closed = True
        self._came.set()
        await asyncio.to_thread(self._stream.close, ignore_errors=True)

    def _from_device(
        self, data: npt.NDArray[np.float32], frames: int, when: object, status: Any
    ) -> None:
        # In PortAudio's own thread.
        self._tell(data[:, 0].copy(), bool(status.input_overflow))

    def _from_ending(self) -> None:
        self._tell(None, False)

    def _tell(self, block: npt.NDArray[np.float32] | None, overflow: bool) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._take, block, overflow)

    def _take(self, block: npt.NDArray[np.float32] | None, overflow: bool) -> None:
        self.overflows += overflow
        if block is None:
            self._gone = True
        else:
            self.level = level(block)
            if len(self._blocks) * _BLOCK >= _QUEUE:
                self._blocks.popleft()
                self.overflows += 1
            self._blocks.append(block)
        self._came.set()
