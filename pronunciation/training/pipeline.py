"""From the corpus to the weights, step by step."""

from __future__ import annotations

from pathlib import Path

from pronunciation.english.networks import Scorer, Scores
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
    scorers = ensemble(examples, None, MEMBERS, seed)
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


def ensemble(examples: CrossFit, fold: int | None, members: int, seed: int) -> list[Scorer]:
    """Train scorers on all folds but one, or on all."""
    known = examples.outside(fold)
    trained = []
    with progress("scorers", members, "trained") as advance:
        for member in range(members):
            trained.append(scorer.train(known, seed + member))
            advance(member + 1)
    return trained


def out_of_fold(examples: CrossFit, members: int, seed: int) -> list[Scores]:
    """The scores of each reading, by scorers that were not trained on its speaker."""
    found: dict[int, Scores] = {}
    for fold in sorted(set(examples.fold.tolist())):
        scorers = ensemble(examples, fold, members, seed)
        for one in (examples.fold == fold).nonzero()[0]:
            features = examples.true[one][0].features
            found[int(one)] = Scores.mean([each.score(features) for each in scorers])
    return [found[one] for one in range(len(examples.true))]
