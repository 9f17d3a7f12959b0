"""`aisle eval understanding`: whether messages are read as they were meant."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from assistant.settings import Settings
from evals.report import write_reports
from evals.understanding.ask import running
from evals.understanding.confusions import confusions
from evals.understanding.suite import UnderstandingPlan
from evals.understanding.suite import measure as measure_understanding
from ui.commands.running import run


def understanding(
    data: Annotated[
        Path | None,
        typer.Option(envvar="AISLE_DATA_DIR", exists=True, file_okay=False, help="Folder of public data."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same intervals.")] = 11,
    understander: Annotated[
        str | None, typer.Option(help="Another program that reads and writes lines like `aisle understand`.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json, report.html and confusions.md.")] = None,
) -> None:
    """Measure understanding: intents, slots, references, confidence and time, message by message on one core.

    Reads against the demo shop's words, whatever this home holds; about two minutes with the public data.

    Example:
        aisle eval understanding --data ../shared/data --json
    """

    async def work(_: Settings) -> None:
        with TemporaryDirectory(prefix="aisle-understanding-") as home:
            async with running(understander, Path(home)) as asked:
                measured = await measure_understanding(asked, UnderstandingPlan(data, seed), _tell)
        systems = {"served": measured.metrics}
        if out is not None:
            write_reports(out, "understanding", {"systems": systems})
            (out / "confusions.md").write_text(confusions(measured.judged), encoding="utf-8")
        if as_json:
            typer.echo(json.dumps({"suite": "understanding", "systems": systems}))
        else:
            for name, value in measured.metrics.items():
                typer.echo(f"{name}  {value}")

    run(work)


def _tell(text: str) -> None:
    typer.echo(text, err=True)
