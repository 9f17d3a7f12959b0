"""Templates of what a shopper reads when the shop's policy says no, asks for more, or marks where a thing came from."""

from collections.abc import Mapping
from types import MappingProxyType

_EN: dict[str, str] = {
    "off_talk": "The assistant is taking a break. The shop itself is open; please try again later.",
    "off_send_picture": "Pictures can't be sent at the moment. Tell me in words what you are looking for.",
    "off_change_cart": "The cart can't be changed at the moment; it is kept as it is. You can look and ask.",
    "off_prepare_quote": "The shop takes no orders at the moment. Your cart is kept; nothing was ordered.",
    "off_place_order": "The shop takes no orders at the moment. Your cart is kept; nothing was ordered.",
    "off_order_change": "Orders can't be changed here at the moment. Yours is as it was; please try again later.",
    "blocked_goods": "{what} can't be ordered here. {why}",
    "not_sold_here": "{what} is not sold here. {why}",
    "not_sold_note": "not sold here",
    "for_age": "only for {age} and over; you confirm that on the order card",
    "limit_session": "Orders of one conversation may be at most {limit} together. Take something out.",
    "fresh_login": "This order needs you to have signed in within the last {minutes} minutes. Sign in again at "
    "{seller}, then press once more; nothing was ordered. Without a sign-in the shop can't take it here.",
    "change_fresh_login": "For that you must have signed in within the last {minutes} minutes. Sign in again at "
    "{seller}, then press once more; your order is as it was. Without a sign-in the shop can't do it here.",
    "caution_recent_home": "This goes to an address that was added a short while ago.",
    "caution_recent_address": "An address was added to your account a short while ago.",
    "caution_new_address": "This sends the order to an address none of your orders went to.",
    "caution_money_elsewhere": "This moves money to something that did not pay for the order.",
    "caution_refund": "This pays back {amount}.",
    "caution_login": "To approve it you must have signed in within the last {minutes} minutes.",
    "caution_wait_minutes": "To be safe, it can be approved in {amount} min; nothing happens until then.",
    "caution_wait_hours": "To be safe, it can be approved in {amount} h; nothing happens until then.",
    "rate_limited": "That was a lot at once. Please wait {seconds} seconds and try again.",
    "cool_down": "Too many approvals failed, so no order can be placed for {minutes} minutes. Nothing was ordered.",
    "change_cool_down": "Too many approvals failed, so none counts for {minutes} minutes. Nothing was changed.",
    "attest_age": "By pressing the button you confirm that you are {age} or older: {what}.",
    "seller_text": "suggested after reading seller text",
    "seller_text_card": "Suggested after reading seller text: {what}.",
    "state_in_review": "The shop is checking your order; nothing has been charged yet. You need to do nothing.",
    "order_in_review": "The shop is checking this order, so that can't be changed yet. You can cancel it.",
    "order_refused": "The shop did not take this order, so there is nothing to change. Nothing was charged.",
    "state_refused": "The shop checked this order and did not take it. Nothing was charged, nothing will be sent, and "
    "the goods are in your cart again.",
    "requote_choose": "Take fewer in the cart, or something else.",
}
_DE: dict[str, str] = {
    "off_talk": "Der Assistent macht eine Pause. Der Laden ist offen; versuchen Sie es später noch einmal.",
    "off_send_picture": "Bilder lassen sich gerade nicht senden. Sagen Sie mir in Worten, was Sie suchen.",
    "off_change_cart": "Der Warenkorb lässt sich gerade nicht ändern; er bleibt, wie er ist.",
    "off_prepare_quote": "Der Laden nimmt gerade keine Bestellungen an. Ihr Warenkorb bleibt; nichts ist bestellt.",
    "off_place_order": "Der Laden nimmt gerade keine Bestellungen an. Ihr Warenkorb bleibt; nichts ist bestellt.",
    "off_order_change": "Bestellungen lassen sich hier gerade nicht ändern. Ihre ist, wie sie war.",
    "blocked_goods": "{what} kann hier nicht bestellt werden. {why}",
    "not_sold_here": "{what} wird hier nicht verkauft. {why}",
    "not_sold_note": "wird hier nicht verkauft",
    "for_age": "erst ab {age} Jahren; das bestätigen Sie auf der Bestellkarte",
    "limit_session": "Bestellungen eines Gesprächs dürfen zusammen höchstens {limit} betragen.",
    "fresh_login": "Für diese Bestellung müssen Sie sich in den letzten {minutes} Minuten angemeldet haben. Melden Sie "
    "sich bei {seller} neu an und drücken Sie noch einmal; es wurde nichts bestellt. Hat der Laden keine Anmeldung, "
    "nimmt er diese Bestellung hier nicht an.",
    "change_fresh_login": "Dafür müssen Sie sich in den letzten {minutes} Minuten angemeldet haben. Melden Sie sich "
    "bei {seller} neu an und drücken Sie noch einmal; Ihre Bestellung ist, wie sie war. Hat der Laden keine Anmeldung, "
    "geht das hier nicht.",
    "caution_recent_home": "Dies geht an eine Adresse, die erst vor Kurzem dazukam.",
    "caution_recent_address": "In Ihrem Konto kam vor Kurzem eine Adresse dazu.",
    "caution_new_address": "Damit geht die Bestellung an eine Adresse, an die noch keine von Ihnen ging.",
    "caution_money_elsewhere": "Damit geht Geld auf etwas, womit die Bestellung nicht bezahlt wurde.",
    "caution_refund": "Damit gehen {amount} zurück.",
    "caution_login": "Zum Zustimmen müssen Sie sich in den letzten {minutes} Minuten angemeldet haben.",
    "caution_wait_minutes": "Zur Sicherheit geht das in {amount} min; bis dahin geschieht nichts.",
    "caution_wait_hours": "Zur Sicherheit geht das in {amount} h; bis dahin geschieht nichts.",
    "rate_limited": "Das war viel auf einmal. Bitte warten Sie {seconds} Sekunden und versuchen Sie es erneut.",
    "cool_down": "Zu viele Zustimmungen schlugen fehl; {minutes} Minuten lang geht keine Bestellung.",
    "change_cool_down": "Zu viele Zustimmungen schlugen fehl; {minutes} Minuten lang zählt keine. Nichts ist anders.",
    "attest_age": "Mit dem Drücken der Schaltfläche bestätigen Sie, {age} Jahre oder älter zu sein: {what}.",
    "seller_text": "vorgeschlagen nach dem Lesen von Verkäufertext",
    "seller_text_card": "Vorgeschlagen nach dem Lesen von Verkäufertext: {what}.",
    "state_in_review": "Der Laden prüft Ihre Bestellung; es wurde noch nichts abgebucht. Sie müssen nichts tun.",
    "order_in_review": "Der Laden prüft diese Bestellung, daher geht das noch nicht. Sie können sie stornieren.",
    "order_refused": "Der Laden hat diese Bestellung nicht angenommen; es gibt nichts zu ändern oder zu zahlen.",
    "state_refused": "Der Laden hat diese Bestellung geprüft und nicht angenommen. Es wurde nichts abgebucht, nichts "
    "wird versandt, und die Waren sind wieder im Warenkorb.",
    "requote_choose": "Nehmen Sie im Warenkorb weniger oder etwas anderes.",
}

PERMIT_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"en": MappingProxyType(_EN), "de": MappingProxyType(_DE)}
)
