"""What models.toml says: which models there are, where, under which licence, at what price, and what they may see."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.price import Caps, Price
from assistant.settings import read_file
from policies.errors import SettingsError

COMPACT = "compact"

Role = Literal["planner", "vision", "describe", "transcribe", "speak", "judge"]
Modality = Literal["text", "picture", "audio"]
Tier = Literal["compact", "open", "proprietary"]
# What may leave for an endpoint: the shopper's words, what tools found in the catalogue, what they found of the
# shopper's cart, orders and cases, what the shopper asked to be remembered, and the shopper's pictures.
Field_ = Literal["words", "catalogue", "orders", "notes", "pictures"]
TIERS: tuple[Tier, ...] = ("compact", "open", "proprietary")
EVERYTHING: tuple[Field_, ...] = ("words", "catalogue", "orders", "notes", "pictures")


class Entry(BaseModel):
    """Base of what stands in models.toml: immutable, and nothing unknown in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelSpec(Entry):
    """One entry of models.toml."""

    kind: Literal["compact", "openai"]
    tier: Tier = Field(default="open", description="Own or open weights, or somebody else's service.")
    model: str = Field(default="", description="Model id the endpoint serves.")
    revision: str = Field(default="", description="Commit or version of the weights.")
    digest: str = Field(default="", pattern=r"^(sha256:[0-9a-f]{64})?$", description="Of the weights served.")
    licence: str = Field(default="", description="SPDX id, or LicenseRef-… of a contract.")
    licence_url: str = ""
    modalities: tuple[Modality, ...] = ("text",)
    context: int = Field(default=32_768, gt=0, description="Longest request with its answer, tokens.")
    tool_parser: str = Field(default="", description="vLLM's --tool-call-parser for this model.")
    reasoning: Literal["off", "on", "none"] = Field(default="none", description="'none': there is nothing to switch.")
    base_url: str | None = Field(default=None, description="E.g. http://127.0.0.1:8001/v1.")
    base_url_env: str | None = Field(default=None, description="Environment variable that names the URL instead.")
    api_key_env: str | None = Field(default=None, description="Variable that holds the key, or with _FILE its file.")
    timeout_s: float = Field(default=30.0, gt=0)
    max_tokens: int = Field(default=700, gt=0)
    temperature: float = Field(default=0.0, ge=0, le=2)
    voice: str = Field(default="alloy", description="Of a model that speaks, as its endpoint names it.")
    picture_tokens: int = Field(default=2_048, gt=0, description="Most tokens that one picture becomes.")
    memory_gb: Decimal | None = Field(default=None, gt=0, description="GPU memory that it needs as served.")
    price: Price = Price()
    roles: tuple[Role, ...] = ()
    may_see: tuple[Field_, ...] | None = Field(default=None, description="What may leave; a service sees nothing.")

    @model_validator(mode="after")
    def _whole(self) -> "ModelSpec":
        if self.tier == "compact" and self.kind != "compact":
            raise ValueError("an endpoint's tier is 'open' or 'proprietary'")
        return self

    @property
    def rank(self) -> int:
        """Place in the chain: 0 the compact planner, 1 open weights, 2 a service."""
        return 0 if self.kind == "compact" else TIERS.index(self.tier)

    @property
    def sees(self) -> frozenset[Field_]:
        """What may leave for this model: everything for weights of one's own, nothing for a service, unless listed."""
        if self.may_see is None:
            return frozenset(() if self.tier == "proprietary" and self.kind == "openai" else EVERYTHING)
        return frozenset(self.may_see)

    @property
    def address(self) -> str:
        """Where it is served, "" while nobody configured that."""
        return (os.environ.get(self.base_url_env, "") if self.base_url_env else self.base_url) or ""

    @property
    def key(self) -> str:
        """Its key, "" where it needs none."""
        return (read_file(self.api_key_env) or os.environ.get(self.api_key_env, "")) if self.api_key_env else ""

    @property
    def configured(self) -> bool:
        """Whether it can be asked: it has an address and, being a service, may see the shopper's words."""
        return self.kind == "compact" or (bool(self.address) and "words" in self.sees)


class Licences(Entry):
    """Which licences the operator accepts; without a list, any."""

    allowed: tuple[str, ...] | None = None


class Routing(Entry):
    """When a turn is handed on, and when a failing endpoint is left alone."""

    keep_from: float | None = Field(default=None, ge=0, le=1, description="Confidence; default is what training left.")
    breaker_failures: int = Field(default=3, ge=1, description="Failures in a row that open the breaker.")
    breaker_open_s: float = Field(default=30, gt=0, description="How long it stays open, seconds.")


class Registry(Entry):
    """The whole of models.toml."""

    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$", description="Of every price and cap.")
    models: dict[str, ModelSpec] = {}
    licences: Licences = Licences()
    caps: Caps = Caps()
    routing: Routing = Routing()

    @cached_property
    def planners(self) -> tuple[tuple[str, ModelSpec], ...]:
        """The configured planners, cheapest tier first, each tier as listed."""
        found = [(name, spec) for name, spec in self.models.items() if "planner" in spec.roles and spec.configured]
        return tuple(sorted(found, key=lambda each: each[1].rank))

    def with_models(self, more: Mapping[str, ModelSpec]) -> "Registry":
        """Return this registry with more models."""
        return self.model_copy(update={"models": {**self.models, **more}})

    def require_licences(self) -> None:
        """Raise SettingsError when a model that can be asked comes under a licence the operator does not accept."""
        allowed = self.licences.allowed
        if allowed is None:
            return
        for name, spec in self.models.items():
            if spec.kind != "compact" and spec.configured and spec.licence not in allowed:
                under = spec.licence or "no licence"
                raise SettingsError(
                    f"Model {name!r} is listed under {under}, which models.toml does not allow. State its licence, add "
                    "it to [licences] allowed, or unset the model's address."
                )


def load_registry(path: Path | None) -> Registry:
    """Read models.toml: the operator's, or the one that comes with Aisle.

    Raises:
        SettingsError: The file is missing, not TOML, or an entry is wrong.
    """
    text, where = _registry_text(path)
    try:
        # Decimal from the text itself: 0.1 has no exact binary float.
        registry = Registry.model_validate(tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{where} is not TOML: {error}. Correct the file.") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"{where}: {_place(first['loc'])}: {first['msg']}. Correct the entry.") from error
    if any(spec.kind == "compact" for spec in registry.models.values()):
        return registry
    return registry.with_models({COMPACT: ModelSpec(kind="compact", tier="compact", roles=("planner",))})


def _place(loc: Sequence[Any]) -> str:
    return ".".join(str(part) for part in loc)


def _registry_text(path: Path | None) -> tuple[str, str]:
    if path is not None:
        try:
            return path.read_text(encoding="utf-8"), str(path)
        except OSError as error:
            raise SettingsError(f"AISLE_MODELS names {path}, which cannot be read: {error.strerror}.") from error
    packaged = resources.files("assistant") / "models.toml"
    # In a checkout the file lies at the top, where operators look for it; the wheel carries a copy.
    source = packaged if packaged.is_file() else Path(__file__).parent.parent / "models.toml"
    return source.read_text(encoding="utf-8"), "models.toml"
