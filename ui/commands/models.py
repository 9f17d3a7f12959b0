"""`aisle models`: which models there are, whether they can what is needed, and what Aisle is made of."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from assistant.bom import bill
from assistant.probe import Finding, probe
from assistant.registry import ModelSpec, load_registry
from assistant.settings import Settings
from ui.commands.running import Failed, run
from ui.version import VERSION

app = typer.Typer(help="The registry of models.", no_args_is_help=True, rich_markup_mode=None)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List the models of models.toml: where, under which licence, at what price, what they may see."""

    async def work(settings: Settings) -> None:
        registry = load_registry(settings.models)
        if as_json:
            told = {name: _told(spec) for name, spec in registry.models.items()}
            typer.echo(json.dumps({"currency": registry.currency, "models": told}))
            return
        table = Table("name", "model", "tier", "licence", f"{registry.currency} per M in / out", "state", box=None)
        for name, spec in registry.models.items():
            table.add_row(name, spec.model, spec.tier, spec.licence or "not stated", _price(spec), _state(spec))
        Console(soft_wrap=True).print(table)

    run(work)


@app.command()
def check(name: Annotated[str | None, typer.Argument(help="Only this one.")] = None, as_json: AsJson = False) -> None:
    """Ask each configured endpoint for text, a tool call, a picture, a stream, structured output, usage, cached tokens.

    Ends with exit code 1 when something is missing, and says what to change.
    """

    async def work(settings: Settings) -> None:
        registry = load_registry(settings.models)
        registry.require_licences()
        if name is not None and name not in registry.models:
            raise Failed(f"There is no model {name!r}. The registry lists {', '.join(sorted(registry.models))}.")
        endpoints = {key: spec for key, spec in registry.models.items() if spec.kind != "compact" and spec.configured}
        chosen = {key: spec for key, spec in endpoints.items() if name in {None, key}}
        if not chosen:
            raise Failed("No endpoint is configured. Set its address; aisle models list says which variable.")
        found = {key: await probe(spec) for key, spec in chosen.items()}
        _show(found, as_json)
        missing = [f"{key}: {each.what}" for key, of_model in found.items() for each in of_model if not each.ok]
        if missing:
            raise Failed(f"Missing: {', '.join(missing)}.")

    run(work)


@app.command()
def sbom(out: Annotated[Path | None, typer.Option(help="File to write; default: standard output.")] = None) -> None:
    """Write the bill of materials of every model, encoder, trained head and data set, as CycloneDX 1.6 JSON.

    Example:
        aisle models sbom --out aisle-ml.cdx.json
    """

    async def work(settings: Settings) -> None:
        text = json.dumps(bill(load_registry(settings.models), VERSION, datetime.now(UTC)), indent=2)
        if out is None:
            typer.echo(text)
            return
        out.write_text(text + "\n", encoding="utf-8")
        typer.echo(f"Wrote {out}.")

    run(work)


def _told(spec: ModelSpec) -> dict[str, object]:
    fresh, cached, output = spec.price.per_token
    return {
        **spec.model_dump(mode="json", exclude={"price", "may_see"}),
        "price_per_million": {"input": float(fresh), "cached_input": float(cached), "output": float(output)},
        "may_see": sorted(spec.sees),
        "configured": spec.configured,
    }


def _price(spec: ModelSpec) -> str:
    if spec.price.free:
        return "0" if spec.kind == "compact" else "not stated"
    fresh, _, output = spec.price.per_token
    return f"{fresh:.3f} / {output:.3f}"


def _state(spec: ModelSpec) -> str:
    if spec.configured:
        return "configured" if spec.kind != "compact" else "in process"
    if not spec.address:
        return f"off; set {spec.base_url_env or 'base_url'}"
    return 'off; list may_see = ["words", …]'


def _show(found: dict[str, list[Finding]], as_json: bool) -> None:
    if as_json:
        told = {name: [asdict(each) for each in of_model] for name, of_model in found.items()}
        typer.echo(json.dumps({"models": told}))
        return
    table = Table("model", "", "asked for", "seen", box=None)
    for name, of_model in found.items():
        for each in of_model:
            table.add_row(name, "ok" if each.ok else "!", each.what, each.seen)
    Console(soft_wrap=True).print(table)
