"""`aisle cases`: the list of what waits for a person."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from assistant.settings import Settings
from ui.client import Conversation, Json, ProblemError, connect
from ui.commands.running import Failed, no_fill, run
from ui.home_server import server_of

app = typer.Typer(
    help="What waits for a person: list the cases, read one with everything about it, close it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

CaseId = Annotated[str, typer.Argument(help="The case's number, e.g. C-7K2MQX.")]


@app.command("list")
def list_cases(
    state: Annotated[str, typer.Option(help="open, closed, withdrawn or all.")] = "open",
) -> None:
    """List cases, oldest first."""

    async def work(desk: Conversation) -> None:
        cases = await desk.cases_in(state)
        for case in cases:
            typer.echo(f"{case['case_id']}  {case['opened_at'][:16]}  {case['reason']}: {_short(case['said'][0])}")
        typer.echo(f"{len(cases)} {'case' if len(cases) == 1 else 'cases'}.")

    _at_desk(work)


@app.command()
def show(case: CaseId) -> None:
    """Show a case: its words, the cart, the orders, the conversation, and whether anybody was told."""

    async def work(desk: Conversation) -> None:
        for line in _lines(await desk.case(case)):
            typer.echo(line)

    _at_desk(work)


@app.command()
def close(
    case: CaseId, note: Annotated[str, typer.Option(help="What its shopper reads about how it ended.")] = ""
) -> None:
    """Close a case.

    Example:
        aisle cases close C-7K2MQX --note "A new lamp goes out today."
    """

    async def work(desk: Conversation) -> None:
        told = await desk.close_case(case, note)
        typer.echo(f"{told['case_id']} is {told['state']}.")

    _at_desk(work)


def _at_desk(work: Callable[[Conversation], Awaitable[None]]) -> None:
    async def asked(settings: Settings) -> None:
        async with server_of(settings, no_fill) as note, connect(note.url) as http:
            try:
                await work(Conversation(http, note.operator_token))
            except ProblemError as problem:
                raise Failed(str(problem)) from problem

    run(asked)


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 80 else f"{line[:79]}…"


def _lines(file: Json) -> list[str]:
    case = file["case"]
    lines = [f"{case['case_id']} ({case['reason']}). {case['state_text']}", f"Shopper: {file['subject']}", ""]
    lines += [f"{each['said_at'][:16]}  {each['words']}" for each in file["said"]]
    lines += ["", "Cart:", *(f"  {each['quantity']} x {each['title']}" for each in file["context"].get("cart", ()))]
    lines += ["Orders:", *(f"  {each['order_id']}: {each['state_text']}" for each in file["context"].get("orders", ()))]
    lines += ["Conversation:", *(f"  {text}" for text in file["conversation"])]
    sent = (f"  {each['event']}: {each['state']}{_why(each)}" for each in file["messages"])
    return [*lines, "Messages:", *sent]


def _why(message: Json) -> str:
    taken = f" by {', '.join(message['taken_by'])}" if message["taken_by"] else ""
    return f"{taken}; {message['problem']}" if message["problem"] else taken
