"""The deployment that ships with Aisle is valid, keeps to itself, and watches what the server really counts."""

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from assistant.price import Usage
from assistant.registry import load_registry
from assistant.settings import Settings
from retrieval.cache import Tally
from shop.ledger import Spent, TurnRecord
from ui.metrics import new_metrics
from ui.watching import Caches, Counters

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
EVERY = pytest.mark.parametrize("name", sorted(SERVICES))


def test_the_compose_file_meets_the_compose_specification() -> None:
    schema = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema.validate(COMPOSE, json.loads(schema.read_text(encoding="utf-8")))


def test_the_parts_of_a_whole_shop_are_there() -> None:
    assert set(SERVICES) == {"app", "app-vllm", "postgres", "qdrant", "vllm", "weights", "prometheus", "grafana"}
    assert {profile for one in SERVICES.values() for profile in one.get("profiles", [])} == {"cpu", "gpu", "weights"}


@EVERY
def test_no_service_runs_as_root_or_writes_outside_its_volumes(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@EVERY
def test_every_service_has_a_bound_and_says_whether_it_is_well(name: str) -> None:
    service = SERVICES[name]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    # The app's own is in its image; fetching weights ends by itself.
    assert "healthcheck" in service or "build" in service


@EVERY
def test_images_are_pinned_to_a_version(name: str) -> None:
    assert re.search(r":v?\d+\.\d+(\.\d+)?(-[a-z]+)?$", SERVICES[name]["image"])


@EVERY
def test_secrets_come_as_files_and_stand_in_no_environment(name: str) -> None:
    service = SERVICES[name]
    for key, value in service.get("environment", {}).items():
        secret = re.search(r"(KEY|PASSWORD|TOKEN|SECRET|DATABASE_URL)", key)
        assert not secret or (key.endswith("_FILE") and str(value).startswith("/run/secrets/")), key
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    assert not re.search(r"api[-_]key=(?!\$\$\()", " ".join(service.get("command", [])), re.IGNORECASE)


def test_only_the_shop_and_the_dashboard_can_be_reached_and_only_from_this_machine() -> None:
    open_to = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(open_to) == {"app", "app-vllm", "grafana"}
    assert all(port.startswith("127.0.0.1:") for ports in open_to.values() for port in ports)


def test_the_stores_and_the_model_have_no_way_out() -> None:
    networks = COMPOSE["networks"]
    assert networks["data"] == networks["models"] == {"internal": True}
    for name in ("postgres", "qdrant", "vllm"):
        assert set(SERVICES[name]["networks"]) <= {"data", "models"}


def test_the_model_server_takes_few_pictures_fetches_none_and_logs_no_request() -> None:
    command = SERVICES["vllm"]["command"]
    assert '--limit-mm-per-prompt={"image":4,"video":0,"audio":0}' in command
    assert "--allowed-media-domains=media.invalid" in command
    assert "--no-enable-log-requests" in command
    assert SERVICES["vllm"]["environment"]["VLLM_NO_USAGE_STATS"] == "1"


def known_variables() -> set[str]:
    """Name every variable that is read: settings, and addresses and keys of the registry's models."""
    models = load_registry(None).models.values()
    of_models = {name for spec in models for name in (spec.base_url_env, spec.api_key_env) if name}
    return {f"AISLE_{name.upper()}" for name in Settings.model_fields} | of_models


def test_the_app_is_given_only_settings_it_has() -> None:
    known = known_variables()
    given = {key.removesuffix("_FILE") for name in ("app", "app-vllm") for key in SERVICES[name]["environment"]}
    assert given <= known


def test_every_example_setting_exists() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    known = known_variables()
    assert {match[1] for match in re.finditer(r"^#(AISLE_\w+)=", text, re.MULTILINE)} <= known


def test_the_dashboard_draws_counters_that_the_server_has() -> None:
    metrics = new_metrics()
    watching = Counters(metrics.registry)
    watching.turn(TurnRecord("m", "kept"), Spent())
    watching.call("m", "answered", Usage(), 0)
    metrics.registry.register(Caches({"search_results": Tally()}))
    for labelled, labels in ((metrics.turns, 1), (metrics.presses, 1), (metrics.requests, 2)):
        labelled.labels(*["x"] * labels)
    counted = {line.split("{")[0].split(" ")[0] for line in metrics.text().decode().splitlines() if line[:1] != "#"}
    board = json.loads((ROOT / "serving" / "grafana" / "dashboards" / "aisle.json").read_text(encoding="utf-8"))
    asked = {
        name for one in re.findall(r'"expr": "([^"]*)"', json.dumps(board)) for name in re.findall(r"aisle_\w+", one)
    }
    assert asked
    assert asked <= counted


def test_prometheus_asks_where_the_app_answers() -> None:
    watched = yaml.safe_load((ROOT / "serving" / "prometheus.yml").read_text(encoding="utf-8"))
    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in watched["scrape_configs"]}
    port = SERVICES["app"]["environment"]["AISLE_METRICS_PORT"]
    assert targets["aisle"] == [f"{SERVICES['app']['networks']['data']['aliases'][0]}:{port}"]
    assert targets["vllm"] == ["vllm:8000"]


def test_the_image_is_built_from_hashes_and_runs_as_nobody_in_particular() -> None:
    steps = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    bases = [step.split()[1] for step in steps if step.startswith("FROM ")]
    assert len(bases) == 2
    assert all(re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", base) for base in bases)
    assert any("--require-hashes" in step for step in steps)
    assert "USER 10001:10001" in steps
    assert any(step.startswith("HEALTHCHECK ") for step in steps)
    copied = {step.split()[1] for step in steps if step.startswith("COPY ") and "--from" not in step}
    assert {"assistant", "tools", "policies", "retrieval", "shop", "ui", "evals"} <= copied
