"""Which phone each frame of the encoder is."""

from __future__ import annotations

import numpy as np

from pronunciation.layers import Floats, Weights, dense, log_softmax, normalized, relu


class FrameClassifier:
    """Encoder frames to phones: a dense layer, a convolution over five frames, a dense layer."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights

    def log_posteriors(self, encoded: Floats) -> Floats:
        """Log probability of each phone and of silence, shape (frames, 40)."""
        w = self.weights
        hidden = relu(dense(normalized(encoded, w, "norm"), w, "inner"))
        kernel = w["context.weight"]  # (out, in, width)
        width = kernel.shape[2]
        padded = np.pad(hidden, ((width // 2, width // 2), (0, 0)))
        context = w["context.bias"] + sum(
            padded[place : place + len(hidden)] @ kernel[:, :, place].T for place in range(width)
        )
        return log_softmax(dense(hidden + relu(context), w, "outer"))
