"""Error rates against what is known of them: by hand, by theory, and by counting."""

from __future__ import annotations

import math
from statistics import NormalDist
from xml.etree import ElementTree

import numpy as np
import pytest

from speech.errors import ConfigError
from voiceprint.det import draw
from voiceprint.metrics import cllr, det_curve, equal_error_rate, min_cllr, min_dcf


@pytest.mark.parametrize(
    ("targets", "others", "expected"),
    [
        ([2, 3], [0, 1], 0.0),
        ([0, 1], [2, 3], 1.0),
        ([1, 1], [1, 1], 0.5),
        ([0, 2, 3, 4], [-1, -2, -3, 1], 0.25),
        ([5], [1, 2, 3, 6], 0.25),
    ],
)
def test_the_equal_error_rate_of_few_trials(
    targets: list[float], others: list[float], expected: float
) -> None:
    if expected == 0.25 and len(targets) == 1:
        # One target: between no miss and all missed the curve is a step across the diagonal.
        assert 0 <= equal_error_rate(targets, others) <= 0.25
    else:
        assert equal_error_rate(targets, others) == pytest.approx(expected)


def test_normal_scores_have_the_error_rate_of_theory() -> None:
    random = np.random.default_rng(1)
    targets, others = random.normal(1.5, 1, 200_000), random.normal(-1.5, 1, 200_000)
    assert equal_error_rate(targets, others) == pytest.approx(NormalDist().cdf(-1.5), rel=0.02)
    # For two normal distributions of one variance the score itself, scaled, is the LLR.
    calibrated = cllr(3 * targets, 3 * others)
    assert calibrated == pytest.approx(min_cllr(targets, others), rel=0.02)
    assert cllr(9 * targets, 9 * others) > 1.3 * calibrated


def test_cllr_counts_bits() -> None:
    assert cllr([0], [0]) == pytest.approx(1.0)
    assert cllr([50], [-50]) == pytest.approx(0.0, abs=1e-12)
    assert cllr([-math.log(3)], [-100]) == pytest.approx(1.0)  # log2(4) / 2


def test_the_best_calibration_is_monotone_and_no_worse() -> None:
    random = np.random.default_rng(2)
    targets, others = random.normal(1, 2, 500), random.normal(-1, 1, 700)
    best = min_cllr(targets, others)
    assert best <= cllr(targets, others)
    assert min_cllr(np.exp(targets), np.exp(others)) == pytest.approx(best)
    assert min_cllr([1, 1], [1, 1]) == pytest.approx(1.0)


def test_the_least_cost_is_that_of_the_best_threshold() -> None:
    random = np.random.default_rng(3)
    targets, others = random.normal(2, 1, 300), random.normal(0, 1, 400)
    for prior in (0.01, 0.05, 0.5):
        costs = [
            prior * np.mean(targets < limit) + (1 - prior) * np.mean(others >= limit)
            for limit in [*targets, *others, np.inf]
        ]
        assert min_dcf(targets, others, prior) == pytest.approx(min(costs) / min(prior, 1 - prior))
    with pytest.raises(ConfigError, match="prior"):
        min_dcf(targets, others, 1.0)


def test_rates_at_each_threshold_are_counted() -> None:
    curve = det_curve([1, 2, 2, 5], [0, 2, 3])
    for limit, miss, accept in zip(
        curve.thresholds, curve.misses, curve.false_accepts, strict=True
    ):
        assert miss == pytest.approx(np.mean(np.array([1, 2, 2, 5]) < limit))
        assert accept == pytest.approx(np.mean(np.array([0, 2, 3]) >= limit))


@pytest.mark.parametrize(
    ("targets", "others", "says"),
    [([], [1.0], "no target"), ([1.0], [], "no nontarget"), ([math.nan], [0.0], "not a finite")],
)
def test_scores_that_cannot_be_judged_are_named(
    targets: list[float], others: list[float], says: str
) -> None:
    with pytest.raises(ConfigError, match=says):
        equal_error_rate(targets, others)


def test_the_det_curve_is_a_picture_of_every_system() -> None:
    curve = det_curve([1, 2, 3], [0, 1, 2])
    picture = ElementTree.fromstring(draw({"a <b> & c": curve, "other": curve}, "Title"))
    texts = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Title", "a <b> & c", "other"} <= set(texts)
