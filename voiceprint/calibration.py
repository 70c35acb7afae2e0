"""From a cosine to a log-likelihood ratio that knows how good the recording was.

The cosine of two embeddings says little by itself: a second of speech scatters more than four, and
noise pulls every cosine down. A logistic regression on the cosine, on the quality of the recording
and on how strong the network's vectors were turns it into a log-likelihood ratio (Bruemmer and du
Preez, 2006; Thienpondt et al., arXiv:2010.12468), so that one threshold holds for all. Coefficients
and thresholds, with the error rates they stand for, are measured by ``python -m
voiceprint.training`` and kept in ``calibrations.yaml``.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from speech.errors import ConfigError, ModelError
from voiceprint.contract import EmbeddingModel, Purpose, Quality

Floats = npt.NDArray[np.float64]

SHORTEST, LONGEST = 0.5, 8.0
"""Seconds of speech: less counts as the first, more as the second."""
MOST_PAUSE = 3.0
"""How many times as long as the speech in it a recording counts as at most."""
NOISIEST, CLEANEST = 10.0, 35.0
"""Signal-to-noise ratios in dB, as the seconds."""
WEAKEST, STRONGEST = 0.7, 1.7
"""Strengths of voices against that of an ordinary recording, likewise."""
_FEATURES = 14


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which LLR to accept, and how often that was wrong on speakers held back."""

    llr: float
    false_accepts: float
    """Share of other speakers accepted, 0-1."""
    false_accepts_alike: float
    """The same among speakers of the same gender and nearly the same age."""
    misses: float
    """Share of genuine attempts refused, 0-1."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the cosines of one embedding model are read."""

    coefficients: tuple[float, ...]
    """Of :func:`features`, in that order."""
    thresholds: Mapping[Purpose, Threshold]
    agreement: float
    """The mean cosine with the others, -1 to 1, that a recording of an enrolment has at least."""
    strength: float
    """That of an ordinary recording, in the network's own unit."""

    def llr(
        self, cosine: npt.ArrayLike, quality: Quality, strength: float, enrolled: npt.ArrayLike
    ) -> Floats:
        """Log-likelihood ratios, natural logarithm, of the same speaker against another.

        Parameters
        ----------
        cosine
            Of the embedding with one template or several, -1 to 1; any shape.
        quality, strength
            Of the recording that is compared, as in :class:`~voiceprint.contract.Embedding`.
        enrolled
            The strength of each template: of the shape of ``cosine``, or a number.
        """
        seen = features(
            cosine,
            quality.speech,
            quality.seconds,
            quality.snr,
            quality.narrow_band,
            strength / self.strength,
            np.asarray(enrolled) / self.strength,
        )
        return np.asarray(seen @ np.asarray(self.coefficients))


def features(
    cosine: npt.ArrayLike,
    speech: npt.ArrayLike,
    seconds: npt.ArrayLike,
    snr: npt.ArrayLike,
    narrow: npt.ArrayLike,
    strength: npt.ArrayLike,
    enrolled: npt.ArrayLike,
) -> Floats:
    """What the regression sees of a trial: shape (..., 14).

    Parameters
    ----------
    cosine, speech, seconds, snr, narrow
        The cosine, the seconds of speech and of all of the recording, the signal-to-noise ratio in
        dB, and whether it is narrow-band; of one shape, or numbers.
    strength, enrolled
        How strong the voice of the recording and those of the template were, against an ordinary
        recording; likewise.
    """
    cosine = np.asarray(cosine, np.float64)
    spoken = np.maximum(np.asarray(speech, np.float64), SHORTEST)
    pause = np.clip(np.asarray(seconds, np.float64) / spoken, 1.0, MOST_PAUSE)
    clean = np.clip(np.asarray(snr, np.float64), NOISIEST, CLEANEST) / 10
    strengths = (
        np.log(np.clip(np.asarray(one, np.float64), WEAKEST, STRONGEST))
        for one in (strength, enrolled)
    )
    quality = np.stack(
        np.broadcast_arrays(
            np.ones_like(cosine),
            np.log(np.minimum(spoken, LONGEST)),
            np.log(pause),
            clean,
            np.asarray(narrow, float),
            *strengths,
        ),
        axis=-1,
    )
    return np.concatenate([quality, quality * cosine[..., None]], axis=-1)


def fit(trials: Floats, is_target: npt.NDArray[np.bool_], rounds: int = 50) -> Floats:
    """Logistic regression in which targets and nontargets weigh the same, by Newton's method.

    Parameters
    ----------
    trials
        Shape (n, k); the first column is 1.
    is_target
        Shape (n,).

    Returns
    -------
    Coefficients, shape (k,): their product with a trial is a log-likelihood ratio.
    """
    weight = np.where(is_target, 0.5 / is_target.sum(), 0.5 / (~is_target).sum())
    beta = np.zeros(trials.shape[1])
    ridge = 1e-7 * np.eye(beta.size)
    for _ in range(rounds):
        probability = 1 / (1 + np.exp(-np.clip(trials @ beta, -60, 60)))
        slope = trials.T @ (weight * (is_target - probability)) - ridge @ beta
        curvature = (trials.T * (weight * probability * (1 - probability))) @ trials + ridge
        step = np.linalg.solve(curvature, slope)
        beta += step * min(1.0, 10.0 / float(np.abs(step).max() + 1e-12))
        if np.abs(step).max() < 1e-8:
            break
    return beta


def probability(llr: float, prior: float = 0.5) -> float:
    """How probable the same speaker is, 0-1, if ``prior`` of the attempts are genuine."""
    return float(1 / (1 + np.exp(-np.clip(llr + np.log(prior / (1 - prior)), -60, 60))))


def calibration_of(model: EmbeddingModel) -> Calibration:
    """The calibration that ships for a model.

    Raises
    ------
    ModelError
        Nobody has calibrated this model or this version of it.
    """
    found = _shipped().get(str(model))
    if found is None:
        known = ", ".join(_shipped()) or "none"
        raise ModelError(
            f"there is no calibration for the embedding model {model}, so that its scores mean "
            f"nothing yet; calibrated: {known}. `python -m voiceprint.training` makes one"
        )
    return found


@functools.cache
def _shipped() -> dict[str, Calibration]:
    import yaml

    text = resources.files(__package__).joinpath("calibrations.yaml").read_text(encoding="utf-8")
    return {
        str(name): _read(str(name), entry) for name, entry in (yaml.safe_load(text) or {}).items()
    }


def _read(name: str, entry: Any) -> Calibration:
    try:
        thresholds = {
            Purpose(purpose): Threshold(
                float(values["llr"]),
                float(values["false_accepts"]),
                float(values["false_accepts_alike"]),
                float(values["misses"]),
            )
            for purpose, values in entry["thresholds"].items()
        }
        coefficients = tuple(float(value) for value in entry["coefficients"])
        agreement, strength = float(entry["agreement"]), float(entry["strength"])
        if len(coefficients) != _FEATURES or set(thresholds) != set(Purpose):
            raise ValueError(f"{_FEATURES} coefficients and {len(Purpose)} thresholds are needed")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConfigError(f"calibrations.yaml: {name} is wrong ({error!r})") from error
    return Calibration(coefficients, thresholds, agreement, strength)
