"""Whether an order may be changed that way now, and why not, in words a shopper reads."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from policies.errors import Refused
from policies.limits import ShopPolicy
from policies.order_change import ChangeKind
from policies.words import say
from shop.held import Held, HeldLine

KINDS: tuple[ChangeKind, ...] = ("cancel", "return", "exchange", "items", "address", "payment")

ALLOWED: Mapping[ChangeKind, frozenset[str]] = {
    "cancel": frozenset({"in_review", "placed", "captured"}),
    "return": frozenset({"delivered", "partly_refunded"}),
    "exchange": frozenset({"delivered", "partly_refunded"}),
    "items": frozenset({"captured"}),
    "address": frozenset({"captured"}),
    "payment": frozenset({"captured"}),
}
_BUSY = frozenset({"cancelling", "changing", "return_requested", "exchange_requested", "received", "refunding"})
_OVER = frozenset({"cancelled", "refunded"})
_GONE_OUT = frozenset({"shipped", "delivered", "partly_refunded", "exchanged"})


def possible(policy: ShopPolicy, held: Held, now: datetime) -> tuple[ChangeKind, ...]:
    """Return the changes that may be asked for now, in a fixed order."""
    return tuple(kind for kind in KINDS if refusal(policy, held, kind, held.terms.locale, now) is None)


def refusal(policy: ShopPolicy, held: Held, kind: ChangeKind, locale: str, now: datetime) -> Refused | None:
    """Return why the order can't be changed that way now, or None when it can."""
    key = _state_key(held, kind)
    if key is not None:
        return Refused(key, say(locale, key), {"state": held.row["state"]})
    if kind not in ("return", "exchange"):
        return None
    ends = window_end(policy, held)
    if ends is None or now < ends:
        return None
    days = policy.returns.window_days
    text = say(locale, "window_over", days=days, date=f"{ends:%Y-%m-%d}")
    return Refused("window_over", text, {"days": days, "ended": f"{ends:%Y-%m-%d}"})


def window_end(policy: ShopPolicy, held: Held) -> datetime | None:
    """Return until when goods of a delivered order come back, None for one that was not delivered."""
    if held.delivered_at is None:
        return None
    return held.delivered_at + timedelta(days=policy.returns.window_days)


def require_returnable(policy: ShopPolicy, line: HeldLine, locale: str) -> None:
    """Raise Refused "not_returnable" for goods that don't come back."""
    why = policy.returns.why_not(line.title, locale)
    if why is not None:
        raise Refused("not_returnable", say(locale, "not_returnable", what=line.title, why=why))


def _state_key(held: Held, kind: ChangeKind) -> str | None:
    state = str(held.row["state"])
    if state in ("disputed", "held", "refused"):
        return f"order_{state}"
    if state in _OVER:
        return "order_over"
    if state in _BUSY or (state == "placed" and held.intent["state"] != "placed"):
        return "order_busy"
    if state in ALLOWED[kind]:
        return None
    if state == "in_review":
        return "order_in_review"
    if state == "placed":
        return "not_paid_yet"
    if kind not in ("return", "exchange") and state in _GONE_OUT:
        return f"too_late_{kind}"
    return "on_its_way" if state in ("shipped", "exchanged") else "not_delivered"
