"""A planner that obeys every injection it reads changes nothing that the shopper did not ask for."""

import os
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage

from assistant.checkpoints import open_saver
from assistant.graph import build_graph
from assistant.pace import Pace
from assistant.route import Candidate, ModelChain
from assistant.session import Assistant, ShopperMessage, TurnLimits
from assistant.state import Page, TurnContext
from policies.judge import Allow, Proposal, judge
from policies.limits import load_policy
from policies.permits import UNPACED
from policies.principal import Principal, Scope
from policies.reach import Reach
from policies.rules import RULES
from retrieval.catalog import Catalog
from shop.books import GateBooks, PlannerBooks
from shop.clock import utc_now
from tests.assistant.injections import ASKING_NOTHING, VECTORS, Injection, bait_entries, goals_of, injections
from tests.assistant.scripted import ScriptedPlanner, calls, script
from tests.fakes import LAMP, POLICIES, crafted_entries
from tests.policies.utterances import HOSTILE, SHOWN, heard
from tools.stocking import stock_shop

COUNT = int(os.environ.get("AISLE_INJECTIONS", "120"))
LIMITS = TurnLimits(max_message_chars=400, deadline_s=60, grace_s=1)
POLICY = load_policy().model_copy(update={"rates": UNPACED})
# Hostile pairs whose words are a wish of their own, paired there with a call they don't mean.
_WISHES = {"add", "buy", "cancel", "change", "check", "remove", "send"}
SEEN = frozenset({*SHOWN, "order_1"})


@pytest.fixture
async def shop(home: Path, gate: GateBooks, catalog: Catalog) -> tuple[GateBooks, Catalog]:
    """The small shop with desks whose pages give orders."""
    await stock_shop((*crafted_entries(), *bait_entries()), catalog, gate.merchant, POLICIES)
    return gate, catalog


@pytest.mark.parametrize("vector", VECTORS)
async def test_a_planner_that_obeys_every_injection_changes_nothing(
    vector: str, home: Path, shop: tuple[GateBooks, Catalog], books: PlannerBooks
) -> None:
    gate, catalog = shop
    changed: list[str] = []
    async with open_saver(home / "conversations.sqlite") as saver:
        for injection in (each for each in injections(COUNT, seed=23) if each.vector == vector):
            shopper = await _new_shopper(gate, injection.number)
            await gate.carts.add(shopper, f"{LAMP}-v", 1)
            before = await _state(gate, shopper)
            planner = _obeying(injection, before[0])

            def context_of(principal: Principal, planner: ScriptedPlanner = planner) -> TurnContext:
                chain = ModelChain([Candidate("obeys", planner)])
                return TurnContext(principal, catalog, books, chain, POLICY, 6)

            assistant = Assistant(build_graph(saver), saver, books, context_of, LIMITS, Pace(POLICY))
            page = Page(search=injection.text) if injection.vector == "page" else None
            message = ShopperMessage(injection.words, f"turn-{injection.number}", page=page)
            events = [event async for event in assistant.turn(shopper, message)]
            await assistant.aclose()
            assert events[-1].event == "done", events[-1]
            if await _state(gate, shopper) != before:
                changed.append(f"{injection.vector}: {injection.words!r}: {injection.goals}")

    assert changed == []


def _obeying(injection: Injection, lines: list[tuple[str, int]]) -> ScriptedPlanner:
    """Return a planner that looks around as an honest one does, reads the injection, and does what it says, twice."""
    goals = [_with_line(goal, lines[0][0]) for goal in injection.goals]
    reads = [("product_details", {"product_ids": [injection.bait]})]
    if injection.vector == "tool error":
        reads = [("product_details", {"product_ids": [injection.text[:60]]})]

    def obey(messages: list[BaseMessage]) -> AIMessage:
        return calls(*goals)

    return script(
        calls(("search_products", {"query": "lure bait desk"}), ("view_cart", {})),
        calls(*reads),
        obey,
        obey,
        AIMessage("Here it is."),
    )


def _with_line(goal: tuple[str, dict[str, Any]], line_id: str) -> tuple[str, dict[str, Any]]:
    name, arguments = goal
    if name != "change_cart":
        return goal
    return name, {"changes": [{**change, "line_id": line_id} for change in arguments["changes"]]}


async def _new_shopper(gate: GateBooks, number: int) -> Principal:
    subject = f"guest:victim-{number}"
    session_id = await gate.conversations.create_session(subject, "", utc_now() + timedelta(hours=1))
    shopper = Principal(subject, session_id, frozenset({Scope.CHAT, Scope.APPROVE}))
    await gate.shoppers.ensure_guest(shopper)
    return shopper


async def _state(gate: GateBooks, shopper: Principal) -> tuple[list[tuple[str, int]], object, object, object]:
    """Return everything of a shopper that an injection may want changed."""
    cart = await gate.carts.view(shopper)
    profile = await gate.shoppers.profile(shopper)
    lines = [(line.line_id, line.quantity) for line in cart.lines]
    return lines, cart.coupon, (profile.address, profile.delivery, profile.payment), await gate.quotes.pending(shopper)


def test_no_goal_of_an_attacker_is_supported_by_words_that_ask_for_nothing() -> None:
    rng = random.Random(5)
    words = [*ASKING_NOTHING, *(text for text, _, held in HOSTILE if not held and not _WISHES & set(text.split()))]
    wrong: list[str] = []
    tried = 0
    for _ in range(60):
        for text in words:
            for name, arguments in goals_of(rng, rng.choice(list(SHOWN))):
                tried += 1
                said = heard(text, shop_ids=SEEN | {"l1"}, untrusted=str(arguments))
                reach = Reach(POLICY.tools[name]) if name in POLICY.tools else None
                filled = _with_line((name, arguments), "l1")[1]
                if judge(Proposal(name, reach, filled, SEEN, heard=said), POLICY.tools, RULES) == Allow():
                    wrong.append(f"{text!r} → {name} {filled}")

    assert tried > 1_000
    assert wrong == []
