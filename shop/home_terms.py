"""Draws up what a new address for orders to come binds, its card and what may be said of it."""

from collections.abc import Mapping
from datetime import datetime

from policies.errors import Refused
from policies.order_address import HomeTerms, written
from policies.quote import TermChoice, fingerprint, short_code
from policies.words import plain, say
from shop.context import ShopContext
from shop.shoppers import Address, Checkout
from shop.switches import require_on
from shop.tables import instant
from shop.terms import Frame
from shop.views import QuoteState, View


class HomeView(View):
    """Summary of a prepared address: no challenge, no digest, and of the address no more than its label."""

    quote_id: str
    state: QuoteState
    ship_to: str
    before: str
    expires_at: datetime
    text: str


def draw_home(context: ShopContext, frame: Frame, checkout: Checkout, address: Address) -> HomeTerms:
    """Return the terms of sending the shopper's orders there from now on.

    Raises:
        Refused: "switched_off" or "no_delivery_there".
    """
    locale, policy = checkout.locale, context.policy
    require_on(context, "address", locale)
    if policy.tax_rule(address.region) is None:
        raise Refused("no_delivery_there", say(locale, "no_delivery_there", what=address.label))
    keys = ("change_note_home", "sold_by", "assistant", "change_nothing_yet")
    return HomeTerms(
        quote_id=frame.quote_id,
        seller=policy.seller,
        subject=frame.owner.subject,
        session_id=frame.owner.session_id,
        locale=locale,
        before=_choice(checkout.address) if checkout.address else None,
        ship_to=_choice(address),
        region=address.region,
        button=say(locale, "change_button_home"),
        notes=tuple(say(locale, key, seller=policy.seller) for key in keys),
        policy_digest=policy.digest,
        issued_at=instant(frame.issued_at),
        expires_at=instant(frame.expires_at),
    )


def card(terms: HomeTerms, digest: str, content: Mapping[str, str]) -> dict[str, object]:
    """Return the card as plain JSON, in the shape of an order's; `content` is what the fingerprint in it stands for."""
    locale = terms.locale
    shown = plain(written(content, terms.region), limit=400)
    return {
        "quote_id": terms.quote_id,
        "action": terms.action,
        "locale": locale,
        "headline": say(locale, "change_headline_home"),
        "seller": terms.seller,
        "lines": [],
        "totals": [],
        "facts": [{"name": "ship_to", "label": say(locale, "change_ship_to"), "text": shown}],
        "valid_until": {"label": say(locale, "valid_until"), "at": terms.expires_at},
        "code": {"label": say(locale, "code"), "text": short_code(digest)},
        "button": terms.button,
        "not_now": say(locale, "not_now"),
        "notes": list(terms.notes),
        "aside": say(locale, "home_declined"),
        "expired": say(locale, "change_expired"),
    }


def home_view(terms: HomeTerms, state: QuoteState) -> HomeView:
    """Return what may be shown of it; `text` is empty while it waits."""
    text = say(terms.locale, "change_done_home", ship_to=terms.ship_to.label) if state == "confirmed" else ""
    return HomeView(
        quote_id=terms.quote_id,
        state=state,
        ship_to=terms.ship_to.label,
        before=terms.before.label if terms.before else "",
        expires_at=datetime.fromisoformat(terms.expires_at),
        text=text,
    )


def _choice(address: Address) -> TermChoice:
    return TermChoice(handle=address.handle, label=plain(address.label), content=fingerprint({**address.content}))
