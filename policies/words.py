"""Templates of everything binding that a shopper reads, per locale: button, terms, order states, refusals."""

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from policies.money import format_minor
from policies.order_words import ORDER_WORDS
from policies.permit_words import PERMIT_WORDS
from policies.words_es import SPANISH
from policies.words_fr import FRENCH
from policies.words_ja import JAPANESE

DEFAULT_LOCALE = "en"

_EN: dict[str, str] = {
    "assistant": "You are talking to an automated assistant.",
    "headline": "Check your order",
    "button": "Place order — {total}",
    "not_now": "Not now",
    "nothing_yet": "Nothing is ordered until you press the button.",
    "binding": "Pressing the button places an order that you have to pay for.",
    "withdrawal": "You may withdraw within 14 days after the goods arrive, without giving a reason.",
    "sold_by": "Sold by {seller}.",
    "ship_to": "To",
    "deliver_by": "Delivery",
    "pay_with": "Pay with",
    "valid_until": "Good until",
    "code": "Order code",
    "subtotal": "Goods",
    "discount": "Coupon {code}",
    "delivery": "Delivery",
    "delivery_free": "Delivery (free)",
    "tax": "Tax {rate}%",
    "total": "Total",
    "added": "added {what}",
    "added_many": "added {quantity} × {what}",
    "removed": "removed {what}",
    "quantity": "{what}: now {quantity}",
    "swapped": "{before} became {what}",
    "coupon_set": "coupon {code} added",
    "coupon_cleared": "coupon removed",
    "undone": "took back: {what}",
    "nothing_changed": "nothing changed",
    "put_back": "put back: {what}",
    "only_left": "only {count} left",
    "sold_out": "out of stock",
    "gone": "no longer available",
    "state_confirmed": "Your approval is in. The payment is being confirmed; there is nothing more to do.",
    "state_reconciling": "Your approval is in. We are still waiting for the payment service; nothing is paid twice.",
    "state_voiding": "The payment did not go through and is being released. Nothing is ordered.",
    "state_placed": "Ordered. The payment is being completed.",
    "state_captured": "Ordered and paid.",
    "state_cancelled": "Cancelled. Nothing was charged.",
    "state_declined": "The card was declined. Nothing was charged and nothing is ordered; your cart is as it was.",
    "quote_expired": "This order card has expired. Ask for a new one; nothing was ordered.",
    "quote_superseded": "This order card no longer counts: something changed after it was made. Nothing was ordered.",
    "quote_declined": "You set this one aside. Ask for a new card when you like; nothing was ordered.",
    "quote_locked": "Too many approvals failed, so this card no longer counts. Ask for a new one in a few minutes.",
    "quote_confirmed": "This order card was already approved.",
    "unknown_quote": "There is no such card. Ask for a new one.",
    "wrong_digest": "What was pressed is not what this card shows. Open it again; nothing was ordered.",
    "wrong_challenge": "This press can't be matched to a card we showed. Open it again; nothing was ordered.",
    "step_up": "This needs your own confirmation on the order card.",
    "cart_empty": "The cart is empty. Add something first.",
    "cart_changed": "The cart changed in the meantime. Look at it again.",
    "unknown_line": "That is no longer in the cart. Look at it again.",
    "unknown_variant": "The shop doesn't have that.",
    "out_of_stock": "{what} is out of stock.",
    "short_stock": "{count} left of {what}, you asked for {asked}.",
    "gone_now": "{what} is no longer available.",
    "limit_line_quantity": "At most {limit} of one item per order.",
    "limit_lines": "At most {limit} different items fit into one cart.",
    "limit_order": "One order may be at most {limit}. Take something out or split it.",
    "limit_day": "Orders within 24 hours may be at most {limit} together. Try again tomorrow or take something out.",
    "limit_orders_per_day": "At most {limit} orders within 24 hours. Try again tomorrow.",
    "coupon_unknown": "There is no coupon {code}.",
    "coupon_not_yet": "Coupon {code} doesn't count yet.",
    "coupon_expired": "Coupon {code} has expired.",
    "coupon_below_minimum": "Coupon {code} counts from {limit} of goods.",
    "unknown_delivery": "There is no such delivery. Choose one of: {choices}.",
    "unknown_address": "There is no such address.",
    "unknown_payment": "There is no such way to pay.",
    "no_address": "Choose an address first.",
    "no_payment": "Choose a way to pay first.",
    "no_delivery_there": "We don't deliver to {what}.",
    "requote_price": "The price went from {old} to {new} since you opened this.",
    "requote_item_price": "{what} went from {old} to {new} since you opened this.",
    "requote_coupon": "Coupon {code} no longer counts.",
    "requote_other": "The terms changed since you opened this.",
    "requote_total": "New total {new}.",
    "requote_none": "Nothing was ordered.",
    "turn_running": "One moment, the last message is still being answered.",
}

_DE: dict[str, str] = {
    "assistant": "Sie sprechen mit einem automatischen Assistenten.",
    "headline": "Bestellung prüfen",
    "button": "Zahlungspflichtig bestellen — {total}",
    "not_now": "Jetzt nicht",
    "nothing_yet": "Bestellt ist erst, wenn Sie die Schaltfläche drücken.",
    "binding": "Mit dem Drücken der Schaltfläche bestellen Sie zahlungspflichtig.",
    "withdrawal": "Sie können binnen 14 Tagen nach Erhalt der Ware ohne Angabe von Gründen widerrufen.",
    "sold_by": "Verkauft von {seller}.",
    "ship_to": "An",
    "deliver_by": "Lieferung",
    "pay_with": "Zahlung",
    "valid_until": "Gültig bis",
    "code": "Bestellcode",
    "subtotal": "Waren",
    "discount": "Gutschein {code}",
    "delivery": "Versand",
    "delivery_free": "Versand (kostenlos)",
    "tax": "Steuer {rate} %",
    "total": "Gesamt",
    "added": "{what} hinzugefügt",
    "added_many": "{quantity} × {what} hinzugefügt",
    "removed": "{what} entfernt",
    "quantity": "{what}: jetzt {quantity}",
    "swapped": "aus {before} wurde {what}",
    "coupon_set": "Gutschein {code} hinzugefügt",
    "coupon_cleared": "Gutschein entfernt",
    "undone": "zurückgenommen: {what}",
    "nothing_changed": "nichts geändert",
    "put_back": "zurückgelegt: {what}",
    "only_left": "nur noch {count}",
    "sold_out": "ausverkauft",
    "gone": "nicht mehr erhältlich",
    "state_confirmed": "Ihre Zustimmung ist da. Die Zahlung wird bestätigt; Sie müssen nichts weiter tun.",
    "state_reconciling": "Ihre Zustimmung ist da. Wir warten noch auf den Zahlungsdienst; nichts wird doppelt bezahlt.",
    "state_voiding": "Die Zahlung kam nicht zustande und wird freigegeben. Es ist nichts bestellt.",
    "state_placed": "Bestellt. Die Zahlung wird abgeschlossen.",
    "state_captured": "Bestellt und bezahlt.",
    "state_cancelled": "Storniert. Es wurde nichts abgebucht.",
    "state_declined": "Die Karte wurde abgelehnt. Nichts wurde abgebucht oder bestellt; der Warenkorb ist wie zuvor.",
    "quote_expired": "Diese Bestellkarte ist abgelaufen. Lassen Sie sich eine neue geben; es wurde nichts bestellt.",
    "quote_superseded": "Diese Bestellkarte gilt nicht mehr, es hat sich etwas geändert. Es wurde nichts bestellt.",
    "quote_declined": "Sie haben sie zurückgestellt. Eine neue Karte gibt es jederzeit; es wurde nichts bestellt.",
    "quote_locked": "Zu oft schlug die Zustimmung fehl, die Karte gilt nicht mehr. Holen Sie später eine neue.",
    "quote_confirmed": "Dieser Bestellkarte wurde schon zugestimmt.",
    "unknown_quote": "Diese Bestellkarte gibt es nicht. Lassen Sie sich eine neue geben.",
    "wrong_digest": "Gedrückt wurde nicht, was diese Karte zeigt. Öffnen Sie sie neu; es wurde nichts bestellt.",
    "wrong_challenge": "Dies passt zu keiner gezeigten Karte. Öffnen Sie sie neu; es wurde nichts bestellt.",
    "step_up": "Dafür braucht es Ihre eigene Bestätigung auf der Bestellkarte.",
    "cart_empty": "Der Warenkorb ist leer. Legen Sie zuerst etwas hinein.",
    "cart_changed": "Der Warenkorb hat sich inzwischen geändert. Sehen Sie ihn noch einmal an.",
    "unknown_line": "Das ist nicht mehr im Warenkorb. Sehen Sie ihn noch einmal an.",
    "unknown_variant": "Das führt der Laden nicht.",
    "out_of_stock": "{what} ist ausverkauft.",
    "short_stock": "Noch {count} von {what}, gewünscht waren {asked}.",
    "gone_now": "{what} ist nicht mehr erhältlich.",
    "limit_line_quantity": "Höchstens {limit} von einem Artikel je Bestellung.",
    "limit_lines": "Höchstens {limit} verschiedene Artikel passen in einen Warenkorb.",
    "limit_order": "Eine Bestellung darf höchstens {limit} betragen. Nehmen Sie etwas heraus oder teilen Sie sie.",
    "limit_day": "Bestellungen binnen 24 Stunden dürfen zusammen höchstens {limit} betragen. Versuchen Sie es morgen.",
    "limit_orders_per_day": "Höchstens {limit} Bestellungen binnen 24 Stunden. Versuchen Sie es morgen.",
    "coupon_unknown": "Den Gutschein {code} gibt es nicht.",
    "coupon_not_yet": "Der Gutschein {code} gilt noch nicht.",
    "coupon_expired": "Der Gutschein {code} ist abgelaufen.",
    "coupon_below_minimum": "Der Gutschein {code} gilt ab {limit} Warenwert.",
    "unknown_delivery": "Diese Lieferung gibt es nicht. Zur Wahl stehen: {choices}.",
    "unknown_address": "Diese Adresse gibt es nicht.",
    "unknown_payment": "Diese Zahlungsart gibt es nicht.",
    "no_address": "Wählen Sie zuerst eine Adresse.",
    "no_payment": "Wählen Sie zuerst eine Zahlungsart.",
    "no_delivery_there": "Nach {what} liefern wir nicht.",
    "requote_price": "Der Preis ging von {old} auf {new}, seit Sie dies geöffnet haben.",
    "requote_item_price": "{what} ging von {old} auf {new}, seit Sie dies geöffnet haben.",
    "requote_coupon": "Der Gutschein {code} gilt nicht mehr.",
    "requote_other": "Die Bedingungen haben sich geändert, seit Sie dies geöffnet haben.",
    "requote_total": "Neuer Gesamtbetrag {new}.",
    "requote_none": "Es wurde nichts bestellt.",
    "turn_running": "Einen Moment, die letzte Nachricht wird noch beantwortet.",
}

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        locale: MappingProxyType({**own, **ORDER_WORDS[locale], **PERMIT_WORDS[locale]})
        for locale, own in (("en", _EN), ("de", _DE))
    }
    | {"es": SPANISH, "fr": FRENCH, "ja": JAPANESE}
)

# What stands for thousands and decimals where it is not as in English; French groups by a space that does not break.
_MARKS = {
    "de": str.maketrans({",": ".", ".": ","}),
    "es": str.maketrans({",": ".", ".": ","}),
    "fr": str.maketrans({",": "\u202f", ".": ","}),
}

# States before anything is placed must never sound like an order (G21).
_STATE_KEYS = {
    "confirmed": "state_confirmed",
    "authorising": "state_confirmed",
    "authorised": "state_confirmed",
    "in_review": "state_in_review",
    "refused": "state_refused",
    "reconciling": "state_reconciling",
    "placed": "state_placed",
    "captured": "state_captured",
    "cancelled": "state_cancelled",
    "voiding": "state_voiding",
    "releasing": "state_voiding",
    "declined": "state_declined",
}


def known_locale(wanted: str | None) -> str:
    """Return the locale whose words will be used for `wanted` ('de-AT' → 'de'); English where there is none."""
    short = (wanted or "").replace("_", "-").split("-")[0].lower()
    return short if short in WORDS else DEFAULT_LOCALE


def say(locale: str, key: str, **values: object) -> str:
    """Fill the template `key` in `locale`.

    Raises:
        KeyError: There is no such template, or a value it needs is missing; both are bugs.
    """
    return WORDS[known_locale(locale)][key].format_map(values)


def state_text(locale: str, state: str) -> str:
    """Return what may be said about a purchase or order in `state`."""
    return say(locale, _STATE_KEYS[state])


def money(locale: str, amount: int, currency: str) -> str:
    """Write minor units as the shop does in `locale`: '$744.50' in English, '744,50 $' in German."""
    text = format_minor(amount, currency)
    marks = _MARKS.get(known_locale(locale))
    if marks is None:
        return text
    sign, bare = ("-", text[1:]) if text.startswith("-") else ("", text)
    symbol = bare[0] if not bare[0].isdigit() else bare.split()[-1]
    digits = bare.replace(symbol, "").strip()
    return f"{sign}{digits.translate(marks)} {symbol}"


def button(locale: str, total: int, currency: str) -> str:
    """Return the label of the one control that buys, with the total on it."""
    return say(locale, "button", total=money(locale, total, currency))


def rate(locale: str, basis_points: int) -> str:
    """Write basis points as a percentage without the sign: 1900 → '19', 810 → '8.1' ('8,1' with commas)."""
    text = f"{basis_points / 100:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if known_locale(locale) in _MARKS else text


def options_text(title: str, options: Mapping[str, str]) -> str:
    """Name a variant: 'Reed runner, natural, 70 × 300 cm'. Colour before size, then the rest by name."""
    rank = {"colour": 0, "size": 1}
    parts = [value for _, value in sorted(options.items(), key=lambda item: (rank.get(item[0], 2), item[0]))]
    return ", ".join([title, *parts])


def plain(text: str, limit: int = 200) -> str:
    """Return catalogue text fit for a binding card: one line, no control, bidirectional or invisible characters."""
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    line = " ".join(kept.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def disclosures(locale: str, seller: str) -> tuple[str, ...]:
    """Return the sentences that stand on every card and are part of its digest."""
    return (
        say(locale, "sold_by", seller=seller),
        say(locale, "binding"),
        say(locale, "withdrawal"),
        say(locale, "assistant"),
        say(locale, "nothing_yet"),
    )
