"""What turns would have cost elsewhere, and which of them a cheaper model could take; every assumption is told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.price import MICROS, Usage
from assistant.registry import Registry
from shop.cost_reports import Asked, Routed

# What a turn takes of an endpoint where none was measured: two steps, each over the system text and the tools (some
# 2,200 tokens that every conversation shares, and so a cache has) and what was said and found so far.
ASSUMED = Usage(input_tokens=8_000, cached_tokens=4_400, output_tokens=160)
_DIGITS = 6

Json = dict[str, Any]


def totals(routed: Sequence[Routed], conversations: int, currency: str) -> Json:
    """Return what was spent, by model and route, and per turn and conversation; money in units of the currency."""
    turns = sum(each.turns for each in routed)
    spent = sum(each.micros for each in routed)
    return {
        "currency": currency,
        "turns": turns,
        "conversations": conversations,
        "cost": units(spent),
        "cost_per_turn": units(spent / turns) if turns else 0.0,
        "cost_per_conversation": units(spent / conversations) if conversations else 0.0,
        "routes": [
            {
                "model": each.model,
                "route": each.route,
                "turns": each.turns,
                "share": round(each.turns / turns, 4),
                "calls": each.calls,
                "input_tokens": each.input_tokens,
                "cached_share": round(each.cached_tokens / each.input_tokens, 4) if each.input_tokens else 0.0,
                "output_tokens": each.output_tokens,
                "seconds": round(each.millis / 1000, 3),
                "cost": units(each.micros),
            }
            for each in routed
        ],
    }


def counterfactual(routed: Sequence[Routed], conversations: int, registry: Registry) -> Json:
    """Return what the same turns would have cost had every one gone to each single planner of the registry.

    A turn that no endpoint answered is charged what a turn of an endpoint used on average here, or `ASSUMED`.
    """
    metered = [each for each in routed if each.input_tokens]
    turns, measured = sum(each.turns for each in routed), sum(each.turns for each in metered)
    used = {
        name: sum(getattr(each, name) for each in metered)
        for name in ("input_tokens", "cached_tokens", "output_tokens")
    }
    a_turn = Usage(**{name: round(value / measured) for name, value in used.items()}) if measured else ASSUMED
    models: Json = {}
    for name, spec in registry.models.items():
        if "planner" not in spec.roles:
            continue
        cost = 0 if spec.kind == "compact" else spec.price.of(a_turn) * turns
        models[name] = {
            "cost": units(cost),
            "cost_per_conversation": units(cost / conversations) if conversations else 0.0,
            "configured": spec.configured,
            "priced": spec.kind == "compact" or not spec.price.free,
        }
    source = (
        f"the mean of {measured} turns that endpoints answered" if measured else "assumed: no endpoint answered any"
    )
    return {"a_turn_uses": a_turn.model_dump(exclude={"millis"}), "from": source, "models": models}


def workload(asked: Sequence[Asked], registry: Registry) -> list[Json]:
    """Return the kinds of turns, most first: how many, how often again, what they cost, who could take them.

    `could_take` is the share of a kind that each tier could answer: the compact planner what it was sure of, open
    weights the rest, services whatever only they were asked.
    """
    kinds: Mapping[tuple[str, str], list[Asked]] = defaultdict(list)
    for each in asked:
        kinds[each.intents, each.pattern].append(each)
    turns = sum(each.turns for each in asked)
    told = [_kind(key, of_kind, turns, registry) for key, of_kind in kinds.items()]
    return sorted(told, key=lambda kind: (-kind["turns"], kind["intents"], kind["pattern"]))


def _kind(key: tuple[str, str], of_kind: Sequence[Asked], turns: int, registry: Registry) -> Json:
    count = sum(each.turns for each in of_kind)
    talks = sum(each.conversations for each in of_kind)
    judged = [(each.quality, each.judged) for each in of_kind if each.quality is not None]
    sure = sum(each.sure for each in of_kind) / count
    tiers: dict[str, float] = defaultdict(float)
    for each in of_kind:
        spec = registry.models.get(each.model)
        tiers[spec.tier if spec else "gone"] += each.turns / count
    return {
        "intents": key[0] or "not read",
        "pattern": key[1] or "words only",
        "turns": count,
        "share": round(count / turns, 4),
        "turns_per_conversation": round(count / talks, 2) if talks else 0.0,
        "cost": units(sum(each.micros for each in of_kind)),
        "quality": round(sum(q * n for q, n in judged) / sum(n for _, n in judged) / 1000, 3) if judged else None,
        "answered_by": {tier: round(share, 4) for tier, share in sorted(tiers.items())},
        "could_take": {"compact": round(sure, 4), "open": round(1 - sure, 4)},
    }


def units(micros: float) -> float:
    """Return micro-units as units of the currency."""
    return round(micros / MICROS, _DIGITS)
