"""An order as it stands after what happened to it: lines, totals, where it goes, and the money taken for it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import rfc8785
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import BindParameter, RowMapping, String, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.order_change import parse as parse_change
from policies.quote import QuoteTerms, TermChoice, TermLine, TermTotal, parse
from shop.change_tables import change_quotes, order_changes, order_contents, order_payments
from shop.tables import intents, orders, quotes

_MINE = select(orders).where(orders.c.order_id == bindparam("which"), orders.c.subject == bindparam("whose"))
# What an order came of, what was approved, and what has become of it since: one row an order.
_CAME_OF = (
    select(intents, quotes.c.terms, order_contents.c.version, order_contents.c.content, order_contents.c.delivered_at)
    .join(quotes, quotes.c.quote_id == intents.c.quote_id)
    .join(orders, orders.c.intent_id == intents.c.intent_id)
    .outerjoin(order_contents, order_contents.c.order_id == orders.c.order_id)
    .where(intents.c.intent_id.in_(bindparam("intent_ids", expanding=True)))
)
_THESE_ORDERS: BindParameter[str] = bindparam("order_ids", expanding=True)
_PAID = select(order_payments).where(order_payments.c.order_id.in_(_THESE_ORDERS)).order_by(order_payments.c.position)
_BACK_TO = (
    select(order_changes.c.order_id, change_quotes.c.terms)
    .join(change_quotes, change_quotes.c.quote_id == order_changes.c.quote_id)
    .where(order_changes.c.order_id.in_(_THESE_ORDERS), order_changes.c.state != "failed", order_changes.c.refund > 0)
    .order_by(order_changes.c.created_at)
)
_FIRST_CONTENT, _ADD_PAYMENT = insert(order_contents), insert(order_payments)
_NEXT_CONTENT = (
    update(order_contents)
    .where(
        order_contents.c.order_id == bindparam("which", type_=String),
        order_contents.c.version == bindparam("read", type_=order_contents.c.version.type),
    )
    .values(version=bindparam("to"), content=bindparam("holds"), delivered_at=bindparam("arrived"))
)


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
    """One authorisation of an order: what was captured of it and what went back, in minor units.

    `handle` and `label` name the shopper's way to pay that it was made by.
    """

    authorisation_id: str
    captured: int
    refunded: int
    handle: str
    label: str

    @property
    def left(self) -> int:
        """Minor units that can still go back."""
        return self.captured - self.refunded


@dataclass(frozen=True, slots=True)
class Held:
    """An order, read within one transaction.

    Args:
        row: Of `orders`.
        intent: Of `intents`, the purchase it came of, and more columns beside.
        terms: What was approved when it was bought.
        content: What it holds now.
        version: Grows with every change of the content; 0 is as bought.
        delivered_at: When it was last delivered, UTC.
        payments: Oldest first.
        written: Whether there is a row of its content yet.
        paid_by_row: Whether the payments are rows of their own yet, or follow from the purchase.
        back_to: Labels of what gets money back by the changes that were approved so far, each once.
    """

    row: RowMapping
    intent: RowMapping
    terms: QuoteTerms
    content: OrderContent
    version: int
    delivered_at: datetime | None
    payments: tuple[Paid, ...]
    written: bool
    paid_by_row: bool
    back_to: tuple[str, ...] = ()

    @property
    def paid(self) -> int:
        """Minor units captured less what went back."""
        return sum(each.left for each in self.payments)

    @property
    def paying(self) -> dict[str, str]:
        """What pays for the order now, label by handle, newest first; before anything was captured, what shall."""
        live = {each.handle: each.label for each in reversed(self.payments) if each.left}
        return live or {self.terms.payment.handle: self.terms.payment.label}

    @property
    def refunded(self) -> int:
        """Minor units that went back so far."""
        return sum(each.refunded for each in self.payments)

    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of the order as it stands, for a change to bind."""
        facts = {"content": self.content.model_dump(mode="json"), "version": self.version, "state": self.row["state"]}
        paid = [[each.authorisation_id, each.captured, each.refunded, each.handle] for each in self.payments]
        facts |= {"payments": paid, "total": self.row["total"]}
        facts |= {"payment_reference": self.intent["payment_reference"]}
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
    mine = {"which": order_id, "whose": subject}
    row = (await connection.execute(_MINE, mine)).mappings().one_or_none()
    return None if row is None else (await _held_of(connection, [row], {}))[0]


async def held_of(connection: AsyncConnection, rows: Sequence[RowMapping]) -> list[Held]:
    """Read what belongs to these rows of `orders`, in their order, and where their money goes back to."""
    return await _held_of(connection, rows, await _back_to(connection, [row["order_id"] for row in rows]))


async def _held_of(
    connection: AsyncConnection, rows: Sequence[RowMapping], back_to: Mapping[str, Mapping[str, None]]
) -> list[Held]:
    which = {"intent_ids": [row["intent_id"] for row in rows]}
    came_of = {one["intent_id"]: one for one in (await connection.execute(_CAME_OF, which)).mappings()}
    payments: dict[str, list[RowMapping]] = {}
    for one in (await connection.execute(_PAID, {"order_ids": [row["order_id"] for row in rows]})).mappings():
        payments.setdefault(one["order_id"], []).append(one)
    return [
        _held(row, came_of[row["intent_id"]], payments.get(row["order_id"]), tuple(back_to.get(row["order_id"], ())))
        for row in rows
    ]


async def _back_to(connection: AsyncConnection, order_ids: Sequence[str]) -> dict[str, dict[str, None]]:
    """Return, by order, the labels of what approved changes pay back to, in the order of the changes."""
    found: dict[str, dict[str, None]] = {}
    for order_id, text in await connection.execute(_BACK_TO, {"order_ids": order_ids}):
        found.setdefault(order_id, {})[parse_change(text).instrument.label] = None
    return found


async def write_content(
    connection: AsyncConnection, held: Held, content: OrderContent | None = None, delivered_at: datetime | None = None
) -> None:
    """Keep what the order holds from now on, or that it was delivered; the version grows with the content.

    Raises:
        LookupError: Somebody else changed it since it was read; a bug.
    """
    order_id, version = held.row["order_id"], held.version + (content is not None)
    holds, arrived = (content or held.content).model_dump_json(), delivered_at or held.delivered_at
    if not held.written:
        first = {"order_id": order_id, "version": version, "content": holds, "delivered_at": arrived}
        await connection.execute(_FIRST_CONTENT, first)
        return
    following = {"which": order_id, "read": held.version, "to": version, "holds": holds, "arrived": arrived}
    if (await connection.execute(_NEXT_CONTENT, following)).rowcount != 1:
        raise LookupError(f"{order_id} was changed by two at once")


async def add_payment(connection: AsyncConnection, held: Held, paid: Paid) -> None:
    """Keep an authorisation that was captured for the order, and before it the first one if it is not kept yet."""
    await keep_payments(connection, held)
    row = {"order_id": held.row["order_id"], "position": len(held.payments)}
    await connection.execute(_ADD_PAYMENT, row | asdict(paid))


async def keep_payments(connection: AsyncConnection, held: Held) -> None:
    """Write the purchase's own payment where no row says what was captured and paid back yet."""
    if held.paid_by_row or not held.payments:
        return
    (first,) = held.payments
    await connection.execute(_ADD_PAYMENT, {"order_id": held.row["order_id"], "position": 0, **asdict(first)})


def _held(row: RowMapping, came_of: RowMapping, rows: list[RowMapping] | None, back_to: tuple[str, ...]) -> Held:
    terms = parse(came_of["terms"])
    bought_by = (terms.payment.handle, terms.payment.label)
    first = [Paid(str(came_of["authorisation_id"]), came_of["captured"], 0, *bought_by)] if came_of["captured"] else []
    written = came_of["content"] is not None
    return Held(
        row=row,
        intent=came_of,
        terms=terms,
        content=OrderContent.model_validate_json(came_of["content"]) if written else as_bought(terms),
        version=came_of["version"] if written else 0,
        delivered_at=came_of["delivered_at"],
        payments=tuple(_paid(one, bought_by) for one in rows) if rows is not None else tuple(first),
        written=written,
        paid_by_row=rows is not None,
        back_to=back_to,
    )


def _paid(row: RowMapping, bought_by: tuple[str, str]) -> Paid:
    # A payment from before there were several ways to pay was made by what paid for the purchase.
    handle, label = (row["handle"], row["label"]) if row["handle"] is not None else bought_by
    return Paid(row["authorisation_id"], row["captured"], row["refunded"], handle, label)
