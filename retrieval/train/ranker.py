"""Trains LambdaMART trees with LightGBM and writes them as ONNX, so that search needs no LightGBM."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import lightgbm
import numpy as np
import onnx
from onnx import helper

from retrieval.ranker import FEATURES, Example
from retrieval.trees import PROVENANCE

_GRADE_STEPS = 20  # labels are whole numbers to LightGBM; grades may have decimals
_MOST_GRADE = 5
# Few leaves and large ones: judgments are few, and trees that learn them by heart rank worse than fixed weights.
_PARAMETERS: Mapping[str, object] = {
    "objective": "lambdarank",
    "lambdarank_truncation_level": 20,
    "learning_rate": 0.08,
    "num_leaves": 8,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.8,
    "lambda_l2": 5.0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


def fit(examples: Sequence[Example], rounds: int, seed: int, provenance: str, features: Sequence[str]) -> bytes:
    """Return trees as an ONNX model's bytes, with where they come from (JSON) in its metadata.

    Args:
        examples: One a query.
        rounds: How many trees.
        seed: The same seed and examples give the same trees.
        provenance: JSON text.
        features: Names of what is seen, in their order.
    """
    labels = np.concatenate([np.round(one.grades * _GRADE_STEPS) for one in examples]).astype(np.int32)
    rows = lightgbm.Dataset(
        np.concatenate([one.features for one in examples]),
        labels,
        group=[len(one.grades) for one in examples],
        weight=np.concatenate([np.full(len(one.grades), one.weight) for one in examples]),
        feature_name=list(features),
        params={"verbosity": -1},
    )
    gains = [2 ** (step / _GRADE_STEPS) - 1 for step in range(_MOST_GRADE * _GRADE_STEPS + 1)]
    booster = lightgbm.train(  # pyright: ignore[reportUnknownMemberType] -- its callbacks are untyped
        {**_PARAMETERS, "label_gain": gains, "seed": seed}, rows, rounds
    )
    return exported(booster.dump_model(), provenance, len(features))


def exported(dump: Mapping[str, Any], provenance: str, width: int = len(FEATURES)) -> bytes:
    """Return LightGBM's own description of its trees as an ONNX model: features (n, width) in, score (n, 1) out."""
    trees = _Trees()
    for tree in dump["tree_info"]:
        trees.add(tree["tree_index"], tree["tree_structure"])
    node = helper.make_node("TreeEnsembleRegressor", ["features"], ["score"], domain="ai.onnx.ml")
    settings = {"n_targets": 1, "post_transform": "NONE", "aggregate_function": "SUM"}
    node.attribute.extend(helper.make_attribute(name, value) for name, value in (settings | trees.attributes).items())
    shape = [None, width]
    given = helper.make_tensor_value_info("features", onnx.TensorProto.FLOAT, shape)
    answer = helper.make_tensor_value_info("score", onnx.TensorProto.FLOAT, [None, 1])
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(
        helper.make_graph([node], "ranker", [given], [answer]), opset_imports=opsets, ir_version=10
    )
    helper.set_model_props(model, {PROVENANCE: provenance})
    return model.SerializeToString()


@dataclass(slots=True)
class _Trees:
    """Nodes and leaves as ONNX lists them, one row each."""

    attributes: dict[str, list[Any]] = field(
        default_factory=lambda: {
            name: list[Any]()
            for name in (
                "nodes_treeids",
                "nodes_nodeids",
                "nodes_featureids",
                "nodes_values",
                "nodes_modes",
                "nodes_truenodeids",
                "nodes_falsenodeids",
                "nodes_missing_value_tracks_true",
                "target_treeids",
                "target_nodeids",
                "target_ids",
                "target_weights",
            )
        }
    )

    def add(self, tree: int, root: Mapping[str, Any]) -> None:
        """Add one tree, its nodes numbered in the order they are met."""
        numbers = {id(node): number for number, node in enumerate(_nodes(root))}
        for node in _nodes(root):
            number = numbers[id(node)]
            if "leaf_value" in node:
                self._node(tree, number, "LEAF", 0, 0.0, (0, 0))
                self._put("target", treeids=tree, nodeids=number, ids=0, weights=float(node["leaf_value"]))
            else:
                sides = numbers[id(node["left_child"])], numbers[id(node["right_child"])]
                at = _single(float(node["threshold"]))
                self._node(tree, number, "BRANCH_LEQ", int(node["split_feature"]), at, sides)

    def _node(self, tree: int, number: int, mode: str, feature: int, at: float, sides: tuple[int, int]) -> None:
        self._put(
            "nodes",
            treeids=tree,
            nodeids=number,
            modes=mode,
            featureids=feature,
            values=at,
            truenodeids=sides[0],
            falsenodeids=sides[1],
            missing_value_tracks_true=0,
        )

    def _put(self, kind: str, **values: object) -> None:
        for name, value in values.items():
            self.attributes[f"{kind}_{name}"].append(value)


def _single(threshold: float) -> float:
    """Return the largest 32-bit number not above a threshold, so that 32-bit features fall to the same side of it."""
    near = np.float32(threshold)
    return float(near if float(near) <= threshold else np.nextafter(near, np.float32(-np.inf)))


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for side in ("left_child", "right_child"):
        if side in node:
            yield from _nodes(node[side])
