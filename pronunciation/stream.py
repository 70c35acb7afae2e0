"""A recording while it is made: progress is told now and then, at its end it is judged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pronunciation.contract import Progress
from pronunciation.results import Assessment
from speech.audio import RATE, Samples
from speech.errors import AudioError

_FIRST_PROGRESS = 1.0  # seconds
_GROWTH = 0.25  # share by which a recording grows between two reports of progress


class ReadingStream:
    """See :class:`pronunciation.contract.AssessmentStream`.

    Parameters
    ----------
    begun
        How many words of the text were begun in what was heard so far.
    assess
        Judges the whole recording.
    longest
        Seconds that can be assessed at once.
    """

    def __init__(
        self,
        begun: Callable[[Samples], int],
        assess: Callable[[Samples], Assessment],
        longest: float,
    ) -> None:
        self._begun = begun
        self._assess = assess
        self._longest = longest
        self._blocks: list[Samples] = []
        self._size = 0
        self._next = _FIRST_PROGRESS * RATE
        self._words = 0

    def feed(self, samples: Samples) -> Progress | None:
        """Take samples; progress, now and then, when more words were begun."""
        if self._size + samples.size > self._longest * RATE:
            raise AudioError(
                f"a recording of more than {self._longest:.0f} s cannot be assessed at once"
            )
        self._blocks.append(samples)
        self._size += samples.size
        if self._size < self._next:
            return None
        self._next = self._size * (1 + _GROWTH)
        words = self._begun(np.concatenate(self._blocks))
        if words <= self._words:
            return None
        self._words = words
        return Progress(words, self._size / RATE)

    def finish(self) -> Assessment:
        """Assess what was fed."""
        samples = np.concatenate([np.zeros(0, np.float32), *self._blocks])
        self._blocks.clear()
        return self._assess(samples)
