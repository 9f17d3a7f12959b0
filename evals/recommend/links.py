"""Whether the merchant's own links are found again: learned from some products' links, looked for at others'."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.intervals import interval, mean_of
from policies.errors import SettingsError
from retrieval.encode import TextEncoder
from retrieval.taste.pairing import Linked, Pairing

RELATIONS = ("related", "upsell", "crosssell")

_FOLDS = 5
_DEPTH = 10
_LIKENESS = 0.01  # beside a chance: decides between what is linked alike, and where nothing is known
_NEEDED = ("sku", "name", "categories")

Matrix = NDArray[np.float32]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LinkedProduct:
    """A product of a folder: its id, the text it is compared by, its type, and its links by relation."""

    product_id: str
    text: str
    product_type: str
    links: Mapping[str, tuple[str, ...]]


def read_links(folder: Path) -> list[LinkedProduct]:
    """Read `products.jsonl` with links between products.

    Args:
        folder: Each line has `sku`, `name`, `categories`, perhaps `description`, and ids under `related`, `upsell`
            or `crosssell`.

    Raises:
        SettingsError: A line has not the fields, or no product has a link.
    """
    products: list[LinkedProduct] = []
    for line, text in enumerate((folder / "products.jsonl").read_text(encoding="utf-8").splitlines(), 1):
        row: dict[str, Any] = json.loads(text)
        if not all(name in row for name in _NEEDED):
            raise SettingsError(f"products.jsonl line {line} lacks one of {', '.join(_NEEDED)}.")
        links = {name: tuple(row.get(name, ())) for name in RELATIONS}
        deepest = max(row["categories"], key=lambda path: path.count("/"), default="")
        text = f"{row['name']}. {deepest}. {row.get('description', '')}"
        products.append(LinkedProduct(row["sku"], text, deepest, links))
    if not any(ids for product in products for ids in product.links.values()):
        raise SettingsError(f"No product in {folder} is linked to another one.")
    return products


async def measure_links(
    products: Sequence[LinkedProduct], encoder: TextEncoder, seed: int
) -> dict[str, dict[str, float]]:
    """Return how well links are found again: by likeness alone, and as what goes with a product is served.

    Products are split in five; for each fifth, what goes with what is learned from the links of the others, and no link
    from a product of the fifth is known. Every other product is ranked.

    Returns:
        For likeness, what is linked to most, and what is served, for each relation: `<relation>_recall@10`, `_ndcg@10`
        and `_auc` (how often a linked product is ranked above one that is not), with intervals over products, and how
        many products were looked at.
    """
    vectors = await encoder.encode([product.text for product in products])
    alike: Matrix = vectors @ vectors.T
    figures: dict[str, dict[str, float]] = {"likeness": {}, "most_linked": {}, "served": {}}
    for relation in RELATIONS:
        fold = np.random.default_rng(seed).permutation(len(products)) % _FOLDS
        pairings = [
            Pairing.learn(
                Linked(one.product_id, one.product_type, one.links[relation] if fold[place] != part else ())
                for place, one in enumerate(products)
            )
            for part in range(_FOLDS)
        ]

        def likeness(place: int) -> Scores:
            return alike[place].astype(np.float64)

        def most_linked(place: int, pairings: list[Pairing] = pairings, fold: NDArray[np.int64] = fold) -> Scores:
            known = pairings[int(fold[place])].everywhere
            return np.array([float(known.get(one.product_id, 0)) for one in products])

        def served(place: int, pairings: list[Pairing] = pairings, fold: NDArray[np.int64] = fold) -> Scores:
            pairing, kind = pairings[int(fold[place])], products[place].product_type
            chances = np.array([pairing.chance(kind, one.product_id) for one in products])
            return chances + _LIKENESS * alike[place]

        for name, scorer in (("likeness", likeness), ("most_linked", most_linked), ("served", served)):
            figures[name] |= _measured(products, relation, scorer, seed)
    return figures


def _measured(
    products: Sequence[LinkedProduct], relation: str, scorer: Callable[[int], Scores], seed: int
) -> dict[str, float]:
    number = {product.product_id: place for place, product in enumerate(products)}
    found: list[tuple[float, float, float]] = []
    for place, product in enumerate(products):
        linked = [number[other] for other in product.links[relation] if other in number and number[other] != place]
        if linked:
            found.append(_of_one(scorer(place), place, np.unique(linked)))
    if not found:
        return {}
    told: dict[str, float] = {}
    for name, values in zip(("recall@10", "ndcg@10", "auc"), np.array(found).T, strict=True):
        told |= interval(f"{relation}_{name}", mean_of(values), len(values), seed)
    return told | {f"{relation}_products": len(found)}


def _of_one(scores: Scores, itself: int, linked: NDArray[np.int64]) -> tuple[float, float, float]:
    """Return recall and NDCG at 10 and the area under the curve of one product's ranking of all others."""
    others = np.delete(np.arange(len(scores)), itself)
    order = others[np.argsort(-scores[others], kind="stable")]
    hit = np.isin(order, linked)
    gains = 1 / np.log2(np.arange(_DEPTH) + 2)
    ideal = gains[: len(linked)].sum()
    below = np.flatnonzero(hit)
    # Of a linked product, the unlinked ones ranked before it are its place less the linked ones before it.
    before = below - np.arange(len(below))
    auc = 1 - before.mean() / max(1, len(order) - len(below))
    return float(hit[:_DEPTH].sum() / len(linked)), float((gains * hit[:_DEPTH]).sum() / ideal), float(auc)
