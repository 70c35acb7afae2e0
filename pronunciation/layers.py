"""What the small networks of the scorers are built of, in numpy.

The networks are too small for a runtime of their own to pay off: the largest takes milliseconds.
How they are trained is in ``pronunciation.training``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Weights = Mapping[str, Floats]


def log_softmax(logits: Floats) -> Floats:
    """Log probabilities along the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    result: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def dense(values: Floats, weights: Weights, name: str) -> Floats:
    """An affine map of the last axis."""
    return values @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def relu(values: Floats) -> Floats:
    """What is positive."""
    return np.maximum(values, 0.0)


def normalized(values: Floats, weights: Weights, name: str) -> Floats:
    """Layer normalisation (Ba et al., arXiv:1607.06450)."""
    centred = values - values.mean(axis=-1, keepdims=True)
    scale = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + 1e-5)
    result: Floats = centred / scale * weights[f"{name}.weight"] + weights[f"{name}.bias"]
    return result
