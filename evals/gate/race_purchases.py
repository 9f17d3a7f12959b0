"""Races of purchases: presses of a card against a decline, a price, the cart, and another shopper for the last one."""

from collections.abc import Sequence

from evals.gate.ground import Ground
from evals.gate.race_start import Answer, Race, Start, taken
from evals.gate.shadow import Shadow, Shown, settle
from evals.gate.violation import Violation
from policies.errors import Refused
from policies.principal import Principal
from shop.views import Card, LineChange

PURCHASES = ("nothing", "decline", "price", "cart", "last one")


async def purchase_race(ground: Ground, kind: str) -> Race:
    """Set a race up: one shopper with two cards, or two shoppers who want the same last desk."""
    if kind == "last one":
        await ground.books.merchant.set_offer("desk", stock=1)
    shown = await _cards(ground, 2 if kind == "last one" else 1)
    shadow, known = _shadow(ground, shown), frozenset(ground.charges())

    async def judge(ground: Ground, answers: Sequence[Answer]) -> None:
        _note(shadow, shown, answers)
        if kind in ("nothing", "last one") and len(shadow.intents) != 1:
            raise Violation(f"G9: {len(shadow.intents)} purchases where there had to be one")
        await settle(ground, shadow, known)

    return Race(shown[0].owner, [(each.owner, each.card) for each in shown], judge)


async def press(ground: Ground, who: Principal, card: Card) -> Answer:
    """Press a card and drive what comes of it."""
    try:
        outcome = await ground.press(card, who)
        await ground.books.worker.drive(outcome.intent_id)
    except Refused as refused:
        return card.quote_id, refused.code
    return card.quote_id, outcome.intent_id


async def run_against(ground: Ground, start: Start) -> list[Answer]:
    """Do what runs against the presses; too late is an answer, too: the purchase came first."""
    quote_id, books = start.presses[0][1].quote_id, ground.books
    try:
        match start.against:
            case "decline":
                await books.gate.decline(start.who, quote_id)
            case "price":
                await books.merchant.set_offer("desk", price=65_500)
            case "cart":
                lines = (await books.carts.view(start.who)).lines
                await books.carts.change(start.who, [LineChange(line_id=line.line_id, quantity=2) for line in lines])
            case _:
                await books.worker.drive()
    except Refused:
        return []
    return []


def _note(shadow: Shadow, shown: Sequence[Shown], answers: Sequence[Answer]) -> None:
    """Tell the shadow which cards were taken; every taker of one card must hold the same purchase."""
    cards = {each.card.quote_id: each for each in shown}
    for quote_id, answer in answers:
        if taken(answer):
            shadow.bought[quote_id] = cards[quote_id]
            if shadow.intents.setdefault(quote_id, answer) != answer:
                raise Violation("G6: two presses of one card are two purchases")


async def _cards(ground: Ground, shoppers: int) -> list[Shown]:
    """Return two cards of one quote for each shopper, as two tabs show them."""
    cards: list[Shown] = []
    for _ in range(shoppers):
        guest = await ground.guest()
        await ground.books.carts.add(guest, "desk")
        quote = await ground.books.quotes.prepare(guest)
        lines = tuple((line.variant_id, line.quantity, line.unit_price) for line in quote.lines)
        for _ in range(2):
            card = await ground.books.gate.render(guest, quote.quote_id)
            cards.append(Shown(guest, card, lines, quote.total, 0.0, 0))
    return cards


def _shadow(ground: Ground, shown: Sequence[Shown]) -> Shadow:
    shadow = Shadow(shown=list(shown))
    for each in shown:
        shadow.moved(each.owner.subject)
    for row in ground.rows("SELECT variant_id, received FROM offers"):
        shadow.received[row["variant_id"]] = row["received"]
    return shadow
