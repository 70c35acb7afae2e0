"""Readings as examples for the scorer, and false ones: texts that were not read.

Without false examples the scorer has never met silence, noise or another sentence, and gives them
middling scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pronunciation.english.features import measure
from pronunciation.english.graph import align
from pronunciation.english.hearing import Fit, Sounds
from pronunciation.english.phones import Pronunciation, bare
from pronunciation.english.scorer import UTTERANCE_SCORES
from pronunciation.training.corpus import Reading
from pronunciation.training.scorer import Example
from speech.audio import RATE, Samples

_WEIGHT = 0.1  # of a false example
_SHARE = 0.2  # false examples of each kind, as a share of the readings
_GONE = [UTTERANCE_SCORES.index(name) for name in ("accuracy", "completeness", "total")]
_KEPT = [UTTERANCE_SCORES.index(name) for name in ("fluency", "prosody")]


def genuine(reading: Reading, samples: Samples, sounds: Sounds, fit: Fit) -> list[Example]:
    """A reading as the experts wrote its pronunciation and, where it differs, as our lexicon does.

    A caller may give either, and the two do not agree on the vowel of "not".
    """
    ways = [reading.said]
    if [_plain(word) for word in reading.said] != [_plain(word) for word in reading.asked]:
        ways.append(reading.asked)
    return [_example(reading, samples, sounds, fit, way, 1.0) for way in ways]


class Falsifier:
    """Makes false examples: of another text, of one word exchanged or added, of no speech."""

    def __init__(self, readings: Sequence[Reading], seed: int) -> None:
        self._readings = readings
        self._random = np.random.default_rng(seed)

    def kinds(self, count: int) -> list[tuple[int, str]]:
        """Which readings are made false, and how."""
        some = round(_SHARE * count)
        plan = [("exchanged", some), ("added", some), ("other", some), ("noise", some // 4)]
        return [
            (int(one), kind)
            for kind, number in plan
            for one in self._random.choice(count, number, replace=False)
        ]

    def text(self, reading: Reading, kind: str) -> tuple[Reading, Samples | None]:
        """The reading with a text that does not fit, and new samples where they change too."""
        if kind == "exchanged":
            return self._exchanged(reading), None
        if kind == "added":
            return self._added(reading), None
        if kind == "other":
            return self._nothing_of(self._other(reading)), None
        return self._nothing_of(reading), self._noise()

    def _other(self, reading: Reading) -> Reading:
        while True:
            other = self._readings[int(self._random.integers(len(self._readings)))]
            sizes = sum(map(len, other.asked)), sum(map(len, reading.asked))
            if other.parts != reading.parts and sizes[0] <= 2 * sizes[1]:
                return other

    def _word(self, reading: Reading) -> tuple[str, Pronunciation]:
        other = self._other(reading)
        place = int(self._random.integers(len(other.asked)))
        return other.parts[place].rstrip(".,?!").lower(), other.asked[place]

    def _exchanged(self, reading: Reading) -> Reading:
        place = int(self._random.integers(len(reading.asked)))
        part, pronunciation = self._word(reading)
        while _plain(pronunciation) == _plain(reading.asked[place]):
            part, pronunciation = self._word(reading)
        return self._with(reading, place, place + 1, part, pronunciation)

    def _added(self, reading: Reading) -> Reading:
        place = int(self._random.integers(len(reading.asked)))
        return self._with(reading, place, place, *self._word(reading))

    def _with(
        self, reading: Reading, start: int, end: int, part: str, said: Pronunciation
    ) -> Reading:
        """Put a word that nobody said in the place of some others."""
        sizes = np.cumsum([0, *map(len, reading.asked)])
        parts = (*reading.parts[:start], part, *reading.parts[end:])
        asked = (*reading.asked[:start], said, *reading.asked[end:])
        phones = [reading.phones[: sizes[start]], np.zeros(len(said)), reading.phones[sizes[end] :]]
        # Whether its stress is right nobody can tell.
        new = np.array([[0.0, np.nan, 0.0]])
        overall = reading.overall.copy()
        overall[_GONE] *= 1 - 1 / len(asked)
        overall[_KEPT] = np.nan
        return replace(
            reading,
            parts=parts,
            said=asked,
            asked=asked,
            phones=np.concatenate(phones),
            words=np.concatenate([reading.words[:start], new, reading.words[end:]]),
            overall=overall,
        )

    def _nothing_of(self, reading: Reading) -> Reading:
        words = np.zeros_like(reading.words)
        words[:, 1] = np.nan
        return replace(
            reading,
            phones=np.zeros(len(reading.phones)),
            words=words,
            overall=np.zeros(len(UTTERANCE_SCORES)),
            said=reading.asked,
        )

    def _noise(self) -> Samples:
        size = int(self._random.integers(2 * RATE, 6 * RATE))
        loud = 10 ** self._random.uniform(-4, -1)
        white = self._random.normal(0, loud, size)
        if self._random.random() < 0.5:  # brown: most noise is louder at the bottom
            white = np.cumsum(white) / 30
            white -= np.linspace(white[0], white[-1], size)
        return np.clip(white, -1, 1).astype(np.float32)


def false(reading: Reading, samples: Samples, sounds: Sounds, fit: Fit) -> list[Example]:
    """A reading with a text that does not fit, as an example that counts little."""
    return [_example(reading, samples, sounds, fit, reading.asked, _WEIGHT)]


def _example(
    reading: Reading,
    samples: Samples,
    sounds: Sounds,
    fit: Fit,
    said: Sequence[Pronunciation],
    weight: float,
) -> Example:
    features = measure(
        samples, sounds, fit, said, align(sounds.log_posteriors, [[word] for word in said])
    )
    return Example(features, reading.phones, reading.words, reading.overall, weight)


def _plain(word: Pronunciation) -> list[str]:
    return [bare(phone) for phone in word]
