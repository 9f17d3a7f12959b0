"""By what a change is paid or paid back: the shopper's choice, whether it may be, and how a refund is shared out."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused
from policies.limits import ShopPolicy
from policies.order_change import ChangeKind, ChangeTerms
from policies.quote import TermChoice, fingerprint
from policies.words import money, plain, say
from shop.gift_tables import gift_cards
from shop.held import Held, Paid
from shop.tables import payment_handles

_MEANS = (
    select(payment_handles, gift_cards.c.balance)
    .outerjoin(gift_cards, gift_cards.c.reference == payment_handles.c.reference)
    .where(payment_handles.c.subject == bindparam("whose"))
)


@dataclass(frozen=True, slots=True)
class Means:
    """A shopper's way to pay; `balance` in minor units is set for gift cards alone."""

    handle: str
    label: str
    reference: str
    balance: int | None


@dataclass(frozen=True, slots=True)
class Due:
    """What a change costs and who shall pay or get it.

    Args:
        kind: Of the change.
        chosen: Handle of the shopper's choice; None leaves it to what paid for the order.
        difference: Signed minor units; negative goes back.
        moved: Minor units that are charged anew and paid back to the old way.
        locale: Of refusals.
    """

    kind: ChangeKind
    chosen: str | None
    difference: int
    moved: int
    locale: str


async def load_means(connection: AsyncConnection, subject: str) -> dict[str, Means]:
    """Read all ways to pay of a shopper within a transaction, by handle."""
    rows = (await connection.execute(_MEANS, {"whose": subject})).mappings()
    return {row["handle"]: Means(row["handle"], row["label"], row["reference"], row["balance"]) for row in rows}


def settled_by(policy: ShopPolicy, held: Held, due: Due, means: Mapping[str, Means]) -> tuple[TermChoice, bool]:
    """Return what pays for a change or gets its money back, and whether that is something that did not pay before.

    Raises:
        Refused: "unknown_payment", "same_payment", "gift_card_short", "refund_elsewhere" or "refund_too_much_there".
    """
    if (due.chosen is not None and due.chosen not in means) or (due.kind == "payment" and due.chosen is None):
        raise Refused("unknown_payment", say(due.locale, "unknown_payment"))
    if due.difference < 0:
        return _paid_back(policy, held, due, means)
    handle = due.chosen or next(iter(held.paying))
    choice = _choice(held, handle, means)
    if due.moved and set(held.paying) == {handle}:
        raise Refused("same_payment", say(due.locale, "same_payment", what=choice.label))
    amount = due.difference + due.moved
    balance = means[handle].balance if handle in means else None
    if amount and balance is not None and balance < amount:
        spoken = {"balance": _spoken(held, due, balance), "amount": _spoken(held, due, amount)}
        facts: dict[str, object] = {"balance": balance, "needed": amount}
        raise Refused("gift_card_short", say(due.locale, "gift_card_short", what=choice.label, **spoken), facts)
    if amount and handle != held.terms.payment.handle and handle not in means:
        raise Refused("unknown_payment", say(due.locale, "unknown_payment"))
    return choice, False


def shares(held: Held, amount: int, handle: str = "") -> list[tuple[Paid, int]]:
    """Share a refund out among an order's payments, newest first; those made by `handle` alone where they suffice.

    Raises:
        LookupError: More than was captured would go back; a bug.
    """
    live = [paid for paid in reversed(held.payments) if paid.left]
    made = [paid for paid in live if paid.handle == handle]
    found: list[tuple[Paid, int]] = []
    for paid in made if sum(paid.left for paid in made) >= amount else live:
        part = min(amount, paid.left)
        if part:
            found.append((paid, part))
        amount -= part
    if amount:
        raise LookupError(f"{held.row['order_id']} would pay back more than was captured")
    return found


def reference_of(held: Held, terms: ChangeTerms, means: Mapping[str, Means]) -> str | None:
    """Return what the payment service knows the change's instrument by; None when the shopper no longer has it."""
    if terms.instrument.handle == held.terms.payment.handle:
        return str(held.intent["payment_reference"])
    chosen = means.get(terms.instrument.handle)
    return None if chosen is None else chosen.reference


def _paid_back(policy: ShopPolicy, held: Held, due: Due, means: Mapping[str, Means]) -> tuple[TermChoice, bool]:
    amount = -due.difference
    if due.chosen is None:
        back = {paid.handle: paid.label for paid, _ in shares(held, amount)}
        if len(back) == 1:
            return _choice(held, next(iter(back)), means), False
        handles = "+".join(back)
        several = TermChoice(handle=handles, label=", ".join(back.values()), content=fingerprint({"handles": handles}))
        return several, False
    choice = _choice(held, due.chosen, means)
    paid = sum(each.left for each in held.payments if each.handle == due.chosen)
    if paid >= amount:
        return choice, False
    anywhere = due.kind in ("items", "exchange") and policy.returns.difference_anywhere
    if means[due.chosen].balance is not None or anywhere:
        return choice, True
    if not paid:
        raise Refused("refund_elsewhere", say(due.locale, "refund_elsewhere", what=choice.label))
    spoken = {"paid": _spoken(held, due, paid), "amount": _spoken(held, due, amount)}
    raise Refused("refund_too_much_there", say(due.locale, "refund_too_much_there", what=choice.label, **spoken))


def _choice(held: Held, handle: str, means: Mapping[str, Means]) -> TermChoice:
    if handle == held.terms.payment.handle:
        return held.terms.payment
    found = means.get(handle)
    if found is None:
        # Something that paid once and that the shopper no longer has: money still goes back there.
        return TermChoice(handle=handle, label=held.paying[handle], content=fingerprint({"handle": handle}))
    return TermChoice(handle=handle, label=plain(found.label), content=fingerprint({"reference": found.reference}))


def _spoken(held: Held, due: Due, amount: int) -> str:
    return money(due.locale, amount, held.row["currency"])
