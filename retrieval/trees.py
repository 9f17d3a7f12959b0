"""Ranks with trees that were trained on a shop's judgments and lie in its home as one ONNX file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.errors import SettingsError
from retrieval.onnx import DAMAGED, Session, open_session
from retrieval.ranker import FEATURES, Features, RankerNote

FILE = "ranker.onnx"
PROVENANCE = "provenance"


@dataclass(frozen=True, slots=True)
class Make:
    """What a ranker is trained on and by which command."""

    features: Sequence[str]
    command: str


OF_SEARCH = Make(FEATURES, "aisle train ranker")


class TreesRanker:
    """Gradient-boosted trees; ONNX Runtime, which the text encoder needs anyway, adds them up.

    `file` is the ONNX file they were read from.
    """

    def __init__(self, session: Session, provenance: dict[str, Any], file: bytes) -> None:
        self.file = file
        self._session = session
        self.note = RankerNote("trees", json.dumps(provenance))

    def score(self, features: Features) -> NDArray[np.float32]:
        """See Ranker. Scores are brought to [0, 1], for other code compares them with the first."""
        if not len(features):
            return np.zeros(0, dtype=np.float32)
        raw = self._session.run(["score"], {"features": features})[0][:, 0]
        spread = float(raw.max() - raw.min())
        return ((raw - raw.min()) / spread if spread else np.ones_like(raw)).astype(np.float32)


def open_ranker(folder: Path) -> TreesRanker | None:
    """Return the ranker trained for this home, or None where none was.

    Raises:
        SettingsError: The file is damaged, or was trained on other features than this version computes.
    """
    path = folder / FILE
    return read_ranker(path.read_bytes(), path) if path.is_file() else None


def read_ranker(model: bytes, path: Path, make: Make = OF_SEARCH) -> TreesRanker:
    """Return the ranker in a file's bytes.

    Raises:
        SettingsError: See open_ranker.
    """
    try:
        session = open_session(model)
        provenance: dict[str, Any] = json.loads(session.get_modelmeta().custom_metadata_map[PROVENANCE])
    except (*DAMAGED, KeyError, ValueError):
        raise SettingsError(f"{path} is no ranker. Remove it, or train one with: {make.command}") from None
    if provenance.get("features") != list(make.features):
        raise SettingsError(
            f"{path} was trained by another version of Aisle. Remove it, or train one with: {make.command}"
        )
    return TreesRanker(session, provenance, model)
