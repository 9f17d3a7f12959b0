"""Serves the self-attentive model of what a shopper takes next from one ONNX file, without PyTorch."""

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper

from retrieval.graph import Graph
from retrieval.onnx import DAMAGED, Session, open_session
from retrieval.taste.interactions import Days, Indices, Scores

Weights = dict[str, NDArray[np.float32]]

_EPSILON = 1e-5  # of PyTorch's LayerNorm
# What the file calls the length of a history that it looks at, and the number of the shop's products.
_LONGEST, _SIZE = "longest", "products"


class Attentive:
    """A trained model over the products of one shop; `file` is the ONNX file it was read from."""

    def __init__(self, session: Session, file: bytes) -> None:
        told = session.get_modelmeta().custom_metadata_map
        self.file = file
        self._session = session
        self._longest, size = int(told[_LONGEST]), int(told[_SIZE])
        self._learned = session.run(["learned"], {"history": np.ones((1, 1), dtype=np.int64)})[0].astype(np.int64)
        self._number = np.zeros(size, dtype=np.int64)
        self._number[self._learned] = np.arange(1, len(self._learned) + 1)

    def scores(self, items: Indices, days: Days) -> Scores:
        """Score every product as the next one of a shopper.

        Args:
            items: Products the shopper took, oldest first, shape (history,); each counts where it was taken last.
            days: When; only their order counts, which `items` has.

        Returns:
            Scores, shape (products,), higher is likelier; logarithms of chances but for a constant. Products that were
            not learned have the least of all; where the history has nothing else, all have 0.
        """
        history = self._number[taken_last(items)]
        history = history[history > 0][-self._longest :]
        if not len(history):
            return np.zeros(len(self._number))
        found = self._session.run(["scores"], {"history": history[None, :]})[0]
        scores = np.full(len(self._number), float(found.min()))
        scores[self._learned] = found
        return scores


def taken_last(items: Indices) -> Indices:
    """Return each product of a history once, where it was taken last."""
    _, back = np.unique(items[::-1], return_index=True)
    return items[np.sort(len(items) - 1 - back)]


def read_attentive(model: bytes) -> Attentive:
    """Return the model in an ONNX file's bytes, as `written` made them; raises ValueError where they are none."""
    try:
        return Attentive(open_session(model), model)
    except (*DAMAGED, KeyError) as error:
        raise ValueError("its sequence model is damaged") from error


def written(weights: Weights, learned: Indices, products: int) -> bytes:
    """Return the ONNX file of trained weights.

    Args:
        weights: Named as `retrieval/train/attentive.py` names them.
        learned: Which product each of them is of, shape (learned,).
        products: How many there are.
    """
    graph = Graph(weights)
    width = weights["norm.weight"].shape[0]
    longest = weights["place.weight"].shape[0]
    length = graph.node("Shape", "length", "history", start=1, end=2)
    x, hidden = _placed(graph, width, longest, length)
    for block in range(sum(name.endswith("queries.weight") for name in weights)):
        x = _block(graph, x, hidden, f"blocks.{block}")
    last = graph.node("Gather", "last", graph.norm(x, "norm", "normed", _EPSILON), graph.integers("newest", -1), axis=1)
    vector = graph.node("Reshape", "vector", last, graph.integers("flat", 1, width))
    every = graph.node("Gemm", "every", vector, "product.weight", transB=1)
    flat = graph.node("Reshape", "flattened", every, graph.integers("line", -1))
    graph.node("Slice", "scores", flat, graph.integers("first", 1), graph.integers("past", 2**62))
    asked = helper.make_tensor_value_info("history", TensorProto.INT64, [1, "length"])
    graph.node("Identity", "learned", graph.constant("indices", learned))
    told = [
        helper.make_tensor_value_info("scores", TensorProto.FLOAT, [len(learned)]),
        helper.make_tensor_value_info("learned", TensorProto.INT64, [len(learned)]),
    ]
    body = helper.make_graph(graph.nodes, "attentive", [asked], told, graph.constants)
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    helper.set_model_props(model, {_LONGEST: str(longest), _SIZE: str(products)})
    return model.SerializeToString()


def _placed(graph: Graph, width: int, longest: int, length: str) -> tuple[str, str]:
    """Return the vectors of products at their places, and what is added to keep a place from seeing later ones."""
    axis, back = graph.integers("axis", 0), graph.node("Neg", "back", length)
    end = graph.integers("end", longest)
    oldest_first = graph.constant("places", graph.weights["place.weight"][::-1])
    places = graph.node("Slice", "mine", oldest_first, back, end, axis)
    words = graph.node("Gather", "words", graph.weight("product.weight"), "history")
    scaled = graph.node("Mul", "scaled", words, graph.constant("root", np.array(width**0.5, np.float32)))
    later = graph.constant("later", np.triu(np.full((longest, longest), -1e9, np.float32), 1))
    rows = graph.node("Slice", "later.rows", later, graph.integers("begin", 0), length, axis)
    square = graph.node("Slice", "later.square", rows, "begin", length, graph.integers("columns", 1))
    return graph.node("Add", "placed", scaled, places), square


def _block(graph: Graph, x: str, hidden: str, at: str) -> str:
    q = graph.norm(x, f"{at}.before", f"{at}.q", _EPSILON)
    keys = graph.node("Transpose", f"{at}.k", graph.linear(x, f"{at}.keys", f"{at}.keyed"), perm=[0, 2, 1])
    looked = graph.node("MatMul", f"{at}.looked", graph.linear(q, f"{at}.queries", f"{at}.asked"), keys)
    scale = graph.constant(f"{at}.scale", np.array(graph.weights[f"{at}.keys.bias"].shape[0] ** -0.5, np.float32))
    masked = graph.node("Add", f"{at}.masked", graph.node("Mul", f"{at}.scaled", looked, scale), hidden)
    weights = graph.node("Softmax", f"{at}.weights", masked, axis=-1)
    mixed = graph.node("MatMul", f"{at}.mixed", weights, graph.linear(x, f"{at}.values", f"{at}.valued"))
    y = graph.norm(graph.node("Add", f"{at}.sum", q, mixed), f"{at}.between", f"{at}.y", _EPSILON)
    inner = graph.node("Relu", f"{at}.inner", graph.linear(y, f"{at}.wide", f"{at}.widened"))
    return graph.node("Add", f"{at}.out", y, graph.linear(inner, f"{at}.narrow", f"{at}.narrowed"))
