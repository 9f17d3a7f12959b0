"""Draws up what a quote binds from the books as they are at this moment."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from policies.errors import Refused
from policies.money import exponent
from policies.permits import Piece, minimum_age
from policies.principal import Principal
from policies.quote import QuoteTerms, TermChoice, TermLine, TermTotal, fingerprint
from policies.words import button, disclosures, plain, say
from shop.carts import CartState, basket_of
from shop.context import ShopContext
from shop.edits import CartLine, stock_refusal
from shop.pricing import totals
from shop.shoppers import Address, Checkout, Payment
from shop.tables import instant
from shop.views import StockedOffer


@dataclass(frozen=True, slots=True)
class Frame:
    """What stays the same when the same quote is drawn up again: its name, its owner and its time."""

    quote_id: str
    owner: Principal
    issued_at: datetime
    expires_at: datetime


def draw_up(
    context: ShopContext, frame: Frame, cart: CartState, checkout: Checkout, offers: Mapping[str, StockedOffer]
) -> QuoteTerms:
    """Return the terms of buying this cart now.

    Raises:
        Refused: "cart_empty", "out_of_stock", "over_limit", "no_address", "no_payment" or "no_delivery_there".
    """
    address, payment = _require_choices(context, cart, checkout)
    lines = tuple(_line(context, line, offers[line.variant_id], checkout.locale) for line in cart.contents.lines)
    basket = basket_of(context, cart.contents.coupon, checkout, sum(line.total for line in lines))
    priced = totals(context.policy, basket)
    policy, locale = context.policy, checkout.locale
    delivery = {"handle": checkout.delivery.handle, "label": checkout.delivery.named(locale)}
    return QuoteTerms(
        quote_id=frame.quote_id,
        seller=policy.seller,
        subject=frame.owner.subject,
        session_id=frame.owner.session_id,
        cart_id=cart.cart_id,
        cart_version=cart.version,
        locale=locale,
        lines=lines,
        totals=tuple(TermTotal(name=t.name, label=t.label, amount=t.amount) for t in priced),
        currency=policy.currency,
        exponent=exponent(policy.currency),
        coupon=basket.coupon.code if basket.coupon else None,
        ship_to=TermChoice(handle=address.handle, label=plain(address.label), content=fingerprint({**address.content})),
        region=address.region,
        delivery=TermChoice(**delivery, content=fingerprint(delivery)),
        payment=TermChoice(
            handle=payment.handle, label=plain(payment.label), content=fingerprint({"reference": payment.reference})
        ),
        button=button(locale, priced[-1].amount, policy.currency),
        disclosures=(*_asks_attention(context, cart, lines, locale), *disclosures(locale, policy.seller)),
        policy_digest=policy.digest,
        issued_at=instant(frame.issued_at),
        expires_at=instant(frame.expires_at),
    )


def _asks_attention(context: ShopContext, cart: CartState, lines: Sequence[TermLine], locale: str) -> Generator[str]:
    """Say first what a shopper must notice: an age that the press attests, and what seller text may have suggested."""
    pieces = tuple(Piece(line.product_id, line.variant_id, line.title) for line in lines)
    age = minimum_age(pieces, context.policy.permits)
    if age is not None:
        restricted = [piece.title for piece in pieces if minimum_age((piece,), context.policy.permits) is not None]
        yield say(locale, "attest_age", age=age, what=", ".join(restricted))
    marked = [line.title for line, held in zip(lines, cart.contents.lines, strict=True) if held.mark]
    if marked:
        yield say(locale, "seller_text_card", what=", ".join(marked))


def _require_choices(context: ShopContext, cart: CartState, checkout: Checkout) -> tuple[Address, Payment]:
    locale = checkout.locale
    if not cart.contents.lines:
        raise Refused("cart_empty", say(locale, "cart_empty"))
    if checkout.address is None:
        raise Refused("no_address", say(locale, "no_address"))
    if checkout.payment is None:
        raise Refused("no_payment", say(locale, "no_payment"))
    if context.policy.tax_rule(checkout.address.region) is None:
        raise Refused("no_delivery_there", say(locale, "no_delivery_there", what=checkout.address.label))
    return checkout.address, checkout.payment


def _line(context: ShopContext, line: CartLine, offer: StockedOffer, locale: str) -> TermLine:
    limit = context.policy.limits.line_quantity
    if line.quantity > limit:
        raise Refused("over_limit", say(locale, "limit_line_quantity", limit=limit), {"limit": limit})
    # A price in another money is no price: the policy's currency changed after the feed was stocked.
    foreign = offer.currency != context.policy.currency
    refusal = stock_refusal(offer.model_copy(update={"sellable": False}) if foreign else offer, line.quantity, locale)
    if refusal is not None:
        raise refusal
    return TermLine(
        line_id=line.line_id,
        variant_id=offer.variant_id,
        product_id=offer.product_id,
        title=plain(offer.product_title),
        options={plain(name): plain(value) for name, value in offer.options.items()},
        quantity=line.quantity,
        unit_price=offer.price,
        total=offer.price * line.quantity,
        seller=offer.seller,
    )
