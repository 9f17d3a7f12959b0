"""Fills a shop: from the demo generator on first start, or from a feed an operator names."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.wiring import App
from policies.errors import SettingsError
from policies.limits import load_policy
from retrieval.demo import generate
from retrieval.feeds.jsonl import Removal, read_feed
from retrieval.feeds.staging import Staged
from retrieval.feeds.tally import Problem
from retrieval.product import CatalogueEntry, Policy
from shop.clock import utc_now
from tools.stocking import Stocked, revise_shop, stock_shop
from ui.bodies import DemoSource
from ui.bodies_feeds import FeedSource
from ui.importing import Imports, Reading

Progress = Callable[[int], None]
Phase = Literal["fetching", "reading", "importing"]


@dataclass(frozen=True, slots=True)
class Step:
    """How far an import is: bytes fetched, rows read, or products in the catalogue."""

    phase: Phase
    done: int
    total: int | None = None


Steps = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Filled:
    """What an import left.

    Args:
        stocked: Counts of the catalogue; None when the shop had this very feed already.
        staged: What became of the feed's rows; None for the demo shop.
        report: The file that lists every problem.
    """

    stocked: Stocked | None
    staged: Staged | None = None
    report: Path | None = None


async def fill_when_empty(app: App, products: int, seed: int, progress: Progress) -> Stocked | None:
    """Build the demo shop unless the catalogue already has products; returns what was built.

    Args:
        app: The opened home.
        products: How many products the demo shop gets.
        seed: The same seed gives the same shop.
        progress: Told the number of products indexed so far.
    """
    if await app.catalog.count() > 0:
        return None
    source = DemoSource(products=products, seed=seed)
    return (await fill(app, source, lambda step: progress(step.done))).stocked


async def fill(app: App, source: DemoSource | FeedSource, tell: Steps) -> Filled:
    """Make the shop sell what the source lists.

    Raises:
        SettingsError: The feed cannot be read or contradicts itself; the old catalogue stays.
    """
    if isinstance(source, DemoSource):
        shop = await asyncio.to_thread(generate, source.products, source.seed)

        def told(done: int) -> None:
            tell(Step("importing", done, source.products))

        return Filled(await stock_shop(shop.entries, app.catalog, app.books.merchant, shop.policies, told))
    return await _fill_from_feed(app, source, tell)


async def _fill_from_feed(app: App, source: FeedSource, tell: Steps) -> Filled:
    imports = Imports(app.settings.home_path / "imports")
    options = source.options.model_copy(update={"currency": load_policy(app.settings.policy).currency})
    known = await asyncio.to_thread(imports.known, source) if source.if_changed else None
    if known is not None and known.version != (await app.catalog.stats())["version"]:
        known = None
    fetched = await imports.fetched(source, known, lambda done: tell(Step("fetching", done)))
    if fetched is None:
        return Filled(None)
    reading = Reading(fetched.path, options, utc_now(), app.settings.photos)
    key = await asyncio.to_thread(reading.key)
    if known is not None and known.key == key:
        return Filled(None)
    staged = await imports.staged(reading, key, lambda done: tell(Step("reading", done)))
    if not staged.products and source.mode != "patch":
        raise SettingsError(_nothing(fetched.name, staged))
    stocked = await _stock(app, source, staged, key, tell)
    await asyncio.to_thread(imports.finish, source, fetched, key, stocked.version)
    return Filled(stocked, staged, imports.report(key))


async def _stock(app: App, source: FeedSource, staged: Staged, key: str, tell: Steps) -> Stocked:
    rows = _Rows(staged)
    merchant = app.books.merchant

    def told(done: int) -> None:
        tell(Step("importing", done, staged.products))

    if source.mode == "replace":
        # The list of policies is full once the last entry was read, which is when it is looked at.
        return await stock_shop(rows.entries(), app.catalog, merchant, rows.policies, told, key)
    removed = rows.removed if source.mode == "patch" else None
    stocked = await revise_shop(rows.entries(), app.catalog, merchant, removed, told)
    if rows.policies:
        await app.catalog.set_policies(rows.policies)
    return stocked


class _Rows:
    """A staged feed being read: entries are handed on, policies and removals are kept for the end."""

    def __init__(self, staged: Staged) -> None:
        self._staged = staged
        self.policies: list[Policy] = []
        self.removed: list[str] = []

    def entries(self) -> Iterator[CatalogueEntry]:
        """Yield the products."""
        for row in read_feed(self._staged.entries, _unexpected):
            if isinstance(row, Policy):
                self.policies.append(row)
            elif isinstance(row, Removal):
                self.removed.append(row.product_id)
            else:
                yield row


def _unexpected(problem: Problem) -> None:
    """Stop at a fault in what was checked before: the disk has changed it."""
    raise SettingsError(f"The feed was damaged on the disk while it was read ({problem.reason}); import it again.")


def _nothing(name: str, staged: Staged) -> str:
    first = staged.first_problems[0] if staged.first_problems else None
    why = f" Line {first.line}: {first.field} {first.reason}." if first else ""
    return f"{name} has no product we can read, so the shop stays as it is.{why}".replace(":  ", ": ")
