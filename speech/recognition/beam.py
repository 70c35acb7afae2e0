"""Greedy and beam search over a decoder that scores one token after the other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

BOS = 1
EOS = 2


class StepDecoder(Protocol):
    """Scores the token after each of several hypotheses."""

    def step(
        self, parents: npt.NDArray[np.int64], tokens: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float32]:
        """Extend hypothesis ``parents[i]`` by ``tokens[i]``; log probabilities (n, vocabulary)."""
        ...


@dataclass(frozen=True)
class Beam:
    """A hypothesis as tokens, BOS and EOS left out."""

    tokens: tuple[int, ...] = ()
    log_probabilities: tuple[float, ...] = ()
    """One a token, and one more for EOS where it was reached."""

    @cached_property
    def total(self) -> float:
        """Sum of the log probabilities."""
        return float(sum(self.log_probabilities))

    @property
    def confidence(self) -> float:
        """Geometric mean of the token probabilities, 0 to 1."""
        return float(np.exp(self.score))

    @property
    def score(self) -> float:
        """Mean log probability: what hypotheses of different lengths are compared by."""
        return self.total / max(1, len(self.log_probabilities))

    def extended(self, token: int, log_probability: float) -> Beam:
        """This hypothesis with one token more, or ended by EOS."""
        tokens = self.tokens if token == EOS else (*self.tokens, token)
        return Beam(tokens, (*self.log_probabilities, log_probability))


def greedy_search(decoder: StepDecoder, limit: int) -> Beam:
    """Always take the likeliest token, up to ``limit`` tokens; loops are cut off."""
    beam = Beam()
    parents = np.zeros(1, np.int64)
    token = BOS
    while len(beam.tokens) < limit:
        scores = decoder.step(parents, np.array([token], np.int64))[0]
        token = int(scores.argmax())
        beam = beam.extended(token, float(scores[token]))
        if token == EOS:
            break
        if loop := repetition(beam.tokens):
            return _without(beam, loop)
    return beam


def beam_search(decoder: StepDecoder, limit: int, width: int) -> list[Beam]:
    """The ``width`` best hypotheses, best first, compared by mean log probability.

    A hypothesis that runs into a loop is dropped; if all do, the one that greedy search would
    take is cut off where it begins to repeat itself.
    """
    live = [Beam()]
    last = np.array([BOS], np.int64)
    parents = np.zeros(1, np.int64)
    done: list[Beam] = []
    cut: list[Beam] = []
    for _ in range(limit):
        scores = decoder.step(parents, last)
        totals = np.array([[beam.total] for beam in live]) + scores
        count = min(2 * width, totals.size)
        best = np.argpartition(totals.ravel(), -count)[-count:]
        best = best[np.argsort(totals.ravel()[best])[::-1]]
        following: list[tuple[Beam, int, int]] = []
        for rank, flat in enumerate(best):
            parent, token = divmod(int(flat), scores.shape[1])
            beam = live[parent].extended(token, float(scores[parent, token]))
            if token == EOS:
                if rank < width:
                    done.append(beam)
            elif loop := repetition(beam.tokens):
                cut.append(_without(beam, loop))
            elif len(following) < width:
                following.append((beam, parent, token))
        done = sorted(done, key=lambda beam: beam.score, reverse=True)[:width]
        if not following or (
            len(done) == width and done[-1].score >= max(beam.score for beam, _, _ in following)
        ):
            break
        live = [beam for beam, _, _ in following]
        parents = np.array([parent for _, parent, _ in following], np.int64)
        last = np.array([token for _, _, token in following], np.int64)
    found = done or cut or live
    return sorted(found, key=lambda beam: beam.score, reverse=True)[:width]


def repetition(tokens: tuple[int, ...]) -> int:
    """Number of tokens at the end that only repeat what stands before them, 0 if none.

    Digit strings repeat themselves honestly, so a short pattern has to come many times.
    """
    for size in range(1, len(tokens) // 3 + 1):
        times = 8 if size <= 2 else 5 if size <= 4 else 3
        if len(tokens) >= size * times:
            pattern = tokens[-size:]
            if tokens[-size * times :] == pattern * times:
                return size * (times - 1)
    return 0


def _without(beam: Beam, count: int) -> Beam:
    end = len(beam.tokens) - count
    return Beam(beam.tokens[:end], beam.log_probabilities[:end])
