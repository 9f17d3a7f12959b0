"""`aisle train`: trains what the shop's small models learned, from our own and public data."""

from pathlib import Path
from typing import Annotated

import typer

from assistant.compact.trained import Trained, read_trained
from assistant.home import prepare_home
from assistant.settings import Settings
from assistant.train.planner import Plan, train
from assistant.train.tagger import train_tagger
from policies.errors import SettingsError
from retrieval.encode import open_encoder
from ui.commands.running import run

_TAGGER_EPOCHS = 6

app = typer.Typer(help="Train the small models.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def models() -> None:
    """Train the small models."""


@app.command()
def planner(
    data: Annotated[
        Path | None,
        typer.Option(envvar="AISLE_DATA_DIR", help="Folder with clinc150, webshop_goals, queryner.", file_okay=False),
    ] = None,
    out: Annotated[Path, typer.Option(help="File to write.", dir_okay=False)] = Path("planner.npz"),
    seed: Annotated[int, typer.Option(min=0, help="The same seed and data give the same file.")] = 7,
) -> None:
    """Train what the compact planner understands by: intents, and words for things no catalogue names.

    Takes about ten minutes on two cores. Without data it learns from our own phrasings alone and keeps the words it
    knew. Measure the file before you use it: AISLE_HEADS=planner.npz aisle eval understanding.

    Example:
        aisle train planner --data ../shared/data --out planner.npz
    """

    async def work(settings: Settings) -> None:
        encoder = await open_encoder(settings.encoder, prepare_home(settings.home_path) / "models")
        heads, trust = await train(Plan(seed=seed, data=data), encoder, _tell)
        tagger = read_trained().tagger if data is None else train_tagger(data, seed, _TAGGER_EPOCHS, _tell)
        try:
            out.write_bytes(Trained(heads, tagger).to_bytes())
        except OSError as error:
            raise SettingsError(f"{out} cannot be written: {error.strerror}. Choose another --out.") from error
        typer.echo(
            f"{out}: on patterns held out {trust.accuracy:.3f} right, calibration error {trust.error:.3f}; kept turns "
            f"{trust.kept_right:.3f} right at a coverage of {trust.coverage:.2f}."
        )

    run(work)


def _tell(text: str) -> None:
    typer.echo(text, err=True)
