"""What one journey has seen so far: the last turn, the cart before and after it, and what it gave names to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evals.journeys.conditions import Facts

Json = dict[str, Any]


@dataclass(slots=True)
class Turn:
    """What one message brought.

    Args:
        asked: What the shopper said.
        said: The assistant's words, or what a refused turn says.
        tools: How many tools ran.
        shown: Product cards, in order.
        nearest: Cards offered because a condition left nothing.
        compared: The side by side; None without one.
        ended: Name of the last event.
        done: What the operator is told of it at its end.
    """

    asked: str
    said: str = ""
    tools: int = 0
    shown: list[Json] = field(default_factory=list[Json])
    nearest: list[Json] = field(default_factory=list[Json])
    compared: Json | None = None
    ended: str = ""
    done: Json = field(default_factory=dict[str, Any])

    def hear(self, event: str, data: Json) -> None:
        """Take in one event of the turn's stream."""
        self.ended = event
        match event:
            case "text":
                self.said += str(data["delta"])
            case "error":
                self.said += str(data.get("detail", ""))
            case "status":
                self.tools += 1
            case "products":
                self.shown = list(data["items"])
                self.nearest = [item for blocked in data["blocked_by"] for item in blocked["nearest"]]
            case "comparison":
                self.compared = data
                self.shown = list(data["items"])
            case "done":
                self.done = data
            case _:
                pass


@dataclass(frozen=True, slots=True)
class Named:
    """A product, or another shopper's order, that a journey gave a name."""

    id: str
    title: str


@dataclass(slots=True)
class Scene:
    """The state that assertions are checked against.

    Args:
        turn: The last one.
        cart: As the shop has it now.
        cart_before: As it was before the last message.
        orders: The guest's own, newest first.
        quote: The card that waits; None without one.
        press: What the last press brought: `code`.
        named: What the journey named.
        records: Every record any event carried.
        asked: Everything the shopper said.
        ordered: Presses that ordered.
        turns: All turns so far.
    """

    turn: Turn = field(default_factory=lambda: Turn(""))
    cart: Json | None = None
    cart_before: Json | None = None
    orders: Sequence[Json] = ()
    quote: Json | None = None
    press: Facts = field(default_factory=lambda: {"code": "none"})
    named: dict[str, Named] = field(default_factory=dict[str, Named])
    records: list[Json] = field(default_factory=list[Json])
    asked: list[str] = field(default_factory=list[str])
    ordered: int = 0
    turns: list[Turn] = field(default_factory=list[Turn])
    stranger: Named | None = None

    @property
    def ids(self) -> Mapping[str, str]:
        """The named products' ids."""
        return {name: named.id for name, named in self.named.items()}

    @property
    def titles(self) -> Mapping[str, str]:
        """The named products' titles."""
        return {name: named.title for name, named in self.named.items()}

    def filled(self, text: str) -> str:
        """Return a message with `{name}` replaced: another's order by its id, a product by its title."""
        for name, named in self.named.items():
            text = text.replace(f"{{{name}}}", named.title or named.id)
        return text
