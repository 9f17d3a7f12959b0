"""Draws up what a change of an order binds, from the books as they are at this moment."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from policies.errors import Refused
from policies.money import exponent
from policies.order_change import ChangeKind, ChangeLine, ChangeTerms
from policies.quote import TermChoice, TermLine, fingerprint
from policies.words import money, plain, say
from shop.change_rules import refusal, require_returnable
from shop.context import ShopContext
from shop.edits import stock_refusal
from shop.held import Held, HeldLine, OrderContent
from shop.repricing import Wanted, repriced
from shop.shoppers import Address
from shop.tables import instant
from shop.terms import Frame
from shop.views import StockedOffer


@dataclass(frozen=True, slots=True)
class LineWanted:
    """What shall go back of one line; `variant_id` comes instead."""

    line_id: str
    quantity: int | None = None
    variant_id: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeWanted:
    """What a shopper asks for; no lines means all that a line is needed for."""

    kind: ChangeKind
    lines: tuple[LineWanted, ...] = ()
    address: str | None = None

    @property
    def variants(self) -> list[str]:
        """Variant ids that shall come instead, in order."""
        return sorted({line.variant_id for line in self.lines if line.variant_id is not None})


@dataclass(frozen=True, slots=True)
class Books:
    """What a change is drawn up from besides the order: offers that shall come, and the address it shall go to."""

    offers: Mapping[str, StockedOffer]
    address: Address | None
    locale: str


def wanted_of(terms: ChangeTerms) -> ChangeWanted:
    """Return the wish that led to these terms."""
    lines = tuple(
        LineWanted(line.goes.line_id, line.goes.quantity, line.comes.variant_id if line.comes else None)
        for line in terms.lines
    )
    address = terms.ship_to.handle if terms.action == "address" else None
    return ChangeWanted(terms.action, lines if terms.action in ("return", "exchange") else (), address)


def draw_change(context: ShopContext, frame: Frame, held: Held, wanted: ChangeWanted, books: Books) -> ChangeTerms:
    """Return the terms of changing this order now.

    Raises:
        Refused: Why it can't be changed that way: a code of `shop.change_rules`, "unknown_order_line",
            "too_many_back", "not_returnable", "unknown_variant", "out_of_stock", "same_variant", "unknown_address",
            "same_address" or "no_delivery_there".
    """
    no = refusal(context.policy, held, wanted.kind, books.locale, context.now())
    if no is not None:
        raise no
    changed, ship_to, region = _lines(context, held, wanted, books), held.content.ship_to, held.content.region
    if wanted.kind == "address":
        address = _address(context, held, books)
        ship_to = TermChoice(
            handle=address.handle, label=plain(address.label), content=fingerprint({**address.content})
        )
        region = address.region
    after = _after(held, frame.quote_id, changed)
    totals = repriced(context.policy, held.content, _pricing(context, held, wanted, after, (region, books.locale)))
    content = held.content.model_copy(update={"lines": after, "totals": totals, "ship_to": ship_to, "region": region})
    return _terms(context, frame, held, (wanted.kind, changed, books.locale), content)


def content_after(held: Held, terms: ChangeTerms) -> OrderContent:
    """Return what the order holds once what was approved is done."""
    after = _after(held, terms.change_id, terms.lines)
    was = () if any(line.kept for line in after) else terms.before
    settled = {"totals": terms.after, "was": was, "ship_to": terms.ship_to, "region": terms.region}
    return held.content.model_copy(update={"lines": after, **settled})


def _pricing(
    context: ShopContext, held: Held, wanted: ChangeWanted, after: tuple[HeldLine, ...], goes: tuple[str, str]
) -> Wanted:
    gone = not any(line.kept for line in after)
    free = gone and (wanted.kind == "cancel" or context.policy.returns.refund_delivery)
    region, locale = goes
    option = context.policy.delivery_option(held.content.delivery.handle) if wanted.kind == "address" else None
    return Wanted(after, region, locale, option, free)


def _lines(context: ShopContext, held: Held, wanted: ChangeWanted, books: Books) -> tuple[ChangeLine, ...]:
    if wanted.kind == "address":
        return ()
    if wanted.kind == "cancel" or not wanted.lines:
        asked = tuple(LineWanted(line.line_id) for line in held.content.lines if line.kept)
    else:
        asked = wanted.lines
    if len({each.line_id for each in asked}) != len(asked):
        raise Refused("unknown_order_line", say(books.locale, "unknown_order_line"))
    return tuple(_line(context, held, wanted.kind, each, books) for each in asked)


def _line(context: ShopContext, held: Held, kind: ChangeKind, asked: LineWanted, books: Books) -> ChangeLine:
    line = held.line(asked.line_id)
    if line is None or not line.kept:
        raise Refused("unknown_order_line", say(books.locale, "unknown_order_line"), {"line_id": asked.line_id})
    quantity = line.kept if asked.quantity is None else asked.quantity
    if not 1 <= quantity <= line.kept:
        text = say(books.locale, "too_many_back", what=line.title, count=line.kept, asked=quantity)
        raise Refused("too_many_back", text, {"line_id": line.line_id, "kept": line.kept})
    if kind != "cancel" and held.row["state"] != "captured":
        require_returnable(context.policy, line, books.locale)
    comes = _comes(context, line, quantity, asked.variant_id, books) if kind == "exchange" else None
    return ChangeLine(goes=line.goes(quantity), comes=comes)


def _comes(context: ShopContext, line: HeldLine, quantity: int, variant_id: str | None, books: Books) -> TermLine:
    offer = books.offers.get(variant_id or "")
    if offer is None:
        raise Refused("unknown_variant", say(books.locale, "unknown_variant"), {"variant_id": variant_id})
    if offer.variant_id == line.variant_id:
        raise Refused("same_variant", say(books.locale, "same_variant"), {"variant_id": variant_id})
    foreign = offer.currency != context.policy.currency
    no = stock_refusal(offer.model_copy(update={"sellable": False}) if foreign else offer, quantity, books.locale)
    if no is not None:
        raise no
    return TermLine(
        line_id=line.line_id,
        variant_id=offer.variant_id,
        product_id=offer.product_id,
        title=plain(offer.product_title),
        options={plain(name): plain(value) for name, value in offer.options.items()},
        quantity=quantity,
        unit_price=offer.price,
        total=offer.price * quantity,
        seller=offer.seller,
    )


def _address(context: ShopContext, held: Held, books: Books) -> Address:
    address = books.address
    if address is None:
        raise Refused("unknown_address", say(books.locale, "unknown_address"))
    if address.handle == held.content.ship_to.handle:
        raise Refused("same_address", say(books.locale, "same_address", what=address.label))
    if context.policy.tax_rule(address.region) is None:
        raise Refused("no_delivery_there", say(books.locale, "no_delivery_there", what=address.label))
    return address


def _after(held: Held, quote_id: str, changed: tuple[ChangeLine, ...]) -> tuple[HeldLine, ...]:
    """Return the lines once the change is done: what went back is counted, what comes is a line of its own."""
    by_line = {line.goes.line_id: line for line in changed}
    after: list[HeldLine] = []
    for line in held.content.lines:
        change = by_line.get(line.line_id)
        if change is None:
            after.append(line)
        elif change.comes is None:
            after.append(line.model_copy(update={"returned": line.returned + change.goes.quantity}))
        else:
            after += _swapped(line, change.goes.quantity, change.comes, quote_id)
    return tuple(after)


def _swapped(line: HeldLine, quantity: int, comes: TermLine, quote_id: str) -> list[HeldLine]:
    new = HeldLine(**comes.model_dump(exclude={"total"}))
    left = line.quantity - quantity
    if not left:
        return [new]
    # The same name whenever the same change is drawn up, and no other line's.
    name = hashlib.sha256(f"{quote_id}:{line.line_id}".encode()).hexdigest()[:12]
    return [line.model_copy(update={"quantity": left}), new.model_copy(update={"line_id": f"line_{name}"})]


def _terms(
    context: ShopContext,
    frame: Frame,
    held: Held,
    change: tuple[ChangeKind, tuple[ChangeLine, ...], str],
    content: OrderContent,
) -> ChangeTerms:
    kind, lines, locale = change
    policy = context.policy
    difference = content.total - held.paid
    if held.row["state"] != "placed" and held.content.total != held.paid:
        raise LookupError(f"what {held.row['order_id']} costs is not what was paid for it")
    return ChangeTerms(
        action=kind,
        change_id=frame.quote_id,
        seller=policy.seller,
        subject=frame.owner.subject,
        session_id=frame.owner.session_id,
        order_id=held.row["order_id"],
        order_state=held.row["state"],
        order_content=held.fingerprint(),
        locale=locale,
        currency=held.row["currency"],
        exponent=exponent(held.row["currency"]),
        lines=lines,
        before=held.content.totals,
        after=content.totals,
        paid=held.paid,
        difference=difference,
        instrument=held.terms.payment,
        ship_to=content.ship_to,
        region=content.region,
        button=_button(locale, kind, difference, held.row["currency"]),
        notes=_notes(context, held, kind, difference, locale),
        policy_digest=policy.digest,
        issued_at=instant(frame.issued_at),
        expires_at=instant(frame.expires_at),
    )


def _button(locale: str, kind: ChangeKind, difference: int, currency: str) -> str:
    what = say(locale, f"change_button_{kind}")
    if not difference:
        return what
    key = "change_button_back" if difference < 0 else "change_button_pay"
    return say(locale, key, what=what, total=money(locale, abs(difference), currency))


def _notes(context: ShopContext, held: Held, kind: ChangeKind, difference: int, locale: str) -> tuple[str, ...]:
    delivered = held.delivered_at is not None and held.row["state"] != "captured"
    keys = [f"change_note_{kind}"]
    keys += ["change_note_release"] if kind == "cancel" and not held.paid else []
    keys += ["change_note_send_back"] if kind == "exchange" and delivered else []
    keys += [f"change_{kind}_rule"] if kind in ("cancel", "address") else []
    said = [say(locale, key) for key in keys]
    said += [context.policy.returns.rule_text(locale)] if kind in ("return", "exchange") and delivered else []
    said += [say(locale, "change_binding_pay")] if difference > 0 else []
    said += [say(locale, "sold_by", seller=context.policy.seller)]
    return (*said, say(locale, "assistant"), say(locale, "change_nothing_yet"))
