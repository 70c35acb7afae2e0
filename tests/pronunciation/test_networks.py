"""The networks in numpy: against torch where it is installed, and their weights on disk."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from pronunciation.english.classifier import FrameClassifier
from pronunciation.english.features import NUMBERS, PhoneFeatures
from pronunciation.english.forest import PHONE, Forest, table
from pronunciation.english.scorer import Scores
from pronunciation.english.weights import FILE, load, save
from speech.errors import ModelError

needs_training = pytest.mark.skipif(
    find_spec("torch") is None or find_spec("lightgbm") is None,
    reason="the extra is not installed: pip install '.[training]'",
)


def features(seed: int, words: tuple[int, ...] = (3, 1, 5)) -> PhoneFeatures:
    random = np.random.default_rng(seed)
    count = sum(words)
    return PhoneFeatures(
        numbers=random.normal(0, 2, (count, NUMBERS)).astype(np.float32),
        encoded=random.normal(0, 1, (count, 288)).astype(np.float32),
        phones=random.integers(0, 39, count),
        stress=random.integers(0, 4, count),
        places=random.integers(0, 4, count),
        words=np.repeat(np.arange(len(words)), words),
        posteriors=np.full((count, 40), 1 / 40, np.float32),
        fit=-1.0,
        gain=1.0,
    )


def test_posteriors_are_probabilities() -> None:
    encoded = np.random.default_rng(1).normal(0, 1, (50, 288)).astype(np.float32)
    log_posteriors = load().judges[0].classifier.log_posteriors(encoded)
    assert log_posteriors.shape == (50, 40)
    assert np.exp(log_posteriors).sum(axis=1) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("words", [(1,), (3, 1, 5), (4,) * 60])
def test_scores_have_the_shape_of_the_utterance(words: tuple[int, ...]) -> None:
    scores = load().judges[0].score(features(1, words))
    assert scores.phones.shape == (sum(words),)
    assert scores.words.shape == (len(words), 3)
    assert scores.overall.shape == (5,)
    for values in (scores.phones, scores.words, scores.overall):
        assert np.isfinite(values).all()


def test_several_judges_say_their_mean() -> None:
    given = features(1)
    said = [judge.score(given) for judge in load().judges]
    assert len(said) > 1
    mean = Scores.mean(said)
    assert mean.phones == pytest.approx(np.mean([one.phones for one in said], axis=0))


def test_a_judge_weighs_its_trees_and_its_transformer() -> None:
    given = features(3)
    judge = load().judges[0]
    both = np.stack([judge.forest.score(given), judge.scorer.score(given).phones])
    assert not np.allclose(*both)
    phones = judge.score(given).phones
    assert (both.min(axis=0) - 1e-6 <= phones).all()
    assert (phones <= both.max(axis=0) + 1e-6).all()


def test_trees_branch_by_number_and_by_phone() -> None:
    given = replace(features(4, (4,)), phones=np.array([0, 7, 7, 0]))
    given.numbers[:, 0] = (-1.0, -1.0, 3.0, 3.0)
    number = table(given).shape[1] - NUMBERS  # the first of the numbers, which come last
    forest = Forest(
        {
            # Below 0.5 the first leaf; else by phone, where 7 goes left.
            "roots": np.array([0]),
            "left": np.array([1, 0, 3, 0, 0]),
            "column": np.array([number, 0, PHONE, 0, 0]),
            "value": np.array([0.5, 0.1, 1.0, 0.2, 0.3]),
            "sets": np.stack([np.zeros(39, np.bool_), np.arange(39) == 7]),
        }
    )
    assert forest.score(given) == pytest.approx([0.1, 0.1, 0.2, 0.3])


def test_weights_survive_the_disk(tmp_path: Path) -> None:
    weights = load()
    save(weights, tmp_path / "again.npz")
    again = load(tmp_path / "again.npz")
    assert again.limits == weights.limits
    given = features(2)
    for before, after in zip(weights.judges, again.judges, strict=True):
        assert (before.score(given).phones == after.score(given).phones).all()


@pytest.mark.parametrize("damage", ["missing", "cut", "other"])
def test_damaged_weights_are_told(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "weights.npz"
    if damage == "cut":
        file.write_bytes(FILE.read_bytes()[:5_000])
    elif damage == "other":
        np.savez(file, something=np.zeros(3))
    with pytest.raises(ModelError, match="weights of the English scorer"):
        load(file)


def test_the_weights_are_small_enough_for_the_repository() -> None:
    assert FILE.stat().st_size < 5_000_000


@needs_training
def test_the_frame_classifier_computes_what_was_trained() -> None:
    import torch

    from pronunciation.training.frames import _Full

    torch.manual_seed(1)
    network = _Full().eval()
    encoded = np.random.default_rng(1).normal(0, 1, (40, 288)).astype(np.float32)
    with torch.no_grad():
        wanted = torch.log_softmax(network(torch.from_numpy(encoded)[None])[0], -1).numpy()
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    assert FrameClassifier(weights).log_posteriors(encoded) == pytest.approx(wanted, abs=1e-4)


@needs_training
def test_the_scorer_computes_what_was_trained() -> None:
    import torch

    from pronunciation.english.scorer import Scorer
    from pronunciation.training.scorer import Example, _Batch, _Network

    torch.manual_seed(1)
    given = [features(1, (3, 1, 5)), features(2, (2, 2))]
    examples = [
        Example(one, np.zeros(one.phones.size), np.zeros((one.words[-1] + 1, 3)), np.zeros(5))
        for one in given
    ]
    network = _Network(examples).eval()
    with torch.no_grad():
        phones, words, overall = network(_Batch(given))  # together, so that one is padded
    scorer = Scorer({name: value.numpy() for name, value in network.state_dict().items()})
    for row, one in enumerate(given):
        scores = scorer.score(one)
        count = int(one.words[-1]) + 1
        assert scores.phones == pytest.approx(phones[row, : one.phones.size].numpy(), abs=1e-4)
        assert scores.words == pytest.approx(words[row, :count].numpy(), abs=1e-4)
        assert scores.overall == pytest.approx(overall[row].numpy(), abs=1e-4)


@needs_training
def test_the_trees_compute_what_was_trained() -> None:
    from pronunciation.training.forest import arrays, fit
    from pronunciation.training.scorer import Example

    given = [features(seed, (3, 1, 5, 4, 2)) for seed in range(40)]
    examples = [
        Example(
            one,
            (one.phones % 5) / 5 + (one.numbers[:, 0] > 0),
            np.zeros((one.words[-1] + 1, 3)),
            np.zeros(5),
        )
        for one in given
    ]
    booster = fit(examples, 1, min_data_per_group=5, cat_smooth=1)
    weights = arrays(booster)
    assert len(weights["sets"]) > 1  # some split by phone
    forest = Forest(weights)
    for one in given[:5]:
        assert forest.score(one) == pytest.approx(booster.predict(table(one)), abs=1e-4)
