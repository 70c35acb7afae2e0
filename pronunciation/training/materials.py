"""Everything that training starts from: recordings as the recogniser sees them, made once.

Encoding takes minutes, so that it is kept in a folder; what is learnt is never kept there.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from pronunciation.english.classifier import FrameClassifier
from pronunciation.english.hearing import Fit, Hearing, Sounds
from pronunciation.training import frames
from pronunciation.training.corpus import Reading, folds, load
from pronunciation.training.examples import Falsifier, false, genuine
from pronunciation.training.joining import join, rows
from pronunciation.training.scorer import Example
from speech.audio import Samples
from speech.progress import progress

Floats = npt.NDArray[np.float32]
T = TypeVar("T")
R = TypeVar("R")

_WORKERS = 2


@dataclass(frozen=True, slots=True)
class Item:
    """A reading as the recogniser sees it."""

    reading: Reading
    samples: Samples
    encoded: npt.NDArray[np.float16]
    fit: Fit


@dataclass(frozen=True, slots=True)
class Materials:
    """The readings of a corpus, and further ones made of them."""

    true: list[Item]
    joined: list[tuple[int, Item]]
    """Several sentences of one speaker in a row, with the index of the first."""
    false: list[tuple[int, Item]]
    """With a text that was not read, and the index of the true one it was made of."""

    @property
    def readings(self) -> list[Reading]:
        """The true readings."""
        return [item.reading for item in self.true]


@dataclass(frozen=True, slots=True)
class CrossFit:
    """Examples whose frames were classified by a network that never heard their speaker."""

    fold: npt.NDArray[np.int64]
    """Of each reading."""
    true: list[list[Example]]
    """Of each reading; the first has the corpus' own pronunciation."""
    made: list[tuple[int, Example]]
    """Joined and false ones, with the index of a reading of their speaker."""
    classifiers: dict[int | None, FrameClassifier]
    """The one that each fold's examples were made with; None has that of the whole corpus."""

    def outside(self, fold: int | None) -> list[Example]:
        """The examples that may be trained on to be tested on a fold; None for all."""
        true = [
            example
            for one, examples in enumerate(self.true)
            for example in examples
            if self.fold[one] != fold
        ]
        return true + [example for one, example in self.made if self.fold[one] != fold]


def prepare(data: Path, work: Path, seed: int) -> Materials:
    """Read and encode speechocean762, or take what an earlier run has kept in ``work``."""
    readings = load(data)
    # A change of what is computed, or of the corpus, must not meet old results.
    key = hashlib.sha256(repr([readings, seed, _VERSION]).encode()).hexdigest()[:16]
    kept = work / f"materials-{key}.pickle"
    if kept.exists():
        found: Materials = pickle.loads(kept.read_bytes())
        return found
    hearing = Hearing()

    def heard(reading: Reading, samples: Samples) -> Item:
        encoded = hearing.encode(samples)
        fit = hearing.fit(encoded, reading.parts)
        return Item(reading, samples, encoded.astype(np.float16), fit)

    def true_item(reading: Reading) -> Item:
        return heard(reading, reading.samples())

    def joined_item(several: Sequence[int]) -> tuple[int, Item]:
        return several[0], heard(*join([(readings[one], true[one].samples) for one in several]))

    def false_item(job: tuple[int, Reading, Samples | None]) -> tuple[int, Item]:
        origin, reading, samples = job
        if samples is not None:
            return origin, heard(reading, samples)
        same = true[origin]
        fit = hearing.fit(same.encoded.astype(np.float32), reading.parts)
        return origin, Item(reading, same.samples, same.encoded, fit)

    true = _all(true_item, readings, "encoding")
    joined = _all(joined_item, rows(readings, seed), "joined readings")
    falsifier = Falsifier(readings, seed)
    jobs = [
        (origin, *falsifier.text(readings[origin], kind))
        for origin, kind in falsifier.kinds(len(readings))
    ]
    materials = Materials(true, joined, _all(false_item, jobs, "false readings"))
    work.mkdir(parents=True, exist_ok=True)
    fresh = kept.with_suffix(".new")
    with fresh.open("wb") as file:
        pickle.dump(materials, file, protocol=pickle.HIGHEST_PROTOCOL)
    fresh.rename(kept)
    return materials


def cross_fit(
    materials: Materials, labels: Sequence[frames.Labels], seed: int, count: int = 5
) -> CrossFit:
    """Train a classifier without each fold, and make the fold's examples with it."""
    fold = folds(materials.readings, count, seed)
    classifiers: dict[int | None, FrameClassifier] = {}
    true: list[list[Example]] = [[] for _ in materials.true]
    made: list[tuple[int, Example]] = []
    with progress("cross-fitting", count + 1, "classifiers") as advance:
        for number in range(count + 1):
            known = np.flatnonzero(fold != number).tolist()  # of the last one: all
            classifier = frames.train(
                [materials.true[one].encoded for one in known], [labels[one] for one in known], seed
            )
            classifiers[number if number < count else None] = classifier
            for one in np.flatnonzero(fold == number):
                item = materials.true[one]
                sounds = _sounds(item, classifier)
                true[one] = genuine(item.reading, item.samples, sounds, item.fit)
            for kind, items in ((genuine, materials.joined), (false, materials.false)):
                for origin, item in items:
                    if fold[origin] == number:
                        sounds = _sounds(item, classifier)
                        examples = kind(item.reading, item.samples, sounds, item.fit)
                        made += [(origin, example) for example in examples]
            advance(number + 1)
    return CrossFit(fold, true, made, classifiers)


def _sounds(item: Item, classifier: FrameClassifier) -> Sounds:
    encoded = item.encoded.astype(np.float32)
    return Sounds(encoded, classifier.log_posteriors(encoded))


def _all(function: Callable[[T], R], jobs: Sequence[T], label: str) -> list[R]:
    with ThreadPoolExecutor(_WORKERS) as pool, progress(label, len(jobs), "readings") as advance:
        results = []
        for number, result in enumerate(pool.map(function, jobs), 1):
            results.append(result)
            advance(number)
        return results


_VERSION = 2
"""Counts up when what is kept changes."""
