"""Reads queries and products together with a cross-encoder; needs the `models` extra (sentence-transformers, PyTorch).

Nothing imports this module unless one is configured, for PyTorch comes with it.
"""

import asyncio
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import CrossEncoder

from policies.errors import SettingsError

_MOST_TOKENS = 256


class CrossEncoderJudge:
    """A cross-encoder on the CPU or on whatever device PyTorch finds; one query at a time."""

    def __init__(self, model: CrossEncoder) -> None:
        self._model = model
        self._turn = asyncio.Lock()  # threads inside a call only wait for each other

    async def judge(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """See Judge."""
        if not texts:
            return np.zeros(0, dtype=np.float32)
        async with self._turn:
            scores = await asyncio.to_thread(
                self._model.predict, [(query, text) for text in texts], show_progress_bar=False
            )
        return np.asarray(scores, dtype=np.float32)


def open_judge(model: str) -> CrossEncoderJudge:
    """Open a cross-encoder.

    Args:
        model: A folder, or a name that sentence-transformers fetches once and keeps; its code is never run.

    Raises:
        SettingsError: There is none of that name, it can't be read, or it gives more than one score a pair.
    """
    try:
        opened = CrossEncoder(model, max_length=_MOST_TOKENS, trust_remote_code=False)
    except (OSError, ValueError) as problem:
        raise SettingsError(f"AISLE_CROSS_ENCODER {model!r} could not be opened: {problem}") from problem
    if opened.num_labels != 1:
        raise SettingsError(f"AISLE_CROSS_ENCODER {model!r} gives {opened.num_labels} scores a pair; choose a ranker.")
    return CrossEncoderJudge(opened)
