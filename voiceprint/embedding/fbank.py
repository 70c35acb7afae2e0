"""Log mel filter-bank energies as Kaldi computes them: what speaker networks are fed with.

Kaldi's defaults without dither: frames of 25 ms every 10 ms, only whole ones; each freed of its
mean, pre-emphasised, under Povey's window; power spectrum; triangular filters equally wide in mel
from 20 Hz to half the rate; natural logarithm.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from speech.audio import RATE, Samples

Floats = npt.NDArray[np.float32]

BANDS = 80
"""Filters, and so numbers a frame."""

FRAME = RATE // 40
"""Samples in a frame, 25 ms."""

STEP = RATE // 100
"""Samples from one frame to the next, 10 ms."""

_TRANSFORM = 512
_EMPHASIS = np.float32(0.97)
_LOWEST = 20.0  # Hz
_FLOOR = np.finfo(np.float32).eps
# Kaldi's own, which bites sooner here than in Kaldi: samples are in [-1, 1], not 16-bit integers.
# The networks of 3D-Speaker were trained just so.


def frames(samples: int) -> int:
    """How many frames so many samples hold."""
    return max(0, 1 + (samples - FRAME) // STEP)


def fbank(samples: Samples) -> Floats:
    """Log mel energies, shape (frames, 80); nothing is left over for less than a frame."""
    count = frames(samples.size)
    if not count:
        return np.zeros((0, BANDS), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::STEP][:count]
    centred = windows - windows.mean(axis=1, keepdims=True, dtype=np.float32)
    emphasised = np.empty_like(centred)
    np.multiply(centred[:, :-1], -_EMPHASIS, out=emphasised[:, 1:])
    emphasised[:, 1:] += centred[:, 1:]
    emphasised[:, 0] = centred[:, 0] * (1 - _EMPHASIS)
    emphasised *= _povey()
    spectrum = np.fft.rfft(emphasised, _TRANSFORM, axis=1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    energies: Floats = power.astype(np.float32, copy=False) @ _filters()
    return np.log(np.maximum(energies, _FLOOR))


@functools.cache
def _povey() -> Floats:
    """Povey's window: Hann's to the power of 0.85."""
    return (np.hanning(FRAME) ** 0.85).astype(np.float32)


@functools.cache
def _filters() -> Floats:
    """The weight of each bin of the spectrum in each band, shape (257, 80)."""
    edges = np.linspace(_mel(_LOWEST), _mel(RATE / 2), BANDS + 2)
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    bins = _mel(np.arange(_TRANSFORM // 2 + 1) * (RATE / _TRANSFORM))[:, None]
    rising, falling = (bins - left) / (centre - left), (right - bins) / (right - centre)
    weights = np.maximum(0.0, np.minimum(rising, falling))
    weights[-1] = 0.0  # Kaldi leaves half the rate itself out
    return weights.astype(np.float32)


def _mel(hertz: npt.ArrayLike) -> npt.NDArray[np.float64]:
    return 1127.0 * np.log1p(np.asarray(hertz, np.float64) / 700.0)
