"""Words that were left out, and sounds that belong to no word.

The recording is aligned a second time, more freely: any word may be missing, at a price, and
between the words there may be sounds, at a price a frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pronunciation.english.graph import SILENCE, Graph
from pronunciation.english.hearing import STEP, Sounds, start_of
from pronunciation.english.phones import Pronunciation
from speech.audio import RATE

_SKIP = -12.0  # log probability of leaving a word out
_FILLER = -2.5  # of a frame of sounds that belong to no word
_SHORTEST_INSERTION = 0.2  # seconds of sounds
_SPEECH = 0.5  # probability of silence below which a frame has sound


@dataclass(frozen=True, slots=True)
class Insertion:
    """Sounds between two words."""

    before: int
    """Index of the word that follows."""
    start: float
    end: float

    @property
    def slice(self) -> slice:
        """The samples, with a little of what is around them."""
        return slice(max(0, round((self.start - 0.1) * RATE)), round((self.end + 0.1) * RATE))


@dataclass(frozen=True, slots=True)
class Deviations:
    """How what was said differs from the text, word by word."""

    omissions: frozenset[int]
    insertions: tuple[Insertion, ...]


def deviations_of(ways: Sequence[Sequence[Pronunciation]], sounds: Sounds) -> Deviations:
    """Find the words that are missing, and what was added.

    Parameters
    ----------
    ways
        For each word its pronunciations.
    """
    free = Graph(ways, skip=_SKIP).align(sounds.log_posteriors, filler=_FILLER)
    if free is None:
        return Deviations(frozenset(), ())
    missing = frozenset(word for word, chosen in enumerate(free.chosen) if chosen < 0)
    silence = np.exp(sounds.log_posteriors[:, SILENCE])
    starts = [*free.starts, len(silence)]
    ends = [0, *free.ends]
    following = [*free.words, len(ways)]
    insertions = []
    for first, last, before in zip(ends, starts, following, strict=True):
        loud = np.flatnonzero(silence[first:last] < _SPEECH) + first
        if loud.size * STEP >= _SHORTEST_INSERTION:
            start, end = start_of(int(loud[0])), start_of(int(loud[-1]) + 1)
            insertions.append(Insertion(int(before), round(max(0.0, start), 3), round(end, 3)))
    return Deviations(missing, tuple(insertions))
