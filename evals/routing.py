"""Measures routing: what the compact planner keeps and how often rightly, and what a conversation then costs."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from assistant.costing import ASSUMED, units
from assistant.escalate import Reason, Understood, reasons_in
from assistant.price import Price
from assistant.registry import Registry
from evals.journeys.figures import wilson
from evals.journeys.play import Finding, Played
from evals.journeys.script import Journey, Say
from evals.understanding import public
from evals.understanding.answer import Answer
from evals.understanding.ask import Understander
from evals.understanding.development import Utterance, development
from evals.understanding.judge import Judged, judge

# Prices of services as published comparisons named them in 2026, in USD per million tokens; put yours in models.toml.
SERVICES = {
    "service at 0.375 / 1.875": Price(input=Decimal("0.375"), output=Decimal("1.875")),
    "service at 2 / 10": Price(input=Decimal(2), output=Decimal(10)),
    "service at 2 / 10, cached at 0.2": Price(input=Decimal(2), cached_input=Decimal("0.2"), output=Decimal(10)),
}
_SURE = "sure"
_DIGITS = 4
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Routed:
    """One message: how it was judged, and why it would be handed on; nothing where the compact planner keeps it."""

    judged: Judged
    reasons: tuple[Reason, ...]


async def measure(
    understander: Understander,
    keep_from: float,
    registry: Registry,
    journeys: Sequence[Journey],
    told: Callable[[str], None],
) -> Json:
    """Return `{suite, systems: {served: {…}}, reasons: {…}, cost_per_conversation: {…}, routed_to_open: {…}, …}`.

    `routed_to_open` is what a conversation costs that is kept or handed to an open model, as a share of what it costs
    when a service answers every turn.

    Args:
        understander: Reads messages as the compact planner does.
        keep_from: Confidence from which it keeps a turn.
        registry: Prices of its planners.
        journeys: Give the length of a conversation.
        told: Told how far it is.
    """
    utterances = development()
    answered = await understander.ask([public.asked_with(one) for one in utterances], told)
    routed = [_routed(one, each.answer, keep_from) for one, each in zip(utterances, answered, strict=True)]
    turns = sum(isinstance(step, Say) for each in journeys for step in each.steps) / len(journeys)
    handed_on = 1 - sum(not each.reasons for each in routed) / len(routed)
    costs = _costs(registry, turns, handed_on)
    return {
        "suite": "routing",
        "systems": {"served": {"keep_from": round(keep_from, _DIGITS), **_figures(routed)}},
        "reasons": dict(Counter(reason for each in routed for reason in each.reasons).most_common()),
        "cost_per_conversation": costs,
        "routed_to_open": _against_services(costs),
        "assumptions": _assumptions(turns, len(journeys)),
    }


def on_journeys(played: Sequence[Played]) -> Json:
    """Return how many turns of journeys the compact planner keeps, and of how many of these all that was checked held.

    Args:
        played: Planned by the compact planner alone; the operator is told of each turn why another would be asked.
    """
    turns = [turn for each in played for turn in _checked(each)]
    kept = [held for sure, held in turns if sure]
    every = [held for _, held in turns if held is not None]
    checked = [held for held in kept if held is not None]
    found: Json = {"turns": len(turns), "kept_count": len(kept), "kept": round(len(kept) / max(1, len(turns)), _DIGITS)}
    return found | _precise("kept", checked) | _precise("all", every)


def _checked(played: Played) -> list[tuple[bool, bool | None]]:
    """Return of each turn whether it is kept, and whether all that was checked after it held; None without a check."""
    says = [step.line for step in played.journey.steps if isinstance(step, Say)]
    after: list[list[Finding]] = [[] for _ in says]
    for finding in played.findings:
        asked_before = [at for at, line in enumerate(says) if line < finding.line]
        if asked_before:
            after[asked_before[-1]].append(finding)
    return [
        (turn.done.get("reason") == _SURE, all(finding.held for finding in about) if about else None)
        for turn, about in zip(played.turns, after, strict=True)
    ]


def _precise(name: str, held: Sequence[bool]) -> Json:
    if not held:
        return {}
    low, high = wilson(sum(held), len(held))
    return {
        f"{name}_checked": len(held),
        f"{name}_precision": round(sum(held) / len(held), _DIGITS),
        f"{name}_precision_low": round(low, _DIGITS),
        f"{name}_precision_high": round(high, _DIGITS),
    }


def _against_services(costs: Json) -> Json:
    """Return the dearest open model's routed cost as a share of each service's every turn."""
    own = max((cost["routed_usd"] for name, cost in costs.items() if name not in SERVICES), default=None)
    if own is None:
        return {}
    return {name: round(own / costs[name]["every_turn_usd"], _DIGITS) for name in SERVICES}


def _routed(one: Utterance, answer: Answer, keep_from: float) -> Routed:
    wishes = len(cast("Sequence[object]", answer.slots.get("soft", ())))
    found = Understood(tuple(answer.intents), answer.confidence, keep_from, wishes)
    said = [*(turn.text for turn in one.history if turn.role == "user"), one.text]
    return Routed(judge(one, answer), reasons_in(found, said))


def _figures(routed: Sequence[Routed]) -> Json:
    kept = [each for each in routed if not each.reasons]
    found: Json = {"messages": len(routed), "kept_count": len(kept), "kept": round(len(kept) / len(routed), _DIGITS)}
    if not kept:
        return found
    right, near = sum(each.judged.right for each in kept), sum(each.judged.near for each in kept)
    low, high = wilson(int(right), len(kept))
    return found | {
        "kept_precision": round(right / len(kept), _DIGITS),
        "kept_precision_low": round(low, _DIGITS),
        "kept_precision_high": round(high, _DIGITS),
        "kept_precision_neighbours": round(near / len(kept), _DIGITS),
        "precision_of_all": round(sum(each.judged.right for each in routed) / len(routed), _DIGITS),
    }


def _costs(registry: Registry, turns: float, handed_on: float) -> Json:
    priced = {name: spec.price for name, spec in registry.models.items() if spec.rank and "planner" in spec.roles}
    priced = {name: price for name, price in priced.items() if not price.free} | SERVICES
    return {
        name: {
            "every_turn_usd": units(turns * price.of(ASSUMED)),
            "routed_usd": units(turns * handed_on * price.of(ASSUMED)),
        }
        for name, price in priced.items()
    }


def _assumptions(turns: float, conversations: int) -> list[str]:
    return [
        f"A conversation has {turns:.1f} messages, the mean of {conversations} journeys.",
        f"A turn of an endpoint uses {ASSUMED.input_tokens:,} tokens in, {ASSUMED.cached_tokens:,} of them cached, and "
        f"{ASSUMED.output_tokens:,} out: two steps over the system text and the tools.",
        "A service charges cached tokens like fresh ones unless models.toml says otherwise.",
        "Messages are the development set's, one by one: no conversation stays with a model here.",
        "Kept rightly means that the first intent is the label's; a larger model's own mistakes are not counted.",
        "The compact planner runs on the server's own processor, which is paid for either way.",
    ]
