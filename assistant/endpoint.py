"""Plans on an OpenAI-compatible endpoint: streamed, within a deadline, checked, and repaired once."""

# pyright: reportUnknownMemberType=false
# LangChain's messages and bind_tools are partly untyped.

import asyncio
import json
import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Protocol

import httpx2
import openai
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, InvalidToolCall, ToolCall
from langchain_core.runnables import RunnableConfig
from langchain_openai import ChatOpenAI

from assistant.proposed import Fault, canonical, fault_of, raw_call
from assistant.screen import RawCall
from assistant.window import Brief, Window, brief_of
from tools.registry import Schema

# What langchain-openai and openai raise on answers that are no chat completion: wrong JSON, wrong shape, nothing.
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)
_TRY_AGAIN = frozenset({429, 500, 502, 503, 504})
_LONGEST_WAIT_S = 2.0  # that an endpoint may ask for; the compact planner answers sooner than more would
_FIRST_WAIT_S = 0.1
_MOST_CHARS_PER_TOKEN = 12


class EndpointFailed(Exception):
    """The endpoint gave no usable answer; the text says why in a word or two."""


class Prompt(Protocol):
    """Writes the messages of a request."""

    async def __call__(self, messages: Sequence[BaseMessage], brief: Brief) -> list[BaseMessage]:
        """Return the system text and the conversation as the endpoint reads them."""
        ...


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long an answer may take and get.

    Args:
        timeout_s: All tries of one step together, seconds.
        max_tokens: Of one answer.
    """

    timeout_s: float
    max_tokens: int


class EndpointPlanner:
    """One endpoint as a planner. Words go to the brief's window as they come; nothing is kept between calls.

    Args:
        model: The client; retries nothing itself.
        tools: Schemas in the order of the prompt.
        prompt: Writes the messages.
        bounds: Of one step.
    """

    def __init__(self, model: ChatOpenAI, tools: Sequence[Schema], prompt: Prompt, bounds: Bounds) -> None:
        self._model = model
        self._tools = list(tools)
        self._prompt = prompt
        self._bounds = bounds

    async def ainvoke(self, input: Sequence[BaseMessage], config: RunnableConfig | None = None) -> AIMessage:
        """Return the endpoint's next message; its words were heard by the brief's window.

        Raises:
            EndpointFailed: No answer, none in time, or none that can be used, after one repair.
        """
        brief = brief_of(config)
        try:
            async with asyncio.timeout(self._bounds.timeout_s):
                return await self._planned(await self._prompt(input, brief), brief)
        except TimeoutError as error:
            raise EndpointFailed("timeout") from error
        finally:
            # Cut off, or given up: what was not finished is not said.
            if not brief.window.closed:
                brief.window.restart()

    async def _planned(self, prompt: list[BaseMessage], brief: Brief) -> AIMessage:
        reply = await self._checked(prompt, brief, "auto")
        if isinstance(reply, Fault):
            brief.window.restart()
            reply = await self._checked([*prompt, *reply.correction], brief, reply.tool_choice)
        if isinstance(reply, Fault):
            raise EndpointFailed(reply.problem)
        return reply

    async def _checked(
        self, prompt: list[BaseMessage], brief: Brief, choice: str | dict[str, Any]
    ) -> AIMessage | Fault:
        try:
            message = await self._answered(prompt, brief.window, choice)
        except RawCall as call:
            return raw_call(str(call))
        fault = fault_of(message, brief.shown)
        if fault is not None:
            return fault
        if not message.tool_calls and not brief.window.heard:
            raise EndpointFailed("empty answer")
        return AIMessage(
            message.text,
            tool_calls=[canonical(call) for call in message.tool_calls],
            id=message.id,
            usage_metadata=message.usage_metadata,
        )

    async def _answered(self, prompt: list[BaseMessage], window: Window, choice: str | dict[str, Any]) -> AIMessage:
        """Return the endpoint's answer; a request that failed before its first word is sent once more."""
        try:
            return await self._streamed(prompt, window, choice)
        except openai.APIError as error:
            wait_s = _wait_s(error)
            if wait_s is None or window.heard:
                raise EndpointFailed(_reason(error)) from error
            await asyncio.sleep(wait_s)
        try:
            return await self._streamed(prompt, window, choice)
        except openai.APIError as error:
            raise EndpointFailed(_reason(error)) from error

    async def _streamed(self, prompt: list[BaseMessage], window: Window, choice: str | dict[str, Any]) -> AIMessage:
        """Return one request's answer, heard by the window while it came."""
        whole: AIMessageChunk | None = None
        room = self._bounds.max_tokens * _MOST_CHARS_PER_TOKEN
        # Closing the stream ends the request, so that an endpoint stops writing what nobody reads.
        async with aclosing(self._chunks(prompt, choice)) as chunks:
            async for chunk in chunks:
                whole = chunk if whole is None else whole + chunk
                window.hear(chunk.text)
                room -= max(1, len(chunk.text) + sum(len(call["args"] or "") for call in chunk.tool_call_chunks))
                if room < 0:
                    return _cut_short(window)
        if whole is None or not whole.response_metadata.get("finish_reason"):
            raise EndpointFailed("truncated stream" if whole is not None else "no answer")
        if whole.response_metadata["finish_reason"] == "length" and not whole.tool_call_chunks:
            return _cut_short(window)
        window.close()
        return _read(whole)

    async def _chunks(self, prompt: list[BaseMessage], choice: str | dict[str, Any]) -> AsyncGenerator[AIMessageChunk]:
        bound = self._model.bind_tools(self._tools, tool_choice=choice, parallel_tool_calls=False)
        try:
            async for chunk in bound.astream(prompt):
                assert isinstance(chunk, AIMessageChunk)  # Streams of chat models are made of them.
                yield chunk
        except httpx2.HTTPError as error:
            raise EndpointFailed(f"broken stream ({type(error).__name__})") from error
        except _UNREADABLE as error:
            raise EndpointFailed(f"unreadable answer ({type(error).__name__})") from error


def _read(whole: AIMessageChunk) -> AIMessage:
    """Return a streamed message with its calls parsed: LangChain would complete arguments that were cut off."""
    calls: list[ToolCall] = []
    broken: list[InvalidToolCall] = []
    for part in whole.tool_call_chunks:
        name, text, call_id = part["name"] or "", part["args"] or "", part["id"]
        try:
            calls.append(ToolCall(name=name, args=json.loads(text or "{}", strict=False), id=call_id, type="tool_call"))
        except ValueError as error:
            broken.append(InvalidToolCall(name=name, args=text, id=call_id, error=str(error), type="invalid_tool_call"))
    return AIMessage(
        whole.text, tool_calls=calls, invalid_tool_calls=broken, id=whole.id, usage_metadata=whole.usage_metadata
    )


def _cut_short(window: Window) -> AIMessage:
    """Return what was said of an answer that does not end; without a whole sentence there is none."""
    window.restart()
    if not window.said:
        raise EndpointFailed("endless answer")
    window.settle()
    return AIMessage(window.said)


def _wait_s(error: openai.APIError) -> float | None:
    """Return how long to wait before asking again, None when asking again can't help in time."""
    if isinstance(error, openai.APITimeoutError):
        return None
    if isinstance(error, openai.APIStatusError):
        if error.status_code not in _TRY_AGAIN:
            return None
        asked = error.response.headers.get("retry-after")
        if asked is not None:
            wait_s = float(asked) if asked.replace(".", "", 1).isdigit() else _LONGEST_WAIT_S + 1
            return wait_s if wait_s <= _LONGEST_WAIT_S else None
    # Jitter, so that the conversations that an endpoint's restart cut off do not come back all at once.
    return _FIRST_WAIT_S * (1 + 2 * random.random())


def _reason(error: openai.APIError) -> str:
    if isinstance(error, openai.APIStatusError):
        return f"HTTP {error.status_code}"
    return type(error).__name__
