"""models.toml: licences and services, what an endpoint can do, and the bill of materials."""

import hashlib
import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from assistant.bom import bill
from assistant.probe import probe
from assistant.registry import ModelSpec, load_registry
from policies.errors import SettingsError

SERVICE = """
[models.service]
kind = "openai"
tier = "proprietary"
model = "big"
base_url = "http://127.0.0.1:9/v1"
roles = ["planner"]
licence = "LicenseRef-service-terms"
licence_url = "https://example.com/terms"
"""


def registry_of(folder: Path, text: str):
    path = folder / "models.toml"
    path.write_text(text, encoding="utf-8")
    return load_registry(path)


def test_a_service_is_off_until_it_is_listed_what_it_may_see(tmp_path: Path) -> None:
    assert [name for name, _ in registry_of(tmp_path, SERVICE).planners] == ["compact"]
    seen = registry_of(tmp_path, SERVICE + 'may_see = ["words"]\n')
    assert [name for name, _ in seen.planners] == ["compact", "service"]


def test_a_licence_that_is_not_allowed_stops_the_start(tmp_path: Path) -> None:
    listed = SERVICE + 'may_see = ["words"]\n[licences]\nallowed = ["MIT"]\n'
    with pytest.raises(SettingsError, match="LicenseRef-service-terms"):
        registry_of(tmp_path, listed).require_licences()
    registry_of(tmp_path, listed.replace('"MIT"', '"LicenseRef-service-terms"')).require_licences()
    registry_of(tmp_path, SERVICE + '[licences]\nallowed = ["MIT"]\n').require_licences()


def test_prices_and_caps_change_without_code_and_wrong_ones_are_named(tmp_path: Path) -> None:
    priced = registry_of(tmp_path, SERVICE + "price = { input = 0.1, output = 0.3 }\n[caps]\nturn = 0.07\n")
    assert (priced.models["service"].price.per_token[2] * 10, priced.caps.micros("turn")) == (3, 70_000)
    with pytest.raises(SettingsError, match=r"models\.service\.price"):
        registry_of(tmp_path, SERVICE + "price = { input = 0.1 }\n")
    with pytest.raises(SettingsError, match=r"caps\.weekly"):
        registry_of(tmp_path, "[caps]\nweekly = 1\n")


def test_the_bill_of_materials_is_valid_cyclonedx_and_names_every_model_and_data_set(tmp_path: Path) -> None:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    registry = load_registry(None).with_models(registry_of(tmp_path, SERVICE).models)
    text = json.dumps(bill(registry, "0.1.0", at))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert json.dumps(bill(registry, "0.1.0", at)) == text

    listed = {each["bom-ref"]: each for each in json.loads(text)["components"]}
    assert {"part:vllm", "part:service", "part:all-minilm-l6-v2", "part:compact-planner", "part:clinc150"} <= set(
        listed
    )
    assert all("licenses" in each for each in listed.values())
    shipped = (files("assistant.compact") / "trained.npz").read_bytes()
    assert listed["part:compact-planner"]["hashes"][0]["content"] == hashlib.sha256(shipped).hexdigest()


def endpoint(request: httpx2.Request) -> httpx2.Response:
    """Stand for a server without a tool parser and without cached tokens, which streams no usage."""
    asked = json.loads(request.content)
    if asked.get("stream"):
        piece = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m"}
        chunk = piece | {"choices": [{"index": 0, "delta": {"content": "one"}, "finish_reason": None}]}
        text = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n"
        return httpx2.Response(200, text=text, headers={"content-type": "text/event-stream"})
    said = '{"colour": "blue"}' if "response_format" in asked else "red"
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
    usage = {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}
    body: dict[str, Any] = {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
    return httpx2.Response(200, json=body | {"usage": usage})


async def test_a_check_says_what_an_endpoint_lacks_and_what_to_change() -> None:
    spec = ModelSpec(kind="openai", model="m", base_url="http://x/v1", modalities=("text", "picture"), tool_parser="p")
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(endpoint)) as http:
        found = {each.what: each for each in await probe(spec, http)}
    assert {what for what, each in found.items() if each.ok} == {"text", "structured output", "usage", "picture"}
    assert "--tool-call-parser p" in found["tool call"].seen
    assert "--enable-prompt-tokens-details" in found["cached tokens"].seen
    assert "charged at its most" in found["streaming"].seen
