"""Writes the picture encoder's network as an ONNX graph, so that nothing but ONNX Runtime is needed to run it."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, checker, helper, numpy_helper

SIDE = 64  # pixels of the square that the network looks at
DIRECTIONS = 8  # of half a turn
SHARP = 4  # power of the cosine by which an edge votes for its direction
FAINT = 1e-4  # squared contrast below which there is no edge
POOLED = 4  # pixels along each side of a cell
NEIGHBOURS = 5  # cells along each side over which edges are evened out
DULL = 1e-3  # squared strength of edges below which nothing is evened out
HEADS = ("looks", "words")
_OPSET = 17


class Layer(NamedTuple):
    """A 3 x 3 convolution, or with `stride` 0 a linear layer.

    Args:
        weight: (outer, inner, 3, 3), or (outer, inner) of a linear layer.
        bias: (outer,)
        stride: Of the convolution.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    stride: int


class _Writer:
    """Collects nodes and weights; weights are kept in half precision and widened when the graph is loaded."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.weights: list[TensorProto] = []

    def node(self, kind: str, inputs: list[str], name: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name: str, values: NDArray[Any]) -> str:
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def number(self, name: str, value: float) -> str:
        return self.constant(name, np.array(value, dtype=np.float32))

    def weight(self, name: str, values: NDArray[np.float32]) -> str:
        return self.node("Cast", [self.constant(f"{name}_half", values.astype(np.float16))], name, to=TensorProto.FLOAT)


def written(layers: Sequence[Layer]) -> bytes:
    """Return the graph: `pictures` (n, SIDE, SIDE, 3) uint8 to unit rows `looks` and `words`.

    Args:
        layers: Convolutions, one hidden layer, and a head for each of `HEADS`.
    """
    writer = _Writer()
    last = _maps(writer)
    convolutions, (hidden, *heads) = [one for one in layers if one.stride], [one for one in layers if not one.stride]
    for at, layer in enumerate(convolutions):
        inputs = [last, *_weights(writer, f"convolution_{at}", layer)]
        strides = [layer.stride, layer.stride]
        out = writer.node("Conv", inputs, f"convolution_{at}", strides=strides, pads=[1, 1, 1, 1], kernel_shape=[3, 3])
        last = writer.node("Relu", [out], f"convolution_{at}_out")
    last = writer.node("Flatten", [last], "flat", axis=1)
    out = writer.node("Gemm", [last, *_weights(writer, "hidden", hidden)], "hidden", transB=1)
    last = writer.node("Relu", [out], "hidden_out")
    for name, head in zip(HEADS, heads, strict=True):
        plain = writer.node("Gemm", [last, *_weights(writer, name, head)], f"{name}_plain", transB=1)
        writer.node("LpNormalization", [plain], name, axis=1, p=2)
    sizes = zip(HEADS, heads, strict=True)
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", len(head.bias)]) for name, head in sizes]
    inputs = [helper.make_tensor_value_info("pictures", TensorProto.UINT8, ["n", SIDE, SIDE, 3])]
    graph = helper.make_graph(writer.nodes, "looks", inputs, outputs, writer.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=9)
    checker.check_model(model)  # pyright: ignore[reportUnknownMemberType] -- its stub names a bare PathLike
    return model.SerializeToString()


def _weights(writer: _Writer, name: str, layer: Layer) -> list[str]:
    return [writer.weight(f"{name}_weight", layer.weight), writer.weight(f"{name}_bias", layer.bias)]


def _maps(writer: _Writer) -> str:
    """Write what `retrieval.train.vision_network.edge_maps` computes."""
    node, number = writer.node, writer.number
    numbers = node("Cast", ["pictures"], "numbers", to=TensorProto.FLOAT)
    planes = node("Transpose", [numbers], "planes", perm=[0, 3, 1, 2])
    scaled = node("Div", [planes, number("most", 255)], "scaled")
    pads = writer.constant("around", np.array([0, 0, 1, 1, 0, 0, 1, 1], dtype=np.int64))
    padded = node("Pad", [scaled, pads], "padded", mode="edge")
    across, down = _difference(writer, padded, "across", 3, 2), _difference(writer, padded, "down", 2, 3)
    across_2, down_2 = node("Mul", [across, across], "across_2"), node("Mul", [down, down], "down_2")
    axis = writer.constant("channel", np.array([1], dtype=np.int64))
    both = node("ReduceSum", [node("Add", [across_2, down_2], "both"), axis], "squares", keepdims=1)
    square = node("Add", [both, number("faint", FAINT)], "square")
    less = node("ReduceSum", [node("Sub", [across_2, down_2], "less"), axis], "less_all", keepdims=1)
    mixed = node("ReduceSum", [node("Mul", [across, down], "mixed"), axis], "mixed_all", keepdims=1)
    turns = (np.arange(DIRECTIONS) * (2 * math.pi / DIRECTIONS)).astype(np.float32).reshape(1, -1, 1, 1)
    by_cos = node("Mul", [less, writer.constant("cos", np.cos(turns))], "by_cos")
    by_sin = node("Mul", [mixed, writer.constant("sin", 2 * np.sin(turns))], "by_sin")
    along = node("Div", [node("Add", [by_cos, by_sin], "turned"), square], "along")
    sharp = node("Pow", [node("Relu", [along], "towards"), number("sharp", SHARP)], "sharpened")
    votes = node("Mul", [sharp, node("Pow", [square, number("quarter", 0.25)], "contrast")], "votes")
    cell = {"kernel_shape": [POOLED, POOLED], "strides": [POOLED, POOLED]}
    cells = node("AveragePool", [votes], "cells", **cell)
    squared = node("ReduceSum", [node("Mul", [cells, cells], "cells_2"), axis], "strength", keepdims=1)
    reach = NEIGHBOURS // 2
    near = node("AveragePool", [squared], "near", kernel_shape=[NEIGHBOURS] * 2, strides=[1, 1], pads=[reach] * 4)
    level = node("Sqrt", [node("Add", [near, number("dull", DULL)], "near_or_dull")], "level")
    evened = node("Div", [cells, level], "evened")
    grey = node("AveragePool", [node("ReduceMean", [scaled], "grey", axes=[1], keepdims=1)], "grey_cells", **cell)
    light = node("Sub", [grey, number("half", 0.5)], "light")
    return node("Concat", [evened, light], "maps", axis=1)


def _difference(writer: _Writer, padded: str, name: str, along: int, other: int) -> str:
    """Write the difference of the two neighbours of each pixel along one axis."""
    axes = writer.constant(f"{name}_axes", np.array([along, other], dtype=np.int64))
    ends: list[str] = []
    for start, stop in ((2, SIDE + 2), (0, SIDE)):
        low = writer.constant(f"{name}_from_{start}_low", np.array([start, 1], dtype=np.int64))
        high = writer.constant(f"{name}_from_{start}_high", np.array([stop, SIDE + 1], dtype=np.int64))
        ends.append(writer.node("Slice", [padded, low, high, axes], f"{name}_from_{start}"))
    return writer.node("Sub", ends, name)
