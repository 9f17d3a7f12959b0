"""`aisle catalog import`: a shop's own feed in, with what it left out said by line, field and reason."""

import sys
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Annotated, Any, cast, get_args

import httpx
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from assistant.settings import Settings
from policies.errors import SettingsError
from retrieval.feeds.options import FeedOptions, FormatName, read_options, told
from ui.client import ProblemError, connect, heard
from ui.commands.running import Failed, no_fill, run
from ui.home_server import server_of

ROUTE = "/v1/operator/catalogue"
_SAYS = {"fetching": "Fetching", "reading": "Reading", "importing": "Importing"}
_UNITS = {"fetching": "bytes", "reading": "rows", "importing": "products"}
_PLAIN_EVERY_S = 2.0
_FORMATS = ", ".join(get_args(FormatName))

_Feed = Annotated[str, typer.Argument(help="The feed: a file, gzip or not, or an https address.", metavar="FILE|URL")]
_Format = Annotated[str, typer.Option("--format", help=f"One of {_FORMATS}.")]
_Mapping = Annotated[Path | None, typer.Option(help="TOML file that says which column means what.")]
_Map = Annotated[list[str] | None, typer.Option("--map", help="FIELD=COLUMN, as often as needed.", metavar="F=C")]
_Decimal = Annotated[str | None, typer.Option(help="Decimal mark of the prices: '.' or ','; found by itself.")]
_Stock = Annotated[int | None, typer.Option(min=0, help="Units of what is in stock without a count (10).")]
_Mode = Annotated[
    str, typer.Option(help="replace: all anew, swapped in; sync: only what differs; patch: the feed has changes only.")
]
_IfChanged = Annotated[bool, typer.Option("--if-changed", help="Do nothing when the shop has this very feed already.")]
_AllowHttp = Annotated[bool, typer.Option("--allow-http", help="Fetch without encryption, too.")]
_AllowPrivate = Annotated[bool, typer.Option("--allow-private", help="Fetch from the own network, too.")]


def import_feed(  # noqa: PLR0913  # One parameter for each option of the command.
    feed: _Feed,
    feed_format: _Format = "auto",
    mapping: _Mapping = None,
    columns: _Map = None,
    decimal: _Decimal = None,
    assume_stock: _Stock = None,
    mode: _Mode = "replace",
    if_changed: _IfChanged = False,
    allow_http: _AllowHttp = False,
    allow_private: _AllowPrivate = False,
) -> None:
    """Make the shop sell what a feed lists; every row that is left out is told with its reason.

    Example:
        aisle catalog import products.csv
        aisle catalog import https://shop.example/feed.xml --mode sync --if-changed
        aisle catalog import artikel.csv --map title=Bezeichnung --map price=Preis --decimal ,
    """
    given = {"format": feed_format, "decimal": decimal, "assumed_stock": assume_stock}

    async def work(settings: Settings) -> None:
        source: dict[str, Any] = {"source": "feed", "mode": mode, "if_changed": if_changed}
        source |= {"allow_http": allow_http, "allow_private": allow_private}
        source |= {"url": feed} if "://" in feed else {"path": str(_file(feed))}
        source["options"] = _options(mapping, columns or [], given).model_dump(mode="json", exclude_defaults=True)
        await run_import(settings, source)

    run(work)


def _file(feed: str) -> Path:
    path = Path(feed).resolve()
    if not path.is_file():
        raise typer.BadParameter(f"there is no file {feed}", param_hint="FILE|URL")
    return path


def _options(mapping: Path | None, columns: list[str], given: dict[str, Any]) -> FeedOptions:
    options = read_options(mapping) if mapping else FeedOptions()
    fields = dict(options.fields)
    for pair in columns:
        field, _, column = pair.partition("=")
        fields[field.strip()] = (column.strip(),)
    own = {name: value for name, value in given.items() if value is not None and value != "auto"}
    try:
        return FeedOptions.model_validate({**options.model_dump(), **own, "fields": fields})
    except ValidationError as error:
        raise SettingsError(f"{told(error)}.") from error


async def run_import(settings: Settings, source: dict[str, Any]) -> None:
    """Have the server of the home import a source; show how far it is and what it left."""
    async with server_of(settings, no_fill) as note, connect(note.url) as http:
        headers = {"Authorization": f"Bearer {note.operator_token}"}
        with _shown() as show:
            async with http.stream("POST", ROUTE, json=source, headers=headers) as response:
                if response.is_error:
                    await response.aread()
                    raise ProblemError(response.status_code, response.json())
                left = await _followed(response, show)
    _tell(left)


async def _followed(response: httpx.Response, show: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    events: AsyncIterator[Any] = heard(response.aiter_lines())
    async for event in events:
        if event.event == "progress":
            show(event.data)
        elif event.event == "done":
            return event.data
        else:
            raise Failed(str(event.data["detail"]))
    raise Failed("The import broke off. Run it again: it goes on where it stopped.")


@contextmanager
def _shown() -> Generator[Callable[[dict[str, Any]], None]]:
    """Yield what shows a step: a bar with the rate on a terminal, a line now and then elsewhere."""
    if not sys.stderr.isatty():
        yield _plain()
        return
    rate = TextColumn("{task.fields[rate]}")
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), rate, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task, rated = bars.add_task("Importing", total=None, rate=""), _Rate()

        def show(step: dict[str, Any]) -> None:
            text = rated.text(step)
            bars.update(task, description=_SAYS[step["phase"]], completed=step["done"], total=step["total"], rate=text)

        yield show


def _plain() -> Callable[[dict[str, Any]], None]:
    rated, told_at, phase = _Rate(), 0.0, ""

    def show(step: dict[str, Any]) -> None:
        nonlocal told_at, phase
        text = rated.text(step)
        if step["phase"] != phase or step["done"] == step["total"] or monotonic() - told_at >= _PLAIN_EVERY_S:
            told_at, phase = monotonic(), step["phase"]
            typer.echo(f"{_SAYS[phase]}: {text}", err=True)

    return show


class _Rate:
    """How much of a phase is done, and how fast."""

    def __init__(self) -> None:
        self._phase = ""
        self._since = 0.0

    def text(self, step: dict[str, Any]) -> str:
        """Return "1,200 of 4,000 products, 310 a second"."""
        if step["phase"] != self._phase:
            self._phase, self._since = step["phase"], monotonic()
        of = f" of {step['total']:,}" if step["total"] else ""
        seconds = monotonic() - self._since
        rate = f", {step['done'] / seconds:,.0f} a second" if seconds > 1 else ""
        return f"{step['done']:,}{of} {_UNITS[self._phase]}{rate}"


def _tell(left: dict[str, Any]) -> None:
    if left["unchanged"]:
        typer.echo("The shop has this feed already; nothing was changed.")
        return
    feed = cast("dict[str, Any] | None", left["feed"])
    if feed is not None:
        _tell_rows(feed)
    counts = f"The feed has {left['products']:,} products in {left['variants']:,} variants"
    if left["added"] is not None:
        counts += f": {left['added']:,} new, {left['changed']:,} changed, {left['removed']:,} removed"
    typer.echo(f"{counts}; {left['retired']:,} variants went off sale.")


def _tell_rows(feed: dict[str, Any]) -> None:
    typer.echo(f"Read as {feed['format']}: {feed['rows']:,} rows, {feed['kept']:,} in, {feed['left_out']:,} left out.")
    for problem in feed["first_problems"]:
        where = f"line {problem['line']}" + (f" ({problem['item']})" if problem["item"] else "")
        what = " ".join(filter(None, (problem["field"], problem["reason"])))
        typer.echo(f"{where}: {what}{' (the row is in)' if problem['kept'] else ''}", err=True)
    if feed["left_out"] or feed["notes"]:
        typer.echo(f"All of it, line by line: {feed['report']}", err=True)
