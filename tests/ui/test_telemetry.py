"""What watchers see: counters, spans and an operator's `done`, and in none of them what a shopper said."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from assistant.settings import Settings
from policies.errors import SettingsError
from tests.ui.conftest import Server, running
from ui.tracing import tracing

SAID = "a walnut desk for Zanzibara Quist, zq@example.com"
ENDPOINT = '[models.down]\nkind="openai"\nmodel="down-9b"\nbase_url="http://127.0.0.1:9/v1"\nroles=["planner"]\n'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def drawn(shop_home: Path) -> AsyncGenerator[tuple[Server, InMemorySpanExporter]]:
    """A server whose endpoint nobody listens at, and the spans it draws."""
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    registry = shop_home / "models.toml"
    registry.write_text(ENDPOINT, encoding="utf-8")
    settings = Settings(home=shop_home, models=registry, planner="down")
    async with running(settings, provider.get_tracer("aisle")) as server:
        yield server, spans


@pytest.mark.asyncio(loop_scope="module")
async def test_counters_and_spans_tell_of_a_turn_and_never_what_was_said(
    drawn: tuple[Server, InMemorySpanExporter],
) -> None:
    server, spans = drawn
    shopper = await server.shopper()
    assert any(event.event == "products" for event in await shopper.say(SAID))

    counted = (await server.http.get("/metrics", headers=server.operator)).text
    assert 'aisle_routed_turns_total{model="compact",route="fallback"} 1.0' in counted
    assert 'aisle_model_skipped_total{model="down",why="no connection"}' in counted
    assert 'aisle_tools_total{outcome="done",tool="search_products"}' in counted
    assert 'aisle_cache_total{cache="search_results",outcome="miss"}' in counted
    told = "\n".join(span.to_json() for span in spans.get_finished_spans())
    named = {span.name for span in spans.get_finished_spans()}
    assert {"invoke_agent aisle", "chat down-9b", "execute_tool search_products"} <= named
    assert '"gen_ai.operation.name": "chat"' in told
    for words in ("Zanzibara", "zq@example", "walnut", shopper.session_id):
        assert words not in counted
        assert words not in told


@pytest.mark.asyncio(loop_scope="module")
async def test_only_the_operator_reads_how_a_turn_was_answered(drawn: tuple[Server, InMemorySpanExporter]) -> None:
    server, _ = drawn
    shopper = await server.shopper()
    done = (await shopper.say("hello", "t1"))[-1]
    assert set(done.data) == {"turn_id", "seconds"}
    (turn,) = (await shopper.get(shopper.here())).json()["turns"]
    assert set(turn["events"][-1]["data"]) == {"turn_id", "seconds"}

    token = shopper.token
    asked = {"Authorization": f"Bearer {token}", "Aisle-Operator": server.authority.operator_token}
    body = {"text": "hello", "client_turn_id": "t1"}
    read = (await server.http.post(shopper.here("/turns"), json=body, headers=asked)).text
    assert '"model":"compact","route":"fallback","reason":"down: ' in read
    assert '"cost_micros":0' in read
    shown = await server.http.post(shopper.here("/turns"), json=body, headers=asked | {"Aisle-Operator": token})
    assert "route" not in shown.text


def test_spans_are_exported_only_where_the_standard_variables_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with tracing() as tracer:
        assert tracer is None
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    with tracing() as tracer:
        assert tracer is None
    monkeypatch.setenv("OTEL_SDK_DISABLED", "false")
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "zipkin")
    with pytest.raises(SettingsError, match="zipkin"), tracing():
        pass
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
    with tracing() as tracer:
        assert tracer is not None
