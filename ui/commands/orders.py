"""`aisle orders`: tell the shop what happened to an order outside it, and decide about those that wait for a look."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from assistant.settings import Settings
from policies.money import format_minor
from ui.client import Conversation, Json, ProblemError, connect
from ui.commands.running import Failed, no_fill, run
from ui.home_server import server_of

app = typer.Typer(
    help="Tell the shop what happened to an order: shipped, delivered, something came back, a payment is disputed.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
review = typer.Typer(
    help="Orders that the policy's rules hold for a look: nothing of them is charged before it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(review, name="review")

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


@review.command("list")
def list_reviews() -> None:
    """List what waits, the most urgent first: why, how much, and when it is refused of itself."""

    async def work(desk: Conversation) -> None:
        waiting = await desk.reviews()
        for order in waiting:
            total = format_minor(order["total"], order["currency"])
            why = ", ".join(reason.replace("_", " ") for reason in order["reasons"])
            typer.echo(f"{order['order_id']}  {total}  until {order['due_at'][:16]}  {why}")
        typer.echo(f"{len(waiting)} {'order waits' if len(waiting) == 1 else 'orders wait'}.")

    _at_desk(work)


@review.command()
def release(order: Order) -> None:
    """The order is sound: it is charged and placed."""
    _decide(order, "release")


@review.command()
def refuse(order: Order) -> None:
    """The shop does not take the order: the money that was set aside is let go, the goods are free."""
    _decide(order, "refuse")


def _decide(order: str, decision: str) -> None:
    async def work(desk: Conversation) -> None:
        _say(await desk.decide_review(order, decision))

    _at_desk(work)


def _record(order: str, event: str, *, resellable: bool = True) -> None:
    async def work(desk: Conversation) -> None:
        _say(await desk.order_event(order, event, resellable=resellable))

    _at_desk(work)


def _say(told: Json) -> None:
    typer.echo(f"{told['order_id']} is {told['state'].replace('_', ' ')}.")


def _at_desk(work: Callable[[Conversation], Awaitable[None]]) -> None:
    async def asked(settings: Settings) -> None:
        async with server_of(settings, no_fill) as note, connect(note.url) as http:
            try:
                await work(Conversation(http, note.operator_token))
            except ProblemError as problem:
                raise Failed(str(problem)) from problem

    run(asked)
