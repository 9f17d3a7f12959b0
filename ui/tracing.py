"""Exports spans where the standard OTEL_ variables say so; without them none are drawn."""

import os
from collections.abc import Generator
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter
from opentelemetry.trace import Tracer

from policies.errors import SettingsError
from ui.version import VERSION


@contextmanager
def tracing() -> Generator[Tracer | None]:
    """Yield a tracer of a provider of our own, None while nothing is configured; spans are sent before it ends.

    It is never made the process's provider: other libraries' instrumentation draws prompts and answers there.

    Raises:
        SettingsError: OTEL_TRACES_EXPORTER names an exporter that does not come with Aisle.
    """
    exporter = _exporter()
    if exporter is None:
        yield None
        return
    named = {"service.name": os.environ.get("OTEL_SERVICE_NAME", "aisle"), "service.version": VERSION}
    provider = TracerProvider(resource=Resource.create(named))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    try:
        yield provider.get_tracer("aisle", VERSION)
    finally:
        provider.shutdown()


def _exporter() -> OTLPSpanExporter | ConsoleSpanExporter | None:
    if os.environ.get("OTEL_SDK_DISABLED", "").casefold() == "true":
        return None
    endpoint = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    match os.environ.get("OTEL_TRACES_EXPORTER", "otlp" if endpoint else "none").casefold():
        case "otlp":
            return OTLPSpanExporter()
        case "console":
            return ConsoleSpanExporter()
        case "none" | "":
            return None
        case other:
            raise SettingsError(f"OTEL_TRACES_EXPORTER is {other!r}. Set otlp, console or none.")
