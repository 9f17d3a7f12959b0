"""What a shopper's own words support: honest wishes pass, and nothing else does."""

from typing import Any

import pytest

from policies.judge import Allow, Proposal, Refuse, judge
from policies.limits import load_policy
from policies.reach import Reach
from policies.rules import RULES
from tests.policies.utterances import HONEST, HOSTILE, SHOWN, Call, heard

TOOLS = load_policy().tools


def verdict(text: str, call: Call, held: dict[str, Any]) -> Allow | Refuse:
    said = heard(text, **held)
    shown = frozenset({*SHOWN, *said.found, "o1", "o2"})
    return judge(Proposal(call[0], Reach(TOOLS[call[0]]), call[1], shown, heard=said), TOOLS, RULES)


@pytest.mark.parametrize(("text", "call", "held"), HONEST, ids=[f"{t} → {c[0]}" for t, c, _ in HONEST])
def test_what_a_shopper_asks_for_is_done(text: str, call: Call, held: dict[str, Any]) -> None:
    assert verdict(text, call, held) == Allow()


@pytest.mark.parametrize(("text", "call", "held"), HOSTILE, ids=[f"{t} → {c[0]} {c[1]}" for t, c, _ in HOSTILE])
def test_what_a_shopper_did_not_ask_for_is_not_done(text: str, call: Call, held: dict[str, Any]) -> None:
    assert isinstance(verdict(text, call, held), Refuse)
