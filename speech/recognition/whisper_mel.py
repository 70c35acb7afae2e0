"""What Whisper's encoder is fed: log mel spectra.

As Radford et al. (arXiv:2212.04356) and their published code define them: bands of equal width on
the mel scale of Slaney's Auditory Toolbox, each with the area 1, frames of 25 ms every 10 ms.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from speech.audio import RATE, Samples

HOP = RATE // 100
"""Samples from one frame to the next."""

_SIZE = RATE // 40
_QUIETEST = 1e-10
_RANGE = 8.0  # decades below the loudest band that are kept
_STEP = 200 / 3  # Hz, of Slaney's scale up to 1 kHz
_BEND = 15  # steps to 1 kHz
_GROWTH = np.log(6.4) / 27  # of the logarithm by one step above


def log_mel(samples: Samples, bands: int = 80) -> npt.NDArray[np.float32]:
    """The log mel spectrum of audio (mono float32, 16 kHz).

    Parameters
    ----------
    samples
        At least 201 of them: both ends are mirrored.
    bands
        80, of the largest models of the third generation 128.

    Returns
    -------
    Shape (bands, samples / 160 rounded down), about -1.5 to 1.5. What lies more than 80 dB below
    the loudest band of the whole is raised to there: each value depends on all that is given.
    """
    padded = np.pad(samples, _SIZE // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _SIZE)[::HOP][: samples.size // HOP]
    power = np.abs(np.fft.rfft(frames * _window(), axis=-1)) ** 2
    decades = np.log10(np.maximum(_filters(bands) @ power.T, _QUIETEST))
    kept = np.maximum(decades, decades.max() - _RANGE)
    spectrum: npt.NDArray[np.float32] = ((kept + 4) / 4).astype(np.float32)
    return spectrum


@functools.cache
def _window() -> npt.NDArray[np.float64]:
    """Hann's."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_SIZE) / _SIZE)


@functools.cache
def _filters(bands: int) -> npt.NDArray[np.float64]:
    """Triangles of area 1, shape (bands, 201)."""
    steps = np.linspace(0, _BEND + np.log(RATE / 2 / (_BEND * _STEP)) / _GROWTH, bands + 2)
    above = np.maximum(0, steps - _BEND)
    edges = np.minimum(steps, _BEND) * _STEP * np.exp(_GROWTH * above)
    hertz = np.fft.rfftfreq(_SIZE, 1 / RATE)
    rising = (hertz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - hertz) / np.diff(edges)[1:, None]
    triangles = np.maximum(0, np.minimum(rising, falling))
    scaled: npt.NDArray[np.float64] = triangles * (2 / (edges[2:] - edges[:-2]))[:, None]
    return scaled
