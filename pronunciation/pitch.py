"""The melody of a voice: pitch in semitones around the speaker's own middle."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pronunciation.results import Pitch
from speech.audio import RATE, Samples

STEP = 0.016
"""Seconds between two values."""

_LOWEST, _HIGHEST = 65.0, 600.0  # Hz: from low men's voices to children's
_BROAD = (55.0, 650.0)  # Hz, where confidence decides
_VOICED = 0.5


class PitchTracker:
    """SwiftF0 (Nieradzik, MIT): a small network, run by onnxruntime. Shared between threads."""

    def __init__(self, threads: int = 1) -> None:
        from swift_f0 import SwiftF0

        self._detector = SwiftF0(threads=threads, spin=False)

    def hertz(self, samples: Samples) -> npt.NDArray[np.float64]:
        """Pitch every :data:`STEP` seconds, NaN where the voice is silent; shape (n,)."""
        if samples.size < RATE // 10:
            return np.zeros(0)
        found = self._detector.detect(samples, RATE, fmin=_LOWEST, fmax=_HIGHEST)
        result: npt.NDArray[np.float64] = np.where(
            found.confidence >= _VOICED, found.pitch_hz, np.nan
        )
        return result

    def octaves(
        self, samples: Samples
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Pitch as the base-2 logarithm of Hz, also where it is not sure.

        Returns
        -------
        Times in seconds, pitches, and the confidence in each, 0 to 1; each of shape (n,).
        """
        found = self._detector.detect(samples, RATE, fmin=_BROAD[0], fmax=_BROAD[1])
        pitch = np.log2(np.maximum(found.pitch_hz, 1.0)).astype(np.float64)
        return np.arange(pitch.size) * STEP, pitch, np.asarray(found.confidence, np.float64)


def melody(hertz: npt.NDArray[np.float64]) -> Pitch:
    """The pitch of an utterance relative to its median."""
    voiced = hertz[~np.isnan(hertz)]
    if not voiced.size:
        return Pitch(None, None, STEP, (None,) * hertz.size)
    median = float(np.median(voiced))
    semitones = 12 * np.log2(hertz / median)
    low, high = np.nanpercentile(semitones, [5, 95])
    return Pitch(
        round(median, 1),
        round(float(high - low), 2),
        STEP,
        tuple(None if np.isnan(one) else round(float(one), 2) for one in semitones),
    )
