"""How long a press takes without the payment service, and how many statements it sends, on either database."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter, process_time

from evals.gate.place import Place, Site
from evals.gate.report import RigReport
from policies.limits import load_policy
from policies.permits import UNPACED
from policies.principal import Principal, Scope
from shop.books import BookSettings, GateBooks, migrate, open_books
from shop.views import Card, StockEntry

_WARM_UP = 10  # presses before measuring: the first ones open connections and prepare statements
_COUNTED = 10  # presses whose statements are counted, apart from the timed ones
_KEY = b"a key of the rigs, 32 bytes long"
_LAMP = "lamp"


@dataclass(frozen=True, slots=True)
class LatencyPlan:
    """What to measure.

    Args:
        cases: Presses to time, each of another shopper.
        site: Where the shops are.
    """

    cases: int
    site: Site = field(default_factory=Site)


class _Counter(logging.Handler):
    """Counts the statements that the driver's log names."""

    def __init__(self) -> None:
        super().__init__()
        self.statements = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.statements += record.getMessage().startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))


async def latency(plan: LatencyPlan) -> RigReport:
    """Time presses one after the other; the shop's own process is all there is."""
    with plan.site.place() as place:
        counted = await _counted(plan, place)
        seconds, busy = await _timed(plan, place)
    facts: dict[str, object] = {
        "database": plan.site.database,
        "statements": round(counted, 1),
        "p50_ms": _ms(seconds, 0.50),
        "p99_ms": _ms(seconds, 0.99),
        # What other programs on the machine do changes this least.
        "cpu_ms": round(busy * 1000 / max(1, len(seconds)), 1),
    }
    return RigReport("latency", plan.cases, cases=len(seconds), calls=len(seconds), facts=facts)


async def _timed(plan: LatencyPlan, place: Place) -> tuple[list[float], float]:
    books = await _opened(plan, place)
    seconds: list[float] = []
    busy = 0.0
    for number in range(_WARM_UP + plan.cases):
        who, card = await _card(books, f"guest:timed:{number}")
        begun, worked = perf_counter(), process_time()
        await books.gate.approve(who, card.quote_id, card.digest, card.challenge)
        seconds.append(perf_counter() - begun)
        busy += process_time() - worked if number >= _WARM_UP else 0
    await books.aclose()
    return seconds[_WARM_UP:], busy


async def _counted(plan: LatencyPlan, place: Place) -> float:
    log, counter = logging.getLogger("sqlalchemy.engine.Engine"), _Counter()
    before, passed_on = log.level, log.propagate
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        books = await _opened(plan, place)
        for number in range(_COUNTED):
            who, card = await _card(books, f"guest:counted:{number}")
            log.addHandler(counter)
            await books.gate.approve(who, card.quote_id, card.digest, card.challenge)
            log.removeHandler(counter)
        await books.aclose()
    finally:
        log.setLevel(before)
        log.propagate = passed_on
    return counter.statements / _COUNTED


async def _opened(plan: LatencyPlan, place: Place) -> GateBooks:
    await migrate(place.url)
    policy = load_policy().model_copy(update={"rates": UNPACED})
    books = await open_books(BookSettings(place.url, place.payments, policy, _KEY), "gate")
    stock = plan.cases + _WARM_UP + _COUNTED
    lamp = StockEntry(variant_id=_LAMP, product_id=_LAMP, product_title="Harbour lamp", price=7_900, stock=stock)
    await books.merchant.stock([lamp])
    return books


async def _card(books: GateBooks, subject: str) -> tuple[Principal, Card]:
    who = Principal(subject, "ses", frozenset(Scope))
    await books.shoppers.ensure_guest(who)
    await books.carts.add(who, _LAMP)
    quote = await books.quotes.prepare(who)
    return who, await books.gate.render(who, quote.quote_id)


def _ms(seconds: Sequence[float], share: float) -> float:
    ordered = sorted(seconds)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 1)
