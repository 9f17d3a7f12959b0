"""Opens the picture encoder that a shop chose: the compact one, its own weights where it has any, or a large model."""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, cast

from policies.errors import SettingsError
from retrieval.vision.compact import DIMENSION, MAPS_FILE, NETWORK_FILE, SHIPPED, open_compact
from retrieval.vision.encoder import PictureEncoder

OWN_EYE = "eye"  # folder beside a home's other models: weights of the compact encoder that are the shop's own

Stamp = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class EyeChoice:
    """Which encoder looks at pictures.

    Args:
        model: A folder or name of a SigLIP or CLIP model; "" for the compact encoder.
        own: Folder with the shop's own weights of the compact encoder; used where it holds some.
    """

    model: str = ""
    own: Path = SHIPPED

    @property
    def has_own(self) -> bool:
        """Whether it is weights of the shop's own."""
        return not self.model and self.own != SHIPPED and (self.own / MAPS_FILE).is_file()

    def stamp(self) -> Stamp:
        """Return what changes with every change of own weights, however it is made. Blocks."""
        return () if self.model else tuple(_stamp(self.own / name) for name in (NETWORK_FILE, MAPS_FILE))


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        told = path.stat()
    except OSError:
        return ()
    return (told.st_ino, told.st_size, told.st_ctime_ns)


class _LargeModels(Protocol):
    def open_large(self, model: str) -> PictureEncoder: ...


def open_eye(choice: EyeChoice) -> PictureEncoder:
    """Open an encoder; a large one takes seconds, see `retrieval/vision/large.py`.

    Raises:
        SettingsError: Its files cannot be used, the `models` extra is missing, or its vectors are longer than the index
            has room for.
    """
    if not choice.model:
        return open_compact(choice.own if choice.has_own else SHIPPED)
    if find_spec("sentence_transformers") is None:
        raise SettingsError("AISLE_PICTURE_ENCODER needs the `models` extra: pip install 'aisle[models]'.")
    eye = cast(_LargeModels, import_module("retrieval.vision.large")).open_large(choice.model)
    if eye.dimension > DIMENSION:
        raise SettingsError(
            f"AISLE_PICTURE_ENCODER {choice.model!r} gives {eye.dimension} numbers a picture; the index has room for "
            f"{DIMENSION}."
        )
    return eye
