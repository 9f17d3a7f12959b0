"""The shop's policy as data: seller, money, delivery, tax, coupons, limits and the reach of tools, with its hash."""

import hashlib
import tomllib
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

import rfc8785
from pydantic import AwareDatetime, Field, ValidationError, model_validator

from policies.cautions import Caution
from policies.errors import SettingsError
from policies.permits import BlockedGoods, Part, Permits, Rates, RestrictedGoods, StepUp, Switches
from policies.reach import Reach
from policies.review import ReviewRules
from policies.sponsored import Sponsoring

PACKAGED = Path(__file__).with_name("policy.toml")

Minor = Annotated[int, Field(ge=0, le=10**12, strict=True)]
BasisPoints = Annotated[int, Field(ge=0, le=10_000, strict=True)]


class QuoteRules(Part):
    """How long a quote may be approved, in seconds; ten minutes at most."""

    ttl_s: int = Field(default=600, ge=10, le=600)


class Limits(Part):
    """Ceilings in minor units and counts; equal is still allowed."""

    order: Minor
    day: Minor
    session: Minor | None = Field(default=None, description="All orders of one conversation; None is no such limit.")
    orders_per_day: int = Field(ge=1)
    line_quantity: int = Field(ge=1, le=999)
    lines: int = Field(default=50, ge=1, le=200)


class DeliveryOption(Part):
    """A way to deliver; `free_from` is compared with goods less discount."""

    handle: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")
    price: Minor
    free_from: Minor | None = None
    label: dict[str, str] = Field(min_length=1)

    def named(self, locale: str) -> str:
        """Return the label in `locale`, or in English, or the handle."""
        return self.label.get(locale, self.label.get("en", self.handle))


class TaxRule(Part):
    """Tax of one region, added on top of goods less discount plus delivery."""

    region: str = Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")
    basis_points: BasisPoints


class Coupon(Part):
    """A discount by share (basis points of the goods) or by amount; valid in [starts_at, ends_at)."""

    code: str = Field(pattern=r"^[A-Z0-9][A-Z0-9_-]{1,31}$")
    basis_points: BasisPoints | None = None
    amount: Minor | None = None
    min_subtotal: Minor = 0
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.basis_points is None) == (self.amount is None):
            raise ValueError("a coupon has either basis_points or amount")
        return self


class NotReturnable(Part):
    """Goods that don't come back: those with `word` among the words of their title, and why."""

    word: str = Field(min_length=2, pattern=r"^[^A-Z]+$")
    why: dict[str, str] = Field(min_length=1)


class ReturnRules(Part):
    """Until when and how goods come back; `rule` is quoted on the card word for word."""

    window_days: int = Field(default=30, ge=0, le=3650)
    refund_delivery: bool = Field(default=True, description="Delivery is paid back when everything comes back.")
    difference_anywhere: bool = Field(
        default=False, description="What other goods cost less may go to any of the shopper's own ways to pay."
    )
    rule: dict[str, str] = Field(
        default={
            "en": "Return or exchange within 30 days of delivery, unused and in the state it came.",
            "de": "Rückgabe oder Umtausch binnen 30 Tagen nach Zustellung, unbenutzt und im ursprünglichen Zustand.",
        },
        min_length=1,
    )
    excluded: tuple[NotReturnable, ...] = ()

    def rule_text(self, locale: str) -> str:
        """Return the rule in `locale`, or in the language it has."""
        return _worded(self.rule, locale)

    def why_not(self, title: str, locale: str) -> str | None:
        """Return why goods called `title` don't come back, or None when they do."""
        words = title.casefold().replace(",", " ").split()
        return next((_worded(each.why, locale) for each in self.excluded if each.word in words), None)


class GoodsRules(Part):
    """Goods that are never sold, and goods that are sold to grown-ups only."""

    blocked: tuple[BlockedGoods, ...] = ()
    restricted: tuple[RestrictedGoods, ...] = ()


class ShopPolicy(Part):
    """The whole policy file. Immutable: a changed file is another policy with another digest."""

    version: str = Field(min_length=1)
    seller: str = Field(min_length=1, max_length=80)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    locale: str = "en"
    quote: QuoteRules = QuoteRules()
    limits: Limits
    delivery: tuple[DeliveryOption, ...] = Field(min_length=1)
    tax: tuple[TaxRule, ...]
    coupons: tuple[Coupon, ...] = ()
    returns: ReturnRules = ReturnRules()
    goods: GoodsRules = GoodsRules()
    step_up: StepUp = StepUp()
    cautions: tuple[Caution, ...] = ()
    review: ReviewRules = ReviewRules()
    rates: Rates = Rates()
    sponsored: Sponsoring = Sponsoring()
    switches: Switches
    tools: dict[str, Reach]

    @model_validator(mode="after")
    def _no_doubles(self) -> Self:
        keys = (
            [option.handle for option in self.delivery],
            [rule.region for rule in self.tax],
            [coupon.code for coupon in self.coupons],
        )
        for names in keys:
            if len(set(names)) != len(names):
                raise ValueError(f"listed twice: {', '.join(sorted(n for n in names if names.count(n) > 1))}")
        return self

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of the policy's canonical JSON; comments and order of keys do not count."""
        return hashlib.sha256(rfc8785.dumps(self.model_dump(mode="json"))).hexdigest()

    @cached_property
    def permits(self) -> Permits:
        """The sections that decide about deeds."""
        goods = self.goods
        return Permits(self.switches, goods.blocked, goods.restricted, self.step_up, self.limits.session)

    def delivery_option(self, handle: str) -> DeliveryOption | None:
        """Return the option called `handle`, or None."""
        return next((option for option in self.delivery if option.handle == handle), None)

    def tax_rule(self, region: str) -> TaxRule | None:
        """Return the rule of `region`; None means the shop does not deliver there."""
        return next((rule for rule in self.tax if rule.region == region), None)

    def coupon(self, code: str) -> Coupon | None:
        """Return the coupon written `code`, whatever its case, or None."""
        return next((coupon for coupon in self.coupons if coupon.code == code.strip().upper()), None)


def load_policy(path: Path | None = None) -> ShopPolicy:
    """Read a policy file; without a path the packaged one.

    Raises:
        SettingsError: The file is missing, is not TOML, or says something the shop does not understand.
    """
    source = path or PACKAGED
    try:
        return ShopPolicy.model_validate(tomllib.loads(source.read_text(encoding="utf-8")))
    except OSError as error:
        raise SettingsError(
            f"The shop policy {source} can't be read ({error.strerror}); give a readable file."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The shop policy {source} is not valid TOML: {error}. Correct that line.") from error
    except ValidationError as error:
        where, problem = mistakes_of(error)[0]
        raise SettingsError(f"The shop policy {source} is wrong at {where}: {problem}. Correct it.") from error


def mistakes_of(error: ValidationError) -> list[tuple[str, str]]:
    """Return each wrong field, as 'limits.order', with what is wrong about it."""
    found = [(".".join(str(part) for part in each["loc"]) or "file", str(each["msg"])) for each in error.errors()]
    return [(where.removesuffix(".[key]"), problem.removeprefix("Value error, ")) for where, problem in found]


def coupon_problem(coupon: Coupon, *, subtotal: int, now: datetime) -> str | None:
    """Say why a coupon does not count now: 'not_yet', 'expired', 'below_minimum', or None when it counts."""
    if coupon.starts_at is not None and now < coupon.starts_at:
        return "not_yet"
    if coupon.ends_at is not None and now >= coupon.ends_at:
        return "expired"
    if subtotal < coupon.min_subtotal:
        return "below_minimum"
    return None


def _worded(texts: dict[str, str], locale: str) -> str:
    return texts.get(locale) or texts.get("en") or next(iter(texts.values()))


def quantity_problem(limits: Limits, *, quantity: int, lines: int) -> str | None:
    """Say which cart limit is passed: 'line_quantity', 'lines', or None."""
    if quantity > limits.line_quantity:
        return "line_quantity"
    return "lines" if lines > limits.lines else None


def order_problem(limits: Limits, *, total: int, spent_today: int, orders_today: int) -> str | None:
    """Say which spending limit an order passes: 'order', 'day', 'orders_per_day', or None.

    Args:
        limits: The shop's ceilings.
        total: Minor units of the order in question.
        spent_today: Minor units of the shopper's other orders of the last 24 hours.
        orders_today: How many those are.
    """
    if total > limits.order:
        return "order"
    if spent_today + total > limits.day:
        return "day"
    return "orders_per_day" if orders_today + 1 > limits.orders_per_day else None
