"""Which purchases a person of the shop looks at before anything is charged: pure rules over the facts of one."""

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from policies.permits import Count, Minor, Part

Reason = Literal["amount", "first_order", "new_address", "declines"]


class ReviewRules(Part):
    """When an authorised order waits for a person. Amounts are minor units, equal is not above; None asks for nothing.

    The time limit ends before authorisations do: banks keep them for seven days at most.
    """

    time_limit_s: int = Field(default=86_400, ge=60, le=6 * 86_400, description="After it the order is refused.")
    above: Minor | None = None
    first_order_above: Minor | None = Field(default=None, description="Of a shopper who never paid for an order here.")
    new_address_above: Minor | None = Field(default=None, description="To an address no paid order went to.")
    declines: Count | None = Field(default=None, description="Declined payments shortly before the one that worked.")
    declines_within_s: int = Field(default=3600, ge=60, le=7 * 86_400)

    @property
    def idle(self) -> bool:
        """Whether no rule asks for anything, so that no fact has to be read."""
        return all(rule is None for rule in (self.above, self.first_order_above, self.new_address_above, self.declines))


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What the rules look at.

    Args:
        total: Minor units of the order.
        earlier_orders: How many orders the shopper paid for before.
        known_address: Whether one of them went to the same address.
        declines: Payments of the shopper's that were declined within the rules' time.
    """

    total: int
    earlier_orders: int
    known_address: bool
    declines: int


def review_reasons(rules: ReviewRules, facts: ReviewFacts) -> tuple[Reason, ...]:
    """Say what about an order asks for a person's look; empty where nothing does."""
    found: dict[Reason, bool] = {
        "amount": _passes(facts.total, rules.above),
        "first_order": not facts.earlier_orders and _passes(facts.total, rules.first_order_above),
        "new_address": not facts.known_address and _passes(facts.total, rules.new_address_above),
        "declines": rules.declines is not None and facts.declines >= rules.declines,
    }
    return tuple(reason for reason, holds in found.items() if holds)


def _passes(total: int, bound: int | None) -> bool:
    return bound is not None and total > bound
