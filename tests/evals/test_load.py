"""The load suite measures whole turns of the served system."""

import json
from pathlib import Path

import pytest

from evals.load import LoadPlan, measure, quantile
from evals.report import write_reports
from tests.ui.conftest import Server, server, shop_home

__all__ = ["server", "shop_home"]


@pytest.mark.asyncio(loop_scope="module")
async def test_every_turn_asked_for_is_measured(server: Server) -> None:
    report = await measure(server.http, LoadPlan(turns=12, concurrency=2))

    metrics = report.metrics()
    assert (metrics["turns"], metrics["errors"]) == (12, 0)
    assert 0 < metrics["first_event_p50_ms"] <= metrics["p50_ms"] <= metrics["p95_ms"] <= metrics["p99_ms"]


def test_quantiles_are_values_that_were_measured() -> None:
    seconds = [number / 100 for number in range(1, 101)]

    assert [quantile(seconds, share) for share in (0.5, 0.95, 0.99, 1.0)] == [500.0, 950.0, 990.0, 1000.0]
    assert quantile([], 0.5) == 0.0
    assert quantile([0.2], 0.01) == 200.0


def test_reports_are_written_for_programs_and_for_people(tmp_path: Path) -> None:
    systems = {"systems": {"served": {"turns": 3, "p50_ms": 71.5}, "<b>": {"turns": 1}}}

    write_reports(tmp_path / "out", "load", systems)

    assert json.loads((tmp_path / "out" / "report.json").read_text()) == systems
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<td>71.5</td>" in page
    assert "&lt;b&gt;" in page
