"""Ranks with trees that were trained on a shop's judgments and lie in its home as one ONNX file."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.errors import SettingsError
from retrieval.onnx import DAMAGED, Session, open_session
from retrieval.ranker import FEATURES, Features, RankerNote

FILE = "ranker.onnx"
PROVENANCE = "provenance"


class TreesRanker:
    """Gradient-boosted trees; ONNX Runtime, which the text encoder needs anyway, adds them up."""

    def __init__(self, session: Session, provenance: dict[str, Any]) -> None:
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


def read_ranker(model: bytes, path: Path) -> TreesRanker:
    """Return the ranker in a file's bytes.

    Raises:
        SettingsError: See open_ranker.
    """
    try:
        session = open_session(model)
        provenance: dict[str, Any] = json.loads(session.get_modelmeta().custom_metadata_map[PROVENANCE])
    except (*DAMAGED, KeyError, ValueError):
        raise SettingsError(f"{path} is no ranker. Remove it, or train one with: aisle train ranker") from None
    if provenance.get("features") != list(FEATURES):
        raise SettingsError(
            f"{path} was trained by another version of Aisle. Remove it, or train one with: aisle train ranker"
        )
    return TreesRanker(session, provenance)
