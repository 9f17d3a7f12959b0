"""Pure edits of what lies in a cart: add, change several lines at once, describe the difference in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from policies.errors import Refused
from policies.limits import Limits, quantity_problem
from policies.words import plain, say
from shop.events import Event
from shop.views import LineChange, LineView, StockedOffer

MARKED = "seller_text"


@dataclass(frozen=True, slots=True)
class CartLine:
    """A variant and how many of it."""

    line_id: str
    variant_id: str
    quantity: int
    mark: str = ""  # MARKED when it was put in after text of a seller or reviewer was read.


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that undo restores: lines in order, and the coupon."""

    lines: tuple[CartLine, ...] = ()
    coupon: str | None = None

    def dump(self) -> dict[str, Any]:
        """Return plain JSON for the undo stack."""
        return {"coupon": self.coupon, "lines": [[n.line_id, n.variant_id, n.quantity, n.mark] for n in self.lines]}


def loaded(data: Mapping[str, Any]) -> Contents:
    """Read what `Contents.dump` wrote."""
    return Contents(tuple(CartLine(*line) for line in data["lines"]), data["coupon"])


def added(before: Contents, variant_id: str, quantity: int, line_id: str, mark: str = "") -> Contents:
    """Return the contents with more of a variant; a variant that is there already grows its line and takes the mark."""
    if any(line.variant_id == variant_id for line in before.lines):
        lines = tuple(
            replace(line, quantity=line.quantity + quantity, mark=mark or line.mark)
            if line.variant_id == variant_id
            else line
            for line in before.lines
        )
        return replace(before, lines=lines)
    return replace(before, lines=(*before.lines, CartLine(line_id, variant_id, quantity, mark)))


def changed(before: Contents, changes: Sequence[LineChange], locale: str) -> Contents:
    """Return the contents after all changes; two lines that become the same variant are joined.

    Raises:
        Refused: "unknown_line" when a change names a line that is not there; nothing is changed then.
    """
    lines = {line.line_id: line for line in before.lines}
    for change in changes:
        line = lines.get(change.line_id)
        if line is None:
            raise Refused("unknown_line", say(locale, "unknown_line"), {"line_id": change.line_id})
        quantity = line.quantity if change.quantity is None else change.quantity
        lines[change.line_id] = replace(line, variant_id=change.variant_id or line.variant_id, quantity=quantity)
    return replace(before, lines=_joined(lines.values()))


def _joined(lines: Iterable[CartLine]) -> tuple[CartLine, ...]:
    kept: dict[str, CartLine] = {}
    for line in lines:
        if line.quantity == 0:
            continue
        twin = kept.get(line.variant_id)
        kept[line.variant_id] = line if twin is None else replace(twin, quantity=twin.quantity + line.quantity)
    return tuple(kept.values())


def check(before: Contents, after: Contents, offers: Mapping[str, StockedOffer], limits: Limits, locale: str) -> None:
    """Refuse an edit that puts in what can't be bought; taking out and having fewer is always allowed.

    Raises:
        Refused: "unknown_variant", "over_limit" or "out_of_stock".
    """
    held = {line.variant_id: line.quantity for line in before.lines}
    for line in after.lines:
        if line.quantity <= held.get(line.variant_id, 0):
            continue
        offer = offers.get(line.variant_id)
        if offer is None:
            raise Refused("unknown_variant", say(locale, "unknown_variant"), {"variant_id": line.variant_id})
        problem = quantity_problem(limits, quantity=line.quantity, lines=len(after.lines))
        if problem is not None:
            limit = limits.line_quantity if problem == "line_quantity" else limits.lines
            raise Refused("over_limit", say(locale, f"limit_{problem}", limit=limit), {"limit": limit})
        refusal = stock_refusal(offer, line.quantity, locale)
        if refusal is not None:
            raise refusal


def stock_refusal(offer: StockedOffer, asked: int, locale: str) -> Refused | None:
    """Return why that many units can't be bought, or None when they can."""
    if offer.not_sold:
        text = say(locale, "blocked_goods", what=plain(offer.product_title), why=offer.not_sold)
        return Refused("blocked_goods", text, {"variant_id": offer.variant_id})
    if offer.sellable and offer.available >= asked:
        return None
    left = offer.available if offer.sellable else 0
    facts: dict[str, object] = {"variant_id": offer.variant_id, "asked": asked, "available": left}
    key = "short_stock" if left else ("out_of_stock" if offer.sellable else "gone_now")
    text = say(locale, key, what=offer.title, count=left, asked=asked)
    return Refused("out_of_stock", text, facts)


def describe(before: Contents, after: Contents, offers: Mapping[str, StockedOffer], locale: str) -> str:
    """Say what differs, from the books: 'added Reed runner, 70 × 300 cm; removed Fen desk'."""
    old = {line.line_id: line for line in before.lines}
    new = {line.line_id: line for line in after.lines}
    said = [_line_words(old.get(i), new.get(i), offers, locale) for i in dict.fromkeys([*old, *new])]
    if after.coupon != before.coupon:
        key = "coupon_set" if after.coupon else "coupon_cleared"
        said.append(say(locale, key, code=after.coupon or ""))
    return "; ".join(words for words in said if words) or say(locale, "nothing_changed")


def _line_words(
    old: CartLine | None, new: CartLine | None, offers: Mapping[str, StockedOffer], locale: str
) -> str | None:
    if old is None and new is not None:
        key = "added" if new.quantity == 1 else "added_many"
        return say(locale, key, what=offers[new.variant_id].title, quantity=new.quantity)
    if old is not None and new is None:
        return say(locale, "removed", what=offers[old.variant_id].title)
    if old is None or new is None or old == new:
        return None
    title = offers[new.variant_id].title
    if old.variant_id != new.variant_id:
        words = say(locale, "swapped", before=offers[old.variant_id].title, what=title)
        return words if old.quantity == new.quantity else f"{words} × {new.quantity}"
    return say(locale, "quantity", what=title, quantity=new.quantity)


def line_view(line: CartLine, offer: StockedOffer, locale: str) -> LineView:
    """Return a line as it is shown, with what stands in the way of buying it."""
    note = ""
    if offer.not_sold:
        note = say(locale, "not_sold_note")
    elif not offer.sellable:
        note = say(locale, "gone")
    elif offer.available < line.quantity:
        note = say(locale, "only_left", count=offer.available) if offer.available else say(locale, "sold_out")
    if line.mark:
        note = "; ".join(each for each in (note, say(locale, line.mark)) if each)
    return LineView(
        line_id=line.line_id,
        product_id=offer.product_id,
        variant_id=offer.variant_id,
        title=offer.product_title,
        options=offer.options,
        quantity=line.quantity,
        unit_price=offer.price,
        total=offer.price * line.quantity,
        image_url=offer.image_url,
        note=note,
    )


def done(before: Contents, after: Contents, offers: Mapping[str, StockedOffer]) -> list[Event]:
    """Return what came into a cart and what left it, by product."""
    held, holds = ({offers[line.variant_id].product_id: None for line in each.lines} for each in (before, after))
    came = [Event("add", product_id, "books") for product_id in holds if product_id not in held]
    return came + [Event("remove", product_id, "books") for product_id in held if product_id not in holds]
