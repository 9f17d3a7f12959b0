"""`aisle serve`: everything in one process."""

from typing import Annotated

import typer

from assistant.settings import Settings
from ui.commands.running import first_fill, run
from ui.server import serve as serve_home


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.  [default: 127.0.0.1]")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0 picks a free one.  [default: 8000]")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Server processes; embedded storage allows one.")] = None,
) -> None:
    """Serve the shop: the page at /, the HTTP API under /v1.

    Builds the demo shop on first start. Everything is kept under AISLE_HOME (~/.local/share/aisle).

    Examples:
        aisle serve

        aisle serve --port 8080

        AISLE_HOME=/srv/shop aisle serve --host 0.0.0.0
    """

    async def work(settings: Settings) -> None:
        await serve_home(settings, first_fill, lambda text: typer.echo(text))

    run(work, host=host, port=port, workers=workers)
