"""`aisle train recommend`: learns from what shoppers did what they may want next, and serves it when it is better."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console

from assistant.home import prepare_home
from assistant.settings import Settings
from assistant.wiring import book_settings, index_settings
from evals.boosting import can_boost
from evals.recommend.ranking import train_ranker
from evals.recommend.sequence import Fit, Told, Watch, fitted, trainable
from evals.recommend.training import Done, Trained, settings_of, train
from policies.errors import SettingsError
from policies.limits import load_policy
from retrieval.lexicon import Lexicon
from retrieval.renewing import renewed
from retrieval.storage import open_storage
from retrieval.taste.attentive import Attentive
from retrieval.taste.interactions import Interactions
from retrieval.taste.learned import Learned
from retrieval.taste.versions import Versions
from retrieval.trees import TreesRanker
from shop.books import migrate, open_books
from ui.commands.running import run

_MEASURED = ("recall@20", "ndcg@10")
_SYSTEMS = ("trained", "mixed", "item_to_item", "served", "bestsellers")


def recommend(
    rollback: Annotated[bool, typer.Option("--rollback", help="Serve the version before the current one.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the intervals.")] = 7,
    minutes: Annotated[float, typer.Option(min=0.1, help="For the sequence model; what it found by then counts.")] = 20,
    again: Annotated[bool, typer.Option("--again", help="Learn also when there is nothing new since.")] = False,
) -> None:
    """Learn from the shop's events what goes with what; a running server serves it within a second.

    Learns only from shoppers who allowed it and from what `aisle events import` brought along. Settings are chosen and
    figures measured on the latest fifth of the time, learned from what was before; a model that is worse there than
    what is served now, or than bestsellers, is not served. Versions are folders of models/taste in the home.

    Where LightGBM is installed, a ranker of what may be recommended is trained from what was clicked, places evened
    out, or taken; it is used where it is better than fixed weights for shoppers it has not seen. It reads the index,
    which a running server of the home holds.

    Where PyTorch is installed (`make setup-train`), a sequence model of what follows what is trained too and has the
    share that foretold best; it is left out where figures are better without. Serving it needs no PyTorch.

    Example:
        aisle train recommend
        aisle train recommend --rollback
    """

    async def work(settings: Settings) -> None:
        versions = Versions(prepare_home(settings.home_path) / "models" / "taste")
        if rollback:
            name = versions.roll_back()
            typer.echo(f"Version {name} is served again." if name else "Nothing learned is served any more.")
            return
        about = versions.about()
        with Console(stderr=True).status("Reading events") as status:
            events = await _events(settings)
            served = None if about is None else (versions.read(about.version), about.until)
            if served is not None and not again and not _new(events, served):
                typer.echo("There are no events since the last training. To learn all the same: --again")
                return
            fit = _fit(seed, status.update, minutes) if trainable() else None
            trained = train(events, served, seed, status.update, fit)
        if fit is None:
            typer.echo("PyTorch is not installed here, so no sequence model is trained. To have one: make setup-train")
        typer.echo(_told(trained))
        if trained.accepted:
            ranker = await _ranker(settings, trained, seed) or (served[0].ranker if served else None)
            model = replace(trained.model, ranker=ranker)
            made = versions.serve(model, trained.until, trained.events, trained.figures["trained"])
            typer.echo(f"Version {made.version} is served now. To go back: aisle train recommend --rollback")
        else:
            typer.echo("It is not served; what was served stays.")

    run(work)


def _fit(seed: int, told: Told, minutes: float) -> Fit:
    # Trained twice: on the earlier part to be measured, and on everything to be served.
    def fit(taken: Interactions) -> Attentive:
        return fitted(taken, seed, told, Watch(30 * minutes, time.monotonic(), time.monotonic, training=1.0))

    return fit


async def _ranker(settings: Settings, trained: Trained, seed: int) -> TreesRanker | None:
    """Return a ranker better than what is used without one, None where there is none to be had."""
    if not can_boost():
        typer.echo("LightGBM is not installed here, so no ranker is trained. To have one: make setup-train")
        return None
    where = index_settings(settings)
    try:
        storage = await open_storage(where.path, where.qdrant_url, where.qdrant_api_key)
    except SettingsError as error:
        typer.echo(f"No ranker is trained, which reads the index: {error}")
        return None
    try:
        edition = await renewed(storage, await storage.current(), Lexicon())
        with Console(stderr=True).status("Reading the catalogue") as status:
            ranked = await train_ranker(edition.index, trained.earlier, seed, status.update)
        await edition.index.close()
    finally:
        await storage.close()
    typer.echo(ranked.told)
    return ranked.ranker


def _new(events: list[Done], served: tuple[Learned, str]) -> bool:
    return any(each.at.isoformat() > served[1] for each in events)


async def _events(settings: Settings) -> list[Done]:
    await migrate(settings.books_url)
    books = await open_books(book_settings(settings, load_policy(settings.policy)), role="planner")
    try:
        return [
            Done(each.who, each.product_id, each.at, each.kind, each.place, each.slate)
            async for page in books.behaviour.pages()
            for each in page
        ]
    finally:
        await books.aclose()


def _told(trained: Trained) -> str:
    share = f"; sequence model {trained.model.share:g}" if trained.model.share else ""
    known = f"{trained.events:,} events; {settings_of(trained.model.likes.knobs)}{share}"
    lines = [f"{known}. On the latest fifth of the time:"]
    lines += [_line(name, trained.figures[name]) for name in _SYSTEMS if name in trained.figures]
    if trained.clicks:
        said = (f"{name} {one.clicks:.3f} (variance {one.variance:.2g})" for name, one in trained.clicks.items())
        lines.append(f"  clicks a row, as shown and in the order of the trained: {', '.join(said)}")
    return "\n".join(lines)


def _line(name: str, figures: Mapping[str, float]) -> str:
    said = (f"{what} {figures[what]} [{figures[f'{what}_low']}, {figures[f'{what}_high']}]" for what in _MEASURED)
    return f"  {name}: {', '.join(said)}, of {figures['shoppers']:g} shoppers"
