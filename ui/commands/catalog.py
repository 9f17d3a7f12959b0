"""`aisle catalog`: what the shop sells."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

from assistant.settings import Settings
from evals.journeys.conditions import number
from ui.client import Conversation, ProblemError, connect, heard
from ui.commands.running import DEMO_PRODUCTS, DEMO_SEED, Failed, no_fill, progress_of, run
from ui.home_server import server_of

app = typer.Typer(help="Fill the shop and look at what is in it.", no_args_is_help=True, rich_markup_mode=None)

_ROUTE = "/v1/operator/catalogue"


@app.command()
def demo(
    products: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many products.")] = DEMO_PRODUCTS,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same shop.")] = DEMO_SEED,
) -> None:
    """Replace the shop by the generated demo shop.

    Example:
        aisle catalog demo --products 300 --seed 3
    """

    async def work(settings: Settings) -> None:
        await _import(settings, {"source": "demo", "products": products, "seed": seed}, products)

    run(work)


@app.command(name="import")
def import_file(
    file: Annotated[Path, typer.Argument(help="The feed.", exists=True, dir_okay=False, readable=True)],
    feed_format: Annotated[str, typer.Option("--format", help="Format of the feed.")] = "auto",
) -> None:
    """Replace the shop by a feed; the old shop answers until the new one is whole.

    Example:
        aisle catalog import products.jsonl
    """

    async def work(settings: Settings) -> None:
        await _import(settings, {"source": "file", "path": str(file.resolve()), "format": feed_format}, None)

    run(work)


@app.command()
def stats(as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Show what is in the shop."""

    async def work(settings: Settings) -> None:
        async with server_of(settings, no_fill) as note, connect(note.url) as http:
            response = await http.get(_ROUTE, headers=_bearer(note.operator_token))
            _check(response)
            _show(response.json()["stats"], as_json)

    run(work)


@app.command(name="set")
def set_offer(
    variant_id: Annotated[str, typer.Argument(help="The variant, as catalog and orders name it.")],
    price: Annotated[str | None, typer.Option(help="New price in minor units, or '$640'.")] = None,
    stock: Annotated[int | None, typer.Option(min=0, help="Units on hand.")] = None,
    sellable: Annotated[bool | None, typer.Option("--sellable/--not-sellable", help="Whether it may be sold.")] = None,
) -> None:
    """Change price, stock or sellability of one variant.

    Example:
        aisle catalog set desk-0012-walnut --price 64000 --stock 3
    """
    change = {"price": None if price is None else int(number(price)), "stock": stock, "sellable": sellable}
    given = {name: value for name, value in change.items() if value is not None}
    if not given:
        raise typer.BadParameter("give --price, --stock, --sellable or --not-sellable")

    async def work(settings: Settings) -> None:
        async with server_of(settings, no_fill) as note, connect(note.url) as http:
            offer = await Conversation(http, note.operator_token).set_offer(variant_id, given)
            typer.echo(
                f"{offer['title']}: {offer['price']} {offer['currency']} (minor units), {offer['on_hand']} on hand"
            )

    run(work)


async def _import(settings: Settings, source: dict[str, Any], total: int | None) -> None:
    """Have the server import a source, and show how far it is."""
    async with server_of(settings, no_fill) as note, connect(note.url) as http:
        with progress_of("Importing", total) as progress:
            left = await _follow_import(http, note.operator_token, source, progress)
        typer.echo(
            f"The shop has {left['products']:,} products in {left['variants']:,} variants; "
            f"{left['retired']:,} variants went off sale."
        )
        _tell_problems(left)


def _tell_problems(left: dict[str, Any]) -> None:
    """Name what of the feed was left out."""
    for problem in left["first_problems"]:
        typer.echo(f"line {problem['line']}: {problem['field']} {problem['reason']}".replace("  ", " "), err=True)
    if left["problems"]:
        typer.echo(f"aisle: {left['problems']:,} fault(s) in the feed; those lines were left out.", err=True)


async def _follow_import(
    http: httpx.AsyncClient, token: str, source: dict[str, Any], progress: Callable[[int], None]
) -> dict[str, Any]:
    async with http.stream("POST", _ROUTE, json=source, headers=_bearer(token)) as response:
        if response.is_error:
            await response.aread()
            _check(response)
        async for event in heard(response.aiter_lines()):
            if event.event == "progress":
                progress(event.data["products"])
            elif event.event == "done":
                return event.data
            else:
                raise Failed(str(event.data["detail"]))
    raise Failed("The import broke off and the old catalogue stays. Run it again.")


def _check(response: httpx.Response) -> None:
    if response.is_error:
        raise ProblemError(response.status_code, response.json())


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _show(stats: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(stats))
        return
    table = Table("what", "how many", box=None)
    for name, value in stats.items():
        table.add_row(name.replace("_", " "), f"{value:,}" if isinstance(value, int) else str(value))
    Console().print(table)
