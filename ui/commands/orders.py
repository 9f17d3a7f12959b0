"""`aisle orders`: tell the shop what happened to an order outside it."""

from typing import Annotated

import typer

from assistant.settings import Settings
from ui.client import Conversation, ProblemError, connect
from ui.commands.running import Failed, no_fill, run
from ui.home_server import server_of

app = typer.Typer(
    help="Tell the shop what happened to an order: shipped, delivered, something came back, a payment is disputed.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Order = Annotated[str, typer.Argument(help="The order's id, e.g. order_Zk3….")]


@app.command()
def ship(order: Order) -> None:
    """The goods left the shop: nothing is cancelled any more, and the address stays."""
    _record(order, "ship")


@app.command()
def deliver(order: Order) -> None:
    """The goods arrived: the days for a return or exchange begin."""
    _record(order, "deliver")


@app.command()
def receive(
    order: Order,
    unusable: Annotated[bool, typer.Option("--unusable", help="It is used or broken: not for sale again.")] = False,
) -> None:
    """What a return or exchange sends back is here: what is due is paid back.

    Example:
        aisle orders receive order_Zk3x9Qw2 --unusable
    """
    _record(order, "receive", resellable=not unusable)


@app.command()
def dispute(order: Order) -> None:
    """A payment of the order is disputed: whatever was automatic stops until a person acts."""
    _record(order, "dispute")


def _record(order: str, event: str, *, resellable: bool = True) -> None:
    async def work(settings: Settings) -> None:
        async with server_of(settings, no_fill) as note, connect(note.url) as http:
            try:
                told = await Conversation(http, note.operator_token).order_event(order, event, resellable=resellable)
            except ProblemError as problem:
                raise Failed(str(problem)) from problem
        typer.echo(f"{told['order_id']} is {told['state'].replace('_', ' ')}.")

    run(work)
