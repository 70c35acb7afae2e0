"""The small networks of the English scorer, computed with numpy from the weights that ship.

They are too small for a runtime of their own to pay off: the largest takes milliseconds. How
they are trained is in ``pronunciation.training``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pronunciation.english.features import PhoneFeatures

Floats = npt.NDArray[np.float32]
Weights = Mapping[str, Floats]

UTTERANCE_SCORES = ("accuracy", "completeness", "fluency", "prosody", "total")
WORD_SCORES = ("accuracy", "stress", "total")


class FrameClassifier:
    """Encoder frames to phones: a dense layer, a convolution over five frames, a dense layer."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights

    def log_posteriors(self, encoded: Floats) -> Floats:
        """Log probability of each phone and of silence, shape (frames, 40)."""
        w = self.weights
        hidden = _relu(_dense(_normalized(encoded, w, "norm"), w, "inner"))
        kernel = w["context.weight"]  # (out, in, width)
        width = kernel.shape[2]
        padded = np.pad(hidden, ((width // 2, width // 2), (0, 0)))
        context = w["context.bias"] + sum(
            padded[place : place + len(hidden)] @ kernel[:, :, place].T for place in range(width)
        )
        return log_softmax(_dense(hidden + _relu(context), w, "outer"))


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
            _dense(np.clip(numbers, -CLIP, CLIP), w, "numbers")
            + _dense(np.clip(encoded, -CLIP, CLIP), w, "encoded")
            + w["phone.weight"][features.phones]
            + w["stress.weight"][features.stress]
            + w["place.weight"][features.places]
            + w["position"][place]
        )
        for layer in range(self._layers):
            name = f"layers.{layer}"
            values = values + _attention(_normalized(values, w, f"{name}.norm1"), w, name)
            hidden = _relu(_dense(_normalized(values, w, f"{name}.norm2"), w, f"{name}.linear1"))
            values = values + _dense(hidden, w, f"{name}.linear2")
        words = np.stack(
            [_pooled(values[features.words == word]) for word in range(int(features.words[-1]) + 1)]
        )
        return Scores(
            _head(values, w, "phone_head")[:, 0],
            _head(words, w, "word_head"),
            _head(_pooled(values), w, "overall_head"),
        )


CLIP = 6.0
"""Standard deviations beyond which an input is held: nothing like it was trained on."""

HEADS = 4
"""Attention heads."""


def _attention(values: Floats, weights: Weights, layer: str) -> Floats:
    """Scaled dot-product attention (Vaswani et al., arXiv:1706.03762)."""
    joined = values @ weights[f"{layer}.in.weight"].T + weights[f"{layer}.in.bias"]
    count, width = values.shape
    query, key, value = joined.reshape(count, 3, HEADS, width // HEADS).transpose(1, 2, 0, 3)
    likeness = query @ key.transpose(0, 2, 1) / np.sqrt(width // HEADS)
    attended = np.exp(log_softmax(likeness)) @ value
    merged = attended.transpose(1, 0, 2).reshape(count, width)
    return _dense(merged, weights, f"{layer}.out")


def _pooled(values: Floats) -> Floats:
    return np.concatenate([values.mean(axis=0), values.max(axis=0)])


def _head(values: Floats, weights: Weights, name: str) -> Floats:
    return _dense(_normalized(values, weights, f"{name}.norm"), weights, f"{name}.out")


def log_softmax(logits: Floats) -> Floats:
    """Log probabilities along the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    result: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def _dense(values: Floats, weights: Weights, name: str) -> Floats:
    return values @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def _relu(values: Floats) -> Floats:
    return np.maximum(values, 0.0)


def _normalized(values: Floats, weights: Weights, name: str) -> Floats:
    """Layer normalisation (Ba et al., arXiv:1607.06450)."""
    centred = values - values.mean(axis=-1, keepdims=True)
    scale = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + 1e-5)
    result: Floats = centred / scale * weights[f"{name}.weight"] + weights[f"{name}.bias"]
    return result
