"""What verification is judged by: EER, minDCF, Cllr and the DET curve.

Scores of target trials (the same speaker) and of nontarget trials (another) go in; higher means
the same speaker. Cllr expects log-likelihood ratios, natural logarithm; the others any scores.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from speech.errors import ConfigError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DetCurve:
    """Error rates at every threshold, from accepting all to accepting none; shapes (n,)."""

    thresholds: Floats
    """Accept at this score and above; the last is infinite."""
    misses: Floats
    """Share of target trials refused, 0-1, rising."""
    false_accepts: Floats
    """Share of nontarget trials accepted, 0-1, falling."""


def det_curve(targets: npt.ArrayLike, nontargets: npt.ArrayLike) -> DetCurve:
    """The detection error trade-off (Martin et al., Eurospeech 1997).

    Raises
    ------
    ConfigError
        There is no trial of one kind, or a score is not finite.
    """
    right, wrong = _scores(targets, "target"), _scores(nontargets, "nontarget")
    thresholds = np.unique(np.concatenate([right, wrong]))
    return DetCurve(
        np.append(thresholds, np.inf),
        np.append(np.searchsorted(right, thresholds, "left") / right.size, 1.0),
        np.append(1.0 - np.searchsorted(wrong, thresholds, "left") / wrong.size, 0.0),
    )


def equal_error_rate(targets: npt.ArrayLike, nontargets: npt.ArrayLike) -> float:
    """Where as many target trials are refused as nontarget trials are accepted, 0-1."""
    curve = det_curve(targets, nontargets)
    gap = curve.misses - curve.false_accepts
    after = int(np.argmax(gap >= 0))
    if after == 0 or gap[after] == 0:
        return float(curve.misses[after] + curve.false_accepts[after]) / 2
    # The curve is a stair: on the step that crosses the diagonal, go in a straight line.
    before = after - 1
    share = gap[before] / (gap[before] - gap[after])
    return float(curve.misses[before] + share * (curve.misses[after] - curve.misses[before]))


def min_dcf(targets: npt.ArrayLike, nontargets: npt.ArrayLike, prior: float) -> float:
    """The least detection cost at any threshold, misses and false accepts costing the same.

    Normalised by the better of accepting all and accepting none, as in the speaker recognition
    evaluations of NIST: 1 is no better than not listening.

    Parameters
    ----------
    prior
        How often the attempt is genuine, 0-1.
    """
    if not 0 < prior < 1:
        raise ConfigError(f"a prior of {prior} is not between 0 and 1")
    curve = det_curve(targets, nontargets)
    cost = prior * curve.misses + (1 - prior) * curve.false_accepts
    return float(cost.min() / min(prior, 1 - prior))


def cllr(targets: npt.ArrayLike, nontargets: npt.ArrayLike) -> float:
    """The cost of log-likelihood ratios in bits (Bruemmer and du Preez, 2006).

    0 is perfect; 1 is what an LLR of 0 for everything costs.
    """
    right, wrong = _scores(targets, "target"), _scores(nontargets, "nontarget")
    return _bits(right, wrong)


def min_cllr(targets: npt.ArrayLike, nontargets: npt.ArrayLike) -> float:
    """Cllr after the best monotone calibration of these scores, by pooling adjacent violators."""
    right, wrong = _scores(targets, "target"), _scores(nontargets, "nontarget")
    scores = np.concatenate([right, wrong])
    # Of equal scores the nontargets come last, so that a tie is never to the system's advantage.
    order = np.lexsort((np.repeat([0, 1], [right.size, wrong.size]), scores))
    is_target = np.repeat([1.0, 0.0], [right.size, wrong.size])[order]
    weight = np.repeat([1 / right.size, 1 / wrong.size], [right.size, wrong.size])[order]
    posterior = _pool(is_target, weight)
    with np.errstate(divide="ignore"):
        llr = np.log(posterior) - np.log1p(-posterior)
    hits, others = llr[is_target == 1], llr[is_target == 0]
    return _bits(hits, others)


def _bits(targets: Floats, nontargets: Floats) -> float:
    nats = np.logaddexp(0, -targets).mean() + np.logaddexp(0, nontargets).mean()
    return float(nats) / (2 * math.log(2))


def _pool(values: Floats, weights: Floats) -> Floats:
    """The best rising fit to values, by weighted least squares (Ayer et al., 1955)."""
    blocks: list[tuple[float, float, int]] = []  # mean, weight, length
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        block = (value, weight, 1)
        while blocks and blocks[-1][0] >= block[0]:
            mean, heavy, length = blocks.pop()
            total = heavy + block[1]
            block = ((mean * heavy + block[0] * block[1]) / total, total, length + block[2])
        blocks.append(block)
    return np.repeat([block[0] for block in blocks], [block[2] for block in blocks])


def _scores(values: npt.ArrayLike, kind: str) -> Floats:
    scores = np.sort(np.asarray(values, np.float64).ravel())
    if not scores.size:
        raise ConfigError(f"there is no {kind} trial: error rates need both kinds")
    if not np.isfinite(scores).all():
        raise ConfigError(f"a score of the {kind} trials is not a finite number")
    return scores
