"""Which model answers this turn, and why: the configured planner first, the compact planner when it cannot."""

from collections.abc import Sequence
from dataclasses import dataclass

import openai
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable

from policies.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model with the tools already bound."""

    name: str
    model: Runnable[LanguageModelInput, AIMessage]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, who gave it and why that one."""

    message: AIMessage
    model: str
    route: str


class ModelChain:
    """Asks the first model and falls back down the list when an endpoint fails."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        if not candidates:
            raise ValueError("a model chain needs at least one candidate")
        self._candidates = tuple(candidates)

    @property
    def names(self) -> tuple[str, ...]:
        """Names in the order they are asked."""
        return tuple(candidate.name for candidate in self._candidates)

    async def ask(self, messages: Sequence[BaseMessage]) -> Reply:
        """Return the first answer.

        Raises:
            Unavailable: Every model failed.
        """
        failed: list[str] = []
        for candidate in self._candidates:
            try:
                message = await candidate.model.ainvoke(list(messages))
            except openai.APIError as error:
                failed.append(f"{candidate.name}: {type(error).__name__}")
                continue
            reason = f"fallback after {'; '.join(failed)}" if failed else "configured"
            return Reply(message, candidate.name, reason)
        raise Unavailable(f"No model answered ({'; '.join(failed)}).")
