"""Shoppers and their choices: address, delivery, way to pay. Others see handles and labels, never what is behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import RowMapping, Select, String, Table, Update, and_, bindparam, cast, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.limits import DeliveryOption, ShopPolicy
from policies.principal import Principal
from policies.words import known_locale
from shop.context import ShopContext
from shop.tables import addresses, payment_handles, shoppers
from shop.views import Handle, Profile

# Nobody lives here and nothing can be charged: the sandbox that every guest starts with.
_GUEST_ADDRESSES = (
    ("home", "home, Berlin", "DE", {"street": "Beispielstraße 1", "postcode": "10115", "city": "Berlin"}),
    ("office", "office, Vienna", "AT", {"street": "Mustergasse 2", "postcode": "1010", "city": "Wien"}),
)
_GUEST_PAYMENTS = (
    ("card-4242", "card •4242", "card-4242"),
    ("card-declined", "card •0002 (always declined)", "card-declined"),
)

# A shopper with the address and the card that are chosen, if there are any.
_CHOICES = (
    select(
        shoppers.c.locale,
        shoppers.c.delivery,
        addresses.c.handle.label("home"),
        addresses.c.label.label("home_label"),
        addresses.c.region,
        addresses.c.content,
        payment_handles.c.handle.label("card"),
        payment_handles.c.label.label("card_label"),
        payment_handles.c.reference,
    )
    .outerjoin(addresses, and_(addresses.c.subject == shoppers.c.subject, addresses.c.handle == shoppers.c.address))
    .outerjoin(
        payment_handles,
        and_(payment_handles.c.subject == shoppers.c.subject, payment_handles.c.handle == shoppers.c.payment),
    )
    .where(shoppers.c.subject == bindparam("subject"))
)
_LOCKED = select(shoppers).where(shoppers.c.subject == bindparam("subject")).with_for_update(key_share=True)
_KNOWN = select(shoppers.c.subject).where(shoppers.c.subject == bindparam("subject"))
_UNSEALED = select(addresses).where(cast(addresses.c.content, String).not_like('%"sealed"%'))
_SEAL = (
    update(addresses)
    .where(addresses.c.subject == bindparam("whose"), addresses.c.handle == bindparam("which"))
    .values(content=bindparam("closed"))
)
_BEGIN, _ADD_ADDRESS, _ADD_PAYMENT = insert(shoppers), insert(addresses), insert(payment_handles)


@dataclass(frozen=True, slots=True)
class Address:
    """Where to deliver; `content` is personal, sealed with the shopper's key, and stays inside the books."""

    handle: str
    label: str
    region: str
    content: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Payment:
    """How to pay; `reference` is what the payment service knows the instrument by."""

    handle: str
    label: str
    reference: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """A shopper's choices as the books need them for a price."""

    locale: str
    address: Address | None
    delivery: DeliveryOption
    payment: Payment | None


class Shoppers:
    """Reads profiles and starts guests."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def profile(self, p: Principal) -> Profile:
        """Return the shopper's handles and which are chosen; for a stranger, the deliveries alone."""
        async with self._context.database.reading() as connection:
            checkout = await load_checkout(connection, self._context.policy, p.subject)
            homes = await _handles(connection, addresses, p.subject)
            cards = await _handles(connection, payment_handles, p.subject)
        options = self._context.policy.delivery
        return Profile(
            subject=p.subject,
            locale=checkout.locale,
            addresses=homes,
            deliveries=tuple(Handle(handle=o.handle, label=o.named(checkout.locale)) for o in options),
            payments=cards,
            address=checkout.address.handle if checkout.address else None,
            delivery=checkout.delivery.handle,
            payment=checkout.payment.handle if checkout.payment else None,
        )

    async def ensure_guest(self, p: Principal, locale: str | None = None) -> None:
        """Give a new shopper the sandbox addresses and cards; a known one is left as they are."""
        async with self._context.database.writing(p.subject) as connection:
            if (await connection.execute(_KNOWN, {"subject": p.subject})).scalar_one_or_none() is not None:
                return
            row = {
                "subject": p.subject,
                "locale": known_locale(locale or self._context.policy.locale),
                "address": _GUEST_ADDRESSES[0][0],
                "delivery": self._context.policy.delivery[0].handle,
                "payment": _GUEST_PAYMENTS[0][0],
                "created_at": self._context.now(),
            }
            await connection.execute(_BEGIN, row)
            seal = await self._context.seals.made(connection, p.subject)
            homes = [_address_row(p.subject, h, n, r, seal.close(c)) for h, n, r, c in _GUEST_ADDRESSES]
            await connection.execute(_ADD_ADDRESS, homes)
            cards = [{"subject": p.subject, "handle": h, "label": n, "reference": r} for h, n, r in _GUEST_PAYMENTS]
            await connection.execute(_ADD_PAYMENT, cards)

    async def speak(self, p: Principal, locale: str) -> None:
        """Write everything binding in this language from now on; English where the shop has no words in it."""
        async with self._context.database.writing(p.subject) as connection:
            await choose(connection, p.subject, {"locale": known_locale(locale)})

    async def seal_older(self) -> None:
        """Seal the addresses that were kept before addresses were sealed."""
        async with self._context.database.reading() as connection:
            older = (await connection.execute(_UNSEALED)).mappings().all()
        for row in older:
            async with self._context.database.writing(row["subject"]) as connection:
                seal = await self._context.seals.made(connection, row["subject"])
                which = {"whose": row["subject"], "which": row["handle"]}
                await connection.execute(_SEAL, {**which, "closed": seal.close(row["content"])})


async def load_checkout(connection: AsyncConnection, policy: ShopPolicy, subject: str) -> Checkout:
    """Read what a shopper chose; a delivery the policy no longer has becomes the policy's first."""
    row = (await connection.execute(_CHOICES, {"subject": subject})).one_or_none()
    if row is None:
        return Checkout(known_locale(policy.locale), None, policy.delivery[0], None)
    return Checkout(
        locale=row.locale,
        address=Address(row.home, row.home_label, row.region, row.content) if row.home else None,
        delivery=policy.delivery_option(row.delivery or "") or policy.delivery[0],
        payment=Payment(row.card, row.card_label, row.reference) if row.card else None,
    )


async def has_handle(connection: AsyncConnection, table: Table, subject: str, handle: str) -> bool:
    """Say whether the shopper owns `handle` in `addresses` or `payment_handles`."""
    return await _chosen(connection, table, subject, handle) is not None


async def address_of(connection: AsyncConnection, subject: str, handle: str) -> Address | None:
    """Read one of the shopper's addresses, None when there is no such handle."""
    row = await _chosen(connection, addresses, subject, handle)
    return None if row is None else Address(row["handle"], row["label"], row["region"], row["content"])


async def choose(connection: AsyncConnection, subject: str, choices: Mapping[str, str]) -> bool:
    """Set choices (columns locale, address, delivery, payment); returns whether any of them is different now."""
    row = (await connection.execute(_LOCKED, {"subject": subject})).mappings().one_or_none()
    if row is None or all(row[name] == value for name, value in choices.items()):
        return False
    chosen = {f"to_{name}": value for name, value in choices.items()}
    await connection.execute(_choosing(tuple(choices)), {"whose": subject, **chosen})
    return True


async def _chosen(connection: AsyncConnection, table: Table, subject: str, handle: str | None) -> RowMapping | None:
    whose = {"subject": subject, "handle": handle}
    return (await connection.execute(_by_handle(table), whose)).mappings().one_or_none()


@cache
def _choosing(names: tuple[str, ...]) -> Update:
    held = update(shoppers).where(shoppers.c.subject == bindparam("whose"))
    return held.values({name: bindparam(f"to_{name}") for name in names})


@cache
def _by_handle(table: Table) -> Select[Any]:
    return select(table).where(table.c.subject == bindparam("subject"), table.c.handle == bindparam("handle"))


@cache
def _all_handles(table: Table) -> Select[Any]:
    query = select(table.c.handle, table.c.label).where(table.c.subject == bindparam("subject"))
    return query.order_by(table.c.handle)


async def _handles(connection: AsyncConnection, table: Table, subject: str) -> tuple[Handle, ...]:
    rows = (await connection.execute(_all_handles(table), {"subject": subject})).mappings().all()
    # The sandbox names its first choice so that it sorts first: 'home' before 'office', '4242' before 'declined'.
    return tuple(Handle(handle=row["handle"], label=row["label"]) for row in rows)


def _address_row(subject: str, handle: str, label: str, region: str, content: Mapping[str, str]) -> dict[str, Any]:
    return {"subject": subject, "handle": handle, "label": label, "region": region, "content": dict(content)}
