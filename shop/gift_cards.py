"""Gift cards: a payment service of the shop's own, whose money is a balance in the books."""

import secrets

from sqlalchemy import RowMapping, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused, Unavailable
from shop.audit import Entry
from shop.context import ShopContext
from shop.gift_tables import gift_calls, gift_cards, gift_holds
from shop.payments import Charge, PaymentResult, PaymentService, PaymentUnknown
from shop.tables import payment_handles, shoppers

REFERENCE = "gift:"
_HOLD = "gift_hold_"
_DECLINED = PaymentResult("declined", "", 0)

_SHOPPER = select(shoppers.c.subject).where(shoppers.c.subject == bindparam("whose"))
_TAKEN = select(gift_cards.c.reference).where(gift_cards.c.reference == bindparam("card"))
_NEW_CARD, _NEW_MEANS = insert(gift_cards), insert(payment_handles)
_CALL = select(gift_calls).where(gift_calls.c.idempotency_key == bindparam("key"))
_KEEP_CALL = insert(gift_calls)
_HELD = select(gift_holds).where(gift_holds.c.authorisation_id == bindparam("hold")).with_for_update()
_NEW_HOLD = insert(gift_holds)
_TAKE = (
    update(gift_cards)
    .where(
        gift_cards.c.reference == bindparam("card"),
        gift_cards.c.currency == bindparam("money"),
        gift_cards.c.balance >= bindparam("amount"),
    )
    .values(balance=gift_cards.c.balance - bindparam("amount"))
)
_GIVE = (
    update(gift_cards)
    .where(gift_cards.c.reference == bindparam("card"), gift_cards.c.currency == bindparam("money"))
    .values(balance=gift_cards.c.balance + bindparam("amount"))
)


def is_gift(instrument: str) -> bool:
    """Say whether a reference, or the id of an authorisation, is a gift card's."""
    return instrument.startswith((REFERENCE, _HOLD))


class GiftCards:
    """Sets aside, takes and gives back what is on a gift card; every key counts once."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context
        self._database = context.database

    async def issue(self, subject: str, card: tuple[str, str], balance: int) -> None:
        """Give a shopper a new gift card as a way to pay, in the shop's currency.

        Args:
            subject: Whose it is.
            card: Its handle, unique among all gift cards, and the label to show.
            balance: Minor units that are on it.

        Raises:
            Refused: "unknown_shopper" or "handle_taken".
        """
        (handle, label), currency = card, self._context.policy.currency
        reference = f"{REFERENCE}{handle}"
        async with self._database.writing(subject) as connection:
            if (await connection.execute(_SHOPPER, {"whose": subject})).scalar_one_or_none() is None:
                raise Refused("unknown_shopper", "The books know no such shopper; nothing was issued.")
            if (await connection.execute(_TAKEN, {"card": reference})).scalar_one_or_none() is not None:
                raise Refused("handle_taken", f"There is a gift card called {handle} already; give it another handle.")
            row = {"reference": reference, "currency": currency, "balance": balance}
            await connection.execute(_NEW_CARD, row)
            mine = {"subject": subject, "handle": handle, "label": label, "reference": reference}
            await connection.execute(_NEW_MEANS, mine)
            entry = Entry(subject, "gift_card.issued", "gift_card", reference, {"balance": balance})
            await self._context.audit.append(connection, entry, self._context.now())

    async def charge(self, charge: Charge) -> PaymentResult:
        """Answer one call; see `PaymentService.charge`."""
        try:
            async with self._database.writing(charge.key) as connection:
                known = (await connection.execute(_CALL, {"key": charge.key})).mappings().one_or_none()
                if known is not None:
                    return _answer(known, charge)
                result = await _perform(connection, charge)
                await connection.execute(_KEEP_CALL, _call(charge, result))
                return result
        except Unavailable as error:
            raise PaymentUnknown("the gift cards can't be reached") from error

    async def lookup(self, key: str) -> PaymentResult | None:
        """Return an earlier answer; see `PaymentService.lookup`."""
        try:
            async with self._database.reading() as connection:
                known = (await connection.execute(_CALL, {"key": key})).mappings().one_or_none()
        except Unavailable as error:
            raise PaymentUnknown("the gift cards can't be reached") from error
        return None if known is None else _answer(known)

    async def aclose(self) -> None:
        """Hold nothing open: the books close their own connections."""


class Till:
    """Every way to pay behind one door: gift cards by the books, all else by the payment service."""

    def __init__(self, gifts: GiftCards, service: PaymentService) -> None:
        self._gifts = gifts
        self._service = service

    async def charge(self, charge: Charge) -> PaymentResult:
        """See `PaymentService.charge`."""
        return await (self._gifts if is_gift(charge.instrument) else self._service).charge(charge)

    async def lookup(self, key: str) -> PaymentResult | None:
        """See `PaymentService.lookup`."""
        return await self._gifts.lookup(key) or await self._service.lookup(key)

    async def aclose(self) -> None:
        """Close the payment service's connections."""
        await self._service.aclose()


async def _perform(connection: AsyncConnection, charge: Charge) -> PaymentResult:
    if charge.kind == "authorise":
        return await _authorise(connection, charge)
    if charge.kind == "credit":
        given = await _move(connection, charge, charge.instrument, give=True)
        return PaymentResult("done", "", charge.amount) if given else _DECLINED
    hold = (await connection.execute(_HELD, {"hold": charge.instrument})).mappings().one_or_none()
    if hold is None:
        return _DECLINED
    name = {"capture": "captured", "void": "voided", "refund": "refunded"}[charge.kind]
    room = hold["captured"] - hold["refunded"]
    if charge.kind != "refund":
        room = hold["amount"] - hold["captured"] - hold["voided"]
    if charge.amount > room:
        return _DECLINED
    if charge.kind != "capture" and not await _move(connection, charge, hold["reference"], give=True):
        return _DECLINED
    same = gift_holds.c.authorisation_id == charge.instrument
    await connection.execute(update(gift_holds).where(same).values(**{name: hold[name] + charge.amount}))
    return PaymentResult("done", charge.instrument, charge.amount)


async def _authorise(connection: AsyncConnection, charge: Charge) -> PaymentResult:
    if not await _move(connection, charge, charge.instrument, give=False):
        return _DECLINED
    hold = f"{_HOLD}{secrets.token_urlsafe(12)}"
    first = {"authorisation_id": hold, "reference": charge.instrument, "amount": charge.amount}
    await connection.execute(_NEW_HOLD, {**first, "captured": 0, "voided": 0, "refunded": 0})
    return PaymentResult("done", hold, charge.amount)


async def _move(connection: AsyncConnection, charge: Charge, reference: str, *, give: bool) -> bool:
    values = {"card": reference, "money": charge.currency, "amount": charge.amount}
    return (await connection.execute(_GIVE if give else _TAKE, values)).rowcount == 1


def _call(charge: Charge, result: PaymentResult) -> dict[str, object]:
    row = {"idempotency_key": charge.key, "kind": charge.kind, "instrument": charge.instrument}
    row |= {"currency": charge.currency, "result": result.state, "authorisation_id": result.authorisation_id}
    return {**row, "amount": charge.amount}


def _answer(row: RowMapping, charge: Charge | None = None) -> PaymentResult:
    if charge is not None:
        asked = (charge.kind, charge.instrument, charge.amount, charge.currency)
        if asked != (row["kind"], row["instrument"], row["amount"], row["currency"]):
            raise ValueError("one idempotency key was used for two different calls")
    return PaymentResult(row["result"], row["authorisation_id"], row["amount"] if row["result"] == "done" else 0)
