"""`aisle catalog`: what the shop sells."""

import json
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

from assistant.settings import Settings
from evals.journeys.conditions import number
from ui.client import Conversation, ProblemError, connect
from ui.commands.enrich import enrich
from ui.commands.importing import ROUTE, import_feed, run_import
from ui.commands.quality import quality
from ui.commands.running import DEMO_PRODUCTS, DEMO_SEED, no_fill, run
from ui.home_server import server_of

app = typer.Typer(help="Fill the shop and look at what is in it.", no_args_is_help=True, rich_markup_mode=None)


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
        await run_import(settings, {"source": "demo", "products": products, "seed": seed})

    run(work)


app.command(name="import")(import_feed)
app.command()(quality)
app.command()(enrich)


@app.command()
def stats(as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Show what is in the shop."""

    async def work(settings: Settings) -> None:
        async with server_of(settings, no_fill) as note, connect(note.url) as http:
            response = await http.get(ROUTE, headers=_bearer(note.operator_token))
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
