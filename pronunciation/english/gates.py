"""Whether a reading is one of the text."""

from __future__ import annotations

from pronunciation.english.features import PhoneFeatures
from pronunciation.english.scorer import UTTERANCE_SCORES, Scores
from pronunciation.english.weights import Limits


def not_read(limits: Limits, features: PhoneFeatures, scores: Scores) -> bool:
    """Whether the text was plainly not read, by the features of the first judge."""
    completeness = scores.overall[UTTERANCE_SCORES.index("completeness")]
    strange = features.fit < limits.fit and features.gain < limits.gain
    return bool(strange or completeness < limits.completeness)
