"""What changed between the card and the press: old and new, line by line, in numbers and in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from policies.quote import QuoteTerms
from policies.words import money, options_text, say
from shop.edits import stock_refusal
from shop.views import StockedOffer


@dataclass(frozen=True, slots=True)
class Requote:
    """Why an approval was not taken, as facts for the page and text for the shopper."""

    facts: dict[str, object]
    text: str


def compare(old: QuoteTerms, new: QuoteTerms | None, offers: Mapping[str, StockedOffer]) -> Requote:
    """Compare what was shown with what the books say now.

    Args:
        old: The terms on the card.
        new: The same purchase drawn up now; None when it can't be bought any more.
        offers: The offers of the old lines as they are now.
    """
    said: list[tuple[dict[str, object], str]] = []
    said += _lines(old, offers)
    said += _totals(old, new) if new is not None else []
    locale = old.locale
    sentences = list(dict.fromkeys(text for _, text in said if text)) or [say(locale, "requote_other")]
    if new is not None and new.total != old.total:
        sentences.append(say(locale, "requote_total", new=money(locale, new.total, new.currency)))
    if new is None and any(difference["kind"] == "stock" and difference["new"] for difference, _ in said):
        sentences.append(say(locale, "requote_choose"))
    sentences.append(say(locale, "requote_none"))
    facts: dict[str, object] = {
        "currency": old.currency,
        "old": _summary(old),
        "new": _summary(new) if new is not None else None,
        "differences": [difference for difference, _ in said],
    }
    return Requote(facts, " ".join(sentences))


def _lines(old: QuoteTerms, offers: Mapping[str, StockedOffer]) -> list[tuple[dict[str, object], str]]:
    found: list[tuple[dict[str, object], str]] = []
    for line in old.lines:
        base: dict[str, object] = {"line_id": line.line_id, "variant_id": line.variant_id}
        base["title"] = options_text(line.title, line.options)
        offer = offers[line.variant_id]
        refusal = stock_refusal(offer, line.quantity, old.locale)
        if refusal is not None:
            kind = "stock" if offer.sellable else "unavailable"
            left = offer.available if offer.sellable else 0
            found.append((base | {"kind": kind, "old": line.quantity, "new": left}, refusal.text))
        if offer.price != line.unit_price:
            prices = {"old": line.unit_price, "new": offer.price}
            spoken = {name: money(old.locale, value, old.currency) for name, value in prices.items()}
            key = "requote_price" if len(old.lines) == 1 else "requote_item_price"
            found.append((base | {"kind": "price"} | prices, say(old.locale, key, what=base["title"], **spoken)))
    return found


def _totals(old: QuoteTerms, new: QuoteTerms) -> list[tuple[dict[str, object], str]]:
    before = {line.name: line for line in old.totals}
    after = {line.name: line for line in new.totals}
    found: list[tuple[dict[str, object], str]] = []
    for name in dict.fromkeys([*before, *after]):
        amounts = [side[name].amount if name in side else None for side in (before, after)]
        if amounts[0] == amounts[1]:
            continue
        lost = name == "discount" and old.coupon is not None and new.coupon is None
        text = say(old.locale, "requote_coupon", code=old.coupon) if lost else ""
        title = (before.get(name) or after[name]).label
        found.append(({"kind": name, "title": title, "old": amounts[0], "new": amounts[1]}, text))
    return found


def _summary(terms: QuoteTerms) -> dict[str, object]:
    return {
        "total": terms.total,
        "lines": [
            {
                "line_id": line.line_id,
                "variant_id": line.variant_id,
                "title": options_text(line.title, line.options),
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "total": line.total,
            }
            for line in terms.lines
        ],
        "totals": [{"name": line.name, "label": line.label, "amount": line.amount} for line in terms.totals],
        "ship_to": terms.ship_to.label,
        "delivery": terms.delivery.label,
        "pay_with": terms.payment.label,
    }
