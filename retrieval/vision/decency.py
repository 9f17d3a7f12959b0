"""Tells pictures that are probably indecent, with Yahoo's Open NSFW network; docs/models/decency.md has its figures."""

import asyncio
import io
from pathlib import Path

import numpy as np
from PIL import Image

from policies.errors import Refused, SettingsError
from retrieval.onnx import DAMAGED, Session, open_session

WEIGHTS = Path(__file__).parent / "weights" / "decency.onnx"
PROBABLE = 0.8  # its authors' bound: above it a picture is probably indecent, below 0.2 hardly ever
_SQUASHED, _SEEN = 256, 224  # pixels along each side
_MEAN = np.array([104, 117, 123], dtype=np.float32)  # of blue, green and red in the pictures it learnt from


class Decency:
    """Scores pictures; any number may be scored at once.

    Args:
        network: Of two classes, of which the second is indecent.
        above: Scores from which a shopper's picture is not taken.
    """

    def __init__(self, network: Session, above: float = PROBABLE) -> None:
        self._network = network
        self._above = above

    async def check(self, jpeg: bytes) -> None:
        """Refuse a shopper's picture that is probably indecent, in words that accuse nobody.

        Raises:
            Refused: unsuitable_picture.
        """
        if await self.indecent(jpeg) > self._above:
            raise Refused(
                "unsuitable_picture",
                "I can't use that picture. Send another one, or tell me in words what you are looking for.",
            )

    async def indecent(self, jpeg: bytes) -> float:
        """Return how probably a clean photograph is pornographic, 0 to 1; it knows nothing of violence."""
        return await asyncio.to_thread(self._indecent, jpeg)

    def _indecent(self, jpeg: bytes) -> float:
        with Image.open(io.BytesIO(jpeg)) as picture:
            picture.draft("RGB", (_SQUASHED, _SQUASHED))
            squashed = picture.convert("RGB").resize((_SQUASHED, _SQUASHED), Image.Resampling.BILINEAR)
        # The network learnt from pictures that were made small and compressed in this way.
        out = io.BytesIO()
        squashed.save(out, "JPEG")
        edge = (_SQUASHED - _SEEN) // 2
        with Image.open(out) as compressed:
            pixels = np.asarray(compressed.crop((edge, edge, edge + _SEEN, edge + _SEEN)), dtype=np.float32)
        (scores,) = self._network.run(["outputs"], {"input:0": (pixels[..., ::-1] - _MEAN)[None]})
        return float(scores[0, 1])


def open_decency(above: float = PROBABLE, weights: Path = WEIGHTS) -> Decency:
    """Open the network; `above` as in `Decency`.

    Raises:
        SettingsError: Its file is damaged or missing.
    """
    try:
        return Decency(open_session(weights.read_bytes()), above)
    except (*DAMAGED, OSError) as problem:
        raise SettingsError(
            f"{weights} cannot be read: {problem}. Install Aisle again, or set AISLE_INDECENT_ABOVE=1 to screen none."
        ) from problem
