"""Chat clients from models.toml: OpenAI-compatible endpoints (vLLM, Ollama, any other) and the compact planner."""

import json
from importlib.resources import files

from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from assistant.calling import Candidate
from assistant.compact.planner import CompactPlanner
from assistant.cost import Purse
from assistant.endpoint import Bounds, EndpointPlanner
from assistant.prompt import EndpointPrompt
from assistant.registry import COMPACT, ModelSpec, Registry
from assistant.route import ModelChain
from assistant.telemetry import Telemetry
from assistant.usage import CountUsage
from policies.errors import SettingsError
from tools.registry import tool_schemas

AUTO = "auto"
_SHOP_WORDS = 4_096  # bytes of the catalogue's words that the system text may carry


def planner_chain(
    registry: Registry,
    chosen: str | None,
    compact: CompactPlanner,
    purse: Purse | None = None,
    telemetry: Telemetry | None = None,
) -> ModelChain:
    """Return what plans: the chosen model with the compact planner behind it, or every configured one by need.

    Args:
        registry: As models.toml says.
        chosen: A name, or "auto" (also None) for the compact planner first and others when it is not sure.
        compact: The compact planner.
        purse: Reserves what calls may cost; None where nothing is counted.
        telemetry: Told of every call.

    Raises:
        SettingsError: `chosen` is not in the registry, has no planner role or no address, or a licence is not allowed.
    """
    registry.require_licences()
    own_spec = next((spec for spec in registry.models.values() if spec.kind == "compact"), None)
    own = Candidate(COMPACT, compact.bind_tools(tool_schemas()), own_spec)
    by_need = chosen is None or chosen == AUTO
    named = registry.planners if by_need else ((str(chosen), _chosen(registry, str(chosen))),)
    others = [Candidate(name, _planner(name, spec, compact), spec) for name, spec in named if spec.kind != "compact"]
    around = (
        len(json.dumps(tool_schemas()).encode())
        + len((files("assistant") / "prompts" / "system.md").read_bytes())
        + _SHOP_WORDS
    )
    order = [own, *others] if by_need else [*others, own]
    return ModelChain(order, routing=registry.routing, purse=purse, telemetry=telemetry, around=around, by_need=by_need)


def _chosen(registry: Registry, name: str) -> ModelSpec:
    spec = registry.models.get(name)
    if spec is None:
        raise SettingsError(f"AISLE_PLANNER is {name!r}, but models.toml lists {', '.join(sorted(registry.models))}.")
    if "planner" not in spec.roles:
        raise SettingsError(f"Model {name!r} has no planner role in models.toml; add it or choose another.")
    return spec


def _planner(name: str, spec: ModelSpec, compact: CompactPlanner) -> EndpointPlanner:
    sees = "picture" in spec.modalities and "pictures" in spec.sees
    bounds = Bounds(spec.timeout_s, spec.max_tokens)
    return EndpointPlanner(endpoint(name, spec), tool_schemas(), EndpointPrompt(compact.vocabulary, sees=sees), bounds)


def endpoint(name: str, spec: ModelSpec) -> ChatOpenAI:
    """Build the client of an OpenAI-compatible endpoint; nothing is called yet.

    Raises:
        SettingsError: It has no address, or may not see what shoppers say.
    """
    if not spec.address:
        raise SettingsError(f"Model {name!r} has no address: set {spec.base_url_env or 'base_url in models.toml'}.")
    if "words" not in spec.sees:
        raise SettingsError(f'Model {name!r} is a service that may see nothing yet: list may_see = ["words", …].')
    # Servers of open weights write the reasoning into the prompt by their chat template; others know no such field.
    thinking = {"chat_template_kwargs": {"enable_thinking": spec.reasoning == "on"}}
    return ChatOpenAI(
        extra_body=thinking if spec.reasoning != "none" else None,
        model=spec.model,
        base_url=spec.address,
        api_key=SecretStr(spec.key or "none"),
        timeout=spec.timeout_s,
        max_retries=0,
        stream_usage=True,
        temperature=spec.temperature,
        callbacks=[CountUsage()],
        max_completion_tokens=spec.max_tokens,
    )
