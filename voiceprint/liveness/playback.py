"""Signs that speech came out of a loudspeaker: a soft opinion, by six figures of the signal.

Small loudspeakers have no bass and an uneven response; a second room adds its reverberation, so
that levels fall more slowly; a second microphone adds its noise. A logistic regression weighs
them. It was made with simulated replays (``benchmarks/liveness.py``), and a good loudspeaker in a
dry room shows nothing of all this: never decide by it alone.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from speech.audio import RATE, Samples
from speech.errors import AudioError

FEATURES = ("bass", "treble", "unevenness", "fall", "floor", "crest")

_FRAME = 512
_HOP = 256
_SHORTEST = 0.5  # seconds
_LOUD = 20.0  # dB below the loudest frame

# Made by `python -m benchmarks.liveness --part fit`.
_MEAN = np.array([-3.27, -28.4, 5.28, -11.6, 36.8, 7.63])
_SCALE = np.array([10.4, 25.0, 2.85, 3.95, 8.55, 1.98])
_WEIGHTS = np.array([-2.51, 1.29, -0.024, 2.21, -0.522, -0.06])
_BIAS = -0.787


def played_back(samples: Samples) -> float:
    """Probability, 0 to 1, of playback, where one in two recordings is played back.

    Raises
    ------
    AudioError
        There is less than half a second, or nothing but silence.
    """
    weighed = (features(samples) - _MEAN) / _SCALE @ _WEIGHTS + _BIAS
    return float(1 / (1 + np.exp(-np.clip(weighed, -50, 50))))


def features(samples: Samples) -> npt.NDArray[np.float64]:
    """The figures in the order of :data:`FEATURES`, all in dB but for the last.

    Raises
    ------
    AudioError
        There is less than half a second, or nothing but silence.
    """
    if samples.size < _SHORTEST * RATE or not samples.any():
        raise AudioError("there is too little sound to tell live speech from a loudspeaker's")
    windows = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_HOP]
    power = np.abs(np.fft.rfft(windows * np.hanning(_FRAME), axis=1)) ** 2 + 1e-10
    levels = 10 * np.log10(power.sum(axis=1))
    loud = power[levels > levels.max() - _LOUD].mean(axis=0)

    def band(low: float, high: float) -> float:
        first, last = (round(edge * _FRAME / RATE) for edge in (low, high))
        return float(10 * np.log10(loud[first:last].mean()))

    middle = band(300, 3_000)
    bands = np.array([band(edge, edge * 1.26) for edge in 300 * 1.26 ** np.arange(13)])
    smooth = np.polyval(np.polyfit(np.arange(13), bands, 2), np.arange(13))
    falls = levels[4:] - levels[:-4]  # over 64 ms
    peak, mean = np.abs(samples).max(), np.sqrt(np.mean(np.square(samples, dtype=np.float64)))
    return np.array(
        [
            band(80, 250) - middle,
            band(5_000, 7_500) - middle,
            float(np.std(bands - smooth)),
            float(np.percentile(falls, 5)),
            float(np.percentile(levels, 90) - np.percentile(levels, 5)),
            float(peak / mean),
        ]
    )
