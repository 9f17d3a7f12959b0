"""What a press must bring or wait for when something about an order or a change of one is unusual: pure rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

from pydantic import Field, model_validator

from policies.permits import Minor, Part

About = Literal["recent_address", "new_address", "money_elsewhere", "refund"]
Ask = Literal["fresh_login", "wait"]


class Caution(Part):
    """One thing to be careful about, and what it asks for.

    About an order or a change: "recent_address", one that joined the shopper's own shortly before (an order that goes
    there; any change of an order that moves money or goods). About a change alone: "new_address", it sends the order
    where no order of the shopper's went; "money_elsewhere", money comes to something that did not pay; "refund", money
    goes back. A wait about an address counts from when it joined, any other from when the change was first asked for.
    """

    about: About
    ask: Ask
    above: Minor | None = Field(default=None, description="Minor units at stake; as many are no reason yet.")
    seconds: int | None = Field(
        default=None, ge=60, le=14 * 86_400, description="How long an address is recent; how long to wait."
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        timed = self.ask == "wait" or self.about == "recent_address"
        if timed != (self.seconds is not None):
            raise ValueError("seconds belong to a wait and to recent_address, and to nothing else")
        if self.about == "new_address" and self.ask == "wait":
            # Drawn up anew, a new address is another one: there is nothing to count from.
            raise ValueError("a new address asks for fresh_login; once it has joined, recent_address may wait")
        return self


@dataclass(frozen=True, slots=True)
class Unusual:
    """What is unusual about one press.

    Args:
        stakes: Minor units at stake by what they are about; what is not the case is missing.
        ages_s: Seconds since the address joined, and since the change was first asked for.
    """

    stakes: Mapping[About, int] = field(default_factory=dict[About, int])
    ages_s: Mapping[About, float] = field(default_factory=dict[About, float])


@dataclass(frozen=True, slots=True)
class Demand:
    """What a press has to bring; `left_s` is how long a wait still takes."""

    about: About
    ask: Ask
    left_s: float = 0.0


def demands(cautions: Sequence[Caution], unusual: Unusual) -> tuple[Demand, ...]:
    """Return what a press asks for now, waits first: a sign-in would be stale once they are over."""
    found = [demand for caution in cautions if (demand := _demanded(caution, unusual)) is not None]
    return tuple(sorted(found, key=lambda demand: (demand.ask != "wait", -demand.left_s)))


def missing(wanted: Sequence[Demand], proved_s: float | None, max_age_s: int) -> Demand | None:
    """Return the first demand that a press does not meet, None when it may count.

    Args:
        wanted: By `demands`.
        proved_s: Seconds since the shopper last proved who they are; None where they never did.
        max_age_s: How old that may be.
    """
    proved = proved_s is not None and 0 <= proved_s <= max_age_s
    return next((demand for demand in wanted if demand.ask == "wait" or not proved), None)


def _demanded(caution: Caution, unusual: Unusual) -> Demand | None:
    stake = unusual.stakes.get(caution.about)
    if stake is None or (caution.above is not None and stake <= caution.above):
        return None
    if caution.seconds is None:
        return Demand(caution.about, caution.ask)
    # What began in the future, or nobody knows when, began just now.
    left = caution.seconds - max(0.0, unusual.ages_s.get(caution.about, 0.0))
    return Demand(caution.about, caution.ask, left) if left > 0 else None
