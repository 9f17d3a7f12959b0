"""Tells the kind of thing in a picture by words alone, without an example: which caption it lies nearest to."""

from collections.abc import Sequence

import numpy as np

from retrieval.encode import TextEncoder
from retrieval.vision.encoder import Rows

_WARMTH = 0.07  # of the softmax, as in training


async def captions(kinds: Sequence[str], words: TextEncoder) -> Rows:
    """Return (len(kinds), 384) unit rows of what is said of a picture of each kind."""
    return await words.encode([f"a photo of a {kind}" for kind in kinds])


def shares(pictures: Rows, kinds: Rows) -> Rows:
    """Return how likely each picture shows each kind, (n, k), rows summing to 1; too sure where kinds were not learnt.

    Args:
        pictures: (n, 384) rows of `CompactEncoder.words`.
        kinds: (k, 384) rows of `captions`.
    """
    likeness = pictures @ kinds.T / _WARMTH
    raised = np.exp(likeness - likeness.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
