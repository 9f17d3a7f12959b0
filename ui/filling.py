"""Fills a shop: from the demo generator on first start, or from a feed an operator names."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from assistant.wiring import App
from policies.errors import SettingsError
from retrieval.demo import generate
from retrieval.feeds.jsonl import Problem, read_feed
from retrieval.product import CatalogueEntry, Policy
from tools.stocking import Entries, Stocked, stock_shop
from ui.bodies import DemoSource, FileSource

Progress = Callable[[int], None]
_FORMATS = ("auto", "jsonl")
_KEPT_PROBLEMS = 20


@dataclass(slots=True)
class Filled:
    """What an import left, and what of the feed was left out.

    Args:
        stocked: Counts of the new catalogue.
        problems: How many faults the feed has.
        first_problems: The first of them.
    """

    stocked: Stocked
    problems: int = 0
    first_problems: list[Problem] = field(default_factory=list[Problem])


class _Feed:
    """A feed file being read: entries are handed on, policies and faults are kept for the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.policies: list[Policy] = []
        self.problems = 0
        self.first_problems: list[Problem] = []

    def entries(self) -> Iterator[CatalogueEntry]:
        """Yield the products; a feed without any is refused, so that a wrong file never empties a shop."""
        found = 0
        for row in read_feed(self._path, self._report):
            if isinstance(row, Policy):
                self.policies.append(row)
            else:
                found += 1
                yield row
        if not found:
            first = f" Line {self.first_problems[0].line}: {self.first_problems[0].reason}." if self.problems else ""
            raise SettingsError(f"{self._path} has no product we can read, so the shop stays as it is.{first}")

    def _report(self, problem: Problem) -> None:
        self.problems += 1
        if len(self.first_problems) < _KEPT_PROBLEMS:
            self.first_problems.append(problem)


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
    return (await fill(app, DemoSource(products=products, seed=seed), progress)).stocked


async def fill(app: App, source: DemoSource | FileSource, progress: Progress) -> Filled:
    """Replace what the shop sells by what the source lists.

    Raises:
        SettingsError: The feed cannot be read or contradicts itself; the old catalogue stays.
    """
    if isinstance(source, DemoSource):
        shop = await asyncio.to_thread(generate, source.products, source.seed)
        return Filled(await _stock(app, shop.entries, shop.policies, progress))
    feed = _opened(source)
    # The list of policies is full once the last entry was read, which is when it is looked at.
    stocked = await _stock(app, feed.entries(), feed.policies, progress)
    return Filled(stocked, feed.problems, feed.first_problems)


async def _stock(
    app: App, entries: Entries, policies: list[Policy] | tuple[Policy, ...], progress: Progress
) -> Stocked:
    return await stock_shop(entries, app.catalog, app.books.merchant, policies, progress)


def _opened(source: FileSource) -> _Feed:
    if source.format not in _FORMATS:
        raise SettingsError(f"There is no feed format {source.format!r}; there are {', '.join(_FORMATS)}.")
    path = Path(source.path)
    if not path.is_absolute():
        raise SettingsError(f"{source.path} is not an absolute path; give the whole path of the feed.")
    return _Feed(path)
