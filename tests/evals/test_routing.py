"""What routing is said to keep, how often rightly, and what that is said to save."""

from decimal import Decimal
from typing import Any

from assistant.price import Price
from assistant.registry import ModelSpec, Registry
from evals.journeys.play import Finding, Played
from evals.journeys.scene import Turn
from evals.journeys.script import read_journey
from evals.routing import SERVICES, measure, on_journeys
from evals.understanding.answer import Answer
from evals.understanding.ask import Answered
from evals.understanding.development import development

SCRIPT = "# Two turns.\n> a lamp\ntask shown any type=lamp\ntask cart lines=0\n> thanks\n> no\ntask tools=0\n"
JOURNEY = read_journey("cart", "x", SCRIPT)


def played(*held: bool, reasons: tuple[str, str, str]) -> Played:
    lines = (3, 4, 7)
    findings = [Finding("f", "task", each, line) for each, line in zip(held, lines, strict=True)]
    turns = [Turn("said", done={"reason": reason}) for reason in reasons]
    return Played(JOURNEY, [*findings, Finding("every turn: prices", "safety", False)], turns=turns)


def test_a_kept_turn_is_right_when_all_that_was_checked_after_it_held() -> None:
    told = on_journeys(
        [
            played(True, True, True, reasons=("sure", "sure", "low_confidence")),
            played(True, False, True, reasons=("sure", "advice", "sure")),
        ]
    )

    # Nothing is checked after the second message, so that it counts as kept and as neither right nor wrong.
    assert (told["turns"], told["kept_count"], told["kept_checked"]) == (6, 4, 3)
    assert (told["kept_precision"], told["all_precision"]) == (round(2 / 3, 4), 0.75)


class Oracle:
    """Reads every message as it is labelled, and is sure of every second one."""

    async def ask(self, messages: Any, told: Any) -> list[Answered]:
        return [
            Answered(Answer(intents=tuple(one.intents), confidence=0.99 if at % 2 else 0.5), 0.001)
            for at, one in enumerate(development())
        ]


async def test_what_is_handed_on_is_what_is_paid_for() -> None:
    price = Price(input=Decimal("0.1"), output=Decimal("0.2"))
    models = {"mine": ModelSpec(kind="openai", model="m", price=price, roles=("planner",))}

    report = await measure(Oracle(), 0.9, Registry(models=models), [JOURNEY], lambda _: None)  # pyright: ignore[reportArgumentType]

    served = report["systems"]["served"]
    assert served["kept_precision"] == 1
    assert 0.4 < served["kept"] <= 0.5
    mine = report["cost_per_conversation"]["mine"]
    # Three messages of 8,000 tokens in and 160 out.
    assert mine["every_turn_usd"] == round(3 * (8_000 * 0.1 + 160 * 0.2) / 1e6, 6)
    assert abs(mine["routed_usd"] / mine["every_turn_usd"] - (1 - served["kept"])) < 0.01
    assert set(report["routed_to_open"]) == set(SERVICES)
    dear = report["cost_per_conversation"]["service at 2 / 10"]["every_turn_usd"]
    assert report["routed_to_open"]["service at 2 / 10"] == round(mine["routed_usd"] / dear, 4)
