"""What a picture encoder must do for us, whatever it is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What cosines of one kind of comparison mean.

    Args:
        near: From here two pictures look alike.
        same: From here they may show the same thing.
        lead: And do, where the next product comes this much behind.
        agreed: What is added where all keypoints agree.
    """

    near: float
    same: float
    lead: float
    agreed: float


@dataclass(frozen=True, slots=True)
class Views:
    """One picture as it may be meant, e.g. held askew or lit otherwise; the nearest of all rows counts.

    Args:
        rows: (n, size) unit rows.
        worth: (n,) factors for each row's cosines, so that the same picture again comes to about 1.
        bounds: What those cosines then mean.
    """

    rows: Rows
    worth: Rows
    bounds: Bounds

    def likeness(self, shop: Rows) -> Rows:
        """Return how like (n, size) rows of `encode` are, (n,)."""
        return (self.rows @ shop.T * self.worth[:, None]).max(axis=0)


@dataclass(frozen=True, slots=True)
class Asked:
    """A picture to look for: by all its looks, and by shape alone for "like this but in green"."""

    looks: Views
    shapes: Views


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen in a product's pictures.

    Args:
        rows: (n, size) of `encode`.
        prints: Their n fingerprints.
        points: Their n packed keypoints.
    """

    rows: Rows
    prints: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


def widened(rows: Rows, size: int) -> Rows:
    """Return (n, size) rows with zeros behind their numbers, which change no cosine: an index has rows of one size."""
    return np.pad(rows, ((0, 0), (0, size - rows.shape[1])))


class PictureEncoder(Protocol):
    """Pictures to unit vectors, so that a dot product is a cosine.

    `name` changes whenever the vectors would.
    """

    @property
    def name(self) -> str:
        """Which encoder made a vector; vectors of different names are never compared."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        ...

    async def encode(self, pictures: Sequence[bytes]) -> Rows:
        """Return (len(pictures), dimension) unit rows. Pictures are our own drawings or cleaned ones."""
        ...

    async def encode_query(self, picture: bytes) -> Asked:
        """Return how to look for one picture among the rows of `encode`."""
        ...
