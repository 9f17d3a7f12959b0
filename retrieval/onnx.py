"""Opens ONNX models on ONNX Runtime: one thread a call, on the processor."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import onnxruntime  # pyright: ignore[reportMissingTypeStubs] -- ships none; the protocols type what we call
from numpy.typing import NDArray
from onnxruntime.capi.onnxruntime_pybind11_state import (  # pyright: ignore[reportMissingTypeStubs]
    Fail,  # pyright: ignore[reportUnknownVariableType]
    InvalidArgument,  # pyright: ignore[reportUnknownVariableType]
    InvalidGraph,  # pyright: ignore[reportUnknownVariableType]
    InvalidProtobuf,  # pyright: ignore[reportUnknownVariableType]
)

# What opening a damaged file raises.
DAMAGED = cast(tuple[type[Exception], ...], (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf))


class Meta(Protocol):
    """What a model's file says of itself."""

    custom_metadata_map: dict[str, str]


class Session(Protocol):
    """An opened model; any number of threads may run it at once."""

    def run(self, output_names: list[str], input_feed: Mapping[str, NDArray[Any]]) -> list[NDArray[np.float32]]:
        """Compute the named outputs."""
        ...

    def get_modelmeta(self) -> Meta:
        """Return what the file says of itself."""
        ...


class _Options(Protocol):
    intra_op_num_threads: int
    inter_op_num_threads: int


def open_session(model: bytes | Path) -> Session:
    """Open a model's file, or its bytes; raises one of `DAMAGED` where it is none."""
    options = cast(_Options, onnxruntime.SessionOptions())  # pyright: ignore[reportUnknownMemberType]
    # One thread per call: on a few busy cores, threads inside a call only wait for each other.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    source = model if isinstance(model, bytes) else str(model)
    return cast(Session, onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"]))
