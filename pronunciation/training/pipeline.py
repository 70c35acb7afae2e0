"""From the corpus to the weights, step by step."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import torch

from pronunciation.english.layers import Weights
from pronunciation.english.scorer import Scorer, Scores
from pronunciation.english.weights import EnglishWeights, save
from pronunciation.training import frames, limits, scorer
from pronunciation.training.materials import CrossFit, Materials, cross_fit, prepare
from speech.progress import progress

MEMBERS = 3
"""Scorers in the ensemble."""


def make(data: Path, work: Path, output: Path, seed: int) -> None:
    """Train everything and write the weights."""
    materials, examples, labels = cross_fitted(data, work, seed)
    # Out of fold, with one member a fold: what the limits are drawn from.
    predicted = out_of_fold(examples, 1, seed)
    classifier = frames.train([item.encoded for item in materials.true], labels, seed)
    (scorers,) = scorers_for(examples, [None], MEMBERS, seed)
    lines = limits.draw(
        [(one[0], scores) for one, scores in zip(examples.true, predicted, strict=True)]
    )
    save(EnglishWeights(classifier, tuple(scorers), lines), output)


def cross_fitted(
    data: Path, work: Path, seed: int
) -> tuple[Materials, CrossFit, list[frames.Labels]]:
    """The corpus, aligned, with features that are honest for every speaker."""
    materials = prepare(data, work, seed)
    labels = frames.align_all(
        materials.readings,
        [item.encoded for item in materials.true],
        [item.samples for item in materials.true],
        seed,
    )
    return materials, cross_fit(materials, labels, seed), labels


def scorers_for(
    examples: CrossFit, folds: Sequence[int | None], members: int, seed: int
) -> list[list[Scorer]]:
    """For each fold an ensemble that was not trained on it; None stands for no fold.

    Each network is trained in a process of its own: on more than one thread its small matrices
    cost more time, not less.
    """
    jobs = [(fold, seed + member) for fold in folds for member in range(members)]
    workers = min(len(jobs), os.cpu_count() or 1)
    context = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(workers, context, _begin, (examples,)) as pool,
        progress("scorers", len(jobs), "trained") as advance,
    ):
        trained = []
        for number, weights in enumerate(pool.map(_one, jobs), 1):
            trained.append(Scorer(weights))
            advance(number)
    return [trained[at : at + members] for at in range(0, len(jobs), members)]


def out_of_fold(examples: CrossFit, members: int, seed: int) -> list[Scores]:
    """The scores of each reading, by scorers that were not trained on its speaker."""
    folds = sorted(set(examples.fold.tolist()))
    scorers = scorers_for(examples, folds, members, seed)
    return [
        Scores.mean([each.score(true[0].features) for each in scorers[folds.index(fold)]])
        for fold, true in zip(examples.fold.tolist(), examples.true, strict=True)
    ]


_examples: CrossFit | None = None  # of a worker, so that they travel once


def _begin(examples: CrossFit) -> None:
    global _examples
    _examples = examples
    torch.set_num_threads(1)


def _one(job: tuple[int | None, int]) -> Weights:
    assert _examples is not None
    fold, seed = job
    return scorer.train(_examples.outside(fold), seed).weights
