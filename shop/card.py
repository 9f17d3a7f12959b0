"""Draws the order card from a quote's terms: templates and rows only, no string a model wrote."""

from policies.quote import QuoteTerms, TermLine, short_code
from policies.words import money, options_text, say


def draw(terms: QuoteTerms, digest: str) -> dict[str, object]:
    """Return the card as plain JSON: every amount both as integer minor units and as the text to show."""
    locale = terms.locale
    return {
        "quote_id": terms.quote_id,
        "locale": locale,
        "headline": say(locale, "headline"),
        "seller": terms.seller,
        "lines": [_line(terms, line) for line in terms.lines],
        "totals": [
            {"name": t.name, "label": t.label, "amount": _money(t.amount, terms), "text": _text(t.amount, terms)}
            for t in terms.totals
        ],
        "facts": [
            {"name": "ship_to", "label": say(locale, "ship_to"), "text": terms.ship_to.label},
            {"name": "delivery", "label": say(locale, "deliver_by"), "text": terms.delivery.label},
            {"name": "pay_with", "label": say(locale, "pay_with"), "text": terms.payment.label},
        ],
        "valid_until": {"label": say(locale, "valid_until"), "at": terms.expires_at},
        "code": {"label": say(locale, "code"), "text": short_code(digest)},
        "button": terms.button,
        "not_now": say(locale, "not_now"),
        "notes": list(terms.disclosures),
    }


def _line(terms: QuoteTerms, line: TermLine) -> dict[str, object]:
    return {
        "line_id": line.line_id,
        "title": options_text(line.title, line.options),
        "quantity": line.quantity,
        "unit_price": _money(line.unit_price, terms),
        "unit_text": _text(line.unit_price, terms),
        "total": _money(line.total, terms),
        "total_text": _text(line.total, terms),
        "seller": line.seller,
    }


def _money(amount: int, terms: QuoteTerms) -> dict[str, object]:
    return {"amount": amount, "currency": terms.currency}


def _text(amount: int, terms: QuoteTerms) -> str:
    return money(terms.locale, amount, terms.currency)
