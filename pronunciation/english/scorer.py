"""From the features of phones to scores of phones, words and the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pronunciation.english.features import PhoneFeatures
from pronunciation.layers import Floats, Weights, dense, log_softmax, normalized, relu

UTTERANCE_SCORES = ("accuracy", "completeness", "fluency", "prosody", "total")
WORD_SCORES = ("accuracy", "stress", "total")

CLIP = 6.0
"""Standard deviations beyond which an input is held: nothing like it was trained on."""

HEADS = 4
"""Attention heads."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Raw scores, 0 to 1 where the network does not overshoot."""

    phones: Floats
    """Shape (phones,)."""
    words: Floats
    """Accuracy, stress and total of each word, shape (words, 3)."""
    overall: Floats
    """Accuracy, completeness, fluency, prosody and total, shape (5,)."""

    @staticmethod
    def mean(scores: Sequence[Scores]) -> Scores:
        """What an ensemble says."""
        return Scores(
            np.mean([one.phones for one in scores], axis=0),
            np.mean([one.words for one in scores], axis=0),
            np.mean([one.overall for one in scores], axis=0),
        )


class Scorer:
    """A transformer over the phones of an utterance (after GOPT, Gong et al., arXiv:2205.03432).

    It attends from every phone to every other, and answers for phones, words and the whole at
    once.
    """

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._layers = 1 + max(
            int(name.split(".")[1]) for name in weights if name.startswith("layers.")
        )

    def score(self, features: PhoneFeatures) -> Scores:
        """Judge an utterance of at least one phone."""
        w = self.weights
        numbers = (features.numbers - w["numbers_mean"]) / w["numbers_scale"]
        encoded = (features.encoded - w["encoded_mean"]) / w["encoded_scale"]
        place = np.minimum(np.arange(len(numbers)), len(w["position"]) - 1)
        values = (
            dense(np.clip(numbers, -CLIP, CLIP), w, "numbers")
            + dense(np.clip(encoded, -CLIP, CLIP), w, "encoded")
            + w["phone.weight"][features.phones]
            + w["stress.weight"][features.stress]
            + w["place.weight"][features.places]
            + w["position"][place]
        )
        for layer in range(self._layers):
            name = f"layers.{layer}"
            values = values + _attention(normalized(values, w, f"{name}.norm1"), w, name)
            hidden = relu(dense(normalized(values, w, f"{name}.norm2"), w, f"{name}.linear1"))
            values = values + dense(hidden, w, f"{name}.linear2")
        words = np.stack(
            [_pooled(values[features.words == word]) for word in range(int(features.words[-1]) + 1)]
        )
        return Scores(
            _head(values, w, "phone_head")[:, 0],
            _head(words, w, "word_head"),
            _head(_pooled(values), w, "overall_head"),
        )


def _attention(values: Floats, weights: Weights, layer: str) -> Floats:
    """Scaled dot-product attention (Vaswani et al., arXiv:1706.03762)."""
    joined = values @ weights[f"{layer}.in.weight"].T + weights[f"{layer}.in.bias"]
    count, width = values.shape
    query, key, value = joined.reshape(count, 3, HEADS, width // HEADS).transpose(1, 2, 0, 3)
    likeness = query @ key.transpose(0, 2, 1) / np.sqrt(width // HEADS)
    attended = np.exp(log_softmax(likeness)) @ value
    merged = attended.transpose(1, 0, 2).reshape(count, width)
    return dense(merged, weights, f"{layer}.out")


def _pooled(values: Floats) -> Floats:
    return np.concatenate([values.mean(axis=0), values.max(axis=0)])


def _head(values: Floats, weights: Weights, name: str) -> Floats:
    return dense(normalized(values, weights, f"{name}.norm"), weights, f"{name}.out")
