"""What may be bought, by whom and how often, as data of the shop's policy, and the pure rules over one deed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Minor = Annotated[int, Field(ge=0, le=10**12, strict=True)]
Count = Annotated[int, Field(ge=1, le=100_000, strict=True)]
Action = Literal[
    "talk", "send_picture", "change_cart", "prepare_quote", "place_order",
    "cancel", "return", "exchange", "items", "address", "payment",
]  # fmt: skip
Novelty = Literal["new_address", "new_payment", "first_order", "restricted"]
_READING = frozenset({"talk", "send_picture"})


class Part(BaseModel):
    """Base of a section of the policy file: immutable, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Switches(Part):
    """What the shop lets happen at all; an action that is not listed here as true is refused."""

    read_only: bool = Field(default=False, description="True: people can look and ask, nothing is changed or bought.")
    actions: dict[Action, bool]

    def on(self, action: str) -> bool:
        """Say whether `action` may happen; one that nobody listed may not."""
        listed = {str(name): value for name, value in self.actions.items()}
        return listed.get(action, False) and (action in _READING or not self.read_only)


class Goods(Part):
    """Goods picked out by exactly one of: a word of the title, a product type, a product, a variant."""

    word: str | None = Field(default=None, min_length=2, pattern=r"^[^A-Z]+$")
    product_type: str | None = Field(default=None, min_length=2)
    product_id: str | None = Field(default=None, min_length=1)
    variant_id: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = [name for name in Goods.model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("pick the goods by exactly one of word, product_type, product_id and variant_id")
        return self

    def covers(self, piece: "Piece") -> bool:
        """Say whether a piece is meant. A product type also counts by its words in the title."""
        words = piece.title.casefold().replace(",", " ").split()
        if self.word is not None:
            return self.word in words
        if self.product_type is not None:
            return f" {self.product_type.casefold()} " in f" {' '.join(words)} "
        return piece.product_id == self.product_id if self.product_id else piece.variant_id == self.variant_id


class BlockedGoods(Goods):
    """Goods that are never sold here, and why, in each language."""

    why: dict[str, str] = Field(min_length=1)

    def reason(self, locale: str) -> str:
        """Return why in `locale`, or in the language it has."""
        return self.why.get(locale) or self.why.get("en") or next(iter(self.why.values()))


class RestrictedGoods(Goods):
    """Goods sold to grown-ups only: the card says the age, and the press attests it."""

    minimum_age: int = Field(ge=12, le=25)


class StepUp(Part):
    """When a press needs a shopper who proved who they are a moment ago; nothing listed means never."""

    when: tuple[Novelty, ...] = ()
    above: Minor | None = Field(default=None, description="Orders of more than this many minor units.")
    max_age_s: int = Field(default=300, ge=30, le=3600)


class Rates(Part):
    """How often one shopper may ask; more is refused before any work is done."""

    turns_per_min: Count = 40
    guest_turns_per_min: Count = 40
    pictures_per_hour: Count = 60
    guest_pictures_per_hour: Count = 60
    quotes_per_min: Count = 20
    new_guests_per_min: Count = Field(default=600, description="From one client address.")
    cool_down_s: int = Field(default=900, ge=0, le=86_400, description="After a card died of failed approvals.")


# For rigs and trials that buy faster than any shopper does.
UNPACED = Rates(
    turns_per_min=100_000,
    guest_turns_per_min=100_000,
    pictures_per_hour=100_000,
    guest_pictures_per_hour=100_000,
    quotes_per_min=100_000,
    new_guests_per_min=100_000,
    cool_down_s=0,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One line of a purchase in the policies' words."""

    product_id: str
    variant_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Deed:
    """What is about to happen, with the facts the rules look at.

    Args:
        action: One of `Action`; anything else is refused.
        pieces: What is bought.
        total: Minor units.
        session_total: Minor units of the other purchases of the same conversation.
        novelty: What is new about it: "new_address", "new_payment", "first_order".
        proved_s: Seconds since the shopper last proved who they are; None where they never did.
        press: Whether it is the shopper's press; before it, nobody is asked to sign in.
    """

    action: str
    pieces: tuple[Piece, ...] = ()
    total: int = 0
    session_total: int = 0
    novelty: frozenset[str] = frozenset()
    proved_s: float | None = None
    press: bool = False


_NEVER = StepUp()


@dataclass(frozen=True, slots=True)
class Permits:
    """The sections of a policy that decide about deeds."""

    switches: Switches
    blocked: tuple[BlockedGoods, ...] = ()
    restricted: tuple[RestrictedGoods, ...] = ()
    step_up: StepUp = _NEVER
    session_limit: int | None = None


@dataclass(frozen=True, slots=True)
class Denied:
    """Why a deed must not happen: a stable code, and what its words are filled with."""

    code: Literal["switched_off", "blocked_goods", "over_limit", "fresh_login"]
    piece: Piece | None = None
    why: dict[str, str] | None = None
    limit: int | None = None


DeedRule = Callable[[Deed, Permits], Denied | None]


def switched_on(deed: Deed, permits: Permits) -> Denied | None:
    """Refuse what the shop switched off, and every action nobody listed."""
    return None if permits.switches.on(deed.action) else Denied("switched_off")


def blocked_by(piece: Piece, permits: Permits) -> BlockedGoods | None:
    """Return the first rule by which the shop never sells a piece, or None."""
    return next((goods for goods in permits.blocked if goods.covers(piece)), None)


def sellable_goods(deed: Deed, permits: Permits) -> Denied | None:
    """Refuse goods that the shop never sells."""
    for piece in deed.pieces:
        goods = blocked_by(piece, permits)
        if goods is not None:
            return Denied("blocked_goods", piece, goods.why)
    return None


def within_session(deed: Deed, permits: Permits) -> Denied | None:
    """Refuse more than one conversation may spend; day and order limits are `limits.order_problem`'s."""
    limit = permits.session_limit
    if limit is None or deed.session_total + deed.total <= limit:
        return None
    return Denied("over_limit", limit=limit)


def freshly_proved(deed: Deed, permits: Permits) -> Denied | None:
    """Refuse a press that needs a fresh sign-in and has none."""
    wanted = step_up_reasons(deed, permits)
    if not deed.press or not wanted:
        return None
    proved = deed.proved_s is not None and 0 <= deed.proved_s <= permits.step_up.max_age_s
    return None if proved else Denied("fresh_login", limit=permits.step_up.max_age_s)


RULES: tuple[DeedRule, ...] = (switched_on, sellable_goods, within_session, freshly_proved)


def permit(deed: Deed, permits: Permits) -> Denied | None:
    """Return the first rule's no, or None when the deed may happen."""
    return next((denied for rule in RULES if (denied := rule(deed, permits)) is not None), None)


def step_up_reasons(deed: Deed, permits: Permits) -> tuple[str, ...]:
    """Say what about the deed asks for a fresh sign-in, in the policy's words."""
    found = [name for name in permits.step_up.when if name in deed.novelty]
    if "restricted" in permits.step_up.when and minimum_age(deed.pieces, permits) is not None:
        found.append("restricted")
    if permits.step_up.above is not None and deed.total > permits.step_up.above:
        found.append("amount")
    return tuple(found)


def minimum_age(pieces: tuple[Piece, ...], permits: Permits) -> int | None:
    """Return the age that the pieces ask for, None where they ask for none."""
    ages = [goods.minimum_age for goods in permits.restricted for piece in pieces if goods.covers(piece)]
    return max(ages, default=None)
