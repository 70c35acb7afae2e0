"""Audio as clients send it, any rate, width and number of channels, to samples."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from wyoming.audio import AudioChunk
from wyoming.event import Event

from service.wyoming.wire import MessageError, number_in
from speech.audio import Resampler, Samples

_RATES = (4_000, 384_000)  # Hz
_MOST_CHANNELS = 16
_SCALES = {1: 2.0**7, 2: 2.0**15, 3: 2.0**31, 4: 2.0**31}
"""Full scale by width in bytes; three bytes are read as the upper ones of four."""


def chunk_in(event: Event) -> AudioChunk:
    """The audio of an ``audio-chunk``; raises MessageError where it is none."""
    rate = number_in(event.data, "rate", *_RATES)
    width = number_in(event.data, "width", 1, 4)
    channels = number_in(event.data, "channels", 1, _MOST_CHANNELS)
    audio = event.payload or b""
    if len(audio) % (width * channels):
        raise MessageError(
            "bad_message",
            f"{len(audio)} bytes of audio are no whole number of samples of {width} bytes in "
            f"{channels} channels",
        )
    timestamp = event.data.get("timestamp")
    return AudioChunk(rate, width, channels, audio, timestamp if type(timestamp) is int else None)


class Decoder:
    """Turns one stream of chunks into samples; the format may change in between."""

    def __init__(self) -> None:
        self._rate = 0
        self._resampler: Resampler | None = None

    def feed(self, chunk: AudioChunk) -> Samples:
        """The samples that are ready."""
        early = [] if chunk.rate == self._rate else [self.finish()]
        if self._resampler is None:
            self._rate, self._resampler = chunk.rate, Resampler(chunk.rate)
        samples = self._resampler.feed(_decoded(chunk))
        return np.concatenate([*early, samples])

    def finish(self) -> Samples:
        """The samples that were held back."""
        silence = np.zeros(0, np.float32)
        rest = silence if self._resampler is None else self._resampler.feed(silence, last=True)
        self._rate, self._resampler = 0, None
        return rest


def _decoded(chunk: AudioChunk) -> npt.NDArray[np.float32]:
    """Shape (n, channels), in [-1, 1]."""
    values: npt.NDArray[np.generic]
    if chunk.width == 1:  # the only width without a sign
        values = np.frombuffer(chunk.audio, np.uint8).astype(np.int16) - 128
    elif chunk.width == 3:
        padded = np.zeros((len(chunk.audio) // 3, 4), np.uint8)
        padded[:, 1:] = np.frombuffer(chunk.audio, np.uint8).reshape(-1, 3)
        values = padded.view("<i4")
    else:
        values = np.frombuffer(chunk.audio, f"<i{chunk.width}")
    scaled = values.astype(np.float32) / np.float32(_SCALES[chunk.width])
    return scaled.reshape(-1, chunk.channels)
