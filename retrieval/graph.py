"""Writes ONNX graphs by hand, so that no training library is needed to make what is served."""

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper


class Graph:
    """Collects nodes and constants; every method returns the name of the value it made."""

    def __init__(self, weights: dict[str, NDArray[np.float32]]) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """Keep a value in the graph."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def integers(self, name: str, *values: int) -> str:
        """Keep whole numbers in the graph, shape (values,)."""
        return self.constant(name, np.array(values, dtype=np.int64))

    def weight(self, name: str) -> str:
        """Keep a trained weight in the graph under its own name."""
        return self.constant(name, self.weights[name].astype(np.float32))

    def node(self, kind: str, out: str, *inputs: str, **attributes: Any) -> str:
        """Compute `out` with an ONNX operator."""
        self.nodes.append(helper.make_node(kind, list(inputs), [out], name=out, **attributes))
        return out

    def linear(self, x: str, weight: str, out: str) -> str:
        """Compute `out` as a trained linear layer of x, whose weights lie as PyTorch keeps them: (out, in)."""
        matrix = self.constant(f"{weight}.transposed", self.weights[f"{weight}.weight"].T.astype(np.float32))
        return self.node("Add", out, self.node("MatMul", f"{out}.product", x, matrix), self.weight(f"{weight}.bias"))

    def norm(self, x: str, weight: str, out: str, epsilon: float = 1e-12) -> str:
        """Compute `out` as a trained layer norm of x over its last axis."""
        scale, bias = self.weight(f"{weight}.weight"), self.weight(f"{weight}.bias")
        return self.node("LayerNormalization", out, x, scale, bias, axis=-1, epsilon=epsilon)
