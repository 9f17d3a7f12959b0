"""Puts together a set for a room, an outfit or a board: within a sum, in stock, in the shopper's sizes, with whys."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from policies.money import Money
from policies.told import Told
from retrieval.filters import fold
from retrieval.product import Product
from retrieval.query import Filters, SearchResult
from shop.board_edits import BoardView, PieceView
from tools.board_cards import pieces_shown
from tools.composing import Choice, Composed, compose, shared
from tools.kinds import FOOTWEAR, GARMENTS
from tools.present import Showing, item
from tools.reasons import reasons
from tools.records import Board
from tools.showing import find_current
from tools.sizing import sizes_told
from tools.themes import Slot, Theme, read_theme
from tools.tool import ToolContext, ToolError, ToolResult

_CANDIDATES = 12  # Of each place, by words; besides, the cheapest ones, so that a small sum finds something.
_CHEAPEST = 6
_LETTERED = re.compile(r"(?:\d?x{0,3}[sml]|\dxl|one size)", re.IGNORECASE)
_TASTES = {"colour": "not_colours", "material": "not_materials", "brand": "not_brands"}


@dataclass(frozen=True, slots=True)
class Brief:
    """What a set shall be.

    Args:
        words: The shopper's own: the theme, and taste beside it.
        total: Minor units for all of it; None where no sum was named.
        keep: Pieces of the set that stay, by id; the sum covers them, too.
        without: Products that were turned down.
        board: What the set goes with; its things are there already and cost nothing.
        filters: Colours and materials that the new pieces must have, and the most that each may cost.
        kinds: Only these kinds are filled; empty is all of the theme.
        for_somebody: It is a present: what the shopper told of themselves counts for nothing.
    """

    words: str
    total: int | None = None
    keep: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    board: BoardView | None = None
    filters: Filters = Filters()  # noqa: RUF009  # Immutable.
    kinds: tuple[str, ...] = ()
    for_somebody: bool = False


async def curate(brief: Brief, context: ToolContext) -> ToolResult:
    """Return a proposed board; nothing is kept by it.

    Raises:
        ToolError: "unknown_theme" when neither words nor board say what belongs to the set, "nothing_fits" when no
            place of it can be filled.
    """
    told = await _told(brief, context)
    there = await pieces_shown(brief.board.pieces if brief.board else (), context.catalog, context.books)
    bought = await context.books.behaviour.owned(context.principal)
    brief = replace(brief, without=tuple(dict.fromkeys((*brief.without, *bought))))
    theme = await _theme(brief, there, context)
    kept = await _kept(brief.keep, told, context)
    total = None if brief.total is None else brief.total - sum(choice.cost for choice in kept)
    slots = _open_slots(theme, [*there, *(choice.showing for choice in kept)], told, brief)
    rows = [await _row(slot, brief, total, told, context) for slot in slots]
    around = [*(showing.product for showing in there), *(choice.showing.product for choice in kept)]
    composed = compose(rows, None if total is None else max(total, 0), around)
    chosen = [*kept, *(choice for _, choice in composed.chosen)]
    # Where something stays and one place was to be filled anew, a set without it is none that was asked for.
    if not chosen or (brief.keep and brief.kinds and slots and not composed.chosen):
        cheapest = {slot[0]: min(c.cost for c in row) for slot, row in zip(slots, rows, strict=True) if row}
        raise ToolError("nothing_fits", "Nothing fits that; say what would.", {"cheapest": cheapest})
    return _proposal(theme, brief, chosen, _left_out(slots, rows, composed), told, there)


async def _theme(brief: Brief, there: Sequence[Showing], context: ToolContext) -> Theme:
    """Return what belongs to the set: the theme named, the one a board is named after, or what goes with its things."""
    kinds = (await context.catalog.vocabulary()).product_types
    theme = read_theme(brief.words) or (read_theme(brief.board.name) if brief.board else None)
    if brief.kinds:
        return Theme(theme.name if theme else "Set", "board", tuple((kind,) for kind in brief.kinds))
    if theme is not None:
        return theme.sold(kinds)
    if not there:
        raise ToolError("unknown_theme", "Ask which room or occasion it is for, or which kinds of things.")
    found: list[str] = []
    for showing in there:
        hits = (await context.catalog.goes_with(showing.product.product_id, Filters(in_stock=True), limit=8)).hits
        found += [hit.product.product_type for hit in hits]
    return Theme(brief.board.name if brief.board else "Set", "board", tuple((kind,) for kind in dict.fromkeys(found)))


async def _told(brief: Brief, context: ToolContext) -> list[Told]:
    if brief.for_somebody:
        return []
    return [each.told for each in await context.books.memory.current(context.principal) if not each.told.whom]


async def _kept(ids: Sequence[str], told: Sequence[Told], context: ToolContext) -> list[Choice]:
    shown = await pieces_shown([PieceView(product_id=each) for each in ids], context.catalog, context.books)
    return [Choice(sized, 0) for showing in shown if (sized := _settled(showing, told, None)) is not None]


def _open_slots(theme: Theme, there: Sequence[Showing], told: Sequence[Told], brief: Brief) -> list[Slot]:
    """Return the places still to fill: of no kind that is there, and of none owned unless it is asked for."""
    have = {showing.product.product_type for showing in there}
    owned = {each.value for each in told if each.kind == "owns"} - set(brief.kinds)
    # A place that something of its kinds fills is not open, nor one whose kinds are all owned.
    return [
        tuple(kind for kind in slot if kind not in owned)
        for slot in theme.slots
        if not have & set(slot) and not set(slot) <= owned
    ]


async def _row(slot: Slot, brief: Brief, total: int | None, told: Sequence[Told], context: ToolContext) -> list[Choice]:
    """Return the candidates of a place that are in stock, in the shopper's size, within the sum, and not disliked."""
    most = min((bound for bound in (total, brief.filters.price_max) if bound is not None), default=None)
    if most is not None and most <= 0:
        return []
    filters = replace(
        brief.filters,
        product_types=slot,
        in_stock=True,
        price_max=most,
        not_ids=(*brief.without, *brief.keep),
        **_disliked(told, brief.filters),
    )

    async def relevant(conditions: Filters, limit: int) -> SearchResult:
        return await context.catalog.search(brief.words, conditions, limit=limit)

    async def cheapest(conditions: Filters, limit: int) -> SearchResult:
        return await context.catalog.search("", conditions, limit=limit, sort="price_low")

    found = list((await find_current(relevant, filters, _CANDIDATES, context)).showings)
    if total is not None:
        known = {showing.product.product_id for showing in found}
        more = (await find_current(cheapest, filters, _CHEAPEST, context)).showings
        found += [showing for showing in more if showing.product.product_id not in known]
    settled = [_settled(showing, told, most) for showing in found]
    return [Choice(showing, rank) for rank, showing in enumerate(settled) if showing is not None]


def _disliked(told: Sequence[Told], asked: Filters) -> dict[str, tuple[str, ...]]:
    """Return what the shopper said they do not like, but for what is asked for now."""
    wanted = {*asked.colours, *asked.materials, *asked.brands}
    refused: dict[str, list[str]] = {}
    for each in told:
        if each.kind == "dislike" and each.facet in _TASTES and each.value not in wanted:
            refused.setdefault(_TASTES[each.facet], []).append(each.value)
    return {name: tuple(dict.fromkeys((*getattr(asked, name), *values))) for name, values in refused.items()}


def _settled(showing: Showing, told: Sequence[Told], most: int | None) -> Showing | None:
    """Return the showing in one colour and at one price, in the shopper's size where it comes in such."""
    kind, sizes = showing.product.product_type, showing.product.sizes
    mine = sizes_told(kind, sizes, told)
    variants = [offer for offer in showing.variants if offer.buyable and (most is None or offer.price <= most)]
    if mine:
        variants = [offer for offer in variants if offer.options.get("size", mine[0]) in mine]
    elif _made_otherwise(kind, sizes, told):
        return None
    if not variants:
        return None
    first = variants[0].options.get("colour")
    same = [offer for offer in variants if offer.options.get("colour") == first]
    least = min(offer.price for offer in same)
    return Showing(showing.product, showing.offers, tuple(offer for offer in same if offer.price == least))


def _made_otherwise(kind: str, sizes: Sequence[str], told: Sequence[Told]) -> bool:
    """Say whether a thing is made in labels like the shopper's, but not in theirs: S and L for one who wears M."""
    if kind not in FOOTWEAR | GARMENTS or not sizes:
        return False
    scope = "shoes" if kind in FOOTWEAR else "clothes"
    values = [each.value for each in told if each.kind == "size" and each.of in (kind, scope)]
    lettered = [_LETTERED.fullmatch(value) is not None for value in values]
    return any(like == (_LETTERED.fullmatch(size) is not None) for like in lettered for size in sizes)


def _left_out(slots: Sequence[Slot], rows: Sequence[Sequence[Choice]], composed: Composed) -> list[dict[str, object]]:
    """Return the places that stay empty, each with what the cheapest thing for it costs."""
    return [
        {"kind": slots[place][0], "from": min((each.cost for each in rows[place]), default=None)}
        for place in composed.empty
    ]


def _proposal(
    theme: Theme,
    brief: Brief,
    chosen: Sequence[Choice],
    left_out: Sequence[dict[str, object]],
    told: Sequence[Told],
    there: Sequence[Showing],
) -> ToolResult:
    showings = [choice.showing for choice in chosen]
    whys = _whys(showings, brief.filters, told, [showing.product for showing in there])
    currency = showings[0].cheapest.currency
    record = Board(
        name=brief.board.name if brief.board else theme.name,
        items=[item(showing, why) for showing, why in zip(showings, whys, strict=True)],
        options={
            showing.product.product_id: ", ".join(showing.variants[0].options.values())
            for showing in showings
            if len(showing.variants) == 1 and showing.variants[0].options
        },
        total=Money(amount=sum(choice.cost for choice in chosen), currency=currency),
        budget=None if brief.total is None else Money(amount=brief.total, currency=currency),
    )
    facts: dict[str, object] = {"proposed": True, "theme": theme.name, "left_out": list(left_out[:3])}
    return ToolResult(records=(record,), facts=facts)


def _whys(showings: Sequence[Showing], filters: Filters, told: Sequence[Told], there: Sequence[Product]) -> list[str]:
    """Return why each piece is in the set: the shopper's size, what it shares with another piece, what tells it."""
    products = [*there, *(showing.product for showing in showings)]
    plain = reasons(showings, filters)
    answer: list[str] = []
    for showing, own in zip(showings, plain, strict=True):
        product = showing.product
        sized = sizes_told(product.product_type, product.sizes, told)
        others = [other for other in products if other is not product]
        ties = next(
            (f"{word} like the {other.product_type}" for other in others if (word := shared(product, other))), ""
        )
        parts = [f"in your size {sized[0]}" if sized else "", ties, own]
        kept = [part for part in parts if part]
        answer.append(", ".join(kept) if kept else f"the {fold(product.product_type)} of the set")
    return answer
