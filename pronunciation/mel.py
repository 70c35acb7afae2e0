"""The mel scale: how wide the bands are that an ear tells apart."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from speech.audio import RATE


@functools.cache
def triangles(bands: int, lowest: float, highest: float, size: int) -> npt.NDArray[np.float64]:
    """Filters of equal width on the mel scale; made once, and not to be written into.

    Parameters
    ----------
    lowest, highest
        Where the first begins and the last ends, Hz.
    size
        Samples in a Fourier transform of audio at 16 kHz.

    Returns
    -------
    Weights between 0 and 1, shape (bands, size / 2 + 1).
    """
    low, high = (2595 * np.log10(1 + hertz / 700) for hertz in (lowest, highest))
    edges = 700 * (10 ** (np.linspace(low, high, bands + 2) / 2595) - 1)
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    rising = (hertz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - hertz) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rising, falling))
