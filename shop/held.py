"""An order as it stands after what happened to it: lines, totals, where it goes, and the money taken for it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.quote import QuoteTerms, TermChoice, TermLine, TermTotal, parse
from shop.change_tables import order_contents, order_payments
from shop.tables import intents, orders, quotes


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HeldLine(_Part):
    """A line of an order; `returned` of its `quantity` went back."""

    line_id: str
    variant_id: str
    product_id: str
    title: str
    options: dict[str, str]
    quantity: int = Field(ge=1)
    returned: int = Field(default=0, ge=0)
    unit_price: int
    seller: str

    @property
    def kept(self) -> int:
        """Units that are still the shopper's."""
        return self.quantity - self.returned

    def goes(self, quantity: int) -> TermLine:
        """Return that many units of this line at the price they were bought for."""
        shared = self.model_dump(exclude={"quantity", "returned"})
        return TermLine(quantity=quantity, total=quantity * self.unit_price, **shared)


class OrderContent(_Part):
    """What an order holds; `totals` are what the kept units cost, in the shop's order.

    Where nothing is kept any more, `was` are the totals from before.
    """

    lines: tuple[HeldLine, ...]
    totals: tuple[TermTotal, ...]
    was: tuple[TermTotal, ...] = ()
    ship_to: TermChoice
    region: str
    delivery: TermChoice

    @property
    def total(self) -> int:
        """Minor units of what is kept."""
        return self.totals[-1].amount


@dataclass(frozen=True, slots=True)
class Paid:
    """One authorisation of an order: what was captured of it and what went back, in minor units."""

    authorisation_id: str
    captured: int
    refunded: int


@dataclass(frozen=True, slots=True)
class Held:
    """An order, read within one transaction.

    Args:
        row: Of `orders`.
        intent: Of `intents`, the purchase it came of.
        terms: What was approved when it was bought.
        content: What it holds now.
        version: Grows with every change of the content; 0 is as bought.
        delivered_at: When it was last delivered, UTC.
        payments: Oldest first.
    """

    row: RowMapping
    intent: RowMapping
    terms: QuoteTerms
    content: OrderContent
    version: int
    delivered_at: datetime | None
    payments: tuple[Paid, ...]

    @property
    def paid(self) -> int:
        """Minor units captured less what went back."""
        return sum(each.captured - each.refunded for each in self.payments)

    @property
    def refunded(self) -> int:
        """Minor units that went back so far."""
        return sum(each.refunded for each in self.payments)

    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of the order as it stands, for a change to bind."""
        facts = {"content": self.content.model_dump(mode="json"), "version": self.version, "state": self.row["state"]}
        facts |= {"payments": [[each.authorisation_id, each.captured, each.refunded] for each in self.payments]}
        facts |= {"total": self.row["total"], "payment_reference": self.intent["payment_reference"]}
        return hashlib.sha256(rfc8785.dumps(facts)).hexdigest()

    def line(self, line_id: str) -> HeldLine | None:
        """Return the line called `line_id`, or None."""
        return next((line for line in self.content.lines if line.line_id == line_id), None)


def as_bought(terms: QuoteTerms) -> OrderContent:
    """Return what an order holds right after its purchase."""
    lines = tuple(HeldLine(**line.model_dump(exclude={"total"})) for line in terms.lines)
    return OrderContent(
        lines=lines, totals=terms.totals, ship_to=terms.ship_to, region=terms.region, delivery=terms.delivery
    )


async def load_held(connection: AsyncConnection, order_id: str, subject: str) -> Held | None:
    """Read an order of this shopper within a transaction; None for unknown and foreign alike.

    Whoever changes it does so in a write that names the shopper, so nobody changes it until that ends.
    """
    mine = (orders.c.order_id == order_id, orders.c.subject == subject)
    row = (await connection.execute(select(orders).where(*mine))).mappings().one_or_none()
    return None if row is None else (await held_of(connection, [row]))[0]


async def held_of(connection: AsyncConnection, rows: Sequence[RowMapping]) -> list[Held]:
    """Read what belongs to these rows of `orders`, in their order."""
    ids = [row["order_id"] for row in rows]
    bought = select(intents).where(intents.c.intent_id.in_([row["intent_id"] for row in rows]))
    by_intent = {one["intent_id"]: one for one in (await connection.execute(bought)).mappings()}
    approved = select(quotes.c.quote_id, quotes.c.terms).where(quotes.c.quote_id.in_([row["quote_id"] for row in rows]))
    terms = {quote_id: parse(text) for quote_id, text in await connection.execute(approved)}
    kept = select(order_contents).where(order_contents.c.order_id.in_(ids))
    contents = {one["order_id"]: one for one in (await connection.execute(kept)).mappings()}
    paid = select(order_payments).where(order_payments.c.order_id.in_(ids)).order_by(order_payments.c.position)
    payments: dict[str, list[Paid]] = {}
    for one in (await connection.execute(paid)).mappings():
        payments.setdefault(one["order_id"], []).append(_paid(one))
    return [
        _held(
            row,
            by_intent[row["intent_id"]],
            terms[row["quote_id"]],
            contents.get(row["order_id"]),
            payments.get(row["order_id"]),
        )
        for row in rows
    ]


async def write_content(
    connection: AsyncConnection, held: Held, content: OrderContent | None = None, delivered_at: datetime | None = None
) -> None:
    """Keep what the order holds from now on, or that it was delivered; the version grows with the content.

    Raises:
        LookupError: Somebody else changed it since it was read; a bug.
    """
    values: dict[str, Any] = {
        "version": held.version + (content is not None),
        "content": (content or held.content).model_dump_json(),
        "delivered_at": delivered_at or held.delivered_at,
    }
    order_id = held.row["order_id"]
    known = select(order_contents.c.order_id).where(order_contents.c.order_id == order_id)
    if (await connection.execute(known)).scalar_one_or_none() is None:
        await connection.execute(insert(order_contents).values(order_id=order_id, **values))
        return
    same = (order_contents.c.order_id == order_id, order_contents.c.version == held.version)
    if (await connection.execute(update(order_contents).where(*same).values(**values))).rowcount != 1:
        raise LookupError(f"{order_id} was changed by two at once")


async def add_payment(connection: AsyncConnection, held: Held, paid: Paid) -> None:
    """Keep an authorisation that was captured for the order, and before it the first one if it is not kept yet."""
    await keep_payments(connection, held)
    row = {"authorisation_id": paid.authorisation_id, "order_id": held.row["order_id"], "refunded": 0}
    await connection.execute(insert(order_payments).values(**row, position=len(held.payments), captured=paid.captured))


async def keep_payments(connection: AsyncConnection, held: Held) -> None:
    """Write the purchase's own payment where no row says what was captured and paid back yet."""
    query = select(order_payments.c.order_id).where(order_payments.c.order_id == held.row["order_id"]).limit(1)
    if not held.payments or (await connection.execute(query)).scalar_one_or_none() is not None:
        return
    (first,) = held.payments
    row = {"authorisation_id": first.authorisation_id, "order_id": held.row["order_id"], "position": 0}
    await connection.execute(insert(order_payments).values(**row, captured=first.captured, refunded=0))


def _held(
    row: RowMapping, intent: RowMapping, terms: QuoteTerms, kept: RowMapping | None, payments: list[Paid] | None
) -> Held:
    first = [Paid(str(intent["authorisation_id"]), intent["captured"], 0)] if intent["captured"] else []
    return Held(
        row=row,
        intent=intent,
        terms=terms,
        content=OrderContent.model_validate_json(kept["content"]) if kept else as_bought(terms),
        version=kept["version"] if kept else 0,
        delivered_at=kept["delivered_at"] if kept else None,
        payments=tuple(payments if payments is not None else first),
    )


def _paid(row: RowMapping) -> Paid:
    return Paid(row["authorisation_id"], row["captured"], row["refunded"])
