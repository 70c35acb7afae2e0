"""From the corpus to the weights, step by step."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import torch

from pronunciation.english.forest import Forest
from pronunciation.english.judge import Judge
from pronunciation.english.scorer import Scorer, Scores
from pronunciation.english.weights import EnglishWeights, save
from pronunciation.layers import Weights
from pronunciation.training import forest, frames, limits, scorer
from pronunciation.training.materials import CrossFit, cross_fit, prepare
from speech.progress import progress

ALIGNERS = (frames.align_by_spectra, frames.align_by_encoder)
"""A judge for each; the first one's boundaries are those that are reported."""


def make(data: Path, work: Path, output: Path, seed: int) -> None:
    """Train everything and write the weights."""
    views = cross_fitted(data, work, seed)
    *judges, final = judges_for(views, [*folds_of(views), None], seed)
    predicted = out_of_fold(views, judges)
    genuine = [true[0] for true in views[0].true]
    lines = limits.draw(list(zip(genuine, predicted, strict=True)))
    save(EnglishWeights(tuple(final), lines), output)


def cross_fitted(data: Path, work: Path, seed: int) -> list[CrossFit]:
    """The corpus as each judge hears it, with features that are honest for every speaker."""
    prepare(data, work, seed)  # once, so that the workers find it
    jobs = [(number, data, work, seed) for number in range(len(ALIGNERS))]
    with _pool(len(jobs)) as pool:
        return list(pool.map(_view, jobs))


def judges_for(
    views: Sequence[CrossFit], folds: Sequence[int | None], seed: int
) -> list[list[Judge]]:
    """For each fold the judges that were not trained on it; None stands for no fold."""
    jobs = [(number, fold, seed + number) for fold in folds for number in range(len(views))]
    trained = []
    with (
        _pool(len(jobs), views) as pool,
        progress("judges", len(jobs), "trained") as advance,
    ):
        networks = pool.map(_one, jobs)
        for count, ((view, fold, _), (attention, trees)) in enumerate(
            zip(jobs, networks, strict=True), 1
        ):
            classifier = views[view].classifiers[fold]
            trained.append(Judge(classifier, Scorer(attention), trees))
            advance(count)
    return [trained[at : at + len(views)] for at in range(0, len(jobs), len(views))]


def out_of_fold(views: Sequence[CrossFit], judges: Sequence[Sequence[Judge]]) -> list[Scores]:
    """The scores of each reading, by the judges of its fold."""
    return [
        Scores.mean(
            [
                judge.score(view.true[number][0].features)
                for judge, view in zip(judges[fold], views, strict=True)
            ]
        )
        for number, fold in enumerate(views[0].fold.tolist())
    ]


def folds_of(views: Sequence[CrossFit]) -> range:
    """The numbers of the folds."""
    return range(int(views[0].fold.max()) + 1)


def _pool(jobs: int, views: Sequence[CrossFit] = ()) -> ProcessPoolExecutor:
    """Processes of one thread each: on more, networks as small as ours take more time, not less."""
    workers = min(jobs, os.cpu_count() or 1)
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, context, _begin, (views,))


_views: Sequence[CrossFit] = ()  # of a worker, so that they travel once


def _begin(views: Sequence[CrossFit]) -> None:
    global _views
    _views = views
    torch.set_num_threads(1)


def _view(job: tuple[int, Path, Path, int]) -> CrossFit:
    number, data, work, seed = job
    if number:  # all take about as long: one bar is enough
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    materials = prepare(data, work, seed)
    encoded = [item.encoded for item in materials.true]
    samples = [item.samples for item in materials.true]
    labels = ALIGNERS[number](materials.readings, encoded, samples, seed)
    return cross_fit(materials, labels, seed)


def _one(job: tuple[int, int | None, int]) -> tuple[Weights, Forest]:
    number, fold, seed = job
    known = _views[number].outside(fold)
    return scorer.train(known, seed).weights, forest.train(known, seed)
