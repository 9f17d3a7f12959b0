"""What the processes of a race tell each other."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from evals.gate.ground import Ground
from policies.principal import Principal
from shop.views import Card

Answer = tuple[str, str]  # quote, and the purchase or change, or the reason of the refusal


@dataclass(frozen=True, slots=True)
class Start:
    """What one process does in one race.

    Args:
        presses: Cards and who presses them, all at once.
        against: What runs against them; "nothing" in all processes but one.
        who: Whose cards they are.
        after: Presses that go before what runs against them.
        order_id: The order, where the race is about one.
    """

    presses: tuple[tuple[Principal, Card], ...]
    against: str
    who: Principal
    after: int
    order_id: str = ""


@dataclass(frozen=True, slots=True)
class Race:
    """A race that is set up: which cards are pressed, and who says whether it ended well."""

    who: Principal
    cards: Sequence[tuple[Principal, Card]]
    judge: Callable[[Ground, Sequence[Answer]], Awaitable[None]]
    order_id: str = ""


def taken(answer: str) -> bool:
    """Say whether a press was taken."""
    return answer.startswith(("intent_", "made_"))


def said(answer: str) -> str:
    """Return an answer without the id in it."""
    return "taken" if taken(answer) else answer
