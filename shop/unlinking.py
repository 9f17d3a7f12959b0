"""What is taken out of a bought quote, an order and its changes when nobody may be found by them any more."""

from policies.order_change import ChangeTerms
from policies.quote import QuoteTerms, TermChoice, canonical, parse
from shop.held import OrderContent

GONE = "deleted"
_NOWHERE = TermChoice(handle=GONE, label=GONE, content="")


def quote_without_person(terms: str, alias: str) -> str:
    """Return stored terms of a purchase with goods, prices, tax region and times, without owner, address and card."""
    bought: QuoteTerms = parse(terms)
    nobody = {"subject": alias, "session_id": GONE, "ship_to": _NOWHERE, "payment": _NOWHERE}
    return canonical(bought.model_copy(update=nobody)).decode()


def change_without_person(terms: str, alias: str) -> str:
    """Return stored terms of a change the same way."""
    approved = ChangeTerms.model_validate_json(terms)
    nobody = {"subject": alias, "session_id": GONE, "ship_to": _NOWHERE, "instrument": _NOWHERE}
    nobody |= {"chosen": None}
    return canonical(approved.model_copy(update=nobody)).decode()


def content_without_person(content: str) -> str:
    """Return what an order holds without where it went."""
    held = OrderContent.model_validate_json(content)
    return held.model_copy(update={"ship_to": _NOWHERE}).model_dump_json()
