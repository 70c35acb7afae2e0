"""Whether the very same utterance was heard before: people never say a thing twice alike.

The fingerprint is Haitsma and Kalker's (A Highly Robust Audio Fingerprinting System, ISMIR 2002),
fitted to speech: for each 16 ms a bit for each pair of neighbouring bands between 300 and 3,400 Hz
says whether their difference in energy grows or falls. Gain, telephone, codec and loudspeaker
change few of the bits; another utterance of the same words by the same person shares little more
of them than a stranger's. Speech cannot be made from a fingerprint that anyone would understand,
but what was said may be guessed at: keep it as you keep a template.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
_APART = 4
"""Frames from one to the next that a first look compares: they overlap by half, so that the others
tell little more."""
_DOUBT = 0.14
"""How far the first look may be off: 0.10 was the most among 540 simulated replays."""
_TOGETHER = 50  # fingerprints that a first look takes at once: memory grows with them
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


def heard_among(new: bytes, kept: Iterable[bytes]) -> bool:
    """Whether an utterance is one of those kept, by :data:`THRESHOLD`.

    A first look at every fourth frame, 0.06 ms each, finds those that may be; only they are
    compared in full.

    Raises
    ------
    ValueError
        One of them is no fingerprint, or one of another version.
    """
    ours = _spoken_part(_read(new))
    # Alike in length, since all that are looked at together take as long as the longest.
    theirs = sorted(((_spoken_part(_read(one)), one) for one in kept), key=lambda one: len(one[0]))
    for start in range(0, len(theirs), _TOGETHER):
        some = theirs[start : start + _TOGETHER]
        may_be = _first_look(ours, [one for one, _ in some]) >= THRESHOLD - _DOUBT
        if any(same_utterance(new, some[at][1]) >= THRESHOLD for at in np.flatnonzero(may_be)):
            return True
    return False


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


def _spoken_part(frames: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """From the first frame of speech to the last; one frame where there is none."""
    places = np.flatnonzero(frames & _SPOKEN)
    return frames[places[0] : places[-1] + 1] if places.size else frames[:1]


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


def _first_look(
    left: npt.NDArray[np.uint32], kept: Sequence[npt.NDArray[np.uint32]]
) -> npt.NDArray[np.float64]:
    """About how alike a fingerprint is to each of several, shape (n,), by one Fourier transform.

    Of those kept every fourth frame is compared; to meet it at any offset, the new one is thinned
    out from each of its first four frames on.
    """
    thin = [one[::_APART] for one in kept]
    turns = [_at_speed(left, speed)[first::_APART] for speed in _SPEEDS for first in range(_APART)]
    size = -(-(max(map(len, turns)) + max(map(len, thin))) // 32) * 32
    ours, theirs = (_spectra(several, size) for several in (turns, thin))
    # Over each frequency, since a product of matrices sums over the bands at once.
    bands = theirs[0].transpose(2, 0, 1) @ ours[0].conj().transpose(2, 1, 0)
    agreement = np.fft.ifft(bands.transpose(1, 2, 0)).real / (_BANDS - 1)
    together = np.fft.irfft(theirs[1][:, None] * ours[1].conj(), size)
    spoken = np.array([np.count_nonzero(one & _SPOKEN) for one in (*kept, left)])
    least = np.maximum(_LEAST, _SHARE * np.minimum(spoken[:-1], spoken[-1])) / _APART
    enough = together >= least[:, None, None] - 1.5  # of the ends of speech less than a frame each
    share = np.divide(agreement, together, where=enough, out=np.zeros(agreement.shape))
    return np.asarray(share.max(axis=(1, 2)))


def _spectra(
    several: Sequence[npt.NDArray[np.uint32]], size: int
) -> tuple[npt.NDArray[np.complex64], npt.NDArray[np.complex64]]:
    """Of bands, shape (n, bands / 2, size), and of whether it is speech, (n, size / 2 + 1).

    Two bands make one complex signal: the real part of a correlation is the sum of theirs.
    """
    frames = np.zeros((len(several), size), np.uint32)
    for row, one in zip(frames, several, strict=True):
        row[: len(one)] = one
    spoken = (frames & _SPOKEN).astype(np.float32)
    bits = np.unpackbits(frames.view(np.uint8).reshape(*frames.shape, 4), axis=2, bitorder="little")
    signs = (bits * np.float32(2) - 1) * spoken[..., None]
    signs[..., 0] = 0.0
    pairs = np.ascontiguousarray(signs).view(np.complex64).transpose(0, 2, 1)
    return (
        np.fft.fft(pairs).astype(np.complex64, copy=False),
        np.fft.rfft(spoken).astype(np.complex64, copy=False),
    )


def _diagonals(matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The sum over each diagonal, shape (rows + columns - 1,)."""
    rows, columns = matrix.shape
    # With as many zeros behind each row, less one, each row of the result is shifted by one more.
    wide = np.pad(matrix[::-1], ((0, 0), (0, rows)))
    shifted = wide.ravel()[: rows * (rows + columns - 1)]
    sums: npt.NDArray[np.float32] = shifted.reshape(rows, rows + columns - 1).sum(axis=0)
    return sums
