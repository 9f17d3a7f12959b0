"""Looks a catalogue over for what costs a shop sales: gaps, doubles, odd prices, spoilt text, what cannot be bought."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

import numpy as np
from pydantic import BaseModel
from rapidfuzz import fuzz, process

from policies.money import exponent, format_minor
from retrieval.doubles import Double
from retrieval.feeds.clean import addressed_to_a_machine
from retrieval.filters import fold
from retrieval.product import Offer, Product
from retrieval.vision.fingerprint import BITS

Kind = Literal[
    "missing",
    "same_picture",
    "alike_pictures",
    "near_duplicate",
    "price_outlier",
    "implausible_price",
    "counterfeit",
    "unsuitable",
    "text",
    "not_buyable",
]
_OF_TYPE = 5  # products that make a type worth judging
_USUAL = 0.6  # share of a type that has an attribute for it to be missed
_SAME = 95  # of 100: titles that are the same but for a letter
_ODD = 3.5  # robust deviations of the logarithm of a price
_FACTOR = 3.0
_UNDER_FLOOR = 0.4  # of the lowest price that a brand otherwise asks for a kind of thing
_OF_BRAND = 3  # other prices of a brand that make a floor
_SHORT = 40  # characters of a description
_LONG_TITLE = 150
_BROKEN = re.compile("�|Ã[¤¶¼©±]|â€[™œ“]|&[a-z]{2,8};|</?[a-z]{1,10}>")
_SELLERS = ("seller", "seller name", "seller_name")  # facts of a feed that states who sells
_MOST_COMPARED = 3000  # titles of one type


class Finding(BaseModel):
    """Something to mend.

    Args:
        kind: What it is.
        product_ids: Which products; several where they belong together.
        title: Of the first.
        says: What is wrong with them.
        image_url: A picture to know it by.
    """

    kind: Kind
    product_ids: list[str]
    title: str
    says: str
    image_url: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A product and its offers as the shop has them now."""

    product: Product
    offers: Sequence[Offer]


def quality(listed: Sequence[Listed], doubles: Sequence[Double] = ()) -> list[Finding]:
    """Return everything found, kind by kind. Blocks: some seconds for 20,000 products.

    Args:
        listed: The catalogue.
        doubles: Pairs of products that show nearly one picture.
    """
    by_type: dict[str, list[Listed]] = defaultdict(list)
    for one in listed:
        by_type[one.product.product_type].append(one)
    found = [*_missing(by_type), *_same_pictures(listed), *_near_duplicates(by_type), *_outliers(by_type)]
    found += [*_under_another_name(listed), *_under_the_floor(listed), *_alike(listed, doubles)]
    for one in listed:
        found += [*_prices(one), *_texts(one.product), *_stock(one)]
    return found


def _finding(kind: Kind, says: str, *products: Product) -> Finding:
    first = products[0]
    ids = [product.product_id for product in products]
    return Finding(kind=kind, product_ids=ids, title=first.title, says=says, image_url=first.image_url)


def facts_of(product: Product) -> frozenset[str]:
    """Return the names of the facts a product has."""
    own = ("brand", "description", "image_url", "colours", "materials")
    return frozenset([name for name in own if getattr(product, name)] + [fold(name) for name in product.attributes])


def usual_facts(products: Sequence[Product]) -> dict[str, float]:
    """Return the facts that most products of a type have, with their share."""
    counts: dict[str, int] = defaultdict(int)
    for product in products:
        for name in facts_of(product):
            counts[name] += 1
    wanted = {"description", "image_url"}
    shares = {name: count / len(products) for name, count in counts.items()}
    return {name: share for name, share in shares.items() if share >= _USUAL or name in wanted}


def _missing(by_type: Mapping[str, Sequence[Listed]]) -> Iterator[Finding]:
    for kind, listed in by_type.items():
        products = [one.product for one in listed]
        usual = usual_facts(products) if len(products) >= _OF_TYPE else {}
        for product in products:
            lacking = sorted({"description", "image_url", *usual} - facts_of(product))
            told = ", ".join(name.removesuffix("_url").replace("_", " ") for name in lacking)
            if kind in ("", "other"):
                told = f"{told}, kind of product".removeprefix(", ")
            if told:
                yield _finding("missing", f"no {told}", product)


def _same_pictures(listed: Iterable[Listed]) -> Iterator[Finding]:
    pictures: dict[str, list[Product]] = defaultdict(list)
    for one in listed:
        if one.product.image_url:
            pictures[one.product.image_url].append(one.product)
    for products in pictures.values():
        if len(products) > 1:
            yield _finding("same_picture", f"{len(products)} products show the same picture", *products)


def owner(product: Product) -> str:
    """Return who offers a product: the seller that its feed states, else its brand; "" where neither is known."""
    return next((product.attributes[name] for name in _SELLERS if product.attributes.get(name)), product.brand)


def _alike(listed: Iterable[Listed], doubles: Sequence[Double]) -> Iterator[Finding]:
    """Tell pairs that show nearly one picture; one that two sellers or brands show is for a person to look at."""
    products = {one.product.product_id: one.product for one in listed}
    for double in doubles:
        pair = [products[each] for each in double.product_ids if each in products]
        if len(pair) < 2 or len({product.image_url for product in pair}) < 2:
            continue
        agreed = f"{100 * double.agreed:.0f} % of their keypoints agree" if double.agreed else "one in a mirror"
        how = f"{agreed}, {double.signs} of {BITS} signs apart, likeness {double.cosine:.2f}"
        yield _finding("alike_pictures", f"two products show nearly one picture ({how})", *pair)
        owners = [owner(product) for product in pair]
        if all(owners) and fold(owners[0]) != fold(owners[1]):
            says = f"needs review: nearly one picture under {owners[0]} and {owners[1]}"
            yield _finding("counterfeit", says, *pair)


def _under_another_name(listed: Iterable[Listed]) -> Iterator[Finding]:
    """Find pictures that several sellers or brands show as their own; whose they are is for a person to say."""
    pictures: dict[str, dict[str, Product]] = defaultdict(dict)
    for one in listed:
        if one.product.image_url and owner(one.product):
            pictures[one.product.image_url].setdefault(fold(owner(one.product)), one.product)
    for by_owner in pictures.values():
        if len(by_owner) > 1:
            owners = ", ".join(map(owner, by_owner.values()))
            yield _finding("counterfeit", f"needs review: one picture under {owners}", *by_owner.values())


def _under_the_floor(listed: Iterable[Listed]) -> Iterator[Finding]:
    """Find the few things that cost far less than anything else that their brand sells of their kind."""
    groups: dict[tuple[str, str, str], list[tuple[int, Product]]] = defaultdict(list)
    for one in listed:
        if one.offers and one.product.brand:
            cheapest = min(one.offers, key=lambda offer: offer.price)
            key = fold(one.product.brand), one.product.product_type, cheapest.currency
            groups[key].append((cheapest.price, one.product))
    for (_, kind, currency), priced in groups.items():
        ranked = sorted(priced, key=lambda pair: pair[0])
        prices = [price for price, _ in ranked]
        most = min(len(ranked) - _OF_BRAND, len(ranked) // 2)
        under = next((n for n in range(1, most + 1) if prices[n - 1] < _UNDER_FLOOR * prices[n]), 0)
        for price, product in ranked[:under]:
            asked, floor = format_minor(price, currency), format_minor(prices[under], currency)
            usual = format_minor(round(median(prices[under:])), currency)
            says = f"needs review: {asked}; other {kind} of {product.brand} costs {floor} or more, usually {usual}"
            yield _finding("counterfeit", says, product)


def _near_duplicates(by_type: Mapping[str, Sequence[Listed]]) -> Iterator[Finding]:
    for listed in by_type.values():
        products = [one.product for one in listed][:_MOST_COMPARED]
        titles = [" ".join(sorted(fold(f"{product.brand} {product.title}").split())) for product in products]
        alike = process.cdist(titles, titles, scorer=fuzz.ratio, score_cutoff=_SAME, dtype=np.uint8)
        taken: set[int] = set()
        for at, row in enumerate(alike):
            others = [int(n) for n in np.flatnonzero(row) if n > at and _numbers(titles[n]) == _numbers(titles[at])]
            group = [at, *(n for n in others if n not in taken)]
            if at not in taken and len(group) > 1:
                taken.update(group)
                yield _finding("near_duplicate", f"{len(group)} listings alike", *(products[n] for n in group))


def _numbers(title: str) -> list[str]:
    """Return the numbers of a title: models that differ by one are not the same thing."""
    return sorted(re.findall(r"\S*\d\S*", title))


def _outliers(by_type: Mapping[str, Sequence[Listed]]) -> Iterator[Finding]:
    for kind, listed in by_type.items():
        cheapest = [(one.product, min(one.offers, key=lambda offer: offer.price)) for one in listed if one.offers]
        priced = [(product, offer) for product, offer in cheapest if offer.price > 0]
        if len(priced) < 2 * _OF_TYPE or kind in ("", "other"):
            continue
        logs = np.log([offer.price for _, offer in priced])
        middle = float(median(logs))
        spread = max(1.4826 * float(median(np.abs(logs - middle))), 0.1)
        for (product, offer), log in zip(priced, logs, strict=True):
            factor = float(np.exp(abs(log - middle)))
            if abs(log - middle) / spread > _ODD and factor >= _FACTOR:
                side = "above" if log > middle else "below"
                yield _finding(
                    "price_outlier",
                    f"{format_minor(offer.price, offer.currency)} is {factor:.0f} times {side} the middle of {kind}",
                    product,
                )


def _prices(one: Listed) -> Iterator[Finding]:
    for offer in one.offers:
        if offer.price < 10 ** exponent(offer.currency):
            yield _finding(
                "implausible_price",
                f"{offer.variant_id} costs {format_minor(offer.price, offer.currency)}",
                one.product,
            )
        elif offer.list_price is not None and offer.list_price > 5 * offer.price:
            before, now = (format_minor(amount, offer.currency) for amount in (offer.list_price, offer.price))
            says = f"{offer.variant_id} is reduced from {before} to {now}"
            yield _finding("implausible_price", says, one.product)


def _texts(product: Product) -> Iterator[Finding]:
    said: list[str] = []
    if 0 < len(product.description) < _SHORT:
        said.append(f"the description has {len(product.description)} characters")
    if _BROKEN.search(f"{product.title} {product.description}"):
        said.append("broken letters or markup")
    if len(product.title) > _LONG_TITLE:
        said.append(f"the title has {len(product.title)} characters")
    if product.title.isupper() and len(product.title) > 12:
        said.append("the title is all capitals")
    if words := addressed_to_a_machine(product.description):
        said.append(f"reads as an instruction to the assistant: {words!r}")
    if said:
        yield _finding("text", "; ".join(said), product)


def _stock(one: Listed) -> Iterator[Finding]:
    selling = [offer for offer in one.offers if offer.sellable]
    gone = [offer for offer in selling if offer.stock == 0]
    if not selling:
        yield _finding("not_buyable", "no variant is for sale", one.product)
    elif gone:
        yield _finding("not_buyable", f"{len(gone)} of {len(selling)} variants have no stock", one.product)
