"""Greedy and beam search over a decoder that scores one token after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

BOS = 1
EOS = 2

_VARIANTS = 2  # hypotheses alike that are followed up: the second may end better than the first


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
        return float(np.exp(self.total / max(1, len(self.log_probabilities))))

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


def beam_search(
    decoder: StepDecoder, limit: int, width: int, key: Callable[[tuple[int, ...]], Hashable]
) -> list[Beam]:
    """The ``width`` likeliest hypotheses, best first.

    They are compared by their total probability, without a reward for length: on learners' speech
    that made fewer errors than the mean over tokens, and it keeps long inventions about silence
    from winning.

    Parameters
    ----------
    key
        What a person would take for the same hypothesis, of its tokens: of several alike only the
        likeliest is answered, so that the n best differ in words rather than in commas.

    A hypothesis that runs into a loop is dropped; if all do, the likeliest is cut off where it
    begins to repeat itself.
    """
    live = [Beam()]
    last = np.array([BOS], np.int64)
    parents = np.zeros(1, np.int64)
    done: dict[Hashable, Beam] = {}
    cut: list[Beam] = []
    for _ in range(limit):
        scores = decoder.step(parents, last)
        following: list[tuple[Beam, int, int]] = []
        variants: Counter[Hashable] = Counter()
        for rank, (parent, token) in enumerate(_best(live, scores, 4 * width)):
            beam = live[parent].extended(token, float(scores[parent, token]))
            if token == EOS:
                if rank < width:
                    alike = key(beam.tokens)
                    done[alike] = max(done.get(alike, beam), beam, key=_total)
            elif loop := repetition(beam.tokens):
                cut.append(_without(beam, loop))
            elif len(following) < width and variants[alike := key(beam.tokens)] < _VARIANTS:
                variants[alike] += 1
                following.append((beam, parent, token))
        ranked = sorted(done.values(), key=_total, reverse=True)[:width]
        live = [beam for beam, _, _ in following]
        if not live or (len(ranked) == width and ranked[-1].total >= live[0].total):
            break
        parents = np.array([parent for _, parent, _ in following], np.int64)
        last = np.array([token for _, _, token in following], np.int64)
    found = list(done.values()) or cut or live
    return sorted(found, key=_total, reverse=True)[:width]


def _best(
    live: list[Beam], scores: npt.NDArray[np.float32], count: int
) -> Iterator[tuple[int, int]]:
    """The likeliest ``count`` ways to extend a hypothesis: its index and the token."""
    totals = (np.array([[beam.total] for beam in live]) + scores).ravel()
    count = min(count, totals.size)
    best = np.argpartition(totals, -count)[-count:]
    for flat in best[np.argsort(totals[best])[::-1]]:
        if totals[flat] == -np.inf:
            return
        parent, token = divmod(int(flat), scores.shape[1])
        yield parent, token


def _total(beam: Beam) -> float:
    return beam.total


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
