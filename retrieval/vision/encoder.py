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
    """

    near: float
    same: float
    lead: float


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

    @property
    def looks(self) -> Bounds:
        """What the cosine of a picture and a product's picture means."""
        ...

    @property
    def shapes(self) -> Bounds:
        """The same for rows `without_colour`."""
        ...

    async def encode(self, pictures: Sequence[bytes]) -> Rows:
        """Return (len(pictures), dimension) unit rows. Pictures are our own drawings or cleaned ones."""
        ...

    async def encode_query(self, picture: bytes) -> Rows:
        """Return (n, dimension) unit rows of one picture as it may be meant, e.g. held askew; the nearest counts."""
        ...

    def without_colour(self, rows: Rows) -> Rows:
        """Return unit rows that compare by shape alone, for "like this but in green"."""
        ...
