"""Carts: one per shopper, versioned, every change undoable, emptied by the purchase that consumes its version."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused
from policies.limits import coupon_problem
from policies.principal import Principal
from policies.words import money, say
from shop.context import ShopContext
from shop.edits import MARKED, CartLine, Contents, added, changed, check, describe, done, line_view, loaded
from shop.events import append
from shop.pricing import Basket, totals
from shop.shoppers import Checkout, load_checkout
from shop.stock import load_offers
from shop.switches import require_on
from shop.tables import cart_lines, cart_undo, carts
from shop.views import CartView, LineChange
from shop.voids import supersede_active

__all__ = ["Carts", "LineChange"]

_UNDO_DEPTH = 50
# Parameters of statements that set columns have names that no column has.
_THE_CART = bindparam("the_cart", type_=String)
_CART = (
    select(carts, cart_lines.c.line_id, cart_lines.c.variant_id, cart_lines.c.quantity, cart_lines.c.mark)
    .outerjoin(cart_lines, cart_lines.c.cart_id == carts.c.cart_id)
    .where(carts.c.subject == bindparam("subject"))
    .order_by(cart_lines.c.position)
)
_BEGIN = insert(carts)
_TURN = (
    update(carts)
    .where(carts.c.cart_id == _THE_CART)
    .values(version=bindparam("to"), coupon=bindparam("with_coupon"), changed_at=bindparam("at"))
)
_EMPTY = delete(cart_lines).where(cart_lines.c.cart_id == _THE_CART)
_FILL = insert(cart_lines)
_KEEP_UNDO = insert(cart_undo)
_DROP_UNDO = delete(cart_undo).where(cart_undo.c.cart_id == _THE_CART, cart_undo.c.version <= bindparam("up_to"))
_TAKE_UNDO = delete(cart_undo).where(cart_undo.c.cart_id == _THE_CART, cart_undo.c.version == bindparam("which"))
_LAST_UNDO = select(cart_undo).where(cart_undo.c.cart_id == _THE_CART).order_by(cart_undo.c.version.desc()).limit(1)
_ANY_UNDO = select(cart_undo.c.version).where(cart_undo.c.cart_id == _THE_CART).limit(1)


@dataclass(frozen=True, slots=True)
class CartState:
    """A cart as the books have it; version 0 means there is no row yet."""

    cart_id: str
    version: int
    contents: Contents


Edit = Callable[[Contents, Checkout], Contents]


class Carts:
    """Reads and edits the principal's own cart."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def view(self, p: Principal) -> CartView:
        """Return the cart with today's prices; reading changes nothing."""
        async with self._context.database.reading() as connection:
            checkout = await load_checkout(connection, self._context.policy, p.subject)
            return await self._view(connection, p, checkout, "")

    async def add(
        self,
        p: Principal,
        variant_id: str,
        quantity: int = 1,
        *,
        expected_version: int | None = None,
        after_seller_text: bool = False,
    ) -> CartView:
        """Put `quantity` (1 or more) of a variant in; more of one that is there grows its line.

        What is put in `after_seller_text` was read in the same turn carries a mark, on the line and on the order card.

        Raises:
            Refused: "unknown_variant", "out_of_stock", "over_limit" or "cart_changed".
        """
        if quantity < 1:
            raise ValueError("add at least one")
        line_id = f"line_{secrets.token_urlsafe(9)}"
        mark = MARKED if after_seller_text else ""

        def more(before: Contents, _: Checkout) -> Contents:
            return added(before, variant_id, quantity, line_id, mark)

        return await self._edit(p, expected_version, more)

    async def add_all(self, p: Principal, variant_ids: Sequence[str], *, after_seller_text: bool = False) -> CartView:
        """Put one of each variant in, all or none, as one change; see `add`."""
        line_ids = {variant_id: f"line_{secrets.token_urlsafe(9)}" for variant_id in variant_ids}
        mark = MARKED if after_seller_text else ""

        def more(before: Contents, _: Checkout) -> Contents:
            for variant_id, line_id in line_ids.items():
                before = added(before, variant_id, 1, line_id, mark)
            return before

        return await self._edit(p, None, more)

    async def change(
        self, p: Principal, changes: Sequence[LineChange], *, expected_version: int | None = None
    ) -> CartView:
        """Change several lines, all or none; quantity 0 removes a line.

        Raises:
            Refused: "unknown_line", "unknown_variant", "out_of_stock", "over_limit" or "cart_changed".
        """
        return await self._edit(p, expected_version, lambda before, who: changed(before, changes, who.locale))

    async def set_coupon(self, p: Principal, code: str | None, *, expected_version: int | None = None) -> CartView:
        """Use a coupon, or none.

        Raises:
            Refused: "coupon_invalid" when it is unknown or does not count now; "cart_changed".
        """
        async with self._context.database.writing(p.subject) as connection:
            words = await self.put_coupon(connection, p, code, expected_version)
            checkout = await load_checkout(connection, self._context.policy, p.subject)
            return await self._view(connection, p, checkout, words)

    async def undo(self, p: Principal, *, expected_version: int | None = None) -> CartView:
        """Take the last change back, exactly; again for the one before. Without one, nothing happens."""
        async with self._context.database.writing(p.subject) as connection:
            checkout = await load_checkout(connection, self._context.policy, p.subject)
            require_on(self._context, "change_cart", checkout.locale)
            cart = await load_cart(connection, p.subject)
            require_version(cart, expected_version, checkout.locale)
            last = (await connection.execute(_LAST_UNDO, {"the_cart": cart.cart_id})).mappings().one_or_none()
            if last is None:
                return await self._view(connection, p, checkout, say(checkout.locale, "nothing_changed"))
            await connection.execute(_TAKE_UNDO, {"the_cart": cart.cart_id, "which": last["version"]})
            now = self._context.now()
            await write_contents(connection, p.subject, cart, loaded(last["before"]), now)
            await supersede_active(connection, self._context, p.subject, "cart_changed", now)
            return await self._view(connection, p, checkout, say(checkout.locale, "undone", what=last["changed"]))

    async def put_coupon(
        self, connection: AsyncConnection, p: Principal, code: str | None, expected_version: int | None = None
    ) -> str:
        """Set the coupon within a transaction and return the words for the change; see `set_coupon`."""
        checkout = await load_checkout(connection, self._context.policy, p.subject)
        require_on(self._context, "change_cart", checkout.locale)
        cart = await load_cart(connection, p.subject)
        require_version(cart, expected_version, checkout.locale)
        offers = await load_offers(connection, self._context, [line.variant_id for line in cart.contents.lines])
        known = None
        if code is not None:
            subtotal = sum(offers[line.variant_id].price * line.quantity for line in cart.contents.lines)
            known = self._valid_coupon(code, subtotal, checkout.locale)
        after = replace(cart.contents, coupon=known)
        words = describe(cart.contents, after, offers, checkout.locale)
        await self._apply(connection, p, cart, after, words)
        return words

    def _valid_coupon(self, code: str, subtotal: int, locale: str) -> str:
        coupon = self._context.policy.coupon(code)
        if coupon is None:
            raise Refused("coupon_invalid", say(locale, "coupon_unknown", code=code.strip()[:32]), {"code": code[:32]})
        problem = coupon_problem(coupon, subtotal=subtotal, now=self._context.now())
        if problem is not None:
            limit = money(locale, coupon.min_subtotal, self._context.policy.currency)
            text = say(locale, f"coupon_{problem}", code=coupon.code, limit=limit)
            raise Refused("coupon_invalid", text, {"code": coupon.code, "problem": problem})
        return coupon.code

    async def _edit(self, p: Principal, expected_version: int | None, edit: Edit) -> CartView:
        async with self._context.database.writing(p.subject) as connection:
            checkout = await load_checkout(connection, self._context.policy, p.subject)
            cart = await load_cart(connection, p.subject)
            require_on(self._context, "change_cart", checkout.locale)
            require_version(cart, expected_version, checkout.locale)
            after = edit(cart.contents, checkout)
            ids = [line.variant_id for line in (*cart.contents.lines, *after.lines)]
            offers = await load_offers(connection, self._context, list(dict.fromkeys(ids)))
            check(cart.contents, after, offers, self._context.policy.limits, checkout.locale)
            words = describe(cart.contents, after, offers, checkout.locale)
            await self._apply(connection, p, cart, after, words)
            await append(connection, self._context, (p.subject, p.session_id), done(cart.contents, after, offers))
            return await self._view(connection, p, checkout, words)

    async def _apply(
        self, connection: AsyncConnection, p: Principal, cart: CartState, after: Contents, words: str
    ) -> None:
        if after == cart.contents:
            return
        now = self._context.now()
        written = await write_contents(connection, p.subject, cart, after, now)
        undo = {"cart_id": written.cart_id, "version": written.version, "before": cart.contents.dump()}
        await connection.execute(_KEEP_UNDO, {**undo, "changed": words})
        if written.version > _UNDO_DEPTH:
            await connection.execute(_DROP_UNDO, {"the_cart": cart.cart_id, "up_to": written.version - _UNDO_DEPTH})
        await supersede_active(connection, self._context, p.subject, "cart_changed", now)

    async def _view(self, connection: AsyncConnection, p: Principal, checkout: Checkout, words: str) -> CartView:
        cart = await load_cart(connection, p.subject)
        offers = await load_offers(connection, self._context, [line.variant_id for line in cart.contents.lines])
        lines = tuple(line_view(line, offers[line.variant_id], checkout.locale) for line in cart.contents.lines)
        can_undo = (await connection.execute(_ANY_UNDO, {"the_cart": cart.cart_id})).scalar_one_or_none() is not None
        basket = basket_of(self._context, cart.contents.coupon, checkout, sum(line.total for line in lines))
        return CartView(
            version=cart.version,
            currency=self._context.policy.currency,
            lines=lines,
            totals=totals(self._context.policy, basket) if lines else (),
            coupon=basket.coupon.code if basket.coupon else None,
            changed=words,
            can_undo=can_undo,
        )


async def load_cart(connection: AsyncConnection, subject: str) -> CartState:
    """Read the shopper's cart within a transaction; without a row, an empty version 0 with a fresh id.

    Whoever writes carts does so in a write that names the shopper, so nobody changes it until that ends.
    """
    rows = (await connection.execute(_CART, {"subject": subject})).all()
    if not rows:
        return CartState(f"cart_{secrets.token_urlsafe(12)}", 0, Contents())
    held = [row for row in rows if row.line_id is not None]
    lines = tuple(CartLine(row.line_id, row.variant_id, row.quantity, row.mark) for row in held)
    return CartState(rows[0].cart_id, rows[0].version, Contents(lines, rows[0].coupon))


def require_version(cart: CartState, expected: int | None, locale: str) -> None:
    """Raise Refused "cart_changed" when the caller looked at another version."""
    if expected is not None and expected != cart.version:
        facts: dict[str, object] = {"expected": expected, "version": cart.version}
        raise Refused("cart_changed", say(locale, "cart_changed"), facts)


async def write_contents(
    connection: AsyncConnection, subject: str, cart: CartState, after: Contents, at: datetime
) -> CartState:
    """Replace what lies in the cart and raise its version by one; the caller voids the open quote."""
    version = cart.version + 1
    if cart.version == 0:
        values: dict[str, Any] = {"version": version, "coupon": after.coupon, "changed_at": at}
        await connection.execute(_BEGIN, {"cart_id": cart.cart_id, "subject": subject, **values})
    else:
        which = {"the_cart": cart.cart_id}
        await connection.execute(_TURN, {**which, "to": version, "with_coupon": after.coupon, "at": at})
        await connection.execute(_EMPTY, which)
    rows = [
        {
            "cart_id": cart.cart_id,
            "line_id": line.line_id,
            "position": position,
            "variant_id": line.variant_id,
            "quantity": line.quantity,
            "mark": line.mark,
        }
        for position, line in enumerate(after.lines)
    ]
    if rows:
        await connection.execute(_FILL, rows)
    return CartState(cart.cart_id, version, after)


def basket_of(context: ShopContext, code: str | None, checkout: Checkout, subtotal: int) -> Basket:
    """Return what the total depends on; a coupon that does not count now is left out."""
    coupon = context.policy.coupon(code) if code else None
    if coupon is not None and coupon_problem(coupon, subtotal=subtotal, now=context.now()) is not None:
        coupon = None
    region = checkout.address.region if checkout.address else None
    return Basket(subtotal, coupon, checkout.delivery if checkout.address else None, region, checkout.locale)
