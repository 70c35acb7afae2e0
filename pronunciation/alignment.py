"""Which sound was said when: the reference as a graph of states, and the best path through it.

A word may have several pronunciations; the path takes the one that fits the audio best. Between
words, and at both ends, there is a boundary, where there may be silence. Where words may be
skipped, a path can go from one boundary to the next without the word between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
Ways = Sequence[Sequence[int]]
"""The pronunciations of a word, each the classes of its phones."""

_SHORTEST = 2  # frames a phone, 24 ms
_BOUNDARY = -1  # in place of a pronunciation
_IMPOSSIBLE = -1e30


@dataclass(frozen=True, slots=True)
class Alignment:
    """A path through the graph; frames count from 0, and an end is the frame after the last."""

    chosen: tuple[int, ...]
    """For each word the index of its pronunciation, -1 where the word was left out."""
    words: Integers
    """The word that each phone belongs to, shape (phones,)."""
    starts: Integers
    ends: Integers
    score: float
    """Mean log probability a frame."""

    def only(self, places: Sequence[int]) -> Alignment:
        """The same path for some of its words, numbered anew."""
        number = np.full(len(self.chosen), -1)
        number[list(places)] = np.arange(len(places))
        kept = number[self.words] >= 0
        return Alignment(
            tuple(self.chosen[place] for place in places),
            number[self.words[kept]],
            self.starts[kept],
            self.ends[kept],
            self.score,
        )

    def span(self, word: int) -> tuple[int, int]:
        """First frame of a word that was said, and the one after its last."""
        of = np.flatnonzero(self.words == word)
        return int(self.starts[of[0]]), int(self.ends[of[-1]])


class Graph:
    """The states of a text; a path begins and ends in silence.

    Parameters
    ----------
    words
        For each word its pronunciations.
    silence
        The class that is no phone.
    skips
        For each word the log probability of leaving it out, None where it has to be there; None
        where all have to be.
    """

    def __init__(
        self,
        words: Sequence[Ways],
        silence: int,
        *,
        skips: Sequence[float | None] | None = None,
    ) -> None:
        self._words = len(words)
        self._silence = silence
        self._emits: list[int] = []
        # Word, pronunciation and phone; of a boundary the word that follows, and _BOUNDARY.
        self._places: list[tuple[int, int, int]] = []
        self._sources: list[list[tuple[int, float]]] = []  # where from, and at what cost
        boundary = self._add(silence, (0, _BOUNDARY, 0), [])
        ends = [boundary]
        for number, pronunciations in enumerate(words):
            last: list[int] = []
            for which, pronunciation in enumerate(pronunciations):
                before = ends
                for place, phone in enumerate(pronunciation):
                    for _ in range(_SHORTEST):
                        before = [self._add(phone, (number, which, place), before)]
                last += before
            skip = None if skips is None else skips[number]
            skipped = None if skip is None else (boundary, skip)
            boundary = self._add(silence, (number + 1, _BOUNDARY, 0), last)
            if skipped is not None:
                self._sources[boundary].append(skipped)
            ends = [boundary, *last]
        width = max(map(len, self._sources))
        shape = (width, len(self._emits))
        self._from, self._cost = np.zeros(shape, np.int64), np.full(shape, _IMPOSSIBLE)
        for state, sources in enumerate(self._sources):
            for row, (source, cost) in enumerate(sources):
                self._from[row, state], self._cost[row, state] = source, cost

    def align(self, log_posteriors: Floats, *, filler: float | None = None) -> Alignment | None:
        """The best path (Viterbi).

        Parameters
        ----------
        log_posteriors
            Shape (frames, classes).
        filler
            Log probability, a frame, of sounds at a boundary that belong to no word; None where
            there may be nothing but silence.

        Returns
        -------
        None where there are too few frames for the text.
        """
        path, score = self._path(log_posteriors, filler)
        if path is None:
            return None
        chosen = [-1] * self._words
        words, starts, ends = list[int](), list[int](), list[int]()
        before = (0, _BOUNDARY, 0)
        for frame, state in enumerate(path):
            place = self._places[state]
            if place[1] == _BOUNDARY:
                before = place
                continue
            if place != before:
                words.append(place[0])
                starts.append(frame)
                ends.append(frame)
                chosen[place[0]] = place[1]
            ends[-1] = frame + 1
            before = place
        return Alignment(
            tuple(chosen), np.array(words, np.int64), np.array(starts, np.int64),
            np.array(ends, np.int64), score,
        )  # fmt: skip

    def begun(self, log_posteriors: Floats) -> int:
        """How many words were begun by the last frame of a text that is still being read."""
        scores, _ = self._forward(log_posteriors, None)
        word, pronunciation, _ = self._places[int(scores.argmax())]
        return word if pronunciation == _BOUNDARY else word + 1

    def _add(self, emits: int, place: tuple[int, int, int], before: Sequence[int]) -> int:
        state = len(self._emits)
        self._emits.append(emits)
        self._places.append(place)
        self._sources.append([(state, 0.0), *((source, 0.0) for source in before)])
        return state

    def _path(self, log_posteriors: Floats, filler: float | None) -> tuple[list[int] | None, float]:
        scores, steps = self._forward(log_posteriors, filler)
        state = scores.size - 1
        if scores[state] <= _IMPOSSIBLE / 2:
            return None, 0.0
        path = [state]
        for step in steps[:0:-1]:
            state = int(self._from[step[state], state])
            path.append(state)
        return path[::-1], float(scores[-1]) / len(path)

    def _forward(
        self, log_posteriors: Floats, filler: float | None
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int8]]:
        """Score of the best path into each state at the last frame, and where each came from."""
        observed = log_posteriors[:, np.array(self._emits)].astype(np.float64)
        if filler is not None:
            strange = (
                np.delete(log_posteriors, self._silence, axis=1).max(axis=1, keepdims=True) + filler
            )
            boundaries = np.array(self._emits) == self._silence
            observed[:, boundaries] = np.maximum(observed[:, boundaries], strange)
        states = np.arange(observed.shape[1])
        steps = np.zeros(observed.shape, np.int8)
        scores = np.full(states.size, _IMPOSSIBLE)
        scores[0] = observed[0, 0]
        for frame in range(1, len(observed)):
            entering = scores[self._from] + self._cost
            steps[frame] = best = entering.argmax(axis=0)
            scores = np.maximum(entering[best, states] + observed[frame], _IMPOSSIBLE)
        return scores, steps
