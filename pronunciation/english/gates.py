"""What cannot be assessed, and why: better no score than an arbitrary one."""

from __future__ import annotations

import numpy as np

from pronunciation.english.features import PhoneFeatures
from pronunciation.english.scorer import UTTERANCE_SCORES, Scores
from pronunciation.english.weights import Limits
from pronunciation.results import Reason
from speech.audio import RATE, Samples, clipped, level
from speech.vad import WINDOW, SileroVad

_QUIET = -55.0  # dBFS: the loudest half second of a recording with anything in it
_CLIPPED = 0.02  # share of samples at full scale
_SHORTEST = 0.3  # seconds
_SPEECH = 0.5  # probability
_LEAST_SPEECH = 0.15  # seconds


class Gates:
    """Decides whether there is anything to judge; shared between threads."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._vad = SileroVad()

    def audio(self, samples: Samples, longest: float) -> Reason | None:
        """What is wrong with the recording itself."""
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

    def reading(self, features: PhoneFeatures, scores: Scores) -> Reason | None:
        """Whether there was speech, but another text's."""
        return Reason.NOT_READ if not_read(self._limits, features, scores) else None

    def _speech(self, samples: Samples) -> float:
        """Seconds of speech."""
        stream = self._vad.stream()
        padded = np.pad(samples, (0, -samples.size % WINDOW))
        windows = padded.reshape(-1, WINDOW)
        return sum(stream.feed(window) >= _SPEECH for window in windows) * WINDOW / RATE


def not_read(limits: Limits, features: PhoneFeatures, scores: Scores) -> bool:
    """Whether the text was plainly not read, by the features of the first judge."""
    completeness = scores.overall[UTTERANCE_SCORES.index("completeness")]
    strange = features.fit < limits.fit and features.gain < limits.gain
    return bool(strange or completeness < limits.completeness)
