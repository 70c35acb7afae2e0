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
from onnx import TensorProto, helper, numpy_helper

from speech.errors import ModelError
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


class _Writer:
    """Adds node after node; a tensor in the graph is known by its name."""

    def __init__(self, weights: Mapping[str, npt.NDArray[Any]]) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def model(self) -> onnx.ModelProto:
        self._network("features")
        self._nodes[-1].output[0] = "embedding"
        dimension = self._weights["xvector.dense.linear.weight"].shape[0]
        shapes = {"features": ("batch", "frames", BANDS), "embedding": ("batch", dimension)}
        inputs, outputs = (
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in shapes.items()
        )
        graph = helper.make_graph(
            self._nodes, "campplus", [inputs], [outputs], list(self._constants.values())
        )
        model = helper.make_model(
            graph,
            producer_name="sonorant",
            ir_version=_IR,
            opset_imports=[helper.make_opsetid("", _OPSET)],
        )
        onnx.checker.check_model(model, full_check=True)
        return model

    def _network(self, features: str) -> str:
        x = self._node("Transpose", features, perm=[0, 2, 1])
        x = self._node("Unsqueeze", x, self._integers([1]))
        x = self._frequency_convolutions(x)
        x = self._relu(
            self._conv(x, "xvector.tdnn.linear", "xvector.tdnn.nonlinear.batchnorm", stride=2)
        )
        context = self._context(x)
        for number, (layers, dilation) in enumerate(_BLOCKS, 1):
            for layer in range(1, layers + 1):
                place = f"xvector.block{number}.tdnnd{layer}"
                x = self._node("Concat", x, self._dense(x, place, dilation, context), axis=1)
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
            x = self._relu(self._node("Add", y, x))
        x = self._relu(self._conv(x, "head.conv2", "head.bn2", stride=(2, 1)))
        # Channels and what is left of the bands become one axis.
        channels = self._weights["xvector.tdnn.linear.weight"].shape[1]
        return self._node("Reshape", x, self._integers([0, channels, -1]))

    def _dense(self, x: str, place: str, dilation: int, context: tuple[str, str]) -> str:
        """A layer of a dense block: a bottleneck, then a convolution that its context masks.

        The mask is a function of the mean over all frames and the mean over the segment that a
        frame lies in: it is computed once a segment and then spread over its frames.
        """
        gather, spread = context
        x = self._relu(self._norm(x, f"{place}.nonlinear1"))
        x = self._relu(self._conv(x, f"{place}.linear1", f"{place}.nonlinear2.batchnorm"))
        local = self._conv(x, f"{place}.cam_layer.linear_local", dilation=dilation)
        means = self._node("MatMul", x, gather)
        mask = self._relu(self._conv(means, f"{place}.cam_layer.linear1"))
        mask = self._node("Sigmoid", self._conv(mask, f"{place}.cam_layer.linear2"))
        return self._node("Mul", local, self._node("MatMul", mask, spread))

    def _context(self, x: str) -> tuple[str, str]:
        """Two matrices: from frames to their means, and from segments to their frames.

        The first, shape (frames, segments), sums the mean over a segment and that over all frames;
        the second, shape (segments, frames), holds 1 where a frame lies in a segment. Products with
        them take less time than pooling and looking up.
        """
        frames = self._frames(x)
        places = self._node("Range", self._integers(0), frames, self._integers(1))
        segment = self._node("Div", places, self._integers(_SEGMENT))
        last = self._node("Sub", frames, self._integers(1))
        count = self._node("Div", last, self._integers(_SEGMENT))
        count = self._node("Add", count, self._integers(1))
        segments = self._node("Range", self._integers(0), count, self._integers(1))
        lies = self._node("Equal", self._node("Unsqueeze", segments, self._integers([1])), segment)
        spread = self._node("Cast", lies, to=TensorProto.FLOAT)
        sizes = self._node("ReduceSum", spread, self._integers([1]), keepdims=1)
        everything = self._node("Reciprocal", self._node("Cast", frames, to=TensorProto.FLOAT))
        gather = self._node("Add", self._node("Div", spread, sizes), everything)
        return self._node("Transpose", gather, perm=[1, 0]), spread

    def _pool(self, x: str) -> str:
        """Mean and (unbiased) deviation over time, then the linear layer."""
        mean = self._node("ReduceMean", x, axes=[2], keepdims=1)
        squares = self._node("ReduceSumSquare", self._node("Sub", x, mean), axes=[2], keepdims=1)
        freedom = self._node("Sub", self._frames(x), self._integers(1))
        variance = self._node("Div", squares, self._node("Cast", freedom, to=TensorProto.FLOAT))
        pooled = self._node("Concat", mean, self._node("Sqrt", variance), axis=1)
        embedding = self._conv(pooled, "xvector.dense.linear", "xvector.dense.nonlinear.batchnorm")
        return self._node("Squeeze", embedding, self._integers([2]))

    def _frames(self, x: str) -> str:
        return self._node("Gather", self._node("Shape", x), self._integers(2), axis=0)

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
        return self._node(
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
        x = self._node("Mul", x, self._floats(f"{name}.scale", scale[:, None]))
        return self._node("Add", x, self._floats(f"{name}.shift", shift[:, None]))

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
        return self._node("Relu", x)

    def _node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], name, **attributes))
        return name

    def _floats(self, name: str, values: npt.NDArray[np.float64]) -> str:
        self._constants[name] = numpy_helper.from_array(values.astype(np.float32), name)
        return name

    def _integers(self, values: int | list[int]) -> str:
        name = f"integers {values}"
        self._constants[name] = numpy_helper.from_array(np.array(values, np.int64), name)
        return name
