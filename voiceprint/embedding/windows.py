"""Audio of any length as windows that a network can take, and their vectors as one."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from speech.audio import RATE, Samples, level, sanitize
from speech.errors import AudioError
from voiceprint.contract import Embedding, Vector

_SILENT = -80.0
"""dB of full scale: below it there is no voice, but rounding and dither."""


def average(
    network: Callable[[Samples], Vector], samples: Samples, shortest: float, longest: float
) -> Embedding:
    """The mean direction of a network's vectors over windows of the audio, and their mean length.

    Memory depends on the window, not on the audio. NaN and infinity count as silence; windows
    of silence are left out.

    Parameters
    ----------
    network
        Makes a vector of a window's samples, of any length.
    shortest
        Seconds that it needs.
    longest
        Seconds a window; what is longer is cut into windows of equal length.

    Raises
    ------
    AudioError
        The audio is not mono, too short, or silent.
    """
    check(samples, shortest)
    vectors = list[Vector]()
    for window in np.array_split(samples, math.ceil(samples.size / (longest * RATE))):
        clean = sanitize(window)
        if level(clean - clean.mean()) < _SILENT:
            continue
        vectors.append(network(clean))
    if not vectors:
        raise AudioError("this audio is silent: there is no voice in it")
    strength = float(np.mean([np.linalg.norm(vector) for vector in vectors]))
    return Embedding(unit(np.sum([unit(vector) for vector in vectors], axis=0)), strength)


def check(samples: Samples, shortest: float) -> None:
    """Refuse what no network can work on.

    Raises
    ------
    AudioError
        The audio is not mono, or has fewer than ``shortest`` seconds.
    """
    if samples.ndim != 1:
        raise AudioError(f"audio should be mono, of shape (n,), not {samples.shape}")
    if samples.size < shortest * RATE:
        raise AudioError(
            f"{samples.size / RATE:.2f} s of audio are too short to tell who speaks: "
            f"at least {shortest:g} s are needed"
        )


def unit(vector: Vector) -> Vector:
    """The vector at unit length."""
    return (vector / np.linalg.norm(vector)).astype(np.float32)
