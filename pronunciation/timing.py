"""Pauses, breaks and pace of a reading, from when its words were said."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pronunciation.results import Pause, Rate, WordError

PAUSE = 0.2
"""Seconds of silence that count as a pause."""

_BREAK = 0.5  # seconds of silence that are out of place inside a phrase
_NO_BREAK = 0.06  # seconds: less silence than this after a full stop is none
_ASKS_FOR_BREAK = frozenset(".?!;:")
_MONOTONE = 2.0  # semitones
_MONOTONE_WORDS = 4
_LEAST_VOICED = 20  # values of pitch


@dataclass(frozen=True, slots=True)
class Timed:
    """A word of the text and when it was said."""

    start: float
    """Seconds."""
    end: float
    mark: str
    """The punctuation after it: one of ``. ? ! , ; : - ...``, or empty."""
    syllables: int

    @property
    def break_after(self) -> bool:
        """Whether punctuation asks for a pause after it."""
        return bool(self.mark)


def pauses_of(
    words: Sequence[Timed], places: Sequence[int], added: Collection[int] = ()
) -> tuple[Pause, ...]:
    """The silent pauses between words that follow each other.

    Parameters
    ----------
    places
        For each word its index in the assessment.
    added
        Numbers of words that something was said before; there is no pause.
    """
    return tuple(
        Pause(before.end, word.start, places[number], before.break_after)
        for number, (before, word) in enumerate(itertools.pairwise(words), start=1)
        if word.start - before.end >= PAUSE and number not in added
    )


def rate_of(words: Sequence[Timed]) -> Rate:
    """How fast was read; there is at least one word."""
    start, end = words[0].start, words[-1].end
    gaps = [word.start - before.end for before, word in itertools.pairwise(words)]
    spoken = max(0.1, end - start - sum(gap for gap in gaps if gap >= PAUSE))
    total = sum(word.syllables for word in words)
    return Rate(round(60 * len(words) / max(0.1, end - start), 1), round(total / spoken, 2))


def break_error(before: Timed, word: Timed) -> WordError | None:
    """What is wrong between two words: a pause where none belongs, or none where one does."""
    silence = word.start - before.end
    if silence >= _BREAK and not before.break_after:
        return WordError.UNEXPECTED_BREAK
    if silence < _NO_BREAK and before.mark in _ASKS_FOR_BREAK:
        return WordError.MISSING_BREAK
    return None


def is_monotone(hertz: npt.NDArray[np.float64], words: int) -> bool:
    """Whether the pitch of so many words hardly moves, from the 5th to the 95th percentile.

    Parameters
    ----------
    hertz
        Pitch of the whole reading, NaN where unvoiced.
    """
    voiced = hertz[~np.isnan(hertz)]
    if words < _MONOTONE_WORDS or voiced.size < _LEAST_VOICED:
        return False
    low, high = np.percentile(12 * np.log2(voiced), [5, 95])
    return bool(high - low < _MONOTONE)
