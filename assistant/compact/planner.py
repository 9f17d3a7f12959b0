"""The compact planner as a chat model: no LLM, no weights but the text encoder, no state between calls."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, ToolCall
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import ConfigDict, PrivateAttr

from assistant.compact.decide import Decision, decide
from assistant.compact.folding import fold
from assistant.compact.heads import Encoder
from assistant.compact.meaning import Understanding
from assistant.compact.opinion import Heads
from assistant.compact.outcomes import Outcome, read_outcome
from assistant.compact.picturing import gathered
from assistant.compact.scripts import Desk
from assistant.compact.terms import Terms
from assistant.compact.trained import Trained, read_trained
from assistant.compact.understand import understand
from assistant.notes import notes_of
from retrieval.query import Vocabulary

UNDERSTOOD = "understood"
"""Where an answer carries what was understood: intents, confidence, the threshold to keep a turn, wishes in words."""


class CompactPlanner(BaseChatModel):
    """Understands one message, decides the next tool calls, and phrases the answer from their results.

    Args:
        encoder: The catalogue's text encoder; its vectors are what the trained heads read.
        vocabulary: Returns the catalogue's words; asked at every call, so that an import is seen at once.
        currency: ISO 4217 code in which prices are meant.
        trained: What training left; None is what comes with the project.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    encoder: Any
    vocabulary: Callable[[], Awaitable[Vocabulary]]
    currency: str = "USD"
    trained: Trained | None = None

    _terms: Terms | None = PrivateAttr(default=None)
    _heads: Heads | None = PrivateAttr(default=None)
    # Tool messages never change, and every call of a long conversation brings all of them again.
    _read: Callable[[str], Outcome] = PrivateAttr(default_factory=lambda: lru_cache(maxsize=1024)(read_outcome))

    @property
    def _llm_type(self) -> str:
        return "aisle-compact"

    async def warm(self) -> None:
        """Read the heads and the vocabulary, so that the first shopper does not wait."""
        self._weighing()
        await self._words()

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Return this planner: it knows the shop's tools and reads no schemas."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return asyncio.run(self._agenerate(messages))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        folded = fold(messages, self._read)
        terms = await self._words()
        dialogue = folded.dialogue
        desk = Desk(dialogue, terms, self.currency, {str(note["key"]): note for note in notes_of(messages)})
        understood = await understand(dialogue.text, dialogue, terms, self._weighing(), self.currency)
        decision = decide(gathered(understood, dialogue, terms, self.currency), folded, desk)
        message = _message(decision, folded.calls)
        message.response_metadata[UNDERSTOOD] = self._told(understood)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _told(self, understood: Understanding) -> dict[str, Any]:
        """Return what decides whether this planner keeps the turn."""
        return {
            "intents": list(understood.intents),
            "confidence": understood.confidence,
            "threshold": self._weighing().weights.threshold,
            "soft": max((len(c.slots.soft) + len(c.slots.not_soft) for c in understood.clauses), default=0),
        }

    def _weighing(self) -> Heads:
        if self._heads is None:
            encoder: Encoder = self.encoder
            self._heads = Heads(encoder, (self.trained or read_trained()).heads)
        return self._heads

    async def _words(self) -> Terms:
        vocabulary = await self.vocabulary()
        known = self._terms.vocabulary if self._terms else None
        same = known is vocabulary or (
            known is not None and bool(known.version) and known.version == vocabulary.version
        )
        if self._terms is None or not same:
            self._terms = Terms(vocabulary)
        return self._terms


def _message(decision: Decision, made: int) -> AIMessage:
    calls = [
        ToolCall(name=call.name, args=call.args, id=f"call_{made + at}", type="tool_call")
        for at, call in enumerate(decision.calls, start=1)
    ]
    usage = UsageMetadata(input_tokens=0, output_tokens=0, total_tokens=0)
    return AIMessage(content=decision.text, tool_calls=calls, usage_metadata=usage)
