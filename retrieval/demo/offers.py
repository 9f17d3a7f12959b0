"""Offers: the variants of a product with their prices, list prices and stock."""

import re
from dataclasses import dataclass
from itertools import product as pairs
from random import Random
from urllib.parse import urlencode

from retrieval.demo.kinds import Kind
from retrieval.product import Offer

REDUCED_SHARE = 0.2
COLOUR_OUT_SHARE = 0.06  # of the products with several colours: one of them entirely gone
VARIANT_OUT_SHARE = 0.018
LOW_SHARE = 0.12
DEARER_COLOUR_SHARE = 0.07


@dataclass(frozen=True, slots=True)
class Range:
    """What a product comes in, and its ordinary price in dollars before any reduction."""

    product_id: str
    colours: tuple[str, ...]
    sizes: tuple[str, ...]
    dollars: float


def make_offers(kind: Kind, range_: Range, rng: Random) -> tuple[Offer, ...]:
    """Every colour in every size, with stock of its own; about a fifth of the products are reduced."""
    cut = rng.choice((0.1, 0.15, 0.2, 0.25, 0.3)) if rng.random() < REDUCED_SHARE else 0.0
    several = len(range_.colours) > 1
    gone = rng.choice(range_.colours) if several and rng.random() < COLOUR_OUT_SHARE else None
    dearer = range_.colours[-1] if several and rng.random() < DEARER_COLOUR_SHARE else None
    offers: list[Offer] = []
    for colour, (step, size) in pairs(range_.colours, enumerate(range_.sizes or ("",))):
        full = range_.dollars * (1 + step * kind.size_price) * (1.1 if colour == dearer else 1)
        list_price, price = tidy(full), tidy(full * (1 - cut))
        offers.append(
            Offer(
                variant_id="-".join((range_.product_id, _slug(colour), *([_slug(size)] if size else []))),
                product_id=range_.product_id,
                options={"colour": colour} | ({"size": size} if size else {}),
                price=price,
                list_price=list_price if list_price > price else None,
                stock=0 if colour == gone else _stock(kind, rng),
                image_url=f"/pictures/{range_.product_id}.webp?{urlencode({'colour': colour})}",
            )
        )
    return tuple(offers)


def tidy(dollars: float) -> int:
    """Minor units of a calm price: whole dollars, from $200 in fives, from $600 in tens."""
    step = 10 if dollars >= 600 else 5 if dollars >= 200 else 1
    return max(step, round(dollars / step) * step) * 100


def _stock(kind: Kind, rng: Random) -> int:
    luck = rng.random()
    if luck < VARIANT_OUT_SHARE:
        return 0
    return rng.randint(1, 3) if luck < VARIANT_OUT_SHARE + LOW_SHARE else rng.randint(*kind.stock)


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", words.lower().removesuffix(" cm").replace(" x ", "x")).strip("-")
