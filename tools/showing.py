"""Find products and re-read their prices and stock before anything is shown; what no longer fits is replaced."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, fields, replace

from policies.words import DEFAULT_LOCALE, plain, say
from retrieval.product import Product
from retrieval.query import Blocking, Filters, SearchResult
from tools.matching import for_sale, matching
from tools.present import Showing, items
from tools.reasons import reasons
from tools.records import BlockedBy
from tools.tool import ToolContext, ToolError, require_shown

# A round replaces what the books or the policy ruled out; each looks four times as far, for a policy may rule out much.
_ROUNDS = 4
_WIDER = 4

Find = Callable[[Filters, int], Awaitable[SearchResult]]

_KIND = ("product_types", "departments")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search may show: `showings` in order, and the index's own first answer."""

    showings: tuple[Showing, ...]
    result: SearchResult
    blocked_by: tuple[Blocking, ...]
    total: int | None


async def find_current(find: Find, filters: Filters, limit: int, context: ToolContext) -> Found:
    """Search until `limit` products meet the filters by the books' current data, or none are left.

    Args:
        find: Asks the index for at most n products under the filters.
        filters: Conditions; products ruled out are added to `not_ids` for the next round.
        limit: How many to show.
        context: Whose books to read.
    """
    shown: list[Showing] = []
    dropped = 0
    first = result = await find(filters, limit)
    for wider in range(1, _ROUNDS + 1):
        current = await _current([hit.product for hit in result.hits], filters, context)
        shown += current
        dropped += len(result.hits) - len(current)
        if len(shown) >= limit or len(current) == len(result.hits) or wider == _ROUNDS:
            break
        filters = replace(filters, not_ids=filters.not_ids + tuple(hit.product.product_id for hit in result.hits))
        result = await find(filters, (limit - len(shown)) * _WIDER**wider)
    total = None if first.total is None else max(first.total - dropped, len(shown))
    blocked_by = () if shown else result.blocked_by or first.blocked_by
    return Found(tuple(shown[:limit]), first, blocked_by, total)


async def read_shown(product_ids: Sequence[str], context: ToolContext) -> list[Showing]:
    """Return products the conversation has shown, in the order given, with their current offers.

    Raises:
        ToolError: "unknown_id" for an id not shown, "no_longer_sold" for one that the shop has dropped since,
            "not_sold_here" for one that its policy sells to nobody.
    """
    wanted = tuple(dict.fromkeys(product_ids))
    require_shown(wanted, context)
    products = await context.catalog.get(wanted)
    showings = await _current([products[key] for key in wanted if key in products], Filters(), context)
    gone = [key for key in wanted if key not in {showing.product.product_id for showing in showings}]
    why = await not_sold(gone, context)
    if why is not None:
        raise ToolError("not_sold_here", why, {"product_ids": gone})
    if gone:
        raise ToolError("no_longer_sold", f"{', '.join(gone)} is no longer sold.", {"product_ids": gone})
    return showings


async def not_sold(product_ids: Sequence[str], context: ToolContext) -> str | None:
    """Return the sentence that tells why the policy sells nothing of these, or None where it sells something."""
    offers = [each for one in (await context.books.offers.of_products(product_ids)).values() for each in one]
    if not offers or not all(offer.not_sold for offer in offers):
        return None
    return say(DEFAULT_LOCALE, "not_sold_here", what=plain(offers[0].product_title), why=offers[0].not_sold)


async def blocked(found: Found, filters: Filters, context: ToolContext) -> list[BlockedBy]:
    """Return the filters that left nothing, their nearest products re-read; one that no longer holds is left out.

    That products were left out by id (`not_ids`) is not a filter the shopper named, and not reported here; nor is the
    kind of thing where another filter blocks as well: a green lamp is no help to who asked for a green dress.
    """
    answer: list[BlockedBy] = []
    named = [one for one in found.blocked_by if one.name != "not_ids"]
    for blocking in [one for one in named if one.name not in _KIND] or named:
        without = _without(filters, blocking.name)
        nearest = await _current([hit.product for hit in blocking.nearest], without, context)
        count = blocking.count - (len(blocking.nearest) - len(nearest))
        if nearest or not blocking.nearest:
            cards = items(nearest, reasons(nearest, without))
            answer.append(BlockedBy(name=blocking.name, value=blocking.value, count=max(count, 0), nearest=cards))
    return answer


async def _current(products: Sequence[Product], filters: Filters, context: ToolContext) -> list[Showing]:
    """Return those products that are on sale and meet the filters on one variant now."""
    offers = await context.books.offers.of_products([product.product_id for product in products])
    showings: list[Showing] = []
    for product in products:
        selling = for_sale(product, offers.get(product.product_id, []))
        variants = matching(product, selling, filters)
        if variants:
            showings.append(Showing(product, tuple(selling), tuple(variants)))
    return showings


def _without(filters: Filters, name: str) -> Filters:
    """Return the filters with the named one at its default."""
    defaults = Filters()
    known = {field.name for field in fields(Filters)}
    return replace(filters, **{name: getattr(defaults, name)}) if name in known else filters
