"""The conditions that verification is measured under: functions from a recording to a test."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from speech import conditions
from speech.audio import RATE, Samples
from voiceprint.training.materials import Degrade


def one_second(samples: Samples, others: Sequence[Samples], random: np.random.Generator) -> Samples:
    """The second with the most energy."""
    return _loudest(samples, 1.0)


def two_seconds(
    samples: Samples, others: Sequence[Samples], random: np.random.Generator
) -> Samples:
    """The two seconds with the most energy."""
    return _loudest(samples, 2.0)


def joined_4(samples: Samples, others: Sequence[Samples], random: np.random.Generator) -> Samples:
    """Some 4 s of speech: recordings of one speaker behind each other."""
    return _joined(samples, others, 2)


def joined_8(samples: Samples, others: Sequence[Samples], random: np.random.Generator) -> Samples:
    """Some 8 s of speech."""
    return _joined(samples, others, 4)


def babble_5(samples: Samples, others: Sequence[Samples], random: np.random.Generator) -> Samples:
    """Five other people talk at once, 5 dB softer together."""
    return conditions.babble(samples, others[:5], 5.0, random)


def noise_10(samples: Samples, others: Sequence[Samples], random: np.random.Generator) -> Samples:
    """Pink noise, 10 dB softer."""
    return conditions.noise(samples, 10.0, 3.0, random)


def telephone(samples: Samples, others: Sequence[Samples], random: np.random.Generator) -> Samples:
    """Over a telephone line."""
    return conditions.telephone(samples)


def opus(samples: Samples, others: Sequence[Samples], random: np.random.Generator) -> Samples:
    """Through a low bit rate of Opus."""
    return conditions.opus(samples)


def room(samples: Samples, others: Sequence[Samples], random: np.random.Generator) -> Samples:
    """In a room with 0.5 s of reverberation."""
    return conditions.room(samples, 0.5, random)


TESTS: dict[str, Degrade] = {
    "1 s": one_second,
    "2 s": two_seconds,
    "4 s": joined_4,
    "8 s": joined_8,
    "babble 5 dB": babble_5,
    "noise 10 dB": noise_10,
    "telephone": telephone,
    "Opus": opus,
    "room": room,
}
"""By the name in the report. ``others`` are the same speaker's for the joined, strangers' for the
babble."""

JOINED = ("4 s", "8 s")


def _loudest(samples: Samples, seconds: float) -> Samples:
    size = int(seconds * RATE)
    if samples.size <= size:
        return samples
    energy = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    start = int(np.argmax(energy[size:] - energy[:-size]))
    return samples[start : start + size]


def _joined(samples: Samples, others: Sequence[Samples], count: int) -> Samples:
    return np.concatenate([samples, *others[: count - 1]])
