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


def joined(samples: Samples, others: Sequence[Samples], random: np.random.Generator) -> Samples:
    """Recordings of one speaker behind each other."""
    return np.concatenate([samples, *others])


def babble_5(samples: Samples, others: Sequence[Samples], random: np.random.Generator) -> Samples:
    """Other people talk at once, 5 dB softer together."""
    return conditions.babble(samples, others, 5.0, random)


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
    "4 s": joined,
    "8 s": joined,
    "babble 5 dB": babble_5,
    "noise 10 dB": noise_10,
    "telephone": telephone,
    "Opus": opus,
    "room": room,
}
"""By the name in the report. ``others`` are the same speaker's for the joined, strangers' for the
babble."""

BABBLE = 5
"""How many people talk in the babble."""
JOINED = {"4 s": 2, "8 s": 4}
"""How many utterances are joined for a test: 4.8 and 9.6 s of speech in the median."""


def _loudest(samples: Samples, seconds: float) -> Samples:
    size = int(seconds * RATE)
    if samples.size <= size:
        return samples
    energy = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    start = int(np.argmax(energy[size:] - energy[:-size]))
    return samples[start : start + size]
