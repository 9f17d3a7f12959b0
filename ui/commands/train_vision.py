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
from retrieval.encode import open_encoder
from retrieval.photos import photos
from retrieval.picture import PictureCleaner
from retrieval.train.vision_fitting import Adapted, adapt
from retrieval.train.vision_maps import pictures_of, sightings
from retrieval.train.vision_pictures import drawn_things, prepare
from retrieval.vision.choice import OWN_EYE
from retrieval.vision.compact import MAPS_FILE, NETWORK_FILE, SHIPPED, open_compact, read_maps, write_maps
from ui.commands.enrich import entries_of_server
from ui.commands.running import progress_of, run

_LEAST_STEPS = 10
_DRAWN = 600  # products whose snaps teach the whitenings


@dataclass(frozen=True, slots=True)
class _Fitting:
    """How the encoder is fitted to a shop: where to, by default into its home; from how many products."""

    out: Path | None
    products: int
    seed: int


class _Trainer(Protocol):
    def train_network(self, kept: Path, steps: int, seed: int, told: Callable[[int], None]) -> bytes: ...


def vision(
    catalog: Annotated[bool, typer.Option("--catalog", help="Fit it to this shop's pictures; no PyTorch.")] = False,
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
    PyTorch. Each quarter of the products is held out once; what was learnt is kept only when it finds more of them from
    a photo than the shipped weights do, beyond chance. The shop may be served meanwhile: its server notices within
    seconds, looks at all pictures again in the background, and compares by it once all are; until then, and after a
    crash, by what was there before. A shop that is not served does so when it is. aisle catalog stats tells how far it
    is. To go back, remove models/eye from the home.

    With --photos the network is trained from drawings and labelled photos (`train` extra). Cut off, the same command
    goes on where it was. Measure it before you use it: aisle eval vision --data DIR.

    Examples:
        aisle train vision --catalog
        aisle train vision --photos clothing_small/mini --out eye
    """
    if catalog == (photos is not None):
        raise typer.BadParameter("say either --catalog or --photos DIR", param_hint="--catalog")

    async def work(settings: Settings) -> None:
        if photos is None:
            await _fit(settings, _Fitting(out, products, seed))
        else:
            await _train(settings, photos, out or Path(OWN_EYE), (products, steps, seed))

    run(work)


async def _fit(settings: Settings, asked: _Fitting) -> None:
    if settings.picture_encoder:
        raise SettingsError("AISLE_PICTURE_ENCODER names a large model; only the compact one is fitted to a shop.")
    own = index_settings(settings).eye
    # Maps of an earlier fitting have seen these pictures, so they cannot be measured on them: the shipped ones are.
    eye = open_compact(own.own if own.has_own else SHIPPED).with_maps(read_maps(SHIPPED / MAPS_FILE))
    things = await _things(settings, asked.products)
    with progress_of("Learning", None) as told:
        adapted = await adapt(eye, things, asked.seed, told)
    if adapted is None:
        typer.echo(f"{len(things)} products with pictures are too few to learn from; nothing is changed.")
        return
    typer.echo(_told(adapted))
    if not adapted.gain.holds:
        return
    write_maps((asked.out or own.own) / MAPS_FILE, adapted.maps)
    if asked.out is not None:
        typer.echo(f"{asked.out}: use it by copying it to models/eye in the home.")
    else:
        typer.echo(
            "The server looks at all pictures again, from the next seconds on or when it is started, and then compares "
            "by it; see: aisle catalog stats"
        )


def _told(adapted: Adapted) -> str:
    gain = adapted.gain
    found = (
        f"Of {adapted.held_out} products held out a photo finds {adapted.before:.3f} by the shipped weights and "
        f"{adapted.after:.3f} by what was learnt: {gain.mean:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]."
    )
    if gain.holds:
        return f"{found} That is more than chance explains."
    if gain.mean > 0:
        return f"{found} That may be chance, so nothing is changed; more products with pictures would tell."
    return f"{found} That is no better, so nothing is changed."


async def _things(settings: Settings, most: int) -> list[list[bytes]]:
    products = [entry.product for entry in await entries_of_server(settings, settings.home_path / "imports")]
    photo, cleaner = photos(fetched=settings.fetch_pictures, folder=settings.photos), PictureCleaner()
    try:
        with progress_of("Reading pictures", most) as told:
            return await pictures_of(products, cleaner, most, told, photo)
    finally:
        await cleaner.aclose()


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
        write_maps(folder / MAPS_FILE, sightings(drawn_things(_DRAWN, seed), seed, told).maps())
    typer.echo(f"{folder}: use it by copying it to models/eye in the home.")
