"""Hears and speaks through OpenAI-compatible endpoints where models.toml names some; there is no voice without."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

import httpx2
import openai

from assistant.cost import Purse, TurnMeter, refused
from assistant.price import Usage
from assistant.registry import ModelSpec, Registry, Role
from policies.errors import Refused, Unavailable
from policies.principal import Principal

_log = logging.getLogger(__name__)
MAX_AUDIO_BYTES = 2_000_000
"""A minute as browsers record it, with room."""
LONGEST_WORDS = 1_500
"""How much of an answer is read aloud, characters."""
# What endpoints count for a minute of speech, at most.
_AUDIO_TOKENS = 8_000
# How recordings begin: WebM, Ogg, WAV, MP3 (two ways), FLAC; an MP4 says so from its fifth byte on.
_KINDS = (
    (b"\x1aE\xdf\xa3", "webm"),
    (b"OggS", "ogg"),
    (b"RIFF", "wav"),
    (b"ID3", "mp3"),
    (b"\xff\xfb", "mp3"),
    (b"fLaC", "flac"),
)
_T = TypeVar("_T")


class Voice:
    """Speech to words and words to speech, within the caps of the shop.

    Args:
        registry: As models.toml says.
        purse: Reserves what calls may cost.
    """

    def __init__(self, registry: Registry, purse: Purse) -> None:
        self._hears = _first(registry, "transcribe")
        self._speaks = _first(registry, "speak")
        self._purse = purse

    @property
    def hears(self) -> bool:
        """Whether speech can become words here."""
        return self._hears is not None

    @property
    def speaks(self) -> bool:
        """Whether words can become speech here."""
        return self._speaks is not None

    async def words(self, principal: Principal, audio: bytes) -> str:
        """Return what is said in a recording, "" where nobody speaks; it is words to look at, never an answer.

        Raises:
            Refused: "no_voice", "not_audio", "too_large" or "budget".
            Unavailable: The endpoint did not answer.
        """
        if self._hears is None:
            raise Refused("no_voice", "Nobody listens here. Please type.")
        if len(audio) > MAX_AUDIO_BYTES:
            raise Refused("too_large", "That was long. Say it in less than a minute.")
        name, spec = self._hears
        file = (f"said.{_kind(audio)}", audio)

        async def ask(client: openai.AsyncOpenAI) -> str:
            answer = await client.audio.transcriptions.create(model=spec.model, file=file, response_format="json")
            return str(answer.text).strip()

        return await self._paid(principal, name, spec, _AUDIO_TOKENS, ask)

    async def speech(self, principal: Principal, words: str) -> bytes:
        """Return words as speech, MP3.

        Raises:
            Refused: "no_voice" or "budget".
            Unavailable: The endpoint did not answer.
        """
        if self._speaks is None:
            raise Refused("no_voice", "Nothing is read aloud here.")
        name, spec = self._speaks
        said = words[:LONGEST_WORDS]

        async def ask(client: openai.AsyncOpenAI) -> bytes:
            speech = await client.audio.speech.create(
                model=spec.model, voice=spec.voice, input=said, response_format="mp3"
            )
            return speech.content

        return await self._paid(principal, name, spec, len(said.encode()), ask)

    async def _paid(
        self,
        principal: Principal,
        name: str,
        spec: ModelSpec,
        most: int,
        ask: Callable[[openai.AsyncOpenAI], Awaitable[_T]],
    ) -> _T:
        """Ask within the caps, and settle by the time it took and the tokens it may have been."""
        meter = TurnMeter(principal, f"voice_{secrets.token_urlsafe(12)}", model=name, route="voice")
        hold = await self._purse.hold(meter, name, spec, most)
        if isinstance(hold, str):
            raise refused(hold)
        began = monotonic()
        try:
            async with asyncio.timeout(spec.timeout_s), _client(spec) as client:
                answer = await ask(client)
        except (openai.OpenAIError, httpx2.HTTPError, ValueError, AttributeError, TimeoutError) as error:
            await hold.settle(None)
            _log.warning("model %s gave no usable answer (%s)", name, type(error).__name__)
            raise Unavailable(f"model {name} gave no usable answer") from error
        usage = Usage(input_tokens=most, millis=round((monotonic() - began) * 1000))
        meter.used(usage, await hold.settle(usage))
        await self._purse.close(meter, "done")
        return answer


def _first(registry: Registry, role: Role) -> tuple[str, ModelSpec] | None:
    """Return the first configured endpoint of a role."""
    found = ((name, spec) for name, spec in registry.models.items() if role in spec.roles and spec.kind == "openai")
    return next(((name, spec) for name, spec in found if spec.configured), None)


def _client(spec: ModelSpec) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=spec.address, api_key=spec.key or "none", timeout=spec.timeout_s, max_retries=0)


def _kind(audio: bytes) -> str:
    """Return the kind of a recording by how it begins, whatever its sender calls it.

    Raises:
        Refused: "not_audio".
    """
    found = next((kind for start, kind in _KINDS if audio.startswith(start)), "mp4" if audio[4:8] == b"ftyp" else "")
    if not found:
        raise Refused("not_audio", "That is no recording that can be heard. Please type.")
    return found
