"""Counts what every request of a step used, the ones that were repaired or thrown away among them."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.messages import AIMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, LLMResult

_SEEN: ContextVar[list[UsageMetadata] | None] = ContextVar("seen", default=None)


class CountUsage(AsyncCallbackHandler):
    """Given to every client: notes what its requests used for whoever counts around the call."""

    async def on_llm_end(self, response: LLMResult, **_: Any) -> None:
        """Take note of one answer."""
        seen = _SEEN.get()
        if seen is None:
            return
        for generation in (each for several in response.generations for each in several):
            if isinstance(generation, ChatGeneration) and isinstance(generation.message, AIMessage):
                used = generation.message.usage_metadata
                seen += [used] if used is not None else []


@contextmanager
def counted() -> Generator[list[UsageMetadata]]:
    """Collect what requests inside the block use."""
    seen: list[UsageMetadata] = []
    token = _SEEN.set(seen)
    try:
        yield seen
    finally:
        _SEEN.reset(token)
