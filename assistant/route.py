"""Which model answers this turn, and why: the configured planner first, the compact planner when it cannot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import openai
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import RunnableConfig

from assistant.endpoint import EndpointFailed
from policies.errors import Unavailable


class Planner(Protocol):
    """A chat model, or an endpoint that speaks while it answers: `assistant.window.Brief` is in the configuration."""

    async def ainvoke(self, input: list[BaseMessage], config: RunnableConfig | None = None) -> AIMessage:
        """Return the next message."""
        ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model with the tools already bound."""

    name: str
    model: Planner


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

    async def ask(
        self, messages: Sequence[BaseMessage], config: RunnableConfig | None = None, since: str = ""
    ) -> Reply:
        """Return the first answer.

        Args:
            messages: The conversation.
            config: Carries the step's brief.
            since: Who answered this turn's step before; those ahead of it failed and are not waited for again.

        Raises:
            Unavailable: Every model failed.
        """
        failed: list[str] = []
        first = self.names.index(since) if since in self.names else 0
        for candidate in self._candidates[first:]:
            try:
                message = await candidate.model.ainvoke(list(messages), config)
            except EndpointFailed as error:
                failed.append(f"{candidate.name}: {error}")
                continue
            except openai.APIError as error:
                failed.append(f"{candidate.name}: {type(error).__name__}")
                continue
            reason = f"fallback after {'; '.join(failed)}" if failed else "configured"
            return Reply(message, candidate.name, reason)
        raise Unavailable(f"No model answered ({'; '.join(failed)}).")
