"""Draws the card of a change from its terms: the same shape as the order card, templates and rows only."""

from policies.order_change import ChangeTerms
from policies.quote import TermLine, short_code
from policies.words import money, options_text, say
from shop.change_views import ChangeTotalView
from shop.views import LineView


def draw(terms: ChangeTerms, digest: str, ship_to: str = "") -> dict[str, object]:
    """Return the card as plain JSON: every amount both as integer minor units and as the text to show.

    Args:
        terms: What would be approved.
        digest: Of these terms.
        ship_to: The whole of a new address, which the terms carry only as a fingerprint.
    """
    locale = terms.locale
    return {
        "quote_id": terms.change_id,
        "order_id": terms.order_id,
        "action": terms.action,
        "locale": locale,
        "headline": say(locale, f"change_headline_{terms.action}"),
        "seller": terms.seller,
        "lines": _lines(terms),
        "totals": [
            {"name": t.name, "label": t.label, "amount": _money(t.amount, terms), "text": _text(t, terms)}
            for t in total_views(terms)
        ],
        "facts": _facts(terms, ship_to),
        "valid_until": {"label": say(locale, "valid_until"), "at": terms.expires_at},
        "code": {"label": say(locale, "code"), "text": short_code(digest)},
        "button": terms.button,
        "not_now": say(locale, "not_now"),
        "notes": list(terms.notes),
        "aside": say(locale, "change_declined"),
        "expired": say(locale, "change_expired"),
    }


def total_views(terms: ChangeTerms) -> tuple[ChangeTotalView, ...]:
    """Return how the sum comes about, line by line, and last what goes back (negative) or is to be paid."""
    name = {-1: "change_back", 0: "change_even", 1: "change_pay"}[(terms.difference > 0) - (terms.difference < 0)]
    if not terms.paid and not terms.pay:
        name = "change_uncharged"
    name = "change_pay" if terms.moved else name
    last = ChangeTotalView(name="total", label=say(terms.locale, name), amount=terms.difference or terms.moved)
    was = {line.name: line.amount for line in terms.before}
    if was["total"] != terms.paid:
        return (last,)
    rows = [
        ChangeTotalView(name=line.name, label=line.label, amount=line.amount - was.get(line.name, 0))
        for line in terms.after
        if line.name != "total"
    ]
    return (*(row for row in rows if row.amount), last)


def line_views(terms: ChangeTerms) -> tuple[LineView, ...]:
    """Return what goes back, at the price it was bought for."""
    return tuple(
        LineView(
            line_id=goes.line_id,
            product_id=goes.product_id,
            variant_id=goes.variant_id,
            title=goes.title,
            options=goes.options,
            quantity=goes.quantity,
            unit_price=goes.unit_price,
            total=goes.total,
            note=say(terms.locale, "change_line_instead", what=_title(comes)) if comes else "",
        )
        for goes, comes in ((line.goes, line.comes) for line in terms.lines)
    )


def _lines(terms: ChangeTerms) -> list[dict[str, object]]:
    drawn: list[dict[str, object]] = []
    for line in terms.lines:
        if line.comes is None:
            drawn.append(_line(terms, line.goes, _title(line.goes)))
            continue
        drawn.append(_line(terms, line.goes, say(terms.locale, "change_line_back", what=_title(line.goes)), -1))
        drawn.append(_line(terms, line.comes, say(terms.locale, "change_line_instead", what=_title(line.comes))))
    return drawn


def _facts(terms: ChangeTerms, ship_to: str) -> list[dict[str, object]]:
    locale = terms.locale
    said = [("order", "change_order", terms.order_id)]
    said += [("reason", "change_reason", say(locale, f"reason_{terms.reason}"))] if terms.reason else []
    said += [("ship_to", "change_ship_to", ship_to or terms.ship_to.label)] if terms.action == "address" else []
    said += [("pay_with", "change_refund_to", terms.instrument.label)] if terms.refund else []
    said += [("pay_with", "pay_with", terms.instrument.label)] if terms.charged else []
    return [{"name": name, "label": say(locale, key), "text": text} for name, key, text in said]


def _line(terms: ChangeTerms, line: TermLine, title: str, sign: int = 1) -> dict[str, object]:
    return {
        "line_id": line.line_id,
        "title": title,
        "quantity": line.quantity,
        "unit_price": _money(sign * line.unit_price, terms),
        "unit_text": money(terms.locale, sign * line.unit_price, terms.currency),
        "total": _money(sign * line.total, terms),
        "total_text": money(terms.locale, sign * line.total, terms.currency),
        "seller": line.seller,
    }


def _title(line: TermLine) -> str:
    return options_text(line.title, line.options)


def _money(amount: int, terms: ChangeTerms) -> dict[str, object]:
    return {"amount": amount, "currency": terms.currency}


def _text(total: ChangeTotalView, terms: ChangeTerms) -> str:
    # The label of the last line says which way the money goes.
    return money(terms.locale, abs(total.amount) if total.name == "total" else total.amount, terms.currency)
