"""CAM++ as an ONNX graph: the published network, written from its published weights.

Wang et al., "CAM++: A Fast and Efficient Network for Speaker Verification Using Context-Aware
Masking" (arXiv:2303.00332), with the sizes of the models of 3D-Speaker. Two-dimensional
convolutions over time and frequency, a time-delay layer that halves the frame rate, three dense
blocks of time-delay layers whose outputs are masked by their context, mean and deviation over
time, one linear layer.

Each batch normalisation behind a convolution is folded into it. Those in front of one, behind the
concatenation of a dense block, stay: their rectifier stands between.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto

from speech.errors import ModelError
from speech.onnx_graph import GraphWriter
from voiceprint.embedding.fbank import BANDS

Floats = npt.NDArray[np.float32]

_BLOCKS = ((12, 1), (24, 2), (16, 2))
"""Layers and dilation of each dense block."""

_SEGMENT = 100
"""Frames of 20 ms that the mask looks at together, beside all of them."""

_OPSET = 17
_IR = 8
_EPSILON = 1e-5  # torch's default for batch normalisation


def campplus_graph(weights: Mapping[str, npt.NDArray[Any]]) -> onnx.ModelProto:
    """The network as a graph: ``features`` (batch, frames, 80) to ``embedding`` (batch, 192).

    Parameters
    ----------
    weights
        3D-Speaker's state dictionary.

    Raises
    ------
    ModelError
        Tensors are missing, or do not fit together.
    """
    try:
        return _Writer(weights).model()
    except KeyError as error:
        raise ModelError(f"these are not the weights of CAM++: {error.args[0]} is missing") from (
            error
        )
    except (ValueError, onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise ModelError(f"these are not the weights of CAM++ ({error})") from error


class _Writer(GraphWriter):
    def __init__(self, weights: Mapping[str, npt.NDArray[Any]]) -> None:
        super().__init__()
        self._weights = weights

    def model(self) -> onnx.ModelProto:
        self._network("features")
        dimension = self._weights["xvector.dense.linear.weight"].shape[0]
        shapes = {"features": ("batch", "frames", BANDS), "embedding": ("batch", dimension)}
        return self.finish("campplus", shapes, opset=_OPSET, version=_IR)

    def _network(self, features: str) -> str:
        x = self.node("Transpose", features, perm=[0, 2, 1])
        x = self.node("Unsqueeze", x, self.integers([1]))
        x = self._frequency_convolutions(x)
        x = self._relu(
            self._conv(x, "xvector.tdnn.linear", "xvector.tdnn.nonlinear.batchnorm", stride=2)
        )
        context = self._context(x)
        for number, (layers, dilation) in enumerate(_BLOCKS, 1):
            for layer in range(1, layers + 1):
                place = f"xvector.block{number}.tdnnd{layer}"
                x = self.node("Concat", x, self._dense(x, place, dilation, context), axis=1)
            transit = f"xvector.transit{number}"
            after = "xvector.out_nonlinear.batchnorm" if number == len(_BLOCKS) else None
            x = self._relu(self._norm(x, f"{transit}.nonlinear"))
            x = self._conv(x, f"{transit}.linear", after)
        return self._pool(self._relu(x))

    def _frequency_convolutions(self, x: str) -> str:
        """The front end: (batch, 1, 80, frames) to (batch, 320, frames)."""
        x = self._relu(self._conv(x, "head.conv1", "head.bn1"))
        for place, stride in (
            ("head.layer1.0", 2), ("head.layer1.1", 1), ("head.layer2.0", 2), ("head.layer2.1", 1)
        ):  # fmt: skip
            y = self._relu(self._conv(x, f"{place}.conv1", f"{place}.bn1", stride=(stride, 1)))
            y = self._conv(y, f"{place}.conv2", f"{place}.bn2")
            if stride > 1:
                short = (f"{place}.shortcut.0", f"{place}.shortcut.1")
                x = self._conv(x, *short, stride=(stride, 1))
            x = self._relu(self.node("Add", y, x))
        x = self._relu(self._conv(x, "head.conv2", "head.bn2", stride=(2, 1)))
        # Channels and what is left of the bands become one axis.
        channels = self._weights["xvector.tdnn.linear.weight"].shape[1]
        return self.node("Reshape", x, self.integers([0, channels, -1]))

    def _dense(self, x: str, place: str, dilation: int, context: tuple[str, str]) -> str:
        """A layer of a dense block: a bottleneck, then a convolution that its context masks.

        The mask is a function of the mean over all frames and the mean over the segment that a
        frame lies in: it is computed once a segment and then spread over its frames.
        """
        gather, spread = context
        x = self._relu(self._norm(x, f"{place}.nonlinear1"))
        x = self._relu(self._conv(x, f"{place}.linear1", f"{place}.nonlinear2.batchnorm"))
        local = self._conv(x, f"{place}.cam_layer.linear_local", dilation=dilation)
        means = self.node("MatMul", x, gather)
        mask = self._relu(self._conv(means, f"{place}.cam_layer.linear1"))
        mask = self.node("Sigmoid", self._conv(mask, f"{place}.cam_layer.linear2"))
        return self.node("Mul", local, self.node("MatMul", mask, spread))

    def _context(self, x: str) -> tuple[str, str]:
        """Two matrices: from frames to their means, and from segments to their frames.

        The first, shape (frames, segments), sums the mean over a segment and that over all frames;
        the second, shape (segments, frames), holds 1 where a frame lies in a segment. Products with
        them take less time than pooling and looking up.
        """
        frames = self._frames(x)
        places = self.node("Range", self.integers(0), frames, self.integers(1))
        segment = self.node("Div", places, self.integers(_SEGMENT))
        last = self.node("Sub", frames, self.integers(1))
        count = self.node("Div", last, self.integers(_SEGMENT))
        count = self.node("Add", count, self.integers(1))
        segments = self.node("Range", self.integers(0), count, self.integers(1))
        lies = self.node("Equal", self.node("Unsqueeze", segments, self.integers([1])), segment)
        spread = self.node("Cast", lies, to=TensorProto.FLOAT)
        sizes = self.node("ReduceSum", spread, self.integers([1]), keepdims=1)
        everything = self.node("Reciprocal", self.node("Cast", frames, to=TensorProto.FLOAT))
        gather = self.node("Add", self.node("Div", spread, sizes), everything)
        return self.node("Transpose", gather, perm=[1, 0]), spread

    def _pool(self, x: str) -> str:
        """Mean and (unbiased) deviation over time, then the linear layer."""
        mean = self.node("ReduceMean", x, axes=[2], keepdims=1)
        squares = self.node("ReduceSumSquare", self.node("Sub", x, mean), axes=[2], keepdims=1)
        freedom = self.node("Sub", self._frames(x), self.integers(1))
        variance = self.node("Div", squares, self.node("Cast", freedom, to=TensorProto.FLOAT))
        pooled = self.node("Concat", mean, self.node("Sqrt", variance), axis=1)
        embedding = self._conv(pooled, "xvector.dense.linear", "xvector.dense.nonlinear.batchnorm")
        return self.node("Squeeze", embedding, self.integers([2]))

    def _frames(self, x: str) -> str:
        return self.node("Gather", self.node("Shape", x), self.integers(2), axis=0)

    def _conv(
        self,
        x: str,
        place: str,
        norm: str | None = None,
        *,
        stride: int | tuple[int, int] = 1,
        dilation: int = 1,
    ) -> str:
        """A convolution that keeps the length (before the stride), and the normalisation behind."""
        weight = np.asarray(self._weights[f"{place}.weight"], np.float64)
        bias = np.asarray(self._weights.get(f"{place}.bias", np.zeros(len(weight))), np.float64)
        if norm is not None:
            scale, shift = self._scale_and_shift(norm)
            weight = weight * scale.reshape(-1, *[1] * (weight.ndim - 1))
            bias = bias * scale + shift
        kernel = weight.shape[2:]
        padding = [size // 2 * dilation for size in kernel]
        return self.node(
            "Conv",
            x,
            self._floats(f"{place}.weight", weight),
            self._floats(f"{place}.bias", bias),
            kernel_shape=kernel,
            strides=stride if isinstance(stride, tuple) else [stride] * len(kernel),
            dilations=[dilation] * len(kernel),
            pads=padding * 2,
        )

    def _norm(self, x: str, place: str) -> str:
        """A batch normalisation that cannot be folded: a scale and a shift a channel."""
        name = f"{place}.batchnorm"
        scale, shift = self._scale_and_shift(name)
        x = self.node("Mul", x, self._floats(f"{name}.scale", scale[:, None]))
        return self.node("Add", x, self._floats(f"{name}.shift", shift[:, None]))

    def _scale_and_shift(self, place: str) -> tuple[npt.NDArray[np.float64], ...]:
        mean, variance = (
            np.asarray(self._weights[f"{place}.running_{name}"], np.float64)
            for name in ("mean", "var")
        )
        # The last normalisation has neither weight nor bias.
        weight = np.asarray(self._weights.get(f"{place}.weight", np.ones_like(mean)), np.float64)
        bias = np.asarray(self._weights.get(f"{place}.bias", np.zeros_like(mean)), np.float64)
        scale = weight / np.sqrt(variance + _EPSILON)
        return scale, bias - mean * scale

    def _relu(self, x: str) -> str:
        return self.node("Relu", x)

    def _floats(self, name: str, values: npt.NDArray[np.float64]) -> str:
        return self.constant(name, values.astype(np.float32))
