"""What is drawn and played of a recording: its outline, its energy and itself as a data URI."""

from __future__ import annotations

import base64
import io
import itertools

import numpy as np
import numpy.typing as npt
import soundfile

from speech.audio import RATE, Samples

FLOOR_DB = -50.0
"""The bottom of the energy curve, below the loudest moment."""


def data_uri(samples: Samples) -> str:
    """The recording as FLAC, which every browser plays: half of WAV, and no sample lost."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, RATE, format="FLAC", subtype="PCM_16")
    return "data:audio/flac;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def outline(samples: Samples, columns: int) -> npt.NDArray[np.float32]:
    """Lowest and highest sample of each column, shape (columns, 2)."""
    edges = np.linspace(0, samples.size, columns + 1).astype(int)
    pieces = [samples[start:end] for start, end in itertools.pairwise(edges)]
    extremes = [(piece.min(), piece.max()) if piece.size else (0.0, 0.0) for piece in pieces]
    return np.array(extremes, np.float32).reshape(columns, 2)


def energy(samples: Samples, step: float = 0.01, width: float = 0.03) -> npt.NDArray[np.float32]:
    """Level in dB below the loudest moment, one value every ``step`` seconds, at least -50."""
    hop, half = round(step * RATE), round(width * RATE) // 2
    total = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    centres = np.arange(0, samples.size, hop)
    first, last = np.maximum(centres - half, 0), np.minimum(centres + half, samples.size)
    power = np.maximum((total[last] - total[first]) / np.maximum(last - first, 1), 1e-12)
    top = max(float(power.max(initial=1e-12)), 1e-7)
    levels: npt.NDArray[np.float64] = 10 * np.log10(power / top)
    return np.clip(levels, FLOOR_DB, 0).astype(np.float32)
