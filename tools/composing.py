"""Chooses one thing for each place of a set: within a sum, of different kinds, alike in style, material and colour."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from retrieval.filters import fold
from retrieval.product import Product
from tools.present import Showing

LEAST_KINDS = 4
"""A room or an outfit has so many kinds of things, wherever the sum and the stock allow it."""
MOST_PIECES = 6
_BEAM = 32
_STYLE, _MATERIAL, _COLOUR = 0.30, 0.15, 0.15  # What sharing one with a neighbour is worth, beside rank.


@dataclass(frozen=True, slots=True)
class Choice:
    """One candidate for a place of a set.

    Args:
        showing: The product with the variant it would be bought in.
        rank: Its place among what was found, 0 for the best.
    """

    showing: Showing
    rank: int

    @property
    def cost(self) -> int:
        """The most it may cost, minor units: what is still open of it must not break the sum."""
        return self.showing.dearest.price

    @property
    def kind(self) -> str:
        """Its product type."""
        return self.showing.product.product_type


@dataclass(frozen=True, slots=True)
class Composed:
    """What was chosen, by place, and the places that the sum or the stock left empty."""

    chosen: tuple[tuple[int, Choice], ...] = ()
    empty: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Partial:
    score: float = 0.0
    cost: int = 0
    picked: tuple[tuple[int, Choice], ...] = field(default=())


def compose(rows: Sequence[Sequence[Choice]], total: int | None, kept: Sequence[Product] = ()) -> Composed:
    """Return the set with the highest score that costs at most `total`; a place nothing fits stays empty.

    Args:
        rows: Candidates of each place, the most important place first.
        total: Minor units for all of it; None is no limit.
        kept: What is there already; the set is matched to it and repeats no kind of it.
    """
    there = {product.product_type for product in kept}
    open_rows = {place: [each for each in row if each.kind not in there] for place, row in enumerate(rows)}
    places = _affordable(open_rows, total)
    least = [min(each.cost for each in open_rows[place]) for place in places]
    beam = [_Partial()]
    for step, place in enumerate(places):
        reserve = sum(least[step + 1 :])
        wider = [
            _with(partial, place, each, kept)
            for partial in beam
            for each in open_rows[place]
            if _fits(partial, each) and (total is None or partial.cost + each.cost + reserve <= total)
        ]
        beam = sorted(wider, key=lambda partial: -partial.score)[:_BEAM] or beam
    best = beam[0]
    filled = {place for place, _ in best.picked}
    return Composed(best.picked, tuple(place for place in range(len(rows)) if place not in filled))


def shared(product: Product, other: Product) -> str:
    """Return the style, else the material, else the colour that both have; "" where they share none."""
    for mine, theirs in (
        (product.styles, other.styles),
        (product.materials, other.materials),
        (product.colours, other.colours),
    ):
        known = {fold(word) for word in theirs}
        common = [word for word in mine if fold(word) in known]
        if common:
            return common[0]
    return ""


def _affordable(rows: dict[int, list[Choice]], total: int | None) -> list[int]:
    """Return the places to fill: the important ones first, or the cheapest where those leave too few kinds."""
    least = {place: min(each.cost for each in row) for place, row in rows.items() if row}
    if total is None:
        return list(least)[:MOST_PIECES]
    important = _within(list(least), least, total)
    cheap = _within(sorted(least, key=lambda place: least[place]), least, total)
    few = len(important) < LEAST_KINDS and len(cheap) > len(important)
    return sorted(cheap[: max(LEAST_KINDS, len(important))]) if few else important


def _within(places: Sequence[int], least: dict[int, int], total: int) -> list[int]:
    taken: list[int] = []
    for place in places:
        if sum(least[each] for each in taken) + least[place] <= total and len(taken) < MOST_PIECES:
            taken.append(place)
    return taken


def _fits(partial: _Partial, each: Choice) -> bool:
    return all(
        other.kind != each.kind and other.showing.product.product_id != each.showing.product.product_id
        for _, other in partial.picked
    )


def _with(partial: _Partial, place: int, each: Choice, kept: Sequence[Product]) -> _Partial:
    neighbours = [*kept, *(other.showing.product for _, other in partial.picked)]
    score = partial.score + 1 / (2 + each.rank) + _match(each.showing.product, neighbours)
    return _Partial(score, partial.cost + each.cost, (*partial.picked, (place, each)))


def _match(product: Product, neighbours: Sequence[Product]) -> float:
    """Return how well a product goes with what is there, 0 for not at all to 0.6."""
    if not neighbours:
        return 0.0
    parts = sum(
        worth * bool(_folded(getattr(product, name)) & _folded(getattr(other, name)))
        for other in neighbours
        for name, worth in (("styles", _STYLE), ("materials", _MATERIAL), ("colours", _COLOUR))
    )
    return parts / len(neighbours)


def _folded(words: Sequence[str]) -> set[str]:
    return {fold(word) for word in words}
