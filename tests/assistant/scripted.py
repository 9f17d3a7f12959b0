"""A planner that says what a test wrote down, and complains when it is asked too often or too little."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

Step = AIMessage | Exception | Callable[[list[BaseMessage]], AIMessage]


class ScriptedPlanner(BaseChatModel):
    """Replies from a list, in order; an exception in the list is raised."""

    steps: list[Any] = Field(default_factory=list)
    seen: list[list[BaseMessage]] = Field(default_factory=list)
    hold: asyncio.Event | None = None

    model_config = {"arbitrary_types_allowed": True}

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.seen.append(list(messages))
        assert self.steps, "the planner was asked once more than the test wrote down"
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        message = step if isinstance(step, AIMessage) else step(messages)
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        if self.hold is not None:
            await self.hold.wait()
        return self._generate(messages)


def calls(*named: tuple[str, dict[str, Any]]) -> AIMessage:
    """Return a message that proposes these calls."""
    return AIMessage(
        "", tool_calls=[{"name": name, "args": args, "id": f"call_{i}"} for i, (name, args) in enumerate(named)]
    )


def script(*steps: Step) -> ScriptedPlanner:
    """Return a planner that takes these steps."""
    return ScriptedPlanner(steps=list(steps))


def texts(messages: Sequence[BaseMessage]) -> list[str]:
    """Return what was said, for comparing."""
    return [m.text for m in messages]
