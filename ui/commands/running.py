"""What every command shares: settings, one sentence for every error, and how the first start shows its progress."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Any

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from assistant.settings import Settings, load_settings
from assistant.wiring import App
from evals.journeys.conditions import ScriptError
from policies.errors import SettingsError, Unavailable
from ui.client import ProblemError
from ui.filling import fill_when_empty

DEMO_PRODUCTS = 1200
DEMO_SEED = 7
_PLAIN_STEP = 200


class Failed(Exception):
    """A command could not do what it was asked; the text is one sentence and what to do next."""


def run(work: Callable[[Settings], Coroutine[Any, Any, None]], **overrides: object) -> None:
    """Run a command's work with the settings; every failure is one sentence on standard error.

    Args:
        work: Given the settings.
        overrides: Settings from the command line; None leaves the environment's.
    """
    try:
        asyncio.run(work(load_settings(**overrides)))
    except (SettingsError, Failed, ScriptError) as error:
        fail(str(error))
    except ProblemError as error:
        fail(f"The server refused: {error}")
    except httpx.HTTPError as error:
        fail(f"The server stopped answering ({error or type(error).__name__}). Start it again with: aisle serve")
    except Unavailable as error:
        fail(f"The shop's records cannot be used ({error}). Check the disk with: aisle doctor")
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def fail(text: str) -> None:
    """Say what went wrong on standard error and end with exit code 1."""
    typer.echo(f"aisle: {text}", err=True)
    raise typer.Exit(1)


@contextmanager
def progress_of(what: str, total: int | None) -> Generator[Callable[[int], None]]:
    """Yield a function to call with how much is done: a bar on a terminal, a line now and then elsewhere."""
    if not sys.stderr.isatty():
        typer.echo(f"{what} …", err=True)
        yield _plain_steps(what, total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(what, total=total)
        yield lambda done: bars.update(task, completed=done)


def _plain_steps(what: str, total: int | None) -> Callable[[int], None]:
    told = 0

    def step(done: int) -> None:
        nonlocal told
        if done - told >= _PLAIN_STEP or done == total:
            told = done
            of = f" of {total:,}" if total else ""
            typer.echo(f"{what}: {done:,}{of}", err=True)

    return step


async def first_fill(app: App) -> None:
    """Build the demo shop on first start, showing how far it is."""
    if await app.catalog.count() > 0:
        return
    with progress_of("Building the demo shop", DEMO_PRODUCTS) as progress:
        built = await fill_when_empty(app, DEMO_PRODUCTS, DEMO_SEED, progress)
    if built is not None:
        typer.echo(f"The demo shop has {built.products:,} products in {built.variants:,} variants.", err=True)


async def no_fill(app: App) -> None:
    """Leave the shop as it is: the command itself fills it."""
