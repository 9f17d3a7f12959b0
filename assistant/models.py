"""Chat clients from models.toml: OpenAI-compatible endpoints (vLLM, Ollama, any other) and the compact planner."""

import os
import tomllib
from importlib import resources
from pathlib import Path
from typing import Literal

from langchain_core.language_models import BaseChatModel
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from assistant.compact.planner import CompactPlanner
from assistant.route import Candidate, ModelChain
from assistant.settings import read_file
from policies.errors import SettingsError
from tools.registry import tool_schemas

COMPACT = "compact"


class ModelSpec(BaseModel):
    """One entry of models.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["compact", "openai"]
    model: str = Field(default="", description="Model id the endpoint serves.")
    base_url: str | None = Field(default=None, description="E.g. http://127.0.0.1:8001/v1.")
    base_url_env: str | None = Field(default=None, description="Environment variable that names the URL instead.")
    api_key_env: str | None = Field(default=None, description="Variable that holds the key, or with _FILE its file.")
    timeout_s: float = Field(default=30.0, gt=0)
    max_tokens: int = Field(default=700, gt=0)
    temperature: float = Field(default=0.0, ge=0, le=2)
    roles: tuple[Literal["planner"], ...] = ()


def load_registry(path: Path | None) -> dict[str, ModelSpec]:
    """Read models.toml: the operator's, or the one that comes with Aisle.

    Raises:
        SettingsError: The file is missing, not TOML, or an entry is wrong.
    """
    text, where = _registry_text(path)
    try:
        entries = tomllib.loads(text).get("models", {})
        registry = {name: ModelSpec.model_validate(entry) for name, entry in entries.items()}
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{where} is not TOML: {error}. Correct the file.") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{where}: {field}: {first['msg']}. Correct the entry.") from error
    if not any(spec.kind == "compact" for spec in registry.values()):
        registry[COMPACT] = ModelSpec(kind="compact", roles=("planner",))
    return registry


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


def planner_chain(registry: dict[str, ModelSpec], chosen: str | None, compact: CompactPlanner) -> ModelChain:
    """Return the chosen planner with the compact one behind it.

    Raises:
        SettingsError: `chosen` is not in the registry, has no planner role or no address.
    """
    name = chosen or COMPACT
    spec = registry.get(name)
    if spec is None:
        raise SettingsError(f"AISLE_PLANNER is {name!r}, but models.toml lists {', '.join(sorted(registry))}.")
    if "planner" not in spec.roles:
        raise SettingsError(f"Model {name!r} has no planner role in models.toml; add it or choose another.")
    own = Candidate(COMPACT, compact.bind_tools(tool_schemas()))
    if spec.kind == "compact":
        return ModelChain([own])
    return ModelChain([Candidate(name, endpoint(name, spec).bind_tools(tool_schemas())), own])


def endpoint(name: str, spec: ModelSpec) -> BaseChatModel:
    """Build the client of an OpenAI-compatible endpoint; nothing is called yet."""
    url = os.environ.get(spec.base_url_env, "") if spec.base_url_env else spec.base_url
    if not url:
        raise SettingsError(f"Model {name!r} has no address: set {spec.base_url_env or 'base_url in models.toml'}.")
    key = (read_file(spec.api_key_env) or os.environ.get(spec.api_key_env, "")) if spec.api_key_env else ""
    return ChatOpenAI(
        model=spec.model,
        base_url=url,
        api_key=SecretStr(key or "none"),
        timeout=spec.timeout_s,
        max_retries=1,
        temperature=spec.temperature,
        max_completion_tokens=spec.max_tokens,
    )
