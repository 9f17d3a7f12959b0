"""What a conversation holds so far: need, showings, focus, cart, quote, open question."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from assistant.compact.money_words import read_price
from assistant.compact.outcomes import Call, Outcome, kinds_seen, telling
from assistant.compact.ranks import rank_said, ranked
from assistant.compact.references import titles_in, whole_titles
from assistant.compact.sights import Sights
from assistant.compact.wordforms import normal
from tools.records import Board, Cart, Comparison, Item, Orders, Products, Quote, Record

# "What shall I look for?" names no candidates.
_WHICH = re.compile(
    r"^(?!what shall i look|which kind of thing|what do they like|what may it cost|"
    r"which one shall i leave out)(?:which|who|what)\b.*\?$",
    re.IGNORECASE | re.DOTALL,
)
_SUPERLATIVE = re.compile(r"\b(?:cheapest|most expensive|priciest|dearest|best rated|highest rated)\b")
_ADVICE = re.compile(r"\bI'd take (?P<what>[^:;]+)[:;]")
_ASKS_WHICH = re.compile(r"^(?:and |so |ok |but )*(?:which|what|who|is|are)\b")
_CARRIED_OVER = frozenset({"product_types", "colours", "materials", "price_max", "price_min"})
DRAFTS = frozenset({"add_to_cart", "change_cart", "undo_cart"})

Read = Callable[[str], Outcome]


@dataclass(frozen=True, slots=True)
class Showing:
    """Products shown together: in which turn, why, in which order."""

    turn: int
    relation: str
    ids: tuple[str, ...]
    about: str | None = None
    call: Call | None = None
    """What found them, so that the row can be shown again as it is now."""


@dataclass(frozen=True, slots=True)
class OpenChoice:
    """An add or change that waits for the shopper to name an option."""

    call: Call
    product_id: str
    missing: tuple[str, ...]
    options: dict[str, list[str]]


@dataclass
class Dialogue:
    """The state of one conversation before the message being answered, and during it as results arrive."""

    text: str = ""
    turn: int = 0
    need: dict[str, Any] = field(default_factory=dict[str, Any])
    need_shown: list[str] = field(default_factory=list[str])
    showings: list[Showing] = field(default_factory=list[Showing])
    items: dict[str, Item] = field(default_factory=dict[str, Item])
    focus: tuple[str, ...] = ()
    pair: tuple[str, ...] = ()
    """The products compared or asked about together last, until something new is shown."""
    compared: bool = False
    """Whether the pair was put side by side, not only looked at one after the other."""
    board: Board | None = None
    """The board shown last, kept or proposed."""
    cart: Cart | None = None
    last_lines: tuple[str, ...] = ()  # Line ids of the latest change to the cart.
    quote: Quote | None = None  # The last; None once the cart changed after it, or its card was pressed.
    orders: Orders | None = None
    ordered: bool = False  # An order was placed or changed, and nothing was put into the cart since.
    choices: list[OpenChoice] = field(default_factory=list[OpenChoice])
    """Adds and changes that wait for an option, in the order they were asked about."""
    said: str = ""
    """The assistant's words in the turn before."""
    last_calls: tuple[Call, ...] = ()  # What the turn before looked up or changed.
    heard: list[str] = field(default_factory=list[str])
    """The shopper's earlier messages."""
    names: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Telling word of a shown title to the ids that carry it."""
    attribute_names: dict[str, None] = field(default_factory=dict[str, None])
    sights: Sights = field(default_factory=Sights)
    selected: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    """Options chosen on the shop's own page, by product."""
    described: bool = False  # Products were shown whose records are not here.

    @property
    def choice(self) -> OpenChoice | None:
        """The open question about an option that comes first."""
        return self.choices[0] if self.choices else None

    @property
    def asked_which(self) -> bool:
        """Whether the turn before ended in a question that names candidates."""
        return _WHICH.match(self.said.rsplit(". ", 1)[-1].strip()) is not None and self.choice is None

    @property
    def asked_about(self) -> tuple[str, ...]:
        """The candidates that the turn before named in its question."""
        return titles_in(self.said, {i: item.title for i, item in self.items.items()}) if self.asked_which else ()

    @property
    def latest(self) -> Showing | None:
        """The showing on screen last."""
        return self.showings[-1] if self.showings else None

    def observe(self, call: Call, outcome: Outcome) -> None:
        """Take one tool's result into account."""
        if outcome.error is not None:
            self._fail(call, outcome)
            return
        if call.name in DRAFTS:
            product = str(call.args.get("product_id", ""))
            self.choices = [c for c in self.choices if c.product_id != product and call.name == "add_to_cart"]
        for record in outcome.records:
            self._take(call, record, outcome)
        if "selected" in outcome.facts:
            self.selected[self.focus[0]] = cast(dict[str, str], outcome.facts["selected"])

    def settle(self) -> None:
        """Forget the card that was pressed, and the cart if it was bought; the message of the outcome said so."""
        self.cart = None if self.quote is None or self.quote.action == "place_order" else self.cart
        self.ordered, self.quote = True, None

    def _take(self, call: Call, record: Record, outcome: Outcome) -> None:
        match record:
            case Products():
                self._show(call, record, outcome)
            case Comparison():
                self._keep(record.items, outcome.names)
                self.pair, self.compared = tuple(i.product_id for i in record.items), True
                self.focus = self._decided(record.items) or self.pair
            case Board():
                self._lay_out(call, record, outcome)
            case Cart():
                self._hold(call, record)
            case Quote():
                self.quote = record
            case Orders():
                self.orders = record
            case _:
                pass

    def _lay_out(self, call: Call, record: Board, outcome: Outcome) -> None:
        """Take a board for the row on screen."""
        self._keep(record.items, outcome.names)
        ids = tuple(item.product_id for item in record.items)
        self.board, self.pair = record, ()
        if ids:
            self.showings.append(Showing(self.turn, "board", ids, None, call))
            self.focus = ids if len(ids) == 1 else ()

    def conclude(self) -> None:
        """Let 'it' mean what the words of the turn before recommended: "I'd take the Fen desk: …"."""
        advice = _ADVICE.search(self.said)
        if advice is None or len(self.pair) < 2:
            return
        taken = whole_titles(advice["what"], {i: self.items[i].title for i in self.pair})
        self.focus = taken if len(taken) == 1 else self.focus

    def _decided(self, items: Sequence[Item]) -> tuple[str, ...]:
        """Return the one that answers 'which is wider'; nothing where a comparison leaves the choice open."""
        text = normal(self.text)
        rank = rank_said(text) if _ASKS_WHICH.match(text) and "difference" not in text else None
        best = ranked(items, rank).best if rank is not None else ()
        return (best[0].product_id,) if len(best) == 1 else ()

    def _fail(self, call: Call, outcome: Outcome) -> None:
        error = outcome.error
        assert error is not None
        product = str(error.facts.get("product_id") or call.args.get("product_id") or "")
        if product in self.items:
            self.focus = (product,)
        if call.name in DRAFTS and error.code in {"choose_option", "out_of_stock", "no_such_option"}:
            options = cast(dict[str, list[str]], error.facts.get("options") or {})
            missing = cast(list[str], error.facts.get("missing") or list(options))
            self.choices = [c for c in self.choices if c.product_id != product]
            self.choices.append(OpenChoice(call, product, tuple(missing), options))

    def _show(self, call: Call, record: Products, outcome: Outcome) -> None:
        ids = tuple(i.product_id for i in record.items)
        self._keep(record.items, outcome.names)
        for blocked in record.blocked_by:
            self._keep(blocked.nearest, outcome.names)
        carried = outcome.facts.get("carried") is not False
        if call.name == "search_products" and carried and (ids or not self._only_cheaper()):
            more = call.args.get("not_ids")
            self.sights.leave()
            self.need = {k: v for k, v in call.args.items() if k not in {"not_ids", "turned_down", "limit"}}
            self.need_shown = [*(self.need_shown if more else ()), *ids]
        else:
            self._relate(call, record, ids, outcome)
        # Of what is near only the first of each condition is named to the shopper.
        nearest = tuple(dict.fromkeys(b.nearest[0].product_id for b in telling(record) if b.nearest))
        if record.relation == "details":
            self._look_at(ids)
            return
        self.pair = ()
        if ids or nearest:
            self.showings.append(Showing(self.turn, record.relation, ids or nearest, record.about, call))
            superlative = record.relation == "search" and _SUPERLATIVE.search(normal(self.text))
            called = whole_titles(self.text, {i: self.items[i].title for i in ids})
            self.focus = ids[:1] if len(ids) == 1 or superlative else called[:1]

    def _relate(self, call: Call, record: Products, ids: tuple[str, ...], outcome: Outcome) -> None:
        """Let 'cheaper' and 'in black' after suggestions narrow what was suggested."""
        kinds = [self.items[i].product_type for i in ids]
        if call.name == "find_by_picture":
            seen = kinds[:1] if outcome.facts.get("alike") is True else []
            self.sights.look(self.turn, call.args, kinds_seen(outcome) or seen, ids)
        if record.relation == "details" or not ids:
            return
        if call.name != "find_by_picture":
            self.sights.leave()
        self.need = {k: v for k, v in call.args.items() if k in _CARRIED_OVER}
        if "product_types" not in self.need and len(set(kinds)) == 1:
            self.need["product_types"] = kinds[:1]
        self.need_shown = list(ids)

    def _look_at(self, ids: tuple[str, ...]) -> None:
        """Take products whose pages were read: several from an earlier row become the row on screen again."""
        if len(ids) == 1 and len(self.focus) == 1 and self.focus != ids:
            self.pair, self.compared = (*self.focus, *ids), False
        self.focus = ids
        rows = [s for s in self.showings if s.turn == self.turn and set(s.ids) & set(ids)]
        if len(ids) == 1 and rows and len(rows[-1].ids) > 1:
            # Chosen out of a row that was looked through and never seen.
            self.showings.append(Showing(self.turn, "details", ids))
        if len(ids) > 1:
            self.pair = ids
            # Candidates of a set, or of a bound that no search knows: on screen is what was chosen among them.
            self.showings = [s for s in self.showings if s not in rows]
            if rows or self.latest is None or not set(ids) <= set(self.latest.ids):
                self.showings.append(Showing(self.turn, "details", ids))

    def _only_cheaper(self) -> bool:
        """Tell whether this turn asked for 'cheaper': a bound nobody named is dropped when it leaves nothing."""
        return bool(self.need) and read_price(normal(self.text), "USD").relative is not None

    def _keep(self, items: Sequence[Item], names: Mapping[str, Sequence[str]]) -> None:
        for item in items:
            known = self.items.get(item.product_id)
            self.items[item.product_id] = item
            if known is not None and known.title == item.title:
                continue
            for word in names.get(item.product_id, ()):
                ids = self.names.setdefault(word, [])
                if item.product_id not in ids:
                    ids.append(item.product_id)
            self.attribute_names.update(dict.fromkeys(item.attributes))

    def _hold(self, call: Call, record: Cart) -> None:
        before = {line.line_id: line.quantity for line in self.cart.lines} if self.cart else {}
        touched = [line for line in record.lines if before.get(line.line_id) != line.quantity]
        self.cart = record
        if call.name in DRAFTS:
            self.quote = None
            self.last_lines = tuple(line.line_id for line in touched)
            self.ordered = False
            if call.name == "add_to_cart":
                self.focus = (str(call.args.get("product_id")),)
