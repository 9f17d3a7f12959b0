"""`aisle catalog enrich`: fills gaps of products by a model, or by the shop's own labelled products."""

import json
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from assistant.registry import ModelSpec, load_registry
from assistant.settings import Settings
from assistant.wiring import index_settings
from policies.errors import SettingsError
from retrieval.describe import Endpoint, describe
from retrieval.encode import TextEncoder, open_encoder
from retrieval.enrich import LABELS, Label, Measured, Neighbours, Proposal, bare_text, enriched, gaps
from retrieval.feeds.jsonl import read_feed, write_feed
from retrieval.kind_reading import KindReader
from retrieval.photos import cleaned_photo, photos
from retrieval.picture import PictureCleaner
from retrieval.product import CatalogueEntry, Product
from retrieval.vision.compact import open_compact
from ui.client import ProblemError, connect
from ui.commands.importing import ROUTE, run_import
from ui.commands.running import no_fill, progress_of, run
from ui.home_server import server_of

_BY_NEIGHBOURS = "guessed from products alike"


def enrich(
    model: Annotated[str | None, typer.Option(help="A model of models.toml with the role describe.")] = None,
    precision: Annotated[float, typer.Option(min=0.5, max=1, help="How often a guess must be right.")] = 0.9,
    max_usd: Annotated[float, typer.Option(min=0, help="What the model may cost.")] = 1.0,
    apply: Annotated[bool, typer.Option("--apply", help="Write the proposals into the shop.")] = False,
) -> None:
    """Propose what products lack: kind, colours, materials, styles, a sentence; nothing the shop says is changed.

    Without --model the shop's own labelled products tell; what kind of thing a product is may also be read off its
    picture. How often either is right is measured first.

    Example:
        aisle catalog enrich --apply
        aisle catalog enrich --model vllm --max-usd 2 --apply
    """

    async def work(settings: Settings) -> None:
        folder = settings.home_path / "imports"
        entries = await entries_of_server(settings, folder)
        products = [entry.product for entry in entries]
        if model is None:
            filled = await _by_own_products(settings, products, precision)
        else:
            spec = _spec(settings, model)
            by = f"{spec.model}@{spec.revision or 'unknown revision'}"
            filled = _filled(products, await _by_model(settings, spec, products, max_usd), by)
        both = zip(entries, filled, strict=True)
        changed = [entry.model_copy(update={"product": new}) for entry, new in both if new != entry.product]
        typer.echo(f"{len(changed):,} of {sum(map(bool, map(gaps, products))):,} products with gaps can be filled.")
        out = folder / "enriched.jsonl"
        write_feed(out, changed)
        if not apply or not changed:
            typer.echo(f"The proposals are in {out}; --apply writes them into the shop.")
            return
        await run_import(settings, {"source": "feed", "mode": "patch", "path": str(out)})

    run(work)


async def entries_of_server(settings: Settings, folder: Path) -> list[CatalogueEntry]:
    """Return the catalogue as its server tells it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # noqa: ASYNC240  # The command does nothing else meanwhile.
    copy = folder / "catalogue.jsonl"
    async with server_of(settings, no_fill) as note, connect(note.url) as http:
        headers = {"Authorization": f"Bearer {note.operator_token}"}
        async with http.stream("GET", f"{ROUTE}/feed", headers=headers, timeout=httpx.Timeout(600)) as response:
            if response.is_error:
                await response.aread()
                raise ProblemError(response.status_code, response.json())
            with copy.open("wb") as file:
                async for chunk in response.aiter_bytes():
                    file.write(chunk)
    return [row for row in read_feed(copy, lambda _: None) if isinstance(row, CatalogueEntry)]


def _filled(products: list[Product], proposals: dict[str, Proposal], by: str) -> list[Product]:
    kinds = Counter(product.product_type for product in products)
    return [enriched(product, proposals.get(product.product_id, Proposal()), by, kinds) for product in products]


async def _by_own_products(settings: Settings, products: list[Product], precision: float) -> list[Product]:
    """Fill gaps by products alike; a kind that these don't tell is read off the picture."""
    index = index_settings(settings)
    encoder = await open_encoder(index.model_path, index.cache_dir)
    filled = _filled(products, await _by_neighbours(encoder, products, precision), _BY_NEIGHBOURS)
    cleaner = PictureCleaner()
    reader = KindReader(
        open_compact(), encoder, photos(fetched=settings.fetch_pictures, folder=settings.photos), cleaner
    )
    try:
        with progress_of("Pictures looked at", None) as looked:
            told, proposals = await reader.read(filled, precision, looked)
    finally:
        await cleaner.aclose()
    if told.held_out:
        _tell("product_type off pictures", told, precision)
    return _filled(filled, proposals, reader.name)


def _tell(label: str, told: Measured, precision: float) -> None:
    if told.threshold is None:
        typer.echo(f"{label}: no confidence is right {precision:.0%} of the time ({told.held_out} held out)")
    else:
        typer.echo(
            f"{label}: at confidence {told.threshold} right {told.precision:.1%} of the time, "
            f"for {told.coverage:.0%} of {told.held_out} held out"
        )


async def _by_neighbours(encoder: TextEncoder, products: list[Product], precision: float) -> dict[str, Proposal]:
    neighbours = Neighbours(products, await encoder.encode([bare_text(product) for product in products]))
    thresholds: dict[Label, float] = {}
    for label in LABELS:
        told = neighbours.measured(label, precision)
        _tell(label, told, precision)
        if told.threshold is not None:
            thresholds[label] = told.threshold
    return neighbours.proposals(thresholds)


def _spec(settings: Settings, name: str) -> ModelSpec:
    registry = load_registry(settings.models)
    registry.require_licences()
    spec = registry.models.get(name)
    if spec is None or "describe" not in spec.roles or not spec.address:
        able = ", ".join(n for n, one in registry.models.items() if "describe" in one.roles and one.address)
        raise SettingsError(f"Model {name!r} cannot describe; with that role and an address there is: {able or '-'}.")
    return spec


async def _by_model(
    settings: Settings, spec: ModelSpec, products: list[Product], most_usd: float
) -> dict[str, Proposal]:
    """Ask for what was not answered before; every answer is on the disk as soon as it comes."""
    answers = (
        settings.home_path / "imports" / f"described-{spec.model.replace('/', '-')}-{spec.revision or 'any'}.jsonl"
    )
    known = _known(answers)
    asked = [product for product in products if gaps(product) and product.product_id not in known]
    kinds = sorted({product.product_type for product in products} - {"", "other"})
    where = Endpoint(spec.address, spec.model, spec.revision, spec.key, *_prices(spec), timeout_s=spec.timeout_s)
    cleaner = PictureCleaner()
    picture = partial(cleaned_photo, photo=photos(fetched=False, folder=settings.photos), cleaner=cleaner)
    with answers.open("a", encoding="utf-8") as file:

        def said(product: Product, proposal: Proposal | None) -> None:
            content: dict[str, Any] | None = proposal.model_dump(mode="json") if proposal else None
            file.write(json.dumps({"product_id": product.product_id, "proposal": content}) + "\n")
            file.flush()
            known[product.product_id] = proposal

        try:
            result = await describe(asked, kinds, where, most_usd, said, picture)
        finally:
            await cleaner.aclose()
    ended = "; stopped at the cap, run it again to go on" if result.stopped else ""
    typer.echo(
        f"{result.described:,} described, {result.refused:,} answers did not check, {result.cost_usd:.4f} USD{ended}"
    )
    return {product_id: proposal for product_id, proposal in known.items() if proposal}


def _prices(spec: ModelSpec) -> tuple[float, float]:
    """Return the price of a million tokens read and written."""
    fresh, _, written = spec.price.per_token
    return float(fresh), float(written)


def _known(answers: Path) -> dict[str, Proposal | None]:
    known: dict[str, Proposal | None] = {}
    for line in answers.read_text(encoding="utf-8").splitlines() if answers.exists() else []:
        try:
            said = json.loads(line)
            proposal = said["proposal"]
            known[said["product_id"]] = Proposal.model_validate(proposal) if proposal else None
        except (ValueError, KeyError):
            # The last line of a run that was killed.
            continue
    return known
