"""Whether one and the same person speaks from the beginning of an answer to its end.

Somebody may play a recording of the owner and say the digits of the challenge themselves, or add
what the recording lacks. The answer is embedded in short windows; wherever a change of speakers is
assumed, what comes before it is compared with what comes after.
"""

from __future__ import annotations

import numpy as np

from speech.audio import RATE, Samples
from voiceprint.contract import Embedder, Vector

THRESHOLD = 0.20
"""Cosine below which two voices are taken to speak; see ``docs/liveness.md``."""

_LONGEST_WINDOW = round(1.2 * RATE)
_SHORTEST_WINDOW = round(0.7 * RATE)
_STEPS = 4  # to a window
_FRAME = RATE // 50
_QUIET = 30.0  # dB below the loudest frame: pauses say nothing about the speaker


def agreement(samples: Samples, embedder: Embedder) -> float | None:
    """How much both sides of the likeliest change of speakers sound alike.

    Returns
    -------
    The lowest cosine of the embeddings before and after, over all places where the speaker may
    change; None where there are less than 1.4 s of speech, too little to tell.
    """
    speech = without_pauses(samples)
    window = min(_LONGEST_WINDOW, speech.size // 2)
    if window < _SHORTEST_WINDOW:
        return None
    starts = range(0, speech.size - window + 1, window // _STEPS)
    vectors = np.stack([embedder.embed(speech[start : start + window]).vector for start in starts])
    # Windows that far from each other share no samples.
    return min(
        _cosine(vectors[: place + 1], vectors[place + _STEPS :])
        for place in range(len(vectors) - _STEPS)
    )


def one_speaker(samples: Samples, embedder: Embedder, threshold: float = THRESHOLD) -> bool | None:
    """Whether no change of speakers is heard; None where there is too little speech to tell."""
    found = agreement(samples, embedder)
    return None if found is None else found >= threshold


def without_pauses(samples: Samples) -> Samples:
    """The frames of 20 ms that are not silent, one behind the other."""
    count = samples.size // _FRAME
    frames = samples[: count * _FRAME].reshape(count, _FRAME)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1)
    loud = power > power.max(initial=0.0) / 10 ** (_QUIET / 10)
    return np.ascontiguousarray(frames[loud].ravel())


def _cosine(before: Vector, after: Vector) -> float:
    one, other = before.mean(axis=0), after.mean(axis=0)
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
