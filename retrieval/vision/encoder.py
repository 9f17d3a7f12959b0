"""What a picture encoder must do for us, whatever it is made of."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]


class PictureEncoder(Protocol):
    """Pictures to unit vectors, so that a dot product is a cosine.

    `name` changes whenever the vectors would; `near` is the cosine from which two pictures look alike.
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
    def near(self) -> float:
        """Cosine from which a shopper would call two pictures alike, in (0, 1)."""
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
