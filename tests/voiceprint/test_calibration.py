"""The calibration: what is fitted, and what ships."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from speech.errors import ModelError
from voiceprint.calibration import calibration_of, features, fit, probability
from voiceprint.contract import EmbeddingModel, Purpose, Quality
from voiceprint.embedding import open_embedder
from voiceprint.metrics import cllr, min_cllr


def test_a_fit_recovers_the_likelihood_ratio() -> None:
    random = np.random.default_rng(0)
    speech = np.exp(random.uniform(np.log(0.5), np.log(8), 60_000))
    strength = np.exp(random.uniform(np.log(0.7), np.log(1.7), 60_000))
    is_target = random.random(60_000) < 0.2
    # More speech and a stronger voice, less scatter: the cosines of one speaker come nearer to 0.8.
    scatter = 0.2 / strength / np.sqrt(speech)
    cosine = np.where(is_target, 0.8, 0.1) + random.normal(0, 1, 60_000) * scatter
    seen = features(cosine, speech, 1.5 * speech, 30.0, False, strength, 1.0)
    llr = seen @ fit(seen, is_target)
    cost = cllr(llr[is_target], llr[~is_target])
    assert cost == pytest.approx(min_cllr(llr[is_target], llr[~is_target]), rel=0.05)
    for less in (
        features(cosine, 1.0, 1.5, 30.0, False, strength, 1.0),
        features(cosine, speech, 1.5 * speech, 30.0, False, 1.0, 1.0),
    ):
        alone = less @ fit(less, is_target)
        assert cost < 0.95 * cllr(alone[is_target], alone[~is_target])


def test_the_probability_is_that_of_bayes() -> None:
    assert probability(0.0) == pytest.approx(0.5)
    assert probability(np.log(9)) == pytest.approx(0.9)
    assert probability(np.log(9), prior=0.1) == pytest.approx(0.5)
    assert probability(1e6) == pytest.approx(1.0) and probability(-1e6) == pytest.approx(0.0)


def test_the_model_in_use_is_calibrated() -> None:
    calibration = calibration_of(open_embedder().model)
    limits = [calibration.thresholds[purpose] for purpose in Purpose]
    assert [limit.llr for limit in limits] == sorted(limit.llr for limit in limits)
    wrong = [limit.false_accepts for limit in limits]
    assert wrong == sorted(wrong, reverse=True) and wrong[-1] < 0.001
    for speech, pause, snr, narrow, strength, enrolled in product(
        (0.0, 0.5, 8.0, 60.0), (1.0, 9.0), (0.0, 50.0), (False, True), (0.0, 99.0), (0.0, 99.0)
    ):
        quality = Quality(pause * speech, speech, snr, 0.0, narrow)
        llrs = calibration.llr(np.linspace(-1, 1, 50), quality, strength, enrolled)
        assert (np.diff(llrs) > 0).all()  # so that nobody gains by being less alike
    # The same low cosine speaks more against a long clean recording than against a poor one.
    long, short = Quality(9, 8.0, 35.0, 0, False), Quality(2, 1.0, 35.0, 0, False)
    noisy, usual = Quality(9, 8.0, 10.0, 0, False), calibration.strength
    assert calibration.llr(0.3, long, usual, usual) < calibration.llr(0.3, short, usual, usual)
    assert calibration.llr(0.3, long, usual, usual) < calibration.llr(0.3, noisy, usual, usual)
    # Templates are told apart, each by its strength.
    weak, strong = 0.8 * usual, 1.2 * usual
    both = calibration.llr([0.6, 0.6], long, usual, [weak, strong])
    alone = [float(calibration.llr(0.6, long, usual, one)) for one in (weak, strong)]
    assert both.tolist() == pytest.approx(alone) and both[0] != pytest.approx(both[1])


def test_a_model_that_nobody_calibrated_is_refused() -> None:
    with pytest.raises(ModelError, match=r"campplus@0: .*|calibration for .*campplus@0"):
        calibration_of(EmbeddingModel("campplus", "0"))
