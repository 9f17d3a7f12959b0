"""`aisle retention`: how long things are kept, and letting go of what is older."""

import typer

from assistant.settings import Settings
from assistant.wiring import open_privacy
from ui.commands.running import Failed, run

app = typer.Typer(
    help="How long the shop keeps what it knows of shoppers.", no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def show() -> None:
    """Say how long things are kept, and which setting says so."""

    async def work(settings: Settings) -> None:
        for name, field in Settings.model_fields.items():
            if name.startswith("keep_"):
                typer.echo(f"AISLE_{name.upper()}={getattr(settings, name):g}  {field.description}")
        typer.echo("Orders, payments and the audit log stay; nothing deletes them.")

    run(work)


@app.command("run")
def run_now() -> None:
    """Let go of everything whose time is over. A running server does this by itself every quarter of an hour.

    Nothing goes that a payment or a change of an order still needs.
    """

    async def work(settings: Settings) -> None:
        if not (settings.home_path / "pseudonym.key").exists():
            raise Failed(f"There is nothing in {settings.home_path}. Start the shop once with: aisle serve")
        async with open_privacy(settings) as privacy:
            await privacy.catch_up()
            gone = await privacy.retain()
            await privacy.scrub()
        for what, count in gone.items():
            typer.echo(f"{what}: {count:,}")

    run(work)
