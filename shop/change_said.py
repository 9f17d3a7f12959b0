"""What may be said of a change and of an order it concerns: templates filled from the books."""

from policies.order_change import ChangeTerms
from policies.words import money, options_text, say, state_text
from shop.held import Held


def change_text(terms: ChangeTerms, state: str, progress: str | None) -> str:
    """Return what may be said of a change itself; "" where the order's own state says it.

    Args:
        terms: What was approved.
        state: Of the prepared change.
        progress: Of the approved one, None while it is not approved.
    """
    locale = terms.locale
    if state == "declined":
        return say(locale, "change_declined")
    if progress == "failed":
        return say(locale, "change_failed")
    if progress == "done" and terms.action == "address":
        return say(locale, "change_done_address", ship_to=terms.ship_to.label)
    if progress == "done" and terms.action == "payment":
        return say(locale, "change_done_payment", instrument=terms.instrument.label)
    if progress == "done" and terms.action == "items":
        comes = [options_text(line.comes.title, line.comes.options) for line in terms.lines if line.comes]
        return say(locale, "change_done_items", what="; ".join(comes))
    return ""


def order_text(held: Held) -> str:
    """Return what may be said of an order in its state, with the amount that went back and where to."""
    state, locale = str(held.row["state"]), held.terms.locale
    values = {
        "amount": money(locale, held.refunded, held.row["currency"]),
        "instrument": ", ".join(held.back_to) or held.terms.payment.label,
        "ship_to": held.content.ship_to.label,
    }
    if state in ("placed", "captured") or (state == "cancelled" and not held.refunded):
        return state_text(locale, state)
    return say(locale, "state_cancelled_back" if state == "cancelled" else f"state_{state}", **values)
