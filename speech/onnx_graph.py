"""Writing a published network as an ONNX graph, node after node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

Shape = tuple[str | int, ...]
"""Sizes; names where they are free."""


class GraphWriter:
    """Adds node after node; a tensor in the graph is known by its name."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def finish(
        self, name: str, shapes: Mapping[str, Shape], *, opset: int, version: int
    ) -> onnx.ModelProto:
        """The graph; its output is that of the last node.

        Parameters
        ----------
        shapes
            Of the input, which nodes know by its name, and of the output, float32 both.
        opset, version
            Of ONNX's operators, and of its format.

        Raises
        ------
        onnx.checker.ValidationError, onnx.shape_inference.InferenceError
            The graph does not hold together.
        """
        inputs, outputs = (
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in shapes.items()
        )
        self._nodes[-1].output[0] = outputs.name
        graph = helper.make_graph(
            self._nodes, name, [inputs], [outputs], list(self._constants.values())
        )
        model = helper.make_model(
            graph,
            producer_name="sonorant",
            ir_version=version,
            opset_imports=[helper.make_opsetid("", opset)],
        )
        onnx.checker.check_model(model, full_check=True)
        return model

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output, whose name is answered."""
        name = f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], name, **attributes))
        return name

    def nodes(self, kind: str, count: int, *inputs: str, **attributes: Any) -> list[str]:
        """Add a node with several outputs, whose names are answered."""
        name = f"{kind}_{len(self._nodes)}"
        outputs = [f"{name}_{part}" for part in range(count)]
        self._nodes.append(helper.make_node(kind, inputs, outputs, name, **attributes))
        return outputs

    def constant(self, name: str, values: npt.NDArray[Any]) -> str:
        """Add a tensor, or take the place of one of the same name."""
        self._constants[name] = numpy_helper.from_array(np.asarray(values, order="C"), name)
        return name

    def integers(self, values: int | list[int]) -> str:
        """Add an integer, or several."""
        return self.constant(f"integers {values}", np.array(values, np.int64))
