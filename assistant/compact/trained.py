"""What training left: the heads and the tagger, in one file that comes with the project."""

from dataclasses import dataclass
from importlib.resources import as_file, files
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from assistant.compact.heads import Weights, weights_of
from assistant.compact.tagger import Tagger, tagger_of
from policies.errors import SettingsError

SHIPPED = "trained.npz"


@dataclass(frozen=True, slots=True)
class Trained:
    """Weights of one training."""

    heads: Weights
    tagger: Tagger

    def to_bytes(self) -> bytes:
        """Return the file; the same weights give the same bytes."""
        out = BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED) as file:
            for name, part in {**self.heads.parts(), **self.tagger.parts()}.items():
                array = BytesIO()
                np.save(array, part, allow_pickle=False)
                # A fixed date: two trainings a day apart must not differ by it.
                file.writestr(ZipInfo(f"{name}.npy"), array.getvalue(), ZIP_DEFLATED)
        return out.getvalue()


def read_trained(path: Path | None = None) -> Trained:
    """Read what training left; None reads what comes with the project.

    Raises:
        SettingsError: The file is missing, damaged or of another version.
    """
    with as_file(files("assistant.compact").joinpath(SHIPPED)) as shipped:
        return _read(path or shipped)


def _read(path: Path) -> Trained:
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as stored:
            parts = cast("dict[str, NDArray[Any]]", {name: stored[name] for name in stored.files})
        return Trained(weights_of(parts), tagger_of(parts))
    except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
        raise SettingsError(f"{path} holds no trained planner ({error}). Make one with: aisle train planner") from error
