"""`aisle cost`: what models cost here, what they would have cost otherwise, and what they were asked for."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from assistant.compact.trained import read_trained
from assistant.costing import counterfactual, totals, workload
from assistant.registry import load_registry
from assistant.settings import Settings
from shop.books import revision_of
from shop.cost_reports import CostReports
from shop.db import Database, DatabaseSettings
from ui.commands.running import Failed, run


def cost(
    days: Annotated[int, typer.Option(min=1, help="Of the last days.")] = 30,
    audit: Annotated[bool, typer.Option(help="What was asked, how often, and who could answer it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Say what models cost: by who answered, per conversation, and had every turn gone to one model.

    Reads the ledger only, and works beside a running server.

    Example:
        aisle cost --days 7 --json
        aisle cost --audit
    """

    async def work(settings: Settings) -> None:
        registry = load_registry(settings.models)
        since = datetime.now(UTC) - timedelta(days=days)
        async with _reports(settings) as reports:
            if audit:
                sure = registry.routing.keep_from or read_trained(settings.heads).heads.threshold
                kinds = workload(await reports.asked(since, round(sure * 1000)), registry)
                _show_workload({"currency": registry.currency, "keep_from": sure, "kinds": kinds}, as_json)
                return
            routed, talks = await reports.routed(since), await reports.conversations(since)
        told = totals(routed, talks, registry.currency)
        _show({**told, "counterfactual": counterfactual(routed, talks, registry)}, as_json)

    run(work)


@asynccontextmanager
async def _reports(settings: Settings) -> AsyncGenerator[CostReports]:
    if settings.books_in_home and not (settings.home_path / "books.sqlite").exists():
        raise Failed(f"There are no books in {settings.home_path}. Start the shop once with: aisle serve")
    if (await revision_of(settings.books_url) or "") < "0013":
        raise Failed("These books hold no costs yet. Bring them up to date with: aisle migrate")
    database = Database(DatabaseSettings(settings.books_url), asyncio.Lock())
    try:
        yield CostReports(database)
    finally:
        await database.aclose()


def _show(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(told))
        return
    currency = told["currency"]
    typer.echo(
        f"{told['turns']:,} turns in {told['conversations']:,} conversations cost {told['cost']:.4f} {currency}, "
        f"{told['cost_per_conversation']:.6f} a conversation."
    )
    table = Table("model", "route", "turns", "share", "tokens in", "cached", "out", currency, box=None)
    for each in told["routes"]:
        tokens = (f"{each['input_tokens']:,}", f"{each['cached_share']:.0%}", f"{each['output_tokens']:,}")
        table.add_row(
            each["model"], each["route"], f"{each['turns']:,}", f"{each['share']:.1%}", *tokens, f"{each['cost']:.4f}"
        )
    Console(soft_wrap=True).print(table)
    other = told["counterfactual"]
    used = other["a_turn_uses"]
    typer.echo(
        f"Had every turn gone to one model (a turn: {used['input_tokens']:,} tokens in, {used['cached_tokens']:,} of "
        f"them cached, {used['output_tokens']:,} out; {other['from']}):"
    )
    for name, each in other["models"].items():
        costs = f"{each['cost']:.4f} {currency}, {each['cost_per_conversation']:.6f} a conversation"
        typer.echo(f"  {name}: {costs if each['priced'] else 'no price is stated in models.toml'}")


def _show_workload(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(told))
        return
    table = Table(
        "intents", "tools", "turns", "share", "a talk", told["currency"], "quality", "compact could", box=None
    )
    for each in told["kinds"]:
        quality = "not judged" if each["quality"] is None else f"{each['quality']:.2f}"
        counted = (f"{each['turns']:,}", f"{each['share']:.1%}", f"{each['turns_per_conversation']:.1f}")
        could = f"{each['could_take']['compact']:.0%}"
        table.add_row(each["intents"], each["pattern"], *counted, f"{each['cost']:.4f}", quality, could)
    Console(soft_wrap=True).print(table)
