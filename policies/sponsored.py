"""Paid places in a search's answer: off unless the policy says otherwise, few, last in the row, and near in fit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from pydantic import Field, model_validator

from policies.permits import Part

WHOLE = 10_000  # Basis points: fit is counted in them, so that no rounding breaks a margin.


class Campaign(Part):
    """Who pays, and for which products."""

    advertiser: str = Field(min_length=1, max_length=60)
    product_ids: tuple[str, ...] = Field(min_length=1)


class Sponsoring(Part):
    """What may be paid for; the margin is how much worse than what it displaces a paid place may fit."""

    on: bool = False
    per_answer: int = Field(default=1, ge=1, le=2, description="Paid places in one answer.")
    margin_bp: int = Field(default=500, ge=0, le=2_000, description="Basis points of the best fit in the answer.")
    ahead: int = Field(default=12, ge=1, le=24, description="How far behind the row a paid product may stand.")
    campaigns: tuple[Campaign, ...] = ()

    @model_validator(mode="after")
    def _one_advertiser_each(self) -> Self:
        ids = [product_id for campaign in self.campaigns for product_id in campaign.product_ids]
        if len(set(ids)) < len(ids):
            raise ValueError("a product is paid for by one advertiser only")
        return self

    @property
    def active(self) -> bool:
        """Whether anything can be placed at all."""
        return self.on and bool(self.campaigns)

    def advertiser(self, product_id: str) -> str:
        """Return who pays for a product, "" where nobody does."""
        paying = (each.advertiser for each in self.campaigns if product_id in each.product_ids)
        return next(paying, "") if self.active else ""


@dataclass(frozen=True, slots=True)
class Fit:
    """A product that answers a search.

    Args:
        product_id: Which.
        fit: How well it answers, basis points of the best answer's.
        advertiser: Who paid for its place; "" for a place of its own.
    """

    product_id: str
    fit: int
    advertiser: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """One paid place: what stands there, from 1, and what it displaced."""

    fit: Fit
    place: int
    displaced: Fit


@dataclass(frozen=True, slots=True)
class Row:
    """An answer with its paid places."""

    shown: tuple[Fit, ...]
    placed: tuple[Placed, ...] = ()


def with_sponsored(ranked: Sequence[Fit], limit: int, rules: Sponsoring) -> Row:
    """Return the first `limit` answers, at most `per_answer` of the last ones replaced by paid ones.

    A paid product has to answer the search itself, and fits at most the margin worse than what makes way for it. The
    first place, and the order of what is not paid for, are never touched.

    Args:
        ranked: All that answers, best first, products the row has no room for included.
        limit: How many are shown.
        rules: The shop's policy.
    """
    own = list(ranked[:limit])
    paid: list[Placed] = []
    for each in sorted(ranked[limit:], key=lambda fit: -fit.fit) if rules.active else ():
        advertiser = rules.advertiser(each.product_id)
        if not advertiser or len(own) < 2 or len(paid) >= rules.per_answer:
            continue
        if own[-1].fit - each.fit > rules.margin_bp:
            continue
        paid.append(Placed(replace(each, advertiser=advertiser), 0, own.pop()))
    first = len(own) + 1
    placed = tuple(replace(each, place=first + at) for at, each in enumerate(paid))
    return Row((*own, *(each.fit for each in placed)), placed)
