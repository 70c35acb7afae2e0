"""Audio as clients send it, made into what everything inside works with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from service.messages.common import AudioStart
from speech.audio import RATE, Resampler, Samples, from_pcm16

_PIECE = RATE // 2
"""Samples that are worked on at once, so that large messages keep nobody else waiting."""


class Inlet:
    """One stream of audio of a client; samples may be cut anywhere between messages."""

    def __init__(self, start: AudioStart) -> None:
        # A line decodes Ogg before it comes here.
        self._resampler = Resampler(RATE if start.format == "ogg" else start.rate)
        self._float = start.format == "float32"
        self._rest = b""
        self.seconds = 0.0
        """Of audio that came."""

    def feed(self, data: bytes) -> Iterator[Samples]:
        """The audio in a message, in pieces of half a second at most."""
        data = self._rest + data
        whole = len(data) - len(data) % (4 if self._float else 2)
        data, self._rest = data[:whole], data[whole:]
        samples = np.frombuffer(data, "<f4") if self._float else from_pcm16(data)
        return self._pieces(self._resampler.feed(samples))

    def finish(self) -> Iterator[Samples]:
        """What resampling held back."""
        return self._pieces(self._resampler.feed(np.zeros(0, np.float32), last=True))

    def _pieces(self, samples: Samples) -> Iterator[Samples]:
        self.seconds += samples.size / RATE
        for start in range(0, samples.size, _PIECE):
            yield samples[start : start + _PIECE]
