"""Routes for the operator's machines: alive, ready, counters."""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from ui.bodies import Healthy, Readiness
from ui.identity import Operator
from ui.openapi import problems
from ui.problems import HttpProblem
from ui.services import Served

router = APIRouter(tags=["health"])


@router.get("/healthz", operation_id="health")
async def health() -> Healthy:
    """Say that the process answers."""
    return Healthy()


@router.get("/readyz", operation_id="readiness", responses=problems(503))
async def readiness(services: Served) -> Readiness:
    """Say whether shoppers can be served; 503 names the parts that are not ready."""
    parts = services.app.readiness()
    waiting = sorted(name for name, state in parts.items() if state not in {"ok", "ready"})
    if waiting:
        raise HttpProblem(503, "not_ready", f"Not ready yet: {', '.join(waiting)}.", {"parts": parts})
    return Readiness(parts=parts)


@router.get(
    "/metrics",
    operation_id="metrics",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}} | problems(401, 403),
)
async def metrics(principal: Operator, services: Served) -> Response:
    """Write the server's counters as Prometheus text; needs the operator's token."""
    return PlainTextResponse(services.metrics.text(), media_type="text/plain; version=0.0.4")
