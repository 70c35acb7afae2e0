"""Whether the very same utterance was heard before: people never say a thing twice alike.

The fingerprint is Haitsma and Kalker's (A Highly Robust Audio Fingerprinting System, ISMIR 2002),
fitted to speech: for each 16 ms a bit for each pair of neighbouring bands between 300 and 3,400 Hz
says whether their difference in energy grows or falls. Gain, telephone, codec and loudspeaker
change few of the bits; another utterance of the same words by the same person shares little more
of them than a stranger's. Speech cannot be made from a fingerprint that anyone would understand,
but what was said may be guessed at: keep it as you keep a template.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from speech.audio import RATE, Samples

THRESHOLD = 0.36
"""Likeness from which two recordings are taken for one utterance; see ``docs/liveness.md``."""

_HOP = 256  # samples
_WINDOW = 2_048
_BANDS = 32
_LOWEST, _HIGHEST = 300.0, 3_400.0  # Hz: what a telephone leaves
_BEFORE = 3  # frames back that energies are compared with
_LOUD = 25.0  # dB below the loudest frame: what is quieter is not speech
_SILENT = -60.0  # dB: digital silence and next to it
_LEAST = 40  # frames of speech that have to meet, and ...
_SHARE = 0.6  # ... their share of the shorter recording
_SPEEDS = (0.99, 1.0, 1.01)
_VERSION = b"\x01"
_SPOKEN = np.uint32(1)
"""The lowest bit of a frame: whether it is speech; the other 31 compare its bands."""


def fingerprint(samples: Samples) -> bytes:
    """What is kept of an utterance to recognise it by, 250 bytes a second."""
    frames = _frames(samples)
    return _VERSION + frames.astype("<u4").tobytes()


def same_utterance(one: bytes, other: bytes) -> float:
    """How alike two fingerprints are, up to 1: about 0 for two utterances, 1 for the same.

    They are compared at every offset and at 1 % slower and faster. 0 where too little speech is
    left to compare: 0.64 s are needed.

    Raises
    ------
    ValueError
        One of them is no fingerprint, or one of another version.
    """
    left, right = _read(one), _read(other)
    return max(_alike(_at_speed(left, speed), right) for speed in _SPEEDS)


def likeness(new: bytes, kept: Iterable[bytes]) -> float:
    """The highest :func:`same_utterance` with any of those kept; 0 where none is."""
    return max((same_utterance(new, one) for one in kept), default=0.0)


def _frames(samples: Samples) -> npt.NDArray[np.uint32]:
    """Each frame's bits, shape (frames,)."""
    padded = np.pad(samples, (_WINDOW // 2, _WINDOW // 2)).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    power = np.abs(np.fft.rfft(windows * np.hanning(_WINDOW).astype(np.float32), axis=1)) ** 2
    edges = np.geomspace(_LOWEST, _HIGHEST, _BANDS + 1) * _WINDOW / RATE
    energies = np.stack(
        [
            power[:, int(low) : max(int(low) + 1, int(high))].mean(axis=1)
            for low, high in pairwise(edges)
        ],
        axis=1,
    )
    levels = 10 * np.log10(energies + 1e-10)
    tilt = np.diff(levels, axis=1)
    change = tilt - tilt[np.maximum(np.arange(len(tilt)) - _BEFORE, 0)]
    loudness = 10 * np.log10(energies.sum(axis=1) + 1e-10)
    spoken = loudness > max(loudness.max() - _LOUD, _SILENT)
    bits = np.concatenate([spoken[:, None], change > 0], axis=1)
    worth = np.uint64(1) << np.arange(_BANDS, dtype=np.uint64)
    frames: npt.NDArray[np.uint32] = (bits * worth).sum(axis=1).astype(np.uint32)
    return frames


def _read(data: bytes) -> npt.NDArray[np.uint32]:
    if data[:1] != _VERSION or len(data) % 4 != 1:
        raise ValueError("this is not a fingerprint of an utterance, or one of another version")
    return np.frombuffer(data[1:], "<u4").astype(np.uint32)


def _at_speed(frames: npt.NDArray[np.uint32], speed: float) -> npt.NDArray[np.uint32]:
    places = np.arange(0, len(frames), speed).round().astype(int)
    played: npt.NDArray[np.uint32] = frames[np.minimum(places, len(frames) - 1)]
    return played


def _alike(left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]) -> float:
    """The best agreement over all offsets: share of equal bits less share of unequal ones."""
    spoken = [((one & _SPOKEN) > 0).astype(np.float32) for one in (left, right)]
    least = max(_LEAST, _SHARE * min(one.sum() for one in spoken))
    signs = [
        (((one[:, None] >> np.arange(1, _BANDS)) & 1).astype(np.float32) * 2 - 1) * mask[:, None]
        for one, mask in zip((left, right), spoken, strict=True)
    ]
    agreement = _diagonals(signs[0] @ signs[1].T) / (_BANDS - 1)
    together = np.correlate(spoken[1], spoken[0], "full")
    enough = together >= least
    return float((agreement[enough] / together[enough]).max()) if enough.any() else 0.0


def _diagonals(matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The sum over each diagonal, shape (rows + columns - 1,)."""
    rows, columns = matrix.shape
    # With as many zeros behind each row, less one, each row of the result is shifted by one more.
    wide = np.pad(matrix[::-1], ((0, 0), (0, rows)))
    shifted = wide.ravel()[: rows * (rows + columns - 1)]
    sums: npt.NDArray[np.float32] = shifted.reshape(rows, rows + columns - 1).sum(axis=0)
    return sums
