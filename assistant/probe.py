"""Asks a configured endpoint for everything Aisle needs of one, and says what is missing."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import openai
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletion

from assistant.registry import ModelSpec

# What failures of an endpoint look like, whether it answers nothing, an error, or something else than it should.
_FAILED = (openai.OpenAIError, httpx2.HTTPError, ValueError, TypeError, LookupError, AttributeError)
_TOOL: Any = {
    "type": "function",
    "function": {
        "name": "search_products",
        "description": "Searches the shop.",
        "parameters": {
            "type": "object",
            "properties": {"query": {"type": "string"}},
            "required": ["query"],
            "additionalProperties": False,
        },
        "strict": True,
    },
}
_SCHEMA: Any = {
    "type": "json_schema",
    "json_schema": {
        "name": "colour",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"colour": {"type": "string", "enum": ["red", "blue"]}},
            "required": ["colour"],
            "additionalProperties": False,
        },
    },
}
# A red square; PNG.
_RED = (
    "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAKklEQVR42mO4oKBAU8QwasGoBaMWjFowasGoBaMWjFowasGoBaMWDBULAE7YQD"
    "2B7wk2AAAAAElFTkSuQmCC"
)
# Long enough that every prefix cache has a whole block of it.
_LONG = "The shop sells furniture, lamps, rugs and clothes. " * 60


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing an endpoint was asked for: whether it did it, and what was seen or what to change."""

    what: str
    ok: bool
    seen: str


class _Probe:
    def __init__(self, client: AsyncOpenAI, spec: ModelSpec) -> None:
        self._client = client
        self._spec = spec

    async def _ask(self, content: Any, **more: Any) -> ChatCompletion:
        messages: Any = [{"role": "user", "content": content}]
        asked: dict[str, Any] = {"model": self._spec.model, "messages": messages, "max_tokens": 64, "temperature": 0}
        completions: Any = self._client.chat.completions
        answer: ChatCompletion = await completions.create(**asked, **more)
        return answer

    async def text(self) -> str:
        """Words come back, and no raw call among them."""
        said = (await self._ask("Say hello in one word.")).choices[0].message.content or ""
        if not said.strip():
            raise ValueError("no words came back; switch reasoning off, or allow more tokens")
        return said.strip()[:40]

    async def tool_call(self) -> str:
        """A tool is called with its arguments as JSON."""
        answer = await self._ask("Find me a walnut desk. Use the tool.", tools=[_TOOL], parallel_tool_calls=False)
        calls = answer.choices[0].message.tool_calls or []
        if not calls:
            parser = self._spec.tool_parser or "the model's parser"
            raise ValueError(f"no call came back; serve it with --enable-auto-tool-choice --tool-call-parser {parser}")
        call: Any = calls[0]
        return str(json.loads(call.function.arguments)["query"])[:40]

    async def picture(self) -> str:
        """A picture is looked at."""
        image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{_RED}"}}
        answer = await self._ask([{"type": "text", "text": "Which colour is this? One word."}, image])
        return (answer.choices[0].message.content or "").strip()[:40]

    async def streaming(self) -> str:
        """Words come in pieces, and usage after them."""
        stream = await self._client.chat.completions.create(
            model=self._spec.model,
            messages=[{"role": "user", "content": "Count to five."}],
            max_tokens=64,
            stream=True,
            stream_options={"include_usage": True},
        )
        pieces, used = 0, False
        async for chunk in stream:
            pieces += bool(chunk.choices and chunk.choices[0].delta.content)
            used = used or chunk.usage is not None
        if not pieces or not used:
            raise ValueError("no words" if not pieces else "no usage at the end: every call is charged at its most")
        return f"{int(pieces)} pieces"

    async def structured_output(self) -> str:
        """An answer keeps to a JSON schema."""
        answer = await self._ask("Which colour is the sky?", response_format=_SCHEMA)
        return str(json.loads(answer.choices[0].message.content or "", strict=False)["colour"])

    async def usage(self) -> str:
        """Tokens are told."""
        used = (await self._ask("hi")).usage
        if used is None or not used.prompt_tokens:
            raise ValueError("none is told: every call is charged at its most")
        return f"{used.prompt_tokens} in, {used.completion_tokens} out"

    async def cached_tokens(self) -> str:
        """The tokens of a prefix sent before are told as cached."""
        await self._ask(_LONG)
        used = (await self._ask(f"{_LONG} Again.")).usage
        details = used.prompt_tokens_details if used else None
        if details is None or details.cached_tokens is None:
            raise ValueError("not told; serve it with --enable-prompt-tokens-details")
        return f"{details.cached_tokens} of {used.prompt_tokens if used else 0}"


async def probe(spec: ModelSpec, http: httpx2.AsyncClient | None = None) -> list[Finding]:
    """Ask an endpoint for everything; one that is not there fails at each.

    Args:
        spec: A configured endpoint.
        http: Another client to reach it by.
    """
    async with AsyncOpenAI(
        base_url=spec.address, api_key=spec.key or "none", timeout=spec.timeout_s, max_retries=0, http_client=http
    ) as client:
        asked = _Probe(client, spec)
        each: dict[str, Callable[[], Awaitable[str]]] = {
            "text": asked.text,
            "tool call": asked.tool_call,
            "streaming": asked.streaming,
            "structured output": asked.structured_output,
            "usage": asked.usage,
            "cached tokens": asked.cached_tokens,
        }
        if "picture" in spec.modalities:
            each["picture"] = asked.picture
        return [await _found(what, ask) for what, ask in each.items()]


async def _found(what: str, ask: Callable[[], Awaitable[str]]) -> Finding:
    try:
        return Finding(what, True, await ask())
    except _FAILED as error:
        return Finding(what, False, f"{type(error).__name__}: {error}"[:160])
