"""Silero's voice activity network as a graph that takes a whole recording at once.

The published graph takes one window at a time, 0.13 ms each, most of it spent on getting in and
out. Of the network only the recurrent layer needs one window after the other: here the layers
before it see all windows together. A window is so short that each of their convolutions is written
as one matrix, which takes less time than convolving; the rest is the same to rounding.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from speech.errors import ModelError

HIDDEN = 128
"""Numbers in the state of the recurrent layer, and in its memory."""

_SAMPLES = 576  # a window, and what of the one before it is seen again
_MIRRORED = 64  # samples behind a window
_SPECTRUM_STRIDE = 128
_STRIDES = (1, 2, 2, 1)
"""Of the convolutions behind the spectrum."""
_OPSET = 16
_IR = 8


def recording_graph(published: Path) -> onnx.ModelProto:
    """The network at 16 kHz as a graph.

    ``windows`` (n, 576), ``hidden`` and ``cell`` (1, 1, 128) to ``probability`` (n, 1),
    ``hidden_after`` and ``cell_after``.

    Raises
    ------
    ModelError
        The file holds another network.
    """
    try:
        return _written(_weights(onnx.load(str(published))))
    except KeyError as error:
        raise ModelError(f"{published}: {error.args[0]} is missing") from error
    except Exception as error:  # protobuf's and onnx's have no common root
        raise ModelError(f"{published}: is not the network of Silero VAD ({error})") from error


def _weights(model: onnx.ModelProto) -> dict[str, npt.NDArray[Any]]:
    """The constants of the branch for 16 kHz, by the end of their names."""
    branches = {
        attribute.name: attribute.g
        for node in model.graph.node
        if node.op_type == "If"
        for attribute in node.attribute
    }
    return {
        node.output[0].rpartition("__")[2]: numpy_helper.to_array(node.attribute[0].t)
        for node in branches["then_branch"].node
        if node.op_type == "Constant"
    }


def _written(weights: dict[str, npt.NDArray[Any]]) -> onnx.ModelProto:
    nodes: list[onnx.NodeProto] = []
    constants: list[onnx.TensorProto] = []

    def constant(name: str, values: npt.ArrayLike) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(kind: str, *inputs: str, outputs: tuple[str, ...] = (), **attributes: Any) -> str:
        outputs = outputs or (f"{kind}_{len(nodes)}",)
        nodes.append(helper.make_node(kind, inputs, outputs, **attributes))
        return outputs[0]

    x = node("Pad", "windows", constant("mirrored", [0, 0, 0, _MIRRORED]), mode="reflect")
    basis, length = weights["stft.forward_basis_buffer"], _SAMPLES + _MIRRORED
    waves, length = _matrix(basis, length, _SPECTRUM_STRIDE, padding=0)
    x = node("MatMul", x, constant("basis", waves))
    node("Split", x, outputs=("real", "imaginary"), axis=1)
    squares = [node("Mul", part, part) for part in ("real", "imaginary")]
    x = node("Sqrt", node("Add", *squares))
    for layer, stride in enumerate(_STRIDES):
        place = f"encoder.{layer}.reparam_conv"
        matrix, length = _matrix(weights[f"{place}.weight"], length, stride, padding=1)
        bias = np.repeat(weights[f"{place}.bias"], length)
        matrix_name, bias_name = (
            constant(f"{place}.weight", matrix),
            constant(f"{place}.bias", bias),
        )
        x = node("Relu", node("Gemm", x, matrix_name, bias_name))
    x = node("Reshape", x, constant("in time", [-1, 1, HIDDEN]))
    rnn = {name: _gates(weights[f"decoder.rnn.{name}"]) for name in (
        "weight_ih", "weight_hh", "bias_ih", "bias_hh"
    )}  # fmt: skip
    x = node(
        "LSTM",
        x,
        constant("weight_ih", rnn["weight_ih"][None]),
        constant("weight_hh", rnn["weight_hh"][None]),
        constant("bias", np.concatenate([rnn["bias_ih"], rnn["bias_hh"]])[None]),
        "",
        "hidden",
        "cell",
        hidden_size=HIDDEN,
        outputs=("heard", "hidden_after", "cell_after"),
    )
    x = node("Relu", node("Reshape", x, constant("in rows", [-1, HIDDEN])))
    last = constant("last.weight", weights["decoder.decoder.2.weight"][:, :, 0].T)
    x = node("Gemm", x, last, constant("last.bias", weights["decoder.decoder.2.bias"]))
    node("Sigmoid", x, outputs=("probability",))

    state = (1, 1, HIDDEN)
    shapes: dict[str, tuple[int | str, ...]] = {
        "windows": ("n", _SAMPLES), "hidden": state, "cell": state,
        "probability": ("n", 1), "hidden_after": state, "cell_after": state,
    }  # fmt: skip
    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[name]) for name in shapes
    ]
    model = helper.make_model(
        helper.make_graph(nodes, "silero_vad", values[:3], values[3:], constants),
        producer_name="sonorant",
        ir_version=_IR,
        opset_imports=[helper.make_opsetid("", _OPSET)],
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def _matrix(
    kernel: npt.NDArray[Any], length: int, stride: int, padding: int
) -> tuple[npt.NDArray[Any], int]:
    """A convolution of so many frames as a matrix, and how many frames come out of it.

    Rows and columns are channels times frames, the frames of a channel next to each other.
    """
    channels, inputs, size = kernel.shape
    after = (length + 2 * padding - size) // stride + 1
    matrix = np.zeros((inputs, length + 2 * padding, channels, after), kernel.dtype)
    for frame in range(after):
        start = frame * stride
        matrix[:, start : start + size, :, frame] = kernel.transpose(1, 2, 0)
    seen = matrix[:, padding : padding + length]
    return seen.reshape(inputs * length, channels * after), after


def _gates(torch: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The gates of a recurrent layer in the order of ONNX instead of torch's."""
    into, forget, cell, out = np.split(torch, 4)
    return np.concatenate([into, out, forget, cell])
