"""Where lines are drawn, from scores that were predicted for speakers who were not trained on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pronunciation.english.scorer import UTTERANCE_SCORES, Scores
from pronunciation.english.weights import Limits
from pronunciation.training.scorer import Example

WRONG_PHONE = 0.25
"""Experts' mean, 0 to 1, below which a phone counts as mispronounced (0.5 on their scale of 2)."""

WRONG_WORD = 0.6
"""Experts' accuracy, 0 to 1, below which a word counts as mispronounced."""

_INCOMPLETE = 0.002
"""Share of genuine readings that may be refused for their completeness."""

_STRANGE = 0.015
"""Share of genuine readings whose fit, or whose gain, may be called low; both are rarer."""

Scored = Sequence[tuple[Example, Scores]]


def draw(genuine: Scored) -> Limits:
    """The limits with the best F1, and gates that refuse few genuine readings."""
    phones = np.concatenate([scores.phones for _, scores in genuine])
    wanted = np.concatenate([example.phones for example, _ in genuine])
    words = np.concatenate([scores.words[:, 0] for _, scores in genuine])
    judged = np.concatenate([example.words[:, 0] for example, _ in genuine])
    completeness = UTTERANCE_SCORES.index("completeness")
    return Limits(
        best_limit(phones, wanted < WRONG_PHONE, ~np.isnan(wanted)),
        best_limit(words, judged < WRONG_WORD, ~np.isnan(judged)),
        _low([example.features.fit for example, _ in genuine], _STRANGE),
        _low([example.features.gain for example, _ in genuine], _STRANGE),
        _low([float(scores.overall[completeness]) for _, scores in genuine], _INCOMPLETE),
    )


def best_limit(
    scores: npt.NDArray[np.floating],
    wrong: npt.NDArray[np.bool_],
    known: npt.NDArray[np.bool_],
) -> float:
    """The limit below which calling something wrong has the best F1."""
    limits = np.arange(0.2, 0.9, 0.01)
    return float(max(limits, key=lambda limit: f1(scores[known] < limit, wrong[known])))


def f1(found: npt.NDArray[np.bool_], wrong: npt.NDArray[np.bool_]) -> float:
    """Harmonic mean of precision and recall."""
    return float(2 * (found & wrong).sum() / max(1, found.sum() + wrong.sum()))


def _low(values: Sequence[float], share: float) -> float:
    return float(np.quantile(values, share))
