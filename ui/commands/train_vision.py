"""`aisle train vision`: fits the picture encoder to the shop's own pictures, or trains its network anew."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Protocol, cast

import typer

from assistant.home import prepare_home
from assistant.settings import Settings
from assistant.wiring import index_settings
from policies.errors import SettingsError
from retrieval.catalog import open_index
from retrieval.encode import open_encoder
from retrieval.looking import Looking
from retrieval.picture import PictureCleaner
from retrieval.train.vision_maps import adapt, learn_maps, pictures_of
from retrieval.train.vision_pictures import drawn_things, prepare
from retrieval.vision.choice import OWN_EYE
from retrieval.vision.compact import MAPS_FILE, NETWORK_FILE, CompactEncoder, write_maps
from ui.commands.running import progress_of, run

_LEAST_STEPS = 10
_DRAWN = 600  # products whose snaps teach the whitenings
_TOLD_EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class _Fitting:
    """How the encoder is fitted to a shop: where to, by default into its home; how many products; who looks again."""

    out: Path | None
    products: int
    seed: int
    later: bool


class _Trainer(Protocol):
    def train_network(self, kept: Path, steps: int, seed: int, told: Callable[[int], None]) -> bytes: ...


def vision(  # noqa: PLR0913  # One parameter for each option of the command.
    catalog: Annotated[bool, typer.Option("--catalog", help="Fit it to this shop's pictures; no PyTorch.")] = False,
    later: Annotated[bool, typer.Option("--later", help="With --catalog: the server looks at all again.")] = False,
    products: Annotated[int, typer.Option(min=40, max=20_000, help="To learn from, at most.")] = 600,
    photos: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Folder: labels.csv (image, split, label).")
    ] = None,
    steps: Annotated[int, typer.Option(min=_LEAST_STEPS, help="Of training the network.")] = 2400,
    seed: Annotated[int, typer.Option(min=0, help="The same seed and pictures give the same weights.")] = 20261,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write; with --catalog this home's by default.", file_okay=False)
    ] = None,
) -> None:
    """Train how pictures are looked at.

    With --catalog it learns from the shop's own pictures which differences say nothing, in minutes and without
    PyTorch; a quarter of the products is held out, and it is kept only when it finds more of them from a photo. Then
    all pictures are looked at again, and compared by it once all are; until then, and after a crash, by what was there
    before. Cut off, or with --later, the next start goes on. Stop the server first, where it holds the index. To go
    back, remove models/eye from the home.

    With --photos the network is trained from drawings and labelled photos (`train` extra). Cut off, the same command
    goes on where it was. Measure it before you use it: aisle eval vision --data DIR.

    Examples:
        aisle train vision --catalog
        aisle train vision --catalog --later    # the server looks at the pictures
        aisle train vision --photos clothing_small/mini --out eye
    """
    if catalog == (photos is not None):
        raise typer.BadParameter("say either --catalog or --photos DIR", param_hint="--catalog")

    async def work(settings: Settings) -> None:
        if photos is None:
            await _fit(settings, _Fitting(out, products, seed, later))
        else:
            await _train(settings, photos, out or Path(OWN_EYE), (products, steps, seed))

    run(work)


async def _fit(settings: Settings, asked: _Fitting) -> None:
    where = index_settings(settings)
    prepare_home(settings.home_path)
    opened, cleaner = await open_index(where), PictureCleaner()
    try:
        eye = (opened.coming or opened.sight).eye
        if not isinstance(eye, CompactEncoder):
            raise SettingsError("AISLE_PICTURE_ENCODER names a large model; only the compact one is fitted to a shop.")
        with progress_of("Reading pictures", asked.products) as read:
            things = await pictures_of(await opened.products(), cleaner, asked.products, read)
        with progress_of("Learning", None) as told:
            adapted = await adapt(eye, things, asked.seed, told)
        if adapted is None:
            typer.echo(f"{len(things)} products with pictures are too few to learn from; nothing is changed.")
            return
        typer.echo(
            f"Of {adapted.held_out} products held out a photo finds {adapted.before:.3f} before and "
            f"{adapted.after:.3f} after."
        )
        if not adapted.better:
            typer.echo("That is no better, so nothing is changed.")
            return
        write_maps((asked.out or where.eye.own) / MAPS_FILE, adapted.maps)
        if asked.out is not None:
            typer.echo(f"{asked.out}: use it by copying it to models/eye in the home.")
        elif asked.later:
            typer.echo("The server looks at all pictures again when it starts, and then compares by it.")
        else:
            await opened.look_with(where.eye, where.eyes)
            await _look_again(Looking(opened, cleaner))
    finally:
        await cleaner.aclose()
        await opened.aclose()


async def _look_again(looking: Looking) -> None:
    work = asyncio.create_task(looking.catch_up(asyncio.Event()))
    while not work.done():
        typer.echo(await looking.told(), err=True)
        await asyncio.wait([work], timeout=_TOLD_EVERY_S)
    await work
    typer.echo("All pictures are looked at again, and compared by it.")


async def _train(settings: Settings, photos: Path, folder: Path, amounts: tuple[int, int, int]) -> None:
    if find_spec("torch") is None:
        raise SettingsError("Training the network needs PyTorch: make setup-train.")
    products, steps, seed = amounts
    kept = folder / "training"
    await asyncio.to_thread(kept.mkdir, parents=True, exist_ok=True)
    if not (kept / "pictures.npz").is_file():
        words = await open_encoder(settings.encoder, prepare_home(settings.home_path) / "models")
        with progress_of("Drawing products", products) as drawn:
            pictures = await prepare(photos, products, seed, words, drawn)
        pictures.save(kept / "pictures.npz")
    with progress_of("Training", steps) as told:
        network = cast(_Trainer, import_module("retrieval.train.vision")).train_network(kept, steps, seed, told)
    (folder / NETWORK_FILE).write_bytes(network)
    with progress_of("Learning what differences say nothing", _DRAWN) as told:
        write_maps(folder / MAPS_FILE, learn_maps(drawn_things(_DRAWN, seed), seed, told))
    typer.echo(f"{folder}: use it by copying it to models/eye in the home.")
