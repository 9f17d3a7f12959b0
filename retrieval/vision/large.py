"""Looks at pictures with a large model, SigLIP or CLIP; needs the `models` extra (sentence-transformers, PyTorch).

Nothing imports this module unless one is configured, for the import alone takes seconds and a third of a gigabyte.
"""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors import SafetensorError
from sentence_transformers import SentenceTransformer

from policies.errors import SettingsError
from retrieval.vision.encoder import Asked, Bounds, Rows, Views
from retrieval.vision.posing import opened

_BATCH = 8
_SAMPLED = 64  # numbers of each weight tell models apart; all of a gigabyte would take seconds
_DAMAGED = (OSError, ValueError, RuntimeError, SafetensorError)
# Not measured for any one model: cosines of such models differ, so nothing is called the very thing.
_BOUNDS = Bounds(near=0.7, same=1.01, lead=0.0, agreed=0.5)


class LargeEncoder:
    """A SigLIP or CLIP model on the CPU or on whatever device PyTorch finds; one call at a time."""

    def __init__(self, model: SentenceTransformer, name: str, dimension: int) -> None:
        self._model = model
        self._turn = asyncio.Lock()  # threads inside a call only wait for each other
        self.name = name
        self.dimension = dimension

    async def encode(self, pictures: Sequence[bytes]) -> Rows:
        """See PictureEncoder."""
        if not pictures:
            return np.zeros((0, self.dimension), dtype=np.float32)
        async with self._turn:
            return await asyncio.to_thread(self._encode, pictures)

    def _encode(self, pictures: Sequence[bytes]) -> Rows:
        return _rows(self._model, [opened(picture) for picture in pictures])

    async def encode_query(self, picture: bytes) -> Asked:
        """See PictureEncoder; such a model does not tell shape from colour, so both views are the same."""
        views = Views(await self.encode([picture]), np.ones(1, dtype=np.float32), _BOUNDS)
        return Asked(views, views)


def open_large(model: str) -> LargeEncoder:
    """Open a model.

    Args:
        model: A folder, or a name that sentence-transformers fetches once and keeps; its code is never run.

    Raises:
        SettingsError: There is none of that name, it can't be read, lacks weights or does not take pictures.
    """
    # Layers that its files lack are filled with random numbers, and this is only logged: opened twice, they differ.
    mark = _mark(_loaded(model))
    opened_model = _loaded(model)
    if _mark(opened_model) != mark:
        raise SettingsError(
            f"AISLE_PICTURE_ENCODER {model!r} lacks weights, for it is another model each time it is opened. What its "
            "library says above names the layers; get all of its files, or name another model."
        )
    try:
        tried = _rows(opened_model, [Image.new("RGB", (32, 32))])
    except (TypeError, ValueError, AttributeError, RuntimeError) as problem:
        raise SettingsError(f"AISLE_PICTURE_ENCODER {model!r} does not take pictures: {_first(problem)}") from problem
    return LargeEncoder(opened_model, f"large-{Path(model).name}-{mark}", tried.shape[1])


def _loaded(model: str) -> SentenceTransformer:
    try:
        return SentenceTransformer(model, trust_remote_code=False)
    except _DAMAGED as problem:
        raise SettingsError(f"AISLE_PICTURE_ENCODER {model!r} could not be opened: {_first(problem)}") from problem


def _first(problem: Exception) -> str:
    """Return the first sentence of what the libraries say; what follows are hints for programmers."""
    return str(problem).strip().partition("\n")[0].partition(". ")[0].rstrip(".") + "."


def _mark(model: SentenceTransformer) -> str:
    """Return a mark of the weights: folders of one name may hold other ones, or be given others later."""
    digest = sha256()
    for name, weight in sorted(model.state_dict().items()):
        flat = weight.flatten()
        sampled = flat[:: max(1, len(flat) // _SAMPLED)].float().cpu().numpy()
        digest.update(f"{name} {tuple(weight.shape)}".encode() + sampled.tobytes())
    return digest.hexdigest()[:10]


def _rows(model: SentenceTransformer, pictures: Sequence[Image.Image]) -> Rows:
    rows = model.encode(list(pictures), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(rows, dtype=np.float32)
