"""Whether a recording holds anything to judge, whatever the language: better no score than an
arbitrary one."""

from __future__ import annotations

import numpy as np

from pronunciation.results import Reason
from speech.audio import RATE, Samples, clipped, level
from speech.vad import WINDOW, SileroVad

_QUIET = -55.0  # dBFS: the loudest half second of a recording with anything in it
_CLIPPED = 0.02  # share of samples at full scale
_SHORTEST = 0.3  # seconds
_SPEECH = 0.5  # probability
_LEAST_SPEECH = 0.15  # seconds


class AudioGate:
    """Decides by the audio alone; shared between threads."""

    def __init__(self) -> None:
        self._vad = SileroVad()

    def refusal(self, samples: Samples, longest: float) -> Reason | None:
        """What is wrong with the recording itself.

        Parameters
        ----------
        longest
            Seconds that can be assessed at once.
        """
        if samples.size < _SHORTEST * RATE:
            return Reason.TOO_SHORT
        if samples.size > longest * RATE:
            return Reason.TOO_LONG
        halves = [samples[at : at + RATE // 2] for at in range(0, samples.size, RATE // 2)]
        if max(map(level, halves)) < _QUIET:
            return Reason.SILENCE
        if clipped(samples) > _CLIPPED:
            return Reason.CLIPPED
        if self._speech(samples) < _LEAST_SPEECH:
            return Reason.NOISE
        return None

    def _speech(self, samples: Samples) -> float:
        """Seconds of speech."""
        stream = self._vad.stream()
        padded = np.pad(samples, (0, -samples.size % WINDOW))
        windows = padded.reshape(-1, WINDOW)
        return sum(stream.feed(window) >= _SPEECH for window in windows) * WINDOW / RATE
