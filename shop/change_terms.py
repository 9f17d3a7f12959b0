"""Draws up what a change of an order binds, from the books as they are at this moment."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from policies.errors import Refused
from policies.money import exponent
from policies.order_address import NewAddress
from policies.order_change import CancelReason, ChangeKind, ChangeLine, ChangeTerms
from policies.quote import TermChoice, TermLine, fingerprint
from policies.words import money, plain, say
from shop.change_money import Due, Means, settled_by
from shop.change_rules import refusal, require_returnable
from shop.context import ShopContext
from shop.edits import stock_refusal
from shop.held import Held, HeldLine, OrderContent
from shop.repricing import Wanted, repriced
from shop.shoppers import Address
from shop.tables import instant
from shop.terms import Frame
from shop.transitions import UNCHARGED
from shop.views import StockedOffer

_BY_LINE = ("return", "exchange", "items")


@dataclass(frozen=True, slots=True)
class LineWanted:
    """What shall go back of one line; `variant_id` comes instead."""

    line_id: str
    quantity: int | None = None
    variant_id: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeWanted:
    """What a shopper asks for; no lines means all that a line is needed for.

    Args:
        kind: What shall become of the order.
        lines: What goes back, and what comes instead; a line may be named twice for two variants.
        address: Handle of one of the shopper's addresses.
        new_address: One that is not among them yet; it joins them with the approval.
        instrument: Handle of what shall pay or get money back; None is what paid for the order.
        reason: Of a cancellation, as the shopper gave it.
    """

    kind: ChangeKind
    lines: tuple[LineWanted, ...] = ()
    address: str | None = None
    new_address: NewAddress | None = field(default=None, repr=False)
    instrument: str | None = None
    reason: CancelReason | None = None

    @property
    def variants(self) -> list[str]:
        """Variant ids that shall come instead, in order."""
        return sorted({line.variant_id for line in self.lines if line.variant_id is not None})


@dataclass(frozen=True, slots=True)
class Books:
    """What a change is drawn up from besides the order: offers that shall come, address it shall go to, ways to pay."""

    offers: Mapping[str, StockedOffer]
    address: Address | None
    means: Mapping[str, Means]
    locale: str


def wanted_of(terms: ChangeTerms) -> ChangeWanted:
    """Return the wish that led to these terms, what was chosen and what followed of itself alike."""
    lines = tuple(
        LineWanted(line.goes.line_id, line.goes.quantity, line.comes.variant_id if line.comes else None)
        for line in terms.lines
    )
    return ChangeWanted(
        kind=terms.action,
        lines=lines if terms.action in _BY_LINE else (),
        address=terms.ship_to.handle if terms.action == "address" else None,
        instrument=terms.chosen,
        reason=terms.reason,
    )


def draw_change(context: ShopContext, frame: Frame, held: Held, wanted: ChangeWanted, books: Books) -> ChangeTerms:
    """Return the terms of changing this order now.

    Raises:
        Refused: Why it can't be changed that way: a code of `shop.change_rules`, "unknown_order_line",
            "too_many_back", "not_returnable", "unknown_variant", "out_of_stock", "same_variant", "other_product",
            "unknown_address", "same_address", "no_delivery_there", or a code of `shop.change_money.settled_by`.
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
    return _terms(context, frame, held, _Drawn(wanted, changed, books), content)


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
    if wanted.kind in ("address", "payment"):
        return ()
    if wanted.kind == "cancel" or not wanted.lines:
        asked = tuple(LineWanted(line.line_id) for line in held.content.lines if line.kept)
    else:
        asked = wanted.lines
    if len({(each.line_id, each.variant_id) for each in asked}) != len(asked):
        raise Refused("unknown_order_line", say(books.locale, "unknown_order_line"))
    drawn = tuple(_line(context, held, wanted.kind, each, books) for each in asked)
    for line in held.content.lines:
        together = sum(each.goes.quantity for each in drawn if each.goes.line_id == line.line_id)
        if together > line.kept:
            raise _too_many(line, together, books.locale)
    return drawn


def _line(context: ShopContext, held: Held, kind: ChangeKind, asked: LineWanted, books: Books) -> ChangeLine:
    line = held.line(asked.line_id)
    if line is None or not line.kept:
        raise Refused("unknown_order_line", say(books.locale, "unknown_order_line"), {"line_id": asked.line_id})
    quantity = line.kept if asked.quantity is None else asked.quantity
    if not 1 <= quantity <= line.kept:
        raise _too_many(line, quantity, books.locale)
    if kind in ("return", "exchange"):
        require_returnable(context.policy, line, books.locale)
    if kind not in ("exchange", "items"):
        return ChangeLine(goes=line.goes(quantity))
    comes = _comes(context, line, quantity, asked.variant_id, books)
    if kind == "items" and comes.product_id != line.product_id:
        raise Refused("other_product", say(books.locale, "other_product"), {"variant_id": comes.variant_id})
    return ChangeLine(goes=line.goes(quantity), comes=comes)


def _too_many(line: HeldLine, asked: int, locale: str) -> Refused:
    text = say(locale, "too_many_back", what=line.title, count=line.kept, asked=asked)
    return Refused("too_many_back", text, {"line_id": line.line_id, "kept": line.kept})


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
    after: list[HeldLine] = []
    for line in held.content.lines:
        goes = [change for change in changed if change.goes.line_id == line.line_id]
        back = sum(change.goes.quantity for change in goes if change.comes is None)
        comes = [change.comes for change in goes if change.comes is not None]
        after += _swapped(line.model_copy(update={"returned": line.returned + back}), comes, quote_id)
    return tuple(after)


def _swapped(line: HeldLine, comes: list[TermLine], quote_id: str) -> list[HeldLine]:
    left = line.quantity - sum(each.quantity for each in comes)
    rest = [line.model_copy(update={"quantity": left})] if left else []
    new: list[HeldLine] = []
    for each in comes:
        # The same name whenever the same change is drawn up, and no other line's.
        name = hashlib.sha256(f"{quote_id}:{line.line_id}:{each.variant_id}".encode()).hexdigest()[:12]
        taken = bool(rest or new)
        made = HeldLine(**each.model_dump(exclude={"total"}))
        new.append(made.model_copy(update={"line_id": f"line_{name}"}) if taken else made)
    return [*rest, *new]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A wish, the lines it comes to, and the books it was drawn up from."""

    wanted: ChangeWanted
    lines: tuple[ChangeLine, ...]
    books: Books


def _terms(context: ShopContext, frame: Frame, held: Held, drawn: _Drawn, content: OrderContent) -> ChangeTerms:
    wanted, policy, locale = drawn.wanted, context.policy, drawn.books.locale
    difference = content.total - held.paid
    if held.row["state"] not in UNCHARGED and held.content.total != held.paid:
        raise LookupError(f"what {held.row['order_id']} costs is not what was paid for it")
    moved = held.paid if wanted.kind == "payment" else 0
    due = Due(wanted.kind, wanted.instrument, difference, moved, locale)
    instrument, credit = settled_by(policy, held, due, drawn.books.means)
    terms = ChangeTerms(
        action=wanted.kind,
        change_id=frame.quote_id,
        seller=policy.seller,
        subject=frame.owner.subject,
        session_id=frame.owner.session_id,
        order_id=held.row["order_id"],
        order_state=held.row["state"],
        reason=wanted.reason if wanted.kind == "cancel" else None,
        order_content=held.fingerprint(),
        locale=locale,
        currency=held.row["currency"],
        exponent=exponent(held.row["currency"]),
        lines=drawn.lines,
        before=held.content.totals,
        after=content.totals,
        paid=held.paid,
        difference=difference,
        moved=moved,
        instrument=instrument,
        chosen=wanted.instrument,
        credit=credit,
        ship_to=content.ship_to,
        region=content.region,
        button="",
        notes=(),
        policy_digest=policy.digest,
        issued_at=instant(frame.issued_at),
        expires_at=instant(frame.expires_at),
    )
    return terms.model_copy(update={"button": _button(terms), "notes": _notes(context, held, terms)})


def _button(terms: ChangeTerms) -> str:
    what = say(terms.locale, f"change_button_{terms.action}")
    amount = terms.difference or terms.moved
    if not amount:
        return what
    key = "change_button_back" if amount < 0 else "change_button_pay"
    return say(terms.locale, key, what=what, total=money(terms.locale, abs(amount), terms.currency))


def _notes(context: ShopContext, held: Held, terms: ChangeTerms) -> tuple[str, ...]:
    kind, locale, instrument = terms.action, terms.locale, terms.instrument.label
    spoken = {"amount": money(locale, terms.moved, terms.currency), "before": ", ".join(held.paying.values())}
    said = [say(locale, f"change_note_{kind}", instrument=instrument, **spoken)]
    said += [say(locale, "change_note_release")] if kind == "cancel" and not held.paid else []
    said += [say(locale, "change_note_send_back")] if kind == "exchange" else []
    said += [say(locale, "change_note_credit", instrument=instrument)] if terms.credit else []
    if kind in ("return", "exchange"):
        said.append(context.policy.returns.rule_text(locale))
    else:
        said.append(say(locale, f"change_{kind}_rule"))
    said += [say(locale, "change_binding_pay")] if terms.charged else []
    said += [say(locale, "sold_by", seller=context.policy.seller)]
    return (*said, say(locale, "assistant"), say(locale, "change_nothing_yet"))
