"""Events from files are brought along once, and what cannot be read is told by line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ui.cli import app


def test_a_file_of_events_is_brought_along_once_and_bad_rows_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AISLE_HOME", str(tmp_path / "home"))
    table = tmp_path / "orders.csv"
    table.write_text(
        "user_id,product_id,time,event\n7,desk,2026-01-05,purchase\n7,lamp,soon,view\n,lamp,2026-01-05,view\n"
        "8,lamp,1767571200000,click\n8,rug,2026-01-06,juggle\n"
    )
    told = CliRunner().invoke(app, ["events", "import", str(table)])
    assert told.exit_code == 0, told.output
    assert "2 events read, 2 of them new; 3 rows left out." in told.output
    assert [
        next(line for line in told.output.splitlines() if line.startswith(f"line {n}"))[: len(start)]
        for n, start in ((3, "line 3: time 'soon'"), (4, "line 4: who is missing"), (6, "line 6: kind 'juggle'"))
    ] == ["line 3: time 'soon'", "line 4: who is missing", "line 6: kind 'juggle'"]
    insights = tmp_path / "ubi.jsonl"
    event = {
        "action_name": "click", "client_id": "9", "query_id": "q1", "timestamp": "2026-01-05T10:00:00Z",
        "event_attributes": {"object": {"object_id": "desk"}, "position": {"ordinal": 3}},
    }  # fmt: skip
    insights.write_text(json.dumps(event) + "\nnot json\n")
    again = CliRunner().invoke(app, ["events", "import", str(insights)])
    assert "line 2: line is no JSON object" in again.output
    assert "1 events read, 1 of them new; 1 rows left out." in again.output
    assert "0 of them new" in CliRunner().invoke(app, ["events", "import", str(table)]).output
