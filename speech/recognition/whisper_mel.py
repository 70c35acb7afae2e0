"""What Whisper's encoder is fed: log mel spectra.

As Radford et al. (arXiv:2212.04356) and their published code define them: 80 bands of equal width
on the mel scale of Slaney's Auditory Toolbox, each with the area 1, frames of 25 ms every 10 ms.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from speech.audio import RATE, Samples

BANDS = 80
HOP = RATE // 100
"""Samples from one frame to the next."""

_SIZE = RATE // 40
_QUIETEST = 1e-10
_RANGE = 8.0  # decades below the loudest band that are kept
_BREAK = 1000.0  # Hz, up to which Slaney's scale is linear, in steps of 200 / 3 Hz
_STEP = 200 / 3
_GROWTH = np.log(6.4) / 27  # of a frequency by one step above


def log_mel(samples: Samples) -> npt.NDArray[np.float32]:
    """The log mel spectrum of audio (mono float32, 16 kHz).

    Parameters
    ----------
    samples
        At least 201 of them: both ends are mirrored.

    Returns
    -------
    Shape (80, samples / 160 rounded down), about -1.5 to 1.5. What lies more than 80 dB below the
    loudest band of the whole is raised to there, so that it depends on everything that is given.
    """
    padded = np.pad(samples, _SIZE // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _SIZE)[::HOP][: samples.size // HOP]
    power = np.abs(np.fft.rfft(frames * _window(), axis=-1)) ** 2
    decades = np.log10(np.maximum(_filters() @ power.T, _QUIETEST))
    kept = np.maximum(decades, decades.max() - _RANGE)
    return ((kept + 4) / 4).astype(np.float32)


@functools.cache
def _window() -> npt.NDArray[np.float64]:
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_SIZE) / _SIZE)


@functools.cache
def _filters() -> npt.NDArray[np.float64]:
    """Triangles of area 1, shape (80, 201)."""
    steps = np.linspace(0, _BREAK / _STEP + np.log(RATE / 2 / _BREAK) / _GROWTH, BANDS + 2)
    bend = _BREAK / _STEP
    edges = np.where(
        steps < bend, steps * _STEP, _BREAK * np.exp(_GROWTH * np.maximum(steps - bend, 0))
    )
    hertz = np.fft.rfftfreq(_SIZE, 1 / RATE)
    rising = (hertz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - hertz) / np.diff(edges)[1:, None]
    triangles = np.maximum(0, np.minimum(rising, falling))
    return triangles * (2 / (edges[2:] - edges[:-2]))[:, None]
