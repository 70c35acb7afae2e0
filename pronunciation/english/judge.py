"""One judge of several: how it hears the encoder's frames, and what it makes of them.

The judges' classifiers were taught by different alignments of the same recordings. Each is wrong
in places of its own, and their mean is better than any of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pronunciation.english.classifier import FrameClassifier
from pronunciation.english.features import PhoneFeatures
from pronunciation.english.forest import Forest
from pronunciation.english.hearing import Floats, Sounds
from pronunciation.english.scorer import Scorer, Scores

_FOREST = 2 / 3
"""The trees' share in the score of a phone; the rest is the transformer's."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Three networks that were trained together."""

    classifier: FrameClassifier
    scorer: Scorer
    forest: Forest

    def hear(self, encoded: Floats) -> Sounds:
        """The sounds in the frames of :meth:`pronunciation.english.hearing.Hearing.encode`."""
        return Sounds(encoded, self.classifier.log_posteriors(encoded))

    def score(self, features: PhoneFeatures) -> Scores:
        """Judge an utterance by what was measured on the sounds that this judge heard."""
        scores = self.scorer.score(features)
        phones = _FOREST * self.forest.score(features) + (1 - _FOREST) * scores.phones
        return replace(scores, phones=phones)
