"""Fills gaps in products from labelled products alike, or from what a model proposes; both are marked."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from retrieval.feeds.clean import addressed_to_a_machine, clean_line
from retrieval.product import Product

Label = Literal["product_type", "colours", "materials", "styles"]
LABELS: tuple[Label, ...] = get_args(Label)
MARK = "added by a machine"  # the attribute that says which facts, and by what
_NEIGHBOURS = 8
_HELD_OUT = 5  # every fifth labelled product
_FEWEST = 20  # labelled products that a precision is measured on
_STEPS = tuple(round(0.3 + 0.05 * step, 2) for step in range(15))
_OUT_OF_PLACE = re.compile(r"[$€£<>{}]|https?:")
_UNKNOWN_TYPES = frozenset({"", "other"})


class Proposal(BaseModel):
    """What a model may say of a product, and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    product_type: str = Field(default="", max_length=100)
    colours: tuple[str, ...] = Field(default=(), max_length=5)
    materials: tuple[str, ...] = Field(default=(), max_length=5)
    styles: tuple[str, ...] = Field(default=(), max_length=5)
    descriptor: str = Field(default="", max_length=300, description="One sentence that says what it is.")


@dataclass(frozen=True, slots=True)
class Measured:
    """How well a label is guessed, on labelled products whose label was not looked at.

    Args:
        threshold: The lowest confidence whose guesses were right as often as was asked; None when none was.
        precision: Share of guesses at that confidence that were right.
        coverage: Share of held-out products that got a guess.
        held_out: How many there were.
    """

    threshold: float | None
    precision: float
    coverage: float
    held_out: int


def labels(product: Product, label: Label) -> tuple[str, ...]:
    """Return what a product says under a label; () where it says nothing."""
    value = getattr(product, label)
    if isinstance(value, str):
        return () if value in _UNKNOWN_TYPES else (value,)
    return tuple(value)


def told_by_shop(product: Product, label: Label) -> bool:
    """Tell whether the shop itself says what stands under a label; what a machine added is no example to learn from."""
    return bool(labels(product, label)) and label.replace("_", " ") not in product.attributes.get(MARK, "")


def measured(guesses: Sequence[tuple[float, bool]], asked: int, precision: float) -> Measured:
    """Return the lowest confidence from which guesses are right often enough, and which was seen often enough.

    Where all that was tried was sure, nothing is known of guesses that are not: products that lack a label are often
    described worse than those that have it. So the threshold is not below the least sure twentieth of what was tried.

    Args:
        guesses: The confidence of each, and whether it was right.
        asked: How many products were asked for, with a guess or without.
        precision: How often is enough.
    """
    for step in _STEPS if asked >= _FEWEST else ():
        tried = sorted(confidence for confidence, _ in guesses if confidence >= step)
        if len(tried) < _FEWEST // 2:
            break
        threshold = max(step, math.floor(1000 * tried[len(tried) // 20]) / 1000)
        sure = [right for confidence, right in guesses if confidence >= threshold]
        if sum(sure) / len(sure) >= precision:
            return Measured(threshold, sum(sure) / len(sure), len(sure) / asked, asked)
    return Measured(None, 0.0, 0.0, asked)


def bare_text(product: Product) -> str:
    """Return the text that labels are guessed from: nothing that is itself a label."""
    return f"{product.title}. {product.brand}. {product.description}"


def gaps(product: Product) -> list[str]:
    """Return the labels a product lacks, and "descriptor" where it has no description."""
    lacking = [str(label) for label in LABELS if not labels(product, label)]
    return lacking + ([] if product.description else ["descriptor"])


class Neighbours:
    """Guesses labels from the labelled products most alike.

    Args:
        products: The catalogue.
        vectors: (n, size) unit rows of `bare_text`.
    """

    def __init__(self, products: Sequence[Product], vectors: NDArray[np.float32]) -> None:
        self._products = products
        self._vectors = vectors

    def guess(self, at: int, label: Label, among: Sequence[int]) -> tuple[str, float]:
        """Return the likeliest value of a product's label and the confidence, the share of like neighbours' votes."""
        others = np.array([n for n in among if n != at])
        if not len(others):
            return "", 0.0
        likeness = self._vectors[others] @ self._vectors[at]
        nearest = np.argsort(-likeness, kind="stable")[:_NEIGHBOURS]
        votes: dict[str, float] = defaultdict(float)
        for n in nearest:
            weight = max(0.0, float(likeness[n])) ** 4
            for value in labels(self._products[int(others[n])], label):
                votes[value] += weight
        total = sum(max(0.0, float(likeness[n])) ** 4 for n in nearest)
        if not votes or total == 0:
            return "", 0.0
        best = max(votes, key=lambda value: (votes[value], value))
        # A sure vote of products that are little alike is no sure guess.
        return best, votes[best] / total * float(likeness[nearest[0]]) ** 0.5 if likeness[nearest[0]] > 0 else 0.0

    def measured(self, label: Label, precision: float) -> Measured:
        """Hold every fifth labelled product out and return the confidence from which guesses are right often enough."""
        known = self._known(label)
        held = known[::_HELD_OUT]
        kept = [at for at in known if at not in set(held)]
        guesses = [(*self.guess(at, label, kept), at) for at in held]
        told = [(sure, value in labels(self._products[at], label)) for value, sure, at in guesses if value]
        return measured(told, len(held), precision)

    def _known(self, label: Label) -> list[int]:
        return [at for at, product in enumerate(self._products) if told_by_shop(product, label)]

    def proposals(self, thresholds: Mapping[Label, float]) -> dict[str, Proposal]:
        """Return what can be said with confidence of the products that lack a label, by product id."""
        found: dict[str, dict[str, object]] = defaultdict(dict)
        for label, threshold in thresholds.items():
            known = self._known(label)
            for at, product in enumerate(self._products):
                if labels(product, label):
                    continue
                value, confidence = self.guess(at, label, known)
                if value and confidence >= threshold:
                    found[product.product_id][label] = value if label == "product_type" else (value,)
        return {product_id: Proposal.model_validate(said) for product_id, said in found.items()}


def enriched(product: Product, proposal: Proposal, by: str, kinds: Counter[str]) -> Product:
    """Return the product with its gaps filled as proposed, marked with what was added and by what.

    What the shop itself says is never changed. A kind the shop does not have, and words addressed to a machine, are
    left out.

    Args:
        product: As the shop has it.
        proposal: For its gaps.
        by: The model and its revision, or how it was guessed.
        kinds: The shop's kinds of product.
    """
    added: dict[str, object] = {}
    for label in LABELS:
        value = getattr(proposal, label)
        said = tuple(filter(None, (_clean(one) for one in ((value,) if isinstance(value, str) else value))))
        if said and not labels(product, label) and (label != "product_type" or said[0] in kinds):
            added[label] = said[0] if label == "product_type" else said
    descriptor = clean_line(proposal.descriptor)
    if descriptor and not product.description and _says_nothing_else(descriptor):
        added["description"] = descriptor
    if not added:
        return product
    mark = f"{', '.join(added).replace('_', ' ')} ({clean_line(by)[:100]})"
    marks = "; ".join(filter(None, (product.attributes.get(MARK), mark)))
    return product.model_copy(update={**added, "attributes": {**product.attributes, MARK: marks}})


def _clean(text: str) -> str:
    words = clean_line(text).lower()[:100]
    return words if _says_nothing_else(words) else ""


def _says_nothing_else(words: str) -> bool:
    return not (addressed_to_a_machine(words) or _OUT_OF_PLACE.search(words))
