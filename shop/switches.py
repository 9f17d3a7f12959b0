"""Whether the policy lets something happen at all; what is switched off is told in plain words."""

from policies.errors import Refused
from policies.words import say
from shop.context import ShopContext

_OWN_WORDS = frozenset({"change_cart", "prepare_quote", "place_order"})


def switched_off(context: ShopContext, action: str, locale: str) -> Refused | None:
    """Return Refused "switched_off" unless the policy lists `action` as on."""
    if context.policy.switches.on(action):
        return None
    key = action if action in _OWN_WORDS else "order_change"
    return Refused("switched_off", say(locale, f"off_{key}"), {"action": action})


def require_on(context: ShopContext, action: str, locale: str) -> None:
    """Raise what `switched_off` returns."""
    refusal = switched_off(context, action, locale)
    if refusal is not None:
        raise refusal
