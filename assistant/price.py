"""What a call costs, from the price in models.toml: integer micro-units of the currency, rounded up."""

from decimal import ROUND_CEILING, Decimal
from functools import cached_property
from typing import Annotated, Literal, Self

from langchain_core.messages.ai import UsageMetadata
from pydantic import BaseModel, ConfigDict, Field, model_validator

MICROS = 1_000_000
"""Micro-units in one unit of the currency: the price of a million tokens in units is that of one token in micros."""

Units = Annotated[Decimal, Field(ge=0, lt=Decimal(10) ** 6)]
_HOUR_S = 3600


class Usage(BaseModel):
    """What one or several calls used.

    Args:
        input_tokens: Tokens of the requests, the cached ones among them.
        cached_tokens: Of these, how many the endpoint had already.
        output_tokens: Tokens of the answers, reasoning among them.
        millis: Milliseconds the calls took.
    """

    model_config = ConfigDict(frozen=True)

    input_tokens: int = Field(default=0, ge=0)
    cached_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    millis: int = Field(default=0, ge=0)

    def __add__(self, more: "Usage") -> "Usage":
        """Return both together."""
        return Usage(
            input_tokens=self.input_tokens + more.input_tokens,
            cached_tokens=self.cached_tokens + more.cached_tokens,
            output_tokens=self.output_tokens + more.output_tokens,
            millis=self.millis + more.millis,
        )


def usage_of(metadata: UsageMetadata | None, millis: int) -> Usage | None:
    """Return what an answer says it used, None where it says nothing."""
    if metadata is None:
        return None
    cached = metadata.get("input_token_details", {}).get("cache_read", 0)
    prompt = max(0, metadata["input_tokens"])
    return Usage(
        input_tokens=prompt,
        cached_tokens=min(max(0, cached), prompt),
        output_tokens=max(0, metadata["output_tokens"]),
        millis=millis,
    )


class Price(BaseModel):
    """A price per million tokens, or of the machine that serves them; nothing stated costs nothing.

    Either `input` and `output`, or `machine_per_hour` with the throughput measured on that machine: the price of a
    token then follows. `machine_per_hour` alone charges the seconds a call took, as for a machine that does nothing
    else meanwhile.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: Units | None = Field(default=None, description="Of a million tokens, units of the currency.")
    cached_input: Units | None = Field(default=None, description="Of a million cached ones; default is `input`.")
    output: Units | None = Field(default=None, description="Of a million tokens of answers.")
    machine_per_hour: Units | None = Field(default=None, description="Rent or cost of the machine, units an hour.")
    tokens_per_s: Decimal | None = Field(default=None, gt=0, description="Tokens of requests and answers together.")
    measured: str = Field(default="", description="Where the throughput or the price comes from, and when.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.input is None) != (self.output is None):
            raise ValueError("state the price of input and of output, or neither")
        if self.input is not None and self.machine_per_hour is not None:
            raise ValueError("state prices per million tokens or machine_per_hour, not both")
        if self.tokens_per_s is not None and self.machine_per_hour is None:
            raise ValueError("tokens_per_s needs machine_per_hour")
        return self

    @property
    def free(self) -> bool:
        """Whether calls cost nothing."""
        return not any(self.per_token) and not self._per_s

    @cached_property
    def per_token(self) -> tuple[Decimal, Decimal, Decimal]:
        """Micro-units of one token: fresh input, cached input, output."""
        if self.machine_per_hour is not None and self.tokens_per_s is not None:
            each = self.machine_per_hour * MICROS / _HOUR_S / self.tokens_per_s
            return each, each, each
        fresh = self.input or Decimal(0)
        return fresh, fresh if self.cached_input is None else self.cached_input, self.output or Decimal(0)

    @property
    def _per_s(self) -> Decimal:
        if self.machine_per_hour is None or self.tokens_per_s is not None:
            return Decimal(0)
        return self.machine_per_hour * MICROS / _HOUR_S

    def of(self, usage: Usage) -> int:
        """Return micro-units, rounded up, so that many small calls never sum to less than they cost."""
        fresh, cached, output = self.per_token
        tokens = (usage.input_tokens - usage.cached_tokens) * fresh + usage.cached_tokens * cached
        exact = tokens + usage.output_tokens * output + self._per_s * usage.millis / 1000
        return int(exact.to_integral_value(ROUND_CEILING))


Scope = Literal["turn", "conversation", "guest", "guests", "shopper", "tenant", "day"]


class Caps(BaseModel):
    """The most that may be spent on models, in units of the currency; None is no cap, 0 spends nothing.

    A day begins at midnight UTC. `guest` and `shopper` are of one person, `guests` of all guests together: however
    many somebody pretends to be, the known shoppers' share is left.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    turn: Units | None = None
    conversation: Units | None = None
    guest: Units | None = Field(default=None, description="One guest, a day.")
    guests: Units | None = Field(default=None, description="All guests together, a day.")
    shopper: Units | None = Field(default=None, description="One known shopper, a day.")
    tenant: Units | None = Field(default=None, description="One shop (AISLE_TENANT), a day.")
    day: Units | None = Field(default=None, description="All shops in these books, a day.")
    over: Literal["degrade", "refuse"] = Field(
        default="degrade", description="Over a cap the compact planner answers, or the turn is refused."
    )

    def micros(self, scope: Scope) -> int | None:
        """Return a cap in micro-units, None where there is none."""
        units: Decimal | None = getattr(self, scope)
        return None if units is None else int(units * MICROS)
