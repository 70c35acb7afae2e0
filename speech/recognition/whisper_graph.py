"""Whisper's encoder as an ONNX graph, written from the published weights.

Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (arXiv:2212.04356): two
convolutions, the second of which halves the frame rate, sinusoidal positions, and layers of
attention and a dense network, each behind a normalisation. The graph ends with a layer of choice,
and takes as many frames as there are instead of half a minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx

from speech.errors import ModelError
from speech.onnx_graph import GraphWriter

_OPSET = 20
_IR = 9
_EPSILON = 1e-5


def encoder_graph(weights: Mapping[str, npt.NDArray[Any]], layers: int) -> onnx.ModelProto:
    """The encoder: ``features`` (batch, bands, 2 n) to ``states`` (batch, n, size).

    Parameters
    ----------
    weights
        As :func:`speech.recognition.whisper_weights.read_weights` reads them.
    layers
        The layer whose output the states are, from 1.

    Raises
    ------
    ModelError
        Tensors are missing, or do not fit together.
    """
    try:
        return _Writer(weights).model(layers)
    except KeyError as error:
        raise ModelError(f"these are not the weights of Whisper: {error.args[0]} is missing") from (
            error
        )
    except (ValueError, onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise ModelError(f"these are not the weights of Whisper ({error})") from error


class _Writer(GraphWriter):
    def __init__(self, weights: Mapping[str, npt.NDArray[Any]]) -> None:
        super().__init__()
        self._weights = weights
        self._heads = int(weights["encoder/num_heads"])
        self._size, self._bands, _ = weights["encoder/conv1/weight"].shape

    def model(self, layers: int) -> onnx.ModelProto:
        x = self._front("features")
        for layer in range(layers):
            x = self._layer(x, f"encoder/layer_{layer}")
        shapes = {
            "features": ("batch", self._bands, "frames"),
            "states": ("batch", "half the frames", self._size),
        }
        return self.finish("whisper", shapes, opset=_OPSET, version=_IR)

    def _front(self, features: str) -> str:
        """The convolutions, and where each frame is."""
        x = self._gelu(self._conv(features, "encoder/conv1", 1))
        x = self._gelu(self._conv(x, "encoder/conv2", 2))
        x = self.node("Transpose", x, perm=[0, 2, 1])
        count = self.node("Slice", self.node("Shape", x), *map(self.integers, ([1], [2])))
        places = self._floats("encoder/position_encodings/encodings")
        there = self.node("Slice", places, self.integers([0]), count, self.integers([0]))
        return self.node("Add", x, there)

    def _layer(self, x: str, place: str) -> str:
        attended = self._attention(self._norm(x, f"{place}/self_attention"), place)
        x = self.node("Add", x, attended)
        hidden = self._dense(self._norm(x, f"{place}/ffn"), f"{place}/ffn/linear_0")
        return self.node("Add", x, self._dense(self._gelu(hidden), f"{place}/ffn/linear_1"))

    def _attention(self, x: str, place: str) -> str:
        """Queries, keys and values come out of one product, side by side."""
        size = self._size // self._heads
        all_three = self._dense(x, f"{place}/self_attention/linear_0")
        query, key, value = self.nodes("Split", 3, all_three, axis=2, num_outputs=3)
        split = self.integers([0, 0, self._heads, size])
        query, value = (
            self.node("Transpose", self.node("Reshape", one, split), perm=[0, 2, 1, 3])
            for one in (query, value)
        )
        key = self.node("Transpose", self.node("Reshape", key, split), perm=[0, 2, 3, 1])
        scale = self.constant("scale", np.array([size**-0.5], np.float32))
        likeness = self.node("MatMul", self.node("Mul", query, scale), key)
        seen = self.node("MatMul", self.node("Softmax", likeness, axis=-1), value)
        seen = self.node("Transpose", seen, perm=[0, 2, 1, 3])
        seen = self.node("Reshape", seen, self.integers([0, 0, self._size]))
        return self._dense(seen, f"{place}/self_attention/linear_1")

    def _conv(self, x: str, place: str, stride: int) -> str:
        weight, bias = self._floats(f"{place}/weight"), self._floats(f"{place}/bias")
        return self.node("Conv", x, weight, bias, pads=[1, 1], strides=[stride])

    def _dense(self, x: str, place: str) -> str:
        weight = self.constant(f"{place}/weight", self._array(f"{place}/weight").T)
        return self.node("Add", self.node("MatMul", x, weight), self._floats(f"{place}/bias"))

    def _norm(self, x: str, place: str) -> str:
        names = (f"{place}/layer_norm/{name}" for name in ("gamma", "beta"))
        return self.node("LayerNormalization", x, *map(self._floats, names), epsilon=_EPSILON)

    def _gelu(self, x: str) -> str:
        return self.node("Gelu", x)

    def _array(self, name: str) -> npt.NDArray[np.float32]:
        return np.asarray(self._weights[name], np.float32)

    def _floats(self, name: str) -> str:
        return self.constant(name, self._array(name))
